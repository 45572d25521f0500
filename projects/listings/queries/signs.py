"""When an organisation last did something in the three lists: a sign of life for who supervises."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from projects.listings.models import Claim, Need, Project, Resource


def last_signs(session: Session) -> dict[int, date]:
    """The last day in China on which each organisation posted, offered or claimed something."""
    sources = (
        (Need.organisation_id, Need.posted_at),
        (Resource.organisation_id, Resource.posted_at),
        (Claim.organisation_id, Claim.proposed_at),
        (Project.organisation_id, Project.created_at),
    )
    signs: dict[int, date] = {}
    for owner, moment in sources:
        query = select(owner, func.max(moment)).where(owner.is_not(None)).group_by(owner)
        for organisation_id, last in session.execute(query):
            if organisation_id is not None and last is not None:
                day = clock.day_of(last)
                signs[organisation_id] = max(day, signs.get(organisation_id, day))
    return signs
