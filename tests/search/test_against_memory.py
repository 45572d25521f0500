"""The index of a site and the one in memory find the same, whatever is written and asked."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import Document, MemoryIndex, Query, Results, Sort
from tests.search.conftest import NewIndex

WORDS = [
    "鄂城区",
    "养老",
    "養老",
    "服务",
    "項目",
    "村",
    "适老化",
    "的",
    "20",
    "abc",
    "，",
    " ",
    "峒",
]
texts = st.lists(st.sampled_from(WORDS), max_size=6).map("".join)
places = st.sampled_from([(), ("42", "4207"), ("42", "4207", "420704"), ("42", "4201")])


@st.composite
def documents(draw: st.DrawFn) -> Document:
    return Document(
        id=f"project:{draw(st.integers(0, 9))}",
        kind=draw(st.sampled_from(["project", "organisation"])),
        title=draw(texts),
        body=draw(texts),
        place_codes=draw(places),
        category=draw(st.sampled_from(["", "elderly", "children"])),
        organisation=draw(texts),
        status=draw(st.sampled_from(["", "open"])),
        published_on=f"2025-01-0{draw(st.integers(1, 3))}",
        keys=tuple(draw(st.lists(st.sampled_from(["村20", "K-1"]), max_size=2))),
        also=(draw(texts),),
        amount=draw(st.sampled_from([0, 5, 7])),
        gap=draw(st.sampled_from([0, 2, 3])),
        ends_on=draw(st.sampled_from(["", "2025-01-02", "2025-01-05"])),
        wants=draw(st.sampled_from(["", "yes"])),
    )


queries = st.builds(
    Query,
    text=st.one_of(texts, st.sampled_from(["村 20", "k1", "务项", "老服", "a b"])),
    kind=st.sampled_from([None, "project"]),
    place=st.sampled_from([None, "42", "4207", "420704"]),
    category=st.sampled_from([None, "elderly"]),
    status=st.sampled_from([None, "open"]),
    wants=st.sampled_from([None, "yes"]),
    amount_from=st.sampled_from([None, None, 6]),
    amount_to=st.sampled_from([None, None, 6]),
    published_from=st.sampled_from(["", "", "2025-01-02"]),
    published_to=st.sampled_from(["", "", "2025-01-02"]),
    today=st.sampled_from(["", "2025-01-04"]),
    sort=st.sampled_from(list(Sort)),
)


def seen(results: Results, sort: Sort) -> tuple[object, ...]:
    """What both must agree on; how they score is their own affair."""
    ids = [hit.id for hit in results.hits]
    return results.total, set(ids) if sort is Sort.RELEVANCE else ids, dict(results.facets)


@given(
    before=st.lists(documents(), max_size=8, unique_by=lambda one: one.id),
    changes=st.lists(documents(), max_size=4),
    gone=st.lists(st.integers(0, 9).map("project:{}".format), max_size=2),
    asked=st.lists(queries, min_size=3, max_size=8),
)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_both_find_the_same(
    new_index: NewIndex,
    before: list[Document],
    changes: list[Document],
    gone: list[str],
    asked: list[Query],
) -> None:
    kept, memory = new_index(), MemoryIndex()
    for index in (kept, memory):
        index.rebuild(before)
        index.replace(changes)
        index.remove(gone)
    for query in asked:
        assert seen(kept.search(query), query.sort) == seen(memory.search(query), query.sort)
    kept.close()
