"""Goods and services: what is fit to be taken, the two codes, what arrived, the book.

CHA-141, CHA-142, CHA-145.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import func, select

from charity import clock as house_clock
from charity.actor import Grant, Role
from charity.donations import fitness, services
from charity.donations.advertising import advertised_in
from charity.donations.fitness import LEAST_DAYS_LEFT, MINUTES, MOST_ITEMS, ItemDraft
from charity.donations.models import (
    IN_KIND_TRANSITIONS,
    GoodsCategory,
    InKindGift,
    InKindItem,
    InKindKind,
    InKindState,
    PledgeKind,
    PledgeState,
)
from charity.donations.queries import in_kind as queries
from charity.donations.reasons import InKindReason, PledgesReason
from charity.donations.services import CodeAnswer, Promiser
from charity.donations.services.handover import TRIES, value_of_arrived
from charity.errors import Conflict, Denied, Invalid, InvalidState, NotFound
from charity.ledger import checks
from charity.ledger.models import Entry, EntryKind, GoodsLot, InflowGiver, ValuationBasis
from charity.ledger.queries import fund_position
from charity.letters import Letter
from charity.money import Money
from tests.charity.donations.giving import GUEST, Giving
from tests.charity.donations.promises import meet, offer, owner_of, promise, rice
from tests.conftest import SetClock
from tests.factories import make_actor

YUAN = Money.yuan
S = InKindState

STEPS = {
    *((S.OFFERED, to) for to in (S.ACCEPTED, S.DECLINED, S.WITHDRAWN)),
    *((S.ACCEPTED, to) for to in (S.HALF_CONFIRMED, S.DECLINED, S.WITHDRAWN)),
    (S.HALF_CONFIRMED, S.RECEIVED),
    (S.HALF_CONFIRMED, S.ACCEPTED),
}


@pytest.mark.parametrize(("old", "new"), list(product(InKindState, repeat=2)))
def test_an_offer_moves_as_its_table_says(old: InKindState, new: InKindState) -> None:
    gift = InKindGift(state=old)
    if (old, new) in STEPS:
        gift.move_to(new)
        assert gift.state is new
    else:
        with pytest.raises(InvalidState):
            gift.move_to(new)
        assert gift.state is old
    assert set(IN_KIND_TRANSITIONS) == set(InKindState)


# ── what is fit ──────────────────────────────────────────────────────────────────────────────────

DAY = date(2026, 3, 16)


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        (-1, InKindReason.EXPIRED),
        (0, InKindReason.EXPIRES_SOON),
        (LEAST_DAYS_LEFT - 1, InKindReason.EXPIRES_SOON),
        (LEAST_DAYS_LEFT, None),
        (400, None),
    ],
)
def test_goods_expire_to_the_day(days: int, reason: InKindReason | None) -> None:
    assert fitness.unfit_on(DAY, DAY + timedelta(days=days)) is reason


@pytest.mark.parametrize("category", list(GoodsCategory))
def test_food_and_medicine_need_a_date(category: GoodsCategory) -> None:
    perishes = category in (GoodsCategory.FOOD, GoodsCategory.MEDICINE)
    refusal = fitness.unfit(2, category, None, DAY)
    assert (refusal is not None) is perishes
    if refusal is not None:
        assert (refusal.reason, refusal.field) == (InKindReason.NO_DATE, "items-2-expires_on")


def test_whatever_carries_a_date_must_not_be_past_it() -> None:
    assert fitness.unfit(0, GoodsCategory.EQUIPMENT, DAY - timedelta(days=1), DAY) is not None


def test_every_problem_is_named_beside_its_item() -> None:
    soap = ItemDraft("肥皂", 5, "块", GoodsCategory.OTHER, None, None, YUAN(10))
    milk = ItemDraft("", 0, "", GoodsCategory.FOOD, None, DAY)
    cloth = ItemDraft("棉衣", 3, "件", basis=ValuationBasis.VOUCHER)
    fields = [
        problem.field for problem in fitness.problems(InKindKind.GOODS, [soap, milk, cloth], DAY)
    ]
    assert fields == [
        "items-0-condition",
        "items-0-basis",
        "items-1-name",
        "items-1-unit",
        "items-1-quantity",
        "items-1-condition",
        "items-1-expires_on",
        "items-2-condition",
        "items-2-value",
        "items-2-evidence",
    ]


def test_an_offer_has_something_and_not_too_much() -> None:
    (nothing,) = fitness.problems(InKindKind.GOODS, [], DAY)
    assert nothing.reason is InKindReason.NOTHING_OFFERED
    (many,) = fitness.problems(InKindKind.GOODS, [rice()] * (MOST_ITEMS + 1), DAY)
    assert many.reason is InKindReason.TOO_MANY_ITEMS


def test_a_value_that_cannot_be_told_is_one_yuan() -> None:
    assert replace(rice(), basis=ValuationBasis.NOMINAL).worth == YUAN(1)
    assert replace(rice(), basis=ValuationBasis.NOMINAL, value=YUAN(9)).worth == YUAN(1)
    assert rice().worth is None


# ── offered ──────────────────────────────────────────────────────────────────────────────────────


def test_the_same_form_is_one_offer_and_another_under_its_id_is_refused(giving: Giving) -> None:
    same: dict[str, Any] = {"client_id": str(uuid.uuid4())}
    first = offer(giving, **same)
    assert offer(giving, **same) is first
    for changed in ([rice(11)], [rice(), rice()]):
        with pytest.raises(Conflict):
            offer(giving, *changed, **same)
    with pytest.raises(Conflict):
        offer(giving, message="改了", **same)
    assert giving.session.scalar(select(func.count(InKindGift.id))) == 1
    assert giving.session.scalar(select(func.count(InKindItem.id))) == 1
    assert giving.session.scalars(select(Letter.kind)).all() == ["in_kind.offered"]


@pytest.mark.parametrize(
    ("items", "changed", "field"),
    [
        ([], {"giver": Promiser(name="无名")}, "contact"),
        ([], {"handover_on": date(2026, 3, 15)}, "handover_on"),
        ([rice(expires_in=None)], {}, "items-0-expires_on"),
        ([], {"client_id": "once"}, "client_id"),
    ],
)
def test_what_cannot_be_offered_is_refused_beside_its_field(
    giving: Giving, items: list[ItemDraft], changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        offer(giving, *items, **changed)
    assert refused.value.field == field
    assert giving.session.scalar(select(func.count(InKindGift.id))) == 0


@pytest.mark.parametrize(("days", "taken"), [(LEAST_DAYS_LEFT - 1, False), (LEAST_DAYS_LEFT, True)])
def test_food_just_inside_and_just_outside(giving: Giving, days: int, taken: bool) -> None:
    good = rice(expires_in=100)
    if taken:
        assert offer(giving, good, rice(expires_in=days)).state is S.OFFERED
    else:
        with pytest.raises(Invalid) as refused:
            offer(giving, good, rice(expires_in=days))
        assert refused.value.field == "items-1-expires_on"
        assert refused.value.params["number"] == 2


def test_a_promise_of_another_kind_is_not_kept_by_it(giving: Giving) -> None:
    with pytest.raises(Invalid) as refused:
        offer(giving, pledge_id=promise(giving).id)
    assert refused.value.reason is PledgesReason.ANOTHER_CAMPAIGN


# ── answered ─────────────────────────────────────────────────────────────────────────────────────


def test_an_offer_is_accepted_once_and_its_giver_hears_of_it(giving: Giving) -> None:
    staff, gift = owner_of(giving), offer(giving)
    for _ in range(2):
        services.accept_offer(giving.session, staff, gift_id=gift.id)
    assert (gift.state, gift.accepted_by_user_id) == (S.ACCEPTED, staff.user_id)
    kinds = giving.session.scalars(select(Letter.kind).order_by(Letter.id)).all()
    assert kinds == ["in_kind.offered", "in_kind.accepted"]


@pytest.mark.parametrize("when", ["waited", "to come"])
def test_what_expired_meanwhile_is_not_accepted(giving: Giving, clock: SetClock, when: str) -> None:
    staff = owner_of(giving)
    late = house_clock.today() + timedelta(days=4) if when == "to come" else None
    gift = offer(giving, rice(expires_in=LEAST_DAYS_LEFT + 3), handover_on=late)
    if when == "waited":
        clock.advance(days=4)
    with pytest.raises(Invalid) as refused:
        services.accept_offer(giving.session, staff, gift_id=gift.id)
    assert refused.value.field == "items-0-expires_on"
    assert gift.state is S.OFFERED


def test_an_offer_is_declined_with_a_reason(giving: Giving) -> None:
    staff, gift = owner_of(giving), offer(giving)
    with pytest.raises(Invalid):
        services.decline_offer(giving.session, staff, gift_id=gift.id, reason=" ")
    services.decline_offer(giving.session, staff, gift_id=gift.id, reason="仓库放不下")
    assert (gift.state, gift.closing_note) == (S.DECLINED, "仓库放不下")
    with pytest.raises(InvalidState):
        services.accept_offer(giving.session, staff, gift_id=gift.id)


def test_a_giver_takes_an_offer_back_until_it_is_handed_over(giving: Giving) -> None:
    staff, gift = owner_of(giving), offer(giving)
    for _ in range(2):
        services.withdraw_offer(giving.session, GUEST, gift_id=gift.id)
    assert gift.state is S.WITHDRAWN
    gone = offer(giving)
    services.accept_offer(giving.session, staff, gift_id=gone.id)
    meet(giving, staff, gone)
    with pytest.raises(InvalidState):
        services.withdraw_offer(giving.session, GUEST, gift_id=gone.id)
    with pytest.raises(InvalidState):
        services.attach_photo(giving.session, GUEST, item_id=gone.items[0].id, digest=bytes(32))


@pytest.mark.parametrize("role", [Role.APPROVER, Role.REVIEWER, Role.AUDITOR, None])
def test_strangers_do_not_know_of_an_offer(giving: Giving, role: Role | None) -> None:
    gift = offer(giving)
    charity = giving.campaign.charity_id
    actor = make_actor(giving.session, *([Grant(role, organisation_id=charity)] if role else []))
    with pytest.raises(NotFound):
        services.accept_offer(giving.session, actor, gift_id=gift.id)
    with pytest.raises(NotFound):
        services.confirm_as_receiver(
            giving.session, actor, gift_id=gift.id, code=gift.giver_code, arrived={}
        )


# ── handed over ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def accepted(giving: Giving) -> InKindGift:
    """An offer of ten bags of rice worth 500 yuan, wanted."""
    gift = offer(
        giving,
        rice(value=YUAN(500), basis=ValuationBasis.VOUCHER, evidence="发票 0001"),
        rice(4, name="面条", unit="箱"),
    )
    staff = make_actor(
        giving.session, Grant(Role.EDITOR, organisation_id=giving.campaign.charity_id)
    )
    services.accept_offer(giving.session, staff, gift_id=gift.id)
    return gift


def counts(gift: InKindGift, *many: int) -> dict[int, int]:
    return {item.id: n for item, n in zip(gift.items, many, strict=True)}


@pytest.mark.parametrize("giver_first", [True, False])
def test_both_sides_enter_the_others_code(
    giving: Giving, accepted: InKindGift, giver_first: bool
) -> None:
    staff, gift, session = owner_of(giving), accepted, giving.session

    def giver() -> CodeAnswer:
        return services.confirm_as_giver(
            session, GUEST, gift_id=gift.id, code=f" {gift.receiver_code} "
        )

    def receiver() -> CodeAnswer:
        return services.confirm_as_receiver(
            session, staff, gift_id=gift.id, code=gift.giver_code, arrived=counts(gift, 8, 4)
        )

    first, second = (giver, receiver) if giver_first else (receiver, giver)
    assert gift.giver_code != gift.receiver_code
    for _ in range(2):
        assert first() is CodeAnswer.CONFIRMED
        assert gift.state is S.HALF_CONFIRMED
    assert giving.entries() == 0, "one word is not enough"
    for _ in range(2):
        assert second() is CodeAnswer.CONFIRMED
    assert (gift.state, gift.received_by_user_id) == (S.RECEIVED, staff.user_id)
    assert [item.arrived for item in gift.items] == [8, 4]
    assert giving.entries() == 1, "what has no value stands off the book"


def test_what_arrived_is_booked_at_its_share_of_the_value(
    giving: Giving, accepted: InKindGift
) -> None:
    meet(giving, owner_of(giving), accepted, 8, 4)
    worth, bare = accepted.items
    assert (worth.entry_id is not None, bare.entry_id) == (True, None)
    entry = giving.session.get_one(Entry, worth.entry_id)
    assert (entry.kind, entry.source) == (EntryKind.GOODS_GIVEN, f"in_kind_item:{worth.id}")
    lot = giving.session.scalars(select(GoodsLot)).one()
    assert (lot.name, lot.quantity, lot.unit) == ("大米", 8, "袋")
    assert (lot.evidence, lot.expires_on) == ("发票 0001", worth.expires_on)
    position = fund_position(giving.session, giving.campaign.fund_id)
    assert position.raised == YUAN(400)
    assert giving.session.scalars(select(InflowGiver.giver_key)).one() == f"in_kind:{accepted.id}"
    assert checks.verify(giving.session) == []


@pytest.mark.parametrize(
    ("value", "basis", "arrived", "worth"),
    [
        (YUAN(500), ValuationBasis.MARKET, 10, YUAN(500)),
        (YUAN(500), ValuationBasis.MARKET, 3, YUAN(150)),
        (YUAN(500), ValuationBasis.MARKET, 12, YUAN(600)),
        (Money(999), ValuationBasis.MARKET, 7, Money(699)),
        (Money(1), ValuationBasis.MARKET, 1, Money(1)),
        (YUAN(1), ValuationBasis.NOMINAL, 3, YUAN(1)),
        (None, None, 10, None),
        (YUAN(500), ValuationBasis.MARKET, 0, None),
    ],
)
def test_the_value_of_what_arrived(
    value: Money | None, basis: ValuationBasis | None, arrived: int, worth: Money | None
) -> None:
    item = InKindItem(quantity=10, value=value, valuation_basis=basis, arrived=arrived)
    assert value_of_arrived(item) == worth


def test_what_spoiled_on_the_way_counts_for_nothing(giving: Giving, clock: SetClock) -> None:
    staff = owner_of(giving)
    gift = offer(giving, rice(expires_in=LEAST_DAYS_LEFT), rice(name="面条"))
    services.accept_offer(giving.session, staff, gift_id=gift.id)
    clock.advance(days=1)

    def arrive(*many: int) -> CodeAnswer:
        return services.confirm_as_receiver(
            giving.session,
            staff,
            gift_id=gift.id,
            code=gift.giver_code,
            arrived=counts(gift, *many),
        )

    with pytest.raises(Invalid) as refused:
        arrive(10, 10)
    assert (refused.value.reason, refused.value.field) == (
        InKindReason.UNFIT,
        "items-0-arrived",
    )
    with pytest.raises(Invalid) as refused:
        arrive(0, 0)
    assert refused.value.reason is InKindReason.NOTHING_ARRIVED
    with pytest.raises(Invalid):
        arrive(0, -1)
    assert arrive(0, 10) is CodeAnswer.CONFIRMED


@pytest.mark.parametrize("side", ["giver", "receiver"])
def test_five_wrong_codes_lock_for_an_hour(
    giving: Giving, clock: SetClock, accepted: InKindGift, side: str
) -> None:
    staff, gift = owner_of(giving), accepted

    def enter(code: str) -> CodeAnswer:
        if side == "giver":
            return services.confirm_as_giver(giving.session, GUEST, gift_id=gift.id, code=code)
        return services.confirm_as_receiver(
            giving.session, staff, gift_id=gift.id, code=code, arrived=counts(gift, 1, 1)
        )

    right = gift.receiver_code if side == "giver" else gift.giver_code
    own = gift.giver_code if side == "giver" else gift.receiver_code
    for wrong in (own, "", "abc", "１２３４５６"):
        assert enter(wrong) is CodeAnswer.WRONG
    assert enter("0") is CodeAnswer.LOCKED
    assert gift.wrong_codes == 0, f"{TRIES} tries, then a new count"
    assert enter(right) is CodeAnswer.LOCKED
    clock.advance(minutes=59)
    assert enter(right) is CodeAnswer.LOCKED
    clock.advance(minutes=1)
    assert enter(right) is CodeAnswer.CONFIRMED
    assert gift.state is S.HALF_CONFIRMED


def test_a_right_code_forgets_the_wrong_ones(giving: Giving, accepted: InKindGift) -> None:
    for _ in range(TRIES - 1):
        services.confirm_as_giver(giving.session, GUEST, gift_id=accepted.id, code="no")
    services.confirm_as_giver(
        giving.session, GUEST, gift_id=accepted.id, code=accepted.receiver_code
    )
    assert accepted.wrong_codes == 0


def test_nobody_stands_on_both_sides(giving: Giving) -> None:
    staff = owner_of(giving)
    gift = offer(giving, actor=staff)
    services.accept_offer(giving.session, staff, gift_id=gift.id)
    with pytest.raises(Denied):
        services.confirm_as_receiver(
            giving.session,
            staff,
            gift_id=gift.id,
            code=gift.giver_code,
            arrived=counts(gift, 10),
        )


def test_a_half_confirmed_handover_is_begun_anew_with_new_codes(
    giving: Giving, accepted: InKindGift
) -> None:
    staff, gift = owner_of(giving), accepted
    with pytest.raises(InvalidState):
        services.restart_handover(giving.session, staff, gift_id=gift.id)
    old = (gift.giver_code, gift.receiver_code)
    services.confirm_as_receiver(
        giving.session, staff, gift_id=gift.id, code=old[0], arrived=counts(gift, 8, 4)
    )
    services.restart_handover(giving.session, staff, gift_id=gift.id)
    assert (gift.state, gift.receiver_confirmed_at) == (S.ACCEPTED, None)
    assert [item.arrived for item in gift.items] == [None, None]
    assert (gift.giver_code, gift.receiver_code) != old


@pytest.mark.parametrize("state", ["offered", "declined", "withdrawn"])
def test_no_handover_of_what_was_not_accepted(giving: Giving, state: str) -> None:
    staff, gift = owner_of(giving), offer(giving)
    if state == "declined":
        services.decline_offer(giving.session, staff, gift_id=gift.id, reason="不需要")
    elif state == "withdrawn":
        services.withdraw_offer(giving.session, GUEST, gift_id=gift.id)
    with pytest.raises(InvalidState):
        services.confirm_as_giver(giving.session, GUEST, gift_id=gift.id, code=gift.receiver_code)


def test_services_are_minutes_and_never_in_the_book(giving: Giving) -> None:
    staff = owner_of(giving)
    haircut = ItemDraft("上门理发", 240, unit="次", value=YUAN(800))
    gift = offer(giving, haircut, kind=InKindKind.SERVICE)
    (item,) = gift.items
    assert (item.unit, item.value, item.condition) == (MINUTES, None, None)
    services.accept_offer(giving.session, staff, gift_id=gift.id)
    meet(giving, staff, gift, 180)
    assert (gift.state, item.arrived, giving.entries()) == (S.RECEIVED, 180, 0)


def test_goods_keep_the_promise_they_were_offered_for(giving: Giving) -> None:
    staff = owner_of(giving)
    pledge = promise(giving, kind=PledgeKind.GOODS, quantity=20)
    gift = offer(giving, rice(10), rice(3, name="面条", unit="箱"), pledge_id=pledge.id)
    services.accept_offer(giving.session, staff, gift_id=gift.id)
    meet(giving, staff, gift, 8, 3)
    assert (pledge.kept, pledge.state) == (8, PledgeState.PARTLY_KEPT)
    hours = promise(giving, kind=PledgeKind.HOURS, quantity=60)
    help_ = offer(giving, ItemDraft("修电路", 90), kind=InKindKind.SERVICE, pledge_id=hours.id)
    services.accept_offer(giving.session, staff, gift_id=help_.id)
    meet(giving, staff, help_)
    assert (hours.kept, hours.state) == (90, PledgeState.KEPT)


# ── paper and words ──────────────────────────────────────────────────────────────────────────────


def test_an_agreement_names_what_is_missing(giving: Giving) -> None:
    gift = offer(giving, giver=Promiser(contact="wang@example.org"))
    assert queries.agreement(giving.session, gift).gaps() == ("giver", "place", "delivery")
    services.amend_offer(
        giving.session,
        GUEST,
        gift_id=gift.id,
        giver_name="王五粮油店",
        handover="村委会院子",
        handover_on=house_clock.today() + timedelta(days=3),
    )
    paper = queries.agreement(giving.session, gift)
    assert paper.gaps() == ()
    assert (paper.giver, paper.receiver, paper.purpose) == ("王五粮油店", "乙慈善会", "适老化改造")
    services.withdraw_offer(giving.session, GUEST, gift_id=gift.id)
    with pytest.raises(InvalidState):
        services.amend_offer(
            giving.session, GUEST, gift_id=gift.id, giver_name="", handover="", handover_on=None
        )


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (("感谢某某香烟冠名",), ("香烟",)),
        (("感谢某某 香 烟",), ("香烟",)),
        (("Big TOBACCO day",), ("tobacco",)),
        (("黄冈烟火大会", "烟台苹果"), ()),
        ((), ()),
    ],
)
def test_words_that_advertise_tobacco_are_found(
    said: tuple[str, ...], found: tuple[str, ...]
) -> None:
    assert advertised_in(*said) == found


def test_offers_are_listed_for_their_organisations(giving: Giving) -> None:
    staff, first, second = owner_of(giving), offer(giving), offer(giving)
    services.decline_offer(giving.session, staff, gift_id=second.id, reason="够了")
    ours = [giving.campaign.charity_id]
    assert [row.gift for row in queries.offers(giving.session, ours)] == [first]
    assert [row.gift for row in queries.offers(giving.session, None, waiting=False)] == [second]
    assert queries.offers(giving.session, [0]) == []
    assert queries.offer_by_token(giving.session, first.token) is first
    for token in ("", "\0", "错"):
        with pytest.raises(NotFound):
            queries.offer_by_token(giving.session, token)
