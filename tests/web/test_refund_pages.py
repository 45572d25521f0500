"""The desk of refunds and gateways, from the form to the worker that sends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.accounts.models import User
from charity.actor import Actor, Grant, Role
from charity.donations import services
from charity.donations.gateway import NoticeKind
from charity.donations.models import (
    DonationState,
    EventOutcome,
    GatewayDrift,
    GatewayEvent,
    Payment,
    Refund,
    RefundState,
)
from charity.donations.reasons import DonationsReason
from charity.letters import Letter
from charity.money import Money
from projects.listings.models import Project
from tests.conftest import SetClock
from tests.factories import make_actor
from tests.projects.listings.village import SYSTEM, Village
from tests.support.site import SignIn, SiteClient
from tests.web.donors import published, settle_village, text_of, use_gateway
from web import gateway_jobs, letters, ports

YUAN = Money.yuan
GIFT = YUAN(200)


@pytest.fixture
def village(app: Flask, session: Session, clock: SetClock) -> Village:
    """A village whose operator runs the site, with its gateway wired."""
    village = settle_village(session)
    use_gateway(app, village.gateway)
    return village


@pytest.fixture
def project(village: Village) -> Project:
    """A project that takes gifts."""
    return published(village)


def client_of(village: Village, sign_in: SignIn, actor: Actor) -> SiteClient:
    """A browser of this person."""
    user = village.session.get_one(User, actor.user_id)
    village.session.commit()
    return sign_in(user.login_name)


def payment_of(village: Village, project: Project, amount: Money = GIFT) -> Payment:
    """A gift whose money is there."""
    gift = village.give(project, amount, name="王建国")
    village.session.commit()
    return gift.payments[0]


def asked(client: SiteClient, payment: Payment, **changed: str) -> int:
    """Fill the form; the answer's status."""
    form = {
        "amount": "50",
        "cause": "donor_asked",
        "path": "gateway",
        "reason": "捐赠人来电申请退款",
        **changed,
    }
    return client.submit(f"/desk/payments/{payment.id}/refund", form).status_code


def test_from_the_form_to_the_money(
    app: Flask, session: Session, village: Village, project: Project, sign_in: SignIn
) -> None:
    payment = payment_of(village, project)
    treasurer = client_of(village, sign_in, village.treasurer)
    found = treasurer.get("/desk/refunds/new?q=王建国")
    assert f"/desk/payments/{payment.id}/refund" in found.get_data(as_text=True)
    assert asked(treasurer, payment) == 303
    refund = session.scalars(select(Refund)).one()
    approver = client_of(village, sign_in, village.approvers[0])
    assert f"/desk/refunds/{refund.id}" in approver.get("/desk").get_data(as_text=True)
    assert approver.submit(f"/desk/refunds/{refund.id}/agree").status_code == 303
    with app.app_context():
        assert gateway_jobs.send_refunds() == 1
        assert gateway_jobs.send_refunds() == 0
    session.expire_all()
    assert refund.state is RefundState.SUCCEEDED
    assert payment.donation.refunded == YUAN(50)
    page = text_of(treasurer.get(f"/desk/refunds/{refund.id}"))
    assert "已退款" in page
    assert "50" in text_of(treasurer.get("/desk/refunds"))


def test_what_is_wrong_is_said_beside_its_field(
    session: Session, village: Village, project: Project, sign_in: SignIn
) -> None:
    payment = payment_of(village, project)
    treasurer = client_of(village, sign_in, village.treasurer)
    for changed in ({"amount": "201"}, {"reason": ""}, {"path": "transfer"}, {"cause": "x"}):
        assert asked(treasurer, payment, **changed) == 422
    answer = treasurer.submit(
        f"/desk/payments/{payment.id}/refund",
        {"amount": "201", "cause": "donor_asked", "path": "gateway", "reason": "申请"},
    )
    assert "最多还能退" in text_of(answer)
    assert session.scalars(select(Refund)).all() == []


def test_a_no_needs_its_reason(
    session: Session, village: Village, project: Project, sign_in: SignIn
) -> None:
    treasurer = client_of(village, sign_in, village.treasurer)
    asked(treasurer, payment_of(village, project))
    refund = session.scalars(select(Refund)).one()
    approver = client_of(village, sign_in, village.approvers[0])
    assert approver.submit(f"/desk/refunds/{refund.id}/refuse", {}).status_code == 422
    answer = approver.submit(f"/desk/refunds/{refund.id}/refuse", {"reason": "材料不全"})
    assert answer.status_code == 303
    session.expire_all()
    assert refund.state is RefundState.CANCELLED


def test_a_transfer_is_recorded_by_another_treasurer(
    session: Session, village: Village, project: Project, sign_in: SignIn, clock: SetClock
) -> None:
    treasurer = client_of(village, sign_in, village.treasurer)
    payee = "张三 建设银行 6217000000001234"
    assert asked(treasurer, payment_of(village, project), path="transfer", payee=payee) == 303
    refund = session.scalars(select(Refund)).one()
    services.decide_refund(session, village.approvers[0], refund_id=refund.id, agreed=True)
    session.commit()
    assert "另一位出纳" in text_of(treasurer.get(f"/desk/refunds/{refund.id}"))
    grant = Grant(Role.TREASURER, organisation_id=village.operator.id)
    other = client_of(village, sign_in, make_actor(session, grant))
    paid = {"paid_on": clock.now.date().isoformat(), "reference": "B1"}
    assert treasurer.submit(f"/desk/refunds/{refund.id}/pay", paid).status_code in (403, 422)
    assert other.submit(f"/desk/refunds/{refund.id}/pay", {}).status_code == 422
    assert other.submit(f"/desk/refunds/{refund.id}/pay", paid).status_code == 303
    session.expire_all()
    assert refund.state is RefundState.SUCCEEDED


def set_aside(session: Session, payment: Payment, reason: DonationsReason) -> GatewayEvent:
    """A message people must look at."""
    event = GatewayEvent(
        gateway=payment.gateway,
        event_id=f"evt_{reason.value}",
        kind=NoticeKind.SUCCEEDED,
        remote_id=payment.remote_id,
        amount=YUAN(1),
        currency="CNY",
        livemode=payment.livemode,
        body='{"id":"<b>evt</b>"}',
        payment_id=payment.id,
        received_at=payment.created_at,
        outcome=EventOutcome.QUARANTINED,
        outcome_note=reason.value,
    )
    session.add(event)
    session.commit()
    return event


def test_a_message_is_shown_against_what_we_asked_and_closed(
    session: Session, village: Village, project: Project, sign_in: SignIn
) -> None:
    event = set_aside(session, payment_of(village, project), DonationsReason.AMOUNT_DIFFERS)
    treasurer = client_of(village, sign_in, village.treasurer)
    assert "件收款的事要人来看" in text_of(treasurer.get("/desk"))
    assert f"/desk/gateway-events/{event.id}" in treasurer.get("/desk/gateway-events").get_data(
        as_text=True
    )
    page = treasurer.get(f"/desk/gateway-events/{event.id}")
    assert "不一致" in text_of(page)
    assert "<b>evt</b>" not in page.get_data(as_text=True)
    assert treasurer.submit(f"/desk/gateway-events/{event.id}/resolve", {}).status_code == 422
    assert (
        treasurer.submit(
            f"/desk/gateway-events/{event.id}/take", {"about": "不是重复付款"}
        ).status_code
        == 303
    )
    answer = treasurer.submit(f"/desk/gateway-events/{event.id}/resolve", {"note": "平台已更正"})
    assert answer.status_code == 303
    session.expire_all()
    assert event.outcome is EventOutcome.RESOLVED
    assert "平台已更正" in text_of(treasurer.get(f"/desk/gateway-events/{event.id}"))


def test_a_stranger_sees_nothing_of_it(
    session: Session, village: Village, project: Project, sign_in: SignIn
) -> None:
    payment = payment_of(village, project)
    event = set_aside(session, payment, DonationsReason.AMOUNT_DIFFERS)
    grant = Grant(Role.TREASURER, organisation_id=village.partner.id)
    stranger = client_of(village, sign_in, make_actor(session, grant))
    assert stranger.get(f"/desk/gateway-events/{event.id}").status_code == 404
    assert stranger.get(f"/desk/payments/{payment.id}/refund").status_code == 404
    assert f"/desk/gateway-events/{event.id}" not in stranger.get("/desk/gateway-events").get_data(
        as_text=True
    )


# ── the jobs ─────────────────────────────────────────────────────────────────────────────────────


def test_a_night_compares_and_a_person_closes(
    app: Flask, session: Session, village: Village, project: Project, sign_in: SignIn,
    clock: SetClock,
) -> None:  # fmt: skip
    payment = payment_of(village, project)
    clock.advance(days=1)
    with app.app_context():
        assert gateway_jobs.compare_days() == 0
    village.gateway.sessions[payment.remote_id or ""]["amount_total"] = 1
    with app.app_context():
        assert gateway_jobs.compare_days() == 1
        assert gateway_jobs.compare_days() == 0
    drift = session.scalars(select(GatewayDrift)).one()
    treasurer = client_of(village, sign_in, village.treasurer)
    assert "金额不一致" in text_of(treasurer.get("/desk/reconciliation"))
    assert treasurer.submit(f"/desk/reconciliation/{drift.id}", {}).status_code == 422
    closed = treasurer.submit(f"/desk/reconciliation/{drift.id}", {"note": "平台更正"})
    assert closed.status_code == 303


def test_fees_are_asked_for_until_they_are_told(
    app: Flask, session: Session, village: Village, project: Project, clock: SetClock
) -> None:
    payment = payment_of(village, project)
    with app.app_context():
        assert gateway_jobs.ask_fees() == 0
        village.gateway.fees[payment.remote_id or ""] = YUAN(6)
        assert gateway_jobs.ask_fees() == 1
        assert gateway_jobs.ask_fees() == 0
    session.expire_all()
    assert (payment.fee, payment.fee_is_known) == (YUAN(6), True)


def test_a_poisoned_message_holds_up_nobody_and_is_set_aside(
    app: Flask,
    session: Session,
    village: Village,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    village.session.commit()
    payment = payment_of(village, project)
    poisoned = set_aside(session, payment, DonationsReason.AMOUNT_DIFFERS)
    other = set_aside(session, payment, DonationsReason.NOTHING_TO_DO)
    for event in (poisoned, other):
        event.outcome, event.outcome_note = EventOutcome.WAITING, ""
    session.commit()
    real = services.apply_event
    poisoned_id = poisoned.id

    def apply(session: Session, actor: Actor, *, event_id: int) -> EventOutcome:
        if event_id == poisoned_id:
            raise RuntimeError("poison")
        return real(session, actor, event_id=event_id)

    monkeypatch.setattr(services, "apply_event", apply)
    with app.app_context():
        for _ in range(6):
            gateway_jobs.apply_events()
    session.expire_all()
    assert (poisoned.outcome, poisoned.attempts) == (EventOutcome.SET_ASIDE, 5)
    assert poisoned.last_error == "RuntimeError: poison"
    assert other.outcome is not EventOutcome.WAITING


def test_the_operator_is_written_to_once_a_day(
    app: Flask, session: Session, village: Village, project: Project, clock: SetClock
) -> None:
    set_aside(session, payment_of(village, project), DonationsReason.AMOUNT_DIFFERS)
    with app.app_context():
        assert not gateway_jobs.alarm()
    found: ports.Ports = app.extensions["wushe.ports"]
    told = replace(found.settings, operator_mail="ops@example.org")
    ports.init_app(app, replace(found, settings=told))
    with app.app_context():
        assert gateway_jobs.alarm()
        assert gateway_jobs.alarm()
        letter = session.scalars(select(Letter).where(Letter.kind == "operator.alarm")).one()
        subject, text = letters.put_into_words(letter.kind, letter.data)
    assert "1" in subject
    assert "/desk/gateway-events" in text
    clock.advance(days=1)
    with app.app_context():
        gateway_jobs.alarm()
    query = select(Letter).where(Letter.kind == "operator.alarm")
    assert len(session.scalars(query).all()) == 2


def test_a_campaign_that_failed_goes_back_as_a_whole(
    app: Flask, session: Session, village: Village, project: Project, sign_in: SignIn
) -> None:
    gifts = [payment_of(village, project, YUAN(100 + n)).donation for n in range(3)]
    assert project.campaign is not None
    address = f"/desk/campaigns/{project.campaign_id}/refund"
    treasurer = client_of(village, sign_in, village.treasurer)
    assert "还在进行" in text_of(treasurer.get(address))
    project.campaign.state = type(project.campaign.state).ENDED
    session.commit()
    assert "3" in text_of(treasurer.get(address))
    assert treasurer.submit(address, {}).status_code == 422
    answer = treasurer.submit(address, {"reason": "项目办不下去了"})
    assert answer.status_code == 303
    page = answer.headers["Location"]
    approver = client_of(village, sign_in, village.approvers[0])
    assert approver.submit(f"{page}/agree").status_code == 303
    assert treasurer.submit(f"{page}/steer", {"state": "stopped"}).status_code == 303
    with app.app_context():
        gateway_jobs.give_back()
    assert session.scalars(select(Refund)).all() == []
    assert treasurer.submit(f"{page}/steer", {"state": "running"}).status_code == 303
    assert treasurer.submit(f"{page}/steer", {"state": "finished"}).status_code == 400
    with app.app_context():
        gateway_jobs.give_back()
    session.expire_all()
    assert [gift.state for gift in gifts] == [DonationState.REFUNDED] * 3
    assert "已办完" in text_of(treasurer.get(page))


def test_a_stuck_payment_is_asked_about(
    app: Flask, session: Session, village: Village, project: Project, clock: SetClock
) -> None:
    payment = payment_of(village, project)
    assert payment.remote_id is not None
    gift = payment.donation
    later = services.begin_donation(
        session,
        Actor.guest(),
        client_id="7d3c4c0e-7b0f-4e53-9a53-3a0a5d8f6a12",
        campaign_id=gift.campaign_id,
        amount=YUAN(20),
        gateway=village.gateway,
        giver_kind=gift.giver_kind,
        operator_mode="qualified_charity",
    ).payments[0]
    order = services.freeze_order(
        session, SYSTEM, payment_id=later.id, description="x", return_url="x", cancel_url="x",
        locale="zh",
    )  # fmt: skip
    made = village.gateway.create_checkout(order)
    services.record_checkout(
        session, SYSTEM, payment_id=later.id, remote_id=made.remote_id, url=made.url
    )
    session.commit()
    village.gateway.pay(made.remote_id)
    clock.advance(minutes=16)
    assert clock.now - later.created_at > timedelta(minutes=15)
    with app.app_context():
        gateway_jobs.ask_gateways()
    session.expire_all()
    assert later.donation.state is DonationState.SETTLED
