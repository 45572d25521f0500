"""How pictures look: what finds the same photograph drawn a little smaller (RF-10)."""

from __future__ import annotations

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from charity.base import Base


class PictureLook(Base):
    """The look of one stored picture, worked out once; it says nothing of what is on it."""

    __tablename__ = "picture_look"

    #: SHA-256 of the stored bytes, their address in the file store.
    file_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    #: 128 bits, 16 bytes; all zero for a page without anything on it.
    look: Mapped[bytes] = mapped_column(LargeBinary(16))
