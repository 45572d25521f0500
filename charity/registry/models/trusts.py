"""Charitable trusts (慈善信托): entries of the register, never books (慈善法 44-51)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.money import Money
from charity.registry.models.organisations import Organisation


class CharitableTrust(Base):
    """A trust with its trustee, the day it was signed and the day it was filed (TRU-01)."""

    __tablename__ = "charitable_trust"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("filed_on IS NULL OR signed_on <= filed_on", name="filed_after"),
        CheckConstraint("ended_on IS NULL OR signed_on <= ended_on", name="period"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    trustee_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    settlor_name: Mapped[str]
    settlor_identity_hash: Mapped[bytes | None]
    supervisor_name: Mapped[str] = mapped_column(default="")
    purpose: Mapped[LongText]
    amount: Mapped[Money]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    signed_on: Mapped[date]
    filed_on: Mapped[date | None]
    filing_number: Mapped[str | None] = mapped_column(unique=True)
    ended_on: Mapped[date | None]
    recorded_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    recorded_at: Mapped[datetime]

    trustee: Mapped[Organisation] = relationship()


class TrustReport(Base):
    """What a trust published about one year (TRU-02)."""

    __tablename__ = "trust_report"

    trust_id: Mapped[int] = mapped_column(ForeignKey("charitable_trust.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    published_on: Mapped[date]
    source_url: Mapped[LongText] = mapped_column(default="")


class TrustBeneficiary(Base):
    """Somebody a trust supports; never related to settlor, trustee or staff (TRU-03)."""

    __tablename__ = "trust_beneficiary"
    __table_args__ = (UniqueConstraint("trust_id", "identity_hash"),)

    id: Mapped[Id]
    trust_id: Mapped[int] = mapped_column(ForeignKey("charitable_trust.id"), index=True)
    #: How the beneficiary is named on the page; never the whole name.
    masked_name: Mapped[str]
    identity_hash: Mapped[bytes]
    named_on: Mapped[date]
