"""What is known of gifts: for the giver's private page, for public lists, and for the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, selectinload

from charity.donations.models import (
    UNFINISHED,
    Donation,
    DonationState,
    EventOutcome,
    GatewayEvent,
    GiverKind,
    Payment,
)
from charity.errors import CommonReason, NotFound
from charity.money import Money
from charity.rows import present

#: Ways whose money takes days and is told by a statement, not by a message.
BY_HAND = ("transfer", "cash", "platform")


@dataclass(frozen=True, slots=True)
class PublicGift:
    """What anybody may see of a gift; `name` is None where the giver did not agree to be named."""

    amount: Money
    giver_kind: GiverKind
    name: str | None
    settled_at: datetime


def donation(session: Session, donation_id: int) -> Donation:
    """One gift with its payments; raises `NotFound`."""
    query = select(Donation).where(Donation.id == donation_id)
    return present(session.scalar(query.options(selectinload(Donation.payments))))


def donation_by_token(session: Session, token: str) -> Donation:
    """The gift whose private page this secret opens; raises `NotFound`."""
    # Tokens are ASCII; anything else (a NUL above all) need not be asked of the database.
    if not (token.isascii() and token.isprintable()):
        raise NotFound(CommonReason.NOT_FOUND)
    return present(session.scalar(_BY_TOKEN, {"token": token}))


_BY_TOKEN = select(Donation).where(Donation.trail_token == bindparam("token"))


def is_begun(session: Session, client_id: str) -> bool:
    """Whether the form with this id has begun a gift that is not paid yet."""
    found = select(Donation.id).where(
        Donation.client_id == client_id, Donation.state == DonationState.PENDING
    )
    return session.scalar(found) is not None


def payment(session: Session, payment_id: int) -> Payment:
    """One payment; raises `NotFound`."""
    return present(session.get(Payment, payment_id))


def payment_by_remote(session: Session, gateway: str, remote_id: str) -> Payment:
    """The payment behind a gateway's checkout; raises `NotFound`."""
    if not (remote_id.isascii() and remote_id.isprintable()):
        raise NotFound(CommonReason.NOT_FOUND)
    return present(session.scalar(_BY_REMOTE, {"gateway": gateway, "remote_id": remote_id}))


def payment_of_event(session: Session, event: GatewayEvent) -> Payment | None:
    """The payment a message speaks of, by the checkout's id, else by the key we ordered with.

    The key finds it where the answer to our order was lost, so that we never learned the id. A
    refund or dispute names the movement of the money instead.
    """
    if event.remote_id is None:
        return _by_intent(session, event)
    number = number_of(event.order_key or "", "payment")
    # by its own number it may be in the session already
    named = session.get(Payment, number) if number is not None else None
    if named and (named.gateway, named.remote_id) == (event.gateway, event.remote_id):
        return named
    of = {"gateway": event.gateway, "remote_id": event.remote_id}
    found = session.scalar(_BY_REMOTE, of)
    if found is not None or number is None:
        return found
    query = select(Payment).where(
        Payment.id == number, Payment.gateway == event.gateway, Payment.remote_id.is_(None)
    )
    return session.scalar(query)


def number_of(key: str, prefix: str) -> int | None:
    """The number in a key of ours (`payment:42`); None for anybody else's."""
    found, _, number = key.partition(":")
    if found != prefix or not (number.isascii() and number.isdecimal()) or len(number) > 18:
        return None
    return int(number)


def open_payment_of(donation: Donation) -> Payment | None:
    """The attempt of this gift that may still bring the money; there is at most one."""
    return next((each for each in donation.payments if each.state in UNFINISHED), None)


def stuck_payments(
    session: Session, *, before: datetime, after: int = 0, limit: int = 200
) -> list[Payment]:
    """Attempts begun before an instant that have no result yet, the oldest first.

    Only of ways that tell their results by messages; `after` pages on by our number.
    """
    query = (
        select(Payment)
        .where(
            Payment.state.in_(UNFINISHED),
            Payment.created_at < before,
            Payment.gateway.not_in(BY_HAND),
            Payment.id > after,
        )
        .order_by(Payment.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def waiting_events(session: Session, *, after: int = 0, limit: int = 200) -> list[GatewayEvent]:
    """Messages stored and not applied yet, in order of arrival; those after a number of ours."""
    query = select(GatewayEvent).where(
        GatewayEvent.outcome == EventOutcome.WAITING, GatewayEvent.id > after
    )
    return list(session.scalars(query.order_by(GatewayEvent.id).limit(limit)))


def quarantined_events(session: Session, *, limit: int = 200) -> list[GatewayEvent]:
    """Messages that did not fit what we asked for: people must look."""
    return _events(session, EventOutcome.QUARANTINED, limit)


def recent_public_gifts(session: Session, campaign_id: int, limit: int = 20) -> list[PublicGift]:
    """The latest gifts that have arrived for a campaign, as anybody may see them (CHA-153)."""
    query = (
        select(Donation)
        .where(Donation.campaign_id == campaign_id, Donation.state == DonationState.SETTLED)
        .order_by(Donation.settled_at.desc(), Donation.id.desc())
        .limit(limit)
    )
    return [
        PublicGift(
            amount=gift.amount,
            giver_kind=gift.giver_kind,
            name=gift.giver_name if gift.name_is_public and gift.giver_name else None,
            settled_at=gift.settled_at or gift.created_at,
        )
        for gift in session.scalars(query)
    ]


_BY_REMOTE = select(Payment).where(
    Payment.gateway == bindparam("gateway"), Payment.remote_id == bindparam("remote_id")
)


def _by_intent(session: Session, event: GatewayEvent) -> Payment | None:
    if event.intent_id is None:
        return None
    query = select(Payment).where(
        Payment.gateway == event.gateway, Payment.intent_id == event.intent_id
    )
    return session.scalar(query)


def _events(session: Session, outcome: EventOutcome, limit: int) -> list[GatewayEvent]:
    query = select(GatewayEvent).where(GatewayEvent.outcome == outcome)
    return list(session.scalars(query.order_by(GatewayEvent.id).limit(limit)))
