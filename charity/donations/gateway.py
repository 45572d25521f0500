"""The port to those who move money: checkouts and refunds are ordered, notices say how they ended.

A gateway knows nothing of donations. It is asked between two units of work: the intent is
committed before the call, the answer after it, and the key makes a repeated call harmless.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from charity.errors import DomainError, Invalid
from charity.money import ZERO, Money

#: A gateway forgets a key after a day; an older one would buy a second checkout (RELIABILITY P5).
KEY_HOURS = 24


class NoticeKind(enum.StrEnum):
    """What a gateway says of a checkout, a refund or a dispute; `OTHER` is no result of any."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    #: Money of a paid checkout went back, whoever ordered it.
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    OTHER = "other"


class RemoteRefundState(enum.StrEnum):
    """How a refund stands at the gateway; `PENDING` is no result yet."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CheckoutOrder:
    """What is asked of the gateway, frozen with its key: the same key always carries the same."""

    key: str
    amount: Money
    currency: str
    description: str
    return_url: str
    cancel_url: str
    #: `zh` or `en`.
    locale: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where the giver pays, and what the gateway calls it."""

    remote_id: str
    url: str


@dataclass(frozen=True, slots=True)
class RemoteStatus:
    """How a checkout stands at the gateway; `OTHER` means it has no result yet."""

    remote_id: str
    kind: NoticeKind
    amount: Money | None
    currency: str
    livemode: bool
    fee: Money = ZERO
    #: The key of the order, where the gateway gives it back.
    key: str | None = None
    #: What the gateway calls the movement of the money, where that is not the checkout's id.
    intent_id: str | None = None
    #: How much of it has gone back so far.
    refunded: Money = ZERO


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """What a gateway is asked to give back, frozen with its key."""

    key: str
    #: The checkout whose money goes back.
    remote_id: str
    amount: Money
    currency: str


@dataclass(frozen=True, slots=True)
class RemoteRefund:
    """How a refund stands at the gateway; `remote_id` is the gateway's id of the refund."""

    remote_id: str
    state: RemoteRefundState
    amount: Money


@dataclass(frozen=True, slots=True)
class GatewayNotice:
    """A message whose signature was good; `event_id` is the same each time it is delivered.

    Where it speaks of a refund or a dispute, `subject_id` is that one's id, amount and fee are its
    own, and `key` is the refund's; the checkout is named by `remote_id` or by `intent_id`.
    """

    event_id: str
    kind: NoticeKind
    remote_id: str | None
    amount: Money | None
    #: Three capital letters; empty where the message names none.
    currency: str
    #: Whether real money moved, as against a test of the gateway.
    livemode: bool
    fee: Money = ZERO
    key: str | None = None
    subject_id: str | None = None
    intent_id: str | None = None


class BadSignature(Invalid):
    """Nobody who knows the secret signed these bytes within five minutes of now."""


class UnreadableNotice(Invalid):
    """Signed, and yet not a message that can be understood."""


class GatewayUnavailable(DomainError):
    """No answer, or none to rely on: the checkout may exist; the same key may be asked again."""


class GatewayRefused(DomainError):
    """A definite no: asking again with this key is of no use."""


class PaymentGateway(Protocol):
    """What every way to pay offers; all adapters pass the same contract tests."""

    @property
    def name(self) -> str:
        """The short name in tables and addresses (`stripe`)."""

    @property
    def is_sandbox(self) -> bool:
        """Whether this is the demonstration, labelled so on every page it touches."""

    @property
    def livemode(self) -> bool:
        """Whether its checkouts move real money; a notice of the other mode is set aside."""

    @property
    def account(self) -> str:
        """The code of the money account of the book where its money arrives (`1009`)."""

    @property
    def can_refund(self) -> bool:
        """Whether it takes orders to give back; otherwise a refund travels by hand."""

    def create_checkout(self, order: CheckoutOrder) -> Checkout:
        """Order a checkout; the same order again gives the same one.

        Raises `GatewayUnavailable` (ask again with the same key) or `GatewayRefused`.
        """

    def read_notice(self, body: bytes, signature: str, at: datetime) -> GatewayNotice:
        """Check the signature over the raw `body` and read it.

        Raises `BadSignature` (missing, wrong, or more than 300 seconds from `at` in either
        direction) or `UnreadableNotice`.
        """

    def fetch(self, remote_id: str) -> RemoteStatus:
        """Ask how a checkout stands. Raises `GatewayUnavailable` or `GatewayRefused`."""

    def refund(self, order: RefundOrder) -> RemoteRefund:
        """Order a refund; the same order again gives the same one.

        Raises `GatewayUnavailable` (ask again with the same key) or `GatewayRefused`, which is also
        the answer of one that cannot refund.
        """

    def fee(self, remote_id: str) -> Money | None:
        """What the gateway kept of a paid checkout, in CNY; None while it does not know yet.

        Raises `GatewayUnavailable` or `GatewayRefused`.
        """

    def settled_on(self, day: date) -> Iterable[RemoteStatus] | None:
        """Its own list of the checkouts paid on a day in China; None where it keeps no list.

        Raises `GatewayUnavailable` or `GatewayRefused`, also while the list is read.
        """
