"""RELIABILITY P5 and P10: the real library against a Stripe with state and with bad days."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from charity.donations.gateway import (
    CheckoutOrder,
    GatewayRefused,
    GatewayUnavailable,
    NoticeKind,
    RefundOrder,
    RemoteRefundState,
)
from charity.donations.stripe_gateway import ATTEMPT_SECONDS, RETRIES, StripeGateway
from charity.money import Money
from tests.charity.donations.stripe_double import Day, StripeDouble, running

ORDER = CheckoutOrder(
    key="payment:7",
    amount=Money.yuan(200),
    currency="CNY",
    description="心意",
    return_url="https://wushe.example/donations/token",
    cancel_url="https://wushe.example/projects/7/donate",
    locale="zh",
)


@pytest.fixture
def stripe() -> Iterator[StripeDouble]:
    with running() as server:
        yield server


@pytest.fixture
def gateway(stripe: StripeDouble, monkeypatch: pytest.MonkeyPatch) -> StripeGateway:
    # The pauses between repeats are the library's; only the test of the clock waits for them.
    monkeypatch.setattr("stripe.HTTPClient.INITIAL_DELAY", 0.01)
    return StripeGateway("sk_test_faults", "whsec_faults", stripe.address)


@pytest.mark.parametrize("day", [Day.RESET, Day.LOST, Day.E500, Day.E503, Day.E409])
def test_one_bad_moment_is_got_over_with_the_same_key(
    stripe: StripeDouble, gateway: StripeGateway, day: Day
) -> None:
    stripe.days.append(day)
    checkout = gateway.create_checkout(ORDER)
    assert stripe.requests == [("create", ORDER.key)] * 2
    assert list(stripe.gateway.sessions) == [checkout.remote_id]


@pytest.mark.parametrize("day", [Day.RESET, Day.LOST, Day.E500, Day.E503, Day.E409])
def test_a_bad_day_is_told_and_the_same_key_heals_it(
    stripe: StripeDouble, gateway: StripeGateway, day: Day
) -> None:
    stripe.days.extend([day] * (RETRIES + 1))
    with pytest.raises(GatewayUnavailable):
        gateway.create_checkout(ORDER)
    assert len(stripe.requests) == RETRIES + 1
    checkout = gateway.create_checkout(ORDER)
    assert list(stripe.gateway.sessions) == [checkout.remote_id]


def test_half_an_answer_is_none_and_the_same_key_heals_it(
    stripe: StripeDouble, gateway: StripeGateway
) -> None:
    # The library does not repeat after half an answer; our own next try with the key does.
    stripe.days.append(Day.HALF)
    with pytest.raises(GatewayUnavailable):
        gateway.create_checkout(ORDER)
    checkout = gateway.create_checkout(ORDER)
    assert list(stripe.gateway.sessions) == [checkout.remote_id]


@pytest.mark.parametrize("day", [Day.E429, Day.E401])
def test_what_passes_is_no_refusal(stripe: StripeDouble, gateway: StripeGateway, day: Day) -> None:
    stripe.days.extend([day] * (RETRIES + 1))
    with pytest.raises(GatewayUnavailable):
        gateway.create_checkout(ORDER)
    assert stripe.gateway.sessions == {}


def test_a_definite_no_is_a_refusal(stripe: StripeDouble, gateway: StripeGateway) -> None:
    stripe.days.append(Day.E400)
    with pytest.raises(GatewayRefused):
        gateway.create_checkout(ORDER)
    assert len(stripe.requests) == 1


def test_the_same_key_with_other_content_is_refused(
    stripe: StripeDouble, gateway: StripeGateway
) -> None:
    gateway.create_checkout(ORDER)
    with pytest.raises(GatewayRefused):
        gateway.create_checkout(replace(ORDER, amount=Money.yuan(300)))
    assert len(stripe.gateway.sessions) == 1


def test_nobody_listening_is_unavailable(stripe: StripeDouble) -> None:
    address = stripe.address
    stripe.server_close()
    with pytest.raises(GatewayUnavailable):
        StripeGateway("sk_test_faults", "whsec_faults", address).create_checkout(ORDER)


@pytest.mark.long
def test_a_hanging_gateway_costs_less_than_ten_seconds(stripe: StripeDouble) -> None:
    gateway = StripeGateway("sk_test_faults", "whsec_faults", stripe.address)
    stripe.days.extend([Day.HANG] * (RETRIES + 1))
    started = time.monotonic()
    with pytest.raises(GatewayUnavailable):
        gateway.create_checkout(ORDER)
    assert ATTEMPT_SECONDS * (RETRIES + 1) <= time.monotonic() - started < 10


def test_a_question_is_answered_by_what_happened(
    stripe: StripeDouble, gateway: StripeGateway
) -> None:
    remote_id = gateway.create_checkout(ORDER).remote_id
    assert gateway.fetch(remote_id).kind is NoticeKind.OTHER
    stripe.gateway.pay(remote_id)
    status = gateway.fetch(remote_id)
    assert (status.kind, status.amount, status.currency, status.key) == (
        NoticeKind.SUCCEEDED,
        ORDER.amount,
        "CNY",
        ORDER.key,
    )


def test_a_question_about_nothing_is_refused(gateway: StripeGateway) -> None:
    with pytest.raises(GatewayRefused):
        gateway.fetch("cs_unknown")


@pytest.mark.parametrize("day", [Day.HALF, Day.E503])
def test_a_question_without_answer_is_unavailable(
    stripe: StripeDouble, gateway: StripeGateway, day: Day
) -> None:
    remote_id = gateway.create_checkout(ORDER).remote_id
    stripe.days.extend([day] * (RETRIES + 1))
    with pytest.raises(GatewayUnavailable):
        gateway.fetch(remote_id)


# ── giving back ──────────────────────────────────────────────────────────────────────────────────


def paid(stripe: StripeDouble, gateway: StripeGateway) -> RefundOrder:
    """What is asked of a checkout whose money is there."""
    remote_id = gateway.create_checkout(ORDER).remote_id
    stripe.gateway.pay(remote_id)
    return RefundOrder("refund:7", remote_id, Money.yuan(50), "CNY")


@pytest.mark.parametrize("day", [Day.RESET, Day.LOST, Day.HALF, Day.E500, Day.E503, Day.E409])
def test_a_refund_on_a_bad_day_goes_back_once(
    stripe: StripeDouble, gateway: StripeGateway, day: Day
) -> None:
    order = paid(stripe, gateway)
    # Two requests: the checkout is read, then its money is asked back; the day meets the second.
    good: list[Day | None] = [None]
    for _ in range(2):
        stripe.days.extend([*good, *[day] * (RETRIES + 1)])
        with pytest.raises(GatewayUnavailable):
            gateway.refund(order)
        stripe.days.clear()
    answer = gateway.refund(order)
    assert (answer.state, answer.amount) == (RemoteRefundState.SUCCEEDED, order.amount)
    assert gateway.refund(order) == answer
    assert len(stripe.gateway.refunds) == 1


def test_more_than_was_paid_is_a_definite_no(stripe: StripeDouble, gateway: StripeGateway) -> None:
    order = paid(stripe, gateway)
    with pytest.raises(GatewayRefused):
        gateway.refund(replace(order, amount=Money.yuan(201)))
    assert stripe.gateway.refunds == {}
