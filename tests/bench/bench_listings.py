"""The lists of 100,000 needs and 100,000 resources: first page, last page, some filters.

In the villages of one district, a fifth of unknown quantity, one need in fifty waiting for its
community. `WUSHE_BENCH_ROWS` takes another number. PostgreSQL has fsync on.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.registry import divisions
from charity.registry import services as registry
from charity.rows import insert_many
from projects.listings.keysets import SIZE, cursor
from projects.listings.models import (
    BeneficiaryGroup,
    ListingCategory,
    Need,
    NeedState,
    Resource,
    ResourceKind,
    ResourceState,
    Urgency,
)
from projects.listings.policy import PUBLIC_NEEDS
from tests.bench import Row
from tests.bench.bench_registry import _page, _questions, closing_sqlite, site
from tests.bench.books import durable_databases
from tests.factories import make_operator, make_organisation
from tests.support.databases import Databases
from web.config import DEMO_OPERATOR
from web.db import database

ROWS = int(os.environ.get("WUSHE_BENCH_ROWS", "100000"))
#: Milliseconds and questions for a page.
PAGE, QUESTIONS = 100.0, 10.0
DISTRICT = "420704"
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
_KINDS, _GROUPS, _CATEGORIES = tuple(ResourceKind), tuple(BeneficiaryGroup), tuple(ListingCategory)


def rows() -> Iterator[Row]:
    """Each figure beside what the issue allows."""
    sources: tuple[Callable[[], AbstractContextManager[Databases]], ...] = (
        closing_sqlite,
        durable_databases,
    )
    for open_databases in sources:
        with open_databases() as databases, tempfile.TemporaryDirectory(prefix="wushe-") as folder:
            address = databases.migrated()
            yield from _measure(databases.kind, site(address, Path(folder)), address.owner_url)


def fill(session: Session) -> None:
    """One district with its villages, one organisation, and both lists."""
    registry.load_regions(session, Actor.system("bench"), rows=divisions.rows(DISTRICT))
    make_operator(session).uscc = DEMO_OPERATOR
    unit = make_organisation(session)
    villages = [code for code, _ in divisions.rows(DISTRICT) if len(code) == 12]
    commons = [common(number, villages[number % len(villages)]) for number in range(ROWS)]
    insert_many(session, Need, [need(number, of) for number, of in enumerate(commons)])
    offers = [resource(number, of, unit.id) for number, of in enumerate(commons)]
    insert_many(session, Resource, offers)


def common(number: int, village: str) -> dict[str, Any]:
    """What needs and resources say alike."""
    return {
        "client_id": f"bench-{number}",
        "title": f"第 {number} 件事" if number % 1000 != 7 else f"第 {number} 台轮椅",
        "kind": _KINDS[number % len(_KINDS)].value,
        "category": _CATEGORIES[number % len(_CATEGORIES)].value,
        "beneficiary_group": _GROUPS[number % len(_GROUPS)].value,
        "region_code": village,
        "quantity": None if number % 5 == 0 else number % 90 + 10,
        "unit": "件",
        "starts_on": date(2026, 1, 1),
        "posted_at": BEGUN + timedelta(minutes=number),
    }


def need(number: int, of: dict[str, Any]) -> dict[str, Any]:
    """One need; half of them are over."""
    state = NeedState.ORDERED if number % 50 == 0 else tuple(sorted(PUBLIC_NEEDS))[number % 3]
    return {
        **of,
        "token": f"token-{number}",
        "urgency": Urgency.NORMAL.value,
        "state": state.value,
        "promised": 5 if number % 2 else 0,
        "is_post": of["kind"] == "hours" and number % 700 == 3,
    }


def resource(number: int, of: dict[str, Any], unit: int) -> dict[str, Any]:
    """One offer."""
    state = ResourceState.PAUSED if number % 50 == 0 else ResourceState.OPEN
    return {**of, "serves_code": DISTRICT, "organisation_id": unit, "state": state.value}


def _measure(kind: str, app: Flask, owner_url: str) -> Iterator[Row]:
    with app.app_context():
        with database().unit() as session:
            fill(session)
        if kind == "postgresql":
            _analyze(owner_url)
        with database().session(reads=True) as session:
            ends = {"needs": _last(session, Need), "resources": _last(session, Resource)}
    client = app.test_client()
    village = next(code for code, _ in divisions.rows(DISTRICT) if len(code) == 12)
    asked = {
        "first": "", "one place": f"?place={village}", "one category": "?category=farming",
        "rare words": "?q=轮椅", "open ones": "?state=open",
    }  # fmt: skip
    yield Row(f"{kind}: {ROWS:,} needs, posts", _page(client, "/posts"), "ms", "allowed", PAGE)
    for name, last in ends.items():
        for what, query in (*asked.items(), ("last", f"?after={last}")):
            path, said = f"/{name}{query}", f"{kind}: {ROWS:,} {name}, {what}"
            yield Row(said, _page(client, path), "ms", "allowed", PAGE)
            yield Row(f"{said}, questions", _questions(app, client, path), "", "allowed", QUESTIONS)


def _analyze(owner_url: str) -> None:
    """What the database does by itself within a minute; only the owner may."""
    engine = create_engine(owner_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in ("need", "resource"):
            connection.execute(text(f"VACUUM ANALYZE {name}"))
    engine.dispose()


def _last(session: Session, model: type[Need] | type[Resource]) -> str:
    """Where the last page begins, as an address says it."""
    query = select(model.posted_at, model.id).order_by(model.posted_at, model.id)
    at, row_id = session.execute(query.offset(SIZE).limit(1)).one()
    return cursor(at, row_id)
