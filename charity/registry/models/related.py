"""Related parties of an organisation: who runs it, and who belongs to them (CHA-144, AUD-02).

People are known here by keyed hashes of identity, telephone, address and bank account: enough to
notice that a payee is one of them, not enough to find out who.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from charity.base import Base, Id


class Relation(enum.StrEnum):
    """What makes a person or an organisation related."""

    FOUNDER = "founder"
    MAJOR_DONOR = "major_donor"
    LEGAL_REPRESENTATIVE = "legal_representative"
    COUNCIL = "council"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    STAFF = "staff"
    #: Somebody's close relative; `relative_of_id` says whose.
    RELATIVE = "relative"
    #: A firm one of them owns or runs.
    VENDOR = "vendor"


class Office(enum.StrEnum):
    """The office somebody holds besides a seat."""

    NONE = "none"
    CHAIR = "chair"
    SECRETARY_GENERAL = "secretary_general"


class RelatedParty(Base):
    """One related party of one organisation, over one period."""

    __tablename__ = "related_party"
    __table_args__ = (
        CheckConstraint("relation <> 'relative' OR relative_of_id IS NOT NULL", name="relative_of"),
        CheckConstraint("until IS NULL OR since <= until", name="period"),
        *(
            Index(f"ix_related_party_organisation_id_{column}", "organisation_id", column)
            for column in ("name", "identity_hash", "phone_hash", "address_hash", "account_hash")
        ),
    )

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str]
    relation: Mapped[Relation]
    relative_of_id: Mapped[int | None] = mapped_column(ForeignKey("related_party.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    identity_hash: Mapped[bytes | None]
    phone_hash: Mapped[bytes | None]
    address_hash: Mapped[bytes | None]
    account_hash: Mapped[bytes | None]
    office: Mapped[Office] = mapped_column(default=Office.NONE)
    #: Where somebody on the council works otherwise (CHA-103).
    employer: Mapped[str] = mapped_column(String(200), default="")
    is_full_time: Mapped[bool] = mapped_column(default=False)
    is_mainland: Mapped[bool] = mapped_column(default=True)
    #: Whether the organisation pays them for the office they hold (AUD-03).
    is_paid: Mapped[bool] = mapped_column(default=False)
    since: Mapped[date]
    until: Mapped[date | None]
    recorded_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    recorded_at: Mapped[datetime]
