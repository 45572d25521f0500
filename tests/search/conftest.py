"""An index of each kind, so that every engine keeps the same promises."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search import MemoryIndex, SearchIndex
from search.whoosh_index import WhooshIndex


@pytest.fixture(params=["whoosh", "memory"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchIndex]:
    """An empty index, ready to be filled."""
    made: SearchIndex = MemoryIndex()
    if request.param == "whoosh":
        made = WhooshIndex(tmp_path / "index", patience=0.2)
        made.rebuild([])
    yield made
    made.close()
