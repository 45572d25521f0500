"""Say which places help flows to first (乡村振兴重点帮扶), from when, and by what document."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import outbox, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.registry import queries as registry
from charity.rows import locked
from projects.listings.models import PriorityArea
from projects.listings.policy import homeland as policy
from projects.listings.reasons import HomelandReason


def mark_priority_area(
    session: Session,
    actor: Actor,
    *,
    region_code: str,
    since: date,
    until: date | None = None,
    source_url: str,
) -> PriorityArea:
    """Enter a place, with everything below it, from one day (in China) to another.

    `source_url` is where the list was published. Raises `Denied` for anyone who does not keep the
    register there, `Invalid` beside the field, `Conflict` where the place is one on those days.
    """
    place = registry.region(session, region_code)
    require(policy.may_mark_area(actor, place.code))
    source = texts.line(source_url, field="source_url", limit=500)
    if not source.startswith(("https://", "http://")):
        raise Invalid(HomelandReason.SOURCE_ADDRESS, field="source_url")
    if until is not None and until < since:
        raise Invalid(CommonReason.DATES_REVERSED, field="until")
    for other in session.scalars(
        select(PriorityArea).where(PriorityArea.region_code == place.code)
    ):
        if other.since <= (until or date.max) and since <= (other.until or date.max):
            raise Conflict(HomelandReason.AREA_STANDS, field="region_code", since=other.since)
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    area = PriorityArea(
        region_code=place.code,
        since=since,
        until=until,
        source_url=source,
        recorded_by_user_id=actor.user_id,
    )
    session.add(area)
    session.flush()
    outbox.write(session, "priority_area.marked", f"region:{place.code}")
    return area


def end_priority_area(session: Session, actor: Actor, *, area_id: int, until: date) -> PriorityArea:
    """Say on which day it ends; raises `Denied`, `Invalid`, `InvalidState` where it has an end."""
    area = locked(session, select(PriorityArea).where(PriorityArea.id == area_id))
    require(policy.may_mark_area(actor, area.region_code))
    if area.until is not None:
        raise InvalidState(HomelandReason.AREA_ENDED)
    if until < area.since:
        raise Invalid(CommonReason.DATES_REVERSED, field="until")
    area.until = until
    session.flush()
    outbox.write(session, "priority_area.ended", f"region:{area.region_code}")
    return area
