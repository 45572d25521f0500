"""Tables of the book.

Facts (book, account, fund, line, entry, transfer, inflow, outflow, placement, piece, seal,
sealed_entry) are only ever inserted; `guards.py` makes the database refuse the rest. Work tables
(line_head, book_head, pending, hold, unsealed) change. Texts and givers lie beside the facts,
bound to them by a salted digest, so that personal data can be deleted while the proof still holds.
"""

from __future__ import annotations

import enum
from datetime import date

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from charity.base import Base, BigId, Id, LongText
from charity.money import Money

_HASH = LargeBinary(32)


class Book(Base):
    """The book of one organisation."""

    __tablename__ = "book"

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), unique=True)
    name: Mapped[str]
    opened_on: Mapped[date]


class BookHead(Base):
    """How far a book is sealed: the row a sealer locks, which no other row references."""

    __tablename__ = "book_head"

    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), primary_key=True)
    #: Entries sealed so far; the next one gets this position.
    positions: Mapped[int] = mapped_column(default=0)
    seals: Mapped[int] = mapped_column(default=0)
    head: Mapped[bytes] = mapped_column(_HASH)


class Account(Base):
    """An account of one book."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("book_id", "code"), UniqueConstraint("book_id", "id"))

    id: Mapped[Id]
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))


class FundKind(enum.StrEnum):
    """The kinds of funds the field has."""

    PROJECT = "project"
    VILLAGE_MUTUAL_AID = "village_mutual_aid"
    STREET = "street"
    COMMUNITY = "community"
    NAMED = "named"
    UNRESTRICTED = "unrestricted"


class Fund(Base):
    """Money with a purpose, inside one book; it owns no bank account (FND-02, AUD-11)."""

    __tablename__ = "fund"
    __table_args__ = (UniqueConstraint("book_id", "id"),)

    id: Mapped[Id]
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), index=True)
    kind: Mapped[FundKind]
    name: Mapped[str]
    restricted: Mapped[bool]
    opened_on: Mapped[date]


class Line(Base):
    """A line of fen: the money in hand of a fund, or of one earmark of it, in order of arrival."""

    __tablename__ = "line"
    __table_args__ = (
        UniqueConstraint("fund_id", "earmark"),
        ForeignKeyConstraint(["book_id", "fund_id"], ["fund.book_id", "fund.id"]),
    )

    id: Mapped[Id]
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), index=True)
    fund_id: Mapped[int] = mapped_column(index=True)
    #: Empty for the general line.
    earmark: Mapped[str] = mapped_column(default="")


class LineHead(Base):
    """Where a line stands: the row a spender locks, which no other row references."""

    __tablename__ = "line_head"
    __table_args__ = (
        CheckConstraint("0 <= cursor AND cursor <= spent", name="cursor"),
        CheckConstraint("held >= 0 AND spent + held <= placed_end", name="not_overspent"),
        CheckConstraint("placed_count >= 0", name="placed_count"),
    )

    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"), primary_key=True)
    placed_end: Mapped[int] = mapped_column(default=0)
    placed_count: Mapped[int] = mapped_column(default=0)
    spent: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    #: Every fen before it is spent.
    cursor: Mapped[int] = mapped_column(default=0)


class EntryKind(enum.StrEnum):
    """What an entry records."""

    GIFT = "gift"
    EXPENSE = "expense"
    CLEARING = "clearing"


class Entry(Base):
    """A voucher of the book: one event, posted at most once because its source is unique."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("book_id", "source"),
        UniqueConstraint("book_id", "id"),
        CheckConstraint("transfers > 0", name="transfers_positive"),
    )

    id: Mapped[Id]
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), index=True)
    #: What it was posted for: `payment:42:succeeded`.
    source: Mapped[str] = mapped_column(String(120))
    kind: Mapped[EntryKind]
    occurred_on: Mapped[date]
    #: Microseconds since 1970 (UTC).
    posted_at: Mapped[int]
    #: The account that posted it; None for the installation itself.
    posted_by: Mapped[int | None]
    #: How many transfers it has: a later one is refused, a missing one is found.
    transfers: Mapped[int]
    #: Salted digest of the note.
    note_digest: Mapped[bytes] = mapped_column(_HASH)
    #: Digest of the entry with its transfers and flows, made when it was posted.
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
        UniqueConstraint("entry_id", "number", "amount"),
        ForeignKeyConstraint(["book_id", "entry_id"], ["entry.book_id", "entry.id"]),
        ForeignKeyConstraint(["book_id", "debit_account_id"], ["account.book_id", "account.id"]),
        ForeignKeyConstraint(["book_id", "credit_account_id"], ["account.book_id", "account.id"]),
        ForeignKeyConstraint(["book_id", "debit_fund_id"], ["fund.book_id", "fund.id"]),
        ForeignKeyConstraint(["book_id", "credit_fund_id"], ["fund.book_id", "fund.id"]),
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


class Inflow(Base):
    """Money that arrives on a line, by a transfer that debits cash or clearing."""

    __tablename__ = "inflow"
    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        ForeignKeyConstraint(
            ["entry_id", "number", "amount"],
            ["transfer.entry_id", "transfer.number", "transfer.amount"],
        ),
    )

    id: Mapped[Id]
    entry_id: Mapped[int]
    number: Mapped[int]
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"), index=True)
    amount: Mapped[Money]
    #: Salted digest of the giver's row.
    giver_digest: Mapped[bytes] = mapped_column(_HASH)


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


class Outflow(Base):
    """Money that leaves lines, by a transfer that credits cash or clearing."""

    __tablename__ = "outflow"
    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        ForeignKeyConstraint(
            ["entry_id", "number", "amount"],
            ["transfer.entry_id", "transfer.number", "transfer.amount"],
        ),
        CheckConstraint("(kind = 'fee') = (of_inflow_id IS NOT NULL)", name="fee_of_inflow"),
    )

    id: Mapped[Id]
    entry_id: Mapped[int]
    number: Mapped[int]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    amount: Mapped[Money]
    kind: Mapped[OutflowKind]
    #: A fee takes the last fen of this gift, in the act that places it.
    of_inflow_id: Mapped[int | None] = mapped_column(ForeignKey("inflow.id"), unique=True)


class Pending(Base):
    """An inflow that waits for its place on the line."""

    __tablename__ = "pending"

    inflow_id: Mapped[int] = mapped_column(ForeignKey("inflow.id"), primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"), index=True)


class Placement(Base):
    """The interval `[start, stop)` an inflow took on its line.

    Each row but the first refers to the one before it, so intervals can neither overlap nor leave
    a gap, and `number` is dense, whatever the isolation level.
    """

    __tablename__ = "placement"
    __table_args__ = (
        CheckConstraint("start >= 0 AND stop > start", name="interval"),
        CheckConstraint("(start = 0) = (number = 1)", name="first"),
        UniqueConstraint("line_id", "stop", "number"),
        ForeignKeyConstraint(
            ["line_id", "previous_stop", "previous_number"],
            ["placement.line_id", "placement.stop", "placement.number"],
            name="fk_placement_previous",
        ),
    )

    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"), primary_key=True)
    start: Mapped[int] = mapped_column(primary_key=True)
    stop: Mapped[int]
    #: The how-manieth inflow of the line, from 1.
    number: Mapped[int]
    inflow_id: Mapped[int] = mapped_column(ForeignKey("inflow.id"), unique=True)
    previous_stop: Mapped[int | None] = mapped_column(
        BigId, Computed("nullif(start, 0)", persisted=True)
    )
    previous_number: Mapped[int | None] = mapped_column(
        BigId, Computed("CASE WHEN start = 0 THEN NULL ELSE number - 1 END", persisted=True)
    )


class Piece(Base):
    """An interval of a line that an outflow consumed; `start_offset` counts within the outflow."""

    __tablename__ = "piece"
    __table_args__ = (
        CheckConstraint("start >= 0 AND stop > start", name="interval"),
        CheckConstraint("start_offset >= 0", name="start_offset"),
        UniqueConstraint("line_id", "start"),
        Index("ix_piece_line_id_stop", "line_id", "stop"),
    )

    outflow_id: Mapped[int] = mapped_column(ForeignKey("outflow.id"), primary_key=True)
    start_offset: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"))
    start: Mapped[int]
    stop: Mapped[int]


class Hold(Base):
    """Money of a line that is promised: an approved expense that is not paid yet."""

    __tablename__ = "hold"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    source: Mapped[str] = mapped_column(String(120), primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"), primary_key=True, index=True)
    amount: Mapped[Money]


class Unsealed(Base):
    """Work for the sealer: an entry not in the chain yet."""

    __tablename__ = "unsealed"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), index=True)


class Seal(Base):
    """A batch of entries under one Merkle root, chained to the batch before it."""

    __tablename__ = "seal"
    __table_args__ = (
        CheckConstraint("entries > 0", name="entries_positive"),
        UniqueConstraint("book_id", "head"),
    )

    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    first_position: Mapped[int]
    entries: Mapped[int]
    previous: Mapped[bytes] = mapped_column(_HASH)
    root: Mapped[bytes] = mapped_column(_HASH)
    head: Mapped[bytes] = mapped_column(_HASH)
    #: Microseconds since 1970 (UTC).
    sealed_at: Mapped[int] = mapped_column(index=True)


class SealedEntry(Base):
    """The position of an entry in its book's chain and the leaf that stands there."""

    __tablename__ = "sealed_entry"

    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)
    #: Leaf hash over the entry's digest, its places and its consumed pieces.
    leaf: Mapped[bytes] = mapped_column(_HASH)


#: Tables the application may only read and append to.
FACTS = (
    "book",
    "account",
    "fund",
    "line",
    "entry",
    "transfer",
    "inflow",
    "outflow",
    "placement",
    "piece",
    "seal",
    "sealed_entry",
)
#: Tables the application may append to and delete from, never change.
ERASABLE = ("entry_note", "inflow_giver")
