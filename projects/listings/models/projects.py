"""Tables of the project bank: a project, and what reviewers said of it."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.money import Money
from charity.registry.models import (
    MEMBERS_MODES,
    Campaign,
    FundraisingMode,
    Organisation,
    PlanSheet,
    Region,
)
from charity.spending.models import Budget


class ProjectCategory(enum.StrEnum):
    """What a project is about."""

    ELDERLY_ADAPTATION = "elderly_adaptation"
    HAPPY_CANTEEN = "happy_canteen"
    HAPPY_HOME = "happy_home"
    CHILDREN = "children"
    HEALTH = "health"
    ENVIRONMENT = "environment"
    SHARED_SPACE = "shared_space"
    GOVERNANCE = "governance"
    EDUCATION = "education"
    RELIEF = "relief"


class ProjectState(enum.StrEnum):
    """From draft through review by another organisation to the public page."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    #: No new gifts for a while, for a reason on its page.
    PAUSED = "paused"
    #: Over; what was done and spent stays to be read.
    CLOSED = "closed"


PROJECT_TRANSITIONS: dict[ProjectState, frozenset[ProjectState]] = {
    ProjectState.DRAFT: frozenset({ProjectState.SUBMITTED}),
    ProjectState.SUBMITTED: frozenset({ProjectState.PUBLISHED, ProjectState.RETURNED}),
    ProjectState.RETURNED: frozenset({ProjectState.SUBMITTED}),
    ProjectState.PUBLISHED: frozenset({ProjectState.PAUSED, ProjectState.CLOSED}),
    ProjectState.PAUSED: frozenset({ProjectState.PUBLISHED, ProjectState.CLOSED}),
    ProjectState.CLOSED: frozenset(),
}

#: What a reviewer reads stands still; only these may be written over.
EDITABLE_STATES = frozenset({ProjectState.DRAFT, ProjectState.RETURNED})
#: What anybody may read.
SHOWN_STATES = frozenset({ProjectState.PUBLISHED, ProjectState.PAUSED, ProjectState.CLOSED})


class Project(Base):
    """A project for a place, posted by an organisation; its money is the campaign's fund."""

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint("target > 0", name="target_positive"),
        CheckConstraint("starts_on <= ends_on", name="period"),
        CheckConstraint("beneficiary_count > 0", name="beneficiaries_positive"),
        Index("uq_project_plan_sheet", "plan_sheet_id", unique=True),
    )

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    category: Mapped[ProjectCategory] = mapped_column(index=True)
    beneficiaries: Mapped[str]
    beneficiary_count: Mapped[int]
    story: Mapped[LongText]
    target: Mapped[Money]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    #: 募捐方案备案号 and the day the plan was filed (CHA-112, CHA-118).
    plan_number: Mapped[str]
    plan_filed_on: Mapped[date]
    #: The eleven things the plan says (CHA-111), until they are filed with it.
    plan_sheet_id: Mapped[int | None] = mapped_column(ForeignKey("plan_sheet.id"))
    #: On what legal basis it raises money, chosen with the draft (HANDBOOK 0.1).
    mode: Mapped[FundraisingMode] = mapped_column(default=FundraisingMode.PUBLIC_ONLINE)
    #: The designated platform on which it also runs, and its page there.
    platform_name: Mapped[str] = mapped_column(default="")
    platform_url: Mapped[LongText] = mapped_column(default="")
    state: Mapped[ProjectState] = mapped_column(default=ProjectState.DRAFT, index=True)
    created_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    #: Why it is paused or how it ended, for its page.
    state_note: Mapped[LongText] = mapped_column(default="")
    #: The template it was drafted from: a code of data/templates.csv.
    template: Mapped[str] = mapped_column(String(40), default="")
    budget_id: Mapped[int] = mapped_column(ForeignKey("budget.id"), unique=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), unique=True)

    organisation: Mapped[Organisation] = relationship()
    region: Mapped[Region] = relationship()
    budget: Mapped[Budget] = relationship()
    campaign: Mapped[Campaign | None] = relationship()
    plan_sheet: Mapped[PlanSheet | None] = relationship()
    reviews: Mapped[list[ProjectReview]] = relationship(
        back_populates="project", order_by="ProjectReview.id"
    )

    @property
    def is_editable(self) -> bool:
        """Whether its content may still change: before review, or when it came back."""
        return self.state in EDITABLE_STATES

    @property
    def is_public(self) -> bool:
        """Whether anybody may read it: published, and not for members only."""
        return self.state in SHOWN_STATES and self.mode not in MEMBERS_MODES

    @classmethod
    def public_ones(cls) -> ColumnElement[bool]:
        """The same for a query."""
        return and_(cls.state.in_(SHOWN_STATES), cls.mode.not_in(MEMBERS_MODES))

    def move_to(self, state: ProjectState) -> None:
        """Go on to `state`; raises `InvalidState` where the transitions table knows no such way."""
        if state not in PROJECT_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state.value, wanted=state.value)
        self.state = state


class ProjectReview(Base):
    """A reviewer's decision, with reasons the posting organisation reads."""

    __tablename__ = "project_review"

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    reviewer_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    published: Mapped[bool]
    reasons: Mapped[LongText] = mapped_column(default="")
    decided_at: Mapped[datetime]

    project: Mapped[Project] = relationship(back_populates="reviews")
