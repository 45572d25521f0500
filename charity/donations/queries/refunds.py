"""What went back, what is asked to go back, and what banks dispute."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from charity.approvals.models import ApprovalRequest, ApprovalState
from charity.approvals.queries import request_for
from charity.donations.models import (
    COUNTING,
    GONE,
    Dispute,
    DisputeState,
    Donation,
    DonationState,
    GatewayEvent,
    Payment,
    PaymentState,
    Refund,
    RefundBatch,
    RefundBatchState,
    RefundPath,
    RefundState,
)
from charity.donations.queries import number_of
from charity.money import ZERO, Money
from charity.registry.models import Campaign
from charity.rows import present

#: States in which somebody still has to do something.
UNDER_WAY = (RefundState.REQUESTED, RefundState.APPROVED, RefundState.SENT)


def refund(session: Session, refund_id: int) -> Refund:
    """One refund with its gift and payment; raises `NotFound`."""
    query = select(Refund).where(Refund.id == refund_id)
    options = selectinload(Refund.donation), selectinload(Refund.payment)
    return present(session.scalar(query.options(*options)))


def batch(session: Session, batch_id: int) -> RefundBatch:
    """One batch; raises `NotFound`."""
    return present(session.get(RefundBatch, batch_id))


def refund_of_event(session: Session, event: GatewayEvent) -> Refund | None:
    """The refund a message speaks of, by the gateway's id of it, else by the key we ordered with.

    The key finds it where the gateway's answer was lost.
    """
    mine = select(Refund).where(Refund.gateway == event.gateway)
    found = session.scalar(mine.where(Refund.remote_id == event.subject_id))
    number = number_of(event.order_key or "", "refund")
    if found is not None or number is None:
        return found
    return session.scalar(mine.where(Refund.id == number, Refund.remote_id.is_(None)))


def dispute_of_event(session: Session, event: GatewayEvent) -> Dispute | None:
    """The dispute a message speaks of."""
    return session.scalar(
        select(Dispute).where(
            Dispute.gateway == event.gateway, Dispute.remote_id == event.subject_id
        )
    )


def refunds_of(session: Session, donation_id: int) -> list[Refund]:
    """Every refund of a gift, the first first."""
    query = select(Refund).where(Refund.donation_id == donation_id)
    return list(session.scalars(query.order_by(Refund.id)))


def disputes_of(session: Session, payment_id: int) -> list[Dispute]:
    """Every dispute about a payment, the first first."""
    query = select(Dispute).where(Dispute.payment_id == payment_id)
    return list(session.scalars(query.order_by(Dispute.id)))


def left_of(
    session: Session, payment: Payment, states: Collection[RefundState] = COUNTING
) -> Money:
    """How much of a payment may still go back, when refunds in these states count."""
    query = select(func.sum(Refund.amount)).where(
        Refund.payment_id == payment.id, Refund.state.in_(states)
    )
    return payment.amount - _sum(session.scalar(query))


def gone_from(session: Session, donation_id: int) -> Money:
    """How much of a gift has left again."""
    query = select(func.sum(Refund.amount)).where(
        Refund.donation_id == donation_id, Refund.state.in_(GONE)
    )
    return _sum(session.scalar(query))


def open_dispute(session: Session, payment_id: int) -> Dispute | None:
    """The dispute about a payment that is not decided, if there is one."""
    query = select(Dispute).where(
        Dispute.payment_id == payment_id, Dispute.state == DisputeState.OPEN
    )
    return session.scalars(query.limit(1)).first()


def refunds_page(
    session: Session,
    *,
    charity_ids: Collection[int] | None,
    states: Collection[RefundState] = (),
    batch_id: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Refund]:
    """Refunds of these charities' campaigns (None: of all), the newest first; `before` pages on."""
    query = select(Refund).options(selectinload(Refund.donation), selectinload(Refund.payment))
    if states:
        query = query.where(Refund.state.in_(states))
    if batch_id is not None:
        query = query.where(Refund.batch_id == batch_id)
    if before is not None:
        query = query.where(Refund.id < before)
    query = _of_charities(query, charity_ids)
    return list(session.scalars(query.order_by(Refund.id.desc()).limit(limit)))


def waiting_for_agreement(
    session: Session, *, charity_ids: Collection[int] | None, person_id: int | None
) -> list[Refund]:
    """Refunds this person may still agree to: asked for by others, not decided by them."""
    query = select(Refund).where(Refund.state == RefundState.REQUESTED)
    found = session.scalars(_of_charities(query, charity_ids).order_by(Refund.id).limit(200))
    return [each for each in found if _awaits(request_for(session, each.key), person_id)]


def batches_waiting_for_agreement(
    session: Session, *, charity_ids: Collection[int] | None, person_id: int | None
) -> list[RefundBatch]:
    """Batches this person may still agree to."""
    query = select(RefundBatch).where(RefundBatch.state == RefundBatchState.REQUESTED)
    if charity_ids is not None:
        query = query.join(Campaign, Campaign.id == RefundBatch.campaign_id).where(
            Campaign.charity_id.in_(charity_ids)
        )
    found = session.scalars(query.order_by(RefundBatch.id))
    return [each for each in found if _awaits(request_for(session, each.subject), person_id)]


def waiting_for_transfer(session: Session, *, charity_ids: Collection[int] | None) -> list[Refund]:
    """Refunds agreed to that somebody has to pay by hand."""
    query = select(Refund).where(
        Refund.state == RefundState.APPROVED, Refund.path == RefundPath.TRANSFER
    )
    return list(session.scalars(_of_charities(query, charity_ids).order_by(Refund.id).limit(200)))


def without_answer(session: Session, *, before: datetime, limit: int = 200) -> list[Refund]:
    """Refunds sent before an instant that the gateway has given no id for: people must look."""
    query = (
        select(Refund)
        .where(Refund.state == RefundState.SENT, Refund.sent_at < before)
        .where(Refund.remote_id.is_(None))
    )
    return list(session.scalars(query.order_by(Refund.id).limit(limit)))


def to_send(session: Session, *, after: int = 0, limit: int = 200) -> list[Refund]:
    """Refunds for gateways that are agreed to, or sent without an answer yet, oldest first."""
    query = select(Refund).where(
        Refund.path == RefundPath.GATEWAY,
        (Refund.state == RefundState.APPROVED)
        | ((Refund.state == RefundState.SENT) & Refund.remote_id.is_(None)),
        Refund.id > after,
    )
    return list(session.scalars(query.order_by(Refund.id).limit(limit)))


def batches(session: Session, *, charity_ids: Collection[int] | None) -> list[RefundBatch]:
    """The batches of these charities' campaigns, the newest first."""
    query = select(RefundBatch).join(Campaign, Campaign.id == RefundBatch.campaign_id)
    if charity_ids is not None:
        query = query.where(Campaign.charity_id.in_(charity_ids))
    return list(session.scalars(query.order_by(RefundBatch.id.desc()).limit(50)))


def running_batches(session: Session) -> list[RefundBatch]:
    """Batches whose portions are to be made."""
    query = select(RefundBatch).where(RefundBatch.state == RefundBatchState.RUNNING)
    return list(session.scalars(query.order_by(RefundBatch.id)))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch has come, in gifts and in money."""

    looked_at: int
    by_state: dict[RefundState, tuple[int, Money]]

    def number(self, *states: RefundState) -> int:
        """How many refunds are in one of these states."""
        return sum(self.by_state.get(state, (0, ZERO))[0] for state in states)

    def amount(self, *states: RefundState) -> Money:
        """What the refunds in these states come to."""
        return Money(sum(self.by_state.get(state, (0, ZERO))[1].fen for state in states))


def progress(session: Session, found: RefundBatch) -> Progress:
    """How far a batch has come."""
    rows = session.execute(
        select(Refund.state, func.count(), func.sum(Refund.amount))
        .where(Refund.batch_id == found.id)
        .group_by(Refund.state)
    )
    by_state = {state: (number, _sum(amount)) for state, number, amount in rows}
    looked_at = session.scalar(
        select(func.count()).where(
            Donation.campaign_id == found.campaign_id,
            Donation.id <= found.reached_gift,
            Donation.settled_at <= found.created_at,
        )
    )
    return Progress(int(looked_at or 0), by_state)


def gifts_to_give_back(
    session: Session, campaign_id: int, *, after: int = 0, until: int | None = None
) -> Select[Donation]:
    """The settled gifts of a campaign, by number, of which something has not gone back."""
    query = select(Donation).where(
        Donation.campaign_id == campaign_id,
        Donation.state == DonationState.SETTLED,
        Donation.id > after,
    )
    return (query if until is None else query.where(Donation.id <= until)).order_by(Donation.id)


def gifts_found(
    session: Session, text: str, *, charity_ids: Collection[int] | None, limit: int = 50
) -> list[Payment]:
    """Paid payments by what a giver can name: the gift's number, its amount in yuan, their name."""
    query = (
        select(Payment)
        .join(Donation, Donation.id == Payment.donation_id)
        .join(Campaign, Campaign.id == Donation.campaign_id)
        .where(Payment.state == PaymentState.SUCCEEDED)
        .options(selectinload(Payment.donation))
    )
    if charity_ids is not None:
        query = query.where(Campaign.charity_id.in_(charity_ids))
    text = text.strip()
    meant = (Donation.giver_name == text) | (Payment.remote_id == text)
    digits = text.removeprefix("#")
    if digits.isascii() and digits.isdecimal() and len(digits) <= 9:
        meant = meant | (Donation.id == int(digits)) | (Donation.amount == Money.yuan(digits))
    return list(session.scalars(query.where(meant).order_by(Payment.id.desc()).limit(limit)))


def _awaits(request: ApprovalRequest | None, person_id: int | None) -> bool:
    if request is None or request.state is not ApprovalState.OPEN:
        return False
    heard = {decision.person_id for decision in request.decisions}
    return person_id not in heard | {request.submitter_person_id}


def _of_charities(query: Select[Refund], charity_ids: Collection[int] | None) -> Select[Refund]:
    if charity_ids is None:
        return query
    return (
        query.join(Donation, Donation.id == Refund.donation_id)
        .join(Campaign, Campaign.id == Donation.campaign_id)
        .where(Campaign.charity_id.in_(charity_ids))
    )


def _sum(found: Money | int | None) -> Money:
    """A sum of a money column, which is None over nothing."""
    if found is None:
        return ZERO
    return found if isinstance(found, Money) else Money(int(found))
