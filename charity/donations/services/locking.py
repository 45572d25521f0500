"""The lock of a gift: whoever changes a donation or one of its payments holds it first."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.orm.attributes import set_committed_value

from charity.donations.models import Donation, Payment
from charity.errors import CommonReason, NotFound
from charity.rows import locking, present

#: Under this name a session remembers the gift it holds, and in which transaction.
_HELD = "donations.held"


def lock_gift(session: Session, donation_id: int) -> Donation:
    """The donation, locked until the unit ends and read afresh with its payments.

    One lock for a gift and all its attempts, so that two attempts that succeed at the same moment
    see each other. Taken again in the same unit it asks nothing. Raises `NotFound`.
    """
    transaction, held = session.info.get(_HELD, (None, None))
    if (
        transaction is not None
        and transaction is _transaction(session)
        and held.id == donation_id
        and held in session
    ):
        found: Donation = held
        return found
    found = present(session.scalar(_GIFT, {"id": donation_id}))
    # A statement of its own: one begun before the lock was ours would not see what its last holder
    # wrote.
    attempts = session.scalars(_ATTEMPTS, {"id": donation_id}).all()
    set_committed_value(found, "payments", list(attempts))
    hold(session, found)
    return found


_GIFT = locking(select(Donation).where(Donation.id == bindparam("id")))
_ATTEMPTS = (
    select(Payment)
    .where(Payment.donation_id == bindparam("id"))
    .order_by(Payment.id)
    .execution_options(populate_existing=True)
)


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
