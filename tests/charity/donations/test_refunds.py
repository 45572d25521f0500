"""Giving back: asked by one, agreed to by others, booked before sent, never more than paid."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from charity.actor import Actor, Grant, Role
from charity.approvals.reasons import ApprovalsReason
from charity.donations import services
from charity.donations.gateway import GatewayUnavailable, RemoteRefundState
from charity.donations.models import (
    DonationState,
    EventOutcome,
    Payment,
    PaymentState,
    Refund,
    RefundCause,
    RefundPath,
    RefundState,
)
from charity.donations.queries import refunds as queries
from charity.donations.reasons import DonationsReason, RefundsReason
from charity.errors import (
    CommonReason,
    Conflict,
    Denied,
    DomainError,
    Insufficient,
    Invalid,
    InvalidState,
    ReasonCode,
)
from charity.ledger.models import Entry, EntryKind
from charity.money import ZERO, Money
from charity.outbox import Outbox
from tests.charity.donations.giving import SYSTEM, Giving
from tests.charity.donations.giving_back import GivingBack
from tests.conftest import SetClock
from tests.factories import make_actor
from tests.fakes import Fault

YUAN = Money.yuan


# ── asking ───────────────────────────────────────────────────────────────────────────────────────


def test_a_whole_gift_goes_back(back: GivingBack) -> None:
    payment = back.paid()
    refund = back.refund(payment)
    assert refund.state is RefundState.SUCCEEDED
    assert (refund.donation.state, refund.donation.refunded) == (
        DonationState.REFUNDED,
        payment.amount,
    )
    assert payment.state is PaymentState.SUCCEEDED
    assert back.in_hand() == ZERO
    told = select(Outbox).where(Outbox.event == "donation.refunded")
    assert len(back.session.scalars(told).all()) == 1
    back.judge()


def test_parts_go_back_until_nothing_is_left(back: GivingBack) -> None:
    payment = back.paid(YUAN(100))
    for part in (30, 30, 39):
        assert back.refund(payment, YUAN(part)).state is RefundState.SUCCEEDED
        assert payment.donation.state is DonationState.SETTLED
    with pytest.raises(Insufficient) as refused:
        back.ask(payment, YUAN(2))
    assert refused.value.reason is RefundsReason.MORE_THAN_PAID
    assert refused.value.params["available"] == YUAN(1)
    back.refund(payment, YUAN(1))
    assert payment.donation.state is DonationState.REFUNDED
    back.judge()


def test_what_is_asked_for_counts_before_it_is_sent(back: GivingBack) -> None:
    payment = back.paid(YUAN(100))
    back.ask(payment, YUAN(60))
    with pytest.raises(Insufficient) as refused:
        back.ask(payment, YUAN(41))
    assert refused.value.params["available"] == YUAN(40)
    back.ask(payment, YUAN(40))


@pytest.mark.parametrize(
    ("changed", "error", "reason"),
    [
        ({"amount": Money(0)}, Invalid, CommonReason.NOT_POSITIVE),
        ({"amount": YUAN(201)}, Insufficient, RefundsReason.MORE_THAN_PAID),
        ({"reason": " "}, Invalid, CommonReason.REQUIRED),
        ({"cause": RefundCause.DISPUTE_LOST}, Invalid, CommonReason.REQUIRED),
        ({"cause": RefundCause.AT_THE_GATEWAY}, Invalid, CommonReason.REQUIRED),
        ({"path": RefundPath.TRANSFER}, Invalid, RefundsReason.PAYEE_REQUIRED),
        (
            {"path": RefundPath.TRANSFER, "payee": "王" * 201},
            Invalid,
            CommonReason.TOO_LONG,
        ),
    ],
)
def test_what_cannot_be_asked_for(
    back: GivingBack, changed: dict[str, object], error: type[DomainError], reason: ReasonCode
) -> None:
    payment = back.paid()
    with pytest.raises(error) as refused:
        back.ask(payment, **changed)  # type: ignore[arg-type]  # overridden by name
    assert refused.value.reason is reason
    assert back.session.scalars(select(Refund)).all() == []


def test_nothing_goes_back_that_never_came(back: GivingBack) -> None:
    with pytest.raises(InvalidState) as refused:
        back.ask(back.giving.opened())
    assert refused.value.reason is RefundsReason.NOT_PAID


def test_where_the_gateway_cannot_it_goes_by_hand(back: GivingBack) -> None:
    payment = back.paid()
    back.giving.gateway.can_refund = False
    with pytest.raises(Invalid) as refused:
        back.ask(payment)
    assert refused.value.reason is RefundsReason.GATEWAY_CANNOT


def test_only_the_charitys_treasurer_asks_and_its_approvers_agree(back: GivingBack) -> None:
    payment = back.paid()
    charity_id = back.giving.campaign.charity_id
    for role in (Role.APPROVER, Role.OWNER, Role.EDITOR, Role.AUDITOR):
        other = make_actor(back.session, Grant(role, organisation_id=charity_id))
        with pytest.raises(Denied):
            services.request_refund(
                back.session,
                other,
                payment_id=payment.id,
                amount=YUAN(1),
                cause=RefundCause.DONOR_ASKED,
                reason="x",
                gateway=back.giving.gateway,
            )
    for nobody in (Actor.guest(), SYSTEM):
        with pytest.raises(Denied):
            services.request_refund(
                back.session,
                nobody,
                payment_id=payment.id,
                amount=YUAN(1),
                cause=RefundCause.DONOR_ASKED,
                reason="x",
                gateway=back.giving.gateway,
            )
    refund = back.ask(payment)
    with pytest.raises(Denied):
        services.decide_refund(back.session, back.payer, refund_id=refund.id, agreed=True)


# ── agreeing ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.rule("APR-05")
@pytest.mark.parametrize(("yuan", "quorum"), [(4999, 1), (5000, 2), (9000, 2)])
def test_apr_05_a_large_refund_needs_two(back: GivingBack, yuan: int, quorum: int) -> None:
    refund = back.ask(back.paid(YUAN(yuan)))
    first, second = back.approvers
    services.decide_refund(back.session, first, refund_id=refund.id, agreed=True)
    assert (refund.state is RefundState.APPROVED) == (quorum == 1)
    if quorum == 2:
        with pytest.raises(Denied) as refused:
            services.decide_refund(back.session, first, refund_id=refund.id, agreed=True)
        assert refused.value.reason is CommonReason.SAME_PERSON
        with pytest.raises(InvalidState):
            services.begin_sending(back.session, SYSTEM, refund_id=refund.id)
        services.decide_refund(back.session, second, refund_id=refund.id, agreed=True)
    assert refund.state is RefundState.APPROVED


def test_who_asks_never_agrees(back: GivingBack) -> None:
    charity_id = back.giving.campaign.charity_id
    both = make_actor(
        back.session,
        Grant(Role.TREASURER, organisation_id=charity_id),
        Grant(Role.APPROVER, organisation_id=charity_id),
    )
    back.treasurer = both
    refund = back.ask(back.paid())
    with pytest.raises(Denied) as refused:
        services.decide_refund(back.session, both, refund_id=refund.id, agreed=True)
    assert refused.value.reason is CommonReason.SAME_PERSON


def test_one_no_is_a_no_and_frees_the_sum(back: GivingBack) -> None:
    payment = back.paid(YUAN(6000))
    refund = back.ask(payment)
    with pytest.raises(Invalid):
        services.decide_refund(back.session, back.approvers[0], refund_id=refund.id, agreed=False)
    services.decide_refund(
        back.session, back.approvers[0], refund_id=refund.id, agreed=False, reason="材料不全"
    )
    assert refund.state is RefundState.CANCELLED
    assert queries.left_of(back.session, payment) == YUAN(6000)


@pytest.mark.parametrize(
    ("column", "value"),
    [("amount", Money(19_999)), ("payee", "别人"), ("path", RefundPath.TRANSFER), ("reason", "x")],
)
def test_what_was_agreed_to_is_frozen(back: GivingBack, column: str, value: object) -> None:
    refund = back.agree(back.ask(back.paid()))
    before = getattr(refund, column)
    setattr(refund, column, value)
    back.session.flush()
    if column == "path":
        with pytest.raises(InvalidState) as refused:
            services.pay_by_transfer(
                back.session,
                back.payer,
                refund_id=refund.id,
                reference="1",
                paid_on=refund.created_at.date(),
                payee="甲",
            )
        assert refused.value.reason is RefundsReason.NOT_AGREED
        return
    assert before != value
    assert services.begin_sending(back.session, SYSTEM, refund_id=refund.id) is None
    assert (refund.state, refund.failure) == (
        RefundState.CANCELLED,
        RefundsReason.NOT_AGREED.value,
    )
    assert back.entries(EntryKind.REFUND) == 0


def test_what_changed_between_asking_and_agreeing_is_refused(back: GivingBack) -> None:
    refund = back.ask(back.paid())
    refund.amount = YUAN(1)
    with pytest.raises(InvalidState) as refused:
        services.decide_refund(back.session, back.approvers[0], refund_id=refund.id, agreed=True)
    assert refused.value.reason is ApprovalsReason.CONTENT_CHANGED


def test_it_can_be_let_be_until_it_is_sent(back: GivingBack) -> None:
    payment = back.paid()
    for agreed in (False, True):
        prepared = back.ask(payment)
        if agreed:
            back.agree(prepared)
        services.cancel_refund(back.session, back.treasurer, refund_id=prepared.id)
        services.cancel_refund(back.session, back.treasurer, refund_id=prepared.id)
        assert prepared.state is RefundState.CANCELLED
        with pytest.raises(InvalidState):
            services.begin_sending(back.session, SYSTEM, refund_id=prepared.id)
    sent = back.refund(payment)
    with pytest.raises(InvalidState):
        services.cancel_refund(back.session, back.treasurer, refund_id=sent.id)


# ── sending ──────────────────────────────────────────────────────────────────────────────────────


def test_the_book_is_told_before_the_gateway(back: GivingBack) -> None:
    payment = back.paid()
    refund = back.agree(back.ask(payment))
    services.begin_sending(back.session, SYSTEM, refund_id=refund.id)
    assert (refund.state, refund.donation.refunded) == (RefundState.SENT, payment.amount)
    assert back.in_hand() == ZERO
    assert [verb for verb, _ in back.giving.gateway.calls if verb == "refund"] == []
    back.judge()


def test_a_lost_answer_is_asked_for_again_with_the_same_key(back: GivingBack) -> None:
    refund = back.agree(back.ask(back.paid()))
    back.giving.gateway.plan_faults([Fault.DOWN, Fault.TIMEOUT, Fault.LOST])
    for _ in range(3):
        with pytest.raises(GatewayUnavailable):
            back.send(refund)
        assert refund.state is RefundState.SENT
    back.send(refund)
    assert refund.state is RefundState.SUCCEEDED
    assert len(back.giving.gateway.refunds) == 1
    assert {key for verb, key in back.giving.gateway.calls if verb == "refund"} == {refund.key}
    assert back.entries(EntryKind.REFUND) == 1
    back.judge()


def test_a_key_a_day_old_is_never_used(back: GivingBack, clock: SetClock) -> None:
    refund = back.agree(back.ask(back.paid()))
    back.giving.gateway.plan_faults([Fault.LOST])
    with pytest.raises(GatewayUnavailable):
        back.send(refund)
    clock.advance(hours=24)
    with pytest.raises(InvalidState) as refused:
        back.send(refund)
    assert refused.value.reason is RefundsReason.NO_ANSWER
    assert queries.without_answer(back.session, before=clock.now) == [refund]
    services.settle_by_hand(
        back.session, back.payer, refund_id=refund.id, succeeded=True, note="后台已退"
    )
    assert refund.state is RefundState.SUCCEEDED
    back.judge()


def test_who_asked_does_not_settle_it_by_hand(back: GivingBack) -> None:
    refund = back.agree(back.ask(back.paid()))
    back.giving.gateway.plan_faults([Fault.DOWN])
    with pytest.raises(GatewayUnavailable):
        back.send(refund)
    with pytest.raises(Denied) as refused:
        services.settle_by_hand(
            back.session, back.treasurer, refund_id=refund.id, succeeded=False, note="没有"
        )
    assert refused.value.reason is RefundsReason.OTHER_PERSON_PAYS
    services.settle_by_hand(
        back.session, back.payer, refund_id=refund.id, succeeded=False, note="没有"
    )
    assert refund.donation.state is DonationState.SETTLED
    back.judge()


def test_a_refusal_gives_the_money_back_to_the_gift(back: GivingBack) -> None:
    payment = back.paid()
    refund = back.agree(back.ask(payment))
    back.giving.gateway.plan_faults([Fault.REFUSED])
    back.send(refund)
    assert (refund.state, refund.failure) == (
        RefundState.FAILED,
        RefundsReason.GATEWAY_REFUSED.value,
    )
    assert (payment.donation.state, payment.donation.refunded) == (DonationState.SETTLED, ZERO)
    assert back.in_hand() == payment.amount
    back.judge()
    assert back.refund(payment).state is RefundState.SUCCEEDED
    back.judge()


@pytest.mark.parametrize("first", [RemoteRefundState.PENDING, RemoteRefundState.SUCCEEDED])
def test_the_bank_may_send_it_back_later(back: GivingBack, first: RemoteRefundState) -> None:
    payment = back.paid()
    back.giving.gateway.refund_states.append(first)
    refund = back.refund(payment)
    assert (refund.state is RefundState.SENT) == (first is RemoteRefundState.PENDING)
    assert refund.remote_id is not None
    failed = back.giving.gateway.refund_failed(refund.remote_id)
    assert back.giving.apply(failed) is EventOutcome.APPLIED
    assert back.giving.apply(failed) is EventOutcome.APPLIED
    assert (refund.state, payment.donation.state) == (RefundState.FAILED, DonationState.SETTLED)
    back.judge()


def test_an_answer_about_another_refund_is_refused(back: GivingBack) -> None:
    first, second = back.refund(back.paid()), back.agree(back.ask(back.paid(YUAN(7))))
    services.begin_sending(back.session, SYSTEM, refund_id=second.id)
    answer = back.giving.gateway.refund(
        services.begin_sending(back.session, SYSTEM, refund_id=second.id)  # type: ignore[arg-type]  # just sent
    )
    with pytest.raises(Conflict):
        services.record_refund(back.session, SYSTEM, refund_id=first.id, answer=answer)


def test_only_the_installation_sends(back: GivingBack) -> None:
    refund = back.agree(back.ask(back.paid()))
    for actor in (back.treasurer, *back.approvers, Actor.guest()):
        with pytest.raises(Denied):
            services.begin_sending(back.session, actor, refund_id=refund.id)


# ── spent money ──────────────────────────────────────────────────────────────────────────────────


def test_a_voluntary_refund_takes_only_what_is_unspent(back: GivingBack) -> None:
    payment = back.paid(YUAN(200))
    back.spend(YUAN(150))
    with pytest.raises(Insufficient) as refused:
        back.ask(payment)
    assert refused.value.reason is RefundsReason.SPENT
    assert refused.value.params["available"] == YUAN(50)
    assert back.refund(payment, YUAN(50)).state is RefundState.SUCCEEDED
    back.judge()


def test_one_spent_between_agreeing_and_sending_is_dropped_with_the_reason(
    back: GivingBack,
) -> None:
    payment = back.paid(YUAN(200))
    refund = back.agree(back.ask(payment))
    back.spend(YUAN(1))
    assert back.send(refund).state is RefundState.CANCELLED
    assert refund.failure == RefundsReason.SPENT.value
    assert payment.donation.refunded == ZERO
    back.judge()


def test_a_double_payment_goes_back_from_the_hosts_own_where_it_is_spent(
    back: GivingBack,
) -> None:
    host = back.host(YUAN(1000))
    payment = back.paid(YUAN(200))
    back.spend(YUAN(150))
    refund = back.refund(payment, cause=RefundCause.DOUBLE_PAYMENT)
    assert refund.state is RefundState.SUCCEEDED
    assert (back.in_hand(host.id), back.in_hand()) == (YUAN(850), ZERO)
    back.judge()


def test_a_compelled_refund_that_fails_gives_the_host_its_own_back(back: GivingBack) -> None:
    host = back.host(YUAN(1000))
    payment = back.paid(YUAN(200))
    back.spend(YUAN(150))
    refund = back.refund(payment, cause=RefundCause.WRONG_AMOUNT)
    back.giving.apply(back.giving.gateway.refund_failed(refund.remote_id or ""))
    assert (back.in_hand(host.id), back.in_hand()) == (YUAN(1000), YUAN(50))
    assert payment.donation.state is DonationState.SETTLED
    back.judge()


def test_without_money_of_its_own_the_host_cannot_be_made_to_pay(back: GivingBack) -> None:
    payment = back.paid(YUAN(200))
    back.spend(YUAN(150))
    refund = back.agree(back.ask(payment, cause=RefundCause.DOUBLE_PAYMENT))
    assert back.send(refund).state is RefundState.CANCELLED
    assert refund.failure == "ledger.insufficient"
    assert [verb for verb, _ in back.giving.gateway.calls if verb == "refund"] == []
    back.judge()


# ── by hand ──────────────────────────────────────────────────────────────────────────────────────


def by_hand(back: GivingBack, payment: Payment) -> Refund:
    """Asked for and agreed to, to be paid by a transfer."""
    refund = back.ask(payment, path=RefundPath.TRANSFER, payee="张三 建设银行 6217000000001234")
    return back.agree(refund)


def test_another_person_pays_it_by_transfer(back: GivingBack, clock: SetClock) -> None:
    payment = back.paid()
    refund = by_hand(back, payment)
    today = clock.now.date()
    with pytest.raises(Denied) as refused:
        services.pay_by_transfer(
            back.session, back.treasurer, refund_id=refund.id, reference="B1", paid_on=today
        )
    assert refused.value.reason is RefundsReason.OTHER_PERSON_PAYS
    with pytest.raises(Invalid):
        services.pay_by_transfer(
            back.session, back.payer, refund_id=refund.id, reference=" ", paid_on=today
        )
    for wrong in (today - timedelta(days=1), today + timedelta(days=1)):
        with pytest.raises(Invalid):
            services.pay_by_transfer(
                back.session, back.payer, refund_id=refund.id, reference="B1", paid_on=wrong
            )
    services.pay_by_transfer(
        back.session, back.payer, refund_id=refund.id, reference="B1", paid_on=today
    )
    assert (refund.state, refund.remote_id) == (RefundState.SUCCEEDED, "bank:B1")
    assert payment.donation.state is DonationState.REFUNDED
    moved = back.session.scalar(select(Entry).where(Entry.source == f"{refund.key}:bank"))
    assert moved is not None
    back.judge()


def test_one_transfer_pays_one_refund(back: GivingBack, clock: SetClock) -> None:
    first, second = by_hand(back, back.paid()), by_hand(back, back.paid())
    today = clock.now.date()
    services.pay_by_transfer(
        back.session, back.payer, refund_id=first.id, reference="B1", paid_on=today
    )
    with pytest.raises(Conflict) as refused:
        services.pay_by_transfer(
            back.session, back.payer, refund_id=second.id, reference="B1", paid_on=today
        )
    assert refused.value.reason is RefundsReason.REFERENCE_USED
    with pytest.raises(InvalidState):
        services.pay_by_transfer(
            back.session, back.payer, refund_id=first.id, reference="B2", paid_on=today
        )


def test_a_transfer_that_comes_back_is_a_gift_again(back: GivingBack, clock: SetClock) -> None:
    payment = back.paid()
    refund = by_hand(back, payment)
    services.pay_by_transfer(
        back.session, back.payer, refund_id=refund.id, reference="B1", paid_on=clock.now.date()
    )
    services.settle_by_hand(
        back.session, back.payer, refund_id=refund.id, succeeded=False, note="账号有误"
    )
    assert (refund.state, payment.donation.state) == (RefundState.FAILED, DonationState.SETTLED)
    assert back.in_hand() == payment.amount
    back.judge()


def test_the_worker_leaves_transfers_alone(back: GivingBack) -> None:
    refund = by_hand(back, back.paid())
    assert queries.to_send(back.session) == []
    with pytest.raises(InvalidState):
        services.begin_sending(back.session, SYSTEM, refund_id=refund.id)


# ── two payments for one gift ────────────────────────────────────────────────────────────────────


def twice_paid(giving: Giving) -> tuple[Payment, Payment, int]:
    """Both wallets of one gift paid; the second payment's message is set aside."""
    gift = giving.begin()
    first = giving.check_out(gift.payments[0])
    giving.apply(giving.gateway.expire(first))
    services.open_payment(giving.session, SYSTEM, donation_id=gift.id, gateway=giving.gateway)
    second = giving.check_out(gift.payments[1])
    giving.apply(giving.gateway.pay(first))
    event = giving.hear(giving.gateway.pay(second))
    outcome = services.apply_event(giving.session, SYSTEM, event_id=event.id)
    assert outcome is EventOutcome.QUARANTINED
    assert event.outcome_note == DonationsReason.SECOND_PAYMENT.value
    return gift.payments[0], gift.payments[1], event.id


def test_of_two_payments_one_goes_back_and_the_other_stays(back: GivingBack) -> None:
    first, second, event_id = twice_paid(back.giving)
    gift = services.take_as_gift(
        back.session, back.treasurer, event_id=event_id, note="重复付款，退回"
    )
    assert (gift.state, second.donation_id) == (DonationState.SETTLED, gift.id)
    refund = back.refund(second, cause=RefundCause.DOUBLE_PAYMENT)
    assert refund.state is RefundState.SUCCEEDED
    assert (gift.state, first.donation.state) == (DonationState.REFUNDED, DonationState.SETTLED)
    assert first.donation.refunded == ZERO
    assert back.in_hand() == first.amount
    back.judge()


def test_the_second_may_be_meant_and_stay(back: GivingBack) -> None:
    first, second, event_id = twice_paid(back.giving)
    gift = services.take_as_gift(back.session, back.treasurer, event_id=event_id, note="捐赠人愿意")
    assert gift.giver_name == first.donation.giver_name
    assert gift.trail_token != first.donation.trail_token
    assert back.in_hand() == first.amount + second.amount
    with pytest.raises(InvalidState):
        services.take_as_gift(back.session, back.treasurer, event_id=event_id, note="再来")
    back.judge()


def test_one_payment_of_a_refunded_gift_that_comes_late_is_set_aside(back: GivingBack) -> None:
    giving = back.giving
    gift = giving.begin()
    first = giving.check_out(gift.payments[0])
    giving.apply(giving.gateway.expire(first))
    services.open_payment(back.session, SYSTEM, donation_id=gift.id, gateway=giving.gateway)
    second = giving.check_out(gift.payments[1])
    giving.apply(giving.gateway.pay(first))
    back.refund(gift.payments[0])
    assert gift.state is DonationState.REFUNDED
    assert giving.apply(giving.gateway.pay(second)) is EventOutcome.QUARANTINED
    back.judge()
