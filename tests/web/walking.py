"""The way through the whole policy table: every row as every class of actor, asked once a run.

A page costs some hundredths of a second and there are thousands of pairs of row and actor, so the
tests that look at all of them (test_policy.py, test_security.py, test_form_tokens.py) share one
walk and judge what it kept. They stand in one group, so that one process walks for all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, url_for
from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from charity import clock
from charity.base import Base
from tests.factories import PASSWORD
from tests.support.site import SignIn, SiteClient, joined, settings_in, signed_in
from tests.web.world import World, make_world
from web import create_app
from web.security.access import PUBLIC, Answer, Row, Who, page
from web.security.routes import ROUTES

#: Tests that use `walked`.
WALKS = pytest.mark.xdist_group("walk")

#: Who must find every changing form outside /audits closed, on each database.
READS_ONLY = frozenset({Who.AUDITOR, Who.INSPECTOR})
#: A page in a state that shows a form which no row's sample shows.
ALSO = page("spending.expense", PUBLIC, expense_id="approved_expense")


@dataclass(frozen=True)
class Seen:
    """What one class of actor was answered at one row; `html` is empty where it is no page."""

    row: Row
    who: Who
    path: str
    status: int
    headers: Headers
    html: str

    @property
    def place(self) -> str:
        """Who asked for what, for the message of a test that fails."""
        return f"{self.who} {self.row.method} {self.path} ({self.row.endpoint})"


@dataclass(frozen=True)
class Walk:
    """All answers: to every GET, those of `ALSO` apart, and to every form sent empty.

    On PostgreSQL each row is asked by those who read everything and change nothing, and by one of
    those who may come in, in turn: who is let in is decided by rows that are read alike, and
    SQLite's walk asks everybody everything.

    `before` and `after` are digests of all tables around the GETs.
    """

    app: Flask
    pages: tuple[Seen, ...]
    also: tuple[Seen, ...]
    acts: tuple[Seen, ...]
    before: str
    after: str


def walk(engine: Engine, folder: Path) -> Walk:
    """Build the world, read every page, send every form empty, and leave nothing behind."""
    with engine.connect() as connection, clock.at(datetime(2026, 3, 16, 2, tzinfo=UTC)):
        transaction = connection.begin()
        try:
            with Session(connection, join_transaction_mode="create_savepoint") as session:
                return _walk(connection, session, folder)
        finally:
            transaction.rollback()


def _walk(connection: Connection, session: Session, folder: Path) -> Walk:
    world = make_world(session, folder / "instance" / "files")
    address = connection.engine.url.render_as_string(hide_password=False)
    app = create_app(settings_in(folder, address), database=joined(connection))
    app.test_client_class = SiteClient
    app.testing = True
    cookies = cookies_of(world, lambda name: signed_in(app, name, PASSWORD))
    before = state_of(connection)
    cells = asked(connection.dialect.name)
    pages = [_look(app, world, cookies, row, who) for row, who in cells if row.method == "GET"]
    also = [_look(app, world, cookies, row, who) for row in ALSO for who in Who]
    after = state_of(connection)
    acts = []
    for row, who in cells:
        if row.method != "GET":
            with undone(connection):
                acts.append(_look(app, world, cookies, row, who))
    return Walk(app, tuple(pages), tuple(also), tuple(acts), before, after)


def asked(dialect: str) -> list[tuple[Row, Who]]:
    """The cells of the table that are walked on a database."""
    if dialect == "sqlite":
        return [(row, who) for row in ROUTES for who in Who]
    return [
        (row, who)
        for number, row in enumerate(ROUTES)
        for who in Who
        if who in READS_ONLY or who is _in_turn(row, number)
    ]


def _in_turn(row: Row, number: int) -> Who | None:
    """One of those who may come in, another at each row; None where nobody may."""
    may = [who for who in Who if row.audience.expects(who) is Answer.COME_IN]
    return may[number % len(may)] if may else None


def _look(app: Flask, world: World, cookies: dict[Who, str], row: Row, who: Who) -> Seen:
    path = path_of(app, row, world)
    answer = ask(browser_of(app, cookies.get(who)), row, path)
    html = answer.text if answer.mimetype == "text/html" else ""
    return Seen(row, who, path, answer.status_code, answer.headers, html)


def path_of(app: Flask, row: Row, world: World) -> str:
    """The address of a row's sample in this world."""
    with app.test_request_context():
        return url_for(row.endpoint, **world.arguments(dict(row.sample)))


def ask(client: SiteClient, row: Row, path: str) -> TestResponse:
    """Open the page, or send its form empty, as a page of the site would."""
    if row.method == "GET":
        return client.get(path, buffered=True)
    return client.submit(path, buffered=True)


def cookies_of(world: World, sign_in: SignIn) -> dict[Who, str]:
    """A signed-in cookie of each class; every request starts from it in a browser of its own."""
    kept = {}
    for who, login_name in world.people.items():
        cookie = sign_in(login_name).get_cookie("wushe")
        assert cookie is not None
        kept[who] = cookie.value
    return kept


def browser_of(app: Flask, cookie: str | None) -> SiteClient:
    """A browser with this cookie; without one, a visitor's."""
    browser = app.test_client()
    assert isinstance(browser, SiteClient)
    if cookie is not None:
        browser.set_cookie("wushe", cookie)
    return browser


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """Whatever the request did is gone afterwards, so that cells do not meet each other."""
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()


def state_of(connection: Connection) -> str:
    """A digest of every row of every table."""
    digest = hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        rows = sorted(repr(tuple(row)) for row in connection.execute(select(table)))
        digest.update(f"{table.name}{rows}".encode())
    return digest.hexdigest()
