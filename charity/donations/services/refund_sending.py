"""Send what was agreed to, hear how it ended, and pay by hand where the gateway cannot.

The book is told in a unit of its own before the gateway is called, so that nobody spends the fen
meanwhile; the answer is recorded in another. An answer that is lost is asked for again with the
same key, within the day for which gateways remember keys; after it people look.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor, require
from charity.approvals.queries import request_for
from charity.donations import refund_policy
from charity.donations.gateway import (
    KEY_HOURS,
    RefundOrder,
    RemoteRefund,
    RemoteRefundState,
)
from charity.donations.models import Refund, RefundPath, RefundState
from charity.donations.reasons import RefundsReason
from charity.donations.services.refund_booking import finish, lock_refund, send_out, take_back
from charity.donations.services.refund_requests import (
    charity_of,
    check_payment,
    drop,
    payee_line,
    require_agreed,
)
from charity.errors import (
    CommonReason,
    Conflict,
    Denied,
    Insufficient,
    Invalid,
    InvalidState,
)
from charity.ledger.reasons import LedgerReason


def begin_sending(session: Session, actor: Actor, *, refund_id: int) -> RefundOrder | None:
    """Book a refund that was agreed to, and say what to ask the gateway; commit before the call.

    Sent already and unanswered, it gives the same order again. Where it cannot go any more (spent,
    disputed, changed) it is cancelled with the reason, and None is answered. Raises `Denied` for
    anyone but the installation, `InvalidState` in any other state and for a key a day old.
    """
    require(refund_policy.may_send(actor))
    refund = lock_refund(session, refund_id)
    if refund.path is not RefundPath.GATEWAY:
        raise InvalidState(CommonReason.WRONG_STATE, state=refund.state)
    if refund.state is RefundState.SENT and refund.remote_id is None:
        if clock.now() - (refund.sent_at or refund.created_at) >= timedelta(hours=KEY_HOURS):
            raise InvalidState(RefundsReason.NO_ANSWER)
    elif refund.state is not RefundState.APPROVED:
        raise InvalidState(CommonReason.WRONG_STATE, state=refund.state)
    elif not _left(session, refund):
        return None
    if refund.payment.remote_id is None:
        raise InvalidState(RefundsReason.NOT_PAID)
    return RefundOrder(
        key=refund.key,
        remote_id=refund.payment.remote_id,
        amount=refund.amount,
        currency=refund.payment.currency,
    )


def record_refund(
    session: Session, actor: Actor, *, refund_id: int, answer: RemoteRefund
) -> Refund:
    """Keep the gateway's answer; what was told meanwhile by a message stands.

    Raises `Conflict` where the answer is not about this refund, `Denied`, `NotFound`.
    """
    require(refund_policy.may_send(actor))
    refund = lock_refund(session, refund_id)
    if refund.remote_id not in (None, answer.remote_id) or refund.amount != answer.amount:
        raise Conflict(RefundsReason.ANSWER_DIFFERS)
    refund.remote_id = answer.remote_id
    if refund.state is RefundState.SENT:
        if answer.state is RemoteRefundState.SUCCEEDED:
            finish(session, refund)
        elif answer.state is RemoteRefundState.FAILED:
            take_back(session, refund, RefundsReason.BANK_RETURNED.value)
    session.flush()
    return refund


def record_refusal(session: Session, actor: Actor, *, refund_id: int) -> Refund:
    """The gateway said no for good: the book takes the money back.

    Told meanwhile that it went through, nothing changes. Raises `Denied`, `NotFound`.
    """
    require(refund_policy.may_send(actor))
    refund = lock_refund(session, refund_id)
    if refund.state is RefundState.SENT and refund.remote_id is None:
        take_back(session, refund, RefundsReason.GATEWAY_REFUSED.value)
    return refund


def pay_by_transfer(
    session: Session,
    actor: Actor,
    *,
    refund_id: int,
    reference: str,
    paid_on: date,
    payee: str = "",
) -> Refund:
    """Record that a refund by hand was paid from the bank: by another person than who asked.

    `reference` is the bank's number of the transfer; `payee` fills what a batch could not know.
    Raises `Denied` (OTHER_PERSON_PAYS), `Invalid` on `reference`, `paid_on` or `payee`, `Conflict`
    for a reference used before, `InvalidState`, `Insufficient` where the money is spent meanwhile.
    """
    refund = lock_refund(session, refund_id)
    require(refund_policy.may_request(actor, charity_of(session, refund.payment)))
    if refund.state is not RefundState.APPROVED or refund.path is not RefundPath.TRANSFER:
        raise InvalidState(CommonReason.WRONG_STATE, state=refund.state)
    if actor.person_id == _asked_by(session, refund):
        raise Denied(RefundsReason.OTHER_PERSON_PAYS)
    require_agreed(session, refund)
    number = texts.line(reference, field="reference", limit=80)
    if not refund.created_at <= clock.start_of(paid_on + timedelta(days=1)) or (
        paid_on > clock.today()
    ):
        raise Invalid(CommonReason.DATES_REVERSED, field="paid_on")
    refund.payee = refund.payee or payee_line(payee)
    if not refund.payee:
        raise Invalid(RefundsReason.PAYEE_REQUIRED, field="payee")
    remote_id = f"bank:{number}"
    taken = select(Refund.id).where(Refund.gateway == refund.gateway, Refund.remote_id == remote_id)
    if session.scalar(taken) is not None:
        raise Conflict(RefundsReason.REFERENCE_USED, field="reference")
    check_payment(session, refund.payment)
    send_out(session, refund)
    refund.remote_id = remote_id
    finish(session, refund)
    return refund


def settle_by_hand(
    session: Session, actor: Actor, *, refund_id: int, succeeded: bool, note: str
) -> Refund:
    """A person looked at the gateway's own office, or the bank sent a transfer back.

    A refund without an answer for a day went through or did not; a transfer that was paid may come
    back. Raises `Denied` for who asked for it, `Invalid` on `note`, `InvalidState`.
    """
    refund = lock_refund(session, refund_id)
    require(refund_policy.may_request(actor, charity_of(session, refund.payment)))
    if actor.person_id == _asked_by(session, refund):
        raise Denied(RefundsReason.OTHER_PERSON_PAYS)
    said = texts.prose(note, field="note", required=True)
    if refund.state is RefundState.SENT and refund.remote_id is None:
        if succeeded:
            finish(session, refund)
        else:
            take_back(session, refund, RefundsReason.GATEWAY_REFUSED.value)
    elif refund.path is RefundPath.TRANSFER and refund.state in _PAID and not succeeded:
        take_back(session, refund, RefundsReason.BANK_RETURNED.value)
    else:
        raise InvalidState(CommonReason.WRONG_STATE, state=refund.state)
    refund.reason = f"{refund.reason}\n{said}".strip()
    session.flush()
    return refund


_PAID = frozenset({RefundState.SENT, RefundState.SUCCEEDED})


def _left(session: Session, refund: Refund) -> bool:
    """Whether the book let the money go; if not, the refund is cancelled and says why."""
    try:
        require_agreed(session, refund)
        check_payment(session, refund.payment)
        with session.begin_nested():
            send_out(session, refund)
    except (InvalidState, Insufficient) as error:
        session.refresh(refund)
        spent = error.reason is LedgerReason.MORE_THAN_LEFT
        drop(session, refund, (RefundsReason.SPENT if spent else error.reason).value)
        return False
    return True


def _asked_by(session: Session, refund: Refund) -> int | None:
    """The person who asked for a refund, or for its batch."""
    subject = refund.batch.subject if refund.batch is not None else refund.key
    request = request_for(session, subject)
    return request.submitter_person_id if request is not None else None
