"""What happened, written in the same transaction as the thing itself.

The outbox is the truth about work still owed to the world (search, notices, sealing); a queue only
wakes the worker that reads it, so a killed worker loses nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import JSON, Connection, Index, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from charity import clock
from charity.base import Base, Id, LongText

#: How often a row is handed on before it is set aside for people to look at.
TRIES = 5


class Outbox(Base):
    """One thing that happened (`project.published`) to one subject (`project:42`)."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_waiting",
            "id",
            sqlite_where=text("handled_at IS NULL"),
            postgresql_where=text("handled_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    event: Mapped[str]
    subject: Mapped[str]
    data: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[LongText | None]


class Event(NamedTuple):
    """What happened to whom, before it is written."""

    event: str
    subject: str
    data: dict[str, object]


#: A part of a longer statement of PostgreSQL: tells of the entry that the part `entered` wrote. Its
#: values are an event's three, the data as JSON, and the instant.
TOLD = """told AS (INSERT INTO outbox (event, subject, data, created_at, attempts)
  SELECT %s, %s, (%s::jsonb || jsonb_build_object('entry_id', id))::json, %s::timestamptz, 0
  FROM entered)"""

_INSERT = insert(Outbox)


def write(session: Session, event: str, subject: str, **data: object) -> None:
    """Record that `event` happened to `subject`; consumers see it after the commit."""
    tell(session.connection(), Event(event, subject, data))


def tell(connection: Connection, event: Event) -> None:
    """Record an event on the connection of the unit it belongs to."""
    connection.execute(_INSERT, event._asdict() | {"created_at": clock.now()})


def waiting(
    session: Session, *, limit: int = 200, only: str = "", but: Collection[str] = ()
) -> list[Outbox]:
    """The oldest rows not handled yet, in order; those that failed too often are left out.

    `only` asks for one event, `but` leaves events away that have a worker of their own.
    """
    query = select(Outbox).where(Outbox.handled_at.is_(None), Outbox.attempts < TRIES)
    if only:
        query = query.where(Outbox.event == only)
    if but:
        query = query.where(Outbox.event.not_in(but))
    return list(session.scalars(query.order_by(Outbox.id).limit(limit)))
