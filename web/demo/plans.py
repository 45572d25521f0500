"""What the script is written in: plans of what will be done, as plain values.

Days are days before loading (0 is today, negative ones are ahead), amounts whole yuan; a plan knows
no database.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from charity.donations.models import GiverKind
from charity.ledger.models import FundKind
from charity.registry.models import OrganisationKind
from projects.listings.models import ProjectCategory

SEED = "wushe"


def dice(*name: object) -> random.Random:
    """Chance that falls the same way each time, one source for each name."""
    seed = ":".join([SEED, *map(str, name)])
    return random.Random(seed)  # noqa: S311 - a story is told the same way twice; no secret here


@dataclass(frozen=True, slots=True)
class OrganisationPlan:
    """An organisation that registers; `owner` is the login name of who speaks for it."""

    name: str
    kind: OrganisationKind
    uscc: str | None
    region_code: str
    introduction: str
    owner: str
    contact: str
    phone: str
    #: Whether it signs an agreement of 合作募捐 and may post projects.
    is_partner: bool = False


@dataclass(frozen=True, slots=True)
class LinePlan:
    """A budget line in yuan; `is_management` for the charity's own cost of it."""

    name: str
    yuan: int
    is_management: bool = False


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """A project as its organisation writes it, and how the script treats it."""

    key: str
    owner: str
    title: str
    region_code: str
    place: str
    category: ProjectCategory
    beneficiaries: str
    beneficiary_count: int
    story: str
    lines: Sequence[LinePlan]
    #: Name, unit, yuan of each, how many.
    deliverable: tuple[str, str, int, int]
    starts: int
    ends: int
    plan_number: int
    plan_filed: int
    #: How much of the target comes in, in percent, and the share of small gifts among the gifts.
    fill: int
    small_gifts: int = 72
    #: Words for what the money buys, and from whom.
    payees: tuple[str, str] = ("", "")
    spends: int = 0

    @property
    def target(self) -> int:
        """Yuan of all lines."""
        return sum(line.yuan for line in self.lines)

    @property
    def unit_price(self) -> int:
        """Yuan of the first line for one unit of the deliverable."""
        return self.lines[0].yuan // self.deliverable[3]


@dataclass(frozen=True, slots=True)
class FundPlan:
    """A village's or street's fund with its campaign."""

    key: str
    place: str
    kind: FundKind
    target: int
    starts: int
    ends: int
    plan_number: int
    fill: int


@dataclass(frozen=True, slots=True)
class FilingPlan:
    """A fundraising plan that covers several campaigns."""

    number: int
    purpose: str
    filed: int
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class GiftPlan:
    """One gift to a campaign; `ends_in` is what becomes of its payment."""

    key: str
    campaign: str
    days: int
    minute: int
    yuan: int
    kind: GiverKind
    name: str = ""
    is_public: bool = False
    message: str = ""
    ends_in: str = "settled"
    #: The team it is given through, and the promise it keeps, by the names the stage knows.
    team: str = ""
    pledge: str = ""


@dataclass(frozen=True, slots=True)
class ExpensePlan:
    """Money asked for one line; `fate` is how far it gets: paid, submitted, one, approved, …"""

    key: str
    project: str
    owner: str
    days: int
    line: int
    units: int | None
    yuan: int
    title: str
    payee: str
    number: str
    fate: str = "paid"


@dataclass(frozen=True, slots=True)
class DeliveryPlan:
    """Units said to be done for one paid expense, and the words of both sides."""

    key: str
    project: str
    owner: str
    region_code: str
    units: int
    note: str
    answer: str
