"""Books to measure: many funds, a PostgreSQL that really writes to disk, and pgbench beside it."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest import mock

from sqlalchemy import insert
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from charity import clock
from charity.ledger.models import Fund, FundKind, Line, LineHead, LineKind
from tests.charity.ledger.conftest import open_bookkeeper
from tests.support import postgres
from tests.support.databases import Address, PostgresDatabases
from web import db

#: The suite's server forgets at a crash; these figures are those of one that does not.
DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "log_checkpoints": "off",
}
CLIENTS = 8


@dataclass(frozen=True)
class Ledger:
    """A book with funds; their lines bear the same place in the list."""

    address: Address
    book_id: int
    fund_ids: list[int]


def open_ledger(address: Address, funds: int) -> Ledger:
    """A book with so many restricted funds; only the first two have deeds."""
    engine = db.make_engine(address.url)
    with Session(engine) as session:
        books = open_bookkeeper(session)
        ids = [books.fund.id, books.other.id]
        more = range(max(ids) + 1, max(ids) + 1 + funds - len(ids))
        book = books.book
        if more:
            session.execute(
                insert(Fund),
                [
                    {
                        "id": id_,
                        "book_id": book.id,
                        "kind": FundKind.PROJECT,
                        "name": f"项目{id_}",
                        "restricted": True,
                        "opened_on": clock.today(),
                    }
                    for id_ in more
                ],
            )
            session.execute(
                insert(Line),
                [
                    {"id": id_, "book_id": book.id, "fund_id": id_, "kind": LineKind.GENERAL}
                    for id_ in more
                ],
            )
            session.execute(insert(LineHead), [{"line_id": id_} for id_ in more])
        ledger = Ledger(address, book.id, [*ids, *more][:funds])
        session.commit()
    engine.dispose()
    return ledger


@contextmanager
def durable_databases() -> Iterator[PostgresDatabases]:
    """Databases on a PostgreSQL of our own with fsync on."""
    with mock.patch.dict(postgres.SETTINGS, DURABLE):
        databases = PostgresDatabases(postgres.open_server())
    try:
        yield databases
    finally:
        databases.close()


class Pgbench:
    """pgbench on a database of its own, or with a script on one of ours."""

    def __init__(self, databases: PostgresDatabases) -> None:
        self._address = databases.empty()
        self._run(self._address.owner_url, "-i", "-q", "-s", "10")

    def tpcb(self, seconds: float) -> float:
        """Transactions a second of the TPC-B-like script, 8 clients, simple protocol."""
        return self.rate(self._address.owner_url, seconds)

    def rate(self, url: str, seconds: float, *arguments: str) -> float:
        """Transactions a second with these arguments, 8 clients, simple protocol."""
        arguments = ("-n", "-c", str(CLIENTS), "-j", "2", "-T", str(round(seconds)), *arguments)
        found = re.search(r"tps = ([0-9.]+)", self._run(url, *arguments))
        assert found is not None
        return float(found[1])

    def _run(self, url: str, *arguments: str) -> str:
        parts = make_url(url)
        assert parts.host
        assert parts.username
        done = subprocess.run(
            [
                *("pgbench", "-h", parts.host, "-p", str(parts.port), "-U", parts.username),
                *(*arguments, str(parts.database)),
            ],
            env=os.environ | {"PGPASSWORD": str(parts.password)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout
