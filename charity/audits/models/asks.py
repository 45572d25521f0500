"""The organisation asks for more time; the office answers by an extension, or not."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.audits.models.findings import AuditFinding
from charity.base import Base, Id, LongText


class ExtensionAsk(Base):
    """One request for more time to put a finding right, with its reason; only inserted."""

    __tablename__ = "extension_ask"
    #: What its names begin with.
    SUBJECT: ClassVar[str] = "extension_ask:"

    id: Mapped[Id]
    finding_id: Mapped[int] = mapped_column(ForeignKey("audit_finding.id"), index=True)
    #: The last day that is asked for.
    until: Mapped[date]
    reason: Mapped[LongText]
    asked_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    asked_at: Mapped[datetime]

    finding: Mapped[AuditFinding] = relationship()

    @property
    def subject(self) -> str:
        """Its name for the work paper that refuses it: `extension_ask:5`."""
        return f"{self.SUBJECT}{self.id}"
