"""Red flags: questions that figures ask, never findings (HANDBOOK 3.4)."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.registry.models import Organisation


class FlagRun(Base):
    """One look over an organisation's book: how far it reached, and what it counted."""

    __tablename__ = "flag_run"
    __table_args__ = (Index("ix_flag_run_organisation_id_id", "organisation_id", "id"),)

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: The last rows that were seen, by table; the next run goes on from there.
    watermark: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    #: Running sums by rule (digits of Benford, shares), so that a later run adds to them.
    figures: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    thresholds_version: Mapped[str] = mapped_column(String(20), default="")
    raised: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime]
    run_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)


class FlagState(enum.StrEnum):
    """A question that is open, explained, or taken up by an inspection."""

    OPEN = "open"
    EXPLAINED = "explained"
    TAKEN_UP = "taken_up"


FLAG_TRANSITIONS: dict[FlagState, frozenset[FlagState]] = {
    FlagState.OPEN: frozenset({FlagState.EXPLAINED, FlagState.TAKEN_UP}),
    FlagState.EXPLAINED: frozenset({FlagState.OPEN, FlagState.TAKEN_UP}),
    FlagState.TAKEN_UP: frozenset({FlagState.EXPLAINED}),
}


class RedFlag(Base):
    """One question about one organisation; the same facts ask it once."""

    __tablename__ = "red_flag"
    __table_args__ = (
        UniqueConstraint("organisation_id", "rule", "key"),
        Index("ix_red_flag_organisation_id_state", "organisation_id", "state"),
        CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: `RF-02`.
    rule: Mapped[str] = mapped_column(String(20))
    #: What makes it the same question on the next run.
    key: Mapped[str]
    #: Figures of its sentence: amounts in fen, counts, days.
    params: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    #: The rows it is about: `expense:42`, `donation:7`; the first ones of many.
    subjects: Mapped[list[str]] = mapped_column(JSON, default=list)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    state: Mapped[FlagState] = mapped_column(default=FlagState.OPEN)
    explanation: Mapped[LongText] = mapped_column(default="")
    answered_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    answered_at: Mapped[datetime | None]
    #: The inspection that took it up.
    inspection_id: Mapped[int | None] = mapped_column(ForeignKey("inspection.id"), index=True)

    organisation: Mapped[Organisation] = relationship()

    def move_to(self, state: FlagState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in FLAG_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state
