"""Announce, open, void, publish: in this order, by nobody else, and unseen until it is public."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.actor import Actor
from charity.audits import draw, policy, replaying, services
from charity.audits.models import AuditDrawState, AuditPlanState, FrameStratum, Inspection
from charity.audits.queries import inspections, plans
from charity.audits.reasons import AuditsReason
from charity.errors import Conflict, Denied, DomainError, Invalid, InvalidState, NotFound
from charity.registry.models import RelatedParty, Relation
from tests.charity.audits.checking import NUMBER, SECRET, SYSTEM, Checking
from tests.conftest import SetClock

pytestmark = pytest.mark.usefixtures("clock")

TODAY = date(2026, 3, 16)
SEALED = draw.commitment_of(SECRET)


@pytest.fixture
def checking(session: Session) -> Checking:
    return Checking.begin(session)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"commitment": ""}, AuditsReason.SEALED_NEEDED),
        ({"commitment": SEALED.upper()}, AuditsReason.COMMITMENT_FORM),
        ({"commitment": SECRET}, AuditsReason.COMMITMENT_FORM),
        ({"number_on": TODAY}, AuditsReason.NUMBER_TOO_EARLY),
        ({"secret_due_on": TODAY}, AuditsReason.SEALED_DUE_FIRST),
        ({"secret_due_on": None}, AuditsReason.SEALED_DUE_FIRST),
    ],
)
def test_a_wrong_announcement_is_refused(
    checking: Checking, changed: dict[str, Any], reason: AuditsReason
) -> None:
    plan = checking.framed()
    said = {
        "plan_id": plan.id,
        "commitment": SEALED,
        "number_name": "双色球",
        "number_on": TODAY + timedelta(days=1),
        "secret_due_on": TODAY + timedelta(days=3),
    }
    with pytest.raises(Invalid) as refused:
        checking.do(services.announce_draw, **said | changed)
    assert refused.value.reason is reason
    checking.do(services.announce_draw, **said)
    with pytest.raises(Conflict):
        checking.do(services.announce_draw, **said)


def test_a_draw_comes_after_its_frame_and_its_announcement(checking: Checking) -> None:
    plan = checking.plan()
    with pytest.raises(InvalidState):
        checking.announce(plan)
    checking.do(services.freeze_frame, plan_id=plan.id)
    opening = {"plan_id": plan.id, "secret": SECRET, "public_number": NUMBER}
    with pytest.raises(InvalidState):
        checking.do(services.open_draw, **opening)
    checking.announce(plan)
    with pytest.raises(InvalidState) as refused:
        checking.do(services.open_draw, **opening)
    assert refused.value.reason is AuditsReason.NUMBER_NOT_YET


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"secret": SECRET + " "}, AuditsReason.SEALED_WRONG),
        ({"secret": ""}, AuditsReason.SEALED_FORM),
        ({"secret": "a\nb"}, AuditsReason.SEALED_FORM),
        ({"public_number": " "}, AuditsReason.NUMBER_FORM),
    ],
)
def test_only_what_was_sealed_opens_it(
    checking: Checking, clock: SetClock, said: dict[str, str], reason: AuditsReason
) -> None:
    plan = checking.framed()
    checking.announce(plan)
    clock.advance(days=1)
    opening = {"plan_id": plan.id, "secret": SECRET, "public_number": NUMBER}
    with pytest.raises(Invalid) as refused:
        checking.do(services.open_draw, **opening | said)
    assert refused.value.reason is reason
    assert checking.do(services.open_draw, **opening).state is AuditPlanState.DRAWN


def test_a_secret_not_opened_voids_the_draw_and_the_number_decides_alone(
    checking: Checking, clock: SetClock
) -> None:
    plan = checking.framed()
    checking.announce(plan)
    with pytest.raises(Denied):
        checking.do(services.void_overdue_draws)
    clock.advance(days=8)
    assert checking.do(services.void_overdue_draws, SYSTEM) == 0
    clock.advance(days=1)
    opening = {"plan_id": plan.id, "secret": SECRET, "public_number": NUMBER}
    with pytest.raises(InvalidState) as refused:
        checking.do(services.open_draw, **opening)
    assert refused.value.reason is AuditsReason.SEALED_LATE
    assert checking.do(services.void_overdue_draws, SYSTEM) == 1
    with pytest.raises(Invalid) as second:
        checking.announce(plan)
    assert second.value.reason is AuditsReason.NUMBER_ALONE
    checking.announce(plan, secret="")
    clock.advance(days=1)
    with pytest.raises(Invalid):
        checking.do(services.open_draw, **opening)
    checking.do(services.open_draw, **opening | {"secret": ""})
    first, again = plans.draws_of(checking.session, plan.id)
    assert (first.state, again.state) == (AuditDrawState.VOID, AuditDrawState.DRAWN)
    assert again.seed == draw.sha256(f"\n{NUMBER}")
    assert replaying.problems(plans.draw_file(checking.session, plan.id)) == []


def test_ins_04_the_draw_is_what_anyone_repeats(session: Session) -> None:
    """Frame, seed, targets and teams of the rows are those of the published file."""
    checking = Checking.begin(session, organisations=7, inspectors=5)
    plan = checking.published(coverage=30, strata=(FrameStratum.KIND,))
    file = plans.draw_file(session, plan.id)
    assert replaying.problems(file) == []
    assert file["frame_hash"] == plan.frame_hash
    rows = plans.targets_of(session, plan.id)
    names = {each.id: each.code for each in plan.inspectors}
    assert [
        (each.organisation.uscc, [names[member.inspector_id] for member in each.team])
        for each in rows
    ] == [(each["id"], each["team"]) for each in file["targets"]]  # type: ignore[attr-defined]
    assert len(rows) == draw.wanted(7, 30) == 3


def test_the_organisation_sees_no_draw_before_publication(checking: Checking) -> None:
    """The frozen frame's hash and the announcement are public, whom it drew is not."""
    plan = checking.drawn()
    inspection = checking.inspection(plan)
    owner = checking.owners[inspection.organisation_id]
    first = checking.team(inspection)[0]
    for actor in (owner, first, Actor.guest()):
        assert policy.may_see_plan(actor, plan)
        assert policy.may_see_list(actor, plan).hidden
        assert policy.may_read(actor, inspection).hidden
        assert policy.may_enter_room(actor, inspection).hidden
        assert policy.may_inspect(actor, inspection).hidden
        for verb, said in (
            (services.deliver_notice, {"delivered_on": TODAY}),
            (services.respond, {"response": "…"}),
            (services.start_fieldwork, {}),
        ):
            with pytest.raises(NotFound):
                checking.do(verb, actor, inspection_id=inspection.id, **said)
        assert inspections.inspections_of(checking.session, actor) == []
    assert policy.may_see_list(checking.office, plan)
    checking.do(services.publish_list, plan_id=plan.id)
    assert policy.may_see_list(owner, plan)
    assert policy.may_enter_room(owner, inspection).hidden, "before the notice"
    assert inspection in inspections.inspections_of(checking.session, first)


def test_only_the_office_announces_opens_and_publishes(checking: Checking) -> None:
    plan = checking.framed()
    owner = checking.owners[checking.organisations[0].id]
    for verb, said in (
        (services.announce_draw, {"commitment": SEALED, "number_name": "x", "number_on": TODAY,
                                  "secret_due_on": TODAY}),
        (services.open_draw, {"secret": SECRET, "public_number": NUMBER}),
        (services.publish_list, {}),
        (services.close_plan, {}),
    ):  # fmt: skip
        with pytest.raises(Denied):
            checking.do(verb, owner, plan_id=plan.id, **said)
    for wrong in (services.publish_list, services.close_plan):
        with pytest.raises(DomainError):
            checking.do(wrong, plan_id=plan.id)


def test_ins_06_who_declares_late_is_followed_by_the_next_in_line(session: Session) -> None:
    checking = Checking.begin(session, organisations=1, inspectors=3)
    plan = checking.published()
    inspection = checking.inspection(plan)
    leaver, stays = checking.team(inspection)
    [third] = [each for each in checking.inspectors if each not in (leaver, stays)]
    ids = {"plan_id": plan.id, "organisation_id": inspection.organisation_id}
    checking.do(services.declare_recusal, leaver, **ids, note="亲戚在那里工作")
    assert {each.user_id for each in inspection.team} == {stays.user_id, third.user_id}
    [gone] = [each for each in inspection.members if each.left_at]
    assert gone.left_because == "亲戚在那里工作"
    member = inspection.team[0]
    assert checking.do(services.replace_member, member_id=member.id, reason="生病") is None
    with pytest.raises(Invalid):
        checking.do(services.replace_member, member_id=inspection.team[0].id, reason=" ")
    assert len(inspection.team) == 1
    assert replaying.problems(plans.draw_file(session, plan.id)) == [], "the draw stays"


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("inspectors", [2, 3])
def test_ins_06_naming_an_inspector_as_ones_own_stops_no_draw(
    session: Session, inspectors: int, declared: bool
) -> None:
    """A tie that comes up after the freezing is a late recusal: the next in line is seated."""
    checking = Checking.begin(session, organisations=1, inspectors=inspectors)
    plan = checking.framed()
    named = checking.inspectors[0]
    there = checking.organisations[0].id
    if declared:
        said = {"plan_id": plan.id, "organisation_id": there}
        checking.do(services.declare_recusal, named, **said, note="同学")
    else:
        session.add(
            RelatedParty(
                organisation_id=there, name="甲", relation=Relation.STAFF,
                person_id=named.person_id, since=TODAY, recorded_at=plan.made_at,
                recorded_by_user_id=checking.office.user_id,
            )
        )  # fmt: skip
        session.flush()
    checking.announce(plan)
    checking.open(plan)
    inspection = checking.inspection(plan)
    team = {each.user_id for each in inspection.team}
    assert named.user_id not in team
    assert len(team) == inspectors - 1
    late = [each.is_late for each in plans.recusals_of(session, plan.id)]
    assert late in ([True], []), "only where the draw would have seated them"
    assert replaying.problems(plans.draw_file(session, plan.id)) == []


def test_everybody_of_a_special_audit_is_drawn(checking: Checking) -> None:
    plan = checking.published()
    count = select(func.count()).select_from(Inspection).where(Inspection.plan_id == plan.id)
    assert checking.session.scalar(count) == len(checking.organisations)
    assert house_clock.today() == TODAY
