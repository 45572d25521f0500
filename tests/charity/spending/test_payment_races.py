"""Sixteen doors at one moment: an expense is paid once, stands in one file, changes no more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.ledger import queries as ledger
from charity.ledger.models import Outflow
from charity.money import ZERO, Money
from charity.spending import services as spending
from charity.spending.models import (
    Expense,
    ExpenseState,
    PayeeAccount,
    PaymentBatch,
    PaymentBatchItem,
    Payout,
)
from tests.charity.spending.test_races import Act, approved, at_once, expense_of, paying, prepared
from tests.charity.spending.world import World, make_world

DOORS = 16


@pytest.fixture
def world(fresh_engine: Engine) -> World:
    """A world whose rows are committed, so that several connections see it."""
    with Session(fresh_engine, expire_on_commit=False) as session:
        made = make_world(session)
        session.commit()
        return made


def filing(world: World, *expense_ids: int) -> PaymentBatch:
    return spending.make_bank_file(
        world.session, world.treasurer, charity_id=world.charity_id, expense_ids=expense_ids,
        file_format="csv", write=lambda lines: repr(lines).encode(), files=world.files,
    )  # fmt: skip


def paid_by_file(batch_id: int, expense_id: int, reference: str) -> Act:
    return lambda world: spending.pay_bank_file(
        world.session, world.treasurer, batch_id=batch_id, paid_on=clock.today(),
        references={expense_id: reference}, files=world.files,
    )  # fmt: skip


def test_sixteen_doors_pay_one_expense_once(fresh_engine: Engine, world: World) -> None:
    """Half by hand, half by the bank's file; the one beside it (the control) is paid as well."""
    first, control = approved(fresh_engine, world), approved(fresh_engine, world)
    with Session(fresh_engine) as session:
        batch_id = filing(replace(world, session=session), first).id
        session.commit()
    doors = [
        paying(first, f"BANK-{number}")
        if number % 2
        else paid_by_file(batch_id, first, f"FILE-{number}")
        for number in range(DOORS)
    ]
    results = at_once(fresh_engine, world, *doors, paying(control, "CONTROL"))
    assert results == ["InvalidState"] * (DOORS - 1) + ["done"] * 2
    with Session(fresh_engine) as session:
        assert session.scalar(select(func.count(Payout.expense_id))) == 2
        assert session.scalar(select(func.count(Outflow.id))) == 2
        position = ledger.fund_position(session, world.fund_id)
        assert (position.spent, position.held) == (Money.yuan(12_000), ZERO)


def test_an_agreed_expense_is_not_edited_while_it_is_paid(
    fresh_engine: Engine, world: World
) -> None:
    """What was agreed is what is paid, whoever comes first; alone (the control) an edit is done."""
    expense_id = approved(fresh_engine, world)
    asked = prepared(fresh_engine, world, lambda here: here.submit(amount=Money.yuan(100)))
    edits: list[Act] = [
        lambda here: here.resubmit(expense_of(here, expense_id), amount=Money.yuan(1))
        for _ in range(4)
    ]
    control: Act = lambda here: here.resubmit(  # noqa: E731 - one act among others
        expense_of(here, asked), amount=Money.yuan(200)
    )
    results = at_once(fresh_engine, world, *edits, paying(expense_id, "BANK"), control)
    assert results == ["InvalidState"] * 4 + ["done"] * 2
    with Session(fresh_engine) as session:
        assert session.get_one(Expense, expense_id).state is ExpenseState.PAID
        assert ledger.fund_position(session, world.fund_id).spent == Money.yuan(6000)
        assert session.get_one(Expense, asked).amount == Money.yuan(200)


def test_two_files_at_once_hold_one_expense_once(fresh_engine: Engine, world: World) -> None:
    expense_id = approved(fresh_engine, world)
    results = at_once(
        fresh_engine, world, *(lambda here: filing(here, expense_id) for _ in range(4))
    )
    assert results == ["Conflict", "Conflict", "Conflict", "done"]
    with Session(fresh_engine) as session:
        standing = select(func.count()).where(PaymentBatchItem.is_standing)
        assert session.scalar(standing) == 1


def test_of_two_first_accounts_at_once_one_is_the_change(
    fresh_engine: Engine, world: World
) -> None:
    def asking(account: str) -> Act:
        return lambda here: here.submit(
            amount=Money.yuan(10), payee_name="新店", payee_account=account,
            voucher_number=f"V-{account}",
        )  # fmt: skip

    results = at_once(fresh_engine, world, asking("11110000"), asking("22220000"))
    assert results == ["done", "done"]
    with Session(fresh_engine) as session:
        known = session.scalars(select(PayeeAccount).where(PayeeAccount.payee_name == "新店"))
        assert sorted(each.announced_at is not None for each in known) == [False, True]
