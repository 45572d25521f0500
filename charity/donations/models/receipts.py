"""After a gift: the certificate anybody can check, and the number of the official receipt."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id
from charity.donations.models.giving import Donation
from charity.errors import CommonReason, InvalidState


class Certificate(Base):
    """捐赠凭证: our own thanks with a code to check it, and clearly no official receipt.

    The public page behind the code shows sum, day, campaign and digest, and no personal data.
    """

    __tablename__ = "certificate"

    id: Mapped[Id]
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), unique=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    issued_at: Mapped[datetime]
    #: Digest of the words it carries, so that a changed picture is seen.
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    #: Where the file store keeps its picture, without any name; None before it was first drawn.
    picture: Mapped[bytes | None] = mapped_column(LargeBinary(32))

    donation: Mapped[Donation] = relationship()


class ReceiptState(enum.StrEnum):
    """公益事业捐赠票据: wanted and issued, or a recorded reason why none is (CHA-147)."""

    WANTED = "wanted"
    ISSUED = "issued"
    #: The giver said that none is needed.
    WAIVED = "waived"
    #: Nobody knows whom to issue it to.
    ANONYMOUS = "anonymous"


RECEIPT_TRANSITIONS: dict[ReceiptState, frozenset[ReceiptState]] = {
    ReceiptState.WANTED: frozenset({ReceiptState.ISSUED, ReceiptState.WAIVED}),
    ReceiptState.WAIVED: frozenset({ReceiptState.WANTED}),
    ReceiptState.ANONYMOUS: frozenset({ReceiptState.WANTED}),
    ReceiptState.ISSUED: frozenset(),
}


class Receipt(Base):
    """The official receipt of one gift, as the organisation issued it elsewhere (CHA-148)."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("batch_code", "number"),
        CheckConstraint(
            "(state = 'issued') = (number IS NOT NULL AND batch_code IS NOT NULL"
            " AND issued_on IS NOT NULL)",
            name="number_when_issued",
        ),
        Index(
            "ix_receipt_wanted",
            "donation_id",
            sqlite_where=text("state = 'wanted'"),
            postgresql_where=text("state = 'wanted'"),
        ),
    )

    id: Mapped[Id]
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), unique=True)
    state: Mapped[ReceiptState]
    #: 交款人 and its credit code, as they are to stand on it; erasable.
    payer_name: Mapped[str] = mapped_column(default="")
    payer_uscc: Mapped[str] = mapped_column(String(18), default="")
    #: 票据代码, 票据号码, 校验码.
    batch_code: Mapped[str | None] = mapped_column(String(20))
    number: Mapped[str | None] = mapped_column(String(20))
    check_code: Mapped[str] = mapped_column(String(20), default="")
    issued_on: Mapped[date | None]
    recorded_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    changed_at: Mapped[datetime]

    donation: Mapped[Donation] = relationship()

    def move_to(self, state: ReceiptState) -> None:
        """Go on to `state`; raises `InvalidState` where no such step exists."""
        if state not in RECEIPT_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state
