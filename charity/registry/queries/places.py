"""Places: one by its code, those above it and those below it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from charity.errors import CommonReason, NotFound
from charity.registry import regions
from charity.registry.models import Region
from charity.rows import present


def region(session: Session, code: str) -> Region:
    """The place with this code, padded or not; raises `NotFound`."""
    try:
        known = regions.normalise(code)
    except ValueError as error:
        raise NotFound(CommonReason.NOT_FOUND) from error
    return present(session.get(Region, known))


def region_names(session: Session, codes: Collection[str]) -> dict[str, str]:
    """The names of these places by code; what is no place is left out."""
    rows = session.execute(select(Region.code, Region.name).where(Region.code.in_(codes)))
    return dict(rows.all())


def region_path(session: Session, code: str) -> list[Region]:
    """The places from the province down to this one; raises `NotFound` without the place."""
    try:
        chain = regions.chain(code)
    except ValueError as error:
        raise NotFound(CommonReason.NOT_FOUND) from error
    query = select(Region).where(Region.code.in_(chain))
    found = list(session.scalars(query.order_by(Region.level)))
    if not found or found[-1].code != chain[-1]:
        raise NotFound(CommonReason.NOT_FOUND)
    return found


def child_regions(session: Session, code: str | None = None) -> list[Region]:
    """The places directly below, by code; those without a container for None."""
    query = select(Region).order_by(Region.code)
    if code is None:
        return list(session.scalars(query.where(Region.parent_code.is_(None))))
    return list(session.scalars(query.where(Region.parent_code == region(session, code).code)))


def regions_below(session: Session, code: str) -> list[Region]:
    """Every place below this one, itself left out, by code."""
    low, high = regions.bounds(region(session, code).code)
    query = select(Region).where(Region.code > low, Region.code <= high)
    return list(session.scalars(query.order_by(Region.code)))


def managed_regions(session: Session, code: str) -> list[Region]:
    """The places a zone runs though their codes lie elsewhere, by code (DIV-01)."""
    query = select(Region).where(Region.managed_by_code == region(session, code).code)
    return list(session.scalars(query.order_by(Region.code)))


def regions_managed(session: Session, code: str) -> tuple[list[str], list[str]]:
    """What managing adds to a place and takes from it, as codes (DIV-01).

    Added are places elsewhere that it, or a place within it, runs; taken are places within it that
    something outside runs. Both empty: code and management say the same.
    """
    low, high = regions.bounds(code)
    query = select(Region.code, Region.managed_by_code).where(
        or_(Region.managed_by_code.between(low, high), Region.code.between(low, high)),
        Region.managed_by_code.is_not(None),
    )
    added, taken = [], []
    for place, manager in session.execute(query.order_by(Region.code)):
        within, run_here = low <= place <= high, manager is not None and low <= manager <= high
        if run_here and not within:
            added.append(place)
        elif within and not run_here:
            taken.append(place)
    return added, taken
