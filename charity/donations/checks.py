"""What must be true between gifts and the book: each payment that arrived has its one entry."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Select, String, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from charity.donations.models import Donation, DonationState, Payment, PaymentState
from charity.ledger.checks import Problem
from charity.ledger.models import Entry, Inflow
from charity.money import Money

_SOURCE = literal("payment:") + cast(Payment.id, String) + literal(":succeeded")


def verify(session: Session) -> list[Problem]:
    """Everything that does not tie; empty when each gift and its money agree to the fen."""
    return [
        *_payments_without_entry(session),
        *_entries_without_payment(session),
        *_gifts_out_of_step(session),
    ]


def _payments_without_entry(session: Session) -> Iterator[Problem]:
    """Payments that succeeded, and whose gift has no entry of that source and amount."""
    query = (
        select(Payment.id, Payment.amount, Entry.source, Inflow.amount)
        .join(Payment.donation)
        .outerjoin(Entry, Entry.id == Donation.entry_id)
        .outerjoin(Inflow, Inflow.entry_id == Entry.id)
        .where(
            Payment.state == PaymentState.SUCCEEDED,
            or_(
                Entry.id.is_(None),
                Entry.source != _SOURCE,
                Inflow.amount.is_(None),
                Inflow.amount != Payment.amount,
            ),
        )
        .order_by(Payment.id)
    )
    for payment_id, amount, source, posted in session.execute(query):
        detail = f"{amount} arrived, the book has {posted} for {source}"
        yield Problem("payment_entry", f"payment:{payment_id}", detail)


def _entries_without_payment(session: Session) -> Iterator[Problem]:
    """Entries of payments that no gift points at."""
    query = (
        select(Entry.id, Entry.source)
        .outerjoin(Donation, Donation.entry_id == Entry.id)
        .where(
            Entry.source.like("payment:%:succeeded"),
            or_(Donation.id.is_(None), Donation.state != DonationState.SETTLED),
        )
        .order_by(Entry.id)
    )
    for entry_id, source in session.execute(query):
        yield Problem("entry_payment", f"entry:{entry_id}", f"no settled gift has {source}")


def _gifts_out_of_step(session: Session) -> Iterator[Problem]:
    """Gifts that are settled without exactly one payment of their amount, or paid and unsettled."""
    for donation_id, state, amount, paid, number in session.execute(_gifts_and_payments()):
        arrived = Money(int(paid or 0))
        detail = f"{state} at {amount}, {number} payments brought {arrived}"
        yield Problem("gift_payment", f"donation:{donation_id}", detail)


def _gifts_and_payments() -> Select[int, DonationState, Money, int | None, int]:
    paid = (
        select(
            Payment.donation_id.label("donation_id"),
            func.sum(cast(Payment.amount, Donation.id.type)).label("fen"),
            func.count().label("number"),
        )
        .where(Payment.state == PaymentState.SUCCEEDED)
        .group_by(Payment.donation_id)
        .subquery()
    )
    settled = Donation.state == DonationState.SETTLED
    number = func.coalesce(paid.c.number, 0)
    return (
        select(Donation.id, Donation.state, Donation.amount, paid.c.fen, number)
        .outerjoin(paid, paid.c.donation_id == Donation.id)
        .where(
            or_(
                settled & ((number != 1) | (paid.c.fen != cast(Donation.amount, Donation.id.type))),
                ~settled & (number != 0),
            )
        )
        .order_by(Donation.id)
    )
