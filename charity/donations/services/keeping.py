"""What keeps a promise: gifts that arrive, goods handed over, hours both sides confirm.

Each part is a row with its own source, so that it counts once; a refund is a row below zero and
opens the promise again. More than was promised is fine.
"""

from __future__ import annotations

import enum
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Verdict, require
from charity.donations import policy
from charity.donations.models import (
    STANDING_PLEDGES,
    Donation,
    Pledge,
    PledgeFulfilment,
    PledgeHours,
    PledgeKind,
    PledgeState,
    Refund,
    RefundState,
)
from charity.donations.reasons import PledgesReason
from charity.donations.services.giving import require_client_id
from charity.donations.services.pledges import lock_pledge
from charity.donations.services.promisers import require_same, short
from charity.errors import CommonReason, Invalid, InvalidState
from charity.money import Money
from charity.registry.queries import campaign
from charity.rows import present

#: The most minutes of one day's work: a day.
MOST_MINUTES = 24 * 60

#: Promises whose state follows what was kept; a closed one only notes what still came.
_FOLLOWING = STANDING_PLEDGES | {PledgeState.KEPT}


class Side(enum.Enum):
    """Who of the two speaks: the giver from the giver's page, or somebody on the staff."""

    GIVER = "giver"
    STAFF = "staff"


def keep_by_gift(session: Session, actor: Actor, donation: Donation) -> None:
    """A gift made for a promise has arrived: it keeps it, wholly or in part."""
    if donation.pledge_id is None:
        return
    pledge = lock_pledge(session, donation.pledge_id)
    if pledge.kind is PledgeKind.MONEY and pledge.campaign_id == donation.campaign_id:
        record_part(session, pledge, source=f"donation:{donation.id}", amount=donation.amount)


def reopen_by_refund(session: Session, actor: Actor, donation: Donation, refund: Refund) -> None:
    """A part of a gift that kept a promise goes back, or its way back failed in the end."""
    if donation.pledge_id is None:
        return
    pledge = lock_pledge(session, donation.pledge_id)
    sources = {part.source for part in pledge.fulfilments}
    source = f"refund:{refund.id}"
    if refund.state is RefundState.FAILED:
        if source in sources:
            record_part(session, pledge, source=f"{source}:failed", amount=refund.amount)
    elif f"donation:{donation.id}" in sources:
        record_part(session, pledge, source=source, amount=-refund.amount)


def record_part(
    session: Session,
    pledge: Pledge,
    *,
    source: str,
    amount: Money | None = None,
    quantity: int | None = None,
) -> None:
    """Note what kept a promise, once per source, and let its state follow; the row is locked."""
    if any(part.source == source for part in pledge.fulfilments):
        return
    part = PledgeFulfilment(
        pledge_id=pledge.id, source=source, amount=amount, quantity=quantity, at=clock.now()
    )
    session.add(part)
    session.flush()
    session.refresh(pledge, ["fulfilments"])
    if pledge.state not in _FOLLOWING:
        return
    wanted = PledgeState.OPEN
    if pledge.kept > 0:
        wanted = PledgeState.PARTLY_KEPT if pledge.rest else PledgeState.KEPT
    if wanted is not pledge.state:
        pledge.move_to(wanted)
        pledge.closed_at = clock.now() if wanted is PledgeState.KEPT else None
    session.flush()


# ── hours ────────────────────────────────────────────────────────────────────────────────────────


def report_hours(
    session: Session,
    actor: Actor,
    *,
    pledge_id: int,
    client_id: str,
    worked_on: date,
    minutes: int,
    by: Side,
    note: str = "",
) -> PledgeHours:
    """Say that so much time was given on a day; it counts when the other side says so too.

    The same `client_id` with the same words answers the row that is there. Raises `Invalid` beside
    the field, `InvalidState` for a promise taken back or closed, `Denied`, `Conflict`.
    """
    said = {
        "pledge_id": pledge_id,
        "worked_on": worked_on,
        "minutes": minutes,
        "note": short("note", note),
    }
    pledge = _of_hours(session, actor, pledge_id, by)
    known = _known(session, require_client_id(client_id), said)
    if known is not None:
        return known
    if not 1 <= minutes <= MOST_MINUTES:
        raise Invalid(PledgesReason.MINUTES_RANGE, field="minutes", most=MOST_MINUTES)
    if worked_on > clock.today():
        raise Invalid(PledgesReason.DAY_AHEAD, field="worked_on")
    if pledge.state not in _FOLLOWING:
        raise InvalidState(PledgesReason.NOT_STANDING)
    row = PledgeHours(client_id=client_id, created_at=clock.now(), **said)
    _say(row, actor, by)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        known = _known(session, client_id, said)
        if known is None:
            raise
        return known
    return row


def confirm_hours(session: Session, actor: Actor, *, hours_id: int, by: Side) -> PledgeHours:
    """The other side's word for time given; with both it keeps the promise. Twice is once.

    Raises `InvalidState` for time that was refused, `Denied` where the giver stands on both sides.
    """
    row = present(session.get(PledgeHours, hours_id))
    pledge = _of_hours(session, actor, row.pledge_id, by)
    session.refresh(row)
    if row.refused_at is not None:
        raise InvalidState(CommonReason.WRONG_STATE)
    _say(row, actor, by)
    session.flush()
    if row.counts:
        record_part(session, pledge, source=f"pledge_hours:{row.id}", quantity=row.minutes)
    return row


def refuse_hours(session: Session, actor: Actor, *, hours_id: int, by: Side) -> PledgeHours:
    """Say that it was not so; raises `InvalidState` where both had confirmed it already."""
    row = present(session.get(PledgeHours, hours_id))
    _of_hours(session, actor, row.pledge_id, by)
    session.refresh(row)
    if row.counts:
        raise InvalidState(CommonReason.WRONG_STATE)
    row.refused_at = row.refused_at or clock.now()
    session.flush()
    return row


def _of_hours(session: Session, actor: Actor, pledge_id: int, by: Side) -> Pledge:
    """The promise of hours, locked, for one of its two sides."""
    pledge = lock_pledge(session, pledge_id)
    if pledge.kind is not PledgeKind.HOURS:
        raise InvalidState(PledgesReason.NOT_OF_HOURS)
    if by is Side.STAFF:
        require(policy.may_manage_giving(actor, campaign(session, pledge.campaign_id)))
        if actor.person_id is not None and actor.person_id == pledge.person_id:
            require(Verdict.no(PledgesReason.OWN_HOURS))
    return pledge


def _say(row: PledgeHours, actor: Actor, by: Side) -> None:
    if by is Side.GIVER:
        row.giver_confirmed_at = row.giver_confirmed_at or clock.now()
    elif row.staff_confirmed_at is None:
        row.staff_confirmed_at, row.staff_user_id = clock.now(), actor.user_id


def _known(session: Session, client_id: str, said: dict[str, object]) -> PledgeHours | None:
    found = session.scalar(select(PledgeHours).where(PledgeHours.client_id == client_id))
    if found is not None:
        require_same(found, said)
    return found
