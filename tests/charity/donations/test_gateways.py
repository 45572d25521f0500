"""The port's contract, kept by every adapter: Stripe's on stripe-mock, the sandbox, our fake."""

import importlib.metadata
import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from charity.donations import references, signatures
from charity.donations.counter_gateway import ACCOUNTS, CounterGateway
from charity.donations.gateway import (
    BadSignature,
    CheckoutOrder,
    GatewayRefused,
    NoticeKind,
    PaymentGateway,
    RefundOrder,
    RemoteRefundState,
    UnreadableNotice,
)
from charity.donations.sandbox_gateway import SandboxGateway
from charity.donations.stripe_gateway import API_VERSION, StripeGateway
from charity.ledger.chart import is_money
from charity.money import Money
from tests.fakes import FakeGateway
from tests.support import stripe_mock as mock_program
from tests.support.schedules import Tell

AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
SECRET = "whsec_contract"
BODIES = Path(__file__).parents[2] / "fixtures" / "webhooks"
ORDER = CheckoutOrder(
    key="payment:42",
    amount=Money.yuan(200),
    currency="CNY",
    description="给鄂城区适老化改造的一份心意",
    return_url="https://wushe.example/donations/token",
    cancel_url="https://wushe.example/projects/7/donate",
    locale="zh",
)


@dataclass(frozen=True)
class Subject:
    """An adapter and a body of its own kind that says "paid"."""

    gateway: PaymentGateway
    paid: bytes


@pytest.fixture(params=["sandbox", "stripe", "fake", *ACCOUNTS])
def subject(request: pytest.FixtureRequest) -> Subject:
    if request.param == "sandbox":
        return Subject(SandboxGateway(SECRET), (BODIES / "sandbox_succeeded.json").read_bytes())
    if request.param in ACCOUNTS:
        paid = (BODIES / "sandbox_succeeded.json").read_bytes()
        return Subject(CounterGateway(request.param, SECRET, ACCOUNTS[request.param]), paid)
    paid = (BODIES / "stripe_completed_paid.json").read_bytes()
    if request.param == "fake":
        return Subject(FakeGateway(secret=SECRET), paid)
    address = request.getfixturevalue("stripe_mock")
    return Subject(StripeGateway("sk_test_contract", SECRET, address), paid)


def test_the_pair_of_library_and_mock_is_the_proven_one(stripe_mock: str, tell: Tell) -> None:
    library = importlib.metadata.version("stripe")
    said = subprocess.run(
        [mock_program.program(), "-version"], capture_output=True, text=True, check=True
    ).stdout
    tell(f"stripe {library}, {said.strip()}, wanted {mock_program.VERSION}, API {API_VERSION}")
    assert library.partition(".")[0] == "16"
    assert mock_program.VERSION == "v0.197.0"


def test_a_checkout_has_an_id_and_an_address(subject: Subject) -> None:
    checkout = subject.gateway.create_checkout(ORDER)
    assert re.fullmatch(r"[\x21-\x7e]{8,255}", checkout.remote_id)
    assert checkout.url.startswith(("https://", "/"))


@pytest.mark.parametrize("locale", ["zh", "en", "zh_Hans"])
@pytest.mark.parametrize("amount", ["1", "200.50", "1000000"])
def test_every_order_we_make_is_accepted(subject: Subject, locale: str, amount: str) -> None:
    given = Money.yuan(amount)
    order = replace(ORDER, key=f"payment:{given.fen}", locale=locale, amount=given)
    assert subject.gateway.create_checkout(order).remote_id


def test_a_checkout_without_result_has_none(subject: Subject) -> None:
    checkout = subject.gateway.create_checkout(ORDER)
    status = subject.gateway.fetch(checkout.remote_id)
    assert status.remote_id == checkout.remote_id
    assert status.kind is NoticeKind.OTHER
    assert status.livemode is subject.gateway.livemode is False


def test_a_signed_notice_is_read(subject: Subject) -> None:
    header = signatures.sign(subject.paid, SECRET, AT)
    notice = subject.gateway.read_notice(subject.paid, header, AT)
    assert notice.kind is NoticeKind.SUCCEEDED
    assert notice.amount == ORDER.amount
    assert notice.currency == ORDER.currency
    assert notice.key == ORDER.key
    assert notice.livemode is subject.gateway.livemode
    assert notice.event_id
    assert notice.remote_id


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(lambda body: signatures.sign(body, "whsec_else", AT), id="other secret"),
        pytest.param(lambda body: "", id="missing"),
        pytest.param(
            lambda body: signatures.sign(body, SECRET, AT - timedelta(seconds=301)), id="old"
        ),
        pytest.param(
            lambda body: signatures.sign(body, SECRET, AT + timedelta(seconds=301)), id="future"
        ),
        pytest.param(lambda body: signatures.sign(body + b" ", SECRET, AT), id="tampered"),
    ],
)
def test_a_notice_nobody_signed_is_not_read(
    subject: Subject, header: Callable[[bytes], str]
) -> None:
    with pytest.raises(BadSignature):
        subject.gateway.read_notice(subject.paid, header(subject.paid), AT)


def test_a_signed_riddle_is_unreadable(subject: Subject) -> None:
    with pytest.raises(UnreadableNotice):
        subject.gateway.read_notice(b"{}", signatures.sign(b"{}", SECRET, AT), AT)


@pytest.mark.parametrize(
    "gateway",
    [SandboxGateway(SECRET), FakeGateway(secret=SECRET), CounterGateway("cash", SECRET, "1001")],
)
def test_the_same_order_gives_the_same_checkout(gateway: PaymentGateway) -> None:
    # stripe-mock keeps no state; Stripe's side of this stands in test_stripe_faults.
    assert gateway.create_checkout(ORDER) == gateway.create_checkout(ORDER)
    other = gateway.create_checkout(replace(ORDER, key="payment:43"))
    assert other != gateway.create_checkout(ORDER)


# ── giving back ──────────────────────────────────────────────────────────────────────────────────


def paid_checkout(gateway: PaymentGateway) -> str:
    """A checkout whose money is there, as far as the gateway keeps any state."""
    remote_id = gateway.create_checkout(ORDER).remote_id
    if isinstance(gateway, FakeGateway):
        gateway.pay(remote_id)
    return remote_id


def test_its_money_arrives_on_a_money_account_of_the_book(subject: Subject) -> None:
    assert is_money(subject.gateway.account)


def test_a_refund_has_an_id_and_a_state(subject: Subject) -> None:
    gateway = subject.gateway
    order = RefundOrder("refund:7", paid_checkout(gateway), Money.yuan(50), "CNY")
    if not gateway.can_refund:
        with pytest.raises(GatewayRefused):
            gateway.refund(order)
        return
    answer = gateway.refund(order)
    assert answer.remote_id
    assert answer.state in set(RemoteRefundState)
    # stripe-mock answers its own fixed sum; a request of ours is what it proves.
    if not isinstance(gateway, StripeGateway):
        assert answer.amount == order.amount


@pytest.mark.parametrize("gateway", [SandboxGateway(SECRET), FakeGateway(secret=SECRET)])
def test_the_same_refund_gives_the_same_answer(gateway: PaymentGateway) -> None:
    order = RefundOrder("refund:7", paid_checkout(gateway), Money.yuan(50), "CNY")
    assert gateway.refund(order) == gateway.refund(order)
    other = gateway.refund(replace(order, key="refund:8"))
    assert other.remote_id != gateway.refund(order).remote_id


def test_a_fee_is_a_sum_or_not_known_yet(subject: Subject) -> None:
    fee = subject.gateway.fee(paid_checkout(subject.gateway))
    assert fee is None or fee >= Money(0)


def test_the_list_of_a_day_can_be_asked_for(subject: Subject) -> None:
    listed = subject.gateway.settled_on(AT.date())
    assert listed is None or all(status.remote_id for status in listed)


# ── the sandbox alone ────────────────────────────────────────────────────────────────────────────


def test_the_sandbox_tells_what_its_page_was_told() -> None:
    gateway = SandboxGateway(SECRET, "/sandbox/pay")
    checkout = gateway.create_checkout(ORDER)
    assert checkout.url == f"/sandbox/pay/{checkout.remote_id}"
    for kind in (NoticeKind.SUCCEEDED, NoticeKind.FAILED, NoticeKind.EXPIRED):
        body = gateway.event_for(checkout.remote_id, kind, amount=ORDER.amount, key=ORDER.key)
        again = gateway.event_for(checkout.remote_id, kind, amount=ORDER.amount, key=ORDER.key)
        assert body == again
        notice = gateway.read_notice(body, gateway.sign(body, AT), AT)
        assert (notice.kind, notice.remote_id) == (kind, checkout.remote_id)
        assert notice.amount == ORDER.amount


def test_the_sandbox_knows_only_its_own_and_wants_a_secret() -> None:
    with pytest.raises(GatewayRefused):
        SandboxGateway(SECRET).fetch("cs_live_1")
    with pytest.raises(ValueError, match="secret"):
        SandboxGateway("")


def test_the_sandbox_never_says_its_secret() -> None:
    gateway = SandboxGateway(SECRET)
    assert SECRET not in repr(gateway)
    assert SECRET not in gateway.create_checkout(ORDER).url


# ── the counters alone ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "account"), ACCOUNTS.items())
def test_a_counter_says_where_its_money_arrives_and_gives_nothing_back(
    name: str, account: str
) -> None:
    gateway = CounterGateway(name, SECRET, account)
    checkout = gateway.create_checkout(ORDER)
    assert checkout.url == f"/projects/7/donate?how={name}"
    assert references.number_of(checkout.remote_id) == 42
    assert (gateway.account, gateway.can_refund, gateway.is_sandbox) == (account, False, False)
    assert gateway.settled_on(AT.date()) is None
    assert not gateway.fee(checkout.remote_id)
    with pytest.raises(GatewayRefused):
        gateway.refund(RefundOrder("refund:1", checkout.remote_id, ORDER.amount, "CNY"))


def test_a_counter_knows_only_references_and_wants_a_secret() -> None:
    gateway = CounterGateway("cash", SECRET, "1001")
    with pytest.raises(GatewayRefused):
        gateway.fetch("WS00000001")
    for key in ("refund:1", "payment:x", f"payment:{references.NUMBERS}"):
        with pytest.raises(GatewayRefused):
            gateway.create_checkout(replace(ORDER, key=key))
    with pytest.raises(ValueError, match="secret"):
        CounterGateway("cash", "", "1001")
    assert SECRET not in repr(gateway)


def test_the_sandbox_tells_of_refunds_too() -> None:
    gateway = SandboxGateway(SECRET)
    remote_id = gateway.create_checkout(ORDER).remote_id
    body = gateway.event_for(
        remote_id, NoticeKind.REFUNDED, amount=Money.yuan(5), subject_id="sandbox_refund_1"
    )
    notice = gateway.read_notice(body, gateway.sign(body, AT), AT)
    assert (notice.kind, notice.subject_id) == (NoticeKind.REFUNDED, "sandbox_refund_1")
    with pytest.raises(GatewayRefused):
        gateway.refund(RefundOrder("refund:1", "cs_live_1", Money.yuan(5), "CNY"))
    assert gateway.settled_on(AT.date()) is None


# ── Stripe alone ─────────────────────────────────────────────────────────────────────────────────


def test_the_mode_is_read_from_the_key() -> None:
    assert StripeGateway("sk_live_1", SECRET).livemode
    assert StripeGateway("rk_live_1", SECRET).livemode
    assert not StripeGateway("sk_test_1", SECRET).livemode


def test_stripe_never_says_its_secrets() -> None:
    said = repr(StripeGateway("sk_live_canary", "whsec_canary"))
    assert "canary" not in said


@pytest.mark.parametrize(("key", "secret"), [("", SECRET), ("sk_test_1", ""), ("sk_test_1", "a,")])
def test_stripe_without_its_secrets_does_not_start(key: str, secret: str) -> None:
    with pytest.raises(ValueError, match="Stripe needs"):
        StripeGateway(key, secret)


def test_stripe_takes_two_secrets_while_one_is_replaced() -> None:
    gateway = StripeGateway("sk_test_1", "whsec_new, whsec_old")
    body = (BODIES / "stripe_expired.json").read_bytes()
    for secret in ("whsec_new", "whsec_old"):
        notice = gateway.read_notice(body, signatures.sign(body, secret, AT), AT)
        assert notice.kind is NoticeKind.EXPIRED


def test_a_live_message_is_read_as_live() -> None:
    event = json.loads((BODIES / "stripe_completed_paid.json").read_bytes())
    event["livemode"] = event["data"]["object"]["livemode"] = True
    body = json.dumps(event).encode()
    gateway = StripeGateway("sk_test_1", SECRET)
    assert gateway.read_notice(body, signatures.sign(body, SECRET, AT), AT).livemode
