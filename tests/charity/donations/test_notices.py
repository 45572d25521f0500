"""What a gateway's message says, and which messages cannot be understood."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity.donations import notices
from charity.donations.gateway import GatewayNotice, NoticeKind, UnreadableNotice
from charity.money import Money

BODIES = Path(__file__).parents[2] / "fixtures" / "webhooks"
Reader = Callable[[bytes], GatewayNotice]


def body(name: str) -> bytes:
    return (BODIES / f"{name}.json").read_bytes()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("stripe_completed_paid", NoticeKind.SUCCEEDED),
        ("stripe_completed_unpaid", NoticeKind.OTHER),
        ("stripe_async_payment_succeeded", NoticeKind.SUCCEEDED),
        ("stripe_async_payment_failed", NoticeKind.FAILED),
        ("stripe_expired", NoticeKind.EXPIRED),
        ("stripe_charge_succeeded", NoticeKind.OTHER),
    ],
)
def test_each_of_stripes_events_is_what_it_means(name: str, kind: NoticeKind) -> None:
    assert notices.stripe_event(body(name)).kind is kind


def test_a_paid_checkout_says_everything_we_compare() -> None:
    notice = notices.stripe_event(body("stripe_completed_paid"))
    assert notice == GatewayNotice(
        event_id="evt_1Rk0Example001",
        kind=NoticeKind.SUCCEEDED,
        remote_id="cs_test_a1Qm7c2kVnE5",
        amount=Money.yuan(200),
        currency="CNY",
        livemode=False,
        key="payment:42",
        intent_id="pi_3Rk0Example",
    )


def test_the_sandbox_says_the_same() -> None:
    notice = notices.sandbox_event(body("sandbox_succeeded"))
    assert (notice.kind, notice.amount, notice.currency) == (
        NoticeKind.SUCCEEDED,
        Money.yuan(200),
        "CNY",
    )


def test_two_marks_of_the_mode_that_disagree_count_as_neither() -> None:
    for outside, inside in ((True, False), (False, True)):
        event = json.loads(body("stripe_completed_paid"))
        event["livemode"], event["data"]["object"]["livemode"] = outside, inside
        notice = notices.stripe_event(json.dumps(event).encode())
        assert notice.livemode is outside


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"{",
        b'"text"',
        b"[" * 100_000,
        b'{"id": NaN}',
        pytest.param(b'{"id": 1e999}', id="infinite"),
    ],
)
@pytest.mark.parametrize("read", [notices.stripe_event, notices.sandbox_event])
def test_what_is_no_message_is_unreadable(read: Reader, raw: bytes) -> None:
    with pytest.raises(UnreadableNotice):
        read(raw)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", None),
        ("id", ""),
        ("id", 7),
        ("id", "x" * 256),
        ("id", "nul\0"),
        ("id", "张三"),
        ("amount_total", "20000"),
        ("amount_total", 200.5),
        ("amount_total", True),
        ("amount_total", -1),
        ("amount_total", 10**12 + 1),
        ("currency", 156),
        ("livemode", None),
        ("livemode", "false"),
        ("client_reference_id", {}),
        ("status", []),
    ],
)
def test_nothing_is_guessed(field: str, value: object) -> None:
    event = json.loads(body("stripe_completed_paid"))
    event["data"]["object"][field] = value
    with pytest.raises(UnreadableNotice):
        notices.stripe_event(json.dumps(event).encode())


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "kind", "livemode", "data", "object", "amount"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(_JSON)
def test_any_json_is_read_or_refused(value: object) -> None:
    raw = json.dumps(value).encode()
    for read in (notices.stripe_event, notices.sandbox_event):
        try:
            read(raw)
        except UnreadableNotice:
            continue
