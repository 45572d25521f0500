"""The search page at 10,000 projects beside a bare Flask "hello world": CPU per request.

Two words, a place and a category, as people ask; twenty hits. With Whoosh, then with PostgreSQL,
whose own work in its server is not counted.
"""

import statistics
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlencode

from search.query import Query
from tests.bench import Row
from tests.bench.bench_page import cpu, hello
from tests.bench.bench_search import queries
from tests.bench.projects import projects
from tests.bench.world import open_world
from web import create_app
from web.config import Settings
from web.ports import ports

PROJECTS, ROUNDS = 10_000, 5
#: At least this share of hello world's speed.
GOALS = {"sqlite": 0.007, "postgresql": 0.02}


def rows() -> Iterator[Row]:
    """Medians of batches taken in turns, and the share."""
    documents = list(projects(PROJECTS))
    for kind, goal in GOALS.items():
        with open_world(kind) as world:
            environment = {
                "WUSHE_DATABASE_URL": world.address.url,
                "WUSHE_DATA": str(world.folder),
                "WUSHE_SEARCH": "whoosh" if kind == "sqlite" else "postgresql",
                "WUSHE_ENV": "test",
            }
            app = create_app(Settings.from_env(environment))
            with app.app_context():
                ports().index.rebuild(documents)
            site, bare = app.test_client(), hello()
            addresses = list(map(_address, islice(queries(), 2 * ROUNDS)))
            for address in addresses:
                cpu(site, address)
            pages = [cpu(site, address) for address in addresses]
            yardstick = statistics.median(cpu(bare, "/") for _ in range(2 * ROUNDS))
            page = statistics.median(pages)
            name = f"search page, CPU per request ({kind})"
            yield Row(name, page, "ms", "Flask hello world", yardstick)
            yield Row(f"{name}, share of hello world", yardstick / page, "", "goal", goal)


def _address(query: Query) -> str:
    asked = {"q": query.text, "place": query.place or "", "category": query.category or ""}
    return f"/search?{urlencode(asked)}"
