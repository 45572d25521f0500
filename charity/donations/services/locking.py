"""The lock of a gift: whoever changes a donation or one of its payments holds it first."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.donations.models import Donation, Payment
from charity.errors import CommonReason, NotFound
from charity.rows import locked


def lock_gift(session: Session, donation_id: int) -> Donation:
    """The donation, locked until the unit ends and read afresh with its payments.

    One lock for a gift and all its attempts, so that two attempts that succeed at the same moment
    see each other. Raises `NotFound`.
    """
    found = locked(session, select(Donation).where(Donation.id == donation_id))
    attempts = select(Payment).where(Payment.donation_id == donation_id).order_by(Payment.id)
    session.scalars(attempts.execution_options(populate_existing=True)).all()
    session.refresh(found, ["payments"])
    return found


def lock_payment(session: Session, payment_id: int) -> Payment:
    """The payment, under the lock of its gift. Raises `NotFound`."""
    donation_id = session.scalar(select(Payment.donation_id).where(Payment.id == payment_id))
    if donation_id is None:
        raise NotFound(CommonReason.NOT_FOUND)
    gift = lock_gift(session, donation_id)
    return next(each for each in gift.payments if each.id == payment_id)
