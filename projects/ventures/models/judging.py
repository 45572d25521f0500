"""Judges, whom they may not judge, what they were given to judge, and their score sheets.

A sheet is an assignment with its scores; once locked, triggers refuse every change (VEN-11), and a
conflicted pair is refused by the database as well (VEN-04).
"""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from projects.ventures.models.applications import Application
from projects.ventures.models.competitions import Competition, Criterion


class JudgeState(enum.StrEnum):
    """Invited, then in or out."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


JUDGE_TRANSITIONS: dict[JudgeState, frozenset[JudgeState]] = {
    JudgeState.INVITED: frozenset({JudgeState.ACCEPTED, JudgeState.DECLINED, JudgeState.WITHDRAWN}),
    JudgeState.ACCEPTED: frozenset({JudgeState.WITHDRAWN}),
    JudgeState.DECLINED: frozenset({JudgeState.INVITED}),
    JudgeState.WITHDRAWN: frozenset(),
}


class Judge(Base):
    """A person who judges one competition."""

    __tablename__ = "judge"
    __table_args__ = (
        UniqueConstraint("competition_id", "person_id"),
        CheckConstraint("(state = 'invited') = (answered_at IS NULL)", name="answered"),
    )

    id: Mapped[Id]
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    #: The name on the public list of judges.
    name: Mapped[str]
    #: Where he or she works, as said on the list.
    affiliation: Mapped[str] = mapped_column(default="")
    #: Words for the fields known well, separated by blanks.
    expertise: Mapped[str] = mapped_column(default="")
    state: Mapped[JudgeState] = mapped_column(default=JudgeState.INVITED)
    invited_at: Mapped[datetime]
    invited_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    answered_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()

    def move_to(self, state: JudgeState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in JUDGE_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class ConflictKind(enum.StrEnum):
    """Why a judge may not judge an application (VEN-04)."""

    SAME_ORGANISATION = "same_organisation"
    #: Paid or awarded by the applicant within the years of the terms.
    PAST_AWARD = "past_award"
    SHARED_CONTACT = "shared_contact"
    RELATED_PARTY = "related_party"
    DECLARED = "declared"


class JudgeConflict(Base):
    """That a judge may not judge an application; never taken back."""

    __tablename__ = "judge_conflict"
    __table_args__ = (UniqueConstraint("judge_id", "application_id", "kind"),)

    id: Mapped[Id]
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[ConflictKind]
    note: Mapped[LongText] = mapped_column(default="")
    found_at: Mapped[datetime]
    #: Who declared it; None where it was found automatically.
    declared_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )


class JudgingRound(enum.StrEnum):
    """In which round a sheet is filled in."""

    REVIEW = "review"
    DEFENCE = "defence"


class AssignmentState(enum.StrEnum):
    """A sheet is open until it is locked, or its judge stands back."""

    OPEN = "open"
    LOCKED = "locked"
    RECUSED = "recused"


ASSIGNMENT_TRANSITIONS: dict[AssignmentState, frozenset[AssignmentState]] = {
    AssignmentState.OPEN: frozenset({AssignmentState.LOCKED, AssignmentState.RECUSED}),
    AssignmentState.LOCKED: frozenset(),
    AssignmentState.RECUSED: frozenset(),
}


class Assignment(Base):
    """One judge's sheet for one application in one round."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("round", "judge_id", "application_id"),
        CheckConstraint(
            "(state = 'locked') = (locked_at IS NOT NULL)"
            " AND (state = 'locked') = (digest IS NOT NULL)",
            name="locked_with_digest",
        ),
        Index("ix_assignment_judge_id_state", "judge_id", "state"),
        Index("ix_assignment_application_id_round", "application_id", "round"),
    )

    id: Mapped[Id]
    round: Mapped[JudgingRound]
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    state: Mapped[AssignmentState] = mapped_column(default=AssignmentState.OPEN)
    #: What the judge says of the whole.
    comment: Mapped[LongText] = mapped_column(default="")
    assigned_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]
    #: SHA-256 (hex) of the sheet as it was locked.
    digest: Mapped[str | None] = mapped_column(String(64))
    #: Given by the phone that handed it in: handed in twice it is one sheet.
    client_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    recused_at: Mapped[datetime | None]
    recused_because: Mapped[LongText] = mapped_column(default="")

    judge: Mapped[Judge] = relationship()
    application: Mapped[Application] = relationship()
    scores: Mapped[list[Score]] = relationship(order_by="Score.criterion_id")

    def move_to(self, state: AssignmentState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in ASSIGNMENT_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class Score(Base):
    """The points of one line of the rubric on one sheet; a blank is no row and no score."""

    __tablename__ = "score"
    __table_args__ = (CheckConstraint("points BETWEEN 0 AND 1000", name="points_range"),)

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(
        ForeignKey("criterion.id"), primary_key=True, index=True
    )
    #: Tenths of a point, up to the weight of the line.
    points: Mapped[int]
    comment: Mapped[LongText] = mapped_column(default="")
    saved_at: Mapped[datetime]

    criterion: Mapped[Criterion] = relationship()


class DefenceSlot(Base):
    """When and where an application is presented (路演)."""

    __tablename__ = "defence_slot"
    __table_args__ = (CheckConstraint("minutes BETWEEN 1 AND 240", name="minutes_range"),)

    id: Mapped[Id]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(default="")

    application: Mapped[Application] = relationship()


class PublicVote(Base):
    """One person's one vote in a competition; never changed."""

    __tablename__ = "public_vote"
    __table_args__ = (UniqueConstraint("competition_id", "person_id"),)

    id: Mapped[Id]
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    cast_at: Mapped[datetime]
