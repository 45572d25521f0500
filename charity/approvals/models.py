"""Tables of approvals: what was asked, frozen by hash, and who decided."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
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
