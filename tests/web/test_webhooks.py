"""Messages of gateways at the door: only signed and fresh ones come in, and each counts once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from charity.donations import services
from charity.donations.gateway import NoticeKind
from charity.donations.models import DonationState, EventOutcome, Payment, PaymentState
from charity.donations.sandbox_gateway import SandboxGateway
from charity.donations.stripe_gateway import StripeGateway
from charity.ledger import queries as ledger
from charity.money import Money
from projects.listings.models import Project
from tests.conftest import SetClock
from tests.fakes import FakeGateway
from tests.projects.listings.village import Village
from tests.support.site import SiteClient
from tests.web.donors import attempts, gifts, give, messages, published, settle_village, use_gateway
from web.donations import notices
from web.gateway_jobs import apply_events
from web.ports import Ports

YUAN = Money.yuan


@pytest.fixture
def village(session: Session, clock: SetClock) -> Village:
    """A village whose operator runs the site."""
    return settle_village(session)


@pytest.fixture
def project(village: Village) -> Project:
    """A project that takes gifts."""
    return published(village)


@pytest.fixture
def gateway(app: Flask) -> SandboxGateway:
    """The sandbox of the site."""
    adapters: Ports = app.extensions["wushe.ports"]
    found = adapters.gateways["sandbox"]
    assert isinstance(found, SandboxGateway)
    return found


@pytest.fixture
def payment(client: SiteClient, session: Session, project: Project) -> Payment:
    """An attempt for ¥200 that stands open at the sandbox."""
    give(client, project)
    return attempts(session)[0]


@pytest.fixture(autouse=True)
def follower(monkeypatch: pytest.MonkeyPatch) -> notices.Follower:
    """The process has heard nothing for long."""
    found = notices.Follower()
    monkeypatch.setattr(notices, "FOLLOWER", found)
    monkeypatch.setattr(notices, "SILENCE", 0.0)
    return found


def message(
    gateway: SandboxGateway, payment: Payment, kind: NoticeKind = NoticeKind.SUCCEEDED
) -> bytes:
    """What the gateway says of the payment."""
    assert payment.remote_id is not None
    return gateway.event_for(payment.remote_id, kind, amount=payment.amount, key=payment.key)


def deliver(client: SiteClient, body: bytes, signature: str | None) -> TestResponse:
    """Bring it to the door, as a gateway does: without cookie or token, and read the answer."""
    headers = {} if signature is None else {"Wushe-Signature": signature}
    return client.post("/webhooks/sandbox", data=body, headers=headers, buffered=True)


def test_a_signed_message_settles_the_gift(
    client: SiteClient,
    session: Session,
    project: Project,
    payment: Payment,
    gateway: SandboxGateway,
    clock: SetClock,
) -> None:
    body = message(gateway, payment)
    answer = deliver(client, body, gateway.sign(body, clock.now))
    assert (answer.status_code, answer.text) == (200, "ok\n")
    (event,), (gift,) = messages(session), gifts(session)
    assert event.outcome is EventOutcome.APPLIED
    assert event.body == body.decode()
    assert gift.state is DonationState.SETTLED
    assert project.campaign is not None
    position = ledger.fund_position(session, project.campaign.fund_id)
    assert position.raised == YUAN(200)


def test_delivered_twice_or_late_it_changes_nothing(
    client: SiteClient,
    session: Session,
    project: Project,
    payment: Payment,
    gateway: SandboxGateway,
    clock: SetClock,
) -> None:
    paid, expired = message(gateway, payment), message(gateway, payment, NoticeKind.EXPIRED)
    for body in (paid, paid, expired, paid):
        clock.advance(hours=1)
        assert deliver(client, body, gateway.sign(body, clock.now)).status_code == 200
    assert [event.outcome for event in messages(session)] == [
        EventOutcome.APPLIED,
        EventOutcome.IGNORED,
    ]
    assert attempts(session)[0].state is PaymentState.SUCCEEDED
    assert project.campaign is not None
    assert ledger.fund_position(session, project.campaign.fund_id).gifts == 1


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(lambda gateway, body, now: None, id="missing"),
        pytest.param(lambda gateway, body, now: "", id="empty"),
        pytest.param(lambda gateway, body, now: "t=1,v1=00", id="wrong"),
        pytest.param(lambda gateway, body, now: gateway.sign(b"{}", now), id="of another body"),
        pytest.param(
            lambda gateway, body, now: SandboxGateway("another secret").sign(body, now),
            id="of another secret",
        ),
        pytest.param(
            lambda gateway, body, now: gateway.sign(body, now - timedelta(seconds=301)), id="old"
        ),
        pytest.param(
            lambda gateway, body, now: gateway.sign(body, now + timedelta(seconds=301)),
            id="from the future",
        ),
    ],
)
def test_a_bad_old_or_future_signature_stores_nothing(
    client: SiteClient,
    session: Session,
    payment: Payment,
    gateway: SandboxGateway,
    clock: SetClock,
    signature: Callable[..., str | None],
) -> None:
    body = message(gateway, payment)
    answer = deliver(client, body, signature(gateway, body, clock.now))
    assert answer.status_code == 400
    assert messages(session) == []
    assert gifts(session)[0].state is DonationState.PENDING


@pytest.mark.parametrize("body", [b"", b"\x00", b"[]", b"{}", b'{"id": 1}', b"\xff\xfe"])
def test_signed_nonsense_is_refused(
    client: SiteClient, session: Session, gateway: SandboxGateway, clock: SetClock, body: bytes
) -> None:
    assert deliver(client, body, gateway.sign(body, clock.now)).status_code == 400
    assert messages(session) == []


def test_a_message_longer_than_any_real_one_is_not_read(
    client: SiteClient, session: Session, gateway: SandboxGateway, clock: SetClock
) -> None:
    body = b"x" * (notices.LONGEST + 1)
    assert deliver(client, body, gateway.sign(body, clock.now)).status_code == 413
    assert messages(session) == []


def test_what_does_not_fit_is_kept_for_people_and_changes_nothing(
    client: SiteClient,
    session: Session,
    payment: Payment,
    gateway: SandboxGateway,
    clock: SetClock,
) -> None:
    said = json.loads(message(gateway, payment))
    body = json.dumps({**said, "amount": said["amount"] + 1}).encode()
    assert deliver(client, body, gateway.sign(body, clock.now)).status_code == 200
    assert messages(session)[0].outcome is EventOutcome.QUARANTINED
    assert gifts(session)[0].state is DonationState.PENDING


def test_a_message_that_cannot_be_applied_now_is_kept_for_the_worker(
    client: SiteClient,
    session: Session,
    payment: Payment,
    gateway: SandboxGateway,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*args: object, **named: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(services, "apply_event", fail)
    body = message(gateway, payment)
    assert deliver(client, body, gateway.sign(body, clock.now)).status_code == 200
    assert messages(session)[0].outcome is EventOutcome.WAITING
    monkeypatch.undo()
    assert deliver(client, body, gateway.sign(body, clock.now)).status_code == 200
    assert messages(session)[0].outcome is EventOutcome.APPLIED


def test_the_gateway_is_answered_before_the_message_acts(
    client: SiteClient,
    session: Session,
    payment: Payment,
    gateway: SandboxGateway,
    clock: SetClock,
) -> None:
    body = message(gateway, payment)
    headers = {"Wushe-Signature": gateway.sign(body, clock.now)}
    answer = client.post("/webhooks/sandbox", data=body, headers=headers)
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert messages(session)[0].outcome is EventOutcome.WAITING
    answer.close()
    assert messages(session)[0].outcome is EventOutcome.APPLIED


def test_in_a_flood_messages_are_stored_and_left_to_the_worker(
    app: Flask,
    client: SiteClient,
    session: Session,
    payment: Payment,
    gateway: SandboxGateway,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(notices, "SILENCE", 60.0)
    notices.FOLLOWER.is_calm()
    body = message(gateway, payment)
    assert deliver(client, body, gateway.sign(body, clock.now)).status_code == 200
    assert messages(session)[0].outcome is EventOutcome.WAITING
    with app.app_context():
        assert apply_events() == 1
    assert gifts(session)[0].state is DonationState.SETTLED


def test_one_message_acts_at_a_time(
    app: Flask,
    session: Session,
    payment: Payment,
    gateway: SandboxGateway,
    clock: SetClock,
    follower: notices.Follower,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    acted: list[int] = []

    def act(unit: object, event_id: int, name: str) -> None:
        acted.append(event_id)
        follower.follow(app, event_id + 1, name)

    monkeypatch.setattr(notices, "apply", act)
    follower.follow(app, 1, "sandbox")
    follower.follow(app, 3, "sandbox")
    assert acted == [1, 3]


def test_stripe_signs_in_a_header_of_its_own(
    app: Flask, client: SiteClient, session: Session, project: Project, clock: SetClock
) -> None:
    secret = "whsec_of_these_tests"
    fake = FakeGateway(name="stripe", secret=secret)
    use_gateway(app, fake)
    give(client, project)
    told = fake.pay(attempts(session)[0].remote_id or "")
    use_gateway(app, StripeGateway("sk_test_of_these_tests", secret))
    for header, status in (("Wushe-Signature", 400), ("Stripe-Signature", 200)):
        signed = {header: fake.sign(told.body, clock.now)}
        answer = client.post("/webhooks/stripe", data=told.body, headers=signed, buffered=True)
        assert answer.status_code == status
    assert gifts(session)[0].state is DonationState.SETTLED


def test_a_gateway_we_do_not_have_is_not_there(client: SiteClient) -> None:
    assert client.post("/webhooks/nobody", data=b"{}").status_code == 404
    assert client.get("/webhooks/sandbox").status_code == 405
