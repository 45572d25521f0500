"""What red flags are computed from: plain rows of a book and of the registry, and a flag itself.

Days are ordinals (`date.toordinal`) of days in China, amounts whole fen, minutes those of a day in
China. A text that is empty and a number that is 0 mean that nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from charity.errors import ReasonCode


class Payment(NamedTuple):
    """One expense, or one row of a list of vouchers."""

    #: How it is named in a flag: `expense:42`.
    subject: str
    amount: int
    #: The day it was spent.
    day: int
    #: Who was paid: equal texts are one payee.
    payee: str
    #: The fund it was paid from.
    project: int
    voucher: str = ""
    #: What the bank calls the payment.
    reference: str = ""
    is_cash: bool = False
    #: By a fixed rate (a grant, a subsidy, a reward for accepted work): its figures say nothing.
    is_fixed: bool = False
    maker: int = 0
    #: The village or community that was served.
    place: str = ""
    #: Whom the money helps, where a person is paid: a key that names nobody.
    person: str = ""
    paid_day: int = 0
    #: The day on which enough had agreed.
    agreed_day: int = 0


class Approval(NamedTuple):
    """That a person agreed to a payment on a day, at a minute of it (0 to 1439)."""

    subject: str
    person: int
    day: int
    minute: int


class Mark(NamedTuple):
    """What somebody is known by: `account`, `phone`, `address`, `identity`, `name`, and which."""

    whose: str
    kind: str
    value: str


class Picture(NamedTuple):
    """A picture beside a payment: hash of its bytes, and how it looks (128 bits; 0 unknown)."""

    subject: str
    project: int
    digest: str
    look: int


class Absence(NamedTuple):
    """Dead or moved away after the day `since`, and here again from `until` on (0: not)."""

    since: int
    until: int = 0


class Gift(NamedTuple):
    """A gift that came in, and by what its giver is known."""

    subject: str
    amount: int
    day: int
    giver: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What a look that goes on is about: everything of these is there, of others only a part."""

    projects: frozenset[int]
    payees: frozenset[str]
    persons: frozenset[str]


@dataclass(frozen=True, slots=True)
class Usual:
    """Shares that are the middle of all projects, in thousandths; None where they are too few."""

    #: Of round sums (RF-03), and of the largest payee (RF-08).
    round_permille: int | None
    largest_permille: int | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How often somebody agreed, how often of it at night, and on days off (RF-09)."""

    whole: int = 0
    nights: int = 0
    free: int = 0


@dataclass(frozen=True)
class Facts:
    """Everything that is looked through at once."""

    payments: Sequence[Payment] = ()
    approvals: Sequence[Approval] = ()
    #: Marks of payees, by the payee's key, and of managers and others who run the organisation.
    payee_marks: Sequence[Mark] = ()
    party_marks: Sequence[Mark] = ()
    pictures: Sequence[Picture] = ()
    gifts: Sequence[Gift] = ()
    #: Of all gifts: year, amount, and how many of that amount there were.
    gift_sums: Sequence[tuple[int, int, int]] = ()
    #: Sums from which more must agree, in fen, above 0.
    limits: Sequence[int] = ()
    #: The day a payee was first known, where it is known.
    payee_since: Mapping[str, int] = field(default_factory=dict)
    #: The givers that a payee is or belongs to, beside its own key.
    givers_of_payee: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: When somebody who was helped was dead or had moved away, by the person's key.
    absences: Mapping[str, Sequence[Absence]] = field(default_factory=dict)
    #: None: everything is there. Else what was usual and who agreed how often by the last look.
    scope: Scope | None = None
    usual: Usual | None = None
    tallies: Mapping[int, Tally] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flag:
    """A question put to the book: which rule asks, about what, and with which figures."""

    #: `RF-02`.
    rule: str
    #: The same question has the same key in every run.
    key: str
    #: Why it is asked; the sentence takes `params`.
    reason: ReasonCode
    params: Mapping[str, object]
    #: What it is about: payments (`expense:42`), or what they have in common (`fund:3`).
    subjects: tuple[str, ...]
