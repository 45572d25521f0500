"""Tables of approvals: what was asked, frozen by hash, and who decided."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState


class ApprovalState(enum.StrEnum):
    """A request is open until its quorum agrees, one person refuses, or an edit voids it."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    VOID = "void"


APPROVAL_TRANSITIONS: dict[ApprovalState, frozenset[ApprovalState]] = {
    ApprovalState.OPEN: frozenset(
        {ApprovalState.GRANTED, ApprovalState.REFUSED, ApprovalState.VOID}
    ),
    ApprovalState.GRANTED: frozenset({ApprovalState.VOID}),
    ApprovalState.REFUSED: frozenset(),
    ApprovalState.VOID: frozenset(),
}


class ApprovalRequest(Base):
    """Agreement asked for one thing (`expense:42`), whose content is frozen by its hash."""

    __tablename__ = "approval_request"
    __table_args__ = (
        CheckConstraint("quorum > 0", name="quorum_positive"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        # what a decision repeats of its request, so that it cannot repeat it wrongly
        UniqueConstraint("id", "submitter_person_id", "content_hash"),
        Index(
            "uq_approval_request_open",
            "subject",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[Id]
    subject: Mapped[str] = mapped_column(index=True)
    content_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    quorum: Mapped[int]
    #: The dated rule that set the quorum: `APR-01@2024-09-05`; empty where the quorum is fixed.
    tier: Mapped[str] = mapped_column(String(60), default="")
    submitter_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[ApprovalState] = mapped_column(default=ApprovalState.OPEN)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    decisions: Mapped[list[ApprovalDecision]] = relationship(
        back_populates="request", order_by="ApprovalDecision.id"
    )

    def move_to(self, state: ApprovalState) -> None:
        """Change the state; raises `InvalidState` for a step the table above does not have."""
        if state not in APPROVAL_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE)
        self.state = state


class ApprovalDecision(Base):
    """One person's yes or no; the database itself refuses the submitter and a second vote."""

    __tablename__ = "approval_decision"
    __table_args__ = (
        UniqueConstraint("request_id", "person_id"),
        CheckConstraint("person_id <> submitter_person_id", name="not_own"),
        ForeignKeyConstraint(
            ["request_id", "submitter_person_id", "content_hash"],
            [
                "approval_request.id",
                "approval_request.submitter_person_id",
                "approval_request.content_hash",
            ],
            name="fk_approval_decision_request",
        ),
        Index("ix_approval_decision_request", "request_id", "submitter_person_id", "content_hash"),
    )

    id: Mapped[Id]
    request_id: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    submitter_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    agreed: Mapped[bool]
    reason: Mapped[LongText] = mapped_column(default="")
    content_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    decided_at: Mapped[datetime]

    request: Mapped[ApprovalRequest] = relationship(back_populates="decisions")


class RequirementKind(enum.StrEnum):
    """What must be there before, or follow after, a thing that was agreed to."""

    #: 村民代表会议, 四议两公开: the village decided, and its minutes are kept (VIL-02).
    VILLAGE_DECISION = "village_decision"
    #: 公示: the public was told, and the notice period is over without an open objection.
    PUBLIC_NOTICE = "public_notice"
    COUNTY_APPROVAL = "county_approval"
    #: A payee or beneficiary touches a related party: somebody unconcerned looked (CHA-144).
    CONFLICT_REVIEW = "conflict_review"
    #: A changed bank account rests before money goes to it.
    ACCOUNT_HOLD = "account_hold"
    #: Before the first day of a rule somebody must judge by hand.
    JUDGED_BY_HAND = "judged_by_hand"
    #: 以奖代补: the work was accepted before its reward is paid.
    ACCEPTED_WORK = "accepted_work"
    #: Photographs, accounts and works within 30 days of a payout (VIL-03).
    EVIDENCE = "evidence"
    #: An advance is settled with vouchers.
    ADVANCE_SETTLED = "advance_settled"


class RequirementState(enum.StrEnum):
    """Open until met, or until somebody says that it cannot be met."""

    OPEN = "open"
    MET = "met"
    REFUSED = "refused"
    #: No longer asked: the thing itself is gone.
    DROPPED = "dropped"


REQUIREMENT_TRANSITIONS: dict[RequirementState, frozenset[RequirementState]] = {
    RequirementState.OPEN: frozenset(
        {RequirementState.MET, RequirementState.REFUSED, RequirementState.DROPPED}
    ),
    RequirementState.MET: frozenset({RequirementState.OPEN, RequirementState.DROPPED}),
    RequirementState.REFUSED: frozenset({RequirementState.OPEN, RequirementState.DROPPED}),
    # an edit took the cause away, another edit may bring it back
    RequirementState.DROPPED: frozenset({RequirementState.OPEN}),
}


class Requirement(Base):
    """One thing that a subject (`expense:42`) needs, met by others than asked for it."""

    __tablename__ = "requirement"
    __table_args__ = (
        UniqueConstraint("subject", "kind"),
        CheckConstraint("(state = 'open') = (met_at IS NULL)", name="met"),
        Index(
            "ix_requirement_waiting",
            "due_on",
            "id",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[Id]
    subject: Mapped[str] = mapped_column(String(80))
    kind: Mapped[RequirementKind]
    rule_id: Mapped[str] = mapped_column(String(40))
    #: Whether it stands before the payment; else it follows it, with a clock.
    before: Mapped[bool]
    state: Mapped[RequirementState] = mapped_column(default=RequirementState.OPEN)
    opened_at: Mapped[datetime]
    #: The day in China on which it is due; None where it only stands in the way.
    due_on: Mapped[date | None]
    met_at: Mapped[datetime | None]
    met_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    met_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    note: Mapped[LongText] = mapped_column(default="")

    papers: Mapped[list[RequirementPaper]] = relationship(
        order_by="RequirementPaper.number", cascade="all, delete-orphan", lazy="selectin"
    )

    def move_to(self, state: RequirementState) -> None:
        """Change the state; raises `InvalidState` for a step the table above does not have."""
        if state not in REQUIREMENT_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE)
        self.state = state


class RequirementPaper(Base):
    """One paper that shows that a requirement is met: minutes, photographs, accounts."""

    __tablename__ = "requirement_paper"
    __table_args__ = (CheckConstraint("number > 0", name="number_positive"),)

    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the stored bytes.
    file_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    media_type: Mapped[str] = mapped_column(String(40))
