"""A project's content: what cannot stand is named with its field, and what can is left alone."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity.errors import CommonReason, ReasonCode
from charity.money import Money
from charity.spending.intake import DeliverableDraft, LineDraft
from charity.spending.models import CostKind
from projects.listings.content import ProjectContent
from projects.listings.models import ProjectCategory
from projects.listings.reasons import ListingsReason


def line(name: str, amount: Money) -> LineDraft:
    return LineDraft(name, CostKind.PROGRAMME, amount)


GOOD = ProjectContent(
    title="洪港村适老化改造",
    region_code="420704001202",
    category=ProjectCategory.ELDERLY_ADAPTATION,
    beneficiaries="80 岁以上独居老人",
    beneficiary_count=26,
    story="村里的独居老人在家容易跌倒，" * 5,
    target=Money.yuan(78_000),
    starts_on=date(2026, 3, 11),
    ends_on=date(2026, 12, 31),
    plan_number="53420700MJH00000A26014",
    plan_filed_on=date(2026, 3, 1),
    lines=[line("器材采购", Money.yuan(60_000)), line("安装人工", Money.yuan(18_000))],
    deliverables=[DeliverableDraft("居家适老化改造", "户", Money.yuan(3_000), 26)],
)


def found(content: ProjectContent) -> list[tuple[ReasonCode, str | None]]:
    return [(problem.reason, problem.field) for problem in content.problems()]


def test_good_content_has_no_problems() -> None:
    assert GOOD.problems() == []


@pytest.mark.parametrize(
    ("change", "reason", "field"),
    [
        ({"title": "三字题"}, ListingsReason.TITLE_LENGTH, "title"),
        ({"title": "  短  "}, ListingsReason.TITLE_LENGTH, "title"),
        ({"title": "长" * 61}, ListingsReason.TITLE_LENGTH, "title"),
        ({"story": "短"}, ListingsReason.STORY_LENGTH, "story"),
        ({"story": "长" * 5001}, ListingsReason.STORY_LENGTH, "story"),
        ({"beneficiaries": " "}, ListingsReason.BENEFICIARIES_LENGTH, "beneficiaries"),
        ({"beneficiary_count": 0}, ListingsReason.BENEFICIARY_COUNT, "beneficiary_count"),
        ({"beneficiary_count": 10**9}, ListingsReason.BENEFICIARY_COUNT, "beneficiary_count"),
        ({"plan_number": ""}, CommonReason.REQUIRED, "plan_number"),
        ({"plan_number": "1" * 61}, CommonReason.TOO_LONG, "plan_number"),
        ({"ends_on": date(2026, 3, 10)}, CommonReason.DATES_REVERSED, "ends_on"),
        (
            {"plan_filed_on": date(2026, 3, 12)},
            ListingsReason.PLAN_FILED_AFTER_START,
            "plan_filed_on",
        ),
        ({"lines": []}, ListingsReason.LINES_MISSING, "lines"),
        (
            {"lines": [line("器材", Money.yuan(77_999))]},
            ListingsReason.BUDGET_SUM,
            "lines",
        ),
        (
            {"lines": [line("", Money.yuan(78_000))]},
            ListingsReason.LINE_INCOMPLETE,
            "lines",
        ),
        (
            {"lines": [line("器材", Money.yuan(78_001)), line("退", Money.yuan(-1))]},
            ListingsReason.LINE_INCOMPLETE,
            "lines",
        ),
        (
            {"lines": [line("一", Money.yuan(3900))] * 20 + [line("二", Money(0))]},
            ListingsReason.LINES_TOO_MANY,
            "lines",
        ),
        (
            {"deliverables": [DeliverableDraft("改造", "户", Money.yuan(3_001), 26)]},
            ListingsReason.DELIVERABLES_SUM,
            "deliverables",
        ),
        (
            {"deliverables": [DeliverableDraft("改造", "户", Money.yuan(3_000), 0)]},
            ListingsReason.DELIVERABLE_INCOMPLETE,
            "deliverables",
        ),
        (
            {"deliverables": [DeliverableDraft("改造", "九个字以上的计量单位", Money(0), 1)]},
            ListingsReason.DELIVERABLE_INCOMPLETE,
            "deliverables",
        ),
        (
            {"deliverables": [DeliverableDraft("次", "次", Money(0), 1)] * 21},
            ListingsReason.DELIVERABLES_TOO_MANY,
            "deliverables",
        ),
    ],
)
def test_each_problem_names_its_field(
    change: dict[str, object], reason: ReasonCode, field: str
) -> None:
    assert (reason, field) in found(replace(GOOD, **change))


@pytest.mark.parametrize("target", [Money(0), Money.yuan(99), Money.yuan(100_000_001)])
def test_a_target_no_village_has_is_refused(target: Money) -> None:
    content = replace(GOOD, target=target, lines=[line("全部", target)], deliverables=[])
    assert (ListingsReason.TARGET_RANGE, "target") in found(content)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=20))
def test_a_budget_that_adds_up_never_fails_for_its_sum(amounts: list[int]) -> None:
    lines = [line(f"第 {i} 项", Money(amount)) for i, amount in enumerate(amounts)]
    content = replace(GOOD, target=Money(sum(amounts)), lines=lines, deliverables=[])
    assert ListingsReason.BUDGET_SUM not in [reason for reason, _ in found(content)]
    short = replace(content, target=Money(sum(amounts) + 1))
    assert (ListingsReason.BUDGET_SUM, "lines") in found(short)


def test_all_problems_are_told_at_once_in_the_order_of_the_form() -> None:
    content = replace(GOOD, title="", story="", lines=[], ends_on=date(2026, 1, 1))
    assert [field for _, field in found(content)] == ["title", "story", "ends_on", "lines"]
