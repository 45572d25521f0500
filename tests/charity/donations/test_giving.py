"""Beginning a gift, opening attempts, recording answers: what is stored and what is refused."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from charity.actor import Actor
from charity.donations import queries, services
from charity.donations.models import (
    Donation,
    DonationState,
    GiverKind,
    Payment,
    PaymentState,
)
from charity.donations.reasons import DonationsReason
from charity.errors import (
    CommonReason,
    Conflict,
    Denied,
    DomainError,
    Invalid,
    InvalidState,
    NotFound,
)
from charity.money import Money
from charity.registry.models import CampaignState
from charity.registry.reasons import RegistryReason
from tests.charity.donations.giving import AMOUNT, GUEST, Giving
from tests.conftest import SetClock
from tests.fakes import FakeGateway, Fault

_UUID = "a3bb189e-8bf9-4888-9912-ace4e6543002"


def refused(error: type[DomainError], giving: Giving, **changed: object) -> DomainError:
    """The refusal of a gift, which leaves no row behind."""
    with pytest.raises(error) as raised:
        giving.begin(**changed)  # type: ignore[arg-type]
    assert giving.session.scalar(select(func.count()).select_from(Donation)) == 0
    return raised.value


def count(giving: Giving, table: type[Donation | Payment]) -> int:
    return giving.session.scalar(select(func.count()).select_from(table)) or 0


# ── beginning ────────────────────────────────────────────────────────────────────────────────────


def test_a_gift_begins_with_its_first_attempt(giving: Giving) -> None:
    donation = giving.begin(contact=" 138 0000 0000 ", message="加油\n\t乡亲们\x00")
    assert donation.state is DonationState.PENDING
    assert donation.amount == AMOUNT
    assert (donation.contact, donation.message) == ("138 0000 0000", "加油 乡亲们")
    assert len(donation.trail_token) == 43
    (payment,) = donation.payments
    assert payment.state is PaymentState.CREATED
    assert (payment.amount, payment.currency, payment.livemode) == (AMOUNT, "CNY", False)
    assert payment.key == f"payment:{payment.id}"
    assert giving.entries() == giving.told() == 0


def test_the_secret_of_the_page_may_be_given(giving: Giving) -> None:
    assert giving.begin(token="t" * 43).trail_token == "t" * 43
    tokens = {giving.begin().trail_token for _ in range(20)}
    assert len(tokens) == 20


@pytest.mark.parametrize("fen", [100, 101, 99_999_999, 100_000_000])
def test_one_yuan_to_a_million_is_taken(giving: Giving, fen: int) -> None:
    assert giving.begin(Money(fen)).amount == Money(fen)


@pytest.mark.parametrize("fen", [-100, 0, 1, 99, 100_000_001, 10**12])
def test_less_and_more_is_refused(giving: Giving, fen: int) -> None:
    error = refused(Invalid, giving, amount=Money(fen))
    assert (error.reason, error.field) == (DonationsReason.AMOUNT_RANGE, "amount")
    assert error.params == {"least": Money.yuan(1), "most": Money.yuan(1_000_000)}


@pytest.mark.parametrize("mode", ["listing", "designated_platform", ""])
def test_an_operator_without_certificate_takes_no_money(giving: Giving, mode: str) -> None:
    error = refused(Denied, giving, operator_mode=mode)
    assert error.reason is DonationsReason.OPERATOR_MODE


@pytest.mark.parametrize("client_id", ["", "1", "x" * 36, _UUID.upper(), f"{_UUID}\n"])
def test_the_form_carries_a_uuid(giving: Giving, client_id: str) -> None:
    error = refused(Invalid, giving, client_id=client_id)
    assert (error.reason, error.field) == (DonationsReason.CLIENT_ID, "client_id")


@pytest.mark.parametrize(
    ("field", "most"), [("giver_name", 60), ("contact", 120), ("message", 200)]
)
def test_texts_have_an_end(giving: Giving, field: str, most: int) -> None:
    error = refused(Invalid, giving, **{field: "张" * (most + 1)})
    assert (error.reason, error.field) == (CommonReason.TOO_LONG, field)
    assert getattr(giving.begin(**{field: "张" * most}), field) == "张" * most  # type: ignore[arg-type]


def test_no_campaign_no_gift(giving: Giving) -> None:
    refused(NotFound, giving, campaign_id=giving.campaign.id + 1)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (datetime(2026, 1, 31, 15, 59, tzinfo=UTC), RegistryReason.CAMPAIGN_NOT_STARTED),
        (datetime(2026, 11, 30, 16, 0, tzinfo=UTC), RegistryReason.CAMPAIGN_ENDED),
    ],
)
def test_outside_its_days_in_china_a_campaign_takes_nothing(
    giving: Giving, clock: SetClock, day: datetime, reason: RegistryReason
) -> None:
    clock.set(day)
    assert refused(Denied, giving).reason is reason


@pytest.mark.parametrize(
    "day",
    [datetime(2026, 1, 31, 16, 0, tzinfo=UTC), datetime(2026, 11, 30, 15, 59, tzinfo=UTC)],
)
def test_on_its_first_and_last_day_it_does(giving: Giving, clock: SetClock, day: datetime) -> None:
    clock.set(day)
    assert giving.begin().id


def test_an_ended_campaign_takes_nothing(giving: Giving) -> None:
    giving.campaign.state = CampaignState.ENDED
    assert refused(Denied, giving).reason is RegistryReason.CAMPAIGN_ENDED


def test_a_charity_without_certificate_takes_nothing(giving: Giving) -> None:
    giving.campaign.charity.certificate_until = datetime(2026, 3, 15, tzinfo=UTC).date()
    assert refused(Denied, giving).reason is RegistryReason.CERTIFICATE_NOT_IN_FORCE


# ── the same form twice ──────────────────────────────────────────────────────────────────────────


def test_the_same_form_twice_is_one_gift(giving: Giving) -> None:
    client_id = str(uuid.uuid4())
    first = giving.begin(client_id=client_id)
    again = giving.begin(client_id=client_id)
    assert again.id == first.id
    assert again.trail_token == first.trail_token
    assert (count(giving, Donation), count(giving, Payment)) == (1, 1)


def test_the_same_form_after_the_campaign_shows_the_gift(giving: Giving, clock: SetClock) -> None:
    client_id = str(uuid.uuid4())
    first = giving.begin(client_id=client_id)
    clock.advance(days=400)
    assert giving.begin(client_id=client_id) is first


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": Money.yuan(201)},
        {"giver_kind": GiverKind.ENTERPRISE},
        {"giver_name": "李四"},
        {"name_is_public": False},
        {"contact": "a@example.org"},
        {"message": "别的话"},
    ],
)
def test_the_same_id_with_another_gift_is_a_conflict(
    giving: Giving, changed: dict[str, object]
) -> None:
    client_id = str(uuid.uuid4())
    giving.begin(client_id=client_id)
    with pytest.raises(Conflict) as raised:
        giving.begin(client_id=client_id, **changed)  # type: ignore[arg-type]
    assert raised.value.reason is DonationsReason.SAME_ID_OTHER_GIFT


# ── attempts ─────────────────────────────────────────────────────────────────────────────────────


def test_while_an_attempt_is_open_no_second_one_is_made(giving: Giving) -> None:
    donation = giving.begin()
    giving.check_out(donation.payments[0])
    again = services.open_payment(
        giving.session, GUEST, donation_id=donation.id, gateway=giving.gateway
    )
    assert again is donation.payments[0]
    with pytest.raises(Conflict) as raised:
        services.open_payment(
            giving.session, GUEST, donation_id=donation.id, gateway=FakeGateway(name="other")
        )
    assert raised.value.reason is DonationsReason.PAYMENT_OPEN


def test_after_a_failed_attempt_comes_a_new_one_with_a_new_key(giving: Giving) -> None:
    first = giving.opened()
    giving.apply(giving.gateway.fail(first.remote_id or ""))
    second = services.open_payment(
        giving.session, GUEST, donation_id=first.donation_id, gateway=giving.gateway
    )
    assert second.key != first.key
    assert giving.check_out(second) != first.remote_id


@pytest.mark.parametrize(("hours", "same"), [(23, True), (24, False), (48, False)])
def test_a_key_older_than_a_day_is_not_asked_again(
    giving: Giving, clock: SetClock, hours: int, same: bool
) -> None:
    donation = giving.begin()
    (first,) = donation.payments
    clock.advance(hours=hours)
    now = services.open_payment(
        giving.session, GUEST, donation_id=donation.id, gateway=giving.gateway
    )
    assert (now is first) is same
    assert first.state is (PaymentState.CREATED if same else PaymentState.EXPIRED)


def test_no_attempt_for_a_gift_that_is_settled_or_cancelled(giving: Giving) -> None:
    paid = giving.opened()
    giving.apply(giving.gateway.pay(paid.remote_id or ""))
    cancelled = giving.begin()
    services.cancel_donation(giving.session, GUEST, donation_id=cancelled.id)
    for donation_id, reason in (
        (paid.donation_id, DonationsReason.ALREADY_SETTLED),
        (cancelled.id, DonationsReason.CANCELLED),
    ):
        with pytest.raises(InvalidState) as raised:
            services.open_payment(
                giving.session, GUEST, donation_id=donation_id, gateway=giving.gateway
            )
        assert raised.value.reason is reason


def test_no_new_attempt_after_the_campaign(giving: Giving, clock: SetClock) -> None:
    payment = giving.opened()
    giving.apply(giving.gateway.expire(payment.remote_id or ""))
    clock.advance(days=400)
    with pytest.raises(Denied):
        services.open_payment(
            giving.session, GUEST, donation_id=payment.donation_id, gateway=giving.gateway
        )


def test_the_order_is_frozen_before_the_first_call(giving: Giving) -> None:
    (payment,) = giving.begin().payments
    words = {"description": "心意", "return_url": "/a", "cancel_url": "/b", "locale": "zh"}
    first = services.freeze_order(giving.session, GUEST, payment_id=payment.id, **words)
    other = {"description": "gift", "return_url": "/c", "cancel_url": "/d", "locale": "en"}
    assert services.freeze_order(giving.session, GUEST, payment_id=payment.id, **other) == first
    assert first.key == payment.key
    assert first.amount == payment.amount


# ── answers ──────────────────────────────────────────────────────────────────────────────────────


def test_the_answer_is_recorded_once(giving: Giving) -> None:
    (payment,) = giving.begin().payments
    remote_id = giving.check_out(payment)
    assert payment.state is PaymentState.OPEN
    assert (payment.remote_id, payment.checkout_url) == (
        remote_id,
        f"https://pay.example/{remote_id}",
    )
    giving.check_out(payment)
    with pytest.raises(Conflict) as raised:
        services.record_checkout(
            giving.session, GUEST, payment_id=payment.id, remote_id="cs_else", url="/"
        )
    assert raised.value.reason is DonationsReason.CHECKOUT_DIFFERS
    assert payment.remote_id == remote_id


def test_a_checkout_belongs_to_one_attempt(giving: Giving) -> None:
    first = giving.opened()
    (second,) = giving.begin().payments
    with pytest.raises(Conflict):
        services.record_checkout(
            giving.session,
            GUEST,
            payment_id=second.id,
            remote_id=first.remote_id or "",
            url="/",
        )
    assert second.state is PaymentState.CREATED


def test_an_answer_that_comes_after_the_money_moves_nothing_back(giving: Giving) -> None:
    (payment,) = giving.begin().payments
    order = services.freeze_order(
        giving.session,
        GUEST,
        payment_id=payment.id,
        description="心意",
        return_url="/a",
        cancel_url="/b",
        locale="zh",
    )
    checkout = giving.gateway.create_checkout(order)
    giving.apply(giving.gateway.pay(checkout.remote_id))
    services.record_checkout(
        giving.session,
        GUEST,
        payment_id=payment.id,
        remote_id=checkout.remote_id,
        url=checkout.url,
    )
    assert payment.state is PaymentState.SUCCEEDED
    assert payment.checkout_url == checkout.url


def test_what_the_gateway_refused_is_given_up(giving: Giving) -> None:
    (payment,) = giving.begin().payments
    giving.gateway.plan_faults([Fault.REFUSED])
    with pytest.raises(DomainError):
        giving.check_out(payment)
    services.abandon_payment(giving.session, GUEST, payment_id=payment.id)
    assert payment.state is PaymentState.FAILED
    with pytest.raises(InvalidState):
        services.abandon_payment(giving.session, GUEST, payment_id=payment.id)


def test_a_checkout_in_which_somebody_may_pay_is_not_given_up(giving: Giving) -> None:
    payment = giving.opened()
    with pytest.raises(InvalidState) as raised:
        services.abandon_payment(giving.session, GUEST, payment_id=payment.id)
    assert raised.value.reason is DonationsReason.PAYMENT_OPEN


# ── walking away ─────────────────────────────────────────────────────────────────────────────────


def test_a_gift_is_cancelled_once_and_money_still_counts(giving: Giving) -> None:
    payment = giving.opened()
    for _ in range(2):
        services.cancel_donation(giving.session, GUEST, donation_id=payment.donation_id)
    assert payment.donation.state is DonationState.CANCELLED
    giving.apply(giving.gateway.pay(payment.remote_id or ""))
    assert payment.donation.state is DonationState.SETTLED
    with pytest.raises(InvalidState):
        services.cancel_donation(giving.session, GUEST, donation_id=payment.donation_id)


@pytest.mark.parametrize(
    "verb",
    ["open_payment", "cancel_donation", "freeze_order", "record_checkout", "abandon_payment"],
)
def test_what_does_not_exist_is_not_found(giving: Giving, verb: str) -> None:
    arguments: dict[str, dict[str, object]] = {
        "open_payment": {"donation_id": 9, "gateway": giving.gateway},
        "cancel_donation": {"donation_id": 9},
        "freeze_order": {
            "payment_id": 9,
            "description": "",
            "return_url": "",
            "cancel_url": "",
            "locale": "zh",
        },
        "record_checkout": {"payment_id": 9, "remote_id": "x", "url": "/"},
        "abandon_payment": {"payment_id": 9},
    }
    with pytest.raises(NotFound):
        getattr(services, verb)(giving.session, Actor.guest(), **arguments[verb])


def test_stuck_attempts_are_found(giving: Giving, clock: SetClock) -> None:
    old = giving.opened()
    paid = giving.opened()
    giving.apply(giving.gateway.pay(paid.remote_id or ""))
    clock.advance(hours=2)
    giving.opened()
    found = queries.stuck_payments(giving.session, before=clock.now - timedelta(hours=1))
    assert found == [old]
