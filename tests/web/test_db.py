"""The database at the edge: what a page leaves behind on its connection."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import DisconnectionError, OperationalError

from tests.support.live import Installation
from web import db
from web.db import Database, get_session


def test_a_page_that_reads_ends_with_a_commit(installation: Installation) -> None:
    """At a rollback psycopg would forget what PostgreSQL has prepared on the connection."""
    engine = db.make_engine(installation.address.url)
    app, ended = Flask(__name__), []
    db.init_app(app, Database(engine))
    app.add_url_rule("/", view_func=lambda: str(get_session().scalar(text("SELECT 1"))))
    event.listen(engine, "commit", lambda connection: ended.append("commit"))
    event.listen(engine, "rollback", lambda connection: ended.append("rollback"))
    assert app.test_client().get("/").text == "1"
    assert ended == ["commit"]
    engine.dispose()


class FakeDialect:
    """A dialect whose server may have gone away."""

    loaded_dbapi = SimpleNamespace(Error=OperationalError)

    def __init__(self, *, gone: bool) -> None:
        self.gone, self.pings = gone, 0

    def do_ping(self, connection: Any) -> bool:
        self.pings += 1
        if self.gone:
            raise OperationalError("SELECT 1", {}, Exception("gone"))
        return True


@pytest.mark.parametrize(("rested", "pings"), [(None, 0), (0.1, 0), (5.0, 1)])
def test_only_a_connection_that_has_rested_is_asked(rested: float | None, pings: int) -> None:
    dialect, record = FakeDialect(gone=False), SimpleNamespace(info={})
    if rested is not None:
        db._note_rest(None, record)  # type: ignore[arg-type]
        record.info[db._RESTED_SINCE] = time.monotonic() - rested
    db._ping_rested(dialect, None, record, None)  # type: ignore[arg-type]
    assert dialect.pings == pings


def test_a_connection_whose_server_has_gone_is_replaced() -> None:
    record = SimpleNamespace(info={db._RESTED_SINCE: time.monotonic() - 60})
    with pytest.raises(DisconnectionError):
        db._ping_rested(FakeDialect(gone=True), None, record, None)  # type: ignore[arg-type]
