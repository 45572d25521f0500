"""Monthly giving (月捐): a plan on our own calendar, and each month's turn with its payment link.

Nothing is ever taken: Alipay and WeChat Pay cannot be charged again, so each turn asks. The
calendar is `monthly_turns`. Pause, another sum and the end take one tap on the page of the plan.
"""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.donations import policy
from charity.donations.gateway import PaymentGateway
from charity.donations.models import (
    MonthlyPlan,
    MonthlyTurn,
    PlanState,
    TurnState,
)
from charity.donations.reasons import MonthlyReason
from charity.donations.services.giving import in_range, require_client_id
from charity.donations.services.monthly_turns import (
    begin_turn,
    following,
    go_on,
    leave_open_turns,
    lock_plan,
    not_past,
    owe_letter,
    stop,
)
from charity.donations.services.promisers import (
    Promiser,
    require_same,
    require_taking,
)
from charity.errors import Invalid, InvalidState
from charity.money import Money
from charity.rows import insert_new, present

#: The longest a plan rests before it must be begun again.
LONGEST_PAUSE_DAYS = 366


def start_plan(
    session: Session,
    actor: Actor,
    *,
    client_id: str,
    campaign_id: int,
    amount: Money,
    day_of_month: int,
    giver: Promiser,
    gateway: PaymentGateway,
    operator_mode: str,
) -> MonthlyPlan:
    """Begin a plan with its first gift, which is to be paid now; later ones on `day_of_month`.

    The same `client_id` with the same plan answers the plan that is there. Raises `Invalid` beside
    `amount` or `day_of_month` (1 to 28), what `begin_donation` raises, `Conflict` for another plan
    under one id.
    """
    require(policy.may_give(actor, operator_mode))
    if not 1 <= day_of_month <= 28:
        raise Invalid(MonthlyReason.DAY_OF_MONTH, field="day_of_month")
    said = {
        "campaign_id": campaign_id,
        "amount": in_range(amount),
        "day_of_month": day_of_month,
        **giver.columns(),
    }
    known = _known(session, require_client_id(client_id), said)
    if known is not None:
        return known
    require_taking(session, actor, campaign_id)
    today = clock.today()
    plan = insert_new(
        session,
        MonthlyPlan,
        client_id=client_id,
        token=secrets.token_urlsafe(32),
        state=PlanState.ACTIVE,
        next_on=following(today, day_of_month),
        created_at=clock.now(),
        giver_key=giver.key,
        person_id=actor.person_id,
        **said,
    )
    if plan is None:
        return present(_known(session, client_id, said))
    turn = MonthlyTurn(plan_id=plan.id, due_on=today, amount=amount, state=TurnState.DUE)
    session.add(turn)
    begin_turn(session, actor, plan, turn, gateway, operator_mode)
    owe_letter(session, plan, "started", today)
    return plan


def change_plan(
    session: Session, actor: Actor, *, plan_id: int, amount: Money, day_of_month: int
) -> MonthlyPlan:
    """Another sum or day from the next turn on; the turn that is due keeps its own.

    Raises `Invalid` beside the field, `InvalidState` for a plan that is stopped.
    """
    plan = lock_plan(session, plan_id)
    _require_running(plan)
    if not 1 <= day_of_month <= 28:
        raise Invalid(MonthlyReason.DAY_OF_MONTH, field="day_of_month")
    plan.amount = in_range(amount)
    if day_of_month != plan.day_of_month and plan.next_on is not None:
        plan.next_on = not_past(plan.next_on.replace(day=day_of_month), day_of_month)
    plan.day_of_month = day_of_month
    session.flush()
    return plan


def pause_plan(
    session: Session, actor: Actor, *, plan_id: int, until: date | None = None
) -> MonthlyPlan:
    """Rest, until a day (the turn after it asks again) or until the giver goes on; no gift is lost.

    A turn that is due and not paid is skipped. Raises `Invalid` on `until` for a day that is over
    or more than a year away, `InvalidState` for a plan that is stopped.
    """
    plan = lock_plan(session, plan_id)
    today = clock.today()
    if until is not None and not today < until <= today + timedelta(days=LONGEST_PAUSE_DAYS):
        raise Invalid(MonthlyReason.PAUSE_UNTIL, field="until", most=LONGEST_PAUSE_DAYS)
    if plan.state is not PlanState.PAUSED:
        plan.move_to(PlanState.PAUSED)
    plan.paused_until = until
    leave_open_turns(session, plan, TurnState.SKIPPED)
    session.flush()
    return plan


def resume_plan(session: Session, actor: Actor, *, plan_id: int) -> MonthlyPlan:
    """Go on: the next turn is the plan's next day from now. Going on twice is once."""
    plan = lock_plan(session, plan_id)
    go_on(plan)
    session.flush()
    return plan


def stop_plan(session: Session, actor: Actor, *, plan_id: int) -> MonthlyPlan:
    """End a plan at once; what was given stays given. Stopped twice is stopped once."""
    plan = lock_plan(session, plan_id)
    stop(session, plan)
    session.flush()
    return plan


def skip_turn(session: Session, actor: Actor, *, plan_id: int) -> MonthlyPlan:
    """Leave out the turn that is due; raises `InvalidState` where none is."""
    plan = lock_plan(session, plan_id)
    if not leave_open_turns(session, plan, TurnState.SKIPPED):
        raise InvalidState(MonthlyReason.NOTHING_DUE)
    session.flush()
    return plan


def _require_running(plan: MonthlyPlan) -> None:
    if plan.state is PlanState.STOPPED:
        raise InvalidState(MonthlyReason.STOPPED)


def _known(session: Session, client_id: str, said: dict[str, object]) -> MonthlyPlan | None:
    found = session.scalar(select(MonthlyPlan).where(MonthlyPlan.client_id == client_id))
    if found is not None:
        require_same(found, said)
    return found
