"""The days of the duties, with the handbook's vectors, and what holds for all days."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity.disclosure import due
from charity.disclosure.due import exceeds_months, exceeds_six_months, tellings
from charity.registry.months import add_months

DAYS = st.dates(date(2024, 9, 5), date(2060, 12, 31))


@pytest.mark.rule("DIS-203.over")
def test_dis_203_six_months_are_counted_with_both_days() -> None:
    assert not exceeds_six_months(date(2026, 1, 1), date(2026, 6, 30))
    assert exceeds_six_months(date(2026, 1, 1), date(2026, 7, 1))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
    ],
)
def test_months_end_with_the_month(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_months_go_forwards(day: date, one: int, other: int) -> None:
    later = add_months(day, one)
    assert later.day <= day.day
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == one
    assert (one <= other) == (later <= add_months(day, other))
    assert exceeds_months(day, later, one)
    assert not exceeds_months(day, later - timedelta(days=1), one)


@given(st.sampled_from(["DIS-203", "DIS-204"]), DAYS, st.integers(0, 2000))
def test_a_series_leaves_no_day_out_and_tells_all_at_the_end(rule: str, day: date, n: int) -> None:
    last = day + timedelta(days=n)
    *running, final = tellings(rule, day, last, last)
    assert final.is_final
    assert (final.period_from, final.period_until) == (day, last)
    assert final.due_on == add_months(last, 3)
    assert bool(running) == (last >= add_months(day, 6))
    ends = [each.period_until for each in running]
    assert [each.period_from for each in running] == [
        day,
        *(end + timedelta(days=1) for end in ends),
    ][: len(running)]
    assert [each.due_on for each in running] == [
        add_months(day, 3 * (number + 1)) for number in range(len(running))
    ]
    if running:
        assert running[-1].due_on <= last < add_months(day, 3 * (len(running) + 1))


@pytest.mark.rule("DIS-203.every")
def test_dis_203_a_long_campaign_tells_every_three_months() -> None:
    found = tellings("DIS-203", date(2026, 1, 1), date(2026, 12, 31), date(2026, 12, 31))
    assert [each.due_on for each in found[:-1]] == [
        date(2026, 4, 1),
        date(2026, 7, 1),
        date(2026, 10, 1),
    ]


@pytest.mark.rule("DIS-203.end")
def test_dis_203_all_is_told_three_months_after_the_end() -> None:
    [final] = tellings("DIS-203", date(2026, 1, 1), date(2026, 6, 30), date(2026, 12, 31))
    assert final.due_on == date(2026, 9, 30)


@pytest.mark.rule("DIS-204.over")
def test_dis_204_a_short_project_tells_once() -> None:
    day = date(2026, 1, 1)
    assert len(tellings("DIS-204", day, date(2026, 6, 30), day)) == 1
    assert len(tellings("DIS-204", day, date(2026, 7, 1), day)) == 3


@pytest.mark.rule("DIS-204.every")
def test_dis_204_a_project_without_an_end_tells_every_three_months() -> None:
    found = tellings("DIS-204", date(2025, 11, 30), None, date(2026, 9, 1))
    assert [each.due_on for each in found] == [date(2026, 5, 30), date(2026, 8, 30)]


@pytest.mark.rule("DIS-204.end")
def test_dis_204_the_use_of_money_is_told_three_months_after_the_end() -> None:
    [final] = tellings("DIS-204", date(2026, 1, 1), date(2026, 2, 1), date(2026, 12, 31))
    assert final.due_on == date(2026, 5, 1)


@pytest.mark.rule("CHA-113", since="2024-09-05")
def test_cha_113_an_emergency_is_filed_within_ten_days() -> None:
    assert due.emergency_filing(date(2026, 6, 1)) == date(2026, 6, 11)


@pytest.mark.rule("CHA-114", since="2024-09-05")
def test_cha_114_an_emergency_tells_at_least_every_five_days() -> None:
    found = due.emergency_tellings(date(2026, 6, 1), date(2026, 6, 12))
    assert [each.due_on.day for each in found] == [6, 11, 16, 17]
    gaps = [later.due_on - one.due_on for one, later in pairwise(found)]
    assert max(gaps) <= timedelta(days=5)
    assert all(each.period_from <= each.period_until < each.due_on for each in found)


@pytest.mark.rule("CHA-134")
def test_cha_134_partners_are_told_of_three_months_after_the_end() -> None:
    assert due.months_after("CHA-134", date(2026, 3, 31)) == date(2026, 6, 30)


@pytest.mark.rule("DIS-209")
def test_dis_209_cha_165_surplus_is_told_three_months_after_the_end() -> None:
    assert due.months_after("DIS-209", date(2025, 11, 30) + timedelta(days=92)) == date(2026, 6, 2)


YEARLY = [
    ("DIS-202", (5, 31)),
    ("DIS-207", (5, 31)),
    ("DIS-208", (5, 31)),
    ("DIS-214", (5, 31)),
    ("ORG-11.registrar", (5, 31)),
    ("ORG-11.supervisor", (3, 31)),
    ("ORG-11.foundation", (3, 31)),
]
AFTER = [
    ("DIS-201", 30),
    ("DIS-205", 30),
    ("DIS-206", 30),
    ("DIS-210", 30),
    ("DIS-212", 30),
    ("TRU-01", 7),
]


@pytest.mark.parametrize(
    ("rule", "at"),
    [pytest.param(*row, marks=pytest.mark.rule(row[0]), id=row[0]) for row in YEARLY],
)
def test_a_year_is_told_of_by_its_day_of_the_next(rule: str, at: tuple[int, int]) -> None:
    assert due.yearly(rule, 2025) == date(2026, *at)


@pytest.mark.parametrize(
    ("rule", "days"),
    [pytest.param(*row, marks=pytest.mark.rule(row[0]), id=row[0]) for row in AFTER],
)
def test_what_happened_is_told_within_days(rule: str, days: int) -> None:
    assert due.days_after(rule, date(2026, 3, 2)) == date(2026, 3, 2) + timedelta(days=days)


@pytest.mark.rule("DIS-213")
def test_dis_213_beneficiaries_know_the_rules_before() -> None:
    assert due.days_before("DIS-213", date(2026, 3, 2)) == date(2026, 3, 1)


@pytest.mark.rule("TRU-02")
def test_tru_02_a_trust_reports_every_year() -> None:
    found = due.trust_reports(date(2025, 3, 1), date(2027, 2, 28))
    assert [each.due_on for each in found] == [date(2026, 3, 1)]


def test_before_the_first_row_of_a_rule_nothing_is_made_up() -> None:
    with pytest.raises(LookupError):
        tellings("DIS-203", date(2024, 9, 4), date(2026, 1, 1), date(2026, 1, 1))
    with pytest.raises(LookupError):
        due.yearly("DIS-202", 2024)


def test_offices_publish_on_working_days() -> None:
    assert due.last_workday(date(2026, 10, 5)) == date(2026, 9, 30)
    assert due.last_workday(date(2026, 10, 10)) == date(2026, 10, 10)


@given(DAYS, st.integers(0, 120))
def test_each_reminder_goes_once(due_on: date, horizon: int) -> None:
    reminded, sent = None, []
    for n in range(-30, horizon):
        today = due_on + timedelta(days=n)
        step = due.reminder_of(due_on, reminded, today)
        if step is not None:
            reminded = today
            sent.append(step)
    assert sent == [14, 3, *range(0, -horizon, -7)]
