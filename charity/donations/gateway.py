"""The port to those who move money: a checkout is ordered, signed notices say how it ended.

A gateway knows nothing of donations. It is asked between two units of work: the intent is
committed before the call, the answer after it, and the key makes a repeated call harmless.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from charity.errors import DomainError, Invalid
from charity.money import ZERO, Money

#: A gateway forgets a key after a day; an older one would buy a second checkout (RELIABILITY P5).
KEY_HOURS = 24


class NoticeKind(enum.StrEnum):
    """What a gateway says of a checkout; `OTHER` is any message that is not a result."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    OTHER = "other"


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


@dataclass(frozen=True, slots=True)
class GatewayNotice:
    """A message whose signature was good; `event_id` is the same each time it is delivered."""

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


class BadSignature(Invalid):
    """Nobody who knows the secret signed these bytes within five minutes of now."""


class UnreadableNotice(Invalid):
    """Signed, and yet not a message that can be understood."""


class GatewayUnavailable(DomainError):
    """No answer, or none to rely on: the checkout may exist; the same key may be asked again."""


class GatewayRefused(DomainError):
    """A definite no: asking again with this key is of no use."""


class PaymentGateway(Protocol):
    """What every way to pay offers; two adapters pass the same contract tests."""

    @property
    def name(self) -> str:
        """The short name in tables and addresses (`stripe`)."""

    @property
    def is_sandbox(self) -> bool:
        """Whether this is the demonstration, labelled so on every page it touches."""

    @property
    def livemode(self) -> bool:
        """Whether its checkouts move real money; a notice of the other mode is set aside."""

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
