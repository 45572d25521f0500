"""The calendar of monthly giving: what a day asks of a plan, each thing once.

Three days before, the giver is told that the day comes near; on the day the gift is begun and the
letter carries its link; three days later one reminder follows, and no more.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from charity import clock, letters
from charity.actor import Actor
from charity.donations.gateway import PaymentGateway
from charity.donations.models import Donation, MonthlyPlan, MonthlyTurn, PlanState, TurnState
from charity.donations.queries.monthly import NOTICE_DAYS, REMINDER_DAYS
from charity.donations.services.giving import begin_donation
from charity.donations.services.promisers import require_taking
from charity.errors import Denied
from charity.registry.queries import campaign
from charity.registry.reasons import RegistryReason
from charity.rows import locked, present


def turn_plan(
    session: Session,
    actor: Actor,
    *,
    plan_id: int,
    on: date,
    gateway: PaymentGateway,
    operator_mode: str,
) -> MonthlyPlan:
    """Do what the day asks of one plan, each thing once however often it is called.

    A campaign that takes nothing any more ends the plan, and the giver is told why; while its
    people have paused it, the plan lets its days go by and asks for nothing.
    """
    plan = lock_plan(session, plan_id)
    if plan.state is PlanState.PAUSED and plan.paused_until is not None and plan.paused_until < on:
        go_on(plan)
    if plan.state is not PlanState.ACTIVE:
        return plan
    try:
        require_taking(session, Actor.system("monthly"), plan.campaign_id)
    except Denied as refusal:
        if refusal.reason is RegistryReason.CAMPAIGN_PAUSED:
            while plan.next_on is not None and plan.next_on <= on:
                plan.next_on = following(plan.next_on, plan.day_of_month)
            return plan
        stop(session, plan)
        owe_letter(session, plan, "ended", on)
        return plan
    _notice(session, plan, on)
    while plan.next_on is not None and plan.next_on <= on:
        leave_open_turns(session, plan, TurnState.MISSED, before=plan.next_on)
        _ask(session, plan, gateway, operator_mode)
        plan.next_on = following(plan.next_on, plan.day_of_month)
    _remind(session, plan, on)
    session.flush()
    return plan


def turn_paid(session: Session, actor: Actor, donation: Donation) -> None:
    """The money of a month's gift is there."""
    turn = session.scalar(_TURN_OF_GIFT, {"gift": donation.id})
    if turn is not None and turn.state is not TurnState.PAID:
        turn.move_to(TurnState.PAID)


#: Asked for every gift that arrives, so it is built once.
_TURN_OF_GIFT = select(MonthlyTurn).where(MonthlyTurn.donation_id == bindparam("gift"))


def following(day: date, day_of_month: int) -> date:
    """The plan's day in the month after that of `day`.

    A whole month lies between two turns, so that a plan begun on the 30th does not ask again on
    the 1st.
    """
    return (day.replace(day=1) + timedelta(days=32)).replace(day=day_of_month)


def begin_turn(
    session: Session,
    actor: Actor,
    plan: MonthlyPlan,
    turn: MonthlyTurn,
    gateway: PaymentGateway,
    operator_mode: str,
) -> Donation:
    """The gift of a turn; its id is made of plan and day, so that it is begun once."""
    donation = begin_donation(
        session,
        actor,
        client_id=str(uuid.uuid5(uuid.UUID(plan.client_id), turn.due_on.isoformat())),
        campaign_id=plan.campaign_id,
        amount=turn.amount,
        gateway=gateway,
        giver_kind=plan.giver_kind,
        giver_name=plan.giver_name,
        name_is_public=plan.name_is_public,
        is_shown_to_organisation=plan.is_shown_to_organisation,
        contact=plan.contact,
        giver_key=plan.giver_key,
        operator_mode=operator_mode,
    )
    donation.person_id = plan.person_id
    turn.donation_id = donation.id
    session.flush()
    return donation


def leave_open_turns(
    session: Session, plan: MonthlyPlan, state: TurnState, before: date | None = None
) -> int:
    """Turns that are due and not paid become `state`; answers how many."""
    query = select(MonthlyTurn).where(
        MonthlyTurn.plan_id == plan.id, MonthlyTurn.state == TurnState.DUE
    )
    if before is not None:
        query = query.where(MonthlyTurn.due_on < before)
    turns = session.scalars(query).all()
    for turn in turns:
        turn.move_to(state)
    return len(turns)


def go_on(plan: MonthlyPlan) -> None:
    """Let a plan run again, from its next day that is not over."""
    if plan.state is not PlanState.ACTIVE:
        plan.move_to(PlanState.ACTIVE)
    plan.paused_until = None
    plan.next_on = not_past(present(plan.next_on), plan.day_of_month)


def not_past(day: date, day_of_month: int) -> date:
    """The plan's first day from today on, not before `day`."""
    while day < clock.today():
        day = following(day, day_of_month)
    return day


def stop(session: Session, plan: MonthlyPlan) -> None:
    """End a plan; stopped twice is stopped once."""
    if plan.state is PlanState.STOPPED:
        return
    plan.move_to(PlanState.STOPPED)
    plan.stopped_at, plan.next_on, plan.paused_until = clock.now(), None, None
    leave_open_turns(session, plan, TurnState.SKIPPED)


def lock_plan(session: Session, plan_id: int) -> MonthlyPlan:
    """The plan, locked until the unit ends and read afresh; raises `NotFound`."""
    return locked(session, select(MonthlyPlan).where(MonthlyPlan.id == plan_id))


def owe_letter(
    session: Session, plan: MonthlyPlan, kind: str, due_on: date, donation_token: str = ""
) -> None:
    """Owe the giver a letter of this kind about the turn of a day, once."""
    letters.write(
        session,
        source=f"monthly:{plan.id}:{kind}:{due_on.isoformat()}",
        kind=f"monthly.{kind}",
        address=plan.contact,
        plan_token=plan.token,
        title=campaign(session, plan.campaign_id).title,
        amount=plan.amount.fen,
        due_on=due_on.isoformat(),
        donation_token=donation_token,
    )


def _ask(session: Session, plan: MonthlyPlan, gateway: PaymentGateway, operator_mode: str) -> None:
    """Begin the gift of the turn that falls due, and owe the letter with its link."""
    due_on = present(plan.next_on)
    turn = _turn(session, plan, due_on)
    if turn.state is not TurnState.DUE or turn.donation_id is not None:
        return
    turn.amount = plan.amount
    giver = Actor.system("monthly")
    donation = begin_turn(session, giver, plan, turn, gateway, operator_mode)
    owe_letter(session, plan, "due", due_on, donation_token=donation.trail_token)


def _notice(session: Session, plan: MonthlyPlan, on: date) -> None:
    """Tell of the turn that comes near, while there is still time to pause."""
    due_on = plan.next_on
    if due_on is None or not on < due_on <= on + timedelta(days=NOTICE_DAYS):
        return
    turn = _turn(session, plan, due_on)
    if turn.noticed_at is None:
        turn.noticed_at = clock.now()
        owe_letter(session, plan, "notice", due_on)


def _remind(session: Session, plan: MonthlyPlan, on: date) -> None:
    """One reminder of a turn nobody paid."""
    waiting = select(MonthlyTurn).where(
        MonthlyTurn.plan_id == plan.id,
        MonthlyTurn.state == TurnState.DUE,
        MonthlyTurn.reminded_at.is_(None),
        MonthlyTurn.due_on <= on - timedelta(days=REMINDER_DAYS),
    )
    for turn in session.scalars(waiting).all():
        turn.reminded_at = clock.now()
        if turn.donation is not None:
            token = turn.donation.trail_token
            owe_letter(session, plan, "reminder", turn.due_on, donation_token=token)


def _turn(session: Session, plan: MonthlyPlan, due_on: date) -> MonthlyTurn:
    found = session.scalar(
        select(MonthlyTurn).where(MonthlyTurn.plan_id == plan.id, MonthlyTurn.due_on == due_on)
    )
    if found is None:
        found = MonthlyTurn(plan_id=plan.id, due_on=due_on, amount=plan.amount, state=TurnState.DUE)
        session.add(found)
        session.flush()
    return found
