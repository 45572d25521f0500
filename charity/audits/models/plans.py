"""What is to be checked, in which frame, by whom, and the draw that chooses.

The frame is frozen before anybody can know the seed: its rows, the inspectors and who of them is
recused are covered by one published hash, and the database refuses to change them afterwards.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.money import Money
from charity.registry.models import Organisation, OrganisationKind, Region


class AuditKind(enum.StrEnum):
    """定期抽查, 不定期抽查, 专项抽查审计 (INS-01, INS-02)."""

    REGULAR = "regular"
    IRREGULAR = "irregular"
    SPECIAL = "special"


class AuditLevel(enum.StrEnum):
    """The level at which the organisations of a plan are registered (INS-01)."""

    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    MINISTRY = "ministry"


class AuditPlanState(enum.StrEnum):
    """Written, its frame frozen, drawn, its list published, everything in it closed."""

    DRAFT = "draft"
    FRAMED = "framed"
    DRAWN = "drawn"
    PUBLISHED = "published"
    CLOSED = "closed"


AUDIT_PLAN_TRANSITIONS: dict[AuditPlanState, frozenset[AuditPlanState]] = {
    AuditPlanState.DRAFT: frozenset({AuditPlanState.FRAMED}),
    AuditPlanState.FRAMED: frozenset({AuditPlanState.DRAWN}),
    AuditPlanState.DRAWN: frozenset({AuditPlanState.PUBLISHED}),
    AuditPlanState.PUBLISHED: frozenset({AuditPlanState.CLOSED}),
    AuditPlanState.CLOSED: frozenset(),
}


class FrameStratum(enum.StrEnum):
    """What a frame may be divided by before it is drawn from."""

    KIND = "kind"
    SIZE = "size"
    RISK = "risk"


class OrganisationSize(enum.StrEnum):
    """By the income its book shows for the period that is looked at; unknown without a book."""

    UNKNOWN = "unknown"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class OrganisationRisk(enum.StrEnum):
    """By lists, annual inspection and rating; no judgement of anybody."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class AuditPlan(Base):
    """One spot check or special audit, from what it looks at to its last closed finding."""

    __tablename__ = "audit_plan"
    __table_args__ = (
        CheckConstraint("coverage BETWEEN 0 AND 100", name="coverage"),
        CheckConstraint("team_size >= 2", name="team_of_two"),
        CheckConstraint("budget >= 0", name="budget_not_negative"),
        CheckConstraint("period_from <= period_until", name="period"),
        CheckConstraint("starts_on <= ends_on", name="days"),
        CheckConstraint("response_days > 0 AND rectification_days > 0", name="days_to_answer"),
        CheckConstraint("(state = 'draft') = (frame_hash IS NULL)", name="framed"),
        CheckConstraint("(frame_hash IS NULL) = (framed_at IS NULL)", name="framed_at"),
    )

    id: Mapped[Id]
    title: Mapped[str]
    kind: Mapped[AuditKind]
    level: Mapped[AuditLevel]
    #: The place whose civil-affairs office checks; whoever is registered there is in the frame.
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    #: The unit that orders and pays; never one that is checked (INS-08).
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: First and last day of what is looked at.
    period_from: Mapped[date]
    period_until: Mapped[date]
    #: First and last day of the work itself.
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    scope: Mapped[LongText] = mapped_column(default="")
    checklist_version: Mapped[str] = mapped_column(String(20))
    #: Percent of the frame that is drawn; a regular check never falls below its floor (INS-01).
    coverage: Mapped[int]
    #: {"kinds": [...], "sizes": [...], "risks": [...], "charities": bool}; empty: everybody.
    frame_filter: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    #: Values of `FrameStratum` in the order in which a stratum's name is written.
    strata: Mapped[list[str]] = mapped_column(JSON, default=list)
    team_size: Mapped[int]
    #: Paid by the payer, never by who is checked (INS-08).
    budget: Mapped[Money]
    #: Working days to answer draft findings, and to put right what was ordered (ours).
    response_days: Mapped[int]
    rectification_days: Mapped[int]
    state: Mapped[AuditPlanState] = mapped_column(default=AuditPlanState.DRAFT)
    #: SHA-256 (hex) of the frozen frame's text (`draw.frame_text`).
    frame_hash: Mapped[str | None] = mapped_column(String(64))
    framed_at: Mapped[datetime | None]
    framed_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    published_at: Mapped[datetime | None]
    made_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    made_at: Mapped[datetime]

    region: Mapped[Region] = relationship()
    inspectors: Mapped[list[PlanInspector]] = relationship(
        back_populates="plan", order_by="PlanInspector.code"
    )
    firms: Mapped[list[AuditFirm]] = relationship(back_populates="plan", order_by="AuditFirm.id")
    draws: Mapped[list[AuditDraw]] = relationship(
        back_populates="plan", order_by="AuditDraw.number"
    )

    @property
    def subject(self) -> str:
        """Its name for the outbox: `audit_plan:42`."""
        return f"audit_plan:{self.id}"

    @property
    def is_public(self) -> bool:
        """Whether the list of whom was drawn is before everybody."""
        return self.state in {AuditPlanState.PUBLISHED, AuditPlanState.CLOSED}

    def move_to(self, state: AuditPlanState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in AUDIT_PLAN_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class FirmKind(enum.StrEnum):
    """Third parties that are commissioned (INS-07)."""

    ACCOUNTANTS = "accountants"
    TAX = "tax"
    LAW = "law"


class AuditFirm(Base):
    """A firm commissioned for a plan, with its engagement letter (INS-07, INS-11)."""

    __tablename__ = "audit_firm"
    __table_args__ = (UniqueConstraint("plan_id", "uscc"),)

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("audit_plan.id"))
    name: Mapped[str]
    uscc: Mapped[str] = mapped_column(String(18))
    kind: Mapped[FirmKind]
    #: SHA-256 of the kept engagement letter (委托证明); None until it was handed in.
    paper_hash: Mapped[bytes | None]
    paper_media_type: Mapped[str] = mapped_column(String(40), default="")
    added_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    added_at: Mapped[datetime]

    plan: Mapped[AuditPlan] = relationship(back_populates="firms")


class PlanInspector(Base):
    """Somebody who may be drawn to inspect, an official or a firm's staff."""

    __tablename__ = "plan_inspector"
    __table_args__ = (UniqueConstraint("plan_id", "code"), UniqueConstraint("plan_id", "person_id"))

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("audit_plan.id"))
    #: `001`, `002`, …: by this they stand in the draw.
    code: Mapped[str] = mapped_column(String(10))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("audit_firm.id"), index=True)
    added_at: Mapped[datetime]

    plan: Mapped[AuditPlan] = relationship(back_populates="inspectors")
    firm: Mapped[AuditFirm | None] = relationship()


class FrameRow(Base):
    """One organisation of the frozen frame, as it was that day; only inserted."""

    __tablename__ = "frame_row"
    __table_args__ = (
        UniqueConstraint("plan_id", "position"),
        UniqueConstraint("plan_id", "organisation_id"),
        UniqueConstraint("plan_id", "uscc"),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("audit_plan.id"))
    #: From 1, by credit code.
    position: Mapped[int]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    uscc: Mapped[str] = mapped_column(String(18))
    name: Mapped[str]
    kind: Mapped[OrganisationKind]
    size: Mapped[OrganisationSize]
    risk: Mapped[OrganisationRisk]
    #: `foundation/large`, as the plan's strata say; empty where it is not divided.
    stratum: Mapped[str] = mapped_column(default="")


class RecusalRelation(enum.StrEnum):
    """Why somebody does not inspect an organisation (INS-06, INS-11)."""

    #: Somebody of its roster of related parties.
    RELATED = "related"
    #: Holds or held a role in it here.
    MEMBER = "member"
    #: Their firm keeps its books or sells to it.
    BOOKKEEPER = "bookkeeper"
    #: They say so themselves.
    DECLARED = "declared"


class Recusal(Base):
    """回避: an inspector and an organisation that do not meet; only inserted.

    Those of before the freezing are part of the frame; one declared later replaces by the next.
    """

    __tablename__ = "recusal"
    __table_args__ = (UniqueConstraint("plan_id", "organisation_id", "inspector_id"),)

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("audit_plan.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    inspector_id: Mapped[int] = mapped_column(ForeignKey("plan_inspector.id"), index=True)
    relation: Mapped[RecusalRelation]
    note: Mapped[LongText] = mapped_column(default="")
    #: Declared after the frame was frozen: not part of the draw.
    is_late: Mapped[bool] = mapped_column(default=False)
    declared_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    declared_at: Mapped[datetime]

    inspector: Mapped[PlanInspector] = relationship()
    organisation: Mapped[Organisation] = relationship()


class AuditDrawState(enum.StrEnum):
    """Announced with what will decide it, drawn, or void because the secret was not opened."""

    ANNOUNCED = "announced"
    DRAWN = "drawn"
    VOID = "void"


AUDIT_DRAW_TRANSITIONS: dict[AuditDrawState, frozenset[AuditDrawState]] = {
    AuditDrawState.ANNOUNCED: frozenset({AuditDrawState.DRAWN, AuditDrawState.VOID}),
    AuditDrawState.DRAWN: frozenset(),
    AuditDrawState.VOID: frozenset(),
}


class AuditDraw(Base):
    """One announcement of a draw and what became of it; the second is drawn by the number alone."""

    __tablename__ = "audit_draw"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint("length(commitment) IN (0, 64)", name="commitment"),
        CheckConstraint("(commitment = '') = (secret_due_on IS NULL)", name="due_with_secret"),
        CheckConstraint("secret_due_on IS NULL OR number_on <= secret_due_on", name="number_first"),
        CheckConstraint("(state = 'drawn') = (seed IS NOT NULL)", name="drawn_by_seed"),
        CheckConstraint("(state = 'drawn') = (public_number IS NOT NULL)", name="drawn_by_number"),
        CheckConstraint("(state = 'announced') = (ended_at IS NULL)", name="ended"),
        Index(
            "uq_audit_draw_running",
            "plan_id",
            unique=True,
            sqlite_where=text("state <> 'void'"),
            postgresql_where=text("state <> 'void'"),
        ),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("audit_plan.id"))
    number: Mapped[int]
    #: SHA-256 (lower-case hex) of the secret's UTF-8; empty where the number decides alone.
    commitment: Mapped[str] = mapped_column(String(64))
    #: Which public number: which lottery and which round, or which dice thrown where.
    number_name: Mapped[str]
    #: The day in China on which that number comes into the world.
    number_on: Mapped[date]
    #: The last day on which the secret may be opened.
    secret_due_on: Mapped[date | None]
    announced_at: Mapped[datetime]
    announced_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    state: Mapped[AuditDrawState] = mapped_column(default=AuditDrawState.ANNOUNCED)
    secret: Mapped[str | None]
    public_number: Mapped[str | None]
    #: SHA-256 (lower-case hex) of `secret\nnumber`.
    seed: Mapped[str | None] = mapped_column(String(64))
    #: When it was drawn, or became void.
    ended_at: Mapped[datetime | None]
    ended_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    #: Version of the rule of the draw (`draw.VERSION`).
    code_version: Mapped[str] = mapped_column(String(20), default="")

    plan: Mapped[AuditPlan] = relationship(back_populates="draws")

    def move_to(self, state: AuditDrawState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in AUDIT_DRAW_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state
