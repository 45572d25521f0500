"""Entries, their transfers, and the money they bring onto lines and take from them."""

from __future__ import annotations

import enum
from datetime import date

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from charity.base import Base, Id, LongText, sqlite_only
from charity.money import Money

_HASH = LargeBinary(32)


def _of_book(column: str, table: str) -> ForeignKeyConstraint:
    """What a transfer names is of its own book; on PostgreSQL `transfer_declared` sees to it."""
    to = [f"{table}.book_id", f"{table}.id"]
    return sqlite_only(ForeignKeyConstraint(["book_id", column], to))


def _carried() -> ForeignKeyConstraint:
    """A flow is carried by a transfer of its amount; on PostgreSQL its own guard sees to it."""
    to = ["transfer.entry_id", "transfer.number", "transfer.amount"]
    return sqlite_only(ForeignKeyConstraint(["entry_id", "number", "amount"], to))


class EntryKind(enum.StrEnum):
    """What an entry records."""

    GIFT = "gift"
    EXPENSE = "expense"
    CLEARING = "clearing"
    #: An act without money: a fund opened, a purpose changed, a month closed.
    DEED = "deed"
    OPENING = "opening"
    #: A fee that came after the gift.
    FEE = "fee"
    REFUND = "refund"
    #: Money of an expense or a grant that came back.
    RETURN = "return"
    REVERSAL = "reversal"
    GRANT = "grant"
    #: Money granted by another book.
    GRANT_RECEIVED = "grant_received"
    MOVE = "move"
    GOODS_GIVEN = "goods_given"
    GOODS_USED = "goods_used"
    CLOSING = "closing"
    #: Anything an accountant books without touching a line (accruals, depreciation).
    JOURNAL = "journal"


#: Entries that may touch net assets beside the release of a restriction; in SQL, so that queries
#: say it in the words of the index.
ADJUSTING = "kind IN ('opening', 'refund', 'return', 'reversal', 'closing', 'journal')"


class Entry(Base):
    """A voucher of the book: one event, posted at most once because its source is unique."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("book_id", "source"),
        UniqueConstraint("book_id", "id"),
        sqlite_only(ForeignKeyConstraint(["book_id"], ["book.id"])),
        CheckConstraint("(kind = 'deed') = (transfers = 0)", name="transfers_declared"),
        CheckConstraint("booked_on >= occurred_on", name="booked_not_before"),
        Index("ix_entry_book_id_booked_on", "book_id", "booked_on"),
        # the few that a statement of activities looks at one by one
        Index(
            "ix_entry_adjusting",
            "book_id",
            "booked_on",
            postgresql_where=text(ADJUSTING),
            sqlite_where=text(ADJUSTING),
        ),
    )

    id: Mapped[Id]
    book_id: Mapped[int]
    #: What it was posted for: `payment:42:succeeded`.
    source: Mapped[str] = mapped_column(String(120))
    kind: Mapped[EntryKind]
    #: The day it happened.
    occurred_on: Mapped[date]
    #: The day it counts for: the same, or the first open day where that one was closed already.
    booked_on: Mapped[date]
    #: The entry this one takes back; each at most once.
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)
    #: Microseconds since 1970 (UTC).
    posted_at: Mapped[int]
    #: The account that posted it; None for the installation itself.
    posted_by: Mapped[int | None]
    #: How many transfers it has: a later one is refused, a missing one is found.
    transfers: Mapped[int]
    #: The form its digest is made in (`canonical.py`).
    form: Mapped[int] = mapped_column(default=2)
    #: Salted digest of the note.
    note_digest: Mapped[bytes] = mapped_column(_HASH)
    #: Digest of the entry with its transfers and flows (of a deed: with its rows).
    digest: Mapped[bytes] = mapped_column(_HASH)


class EntryNote(Base):
    """The free text of an entry; may be deleted, which the proof survives."""

    __tablename__ = "entry_note"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    salt: Mapped[bytes]
    note: Mapped[LongText]


class Transfer(Base):
    """One amount from one account to another of the same book, so an entry always balances."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "debit_account_id <> credit_account_id"
            " OR coalesce(debit_fund_id, 0) <> coalesce(credit_fund_id, 0)",
            name="two_sides",
        ),
        sqlite_only(UniqueConstraint("entry_id", "number", "amount")),
        _of_book("entry_id", "entry"),
        _of_book("debit_account_id", "account"),
        _of_book("credit_account_id", "account"),
        _of_book("debit_fund_id", "fund"),
        _of_book("credit_fund_id", "fund"),
        Index("ix_transfer_debit", "book_id", "debit_account_id", "debit_fund_id"),
        Index("ix_transfer_credit", "book_id", "credit_account_id", "credit_fund_id"),
    )

    entry_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int]
    debit_account_id: Mapped[int]
    debit_fund_id: Mapped[int | None]
    credit_account_id: Mapped[int]
    credit_fund_id: Mapped[int | None]
    amount: Mapped[Money]


class IncomeSource(enum.StrEnum):
    """Where money that arrives on a line comes from (the funding mix)."""

    DONATION = "donation"
    GRANT = "grant"
    GOVERNMENT_PURCHASE = "government_purchase"
    VENTURE = "venture"
    COMMUNITY_FUND = "community_fund"
    MARKET = "market"
    DUES = "dues"
    SERVICE = "service"
    INVESTMENT = "investment"
    MATCHING = "matching"
    AGENCY = "agency"
    OTHER = "other"
    #: In hand when the book was opened.
    OPENING = "opening"
    #: Came from another line of the same book, or came back: no income, its origin says whose.
    INTERNAL = "internal"


class Inflow(Base):
    """Money that arrives on a line, by a transfer that debits cash, clearing or inventory.

    With an origin, its fen k *is* fen `origin_offset + k` of that outflow: the same givers' money
    in another line, or come back to this one.
    """

    __tablename__ = "inflow"
    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        UniqueConstraint("origin_outflow_id", "origin_offset"),
        _carried(),
        CheckConstraint(
            "(origin_outflow_id IS NULL) = (origin_offset IS NULL)"
            " AND (origin_offset IS NULL OR origin_offset >= 0)",
            name="origin",
        ),
        CheckConstraint("income <> 'internal' OR origin_outflow_id IS NOT NULL", name="internal"),
    )

    id: Mapped[Id]
    entry_id: Mapped[int]
    number: Mapped[int]
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"), index=True)
    amount: Mapped[Money]
    income: Mapped[IncomeSource] = mapped_column(default=IncomeSource.DONATION)
    #: Salted digest of the giver's row; None where the givers stand behind the origin.
    giver_digest: Mapped[bytes | None] = mapped_column(_HASH)
    origin_outflow_id: Mapped[int | None] = mapped_column(ForeignKey("outflow.id", use_alter=True))
    origin_offset: Mapped[int | None]


class InflowGiver(Base):
    """Who gave: an opaque key, the kind and the place; may be deleted, the proof holds."""

    __tablename__ = "inflow_giver"

    inflow_id: Mapped[int] = mapped_column(ForeignKey("inflow.id"), primary_key=True)
    salt: Mapped[bytes]
    giver_key: Mapped[str] = mapped_column(index=True)
    giver_kind: Mapped[str] = mapped_column(String(40))
    place: Mapped[str] = mapped_column(String(12), default="")


class OutflowKind(enum.StrEnum):
    """Why money left a line."""

    EXPENSE = "expense"
    FEE = "fee"
    #: Back to the giver of one gift.
    REFUND = "refund"
    #: An inflow that was posted wrongly, taken back whole.
    REVERSAL = "reversal"
    #: To another fund, of this book or another.
    GRANT = "grant"
    #: To another line of the same fund.
    MOVE = "move"


class Outflow(Base):
    """Money that leaves lines of one fund, by a transfer that credits cash or clearing."""

    __tablename__ = "outflow"
    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        _carried(),
        sqlite_only(ForeignKeyConstraint(["fund_id"], ["fund.id"])),
        CheckConstraint(
            "of_inflow_id IS NOT NULL OR kind NOT IN ('fee', 'refund', 'reversal')",
            name="of_inflow",
        ),
    )

    id: Mapped[Id]
    entry_id: Mapped[int]
    number: Mapped[int]
    fund_id: Mapped[int] = mapped_column(index=True)
    amount: Mapped[Money]
    kind: Mapped[OutflowKind]
    #: The gift a fee or refund belongs to. A fee posted with its gift takes the gift's last fen,
    #: in the act that places it.
    of_inflow_id: Mapped[int | None] = mapped_column(ForeignKey("inflow.id"), index=True)
