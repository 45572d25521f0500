"""The database at the edge: an engine per app, a session per request, one commit per unit of work.

Readers (GET, HEAD, OPTIONS) open a transaction the database itself keeps read-only, so that no page
view can change anything; writers, commands and jobs take the write lock at once, so that they wait
for each other instead of failing half way.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from flask import Flask, current_app, g, has_request_context, request
from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from web.cursors import LeanCursor

#: Methods that never change state.
READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: How long a writer waits for another before it gives up.
BUSY_SECONDS = 15
#: By this name a connection (as an execution option) and a session know that they only read.
READING = "wushe_reading"

#: Connections a process keeps, at least as many as it has threads: one beyond is closed after its
#: request, and with it goes what PostgreSQL has prepared.
POOL = 10

#: A connection of the pool used within so many seconds is taken to be alive.
REST_SECONDS = 2.0

_EXTENSION = "wushe.db"
_RESTED_SINCE = "wushe_rested_since"


def make_engine(url: str) -> Engine:
    """An engine with the house's manners, for the site, commands, migrations and tests alike."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, pool_size=10, max_overflow=20)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(
        url,
        pool_size=POOL,
        max_overflow=POOL,
        connect_args={
            "options": f"-c lock_timeout={BUSY_SECONDS}s -c timezone=UTC -c jit=off",
            "cursor_factory": LeanCursor,
        },
    )
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", partial(_ping_rested, engine.dialect))
    return engine


def reading(engine: Engine) -> Engine:
    """The same engine (one pool) whose transactions only read, and see one moment throughout.

    A page that read a gift before its money came and its payment after would ask to pay again.
    """
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{READING: True})
    return engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")


def _note_rest(connection: object, record: ConnectionPoolEntry) -> None:
    record.info[_RESTED_SINCE] = time.monotonic()


def _ping_rested(
    dialect: Dialect, connection: Any, record: ConnectionPoolEntry, proxy: object
) -> None:
    """Ask a connection that has rested whether its server is still there, else get another one."""
    since = record.info.get(_RESTED_SINCE)
    if since is None or time.monotonic() - since < REST_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error


def _prepare_sqlite(connection: sqlite3.Connection, record: object) -> None:
    """Hand transactions over to us and ask for durable, checked, waiting behaviour."""
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reader = bool(connection.get_execution_options().get(READING))
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reader else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reader else "BEGIN IMMEDIATE")


class Database:
    """An app's engine and the sessions made from it.

    A test may hand in `make_session`, so that every request of a client runs inside the test's own
    transaction.
    """

    def __init__(
        self, engine: Engine, make_session: Callable[[bool], Session] | None = None
    ) -> None:
        self.engine = engine
        self.reading_engine = reading(engine)
        self._make_session = make_session

    def session(self, *, reads: bool = False) -> Session:
        """A new session; `reads` for one that must not write."""
        if self._make_session is not None:
            return self._make_session(reads)
        bind = self.reading_engine if reads else self.engine
        return Session(bind, expire_on_commit=False)

    @contextmanager
    def unit(self) -> Iterator[Session]:
        """A session of its own for a job or a command: commits at the end, rolls back on error."""
        session = self.session()
        try:
            yield session
            session.commit()
        finally:
            session.close()


def init_app(app: Flask, database: Database) -> None:
    """Give the app its database; the session of a request ends with the request."""
    app.extensions[_EXTENSION] = database
    app.teardown_appcontext(_close)


def database() -> Database:
    """The database of the current app."""
    found: Database = current_app.extensions[_EXTENSION]
    return found


def get_session() -> Session:
    """The session of this request (or command): opened at first use, rolled back at the end."""
    session: Session | None = g.get("db_session")
    if session is None:
        reads = has_request_context() and request.method in READ_METHODS
        session = g.db_session = database().session(reads=reads)
        session.info[READING] = reads
    return session


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Do one thing wholly or not at all: commit at the end of the block, roll back on any error.

    After the block the objects read so far keep their values; what follows is a new transaction.
    """
    session = get_session()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    for done in current_app.extensions.get("wushe.after_commit", ()):
        done()


def _close(error: BaseException | None) -> None:
    session: Session | None = g.pop("db_session", None)
    if session is None:
        return
    if session.info.get(READING):
        _end_reading(session)
    session.close()


def _end_reading(session: Session) -> None:
    """End a transaction in which nothing was changed, and nothing will be, by a commit.

    At a rollback psycopg forgets the statements PostgreSQL has prepared on the connection, and
    each would be parsed and planned anew for the next page.
    """
    session.expunge_all()
    with suppress(DBAPIError):
        session.commit()
