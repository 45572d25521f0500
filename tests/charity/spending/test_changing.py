"""Money moves between the lines of a running budget: a tenth at once, more by two agreements."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.money import Money
from charity.spending import queries
from charity.spending import services as spending
from charity.spending.models import BudgetChange, BudgetChangeState, CostKind
from charity.spending.reasons import SpendingReason
from charity.spending.services import DeliverableDraft, LineDraft
from tests.charity.spending.world import VILLAGE, World, make_world

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def amounts(world: World) -> list[int]:
    world.session.expire_all()
    return [line.amount.fen for line in world.budget.lines]


def change(world: World, *yuan: str, actor: Actor | None = None) -> BudgetChange:
    becomes = {
        line.id: Money.yuan(text) for line, text in zip(world.budget.lines[:2], yuan, strict=True)
    }
    return spending.change_budget(
        world.session,
        actor or world.submitter,
        budget_id=world.budget_id,
        becomes=becomes,
        reason="物价变了",
    )


def decide(world: World, made: BudgetChange, actor: Actor, agreed: bool = True) -> BudgetChange:
    return spending.decide_budget_change(
        world.session, actor, change_id=made.id, agreed=agreed, reason="" if agreed else "不急"
    )


@pytest.fixture
def lines(world: World) -> tuple[Money, Money]:
    first, second = world.budget.lines[:2]
    return first.amount, second.amount


def moved(lines: tuple[Money, Money], fen: int) -> tuple[str, str]:
    return str(Money(lines[0].fen - fen)), str(Money(lines[1].fen + fen))


@pytest.mark.rule("VEN-10")
def test_ven_10_a_tenth_is_made_at_once_and_a_fen_more_waits(
    world: World, lines: tuple[Money, Money]
) -> None:
    tenth = min(line.fen for line in lines) // 10
    assert change(world, *moved(lines, tenth)).state is BudgetChangeState.MADE
    assert amounts(world)[:2] == [lines[0].fen - tenth, lines[1].fen + tenth]
    # measured from the opening: the next fen is beyond the tenth, however small the step
    further = change(world, *moved(lines, tenth + 1))
    assert further.state is BudgetChangeState.ASKED
    assert amounts(world)[:2] == [lines[0].fen - tenth, lines[1].fen + tenth]


def test_two_persons_agree_and_then_it_is_made(world: World, lines: tuple[Money, Money]) -> None:
    half = min(line.fen for line in lines) // 2
    asked = change(world, *moved(lines, half))
    with pytest.raises(Conflict) as refused:
        change(world, *moved(lines, 1))
    assert refused.value.reason is SpendingReason.CHANGE_WAITS
    decide(world, asked, world.approver)
    with pytest.raises(Denied):
        decide(world, asked, world.second_account(world.approver, *world.approver.grants))
    assert decide(world, asked, world.second_approver).state is BudgetChangeState.MADE
    assert amounts(world)[:2] == [lines[0].fen - half, lines[1].fen + half]
    assert Money.total(line.amount for line in world.budget.lines) == Money.yuan(18_000)
    # what was agreed is the new measure
    measures = queries.measures_of_lines(world.session, world.budget_id)
    assert {money.fen for money in measures.values()} == set(amounts(world)[:2])


def test_refused_or_taken_back_nothing_moves(world: World, lines: tuple[Money, Money]) -> None:
    before = amounts(world)
    half = min(line.fen for line in lines) // 2
    refused = change(world, *moved(lines, half))
    assert decide(world, refused, world.approver, agreed=False).state is BudgetChangeState.REFUSED
    taken = change(world, *moved(lines, half))
    spending.withdraw_budget_change(world.session, world.submitter, change_id=taken.id)
    with pytest.raises(InvalidState):
        decide(world, taken, world.approver)
    assert amounts(world) == before


@pytest.mark.parametrize("who", ["stranger", "treasurer", "acceptor"])
def test_others_change_nothing(world: World, lines: tuple[Money, Money], who: str) -> None:
    with pytest.raises(Denied):
        change(world, *moved(lines, 1), actor=getattr(world, who))


def test_what_cannot_be_is_said_beside_the_lines(world: World, lines: tuple[Money, Money]) -> None:
    world.submit(amount=Money.yuan(6000))
    for yuan, reason in (
        ((str(lines[0]), str(lines[1])), SpendingReason.NOTHING_CHANGES),
        ((str(Money(lines[0].fen - 1)), str(lines[1])), SpendingReason.SUM_CHANGES),
        (moved(lines, lines[0].fen - 100_000), SpendingReason.BELOW_ASKED),
        (("0.00", str(lines[1] + lines[0])), CommonReason.NOT_POSITIVE),
    ):
        with pytest.raises(Invalid) as refused:
            change(world, *yuan)
        assert (refused.value.reason, refused.value.field) == (reason, "lines")


def test_unit_cost_times_quantity_is_the_line(world: World) -> None:
    def drafted(amount: str) -> Money:
        budget = spending.draft_budget(
            world.session,
            world.submitter,
            organisation_id=world.partner_id,
            region_code=VILLAGE,
            lines=[
                LineDraft(
                    "抓杆", CostKind.PROGRAMME, Money.yuan(amount), Money.yuan("85.50"), 20, "根"
                )
            ],
            deliverables=[DeliverableDraft("改造", "户", Money.yuan(50), 2)],
        )
        return budget.lines[0].amount

    assert drafted("1710.00") == Money.yuan(1710)
    with pytest.raises(Invalid) as refused:
        drafted("1710.01")
    assert refused.value.params["amount"] == Money.yuan(1710)
