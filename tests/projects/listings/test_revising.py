"""What changed between two submissions: texts word by word, rows by their names, nothing lost."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.listings.revising import FieldChange, RevisionPart, changes, row_changes, words

SIGNS = st.text(alphabet="村里老人扶手装好了。！\nab1 ", max_size=60)


@given(SIGNS, SIGNS)
@settings(max_examples=150)
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    pieces = words(before, after)
    assert "".join(p.text for p in pieces if p.part is not RevisionPart.NEW) == before
    assert "".join(p.text for p in pieces if p.part is not RevisionPart.GONE) == after
    parts = [p.part for p in pieces]
    assert all(a is not b for a, b in pairwise(parts))
    if before == after:
        assert parts in ([], [RevisionPart.SAME])


@given(
    st.lists(st.sampled_from("甲乙丙丁"), max_size=6),
    st.lists(st.sampled_from("甲乙丙丁戊"), max_size=6),
)
@settings(max_examples=80)
def test_rows_come_and_go_by_name(before: list[str], after: list[str]) -> None:
    """What stays, goes and comes of each name is what the counts say."""
    found = row_changes(
        [{"name": n, "amount": 1} for n in before], [{"name": n, "amount": 1} for n in after]
    )
    for name in {*before, *after}:
        new = sum(1 for row in found if row.name == name and row.part is RevisionPart.NEW)
        gone = sum(1 for row in found if row.name == name and row.part is RevisionPart.GONE)
        assert new == max(0, after.count(name) - before.count(name))
        assert gone == max(0, before.count(name) - after.count(name))
    assert not [row for row in found if row.part is RevisionPart.SAME]


def content(**changed: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "title": "洪港村的扶手",
        "beneficiary_count": 31,
        "story": "村里有老人。去年跌倒 9 次。社工来量。",
        "lines": [
            {"name": "器材", "amount": 6_000_000, "unit": ""},
            {"name": "人工", "amount": 1_500_000, "unit": ""},
        ],
    }
    return {**said, **changed}


def test_the_same_content_has_no_changes() -> None:
    assert changes(content(), content()) == []


def test_only_what_differs_is_named_in_the_order_of_the_form() -> None:
    after = content(
        beneficiary_count=26,
        story="村里有老人。去年跌倒 12 次。社工来量。",
        lines=[
            {"name": "人工", "amount": 1_800_000, "unit": ""},
            {"name": "培训", "amount": 300_000, "unit": ""},
        ],
    )
    count, story, lines = changes(content(), after)
    assert count == FieldChange("beneficiary_count", 31, 26)
    assert [(p.part, p.text) for p in story.pieces if p.part is not RevisionPart.SAME] == [
        (RevisionPart.GONE, "9"),
        (RevisionPart.NEW, "12"),
    ]
    assert [(row.part, row.name, row.cells) for row in lines.rows] == [
        (RevisionPart.SAME, "人工", (("amount", 1_500_000, 1_800_000),)),
        (RevisionPart.NEW, "培训", (("amount", None, 300_000),)),
        (RevisionPart.GONE, "器材", (("amount", 6_000_000, None),)),
    ]


@pytest.mark.parametrize("missing", ["title", "story", "lines", "beneficiary_count"])
def test_a_field_that_came_or_went_is_a_change(missing: str) -> None:
    without = {name: value for name, value in content().items() if name != missing}
    for before, after in ((content(), without), (without, content())):
        (change,) = changes(before, after)
        assert change.field == missing


def test_a_long_story_is_compared_in_a_moment() -> None:
    """Beyond the bound a passage is shown as taken out and put in whole."""
    before, after = "老人扶手" * 1250, "扶手老人" * 1250
    assert "".join(p.text for p in words(before, after) if p.part is not RevisionPart.GONE) == after
