"""公示: the public notice board, with objections and their answers."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState


class PublicNoticeKind(enum.StrEnum):
    """What the public is asked to look at."""

    VILLAGE_PROJECT = "village_project"
    BENEFICIARIES = "beneficiaries"
    PAYOUT = "payout"
    AWARD = "award"
    SURPLUS = "surplus"
    EVALUATION = "evaluation"
    REGISTRATION = "registration"
    OTHER = "other"


class NoticeState(enum.StrEnum):
    """A notice stands for its period; with an open objection it does not end."""

    STANDING = "standing"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


NOTICE_TRANSITIONS: dict[NoticeState, frozenset[NoticeState]] = {
    NoticeState.STANDING: frozenset({NoticeState.ENDED, NoticeState.WITHDRAWN}),
    NoticeState.ENDED: frozenset(),
    NoticeState.WITHDRAWN: frozenset(),
}


class Notice(Base):
    """Something told before it takes effect, for a number of days."""

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="period"),
        Index("ix_notice_state_ends_on", "state", "ends_on"),
        # a thing is announced once at a time
        Index(
            "uq_notice_standing_subject",
            "subject",
            unique=True,
            sqlite_where=text("state = 'standing' AND subject <> ''"),
            postgresql_where=text("state = 'standing' AND subject <> ''"),
        ),
    )

    id: Mapped[Id]
    kind: Mapped[PublicNoticeKind]
    #: What it is about: `expense:42`, `project_closing:3`; empty for a notice of its own.
    subject: Mapped[str] = mapped_column(String(80), default="", index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    title: Mapped[str]
    body: Mapped[LongText]
    starts_on: Mapped[date]
    #: The last day on which an objection is in time.
    ends_on: Mapped[date]
    #: The rule that sets the period, for the page.
    rule_id: Mapped[str] = mapped_column(String(40))
    state: Mapped[NoticeState] = mapped_column(default=NoticeState.STANDING)
    published_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    publisher_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    published_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    #: Why it was withdrawn.
    closed_because: Mapped[LongText] = mapped_column(default="")

    objections: Mapped[list[Objection]] = relationship(
        back_populates="notice", order_by="Objection.id"
    )

    def move_to(self, state: NoticeState) -> None:
        """Change the state; raises `InvalidState` for a step the table above does not have."""
        if state not in NOTICE_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE)
        self.state = state


class Objection(Base):
    """Somebody says that it is not so; the answer stands beside it."""

    __tablename__ = "objection"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered"),
        CheckConstraint("(answered_at IS NULL) = (upheld IS NULL)", name="judged"),
    )

    id: Mapped[Id]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    #: Who objects and how to reach them: for those who answer, never on the page.
    name: Mapped[str]
    contact: Mapped[str]
    body: Mapped[LongText]
    made_at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    answer: Mapped[LongText] = mapped_column(default="")
    #: Whether the objection was right.
    upheld: Mapped[bool | None]
    answered_at: Mapped[datetime | None]
    answered_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )

    notice: Mapped[Notice] = relationship(back_populates="objections")
