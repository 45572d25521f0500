"""Money, goods and hours of a campaign: each figure is the sum of its rows."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from charity import clock as house_clock
from charity.donations import services
from charity.donations.fitness import ItemDraft
from charity.donations.models import (
    STANDING_PLEDGES,
    Donation,
    DonationState,
    InKindKind,
    Pledge,
    PledgeKind,
)
from charity.donations.queries.completion import Completion, Measure, Progress, completion
from charity.donations.services import Promiser, Side
from charity.errors import NotFound
from charity.money import Money
from tests.charity.donations.giving import GUEST, Giving
from tests.charity.donations.promises import (
    deliverable_of,
    meet,
    offer,
    owner_of,
    pay,
    promise,
    rice,
    send_back,
)

YUAN = Money.yuan
ANA, BO = Promiser(key="a" * 64), Promiser(key="b" * 64)


def view(giving: Giving) -> Completion:
    giving.session.flush()
    return completion(giving.session, giving.campaign.id)


def arrive(giving: Giving, amount: Money, **said: Any) -> Donation:
    gift = giving.begin(amount, **said)
    giving.apply(giving.gateway.pay(giving.check_out(gift.payments[0])))
    return gift


def test_a_campaign_without_anything_has_its_target(giving: Giving) -> None:
    empty = view(giving)
    assert empty.money == Progress(Measure.MONEY, 0, 0, target=6_000_000)
    assert (empty.goods, empty.units, empty.givers, empty.released) == ((), (), 0, 0)
    assert not empty.has_more_than_money
    with pytest.raises(NotFound):
        completion(giving.session, 0)


def test_promised_is_what_is_still_to_come(giving: Giving) -> None:
    pledge = promise(giving)
    pay(giving, pledge, YUAN(200))
    arrive(giving, YUAN(50))
    giving.begin(YUAN(999))
    money = view(giving).money
    assert (money.promised, money.arrived) == (40_000, 25_000)
    pay(giving, pledge, YUAN(500))
    assert (view(giving).money.promised, view(giving).money.arrived) == (0, 75_000)


def test_what_goes_back_is_no_longer_there_and_promised_again(giving: Giving) -> None:
    pledge = promise(giving)
    gift = pay(giving, pledge, YUAN(600))
    send_back(giving.session, gift, YUAN(100))
    money = view(giving).money
    assert (money.promised, money.arrived) == (10_000, 50_000)


def test_promises_taken_back_or_released_promise_nothing(giving: Giving) -> None:
    services.withdraw_pledge(giving.session, GUEST, pledge_id=promise(giving).id)
    services.release_pledge(
        giving.session,
        owner_of(giving),
        pledge_id=promise(giving).id,
        reported_on=house_clock.today(),
        reported_to="区民政局",
        public_note="困难",
    )
    found = view(giving)
    assert (found.money.promised, found.released, found.givers) == (0, 1, 0)


def test_goods_are_counted_by_name_and_unit(giving: Giving) -> None:
    staff = owner_of(giving)
    pledge = promise(giving, kind=PledgeKind.GOODS, quantity=20)
    cement = replace(rice(5), name="水泥", category=rice().category)
    for gift in (
        offer(giving, rice(8), pledge_id=pledge.id),
        offer(giving, rice(6), cement),
    ):
        services.accept_offer(giving.session, staff, gift_id=gift.id)
    offer(giving, rice(1000))
    assert view(giving).goods == (
        Progress(Measure.GOODS, 26, 0, name="大米", unit="袋"),
        Progress(Measure.GOODS, 5, 0, name="水泥", unit="袋"),
    ), "an offer nobody accepted promises nothing; one for a promise is in the promise"
    meet(giving, staff, giving.session.get_one(type(gift), gift.id), 6, 4)
    assert view(giving).goods == (
        Progress(Measure.GOODS, 20, 6, name="大米", unit="袋"),
        Progress(Measure.GOODS, 0, 4, name="水泥", unit="袋"),
    )


def test_hours_are_what_both_sides_confirmed_and_services_given(giving: Giving) -> None:
    staff = owner_of(giving)
    pledge = promise(giving, kind=PledgeKind.HOURS, quantity=600)
    row = services.report_hours(
        giving.session,
        GUEST,
        pledge_id=pledge.id,
        client_id=str(uuid.uuid4()),
        worked_on=house_clock.today(),
        minutes=240,
        by=Side.GIVER,
    )
    assert (view(giving).hours.promised, view(giving).hours.arrived) == (600, 0)
    services.confirm_hours(giving.session, staff, hours_id=row.id, by=Side.STAFF)
    service = offer(giving, ItemDraft("理发", 90), kind=InKindKind.SERVICE)
    services.accept_offer(giving.session, staff, gift_id=service.id)
    assert (view(giving).hours.promised, view(giving).hours.arrived) == (450, 240)
    meet(giving, staff, service, 100)
    assert (view(giving).hours.promised, view(giving).hours.arrived) == (360, 340)
    for_it = offer(giving, ItemDraft("理发", 60), kind=InKindKind.SERVICE, pledge_id=pledge.id)
    services.accept_offer(giving.session, staff, gift_id=for_it.id)
    meet(giving, staff, for_it)
    assert (view(giving).hours.promised, view(giving).hours.arrived) == (300, 400)


def test_units_of_a_deliverable(giving: Giving) -> None:
    made = deliverable_of(giving, YUAN(300))
    pledge = promise(giving, deliverable_id=made, unit_cost=YUAN(300), quantity=3)
    promise(giving, deliverable_id=made, unit_cost=YUAN(300), quantity=2)
    pay(giving, pledge, YUAN(700))
    (units,) = view(giving).units
    assert (units.deliverable_id, units.promised, units.kept) == (made, 5, 2)
    pay(giving, pledge, YUAN(1000))
    assert view(giving).units[0].kept == 3


def test_a_giver_counts_once_however_they_give(giving: Giving) -> None:
    arrive(giving, YUAN(10), giver_key=ANA.key)
    arrive(giving, YUAN(10), giver_key=ANA.key)
    promise(giving, giver=ANA)
    promise(giving, giver=BO)
    staff, gift = owner_of(giving), offer(giving, giver=Promiser(contact="x@example.org"))
    services.accept_offer(giving.session, staff, gift_id=gift.id)
    assert view(giving).givers == 3
    arrive(giving, YUAN(10))
    arrive(giving, YUAN(10))
    assert view(giving).givers == 5, "who leaves nothing counts once per gift"
    nameless = promise(giving, giver=Promiser())
    pay(giving, nameless, YUAN(100))
    assert view(giving).givers == 6, "a promise and the gift that keeps it are one giver"


@given(
    sums=st.lists(
        st.tuples(st.integers(1, 900), st.integers(0, 900), st.integers(0, 900)), max_size=5
    )
)
def test_money_ties_to_its_rows_to_the_fen(
    giving: Giving, sums: list[tuple[int, int, int]]
) -> None:
    for promised, paid, back in sums:
        pledge = promise(giving, amount=Money(promised * 100 + 7))
        if paid:
            gift = pay(giving, pledge, Money(paid * 100 + 3))
            if 0 < back <= paid:
                send_back(giving.session, gift, Money(back * 100))
    found = view(giving).money
    gifts = giving.session.scalars(
        select(Donation).where(Donation.state == DonationState.SETTLED)
    ).all()
    pledges = giving.session.scalars(select(Pledge).where(Pledge.state.in_(STANDING_PLEDGES))).all()
    assert found.arrived == sum(gift.kept.fen for gift in gifts)
    assert found.promised == sum(pledge.rest for pledge in pledges)
