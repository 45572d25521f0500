"""Changes of a running plan: recorded with their reasons, supplemented with the registrar."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Denied, Invalid, InvalidState
from charity.registry import policy, queries
from charity.registry.models import PlanChange, PlanField
from charity.registry.reasons import RegistryReason
from charity.rows import locked


def change_plan(
    session: Session,
    actor: Actor,
    *,
    plan_id: int,
    fields: Collection[PlanField],
    changed_on: date,
    reasons: str,
) -> PlanChange:
    """Record what changed in a plan, on which day in China and why (CHA-115).

    From then on a supplement is due within ten days; the filed sheet itself stands as it was filed.
    Raises `Denied`, and `Invalid` beside the field: nothing named, a day outside the plan's period
    or to come, no reasons.
    """
    plan = queries.plan(session, plan_id)
    require(policy.may_raise_funds(actor, queries.organisation(session, plan.charity_id)))
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    if not fields:
        raise Invalid(CommonReason.REQUIRED, field="fields")
    if changed_on > clock.today():
        raise Invalid(RegistryReason.IN_THE_FUTURE, field="changed_on")
    if not min(plan.filed_on, plan.starts_on) <= changed_on <= plan.ends_on:
        raise Invalid(RegistryReason.PLAN_PERIOD, field="changed_on")
    change = PlanChange(
        plan_id=plan.id,
        fields=",".join(column.value for column in PlanField if column in fields),
        changed_on=changed_on,
        reasons=texts.prose(reasons, field="reasons", required=True, limit=2000),
        recorded_by_user_id=actor.user_id,
        recorded_at=clock.now(),
    )
    session.add(change)
    session.flush()
    outbox.write(session, "plan.changed", f"plan_change:{change.id}")
    return change


def supplement_plan(
    session: Session, actor: Actor, *, change_id: int, supplemented_on: date, receipt: str
) -> PlanChange:
    """Record that a change was filed with the registrar, with the number of its receipt.

    Raises `Denied`, `InvalidState` where it was recorded already, and `Invalid` on
    `supplemented_on` for a day before the change or to come, on `receipt` for none.
    """
    change = locked(session, select(PlanChange).where(PlanChange.id == change_id))
    plan = queries.plan(session, change.plan_id)
    require(policy.may_raise_funds(actor, queries.organisation(session, plan.charity_id)))
    if change.supplemented_on is not None:
        raise InvalidState(CommonReason.WRONG_STATE)
    if supplemented_on < change.changed_on:
        raise Invalid(CommonReason.DATES_REVERSED, field="supplemented_on")
    if supplemented_on > clock.today():
        raise Invalid(RegistryReason.IN_THE_FUTURE, field="supplemented_on")
    change.receipt = texts.line(receipt, field="receipt", limit=80)
    change.supplemented_on = supplemented_on
    session.flush()
    outbox.write(session, "plan.supplemented", f"plan_change:{change.id}")
    return change
