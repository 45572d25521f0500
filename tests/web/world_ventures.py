"""A competition being drafted, and one whose call is open: a draft and an application in it.

The other staff's organisation runs both, the staff's applies.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.files import LocalFileStore
from charity.money import Money
from projects.ventures import services
from projects.ventures.models import (
    Application,
    ApplicationLineKind,
    Competition,
    CompetitionLevel,
    FunderTier,
)
from tests.factories import make_actor
from tests.fixtures.pictures import good_jpeg

RUBRIC = (("需求", 60), ("方案", 40))


def draft(session: Session, organiser: Actor, organiser_id: int, **changed: Any) -> Competition:
    """A competition of a district, with a calendar and the usual terms."""
    today = clock.today()
    said: dict[str, Any] = {
        "client_id": str(uuid.uuid4()),
        "organiser_id": organiser_id,
        "title": "鄂城区公益创投",
        "summary": "请社会组织来办居民要办的事。",
        "level": CompetitionLevel.DISTRICT,
        "region_code": "420704",
        "calendar": services.Calendar(
            call_from=today,
            call_until=today + timedelta(days=20),
            review_until=today + timedelta(days=40),
        ),
    }
    return services.draft_competition(session, organiser, **(said | changed))


def open_one(
    session: Session,
    organiser: Actor,
    treasurer: Actor,
    charity_id: int,
    found: Competition,
    *,
    opens: bool = True,
) -> Competition:
    """Give a draft a rubric, a pool and a funder, and open its call unless it waits."""
    services.set_criteria(
        session, organiser, competition_id=found.id,
        criteria=[services.CriterionDraft(title, weight, "走访过") for title, weight in RUBRIC],
    )  # fmt: skip
    services.open_prize_pool(
        session, treasurer, competition_id=found.id, charity_id=charity_id, name="创投奖金池"
    )
    services.add_funder(
        session, organiser, competition_id=found.id, organisation_id=charity_id,
        tier=FunderTier.CITY, pledged=Money.yuan(300_000),
    )  # fmt: skip
    if not opens:
        return found
    return services.open_call(session, organiser, competition_id=found.id)


def begin(
    session: Session, applicant: Actor, organisation_id: int, found: Competition, **changed: Any
) -> Application:
    """A draft that says everything."""
    begun = services.begin_application(
        session, applicant, client_id=str(uuid.uuid4()), competition_id=found.id,
        organisation_id=organisation_id,
    )  # fmt: skip
    line = services.LineAsked(
        "上门服务", ApplicationLineKind.ACTIVITY, Money.yuan(10_000), Money.yuan(6_000)
    )
    said: dict[str, Any] = {
        "title": "独居老人上门送餐",
        "summary": "八十位独居老人一天一餐。",
        "plan": "志愿者分三路送。",
        "region_code": "420704",
        "lines": [line],
    }
    return services.save_draft(session, applicant, application_id=begun.id, **(said | changed))


def make_ventures(
    session: Session,
    folder: Path,
    applicant_id: int,
    organiser_id: int,
    charity_id: int,
    need_id: int,
) -> dict[str, int | str]:
    """The things by their names in the samples of the policy table."""
    organiser = make_actor(session, Grant(Role.ORGANISER, organisation_id=organiser_id))
    treasurer = make_actor(session, Grant(Role.TREASURER, organisation_id=charity_id))
    applicant = make_actor(session, Grant(Role.OWNER, organisation_id=applicant_id))
    planned = draft(session, organiser, organiser_id)
    services.attach_need(session, organiser, competition_id=planned.id, need_id=need_id)
    promise = services.add_funder(
        session, organiser, competition_id=planned.id, organisation_id=charity_id,
        tier=FunderTier.CITY, pledged=Money.yuan(500),
    )  # fmt: skip
    found = draft(session, organiser, organiser_id, title="鄂城区第二届公益创投")
    open_one(session, organiser, treasurer, charity_id, found)
    written = begin(session, applicant, applicant_id, found, title="还在写的送餐")
    sent = begin(session, applicant, applicant_id, found)
    paper = services.attach_file(
        session, applicant, application_id=sent.id, name="登记证书.jpg", content=good_jpeg(),
        files=LocalFileStore(folder),
    )  # fmt: skip
    services.sign_and_submit(
        session, applicant, application_id=sent.id, commitment_version="1",
        commitment_text="申报书里写的都是真的。",
    )  # fmt: skip
    return {
        "competition": found.id,
        "competition_draft": planned.id,
        "competition_draft_funder": promise.id,
        "competition_funder": found.funders[0].id,
        "application": sent.id,
        "application_draft": written.id,
        "application_file": paper.id,
    }
