"""An order that waits, and a need of an organisation that another claims, serves and judges."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from projects.listings import services
from projects.listings.models import (
    BeneficiaryGroup,
    Claim,
    EvaluationSide,
    ListingCategory,
    Need,
    ResourceKind,
    ServiceRecord,
    Urgency,
)
from tests.factories import make_actor

HOUR = 60


def said(code: str, **changed: Any) -> dict[str, Any]:
    """An order of ten hours of repairs for old people, as `order_need` takes it."""
    return {
        "client_id": str(uuid.uuid4()),
        "title": "二十户老人家里的灯要换",
        "kind": ResourceKind.HOURS,
        "category": ListingCategory.REPAIR,
        "beneficiary_group": BeneficiaryGroup.ELDERLY,
        "region_code": code,
        "quantity": 10 * HOUR,
        "unit": "",
        "item": "",
        "starts_on": clock.today(),
        "ends_on": None,
        "urgency": Urgency.NORMAL,
        "conditions": "",
        "people": 20,
        "description": "楼道灯和家里的灯，带梯子来。",
        "contact_name": "陈阿姨",
        "contact_phone": "13800002222",
        "address": "三组 12 号",
    } | changed


def open_need(session: Session, dispatcher: Actor, code: str, **changed: Any) -> Need:
    """An order that the community has confirmed."""
    need = services.order_need(session, changed.pop("by", Actor.guest()), **said(code, **changed))
    return services.confirm_need(session, dispatcher, need_id=need.id)


def accepted_claim(
    session: Session, dispatcher: Actor, unit: Actor, need: Need, **changed: Any
) -> Claim:
    """A claim of a unit that the community has accepted."""
    claim = services.claim_need(
        session, unit, client_id=str(uuid.uuid4()), need_id=need.id, **changed
    )
    return services.accept_claim(session, dispatcher, claim_id=claim.id)


def reported(session: Session, unit: Actor, claim: Claim, on: date, minutes: int) -> ServiceRecord:
    """A day of service the unit reports."""
    return services.report_service(
        session, unit, client_id=str(uuid.uuid4()), claim_id=claim.id, delivered_on=on,
        minutes=minutes, people=3, times=4, note="换了灯泡",
    )  # fmt: skip


def make_needs(session: Session, partner_id: int, other_id: int, code: str) -> dict[str, int | str]:
    """Things by the names of the policy table's samples."""
    dispatcher = make_actor(session, Grant(Role.DISPATCHER, region_code=code[:6]))
    poster = make_actor(session, Grant(Role.OWNER, organisation_id=partner_id))
    unit = make_actor(session, Grant(Role.OWNER, organisation_id=other_id))
    ordered = services.order_need(session, Actor.guest(), **said(code, title="请人陪着去医院"))
    need = open_need(session, dispatcher, code, by=poster, organisation_id=partner_id)
    claim = accepted_claim(
        session, dispatcher, unit, need, organisation_id=other_id, quantity=4 * HOUR
    )
    record = reported(session, unit, claim, clock.today(), HOUR)
    done = accepted_claim(
        session, dispatcher, unit, need, organisation_id=other_id, quantity=2 * HOUR
    )
    reported(session, unit, done, clock.today(), 2 * HOUR)
    services.finish_claim(session, unit, claim_id=done.id)
    services.confirm_claim(session, dispatcher, claim_id=done.id)
    made = services.evaluate(
        session, dispatcher, claim_id=done.id, side=EvaluationSide.NEED, stars=5, words="很细心"
    )
    return {
        "ordered_need": ordered.id,
        "order": ordered.token,
        "need": need.id,
        "need_token": need.token,
        "claim": claim.id,
        "service_record": record.id,
        "judged_claim": done.id,
        "evaluation": made.id,
    }
