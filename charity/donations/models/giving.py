"""Donations and the payments that carry them."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.donations.models.people import GivenBy
from charity.errors import CommonReason, InvalidState
from charity.ledger.chart import AccountCode
from charity.money import ZERO, Money

#: The longest id a gateway may send; Stripe promises never to exceed it.
REMOTE_ID = String(255)


class DonationState(enum.StrEnum):
    """A donation is pending until its money is there; pending is a state, never an error."""

    PENDING = "pending"
    SETTLED = "settled"
    CANCELLED = "cancelled"
    #: All of it went back; a part that went back leaves it settled.
    REFUNDED = "refunded"


DONATION_TRANSITIONS: dict[DonationState, frozenset[DonationState]] = {
    DonationState.PENDING: frozenset({DonationState.SETTLED, DonationState.CANCELLED}),
    # Money that arrives after the giver walked away is still the giver's gift.
    DonationState.CANCELLED: frozenset({DonationState.SETTLED}),
    DonationState.SETTLED: frozenset({DonationState.REFUNDED}),
    # The bank could not hand the money back: it is a gift in hand again.
    DonationState.REFUNDED: frozenset({DonationState.SETTLED}),
}


class Donation(GivenBy, Base):
    """One gift to one campaign."""

    __tablename__ = "donation"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("refunded >= 0 AND refunded <= amount", name="refunded_within"),
    )

    id: Mapped[Id]
    #: Made by the form before it is sent, so that double click, back and reload make one gift.
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    #: The secret of the giver's private page.
    trail_token: Mapped[str] = mapped_column(String(64), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    amount: Mapped[Money]
    #: What went back to the giver so far, refunds under way among it.
    refunded: Mapped[Money] = mapped_column(default=ZERO)
    message: Mapped[str] = mapped_column(default="")
    state: Mapped[DonationState] = mapped_column(default=DonationState.PENDING)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    #: The entry of the book that took the gift in.
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)
    #: The promise this gift keeps, wholly or in part.
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"), index=True)
    #: 一起捐: the team it was given through.
    team_id: Mapped[int | None] = mapped_column(ForeignKey("giving_team.id"), index=True)

    payments: Mapped[list[Payment]] = relationship(back_populates="donation", order_by="Payment.id")

    @property
    def kept(self) -> Money:
        """What of the gift has not gone back."""
        return self.amount - self.refunded

    def move_to(self, state: DonationState) -> None:
        """Go on to `state`; raises `InvalidState` where no such step exists."""
        if state not in DONATION_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class PaymentState(enum.StrEnum):
    """One attempt to move the money through a gateway."""

    CREATED = "created"
    OPEN = "open"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"


#: An attempt only rises: created, open, expired, failed, succeeded. So the order in which messages
#: arrive does not matter, and where a gateway says two things the money decides.
PAYMENT_TRANSITIONS: dict[PaymentState, frozenset[PaymentState]] = {
    PaymentState.CREATED: frozenset(
        {PaymentState.OPEN, PaymentState.EXPIRED, PaymentState.FAILED, PaymentState.SUCCEEDED}
    ),
    PaymentState.OPEN: frozenset(
        {PaymentState.EXPIRED, PaymentState.FAILED, PaymentState.SUCCEEDED}
    ),
    PaymentState.EXPIRED: frozenset({PaymentState.FAILED, PaymentState.SUCCEEDED}),
    PaymentState.FAILED: frozenset({PaymentState.SUCCEEDED}),
    PaymentState.SUCCEEDED: frozenset(),
}

#: An attempt that may still bring the money; a donation has at most one.
UNFINISHED = frozenset({PaymentState.CREATED, PaymentState.OPEN})


class Payment(Base):
    """One attempt with frozen parameters; its id is the idempotency key towards the gateway."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("fee >= 0 AND fee < amount", name="fee_within"),
        UniqueConstraint("gateway", "remote_id"),
        Index("ix_payment_intent_id", "intent_id"),
        Index(
            "ix_payment_fee_owed",
            "id",
            sqlite_where=text("state = 'succeeded' AND NOT fee_is_known"),
            postgresql_where=text("state = 'succeeded' AND NOT fee_is_known"),
        ),
        Index(
            "uq_payment_one_open",
            "donation_id",
            unique=True,
            sqlite_where=text("state IN ('created', 'open')"),
            postgresql_where=text("state IN ('created', 'open')"),
        ),
    )

    id: Mapped[Id]
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), index=True)
    gateway: Mapped[str] = mapped_column(String(40))
    amount: Mapped[Money]
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    #: Whether we asked for real money; a message of the other mode is set aside.
    livemode: Mapped[bool]
    #: The rest of what the gateway was asked, frozen before the first call.
    order: Mapped[dict[str, str] | None] = mapped_column(JSON)
    fee: Mapped[Money] = mapped_column(default=ZERO)
    #: False while the gateway has not yet told what it kept for itself.
    fee_is_known: Mapped[bool] = mapped_column(default=True)
    #: The money account of the book where the gateway's money arrives, frozen with the attempt.
    account: Mapped[str] = mapped_column(String(20), default=AccountCode.OTHER_MONETARY_FUNDS)
    #: The gateway's own id of the checkout, known after the first answer.
    remote_id: Mapped[str | None] = mapped_column(REMOTE_ID)
    #: What the gateway calls the movement of the money, where that is not the checkout's id:
    #: refunds and disputes are told under it.
    intent_id: Mapped[str | None] = mapped_column(REMOTE_ID)
    #: Where the giver pays.
    checkout_url: Mapped[LongText | None]
    state: Mapped[PaymentState] = mapped_column(default=PaymentState.CREATED)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    donation: Mapped[Donation] = relationship(back_populates="payments")

    @property
    def key(self) -> str:
        """The idempotency key towards the gateway; a new attempt is a new row with a new key."""
        return f"payment:{self.id}"

    @property
    def source(self) -> str:
        """What the book calls the arrival of this payment's money."""
        return f"payment:{self.id}:succeeded"

    def move_to(self, state: PaymentState) -> None:
        """Go on to `state`; raises `InvalidState` where no such step exists."""
        if state not in PAYMENT_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state
