"""The chain of a book, the heads that are published, and the totals kept when sealing."""

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
)
from sqlalchemy.orm import Mapped, mapped_column

from charity.base import Base, sqlite_only
from charity.money import ZERO, Money

_HASH = LargeBinary(32)


class Unsealed(Base):
    """Work for the sealer: an entry not in the chain yet."""

    __tablename__ = "unsealed"
    __table_args__ = (sqlite_only(ForeignKeyConstraint(["book_id"], ["book.id"])),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    book_id: Mapped[int] = mapped_column(index=True)


class Seal(Base):
    """A batch of entries under one Merkle root, chained to the batch before it."""

    __tablename__ = "seal"
    __table_args__ = (
        CheckConstraint("entries > 0", name="entries_positive"),
        UniqueConstraint("book_id", "head"),
        Index("ix_seal_book_id_first_position", "book_id", "first_position", unique=True),
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


class DayHead(Base):
    """The head of one day: a Merkle root over every seal of that day, of all books.

    It is chained to the day before and published, so that whoever kept it can tell later whether
    anything older was changed or cut off.
    """

    __tablename__ = "day_head"

    #: The day in China on which the seals were made.
    day: Mapped[date] = mapped_column(primary_key=True)
    seals: Mapped[int]
    previous: Mapped[bytes] = mapped_column(_HASH)
    root: Mapped[bytes] = mapped_column(_HASH)
    head: Mapped[bytes] = mapped_column(_HASH, unique=True)


class OutflowTotal(Base):
    """Who stands behind an outflow, through every origin; kept when its entry is sealed.

    Givers are counted once each; a guest's gift counts as one giver.
    """

    __tablename__ = "outflow_total"

    outflow_id: Mapped[int] = mapped_column(ForeignKey("outflow.id"), primary_key=True)
    gifts: Mapped[int]
    givers: Mapped[int]


class ShareOf(enum.StrEnum):
    """By what an outflow's money is divided."""

    GIVER_KIND = "giver_kind"
    PLACE = "place"
    INCOME = "income"


class OutflowShare(Base):
    """How much of an outflow came from one kind of giver, one place or one source of income."""

    __tablename__ = "outflow_share"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    outflow_id: Mapped[int] = mapped_column(ForeignKey("outflow.id"), primary_key=True)
    share_of: Mapped[ShareOf] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(String(40), primary_key=True)
    amount: Mapped[Money]
    gifts: Mapped[int]
    givers: Mapped[int]


class AccountDay(Base):
    """Turnover of an account on one day, over sealed entries."""

    __tablename__ = "account_day"
    __table_args__ = (CheckConstraint("debit >= 0 AND credit >= 0", name="not_negative"),)

    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    debit: Mapped[Money] = mapped_column(default=ZERO)
    credit: Mapped[Money] = mapped_column(default=ZERO)


class FundMonth(Base):
    """Turnover of an account within one fund in one month, over sealed entries."""

    __tablename__ = "fund_month"
    __table_args__ = (CheckConstraint("debit >= 0 AND credit >= 0", name="not_negative"),)

    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), primary_key=True)
    #: The first day of the month.
    month: Mapped[date] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True, index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    debit: Mapped[Money] = mapped_column(default=ZERO)
    credit: Mapped[Money] = mapped_column(default=ZERO)


class FundFlow(Base):
    """What came onto the lines of one fund, or left them, in one month; over sealed entries."""

    __tablename__ = "fund_flow"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), primary_key=True)
    #: The first day of the month.
    month: Mapped[date] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True, index=True)
    #: Whether it came in; else it left.
    incoming: Mapped[bool] = mapped_column(primary_key=True)
    #: In: the source of income, or the kind of the outflow it came from. Out: the outflow's kind.
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: Of a gift the kind of giver (empty once erased), of a grant the other fund (`fund:7`), else
    #: the account on the other side of the transfer.
    party: Mapped[str] = mapped_column(String(40), primary_key=True)
    amount: Mapped[Money]
    flows: Mapped[int]
