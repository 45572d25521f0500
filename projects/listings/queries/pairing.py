"""Pairings (结对帮扶) as anybody may read them; a person is only ever a masked name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from charity.paging import Page, page_of
from charity.registry import regions
from charity.rows import present
from projects.listings.models import Pairing, PairingState, PairingTask, PairingVisit


@dataclass(frozen=True, slots=True)
class PairingRow:
    """A pairing in a list: who helps whom, how many of the five things are done."""

    pairing: Pairing
    done: int
    visits: int


def pairing(session: Session, pairing_id: int) -> Pairing:
    """One pairing with its tasks and visits; raises `NotFound`."""
    query = (
        select(Pairing)
        .where(Pairing.id == pairing_id)
        .options(
            joinedload(Pairing.organisation),
            joinedload(Pairing.region),
            selectinload(Pairing.tasks),
            selectinload(Pairing.visits),
        )
    )
    return present(session.scalars(query).one_or_none())


def pairing_of_task(session: Session, task_id: int) -> Pairing:
    """The pairing a task belongs to; raises `NotFound`."""
    return pairing(session, present(session.get(PairingTask, task_id)).pairing_id)


def pairings_page(
    session: Session,
    *,
    region_code: str | None = None,
    organisation_id: int | None = None,
    state: PairingState | None = None,
    page: int = 1,
) -> Page[PairingRow]:
    """Pairings of a place and all below it, or of a unit, the latest first: four questions."""
    query = select(Pairing.id)
    if region_code is not None:
        low, high = regions.bounds(region_code)
        query = query.where(Pairing.region_code >= low, Pairing.region_code <= high)
    if organisation_id is not None:
        query = query.where(Pairing.organisation_id == organisation_id)
    if state is not None:
        query = query.where(Pairing.state == state)
    found = page_of(session, query.order_by(Pairing.id.desc()), page)
    return Page(_rows(session, list(found.items)), found.number, found.size, found.total)


def _rows(session: Session, ids: list[int]) -> list[PairingRow]:
    done = (
        select(func.count(PairingTask.id))
        .where(PairingTask.pairing_id == Pairing.id, PairingTask.done_on.is_not(None))
        .correlate(Pairing)
        .scalar_subquery()
    )
    visits = (
        select(func.count(PairingVisit.id))
        .where(PairingVisit.pairing_id == Pairing.id)
        .correlate(Pairing)
        .scalar_subquery()
    )
    query = (
        select(Pairing, done, visits)
        .where(Pairing.id.in_(ids))
        .order_by(Pairing.id.desc())
        .options(joinedload(Pairing.organisation), joinedload(Pairing.region))
    )
    return [PairingRow(each, int(n), int(m)) for each, n, m in session.execute(query)]
