"""Lists of organisations brought in from a civil-affairs office's spreadsheet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from charity.base import Base, Id


class RegistryImport(Base):
    """One file that was applied; the same file again changes nothing."""

    __tablename__ = "registry_import"

    id: Mapped[Id]
    file_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    file_name: Mapped[str]
    rows: Mapped[int]
    created: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    refused: Mapped[int]
    #: Totals the file states beside the sums of its rows: {what: [stated, summed]}, never repaired.
    gaps: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    #: None for a command of the installation.
    applied_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    applied_at: Mapped[datetime]
