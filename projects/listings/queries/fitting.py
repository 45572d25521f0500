"""Needs, resources and units as the matcher wants them, read in a few questions for any number."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from charity.registry import regions
from charity.registry.models import AnnualInspection, ListEntry, Rating
from projects.listings.matching import NEUTRAL, NeedFacts, ResourceFacts
from projects.listings.models import (
    Claim,
    Evaluation,
    EvaluationSide,
    Need,
    NeedState,
    PriorityArea,
    Resource,
    ResourceState,
    Urgency,
)
from projects.listings.reliability import Record, reliability


def facts_of_need(need: Need, priority: Collection[str]) -> NeedFacts:
    """A need as the matcher sees it; `priority` as `priority_codes` gives it."""
    return NeedFacts(
        id=need.id,
        kind=need.kind,
        category=need.category,
        group=need.beneficiary_group,
        place=need.region_code,
        starts_on=need.starts_on,
        ends_on=need.ends_on,
        item=need.item,
        unit=need.unit,
        rest=need.rest,
        least_part=need.least_part,
        is_urgent=need.urgency is Urgency.URGENT,
        is_priority=_is_within(need.region_code, priority),
        owner=need.organisation_id or 0,
    )


def facts_of_resource(resource: Resource, standing: Mapping[int, float]) -> ResourceFacts:
    """A resource as the matcher sees it; `standing` as `reliabilities` gives it."""
    return ResourceFacts(
        id=resource.id,
        kind=resource.kind,
        category=resource.category,
        group=resource.beneficiary_group,
        place=resource.region_code,
        serves=resource.serves_code,
        starts_on=resource.starts_on,
        ends_on=resource.ends_on,
        item=resource.item,
        unit=resource.unit,
        rest=resource.rest,
        reliability=standing.get(resource.organisation_id, NEUTRAL),
        owner=resource.organisation_id,
    )


def need_facts(
    session: Session,
    *where: ColumnElement[bool],
    priority: Collection[str],
    most: int | None = None,
) -> list[NeedFacts]:
    """The open needs that meet conditions, oldest first, at most so many; no objects are made."""
    query = select(
        Need.id, Need.kind, Need.category, Need.beneficiary_group, Need.region_code,
        Need.starts_on, Need.ends_on, Need.item, Need.unit, Need.quantity - Need.promised,
        Need.least_part, Need.urgency, Need.organisation_id,
    )  # fmt: skip
    query = query.where(_is(Need.state == NeedState.OPEN), *where).order_by(Need.id).limit(most)
    places: dict[str, bool] = {}
    facts = []
    for row in session.execute(query):
        place = row.region_code
        if place not in places:
            places[place] = _is_within(place, priority)
        standing = (row.urgency is Urgency.URGENT, places[place], row.organisation_id or 0)
        values: list[Any] = [*row[:-2], *standing]
        facts.append(NeedFacts(*values))
    return facts


def resource_facts(
    session: Session,
    *where: ColumnElement[bool],
    standing: Mapping[int, float],
    most: int | None = None,
) -> list[ResourceFacts]:
    """The open resources that meet conditions, oldest first, at most so many."""
    query = select(
        Resource.id, Resource.kind, Resource.category, Resource.region_code,
        Resource.serves_code, Resource.starts_on, Resource.beneficiary_group, Resource.ends_on,
        Resource.item, Resource.unit, Resource.quantity - Resource.promised,
        Resource.organisation_id,
    )  # fmt: skip
    query = query.where(_is(Resource.state == ResourceState.OPEN), *where)
    facts = []
    for row in session.execute(query.order_by(Resource.id).limit(most)):
        owner = row.organisation_id
        values: list[Any] = [*row[:-1], standing.get(owner, NEUTRAL), owner]
        facts.append(ResourceFacts(*values))
    return facts


def priority_codes(session: Session, today: date) -> frozenset[str]:
    """The places help flows to first on a day in China."""
    query = select(PriorityArea.region_code).where(
        PriorityArea.since <= today,
        or_(PriorityArea.until.is_(None), PriorityArea.until >= today),
    )
    return frozenset(session.scalars(query))


def reliabilities(session: Session, today: date) -> dict[int, float]:
    """The reliability of every organisation of which anything is known, by its id.

    Stars of the needs' sides count, hidden words or not; the last inspection, the grade in force
    and a list it stands on today.
    """
    stars = {
        unit: (number, int(total))
        for unit, number, total in session.execute(
            select(Claim.organisation_id, func.count(), func.sum(Evaluation.stars))
            .join(Claim, Claim.id == Evaluation.claim_id)
            .where(Evaluation.side == EvaluationSide.NEED, Claim.organisation_id.is_not(None))
            .group_by(Claim.organisation_id)
        )
        if unit is not None
    }
    inspected = select(AnnualInspection.organisation_id, AnnualInspection.result)
    inspections = {
        unit: result.value
        for unit, result in session.execute(inspected.order_by(AnnualInspection.year))
    }
    rated = select(Rating.organisation_id, Rating.grade)
    rated = rated.where(Rating.rated_on <= today, Rating.expires_on >= today)
    grades = {unit: grade for unit, grade in session.execute(rated.order_by(Rating.rated_on))}
    listed = frozenset(
        session.scalars(
            select(ListEntry.organisation_id).where(
                ListEntry.listed_on <= today,
                or_(ListEntry.removed_on.is_(None), ListEntry.removed_on > today),
            )
        )
    )
    return {
        unit: reliability(
            Record(
                *stars.get(unit, (0, 0)), inspections.get(unit), grades.get(unit), unit in listed
            )
        )
        for unit in {*stars, *inspections, *grades, *listed}
    }


def _is(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition, for rows found by their ids: SQLite would go over all open ones instead."""
    return case((condition, 1), else_=0) == 1


def _is_within(place: str, codes: Collection[str]) -> bool:
    return bool(codes) and any(step in codes for step in regions.chain(place))
