"""Lines of fen: where money stands, in order of arrival, and what was consumed of it."""

from __future__ import annotations

import enum
from datetime import date

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from charity.base import Base, BigId, Id, sqlite_only
from charity.money import Money


class LineKind(enum.StrEnum):
    """What a line holds."""

    GENERAL = "general"
    EARMARK = "earmark"
    #: The value of one lot of goods given in kind.
    GOODS = "goods"


class Line(Base):
    """A line of fen: the general one of a fund, one per earmark, one per lot of goods."""

    __tablename__ = "line"
    __table_args__ = (
        UniqueConstraint("fund_id", "earmark"),
        ForeignKeyConstraint(["book_id", "fund_id"], ["fund.book_id", "fund.id"]),
        CheckConstraint("(kind = 'general') = (earmark = '')", name="earmark"),
    )

    id: Mapped[Id]
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), index=True)
    fund_id: Mapped[int] = mapped_column(index=True)
    #: Empty for the general line; the purpose of an earmark; `goods:…` for a lot.
    earmark: Mapped[str] = mapped_column(default="")
    kind: Mapped[LineKind] = mapped_column(default=LineKind.GENERAL)


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


class ValuationBasis(enum.StrEnum):
    """How goods got their value (ACC-05); without any, they are no entry of the book."""

    VOUCHER = "voucher"
    MARKET = "market"
    APPRAISAL = "appraisal"
    #: 1 yuan, where no value can be told.
    NOMINAL = "nominal"


class GoodsLot(Base):
    """A lot of goods given in kind: what its line's fen are made of."""

    __tablename__ = "goods_lot"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"), primary_key=True)
    name: Mapped[str]
    quantity: Mapped[int]
    unit: Mapped[str] = mapped_column(String(20))
    basis: Mapped[ValuationBasis]
    #: What the value rests on: a voucher's number, a price list, an appraisal.
    evidence: Mapped[str]
    expires_on: Mapped[date | None]


class GoodsUse(Base):
    """Units of a lot that were used, and the outflow of their value.

    So few units of a cheap lot may be used that no fen leaves with them: then there is no outflow.
    """

    __tablename__ = "goods_use"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[Id]
    line_id: Mapped[int] = mapped_column(ForeignKey("goods_lot.line_id"), index=True)
    quantity: Mapped[int]
    outflow_id: Mapped[int | None] = mapped_column(ForeignKey("outflow.id"), unique=True)


class Pending(Base):
    """An inflow that waits for its place on the line."""

    __tablename__ = "pending"
    __table_args__ = (sqlite_only(ForeignKeyConstraint(["line_id"], ["line.id"])),)

    inflow_id: Mapped[int] = mapped_column(ForeignKey("inflow.id"), primary_key=True)
    line_id: Mapped[int] = mapped_column(index=True)


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
        Index(
            "ix_placement_derived",
            "line_id",
            "stop",
            postgresql_where="derived",
            sqlite_where="derived",
        ),
    )

    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"), primary_key=True)
    start: Mapped[int] = mapped_column(primary_key=True)
    stop: Mapped[int]
    #: The how-manieth inflow of the line, from 1.
    number: Mapped[int]
    inflow_id: Mapped[int] = mapped_column(ForeignKey("inflow.id"), unique=True)
    #: Whether the inflow has an origin: only these are walked when a trail goes on.
    derived: Mapped[bool] = mapped_column(default=False)
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
