"""幸福家园 and 结对帮扶: a village and its fund, and a unit paired with a village or a person."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.money import Money
from charity.registry.models import Organisation, Region


class VillageFundState(enum.StrEnum):
    """A village claims (认领) its fund; the county's federation agrees."""

    ASKED = "asked"
    AGREED = "agreed"
    RETURNED = "returned"


VILLAGE_FUND_TRANSITIONS: dict[VillageFundState, frozenset[VillageFundState]] = {
    VillageFundState.ASKED: frozenset({VillageFundState.AGREED, VillageFundState.RETURNED}),
    VillageFundState.AGREED: frozenset(),
    VillageFundState.RETURNED: frozenset({VillageFundState.ASKED}),
}


class VillageFund(Base):
    """村社互助基金 of one village, claimed by its committee, carried by the charity's book."""

    __tablename__ = "village_fund"
    __table_args__ = (CheckConstraint("(state = 'agreed') = (fund_id IS NOT NULL)", name="fund"),)

    id: Mapped[Id]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), unique=True)
    #: 村委会 or 村集体经济组织 that claims it and is its partner.
    committee_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"), unique=True)
    #: What the village says of itself on its page.
    introduction: Mapped[LongText] = mapped_column(default="")
    state: Mapped[VillageFundState] = mapped_column(default=VillageFundState.ASKED)
    asked_at: Mapped[datetime]
    asked_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    decided_at: Mapped[datetime | None]
    decided_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    note: Mapped[LongText] = mapped_column(default="")

    region: Mapped[Region] = relationship()
    committee: Mapped[Organisation] = relationship()

    def move_to(self, state: VillageFundState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in VILLAGE_FUND_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class PairingState(enum.StrEnum):
    """A pairing runs until its result is written down."""

    ACTIVE = "active"
    ENDED = "ended"


PAIRING_TRANSITIONS: dict[PairingState, frozenset[PairingState]] = {
    PairingState.ACTIVE: frozenset({PairingState.ENDED}),
    PairingState.ENDED: frozenset(),
}


class Pairing(Base):
    """A unit helps one village, or one person whose name nobody reads (结对帮扶, 一对一)."""

    __tablename__ = "pairing"
    __table_args__ = (
        CheckConstraint("committed >= 0", name="committed_not_negative"),
        CheckConstraint("starts_on <= ends_on", name="period"),
        CheckConstraint("(person_hash IS NULL) = (person_mask = '')", name="masked_person"),
        CheckConstraint("(state = 'ended') = (result <> '')", name="ended_with_result"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: The village, or the place the person lives in.
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    #: "张*": all that is ever shown of a person; empty for a village.
    person_mask: Mapped[str] = mapped_column(String(40), default="")
    #: Keyed hash of the person's identity, against donors who name a relative (CHA-143).
    person_hash: Mapped[bytes | None]
    committed: Mapped[Money]
    #: The campaign whose fund takes the money, where there is some.
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[PairingState] = mapped_column(default=PairingState.ACTIVE)
    result: Mapped[LongText] = mapped_column(default="")
    created_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    region: Mapped[Region] = relationship()
    tasks: Mapped[list[PairingTask]] = relationship(
        back_populates="pairing", order_by="PairingTask.position"
    )
    visits: Mapped[list[PairingVisit]] = relationship(
        back_populates="pairing", order_by="PairingVisit.visited_on"
    )

    def move_to(self, state: PairingState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in PAIRING_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class PairingTask(Base):
    """One of the five things (5件实事清单) a pairing sets out to do."""

    __tablename__ = "pairing_task"
    __table_args__ = (UniqueConstraint("pairing_id", "position"),)

    id: Mapped[Id]
    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairing.id"), index=True)
    position: Mapped[int]
    title: Mapped[str]
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    note: Mapped[LongText] = mapped_column(default="")

    pairing: Mapped[Pairing] = relationship(back_populates="tasks")


class PairingVisit(Base):
    """A visit, by day; pictures only where nobody can be known."""

    __tablename__ = "pairing_visit"

    id: Mapped[Id]
    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairing.id"), index=True)
    visited_on: Mapped[date]
    words: Mapped[LongText]
    visitors: Mapped[int] = mapped_column(default=1)
    recorded_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    recorded_at: Mapped[datetime]

    pairing: Mapped[Pairing] = relationship(back_populates="visits")
