"""Give back a whole campaign: agreed to once, then made gift by gift in portions.

A portion looks at the next gifts by number and asks for what of each is unspent, so that a batch
can be stopped, killed and resumed at any gift, and no gift is refunded twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor, Permission, require
from charity.approvals import services as approvals
from charity.approvals.models import ApprovalState
from charity.donations import refund_policy
from charity.donations.gateway import PaymentGateway
from charity.donations.models import (
    GONE,
    Donation,
    Payment,
    PaymentState,
    Refund,
    RefundBatch,
    RefundBatchState,
    RefundCause,
    RefundKind,
    RefundPath,
    RefundState,
)
from charity.donations.queries import refunds as queries
from charity.donations.reasons import RefundsReason
from charity.donations.services.locking import lock_gift
from charity.errors import CommonReason, Conflict, Denied, InvalidState
from charity.ledger import services as ledger
from charity.money import Money
from charity.registry.models import Campaign, CampaignState
from charity.registry.queries import campaign
from charity.rows import locked

#: Gifts looked at in one unit.
PORTION = 50

_STANDING = (RefundBatchState.REQUESTED, RefundBatchState.RUNNING, RefundBatchState.STOPPED)


def request_batch(session: Session, actor: Actor, *, campaign_id: int, reason: str) -> RefundBatch:
    """Ask that every gift of an ended campaign go back, as far as it is unspent.

    Raises `Denied` for anyone but the charity's treasurer, `InvalidState` while the campaign is
    open or where nothing is left, `Conflict` while another batch is under way, `Invalid` on
    `reason`, `NotFound`.
    """
    # The campaign is locked, so that two who ask at once are one after the other.
    found = locked(session, select(Campaign).where(Campaign.id == campaign_id))
    require(refund_policy.may_request(actor, found.charity_id))
    if actor.user_id is None or actor.person_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    said = texts.prose(reason, field="reason", required=True)
    if found.state is not CampaignState.ENDED:
        raise InvalidState(RefundsReason.CAMPAIGN_OPEN)
    standing = select(RefundBatch.id).where(
        RefundBatch.campaign_id == campaign_id, RefundBatch.state.in_(_STANDING)
    )
    if session.scalar(standing.limit(1)) is not None:
        raise Conflict(RefundsReason.BATCH_UNDER_WAY)
    gifts = queries.gifts_to_give_back(session, campaign_id).order_by(None).subquery()
    number, amount, refunded, last = session.execute(
        select(
            func.count(),
            func.sum(gifts.c.amount),
            func.sum(gifts.c.refunded),
            func.max(gifts.c.id),
        )
    ).one()
    if not number:
        raise InvalidState(RefundsReason.NOTHING_TO_GIVE_BACK)
    batch = RefundBatch(
        campaign_id=campaign_id,
        reason=said,
        gifts=number,
        total=amount - refunded,
        last_gift=last,
        reached_gift=0,
        created_by_user_id=actor.user_id,
        created_at=clock.now(),
    )
    session.add(batch)
    session.flush()
    approvals.open_request(
        session,
        actor,
        subject=batch.subject,
        content=content_of(batch),
        quorum=refund_policy.quorum_of(batch.total, clock.today()),
        submitter_person_id=actor.person_id,
    )
    return batch


def decide_batch(
    session: Session, actor: Actor, *, batch_id: int, agreed: bool, reason: str = ""
) -> RefundBatch:
    """Agree to the batch as it was asked for, or refuse it; raises like `decide_refund`."""
    batch = _lock(session, batch_id)
    charity_id = campaign(session, batch.campaign_id).charity_id
    require(refund_policy.may_agree(actor, charity_id))
    state = approvals.decide(
        session,
        actor,
        subject=batch.subject,
        agreed=agreed,
        reason=reason,
        content=content_of(batch),
        permission=Permission.REFUND_APPROVE,
        organisation_id=charity_id,
    )
    if state is ApprovalState.GRANTED:
        batch.move_to(RefundBatchState.RUNNING)
    elif state is ApprovalState.REFUSED:
        _end(batch, RefundBatchState.CANCELLED)
    session.flush()
    return batch


def steer_batch(
    session: Session, actor: Actor, *, batch_id: int, state: RefundBatchState
) -> RefundBatch:
    """Stop a running batch, let a stopped one run again, or cancel what was not made yet.

    Refunds that were made already go their way. Raises `Denied`, `InvalidState` where no such step
    exists; only an agreement sets a batch running for the first time.
    """
    batch = _lock(session, batch_id)
    require(refund_policy.may_request(actor, campaign(session, batch.campaign_id).charity_id))
    finishes = state is RefundBatchState.FINISHED
    starts = state is RefundBatchState.RUNNING and batch.state is RefundBatchState.REQUESTED
    if finishes or starts:
        raise InvalidState(CommonReason.WRONG_STATE, state=batch.state, wanted=state)
    if state is RefundBatchState.CANCELLED:
        _end(batch, state)
        approvals.void(session, Actor.system("refunds"), subject=batch.subject)
    else:
        batch.move_to(state)
    session.flush()
    return batch


def make_portion(
    session: Session,
    actor: Actor,
    *,
    batch_id: int,
    can_refund: Callable[[str], bool],
    portion: int = PORTION,
) -> int:
    """Make the refunds of the next gifts of a running batch; answers how many were looked at.

    `can_refund` says of a gateway's name whether it gives back; the others' refunds go by hand.
    Zero means that the batch is finished, or not running. Raises `Denied`, `NotFound`.
    """
    require(refund_policy.may_send(actor))
    batch = _lock(session, batch_id)
    if batch.state is not RefundBatchState.RUNNING:
        return 0
    query = queries.gifts_to_give_back(
        session, batch.campaign_id, after=batch.reached_gift, until=batch.last_gift
    )
    numbers = list(session.scalars(query.with_only_columns(Donation.id).limit(portion)))
    for donation_id in numbers:
        _give_back(session, actor, batch, donation_id, can_refund)
        batch.reached_gift = donation_id
    if len(numbers) < portion:
        batch.reached_gift = batch.last_gift
        _end(batch, RefundBatchState.FINISHED)
    session.flush()
    return len(numbers)


def gateway_can_refund(gateways: Mapping[str, PaymentGateway]) -> Callable[[str], bool]:
    """Whether the gateway of a name is there and gives back."""
    return lambda name: name in gateways and gateways[name].can_refund


def content_of(batch: RefundBatch) -> dict[str, str | int]:
    """Everything people are asked to agree to."""
    return {
        "campaign": batch.campaign_id,
        "gifts": batch.gifts,
        "fen": batch.total.fen,
        "last_gift": batch.last_gift,
        "reason": batch.reason,
    }


def _give_back(
    session: Session,
    actor: Actor,
    batch: RefundBatch,
    donation_id: int,
    can_refund: Callable[[str], bool],
) -> None:
    """One refund of what is unspent of a gift; none where nothing is, or where it is disputed."""
    gift = lock_gift(session, donation_id)
    payment = next((p for p in gift.payments if p.state is PaymentState.SUCCEEDED), None)
    if payment is None or gift.entry_id is None:
        return
    if queries.open_dispute(session, payment.id) is not None:
        return
    unspent = ledger.left_of_gift(session, actor, gift_entry_id=gift.entry_id)
    left = queries.left_of(session, payment)
    asked = queries.left_of(session, payment, states=GONE) - left
    amount = min(Money(unspent.fen - asked.fen), left)
    if amount.fen <= 0:
        return
    by_gateway = can_refund(payment.gateway) and payment.remote_id is not None
    add_agreed(
        session,
        actor,
        batch=batch,
        gift=gift,
        payment=payment,
        amount=amount,
        cause=RefundCause.CAMPAIGN_FAILED,
        by_gateway=by_gateway,
    )


def add_agreed(
    session: Session,
    actor: Actor,
    *,
    batch: RefundBatch,
    gift: Donation,
    payment: Payment,
    amount: Money,
    cause: RefundCause,
    by_gateway: bool,
) -> Refund:
    """Add a refund that needs no agreement of its own: the batch was agreed to as a whole."""
    refund = Refund(
        donation_id=gift.id,
        payment_id=payment.id,
        batch_id=batch.id,
        gateway=payment.gateway,
        amount=amount,
        kind=RefundKind.VOLUNTARY,
        cause=cause,
        path=RefundPath.GATEWAY if by_gateway else RefundPath.TRANSFER,
        reason=batch.reason,
        state=RefundState.APPROVED,
        requested_by_user_id=batch.created_by_user_id,
        created_at=clock.now(),
    )
    session.add(refund)
    session.flush()
    return refund


def _end(batch: RefundBatch, state: RefundBatchState) -> None:
    batch.move_to(state)
    batch.finished_at = clock.now()


def _lock(session: Session, batch_id: int) -> RefundBatch:
    return locked(session, select(RefundBatch).where(RefundBatch.id == batch_id))
