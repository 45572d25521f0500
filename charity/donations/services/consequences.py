"""What follows when a gift arrives or goes back: promises kept, months paid, matches asked.

One place, so that every door through which money comes (gateway, statement, cash) has the same
consequences. Each part adds one function here and keeps its own rules to itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.donations.models import Donation, Refund
from charity.donations.services.asking import ask, give_back
from charity.donations.services.asking_many import ask_for_all, turns_paid
from charity.donations.services.certificates import thank
from charity.donations.services.keeping import keep_by_gift, reopen_by_refund
from charity.donations.services.monthly_turns import turn_paid
from charity.donations.services.receipts import note_nobody_to_name

_Follow = Callable[[Session, Actor, Donation], None]

#: Called once when the money of a gift is there, in its transaction, the gift's row locked.
SETTLED: tuple[_Follow, ...] = (
    keep_by_gift,
    turn_paid,
    note_nobody_to_name,
    thank,
    ask,
)

#: Those that ask the database for each gift, and how they ask for many at once.
FOR_MANY: dict[_Follow, Callable[[Session, Actor, Sequence[Donation]], None]] = {
    turn_paid: turns_paid,
    ask: ask_for_all,
}

#: Called once when a part or all of a gift is sent back, and once more if that fails in the end.
REFUNDED: tuple[Callable[[Session, Actor, Donation, Refund], None], ...] = (
    reopen_by_refund,
    give_back,
)


def gift_settled(session: Session, actor: Actor, donation: Donation) -> None:
    """Tell everything that waits for this gift that its money is there."""
    for follow in SETTLED:
        follow(session, actor, donation)


def gifts_settled(session: Session, actor: Actor, donations: Sequence[Donation]) -> None:
    """The same for the many gifts of a statement or a box, by the same rules."""
    for follow in SETTLED:
        if follow in FOR_MANY:
            FOR_MANY[follow](session, actor, donations)
        else:
            for donation in donations:
                follow(session, actor, donation)


def gift_refunded(session: Session, actor: Actor, donation: Donation, refund: Refund) -> None:
    """Tell everything that counted on this gift that `refund` of it goes back, or failed."""
    for follow in REFUNDED:
        follow(session, actor, donation, refund)
