"""Money that came by another door becomes gifts, thousands at a time.

The same rules as for a gateway's message: the sum must be the one that was asked, a gift is settled
once, the source of its entry is unique, and everything that waits for gifts is told.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.orm import Session, selectinload

from charity import clock
from charity.actor import Actor
from charity.donations.gateway import PaymentGateway
from charity.donations.models import (
    DONATION_TRANSITIONS,
    PAYMENT_TRANSITIONS,
    UNFINISHED,
    Donation,
    DonationState,
    GiverKind,
    Payment,
    PaymentState,
)
from charity.donations.services.consequences import gifts_settled
from charity.donations.services.paying import CURRENCY
from charity.ledger import services as ledger
from charity.ledger.models import Entry, Fund
from charity.money import Money
from charity.outbox import Outbox
from charity.registry.models import Campaign
from charity.rows import insert_many, locking, table_of

#: When in China a day's money is said to have come, where only the day is known.
_NOON = time(12, tzinfo=clock.CHINA)


@dataclass(frozen=True, slots=True)
class NewGift:
    """Money without an earlier intent; `remote_id` says where it stands and counts once."""

    remote_id: str
    campaign_id: int
    amount: Money
    day: date
    giver_kind: GiverKind = GiverKind.INDIVIDUAL
    giver_name: str = ""
    contact: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money for a gift that waits: the attempt it pays, what came and when, and where it stands."""

    payment_id: int
    amount: Money
    day: date
    remote_id: str


class _Paid(NamedTuple):
    """What the book is told of one gift."""

    payment_id: int
    donation_id: int
    campaign_id: int
    kind: GiverKind
    amount: Money
    day: date

    @property
    def source(self) -> str:
        """See `Payment.source`."""
        return f"payment:{self.payment_id}:succeeded"


def take_new(
    session: Session, actor: Actor, gateway: PaymentGateway, gifts: Sequence[NewGift]
) -> dict[str, int]:
    """Make settled gifts of money that is there; answers each `remote_id`'s payment.

    A `remote_id` that has its payment already is answered and not taken again.
    """
    known = _payments(session, gateway.name, [gift.remote_id for gift in gifts])
    new = [gift for gift in gifts if gift.remote_id not in known]
    if not new:
        return known
    donation_ids = _numbers(session, "donation", len(new))
    payment_ids = _numbers(session, "payment", len(new))
    paid = [
        _Paid(payment_id, donation_id, gift.campaign_id, gift.giver_kind, gift.amount, gift.day)
        for gift, donation_id, payment_id in zip(new, donation_ids, payment_ids, strict=True)
    ]
    entries = _post(session, actor, gateway, paid)
    _insert(session, gateway, list(zip(new, paid, strict=True)), entries)
    _tell(session, actor, donation_ids)
    made = zip(new, payment_ids, strict=True)
    return known | {gift.remote_id: payment_id for gift, payment_id in made}


def _insert(
    session: Session,
    gateway: PaymentGateway,
    made: Sequence[tuple[NewGift, _Paid]],
    entries: Mapping[str, int],
) -> None:
    """Write the gifts and their payments, which have their numbers and entries already."""
    now = clock.now()
    insert_many(
        session,
        Donation,
        [
            {
                "id": paid.donation_id,
                "client_id": str(uuid.uuid4()),
                "trail_token": secrets.token_urlsafe(32),
                "campaign_id": gift.campaign_id,
                "amount": gift.amount,
                "giver_kind": gift.giver_kind,
                "giver_name": gift.giver_name,
                "contact": gift.contact,
                "message": gift.message,
                "state": DonationState.SETTLED,
                "created_at": now,
                "settled_at": _instant(gift.day, now),
                "entry_id": entries[paid.source],
            }
            for gift, paid in made
        ],
    )
    insert_many(
        session,
        Payment,
        [
            {
                "id": paid.payment_id,
                "donation_id": paid.donation_id,
                "gateway": gateway.name,
                "amount": gift.amount,
                "currency": CURRENCY,
                "livemode": gateway.livemode,
                "remote_id": gift.remote_id,
                "state": PaymentState.SUCCEEDED,
                "created_at": now,
                "finished_at": now,
            }
            for gift, paid in made
        ],
    )


def take_awaited(
    session: Session, actor: Actor, gateway: PaymentGateway, arrivals: Sequence[Arrival]
) -> dict[int, int]:
    """Settle gifts that wait; answers, by the attempt asked for, the payment that brought it.

    An attempt is left out where its gift has its money already or the sums differ: people decide.
    """
    asked = {arrival.payment_id: arrival for arrival in arrivals}
    found = _locked(session, asked)
    # Money twice for one gift is told to people, so one attempt of a gift is taken.
    fits = {each.donation_id: each for each in found if _fits(each, asked[each.id])}
    through = {
        attempt.id: attempt
        if attempt.gateway == gateway.name
        else _instead(session, gateway, attempt, asked[attempt.id].remote_id)
        for attempt in fits.values()
    }
    if not through:
        return {}
    paid = [
        _Paid(
            payment.id,
            payment.donation_id,
            payment.donation.campaign_id,
            payment.donation.giver_kind,
            payment.amount,
            asked[id_].day,
        )
        for id_, payment in through.items()
    ]
    entries = _post(session, actor, gateway, paid)
    for payment in (*found, *through.values()):
        session.expire(payment)
    _settle(session, paid, entries)
    _tell(session, actor, sorted(one.donation_id for one in paid))
    return {id_: one.payment_id for id_, one in zip(through, paid, strict=True)}


def _fits(attempt: Payment, arrival: Arrival) -> bool:
    """Whether an attempt may take this money: the same sum, and its gift waits for it."""
    gift = attempt.donation
    return (
        attempt.amount == arrival.amount
        and attempt.currency == CURRENCY
        and gift.state is not DonationState.REFUNDED
        and DonationState.SETTLED in DONATION_TRANSITIONS[gift.state]
        and PaymentState.SUCCEEDED in PAYMENT_TRANSITIONS[attempt.state]
    )


def _settle(session: Session, paid: Sequence[_Paid], entries: Mapping[str, int]) -> None:
    """Write that these attempts succeeded and their gifts are there."""
    now = clock.now()
    session.execute(
        update(table_of(Payment))
        .where(Payment.id.in_([one.payment_id for one in paid]))
        .values(state=PaymentState.SUCCEEDED, finished_at=now)
    )
    session.connection().execute(
        update(table_of(Donation))
        .where(table_of(Donation).c.id == bindparam("which"))
        .values(
            state=DonationState.SETTLED,
            settled_at=bindparam("at"),
            entry_id=bindparam("entry"),
        ),
        [
            {
                "which": one.donation_id,
                "at": _instant(one.day, now),
                "entry": entries[one.source],
            }
            for one in paid
        ],
    )


def _post(
    session: Session, actor: Actor, gateway: PaymentGateway, paid: Sequence[_Paid]
) -> dict[str, int]:
    """Post these gifts into the book; answers the entries by their sources."""
    funds = _funds(session, {one.campaign_id for one in paid})
    rows = [
        ledger.GiftRow(
            fund_id=funds[one.campaign_id],
            amount=one.amount,
            source=one.source,
            occurred_on=one.day,
            # Opaque to the book: who stands behind it is known here alone, and can be forgotten.
            giver=ledger.Giver(key=f"donation:{one.donation_id}", kind=one.kind.value),
            account=gateway.account,
        )
        for one in paid
    ]
    ledger.post_gifts(session, actor, gifts=rows)
    return _entries(session, funds.values(), [row.source for row in rows])


def _locked(session: Session, payment_ids: Collection[int]) -> Sequence[Payment]:
    """The attempts, under the locks of their gifts, which are taken in order."""
    gifts = select(Payment.donation_id).where(Payment.id.in_(payment_ids))
    session.scalars(locking(select(Donation).where(Donation.id.in_(gifts)).order_by(Donation.id)))
    query = select(Payment).where(Payment.id.in_(payment_ids)).order_by(Payment.id)
    query = query.options(selectinload(Payment.donation))
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _instead(
    session: Session, gateway: PaymentGateway, attempt: Payment, remote_id: str
) -> Payment:
    """An attempt through this gateway in place of one that the giver began through another."""
    if attempt.state in UNFINISHED:
        attempt.move_to(PaymentState.EXPIRED)
        attempt.finished_at = clock.now()
        # Before its successor is inserted: only one attempt of a gift may be open.
        session.flush()
    made = Payment(
        donation=attempt.donation,
        gateway=gateway.name,
        amount=attempt.amount,
        currency=CURRENCY,
        livemode=gateway.livemode,
        remote_id=remote_id,
        state=PaymentState.OPEN,
        created_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made


def _tell(session: Session, actor: Actor, donation_ids: Sequence[int]) -> None:
    """Everything that waits for gifts hears of these, and so does the world."""
    query = select(Donation).where(Donation.id.in_(donation_ids)).order_by(Donation.id)
    gifts = session.scalars(query.execution_options(populate_existing=True)).all()
    gifts_settled(session, actor, gifts)
    session.flush()
    now = clock.now()
    insert_many(
        session,
        Outbox,
        [
            {
                "event": "donation.settled",
                "subject": f"donation:{gift.id}",
                "data": {"campaign_id": gift.campaign_id, "entry_id": gift.entry_id},
                "created_at": now,
                "attempts": 0,
            }
            for gift in gifts
        ],
    )


def _payments(session: Session, gateway: str, remote_ids: Collection[str]) -> dict[str, int]:
    query = select(Payment.remote_id, Payment.id).where(
        Payment.gateway == gateway, Payment.remote_id.in_(remote_ids)
    )
    return {remote_id: id_ for remote_id, id_ in session.execute(query) if remote_id}


def _funds(session: Session, campaign_ids: Collection[int]) -> dict[int, int]:
    query = select(Campaign.id, Campaign.fund_id).where(Campaign.id.in_(campaign_ids))
    return {campaign_id: fund_id for campaign_id, fund_id in session.execute(query)}


def _entries(session: Session, fund_ids: Iterable[int], sources: Sequence[str]) -> dict[str, int]:
    """The entries of these sources, in the books of these funds."""
    books = select(Fund.book_id).where(Fund.id.in_(set(fund_ids)))
    query = select(Entry.source, Entry.id).where(
        Entry.book_id.in_(session.scalars(books).all()), Entry.source.in_(sources)
    )
    return {source: id_ for source, id_ in session.execute(query)}


def _numbers(session: Session, table: str, count: int) -> list[int]:
    """Numbers nobody else gets: of the sequence, or on SQLite (which has one writer) the next."""
    if session.get_bind().dialect.name == "sqlite":
        query = _SQLITE_LAST[table]
        last = int(session.scalar(text(query)) or 0)
        return list(range(last + 1, last + 1 + count))
    query = "SELECT nextval(pg_get_serial_sequence(:of, 'id')) FROM generate_series(1, :count)"
    return sorted(session.scalars(text(query), {"of": table, "count": count}))


_SQLITE_LAST = {
    "donation": "SELECT max(id) FROM donation",
    "payment": "SELECT max(id) FROM payment",
}


def _instant(day: date, now: datetime) -> datetime:
    """The moment at which a day's money is said to have come, not after now."""
    return min(datetime.combine(day, _NOON), now)
