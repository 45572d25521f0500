"""What gateways told us, each message once, and what did not fit."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from charity.base import Base, Id, LongText
from charity.donations.gateway import NoticeKind
from charity.donations.models.giving import REMOTE_ID
from charity.errors import CommonReason, InvalidState
from charity.money import ZERO, Money


class EventOutcome(enum.StrEnum):
    """What became of a gateway's message."""

    WAITING = "waiting"
    APPLIED = "applied"
    IGNORED = "ignored"
    #: It does not fit what we asked for (amount, currency, mode): people must look.
    QUARANTINED = "quarantined"
    #: It failed again and again when it was applied: people must look; the others go on.
    SET_ASIDE = "set_aside"
    #: It was quarantined or set aside, and a person has dealt with it.
    RESOLVED = "resolved"


EVENT_TRANSITIONS: dict[EventOutcome, frozenset[EventOutcome]] = {
    EventOutcome.WAITING: frozenset(
        {
            EventOutcome.APPLIED,
            EventOutcome.IGNORED,
            EventOutcome.QUARANTINED,
            EventOutcome.SET_ASIDE,
        }
    ),
    EventOutcome.APPLIED: frozenset(),
    EventOutcome.IGNORED: frozenset(),
    EventOutcome.QUARANTINED: frozenset({EventOutcome.RESOLVED}),
    # Mended, it may be tried again.
    EventOutcome.SET_ASIDE: frozenset({EventOutcome.WAITING, EventOutcome.RESOLVED}),
    EventOutcome.RESOLVED: frozenset(),
}

#: A message that fails so often when applied is set aside.
EVENT_TRIES = 5


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
    event_id: Mapped[str] = mapped_column(REMOTE_ID)
    kind: Mapped[NoticeKind]
    remote_id: Mapped[str | None] = mapped_column(REMOTE_ID)
    #: The movement of money it speaks of, where the checkout is not named.
    intent_id: Mapped[str | None] = mapped_column(REMOTE_ID)
    #: The refund or dispute it speaks of, by the gateway's own id.
    subject_id: Mapped[str | None] = mapped_column(REMOTE_ID)
    #: The key we ordered with, where the gateway gives it back.
    order_key: Mapped[str | None] = mapped_column(REMOTE_ID)
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
    #: How often applying it failed, and how it failed last.
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[LongText | None]
    #: Who dealt with a quarantined message, and what they found.
    resolved_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    resolution: Mapped[LongText] = mapped_column(default="")

    @property
    def is_closed(self) -> bool:
        """Whether it has had its effect, or never will."""
        return self.outcome is not EventOutcome.WAITING

    def move_to(self, outcome: EventOutcome) -> None:
        """Close the message once; raises `InvalidState` where it is closed already."""
        if outcome not in EVENT_TRANSITIONS[self.outcome]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.outcome, wanted=outcome)
        self.outcome = outcome


class DriftKind(enum.StrEnum):
    """In what a gateway's own list and ours differ."""

    #: The gateway has the money and we do not know it.
    UNKNOWN_HERE = "unknown_here"
    #: We count the money as arrived and the gateway does not know it.
    UNKNOWN_THERE = "unknown_there"
    AMOUNT = "amount"
    CURRENCY = "currency"
    STATE = "state"
    REFUNDED = "refunded"


class GatewayDrift(Base):
    """One difference found when a day was compared with the gateway's list; people close it."""

    __tablename__ = "gateway_drift"
    __table_args__ = (UniqueConstraint("gateway", "remote_id", "kind"),)

    id: Mapped[Id]
    gateway: Mapped[str] = mapped_column(String(40))
    remote_id: Mapped[str] = mapped_column(REMOTE_ID)
    kind: Mapped[DriftKind]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    #: The day in China whose list was compared.
    day: Mapped[date]
    ours: Mapped[str] = mapped_column(default="")
    theirs: Mapped[str] = mapped_column(default="")
    found_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    note: Mapped[LongText] = mapped_column(default="")
