"""The demonstration's gateway: no money moves, and every page it touches says so.

It keeps no books of its own. The id of a checkout is a keyed hash of what was ordered, so the same
order gives the same checkout, and the sandbox page tells us the result by the same signed message,
to the same address, as a real gateway would. Production refuses to start with it.
"""

from __future__ import annotations

import hmac
import json
from datetime import date, datetime

from charity.donations import notices, signatures
from charity.donations.gateway import (
    Checkout,
    CheckoutOrder,
    GatewayNotice,
    GatewayRefused,
    NoticeKind,
    RefundOrder,
    RemoteRefund,
    RemoteRefundState,
    RemoteStatus,
)
from charity.donations.reasons import DonationsReason
from charity.ledger.chart import AccountCode
from charity.money import ZERO, Money

_PREFIX = "sandbox_"


class SandboxGateway:
    """Pretends to take money; `base_url_path` is where the page stands that asks for the result."""

    name = "sandbox"
    is_sandbox = True
    livemode = False
    account: str = AccountCode.OTHER_MONETARY_FUNDS
    can_refund = True

    def __init__(self, secret: str, base_url_path: str = "/sandbox/pay/") -> None:
        if not secret:
            raise ValueError("the sandbox gateway signs with a secret, which is empty")
        self._secret = secret
        self._path = base_url_path.rstrip("/") + "/"

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def create_checkout(self, order: CheckoutOrder) -> Checkout:
        """The checkout of this order: the same key and amount give the same id."""
        remote_id = _PREFIX + self._digest(f"{order.key}|{order.amount.fen}|{order.currency}")
        return Checkout(remote_id, self._path + remote_id)

    def sign(self, body: bytes, at: datetime) -> str:
        """The signature header of a message sent at `at`."""
        return signatures.sign(body, self._secret, at)

    def event_for(
        self,
        remote_id: str,
        kind: NoticeKind,
        *,
        amount: Money,
        currency: str = "CNY",
        fee: Money = ZERO,
        key: str | None = None,
        subject_id: str | None = None,
    ) -> bytes:
        """The body of the message that a checkout has this result; its id is the same each time.

        `subject_id` names the refund or dispute it speaks of.
        """
        event = {
            "id": f"event_{subject_id or remote_id}_{kind.value}",
            "kind": kind.value,
            "remote_id": remote_id,
            "amount": amount.fen,
            "currency": currency,
            "livemode": self.livemode,
            "fee": fee.fen,
            "key": key,
            "subject_id": subject_id,
        }
        return json.dumps(event, separators=(",", ":")).encode()

    def read_notice(self, body: bytes, signature: str, at: datetime) -> GatewayNotice:
        """See the port."""
        signatures.check(body, signature, [self._secret], at)
        return notices.sandbox_event(body)

    def fetch(self, remote_id: str) -> RemoteStatus:
        """Always "no result yet": what the giver chose came as a message, or never was."""
        if not remote_id.startswith(_PREFIX):
            raise GatewayRefused(DonationsReason.GATEWAY_REFUSED)
        return RemoteStatus(remote_id, NoticeKind.OTHER, None, "", self.livemode)

    def refund(self, order: RefundOrder) -> RemoteRefund:
        """Nothing moves, so it has gone back at once; the same order has the same id."""
        if not order.remote_id.startswith(_PREFIX):
            raise GatewayRefused(DonationsReason.GATEWAY_REFUSED)
        said = f"{order.key}|{order.remote_id}|{order.amount.fen}|{order.currency}"
        remote_id = f"{_PREFIX}refund_{self._digest(said)}"
        return RemoteRefund(remote_id, RemoteRefundState.SUCCEEDED, order.amount)

    def fee(self, remote_id: str) -> Money | None:
        """The sandbox keeps nothing."""
        return ZERO

    def settled_on(self, day: date) -> None:
        """None: it keeps no books of its own."""

    def _digest(self, said: str) -> str:
        return hmac.new(self._secret.encode(), said.encode(), "sha256").hexdigest()[:40]
