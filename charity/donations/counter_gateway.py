"""Ways to pay that no machine reports: bank transfer, cash, another platform.

What is ordered here is a reference to write into the transfer, and a page of our own that says
where to. That the money came is said by a statement or by those who counted it, so this gateway
knows no result, keeps no list of its own and gives nothing back by itself.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from urllib.parse import urlsplit

from charity.donations import notices, references, signatures
from charity.donations.gateway import (
    Checkout,
    CheckoutOrder,
    GatewayNotice,
    GatewayRefused,
    NoticeKind,
    RefundOrder,
    RemoteRefund,
    RemoteStatus,
)
from charity.donations.reasons import DonationsReason
from charity.ledger.chart import AccountCode
from charity.money import ZERO, Money

TRANSFER, CASH, PLATFORM = "transfer", "cash", "platform"
#: Where the money of each arrives in the book.
ACCOUNTS: dict[str, str] = {
    TRANSFER: AccountCode.BANK_DEPOSITS,
    CASH: AccountCode.CASH_ON_HAND,
    PLATFORM: AccountCode.OTHER_MONETARY_FUNDS,
}
_KEY = re.compile(r"payment:(\d{1,18})", re.ASCII)


class CounterGateway:
    """One way among `ACCOUNTS`; `livemode` where real money is meant."""

    is_sandbox = False
    can_refund = False

    def __init__(self, name: str, secret: str, account: str, *, livemode: bool = False) -> None:
        if not secret:
            raise ValueError("a counter signs with a secret, which is empty")
        self.name, self.account, self.livemode = name, account, livemode
        self._secret = secret

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def create_checkout(self, order: CheckoutOrder) -> Checkout:
        """The reference of this order, and the giver's own page, which says where to send money."""
        key = _KEY.fullmatch(order.key)
        if key is None or int(key[1]) >= references.NUMBERS:
            raise GatewayRefused(DonationsReason.GATEWAY_REFUSED)
        page = urlsplit(order.cancel_url)
        return Checkout(references.reference(int(key[1])), f"{page.path}?how={self.name}")

    def sign(self, body: bytes, at: datetime) -> str:
        """The signature header of a message of our own at `at`."""
        return signatures.sign(body, self._secret, at)

    def read_notice(self, body: bytes, signature: str, at: datetime) -> GatewayNotice:
        """See the port."""
        signatures.check(body, signature, [self._secret], at)
        return notices.sandbox_event(body)

    def fetch(self, remote_id: str) -> RemoteStatus:
        """Always "no result yet": a statement says it, or those who counted."""
        if references.number_of(remote_id) is None:
            raise GatewayRefused(DonationsReason.GATEWAY_REFUSED)
        return RemoteStatus(remote_id, NoticeKind.OTHER, None, "", self.livemode)

    def refund(self, order: RefundOrder) -> RemoteRefund:
        """Refused: this money travels back by hand."""
        raise GatewayRefused(DonationsReason.GATEWAY_REFUSED)

    def fee(self, remote_id: str) -> Money | None:
        """A counter keeps nothing."""
        return ZERO

    def settled_on(self, day: date) -> None:
        """None: statements are its lists."""
