"""A registrar's list of 100,000 organisations: read, applied, and looked through afterwards.

Three fifths are registered, the rest filed groups with hosts, in the villages of one district; one
row in a hundred is wrong. `WUSHE_BENCH_ROWS` takes another number. PostgreSQL has fsync on.
"""

import csv
import io
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from charity.actor import Actor, Grant, Role
from charity.registry import divisions, uscc
from charity.registry import services as registry
from charity.registry.queries import Outcome
from tests.bench import Row
from tests.bench.books import durable_databases
from tests.factories import make_actor, make_operator
from tests.support.databases import Address, Databases, SqliteDatabases
from web import create_app
from web.config import DEMO_OPERATOR, Settings
from web.db import database
from web.forces import lists

ROWS = int(os.environ.get("WUSHE_BENCH_ROWS", "100000"))
#: Seconds for bringing the list in, milliseconds and questions for a page of it.
SECONDS, PAGE, QUESTIONS = 60.0, 100.0, 10.0
ROUNDS = 7
DISTRICT = "420704"
_HEAD = ["名称", "类型", "统一社会信用代码", "登记/备案", "备案号", "所在社区", "登记日期",
         "挂靠单位", "联系人", "电话", "2025年检结果"]  # fmt: skip


def sheet() -> bytes:
    """The list, as an office writes it."""
    villages = [code for code, _ in divisions.rows(DISTRICT) if len(code) == 12]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    for number in range(ROWS):
        place = villages[number % len(villages)] if number % 100 else "无名村"
        common = [place, f"20{number % 25:02d}-05-06"]
        reach = [f"联系人{number}", f"0711-{number:07d}"]
        if number % 5 < 3:
            code = uscc.with_check_digit(f"52{DISTRICT}MJ{number:07d}")
            head = [f"服务中心{number}", "民非", code, "登记", ""]
            writer.writerow([*head, *common, "", *reach, "合格"])
        else:
            head = [f"社区小队{number}", "文体", "", "备案", f"备{number}"]
            host = f"服务中心{number - number % 5 + (number % 5 - 2 if number % 5 > 3 else 1)}"
            writer.writerow([*head, *common, host, *reach, ""])
    return out.getvalue().encode("gb18030")


def rows() -> Iterator[Row]:
    """Each figure beside what the issue allows."""
    content = sheet()
    sources: tuple[Callable[[], AbstractContextManager[Databases]], ...] = (
        closing_sqlite,
        durable_databases,
    )
    for open_databases in sources:
        with open_databases() as databases, tempfile.TemporaryDirectory(prefix="wushe-") as folder:
            address = databases.migrated()
            yield from _measure(databases.kind, site(address, Path(folder)), content)


@contextmanager
def closing_sqlite() -> Iterator[Databases]:
    """SQLite files, gone afterwards."""
    databases = SqliteDatabases()
    try:
        yield databases
    finally:
        databases.close()


def site(address: Address, folder: Path) -> Flask:
    """The site on an empty district."""
    environment = {
        "WUSHE_DATABASE_URL": address.url, "WUSHE_DATA": str(folder), "WUSHE_ENV": "test",
    }  # fmt: skip
    return create_app(Settings.from_env(environment))


def _measure(kind: str, app: Flask, content: bytes) -> Iterator[Row]:
    with app.app_context():
        actor = _keeper()
        begun = time.perf_counter()
        with database().session(reads=True) as session:
            found = lists.read(session, content, DISTRICT)
        read = time.perf_counter() - begun
        _, tally = lists.bring_in(actor, content, "list.csv", found)
        taken = time.perf_counter() - begun
        assert tally.outcomes[Outcome.CREATED] >= ROWS * 0.9, tally.outcomes
        yield Row(f"{kind}: {ROWS:,} rows read", read, "s")
        yield Row(f"{kind}: {ROWS:,} rows read and applied", taken, "s", "allowed", SECONDS)
        begun = time.perf_counter()
        with database().session(reads=True) as session:
            lists.try_out(session, found)
        yield Row(f"{kind}: tried again", time.perf_counter() - begun, "s", "allowed", SECONDS)
        _analyze(kind)
        total = tally.outcomes[Outcome.CREATED]
    client = app.test_client()
    for name, query in (("all", ""), ("the district", f"&place={DISTRICT}")):
        for number in (1, total // 40, total // 20 + 1):
            path = f"/organisations?page={number}{query}"
            said = f"{kind}: {name}, page {number:,}"
            yield Row(said, _page(client, path), "ms", "allowed", PAGE)
            yield Row(f"{said}, questions", _questions(app, client, path), "", "allowed", QUESTIONS)


def _keeper() -> Actor:
    with database().unit() as session:
        registry.load_regions(session, Actor.system("bench"), rows=divisions.rows(DISTRICT))
        operator = make_operator(session)
        operator.uscc = DEMO_OPERATOR
        return make_actor(session, Grant(Role.VERIFIER, organisation_id=operator.id))


def _analyze(kind: str) -> None:
    """What the database does by itself within a minute."""
    with database().engine.connect() as connection:
        if kind == "postgresql":
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text("VACUUM ANALYZE organisation"))


def _page(client: FlaskClient, path: str) -> float:
    """The median of some looks, in milliseconds."""
    seconds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        assert client.get(path).status_code == 200
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds) * 1000


def _questions(app: Flask, client: FlaskClient, path: str) -> float:
    """How many statements a look sends."""
    sent: list[str] = []
    with app.app_context():
        engine = database().engine
    event.listen(engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    client.get(path)
    return float(sum(each.startswith(("SELECT", "WITH")) for each in sent))
