"""The index inside PostgreSQL: many hosts, rebuilds that die, locks, and what is left lying about.

On SQLite the same is asked of the files of Whoosh, so that both databases run the same tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as altered

import pytest
from sqlalchemy import Engine, text

from search import Document, IndexBusy, IndexUnavailable, Query, SearchIndex
from search.postgres_index import PostgresIndex
from search.segmentation import read_query
from search.vectors import title_query, vector, wanted_query, worth_query
from tests.search.conftest import NewIndex
from tests.search.made import CANTEEN, CENTRE, DISTRICT, HANDRAILS, READING


def found(index: SearchIndex, words: str) -> list[str]:
    return [hit.id for hit in index.search(Query(text=words)).hits]


# ── vectors ──────────────────────────────────────────────────────────────────────────────────────


def test_a_vector_holds_terms_with_labels_and_the_title_twice() -> None:
    said = vector(Document("x:1", "x", "养老", body="服务"))
    assert "'养老':1" in said
    assert "'^养老':1" in said
    assert "'服务':1" in said
    assert "'^服务'" not in said


def test_a_query_is_terms_and_never_an_operator() -> None:
    wanted = read_query("老人' | \\x & !扶手 灯")
    words = "'老人' & 'x' & '扶手' & '灯':*"
    assert wanted_query(wanted, "") == f"({words}) | '=老人x扶手灯'"
    assert wanted_query(wanted, "42'07") == f"(({words}) | '=老人x扶手灯') & '@42''07'"
    assert wanted_query(read_query(""), "4207") == "'@4207'"
    assert title_query(wanted, "") == "'^老人' & '^x' & '^扶手' & '^灯':*"
    assert worth_query(wanted)[:2] == ["'老人'", "'x'"]


# ── several hosts, and rebuilds that die ─────────────────────────────────────────────────────────


def other_host(index: SearchIndex, engine: Engine | None, new_index: NewIndex) -> SearchIndex:
    """A second process's index over the same rows or files."""
    if engine is not None:
        return PostgresIndex(engine, patience=0.2)
    return type(index)(index._generations.root, patience=0.2)  # type: ignore[attr-defined,call-arg]


@pytest.fixture
def district(new_index: NewIndex) -> SearchIndex:
    index = new_index()
    index.replace(DISTRICT)
    return index


def test_what_one_host_writes_another_finds(
    district: SearchIndex, index_engine: Engine | None, new_index: NewIndex
) -> None:
    other = other_host(district, index_engine, new_index)
    assert found(other, "适老化") == ["project:1"]
    other.replace([altered(HANDRAILS, title="防滑改造", also=())])
    assert found(district, "防滑") == ["project:1"]
    other.remove(["project:1"])
    assert found(district, "防滑") == []


def test_one_rebuild_at_a_time_over_all_hosts(
    district: SearchIndex, index_engine: Engine | None, new_index: NewIndex
) -> None:
    other = other_host(district, index_engine, new_index)

    def documents() -> Iterator[Document]:
        yield READING
        with pytest.raises(IndexBusy):
            other.rebuild([])
        other.replace([CANTEEN])

    district.rebuild(documents())
    assert set(found(other, "")) == {"project:2", "project:3"}


def test_a_rebuild_that_died_keeps_nobody_from_writing(
    district: SearchIndex, index_engine: Engine | None
) -> None:
    """What it had noted is forgotten by the next writer, and its table by the next rebuild."""

    def dies() -> Iterator[Document]:
        yield READING
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        district.rebuild(dies())
    district.replace([altered(CENTRE, title="换了名字")])
    assert found(district, "换了名字") == ["organisation:7"]
    assert district.rebuild([CENTRE]) == 1
    assert district.count() == 1
    if index_engine is not None:
        with index_engine.connect() as connection:
            tables = connection.scalars(
                text("SELECT tablename FROM pg_tables WHERE tablename LIKE 'generation%'")
            ).all()
            notes = connection.scalar(text("SELECT count(*) FROM search.note"))
        assert len(tables) == 1
        assert notes == 0


def test_a_writer_does_not_wait_for_ever(
    district: SearchIndex, index_engine: Engine | None, new_index: NewIndex
) -> None:
    if index_engine is None:
        generations = district._generations  # type: ignore[attr-defined]
        with generations.writing(0.2), pytest.raises(IndexBusy):
            other_host(district, None, new_index).replace([READING])
        return
    with index_engine.connect() as connection:
        connection.execute(text("SELECT * FROM search.state FOR UPDATE"))
        with pytest.raises(IndexBusy):
            district.replace([READING])
        connection.rollback()
    district.replace([READING])


def test_an_index_that_is_not_there_is_unavailable(
    district: SearchIndex, index_engine: Engine | None
) -> None:
    """A page then answers from the database and says so; a rebuild makes it again."""
    if index_engine is None:
        (district._generations.root / "current").unlink()  # type: ignore[attr-defined]
    else:
        with index_engine.begin() as connection:
            connection.execute(text("UPDATE search.state SET live = NULL"))
    for ask in (district.count, lambda: district.search(Query(text="老人"))):
        with pytest.raises(IndexUnavailable):
            ask()
    with pytest.raises(IndexUnavailable):
        district.replace([READING])
    assert district.rebuild(DISTRICT) == 4
    assert found(district, "适老化") == ["project:1"]


def test_of_very_many_matches_those_with_the_words_in_the_title_come_first(
    new_index: NewIndex,
) -> None:
    index = new_index()
    plain = [
        Document(f"project:{n}", "project", f"第{n}号", body="社区养老", published_on="2026-01-01")
        for n in range(900)
    ]
    told = Document("project:titled", "project", "社区养老", published_on="2020-01-01")
    index.replace([*plain, told])
    results = index.search(Query(text="社区养老"))
    assert (results.total, results.hits[0].id) == (901, "project:titled")
