"""Letters to people outside, written in the same transaction as what they tell.

A row is the truth about a letter still owed; the site's worker puts it into words and sends it, so
a killed worker loses none. Only letters to an e-mail address are written: where a giver left a
telephone number, the page is the way.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import JSON, Index, String, and_, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from charity import clock
from charity.base import Base, Id, LongText

#: How long after it was written a letter is tried, and tried again; after the last people look.
DELAYS = (
    timedelta(0),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
#: How often sending is tried before people must look.
TRIES = len(DELAYS)


class Letter(Base):
    """One letter of one kind (`pledge.reminder`) to one address, which goes once it is sent."""

    __tablename__ = "letter"
    __table_args__ = (
        Index(
            "ix_letter_owed",
            "id",
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    #: Names the letter once: the same source again writes no second letter.
    source: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    address: Mapped[str]
    #: What the words are made of: ids, amounts in fen, days in ISO form; never a sentence.
    data: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[LongText | None]


def write(session: Session, *, source: str, kind: str, address: str, **data: object) -> bool:
    """Owe a letter, once per `source`; answers whether there is an e-mail address to send it to."""
    if "@" not in address:
        return False
    if session.scalar(select(Letter.id).where(Letter.source == source)) is None:
        session.add(
            Letter(source=source, kind=kind, address=address, data=data, created_at=clock.now())
        )
    return True


def owed(session: Session, *, limit: int = 100) -> list[Letter]:
    """The oldest letters not sent yet whose time to be tried has come; see `DELAYS`."""
    now = clock.now()
    tries = (
        and_(Letter.attempts == attempts, Letter.created_at <= now - delay)
        for attempts, delay in enumerate(DELAYS)
    )
    query = select(Letter).where(Letter.sent_at.is_(None), or_(*tries))
    return list(session.scalars(query.order_by(Letter.id).limit(limit)))


def failed(session: Session) -> int:
    """How many letters were tried too often and wait for people."""
    query = select(func.count()).where(Letter.sent_at.is_(None), Letter.attempts >= TRIES)
    return session.scalar(query) or 0


def record_sent(letter: Letter) -> None:
    """It is on its way: to whom it went and what it said is kept no longer (PII-05)."""
    letter.sent_at = clock.now()
    letter.attempts += 1
    letter.last_error = None
    letter.address = ""
    letter.data = {}


def record_failure(letter: Letter, error: str) -> None:
    """It did not go; `error` is for those who run the site and names no address."""
    letter.attempts += 1
    letter.last_error = error[:500]


def forget(session: Session, *, subject: str) -> int:
    """Delete the letters about one subject (`donation:7`), sent or not; answers how many."""
    query = select(Letter).where(Letter.source.startswith(f"{subject}:", autoescape=True))
    found = list(session.scalars(query))
    for letter in found:
        session.delete(letter)
    return len(found)
