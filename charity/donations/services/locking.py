"""The lock of a gift: whoever changes a donation or one of its payments holds it first."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, SessionTransaction, selectinload

from charity.donations.models import Donation, Payment
from charity.errors import CommonReason, NotFound
from charity.rows import locked

#: Under this name a session remembers the gift it holds, and in which transaction.
_HELD = "donations.held"


def lock_gift(session: Session, donation_id: int) -> Donation:
    """The donation, locked until the unit ends and read afresh with its payments.

    One lock for a gift and all its attempts, so that two attempts that succeed at the same moment
    see each other. Taken again in the same unit it asks nothing. Raises `NotFound`.
    """
    transaction, held = session.info.get(_HELD, (None, None))
    if transaction is _transaction(session) and held.id == donation_id and held in session:
        found: Donation = held
        return found
    # The payments are read by a statement of their own: one begun before the lock was ours would
    # not see what its last holder wrote.
    query = select(Donation).where(Donation.id == donation_id)
    found = locked(session, query.options(selectinload(Donation.payments)))
    hold(session, found)
    return found


def hold(session: Session, gift: Donation) -> None:
    """Remember that this gift is ours until the unit ends: it was locked, or made, in it."""
    session.info[_HELD] = (_transaction(session), gift)


def lock_payment(session: Session, payment_id: int) -> Payment:
    """The payment, under the lock of its gift. Raises `NotFound`."""
    payment = session.get(Payment, payment_id)
    if payment is None:
        raise NotFound(CommonReason.NOT_FOUND)
    lock_gift(session, payment.donation_id)
    return payment


def _transaction(session: Session) -> SessionTransaction | None:
    """The savepoint we are in, else the unit: with its end its locks are gone."""
    return session.get_nested_transaction() or session.get_transaction()
