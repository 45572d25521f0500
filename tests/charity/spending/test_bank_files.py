"""Files for the bank: what goes into one, once, and how it is paid."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.actor import Actor, Grant, Role
from charity.errors import CommonReason, Conflict, Denied, DomainError, Invalid, NotFound
from charity.ledger import queries as ledger
from charity.money import ZERO, Money
from charity.spending import queries
from charity.spending import services as spending
from charity.spending.models import Expense, ExpenseState, PaymentBatch
from charity.spending.paying_reasons import PayingReason
from charity.spending.services import BankLine
from tests.charity.spending.world import World, make_actor, make_world
from tests.conftest import SetClock
from tests.fixtures.papers import paper


@pytest.fixture
def world(session: Session, clock: SetClock) -> World:
    return make_world(session)


def refused(act: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value


def agreed(world: World, yuan: int = 100, **changes: object) -> Expense:
    expense = world.submit(amount=Money.yuan(yuan), **changes)
    world.approve(expense, world.approver)
    return world.approve(expense, world.second_approver)


def write(lines: Sequence[BankLine]) -> bytes:
    rows = [f"{each.number},{each.payee_account},{each.amount.fen}" for each in lines]
    return "\n".join(rows).encode()


def make(
    world: World, *expenses: Expense, actor: Actor | None = None, charity_id: int | None = None
) -> PaymentBatch:
    return spending.make_bank_file(
        world.session,
        actor or world.treasurer,
        charity_id=charity_id or world.charity_id,
        expense_ids=[each.id for each in expenses],
        file_format="csv",
        write=write,
        files=world.files,
    )


def pay(world: World, batch: PaymentBatch, *expenses: Expense, **changes: object) -> object:
    form = {
        "batch_id": batch.id,
        "paid_on": house_clock.today(),
        "references": {each.id: f"REF-{each.id}" for each in expenses},
        "files": world.files,
    }
    return spending.pay_bank_file(world.session, world.treasurer, **form | changes)  # type: ignore[arg-type]


def test_many_are_written_paid_and_proved_together(world: World) -> None:
    first, second = agreed(world, 100), agreed(world, 250)
    assert queries.payable(world.session, [world.charity_id]) == [first, second]
    batch = make(world, second, first, first)
    assert (batch.count, batch.total) == (2, Money.yuan(350))
    kept = world.files.get(batch.file_hash)
    assert kept == b"1,6222000011112222,10000\n2,6222000011112222,25000"
    assert queries.payable(world.session, [world.charity_id]) == []
    payouts = pay(world, batch, first, second, proof=paper())
    assert isinstance(payouts, list)
    assert len({payout.proof_hash for payout in payouts} - {None}) == 1
    assert {first.state, second.state} == {ExpenseState.PAID}
    position = ledger.fund_position(world.session, world.fund_id)
    assert (position.spent, position.held) == (Money.yuan(350), ZERO)


def test_an_expense_stands_in_one_file(world: World) -> None:
    expense = agreed(world)
    batch = make(world, expense)
    refusal = refused(lambda: make(world, expense))
    assert (type(refusal), refusal.reason) == (Conflict, PayingReason.IN_BANK_FILE)
    # and cannot be sent back behind the bank's back
    refusal = refused(
        lambda: spending.return_expense(
            world.session, world.approver, expense_id=expense.id, reason="重来"
        )
    )
    assert refusal.reason is PayingReason.IN_BANK_FILE
    spending.withdraw_bank_file(world.session, world.treasurer, batch_id=batch.id)
    again = make(world, expense)
    assert queries.standing_item(world.session, expense.id).batch_id == again.id  # type: ignore[union-attr]
    for act in (
        lambda: pay(world, batch, expense),
        lambda: spending.withdraw_bank_file(world.session, world.treasurer, batch_id=batch.id),
    ):
        assert refused(act).reason is PayingReason.FILE_WITHDRAWN


def test_the_bank_refused_one_line(world: World) -> None:
    good, bad = agreed(world, 100), agreed(world, 200)
    batch = make(world, good, bad)
    pay(world, batch, good)
    refusal = refused(
        lambda: spending.withdraw_bank_file(world.session, world.treasurer, batch_id=batch.id)
    )
    assert refusal.reason is PayingReason.FILE_PARTLY_PAID
    take_out = {"batch_id": batch.id, "expense_id": bad.id}
    spending.take_out_of_bank_file(world.session, world.treasurer, **take_out)
    refusal = refused(
        lambda: spending.take_out_of_bank_file(world.session, world.treasurer, **take_out)
    )
    assert refusal.reason is CommonReason.WRONG_STATE
    refusal = refused(lambda: pay(world, batch, bad))
    assert refusal.reason is PayingReason.NOTHING_CHOSEN
    spending.return_expense(world.session, world.treasurer, expense_id=bad.id, reason="账号不对")
    assert bad.state is ExpenseState.RETURNED


def test_what_does_not_go_into_a_file(world: World) -> None:
    waiting = world.submit(amount=Money.yuan(10))
    cash = agreed(world, 20, is_cash=True)
    for expenses, reason in (
        ((), PayingReason.NOTHING_CHOSEN),
        ((waiting,), PayingReason.NOT_PAYABLE),
        ((cash,), PayingReason.CASH_IN_FILE),
    ):
        refusal = refused(lambda chosen=expenses: make(world, *chosen))  # type: ignore[misc]
        assert (type(refusal), refusal.field, refusal.reason) == (Invalid, "expenses", reason)
    good = agreed(world, 30)
    refusal = refused(lambda: make(world, good, charity_id=world.other_id))
    assert isinstance(refusal, Denied)
    elsewhere = make_actor(
        world.session, "elsewhere", Grant(Role.TREASURER, organisation_id=world.other_id)
    )
    refusal = refused(lambda: make(world, good, actor=elsewhere, charity_id=world.other_id))
    assert refusal.reason is PayingReason.NOT_PAYABLE
    resting = agreed(world, 40, payee_account="11112222")
    assert refused(lambda: make(world, resting)).reason is PayingReason.ACCOUNT_RESTS


@pytest.mark.parametrize(
    "name", ["submitter", "approver", "acceptor", "reviewer", "auditor", "stranger"]
)
def test_who_writes_and_pays_bank_files(world: World, name: str) -> None:
    expense = agreed(world)
    actor = getattr(world, name)
    assert isinstance(refused(lambda: make(world, expense, actor=actor)), Denied)
    batch = make(world, expense)
    refusal = refused(lambda: spending.withdraw_bank_file(world.session, actor, batch_id=batch.id))
    insiders = {"approver", "auditor"}
    assert isinstance(refusal, Denied if name in insiders else NotFound)


def test_a1_who_agreed_writes_no_file_with_it(world: World) -> None:
    expense = agreed(world)
    twin = world.second_account(
        world.approver, Grant(Role.TREASURER, organisation_id=world.charity_id)
    )
    assert refused(lambda: make(world, expense, actor=twin)).reason is CommonReason.SAME_PERSON
