"""What Stripe tells of refunds, disputes and fees, read strictly (see `notices`)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from charity.donations import notices
from charity.donations.gateway import NoticeKind, RemoteRefundState, UnreadableNotice
from charity.money import ZERO, Money


def event(kind: str, subject: dict[str, object]) -> bytes:
    """An event of this type about this object."""
    return json.dumps(
        {"id": "evt_1", "type": kind, "livemode": True, "data": {"object": subject}}
    ).encode()


def refund(**changed: object) -> dict[str, object]:
    """Stripe's refund object."""
    return {
        "id": "re_1",
        "object": "refund",
        "amount": 5000,
        "currency": "cny",
        "payment_intent": "pi_1",
        "status": "succeeded",
        "metadata": {"key": "refund:7"},
        **changed,
    }


def dispute(**changed: object) -> dict[str, object]:
    """Stripe's dispute object."""
    return {
        "id": "dp_1",
        "object": "dispute",
        "amount": 20000,
        "currency": "cny",
        "payment_intent": "pi_1",
        "status": "needs_response",
        "balance_transactions": [],
        **changed,
    }


@pytest.mark.parametrize("kind", ["refund.created", "refund.updated", "charge.refund.updated"])
@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("succeeded", NoticeKind.REFUNDED),
        ("failed", NoticeKind.REFUND_FAILED),
        ("canceled", NoticeKind.REFUND_FAILED),
        ("pending", NoticeKind.OTHER),
        ("requires_action", NoticeKind.OTHER),
        ("of a later version", NoticeKind.OTHER),
    ],
)
def test_a_refund_is_told_by_its_own_state(kind: str, status: str, said: NoticeKind) -> None:
    notice = notices.stripe_event(event(kind, refund(status=status)))
    assert notice.kind is said
    assert (notice.subject_id, notice.intent_id) == ("re_1", "pi_1")
    assert (notice.amount, notice.currency) == (Money(5000), "CNY")
    assert (notice.key, notice.livemode, notice.remote_id) == ("refund:7", True, None)


def test_one_of_the_gateways_own_office_has_no_key_and_a_charge_may_come_whole() -> None:
    notice = notices.stripe_event(
        event("refund.updated", refund(metadata={}, payment_intent={"id": "pi_2"}))
    )
    assert (notice.key, notice.intent_id) == (None, "pi_2")


def test_the_sum_of_a_charge_is_no_result() -> None:
    said = notices.stripe_event(event("charge.refunded", {"id": "ch_1", "amount_refunded": 5000}))
    assert said.kind is NoticeKind.OTHER


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("needs_response", NoticeKind.DISPUTE_OPENED),
        ("under_review", NoticeKind.DISPUTE_OPENED),
        ("warning_needs_response", NoticeKind.DISPUTE_OPENED),
        ("won", NoticeKind.DISPUTE_WON),
        ("warning_closed", NoticeKind.DISPUTE_WON),
        ("lost", NoticeKind.DISPUTE_LOST),
    ],
)
def test_a_dispute_is_told_by_its_own_state(status: str, said: NoticeKind) -> None:
    for kind in ("charge.dispute.created", "charge.dispute.closed", "charge.dispute.updated"):
        notice = notices.stripe_event(event(kind, dispute(status=status)))
        assert (notice.kind, notice.subject_id) == (said, "dp_1")


@pytest.mark.parametrize(
    ("moved", "fee"),
    [
        ([], 0),
        ([{"amount": -20000, "currency": "cny", "fee": 1500}], 1500),
        (
            [
                {"amount": -20000, "currency": "cny", "fee": 1500},
                {"amount": 20000, "currency": "cny", "fee": -1500},
            ],
            0,
        ),
        # 216.00 in the other currency stood for 200.00, so 15.00 of it is 13.89, rounded half up.
        ([{"amount": -21600, "currency": "hkd", "fee": 1500}], 1389),
        ([{"amount": -21600, "currency": "hkd", "fee": 0}], 0),
    ],
)
def test_a_disputes_fee_is_what_was_kept(moved: list[dict[str, object]], fee: int) -> None:
    notice = notices.stripe_event(
        event("charge.dispute.created", dispute(balance_transactions=moved))
    )
    assert notice.fee == Money(fee)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": None},
        {"amount": "200"},
        {"amount": -1},
        {"id": None},
        {"status": None},
        {"balance_transactions": "none"},
        {"balance_transactions": [1]},
        {"balance_transactions": [{"amount": 1.5, "fee": 1, "currency": "cny"}]},
        {"balance_transactions": [{"amount": 0, "fee": 1, "currency": "hkd"}]},
        {"balance_transactions": [{"amount": 10**20, "fee": 10**20, "currency": "cny"}]},
    ],
)
def test_a_riddle_about_a_dispute_is_unreadable(wrong: dict[str, object]) -> None:
    with pytest.raises(UnreadableNotice):
        notices.stripe_event(event("charge.dispute.created", dispute(**wrong)))


@pytest.mark.parametrize("wrong", [{"amount": None}, {"id": ""}, {"payment_intent": 5}])
def test_a_riddle_about_a_refund_is_unreadable(wrong: dict[str, object]) -> None:
    with pytest.raises(UnreadableNotice):
        notices.stripe_event(event("refund.updated", refund(**wrong)))


def test_a_refunds_answer_is_read() -> None:
    answer = notices.stripe_refund(refund(status="pending"))
    assert (answer.remote_id, answer.state) == ("re_1", RemoteRefundState.PENDING)


def session(charge: object) -> dict[str, object]:
    """A checkout whose charge came with it."""
    return {
        "id": "cs_1",
        "status": "complete",
        "payment_status": "paid",
        "amount_total": 20000,
        "currency": "cny",
        "livemode": False,
        "client_reference_id": "payment:1",
        "payment_intent": {"id": "pi_1", "latest_charge": charge},
    }


def test_the_fee_and_the_day_stand_in_the_charge() -> None:
    charge = {
        "amount": 20000,
        "amount_refunded": 700,
        "paid": True,
        "created": 1_773_626_400,
        "balance_transaction": {"amount": 20000, "currency": "cny", "fee": 880},
    }
    assert notices.stripe_fee(session(charge)) == Money(880)
    assert notices.charged_at(session(charge)) == datetime(2026, 3, 16, 2, tzinfo=UTC)
    status = notices.checkout_session(session(charge))
    assert (status.intent_id, status.refunded) == ("pi_1", Money(700))


@pytest.mark.parametrize("charge", [None, "ch_1", {"amount": 20000, "paid": False}])
def test_what_is_not_there_yet_is_not_known(charge: object) -> None:
    assert notices.stripe_fee(session(charge)) is None
    assert notices.charged_at(session(charge)) is None
    assert notices.checkout_session(session(charge)).refunded == ZERO


@pytest.mark.parametrize("created", [-1, 10**12, "now", None, 1.5, True])
def test_a_day_that_cannot_be_is_unreadable(created: object) -> None:
    with pytest.raises(UnreadableNotice):
        notices.charged_at(session({"paid": True, "created": created}))
