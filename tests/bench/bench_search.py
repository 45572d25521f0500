"""Search at 10,000 projects: two words, a place and a category; 20 hits marked, facets counted.

Beside it SQLite's FTS5 answers the same queries in turn, filed under the same terms and asked for
the same page: total, hits with marked words, and the counts of all four facets.
"""

import random
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from search.document import Document
from search.facets import places_below, within
from search.folding import fold
from search.highlighting import Marker
from search.port import SearchIndex
from search.query import Hit, Query, Results
from search.segmentation import read_query, terms
from search.whoosh_index import WhooshIndex
from tests.bench import Row
from tests.bench.projects import CATEGORIES, WORDS, projects

PROJECTS = 10_000
QUERIES = 300
_FTS5 = "SQLite FTS5, same terms"


def rows() -> Iterator[Row]:
    """p50 and p95 per query, and what the index costs to build."""
    documents = list(projects(PROJECTS))
    with tempfile.TemporaryDirectory() as folder:
        index = WhooshIndex(Path(folder) / "index")
        built = _seconds(lambda: index.rebuild(documents))
        yardstick = Fts5(Path(folder) / "fts5.db")
        standard = _seconds(lambda: yardstick.fill(documents))
        ours, theirs = _latencies(index, yardstick, list(queries()))
        index.close()
        yardstick.close()
    name = f"search at {PROJECTS:,} projects"
    yield Row(f"{name}, p50", statistics.median(ours), "ms", _FTS5, statistics.median(theirs))
    yield Row(f"{name}, p95", _p95(ours), "ms", _FTS5, _p95(theirs))
    yield Row(f"rebuild of {PROJECTS:,} projects, CPU", built, "s", _FTS5, standard)


def queries(seed: int = 7) -> Iterator[Query]:
    """Different questions as people ask them: two words, a prefecture or county, a category."""
    chance = random.Random(seed)
    for _ in range(QUERIES):
        place = f"42{chance.randint(1, 13):02}"
        if chance.random() < 0.3:
            place += f"{chance.randint(1, 8):02}"
        text = " ".join(chance.sample(WORDS, 2))
        yield Query(text=text, place=place, category=chance.choice(CATEGORIES))


class Fts5:
    """The yardstick: an FTS5 table of terms beside a table of what a page needs."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path)
        self._db.executescript(
            """
            PRAGMA journal_mode = WAL;
            CREATE VIRTUAL TABLE filed USING fts5(a, b, c, marks, content='', detail=column);
            CREATE TABLE page (row INTEGER PRIMARY KEY, id, kind, category, status, url, title,
                               body);
            CREATE TABLE place (row INTEGER, code, PRIMARY KEY (row, code)) WITHOUT ROWID;
            """
        )

    def fill(self, documents: Sequence[Document]) -> None:
        """File everything in one transaction."""
        with self._db:
            for row, one in enumerate(documents, start=1):
                names = " ".join((one.organisation, *one.also))
                filed = [" ".join(terms(fold(text))) for text in (one.title, names, one.body)]
                marks = " ".join((*one.place_codes, one.category))
                self._db.execute(
                    "INSERT INTO filed (rowid, a, b, c, marks) VALUES (?, ?, ?, ?, ?)",
                    (row, *filed, marks),
                )
                self._db.execute(
                    "INSERT INTO page VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (row, one.id, one.kind, one.category, one.status, one.url, one.title, one.body),
                )
                self._db.executemany(
                    "INSERT INTO place VALUES (?, ?)", [(row, code) for code in one.place_codes]
                )

    def search(self, query: Query) -> Results:
        """The same page as SearchIndex.search gives."""
        wanted = read_query(query.text)
        words = " ".join(f'{{a b c}}: "{term}"' for term in wanted.required)
        placed = f'{words} marks: "{query.place}"'
        chosen = f'{placed} marks: "{query.category}"'
        marker = Marker(wanted)
        page = self._db.execute(
            "SELECT id, kind, url, title, body, bm25(filed, 4, 2, 1, 0) AS score"
            " FROM filed CROSS JOIN page ON page.row = filed.rowid WHERE filed MATCH ?"
            " ORDER BY score LIMIT ?",
            (chosen, query.limit),
        )
        hits = tuple(
            Hit(id, kind, url, -score, marker.title(title), marker.excerpt(body))
            for id, kind, url, title, body, score in page
        )
        found = self._db.execute(
            "SELECT kind, category, status, row"
            " FROM filed CROSS JOIN page ON page.row = filed.rowid WHERE filed MATCH ?",
            (placed,),
        ).fetchall()
        here = [row for row in found if row[1] == query.category]
        facets = {
            "kind": _counted(row[0] for row in here),
            "category": _counted(row[1] for row in found),
            "status": _counted(row[2] for row in here),
        }
        places = dict(
            self._db.execute(
                "SELECT code, count(*) FROM filed CROSS JOIN place ON place.row = filed.rowid"
                " WHERE filed MATCH ? GROUP BY 1",
                (chosen,),
            )
        )
        chosen_place = query.place or ""
        facets["place"] = places_below(
            chosen_place,
            lambda level: within(chosen_place, sorted(c for c in places if len(c) == level)),
            places.__getitem__,
        )
        return Results(len(here), hits, facets)

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def _latencies(
    index: SearchIndex, yardstick: Fts5, asked: Sequence[Query]
) -> tuple[list[float], list[float]]:
    """Milliseconds of each query, the two engines in turn so that both share the weather."""
    ours: list[float] = []
    theirs: list[float] = []
    for query in asked:
        for search, times in ((index.search, ours), (yardstick.search, theirs)):
            began = time.perf_counter()
            search(query)
            times.append(1000 * (time.perf_counter() - began))
    return ours, theirs


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _seconds(work: Callable[[], object]) -> float:
    """CPU seconds."""
    began = time.process_time()
    work()
    return time.process_time() - began
