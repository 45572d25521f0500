"""Stripe Checkout: cards, Alipay and WeChat Pay, in CNY. The one file that knows Stripe's library.

Version 16 of the library answers objects that are no dictionaries, and its client tries once only
unless told otherwise; both are dealt with here. Webhooks are checked and read by our own code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, cast

import stripe

from charity.donations import notices, signatures
from charity.donations.gateway import (
    Checkout,
    CheckoutOrder,
    GatewayNotice,
    GatewayRefused,
    GatewayUnavailable,
    RemoteStatus,
    UnreadableNotice,
)
from charity.donations.reasons import DonationsReason

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

_Answer = TypeVar("_Answer")

#: The API we speak, named with each call: the library's own newer one (2026-09-30 and after) has
#: no `payment_method_types`, and stripe-mock v0.197.0 proves our requests against this very one.
API_VERSION = "2025-09-30.clover"

#: Seconds for one attempt and repeats after it: with the pauses between them below ten seconds
#: in all, so that no request of ours waits longer (RELIABILITY P10).
ATTEMPT_SECONDS = 2.5
RETRIES = 2

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
        session = _ask(lambda: self._client.v1.checkout.sessions.retrieve(remote_id))
        try:
            return notices.checkout_session(session.to_dict())
        except UnreadableNotice as error:
            raise GatewayUnavailable(DonationsReason.GATEWAY_UNAVAILABLE) from error


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
