"""Searches that people follow, and what was found for them and told."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from charity.base import Base, Id, LongText


class FollowedSearch(Base):
    """Somebody with an account wants to be told of what a search newly finds."""

    __tablename__ = "followed_search"
    __table_args__ = (
        Index(
            "uq_followed_search_standing",
            "user_id",
            "asked",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    #: The question as the address of the search page says it: `kind=need&q=…`.
    asked: Mapped[LongText]
    #: Where letters go; empty where only the page of one's searches tells, and once it has ended.
    address: Mapped[str] = mapped_column(String(200), default="")
    since: Mapped[datetime]
    #: The day in China from which on what is published is looked through next.
    looked_on: Mapped[date]
    #: Finds since the page of one's searches was last cleared.
    unseen: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]


class SearchFind(Base):
    """A document a followed search has found; it is told once."""

    __tablename__ = "search_find"

    search_id: Mapped[int] = mapped_column(ForeignKey("followed_search.id"), primary_key=True)
    #: `project:5`, as the index names it.
    document: Mapped[str] = mapped_column(String(80), primary_key=True)
    found_on: Mapped[date]
