"""Tables of giving: donations, the payments that carry them, and what gateways told us."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.donations.gateway import NoticeKind
from charity.errors import CommonReason, InvalidState
from charity.money import ZERO, Money

#: The longest id a gateway may send; Stripe promises never to exceed it.
_REMOTE_ID = String(255)


class GiverKind(enum.StrEnum):
    """Who gives, for the funding mix."""

    INDIVIDUAL = "individual"
    ENTERPRISE = "enterprise"
    UNIT = "unit"


class DonationState(enum.StrEnum):
    """A donation is pending until its money is there; pending is a state, never an error."""

    PENDING = "pending"
    SETTLED = "settled"
    CANCELLED = "cancelled"


DONATION_TRANSITIONS: dict[DonationState, frozenset[DonationState]] = {
    DonationState.PENDING: frozenset({DonationState.SETTLED, DonationState.CANCELLED}),
    # Money that arrives after the giver walked away is still the giver's gift.
    DonationState.CANCELLED: frozenset({DonationState.SETTLED}),
    DonationState.SETTLED: frozenset(),
}


class Donation(Base):
    """One gift to one campaign."""

    __tablename__ = "donation"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    id: Mapped[Id]
    #: Made by the form before it is sent, so that double click, back and reload make one gift.
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    #: The secret of the giver's private page.
    trail_token: Mapped[str] = mapped_column(String(64), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    amount: Mapped[Money]
    giver_kind: Mapped[GiverKind]
    giver_name: Mapped[str] = mapped_column(default="")
    #: 公开署名: whether the name may stand on public pages.
    name_is_public: Mapped[bool] = mapped_column(default=False)
    contact: Mapped[str] = mapped_column(default="")
    message: Mapped[str] = mapped_column(default="")
    state: Mapped[DonationState] = mapped_column(default=DonationState.PENDING)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    #: The entry of the book that took the gift in.
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)

    payments: Mapped[list[Payment]] = relationship(back_populates="donation", order_by="Payment.id")

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
    #: The gateway's own id of the checkout, known after the first answer.
    remote_id: Mapped[str | None] = mapped_column(_REMOTE_ID)
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


class EventOutcome(enum.StrEnum):
    """What became of a gateway's message."""

    WAITING = "waiting"
    APPLIED = "applied"
    IGNORED = "ignored"
    #: It does not fit what we asked for (amount, currency, mode): people must look.
    QUARANTINED = "quarantined"


EVENT_TRANSITIONS: dict[EventOutcome, frozenset[EventOutcome]] = {
    EventOutcome.WAITING: frozenset(
        {EventOutcome.APPLIED, EventOutcome.IGNORED, EventOutcome.QUARANTINED}
    ),
    EventOutcome.APPLIED: frozenset(),
    EventOutcome.IGNORED: frozenset(),
    EventOutcome.QUARANTINED: frozenset(),
}


class GatewayEvent(Base):
    """A signed message from a gateway, stored before it is answered; each counts once.

    What it says is kept beside the raw body, so that applying it needs no gateway.
    """

    __tablename__ = "gateway_event"
    __table_args__ = (
        UniqueConstraint("gateway", "event_id"),
        Index(
            "ix_gateway_event_waiting",
            "id",
            sqlite_where=text("outcome = 'waiting'"),
            postgresql_where=text("outcome = 'waiting'"),
        ),
        Index(
            "ix_gateway_event_quarantined",
            "id",
            sqlite_where=text("outcome = 'quarantined'"),
            postgresql_where=text("outcome = 'quarantined'"),
        ),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("fee >= 0", name="fee_not_negative"),
    )

    id: Mapped[Id]
    gateway: Mapped[str] = mapped_column(String(40))
    event_id: Mapped[str] = mapped_column(_REMOTE_ID)
    kind: Mapped[NoticeKind]
    remote_id: Mapped[str | None] = mapped_column(_REMOTE_ID)
    #: The key we ordered with, where the gateway gives it back.
    order_key: Mapped[str | None] = mapped_column(_REMOTE_ID)
    amount: Mapped[Money | None]
    currency: Mapped[str] = mapped_column(String(3), default="")
    livemode: Mapped[bool]
    fee: Mapped[Money] = mapped_column(default=ZERO)
    body: Mapped[LongText]
    #: The payment it was found to speak of.
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    received_at: Mapped[datetime]
    outcome: Mapped[EventOutcome] = mapped_column(default=EventOutcome.WAITING)
    #: Why, as a reason code (`donations.amount_differs`); empty where the outcome says it all.
    outcome_note: Mapped[str] = mapped_column(default="")
    handled_at: Mapped[datetime | None]

    @property
    def is_closed(self) -> bool:
        """Whether it has had its effect, or never will."""
        return self.outcome is not EventOutcome.WAITING

    def move_to(self, outcome: EventOutcome) -> None:
        """Close the message once; raises `InvalidState` where it is closed already."""
        if outcome not in EVENT_TRANSITIONS[self.outcome]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.outcome, wanted=outcome)
        self.outcome = outcome
