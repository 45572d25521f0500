"""How good the answers are over the Hubei data: fifty questions and more, on each engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from search import MemoryIndex, SearchIndex
from tests.realdata.judged.collect import documents
from tests.search.conftest import NewIndex
from tests.search.judging import LEAST, LEAST_OF_KIND, judge, lost_by_title
from tests.support.schedules import Tell

#: The day the questions were written.
TODAY = "2026-11-23"
_QUERIES = Path(__file__).parent / "judged" / "queries.csv"


@pytest.mark.parametrize("engine", ["house", "memory"])
def test_the_hubei_data_is_searched_well(
    engine: str,
    new_index: NewIndex,
    realdata: Path,
    tell: Tell,
) -> None:
    found = documents(realdata)
    index: SearchIndex = MemoryIndex() if engine == "memory" else new_index()
    assert index.rebuild(found) == len(found)
    judged = judge(index, found, _QUERIES, TODAY)
    assert judged.number >= 50
    assert judged.worth >= LEAST, judged.poor
    assert judged.least_kind >= LEAST_OF_KIND, judged.poor
    if engine == "house":
        assert lost_by_title(index, found) == []
    tell(f"search over Hubei, {type(index).__name__}: nDCG@10 {judged.worth:.3f}")
    index.close()
