"""What is told to everybody of an inspection, corrected by a successor, and appeals against it."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.audits.models.inspections import Inspection
from charity.base import Base, Id, LongText


class AuditConclusion(enum.StrEnum):
    """What an inspection came to, in the words of 双随机 results."""

    NO_ISSUE = "no_issue"
    ISSUES_FOUND = "issues_found"
    #: Everything that was found has been put right.
    PUT_RIGHT = "put_right"
    REFERRED = "referred"
    OBSTRUCTED = "obstructed"


class AuditResult(Base):
    """One published version of a result; only inserted, the newest has no successor."""

    __tablename__ = "audit_result"
    __table_args__ = (
        UniqueConstraint("inspection_id", "number"),
        CheckConstraint("(number = 1) = (corrects_id IS NULL)", name="first_corrects_none"),
        CheckConstraint("length(digest) = 64", name="digest"),
    )

    id: Mapped[Id]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    #: From 1; a correction is the next.
    number: Mapped[int]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("audit_result.id"), unique=True)
    #: Why it was corrected; empty for the first.
    explanation: Mapped[LongText] = mapped_column(default="")
    conclusion: Mapped[AuditConclusion]
    #: Organisation, plan, period, conclusion, findings: as it is shown.
    body: Mapped[dict[str, object]] = mapped_column(JSON)
    #: SHA-256 (hex) of the body as canonical JSON.
    digest: Mapped[str] = mapped_column(String(64))
    published_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    published_at: Mapped[datetime]

    inspection: Mapped[Inspection] = relationship()


class AuditAppeal(Base):
    """复核申请: the organisation does not agree; somebody outside the team answers, once."""

    __tablename__ = "audit_appeal"
    __table_args__ = (
        CheckConstraint("(upheld IS NULL) = (answered_at IS NULL)", name="answered"),
        Index(
            "uq_audit_appeal_open",
            "inspection_id",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"), index=True)
    body: Mapped[LongText]
    made_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    made_at: Mapped[datetime]
    answer: Mapped[LongText] = mapped_column(default="")
    #: Whether the organisation was right; then the result is corrected.
    upheld: Mapped[bool | None]
    answered_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    answered_at: Mapped[datetime | None]

    inspection: Mapped[Inspection] = relationship()
