"""What must be true between gifts and the book: each payment and each refund has its one entry."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Select, String, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from charity.donations import match_checks
from charity.donations.models import (
    GONE,
    Dispute,
    DisputeState,
    Donation,
    DonationState,
    Payment,
    PaymentState,
    Refund,
    RefundState,
)
from charity.ledger.checks import Problem
from charity.ledger.models import Entry, EntryKind, Inflow, Outflow, OutflowKind
from charity.money import Money

_SOURCE = literal("payment:") + cast(Payment.id, String) + literal(":succeeded")
_REFUND_SOURCE = literal("refund:") + cast(Refund.id, String)
#: A gift whose money arrived; all of it may have gone back since.
_ARRIVED = (DonationState.SETTLED, DonationState.REFUNDED)


def verify(session: Session) -> list[Problem]:
    """Everything that does not tie; empty when each gift and its money agree to the fen."""
    return [
        *_payments_without_entry(session),
        *_entries_without_payment(session),
        *_gifts_out_of_step(session),
        *_refunds_without_entry(session),
        *_entries_without_refund(session),
        *_gifts_given_back_wrongly(session),
        *_disputes_without_refund(session),
        *match_checks.verify(session),
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
            or_(Donation.id.is_(None), Donation.state.not_in(_ARRIVED)),
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
    settled = Donation.state.in_(_ARRIVED)
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


def _refunds_without_entry(session: Session) -> Iterator[Problem]:
    """Refunds whose money left without an entry of that sum, or that failed and were kept."""
    left = (
        select(Outflow.entry_id, func.sum(Outflow.amount).label("fen"))
        .where(Outflow.kind == OutflowKind.REFUND)
        .group_by(Outflow.entry_id)
        .subquery()
    )
    gone = Refund.state.in_(GONE)
    wrong = or_(
        gone
        & or_(
            Entry.id.is_(None),
            Entry.source != _REFUND_SOURCE,
            left.c.fen.is_(None),
            left.c.fen != cast(Refund.amount, Refund.id.type),
            Refund.reversal_entry_id.is_not(None),
        ),
        (Refund.state == RefundState.FAILED)
        & (Refund.entry_id.is_not(None) != Refund.reversal_entry_id.is_not(None)),
        Refund.state.not_in((*GONE, RefundState.FAILED)) & Refund.entry_id.is_not(None),
    )
    query = (
        select(Refund.id, Refund.state, Refund.amount, left.c.fen)
        .outerjoin(Entry, Entry.id == Refund.entry_id)
        .outerjoin(left, left.c.entry_id == Entry.id)
        .where(wrong)
        .order_by(Refund.id)
    )
    for refund_id, state, amount, fen in session.execute(query):
        detail = f"{state} at {amount}, the book gave back {fen or 0}"
        yield Problem("refund_entry", f"refund:{refund_id}", detail)


def _entries_without_refund(session: Session) -> Iterator[Problem]:
    """Entries of refunds that no refund points at."""
    query = (
        select(Entry.id, Entry.source)
        .outerjoin(Refund, Refund.entry_id == Entry.id)
        .where(Entry.kind == EntryKind.REFUND, Entry.source.like("refund:%"), Refund.id.is_(None))
        .order_by(Entry.id)
    )
    for entry_id, source in session.execute(query):
        yield Problem("entry_refund", f"entry:{entry_id}", f"no refund has {source}")


def _gifts_given_back_wrongly(session: Session) -> Iterator[Problem]:
    """Gifts whose `refunded` is not the sum of what left, or whose state says otherwise."""
    gone = (
        select(Refund.donation_id, func.sum(cast(Refund.amount, Refund.id.type)).label("fen"))
        .where(Refund.state.in_(GONE))
        .group_by(Refund.donation_id)
        .subquery()
    )
    fen = func.coalesce(gone.c.fen, 0)
    whole = fen == cast(Donation.amount, Donation.id.type)
    query = (
        select(Donation.id, Donation.state, Donation.refunded, fen)
        .outerjoin(gone, gone.c.donation_id == Donation.id)
        .where(
            or_(
                cast(Donation.refunded, Donation.id.type) != fen,
                (Donation.state == DonationState.REFUNDED) & ~whole,
                (Donation.state == DonationState.SETTLED) & whole,
            )
        )
        .order_by(Donation.id)
    )
    for donation_id, state, refunded, fen_gone in session.execute(query):
        detail = f"{state}, says {refunded}, refunds come to {Money(int(fen_gone))}"
        yield Problem("gift_refunds", f"donation:{donation_id}", detail)


def _disputes_without_refund(session: Session) -> Iterator[Problem]:
    """Lost disputes whose money did not leave, and open or won ones that took some."""
    query = (
        select(Dispute.id, Dispute.state, Dispute.amount, Refund.amount)
        .outerjoin(Refund, Refund.id == Dispute.refund_id)
        .where(
            or_(
                (Dispute.state == DisputeState.LOST)
                & or_(Refund.id.is_(None), Refund.amount != Dispute.amount),
                (Dispute.state != DisputeState.LOST) & Dispute.refund_id.is_not(None),
            )
        )
        .order_by(Dispute.id)
    )
    for dispute_id, state, amount, gone in session.execute(query):
        yield Problem("dispute_refund", f"dispute:{dispute_id}", f"{state} {amount}, left {gone}")
