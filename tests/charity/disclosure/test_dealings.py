"""Payments the public is told of: to related parties, and major ones."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.approvals.models import Requirement, RequirementKind, RequirementState
from charity.disclosure import queries, services
from charity.disclosure.models import DisclosureKind
from charity.disclosure.queries.snapshots import computed
from charity.money import Money
from charity.spending.models import Expense, ExpenseState
from tests.charity.spending.world import SYSTEM, World, make_world
from tests.conftest import SetClock


@pytest.fixture
def world(session: Session, clock: SetClock) -> World:
    return make_world(session)


def owed(world: World, expense: Expense) -> dict[str, date]:
    """What one payment owes, by rule."""
    services.raise_duties(world.session, SYSTEM, on=house_clock.today())
    found = queries.duties_of(world.session, subject=expense.subject)
    return {duty.rule_id: duty.due_on for duty in found}


def test_dis_206_cha_167_a_payment_to_a_related_party_is_told(world: World) -> None:
    session, expense = world.session, world.expense_in(ExpenseState.PAID)
    review = Requirement(
        subject=expense.subject,
        kind=RequirementKind.CONFLICT_REVIEW,
        rule_id="CHA-144",
        before=True,
        state=RequirementState.OPEN,
        opened_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    session.add(review)
    session.flush()
    assert owed(world, expense) == {}
    review.met_at, review.state = datetime(2026, 3, 2, tzinfo=UTC), RequirementState.MET
    session.flush()
    assert expense.payout is not None
    assert owed(world, expense) == {"DIS-206": expense.payout.paid_on + timedelta(days=30)}
    [duty] = queries.duties_of(session, subject=expense.subject)
    figures = computed(session, duty)
    assert duty.kind is DisclosureKind.RELATED_DEALING
    assert figures["amount_fen"] == expense.amount.fen
    assert expense.payee_name not in str(figures)


@pytest.mark.rule("DIS-205.major")
def test_dis_205_a_major_payment_is_told(world: World) -> None:
    expense = world.expense_in(ExpenseState.PAID)
    expense.amount = Money.yuan(500_000) - Money(1)
    world.session.flush()
    assert owed(world, expense) == {}
    expense.amount = Money.yuan(500_000)
    world.session.flush()
    assert set(owed(world, expense)) == {"DIS-205"}


def test_a_project_s_snapshot_is_counted_from_its_book(world: World) -> None:
    world.expense_in(ExpenseState.PAID)
    services.raise_duties(world.session, SYSTEM, on=house_clock.today() + timedelta(days=200))
    duty, *_ = [
        each
        for each in queries.duties_of(world.session, subject=f"fund:{world.fund_id}")
        if each.kind is DisclosureKind.PROJECT_PROGRESS
    ]
    figures = computed(world.session, duty)
    lines = figures["lines"]
    assert figures["spent_fen"] == sum(line["spent_fen"] for line in lines) > 0
    assert figures["spent_fen"] + figures["unspent_fen"] == Money.yuan(20_000).fen
    assert [row["accepted"] for row in figures["delivered"]]
