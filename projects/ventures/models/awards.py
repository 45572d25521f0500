"""An award: money promised from the pool, paid in stages, each against an accepted milestone."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.disclosure.models import Notice
from charity.errors import CommonReason, InvalidState
from charity.money import ZERO, Money
from projects.ventures.models.applications import Application
from projects.ventures.models.competitions import Competition


class AwardState(enum.StrEnum):
    """Proposed, announced, signed, paid in stages, settled; or given up."""

    PROPOSED = "proposed"
    NOTICE = "notice"
    SIGNED = "signed"
    #: The first stage was paid.
    RUNNING = "running"
    SETTLED = "settled"
    #: Ended before its time; what is left is asked back.
    TERMINATED = "terminated"
    #: Given up before an agreement: an objection was right, or the winner stood back.
    DROPPED = "dropped"


AWARD_TRANSITIONS: dict[AwardState, frozenset[AwardState]] = {
    AwardState.PROPOSED: frozenset({AwardState.NOTICE, AwardState.DROPPED}),
    AwardState.NOTICE: frozenset({AwardState.SIGNED, AwardState.DROPPED}),
    AwardState.SIGNED: frozenset({AwardState.RUNNING, AwardState.TERMINATED}),
    AwardState.RUNNING: frozenset({AwardState.SETTLED, AwardState.TERMINATED}),
    AwardState.SETTLED: frozenset(),
    AwardState.TERMINATED: frozenset(),
    AwardState.DROPPED: frozenset(),
}

#: Awards whose money is promised or paid.
STANDING_AWARDS = frozenset(set(AwardState) - {AwardState.TERMINATED, AwardState.DROPPED})


class Award(Base):
    """What one application was given."""

    __tablename__ = "award"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("place > 0", name="place_positive"),
        CheckConstraint(
            "(signed_at IS NULL) = (agreement_sha256 = '')"
            " AND (signed_at IS NULL) = (budget_id IS NULL)"
            " AND (signed_at IS NULL) = (fund_id IS NULL)",
            name="signed_with_fund",
        ),
        # given up, the application may be proposed again
        Index(
            "uq_award_application_standing",
            "application_id",
            unique=True,
            sqlite_where=text("state <> 'dropped'"),
            postgresql_where=text("state <> 'dropped'"),
        ),
        Index("ix_award_competition_id_state", "competition_id", "state"),
    )

    id: Mapped[Id]
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    #: The place in the published ranking.
    place: Mapped[int]
    amount: Mapped[Money]
    #: What it is called, such as a gold prize; may be empty.
    honour: Mapped[str] = mapped_column(default="")
    state: Mapped[AwardState] = mapped_column(default=AwardState.PROPOSED)
    #: The award whose money this one is given (重新分配).
    reallocated_from_id: Mapped[int | None] = mapped_column(ForeignKey("award.id"), index=True)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"), unique=True)
    proposed_at: Mapped[datetime]
    proposed_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    proposer_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    signed_at: Mapped[datetime | None]
    signed_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    #: What was signed: sum, stages, plan, budget; its SHA-256 (hex) beside it.
    agreement: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    agreement_sha256: Mapped[str] = mapped_column(String(64), default="")
    #: The award's own fund in the pool's book, and the budget that plans it.
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"), unique=True)
    budget_id: Mapped[int | None] = mapped_column(ForeignKey("budget.id"), unique=True)
    #: The project of the lists that tells of its work, where there is one.
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    #: The last day of its work in China: the competition's, until a later one is agreed to.
    work_until: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    #: Why it ended early, or what the settlement says.
    closed_because: Mapped[LongText] = mapped_column(default="")

    competition: Mapped[Competition] = relationship()
    application: Mapped[Application] = relationship()
    notice: Mapped[Notice | None] = relationship()
    tranches: Mapped[list[AwardTranche]] = relationship(
        back_populates="award", order_by="AwardTranche.number"
    )
    evaluations: Mapped[list[AwardEvaluation]] = relationship(order_by="AwardEvaluation.id")
    recoveries: Mapped[list[AwardRecovery]] = relationship(order_by="AwardRecovery.id")
    changes: Mapped[list[AwardChange]] = relationship(order_by="AwardChange.id")

    @property
    def subject(self) -> str:
        """Its name for notices and the outbox: `award:42`."""
        return f"award:{self.id}"

    @property
    def paid(self) -> Money:
        """What has left the pool for it."""
        return self._sum(TrancheState.PAID)

    @property
    def withheld(self) -> Money:
        """What is promised and held in the pool, but not paid."""
        return self._sum(TrancheState.WITHHELD) + self._sum(TrancheState.RELEASABLE)

    @property
    def recovered(self) -> Money:
        """What went back to the pool."""
        return Money.total(each.recovered for each in self.recoveries)

    def _sum(self, state: TrancheState) -> Money:
        return Money.total(each.amount for each in self.tranches if each.state is state)

    def move_to(self, state: AwardState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in AWARD_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class TrancheNeed(enum.StrEnum):
    """The milestone a stage waits for (VEN-08)."""

    AGREEMENT = "agreement"
    MIDTERM = "midterm"
    FINAL = "final"


class TrancheState(enum.StrEnum):
    """Withheld in the pool until its milestone is accepted; then agreed to and paid."""

    WITHHELD = "withheld"
    #: The milestone is there; two persons of the charity are asked.
    RELEASABLE = "releasable"
    PAID = "paid"
    CANCELLED = "cancelled"


TRANCHE_TRANSITIONS: dict[TrancheState, frozenset[TrancheState]] = {
    TrancheState.WITHHELD: frozenset({TrancheState.RELEASABLE, TrancheState.CANCELLED}),
    # somebody who was asked said no
    TrancheState.RELEASABLE: frozenset(
        {TrancheState.WITHHELD, TrancheState.PAID, TrancheState.CANCELLED}
    ),
    TrancheState.PAID: frozenset(),
    TrancheState.CANCELLED: frozenset(),
}


class AwardTranche(Base):
    """One stage of an award's payment; while it is not paid the pool's book holds its money."""

    __tablename__ = "award_tranche"
    __table_args__ = (
        UniqueConstraint("award_id", "number"),
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent_range"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "(state = 'paid') = (entry_id IS NOT NULL)"
            " AND (state = 'paid') = (paid_on IS NOT NULL)",
            name="paid_by_entry",
        ),
    )

    id: Mapped[Id]
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), index=True)
    number: Mapped[int]
    percent: Mapped[int]
    amount: Mapped[Money]
    needs: Mapped[TrancheNeed]
    state: Mapped[TrancheState] = mapped_column(default=TrancheState.WITHHELD)
    released_at: Mapped[datetime | None]
    released_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    #: A day in China.
    paid_on: Mapped[date | None]
    paid_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    #: The grant from the pool to the award's fund.
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)

    award: Mapped[Award] = relationship(back_populates="tranches")

    @property
    def subject(self) -> str:
        """Its name for holds and approvals: `award_tranche:42`."""
        return f"award_tranche:{self.id}"

    def move_to(self, state: TrancheState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in TRANCHE_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class EvaluationKind(enum.StrEnum):
    """When the work of an award is looked at."""

    MIDTERM = "midterm"
    FINAL = "final"


class AwardEvaluation(Base):
    """A report of the winner and what the organiser decided about it; each stays to be read."""

    __tablename__ = "award_evaluation"
    __table_args__ = (
        CheckConstraint("(accepted IS NULL) = (decided_at IS NULL)", name="decided"),
        Index(
            "uq_award_evaluation_standing",
            "award_id",
            "kind",
            unique=True,
            sqlite_where=text("accepted IS NULL OR accepted"),
            postgresql_where=text("accepted IS NULL OR accepted"),
        ),
    )

    id: Mapped[Id]
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), index=True)
    kind: Mapped[EvaluationKind]
    report: Mapped[LongText]
    reported_at: Mapped[datetime]
    reported_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    #: None while it waits.
    accepted: Mapped[bool | None]
    note: Mapped[LongText] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )

    award: Mapped[Award] = relationship(overlaps="evaluations")


class AwardRecovery(Base):
    """Money of an award asked back into the pool, and how much of it came (追回, 结余)."""

    __tablename__ = "award_recovery"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("recovered >= 0 AND recovered <= amount", name="recovered_of_amount"),
    )

    id: Mapped[Id]
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), index=True)
    amount: Mapped[Money]
    recovered: Mapped[Money] = mapped_column(default=ZERO)
    reason: Mapped[LongText]
    demanded_at: Mapped[datetime]
    demanded_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    finished_at: Mapped[datetime | None]

    award: Mapped[Award] = relationship(overlaps="recoveries")

    @property
    def missing(self) -> Money:
        """What has not come back yet."""
        return self.amount - self.recovered


class AwardChangeKind(enum.StrEnum):
    """What of an agreed plan changes, besides its budget (VEN-10)."""

    TEAM = "team"
    TIME = "time"


class AwardChange(Base):
    """A winner asks for another team or more time; nothing changes before it is agreed to."""

    __tablename__ = "award_change"
    __table_args__ = (
        CheckConstraint("(agreed IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(kind = 'time') = (until IS NOT NULL)", name="time_has_a_day"),
        Index(
            "uq_award_change_waiting",
            "award_id",
            "kind",
            unique=True,
            sqlite_where=text("agreed IS NULL"),
            postgresql_where=text("agreed IS NULL"),
        ),
    )

    id: Mapped[Id]
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), index=True)
    kind: Mapped[AwardChangeKind]
    #: What changes, and why.
    words: Mapped[LongText]
    #: The new last day of the work.
    until: Mapped[date | None]
    asked_at: Mapped[datetime]
    asked_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    #: None while it waits.
    agreed: Mapped[bool | None]
    note: Mapped[LongText] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )

    award: Mapped[Award] = relationship(overlaps="changes")


class LevelEntry(Base):
    """That an application brings the record of an award of the level below."""

    __tablename__ = "level_entry"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), index=True)
    entered_at: Mapped[datetime]
    entered_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)

    award: Mapped[Award] = relationship()
