"""Promises (认捐) of money, goods or hours, and what has kept them so far.

A promise is no income; what arrives is booked when it arrives (ACC-03).
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.donations.models.people import GivenBy
from charity.errors import CommonReason, InvalidState
from charity.money import Money


class PledgeKind(enum.StrEnum):
    """What is promised."""

    MONEY = "money"
    GOODS = "goods"
    HOURS = "hours"


class PledgeState(enum.StrEnum):
    """A promise stands until it is kept, taken back, or its giver is released."""

    OPEN = "open"
    PARTLY_KEPT = "partly_kept"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"
    #: The giver fell on hard times; reported and published, nothing may be claimed (CHA-151).
    HARDSHIP_RELEASED = "hardship_released"
    #: Its day is long past and staff closed it.
    LAPSED = "lapsed"


_STANDING = frozenset(
    {
        PledgeState.PARTLY_KEPT,
        PledgeState.KEPT,
        PledgeState.WITHDRAWN,
        PledgeState.HARDSHIP_RELEASED,
        PledgeState.LAPSED,
    }
)

PLEDGE_TRANSITIONS: dict[PledgeState, frozenset[PledgeState]] = {
    PledgeState.OPEN: _STANDING,
    # A refund of what kept it opens it again.
    PledgeState.PARTLY_KEPT: _STANDING - {PledgeState.PARTLY_KEPT} | {PledgeState.OPEN},
    PledgeState.KEPT: frozenset({PledgeState.PARTLY_KEPT, PledgeState.OPEN}),
    PledgeState.WITHDRAWN: frozenset(),
    PledgeState.HARDSHIP_RELEASED: frozenset(),
    PledgeState.LAPSED: frozenset(),
}

#: A promise that may still be kept and is reminded of.
STANDING_PLEDGES = frozenset({PledgeState.OPEN, PledgeState.PARTLY_KEPT})


class Pledge(GivenBy, Base):
    """One promise to one campaign; of money (fen), of goods (units), or of hours (in minutes)."""

    __tablename__ = "pledge"
    __table_args__ = (
        CheckConstraint("(kind = 'money') = (amount IS NOT NULL)", name="amount_of_money"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("(kind = 'goods') = (unit <> '')", name="unit_of_goods"),
    )

    id: Mapped[Id]
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    #: The secret of the giver's page of this promise.
    token: Mapped[str] = mapped_column(String(64), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    #: The deliverable it pays for ("3 households"), where one was chosen.
    deliverable_id: Mapped[int | None] = mapped_column(ForeignKey("deliverable.id"), index=True)
    kind: Mapped[PledgeKind]
    #: The sum promised; None for goods and hours.
    amount: Mapped[Money | None]
    #: Units of the deliverable or of goods, minutes of time; 1 for a sum without units.
    quantity: Mapped[int] = mapped_column(default=1)
    #: What the goods are and how they are counted; empty for money and hours.
    goods: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(String(20), default="")
    #: The day in China by which it is to be kept.
    promised_by: Mapped[date]
    message: Mapped[str] = mapped_column(default="")
    #: A public promise, or one for relief, can be enforced (CHA-151).
    is_public: Mapped[bool] = mapped_column(default=False)
    state: Mapped[PledgeState] = mapped_column(default=PledgeState.OPEN)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    #: Why it was released, withdrawn or closed.
    closing_note: Mapped[LongText] = mapped_column(default="")
    reminded_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    #: The giver wants no more letters about it.
    reminders_off: Mapped[bool] = mapped_column(default=False)
    #: When and why the giver asked to be released; the words are the giver's own and erasable.
    release_asked_at: Mapped[datetime | None]
    release_plea: Mapped[LongText] = mapped_column(default="")
    #: A release is reported and published (CHA-151): on which day, to whom, and what all may read.
    reported_on: Mapped[date | None]
    reported_to: Mapped[str] = mapped_column(default="")
    public_note: Mapped[LongText] = mapped_column(default="")

    fulfilments: Mapped[list[PledgeFulfilment]] = relationship(
        back_populates="pledge", order_by="PledgeFulfilment.id"
    )
    hours: Mapped[list[PledgeHours]] = relationship(
        back_populates="pledge", order_by="PledgeHours.id"
    )

    @property
    def promised(self) -> int:
        """How much was promised: fen, units of goods, or minutes."""
        return self.amount.fen if self.amount is not None else self.quantity

    @property
    def kept(self) -> int:
        """How much of it was kept so far, in the same measure; refunds are taken off."""
        money = self.kind is PledgeKind.MONEY
        return sum(
            (part.amount.fen if part.amount else 0) if money else part.quantity or 0
            for part in self.fulfilments
        )

    @property
    def rest(self) -> int:
        """What is still to be kept; more than was promised leaves nothing."""
        return max(self.promised - self.kept, 0)

    @property
    def rest_amount(self) -> Money:
        """What is still to be paid of a promise of money."""
        return Money(self.rest if self.kind is PledgeKind.MONEY else 0)

    def move_to(self, state: PledgeState) -> None:
        """Go on to `state`; raises `InvalidState` where no such step exists."""
        if state not in PLEDGE_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class PledgeFulfilment(Base):
    """A part of a promise that was kept: by a gift, by goods handed over, by hours confirmed.

    A refund of the gift is a second row with the sum or quantity below zero.
    """

    __tablename__ = "pledge_fulfilment"
    __table_args__ = (
        CheckConstraint("amount IS NOT NULL OR quantity IS NOT NULL", name="something"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
    )

    id: Mapped[Id]
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), index=True)
    #: What kept it, once: `donation:7`, `refund:3`, `in_kind_item:4`.
    source: Mapped[str] = mapped_column(String(80), unique=True)
    amount: Mapped[Money | None]
    quantity: Mapped[int | None]
    at: Mapped[datetime]

    pledge: Mapped[Pledge] = relationship(back_populates="fulfilments")


class PledgeHours(Base):
    """Time somebody gave towards a promise of hours: it counts once both sides have said so."""

    __tablename__ = "pledge_hours"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes_positive"),)

    id: Mapped[Id]
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), index=True)
    #: The day in China on which the time was given.
    worked_on: Mapped[date]
    minutes: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    giver_confirmed_at: Mapped[datetime | None]
    staff_confirmed_at: Mapped[datetime | None]
    staff_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    #: One side says it was not so: it never counts.
    refused_at: Mapped[datetime | None]

    pledge: Mapped[Pledge] = relationship(back_populates="hours")

    @property
    def counts(self) -> bool:
        """Whether both sides confirmed it."""
        return self.giver_confirmed_at is not None and self.staff_confirmed_at is not None
