"""What is left of gifts goes back to givers when a project ends (CHA-165), as it was agreed to.

People agree to the closing as a whole; so these refunds are a batch that was agreed to with it and
whose gifts are named one by one. Each is made once: asked again, only what failed is made again,
and then by hand, since the gateway could not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.donations import refund_policy
from charity.donations.models import (
    COUNTING,
    Donation,
    Payment,
    PaymentState,
    Refund,
    RefundBatch,
    RefundBatchState,
    RefundCause,
    RefundState,
)
from charity.donations.queries import refunds as queries
from charity.donations.reasons import RefundsReason
from charity.donations.services.locking import lock_gift
from charity.donations.services.refund_batches import add_agreed
from charity.errors import InvalidState
from charity.ledger import services as ledger
from charity.money import Money
from charity.rows import locked

#: Refunds of these states are still on their way.
UNDER_WAY = frozenset({RefundState.APPROVED, RefundState.SENT})


def refund_surplus(
    session: Session,
    actor: Actor,
    *,
    campaign_id: int,
    agreed_as: str,
    gifts: Mapping[int, Money],
    asked_by_user_id: int,
    reason: str,
    can_refund: Callable[[str], bool],
) -> list[Refund]:
    """Make the refunds of these sums by gift, and answer all that were ever made of them.

    `agreed_as` names what was agreed to (`project_closing:3`); called again, it makes what is
    missing: a gift whose refund failed gets one by hand. Raises `Denied` for anyone but the
    installation, `InvalidState` where a gift is disputed or has no such sum left.
    """
    require(refund_policy.may_send(actor))
    batch = _batch(session, campaign_id, agreed_as, gifts, asked_by_user_id, reason)
    if batch is None:
        return []
    made: dict[int, list[Refund]] = {}
    for refund in session.scalars(select(Refund).where(Refund.batch_id == batch.id)):
        made.setdefault(refund.donation_id, []).append(refund)
    for donation_id, amount in sorted(gifts.items()):
        earlier = made.setdefault(donation_id, [])
        if not any(refund.state in COUNTING for refund in earlier):
            by_hand = bool(earlier)
            earlier.append(_refund(session, actor, batch, donation_id, amount, by_hand, can_refund))
    session.flush()
    return [refund for refunds in made.values() for refund in refunds]


def _batch(
    session: Session,
    campaign_id: int,
    agreed_as: str,
    gifts: Mapping[int, Money],
    asked_by_user_id: int,
    reason: str,
) -> RefundBatch | None:
    """The one batch of what was agreed to, made when it is first asked for."""
    found = session.scalars(select(RefundBatch).where(RefundBatch.agreed_as == agreed_as)).first()
    if found is not None:
        return locked(session, select(RefundBatch).where(RefundBatch.id == found.id))
    if not gifts:
        return None
    now = clock.now()
    batch = RefundBatch(
        campaign_id=campaign_id,
        reason=reason,
        state=RefundBatchState.FINISHED,
        gifts=len(gifts),
        total=Money.total(gifts.values()),
        last_gift=max(gifts),
        reached_gift=max(gifts),
        created_by_user_id=asked_by_user_id,
        created_at=now,
        finished_at=now,
        agreed_as=agreed_as,
    )
    session.add(batch)
    session.flush()
    return batch


def _refund(
    session: Session,
    actor: Actor,
    batch: RefundBatch,
    donation_id: int,
    amount: Money,
    by_hand: bool,
    can_refund: Callable[[str], bool],
) -> Refund:
    gift = lock_gift(session, donation_id)
    payment = _paid(gift)
    if queries.open_dispute(session, payment.id) is not None:
        raise InvalidState(RefundsReason.DISPUTED)
    left = ledger.left_of_gift(session, actor, gift_entry_id=gift.entry_id or 0)
    if amount > left or amount > queries.left_of(session, payment):
        raise InvalidState(RefundsReason.SPENT, available=left)
    by_gateway = not by_hand and can_refund(payment.gateway) and payment.remote_id is not None
    return add_agreed(
        session,
        actor,
        batch=batch,
        gift=gift,
        payment=payment,
        amount=amount,
        cause=RefundCause.PROJECT_ENDED,
        by_gateway=by_gateway,
    )


def _paid(gift: Donation) -> Payment:
    paid = [payment for payment in gift.payments if payment.state is PaymentState.SUCCEEDED]
    if not paid or gift.entry_id is None:
        raise InvalidState(RefundsReason.NOT_PAID)
    return paid[0]
