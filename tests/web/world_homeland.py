"""Villages with and without a fund, a pairing and a priority area, for tests of every page."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts.models import Membership, User
from charity.actor import Actor, Grant, Role
from charity.registry.models import Organisation, OrganisationKind
from projects.listings.models import Pairing, VillageFund
from projects.listings.services import homeland, pairing, priority
from tests.factories import BEGINNING, make_actor, make_organisation, make_region
from tests.projects.listings.village import MODE

#: Villages of the street: one without a fund, one that asked, one whose fund is open.
FREE, ASKED, AGREED = "420704001203", "420704001204", "420704001205"
WORDS = "全村 210 户，一半的年轻人在外面做事。今年想先把村口的路灯装上。"
SECRET = b"sixteen bytes and more"


def make_homeland(
    session: Session, *, operator_id: int, partner_id: int, staff_login: str, code: str
) -> dict[str, int | str]:
    """Things by the names of the policy table's samples; the staff speak for two committees."""
    reviewer = make_actor(session, Grant(Role.REVIEWER, region_code="420704"))
    user = session.scalars(select(User).where(User.login_name == staff_login)).one()
    staff = {at: committee_of(session, at) for at in (FREE, AGREED)}
    for committee in staff.values():
        session.add(
            Membership(
                user_id=user.id, role=Role.OWNER, organisation_id=committee.id,
                granted_at=BEGINNING,
            )
        )  # fmt: skip
    asked = claim(session, committee_of(session, ASKED))
    agreed = claim(session, staff[AGREED])
    homeland.agree_village_fund(
        session, reviewer, village_fund_id=agreed.id, operator_id=operator_id,
        fund_name="凤凰街道五里墩村社互助基金",
    )  # fmt: skip
    made = begin(session, partner_id, code)
    area = priority.mark_priority_area(
        session, make_actor(session, Grant(Role.VERIFIER)), region_code=code[:9],
        since=clock.today() - timedelta(days=30), source_url="https://example.org/list.html",
    )  # fmt: skip
    return {
        "village": FREE,
        "agreed_village": AGREED,
        "village_fund": asked.id,
        "pairing": made.id,
        "pairing_task": made.tasks[0].id,
        "priority_area": area.id,
    }


def committee_of(session: Session, code: str) -> Organisation:
    """The collective of a village, which may claim its fund."""
    make_region(session, code, f"第{code[-1]}村")
    return make_organisation(
        session, name=f"第{code[-1]}村经济合作社", kind=OrganisationKind.VILLAGE_COLLECTIVE,
        region_code=code,
    )  # fmt: skip


def tasks() -> list[pairing.TaskDraft]:
    """Five things, one a week."""
    names = ("修好门口的路", "装扶手", "每月送一次药", "陪着体检", "过年一起吃顿饭")
    first = clock.today() + timedelta(days=7)
    return [pairing.TaskDraft(name, first + timedelta(days=7 * n)) for n, name in enumerate(names)]


def begin(session: Session, unit_id: int, code: str, **changed: object) -> Pairing:
    """A pairing of a unit with a village from today for a year, by the unit's owner."""
    said: dict[str, object] = {
        "client_id": str(uuid.uuid4()),
        "organisation_id": unit_id,
        "region_code": code,
        "starts_on": clock.today(),
        "ends_on": clock.today() + timedelta(days=365),
        "tasks": tasks(),
        "secret": SECRET,
        "operator_mode": MODE,
    }
    actor = changed.pop("actor", None) or make_actor(
        session, Grant(Role.OWNER, organisation_id=unit_id)
    )
    return pairing.begin_pairing(session, actor, **(said | changed))  # type: ignore[arg-type]


def claim(session: Session, committee: Organisation, actor: Actor | None = None) -> VillageFund:
    """The committee's owner claims the fund of its village."""
    owner = make_actor(session, Grant(Role.OWNER, organisation_id=committee.id))
    return homeland.claim_village_fund(
        session, actor or owner, region_code=committee.region_code, committee_id=committee.id,
        introduction=WORDS,
    )  # fmt: skip
