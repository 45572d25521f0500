"""What happened, written in the same transaction as the thing itself.

The outbox is the truth about work still owed to the world (search, notices, sealing); a queue only
wakes the worker that reads it, so a killed worker loses nothing.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, insert, select, text
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


_INSERT = insert(Outbox)


def write(session: Session, event: str, subject: str, **data: object) -> None:
    """Record that `event` happened to `subject`; consumers see it after the commit."""
    row = {"event": event, "subject": subject, "data": data, "created_at": clock.now()}
    session.connection().execute(_INSERT, row)


def waiting(session: Session, *, limit: int = 200) -> list[Outbox]:
    """The oldest rows not handled yet, in order; those that failed too often are left out."""
    query = select(Outbox).where(Outbox.handled_at.is_(None), Outbox.attempts < TRIES)
    return list(session.scalars(query.order_by(Outbox.id).limit(limit)))
