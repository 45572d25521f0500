"""Agreed shares of management cost, gift by gift, and the keys by which shared costs are split."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from charity.base import Base, Id, LongText


class GiftRate(Base):
    """The agreement of one gift fixes how much of it may go on management (RAT-15)."""

    __tablename__ = "gift_rate"
    __table_args__ = (CheckConstraint("permille BETWEEN 0 AND 1000", name="permille"),)

    id: Mapped[Id]
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: The largest share for management, in thousandths of what is spent of the gift.
    permille: Mapped[int]
    #: Where it is agreed: the agreement's number and article.
    agreement: Mapped[LongText]
    recorded_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    recorded_at: Mapped[datetime]


class AllocationKey(Base):
    """By which weights an organisation splits shared costs from a day on, and why (RAT-18).

    A key stands until a later one; nothing is written over, so that a year keeps its own.
    """

    __tablename__ = "allocation_key"
    __table_args__ = (UniqueConstraint("organisation_id", "since"),)

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    since: Mapped[date]
    #: Activity and weight, whole numbers.
    weights: Mapped[dict[str, int]] = mapped_column(JSON)
    reason: Mapped[LongText]
    recorded_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    recorded_at: Mapped[datetime]
