"""Findings and 整改: what is wrong, by when it is put right, who saw that it was."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.audits.models.inspections import Inspection
from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.money import Money


class FindingSeverity(enum.StrEnum):
    """How much it weighs."""

    MINOR = "minor"
    SERIOUS = "serious"
    GRAVE = "grave"


class FindingState(enum.StrEnum):
    """Written, told, ordered to be put right, answered, seen to be right, closed."""

    DRAFT = "draft"
    TOLD = "told"
    ORDERED = "ordered"
    ANSWERED = "answered"
    VERIFIED = "verified"
    CLOSED = "closed"
    REFERRED = "referred"
    DROPPED = "dropped"


_S = FindingState
FINDING_TRANSITIONS: dict[FindingState, frozenset[FindingState]] = {
    _S.DRAFT: frozenset({_S.TOLD, _S.DROPPED}),
    _S.TOLD: frozenset({_S.ORDERED, _S.REFERRED, _S.DROPPED}),
    _S.ORDERED: frozenset({_S.ANSWERED, _S.REFERRED}),
    # Back where the re-check says that it is not right yet.
    _S.ANSWERED: frozenset({_S.ORDERED, _S.VERIFIED, _S.REFERRED}),
    _S.VERIFIED: frozenset({_S.CLOSED}),
    _S.REFERRED: frozenset({_S.CLOSED}),
    _S.CLOSED: frozenset(),
    _S.DROPPED: frozenset(),
}
#: What the organisation reads, and what is published.
TOLD_STATES = frozenset(_S) - {_S.DRAFT, _S.DROPPED}


class AuditFinding(Base):
    """One thing that is wrong, by which rule, how much money it touches, and what became of it."""

    __tablename__ = "audit_finding"
    __table_args__ = (
        UniqueConstraint("inspection_id", "number"),
        Index("ix_audit_finding_state_due_on", "state", "due_on"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("(ordered_on IS NULL) = (due_on IS NULL)", name="order_has_day"),
        CheckConstraint("ordered_on IS NULL OR ordered_on <= due_on", name="order_period"),
        CheckConstraint("state <> 'ordered' OR ordered_on IS NOT NULL", name="ordered"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed"),
    )

    id: Mapped[Id]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    #: From 1, per inspection.
    number: Mapped[int]
    #: The item of the checklist, `AUD-05`.
    item: Mapped[str] = mapped_column(String(20))
    #: The rule that is broken, `CHA-161`; may be the item itself.
    rule_id: Mapped[str] = mapped_column(String(40))
    severity: Mapped[FindingSeverity]
    title: Mapped[str]
    body: Mapped[LongText] = mapped_column(default="")
    #: The money it touches; zero where none.
    amount: Mapped[Money]
    state: Mapped[FindingState] = mapped_column(default=FindingState.DRAFT)
    found_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    found_by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    found_at: Mapped[datetime]
    #: What is to be done, when it was ordered, and the last day (extensions move it).
    order: Mapped[LongText] = mapped_column("order_text", default="")
    ordered_on: Mapped[date | None]
    due_on: Mapped[date | None]
    #: What the organisation did about it.
    answer: Mapped[LongText] = mapped_column(default="")
    answered_on: Mapped[date | None]
    answered_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    closed_on: Mapped[date | None]
    #: Why it was dropped, where it was referred to, or what was seen at closing.
    end_note: Mapped[LongText] = mapped_column(default="")

    inspection: Mapped[Inspection] = relationship()
    papers: Mapped[list[FindingPaper]] = relationship(
        back_populates="finding", order_by="FindingPaper.id"
    )
    extensions: Mapped[list[FindingExtension]] = relationship(
        back_populates="finding", order_by="FindingExtension.id"
    )
    checks: Mapped[list[FindingCheck]] = relationship(
        back_populates="finding", order_by="FindingCheck.id"
    )

    @property
    def subject(self) -> str:
        """Its name for restrictions and the outbox: `finding:42`."""
        return f"finding:{self.id}"

    def overdue_days(self, on: date) -> int:
        """Calendar days that its order is late on a day in China; 0 where it is not.

        What was answered counts up to its answer.
        """
        if self.due_on is None:
            return 0
        if self.state is not FindingState.ORDERED:
            on = self.answered_on or self.closed_on or on
        return max(0, (on - self.due_on).days)

    def move_to(self, state: FindingState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in FINDING_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class PaperSide(enum.StrEnum):
    """Who put a paper beside a finding."""

    TEAM = "team"
    ORGANISATION = "organisation"


class FindingPaper(Base):
    """Evidence of a finding, or of what was done about it; only inserted."""

    __tablename__ = "finding_paper"

    id: Mapped[Id]
    finding_id: Mapped[int] = mapped_column(ForeignKey("audit_finding.id"), index=True)
    side: Mapped[PaperSide]
    title: Mapped[str]
    file_hash: Mapped[bytes]
    file_name: Mapped[str] = mapped_column(default="")
    media_type: Mapped[str] = mapped_column(String(80))
    filed_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    filed_at: Mapped[datetime]

    finding: Mapped[AuditFinding] = relationship(back_populates="papers")


class FindingExtension(Base):
    """More time for an order, with the reason everybody reads; only inserted."""

    __tablename__ = "finding_extension"
    __table_args__ = (CheckConstraint("was_due_on < until", name="longer"),)

    id: Mapped[Id]
    finding_id: Mapped[int] = mapped_column(ForeignKey("audit_finding.id"), index=True)
    was_due_on: Mapped[date]
    until: Mapped[date]
    reason: Mapped[LongText]
    granted_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    granted_at: Mapped[datetime]

    finding: Mapped[AuditFinding] = relationship(back_populates="extensions")


class FindingCheck(Base):
    """A second person saw whether it is right now: never who found it; only inserted."""

    __tablename__ = "finding_check"
    __table_args__ = (
        CheckConstraint("checked_by_person_id <> found_by_person_id", name="second_person"),
    )

    id: Mapped[Id]
    finding_id: Mapped[int] = mapped_column(ForeignKey("audit_finding.id"), index=True)
    is_right: Mapped[bool]
    note: Mapped[LongText] = mapped_column(default="")
    found_by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    checked_by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    checked_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    checked_at: Mapped[datetime]

    finding: Mapped[AuditFinding] = relationship(back_populates="checks")
