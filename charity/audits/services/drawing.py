"""Announcing a draw, opening it, voiding it in public, and publishing who was drawn (INS-04).

The order is what makes it fair: frame frozen and hashed, then a secret sealed by its hash and a
public number named that does not exist yet, then the number, then the secret. A secret that is not
opened in time voids the draw before everybody, and the next number decides alone: who keeps silent
can choose nothing.
"""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.audits import draw, policy
from charity.audits.models import (
    AuditDraw,
    AuditDrawState,
    AuditPlan,
    AuditPlanState,
    FrameRow,
    Inspection,
    InspectionState,
)
from charity.audits.queries import frames, plans
from charity.audits.reasons import AuditsReason
from charity.audits.services.teams import seat_drawn
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.rows import insert_or, locked, locking

_HEX = re.compile(r"[0-9a-f]{64}")
LENGTHS = {"number_name": 200, "secret": 200, "public_number": 200}


def announce_draw(
    session: Session,
    actor: Actor,
    *,
    plan_id: int,
    commitment: str,
    number_name: str,
    number_on: date,
    secret_due_on: date | None,
) -> AuditDraw:
    """Say before everybody what will decide: the hash of a secret, and which number of which day.

    After a void draw the number decides alone: then `commitment` is empty and `secret_due_on` None.
    Raises `Denied`, `Invalid` beside the field (the number lies ahead, the secret is due on its day
    or later), `Conflict` while a draw runs, `InvalidState` before the frame is frozen.
    """
    plan = locked(session, select(AuditPlan).where(AuditPlan.id == plan_id))
    require(policy.may_manage(actor, plan))
    if plan.state is not AuditPlanState.FRAMED:
        raise InvalidState(CommonReason.WRONG_STATE, state=plan.state, wanted=AuditPlanState.DRAWN)
    before = plans.draws_of(session, plan_id)
    if any(each.state is not AuditDrawState.VOID for each in before):
        raise Conflict(AuditsReason.DRAW_RUNNING)
    sealed = _sealed(commitment.strip(), secret_due_on, is_first=not before)
    if number_on <= clock.today():
        raise Invalid(AuditsReason.NUMBER_TOO_EARLY, field="number_on")
    if sealed and (secret_due_on is None or secret_due_on < number_on):
        raise Invalid(AuditsReason.SEALED_DUE_FIRST, field="secret_due_on")
    announced = AuditDraw(
        plan_id=plan_id,
        number=len(before) + 1,
        commitment=sealed,
        number_name=texts.line(number_name, field="number_name", limit=LENGTHS["number_name"]),
        number_on=number_on,
        secret_due_on=secret_due_on if sealed else None,
        announced_at=clock.now(),
        announced_by_user_id=actor.user_id,
        state=AuditDrawState.ANNOUNCED,
    )
    insert_or(session, announced, Conflict(AuditsReason.DRAW_RUNNING))
    session.expire(plan, ["draws"])
    outbox.write(session, "audit_plan.draw_announced", plan.subject)
    return announced


def open_draw(
    session: Session, actor: Actor, *, plan_id: int, secret: str, public_number: str
) -> AuditPlan:
    """Open the secret, enter the number, and draw targets and teams.

    What was drawn stays unseen until `publish_list`. Raises `Denied`, `Invalid` on `secret`
    (SEALED_WRONG: not the one committed to) or `public_number`, `InvalidState` before the number's
    day, after the secret's, or without an announced draw.
    """
    plan = locked(session, select(AuditPlan).where(AuditPlan.id == plan_id))
    require(policy.may_manage(actor, plan))
    if plan.state is not AuditPlanState.FRAMED:
        raise InvalidState(CommonReason.WRONG_STATE, state=plan.state, wanted=AuditPlanState.DRAWN)
    running = plans.running_draw(session, plan_id)
    if running is None:
        raise InvalidState(CommonReason.WRONG_STATE, wanted=AuditDrawState.DRAWN)
    _require_time(running)
    opened = _opened(running, secret)
    number = _line(public_number, "public_number", AuditsReason.NUMBER_FORM)
    now = clock.now()
    running.secret, running.public_number = opened, number
    running.seed = draw.seed_of(opened, number)
    running.code_version = draw.VERSION
    running.ended_at, running.ended_by_user_id = now, actor.user_id
    running.move_to(AuditDrawState.DRAWN)
    plan.move_to(AuditPlanState.DRAWN)
    session.flush()
    _seat(session, plan, running.seed)
    outbox.write(session, "audit_plan.drawn", plan.subject)
    return plan


def void_overdue_draws(session: Session, actor: Actor) -> int:
    """Void every draw whose secret was not opened by its day; answers how many.

    The draw stays in public with its announcement; the office announces the next, by number alone.
    Raises `Denied` for anyone but the installation.
    """
    require(policy.may_void(actor))
    query = select(AuditDraw).where(
        AuditDraw.state == AuditDrawState.ANNOUNCED, AuditDraw.secret_due_on < clock.today()
    )
    late = session.scalars(locking(query.order_by(AuditDraw.id))).all()
    for each in late:
        each.move_to(AuditDrawState.VOID)
        each.ended_at = clock.now()
        outbox.write(session, "audit_plan.draw_void", f"audit_plan:{each.plan_id}")
    session.flush()
    return len(late)


def publish_list(session: Session, actor: Actor, *, plan_id: int) -> AuditPlan:
    """一公开: from now on everybody sees who was drawn, by whom they are checked, and the proof."""
    plan = locked(session, select(AuditPlan).where(AuditPlan.id == plan_id))
    require(policy.may_manage(actor, plan))
    plan.move_to(AuditPlanState.PUBLISHED)
    plan.published_at = clock.now()
    session.flush()
    outbox.write(session, "audit_plan.published", plan.subject)
    return plan


def _sealed(commitment: str, secret_due_on: date | None, *, is_first: bool) -> str:
    """The commitment as it is kept: one for the first draw, none for those after a void one."""
    if not is_first:
        if commitment or secret_due_on is not None:
            raise Invalid(AuditsReason.NUMBER_ALONE, field="commitment")
        return ""
    if not commitment:
        raise Invalid(AuditsReason.SEALED_NEEDED, field="commitment")
    if not _HEX.fullmatch(commitment):
        raise Invalid(AuditsReason.COMMITMENT_FORM, field="commitment")
    return commitment


def _require_time(running: AuditDraw) -> None:
    today = clock.today()
    if today < running.number_on:
        raise InvalidState(AuditsReason.NUMBER_NOT_YET, day=running.number_on)
    if running.secret_due_on is not None and running.secret_due_on < today:
        raise InvalidState(AuditsReason.SEALED_LATE)


def _opened(running: AuditDraw, secret: str) -> str:
    """The secret exactly as it was sealed: nothing is trimmed off it."""
    if not running.commitment:
        if secret:
            raise Invalid(AuditsReason.NUMBER_ALONE, field="secret")
        return ""
    if not secret or len(secret) > LENGTHS["secret"] or not secret.isprintable():
        raise Invalid(AuditsReason.SEALED_FORM, field="secret")
    if draw.commitment_of(secret) != running.commitment:
        raise Invalid(AuditsReason.SEALED_WRONG, field="secret")
    return secret


def _line(text: str, field: str, reason: AuditsReason) -> str:
    said = text.strip()
    if not said or len(said) > LENGTHS[field] or not said.isprintable():
        raise Invalid(reason, field=field)
    return said


def _seat(session: Session, plan: AuditPlan, seed: str) -> None:
    """Write down what the draw says: an inspection for each target, with its team."""
    rows = {
        row.uscc: row
        for row in session.scalars(select(FrameRow).where(FrameRow.plan_id == plan.id))
    }
    inspectors = {each.code: each for each in plan.inspectors}
    drawn = [
        (
            Inspection(
                plan_id=plan.id,
                organisation_id=rows[each.id].organisation_id,
                rank=each.rank,
                stratum=rows[each.id].stratum,
                state=InspectionState.DRAWN,
            ),
            [inspectors[code] for code in each.team],
        )
        for each in draw.draw(frames.frozen(session, plan), seed)
    ]
    session.add_all(inspection for inspection, _ in drawn)
    session.flush()
    seat_drawn(session, plan, drawn)
