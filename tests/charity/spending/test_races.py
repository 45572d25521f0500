"""Two at the same moment: one is done, the other refused, and the figures stay true."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from charity.actor import Actor, Grant, Role
from charity.approvals.models import ApprovalDecision
from charity.errors import DomainError
from charity.ledger import queries as ledger
from charity.ledger.models import Outflow
from charity.money import ZERO, Money
from charity.spending import services as spending
from charity.spending.models import Delivery, DeliveryState, Expense, ExpenseState, Payout
from tests.charity.spending.world import World, make_world

Act = Callable[[World], object]


@pytest.fixture
def world(fresh_engine: Engine) -> World:
    """A world whose rows are committed, so that several connections see it."""
    with Session(fresh_engine, expire_on_commit=False) as session:
        made = make_world(session)
        session.commit()
        return made


def prepared(engine: Engine, world: World, act: Callable[[World], Expense]) -> int:
    with Session(engine) as session:
        expense_id = act(replace(world, session=session)).id
        session.commit()
        return expense_id


def at_once(engine: Engine, world: World, *acts: Act) -> list[str]:
    """Run each act in a thread and transaction of its own, all starting together."""
    gate = Barrier(len(acts))

    def run(act: Act) -> str:
        gate.wait(timeout=30)
        with Session(engine) as session:
            try:
                act(replace(world, session=session))
                session.commit()
            except DomainError as refused:
                session.rollback()
                return type(refused).__name__
            return "done"

    with ThreadPoolExecutor(len(acts)) as threads:
        return sorted(threads.map(run, acts))


def approving(expense_id: int, actor: Actor) -> Act:
    return lambda world: spending.approve_expense(world.session, actor, expense_id=expense_id)


def paying(expense_id: int, reference: str, actor: Actor | None = None) -> Act:
    return lambda world: world.pay(expense_of(world, expense_id), actor, bank_reference=reference)


def expense_of(world: World, expense_id: int) -> Expense:
    found = world.session.get(Expense, expense_id)
    assert found is not None
    return found


def approved(engine: Engine, world: World) -> int:
    return prepared(engine, world, lambda here: here.expense_in(ExpenseState.APPROVED))


def test_one_person_with_two_accounts_agrees_once(fresh_engine: Engine, world: World) -> None:
    with Session(fresh_engine) as session:
        twin = replace(world, session=session).second_account(
            world.approver, Grant(Role.APPROVER, organisation_id=world.charity_id)
        )
        session.commit()
    expense_id = prepared(fresh_engine, world, lambda here: here.submit())
    results = at_once(
        fresh_engine, world,
        approving(expense_id, world.approver), approving(expense_id, twin),
        approving(expense_id, world.approver), approving(expense_id, twin),
    )  # fmt: skip
    assert results == ["Denied", "Denied", "Denied", "done"]
    with Session(fresh_engine) as session:
        assert session.scalar(select(func.count(ApprovalDecision.id))) == 1
        assert session.get_one(Expense, expense_id).state is ExpenseState.SUBMITTED


def test_three_approvers_at_once_set_the_money_aside_once(
    fresh_engine: Engine, world: World
) -> None:
    expense_id = prepared(fresh_engine, world, lambda here: here.submit())
    approvers = (world.approver, world.second_approver, world.third_approver)
    results = at_once(fresh_engine, world, *(approving(expense_id, actor) for actor in approvers))
    assert results == ["InvalidState", "done", "done"]
    with Session(fresh_engine) as session:
        assert ledger.fund_position(session, world.fund_id).held == Money.yuan(6000)


def test_paying_twice_at_once_is_one_payout(fresh_engine: Engine, world: World) -> None:
    expense_id = approved(fresh_engine, world)
    results = at_once(
        fresh_engine, world, *(paying(expense_id, f"BANK-{number}") for number in range(4))
    )
    assert results == ["InvalidState", "InvalidState", "InvalidState", "done"]
    with Session(fresh_engine) as session:
        assert session.scalar(select(func.count(Payout.expense_id))) == 1
        assert session.scalar(select(func.count(Outflow.id))) == 1
        position = ledger.fund_position(session, world.fund_id)
        assert (position.spent, position.held) == (Money.yuan(6000), ZERO)


def test_one_bank_reference_pays_one_expense(fresh_engine: Engine, world: World) -> None:
    first, second = approved(fresh_engine, world), approved(fresh_engine, world)
    results = at_once(fresh_engine, world, paying(first, "BANK"), paying(second, "BANK"))
    assert results == ["Conflict", "done"]


def test_paying_and_recalling_at_once(fresh_engine: Engine, world: World) -> None:
    expense_id = approved(fresh_engine, world)
    results = at_once(
        fresh_engine,
        world,
        paying(expense_id, "BANK"),
        lambda here: spending.return_expense(
            here.session, here.third_approver, expense_id=expense_id, reason="重来"
        ),
    )
    assert results == ["InvalidState", "done"]
    with Session(fresh_engine) as session:
        position = ledger.fund_position(session, world.fund_id)
        paid = session.get_one(Expense, expense_id).state is ExpenseState.PAID
        assert (position.spent, position.held) == (Money.yuan(6000) if paid else ZERO, ZERO)


def test_an_edit_and_an_agreement_at_once(fresh_engine: Engine, world: World) -> None:
    """Whichever is first: nobody's agreement counts for content that person did not see."""
    expense_id = prepared(fresh_engine, world, lambda here: here.submit())
    at_once(
        fresh_engine,
        world,
        approving(expense_id, world.approver),
        approving(expense_id, world.second_approver),
        lambda here: here.resubmit(expense_of(here, expense_id), amount=Money.yuan(7000)),
    )
    with Session(fresh_engine) as session:
        expense = session.get_one(Expense, expense_id)
        held = ledger.fund_position(session, world.fund_id).held
        agreed = expense.state is ExpenseState.APPROVED
        assert held == (expense.amount if agreed else ZERO)


def test_two_expenses_at_once_do_not_exceed_their_line(fresh_engine: Engine, world: World) -> None:
    ask: Act = lambda here: here.submit(amount=Money.yuan(9000))  # noqa: E731
    assert at_once(fresh_engine, world, ask, ask, ask) == ["Insufficient", "Insufficient", "done"]


def test_one_person_pays_and_accepts_at_once(fresh_engine: Engine, world: World) -> None:
    expense_id = approved(fresh_engine, world)
    with Session(fresh_engine) as session:
        here = replace(world, session=session)
        both = here.second_account(
            world.treasurer, Grant(Role.ACCEPTOR, region_code=here.budget.region_code)
        )
        delivery_id = here.claim().id
        session.commit()
    results = at_once(
        fresh_engine,
        world,
        paying(expense_id, "BANK"),
        lambda here: spending.accept_delivery(here.session, both, delivery_id=delivery_id, note=""),
    )
    assert results == ["Denied", "done"]
    with Session(fresh_engine) as session:
        accepted = session.get_one(Delivery, delivery_id).state is DeliveryState.ACCEPTED
        paid = session.get_one(Expense, expense_id).state is ExpenseState.PAID
        assert accepted is not paid
