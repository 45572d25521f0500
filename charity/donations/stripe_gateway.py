"""Stripe Checkout: cards, Alipay and WeChat Pay, in CNY. The one file that knows Stripe's library.

Version 16 of the library answers objects that are no dictionaries, and its client tries once only
unless told otherwise; both are dealt with here. Webhooks are checked and read by our own code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar, cast

import stripe

from charity import clock
from charity.donations import notices, signatures
from charity.donations.gateway import (
    Checkout,
    CheckoutOrder,
    GatewayNotice,
    GatewayRefused,
    GatewayUnavailable,
    RefundOrder,
    RemoteRefund,
    RemoteStatus,
    UnreadableNotice,
)
from charity.donations.reasons import DonationsReason
from charity.ledger.chart import AccountCode
from charity.money import Money

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams
    from stripe.params.checkout import (
        SessionCreateParams,
        SessionListParams,
        SessionRetrieveParams,
    )

_Answer = TypeVar("_Answer")

#: The API we speak, named with each call: the library's own newer one (2026-09-30 and after) has
#: no `payment_method_types`, and stripe-mock v0.197.0 proves our requests against this very one.
API_VERSION = "2025-09-30.clover"

#: Seconds for one attempt and repeats after it: with the pauses between them below ten seconds
#: in all, so that no request of ours waits longer (RELIABILITY P10).
ATTEMPT_SECONDS = 2.5
RETRIES = 2

#: A checkout may be paid until a day after it was ordered (Stripe closes it then).
CHECKOUT_LIFE = timedelta(days=1)
#: Checkouts in one page of a list; the most Stripe gives.
PAGE = 100

_CHARGE = "payment_intent.latest_charge"
_PAYMENT_METHODS = ("card", "alipay", "wechat_pay")

#: Answers after which the same call may be made again; everything else is a definite no.
_PASSING = (
    stripe.APIConnectionError,
    stripe.RateLimitError,
    # The operator's key is wrong or withdrawn: nothing was made, and mending it lets us go on.
    stripe.AuthenticationError,
    stripe.PermissionError,
)


class StripeGateway:
    """Stripe, or anything at `api_base` that speaks its API.

    `webhook_secret` may hold several secrets separated by commas while one replaces another.
    """

    name = "stripe"
    is_sandbox = False
    account: str = AccountCode.OTHER_MONETARY_FUNDS
    can_refund = True

    def __init__(self, api_key: str, webhook_secret: str, api_base: str | None = None) -> None:
        self._secrets: Sequence[str] = [part.strip() for part in webhook_secret.split(",")]
        if not api_key or not all(self._secrets):
            raise ValueError("Stripe needs an API key and a webhook secret")
        self.livemode = "_live_" in api_key
        self._client = stripe.StripeClient(
            api_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base} if api_base else None,
            max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=ATTEMPT_SECONDS),
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(livemode={self.livemode})"

    def create_checkout(self, order: CheckoutOrder) -> Checkout:
        """See the port; the order's key is Stripe's idempotency key."""
        session = _ask(
            lambda: self._client.v1.checkout.sessions.create(
                _parameters(order), options={"idempotency_key": order.key}
            )
        )
        if not session.url:
            raise GatewayUnavailable(DonationsReason.GATEWAY_UNAVAILABLE)
        return Checkout(session.id, session.url)

    def read_notice(self, body: bytes, signature: str, at: datetime) -> GatewayNotice:
        """See the port."""
        signatures.check(body, signature, self._secrets, at)
        return notices.stripe_event(body)

    def fetch(self, remote_id: str) -> RemoteStatus:
        """See the port."""
        return _read(notices.checkout_session, self._session(remote_id))

    def refund(self, order: RefundOrder) -> RemoteRefund:
        """See the port; the order's key is Stripe's idempotency key, and stays on the refund."""
        intent_id = _read(notices.checkout_session, self._session(order.remote_id)).intent_id
        if intent_id is None:
            # Nobody has paid this checkout, so nothing of it can go back.
            raise GatewayRefused(DonationsReason.GATEWAY_REFUSED)
        words: RefundCreateParams = {
            "payment_intent": intent_id,
            "amount": order.amount.fen,
            "metadata": {"key": order.key},
        }
        made = _ask(
            lambda: self._client.v1.refunds.create(words, options={"idempotency_key": order.key})
        )
        return _read(notices.stripe_refund, made.to_dict())

    def fee(self, remote_id: str) -> Money | None:
        """See the port; a fee kept in another currency is counted back at the charge's own rate."""
        session = self._session(remote_id, expand=f"{_CHARGE}.balance_transaction")
        return _read(notices.stripe_fee, session)

    def settled_on(self, day: date) -> Iterator[RemoteStatus]:
        """See the port; page by page, so a day of any size fits."""
        start = clock.start_of(day)
        stop = clock.start_of(day + timedelta(days=1))
        ordered = {
            "gte": int((start - CHECKOUT_LIFE).timestamp()),
            "lt": int(stop.timestamp()),
        }
        words: dict[str, object] = {
            "created": ordered,
            "limit": PAGE,
            "expand": [f"data.{_CHARGE}"],
        }
        more = True
        while more:
            page, more = self._page(words)
            for session in page:
                words["starting_after"] = session["id"]
                paid_at = _read(notices.charged_at, session)
                if paid_at is not None and start <= paid_at < stop:
                    yield _read(notices.checkout_session, session)

    def _page(self, words: Mapping[str, object]) -> tuple[list[Mapping[str, object]], bool]:
        """One page of the list of checkouts, and whether another follows."""
        asked = cast("SessionListParams", dict(words))
        found = _ask(lambda: self._client.v1.checkout.sessions.list(asked))
        page = [cast("Mapping[str, object]", each.to_dict()) for each in found.data]
        return page, found.has_more and bool(page)

    def _session(self, remote_id: str, expand: str = "") -> Mapping[str, object]:
        """A checkout as Stripe has it now, as plain JSON."""
        words = cast("SessionRetrieveParams", {"expand": [expand]} if expand else {})
        found = _ask(lambda: self._client.v1.checkout.sessions.retrieve(remote_id, words))
        return cast("Mapping[str, object]", found.to_dict())


def _parameters(order: CheckoutOrder) -> SessionCreateParams:
    """The order in Stripe's words; nothing in it may change between two calls with one key."""
    words = {
        "mode": "payment",
        "client_reference_id": order.key,
        "payment_method_types": list(_PAYMENT_METHODS),
        "payment_method_options": {"wechat_pay": {"client": "web"}},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": order.currency.lower(),
                    "unit_amount": order.amount.fen,
                    "product_data": {"name": order.description},
                },
            }
        ],
        "success_url": order.return_url,
        "cancel_url": order.cancel_url,
        "locale": "en" if order.locale == "en" else "zh",
        "submit_type": "donate",
    }
    # The library's types describe its own newer version of the API, not the one we name.
    return cast("SessionCreateParams", words)


def _ask(call: Callable[[], _Answer]) -> _Answer:
    """Make the call; the library's errors become the port's."""
    try:
        return call()
    except stripe.StripeError as error:
        status = error.http_status or 0
        passing = isinstance(error, _PASSING) or status == 409 or status >= 500
        if passing or type(error) is stripe.APIError:
            raise GatewayUnavailable(DonationsReason.GATEWAY_UNAVAILABLE) from error
        raise GatewayRefused(DonationsReason.GATEWAY_REFUSED) from error


def _read(reader: Callable[[Mapping[str, object]], _Answer], said: Mapping[str, object]) -> _Answer:
    """Read an answer; one that cannot be understood is no answer."""
    try:
        return reader(said)
    except UnreadableNotice as error:
        raise GatewayUnavailable(DonationsReason.GATEWAY_UNAVAILABLE) from error
