"""Load the demo district: play the script day by day, each day one transaction.

While it runs, a marker lies in the data folder; a later run that finds it knows that an earlier one
was interrupted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, time, timedelta
from itertools import groupby
from pathlib import Path

from flask import Flask
from sqlalchemy.engine import make_url

from charity import clock
from charity.donations.sandbox_gateway import SandboxGateway
from web import migrate
from web.config import Settings
from web.db import database
from web.demo import acts, script
from web.demo.stage import Stage, Step
from web.ports import ports, settings

MARKER = "demo-loading"
#: Days between two lines of progress.
_TELL = 35


class NotOurs(Exception):
    """An interrupted loading left a database half full that is not ours to empty."""


def load(app: Flask, echo: Callable[[str], None], *, scale: float = 1.0) -> None:
    """Fill an empty, migrated database with the demo district; `scale` below 1 makes it smaller.

    Raises `ValueError` in production. Whether the database is empty is the caller's question.
    """
    with app.app_context():
        if settings().is_production:
            raise ValueError("the demo is not loaded in production")
        now = clock.now()
        marker = _marker(settings())
        marker.write_text(_where(settings()), encoding="utf-8")
        echo("Loading the demo district 鄂城区 (about a minute) …")
        stage = _stage(now)
        played: Counter[str] = Counter()
        for days, today in groupby(script.steps(scale), key=lambda step: step.days):
            played += _play(stage, now, list(today))
            if days % _TELL == 0:
                echo(f"  {days:>3} days ago: {_told(played)}")
        marker.unlink()
        echo("The demo district is there.")


def was_interrupted(chosen: Settings) -> bool:
    """Whether an earlier loading of this database did not come to its end."""
    marker = _marker(chosen)
    return marker.exists() and marker.read_text(encoding="utf-8") == _where(chosen)


def start_again(chosen: Settings) -> None:
    """Make the database of an interrupted loading anew; raises `NotOurs` unless it is SQLite.

    Only what the loading itself had begun is lost: it started from an empty database. The file
    goes, because the migrations do not lead back once a book holds entries.
    """
    where = make_url(chosen.url)
    if where.get_backend_name() != "sqlite":
        raise NotOurs
    for end in ("", "-wal", "-shm", "-journal"):
        Path(f"{where.database}{end}").unlink(missing_ok=True)
    migrate.upgrade(chosen.owner_url)


def _marker(chosen: Settings) -> Path:
    return chosen.data / MARKER


def _where(chosen: Settings) -> str:
    """The database, without its password."""
    return make_url(chosen.url).render_as_string(hide_password=True)


def _stage(now: datetime) -> Stage:
    chosen = settings()
    with database().session(reads=True) as session:
        gateway = ports().gateways["sandbox"]
        assert isinstance(gateway, SandboxGateway), "no other gateway plays"  # noqa: S101
        return Stage(
            session=session, files=ports().files, gateway=gateway, secret=chosen.secret,
            base_url=chosen.base_url, today=clock.day_of(now),
        )  # fmt: skip


def _play(stage: Stage, now: datetime, steps: list[Step]) -> Counter[str]:
    """One day, in one transaction."""
    with database().unit() as session:
        stage.session = session
        for step in steps:
            with clock.at(_instant(now, step)):
                step.verb(stage, step.what)
    return Counter(step.verb.__name__ for step in steps)


def _instant(now: datetime, step: Step) -> datetime:
    """When a step is done; what belongs to today happens in the part of it that has passed."""
    today = clock.day_of(now)
    midnight = datetime.combine(today, time(), clock.CHINA)
    share = timedelta(minutes=step.minute)
    if step.days == 0:
        return midnight + (now - midnight) * (step.minute / (24 * 60))
    return midnight - timedelta(days=step.days) + share


def _told(played: Counter[str]) -> str:
    return (
        f"{played[acts.publish.__name__]} projects, {played[acts.give.__name__]} gifts, "
        f"{played[acts.pay.__name__]} payments"
    )
