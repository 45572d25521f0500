"""A committed site to measure: one published project with gifts and paid expenses."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.ledger import services as ledger
from tests.flows.village import settle
from tests.support import postgres
from tests.support.databases import Address, PostgresDatabases, SqliteDatabases
from web import db
from web.config import DEMO_OPERATOR


@dataclass(frozen=True)
class World:
    """Where the site's database and folder are, and the project that visitors open."""

    address: Address
    folder: Path
    project_id: int


def populate(address: Address, folder: Path) -> World:
    """Tell the main story up to a project with some gifts and two paid expenses, and seal it."""
    engine = db.make_engine(address.url)
    with Session(engine, expire_on_commit=False) as session:
        village = settle(session, folder / "files")
        village.operator.uscc = DEMO_OPERATOR
        partner = village.register_partner()
        village.verify(partner)
        project = village.draft(partner)
        village.publish(project)
        for yuan in ("200", "50", "3000", "88.80", "1000") * 4:
            village.give(project, yuan)
        village.bank("17355.20")
        for number in range(2):
            village.approve_and_pay(village.submit(project, "3000", 1, f"记-{number}"))
        ledger.seal(session, Actor.system("bench"), book_id=village.book.id)
        session.commit()
        world = World(address, folder, project.id)
    engine.dispose()
    return world


@contextmanager
def open_world(kind: str) -> Iterator[World]:
    """A world of its own on one of the databases, gone afterwards."""
    databases = SqliteDatabases() if kind == "sqlite" else PostgresDatabases(postgres.open_server())
    try:
        with tempfile.TemporaryDirectory(prefix="wushe-bench-") as folder:
            yield populate(databases.migrated(), Path(folder))
    finally:
        databases.close()
