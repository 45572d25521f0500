"""吹哨: what nobody answers in time is called out to the next place up that has a dispatcher."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.accounts.models import Membership
from charity.actor import Actor, Role
from charity.registry import regions
from projects.listings import levels
from projects.listings.models import (
    HOLDING_CLAIMS,
    Claim,
    Need,
    NeedEscalation,
    NeedState,
    Urgency,
)
from projects.listings.services.counting import touch
from projects.listings.services.locking import lock_needs
from projects.listings.services.telling import tell_dispatchers

#: Needs called out in one run.
BATCH = 200


def escalate_due_needs(session: Session, actor: Actor) -> int:
    """Call the next place up for orders nobody confirmed and needs nobody took; answers how many.

    An order waits for its answer (24 hours, two working days), an open need for its service level;
    each place that was called gets the time of an answer before the next one is. Each level is
    called once; above the last one with a dispatcher nobody is. At most `BATCH` at a time.
    """
    now = clock.now()
    late = [need_id for need_id, since in _late(session, now) if since <= now][:BATCH]
    if not late:
        return 0
    places = _places_with_dispatchers(session)
    called = []
    for need in lock_needs(session, late).values():
        above = _next_place(need, places)
        if above is None:
            continue
        need.escalated_to_code = above
        session.add(NeedEscalation(need_id=need.id, region_code=above, at=now))
        outbox.write(session, "need.escalated", f"need:{need.id}", place=above)
        tell_dispatchers(session, need, "escalated", above)
        called.append(need)
    touch(session, *called)
    return len(called)


def _late(session: Session, now: datetime) -> list[tuple[int, datetime]]:
    """Needs that may be late, each with the moment from which the next place is called.

    Those with nobody above to call are left out, and those that waited less than the shortest time.
    """
    shortest = now - timedelta(hours=levels.ANSWER_HOURS)
    last = (
        select(NeedEscalation.at)
        .where(NeedEscalation.need_id == Need.id)
        .order_by(NeedEscalation.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    taken = select(Claim.id).where(Claim.need_id == Need.id, Claim.state.in_(HOLDING_CLAIMS))
    reached = func.coalesce(Need.escalated_to_code, Need.region_code)
    above = _dispatchers_places().where(
        func.length(Membership.region_code) < func.length(reached),
        Need.region_code.startswith(Membership.region_code),
    )
    ordered = and_(Need.state == NeedState.ORDERED, Need.posted_at < shortest)
    untaken = and_(Need.state == NeedState.OPEN, Need.due_at < now, ~taken.exists())
    query = (
        select(Need.id, Need.urgency, Need.posted_at, Need.due_at, last)
        .where(or_(ordered, untaken), ~Need.is_post, above.exists())
        .where(or_(Need.escalated_to_code.is_(None), last < shortest))
        .order_by(Need.id)
    )
    return [
        (need_id, _call_at(urgency, posted, due, called))
        for need_id, urgency, posted, due, called in session.execute(query)
    ]


def _call_at(
    urgency: Urgency, posted: datetime, due: datetime | None, called: datetime | None
) -> datetime:
    first = levels.answer_due_at(urgency, posted) if due is None else due
    return first if called is None else max(first, levels.answer_due_at(urgency, called))


def _places_with_dispatchers(session: Session) -> frozenset[str]:
    return frozenset(code for code in session.scalars(_dispatchers_places().distinct()) if code)


def _dispatchers_places() -> Select[str | None]:
    return select(Membership.region_code).where(
        Membership.role == Role.DISPATCHER,
        Membership.revoked_at.is_(None),
        Membership.region_code.is_not(None),
    )


def _next_place(need: Need, places: frozenset[str]) -> str | None:
    """The nearest place above the one that was called last, or above the need's, with people."""
    reached = need.escalated_to_code or need.region_code
    above = [code for code in regions.chain(need.region_code) if len(code) < len(reached)]
    return next((code for code in sorted(above, key=len, reverse=True) if code in places), None)
