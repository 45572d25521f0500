"""How a project ends: what is left, who decides about it, and where it goes (CHA-165)."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.money import Money


class SurplusDisposal(enum.StrEnum):
    """What becomes of the money that is left."""

    #: Nothing is left.
    NONE = "none"
    #: As the filed plan or the agreement says.
    BY_PLAN = "by_plan"
    #: A project of the same or a similar purpose, made public.
    SIMILAR = "similar"
    #: Each giver whose money is left is asked: move it, or have it back.
    ASK = "ask"


class ProjectClosingState(enum.StrEnum):
    """Prepared with its figures, asked where givers are asked, agreed, done and published."""

    PREPARED = "prepared"
    ASKING = "asking"
    SUBMITTED = "submitted"
    AGREED = "agreed"
    DONE = "done"
    WITHDRAWN = "withdrawn"


PROJECT_CLOSING_TRANSITIONS: dict[ProjectClosingState, frozenset[ProjectClosingState]] = {
    ProjectClosingState.PREPARED: frozenset(
        {
            ProjectClosingState.ASKING,
            ProjectClosingState.SUBMITTED,
            ProjectClosingState.WITHDRAWN,
        }
    ),
    # Back where the figures are counted anew.
    ProjectClosingState.ASKING: frozenset(
        {
            ProjectClosingState.SUBMITTED,
            ProjectClosingState.PREPARED,
            ProjectClosingState.WITHDRAWN,
        }
    ),
    ProjectClosingState.SUBMITTED: frozenset(
        {
            ProjectClosingState.AGREED,
            ProjectClosingState.PREPARED,
            ProjectClosingState.WITHDRAWN,
        }
    ),
    # Back where the money that is left is not what was agreed about.
    ProjectClosingState.AGREED: frozenset({ProjectClosingState.DONE, ProjectClosingState.PREPARED}),
    ProjectClosingState.DONE: frozenset(),
    ProjectClosingState.WITHDRAWN: frozenset(),
}


class ProjectClosing(Base):
    """The end of one fund's work, with its surplus to the fen."""

    __tablename__ = "project_closing"
    __table_args__ = (
        Index(
            "uq_project_closing_running",
            "fund_id",
            unique=True,
            sqlite_where=text("state <> 'withdrawn'"),
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        CheckConstraint("surplus >= 0", name="surplus_not_negative"),
        CheckConstraint("(disposal = 'none') = (surplus = 0)", name="disposal_of_surplus"),
        CheckConstraint("into_fund_id IS NULL OR into_fund_id <> fund_id", name="two_funds"),
    )

    id: Mapped[Id]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    #: The charity in whose book the fund is.
    charity_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[ProjectClosingState]
    #: What is left when it was prepared; counted again before anything moves.
    surplus: Mapped[Money]
    disposal: Mapped[SurplusDisposal]
    into_fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"), index=True)
    reason: Mapped[LongText]
    ended_on: Mapped[date]
    #: The last day for givers to answer; who does not answer agrees to the move.
    answers_until: Mapped[date | None]
    prepared_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    preparer_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    prepared_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    #: What the public was told of it.
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("disclosure_entry.id"), unique=True)

    answers: Mapped[list[SurplusAnswer]] = relationship(
        back_populates="closing", order_by="SurplusAnswer.id", cascade="all, delete-orphan"
    )

    @property
    def subject(self) -> str:
        """Its name for approvals and the outbox: `project_closing:42`."""
        return f"project_closing:{self.id}"

    def move_to(self, state: ProjectClosingState) -> None:
        """Change the state; raises `InvalidState` for a step the table above does not have."""
        if state not in PROJECT_CLOSING_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE)
        self.state = state


class SurplusChoice(enum.StrEnum):
    """What a giver wants."""

    MOVE = "move"
    REFUND = "refund"


class SurplusAnswer(Base):
    """One gift of which something is left, and what its giver answered."""

    __tablename__ = "surplus_answer"
    __table_args__ = (
        UniqueConstraint("closing_id", "donation_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(choice IS NULL) = (answered_at IS NULL)", name="answered"),
    )

    id: Mapped[Id]
    closing_id: Mapped[int] = mapped_column(ForeignKey("project_closing.id"), index=True)
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), index=True)
    #: What is unspent of this gift.
    amount: Mapped[Money]
    choice: Mapped[SurplusChoice | None]
    answered_at: Mapped[datetime | None]
    asked_at: Mapped[datetime]

    closing: Mapped[ProjectClosing] = relationship(back_populates="answers")
