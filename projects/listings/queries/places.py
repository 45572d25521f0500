"""How much happens in a place or by an organisation: counted from the rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from charity.ledger.models import Inflow, Line
from charity.money import ZERO, Money
from charity.registry import regions
from charity.registry.models import Organisation, OrganisationState, Region
from charity.spending.models import Budget
from projects.listings.models import Project


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """A place with the published projects and verified organisations in it and below."""

    place: Region
    projects: int
    organisations: int


def counts_below(session: Session, code: str, children: Sequence[Region]) -> list[PlaceCount]:
    """Each of the places directly below `code`, in two questions whatever their number."""
    projects = _by_code(session, Project.region_code, Project.public_ones(), code)
    organisations = _by_code(
        session, Organisation.region_code, Organisation.state == OrganisationState.VERIFIED, code
    )
    return [
        PlaceCount(child, _within(child.code, projects), _within(child.code, organisations))
        for child in children
    ]


def raised_in(session: Session, code: str) -> Money:
    """What was ever given to the projects of a place and of all below it."""
    low, high = regions.bounds(code)
    funds = (
        select(Budget.fund_id)
        .join(Project, Project.budget_id == Budget.id)
        .where(
            Project.public_ones(),
            Project.region_code >= low,
            Project.region_code <= high,
        )
    )
    query = (
        select(func.sum(Inflow.amount))
        .join(Line, Line.id == Inflow.line_id)
        .where(Line.fund_id.in_(funds), Inflow.origin_outflow_id.is_(None))
    )
    return session.scalar(query) or ZERO


def project_counts(session: Session, organisation_ids: Collection[int]) -> dict[int, int]:
    """How many published projects each of these organisations has; none is left out of the dict."""
    query = (
        select(Project.organisation_id, func.count())
        .where(
            Project.organisation_id.in_(organisation_ids),
            Project.public_ones(),
        )
        .group_by(Project.organisation_id)
    )
    return {organisation_id: count for organisation_id, count in session.execute(query)}


def _by_code(
    session: Session, column: InstrumentedAttribute[str], which: ColumnElement[bool], code: str
) -> dict[str, int]:
    low, high = regions.bounds(code)
    query = select(column, func.count()).where(which, column >= low, column <= high)
    return {place: count for place, count in session.execute(query.group_by(column))}


def _within(code: str, counts: Mapping[str, int]) -> int:
    return sum(count for place, count in counts.items() if place.startswith(code))
