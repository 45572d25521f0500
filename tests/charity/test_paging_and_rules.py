"""Pages of a list, and figures with the days they are in force."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.paging import Page, page_of
from charity.registry.models import Person
from charity.rules import PARAMETERS, parameter
from tests.factories import make_person


@pytest.mark.parametrize(
    ("number", "names", "shown"),
    [
        (1, ["一", "二"], 1),
        (2, ["三", "四"], 2),
        (3, ["五"], 3),
        (4, ["五"], 3),
        (99, ["五"], 3),
        (0, ["一", "二"], 1),
        (-5, ["一", "二"], 1),
    ],
)
def test_a_page_holds_its_part_of_the_list(
    session: Session, number: int, names: list[str], shown: int
) -> None:
    ids = [make_person(session, name).id for name in "一二三四五"]
    query = select(Person).where(Person.id.in_(ids)).order_by(Person.id)
    page = page_of(session, query, number, size=2)
    assert [person.name for person in page.items] == names
    assert (page.number, page.pages, page.total) == (shown, 3, 5)


def test_an_empty_list_has_one_empty_page(session: Session) -> None:
    page = page_of(session, select(Person).where(Person.id < 0), 3)
    assert page == Page([], 1, 20, 0)
    assert page.pages == 1


@given(st.integers(0, 1000), st.integers(1, 50))
def test_pages_hold_everything(total: int, size: int) -> None:
    pages = Page([], 1, size, total).pages
    assert (pages - 1) * size < max(total, 1) <= pages * size


def test_the_figures_of_a_rule_follow_each_other_without_gap_or_overlap() -> None:
    for rule_id in {row.rule_id for row in PARAMETERS}:
        rows = sorted(
            (row for row in PARAMETERS if row.rule_id == rule_id),
            key=lambda row: row.effective_from,
        )
        assert rows[-1].effective_to is None
        for earlier, later in pairwise(rows):
            assert earlier.effective_to is not None
            assert earlier.effective_to + timedelta(days=1) == later.effective_from
        assert all(row.source for row in rows)


def test_a_rule_is_judged_by_the_row_in_force_that_day() -> None:
    before = parameter("CHA-112", date(2025, 12, 31))
    after = parameter("CHA-112", date(2026, 1, 2))
    assert before != after
    assert (before.number, after.number) == (10, 10)
    assert "57" in after.source
    assert "57" not in before.source


def test_a_day_or_a_rule_without_figure_is_said_so() -> None:
    with pytest.raises(LookupError, match="CHA-112"):
        parameter("CHA-112", date(2016, 8, 31))
    with pytest.raises(LookupError, match="CHA-999"):
        parameter("CHA-999", date(2026, 1, 1))
    with pytest.raises(TypeError):
        _ = parameter("CHA-118", date(2026, 1, 1)).number
