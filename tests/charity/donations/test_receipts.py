"""Receipts (票据): who may have one, in whose name, under which number, and by when.

CHA-147, CHA-148, CHA-149.
"""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest

from charity import clock as house_clock
from charity.actor import Actor, Grant, Role
from charity.donations import services
from charity.donations.models import (
    RECEIPT_TRANSITIONS,
    Donation,
    GiverKind,
    Receipt,
    ReceiptState,
)
from charity.donations.queries.receipts import (
    RECEIPT_DAYS,
    issued_in,
    oldest_wanted_receipts,
    receipt_of,
    receipts_due,
)
from charity.donations.reasons import ReceiptsReason
from charity.errors import Conflict, Denied, Invalid, InvalidState
from charity.registry.models import FundraisingMode
from tests.charity.donations.giving import GUEST, Giving
from tests.charity.donations.test_certificates import arrived
from tests.conftest import SetClock
from tests.factories import make_actor, make_organisation

USCC = "51420704MJH000019J"
STATES = list(ReceiptState)


@pytest.fixture
def treasurer(giving: Giving) -> Actor:
    """Keeps the money of the charity."""
    return make_actor(
        giving.session, Grant(Role.TREASURER, organisation_id=giving.campaign.charity_id)
    )


def ask(giving: Giving, gift: Donation, name: str = "张三", code: str = "") -> Receipt:
    return services.ask_receipt(
        giving.session, GUEST, token=gift.trail_token, payer_name=name, payer_uscc=code
    )


def record(
    giving: Giving, actor: Actor, gift: Donation, number: str = "0000012345", **changed: object
) -> Receipt:
    values: dict[str, object] = {
        "batch_code": "42060126",
        "number": number,
        "check_code": "a1b2c3",
        "issued_on": house_clock.today(),
    }
    return services.record_receipt(
        giving.session,
        actor,
        donation_id=gift.id,
        **{**values, **changed},  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("before", "after"), list(itertools.product(STATES, STATES)))
def test_the_matrix_of_states(before: ReceiptState, after: ReceiptState) -> None:
    receipt = Receipt(state=before)
    if after in RECEIPT_TRANSITIONS[before]:
        receipt.move_to(after)
        assert receipt.state is after
    else:
        with pytest.raises(InvalidState):
            receipt.move_to(after)


# ── wanted, waived, nobody ───────────────────────────────────────────────────────────────────────


def test_wanted_before_or_after_the_money_came(giving: Giving) -> None:
    gift = giving.begin()
    assert ask(giving, gift).state is ReceiptState.WANTED
    giving.check_out(gift.payments[0])
    giving.apply(giving.gateway.pay(gift.payments[0].remote_id or ""))
    again = ask(giving, gift, name="  张　三丰 ")
    assert (again.payer_name, again.payer_uscc) == ("张 三丰", "")
    assert receipt_of(giving.session, gift.id) is again


def test_waived_and_wanted_again(giving: Giving) -> None:
    gift = arrived(giving)
    ask(giving, gift)
    receipt = services.waive_receipt(giving.session, GUEST, token=gift.trail_token)
    assert (receipt.state, receipt.payer_name) == (ReceiptState.WAIVED, "")
    services.waive_receipt(giving.session, GUEST, token=gift.trail_token)
    assert ask(giving, gift).state is ReceiptState.WANTED


def test_a_gift_without_a_name_has_nobody_to_name_until_somebody_asks(giving: Giving) -> None:
    gift = arrived(giving, giver_name="", name_is_public=False)
    receipt = receipt_of(giving.session, gift.id)
    assert receipt is not None
    assert receipt.state is ReceiptState.ANONYMOUS
    assert ask(giving, gift).state is ReceiptState.WANTED


def test_a_named_gift_nobody_asked_stays_open(giving: Giving) -> None:
    assert receipt_of(giving.session, arrived(giving).id) is None


@pytest.mark.parametrize(
    ("kind", "code", "reason"),
    [
        (GiverKind.INDIVIDUAL, "", None),
        (GiverKind.INDIVIDUAL, USCC, ReceiptsReason.CREDIT_CODE_OF_A_PERSON),
        (GiverKind.ENTERPRISE, "", ReceiptsReason.CREDIT_CODE_NEEDED),
        (GiverKind.ENTERPRISE, "51420704mjh000019ｊ", None),
        (GiverKind.UNIT, USCC[:-1] + "A", "registry.uscc_check"),
        (GiverKind.UNIT, USCC, None),
    ],
)
def test_an_organisation_names_its_credit_code_and_a_person_none(
    giving: Giving, kind: GiverKind, code: str, reason: str | None
) -> None:
    gift = arrived(giving, giver_kind=kind)
    if reason is None:
        assert ask(giving, gift, code=code).payer_uscc == (USCC if code else "")
        return
    with pytest.raises(Invalid) as told:
        ask(giving, gift, code=code)
    assert (told.value.reason.value, told.value.field) == (str(reason), "payer_uscc")


@pytest.mark.parametrize("name", ["", "  ", "名" * 101])
def test_a_receipt_needs_a_name_that_fits(giving: Giving, name: str) -> None:
    with pytest.raises(Invalid) as told:
        ask(giving, arrived(giving), name=name)
    assert told.value.field == "payer_name"


@pytest.mark.parametrize("mode", list(FundraisingMode))
def test_only_donations_have_receipts(
    giving: Giving, treasurer: Actor, mode: FundraisingMode
) -> None:
    gift = arrived(giving)
    giving.campaign.mode = mode
    giving.session.flush()
    if mode in {FundraisingMode.MUTUAL_AID, FundraisingMode.GRANT}:
        for refused in (lambda: ask(giving, gift), lambda: record(giving, treasurer, gift)):
            with pytest.raises(InvalidState) as told:
                refused()
            assert told.value.reason is ReceiptsReason.NO_DONATION
        assert receipts_due(giving.session, None).total == 0
    else:
        assert ask(giving, gift).state is ReceiptState.WANTED
        assert receipts_due(giving.session, None).total == 1


# ── the clock, and the number ────────────────────────────────────────────────────────────────────


def test_thirty_days_run_for_those_who_want_one_and_for_those_nobody_asked(
    giving: Giving, treasurer: Actor, clock: SetClock
) -> None:
    wanted, unasked, waived, nobody = (
        arrived(giving),
        arrived(giving),
        arrived(giving),
        arrived(giving, giver_name="", name_is_public=False),
    )
    ask(giving, wanted)
    services.waive_receipt(giving.session, GUEST, token=waived.trail_token)
    due = receipts_due(giving.session, [giving.campaign.charity_id])
    assert {row.donation.id for row in due.items} == {wanted.id}
    assert {row.days_left for row in due.items} == {RECEIPT_DAYS}
    asked = receipts_due(giving.session, None, unasked=True)
    assert {row.donation.id for row in asked.items} == {unasked.id}
    assert nobody.id not in {row.donation.id for row in (*due.items, *asked.items)}
    clock.advance(days=31)
    assert {row.days_left for row in receipts_due(giving.session, None).items} == {-1}
    count, last = oldest_wanted_receipts(giving.session, [giving.campaign.charity_id])
    assert (count, last) == (1, house_clock.today() - timedelta(days=1))
    assert receipts_due(giving.session, [0]).total == 0
    record(giving, treasurer, wanted)
    assert oldest_wanted_receipts(giving.session, None) == (0, None)


def test_the_number_is_recorded_once_and_belongs_to_one_gift(
    giving: Giving, treasurer: Actor
) -> None:
    first, second = arrived(giving), arrived(giving)
    ask(giving, first)
    receipt = record(giving, treasurer, first)
    assert receipt.state is ReceiptState.ISSUED
    assert record(giving, treasurer, first) is receipt, "the same again is no change"
    with pytest.raises(InvalidState):
        record(giving, treasurer, first, number="0000099999")
    with pytest.raises(Conflict) as told:
        record(giving, treasurer, second)
    assert told.value.reason is ReceiptsReason.NUMBER_TAKEN
    assert record(giving, treasurer, second, number="0000012346").payer_name == "张三"
    listed = issued_in(giving.session, None, date(2026, 1, 1), date(2026, 12, 31))
    assert [row[0].number for row in listed] == ["0000012345", "0000012346"]
    for refused in (
        lambda: ask(giving, first),
        lambda: services.waive_receipt(giving.session, GUEST, token=first.trail_token),
    ):
        with pytest.raises(InvalidState) as issued:
            refused()
        assert issued.value.reason is ReceiptsReason.ISSUED


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"batch_code": "4206"}, "batch_code"),
        ({"batch_code": "４２０６０１２６"}, "batch_code"),
        ({"number": "12-45678"}, "number"),
        ({"check_code": "校验码"}, "check_code"),
        ({"issued_on": date(2026, 3, 15)}, "issued_on"),
        ({"issued_on": date(2026, 3, 17)}, "issued_on"),
    ],
)
def test_what_no_receipt_can_say_is_refused_beside_its_field(
    giving: Giving, treasurer: Actor, changed: dict[str, object], field: str
) -> None:
    gift = arrived(giving)
    ask(giving, gift)
    with pytest.raises(Invalid) as told:
        record(giving, treasurer, gift, **changed)
    assert told.value.field == field


def test_a_waived_receipt_is_not_issued_and_a_nameless_gift_has_nobody(
    giving: Giving, treasurer: Actor
) -> None:
    gift = arrived(giving)
    services.waive_receipt(giving.session, GUEST, token=gift.trail_token)
    with pytest.raises(InvalidState) as told:
        record(giving, treasurer, gift)
    assert told.value.reason is ReceiptsReason.NOT_WANTED
    contact_only = arrived(giving, giver_name="", name_is_public=False, contact="w@example.org")
    with pytest.raises(InvalidState) as told:
        record(giving, treasurer, contact_only)
    assert told.value.reason is ReceiptsReason.NOBODY_TO_NAME


def test_only_those_who_manage_giving_at_the_charity_record(giving: Giving) -> None:
    gift = arrived(giving)
    ask(giving, gift)
    other = make_organisation(giving.session)
    stranger = make_actor(giving.session, Grant(Role.OWNER, organisation_id=other.id))
    auditor = make_actor(giving.session, Grant(Role.AUDITOR))
    for actor in (GUEST, stranger, auditor):
        with pytest.raises(Denied):
            record(giving, actor, gift)
