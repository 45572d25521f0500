"""What the tables themselves refuse, whatever a program or a hand does behind the verbs."""

from __future__ import annotations

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.approvals import queries as approvals
from charity.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalState
from charity.ledger.models import Entry
from charity.money import Money
from charity.spending.models import (
    BudgetLine,
    Deliverable,
    Delivery,
    Duty,
    Expense,
    ExpenseDuty,
    ExpenseState,
    Payout,
    Voucher,
)
from tests.charity.spending.world import World, make_world

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def refused_by_the_table(world: World, statement: object) -> None:
    with pytest.raises(IntegrityError), world.session.begin_nested():
        world.session.execute(statement)  # type: ignore[call-overload]


def decision(world: World, expense: Expense, person_id: int | None, **changes: object) -> object:
    request = approvals.request_for(world.session, expense.subject)
    assert request is not None
    row: dict[str, object] = {
        "request_id": request.id,
        "user_id": world.stranger.user_id,
        "person_id": person_id,
        "submitter_person_id": request.submitter_person_id,
        "agreed": True,
        "reason": "",
        "content_hash": request.content_hash,
        "decided_at": house_clock.now(),
    }
    return insert(ApprovalDecision).values(**(row | changes))


def test_the_submitter_agrees_to_nothing(world: World) -> None:
    expense = world.submit()
    person = world.submitter.person_id
    refused_by_the_table(world, decision(world, expense, person))
    # nor by saying that somebody else submitted it
    other = {"submitter_person_id": world.stranger.person_id}
    refused_by_the_table(world, decision(world, expense, person, **other))


def test_one_person_decides_once_about_a_request(world: World) -> None:
    expense = world.submit()
    world.approve(expense, world.approver)
    refused_by_the_table(world, decision(world, expense, world.approver.person_id))


def test_nobody_agrees_to_other_content(world: World) -> None:
    expense = world.submit()
    person = world.approver.person_id
    refused_by_the_table(world, decision(world, expense, person, content_hash=bytes(32)))


def test_what_was_agreed_is_not_rewritten(world: World) -> None:
    expense = world.submit()
    world.approve(expense, world.approver)
    for change in ({"content_hash": bytes(32)}, {"submitter_person_id": 10**9}):
        statement = update(ApprovalRequest).where(ApprovalRequest.subject == expense.subject)
        refused_by_the_table(world, statement.values(**change))


def test_one_open_request_a_subject(world: World) -> None:
    expense = world.submit()
    row = {
        "subject": expense.subject,
        "content_hash": bytes(32),
        "quorum": 2,
        "submitter_person_id": world.submitter.person_id,
        "state": ApprovalState.OPEN,
        "opened_at": house_clock.now(),
    }
    refused_by_the_table(world, insert(ApprovalRequest).values(**row))
    refused_by_the_table(world, insert(ApprovalRequest).values(**row | {"state": "void"}))
    other = row | {"subject": "expense:0", "quorum": 0}
    refused_by_the_table(world, insert(ApprovalRequest).values(**other))


@pytest.mark.parametrize("role", ["submitter", "approver"])
@pytest.mark.parametrize("duty", Duty)
def test_one_person_has_one_duty_on_an_expense(world: World, role: str, duty: Duty) -> None:
    expense = world.expense_in(ExpenseState.APPROVED)
    row = {"expense_id": expense.id, "person_id": getattr(world, role).person_id, "duty": duty}
    refused_by_the_table(world, insert(ExpenseDuty).values(**row))


def payout(world: World, expense: Expense, person_id: int | None, **changes: object) -> object:
    row: dict[str, object] = {
        "expense_id": expense.id,
        "paid_on": house_clock.today(),
        "bank_reference": "RAW-1",
        "paid_by_user_id": world.stranger.user_id,
        "payer_person_id": person_id,
        "duty": Duty.PAY,
        "paid_at": house_clock.now(),
        # an entry that is there and pays for nothing yet, so that only the duty is in the way
        "entry_id": world.session.scalar(select(func.min(Entry.id))),
    }
    return insert(Payout).values(**(row | changes))


@pytest.mark.parametrize("role", ["submitter", "approver", "second_approver", "stranger"])
@pytest.mark.parametrize("duty", Duty)
def test_nobody_pays_without_the_duty_of_paying(world: World, role: str, duty: Duty) -> None:
    expense = world.expense_in(ExpenseState.APPROVED)
    person = getattr(world, role).person_id
    refused_by_the_table(world, payout(world, expense, person, duty=duty))


def test_an_expense_is_paid_once_and_a_reference_used_once(world: World) -> None:
    paid = world.expense_in(ExpenseState.PAID)
    other = world.expense_in(ExpenseState.APPROVED)
    row = {"expense_id": other.id, "person_id": world.treasurer.person_id, "duty": Duty.PAY}
    world.session.execute(insert(ExpenseDuty).values(**row))
    person = world.treasurer.person_id
    assert paid.payout is not None
    entry = {"entry_id": paid.payout.entry_id}
    refused_by_the_table(world, payout(world, paid, person))
    refused_by_the_table(world, payout(world, other, person, bank_reference=f"BANK-{paid.id}"))
    refused_by_the_table(world, payout(world, other, person, **entry))
    world.session.execute(payout(world, other, person))  # type: ignore[call-overload]


def test_amounts_units_and_evidence(world: World) -> None:
    expense = world.submit()
    of_expense = update(Expense).where(Expense.id == expense.id)
    refused_by_the_table(world, of_expense.values(amount=Money(0)))
    refused_by_the_table(world, of_expense.values(units=0))
    refused_by_the_table(world, of_expense.values(units=None))
    refused_by_the_table(world, of_expense.values(deliverable_id=None))
    refused_by_the_table(world, update(BudgetLine).values(amount=Money(0)))
    refused_by_the_table(world, update(Deliverable).values(target=0))
    refused_by_the_table(world, update(Deliverable).values(unit_cost=Money(-1)))
    voucher = expense.vouchers[0]
    again = insert(Voucher).values(
        expense_id=expense.id, file_hash=voucher.file_hash, media_type="image/jpeg",
        width=1, height=1, added_at=house_clock.now(),
    )  # fmt: skip
    refused_by_the_table(world, again)


def test_who_claims_does_not_accept(world: World) -> None:
    delivery = world.claim()
    of_delivery = update(Delivery).where(Delivery.id == delivery.id)
    accepted = {
        "state": "accepted",
        "decided_by_user_id": world.acceptor.user_id,
        "decided_by_person_id": world.submitter.person_id,
        "decided_at": house_clock.now(),
    }
    refused_by_the_table(world, of_delivery.values(**accepted))
    by_nobody = {**accepted, "decided_by_person_id": None}
    refused_by_the_table(world, of_delivery.values(**by_nobody))
    undecided = {**accepted, "decided_by_person_id": world.acceptor.person_id, "state": "claimed"}
    refused_by_the_table(world, of_delivery.values(**undecided))
    refused_by_the_table(world, of_delivery.values(units=0))
