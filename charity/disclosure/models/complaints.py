"""Complaints: pressure to give (摊派), and what else is said of a collection (VIL-04)."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState


class ComplaintState(enum.StrEnum):
    """A complaint is open until somebody who is not complained of answers it."""

    OPEN = "open"
    ANSWERED = "answered"


COMPLAINT_TRANSITIONS: dict[ComplaintState, frozenset[ComplaintState]] = {
    ComplaintState.OPEN: frozenset({ComplaintState.ANSWERED}),
    ComplaintState.ANSWERED: frozenset(),
}


class Complaint(Base):
    """What somebody says, with or without a name; only the operator's staff read it."""

    __tablename__ = "complaint"
    __table_args__ = (CheckConstraint("(state = 'answered') = (answer <> '')", name="answered"),)

    id: Mapped[Id]
    #: The secret of the page on which the answer can be read.
    token: Mapped[str] = mapped_column(String(64), unique=True)
    #: What it is about: `project:5`, `region:420704001201`.
    subject: Mapped[str] = mapped_column(String(80), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    words: Mapped[LongText]
    contact: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    state: Mapped[ComplaintState] = mapped_column(default=ComplaintState.OPEN, index=True)
    answer: Mapped[LongText] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )

    def move_to(self, state: ComplaintState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in COMPLAINT_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state
