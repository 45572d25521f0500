"""Stripe's own published objects, put into events, are read, and nothing of them is a crash."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from charity.donations import notices
from charity.donations.gateway import NoticeKind, RemoteRefundState


@pytest.fixture(scope="module")
def objects(realdata: Path) -> dict[str, dict[str, object]]:
    """An example of each kind of object."""
    text = (realdata / "stripe" / "fixtures_subset.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, object]] = json.loads(text)
    return found


def body(kind: str, subject: object) -> bytes:
    """An event about the object."""
    return json.dumps(
        {"id": "evt_1", "type": kind, "livemode": False, "data": {"object": subject}}
    ).encode()


def test_its_refund_is_read(objects: dict[str, dict[str, object]]) -> None:
    notice = notices.stripe_event(body("refund.updated", objects["refund"]))
    assert (notice.kind, notice.subject_id) == (NoticeKind.REFUNDED, objects["refund"]["id"])
    assert notices.stripe_refund(objects["refund"]).state is RemoteRefundState.SUCCEEDED


def test_its_dispute_is_read(objects: dict[str, dict[str, object]]) -> None:
    notice = notices.stripe_event(body("charge.dispute.created", objects["dispute"]))
    assert (notice.kind, notice.subject_id) == (
        NoticeKind.DISPUTE_OPENED,
        objects["dispute"]["id"],
    )


def test_its_checkout_is_read(objects: dict[str, dict[str, object]]) -> None:
    status = notices.checkout_session(objects["checkout.session"])
    assert status.remote_id == objects["checkout.session"]["id"]


def test_its_fee_is_read_from_its_balance(objects: dict[str, dict[str, object]]) -> None:
    charge = {**objects["charge"], "balance_transaction": objects["balance_transaction"]}
    session = {
        **objects["checkout.session"],
        "payment_intent": {**objects["payment_intent"], "latest_charge": charge},
    }
    fee = notices.stripe_fee(session)
    assert fee is not None
    assert fee.fen == objects["balance_transaction"]["fee"]


def test_everything_else_is_no_result(objects: dict[str, dict[str, object]]) -> None:
    for kind in ("charge", "payment_intent", "payout", "invoice", "transfer"):
        said = notices.stripe_event(body(f"{kind}.updated", objects[kind]))
        assert said.kind is NoticeKind.OTHER
