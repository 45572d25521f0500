"""Who may open which page: the words in which the policy table is written.

The table says, for every endpoint and method, what each class of actor is answered. The gate
enforces the coarse part before any view runs; rules about one thing (this organisation's expense)
stay in the contexts' policies, and the table says what their refusal looks like.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from charity.actor import ROLE_PERMISSIONS, Actor, Permission, Role


class Who(enum.StrEnum):
    """The classes of actor the table is tested with."""

    GUEST = "guest"
    #: Signed in, without any role: a donor.
    USER = "user"
    #: Owner of the organisation the sample belongs to.
    STAFF = "staff"
    #: Owner of another organisation.
    OTHER_STAFF = "other_staff"
    REVIEWER = "reviewer"
    VERIFIER = "verifier"
    APPROVER = "approver"
    TREASURER = "treasurer"
    ACCEPTOR = "acceptor"
    DISPATCHER = "dispatcher"
    AUDITOR = "auditor"
    REGULATOR = "regulator"
    INSPECTOR = "inspector"
    ADMINISTRATOR = "administrator"


ROLE_OF: Mapping[Who, Role] = MappingProxyType(
    {
        Who.STAFF: Role.OWNER,
        Who.OTHER_STAFF: Role.OWNER,
        Who.REVIEWER: Role.REVIEWER,
        Who.VERIFIER: Role.VERIFIER,
        Who.APPROVER: Role.APPROVER,
        Who.TREASURER: Role.TREASURER,
        Who.ACCEPTOR: Role.ACCEPTOR,
        Who.DISPATCHER: Role.DISPATCHER,
        Who.AUDITOR: Role.AUDITOR,
        Who.REGULATOR: Role.REGULATOR,
        Who.INSPECTOR: Role.INSPECTOR,
        Who.ADMINISTRATOR: Role.ADMINISTRATOR,
    }
)


class Answer(enum.StrEnum):
    """What one cell of the table expects."""

    #: The page, or what its form says: anything but a refusal.
    COME_IN = "come in"
    SIGN_IN = "sign in first (302)"
    REFUSED = "refused (403)"
    ABSENT = "absent (404)"


@dataclass(frozen=True)
class Audience:
    """For whom a page is: everyone, the signed in, or holders of one of some permissions."""

    signed_in: bool = False
    permissions: frozenset[Permission] = frozenset()
    #: Answers of the object's own rule, where they differ from the coarse one.
    but: Mapping[Who, Answer] = field(default_factory=dict)

    def admits(self, actor: Actor) -> Answer:
        """What the gate says to an actor, before anything is looked up."""
        if not self.signed_in:
            return Answer.COME_IN
        if not actor.is_signed_in:
            return Answer.SIGN_IN
        if self.permissions and not any(actor.holds_anywhere(p) for p in self.permissions):
            return Answer.REFUSED
        return Answer.COME_IN

    def expects(self, who: Who) -> Answer:
        """What this class of actor is answered for the sample."""
        if who in self.but:
            return self.but[who]
        if not self.signed_in:
            return Answer.COME_IN
        if who is Who.GUEST:
            return Answer.SIGN_IN
        role = ROLE_OF.get(who)
        held = ROLE_PERMISSIONS[role] if role else frozenset()
        if self.permissions and not self.permissions & held:
            return Answer.REFUSED
        return Answer.COME_IN


PUBLIC = Audience()
SIGNED_IN = Audience(signed_in=True)


def holders(*permissions: Permission, **but: Answer) -> Audience:
    """Holders of one of the permissions; exceptions by class: `other_staff=Answer.ABSENT`."""
    exceptions = {Who(name): answer for name, answer in but.items()}
    return Audience(signed_in=True, permissions=frozenset(permissions), but=exceptions)


def only(*classes: Who, otherwise: Answer) -> Audience:
    """Public at the gate; the object's own rule shows it to some and answers the others so."""
    return Audience(but={who: otherwise for who in Who if who not in classes})


@dataclass(frozen=True)
class Row:
    """One endpoint and method, for whom it is, and a sample to try it with.

    `sample` maps the route's arguments to names of things in the tests' world
    (tests/web/world.py), or to literal values where the world has no such name. `confirmed` acts
    move money: a code of the second factor must have been given within the last minutes.
    """

    endpoint: str
    method: str
    audience: Audience
    sample: Mapping[str, str]
    confirmed: bool = False


def page(endpoint: str, audience: Audience, **sample: str) -> tuple[Row, ...]:
    """A page that is only read."""
    return (Row(endpoint, "GET", audience, sample),)


def act(
    endpoint: str, audience: Audience, *, confirmed: bool = False, **sample: str
) -> tuple[Row, ...]:
    """A POST without a page of its own; `confirmed` where it moves money."""
    return (Row(endpoint, "POST", audience, sample, confirmed),)


def form(
    endpoint: str, audience: Audience, *, confirmed: bool = False, **sample: str
) -> tuple[Row, ...]:
    """A form: GET shows it, POST sends it, for the same people."""
    sent = act(endpoint, audience, confirmed=confirmed, **sample)
    return page(endpoint, audience, **sample) + sent
