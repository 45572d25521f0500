"""Compare a day of a gateway's own list with ours, and ask for the fees it tells late.

Both lists are facts of their own: nothing is mended here but by the gateway's word, taken by the
same rules as a message of it. What differs is kept for people, once per thing and kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor, require
from charity.donations import policy, queries, refund_policy
from charity.donations.gateway import NoticeKind, RemoteStatus
from charity.donations.models import (
    DriftKind,
    GatewayDrift,
    Payment,
    PaymentState,
    Refund,
    RefundCause,
    RefundPath,
    RefundState,
)
from charity.donations.queries import events
from charity.donations.reasons import DonationsReason
from charity.donations.services.locking import lock_payment
from charity.donations.services.refund_booking import BOOKKEEPER, host_fund_of
from charity.donations.services.settling import reconcile
from charity.errors import InvalidState
from charity.ledger import services as ledger
from charity.money import Money
from charity.rows import insert_new, locked, present


def compare_listed(
    session: Session, actor: Actor, *, gateway: str, day: date, status: RemoteStatus
) -> list[GatewayDrift]:
    """Compare one paid checkout of the gateway's list with ours; answers what differs newly.

    One whose message never came is taken in first, by the rules of messages. Raises `Denied`.
    """
    require(policy.may_settle(actor))
    payment = _payment(session, gateway, status)
    if payment is None:
        theirs = _said(status)
        return _keep(
            session, gateway, day, status.remote_id, [(DriftKind.UNKNOWN_HERE, "", theirs)]
        )
    if payment.state is not PaymentState.SUCCEEDED:
        reconcile(session, actor, payment_id=payment.id, status=status)
        session.refresh(payment)
    found = [
        (kind, ours, theirs)
        for kind, ours, theirs in _differences(payment, status)
        if ours != theirs
    ]
    back = _refund_drift(session, payment, status)
    return _keep(session, gateway, day, status.remote_id, found + back, payment)


def missing_in(
    session: Session, actor: Actor, *, gateway: str, day: date, listed: Iterable[str]
) -> list[Payment]:
    """Payments we heard of on a day that are not on the gateway's list of it.

    The gateway may have put one on another day, so each is to be asked about (`compare_missing`).
    Raises `Denied`.
    """
    require(policy.may_settle(actor))
    known = set(listed)
    return [each for each in events.paid_on(session, gateway, day) if each.remote_id not in known]


def compare_missing(
    session: Session,
    actor: Actor,
    *,
    payment_id: int,
    day: date,
    status: RemoteStatus | None,
) -> list[GatewayDrift]:
    """Compare a payment that was not on the list with the gateway's answer about it.

    `status` is None where the gateway does not know it. Raises `Denied`, `NotFound`.
    """
    require(policy.may_settle(actor))
    payment = queries.payment(session, payment_id)
    remote_id = payment.remote_id or payment.key
    found: list[tuple[DriftKind, str, str]]
    if status is None:
        found = [(DriftKind.UNKNOWN_THERE, str(payment.amount), "")]
    elif status.kind is not NoticeKind.SUCCEEDED:
        found = [(DriftKind.STATE, payment.state.value, status.kind.value)]
    else:
        found = [each for each in _differences(payment, status) if each[1] != each[2]]
    return _keep(session, payment.gateway, day, remote_id, found, payment)


def close_drift(session: Session, actor: Actor, *, drift_id: int, note: str) -> GatewayDrift:
    """A person has found out why the lists differ. Raises `Denied`, `Invalid`, `InvalidState`."""
    present(session.get(GatewayDrift, drift_id))
    drift = locked(session, select(GatewayDrift).where(GatewayDrift.id == drift_id))
    charity_id = events.charity_of_payment(session, drift.payment_id)
    require(refund_policy.may_handle(actor, charity_id))
    if drift.closed_at is not None:
        raise InvalidState(DonationsReason.NOTHING_TO_DO)
    drift.note = texts.prose(note, field="note", required=True)
    drift.closed_at = clock.now()
    drift.closed_by_user_id = actor.user_id
    session.flush()
    return drift


def record_fee(session: Session, actor: Actor, *, payment_id: int, fee: Money) -> Payment:
    """Book what the gateway kept of a payment, once: from the gift, else from the host's own.

    Kept beside the payment as far as a payment can bear it; the book has the whole. Raises
    `Denied`, `Insufficient` where gift and host together have too little, `NotFound`.
    """
    require(policy.may_settle(actor))
    payment = lock_payment(session, payment_id)
    gift = payment.donation
    if payment.fee_is_known or gift.entry_id is None:
        return payment
    if fee:
        ledger.charge_fee(
            session,
            BOOKKEEPER,
            gift_entry_id=gift.entry_id,
            fee=fee,
            host_fund_id=host_fund_of(session, gift),
            source=f"payment:{payment.id}:fee",
            occurred_on=clock.today(),
        )
        # The least gift may be smaller than the gateway's least fee.
        payment.fee = min(fee, Money(payment.amount.fen - 1))
    payment.fee_is_known = True
    session.flush()
    return payment


def _payment(session: Session, gateway: str, status: RemoteStatus) -> Payment | None:
    query = select(Payment).where(Payment.gateway == gateway)
    found = session.scalar(query.where(Payment.remote_id == status.remote_id))
    number = queries.number_of(status.key or "", "payment")
    if found is not None or number is None:
        return found
    return session.scalar(query.where(Payment.id == number, Payment.remote_id.is_(None)))


def _differences(payment: Payment, status: RemoteStatus) -> list[tuple[DriftKind, str, str]]:
    """Kind, ours and theirs of everything that is compared."""
    return [
        (DriftKind.AMOUNT, str(payment.amount), str(status.amount)),
        (DriftKind.CURRENCY, payment.currency, status.currency),
        (DriftKind.STATE, payment.state.value, status.kind.value),
    ]


def _refund_drift(
    session: Session, payment: Payment, status: RemoteStatus
) -> list[tuple[DriftKind, str, str]]:
    """What went back through the gateway; one under way may or may not be in its list yet."""
    done, under_way = (_given_back(session, payment, state) for state in _ASKED_OF_GATEWAY)
    if done <= status.refunded <= done + under_way:
        return []
    return [(DriftKind.REFUNDED, str(done), str(status.refunded))]


_ASKED_OF_GATEWAY = (RefundState.SUCCEEDED, RefundState.SENT)


def _given_back(session: Session, payment: Payment, state: RefundState) -> Money:
    query = select(func.sum(Refund.amount)).where(
        Refund.payment_id == payment.id,
        Refund.path == RefundPath.GATEWAY,
        Refund.cause != RefundCause.DISPUTE_LOST,
        Refund.state == state,
    )
    found = session.scalar(query)
    return found if isinstance(found, Money) else Money(int(found or 0))


def _said(status: RemoteStatus) -> str:
    return f"{status.amount} {status.currency}".strip()


def _keep(
    session: Session,
    gateway: str,
    day: date,
    remote_id: str,
    found: list[tuple[DriftKind, str, str]],
    payment: Payment | None = None,
) -> list[GatewayDrift]:
    """Keep what differs; a difference that is known already is not told again."""
    kept = [
        insert_new(
            session,
            GatewayDrift,
            gateway=gateway,
            remote_id=remote_id,
            kind=kind,
            payment_id=payment.id if payment is not None else None,
            day=day,
            ours=ours,
            theirs=theirs,
            found_at=clock.now(),
            note="",
        )
        for kind, ours, theirs in found
    ]
    return [each for each in kept if each is not None]
