"""A budget is drafted, drafted again, and frozen by the fund it is opened for."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState, NotFound
from charity.ledger import queries as ledger_queries
from charity.ledger import services as ledger
from charity.ledger.models import FundKind, Line, LineHead
from charity.money import MAXIMUM_FEN, ZERO, Money
from charity.spending import queries
from charity.spending import services as spending
from charity.spending.models import Budget, CostKind, ExpenseState
from charity.spending.reasons import SpendingReason
from charity.spending.services import DeliverableDraft, LineDraft
from tests.charity.spending.world import COUNTY, SYSTEM, VILLAGE, World, draft, make_world

pytestmark = pytest.mark.usefixtures("clock")

LINE = LineDraft("改造", CostKind.PROGRAMME, Money.yuan(100))
DELIVERABLE = DeliverableDraft("改造", "户", Money.yuan(50), 2)


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


@pytest.fixture
def budget(world: World) -> Budget:
    return draft(world.session, world.submitter, world.partner_id)


def redraft(world: World, budget: Budget, actor: Actor | None = None, **changes: object) -> Budget:
    form: dict[str, object] = {
        "region_code": COUNTY, "lines": [LINE], "deliverables": [DELIVERABLE],
    }  # fmt: skip
    return spending.redraft_budget(
        world.session,
        actor or world.submitter,
        budget_id=budget.id,
        **(form | changes),  # type: ignore[arg-type]
    )


def test_drafted_again_it_has_the_new_lines_only(world: World, budget: Budget) -> None:
    redraft(world, budget)
    world.session.expire_all()
    kept = queries.budget(world.session, budget.id)
    assert [(line.number, line.name, line.amount) for line in kept.lines] == [
        (1, "改造", Money.yuan(100))
    ]
    assert [(each.number, each.unit, each.target) for each in kept.deliverables] == [(1, "户", 2)]
    assert kept.region_code == COUNTY


def test_a_fund_freezes_its_budget(world: World) -> None:
    with pytest.raises(InvalidState) as refused:
        redraft(world, world.budget)
    assert refused.value.reason is SpendingReason.BUDGET_OPENED
    found = queries.budget_of_fund(world.session, world.fund_id)
    assert found is world.budget
    assert queries.budget_of_fund(world.session, 10**9) is None


def test_a_fund_has_one_budget_and_a_budget_one_fund(world: World, budget: Budget) -> None:
    with pytest.raises(Conflict) as refused:
        spending.open_for_fund(world.session, SYSTEM, budget_id=budget.id, fund_id=world.fund_id)
    assert refused.value.reason is SpendingReason.FUND_HAS_BUDGET
    with pytest.raises(InvalidState):
        spending.open_for_fund(
            world.session, SYSTEM, budget_id=world.budget_id, fund_id=world.fund_id
        )
    with pytest.raises(NotFound):
        spending.open_for_fund(world.session, SYSTEM, budget_id=budget.id, fund_id=10**9)
    with pytest.raises(NotFound):
        spending.open_for_fund(world.session, SYSTEM, budget_id=10**9, fund_id=world.fund_id)


def test_a_reviewer_of_another_organisation_opens_it(world: World, budget: Budget) -> None:
    book_id = ledger_book(world)
    fund = ledger.open_fund(
        world.session, SYSTEM, book_id=book_id, name="第二", kind=FundKind.PROJECT
    )
    for role in ("submitter", "approver", "treasurer", "acceptor", "stranger"):
        with pytest.raises(Denied):
            spending.open_for_fund(
                world.session, getattr(world, role), budget_id=budget.id, fund_id=fund.id
            )
    spending.open_for_fund(world.session, world.reviewer, budget_id=budget.id, fund_id=fund.id)
    assert queries.charity_of_fund(world.session, budget.fund_id) == world.charity_id


def ledger_book(world: World) -> int:
    return ledger_queries.book_of(world.session, world.charity_id).id


@pytest.mark.parametrize("role", ["approver", "treasurer", "acceptor", "reviewer", "stranger"])
def test_only_the_organisation_writes_its_budget(world: World, budget: Budget, role: str) -> None:
    with pytest.raises(Denied):
        redraft(world, budget, getattr(world, role))
    with pytest.raises(Denied):
        draft(world.session, getattr(world, role), world.partner_id)


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"lines": []}, "lines", SpendingReason.NO_LINES),
        ({"lines": [LINE] * 51}, "lines", CommonReason.TOO_LONG),
        ({"lines": [LineDraft(" ", CostKind.PROGRAMME, Money(1))]}, "lines", CommonReason.REQUIRED),
        ({"lines": [LineDraft("a", CostKind.PROGRAMME, ZERO)]}, "lines", CommonReason.NOT_POSITIVE),
        (
            {"lines": [LineDraft("a", CostKind.PROGRAMME, Money(MAXIMUM_FEN + 1))]},
            "lines",
            CommonReason.TOO_LONG,
        ),
        ({"deliverables": [DELIVERABLE] * 51}, "deliverables", CommonReason.TOO_LONG),
        (
            {"deliverables": [DeliverableDraft("a", "户", Money(-1), 1)]},
            "deliverables",
            CommonReason.NOT_POSITIVE,
        ),
        (
            {"deliverables": [DeliverableDraft("a", "户", Money(1), 0)]},
            "deliverables",
            SpendingReason.UNITS_RANGE,
        ),
        (
            {"deliverables": [DeliverableDraft("a", "户" * 21, Money(1), 1)]},
            "deliverables",
            CommonReason.TOO_LONG,
        ),
        ({"region_code": "999999"}, "region_code", CommonReason.NOT_FOUND),
    ],
)
def test_bad_drafts_are_refused_beside_their_field(
    world: World, budget: Budget, changes: dict[str, object], field: str, reason: object
) -> None:
    with pytest.raises(Invalid) as refused:
        redraft(world, budget, **changes)
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_budget_against_actual(world: World) -> None:
    world.expense_in(ExpenseState.PAID)
    world.submit(amount=Money.yuan(1000))
    first, second, _ = queries.lines_with_spending(world.session, world.budget_id)
    assert (first.spent, first.approved, first.submitted, first.remaining) == (
        Money.yuan(6000), ZERO, Money.yuan(1000), Money.yuan(9000),
    )  # fmt: skip
    assert (second.spent, second.remaining) == (ZERO, Money.yuan(1500))
    assert world.budget.region_code == VILLAGE


def test_a_deliverable_with_a_purpose_is_paid_from_its_own_line_first(world: World) -> None:
    fund = ledger.open_fund(
        world.session,
        SYSTEM,
        book_id=ledger_queries.fund(world.session, world.fund_id).book_id,
        name="扶手专款",
        kind=FundKind.PROJECT,
    )
    budget = spending.draft_budget(
        world.session,
        world.submitter,
        organisation_id=world.partner_id,
        region_code=VILLAGE,
        lines=[LineDraft("改造", CostKind.PROGRAMME, Money.yuan(2_000))],
        deliverables=[DeliverableDraft("改造", "户", Money.yuan(50), 2, earmark="扶手")],
    )
    spending.open_for_fund(world.session, SYSTEM, budget_id=budget.id, fund_id=fund.id)
    for number, (yuan, earmark) in enumerate(((1_000, ""), (300, "扶手"))):
        ledger.post_gift(
            world.session, SYSTEM, fund_id=fund.id, amount=Money.yuan(yuan), earmark=earmark,
            source=f"payment:e{number}:succeeded", occurred_on=clock.today(),
            giver=ledger.Giver("donor:1", "individual", ""),
        )  # fmt: skip
    expense = world.submit(
        budget_line_id=budget.lines[0].id,
        deliverable_id=budget.deliverables[0].id,
        amount=Money.yuan(400),
    )
    world.approve(expense, world.approver)
    world.approve(expense, world.second_approver)
    world.pay(expense)
    heads = world.session.execute(
        select(Line.earmark, LineHead.spent)
        .join(LineHead, LineHead.line_id == Line.id)
        .where(Line.fund_id == fund.id)
    )
    assert dict(row for row in heads) == {"扶手": 30_000, "": 10_000}
