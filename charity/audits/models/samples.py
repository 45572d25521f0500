"""What is looked at of a book: lists of vouchers handed in, and samples drawn from a frame."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.audits.models.inspections import Inspection
from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.money import Money

#: Amounts of vouchers may be negative (red entries): bounded so that sums stay 64-bit.
_BOUND = "{} BETWEEN -1000000000000000 AND 1000000000000000"


class VoucherList(Base):
    """The vouchers of an organisation without a book here, frozen by hash; only inserted."""

    __tablename__ = "voucher_list"
    __table_args__ = (
        UniqueConstraint("inspection_id", "rows_hash"),
        CheckConstraint("row_count >= 0", name="rows_not_negative"),
        CheckConstraint(_BOUND.format("total"), name="total"),
    )

    id: Mapped[Id]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    file_name: Mapped[str] = mapped_column(default="")
    #: SHA-256 of the file as it was handed in.
    file_hash: Mapped[bytes]
    media_type: Mapped[str] = mapped_column(String(80), default="")
    #: SHA-256 (hex) of the rows in canonical form: what samples of it name as their frame.
    rows_hash: Mapped[str] = mapped_column(String(64))
    row_count: Mapped[int]
    total: Mapped[Money]
    handed_in_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    handed_in_at: Mapped[datetime]

    inspection: Mapped[Inspection] = relationship()


class VoucherListRow(Base):
    """One voucher of such a list; only inserted."""

    __tablename__ = "voucher_list_row"
    __table_args__ = (
        UniqueConstraint("voucher_list_id", "number"),
        CheckConstraint(_BOUND.format("amount"), name="amount"),
    )

    id: Mapped[Id]
    voucher_list_id: Mapped[int] = mapped_column(ForeignKey("voucher_list.id"))
    #: From 1, as in the file.
    number: Mapped[int]
    voucher_number: Mapped[str] = mapped_column(String(80), default="")
    booked_on: Mapped[date]
    payee: Mapped[str] = mapped_column(default="")
    summary: Mapped[LongText] = mapped_column(default="")
    amount: Mapped[Money]
    is_cash: Mapped[bool] = mapped_column(default=False)

    voucher_list: Mapped[VoucherList] = relationship()


class SampleMethod(enum.StrEnum):
    """How items are chosen; those picked by risk are reported apart and never projected."""

    RANDOM = "random"
    STRATIFIED = "stratified"
    SYSTEMATIC = "systematic"
    ATTRIBUTE = "attribute"
    #: 货币单元抽样.
    MUS = "mus"
    RISK = "risk"


class AuditSampleState(enum.StrEnum):
    """Drawn and being looked at, or evaluated."""

    DRAWN = "drawn"
    EVALUATED = "evaluated"


AUDIT_SAMPLE_TRANSITIONS: dict[AuditSampleState, frozenset[AuditSampleState]] = {
    # What is looked at again is evaluated again.
    AuditSampleState.DRAWN: frozenset({AuditSampleState.EVALUATED}),
    AuditSampleState.EVALUATED: frozenset({AuditSampleState.EVALUATED}),
}


class AuditSample(Base):
    """A sample drawn from a frame by a method and a seed, and what it says of the whole."""

    __tablename__ = "audit_sample"
    __table_args__ = (
        UniqueConstraint("inspection_id", "number"),
        CheckConstraint("population >= 0 AND size >= 0", name="sizes"),
        CheckConstraint(_BOUND.format("book_value"), name="book_value"),
        CheckConstraint("(state = 'evaluated') = (evaluated_at IS NOT NULL)", name="evaluated"),
    )

    id: Mapped[Id]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    #: From 1, per inspection.
    number: Mapped[int]
    method: Mapped[SampleMethod]
    #: Where the frame comes from: `book`, or `voucher_list:7`.
    source: Mapped[str] = mapped_column(String(80))
    period_from: Mapped[date | None]
    period_until: Mapped[date | None]
    #: SHA-256 (hex) of the frame's canonical text, taken before the seed was known to the method.
    frame_hash: Mapped[str] = mapped_column(String(64))
    population: Mapped[int]
    book_value: Mapped[Money]
    seed: Mapped[str]
    #: Confidence, tolerable and expected rate or amount, strata, interval: as the method wants.
    parameters: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    size: Mapped[int]
    state: Mapped[AuditSampleState] = mapped_column(default=AuditSampleState.DRAWN)
    #: Errors, projected error, upper limit, conclusion; empty until evaluated.
    evaluation: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    drawn_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    drawn_at: Mapped[datetime]
    evaluated_at: Mapped[datetime | None]

    inspection: Mapped[Inspection] = relationship()
    items: Mapped[list[AuditSampleItem]] = relationship(
        back_populates="sample", order_by="AuditSampleItem.number"
    )

    def move_to(self, state: AuditSampleState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in AUDIT_SAMPLE_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class AuditSampleItem(Base):
    """One voucher of a sample, and what was seen of it."""

    __tablename__ = "audit_sample_item"
    __table_args__ = (
        UniqueConstraint("sample_id", "number"),
        UniqueConstraint("sample_id", "subject"),
        CheckConstraint(_BOUND.format("amount"), name="amount"),
        CheckConstraint(_BOUND.format("audited_amount"), name="audited_amount"),
        CheckConstraint("hits > 0", name="hits"),
        CheckConstraint("(checked_at IS NULL) = (deviation IS NULL)", name="checked"),
    )

    id: Mapped[Id]
    sample_id: Mapped[int] = mapped_column(ForeignKey("audit_sample.id"))
    #: From 1, in the order of the frame.
    number: Mapped[int]
    #: `expense:42` or `voucher_list_row:7`.
    subject: Mapped[str] = mapped_column(String(80))
    stratum: Mapped[str] = mapped_column(default="")
    amount: Mapped[Money]
    #: How often the interval fell into it; 1 outside MUS.
    hits: Mapped[int] = mapped_column(default=1)
    is_certainty: Mapped[bool] = mapped_column(default=False)
    #: What it should have been; None until looked at.
    audited_amount: Mapped[Money | None]
    #: Whether it departs from the rules, whatever its amount; None until looked at.
    deviation: Mapped[bool | None]
    note: Mapped[LongText] = mapped_column(default="")
    checked_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    checked_at: Mapped[datetime | None]

    sample: Mapped[AuditSample] = relationship(back_populates="items")
