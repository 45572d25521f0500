"""A hundred judges on their phones, over real HTTP: open the sheet, save it, hand it in.

`wushe run` with two web workers and its worker beside them. Each act comes in a wave: every phone
does it once, at a moment of its own inside the wave; every third phone sends the last form twice.
Waits count from that moment, of every request alone: also of the page a form leads on to.
"""

import os
import random
import subprocess
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import tokens
from charity.accounts.models import SignInSession
from charity.outbox import Outbox
from projects.ventures.models import Assignment, AssignmentState, JudgingRound, Score
from projects.ventures.services.judging import assign_judges
from tests.bench import Row
from tests.bench.bench_gift import Giver, cpu_seconds, hidden, postmaster
from tests.bench.bench_registry import closing_sqlite
from tests.bench.books import durable_databases
from tests.bench.world import World
from tests.projects.ventures.panel import PanelWorld, make_panel_world
from tests.support.databases import Address, Databases
from tests.support.live import Installation
from web import create_app, db
from web.config import Settings

PHONES, WORKERS = 100, "2"
#: Seconds of a wave: three of them are a minute, and again the same in a few seconds.
WAVES = (("in a minute", 20.0), ("at once", 3.0))


class Phone(Giver):
    """A judge's browser: signed in, one sheet to fill in."""

    def __init__(self, port: int, cookie: tuple[str, str], sheet_id: int, points: dict[int, int]):
        super().__init__(port)
        self.cookies = dict([cookie])
        self.path = f"/judging/sheets/{sheet_id}"
        self.points = {f"points_{each}": f"{tenths / 10:.1f}" for each, tenths in points.items()}
        self.page = ""
        #: Milliseconds by request.
        self.waits: dict[str, list[float]] = defaultdict(list)

    def request(self, name: str, due: float, path: str, form: dict[str, str] | None = None) -> str:
        """One request that was due at a moment; where it leads on to, empty for a page."""
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        body = urlencode(form) if form else None
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("POST" if form else "GET", path, body, headers)
        answer = self.connection.getresponse()
        self.page = answer.read().decode()
        self.waits[name].append((time.perf_counter() - due) * 1000)
        for key, value in answer.getheaders():
            if key.lower() == "set-cookie":
                name_of, _, rest = value.partition("=")
                self.cookies[name_of] = rest.partition(";")[0]
        assert answer.status == (303 if form else 200), (answer.status, path, self.page[-3000:])
        return urlsplit(answer.getheader("Location") or "").path

    def open(self, due: float) -> None:
        """Look at the sheet; after a while of thinking a phone has a new connection."""
        self.connection.close()
        self.request("open", due, self.path)

    def save(self, due: float) -> None:
        """Keep the points as a draft, and see the sheet again."""
        self.connection.close()
        form = hidden(self.page) | self.points | {"act": "save"}
        leads = self.request("save", due, self.path, form)
        self.request("page after saving", time.perf_counter(), leads)

    def hand_in(self, due: float, *, twice: bool) -> None:
        """Lock the sheet, once or as by a finger that trembles, and see what is left."""
        self.connection.close()
        form = hidden(self.page) | self.points | {"act": "lock"}
        leads = self.request("hand in", due, self.path, form)
        if twice:
            leads = self.request("hand in again", time.perf_counter(), self.path, form)
        self.request("page after handing in", time.perf_counter(), leads)


def rows() -> Iterator[Row]:
    """Both databases, PostgreSQL as it really writes; each wave on a database of its own."""
    sources: tuple[Callable[[], AbstractContextManager[Databases]], ...] = (
        closing_sqlite,
        durable_databases,
    )
    for open_databases in sources:
        with open_databases() as databases:
            for wave in WAVES:
                yield from _measured(databases.kind, databases.migrated(), wave)


def _measured(kind: str, address: Address, wave: tuple[str, float]) -> Iterator[Row]:
    """One site, one database: the waits of each request, what they cost, and that none is lost."""
    name, seconds = wave
    name = f"{kind}: {PHONES} phones {name} over HTTP"
    with tempfile.TemporaryDirectory(prefix="wushe-phones-") as folder:
        site = Installation(address, Path(folder), {"WUSHE_WORKERS": WORKERS})
        engine = db.make_engine(address.url)
        with Session(engine, expire_on_commit=False) as session:
            world, sheets = _sheets(session)
            session.commit()
            given = {sheet.id: world.points(40 + n % 60) for n, sheet in enumerate(sheets)}
            app = create_app(Settings.from_env(site.environment()).prepare())
            cookies = _cookies(session, app, world)
            session.commit()
        with site.serving() as base:
            port = int(base.rpartition(":")[2])
            roots = [_served()]
            if kind == "postgresql":
                roots.append(postmaster(World(address, Path(folder), 0)))
            phones = [
                Phone(port, cookies[sheet.judge_id], sheet.id, given[sheet.id])
                for sheet in sheets
            ]  # fmt: skip
            _warm(port, cookies)
            before = cpu_seconds(roots)
            _play(phones, seconds)
            used = cpu_seconds(roots) - before
        _none_lost(engine, given)
        engine.dispose()
    yield from _told(name, phones, used)


def _sheets(session: Session) -> tuple[PanelWorld, list[Assignment]]:
    """Two entries of fifty judges each: a sheet for every phone."""
    world = make_panel_world(session, entries=2, judges=PHONES, judges_per_application=PHONES // 2)
    assign_judges(
        session, world.organiser, competition_id=world.competition.id,
        judging_round=JudgingRound.REVIEW,
    )  # fmt: skip
    sheets = list(session.scalars(select(Assignment).order_by(Assignment.id)))
    assert len({sheet.judge_id for sheet in sheets}) == len(sheets) == PHONES
    return world, sheets


def _cookies(session: Session, app: Flask, world: PanelWorld) -> dict[int, tuple[str, str]]:
    """The cookie of each judge's browser, as signing in would have left it."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    now, made = clock.now(), {}
    for judge in world.judges:
        token = tokens.new()
        session.add(
            SignInSession(
                token_hash=tokens.hash_of(token), user_id=judge.user_id, created_at=now,
                expires_at=now + timedelta(hours=12),
            )
        )  # fmt: skip
        holds = {
            "_user_id": token,
            "_fresh": True,
            "_permanent": True,
            "seen": int(now.timestamp()),
        }
        made[judge.id] = (app.config["SESSION_COOKIE_NAME"], signer.dumps(holds))
    return made


def _served() -> int:
    """The process of `wushe run` that this one started."""
    asked = ["pgrep", "-P", str(os.getpid()), "-f", "web.cli run"]
    return int(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()[0])


def _warm(port: int, cookies: dict[int, tuple[str, str]]) -> None:
    """Judges look at their lists before it begins: templates are there, connections are open."""
    browsers = [Giver(port) for _ in range(16)]
    for browser, cookie in zip(browsers, cookies.values(), strict=False):
        browser.cookies = dict([cookie])

    def look(browser: Giver) -> None:
        for _ in range(5):
            browser.ask("GET", "/judging")

    threads = [threading.Thread(target=look, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _play(phones: list[Phone], seconds: float) -> None:
    """Three waves; a phone whose last answer is late goes on as soon as it is there."""
    chance, errors = random.Random(9), []
    plan = [[chance.uniform(at, at + seconds) for at in (0, seconds, 2 * seconds)] for _ in phones]
    begun = time.perf_counter() + 0.5

    def one(place: int) -> None:
        phone = phones[place]
        acts = (phone.open, phone.save, lambda due: phone.hand_in(due, twice=place % 3 == 0))
        try:
            for act, moment in zip(acts, plan[place], strict=True):
                due = max(begun + moment, time.perf_counter())
                time.sleep(max(0.0, due - time.perf_counter()))
                act(due)
        except BaseException as error:
            errors.append(error)
            raise

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(phones))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors[0]


def _none_lost(engine: Engine, given: dict[int, dict[int, int]]) -> None:
    """Every point of every phone is there once and as it was typed, and every sheet is locked."""
    with Session(engine) as session:
        locked = select(Assignment.id).where(
            Assignment.state == AssignmentState.LOCKED, Assignment.digest.is_not(None)
        )
        assert set(session.scalars(locked)) == set(given)
        kept = session.execute(select(Score.assignment_id, Score.criterion_id, Score.points)).all()
        said = [
            (sheet, each, tenths) for sheet, row in given.items() for each, tenths in row.items()
        ]
        assert sorted(map(tuple, kept)) == sorted(said)
        told = select(func.count()).where(Outbox.event == "sheet.locked")
        assert session.scalar(told) == len(given)


def _told(name: str, phones: list[Phone], used: float) -> Iterator[Row]:
    waits: dict[str, list[float]] = defaultdict(list)
    for phone in phones:
        for request, each in phone.waits.items():
            waits[request] += each
            waits["all requests"] += each
    for request, found in sorted(waits.items(), key=lambda one: one[0] == "all requests"):
        found.sort()
        for percent in (50, 95, 99):
            figure = found[round(len(found) * percent / 100) - 1]
            goal = 300.0 if percent == 95 and request == "all requests" else None
            said = f"{name}: {request}, p{percent}"
            yield Row(said, figure, "ms", "allowed" if goal else "", goal)
    asked = len(waits["all requests"])
    yield Row(f"{name}: CPU per request (site + PostgreSQL), of {asked}", used * 1000 / asked, "ms")
