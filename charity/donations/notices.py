"""Reading what a gateway sent, as plain JSON: strictly typed, without any provider's library.

The two shapes are Stripe's checkout events and the like-minded ones of the sandbox. Whatever is
missing or of the wrong type makes the message unreadable; nothing is guessed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from charity.donations.gateway import GatewayNotice, NoticeKind, RemoteStatus, UnreadableNotice
from charity.donations.reasons import DonationsReason
from charity.money import MAXIMUM_FEN, ZERO, Money

#: The longest id a gateway may send (Stripe promises not to exceed it) and our columns hold.
_LONGEST = 255

_KINDS = {
    "checkout.session.async_payment_succeeded": NoticeKind.SUCCEEDED,
    "checkout.session.async_payment_failed": NoticeKind.FAILED,
    "checkout.session.expired": NoticeKind.EXPIRED,
}


def stripe_event(body: bytes) -> GatewayNotice:
    """Read one of Stripe's webhook events; types that are not a checkout's result are `OTHER`.

    A completed checkout counts as paid only when it says so: Alipay and WeChat Pay may complete
    first and be paid later. Raises `UnreadableNotice`.
    """
    event = _object(body)
    event_id, kind = _text(event, "id"), _text(event, "type")
    livemode = _flag(event, "livemode")
    if not kind.startswith("checkout.session."):
        return GatewayNotice(event_id, NoticeKind.OTHER, None, None, "", livemode)
    session = checkout_session(_child(_child(event, "data"), "object"))
    said = _KINDS.get(kind, NoticeKind.OTHER)
    if kind == "checkout.session.completed" and session.kind is NoticeKind.SUCCEEDED:
        said = NoticeKind.SUCCEEDED
    return GatewayNotice(
        event_id=event_id,
        kind=said,
        remote_id=session.remote_id,
        amount=session.amount,
        currency=session.currency,
        # Two marks of the mode that disagree are no mode we know: let it be set aside.
        livemode=livemode if livemode == session.livemode else not session.livemode,
        fee=session.fee,
        key=session.key,
    )


def checkout_session(session: Mapping[str, object]) -> RemoteStatus:
    """Read Stripe's checkout session. Raises `UnreadableNotice`."""
    state, paid = _text_or_none(session, "status"), _text_or_none(session, "payment_status")
    kind = NoticeKind.OTHER
    if paid == "paid":
        kind = NoticeKind.SUCCEEDED
    elif state == "expired":
        kind = NoticeKind.EXPIRED
    return RemoteStatus(
        remote_id=_text(session, "id"),
        kind=kind,
        amount=_fen(session, "amount_total"),
        currency=(_text_or_none(session, "currency") or "").upper()[:3],
        livemode=_flag(session, "livemode"),
        key=_text_or_none(session, "client_reference_id"),
    )


def sandbox_event(body: bytes) -> GatewayNotice:
    """Read a message of the demonstration's own gateway. Raises `UnreadableNotice`."""
    event = _object(body)
    kind = _text(event, "kind")
    return GatewayNotice(
        event_id=_text(event, "id"),
        kind=NoticeKind(kind) if kind in set(NoticeKind) else NoticeKind.OTHER,
        remote_id=_text(event, "remote_id"),
        amount=_fen(event, "amount"),
        currency=_text(event, "currency")[:3],
        livemode=_flag(event, "livemode"),
        fee=_fen(event, "fee") or ZERO,
        key=_text_or_none(event, "key"),
    )


def _unreadable() -> UnreadableNotice:
    return UnreadableNotice(DonationsReason.UNREADABLE_NOTICE)


def _object(body: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _unreadable() from error
    if not isinstance(found, dict):
        raise _unreadable()
    return cast(Mapping[str, object], found)


def _child(parent: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = parent.get(name)
    if not isinstance(found, dict):
        raise _unreadable()
    return cast(Mapping[str, object], found)


def _text(parent: Mapping[str, object], name: str) -> str:
    found = _text_or_none(parent, name)
    if not found:
        raise _unreadable()
    return found


def _text_or_none(parent: Mapping[str, object], name: str) -> str | None:
    found = parent.get(name)
    if found is None:
        return None
    # Ids and codes are short printable ASCII; a NUL would not even fit into PostgreSQL.
    if not isinstance(found, str) or len(found) > _LONGEST or not found.isascii():
        raise _unreadable()
    if not found.isprintable():
        raise _unreadable()
    return found


def _flag(parent: Mapping[str, object], name: str) -> bool:
    found = parent.get(name)
    if not isinstance(found, bool):
        raise _unreadable()
    return found


def _fen(parent: Mapping[str, object], name: str) -> Money | None:
    found = parent.get(name)
    if found is None:
        return None
    if type(found) is not int or not 0 <= found <= MAXIMUM_FEN:
        raise _unreadable()
    return Money(found)
