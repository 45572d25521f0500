"""An application: what is planned, what it costs, who signed for it, and what was decided."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.money import ZERO, Money
from charity.registry.models import Organisation, Region
from projects.listings.models import Need
from projects.ventures.models.competitions import Competition, CompetitionTrack


class ApplicationState(enum.StrEnum):
    """From the draft to the award, or out on the way."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    SHORTLISTED = "shortlisted"
    NOT_SHORTLISTED = "not_shortlisted"
    AWARDED = "awarded"
    NOT_AWARDED = "not_awarded"
    WITHDRAWN = "withdrawn"


_GONE = ApplicationState.WITHDRAWN

APPLICATION_TRANSITIONS: dict[ApplicationState, frozenset[ApplicationState]] = {
    ApplicationState.DRAFT: frozenset({ApplicationState.SUBMITTED, _GONE}),
    ApplicationState.SUBMITTED: frozenset(
        {ApplicationState.ELIGIBLE, ApplicationState.INELIGIBLE, _GONE}
    ),
    ApplicationState.ELIGIBLE: frozenset(
        {
            ApplicationState.SHORTLISTED,
            ApplicationState.NOT_SHORTLISTED,
            ApplicationState.AWARDED,
            ApplicationState.NOT_AWARDED,
            _GONE,
        }
    ),
    ApplicationState.INELIGIBLE: frozenset(),
    ApplicationState.SHORTLISTED: frozenset(
        {ApplicationState.AWARDED, ApplicationState.NOT_AWARDED, _GONE}
    ),
    ApplicationState.NOT_SHORTLISTED: frozenset(),
    ApplicationState.AWARDED: frozenset(),
    # money that came back is given to the next in order
    ApplicationState.NOT_AWARDED: frozenset({ApplicationState.AWARDED}),
    ApplicationState.WITHDRAWN: frozenset(),
}

#: Applications that judges, voters and rankings look at.
JUDGED_STATES = frozenset({ApplicationState.ELIGIBLE, ApplicationState.SHORTLISTED})


class ApplicationLineKind(enum.StrEnum):
    """What a line of the budget pays for (VEN-09 looks at staff and management)."""

    STAFF = "staff"
    ACTIVITY = "activity"
    GOODS = "goods"
    MANAGEMENT = "management"
    OTHER = "other"


class Application(Base):
    """One organisation's plan for one competition."""

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("competition_id", "number"),
        CheckConstraint("total >= 0 AND asked >= 0 AND asked <= total", name="asked_of_total"),
        CheckConstraint(
            "state IN ('draft', 'withdrawn')"
            " OR (number IS NOT NULL AND signed_at IS NOT NULL AND submitted_at IS NOT NULL)",
            name="submitted_is_signed",
        ),
        CheckConstraint(
            "(signed_at IS NULL) = (commitment_sha256 = '')"
            " AND (signed_at IS NULL) = (signer_person_id IS NULL)",
            name="signed_words",
        ),
        CheckConstraint("demand_score IS NULL OR demand_score >= 0", name="demand_not_negative"),
        Index("ix_application_competition_id_state", "competition_id", "state"),
    )

    id: Mapped[Id]
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    track_id: Mapped[int | None] = mapped_column(ForeignKey("competition_track.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: Its number in the competition, given when it is handed in; all that judges see while blind.
    number: Mapped[int | None]
    title: Mapped[str] = mapped_column(default="")
    summary: Mapped[LongText] = mapped_column(default="")
    plan: Mapped[LongText] = mapped_column(default="")
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    #: The need of the lists it answers.
    need_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"), index=True)
    #: How much the need is wanted, by whoever collected it; decides ties first (VEN-05).
    demand_score: Mapped[int | None]
    #: Sums of the lines, kept with them.
    total: Mapped[Money] = mapped_column(default=ZERO)
    asked: Mapped[Money] = mapped_column(default=ZERO)
    #: 告知承诺: which words were signed, by whom, and when.
    commitment_version: Mapped[str] = mapped_column(String(40), default="")
    commitment_text: Mapped[LongText] = mapped_column(default="")
    commitment_sha256: Mapped[str] = mapped_column(String(64), default="")
    signed_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    signer_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    signed_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    state: Mapped[ApplicationState] = mapped_column(default=ApplicationState.DRAFT)
    #: What the rules say of it: a list of {rule, severity, reason, params, used} (VEN-03).
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    checked_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    #: Why it was let in, refused or withdrawn.
    decision_note: Mapped[LongText] = mapped_column(default="")
    created_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]

    competition: Mapped[Competition] = relationship()
    track: Mapped[CompetitionTrack | None] = relationship()
    organisation: Mapped[Organisation] = relationship()
    region: Mapped[Region] = relationship()
    need: Mapped[Need | None] = relationship()
    lines: Mapped[list[ApplicationLine]] = relationship(
        order_by="ApplicationLine.number", cascade="all, delete-orphan"
    )
    files: Mapped[list[ApplicationFile]] = relationship(
        order_by="ApplicationFile.id", cascade="all, delete-orphan"
    )

    @property
    def subject(self) -> str:
        """Its name for decisions and the outbox: `application:42`."""
        return f"application:{self.id}"

    @property
    def self_raised(self) -> Money:
        """What the applicant brings itself."""
        return self.total - self.asked

    def move_to(self, state: ApplicationState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in APPLICATION_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class ApplicationLine(Base):
    """One line of an application's budget: asked of the pool, and raised by the applicant."""

    __tablename__ = "application_line"
    __table_args__ = (
        UniqueConstraint("application_id", "number"),
        CheckConstraint(
            "amount > 0 AND asked >= 0 AND self_raised >= 0 AND amount = asked + self_raised",
            name="two_parts",
        ),
    )

    id: Mapped[Id]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    number: Mapped[int]
    name: Mapped[str]
    kind: Mapped[ApplicationLineKind]
    amount: Mapped[Money]
    asked: Mapped[Money]
    self_raised: Mapped[Money]


class ApplicationFile(Base):
    """A paper that belongs to an application, by the hash of its bytes."""

    __tablename__ = "application_file"
    __table_args__ = (UniqueConstraint("application_id", "file_hash"),)

    id: Mapped[Id]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    name: Mapped[str]
    file_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    media_type: Mapped[str] = mapped_column(String(40))
    added_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    added_at: Mapped[datetime]
