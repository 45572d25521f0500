"""What gateways said and people must look at, what does not move, and what two lists differ in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import QueryableAttribute, Session, selectinload

from charity import clock
from charity.donations.models import (
    UNFINISHED,
    Dispute,
    DisputeState,
    Donation,
    EventOutcome,
    GatewayDrift,
    GatewayEvent,
    Payment,
    PaymentState,
    Refund,
    RefundState,
)
from charity.donations.queries import BY_HAND
from charity.donations.queries import refunds as refund_queries
from charity.registry.models import Campaign
from charity.rows import present

#: What people have to look at.
FOR_PEOPLE = (EventOutcome.QUARANTINED, EventOutcome.SET_ASIDE)
#: A payment without a result for so long is listed, and for so long alarms.
LISTED_AFTER = timedelta(hours=1)
ALARMED_AFTER = timedelta(hours=24)


def event(session: Session, event_id: int) -> GatewayEvent:
    """One message; raises `NotFound`."""
    return present(session.get(GatewayEvent, event_id))


def charity_of_event(session: Session, found: GatewayEvent) -> int | None:
    """The charity whose campaign a message is about; None where it is about no payment of ours."""
    return charity_of_payment(session, found.payment_id)


def charity_of_payment(session: Session, payment_id: int | None) -> int | None:
    """The charity whose campaign a payment is for; None without one."""
    if payment_id is None:
        return None
    return session.scalar(
        select(Campaign.charity_id)
        .join(Donation, Donation.campaign_id == Campaign.id)
        .join(Payment, Payment.donation_id == Donation.id)
        .where(Payment.id == payment_id)
    )


def events_page(
    session: Session,
    *,
    charity_ids: Collection[int] | None,
    outcomes: Iterable[EventOutcome] = FOR_PEOPLE,
    before: int | None = None,
    limit: int = 50,
) -> list[GatewayEvent]:
    """Messages about these charities' payments, or about none; the newest first."""
    query = select(GatewayEvent).where(GatewayEvent.outcome.in_(list(outcomes)))
    if before is not None:
        query = query.where(GatewayEvent.id < before)
    if charity_ids is not None:
        query = query.where(
            or_(
                GatewayEvent.payment_id.is_(None),
                GatewayEvent.payment_id.in_(_payments_of(charity_ids)),
            )
        )
    return list(session.scalars(query.order_by(GatewayEvent.id.desc()).limit(limit)))


def stuck_of(
    session: Session, *, charity_ids: Collection[int] | None, before: datetime, limit: int = 100
) -> list[Payment]:
    """Attempts of these charities begun before an instant and without a result, oldest first."""
    query = select(Payment).where(_stuck(before)).options(selectinload(Payment.donation))
    if charity_ids is not None:
        query = query.where(Payment.id.in_(_payments_of(charity_ids)))
    return list(session.scalars(query.order_by(Payment.id).limit(limit)))


def drifts(
    session: Session, *, charity_ids: Collection[int] | None, closed: bool = False, limit: int = 200
) -> list[GatewayDrift]:
    """Differences between a gateway's list and ours that people have (not) closed."""
    query = select(GatewayDrift)
    query = query.where(
        GatewayDrift.closed_at.is_not(None) if closed else GatewayDrift.closed_at.is_(None)
    )
    if charity_ids is not None:
        query = query.where(
            or_(
                GatewayDrift.payment_id.is_(None),
                GatewayDrift.payment_id.in_(_payments_of(charity_ids)),
            )
        )
    return list(session.scalars(query.order_by(GatewayDrift.id.desc()).limit(limit)))


def open_disputes(session: Session, *, charity_ids: Collection[int] | None) -> list[Dispute]:
    """Disputes no bank has decided yet, the oldest first."""
    query = select(Dispute).where(Dispute.state == DisputeState.OPEN)
    if charity_ids is not None:
        query = query.where(Dispute.payment_id.in_(_payments_of(charity_ids)))
    return list(session.scalars(query.order_by(Dispute.id)))


@dataclass(frozen=True, slots=True)
class Alarms:
    """How many things of each kind people have to look at, of the whole installation."""

    quarantined: int
    set_aside: int
    stuck: int
    drifts: int
    disputes: int
    unanswered: int

    @property
    def count(self) -> int:
        """All of them."""
        return (
            self.quarantined
            + self.set_aside
            + self.stuck
            + self.drifts
            + self.disputes
            + self.unanswered
        )


def alarms(session: Session) -> Alarms:
    """What nobody may overlook: for the readiness page and the operator's mail."""
    late = clock.now() - ALARMED_AFTER

    def number(query: Select[int]) -> int:
        return int(session.scalar(query) or 0)

    def events_in(outcome: EventOutcome) -> int:
        return number(select(func.count(GatewayEvent.id)).where(GatewayEvent.outcome == outcome))

    return Alarms(
        quarantined=events_in(EventOutcome.QUARANTINED),
        set_aside=events_in(EventOutcome.SET_ASIDE),
        stuck=number(select(func.count(Payment.id)).where(_stuck(late))),
        drifts=number(select(func.count(GatewayDrift.id)).where(GatewayDrift.closed_at.is_(None))),
        disputes=number(select(func.count(Dispute.id)).where(Dispute.state == DisputeState.OPEN)),
        unanswered=number(
            select(func.count(Refund.id)).where(
                Refund.state == RefundState.SENT,
                Refund.sent_at < late,
                Refund.remote_id.is_(None),
            )
        ),
    )


def alarms_of(session: Session, *, charity_ids: Collection[int] | None) -> int:
    """How many things the staff of these charities have to look at, in one question."""
    late = clock.now() - ALARMED_AFTER
    everywhere = charity_ids is None
    payments = _payments_of(charity_ids or ())

    def number(
        id_: QueryableAttribute[int],
        payment: ColumnElement[Any] | QueryableAttribute[Any],
        wanted: ColumnElement[bool],
        of_none: bool = False,
    ) -> ColumnElement[int]:
        ours = or_(payment.in_(payments), and_(literal(of_none), payment.is_(None)))
        query = select(func.count(id_)).where(wanted)
        return (query if everywhere else query.where(ours)).scalar_subquery()

    unanswered = and_(
        Refund.state == RefundState.SENT, Refund.sent_at < late, Refund.remote_id.is_(None)
    )
    counts = (
        number(
            GatewayEvent.id,
            GatewayEvent.payment_id,
            GatewayEvent.outcome.in_(list(FOR_PEOPLE)),
            of_none=True,
        ),
        number(Payment.id, Payment.id, _stuck(late)),
        number(Refund.id, Refund.payment_id, unanswered),
        number(
            GatewayDrift.id,
            GatewayDrift.payment_id,
            GatewayDrift.closed_at.is_(None),
            of_none=True,
        ),
        number(Dispute.id, Dispute.payment_id, Dispute.state == DisputeState.OPEN),
    )
    return sum(session.execute(select(*counts)).one())


def fees_owed(session: Session, *, after: int = 0, limit: int = 500) -> list[Payment]:
    """Paid payments whose fee the gateway has not told yet, after a number of ours."""
    query = select(Payment).where(
        Payment.state == PaymentState.SUCCEEDED, ~Payment.fee_is_known, Payment.id > after
    )
    return list(session.scalars(query.order_by(Payment.id).limit(limit)))


def paid_on(session: Session, gateway: str, day: date) -> list[Payment]:
    """Payments of a gateway whose success we heard of on a day in China."""
    query = select(Payment).where(
        Payment.gateway == gateway,
        Payment.state == PaymentState.SUCCEEDED,
        Payment.finished_at >= clock.start_of(day),
        Payment.finished_at < clock.start_of(day + timedelta(days=1)),
    )
    return list(session.scalars(query.order_by(Payment.id)))


def unanswered_refunds(session: Session, *, charity_ids: Collection[int] | None) -> list[Refund]:
    """Refunds sent a day ago that the gateway never answered."""
    found = refund_queries.without_answer(session, before=clock.now() - ALARMED_AFTER)
    if charity_ids is None:
        return found
    return [each for each in found if charity_of_payment(session, each.payment_id) in charity_ids]


def _stuck(before: datetime) -> ColumnElement[bool]:
    """Attempts with a checkout and no result; one without a checkout cannot bring any money."""
    return and_(
        Payment.state.in_(UNFINISHED),
        Payment.created_at < before,
        Payment.remote_id.is_not(None),
        Payment.gateway.not_in(BY_HAND),
    )


def _payments_of(charity_ids: Collection[int]) -> Select[int]:
    return (
        select(Payment.id)
        .join(Donation, Donation.id == Payment.donation_id)
        .join(Campaign, Campaign.id == Donation.campaign_id)
        .where(Campaign.charity_id.in_(charity_ids))
    )
