"""A writer of the search index that is killed: `python -m tests.support.index_writer WHERE`.

Changes are numbered, and each is always the same: what stands in an index after so many of them
can be said without having seen it.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from itertools import count
from pathlib import Path

from search import Document, SearchIndex
from search.postgres_index import PostgresIndex
from search.weighting import filed
from search.whoosh_index import WhooshIndex
from web.db import make_engine

#: Documents there are at most, and of them in one change.
DOCUMENTS, BATCH = 60, 12
#: One change in so many is a rebuild.
_REBUILDS = 6
Held = dict[str, Document]


def change(number: int, held: Held) -> tuple[list[Document], list[str]]:
    """What change number so-and-so puts in and takes out."""
    chance = random.Random(number)
    chosen = chance.sample(range(DOCUMENTS), BATCH)
    new = [
        Document(
            f"project:{one}",
            "project",
            f"第{number}次改动{one}号",
            body="社区食堂 老人 午饭 志愿者轮流掌勺" * chance.randrange(1, 30),
            place_codes=("42", "4207"),
        )
        for one in chosen[:-3]
    ]
    gone = [f"project:{one}" for one in chosen[-3:] if f"project:{one}" in held]
    return new, gone


def after(number: int, held: Held) -> Held:
    """What is held after one more change."""
    new, gone = change(number, held)
    changed = held | {one.id: one for one in new}
    return {id: one for id, one in changed.items() if id not in gone}


def apply(index: SearchIndex, number: int, held: Held) -> None:
    """Write one change; done again it changes nothing."""
    if number % _REBUILDS == 0:
        index.rebuild(after(number, held).values())
        return
    new, gone = change(number, held)
    index.replace(new)
    index.remove(gone)


def opened(where: str) -> SearchIndex:
    """The index in a folder, or in the database of a URL."""
    if "://" in where:
        return PostgresIndex(make_engine(where), patience=5.0)
    return WhooshIndex(Path(where), patience=5.0)


def write_on(where: str, first: int, told: int) -> None:
    """Write change after change, telling the number of each when it stands; until killed."""
    index = opened(where)
    held: Held = {}
    for number in range(1, first):
        held = after(number, held)
    os.write(told, f"{first - 1}\n".encode())
    for number in count(first):
        apply(index, number, held)
        held = after(number, held)
        os.write(told, f"{number}\n".encode())


def killed(where: str, first: int, seconds: float) -> str:
    """Fork a writer, kill it so long after it began; the last change it told of."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            write_on(where, first, writing)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as told:
        last = told.readline()
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        last = [last, *told][-1]
    _, status = os.waitpid(child, 0)
    return last.strip() if os.WIFSIGNALED(status) else f"failed {status}"


def main() -> None:
    """For each line, `FIRST SECONDS`, one writer; answers each with its last change."""
    where = sys.argv[1]
    # dictionaries are read once, before anybody is killed
    filed(Document("x:0", "x", "社区食堂"))
    for line in sys.stdin:
        first, seconds = line.split()
        sys.stdout.write(killed(where, int(first), float(seconds)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
