"""Matching: the best 20 of 100,000 for one need, 20,000 against 20,000, and a district's plan.

Made-up lists over 31 provinces; `WUSHE_BENCH_ROWS` takes another number than 100,000. The plain
loop is tried on a few needs. Where outside data is at hand, equipment of spring 2020 is shared out
beside who came first.
"""

import os
import random
import statistics
import time
import tracemalloc
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from charity import clock
from charity.registry import regions
from charity.registry.models import Region
from charity.rows import insert_many
from projects.listings import queries
from projects.listings.columns import Table, need_columns, resource_columns
from projects.listings.dispatching import Pairs, best_plan, greedy_plan
from projects.listings.matching import NeedFacts, ResourceFacts, assess
from projects.listings.models import Need, NeedState, Resource, ResourceState, Urgency
from projects.listings.ranking import best_of_each
from projects.listings.scoring import all_pairs
from tests.bench import Row
from tests.bench.bench_registry import closing_sqlite
from tests.bench.books import durable_databases
from tests.factories import make_organisation
from tests.projects.listings.lists import TODAY, alike, make_lists
from tests.realdata import ppe
from tests.support.databases import Address, Databases
from web import db

ROWS = int(os.environ.get("WUSHE_BENCH_ROWS", "100000"))
SIDE = 20_000
DISTRICT = 2_000
ASKED = 200
PROVINCES = 31
_AT = datetime(2026, 3, 16, 2, tzinfo=UTC)
_ITEMS = ("",) * 6 + ("轮椅", "大米")
_LOOP = "plain loop, extrapolated"


def rows() -> Iterator[Row]:
    """Each figure beside what the issue allows, or beside the other way of doing it."""
    with clock.at(_AT):
        sources: tuple[Callable[[], AbstractContextManager[Databases]], ...] = (
            closing_sqlite,
            durable_databases,
        )
        for open_databases in sources:
            with open_databases() as databases:
                yield from _best_of_many(databases.kind, databases.migrated())
    yield from _all_with_all()
    yield from _district()
    yield from _equipment()


def _best_of_many(kind: str, address: Address) -> Iterator[Row]:
    """The best 20 with their reasons, as a page asks for them."""
    needs, resources = make_lists(ASKED, ROWS, seed=1, provinces=PROVINCES, items=_ITEMS)
    engine = db.make_engine(address.url)
    with Session(engine) as session:
        _fill(session, needs, resources)
        session.commit()
        if kind == "postgresql":
            session.execute(text("ANALYZE"))
            session.commit()
        asked = [session.get_one(Need, need.id) for need in needs]
        begun = time.perf_counter()
        queries.matches_for_need(session, asked[0])
        built = time.perf_counter() - begun
        taken, found = [], 0
        for need in asked:
            begun = time.perf_counter()
            found += len(queries.matches_for_need(session, need))
            taken.append((time.perf_counter() - begun) * 1000)
        changed = []
        for number in range(20):
            session.execute(text("UPDATE listing_counter SET number = number + 1"))
            session.execute(
                text("UPDATE resource SET change_number = :n WHERE id = :n"), {"n": number + 1}
            )
            begun = time.perf_counter()
            queries.matches_for_need(session, asked[number])
            changed.append((time.perf_counter() - begun) * 1000)
    engine.dispose()
    assert found > ASKED
    name = f"{kind}: best 20 of {ROWS:,} with reasons"
    yield Row(f"{kind}: {ROWS:,} resources read into memory", built, "s", "allowed", 5.0)
    yield Row(f"{name}, p50", statistics.median(taken), "ms")
    yield Row(f"{name}, p95", _p95(taken), "ms", "allowed", 30.0)
    yield Row(f"{name}, p95 after a change", _p95(changed), "ms")


def _all_with_all() -> Iterator[Row]:
    """20 for each of 20,000 needs among 20,000 resources."""
    needs, resources = make_lists(SIDE, SIDE, seed=2, provinces=PROVINCES, items=_ITEMS)
    begun = time.process_time()
    for need in needs[:5]:
        for resource in resources:
            assess(need, resource, today=TODAY)
    loop = (time.process_time() - begun) / 5 * SIDE
    begun = time.process_time()
    wanted, offered = Table(need_columns(needs)), Table(resource_columns(resources))
    found = sum(len(best) for _, best in best_of_each(wanted, offered, today=TODAY))
    taken = time.process_time() - begun
    assert found > SIDE
    tracemalloc.start()
    wanted, offered = Table(need_columns(needs)), Table(resource_columns(resources))
    for number, _ in enumerate(best_of_each(wanted, offered, today=TODAY)):
        if number > SIDE // 20:
            break
    memory = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    name = f"best 20 for each of {SIDE:,} × {SIDE:,}"
    yield Row(name, taken, "s CPU", "allowed", 30.0)
    yield Row(name, taken, "s CPU", _LOOP, loop)
    yield Row(f"{name}, memory of it", memory, "MB", "allowed", 1000.0)


def _district() -> Iterator[Row]:
    """A plan with capacities: where kind and place part the lists, and where all is one thing."""
    for name, same in (("mixed", False), ("one kind of thing", True)):
        needs, resources = make_lists(DISTRICT, DISTRICT, seed=3, provinces=1, items=("",))
        if same:
            needs, resources = alike(needs, resources, kind="goods", category="food")
            resources = [replace(one, serves=one.serves[:4]) for one in resources]
        figures = random.Random(4)
        wanted = [figures.randint(1, 500) for _ in needs]
        offered = [figures.randint(1, 500) for _ in resources]
        begun = time.process_time()
        pairs = Pairs(*all_pairs(need_columns(needs), resource_columns(resources), today=TODAY))
        best = best_plan(wanted, offered, pairs)
        taken = time.process_time() - begun
        begun = time.process_time()
        greedy = greedy_plan(wanted, offered, pairs)
        quick = time.process_time() - begun
        assert best.score >= greedy.score
        what = f"plan {DISTRICT:,} × {DISTRICT:,}, {name}, {len(pairs):,} pairs"
        yield Row(what, taken, "s CPU", "allowed", 10.0)
        yield Row(f"{what}: greedy", quick, "s CPU")
        yield Row(f"{what}: worth", best.score / 1e6, "M", "greedy", greedy.score / 1e6)


def _equipment() -> Iterator[Row]:
    """Pieces delivered and miles gone, beside first come first served."""
    named = os.environ.get("WUSHE_REALDATA", "../shared/data")
    if not (Path(named) / ppe.FOLDER).is_dir():
        return
    for name, same in (("things as named", {}), ("printed shields are shields", ppe.PRINTED)):
        found = ppe.compare(Path(named), same)
        what = f"ppe_match, {name}, {found.pairs:,} pairs"
        ours, first = found.ours, found.first_come
        yield Row(f"{what}: pieces", ours.units, "", "first come", first.units)
        yield Row(f"{what}: way of a piece", ours.mean_miles, "mi", "first come", first.mean_miles)


def _fill(session: Session, needs: list[NeedFacts], resources: list[ResourceFacts]) -> None:
    """The lists as rows, their places and organisations with them."""
    named = {one.place for one in needs} | {one.place for one in resources}
    named |= {one.serves for one in resources}
    for code in sorted({step for place in named for step in regions.chain(place)}):
        level, above = regions.level(code), regions.parent(code)
        session.add(Region(code=code, name=code, level=level, parent_code=above))
    session.flush()
    units = [make_organisation(session, region_code="40").id for _ in range(200)]
    insert_many(session, Need, [_need_row(one) for one in needs])
    insert_many(session, Resource, [_resource_row(one, units) for one in resources])


def _common_row(one: NeedFacts | ResourceFacts) -> dict[str, object]:
    return {
        "id": one.id,
        "client_id": str(uuid.uuid4()),
        "title": f"{one.id}",
        "kind": one.kind,
        "category": one.category,
        "beneficiary_group": one.group,
        "region_code": one.place,
        "item": one.item,
        "unit": one.unit,
        "quantity": one.rest or None,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "posted_at": _AT,
    }


def _need_row(one: NeedFacts) -> dict[str, object]:
    return {
        **_common_row(one),
        "token": uuid.uuid4().hex,
        "least_part": one.least_part,
        "urgency": Urgency.URGENT if one.is_urgent else Urgency.NORMAL,
        "state": NeedState.OPEN,
    }


def _resource_row(one: ResourceFacts, units: list[int]) -> dict[str, object]:
    return {
        **_common_row(one),
        "serves_code": one.serves,
        "organisation_id": units[one.id % len(units)],
        "state": ResourceState.OPEN,
    }


def _p95(taken: list[float]) -> float:
    return sorted(taken)[round(len(taken) * 0.95) - 1]
