"""Every pair of states: the table allows it or `move_to` refuses."""

import enum
from itertools import product

import pytest

from charity.donations.models import (
    BATCH_TRANSITIONS,
    COUNTING,
    DISPUTE_TRANSITIONS,
    DONATION_TRANSITIONS,
    EVENT_TRANSITIONS,
    GONE,
    PAYMENT_TRANSITIONS,
    REFUND_TRANSITIONS,
    Dispute,
    DisputeState,
    Donation,
    DonationState,
    EventOutcome,
    GatewayEvent,
    Payment,
    PaymentState,
    Refund,
    RefundBatch,
    RefundBatchState,
    RefundState,
)
from charity.errors import CommonReason, InvalidState

D, P, E = DonationState, PaymentState, EventOutcome
R, B, Q = RefundState, RefundBatchState, DisputeState

DONATION_STEPS = {
    (D.PENDING, D.SETTLED),
    (D.PENDING, D.CANCELLED),
    (D.CANCELLED, D.SETTLED),
    (D.SETTLED, D.REFUNDED),
    (D.REFUNDED, D.SETTLED),
}
PAYMENT_STEPS = {
    (P.CREATED, P.OPEN),
    (P.CREATED, P.EXPIRED),
    (P.CREATED, P.FAILED),
    (P.CREATED, P.SUCCEEDED),
    (P.OPEN, P.EXPIRED),
    (P.OPEN, P.FAILED),
    (P.OPEN, P.SUCCEEDED),
    (P.EXPIRED, P.FAILED),
    (P.EXPIRED, P.SUCCEEDED),
    (P.FAILED, P.SUCCEEDED),
}
EVENT_STEPS = {
    (E.WAITING, E.APPLIED),
    (E.WAITING, E.IGNORED),
    (E.WAITING, E.QUARANTINED),
    (E.WAITING, E.SET_ASIDE),
    (E.QUARANTINED, E.RESOLVED),
    (E.SET_ASIDE, E.WAITING),
    (E.SET_ASIDE, E.RESOLVED),
}
REFUND_STEPS = {
    (R.REQUESTED, R.APPROVED),
    (R.REQUESTED, R.CANCELLED),
    (R.APPROVED, R.SENT),
    (R.APPROVED, R.CANCELLED),
    (R.SENT, R.SUCCEEDED),
    (R.SENT, R.FAILED),
    (R.SUCCEEDED, R.FAILED),
}
BATCH_STEPS = {
    (B.REQUESTED, B.RUNNING),
    (B.REQUESTED, B.CANCELLED),
    (B.RUNNING, B.STOPPED),
    (B.RUNNING, B.FINISHED),
    (B.STOPPED, B.RUNNING),
    (B.STOPPED, B.CANCELLED),
}
DISPUTE_STEPS = {(Q.OPEN, Q.WON), (Q.OPEN, Q.LOST)}


@pytest.mark.parametrize(("old", "new"), list(product(DonationState, repeat=2)))
def test_a_donation_moves_as_its_table_says(old: DonationState, new: DonationState) -> None:
    donation = Donation(state=old)
    _moves(donation, "state", old, new, allowed=(old, new) in DONATION_STEPS)


@pytest.mark.parametrize(("old", "new"), list(product(PaymentState, repeat=2)))
def test_a_payment_moves_as_its_table_says(old: PaymentState, new: PaymentState) -> None:
    payment = Payment(state=old)
    _moves(payment, "state", old, new, allowed=(old, new) in PAYMENT_STEPS)


@pytest.mark.parametrize(("old", "new"), list(product(EventOutcome, repeat=2)))
def test_a_message_is_closed_once(old: EventOutcome, new: EventOutcome) -> None:
    event = GatewayEvent(outcome=old)
    _moves(event, "outcome", old, new, allowed=(old, new) in EVENT_STEPS)


@pytest.mark.parametrize(("old", "new"), list(product(RefundState, repeat=2)))
def test_a_refund_moves_as_its_table_says(old: RefundState, new: RefundState) -> None:
    _moves(Refund(state=old), "state", old, new, allowed=(old, new) in REFUND_STEPS)


@pytest.mark.parametrize(("old", "new"), list(product(RefundBatchState, repeat=2)))
def test_a_batch_moves_as_its_table_says(old: RefundBatchState, new: RefundBatchState) -> None:
    _moves(RefundBatch(state=old), "state", old, new, allowed=(old, new) in BATCH_STEPS)


@pytest.mark.parametrize(("old", "new"), list(product(DisputeState, repeat=2)))
def test_a_dispute_is_decided_once(old: DisputeState, new: DisputeState) -> None:
    _moves(Dispute(state=old), "state", old, new, allowed=(old, new) in DISPUTE_STEPS)


def test_what_is_gone_counts() -> None:
    assert GONE < COUNTING


def test_the_tables_speak_of_every_state() -> None:
    assert set(DONATION_TRANSITIONS) == set(DonationState)
    assert set(PAYMENT_TRANSITIONS) == set(PaymentState)
    assert set(EVENT_TRANSITIONS) == set(EventOutcome)
    assert set(REFUND_TRANSITIONS) == set(RefundState)
    assert set(BATCH_TRANSITIONS) == set(RefundBatchState)
    assert set(DISPUTE_TRANSITIONS) == set(DisputeState)


def test_an_attempt_only_rises() -> None:
    order = [P.CREATED, P.OPEN, P.EXPIRED, P.FAILED, P.SUCCEEDED]
    for old, new in PAYMENT_STEPS:
        assert order.index(old) < order.index(new)


def _moves(
    row: Donation | Payment | GatewayEvent | Refund | RefundBatch | Dispute,
    name: str,
    old: enum.StrEnum,
    new: enum.StrEnum,
    *,
    allowed: bool,
) -> None:
    if allowed:
        row.move_to(new)  # type: ignore[arg-type]
        assert getattr(row, name) is new
        return
    with pytest.raises(InvalidState) as refused:
        row.move_to(new)  # type: ignore[arg-type]
    assert refused.value.reason is CommonReason.WRONG_STATE
    assert getattr(row, name) is old
