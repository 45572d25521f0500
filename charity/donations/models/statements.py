"""Money that comes by other doors: statements of banks and platforms, and counted cash."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.money import Money


class StatementKind(enum.StrEnum):
    """Whose statement it is."""

    BANK = "bank"
    #: A designated platform on which the campaign also runs.
    PLATFORM = "platform"


class StatementMapping(Base):
    """Which column of a bank's or platform's sheet means what; staff can edit it."""

    __tablename__ = "statement_mapping"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[StatementKind]
    #: Our field's name to the words that may stand above its column.
    columns: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    changed_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    changed_at: Mapped[datetime]


class StatementState(enum.StrEnum):
    """Read and shown as a dry run, then applied, or thrown away."""

    READ = "read"
    APPLYING = "applying"
    APPLIED = "applied"
    DISCARDED = "discarded"


STATEMENT_TRANSITIONS: dict[StatementState, frozenset[StatementState]] = {
    StatementState.READ: frozenset({StatementState.APPLYING, StatementState.DISCARDED}),
    # Long work is done in portions; a killed worker goes on where it stood.
    StatementState.APPLYING: frozenset({StatementState.APPLIED}),
    StatementState.APPLIED: frozenset(),
    # Its rows are gone; handed in again, the same file is read anew.
    StatementState.DISCARDED: frozenset({StatementState.READ}),
}


class Statement(Base):
    """One file as it was handed in; the same file twice is the one that is there."""

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("organisation_id", "digest"),
        CheckConstraint("stated_total >= 0", name="stated_total_not_negative"),
        CheckConstraint("summed_total >= 0", name="summed_total_not_negative"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[StatementKind]
    mapping_id: Mapped[int | None] = mapped_column(ForeignKey("statement_mapping.id"), index=True)
    #: Where a platform's rows without a known project go.
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    file_name: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    state: Mapped[StatementState] = mapped_column(default=StatementState.READ, index=True)
    rows: Mapped[int] = mapped_column(default=0)
    #: Rows done, for the bar.
    done: Mapped[int] = mapped_column(default=0)
    #: The total printed in the file, where it has one, and the sum of its good rows (they differ:
    #: both are kept and the gap is shown, never repaired). The sum is there once all is read.
    stated_total: Mapped[Money | None]
    summed_total: Mapped[Money | None]
    uploaded_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    uploaded_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    def move_to(self, state: StatementState) -> None:
        """Go on to `state`; raises `InvalidState` where no such step exists."""
        if state not in STATEMENT_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class RowState(enum.StrEnum):
    """What a row of a statement is found to be."""

    #: It cannot be read: `problem` and `field` say where.
    BAD = "bad"
    #: Not money that came in (a fee, a payment, 0.00).
    NO_GIFT = "no_gift"
    #: The same row stood in an earlier file, or twice in this one.
    KNOWN = "known"
    #: Reference and amount name one waiting gift.
    MATCHED = "matched"
    #: A person must say what it is.
    UNMATCHED = "unmatched"
    APPLIED = "applied"
    #: A person said that it is no gift of this site.
    IGNORED = "ignored"


ROW_TRANSITIONS: dict[RowState, frozenset[RowState]] = {
    RowState.BAD: frozenset({RowState.IGNORED}),
    RowState.NO_GIFT: frozenset(),
    RowState.KNOWN: frozenset(),
    RowState.MATCHED: frozenset({RowState.APPLIED, RowState.UNMATCHED, RowState.IGNORED}),
    RowState.UNMATCHED: frozenset({RowState.APPLIED, RowState.MATCHED, RowState.IGNORED}),
    RowState.APPLIED: frozenset(),
    RowState.IGNORED: frozenset({RowState.UNMATCHED}),
}


class StatementRow(Base):
    """One row of a statement, with its place in the file."""

    __tablename__ = "statement_row"
    __table_args__ = (
        UniqueConstraint("statement_id", "number"),
        UniqueConstraint("organisation_id", "kind", "row_key"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
    )

    id: Mapped[Id]
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[StatementKind]
    #: The row's number in the file, as a spreadsheet shows it.
    number: Mapped[int]
    #: What makes the row the same row in another file: the bank's serial number, or a digest of its
    #: words and of how many equal rows stood before it; None for rows that count for nothing.
    row_key: Mapped[str | None] = mapped_column(String(120))
    state: Mapped[RowState] = mapped_column(index=True)
    problem: Mapped[str] = mapped_column(default="")
    #: The column it stands in, by our name of it.
    field: Mapped[str] = mapped_column(default="")
    booked_on: Mapped[date | None]
    amount: Mapped[Money | None]
    payer_name: Mapped[str] = mapped_column(default="")
    #: The last four digits of the payer's account, enough to tell two payers apart.
    payer_account: Mapped[str] = mapped_column(String(8), default="")
    remark: Mapped[LongText] = mapped_column(default="")
    #: The payment reference found in the remark.
    reference: Mapped[str] = mapped_column(String(20), default="", index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    decided_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    note: Mapped[str] = mapped_column(default="")

    def move_to(self, state: RowState) -> None:
        """Go on to `state`; raises `InvalidState` where no such step exists."""
        if state not in ROW_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class CashState(enum.StrEnum):
    """Counted by one, confirmed by another person, taken to the bank."""

    COUNTED = "counted"
    CONFIRMED = "confirmed"
    DEPOSITED = "deposited"
    VOID = "void"


CASH_TRANSITIONS: dict[CashState, frozenset[CashState]] = {
    CashState.COUNTED: frozenset({CashState.CONFIRMED, CashState.VOID}),
    CashState.CONFIRMED: frozenset({CashState.DEPOSITED}),
    CashState.DEPOSITED: frozenset(),
    CashState.VOID: frozenset(),
}


class CashCount(Base):
    """Cash of one box, stall or event, counted by two persons (HANDBOOK 0.1, PUBLIC_OFFLINE)."""

    __tablename__ = "cash_count"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("unnamed >= 0 AND unnamed <= amount", name="unnamed_within"),
        CheckConstraint(
            "second_person_id IS NULL OR second_person_id <> first_person_id", name="two_persons"
        ),
    )

    id: Mapped[Id]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    #: The number of the box, or the name of the event.
    place: Mapped[str]
    counted_on: Mapped[date]
    amount: Mapped[Money]
    #: What lies beyond the slips: a box's coins without a name.
    unnamed: Mapped[Money]
    state: Mapped[CashState] = mapped_column(default=CashState.COUNTED)
    first_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    second_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    deposit_row_id: Mapped[int | None] = mapped_column(ForeignKey("statement_row.id"), unique=True)
    note: Mapped[LongText] = mapped_column(default="")

    slips: Mapped[list[CashSlip]] = relationship(order_by="CashSlip.number")

    def move_to(self, state: CashState) -> None:
        """Go on to `state`; raises `InvalidState` where no such step exists."""
        if state not in CASH_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class CashSlip(Base):
    """One numbered slip a giver got for cash; a number is used once in a campaign."""

    __tablename__ = "cash_slip"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )

    id: Mapped[Id]
    cash_count_id: Mapped[int] = mapped_column(ForeignKey("cash_count.id"), index=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    number: Mapped[int]
    amount: Mapped[Money]
    giver_name: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id"), unique=True)
