"""The life of a project beside its money: what was submitted each time, milestones, reports, roles.

The five roles are those of the province's model: 党组织领导, 民政指导, 慈善组织资助, 行业组织统筹,
社工机构实施.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.registry.models import Organisation


class ProjectRevision(Base):
    """What a project said when it was submitted: the reviewer sees what changed since."""

    __tablename__ = "project_revision"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    number: Mapped[int]
    #: The content by field, as JSON.
    content: Mapped[LongText]
    submitted_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    submitted_at: Mapped[datetime]


class MilestoneState(enum.StrEnum):
    """Planned, claimed by the doer, accepted by another."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    DROPPED = "dropped"


MILESTONE_TRANSITIONS: dict[MilestoneState, frozenset[MilestoneState]] = {
    MilestoneState.PLANNED: frozenset({MilestoneState.CLAIMED, MilestoneState.DROPPED}),
    MilestoneState.CLAIMED: frozenset({MilestoneState.ACCEPTED, MilestoneState.PLANNED}),
    MilestoneState.ACCEPTED: frozenset(),
    MilestoneState.DROPPED: frozenset(),
}


class Milestone(Base):
    """A step of a project with its day."""

    __tablename__ = "milestone"
    __table_args__ = (UniqueConstraint("project_id", "position"),)

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    position: Mapped[int]
    title: Mapped[str]
    due_on: Mapped[date]
    state: Mapped[MilestoneState] = mapped_column(default=MilestoneState.PLANNED)
    claimed_on: Mapped[date | None]
    claimed_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    accepted_at: Mapped[datetime | None]
    accepted_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    note: Mapped[LongText] = mapped_column(default="")

    def move_to(self, state: MilestoneState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in MILESTONE_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class ProgressReport(Base):
    """What has been done since the last one, in words and pictures; followers are told."""

    __tablename__ = "progress_report"

    id: Mapped[Id]
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    title: Mapped[str]
    words: Mapped[LongText]
    reported_on: Mapped[date]
    published_at: Mapped[datetime]
    written_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)

    pictures: Mapped[list[ReportPicture]] = relationship(
        back_populates="report", order_by="ReportPicture.position"
    )


class ReportPicture(Base):
    """A picture of a report, drawn anew; whoever can be known on it has agreed (PII-04)."""

    __tablename__ = "report_picture"
    __table_args__ = (
        UniqueConstraint("report_id", "position"),
        CheckConstraint("width > 0 AND height > 0", name="size_positive"),
    )

    id: Mapped[Id]
    report_id: Mapped[int] = mapped_column(ForeignKey("progress_report.id"), index=True)
    position: Mapped[int]
    digest: Mapped[bytes]
    media_type: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]
    height: Mapped[int]
    caption: Mapped[str] = mapped_column(default="")
    #: Nobody can be known on it, or all who can have agreed to its publication.
    consent_stated: Mapped[bool] = mapped_column(default=False)

    report: Mapped[ProgressReport] = relationship(back_populates="pictures")


class PartyRole(enum.StrEnum):
    """五方: who leads, guides, funds, coordinates and carries out."""

    PARTY_LEADERSHIP = "party_leadership"
    CIVIL_AFFAIRS_GUIDANCE = "civil_affairs_guidance"
    CHARITY_FUNDING = "charity_funding"
    INDUSTRY_COORDINATION = "industry_coordination"
    AGENCY_DELIVERY = "agency_delivery"


class ProjectRole(Base):
    """An organisation in one of the five roles of a project; it signs for its own."""

    __tablename__ = "project_role"
    __table_args__ = (
        UniqueConstraint("project_id", "role", "organisation_id"),
        CheckConstraint("(signed_at IS NULL) = (signed_by_user_id IS NULL)", name="signed"),
    )

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    role: Mapped[PartyRole]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    named_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    signed_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)

    organisation: Mapped[Organisation] = relationship()


class Follow(Base):
    """Somebody with an account wants to be told of what happens to a thing."""

    __tablename__ = "follow"
    __table_args__ = (
        Index(
            "uq_follow_standing",
            "user_id",
            "subject",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_follow_subject", "subject"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    #: `project:5`, `need:7`.
    subject: Mapped[str] = mapped_column(String(80))
    #: Where letters go; empty where only the page of what one follows tells, and once it has ended.
    address: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
