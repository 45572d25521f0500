"""The life of a project: steps, reports, roles, followers, pauses and its end."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import queries as accounts
from charity.accounts.consents import of_picture
from charity.accounts.models import ConsentPurpose
from charity.actor import Actor, Grant, Role
from charity.disclosure.models import ProjectClosing, ProjectClosingState, SurplusDisposal
from charity.donations import services as donations
from charity.donations.models import MonthlyPlan, PlanState
from charity.errors import (
    CommonReason,
    Conflict,
    Denied,
    DomainError,
    Invalid,
    InvalidState,
    NotFound,
)
from charity.evidence import reencode
from charity.files import LocalFileStore
from charity.ledger.models import FundClosing
from charity.letters import Letter
from charity.money import Money
from charity.outbox import Outbox
from charity.registry import queries as registry
from charity.registry.eligibility import giving_eligibility
from charity.registry.models import Campaign, CampaignState, OrganisationKind, PlanField
from charity.registry.reasons import RegistryReason
from charity.registry.services import change_plan
from charity.rows import present
from projects.listings import policy, queries, services
from projects.listings.models import (
    MILESTONE_TRANSITIONS,
    Milestone,
    MilestoneState,
    PartyRole,
    Project,
    ProjectRole,
    ProjectState,
)
from projects.listings.patterns import pattern, patterns
from projects.listings.reasons import LifeReason
from tests.factories import make_actor, make_organisation
from tests.fixtures.pictures import good_jpeg
from tests.projects.listings.village import MODE, SYSTEM, VILLAGE, Village, content, second_account

P, C, A, D = MilestoneState
RUNNING = (ProjectState.PUBLISHED, ProjectState.PAUSED)


def planned(village: Village, project: Project, title: str = "第一批十户装完") -> Milestone:
    return services.plan_milestone(
        village.session,
        village.editor,
        project_id=project.id,
        title=title,
        due_on=clock.today() + timedelta(days=30),
    )


def refusal(act: Callable[[], object]) -> DomainError | None:
    """What an act is refused with; None where it is done."""
    try:
        act()
    except DomainError as error:
        return error
    return None


def told(session: Session) -> list[str]:
    """What the world heard of projects, in order."""
    rows = session.scalars(select(Outbox).order_by(Outbox.id))
    return [row.event for row in rows if row.subject.startswith("project:")]


# ── steps ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("before", "after"), list(product(MilestoneState, MilestoneState)))
def test_the_way_of_a_milestone(before: MilestoneState, after: MilestoneState) -> None:
    step = Milestone(state=before)
    allowed = (before, after) in {(P, C), (P, D), (C, A), (C, P)}
    assert (after in MILESTONE_TRANSITIONS[before]) is allowed
    assert (refusal(lambda: step.move_to(after)) is None) is allowed
    assert step.state is (after if allowed else before)


@pytest.mark.parametrize("state", ProjectState)
def test_what_may_be_done_with_steps_in_each_state_of_a_project(
    village: Village, state: ProjectState
) -> None:
    """Planned until it is over but not under review; claimed and judged while it runs."""
    session, project = village.session, village.published()
    claimed, other = planned(village, project), planned(village, project, "第二批")
    services.claim_milestone(session, village.editor, milestone_id=claimed.id, note="看照片")
    project.state = state
    plans = refusal(lambda: planned(village, project, "第三批"))
    claims = refusal(
        lambda: services.claim_milestone(
            session, village.editor, milestone_id=other.id, note="装好了"
        )
    )
    accepts = refusal(
        lambda: services.accept_milestone(session, village.acceptor, milestone_id=claimed.id)
    )
    assert (plans is None) is (state not in (ProjectState.SUBMITTED, ProjectState.CLOSED))
    assert (claims is None) is (state in RUNNING)
    assert (accepts is None) is (state in RUNNING)


def test_a_step_is_accepted_by_others_than_those_who_did_it(village: Village) -> None:
    session, project = village.session, village.published()
    step = planned(village, project)
    with pytest.raises(InvalidState):
        services.accept_milestone(session, village.reviewer, milestone_id=step.id)
    with pytest.raises(Invalid):
        services.claim_milestone(session, village.editor, milestone_id=step.id, note=" ")
    services.claim_milestone(session, village.editor, milestone_id=step.id, note="十户都装好了")
    both = second_account(session, village.editor, Grant(Role.ACCEPTOR, region_code=VILLAGE))
    owner = make_actor(session, Grant(Role.OWNER, organisation_id=village.partner.id))
    elsewhere = make_actor(session, Grant(Role.ACCEPTOR, region_code="420703"))
    answers = {
        "claimer": (village.editor, CommonReason.NOT_PERMITTED),
        "other account": (both, LifeReason.CLAIMERS_ORGANISATION),
        "owner": (owner, CommonReason.NOT_PERMITTED),
        "elsewhere": (elsewhere, CommonReason.NOT_PERMITTED),
        "guest": (Actor.guest(), CommonReason.SIGN_IN_FIRST),
    }
    for actor, reason in answers.values():
        with pytest.raises(Denied) as refused:
            services.accept_milestone(session, actor, milestone_id=step.id)
        assert refused.value.reason is reason
    services.return_milestone(session, village.acceptor, milestone_id=step.id, note="缺三户的照片")
    assert (step.state, step.claimed_by_user_id, step.note) == (P, None, "缺三户的照片")
    services.claim_milestone(session, village.editor, milestone_id=step.id, note="补上了")
    services.accept_milestone(session, village.acceptor, milestone_id=step.id)
    assert (step.state, step.accepted_by_user_id) == (A, village.acceptor.user_id)
    assert told(session)[-4:] == [
        "project.milestone_claimed",
        "project.milestone_returned",
        "project.milestone_claimed",
        "project.milestone_accepted",
    ]
    spare = planned(village, project, "用不着的一步")
    services.drop_milestone(session, village.editor, milestone_id=spare.id, note="合并了")
    assert [each.state for each in queries.milestones_of(session, project.id)] == [A, D]


# ── reports ──────────────────────────────────────────────────────────────────────────────────────


def report(village: Village, project: Project, folder: Path, **changed: Any) -> Any:
    said: dict[str, Any] = {
        "client_id": str(uuid.uuid4()),
        "project_id": project.id,
        "title": "第一批装好了",
        "words": "十户老人家里的扶手都装好了。",
        "files": LocalFileStore(folder),
    }
    return services.publish_report(village.session, village.editor, **{**said, **changed})


def test_pii_04_a_report_with_pictures_of_people_who_agree(
    village: Village, tmp_path: Path
) -> None:
    """PII-04: without the word that they agree nothing of the report is kept."""
    project = village.published()
    evidence = reencode(good_jpeg(), only_pictures=True)
    pictures = [services.PictureDraft(evidence, "浴室的扶手", True, "周父")]
    silent = [services.PictureDraft(evidence)]
    with pytest.raises(Invalid) as refused:
        report(village, project, tmp_path, pictures=[*pictures, *silent])
    assert (refused.value.reason, refused.value.field) == (LifeReason.CONSENT_MISSING, "consent")
    assert queries.reports_of(village.session, project.id) == []
    made = report(village, project, tmp_path, client_id="one", pictures=pictures)
    assert report(village, project, tmp_path, client_id="one") is made
    (kept,) = queries.reports_of(village.session, project.id)
    (picture,) = kept.pictures
    assert LocalFileStore(tmp_path).get(picture.digest) == evidence.content
    assert (picture.caption, picture.consent_stated) == ("浴室的扶手", True)
    for purpose, guardian in ((ConsentPurpose.PUBLISHING, ""), (ConsentPurpose.CHILD, "周父")):
        standing = accounts.consent(village.session, of_picture(picture.id), purpose)
        assert standing is not None
        assert standing.recorded_by_user_id == village.editor.user_id
        assert standing.guardian_name == guardian
    for changed, reason in (
        ({"words": "请打 13812345678 找村干部。"}, RegistryReason.PERSONAL_NUMBER),
        ({"reported_on": clock.today() + timedelta(days=1)}, LifeReason.REPORTED_LATER),
        ({"pictures": pictures * 7}, LifeReason.PICTURES_TOO_MANY),
    ):
        error = refusal(lambda said=changed: report(village, project, tmp_path, **said))  # type: ignore[misc]  # mypy has no type for a default of a lambda
        assert error is not None
        assert error.reason is reason
    with pytest.raises(InvalidState):
        report(village, village.draft(), tmp_path)


def test_cha_115_an_overdue_supplement_warns_when_the_next_project_is_posted(
    village: Village,
) -> None:
    """The tenth day is in time, the eleventh is told the reviewer; nothing is refused."""
    session, plan = village.session, present(village.published().campaign).plan
    assert plan is not None
    made = change_plan(
        session, village.reviewer, plan_id=plan.id, fields=[PlanField.BENEFICIARIES],
        changed_on=clock.today() - timedelta(days=10), reasons="受益的老人多了一个村",
    )  # fmt: skip
    project = village.submitted()

    def told() -> list[str]:
        findings = queries.campaign_findings(
            session, project, operator_id=village.operator.id, operator_mode=MODE
        )
        return [each.severity.value for each in findings if each.rule_id == "CHA-115"]

    assert told() == []
    made.changed_on -= timedelta(days=1)
    session.flush()
    assert told() == ["warn"]


# ── the five roles ───────────────────────────────────────────────────────────────────────────────


def test_only_the_named_organisation_signs_for_its_role(village: Village) -> None:
    session, project = village.session, village.published()
    party = make_organisation(session, name="洪港村党支部", kind=OrganisationKind.PARTY_UNIT)
    bureau = make_organisation(session, name="区民政局", kind=OrganisationKind.GOVERNMENT)

    def name(role: PartyRole, organisation_id: int) -> ProjectRole:
        return services.name_party(
            session,
            village.editor,
            project_id=project.id,
            role=role,
            organisation_id=organisation_id,
        )

    leads = name(PartyRole.PARTY_LEADERSHIP, party.id)
    guides = name(PartyRole.CIVIL_AFFAIRS_GUIDANCE, bureau.id)
    does = name(PartyRole.AGENCY_DELIVERY, village.partner.id)
    with pytest.raises(Conflict):
        name(PartyRole.PARTY_LEADERSHIP, party.id)
    with pytest.raises(Invalid) as unfit:
        name(PartyRole.PARTY_LEADERSHIP, village.partner.id)
    assert unfit.value.reason is LifeReason.KIND_UNFIT
    secretary = make_actor(session, Grant(Role.OWNER, organisation_id=party.id))
    for wrong in (guides, does):
        with pytest.raises(Denied):
            services.sign_role(session, secretary, role_id=wrong.id)
    with pytest.raises(Denied):
        services.sign_role(session, Actor.guest(), role_id=leads.id)
    services.sign_role(session, secretary, role_id=leads.id)
    services.sign_role(session, village.editor, role_id=does.id)
    signed = {
        each.role: each.signed_at is not None for each in queries.parties_of(session, project.id)
    }
    assert signed == {
        PartyRole.PARTY_LEADERSHIP: True,
        PartyRole.CIVIL_AFFAIRS_GUIDANCE: False,
        PartyRole.AGENCY_DELIVERY: True,
    }
    with pytest.raises(InvalidState):
        services.drop_party(session, village.editor, role_id=leads.id)
    services.drop_party(session, village.editor, role_id=guides.id)
    assert len(queries.parties_of(session, project.id)) == 2


# ── pause, resume, close ─────────────────────────────────────────────────────────────────────────


def campaign_of(session: Session, project: Project) -> Campaign:
    """The campaign with what stops it, read anew."""
    session.flush()
    session.expire_all()
    return registry.campaign(session, project.campaign_id or 0)


def reasons(session: Session, project: Project) -> list[object]:
    found = giving_eligibility(campaign_of(session, project), clock.today())
    return [each.reason for each in found]


STEER = {
    "pause": services.pause_project,
    "resume": services.resume_project,
    "close": services.close_project,
}


@pytest.mark.parametrize("state", ProjectState)
def test_what_each_state_lets_its_people_do(village: Village, state: ProjectState) -> None:
    session = village.session
    allowed = {
        ProjectState.PUBLISHED: {"pause", "close"},
        ProjectState.PAUSED: {"resume", "close"},
    }
    for name, verb in STEER.items():
        project = village.published(plan_number=f"51420704MJH000019JA2602{len(name)}")
        if state is ProjectState.PAUSED:
            services.pause_project(session, village.editor, project_id=project.id, note="汛期")
        project.state = state
        error = refusal(
            lambda verb=verb, project=project: verb(  # type: ignore[misc]  # mypy has no type for a default of a lambda
                session, village.editor, project_id=project.id, note="说清楚"
            )
        )
        assert (error is None) is (name in allowed.get(state, set())), name
        if error is not None:
            assert isinstance(error, InvalidState)


def test_a_paused_project_takes_no_gift_until_it_goes_on(village: Village) -> None:
    session, project = village.session, village.published()
    village.give(project, Money.yuan(100))
    for stranger in (village.reviewer, make_actor(session)):
        with pytest.raises(Denied):
            services.pause_project(session, stranger, project_id=project.id, note="不该")
    with pytest.raises(Invalid):
        services.pause_project(session, village.editor, project_id=project.id, note=" ")
    for _ in range(2):
        services.pause_project(session, village.editor, project_id=project.id, note="汛期停工")
        assert reasons(session, project) == [RegistryReason.CAMPAIGN_PAUSED]
        assert project.state_note == "汛期停工"
        with pytest.raises(Denied) as refused:
            village.give(project, Money.yuan(100))
        assert refused.value.reason is RegistryReason.CAMPAIGN_PAUSED
        assert queries.nearly_there(session, 5) == []
        (card,) = queries.project_cards(session, [project.id])
        assert card.days_left is None
        services.resume_project(session, village.editor, project_id=project.id, note="水退了")
        assert reasons(session, project) == []
    village.give(project, Money.yuan(100))
    assert told(session)[-4:] == ["project.paused", "project.resumed"] * 2


def test_a_monthly_gift_waits_while_a_project_is_paused(village: Village) -> None:
    session, project, gateway = village.session, village.published(), village.gateway
    plan = donations.start_plan(
        session,
        Actor.guest(),
        client_id=str(uuid.uuid4()),
        campaign_id=project.campaign_id or 0,
        amount=Money.yuan(50),
        day_of_month=10,
        giver=donations.Promiser(contact="li@example.org"),
        gateway=gateway,
        operator_mode=MODE,
    )
    first = plan.next_on
    assert first is not None

    def turn(on: date) -> MonthlyPlan:
        session.expire_all()
        return donations.turn_plan(
            session, SYSTEM, plan_id=plan.id, on=on, gateway=gateway, operator_mode=MODE
        )

    services.pause_project(session, village.editor, project_id=project.id, note="汛期")
    turns = len(plan.turns)
    later = first + timedelta(days=40)
    assert turn(later).state is PlanState.ACTIVE
    assert len(plan.turns) == turns
    assert plan.next_on is not None
    assert plan.next_on > later
    services.resume_project(session, village.editor, project_id=project.id, note="水退了")
    assert len(turn(plan.next_on).turns) == turns + 1


def test_a_project_closes_once_no_fen_is_left(village: Village, tmp_path: Path) -> None:
    session, project = village.session, village.published()
    village.give(project, Money.yuan(1000))
    village.settle()
    village.spend(project, Money.yuan(600), tmp_path)

    def close() -> Project:
        return services.close_project(session, village.editor, project_id=project.id, note="做完了")

    error = refusal(close)
    assert error is not None
    assert (error.reason, error.params) == (LifeReason.MONEY_LEFT, {"sum": Money.yuan(400)})
    closing = ProjectClosing(
        fund_id=campaign_of(session, project).fund_id,
        campaign_id=project.campaign_id,
        charity_id=village.operator.id,
        state=ProjectClosingState.PREPARED,
        surplus=Money.yuan(400),
        disposal=SurplusDisposal.ASK,
        reason="装完了",
        ended_on=clock.today(),
        prepared_by_user_id=village.editor.user_id,
        preparer_person_id=village.editor.person_id,
        prepared_at=clock.now(),
    )
    session.add(closing)
    session.flush()
    error = refusal(close)
    assert error is not None
    assert error.reason is LifeReason.CLOSING_RUNNING
    closing.state = ProjectClosingState.WITHDRAWN
    village.spend(project, Money.yuan(400), tmp_path)
    close()
    assert (project.state, project.state_note) == (ProjectState.CLOSED, "做完了")
    assert campaign_of(session, project).state is CampaignState.ENDED
    assert (
        session.scalars(select(FundClosing)).one().fund_id == campaign_of(session, project).fund_id
    )
    assert reasons(session, project) == [RegistryReason.CAMPAIGN_ENDED]
    assert told(session)[-1] == "project.closed"
    assert policy.may_see(Actor.guest(), project)


# ── followers ────────────────────────────────────────────────────────────────────────────────────


def test_who_follows_is_told_once_and_forgotten_when_they_leave(village: Village) -> None:
    session, project = village.session, village.published()
    anyone, subject = make_actor(session), f"project:{project.id}"
    with pytest.raises(Denied):
        services.follow(session, Actor.guest(), subject=subject)
    for absent in (
        f"project:{village.draft().id}",
        "project:999999",
        "need:1",
        "fund:1",
        "project:x",
    ):
        with pytest.raises(NotFound):
            services.follow(session, anyone, subject=absent)
    with pytest.raises(Invalid):
        services.follow(session, anyone, subject=subject, address="not an address")
    first = services.follow(session, anyone, subject=subject)
    again = services.follow(session, anyone, subject=subject, address="chen@example.org")
    assert (again.id, again.address) == (first.id, "chen@example.org")
    assert queries.is_following(session, anyone, subject)
    services.follow(session, make_actor(session), subject=subject)
    for _ in range(2):
        services.tell_followers(
            session, Actor.system("test"), subject=subject, source="outbox:1", kind="follow.news"
        )
    assert [row.address for row in session.scalars(select(Letter))] == ["chen@example.org"]
    assert services.unfollow(session, anyone, subject=subject)
    assert not services.unfollow(session, anyone, subject=subject)
    assert (first.address, first.ended_at is None) == ("", False)
    assert queries.followed_by(session, anyone) == []


# ── submissions and patterns ─────────────────────────────────────────────────────────────────────


def test_a_reviewer_sees_what_changed_since_the_last_submission(village: Village) -> None:
    session, project = village.session, village.submitted()
    assert queries.resubmission(session, project) is None
    services.return_project(session, village.reviewer, project_id=project.id, reasons="写清几户")
    said = content(title="洪港村 20 户老人家里的扶手与坐便椅", beneficiary_count=20)
    services.edit_project(session, village.editor, project_id=project.id, **said)
    services.submit_project(session, village.editor, project_id=project.id)
    found = queries.resubmission(session, project)
    assert found is not None
    assert (found.number, [each.field for each in found.changes]) == (
        2, ["title", "beneficiary_count"],
    )  # fmt: skip


def test_every_pattern_is_a_draft_that_adds_up(village: Village) -> None:
    assert len(patterns()) >= 6
    for code, each in patterns().items():
        project = village.draft(
            category=each.category,
            beneficiaries=each.beneficiaries,
            story=each.story,
            target=each.target,
            lines=each.lines,
            deliverables=each.deliverables,
            template=code,
        )
        assert project.template == code
    adapted = pattern("home_adaptation")
    assert adapted is not None
    assert adapted.deliverables[0].unit_cost == Money.yuan(3000)
    assert village.draft(template="no-such").template == ""
