"""Work that no visitor waits for: handed on once, poison set aside, books sealed, wake-ups few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from huey import crontab
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import outbox
from charity.ledger.models import Unsealed
from charity.money import Money
from charity.outbox import Outbox
from tests.conftest import SetClock
from tests.projects.listings.village import make_village
from web import jobs, wake
from web.config import Settings


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """Inside the app, as the worker is."""
    with app.app_context():
        yield app


def handled(session: Session) -> list[bool]:
    session.expire_all()
    rows = session.scalars(select(Outbox).order_by(Outbox.id))
    return [row.handled_at is not None for row in rows]


def test_every_consumer_hears_of_each_row_once(
    inside: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, clock: SetClock
) -> None:
    heard: list[str] = []

    def listen(_session: Session, rows: Sequence[Outbox]) -> None:
        heard.extend(row.subject for row in rows)

    monkeypatch.setattr(jobs, "CONSUMERS", (listen, listen))
    for number in range(3):
        outbox.write(session, "thing.happened", f"thing:{number}")
    session.commit()
    assert jobs.drain_outbox() == 3
    assert jobs.drain_outbox() == 0
    assert sorted(heard) == ["thing:0"] * 2 + ["thing:1"] * 2 + ["thing:2"] * 2
    assert handled(session) == [True] * 3


def test_a_poisoned_row_stops_nobody_else(
    inside: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, clock: SetClock
) -> None:
    tries: list[int] = []

    def choke(_session: Session, rows: Sequence[Outbox]) -> None:
        if any(row.subject == "thing:1" for row in rows):
            tries.append(1)
            raise ValueError("poison")

    monkeypatch.setattr(jobs, "CONSUMERS", (choke,))
    for number in range(3):
        outbox.write(session, "thing.happened", f"thing:{number}")
    session.commit()
    for _ in range(outbox.TRIES + 3):
        jobs.drain_outbox()
    assert handled(session) == [True, False, True]
    row = session.scalars(select(Outbox).where(Outbox.subject == "thing:1")).one()
    assert row.attempts == outbox.TRIES
    assert row.last_error == "ValueError: poison"


def test_catching_up_seals_what_waits(inside: Flask, session: Session, clock: SetClock) -> None:
    village = make_village(session)
    project = village.published()
    village.give(project, Money.yuan(100))
    session.commit()
    # the gift, and the deeds that opened the book and the fund
    assert session.scalar(select(func.count()).select_from(Unsealed)) == 3
    jobs.catch_up()
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Unsealed)) == 0
    assert jobs.seal_books() == 0


def test_every_periodic_job_runs_on_an_empty_base(inside: Flask, clock: SetClock) -> None:
    for job in jobs.PERIODIC:
        job.run()


def test_every_periodic_job_has_a_time_huey_reads() -> None:
    for job in jobs.PERIODIC:
        assert crontab(minute=job.minute, hour=job.hour)


def test_lies_in_the_book_are_shouted(
    inside: Flask,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    clock: SetClock,
) -> None:
    problem = jobs.ledger_checks.Problem("chain", "entry:7", "digest differs")
    monkeypatch.setattr(jobs.ledger_checks, "verify", lambda _session: [problem])
    jobs.verify_books()
    assert "entry:7" in caplog.text


def test_many_commits_send_one_wake_up(settings: Settings, tmp_path: Path) -> None:
    settings = replace(settings, data=tmp_path).prepare()
    waker = wake.Waker(settings)
    for _ in range(20):
        waker.wake()
    assert wake.open_queue(settings).pending_count() == 1


def test_the_worker_understands_what_the_site_sends(settings: Settings) -> None:
    """Huey knows a task by its module too; a name nobody knows would be thrown away."""
    settings.prepare()
    wake.Waker(settings).wake()
    done: list[str] = []
    queue = wake.open_queue(settings)
    wake.answer_wake_ups(queue, lambda: done.append("caught up"))
    queue.dequeue().execute()
    assert done == ["caught up"]


def test_a_queue_that_fails_fails_no_request(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    waker = wake.Waker(replace(settings, data=tmp_path / "no" / "such" / "folder"))
    waker.wake()
    assert "did not take a wake-up" in caplog.text
