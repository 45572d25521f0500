"""Monthly giving: the calendar, the letters, and what its giver may do at any moment."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from charity.actor import Actor
from charity.clock import today
from charity.donations import services
from charity.donations.models import (
    PLAN_TRANSITIONS,
    TURN_TRANSITIONS,
    Donation,
    DonationState,
    MonthlyPlan,
    MonthlyTurn,
    PlanState,
    TurnState,
)
from charity.donations.queries import monthly
from charity.donations.reasons import MonthlyReason
from charity.donations.services.monthly_turns import following
from charity.donations.services.promisers import Promiser
from charity.errors import Conflict, Invalid, InvalidState, NotFound
from charity.letters import Letter
from charity.money import Money
from charity.registry.models import CampaignState
from tests.charity.donations.giving import GUEST, Giving
from tests.conftest import SetClock

MODE = "qualified_charity"
WORKER = Actor.system("worker")


def go_to(clock: SetClock, day: date) -> None:
    """Ten in the morning of a day in China."""
    clock.set(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))


def begin(giving: Giving, **changed: Any) -> MonthlyPlan:
    """A plan of 50 yuan on the 10th."""
    said: dict[str, Any] = {
        "client_id": str(uuid.uuid4()),
        "campaign_id": giving.campaign.id,
        "amount": Money.yuan(50),
        "day_of_month": 10,
        "giver": Promiser(name="李四", contact="li@example.org", key="k" * 64),
        "gateway": giving.gateway,
        "operator_mode": MODE,
    }
    return services.start_plan(giving.session, GUEST, **(said | changed))


def work(giving: Giving) -> None:
    """What the worker does on the day of the clock."""
    on = today()
    for plan_id in monthly.plans_to_turn(giving.session, on):
        services.turn_plan(
            giving.session,
            WORKER,
            plan_id=plan_id,
            on=on,
            gateway=giving.gateway,
            operator_mode=MODE,
        )


def live(giving: Giving, set_clock: SetClock, first: date, last: date) -> None:
    """Let the worker run on each day, twice."""
    day = first
    while day <= last:
        go_to(set_clock, day)
        work(giving)
        work(giving)
        day += timedelta(days=1)


def turns(plan: MonthlyPlan, giving: Giving) -> list[tuple[date, TurnState]]:
    """The months of a plan as they stand."""
    query = select(MonthlyTurn).where(MonthlyTurn.plan_id == plan.id).order_by(MonthlyTurn.due_on)
    return [(turn.due_on, turn.state) for turn in giving.session.scalars(query)]


def letters(giving: Giving) -> list[str]:
    """The kinds of letters owed, in order."""
    kinds = list(giving.session.scalars(select(Letter.kind).order_by(Letter.id)))
    return [kind.removeprefix("monthly.") for kind in kinds if kind.startswith("monthly.")]


def pay(giving: Giving, plan: MonthlyPlan) -> Donation:
    """Pay the latest turn that has a gift."""
    query = (
        select(Donation)
        .join(MonthlyTurn, MonthlyTurn.donation_id == Donation.id)
        .where(MonthlyTurn.plan_id == plan.id, Donation.state == DonationState.PENDING)
        .order_by(MonthlyTurn.due_on.desc())
    )
    gift = giving.session.scalars(query).first()
    assert gift is not None
    remote = giving.check_out(gift.payments[0])
    giving.apply(giving.gateway.pay(remote))
    return gift


# ── the calendar ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.long
@given(day=st.dates(date(2020, 1, 1), date(2099, 11, 30)), of_month=st.integers(1, 28))
def test_the_next_turn_stands_in_the_next_month(day: date, of_month: int) -> None:
    after = following(day, of_month)
    assert after.day == of_month
    assert (after.year * 12 + after.month) - (day.year * 12 + day.month) == 1


def test_a_year_of_a_plan(giving: Giving, clock: SetClock) -> None:
    """Told, asked and reminded once a month, whatever number of times the worker runs."""
    go_to(clock, date(2026, 3, 31))
    plan = begin(giving)
    pay(giving, plan)
    live(giving, clock, date(2026, 4, 1), date(2026, 6, 15))
    assert turns(plan, giving) == [
        (date(2026, 3, 31), TurnState.PAID),
        (date(2026, 4, 10), TurnState.MISSED),
        (date(2026, 5, 10), TurnState.MISSED),
        (date(2026, 6, 10), TurnState.DUE),
    ]
    assert letters(giving) == ["started", *["notice", "due", "reminder"] * 3]
    late = pay(giving, plan)
    assert late.state is DonationState.SETTLED
    assert turns(plan, giving)[-1] == (date(2026, 6, 10), TurnState.PAID)


def test_a_worker_that_slept_asks_once_for_each_month(giving: Giving, clock: SetClock) -> None:
    go_to(clock, date(2026, 3, 5))
    plan = begin(giving)
    pay(giving, plan)
    go_to(clock, date(2026, 6, 20))
    work(giving)
    assert [state for _, state in turns(plan, giving)] == [
        TurnState.PAID,
        TurnState.MISSED,
        TurnState.MISSED,
        TurnState.DUE,
    ]
    assert plan.next_on == date(2026, 7, 10)


def test_a_campaign_that_ended_ends_the_plan(giving: Giving, clock: SetClock) -> None:
    go_to(clock, date(2026, 3, 5))
    plan = begin(giving)
    giving.campaign.state = CampaignState.ENDED
    go_to(clock, date(2026, 4, 10))
    work(giving)
    assert plan.state is PlanState.STOPPED
    assert plan.next_on is None
    assert letters(giving)[-1] == "ended"
    assert monthly.plans_to_turn(giving.session, date(2026, 5, 10)) == []


# ── the giver's hand ─────────────────────────────────────────────────────────────────────────────


def test_a_pause_skips_what_is_due_and_ends_by_itself(giving: Giving, clock: SetClock) -> None:
    go_to(clock, date(2026, 3, 5))
    plan = begin(giving)
    services.pause_plan(giving.session, GUEST, plan_id=plan.id, until=date(2026, 5, 20))
    assert turns(plan, giving) == [(date(2026, 3, 5), TurnState.SKIPPED)]
    live(giving, clock, date(2026, 3, 6), date(2026, 6, 11))
    assert plan.state is PlanState.ACTIVE
    assert turns(plan, giving)[1:] == [(date(2026, 6, 10), TurnState.DUE)]


def test_a_pause_without_end_waits_for_the_giver(giving: Giving, clock: SetClock) -> None:
    go_to(clock, date(2026, 3, 5))
    plan = begin(giving)
    services.pause_plan(giving.session, GUEST, plan_id=plan.id)
    live(giving, clock, date(2026, 4, 1), date(2026, 5, 12))
    assert len(turns(plan, giving)) == 1
    services.resume_plan(giving.session, GUEST, plan_id=plan.id)
    services.resume_plan(giving.session, GUEST, plan_id=plan.id)
    assert plan.next_on == date(2026, 6, 10)


def test_another_sum_counts_from_the_next_turn(giving: Giving, clock: SetClock) -> None:
    go_to(clock, date(2026, 3, 5))
    plan = begin(giving)
    services.change_plan(
        giving.session, GUEST, plan_id=plan.id, amount=Money.yuan(80), day_of_month=20
    )
    assert plan.next_on == date(2026, 4, 20)
    go_to(clock, date(2026, 4, 20))
    work(giving)
    amounts = list(giving.session.scalars(select(Donation.amount).order_by(Donation.id)))
    assert amounts == [Money.yuan(50), Money.yuan(80)]


def test_stopped_is_stopped(giving: Giving, clock: SetClock) -> None:
    go_to(clock, date(2026, 3, 5))
    plan = begin(giving)
    services.stop_plan(giving.session, GUEST, plan_id=plan.id)
    services.stop_plan(giving.session, GUEST, plan_id=plan.id)
    go_to(clock, date(2026, 4, 10))
    work(giving)
    assert turns(plan, giving) == [(date(2026, 3, 5), TurnState.SKIPPED)]
    with pytest.raises(InvalidState) as refused:
        services.change_plan(
            giving.session, GUEST, plan_id=plan.id, amount=Money.yuan(1), day_of_month=1
        )
    assert refused.value.reason is MonthlyReason.STOPPED
    with pytest.raises(InvalidState):
        services.resume_plan(giving.session, GUEST, plan_id=plan.id)


def test_a_turn_can_be_left_out_and_still_be_paid(giving: Giving, clock: SetClock) -> None:
    go_to(clock, date(2026, 3, 5))
    plan = begin(giving)
    services.skip_turn(giving.session, GUEST, plan_id=plan.id)
    with pytest.raises(InvalidState) as refused:
        services.skip_turn(giving.session, GUEST, plan_id=plan.id)
    assert refused.value.reason is MonthlyReason.NOTHING_DUE
    pay(giving, plan)
    assert turns(plan, giving) == [(date(2026, 3, 5), TurnState.PAID)]


@pytest.mark.parametrize("day", [0, 29, 31])
def test_a_day_not_every_month_has(giving: Giving, clock: SetClock, day: int) -> None:
    go_to(clock, date(2026, 3, 5))
    with pytest.raises(Invalid) as refused:
        begin(giving, day_of_month=day)
    assert refused.value.field == "day_of_month"
    assert giving.session.scalars(select(MonthlyPlan)).all() == []


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_pause_ends_within_a_year(giving: Giving, clock: SetClock, days: int) -> None:
    go_to(clock, date(2026, 3, 5))
    plan = begin(giving)
    until = date(2026, 3, 5) + timedelta(days=days)
    with pytest.raises(Invalid) as refused:
        services.pause_plan(giving.session, GUEST, plan_id=plan.id, until=until)
    assert refused.value.field == "until"


def test_one_form_is_one_plan(giving: Giving, clock: SetClock) -> None:
    go_to(clock, date(2026, 3, 5))
    client_id = str(uuid.uuid4())
    plan = begin(giving, client_id=client_id)
    assert begin(giving, client_id=client_id).id == plan.id
    with pytest.raises(Conflict):
        begin(giving, client_id=client_id, amount=Money.yuan(51))
    assert len(turns(plan, giving)) == 1


def test_a_plan_is_found_by_its_secret_only(giving: Giving, clock: SetClock) -> None:
    go_to(clock, date(2026, 3, 5))
    plan = begin(giving)
    assert monthly.plan_by_token(giving.session, plan.token).id == plan.id
    for wrong in ("", "x", "\x00", "口令"):
        with pytest.raises(NotFound):
            monthly.plan_by_token(giving.session, wrong)
    now = monthly.running(giving.session, giving.campaign.id)
    assert (now.plans, now.amount) == (1, Money.yuan(50))


# ── the states ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("before", PlanState)
@pytest.mark.parametrize("after", PlanState)
def test_every_step_of_a_plan(before: PlanState, after: PlanState) -> None:
    plan = MonthlyPlan(state=before)
    if after in PLAN_TRANSITIONS[before]:
        plan.move_to(after)
        assert plan.state is after
    else:
        with pytest.raises(InvalidState):
            plan.move_to(after)


@pytest.mark.parametrize("before", TurnState)
@pytest.mark.parametrize("after", TurnState)
def test_every_step_of_a_turn(before: TurnState, after: TurnState) -> None:
    turn = MonthlyTurn(state=before)
    if after in TURN_TRANSITIONS[before]:
        turn.move_to(after)
        assert turn.state is after
    else:
        with pytest.raises(InvalidState):
            turn.move_to(after)


def test_only_gifts_of_the_plan_pay_it(giving: Giving, clock: SetClock) -> None:
    go_to(clock, date(2026, 3, 5))
    plan = begin(giving)
    other = giving.opened()
    giving.apply(giving.gateway.pay(other.remote_id or ""))
    assert turns(plan, giving) == [(date(2026, 3, 5), TurnState.DUE)]
