"""Ask to give a gift back, agree to it, or let it be.

What people agree to is frozen: the sum, the payment, the way and the payee. The person who asks
never agrees, and a large sum needs two who do.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor, Permission, require
from charity.approvals import services as approvals
from charity.approvals.freezing import frozen_hash
from charity.approvals.models import ApprovalState
from charity.approvals.queries import request_for
from charity.donations import refund_policy
from charity.donations.gateway import PaymentGateway
from charity.donations.models import (
    GONE,
    Payment,
    PaymentState,
    Refund,
    RefundCause,
    RefundKind,
    RefundPath,
    RefundState,
)
from charity.donations.queries import refunds as queries
from charity.donations.reasons import RefundsReason
from charity.donations.services.locking import lock_payment
from charity.donations.services.refund_booking import lock_refund
from charity.errors import CommonReason, Denied, Insufficient, Invalid, InvalidState
from charity.ledger import services as ledger
from charity.money import Money
from charity.registry.queries import campaign

#: What staff may give as the cause, and whether the money must go back then, spent or not.
CAUSES: dict[RefundCause, RefundKind] = {
    RefundCause.DONOR_ASKED: RefundKind.VOLUNTARY,
    RefundCause.CAMPAIGN_FAILED: RefundKind.VOLUNTARY,
    RefundCause.DOUBLE_PAYMENT: RefundKind.COMPELLED,
    RefundCause.WRONG_AMOUNT: RefundKind.COMPELLED,
}
#: Characters of the account a transfer goes to.
PAYEE_LENGTH = 200


def request_refund(
    session: Session,
    actor: Actor,
    *,
    payment_id: int,
    amount: Money,
    cause: RefundCause,
    reason: str,
    gateway: PaymentGateway,
    path: RefundPath = RefundPath.GATEWAY,
    payee: str = "",
) -> Refund:
    """Ask that `amount` of a payment go back; others agree before anything moves.

    The cause says whether it is voluntary (then only what is unspent can go back) or must be.
    Raises `Denied` for anyone but the charity's treasurer, `InvalidState` for a payment that
    brought nothing or is disputed, `Insufficient` on `amount` (MORE_THAN_PAID, SPENT: `available`),
    `Invalid` on `reason`, `cause`, `path` or `payee`, `NotFound`.
    """
    payment = lock_payment(session, payment_id)
    require(refund_policy.may_request(actor, charity_of(session, payment)))
    said = texts.prose(reason, field="reason", required=True)
    if cause not in CAUSES:
        raise Invalid(CommonReason.REQUIRED, field="cause")
    check_payment(session, payment)
    check_path(gateway, path, payee)
    check_amount(session, payment, amount, CAUSES[cause])
    refund = Refund(
        donation_id=payment.donation_id,
        payment_id=payment.id,
        gateway=payment.gateway,
        amount=amount,
        kind=CAUSES[cause],
        cause=cause,
        path=path,
        reason=said,
        payee=payee_line(payee) if path is RefundPath.TRANSFER else "",
        requested_by_user_id=actor.user_id,
        created_at=clock.now(),
    )
    session.add(refund)
    session.flush()
    approvals.open_request(
        session,
        actor,
        subject=refund.key,
        content=content_of(refund),
        quorum=refund_policy.quorum_of(amount, clock.today()),
        submitter_person_id=_person(actor),
    )
    return refund


def decide_refund(
    session: Session, actor: Actor, *, refund_id: int, agreed: bool, reason: str = ""
) -> Refund:
    """Agree to exactly what was asked, or refuse it; enough who agree set it free to be sent.

    Raises `Denied` (SAME_PERSON) for who asked and for a second voice of one person, `InvalidState`
    when it is not asked any more or reads otherwise now, `Invalid` on `reason` for a refusal
    without one, `NotFound`.
    """
    refund = lock_refund(session, refund_id)
    charity_id = charity_of(session, refund.payment)
    require(refund_policy.may_agree(actor, charity_id))
    state = approvals.decide(
        session,
        actor,
        subject=refund.key,
        agreed=agreed,
        reason=reason,
        content=content_of(refund),
        permission=Permission.REFUND_APPROVE,
        organisation_id=charity_id,
    )
    if state is ApprovalState.GRANTED:
        refund.move_to(RefundState.APPROVED)
    elif state is ApprovalState.REFUSED:
        close(refund, "")
    session.flush()
    return refund


def cancel_refund(session: Session, actor: Actor, *, refund_id: int) -> Refund:
    """Let it be, before any money moved; cancelled twice is cancelled once.

    Raises `Denied`, `InvalidState` once it is sent, `NotFound`.
    """
    refund = lock_refund(session, refund_id)
    require(refund_policy.may_request(actor, charity_of(session, refund.payment)))
    if refund.state is not RefundState.CANCELLED:
        drop(session, refund, "")
    return refund


def drop(session: Session, refund: Refund, failure: str) -> None:
    """Cancel a refund with what was agreed about it; `failure` is a reason code's value."""
    close(refund, failure)
    approvals.void(session, Actor.system("refunds"), subject=refund.key)
    session.flush()


def close(refund: Refund, failure: str) -> None:
    """The refund is over and nothing moved."""
    refund.move_to(RefundState.CANCELLED)
    refund.failure = failure
    refund.finished_at = clock.now()


def require_agreed(session: Session, refund: Refund) -> None:
    """Raise `InvalidState` (NOT_AGREED) unless the refund reads as it did when it was agreed to.

    One of a batch was agreed to with the batch.
    """
    if refund.batch_id is not None:
        return
    request = request_for(session, refund.key)
    if request is None or request.state is not ApprovalState.GRANTED:
        raise InvalidState(RefundsReason.NOT_AGREED)
    if request.content_hash != frozen_hash(refund.key, content_of(refund)):
        raise InvalidState(RefundsReason.NOT_AGREED)


def content_of(refund: Refund) -> dict[str, str | int]:
    """Everything people are asked to agree to."""
    return {
        "donation": refund.donation_id,
        "payment": refund.payment_id,
        "fen": refund.amount.fen,
        "kind": refund.kind.value,
        "cause": refund.cause.value,
        "path": refund.path.value,
        "payee": refund.payee,
        "reason": refund.reason,
    }


def charity_of(session: Session, payment: Payment) -> int:
    """The charity whose book took the payment."""
    return campaign(session, payment.donation.campaign_id).charity_id


def check_payment(session: Session, payment: Payment) -> None:
    """Raises `InvalidState` unless the payment brought money that nobody disputes."""
    if payment.state is not PaymentState.SUCCEEDED:
        raise InvalidState(RefundsReason.NOT_PAID)
    if queries.open_dispute(session, payment.id) is not None:
        raise InvalidState(RefundsReason.DISPUTED)


def check_path(gateway: PaymentGateway, path: RefundPath, payee: str) -> None:
    """Raises `Invalid`: a gateway that cannot give back, a transfer to nobody."""
    if path is RefundPath.GATEWAY and not gateway.can_refund:
        raise Invalid(RefundsReason.GATEWAY_CANNOT, field="path")
    if path is RefundPath.TRANSFER and not payee_line(payee):
        raise Invalid(RefundsReason.PAYEE_REQUIRED, field="payee")


def check_amount(session: Session, payment: Payment, amount: Money, kind: RefundKind) -> None:
    """Raises `Insufficient` beyond what was paid, or beyond what is unspent of it; `Invalid`."""
    if amount.fen <= 0:
        raise Invalid(CommonReason.NOT_POSITIVE, field="amount")
    left = queries.left_of(session, payment)
    if amount > left:
        raise Insufficient(RefundsReason.MORE_THAN_PAID, field="amount", available=left)
    if kind is RefundKind.COMPELLED or payment.donation.entry_id is None:
        return
    unspent = ledger.left_of_gift(
        session, Actor.system("refunds"), gift_entry_id=payment.donation.entry_id
    )
    # What is asked for and not sent yet still lies among the unspent fen.
    asked = queries.left_of(session, payment, states=GONE) - left
    available = Money(max(unspent.fen - asked.fen, 0))
    if amount > available:
        raise Insufficient(RefundsReason.SPENT, field="amount", available=available)


def payee_line(payee: str) -> str:
    """Whom a transfer goes to, on one line. Raises `Invalid` (TOO_LONG) on `payee`."""
    return texts.line(payee, field="payee", limit=PAYEE_LENGTH, required=False)


def _person(actor: Actor) -> int:
    if actor.person_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    return actor.person_id
