"""Competitions: the ranking by severity, who judges what, and a hundred phones in one minute.

2,000 entries by seven judges each of 60. The phones save their sheet and hand it in, each at its
own moment, every third one sends twice; a wait counts from that moment. Two threads stand for the
two workers. `WUSHE_BENCH_SECONDS` takes another time than a minute.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from uuid import uuid4

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from projects.ventures.assigning import Candidate, Pair, Reader, assign
from projects.ventures.models import Assignment, AssignmentState, JudgingRound
from projects.ventures.ranking import Draw, Entry, Rules, rank
from projects.ventures.replaying import Given, file_of, replay
from projects.ventures.scoring import Panel, Sheet
from projects.ventures.scrutiny import report
from projects.ventures.services.judging import assign_judges
from projects.ventures.services.sheets import hand_in, save_scores
from projects.ventures.terms import RankingMethod
from tests.bench import Row
from tests.bench.bench_registry import closing_sqlite
from tests.bench.books import durable_databases
from tests.projects.ventures.panel import make_panel_world
from tests.support.databases import Address, Databases
from web import db

ENTRIES, JUDGES, EACH = 2_000, 60, 7
TOPICS, CONFLICTS = 8, 3_000
PHONES, SECONDS = 100, int(os.environ.get("WUSHE_BENCH_SECONDS", "60"))
WORKERS = 2
_RULES = Rules(RankingMethod.SEVERITY)
_DRAW = Draw("bench", "seed")


def rows() -> Iterator[Row]:
    """Each figure beside what the issue allows."""
    chance = random.Random(9)
    pairs = yield from _assignment(chance)
    yield from _ranking(chance, pairs)
    sources: tuple[Callable[[], AbstractContextManager[Databases]], ...] = (
        closing_sqlite,
        durable_databases,
    )
    for open_databases in sources:
        with open_databases() as databases:
            yield from _phones(databases.kind, databases.migrated())


def _assignment(chance: random.Random) -> Generator[Row, None, list[Pair]]:
    """Everybody their share, with expertise and conflicts."""
    entries = [
        Candidate(f"{number:04}", f"topic{chance.randrange(TOPICS)}") for number in range(ENTRIES)
    ]
    readers = [
        Reader(f"J{number:02}", frozenset(f"topic{each}" for each in chance.sample(range(8), 2)))
        for number in range(JUDGES)
    ]
    barred = {
        (f"J{chance.randrange(JUDGES):02}", f"{chance.randrange(ENTRIES):04}")
        for _ in range(CONFLICTS)
    }
    begun = time.perf_counter()
    pairs = assign(entries, readers, each=EACH, barred=barred, seed="bench")
    taken = time.perf_counter() - begun
    loads = Counter(judge for judge, _ in pairs)
    assert len(pairs) == ENTRIES * EACH
    assert not barred & set(pairs)
    topics = {entry.name: entry.topic for entry in entries}
    knows = {reader.name: reader.topics for reader in readers}
    met = {entry for judge, entry in pairs if topics[entry] in knows[judge]}
    name = f"{ENTRIES:,} entries × {EACH} of {JUDGES} judges"
    yield Row(f"{name}: assigned", taken, "s", "allowed", 20.0)
    yield Row(f"{name}: most and least sheets of a judge", max(loads.values()), "", "least",
              min(loads.values()))  # fmt: skip
    yield Row(f"{name}: entries with a judge of their topic", len(met), "", "entries", ENTRIES)
    return pairs


def _ranking(chance: random.Random, pairs: list[Pair]) -> Iterator[Row]:
    """Places by severity, the file, its replay and the organiser's report."""
    worth = {f"{number:04}": chance.gauss(700, 120) for number in range(ENTRIES)}
    hard = {f"J{number:02}": chance.gauss(0, 60) for number in range(JUDGES)}
    panel = Panel(
        tuple(
            Sheet(
                judge, entry, min(1000, max(0, round(chance.gauss(worth[entry] + hard[judge], 40))))
            )
            for judge, entry in pairs
        )
    )
    entries = [Entry(name) for name in worth]
    begun = time.perf_counter()
    rank(panel, entries, _RULES, _DRAW)
    taken = time.perf_counter() - begun
    name = f"{ENTRIES:,} entries × {EACH} sheets"
    yield Row(f"{name}: ranked by severity, exactly", taken, "s", "allowed", 2.0)
    begun = time.perf_counter()
    content = file_of(Given("bench", "bench", {}, _RULES, panel, entries, "07", "lottery"))
    yield Row(f"{name}: ranked, with its file", time.perf_counter() - begun, "s")
    begun = time.perf_counter()
    assert replay(content) == []
    yield Row(f"{name}: replayed", time.perf_counter() - begun, "s")
    begun = time.perf_counter()
    found = report(panel, entries, _RULES, _DRAW, winners=50)
    taken = time.perf_counter() - begun
    yield Row(f"{name}: organiser's report", taken, "s", "allowed", 2.0)
    assert len(found.by_judge) == JUDGES


def _phones(kind: str, address: Address) -> Iterator[Row]:
    """A hundred judges on the phone; nothing may be lost, and nothing twice."""
    engine = db.make_engine(address.url)
    with Session(engine, expire_on_commit=False) as session:
        world = make_panel_world(
            session, entries=5, judges=PHONES, judges_per_application=PHONES // 2
        )
        assign_judges(
            session, world.organiser, competition_id=world.competition.id,
            judging_round=JudgingRound.REVIEW,
        )  # fmt: skip
        session.commit()
        actors = dict(zip((each.id for each in world.judges), world.actors, strict=True))
        query = select(Assignment.id, Assignment.judge_id).order_by(Assignment.id)
        sheets = [(sheet_id, actors[judge_id]) for sheet_id, judge_id in session.execute(query)]
        points = world.points(70)
    chance = random.Random(11)
    chance.shuffle(sheets)
    moments = sorted(chance.uniform(0, SECONDS) for _ in sheets)
    taken: list[float] = []
    begun = time.perf_counter()

    def phone(sheet_id: int, actor: Actor, due: float, again: bool) -> None:
        name = str(uuid4())
        _unit(engine, lambda s: save_scores(s, actor, assignment_id=sheet_id, points=points))
        taken.append(time.perf_counter() - begun - due)
        for _ in range(1 + again):
            start = time.perf_counter()
            _unit(
                engine,
                lambda s: hand_in(s, actor, assignment_id=sheet_id, client_id=name, points=points),
            )
            taken.append(time.perf_counter() - start)

    with ThreadPoolExecutor(WORKERS) as pool:
        done = []
        for place, ((sheet_id, actor), due) in enumerate(zip(sheets, moments, strict=True)):
            time.sleep(max(0.0, due - (time.perf_counter() - begun)))
            done.append(pool.submit(phone, sheet_id, actor, due, place % 3 == 0))
        for each in done:
            each.result()
    with Session(engine) as session:
        locked = select(func.count()).where(Assignment.state == AssignmentState.LOCKED)
        assert session.scalar(locked) == len(sheets)
    engine.dispose()
    waits = sorted(taken)
    p95 = waits[round(len(waits) * 0.95) - 1] * 1000
    name = f"{kind}: {PHONES} phones, {len(sheets)} sheets in {SECONDS} s"
    yield Row(f"{name}: p50", waits[len(waits) // 2] * 1000, "ms")
    yield Row(f"{name}: p95", p95, "ms", "allowed", 300.0)


def _unit(engine: Engine, act: Callable[[Session], object]) -> None:
    with clock.at(_NOW), Session(engine) as session:
        act(session)
        session.commit()


_NOW = clock.now()
