"""What awards owe: money of a prize pool that goes to a related party of its charity is told.

One of the six dealings (DIS-206): the grant of each stage, on the day it is paid. Related is who is
on the charity's roster of founders, main donors, managers and their relatives (CHA-167), has the
charity on its own, or has a person in common with it there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from charity.disclosure import due
from charity.disclosure.models import DisclosureKind
from charity.disclosure.owing.dealings import RELATED
from charity.disclosure.owing.wanted import Wanted, once_in_force
from charity.ledger.models import (
    Book,
    Entry,
    Fund,
    FundKind,
    Inflow,
    Line,
    Outflow,
    OutflowKind,
)
from charity.registry.models import Organisation, RelatedParty
from charity.registry.queries.related import DECIDING_RELATIONS
from charity.spending.models import Budget

#: Entry, its day, the charity that paid and the organisation that will do the work.
Grant = tuple[int, date, int, int]


def of_awards(session: Session) -> Iterator[Wanted]:
    """Stages of awards paid to related parties of the charity that keeps the pool."""
    grants = _grants(session)
    ids = {each for grant in grants for each in grant[2:]}
    names = _names(session, ids) if ids else {}
    rosters = _rosters(session, ids) if ids else {}
    for entry_id, day, charity_id, receiver_id in grants:
        first, second = (
            [one for one in rosters.get(each, ()) if _holds(one, day)]
            for each in (charity_id, receiver_id)
        )
        named = {one.name for one in first}, {one.name for one in second}
        if (
            names[receiver_id] in named[0]
            or names[charity_id] in named[1]
            or _marks(first) & _marks(second)
        ):
            yield from once_in_force(_told, f"entry:{entry_id}", charity_id, day)


def _told(subject: str, charity_id: int, day: date) -> Iterator[Wanted]:
    yield Wanted(
        rule_id=RELATED,
        kind=DisclosureKind.RELATED_DEALING,
        subject=subject,
        organisation_id=charity_id,
        period_from=day,
        period_until=day,
        due_on=due.days_after(RELATED, day),
    )


def _grants(session: Session) -> list[Grant]:
    """Money that left a prize pool for the fund of somebody else's work, in one book."""
    pool = aliased(Fund)
    query = (
        select(Entry.id, Entry.occurred_on, Book.organisation_id, Budget.organisation_id)
        .join(Outflow, Outflow.entry_id == Entry.id)
        .join(pool, pool.id == Outflow.fund_id)
        .join(Inflow, Inflow.entry_id == Entry.id)
        .join(Line, Line.id == Inflow.line_id)
        .join(Budget, Budget.fund_id == Line.fund_id)
        .join(Book, Book.id == Entry.book_id)
        .where(
            Outflow.kind == OutflowKind.GRANT,
            pool.kind == FundKind.PRIZE_POOL,
            Budget.organisation_id != Book.organisation_id,
        )
        .order_by(Entry.id)
    )
    return [(entry, day, paid, does) for entry, day, paid, does in session.execute(query)]


def _names(session: Session, ids: Collection[int]) -> dict[int, str]:
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    return {organisation_id: name for organisation_id, name in session.execute(query)}


def _rosters(session: Session, ids: Collection[int]) -> dict[int, list[RelatedParty]]:
    query = select(RelatedParty).where(
        RelatedParty.organisation_id.in_(ids), RelatedParty.relation.in_(DECIDING_RELATIONS)
    )
    found: dict[int, list[RelatedParty]] = {}
    for party in session.scalars(query):
        found.setdefault(party.organisation_id, []).append(party)
    return found


def _holds(party: RelatedParty, day: date) -> bool:
    return party.since <= day and (party.until is None or day <= party.until)


def _marks(parties: Collection[RelatedParty]) -> set[int | bytes]:
    """By what a person is known to be the same; a name alone is no mark of a person."""
    marks = {each for one in parties for each in (one.person_id, one.identity_hash)}
    return {each for each in marks if each is not None}
