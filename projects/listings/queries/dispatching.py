"""What the dispatch plan of a district is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from charity.registry import regions
from projects.listings.matching import NeedFacts, ResourceFacts
from projects.listings.models import (
    Claim,
    ClaimState,
    Need,
    NeedState,
    Resource,
    ResourceState,
    Urgency,
)
from projects.listings.queries.fitting import (
    need_facts,
    priority_codes,
    reliabilities,
    resource_facts,
)


@dataclass(frozen=True, slots=True)
class District:
    """Open needs of a place, resources that can be had there, and pairs that stand already.

    What proposals ask for that wait for an answer is taken off both rests.
    """

    needs: list[NeedFacts]
    resources: list[ResourceFacts]
    #: (need's id, resource's id) with a claim proposed or accepted.
    standing: frozenset[tuple[int, int]]


def district(session: Session, region_code: str, *, today: date, most: int) -> District:
    """What a plan for a place is made of, at most `most` needs and as many resources.

    Urgent needs come first, then the oldest; resources of the place first, then those that serve
    it from elsewhere.
    """
    priority, known = priority_codes(session, today), reliabilities(session, today)
    waiting = (Claim.state == ClaimState.PROPOSED, Claim.quantity.is_not(None))
    first = (
        select(Need.id)
        .where(Need.state == NeedState.OPEN, _below(Need.region_code, region_code))
        .order_by(case((Need.urgency == Urgency.URGENT, 0), else_=1), Need.id)
        .limit(most)
    )
    inside = _below(Resource.region_code, region_code)
    near = (
        select(Resource.id)
        .where(
            Resource.state == ResourceState.OPEN,
            or_(
                _below(Resource.serves_code, region_code),
                Resource.serves_code.in_(regions.chain(region_code)),
            ),
            or_(Resource.ends_on.is_(None), Resource.ends_on >= today),
        )
        .order_by(case((inside, 0), else_=1), Resource.id)
        .limit(most)
    )
    needs = need_facts(session, Need.id.in_(first), priority=priority)
    resources = resource_facts(session, Resource.id.in_(near), standing=known)
    promised = (
        select(column, func.sum(Claim.quantity)).where(*waiting, column.in_(ids)).group_by(column)
        for column, ids in ((Claim.need_id, first), (Claim.resource_id, near))
    )
    of_needs, of_resources = (
        {one: int(total or 0) for one, total in session.execute(query)} for query in promised
    )
    pairs = select(Claim.need_id, Claim.resource_id).where(
        Claim.state.in_((ClaimState.PROPOSED, ClaimState.ACCEPTED)), Claim.need_id.in_(first)
    )
    return District(
        [replace(one, rest=_less(one.rest, of_needs.get(one.id, 0))) for one in needs],
        [replace(one, rest=_less(one.rest, of_resources.get(one.id, 0))) for one in resources],
        frozenset((need, one) for need, one in session.execute(pairs) if one is not None),
    )


def _less(rest: int | None, waiting: int) -> int | None:
    return None if rest is None else max(0, rest - waiting)


def _below(column: InstrumentedAttribute[str], code: str) -> ColumnElement[bool]:
    """Whether a code lies in a place, by the bounds of its prefix."""
    low, high = regions.bounds(code)
    return column.between(low, high)
