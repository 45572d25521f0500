"""Duties follow the facts: made, dropped, fulfilled and made again; what is late stops new money.

A daily work of the installation, and idempotent: run twice on a day it changes nothing the second
time. What was published stays fulfilled whatever the facts become.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.disclosure import policy
from charity.disclosure.models import DisclosureDuty, DisclosureKind
from charity.disclosure.owing import Wanted, everything
from charity.disclosure.owing.organisations import ANNUAL
from charity.disclosure.owing.wanted import Key
from charity.disclosure.services.publishing import source_of
from charity.registry import services as registry
from charity.registry.models import RestrictedAct
from charity.rows import insert_new
from charity.rules import parameter

#: Why a duty was dropped: the facts it came from are not so any more. Words stand with the page.
FACTS_CHANGED = "facts_changed"

#: What a late duty about a campaign stops there until it is fulfilled: new gifts.
PAUSES_GIFTS = frozenset(
    {
        DisclosureKind.EMERGENCY_FILING,
        DisclosureKind.EMERGENCY_RECEIPTS,
        DisclosureKind.CAMPAIGN_PROGRESS,
    }
)
#: What stops new projects and campaigns of the organisation: its report of the year is missing.
PAUSES_POSTING = frozenset({ANNUAL})
#: How long what is found late pauses nothing (ours).
FOUND_LATE = "DIS-203.found_late"


@dataclass(slots=True)
class Raised:
    """What a run changed: duties made, dropped, made again, fulfilled by facts; acts stopped."""

    made: int = 0
    dropped: int = 0
    again: int = 0
    done: int = 0
    stopped: int = 0


def raise_duties(session: Session, actor: Actor, *, on: date) -> Raised:
    """Bring the duties to what the facts of a day in China want.

    Raises `Denied` for anyone but the installation.
    """
    require(policy.may_keep_duties(actor))
    raised = Raised()
    wanted = {each.key: each for each in everything(session, on)}
    there = {_key(duty): duty for duty in session.scalars(select(DisclosureDuty))}
    for key, each in wanted.items():
        duty = there.get(key)
        if duty is None:
            raised.made += _make(session, each)
        elif duty.fulfilled_at is None:
            _follow(session, actor, duty, each, raised)
    for key, duty in there.items():
        if key not in wanted and duty.fulfilled_at is None and duty.dropped_at is None:
            _drop(session, actor, duty)
            raised.dropped += 1
    session.flush()
    raised.stopped = stop_what_is_late(session, actor, on=on)
    return raised


def stop_what_is_late(session: Session, actor: Actor, *, on: date) -> int:
    """Pause new gifts, or new projects, where a report is late; answers how many acts stand still.

    CHA-113, CHA-114 and DIS-203 pause the campaign, DIS-202 the organisation's posting; publishing
    lets them go on. What was late already when it was first asked for here, after an import or an
    update, pauses nothing for some days, so that it can be made up for.
    """
    require(policy.may_keep_duties(actor))
    late = select(DisclosureDuty).where(
        DisclosureDuty.due_on < on,
        DisclosureDuty.fulfilled_at.is_(None),
        DisclosureDuty.dropped_at.is_(None),
    )
    grace = timedelta(days=parameter(FOUND_LATE, on).number)
    stopped = 0
    for duty in session.scalars(late.order_by(DisclosureDuty.id)).all():
        made_on = clock.day_of(duty.created_at)
        if duty.due_on < made_on and on <= made_on + grace:
            continue
        if duty.kind in PAUSES_GIFTS and duty.campaign_id is not None:
            where, act = {"campaign_id": duty.campaign_id}, RestrictedAct.COLLECT
        elif duty.rule_id in PAUSES_POSTING:
            where, act = {"organisation_id": duty.organisation_id}, RestrictedAct.POST
        else:
            continue
        registry.restrict(
            session, actor, **where, act=act, rule_id=duty.rule_id, source=source_of(duty.id)
        )
        stopped += 1
    return stopped


def _key(duty: DisclosureDuty) -> Key:
    return (duty.rule_id, duty.subject, duty.kind, duty.period_until)


def _make(session: Session, wanted: Wanted) -> int:
    """A new duty; one that another worker made meanwhile is left to it."""
    now = clock.now()
    made = insert_new(
        session,
        DisclosureDuty,
        rule_id=wanted.rule_id,
        kind=wanted.kind,
        subject=wanted.subject,
        organisation_id=wanted.organisation_id,
        campaign_id=wanted.campaign_id,
        period_from=wanted.period_from,
        period_until=wanted.period_until,
        due_on=wanted.due_on,
        created_at=now,
        fulfilled_at=now if wanted.done else None,
        dropped_because="",
    )
    return 1 if made is not None else 0


def _follow(
    session: Session, actor: Actor, duty: DisclosureDuty, wanted: Wanted, raised: Raised
) -> None:
    """An open or dropped duty takes what the facts say now."""
    if duty.dropped_at is not None:
        duty.dropped_at, duty.dropped_because = None, ""
        raised.again += 1
    if duty.due_on != wanted.due_on:
        duty.period_from, duty.due_on = wanted.period_from, wanted.due_on
        _let_go(session, actor, duty)
    if wanted.done:
        duty.fulfilled_at = clock.now()
        _let_go(session, actor, duty)
        raised.done += 1


def _drop(session: Session, actor: Actor, duty: DisclosureDuty) -> None:
    duty.dropped_at, duty.dropped_because = clock.now(), FACTS_CHANGED
    _let_go(session, actor, duty)


def _let_go(session: Session, actor: Actor, duty: DisclosureDuty) -> None:
    registry.lift_restrictions(session, actor, source=source_of(duty.id), note=FACTS_CHANGED)
