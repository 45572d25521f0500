"""Promises: made once, kept by parts, opened again by refunds, taken back, released, reminded."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.actor import Actor, Grant, Role
from charity.donations import queries as donation_queries
from charity.donations import services
from charity.donations.models import (
    PLEDGE_TRANSITIONS,
    Pledge,
    PledgeFulfilment,
    PledgeKind,
    PledgeState,
    RefundState,
)
from charity.donations.queries import pledges as queries
from charity.donations.queries.pledges import AgeBand, band_of
from charity.donations.reasons import DonationsReason, PledgesReason
from charity.donations.services import Promiser, Side
from charity.donations.services.consequences import gift_refunded, gift_settled
from charity.donations.services.pledges import LAPSE_AFTER_DAYS, MOST_PROMISED
from charity.donations.services.reminding import GRACE_DAYS, SCHEDULE, due_step
from charity.errors import Conflict, Denied, DomainError, Invalid, InvalidState, NotFound
from charity.letters import Letter
from charity.money import Money
from charity.registry.models import Campaign
from tests.charity.donations.giving import GUEST, SYSTEM, Giving, open_giving
from tests.charity.donations.promises import MODE, deliverable_of, owner_of, pay, promise, send_back
from tests.conftest import SetClock
from tests.factories import make_actor
from tests.fakes import FakeGateway

YUAN = Money.yuan
P = PledgeState

STEPS = {
    *((P.OPEN, to) for to in (P.PARTLY_KEPT, P.KEPT)),
    *((P.PARTLY_KEPT, to) for to in (P.OPEN, P.KEPT)),
    *product((P.OPEN, P.PARTLY_KEPT), (P.WITHDRAWN, P.HARDSHIP_RELEASED, P.LAPSED)),
    (P.KEPT, P.PARTLY_KEPT),
    (P.KEPT, P.OPEN),
}


@pytest.mark.parametrize(("old", "new"), list(product(PledgeState, repeat=2)))
def test_a_promise_moves_as_its_table_says(old: PledgeState, new: PledgeState) -> None:
    pledge = Pledge(state=old)
    if (old, new) in STEPS:
        pledge.move_to(new)
        assert pledge.state is new
    else:
        with pytest.raises(InvalidState):
            pledge.move_to(new)
        assert pledge.state is old
    assert set(PLEDGE_TRANSITIONS) == set(PledgeState)


# ── made ─────────────────────────────────────────────────────────────────────────────────────────


def letters_of(session: Session) -> list[Letter]:
    return list(session.scalars(select(Letter).order_by(Letter.id)))


def test_a_promise_of_units_is_worth_their_cost(giving: Giving) -> None:
    made = deliverable_of(giving, YUAN(3000))
    pledge = promise(giving, deliverable_id=made, unit_cost=YUAN(3000), quantity=3)
    assert (pledge.amount, pledge.quantity) == (YUAN(9000), 3)


def test_units_without_a_cost_cannot_be_promised(giving: Giving) -> None:
    with pytest.raises(Invalid) as refused:
        promise(giving, amount=None, unit_cost=YUAN(0), quantity=3, deliverable_id=1)
    assert (refused.value.reason, refused.value.field) == (
        PledgesReason.NOT_COUNTABLE,
        "deliverable_id",
    )
    with pytest.raises(Invalid) as refused:
        promise(giving, amount=None, unit_cost=YUAN(3000), quantity=3)
    assert refused.value.field == "deliverable_id"


def test_the_giver_is_written_the_link_of_the_page(giving: Giving) -> None:
    pledge = promise(giving)
    (letter,) = letters_of(giving.session)
    assert (letter.kind, letter.address) == ("pledge.made", "li@example.org")
    assert (letter.data["token"], letter.data["rest"]) == (pledge.token, 60_000)
    promise(giving, giver=Promiser(contact="13800001111"))
    assert len(letters_of(giving.session)) == 1, "a telephone gets no letter"


def test_the_same_form_is_one_promise_and_another_under_its_id_is_refused(giving: Giving) -> None:
    same: dict[str, Any] = {"client_id": str(uuid.uuid4())}
    first = promise(giving, **same)
    assert promise(giving, **same) is first
    with pytest.raises(Conflict) as refused:
        promise(giving, amount=YUAN(601), **same)
    assert refused.value.reason is DonationsReason.SAME_ID_OTHER_GIFT
    assert giving.session.scalar(select(func.count(Pledge.id))) == 1


TOMORROW = date(2026, 3, 17)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount": Money(99)}, "amount"),
        ({"amount": MOST_PROMISED + Money(1)}, "amount"),
        ({"promised_by": date(2026, 3, 15)}, "promised_by"),
        ({"promised_by": date(2026, 12, 1)}, "promised_by"),
        ({"client_id": "once"}, "client_id"),
        ({"kind": PledgeKind.GOODS, "goods": " "}, "goods"),
        ({"kind": PledgeKind.GOODS, "unit": ""}, "unit"),
        ({"kind": PledgeKind.GOODS, "quantity": 0}, "quantity"),
        ({"kind": PledgeKind.HOURS, "quantity": 1_000_001}, "quantity"),
        ({"giver": Promiser(name="长" * 61)}, "giver_name"),
        ({"message": "长" * 201}, "message"),
    ],
)
def test_what_cannot_be_promised_is_refused_beside_its_field(
    giving: Giving, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        promise(giving, **changed)
    assert refused.value.field == field
    assert giving.session.scalar(select(func.count(Pledge.id))) == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": Money(100)},
        {"amount": MOST_PROMISED},
        {"promised_by": date(2026, 3, 16)},
        {"promised_by": date(2026, 11, 30)},
    ],
)
def test_the_bounds_themselves_are_taken(giving: Giving, changed: dict[str, Any]) -> None:
    assert promise(giving, **changed).state is PledgeState.OPEN


@pytest.mark.parametrize(
    ("mode", "taken"),
    [("qualified_charity", True), ("listing", True), ("designated_platform", False)],
)
def test_a_site_that_takes_no_money_takes_promises(giving: Giving, mode: str, taken: bool) -> None:
    if taken:
        assert promise(giving, operator_mode=mode).state is PledgeState.OPEN
    else:
        with pytest.raises(Denied):
            promise(giving, operator_mode=mode)


def test_a_campaign_that_is_over_takes_no_promise(giving: Giving, clock: SetClock) -> None:
    clock.set(datetime(2026, 12, 1, 4, tzinfo=UTC))
    with pytest.raises(Denied):
        promise(giving, promised_by=date(2026, 12, 1))


# ── kept ─────────────────────────────────────────────────────────────────────────────────────────


def test_gifts_keep_a_promise_part_by_part_and_more_is_fine(giving: Giving) -> None:
    pledge = promise(giving)
    pay(giving, pledge, YUAN(200))
    assert (pledge.state, pledge.rest) == (P.PARTLY_KEPT, 40_000)
    last = pay(giving, pledge, YUAN(500))
    assert (pledge.state, pledge.rest, pledge.kept) == (P.KEPT, 0, 70_000)
    assert pledge.closed_at == last.settled_at


def test_a_gift_told_twice_counts_once(giving: Giving) -> None:
    pledge = promise(giving)
    gift = pay(giving, pledge, YUAN(200))
    gift_settled(giving.session, SYSTEM, gift)
    assert pledge.kept == 20_000


def test_a_refund_opens_the_promise_again_and_a_failed_one_closes_it(giving: Giving) -> None:
    pledge = promise(giving)
    gift = pay(giving, pledge, YUAN(600))
    assert pledge.state is P.KEPT
    refund = send_back(giving.session, gift, YUAN(100))
    assert (pledge.state, pledge.rest, pledge.closed_at) == (P.PARTLY_KEPT, 10_000, None)
    gift_refunded(giving.session, SYSTEM, gift, refund)
    assert pledge.rest == 10_000, "told twice is once"
    send_back(giving.session, gift, YUAN(500))
    assert (pledge.state, pledge.kept) == (P.OPEN, 0)
    refund.state = RefundState.FAILED
    gift_refunded(giving.session, SYSTEM, gift, refund)
    gift_refunded(giving.session, SYSTEM, gift, refund)
    assert (pledge.state, pledge.kept) == (P.PARTLY_KEPT, 10_000)


def test_a_failed_refund_nobody_heard_of_changes_nothing(giving: Giving) -> None:
    pledge = promise(giving)
    gift = pay(giving, pledge, YUAN(600))
    refund = send_back(giving.session, gift, YUAN(100))
    giving.session.delete(pledge.fulfilments[-1])
    giving.session.flush()
    refund.state = RefundState.FAILED
    gift_refunded(giving.session, SYSTEM, gift, refund)
    assert pledge.kept == 60_000


def test_a_closed_promise_notes_what_still_comes_and_stays_closed(giving: Giving) -> None:
    pledge = promise(giving)
    gift = giving.begin(YUAN(50), pledge_id=pledge.id)
    services.withdraw_pledge(giving.session, GUEST, pledge_id=pledge.id)
    giving.apply(giving.gateway.pay(giving.check_out(gift.payments[0])))
    giving.session.refresh(pledge, ["fulfilments"])
    assert (pledge.state, pledge.kept) == (P.WITHDRAWN, 5_000)


def test_a_gift_to_another_campaign_keeps_no_promise_of_this_one(giving: Giving) -> None:
    goods = promise(giving, kind=PledgeKind.GOODS)
    pay(giving, goods, YUAN(10))
    assert (goods.state, goods.kept) == (P.OPEN, 0)


@given(parts=st.lists(st.integers(1, 400), max_size=8))
def test_the_state_follows_the_sum_whatever_the_parts(giving: Giving, parts: list[int]) -> None:
    pledge = promise(giving)
    total = 0
    for part in parts:
        pay(giving, pledge, YUAN(part))
        total += part * 100
        wanted = P.KEPT if total >= 60_000 else P.PARTLY_KEPT
        assert (pledge.state, pledge.kept) == (wanted, total)


# ── taken back, released, closed ─────────────────────────────────────────────────────────────────


def test_a_promise_is_taken_back_before_anything_of_it_was_kept(giving: Giving) -> None:
    pledge = promise(giving)
    for _ in range(2):
        services.withdraw_pledge(giving.session, GUEST, pledge_id=pledge.id, note="记错了")
    assert (pledge.state, pledge.closing_note) == (P.WITHDRAWN, "记错了")
    begun = promise(giving)
    pay(giving, begun, YUAN(1))
    with pytest.raises(InvalidState) as refused:
        services.withdraw_pledge(giving.session, GUEST, pledge_id=begun.id)
    assert refused.value.reason is PledgesReason.SOMETHING_KEPT


def test_a_public_promise_is_only_released(giving: Giving) -> None:
    pledge = promise(giving, is_public=True)
    with pytest.raises(InvalidState) as refused:
        services.withdraw_pledge(giving.session, GUEST, pledge_id=pledge.id)
    assert refused.value.reason is PledgesReason.PUBLIC_PROMISE


def test_a_release_is_asked_for_reported_and_published(giving: Giving, clock: SetClock) -> None:
    staff, pledge = owner_of(giving), promise(giving, is_public=True)
    pay(giving, pledge, YUAN(200))
    services.ask_release(giving.session, GUEST, pledge_id=pledge.id, plea="失业了")
    assert queries.release_requests(giving.session, None) == [pledge]
    released: dict[str, Any] = {
        "pledge_id": pledge.id,
        "reported_on": house_clock.today(),
        "reported_to": "区民政局",
        "public_note": "认捐人经济状况显著恶化",
    }
    with pytest.raises(Invalid) as refused:
        services.release_pledge(
            giving.session,
            staff,
            **(released | {"reported_on": house_clock.today() + timedelta(days=1)}),
        )
    assert refused.value.field == "reported_on"
    for field in ("reported_to", "public_note"):
        with pytest.raises(Invalid) as refused:
            services.release_pledge(giving.session, staff, **(released | {field: " "}))
        assert refused.value.field == field
    services.release_pledge(giving.session, staff, **released)
    assert pledge.state is P.HARDSHIP_RELEASED
    assert queries.released_pledges(giving.session, giving.campaign.id) == [pledge]
    assert queries.release_requests(giving.session, None) == []
    with pytest.raises(InvalidState):
        services.release_pledge(giving.session, staff, **released)


def test_a_release_is_declined_with_an_answer(giving: Giving) -> None:
    staff, pledge = owner_of(giving), promise(giving)
    with pytest.raises(InvalidState):
        services.decline_release(giving.session, staff, pledge_id=pledge.id, note="没有申请")
    services.ask_release(giving.session, GUEST, pledge_id=pledge.id, plea="手头紧")
    services.decline_release(giving.session, staff, pledge_id=pledge.id, note="可以分期")
    assert (pledge.release_asked_at, pledge.closing_note) == (None, "可以分期")
    assert pledge.state is P.OPEN


def test_a_promise_lapses_only_long_after_its_day(giving: Giving, clock: SetClock) -> None:
    staff, pledge = owner_of(giving), promise(giving)
    clock.advance(days=30 + LAPSE_AFTER_DAYS)
    with pytest.raises(InvalidState) as refused:
        services.lapse_pledge(giving.session, staff, pledge_id=pledge.id)
    assert refused.value.params["day"] == house_clock.today() + timedelta(days=1)
    clock.advance(days=1)
    services.lapse_pledge(giving.session, staff, pledge_id=pledge.id, note="联系不上")
    assert pledge.state is P.LAPSED


@pytest.mark.parametrize(
    "role", [Role.REVIEWER, Role.APPROVER, Role.AUDITOR, Role.ACCEPTOR, Role.ADMINISTRATOR, None]
)
def test_only_who_manages_the_giving_of_a_campaign_closes_its_promises(
    giving: Giving, clock: SetClock, role: Role | None
) -> None:
    pledge = promise(giving)
    clock.advance(days=200)
    charity = giving.campaign.charity_id
    grants = [Grant(role, organisation_id=charity)] if role else []
    stranger = make_actor(giving.session, *grants)
    with pytest.raises(NotFound):
        services.lapse_pledge(giving.session, stranger, pledge_id=pledge.id)
    with pytest.raises(NotFound):
        services.release_pledge(
            giving.session,
            GUEST,
            pledge_id=pledge.id,
            reported_on=house_clock.today(),
            reported_to="某处",
            public_note="某事",
        )
    assert pledge.state is P.OPEN


# ── hours ────────────────────────────────────────────────────────────────────────────────────────


def worked(giving: Giving, pledge: Pledge, actor: Actor, by: Side, **changed: Any) -> Any:
    said: dict[str, Any] = {
        "pledge_id": pledge.id,
        "client_id": str(uuid.uuid4()),
        "worked_on": house_clock.today(),
        "minutes": 240,
        "by": by,
        "note": "",
    }
    return services.report_hours(giving.session, actor, **(said | changed))


@pytest.mark.parametrize("first", [Side.GIVER, Side.STAFF])
def test_hours_count_once_both_sides_have_said_so(giving: Giving, first: Side) -> None:
    staff, pledge = owner_of(giving), promise(giving, kind=PledgeKind.HOURS)
    actors = {Side.GIVER: GUEST, Side.STAFF: staff}
    second = Side.STAFF if first is Side.GIVER else Side.GIVER
    row = worked(giving, pledge, actors[first], first)
    services.confirm_hours(giving.session, actors[first], hours_id=row.id, by=first)
    assert (row.counts, pledge.kept) == (False, 0)
    for _ in range(2):
        services.confirm_hours(giving.session, actors[second], hours_id=row.id, by=second)
    assert (row.counts, pledge.kept, pledge.state) == (True, 240, P.PARTLY_KEPT)
    assert row.staff_user_id == staff.user_id
    with pytest.raises(InvalidState):
        services.refuse_hours(giving.session, GUEST, hours_id=row.id, by=Side.GIVER)


def test_hours_one_side_refuses_never_count(giving: Giving) -> None:
    staff, pledge = owner_of(giving), promise(giving, kind=PledgeKind.HOURS)
    row = worked(giving, pledge, GUEST, Side.GIVER)
    assert queries.hours_to_confirm(giving.session, None) == [row]
    services.refuse_hours(giving.session, staff, hours_id=row.id, by=Side.STAFF)
    assert queries.hours_to_confirm(giving.session, None) == []
    with pytest.raises(InvalidState):
        services.confirm_hours(giving.session, staff, hours_id=row.id, by=Side.STAFF)
    assert pledge.kept == 0


def test_nobody_confirms_the_hours_they_promised_themselves(giving: Giving) -> None:
    staff = owner_of(giving)
    pledge = promise(giving, staff, kind=PledgeKind.HOURS)
    row = worked(giving, pledge, staff, Side.GIVER)
    with pytest.raises(Denied) as refused:
        services.confirm_hours(giving.session, staff, hours_id=row.id, by=Side.STAFF)
    assert refused.value.reason is PledgesReason.OWN_HOURS


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"minutes": 0}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"worked_on": TOMORROW}, "worked_on"),
        ({"client_id": "twice"}, "client_id"),
    ],
)
def test_hours_that_cannot_be_are_refused(
    giving: Giving, changed: dict[str, Any], field: str
) -> None:
    pledge = promise(giving, kind=PledgeKind.HOURS)
    with pytest.raises(Invalid) as refused:
        worked(giving, pledge, GUEST, Side.GIVER, **changed)
    assert refused.value.field == field


def test_the_same_hours_sent_twice_are_one_row(giving: Giving) -> None:
    pledge = promise(giving, kind=PledgeKind.HOURS)
    same: dict[str, Any] = {"client_id": str(uuid.uuid4())}
    row = worked(giving, pledge, GUEST, Side.GIVER, **same)
    assert worked(giving, pledge, GUEST, Side.GIVER, **same) is row
    with pytest.raises(Conflict):
        worked(giving, pledge, GUEST, Side.GIVER, minutes=30, **same)
    with pytest.raises(InvalidState):
        worked(giving, promise(giving), GUEST, Side.GIVER)


# ── reminders and age ────────────────────────────────────────────────────────────────────────────


def test_a_reminder_goes_before_the_day_on_it_and_twice_after(
    giving: Giving, clock: SetClock
) -> None:
    pledge = promise(giving)
    sent = []
    for day in range(120):
        before = len(letters_of(giving.session))
        assert services.remind(giving.session, SYSTEM) is None
        services.remind(giving.session, SYSTEM)
        if len(letters_of(giving.session)) > before:
            sent.append(day - 30)
        clock.advance(days=1)
    assert tuple(sent) == SCHEDULE
    assert pledge.reminders == len(SCHEDULE)


@pytest.mark.parametrize("stop", ["switch", "release", "kept", "withdrawn"])
def test_what_stops_reminders(giving: Giving, clock: SetClock, stop: str) -> None:
    pledge, session = promise(giving), giving.session
    if stop == "switch":
        services.switch_reminders(session, GUEST, pledge_id=pledge.id, on=False)
    elif stop == "release":
        services.ask_release(session, GUEST, pledge_id=pledge.id, plea="困难")
    elif stop == "kept":
        pay(giving, pledge, YUAN(600))
    else:
        services.withdraw_pledge(session, GUEST, pledge_id=pledge.id)
    clock.advance(days=30)
    services.remind(session, SYSTEM)
    assert [letter.kind for letter in letters_of(session) if "pledge" in letter.kind] == [
        "pledge.made"
    ]
    if stop == "switch":
        services.switch_reminders(session, GUEST, pledge_id=pledge.id, on=True)
        services.remind(session, SYSTEM)
        assert letters_of(session)[-1].kind == "pledge.reminder"


def test_reminders_go_on_where_they_stopped(giving: Giving, clock: SetClock) -> None:
    pledges = [promise(giving) for _ in range(5)]
    clock.advance(days=30)
    first = services.remind(giving.session, SYSTEM, limit=3)
    assert first == pledges[2].id
    assert services.remind(giving.session, SYSTEM, after=first, limit=3) is None
    assert all(pledge.reminders == 1 for pledge in pledges)
    with pytest.raises(Denied):
        services.remind(giving.session, GUEST)


DAY = date(2026, 5, 1)


@given(
    made=st.integers(-60, 0),
    today=st.integers(-60, 90),
    last=st.none() | st.integers(-60, 90),
)
def test_a_reminder_is_never_early_never_stale_never_twice(
    made: int, today: int, last: int | None
) -> None:
    step = due_step(
        DAY,
        made_on=DAY + timedelta(days=made),
        reminded_on=None if last is None else DAY + timedelta(days=last),
        today=DAY + timedelta(days=today),
    )
    if step is not None:
        assert step in SCHEDULE
        assert made < step <= today <= step + GRACE_DAYS
        assert last is None or last < step


@pytest.mark.parametrize(
    ("days", "band"),
    [
        (-1, AgeBand.NOT_DUE),
        (0, AgeBand.TO_30),
        (30, AgeBand.TO_30),
        (31, AgeBand.TO_60),
        (60, AgeBand.TO_60),
        (61, AgeBand.TO_90),
        (90, AgeBand.TO_90),
        (91, AgeBand.OVER_90),
    ],
)
def test_the_bands_of_age(days: int, band: AgeBand) -> None:
    assert band_of(days) is band


def test_the_list_by_age_is_of_ones_own_campaigns(giving: Giving, clock: SetClock) -> None:
    old, new = promise(giving), promise(giving, promised_by=house_clock.today() + timedelta(90))
    clock.advance(days=75)
    today, ours = house_clock.today(), [giving.campaign.charity_id]
    rows = queries.standing_pledges(giving.session, ours, today)
    assert [(row.pledge, row.band) for row in rows] == [
        (old, AgeBand.TO_60),
        (new, AgeBand.NOT_DUE),
    ]
    bands = queries.by_band(rows)
    assert list(bands) == list(AgeBand)
    assert len(bands[AgeBand.TO_60]) == len(bands[AgeBand.NOT_DUE]) == 1
    assert queries.standing_pledges(giving.session, [0], today) == []
    assert len(queries.standing_pledges(giving.session, None, today)) == 2
    services.withdraw_pledge(giving.session, GUEST, pledge_id=old.id)
    assert [row.pledge for row in queries.closed_pledges(giving.session, ours)] == [old]


def test_a_promise_is_found_by_its_secret_alone(giving: Giving) -> None:
    pledge = promise(giving)
    assert queries.pledge_by_token(giving.session, pledge.token) is pledge
    assert queries.pledge_for_gift(giving.session, pledge.token, giving.campaign.id) is pledge
    goods = promise(giving, kind=PledgeKind.GOODS)
    for token in ("", "x", "\0", "错"):
        with pytest.raises(NotFound):
            queries.pledge_by_token(giving.session, token)
    for token, campaign_id in ((pledge.token, 0), (goods.token, giving.campaign.id)):
        with pytest.raises(DomainError):
            queries.pledge_for_gift(giving.session, token, campaign_id)
    assert donation_queries is not None


# ── at once, with real commits ───────────────────────────────────────────────────────────────────

AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
THREADS = 8


def test_a_double_click_makes_one_promise(fresh_engine: Engine) -> None:
    gateway = FakeGateway()
    with house_clock.at(AT), Session(fresh_engine) as session:
        campaign_id = open_giving(session, gateway).campaign.id
        session.commit()
    client_id, line = str(uuid.uuid4()), threading.Barrier(THREADS)

    def click(_number: int) -> int:
        line.wait(timeout=30)
        with house_clock.at(AT), Session(fresh_engine) as session:
            pledge = services.make_pledge(
                session,
                GUEST,
                client_id=client_id,
                campaign_id=campaign_id,
                kind=PledgeKind.MONEY,
                amount=YUAN(100),
                promised_by=date(2026, 4, 1),
                giver=Promiser(),
                operator_mode=MODE,
            )
            session.commit()
            return pledge.id

    with ThreadPoolExecutor(THREADS) as pool:
        assert len(set(pool.map(click, range(THREADS)))) == 1


def test_parts_that_arrive_at_once_all_count(fresh_engine: Engine) -> None:
    gateway = FakeGateway()
    with house_clock.at(AT), Session(fresh_engine, expire_on_commit=False) as session:
        giving = open_giving(session, gateway)
        campaign_id = giving.campaign.id
        pledge_id = promise(giving, amount=YUAN(80)).id
        remotes = [
            giving.check_out(giving.begin(YUAN(10), pledge_id=pledge_id).payments[0])
            for _ in range(THREADS)
        ]
        session.commit()
    line = threading.Barrier(THREADS)

    def arrive(number: int) -> None:
        line.wait(timeout=30)
        with house_clock.at(AT), Session(fresh_engine) as session:
            campaign = session.get_one(Campaign, campaign_id)
            giving = Giving(session, gateway, campaign)
            event = giving.hear(gateway.pay(remotes[number]))
            session.commit()
            services.apply_event(session, SYSTEM, event_id=event.id)
            session.commit()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(arrive, range(THREADS)))
    with Session(fresh_engine) as session:
        pledge = session.get_one(Pledge, pledge_id)
        assert (pledge.state, pledge.kept) == (P.KEPT, 8_000)
        assert session.scalar(select(func.count(PledgeFulfilment.id))) == THREADS
