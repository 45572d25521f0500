"""An index of each kind, so that every engine keeps the same promises."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from search import MemoryIndex, SearchIndex
from search.postgres_index import PostgresIndex
from search.whoosh_index import WhooshIndex
from tests.support.databases import Databases
from web.db import make_engine

#: Makes an empty index of the kind a site on this run's database has.
NewIndex = Callable[[], SearchIndex]


@pytest.fixture(scope="session")
def index_engine(databases: Databases) -> Iterator[Engine | None]:
    """The site's role in a database for PostgreSQL's index; None where the index lies in files."""
    if databases.kind == "sqlite":
        yield None
        return
    address = databases.migrated()
    engine = make_engine(address.url)
    yield engine
    engine.dispose()
    databases.drop(address)


@pytest.fixture
def new_index(index_engine: Engine | None, tmp_path: Path) -> NewIndex:
    """Whoosh's index beside SQLite, PostgreSQL's own in PostgreSQL; each call empties it."""

    def make() -> SearchIndex:
        index: SearchIndex = WhooshIndex(tmp_path / "index", patience=0.2)
        if index_engine is not None:
            index = PostgresIndex(index_engine, patience=0.2)
        index.rebuild([])
        return index

    return make


@pytest.fixture(params=["house", "memory"])
def index(request: pytest.FixtureRequest) -> Iterator[SearchIndex]:
    """An empty index, ready to be filled."""
    made: SearchIndex = MemoryIndex()
    if request.param == "house":
        new_index: NewIndex = request.getfixturevalue("new_index")
        made = new_index()
    yield made
    made.close()
