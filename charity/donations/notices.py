"""Reading what a gateway sent, as plain JSON: strictly typed, without any provider's library.

The two shapes are Stripe's objects (checkout, refund, dispute, charge) and the like-minded messages
of the sandbox. Whatever is missing or of the wrong type makes the message unreadable; nothing is
guessed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import cast

from charity.donations.gateway import (
    GatewayNotice,
    NoticeKind,
    RemoteRefund,
    RemoteRefundState,
    RemoteStatus,
    UnreadableNotice,
)
from charity.donations.reasons import DonationsReason
from charity.money import MAXIMUM_FEN, ZERO, Money

#: The longest id a gateway may send (Stripe promises not to exceed it) and our columns hold.
_LONGEST = 255
#: No charge is from after the year 2999.
_LATEST = 32_503_680_000

_KINDS = {
    "checkout.session.async_payment_succeeded": NoticeKind.SUCCEEDED,
    "checkout.session.async_payment_failed": NoticeKind.FAILED,
    "checkout.session.expired": NoticeKind.EXPIRED,
}


#: How a refund's own state is told: what is under way has no result yet.
_REFUND_STATES = {
    "succeeded": RemoteRefundState.SUCCEEDED,
    "failed": RemoteRefundState.FAILED,
    "canceled": RemoteRefundState.FAILED,
}
_REFUND_KINDS = {
    RemoteRefundState.PENDING: NoticeKind.OTHER,
    RemoteRefundState.SUCCEEDED: NoticeKind.REFUNDED,
    RemoteRefundState.FAILED: NoticeKind.REFUND_FAILED,
}
#: How a dispute's own state is told: a mere question that is closed took no money, as one won.
_DISPUTE_KINDS = {
    "lost": NoticeKind.DISPUTE_LOST,
    "won": NoticeKind.DISPUTE_WON,
    "warning_closed": NoticeKind.DISPUTE_WON,
    "prevented": NoticeKind.DISPUTE_WON,
}


def stripe_event(body: bytes) -> GatewayNotice:
    """Read one of Stripe's webhook events: of a checkout, a refund or a dispute; else `OTHER`.

    `charge.refunded` tells only how much of a charge went back in all; what went back, and under
    which key, stands in the refund's own events. Raises `UnreadableNotice`.
    """
    event = _object(body)
    event_id, kind = _text(event, "id"), _text(event, "type")
    livemode = _flag(event, "livemode")
    for prefix, read in _STRIPE_EVENTS.items():
        if kind.startswith(prefix):
            return read(event_id, kind, livemode, _child(_child(event, "data"), "object"))
    return GatewayNotice(event_id, NoticeKind.OTHER, None, None, "", livemode)


def _checkout_event(
    event_id: str, kind: str, livemode: bool, subject: Mapping[str, object]
) -> GatewayNotice:
    """A completed checkout counts as paid only when it says so.

    Alipay and WeChat Pay may complete first and be paid later.
    """
    session = checkout_session(subject)
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
        intent_id=session.intent_id,
    )


def _refund_event(
    event_id: str, kind: str, livemode: bool, subject: Mapping[str, object]
) -> GatewayNotice:
    refund = stripe_refund(subject)
    metadata = subject.get("metadata")
    return GatewayNotice(
        event_id=event_id,
        kind=_REFUND_KINDS[refund.state],
        remote_id=None,
        amount=refund.amount,
        currency=_currency(subject),
        livemode=livemode,
        key=_text_or_none(metadata, "key") if isinstance(metadata, dict) else None,
        subject_id=refund.remote_id,
        intent_id=_id_of(subject, "payment_intent"),
    )


def _dispute_event(
    event_id: str, kind: str, livemode: bool, subject: Mapping[str, object]
) -> GatewayNotice:
    amount = _fen(subject, "amount")
    moved = subject.get("balance_transactions") or []
    if not isinstance(moved, list) or amount is None:
        raise _unreadable()
    if not all(isinstance(each, dict) for each in moved):
        raise _unreadable()
    fees = [_fee_in_cny(cast(Mapping[str, object], each), amount.fen) for each in moved]
    return GatewayNotice(
        event_id=event_id,
        kind=_DISPUTE_KINDS.get(_text(subject, "status"), NoticeKind.DISPUTE_OPENED),
        remote_id=None,
        amount=amount,
        currency=_currency(subject),
        livemode=livemode,
        # What was taken at the start may have come back with the money.
        fee=Money(max(sum(fees), 0)),
        subject_id=_text(subject, "id"),
        intent_id=_id_of(subject, "payment_intent"),
    )


_STRIPE_EVENTS: dict[str, Callable[[str, str, bool, Mapping[str, object]], GatewayNotice]] = {
    "checkout.session.": _checkout_event,
    "refund.": _refund_event,
    "charge.refund.": _refund_event,
    "charge.dispute.": _dispute_event,
}


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
        currency=_currency(session),
        livemode=_flag(session, "livemode"),
        key=_text_or_none(session, "client_reference_id"),
        intent_id=_id_of(session, "payment_intent"),
        refunded=_given_back(session),
    )


def stripe_refund(refund: Mapping[str, object]) -> RemoteRefund:
    """Read Stripe's refund. Raises `UnreadableNotice`."""
    amount = _fen(refund, "amount")
    if amount is None:
        raise _unreadable()
    state = _REFUND_STATES.get(_text_or_none(refund, "status") or "", RemoteRefundState.PENDING)
    return RemoteRefund(_text(refund, "id"), state, amount)


def charged_at(session: Mapping[str, object]) -> datetime | None:
    """When a checkout whose charge came with it was paid; None where nobody has.

    Raises `UnreadableNotice`.
    """
    charge = _charge(session)
    if charge is None or charge.get("paid") is not True:
        return None
    seconds = charge.get("created")
    if type(seconds) is not int or not 0 <= seconds < _LATEST:
        raise _unreadable()
    return datetime.fromtimestamp(seconds, UTC)


def stripe_fee(session: Mapping[str, object]) -> Money | None:
    """The fee of a checkout whose charge came with its balance transaction; None without one.

    Raises `UnreadableNotice`.
    """
    charge = _charge(session)
    moved = charge.get("balance_transaction") if charge is not None else None
    if charge is None or not isinstance(moved, dict):
        return None
    amount = _fen(charge, "amount")
    return Money(_fee_in_cny(moved, amount.fen)) if amount is not None else None


def _charge(session: Mapping[str, object]) -> Mapping[str, object] | None:
    """The charge that came inside the checkout's intent."""
    intent = session.get("payment_intent")
    charge = intent.get("latest_charge") if isinstance(intent, dict) else None
    return cast(Mapping[str, object], charge) if isinstance(charge, dict) else None


def _given_back(session: Mapping[str, object]) -> Money:
    charge = _charge(session)
    return (_fen(charge, "amount_refunded") if charge is not None else None) or ZERO


def _fee_in_cny(moved: Mapping[str, object], charged: int) -> int:
    """The fee of a movement of the balance, in fen; may be negative where it came back.

    The balance may be kept in another currency: then the fee is counted back by the two amounts of
    the movement itself, rounded half up, so that no rate is needed.
    """
    fee, gross = moved.get("fee"), moved.get("amount")
    if type(fee) is not int or type(gross) is not int:
        raise _unreadable()
    if max(abs(fee), abs(gross)) > MAXIMUM_FEN:
        raise _unreadable()
    if _currency(moved) == "CNY" or not fee:
        return fee
    if not gross:
        raise _unreadable()
    size = (abs(fee) * charged * 2 + abs(gross)) // (2 * abs(gross))
    return size if fee > 0 else -size


def _currency(parent: Mapping[str, object]) -> str:
    return (_text_or_none(parent, "currency") or "").upper()[:3]


def _id_of(parent: Mapping[str, object], name: str) -> str | None:
    """The id of a thing that is named, or that came whole."""
    found = parent.get(name)
    if isinstance(found, dict):
        return _text(cast(Mapping[str, object], found), "id")
    return _text_or_none(parent, name)


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
        subject_id=_text_or_none(event, "subject_id"),
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
