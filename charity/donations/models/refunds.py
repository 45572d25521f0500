"""Money that goes back: refunds asked for or forced, many at once, and what banks dispute."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.donations.models.giving import REMOTE_ID, Donation, Payment
from charity.errors import CommonReason, InvalidState
from charity.money import ZERO, Money


class RefundKind(enum.StrEnum):
    """Whether giver and host want it, or it must be."""

    VOLUNTARY = "voluntary"
    COMPELLED = "compelled"


class RefundCause(enum.StrEnum):
    """Why money goes back."""

    DONOR_ASKED = "donor_asked"
    CAMPAIGN_FAILED = "campaign_failed"
    #: The project is over, something of the gift is left, and its giver wants it back (CHA-165).
    PROJECT_ENDED = "project_ended"
    DOUBLE_PAYMENT = "double_payment"
    WRONG_AMOUNT = "wrong_amount"
    DISPUTE_LOST = "dispute_lost"
    #: Somebody gave it back in the gateway's own office; we learn of it afterwards.
    AT_THE_GATEWAY = "at_the_gateway"


class RefundPath(enum.StrEnum):
    """How the money travels."""

    GATEWAY = "gateway"
    #: By hand to a bank account, where the gateway cannot (cash, bank gifts, too long ago).
    TRANSFER = "transfer"


class RefundState(enum.StrEnum):
    """Asked for, agreed to, booked and sent, and what became of it."""

    REQUESTED = "requested"
    APPROVED = "approved"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


REFUND_TRANSITIONS: dict[RefundState, frozenset[RefundState]] = {
    RefundState.REQUESTED: frozenset({RefundState.APPROVED, RefundState.CANCELLED}),
    RefundState.APPROVED: frozenset({RefundState.SENT, RefundState.CANCELLED}),
    RefundState.SENT: frozenset({RefundState.SUCCEEDED, RefundState.FAILED}),
    # A gateway may take back its yes: the giver's account was closed.
    RefundState.SUCCEEDED: frozenset({RefundState.FAILED}),
    RefundState.FAILED: frozenset(),
    RefundState.CANCELLED: frozenset(),
}

#: A refund whose money has left, as far as we know.
GONE = frozenset({RefundState.SENT, RefundState.SUCCEEDED})

#: A refund that counts against what may still be given back.
COUNTING = frozenset(
    {RefundState.REQUESTED, RefundState.APPROVED, RefundState.SENT, RefundState.SUCCEEDED}
)


class RefundBatchState(enum.StrEnum):
    """Many refunds are agreed to as one, then made in portions that people may stop and resume."""

    REQUESTED = "requested"
    RUNNING = "running"
    STOPPED = "stopped"
    #: Every gift has been looked at; single refunds may still be under way.
    FINISHED = "finished"
    CANCELLED = "cancelled"


BATCH_TRANSITIONS: dict[RefundBatchState, frozenset[RefundBatchState]] = {
    RefundBatchState.REQUESTED: frozenset({RefundBatchState.RUNNING, RefundBatchState.CANCELLED}),
    RefundBatchState.RUNNING: frozenset({RefundBatchState.STOPPED, RefundBatchState.FINISHED}),
    RefundBatchState.STOPPED: frozenset({RefundBatchState.RUNNING, RefundBatchState.CANCELLED}),
    RefundBatchState.FINISHED: frozenset(),
    RefundBatchState.CANCELLED: frozenset(),
}


class RefundBatch(Base):
    """Many refunds decided at once: a campaign failed and every gift goes back.

    People agree to so many gifts of such a sum; of each goes back what of it is unspent then.
    """

    __tablename__ = "refund_batch"
    __table_args__ = (
        CheckConstraint("total > 0", name="total_positive"),
        CheckConstraint("gifts > 0", name="gifts_positive"),
    )

    id: Mapped[Id]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    reason: Mapped[LongText]
    state: Mapped[RefundBatchState] = mapped_column(default=RefundBatchState.REQUESTED)
    #: How many gifts had not gone back when it was asked for, and what they came to.
    gifts: Mapped[int]
    total: Mapped[Money]
    #: The last of these gifts, by number: later ones were not agreed to.
    last_gift: Mapped[int]
    #: How far the portions have come: every gift up to this one has been looked at.
    reached_gift: Mapped[int] = mapped_column(default=0)
    created_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    #: What was agreed to where that was more than the batch: `project_closing:3`; else empty.
    agreed_as: Mapped[str] = mapped_column(String(80), default="")

    refunds: Mapped[list[Refund]] = relationship(back_populates="batch", order_by="Refund.id")

    @property
    def subject(self) -> str:
        """What agreement is asked about."""
        return self.agreed_as or f"refund_batch:{self.id}"

    def move_to(self, state: RefundBatchState) -> None:
        """Go on to `state`; raises `InvalidState` where no such step exists."""
        if state not in BATCH_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class Refund(Base):
    """One sum of one payment that goes back; its id is the idempotency key towards the gateway.

    The book is told when it is sent (`refund:<id>`), so that nobody can spend the fen meanwhile; a
    refund that fails is taken back in the book by a reversing entry.
    """

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        UniqueConstraint("gateway", "remote_id"),
        Index(
            "ix_refund_under_way",
            "id",
            sqlite_where=text("state IN ('requested', 'approved', 'sent')"),
            postgresql_where=text("state IN ('requested', 'approved', 'sent')"),
        ),
    )

    id: Mapped[Id]
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), index=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("refund_batch.id"), index=True)
    gateway: Mapped[str] = mapped_column(String(40))
    amount: Mapped[Money]
    kind: Mapped[RefundKind]
    cause: Mapped[RefundCause]
    path: Mapped[RefundPath]
    reason: Mapped[LongText] = mapped_column(default="")
    #: Where a transfer goes: name, bank and account as the giver gave them; erasable.
    payee: Mapped[str] = mapped_column(default="")
    state: Mapped[RefundState] = mapped_column(default=RefundState.REQUESTED)
    #: None where the gateway itself began it.
    requested_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    remote_id: Mapped[str | None] = mapped_column(REMOTE_ID)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)
    reversal_entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(default="")

    donation: Mapped[Donation] = relationship()
    payment: Mapped[Payment] = relationship()
    batch: Mapped[RefundBatch | None] = relationship(back_populates="refunds")

    @property
    def key(self) -> str:
        """The key towards the gateway, the source of the entry, the subject of agreement."""
        return f"refund:{self.id}"

    def move_to(self, state: RefundState) -> None:
        """Go on to `state`; raises `InvalidState` where no such step exists."""
        if state not in REFUND_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class DisputeState(enum.StrEnum):
    """A dispute is open until the bank decides."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


DISPUTE_TRANSITIONS: dict[DisputeState, frozenset[DisputeState]] = {
    DisputeState.OPEN: frozenset({DisputeState.WON, DisputeState.LOST}),
    DisputeState.WON: frozenset(),
    DisputeState.LOST: frozenset(),
}


class Dispute(Base):
    """A payer's bank takes a payment back; lost, the host makes the fund whole.

    Nothing is booked while it is open: what a lost dispute takes is a compelled refund, its fee a
    fee of the payment.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("fee >= 0", name="fee_not_negative"),
        UniqueConstraint("gateway", "remote_id"),
    )

    id: Mapped[Id]
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    gateway: Mapped[str] = mapped_column(String(40))
    remote_id: Mapped[str] = mapped_column(REMOTE_ID)
    amount: Mapped[Money]
    fee: Mapped[Money] = mapped_column(default=ZERO)
    state: Mapped[DisputeState] = mapped_column(default=DisputeState.OPEN)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"), unique=True)
    fee_entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)

    payment: Mapped[Payment] = relationship()

    def move_to(self, state: DisputeState) -> None:
        """Go on to `state`; raises `InvalidState` where no such step exists."""
        if state not in DISPUTE_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state
