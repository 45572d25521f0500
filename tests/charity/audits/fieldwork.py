"""An inspection at work on the charity of the spending world: rows of audits, money as in life."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from datetime import date
from itertools import count

from PIL import Image
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.audits.models import (
    AuditKind,
    AuditLevel,
    AuditPlan,
    AuditPlanState,
    Inspection,
    InspectionMember,
    InspectionState,
    PlanInspector,
)
from charity.money import ZERO, Money
from tests.charity.spending.world import COUNTY, World, make_actor, make_world

_scenes = count(1000)


@dataclass
class Fieldwork:
    """A published plan, one inspection in fieldwork, its two inspectors and who answers for it."""

    world: World
    plan: AuditPlan
    inspection: Inspection
    inspectors: tuple[Actor, Actor]
    owner: Actor

    @property
    def session(self) -> Session:
        return self.world.session

    @property
    def inspector(self) -> Actor:
        return self.inspectors[0]


def make_fieldwork(
    session: Session, *, state: InspectionState = InspectionState.FIELDWORK
) -> Fieldwork:
    """The inspectors are strangers to the charity; its book has a fund with money."""
    world = make_world(session, gift=Money.yuan(100_000))
    plan = AuditPlan(
        title="年度抽查",
        kind=AuditKind.REGULAR,
        level=AuditLevel.COUNTY,
        region_code=COUNTY,
        period_from=date(2020, 1, 1),
        period_until=date(2099, 12, 31),
        starts_on=clock.today(),
        ends_on=clock.today(),
        checklist_version="1",
        coverage=3,
        team_size=2,
        budget=ZERO,
        response_days=10,
        rectification_days=30,
        made_at=clock.now(),
    )
    session.add(plan)
    session.flush()
    inspectors = tuple(
        make_actor(session, f"inspector{n}", Grant(Role.INSPECTOR, region_code=COUNTY))
        for n in (1, 2)
    )
    listed = [
        PlanInspector(
            plan_id=plan.id, code=f"{n:03}", user_id=actor.user_id, person_id=actor.person_id,
            name=actor.name, added_at=clock.now(),
        )
        for n, actor in enumerate(inspectors, 1)
    ]  # fmt: skip
    session.add_all(listed)
    session.flush()
    plan.frame_hash, plan.framed_at = "0" * 64, clock.now()
    plan.state, plan.published_at = AuditPlanState.PUBLISHED, clock.now()
    inspection = Inspection(
        plan_id=plan.id,
        organisation_id=world.charity_id,
        rank=1,
        state=state,
        notice_number="检 1 号",
        notice_delivered_on=clock.today(),
    )
    session.add(inspection)
    session.flush()
    session.add_all(
        InspectionMember(
            inspection_id=inspection.id, inspector_id=one.id, user_id=one.user_id,
            person_id=one.person_id, rank=n, joined_at=clock.now(),
        )
        for n, one in enumerate(listed, 1)
    )  # fmt: skip
    session.flush()
    owner = make_actor(session, "owner", Grant(Role.OWNER, organisation_id=world.charity_id))
    return Fieldwork(world, plan, inspection, (inspectors[0], inspectors[1]), owner)


def picture(seed: int, width: int = 240) -> bytes:
    """A photograph of its own scene; the same scene in another width for the same seed."""
    chance = random.Random(seed)
    image = Image.new("L", (9, 9))
    image.putdata([chance.randrange(256) for _ in range(81)])
    out = io.BytesIO()
    image.resize((width, width), Image.Resampling.BICUBIC).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def pay(world: World, yuan: int, **changes: object) -> str:
    """An expense that was agreed to and paid, with a picture of its own; answers its subject."""
    form = {"pictures": [picture(next(_scenes))], "deliverable_id": None, "units": None} | changes
    expense = world.submit(None, amount=Money.yuan(yuan), **form)
    world.approve(expense, world.approver)
    world.approve(expense, world.second_approver)
    world.pay(expense)
    return expense.subject
