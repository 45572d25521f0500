"""A project from its draft to its public page: who may, in which state, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock, rules
from charity.actor import Actor, Grant, Role
from charity.approvals.models import RequirementState
from charity.approvals.queries import requirements
from charity.errors import (
    CommonReason,
    Conflict,
    Denied,
    DomainError,
    Invalid,
    InvalidState,
    NotFound,
)
from charity.ledger import queries as ledger_queries
from charity.ledger.models import Fund
from charity.money import Money
from charity.outbox import Outbox
from charity.registry import services as registry
from charity.registry.models import (
    Campaign,
    FundraisingMode,
    FundraisingPlan,
    OrganisationState,
    RestrictedAct,
)
from charity.registry.reasons import RegistryReason
from charity.spending.intake import DeliverableDraft, LineDraft
from charity.spending.models import CostKind
from projects.listings import services
from projects.listings.models import Project, ProjectState
from projects.listings.queries import aid_findings, waiting_for_review
from projects.listings.queries import project as project_by_id
from projects.listings.queries.findings import pressing_findings
from projects.listings.reasons import ListingsReason
from tests.conftest import SetClock
from tests.factories import (
    make_actor,
    make_agreement,
    make_operator,
    make_organisation,
    plan_sheet_draft,
)
from tests.projects.listings.village import VILLAGE, Village, content, second_account


def told(session: Session) -> list[str]:
    """What the world was told of projects, in order."""
    query = select(Outbox.event).where(Outbox.event.startswith("project.")).order_by(Outbox.id)
    return list(session.scalars(query))


def funds(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Fund)) or 0


def test_from_draft_to_public(village: Village) -> None:
    session = village.session
    project = village.draft()
    assert project.state is ProjectState.DRAFT
    assert [line.name for line in project.budget.lines] == ["器材采购", "安装人工", "项目管理"]
    services.submit_project(session, village.editor, project_id=project.id)
    assert waiting_for_review(session, village.reviewer) == [project]
    village.publish(project)
    session.expire_all()
    kept = project_by_id(session, project.id)
    assert kept.state is ProjectState.PUBLISHED
    assert kept.published_at is not None
    campaign = kept.campaign
    assert campaign is not None
    assert campaign.charity_id == village.operator.id
    assert campaign.partner_id == village.partner.id
    assert campaign.plan.number == kept.plan_number
    assert campaign.fund_id == kept.budget.fund_id
    assert [review.published for review in kept.reviews] == [True]
    assert waiting_for_review(session, village.reviewer) == []
    assert told(session) == ["project.submitted", "project.published"]


@pytest.mark.parametrize(
    ("changed", "reason", "field"),
    [
        ({"title": "短"}, ListingsReason.TITLE_LENGTH, "title"),
        ({"title": "\x00\x00\x00\x00\x00"}, ListingsReason.TITLE_LENGTH, "title"),
        ({"story": "太短"}, ListingsReason.STORY_LENGTH, "story"),
        ({"story": "长" * 200_000}, CommonReason.TOO_LONG, "story"),
        ({"region_code": "420704"}, ListingsReason.REGION_TOO_WIDE, "region_code"),
        ({"region_code": "999999999"}, ListingsReason.REGION_UNKNOWN, "region_code"),
        ({"ends_on": date(2026, 3, 10)}, CommonReason.DATES_REVERSED, "ends_on"),
        ({"target": Money.yuan(77_999)}, ListingsReason.BUDGET_SUM, "lines"),
        ({"lines": []}, ListingsReason.LINES_MISSING, "lines"),
        (
            {"deliverables": [DeliverableDraft("改造", "户", Money.yuan(3_001), 26)]},
            ListingsReason.DELIVERABLES_SUM,
            "deliverables",
        ),
    ],
)
def test_what_cannot_stand_names_its_field_and_leaves_nothing(
    village: Village, changed: dict[str, Any], reason: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        village.draft(**changed)
    assert (refused.value.reason, refused.value.field) == (reason, field)
    assert village.session.scalar(select(func.count()).select_from(Project)) == 0


def test_only_a_verified_organisation_posts(village: Village) -> None:
    waiting = make_organisation(village.session, state=OrganisationState.PENDING)
    owner = make_actor(village.session, Grant(Role.OWNER, organisation_id=waiting.id))
    with pytest.raises(Denied) as refused:
        services.draft_project(village.session, owner, organisation_id=waiting.id, **content())
    assert refused.value.reason is ListingsReason.ORGANISATION_NOT_VERIFIED


def test_a_stranger_posts_for_nobody(village: Village) -> None:
    for actor in (Actor.guest(), village.reviewer, village.treasurer):
        with pytest.raises(Denied):
            services.draft_project(
                village.session, actor, organisation_id=village.partner.id, **content()
            )
    with pytest.raises(NotFound):
        services.draft_project(village.session, village.editor, organisation_id=0, **content())


def test_edit_writes_everything_anew_until_it_is_sent(village: Village) -> None:
    session, project = village.session, village.draft()
    new = content(
        title="洪港村 20 户老人家里的扶手",
        target=Money.yuan(60_000),
        lines=[LineDraft("器材", CostKind.PROGRAMME, Money.yuan(60_000))],
        deliverables=[],
    )
    services.edit_project(session, village.editor, project_id=project.id, **new)
    session.expire_all()
    kept = project_by_id(session, project.id)
    assert (kept.title, kept.target) == ("洪港村 20 户老人家里的扶手", Money.yuan(60_000))
    assert [line.amount for line in kept.budget.lines] == [Money.yuan(60_000)]
    assert kept.budget.deliverables == []
    services.submit_project(session, village.editor, project_id=project.id)
    with pytest.raises(InvalidState):
        services.edit_project(session, village.editor, project_id=project.id, **new)


def test_a_draft_is_absent_for_everybody_else(village: Village) -> None:
    project = village.draft()
    for actor in (Actor.guest(), village.reviewer, village.acceptor):
        with pytest.raises(NotFound):
            services.submit_project(village.session, actor, project_id=project.id)
        with pytest.raises(NotFound):
            village.publish(project, actor)


def test_return_needs_reasons_and_resubmission_goes_on(village: Village) -> None:
    session, project = village.session, village.submitted()
    with pytest.raises(Invalid) as refused:
        services.return_project(session, village.reviewer, project_id=project.id, reasons="  ")
    assert (refused.value.reason, refused.value.field) == (CommonReason.REQUIRED, "reasons")
    services.return_project(
        session, village.reviewer, project_id=project.id, reasons="请写明由谁验收。"
    )
    assert project.state is ProjectState.RETURNED
    services.edit_project(session, village.editor, project_id=project.id, **content())
    services.submit_project(session, village.editor, project_id=project.id)
    village.publish(project)
    session.expire_all()
    kept = project_by_id(session, project.id)
    assert [(r.published, r.reasons) for r in kept.reviews] == [
        (False, "请写明由谁验收。"),
        (True, ""),
    ]
    assert told(session) == [
        "project.submitted",
        "project.returned",
        "project.submitted",
        "project.published",
    ]


def test_no_reviewer_decides_about_their_own_organisation(village: Village) -> None:
    session, project = village.session, village.submitted()
    both = make_actor(
        session,
        Grant(Role.REVIEWER, region_code="420704"),
        Grant(Role.EDITOR, organisation_id=village.partner.id),
    )
    other_account = second_account(
        session, village.editor, Grant(Role.REVIEWER, region_code="420704")
    )
    for actor in (both, other_account):
        with pytest.raises(Denied) as refused:
            village.publish(project, actor)
        assert refused.value.reason is ListingsReason.OWN_ORGANISATION
        with pytest.raises(Denied):
            services.return_project(session, actor, project_id=project.id, reasons="不行")
    assert project.state is ProjectState.SUBMITTED
    assert funds(session) == 0


def test_published_twice_is_published_once(village: Village) -> None:
    project = village.published()
    with pytest.raises(InvalidState) as refused:
        village.publish(project)
    assert refused.value.reason is CommonReason.WRONG_STATE
    assert funds(village.session) == 1
    assert village.session.scalar(select(func.count()).select_from(Campaign)) == 1


@pytest.mark.parametrize("state", [ProjectState.DRAFT, ProjectState.RETURNED])
def test_only_what_was_sent_is_decided(village: Village, state: ProjectState) -> None:
    project = village.draft()
    if state is ProjectState.RETURNED:
        services.submit_project(village.session, village.editor, project_id=project.id)
        services.return_project(
            village.session, village.reviewer, project_id=project.id, reasons="再写清楚"
        )
    with pytest.raises(DomainError):
        village.publish(project)
    with pytest.raises(DomainError):
        services.return_project(
            village.session, village.reviewer, project_id=project.id, reasons="再写清楚"
        )
    assert project.state is state


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        # CHA-112: filed on the 1st, the 10th is too early, the 11th is not
        ({"starts_on": date(2026, 3, 10)}, RegistryReason.PLAN_FILED_LATE),
        ({"plan_filed_on": date(2026, 1, 5)}, RegistryReason.AGREEMENT_AFTER_FILING),
    ],
)
def test_what_the_law_forbids_is_not_published(
    village: Village, changed: dict[str, Any], reason: RegistryReason
) -> None:
    project = village.submitted(**changed)
    with pytest.raises(Denied) as refused:
        village.publish(project)
    assert refused.value.reason is reason
    assert project.state is ProjectState.SUBMITTED
    assert funds(village.session) == 0


def test_an_operator_that_only_lists_publishes_no_campaign(village: Village) -> None:
    with pytest.raises(Denied) as refused:
        village.publish(village.submitted(), mode="listing")
    assert refused.value.reason is RegistryReason.OPERATOR_COLLECTS_NOTHING


def test_a_partner_without_agreement_is_not_published(village: Village) -> None:
    stranger = make_organisation(village.session)
    owner = make_actor(village.session, Grant(Role.OWNER, organisation_id=stranger.id))
    stranger.verified_by_user_id, stranger.verification_note = owner.user_id, "看过原件"
    project = services.draft_project(
        village.session, owner, organisation_id=stranger.id, **content()
    )
    services.submit_project(village.session, owner, project_id=project.id)
    with pytest.raises(Denied) as refused:
        village.publish(project)
    assert refused.value.reason is RegistryReason.AGREEMENT_MISSING


def test_an_operator_without_a_book_is_told_so(village: Village) -> None:
    other = make_operator(village.session)
    make_agreement(village.session, other, village.partner)
    project = village.submitted()
    with pytest.raises(InvalidState) as refused:
        services.publish_project(
            village.session,
            village.reviewer,
            project_id=project.id,
            operator_id=other.id,
            operator_mode="qualified_charity",
        )
    assert refused.value.reason is ListingsReason.OPERATOR_WITHOUT_BOOK


def test_the_operators_own_project_has_no_partner(village: Village) -> None:
    owner = make_actor(village.session, Grant(Role.OWNER, organisation_id=village.operator.id))
    project = services.draft_project(
        village.session, owner, organisation_id=village.operator.id, **content()
    )
    services.submit_project(village.session, owner, project_id=project.id)
    village.publish(project)
    assert project.campaign is not None
    assert project.campaign.partner_id is None


def test_one_plan_covers_several_projects_of_its_period(village: Village) -> None:
    first = village.published()
    second = village.published(title="洪港村第二批扶手", starts_on=date(2026, 4, 1))
    assert first.campaign is not None
    assert second.campaign is not None
    assert first.campaign.plan_id == second.campaign.plan_id
    third = village.submitted(title="洪港村明年的扶手", ends_on=date(2027, 12, 31))
    with pytest.raises(Conflict) as refused:
        village.publish(third)
    assert refused.value.reason is RegistryReason.PLAN_TAKEN
    assert village.session.scalar(select(func.count()).select_from(FundraisingPlan)) == 1


def test_a_period_that_is_over_is_not_sent(village: Village, clock: SetClock) -> None:
    project = village.draft(ends_on=date(2026, 3, 20))
    clock.advance(days=5)
    with pytest.raises(Invalid) as refused:
        services.submit_project(village.session, village.editor, project_id=project.id)
    assert (refused.value.reason, refused.value.field) == (ListingsReason.PERIOD_OVER, "ends_on")


def test_a_reviewer_reviews_only_their_place(village: Village) -> None:
    village.submitted()
    elsewhere = make_actor(village.session, Grant(Role.REVIEWER, region_code="420703"))
    here = make_actor(village.session, Grant(Role.REVIEWER, region_code=VILLAGE))
    assert waiting_for_review(village.session, elsewhere) == []
    assert len(waiting_for_review(village.session, here)) == 1
    assert waiting_for_review(village.session, village.editor) == []


# ── what the law says to publishing ──────────────────────────────────────────────────────────────


def test_cha_111_what_the_plan_leaves_open_is_not_sent(village: Village) -> None:
    project = village.draft(sheet=replace(plan_sheet_draft(), bank_account=" "))
    with pytest.raises(Invalid) as refused:
        services.submit_project(village.session, village.editor, project_id=project.id)
    assert refused.value.reason is RegistryReason.PLAN_FIELD_EMPTY
    assert refused.value.field == "plan_bank_account"
    services.edit_project(village.session, village.editor, project_id=project.id, **content())
    services.submit_project(village.session, village.editor, project_id=project.id)


def test_cha_111_purpose_and_use_are_the_projects_own_and_the_sheet_is_frozen(
    village: Village,
) -> None:
    draft = replace(plan_sheet_draft(), purpose="", use_of_money="")
    project = village.publish(village.submitted(sheet=draft))
    assert project.campaign is not None
    sheet = project.campaign.plan.sheet
    assert sheet is not None
    assert (sheet.purpose, sheet.beneficiaries) == (project.title, project.beneficiaries)
    assert sheet.use_of_money.splitlines()[0] == "器材采购 60,000.00"
    with pytest.raises(InvalidState):
        registry.write_sheet(
            village.session, village.editor, sheet_id=sheet.id, draft=draft,
            starts_on=project.starts_on, ends_on=project.ends_on, beneficiaries="别人",
        )  # fmt: skip


def test_cha_113_an_emergency_is_published_though_filed_after_its_start(village: Village) -> None:
    late = {"plan_filed_on": clock.today() - timedelta(days=1)}
    with pytest.raises(Invalid) as refused:
        village.draft(**late)
    assert refused.value.reason is ListingsReason.PLAN_FILED_AFTER_START
    flood = replace(plan_sheet_draft(), emergency="三月洪灾")
    project = village.published(**late, sheet=flood)
    assert project.campaign is not None
    assert project.campaign.plan.emergency == "三月洪灾"


@pytest.mark.rule("CHA-113")
def test_cha_113_an_emergency_is_published_before_its_number_exists(village: Village) -> None:
    flood = replace(plan_sheet_draft(), emergency="三月洪灾")
    today = clock.today()
    said = {"plan_number": "", "sheet": flood, "ends_on": today + timedelta(days=60)}
    with pytest.raises(Invalid) as refused:
        village.draft(plan_number="")
    assert (refused.value.reason, refused.value.field) == (CommonReason.REQUIRED, "plan_number")
    too_late = village.submitted(**said, starts_on=today - timedelta(days=11))
    with pytest.raises(Denied):
        village.publish(too_late)
    project = village.published(**said, starts_on=today - timedelta(days=10))
    assert project.campaign is not None
    plan = project.campaign.plan
    assert (plan.awaits_filing, plan.filed_on, project.plan_filed_on) == (True, today, today)
    services.file_emergency_plan(
        village.session, village.reviewer, plan_id=plan.id, number="51420704MJH000019JA26099",
        filed_on=today,
    )  # fmt: skip
    assert (plan.awaits_filing, project.plan_number) == (False, plan.number)
    with pytest.raises(InvalidState):
        services.file_emergency_plan(
            village.session, village.reviewer, plan_id=plan.id, number="2", filed_on=today
        )


def test_aid_01_nothing_is_raised_for_a_named_individual(village: Village) -> None:
    plea = {"title": "救救白血病患儿王梓涵同学", "beneficiary_count": 1}
    with pytest.raises(Invalid) as told:
        village.draft(**plea)
    assert (told.value.reason, told.value.field) == (ListingsReason.NAMED_INDIVIDUAL, "title")
    named = village.submitted(title=plea["title"])
    named.beneficiary_count = 1
    with pytest.raises(Denied) as refused:
        village.publish(named)
    assert refused.value.reason is ListingsReason.NAMED_INDIVIDUAL


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({}, []),
        ({"beneficiary_count": 1}, [ListingsReason.SINGLE_BENEFICIARY]),
        ({"title": "帮帮王梓涵同学和病友"}, [ListingsReason.PERSON_IN_TITLE]),
    ],
)
def test_aid_02_one_beneficiary_or_a_name_is_looked_at_twice(
    village: Village, changed: dict[str, Any], reasons: list[ListingsReason]
) -> None:
    project = village.submitted(**changed)
    assert [finding.reason for finding in aid_findings(project)] == reasons
    village.publish(project)


def test_pii_04_what_is_published_holds_nobodys_number(village: Village) -> None:
    with pytest.raises(Invalid) as refused:
        village.draft(story="村里 80 岁以上独居老人 31 位，有事打村干部的电话 13812345678 联系。")
    assert (refused.value.reason, refused.value.field) == (
        RegistryReason.PERSONAL_NUMBER, "story",
    )  # fmt: skip


def test_cha_133_a_partners_money_is_in_the_charitys_book(village: Village) -> None:
    project = village.published()
    fund = village.session.get(Fund, project.campaign.fund_id if project.campaign else 0)
    assert fund is not None
    assert fund.book_id == ledger_queries.book_of(village.session, village.operator.id).id
    with pytest.raises(NotFound):
        ledger_queries.book_of(village.session, village.partner.id)


def test_cha_119_words_that_press_are_looked_at(village: Village) -> None:
    assert pressing_findings(village.draft()) == []
    story = "为了修这条路，村里每户必须出一份力，去年跌倒 9 次，社工逐户量尺寸。"
    pressed = village.draft(story=story)
    [finding] = pressing_findings(pressed)
    assert (finding.rule_id, finding.params) == ("CHA-119", {"word": "每户必须"})


def test_org_17_who_is_listed_publishes_nothing(village: Village) -> None:
    project, draft = village.submitted(), village.draft(plan_number="51420704MJH000019JA26015")
    registry.restrict(
        village.session, village.reviewer, organisation_id=village.partner.id,
        act=RestrictedAct.POST, rule_id="ORG-17", source="list_entry:1",
    )  # fmt: skip
    acts: tuple[Callable[[], Project], ...] = (
        lambda: village.publish(project),
        lambda: services.submit_project(village.session, village.editor, project_id=draft.id),
    )
    for act in acts:
        with pytest.raises(Denied) as refused:
            act()
        assert refused.value.reason is RegistryReason.RESTRICTED


def test_org_16_who_is_on_the_abnormal_list_is_granted_nothing_new(village: Village) -> None:
    registry.restrict(
        village.session, village.reviewer, organisation_id=village.partner.id,
        act=RestrictedAct.RECEIVE_GRANT, rule_id="ORG-16", source="list_entry:2",
    )  # fmt: skip
    with pytest.raises(Denied) as refused:
        village.published(mode=FundraisingMode.GRANT)
    assert refused.value.reason is RegistryReason.RESTRICTED
    village.published(plan_number="51420704MJH000019JA26015")


def test_a_day_without_figure_is_judged_by_the_reviewer(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the only figure of the plan's number came into force tomorrow."""
    later = tuple(row for row in rules.PARAMETERS if row.rule_id != "CHA-118")
    monkeypatch.setattr(rules, "PARAMETERS", later)
    project = village.submitted()
    with pytest.raises(Invalid) as asked:
        village.publish(project)
    assert (asked.value.reason, asked.value.field) == (
        ListingsReason.JUDGEMENT_MISSING, "reasons",
    )  # fmt: skip
    services.publish_project(
        village.session, village.reviewer, project_id=project.id, operator_id=village.operator.id,
        operator_mode="qualified_charity", judgement="编号已在慈善中国核对",
    )  # fmt: skip
    [needed] = requirements(village.session, f"project:{project.id}")
    assert (needed.rule_id, needed.note) == ("CHA-118", "编号已在慈善中国核对")
    assert needed.state is RequirementState.MET
