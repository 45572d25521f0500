"""A writer killed at any moment: the index can be read each time, and nothing is lost for good.

What a killed writer had begun is still owed by the outbox; its numbered changes stand for that.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from search import Query, SearchIndex, digest
from search.postgres_index import PostgresIndex
from tests.support import index_writer
from tests.support.index_writer import Held
from tests.support.schedules import Tell, chances, is_soaking
from tests.support.source import ROOT

#: Moments at which a writer is killed, and so many of them in `make test`.
KILLS, FEW = 500, 50
#: The longest a writer works before it is killed, in seconds.
LONGEST = 0.08


def digests(held: Held) -> dict[str, str]:
    """What an index says that holds these documents."""
    return {id: digest(one) for id, one in held.items()}


@contextmanager
def writers(where: str) -> Iterator[Callable[[int, float], int]]:
    """Writes from a change on for so many seconds, then is killed; the last change it told of."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.index_writer", where],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def killed(first: int, seconds: float) -> int:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{first} {seconds}\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    try:
        yield killed
    finally:
        process.stdin.close()
        process.wait(timeout=30)
        process.stdout.close()


@pytest.mark.long
def test_an_index_whose_writer_is_killed_can_be_read_and_loses_nothing(
    index_engine: Engine | None, tmp_path: Path, tell: Tell
) -> None:
    where = str(tmp_path / "index")
    index: SearchIndex
    if index_engine is None:
        index = index_writer.opened(where)
    else:
        where = index_engine.url.render_as_string(hide_password=False)
        index = PostgresIndex(index_engine, patience=5.0)
    index.rebuild([])
    held: Held = {}
    done, number = 0, KILLS if is_soaking() else FEW
    with writers(where) as killed:
        for chance in chances("killed writer", number):
            last = killed(done + 1, chance.uniform(0, LONGEST))
            for each in range(done + 1, last + 1):
                held = index_writer.after(each, held)
            found = index.digests()
            assert index.search(Query(text="食堂")).total == index.count() == len(found)
            # what it had begun stands whole, half (put in, not yet taken out) or not at all
            begun = index_writer.after(last + 1, held)
            put_in, _ = index_writer.change(last + 1, held)
            half = held | {one.id: one for one in put_in}
            assert found in (digests(held), digests(half), digests(begun))
            # the sweep: what is owed is done again
            index_writer.apply(index, last + 1, held)
            held, done = begun, last + 1
            assert index.digests() == digests(held)
    index.close()
    tell(f"search: writers killed at {number} moments, index read each time, 0 of {done} lost")
