"""Books, their accounts and funds, and the acts that open, change and close them.

Whatever is written here is put into the chain of the book beside the money by a *deed*: an entry
without transfers that covers the rows it wrote. A row without a deed is older than deeds are.
"""

from __future__ import annotations

import enum
from datetime import date

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from charity.base import Base, Id


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
    head: Mapped[bytes] = mapped_column(LargeBinary(32))


class Account(Base):
    """An account of one book: a code of the chart, or a sub-account under one (`1002.02`)."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("book_id", "code"), UniqueConstraint("book_id", "id"))

    id: Mapped[Id]
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    code: Mapped[str] = mapped_column(String(20))
    #: What the book's people call a sub-account; empty where the chart's name says it.
    name: Mapped[str] = mapped_column(default="")


class AccountMapping(Base):
    """How an account is shown from a day on: the 2026 system's code, as the accountant maps it."""

    __tablename__ = "account_mapping"

    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), primary_key=True)
    #: Code of the 2004 chart, as it stands in the book.
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    in_force_from: Mapped[date] = mapped_column(primary_key=True)
    shown_code: Mapped[str] = mapped_column(String(20))
    shown_name: Mapped[str]


class FundKind(enum.StrEnum):
    """The kinds of funds the field has."""

    PROJECT = "project"
    VILLAGE_MUTUAL_AID = "village_mutual_aid"
    STREET = "street"
    COMMUNITY = "community"
    NAMED = "named"
    MATCHING_POOL = "matching_pool"
    PRIZE_POOL = "prize_pool"
    SHARED = "shared"
    UNRESTRICTED = "unrestricted"
    #: Money for a named other receiver, a liability and never income (受托代理, ACC-07).
    AGENCY = "agency"


class Fund(Base):
    """Money with a purpose, inside one book; it owns no bank account (FND-02, AUD-11)."""

    __tablename__ = "fund"
    __table_args__ = (UniqueConstraint("book_id", "id"),)

    id: Mapped[Id]
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    kind: Mapped[FundKind]
    name: Mapped[str]
    restricted: Mapped[bool]
    opened_on: Mapped[date]


class CommitteeMember(Base):
    """A member of a community fund's committee, who is never paid for it."""

    __tablename__ = "committee_member"

    id: Mapped[Id]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    name: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]


class PurposeBasis(enum.StrEnum):
    """What allows a fund's money to serve another purpose (CHA-164, CHA-165)."""

    #: The plan was filed again with the office that filed it.
    REFILED = "refiled"
    #: Every giver whose money is unspent agreed.
    CONSENT = "consent"
    #: What is left after the end, by what plan or agreement says.
    SURPLUS_BY_PLAN = "surplus_by_plan"
    #: What is left after the end, to a project of the same or a similar purpose, made public.
    SURPLUS_SIMILAR = "surplus_similar"


class PurposeDecision(Base):
    """The decision that money of one fund goes to another, and what allows it."""

    __tablename__ = "purpose_decision"
    __table_args__ = (
        ForeignKeyConstraint(["book_id", "fund_id"], ["fund.book_id", "fund.id"]),
        ForeignKeyConstraint(["book_id", "into_fund_id"], ["fund.book_id", "fund.id"]),
        CheckConstraint("fund_id <> into_fund_id", name="two_funds"),
        CheckConstraint("(basis = 'refiled') = (refiling_number <> '')", name="refiling_number"),
    )

    id: Mapped[Id]
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), index=True)
    fund_id: Mapped[int] = mapped_column(index=True)
    into_fund_id: Mapped[int] = mapped_column(index=True)
    basis: Mapped[PurposeBasis]
    refiling_number: Mapped[str] = mapped_column(default="")
    #: Digest (hex) over the givers' consents, empty for another basis.
    consents: Mapped[str] = mapped_column(String(64), default="")
    decided_on: Mapped[date]


class FundClosing(Base):
    """A fund that ended: nothing comes in any more, and nothing is left in it."""

    __tablename__ = "fund_closing"

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True)
    closed_on: Mapped[date]


class Closing(Base):
    """A month or a year that is closed: nothing is booked on its days any more (ACC-02)."""

    __tablename__ = "closing"
    __table_args__ = (UniqueConstraint("book_id", "through"),)

    id: Mapped[Id]
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), index=True)
    #: The last day that is closed.
    through: Mapped[date]
    #: Whether income and costs of the year were carried to net assets with it.
    of_year: Mapped[bool]


class DeedSubject(enum.StrEnum):
    """The tables whose rows a deed covers."""

    BOOK = "book"
    ACCOUNT = "account"
    FUND = "fund"
    LINE = "line"
    GOODS_LOT = "goods_lot"
    GOODS_USE = "goods_use"
    PURPOSE_DECISION = "purpose_decision"
    FUND_CLOSING = "fund_closing"
    CLOSING = "closing"


class Deed(Base):
    """That an entry without transfers covers a row of one of these tables."""

    __tablename__ = "deed"

    subject: Mapped[DeedSubject] = mapped_column(primary_key=True)
    #: The row's key: of a lot its line, of a fund's closing the fund.
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
