"""Who died or moved away: rows that follow one another, by the community alone, never changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.errors import Conflict, DomainError, Invalid, InvalidState, NotFound
from charity.registry import queries
from charity.registry.departing import Gone, absences
from charity.registry.models import DepartureKind, PersonDeparture
from charity.registry.services import follow_departure, note_departure
from tests.factories import make_actor, make_region

DIED, MOVED = DepartureKind.DIED, DepartureKind.MOVED_AWAY
BACK, WRONG = DepartureKind.CAME_BACK, DepartureKind.MISTAKEN
WHO = b"w" * 32


def _on(day: int) -> date:
    return date(2026, 1, day)


@pytest.mark.parametrize(
    ("rows", "gone"),
    [
        ([(DIED, 3)], [(3, None)]),
        ([(DIED, 3), (DIED, 5)], [(5, None)]),
        ([(DIED, 3), (WRONG, 3)], []),
        ([(MOVED, 3), (BACK, 9)], [(3, 9)]),
        ([(MOVED, 3), (BACK, 9), (WRONG, 9)], [(3, None)]),
        ([(MOVED, 3), (BACK, 9), (DIED, 12)], [(3, 9), (12, None)]),
        ([(DIED, 3), (WRONG, 3), (MOVED, 4)], [(4, None)]),
        ([], []),
    ],
)
def test_what_rows_say_together(
    rows: list[tuple[DepartureKind, int]], gone: list[tuple[int, int | None]]
) -> None:
    said = absences((kind, _on(day)) for kind, day in rows)
    assert said == [Gone(_on(since), _on(until) if until else None) for since, until in gone]


@pytest.fixture
def worker(session: Session) -> Actor:
    make_region(session, "420704001", "凤凰街道")
    make_region(session, "420704002", "古楼街道")
    return make_actor(session, Grant(Role.DISPATCHER, region_code="420704001"))


def _note(session: Session, actor: Actor, **said: object) -> PersonDeparture:
    usual: dict[str, object] = {
        "identity_hash": WHO, "masked_name": "李*", "region_code": "420704001", "kind": MOVED,
        "happened_on": clock.today() - timedelta(days=30), "source": "户口已迁出",
    }  # fmt: skip
    return note_departure(session, actor, **(usual | said))  # type: ignore[arg-type]


def test_a_history_is_written_row_by_row(session: Session, worker: Actor) -> None:
    first = _note(session, worker)
    with pytest.raises(Conflict):
        _note(session, worker, kind=DIED)
    # another place keeps its own history, and learns nothing of this one
    other = make_actor(session, Grant(Role.DISPATCHER, region_code="420704002"))
    elsewhere = _note(session, other, region_code="420704002", kind=DIED)
    assert queries.departures_page(session, ["420704002"], 1).items == [elsewhere]
    told = {"happened_on": clock.today(), "source": "又来住了"}
    back = follow_departure(session, worker, departure_id=first.id, kind=BACK, **told)  # type: ignore[arg-type]
    assert queries.departure_history(session, first) == [first, back]
    assert queries.last_departures(session, [WHO], ["420704"]).keys() == {WHO}
    with pytest.raises(Conflict):
        follow_departure(session, worker, departure_id=first.id, kind=DIED, **told)  # type: ignore[arg-type]
    hashes = select(PersonDeparture.identity_hash)
    assert queries.absences_of(session, hashes)[WHO] == [
        Gone(first.happened_on, back.happened_on), Gone(elsewhere.happened_on, None),
    ]  # fmt: skip


def test_what_cannot_be_is_refused(session: Session, worker: Actor) -> None:
    today = clock.today()
    cases: list[tuple[dict[str, object], type[DomainError]]] = [
        ({"happened_on": today + timedelta(days=1)}, Invalid),
        ({"source": " "}, Invalid),
        ({"kind": BACK}, Invalid),
        ({"region_code": "420704002"}, NotFound),
    ]
    for said, wanted in cases:
        with pytest.raises(wanted):
            _note(session, worker, **said)
    first = _note(session, worker)
    steps: list[tuple[DepartureKind, date, type[DomainError]]] = [
        (BACK, first.happened_on, Invalid)
    ]
    for kind, on, refusal in steps:
        with pytest.raises(refusal):
            follow_departure(
                session, worker, departure_id=first.id, kind=kind, happened_on=on, source="看了"
            )
    wrong = follow_departure(
        session, worker, departure_id=first.id, kind=WRONG, happened_on=today, source="同名"
    )
    for kind in (WRONG, BACK):
        with pytest.raises(InvalidState):
            follow_departure(
                session, worker, departure_id=wrong.id, kind=kind, happened_on=today, source="看了"
            )
    owner = make_actor(session, Grant(Role.AUDITOR))
    with pytest.raises(NotFound):
        follow_departure(
            session, owner, departure_id=wrong.id, kind=DIED, happened_on=today, source="看了"
        )


def test_the_database_keeps_every_row(session: Session, worker: Actor) -> None:
    row = _note(session, worker)
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(
            update(PersonDeparture).where(PersonDeparture.id == row.id).values(kind=DIED)
        )
