"""That somebody who is helped has died or moved away, as their community noted it (RF-11).

A person is known by a keyed hash of their document and a masked name. A row is never changed: what
was wrong, or is over, is said by a later row of the same person and place.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.registry.models.places import Region


class DepartureKind(enum.StrEnum):
    """What became of a person."""

    DIED = "died"
    MOVED_AWAY = "moved_away"
    #: Lives here again; follows a row that says they moved away.
    CAME_BACK = "came_back"
    #: The row before was wrong: it counts as if it had never been written.
    MISTAKEN = "mistaken"


class PersonDeparture(Base):
    """One row about one person, by the community that manages the place."""

    __tablename__ = "person_departure"
    __table_args__ = (
        CheckConstraint("(kind IN ('died', 'moved_away')) OR follows_id IS NOT NULL", name="first"),
        # one history per person and place: a second first row waits for nobody
        Index(
            "uq_person_departure_first",
            "identity_hash",
            "region_code",
            unique=True,
            sqlite_where=text("follows_id IS NULL"),
            postgresql_where=text("follows_id IS NULL"),
        ),
    )

    id: Mapped[Id]
    #: Keyed hash of the person's identity document, as expenses keep their payee's.
    identity_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    #: The family name with stars; the whole name is nowhere here.
    masked_name: Mapped[str] = mapped_column(String(20))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    kind: Mapped[DepartureKind]
    #: The day in China on which it happened; help after that day is asked about.
    happened_on: Mapped[date]
    #: What it is known by: a certificate, a household register, who said so.
    source: Mapped[LongText]
    #: The row before, of which this one says what is true now.
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("person_departure.id"), unique=True)
    noted_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    noted_at: Mapped[datetime]

    region: Mapped[Region] = relationship()
