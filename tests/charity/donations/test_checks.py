"""Gifts and book tied to each other; what was loosened by hand is named."""

import pytest
from sqlalchemy import update

from charity.donations import checks
from charity.donations.models import Donation, DonationState, Payment, PaymentState
from charity.ledger import services as ledger
from charity.money import Money
from tests.charity.donations.giving import SYSTEM, Giving


@pytest.fixture
def settled(giving: Giving) -> Payment:
    payment = giving.opened()
    giving.apply(giving.gateway.pay(payment.remote_id or ""))
    giving.opened()
    assert checks.verify(giving.session) == []
    return payment


def found(giving: Giving) -> set[tuple[str, str]]:
    return {(problem.check, problem.row) for problem in checks.verify(giving.session)}


def test_a_changed_amount_is_named(giving: Giving, settled: Payment) -> None:
    change = update(Payment).where(Payment.id == settled.id).values(amount=Money.yuan(201))
    giving.session.execute(change)
    assert found(giving) == {
        ("payment_entry", f"payment:{settled.id}"),
        ("gift_payment", f"donation:{settled.donation_id}"),
    }


def test_a_payment_that_says_it_came_is_named(giving: Giving, settled: Payment) -> None:
    other = giving.opened()
    change = update(Payment).where(Payment.id == other.id).values(state=PaymentState.SUCCEEDED)
    giving.session.execute(change)
    assert found(giving) == {
        ("payment_entry", f"payment:{other.id}"),
        ("gift_payment", f"donation:{other.donation_id}"),
    }


def test_a_payment_that_says_it_never_came_is_named(giving: Giving, settled: Payment) -> None:
    change = update(Payment).where(Payment.id == settled.id).values(state=PaymentState.OPEN)
    giving.session.execute(change)
    assert ("gift_payment", f"donation:{settled.donation_id}") in found(giving)


@pytest.mark.parametrize(
    "values", [{"state": DonationState.PENDING}, {"entry_id": None}], ids=["state", "entry"]
)
def test_a_gift_cut_from_its_entry_is_named(
    giving: Giving, settled: Payment, values: dict[str, object]
) -> None:
    entry_id = settled.donation.entry_id
    change = update(Donation).where(Donation.id == settled.donation_id).values(**values)
    giving.session.execute(change)
    assert ("entry_payment", f"entry:{entry_id}") in found(giving)


def test_an_entry_without_a_payment_is_named(giving: Giving, settled: Payment) -> None:
    entry = ledger.post_gift(
        giving.session,
        SYSTEM,
        fund_id=giving.campaign.fund_id,
        amount=Money.yuan(5),
        source="payment:999999:succeeded",
        occurred_on=settled.created_at.date(),
        giver=ledger.Giver(key="nobody", kind="individual"),
    )
    assert found(giving) == {("entry_payment", f"entry:{entry.id}")}
