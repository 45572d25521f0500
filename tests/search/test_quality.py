"""How good the answers are: the judged set over the demo district, asked of each engine."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from search import Document, SearchIndex
from tests.search.judged.collect import documents
from tests.search.judging import LEAST, LEAST_OF_KIND, judge, lost_by_title
from tests.support.schedules import Tell

#: The day the documents were collected.
TODAY = "2026-11-22"
_QUERIES = Path(__file__).parent / "judged" / "queries.csv"


@pytest.fixture
def district(index: SearchIndex) -> SearchIndex:
    """The demo district's documents in an index."""
    index.rebuild(_documents())
    return index


def test_the_judged_set_is_answered_well(district: SearchIndex, tell: Tell) -> None:
    judged = judge(district, _documents(), _QUERIES, TODAY)
    assert judged.number >= 100
    assert judged.worth >= LEAST, judged.poor
    assert judged.least_kind >= LEAST_OF_KIND, judged.poor
    tell(f"search, {type(district).__name__}: nDCG@10 {judged.worth:.3f} of {judged.number} asked")


def test_every_document_is_found_by_its_title_in_both_scripts(district: SearchIndex) -> None:
    assert lost_by_title(district, _documents()) == []


@cache
def _documents() -> list[Document]:
    return documents()
