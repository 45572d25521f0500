"""Who of a place died or moved away: rows by place, by person, and what they say together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select, true
from sqlalchemy.orm import Session, aliased

from charity.paging import Page, page_of
from charity.registry.departing import Gone, absences
from charity.registry.models import DepartureKind, PersonDeparture
from charity.rows import present


def departure(session: Session, departure_id: int) -> PersonDeparture:
    """One row; raises `NotFound`."""
    return present(session.get(PersonDeparture, departure_id))


def departures_page(
    session: Session, codes: Collection[str] | None, page: int
) -> Page[PersonDeparture]:
    """The last row of each history in these places and below them, the newest first.

    None stands for everywhere.
    """
    query = _last().where(_within(codes)).order_by(PersonDeparture.id.desc())
    return page_of(session, query, page)


def last_departures(
    session: Session, hashes: Collection[bytes], codes: Collection[str] | None
) -> dict[bytes, PersonDeparture]:
    """The last row of each of these persons in these places; those without one are left out."""
    query = _last().where(PersonDeparture.identity_hash.in_(hashes), _within(codes))
    return {row.identity_hash: row for row in session.scalars(query.order_by(PersonDeparture.id))}


def departure_history(session: Session, found: PersonDeparture) -> list[PersonDeparture]:
    """All rows of the person of a row in its place, the oldest first."""
    query = select(PersonDeparture).where(
        PersonDeparture.identity_hash == found.identity_hash,
        PersonDeparture.region_code == found.region_code,
    )
    return list(session.scalars(query.order_by(PersonDeparture.id)))


def absences_of(session: Session, hashes: Select[Any]) -> dict[bytes, list[Gone]]:
    """When persons with these keyed hashes were gone, by what all their places noted."""
    query = select(
        PersonDeparture.identity_hash, PersonDeparture.region_code, PersonDeparture.kind,
        PersonDeparture.happened_on,
    ).where(PersonDeparture.identity_hash.in_(hashes))  # fmt: skip
    told: dict[tuple[bytes, str], list[tuple[DepartureKind, date]]] = defaultdict(list)
    found: dict[bytes, list[Gone]] = defaultdict(list)
    for identity, code, kind, on in session.execute(query.order_by(PersonDeparture.id)):
        told[identity, code].append((kind, on))
    for (identity, _), rows in told.items():
        found[identity] += absences(rows)
    return {identity: gone for identity, gone in found.items() if gone}


def _last() -> Select[PersonDeparture]:
    """Rows that no other follows."""
    later = aliased(PersonDeparture)
    return select(PersonDeparture).where(~exists().where(later.follows_id == PersonDeparture.id))


def _within(codes: Collection[str] | None) -> ColumnElement[bool]:
    if codes is None:
        return true()
    starts = [PersonDeparture.region_code.startswith(code, autoescape=True) for code in codes]
    return or_(*starts) if starts else ~true()
