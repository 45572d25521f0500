"""Offers of two organisations, what somebody wants to borrow, and a dispatch plan."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from projects.listings import services
from projects.listings.models import (
    BeneficiaryGroup,
    Booking,
    DispatchMethod,
    DispatchPlan,
    DispatchRow,
    ListingCategory,
    Resource,
    ResourceKind,
)
from tests.factories import make_actor

HOUR = 60


def offered(
    session: Session, giver: Actor, organisation_id: int, code: str, **changed: Any
) -> Resource:
    """Forty hours of repairs for old people, within the county."""
    words: dict[str, Any] = {
        "client_id": str(uuid.uuid4()),
        "title": "电工师傅上门修灯",
        "kind": ResourceKind.HOURS,
        "category": ListingCategory.REPAIR,
        "beneficiary_group": BeneficiaryGroup.ELDERLY,
        "organisation_id": organisation_id,
        "region_code": code,
        "serves_code": code[:6],
        "quantity": 40 * HOUR,
        "starts_on": clock.today(),
        "conditions": "要有人在家",
    } | changed
    return services.post_resource(session, giver, **words)


def lent(session: Session, unit: Actor, organisation_id: int, code: str) -> Resource:
    """Wheelchairs to borrow."""
    return offered(
        session, unit, organisation_id, code, title="轮椅可以借", kind=ResourceKind.LENDING,
        category=ListingCategory.DISABILITY, item="轮椅", quantity=6, unit="把",
        beneficiary_group=None,
    )  # fmt: skip


def asked(session: Session, resource: Resource, *, days: int, hours: int = 3) -> Booking:
    """Somebody wants it, so many days from now."""
    start = clock.now() + timedelta(days=days)
    return services.ask_booking(
        session, Actor.guest(), client_id=str(uuid.uuid4()), resource_id=resource.id,
        starts_at=start, ends_at=start + timedelta(hours=hours), purpose="接老人出院",
        contact_name="周桂兰", contact_phone="13900003333",
    )  # fmt: skip


def planned(session: Session, need_id: int, resource_id: int, code: str) -> DispatchPlan:
    """A draft with one row, and the same beside it as the greedy plan."""
    plan = DispatchPlan(
        region_code=code[:6], made_at=clock.now(), needs_seen=1, resources_seen=2,
        optimal_score=600_000, greedy_score=540_000,
    )  # fmt: skip
    reasons = '[{"code": "match.category_same", "points": 3000, "params": {}}]'
    plan.rows = [
        DispatchRow(method=method, need_id=need_id, resource_id=resource_id, quantity=many,
                    score=8_000, reasons=reasons)
        for method, many in ((DispatchMethod.OPTIMAL, 75), (DispatchMethod.GREEDY, 67))
    ]  # fmt: skip
    session.add(plan)
    session.flush()
    return plan


def make_resources(
    session: Session, partner_id: int, other_id: int, need_id: int, code: str
) -> dict[str, int | str]:
    """Things by the names of the policy table's samples."""
    unit = make_actor(session, Grant(Role.OWNER, organisation_id=partner_id))
    other = make_actor(session, Grant(Role.OWNER, organisation_id=other_id))
    mine = offered(session, unit, partner_id, code)
    theirs = offered(session, other, other_id, code, title="周末维修队")
    chairs = lent(session, unit, partner_id, code)
    paused = offered(session, unit, partner_id, code, title="会议室", kind=ResourceKind.SPACE,
        category=ListingCategory.VENUE, quantity=None, beneficiary_group=None)  # fmt: skip
    services.pause_resource(session, unit, resource_id=paused.id)
    waiting = asked(session, chairs, days=2)
    agreed = asked(session, chairs, days=4)
    services.answer_booking(session, unit, booking_id=agreed.id, agrees=True)
    out = asked(session, chairs, days=1)
    services.answer_booking(session, unit, booking_id=out.id, agrees=True)
    out.starts_at = clock.now() - timedelta(hours=1)  # handed over an hour ago
    plan = planned(session, need_id, theirs.id, code)
    return {
        "resource": mine.id,
        "other_resource": theirs.id,
        "lent_resource": chairs.id,
        "paused_resource": paused.id,
        "booking": waiting.id,
        "agreed_booking": agreed.id,
        "lent_booking": out.id,
        "guest_booking": waiting.token or "",
        "dispatch_plan": plan.id,
    }
