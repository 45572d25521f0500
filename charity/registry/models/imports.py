"""Lists of organisations brought in from a civil-affairs office's spreadsheet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from charity.base import Base, Id


class RegistryImport(Base):
    """One file that is or was applied, row by row; the same file again changes nothing.

    It is begun with the first portion and finished with the last: what was interrupted goes on.
    """

    __tablename__ = "registry_import"

    id: Mapped[Id]
    file_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    file_name: Mapped[str]
    #: Rows of the file, and what became of those that are done.
    rows: Mapped[int]
    created: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    #: Totals the file states beside the sums of its rows: {what: [stated, summed]}, never repaired.
    gaps: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    #: Who vouches for the list: each organisation that is new is verified in their name.
    applied_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    begun_at: Mapped[datetime]
    #: When the last row was done; None while some are left.
    applied_at: Mapped[datetime | None]

    @property
    def done(self) -> int:
        """How many rows are done, the refused ones included."""
        return self.created + self.changed + self.unchanged + self.refused
