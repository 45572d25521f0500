"""One organisation that was drawn: its team, its notice, the work on it, up to its closing."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.audits.models.plans import AuditPlan, PlanInspector
from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.registry.models import Organisation


class InspectionProcedure(enum.StrEnum):
    """书面检查 or 实地检查 (INS-05)."""

    WRITTEN = "written"
    ON_SITE = "on_site"


class InspectionState(enum.StrEnum):
    """The way of an inspection (HANDBOOK 3.1); the list's publication stands with the plan."""

    DRAWN = "drawn"
    NOTIFIED = "notified"
    FIELDWORK = "fieldwork"
    DRAFT_FINDINGS = "draft_findings"
    ORG_RESPONSE = "org_response"
    FINAL = "final"
    RECTIFYING = "rectifying"
    VERIFIED = "verified"
    CLOSED = "closed"
    REFERRED = "referred"
    OBSTRUCTED = "obstructed"


_S = InspectionState
INSPECTION_TRANSITIONS: dict[InspectionState, frozenset[InspectionState]] = {
    _S.DRAWN: frozenset({_S.NOTIFIED}),
    _S.NOTIFIED: frozenset({_S.FIELDWORK, _S.OBSTRUCTED}),
    _S.FIELDWORK: frozenset({_S.DRAFT_FINDINGS, _S.OBSTRUCTED, _S.REFERRED}),
    # Who lets the inspectors in after all goes on where it stopped.
    _S.OBSTRUCTED: frozenset({_S.FIELDWORK, _S.REFERRED}),
    _S.DRAFT_FINDINGS: frozenset({_S.FIELDWORK, _S.ORG_RESPONSE}),
    _S.ORG_RESPONSE: frozenset({_S.FIELDWORK, _S.FINAL, _S.REFERRED}),
    _S.FINAL: frozenset({_S.RECTIFYING, _S.VERIFIED, _S.REFERRED}),
    _S.RECTIFYING: frozenset({_S.VERIFIED, _S.REFERRED}),
    _S.VERIFIED: frozenset({_S.CLOSED}),
    _S.REFERRED: frozenset({_S.CLOSED}),
    _S.CLOSED: frozenset(),
}

#: While these last, the team reads the organisation's book.
WORKING_STATES = frozenset(_S) - {_S.DRAWN, _S.CLOSED}


class Inspection(Base):
    """One organisation of one plan, in the order in which it was drawn."""

    __tablename__ = "inspection"
    __table_args__ = (
        UniqueConstraint("plan_id", "organisation_id"),
        UniqueConstraint("plan_id", "rank"),
        CheckConstraint(
            "(notice_delivered_on IS NULL) = (notice_number IS NULL)", name="notice_numbered"
        ),
        CheckConstraint("state = 'drawn' OR notice_delivered_on IS NOT NULL", name="notice_first"),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("audit_plan.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: From 1, in the order of the draw.
    rank: Mapped[int]
    stratum: Mapped[str] = mapped_column(default="")
    procedure: Mapped[InspectionProcedure] = mapped_column(default=InspectionProcedure.ON_SITE)
    state: Mapped[InspectionState] = mapped_column(default=InspectionState.DRAWN)
    state_note: Mapped[LongText] = mapped_column(default="")
    #: 检查通知书: its number, the day it reached the organisation, what it said, and the receipt.
    notice_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    notice_delivered_on: Mapped[date | None]
    notice_text: Mapped[LongText] = mapped_column(default="")
    receipt_hash: Mapped[bytes | None]
    receipt_media_type: Mapped[str] = mapped_column(String(40), default="")
    fieldwork_from: Mapped[date | None]
    #: When the draft findings were told, and the last day to answer them.
    told_at: Mapped[datetime | None]
    response_due_on: Mapped[date | None]
    #: What the organisation answered to the draft findings as a whole.
    response: Mapped[LongText] = mapped_column(default="")
    responded_at: Mapped[datetime | None]
    responded_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    #: What the team concludes, as it is published.
    conclusion: Mapped[LongText] = mapped_column(default="")
    finished_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    plan: Mapped[AuditPlan] = relationship()
    organisation: Mapped[Organisation] = relationship()
    members: Mapped[list[InspectionMember]] = relationship(
        back_populates="inspection", order_by="InspectionMember.id"
    )
    answers: Mapped[list[ChecklistAnswer]] = relationship(
        back_populates="inspection", order_by="ChecklistAnswer.item"
    )

    @property
    def subject(self) -> str:
        """Its name for the outbox: `inspection:42`."""
        return f"inspection:{self.id}"

    @property
    def team(self) -> list[InspectionMember]:
        """Who is on the team now, in the order they were drawn."""
        return [member for member in self.members if member.left_at is None]

    def move_to(self, state: InspectionState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in INSPECTION_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class InspectionMember(Base):
    """Somebody drawn to inspect one organisation; the database refuses who is related to it."""

    __tablename__ = "inspection_member"
    __table_args__ = (
        Index(
            "uq_inspection_member_standing",
            "inspection_id",
            "person_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"), index=True)
    inspector_id: Mapped[int] = mapped_column(ForeignKey("plan_inspector.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    #: From 1, in the order in which the team was taken.
    rank: Mapped[int]
    #: Who left and is followed by this one.
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("inspection_member.id"), unique=True)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    left_because: Mapped[LongText] = mapped_column(default="")

    inspection: Mapped[Inspection] = relationship(back_populates="members")
    inspector: Mapped[PlanInspector] = relationship()


class ChecklistVerdict(enum.StrEnum):
    """What was seen of one item of the checklist."""

    OK = "ok"
    ISSUE = "issue"
    NOT_APPLICABLE = "not_applicable"


class ChecklistAnswer(Base):
    """What the team says of one item, AUD-01 to AUD-13; its evidence are papers of the item."""

    __tablename__ = "checklist_answer"
    __table_args__ = (UniqueConstraint("inspection_id", "item"),)

    id: Mapped[Id]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    #: `AUD-07`.
    item: Mapped[str] = mapped_column(String(20))
    verdict: Mapped[ChecklistVerdict]
    note: Mapped[LongText] = mapped_column(default="")
    answered_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    answered_at: Mapped[datetime]

    inspection: Mapped[Inspection] = relationship(back_populates="answers")


class WorkPaper(Base):
    """工作底稿: what a member of the team wrote down or filed, with its file; only inserted."""

    __tablename__ = "work_paper"
    __table_args__ = (UniqueConstraint("inspection_id", "number"),)

    id: Mapped[Id]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    #: From 1, in the order of filing.
    number: Mapped[int]
    #: The item of the checklist it belongs to; empty for the inspection as a whole.
    item: Mapped[str] = mapped_column(String(20), default="")
    title: Mapped[str]
    body: Mapped[LongText] = mapped_column(default="")
    #: What it is about: `expense:42`, `entry:7`, `red_flag:3`; empty for none.
    about: Mapped[str] = mapped_column(String(80), default="")
    file_hash: Mapped[bytes | None]
    file_name: Mapped[str] = mapped_column(default="")
    media_type: Mapped[str] = mapped_column(String(80), default="")
    filed_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    filed_at: Mapped[datetime]

    inspection: Mapped[Inspection] = relationship()


class TeamNote(Base):
    """A note among the team: nobody else reads it, and it is in no export."""

    __tablename__ = "team_note"

    id: Mapped[Id]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"), index=True)
    #: What it is about, as in a work paper.
    about: Mapped[str] = mapped_column(String(80), default="")
    body: Mapped[LongText]
    written_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    written_at: Mapped[datetime]


class SavedFilter(Base):
    """A search somebody keeps for themselves: a page's query under a name."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("user_id", "area", "name"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    #: Which page it belongs to: `vouchers`, `flags`, `findings`.
    area: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[LongText]
    saved_at: Mapped[datetime]
