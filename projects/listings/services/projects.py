"""Verbs of the project bank: draft, edit, submit, return, publish.

Publishing is the one act where a project gets money of its own: the plan is filed in the registry,
a fund opens in the operator's book, the budget is frozen for that fund and the campaign begins
(合作募捐, CHA-131: the fund is the operator's, the posting organisation is its partner).
"""

from __future__ import annotations

from typing import Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.approvals import services as approvals
from charity.approvals.models import RequirementKind
from charity.errors import CommonReason, Invalid, InvalidState, NotFound
from charity.ledger import queries as ledger_queries
from charity.ledger import services as ledger
from charity.ledger.models import FundKind
from charity.registry import queries as registry_queries
from charity.registry import services as registry
from charity.registry.eligibility import missing_fields
from charity.registry.findings import Finding, refuse, unjudged
from charity.registry.models import (
    PUBLIC_FUNDRAISING,
    DecidedAct,
    FundraisingPlan,
    Organisation,
    PlanSheet,
    Region,
    RegionLevel,
)
from charity.registry.reasons import RegistryReason
from charity.rows import locked, present
from charity.spending import services as spending
from charity.spending.queries import organisations_of_person
from projects.listings import policy
from projects.listings.content import ContentFields, ProjectContent, tidied
from projects.listings.models import Project, ProjectReview, ProjectState
from projects.listings.patterns import pattern
from projects.listings.queries import campaign_findings
from projects.listings.reasons import ListingsReason
from projects.listings.services.revisions import keep_revision
from projects.listings.services.soundness import require_unrestricted

REASONS_MAXIMUM = 2000
#: What the house calls the plan of an emergency until the registrar has numbered it (CHA-113).
UNFILED = "EMERGENCY-"


def draft_project(
    session: Session, actor: Actor, *, organisation_id: int, **content: Unpack[ContentFields]
) -> Project:
    """Begin a project for a verified organisation.

    Raises `Denied` where the actor may not post for it or it is not verified (CHA-120), `Invalid`
    naming the field where the content cannot stand.
    """
    organisation = present(session.get(Organisation, organisation_id))
    require(policy.may_post(actor, organisation))
    checked = _checked(session, content)
    budget = spending.draft_budget(
        session,
        actor,
        organisation_id=organisation_id,
        region_code=checked.region_code,
        lines=content["lines"],
        deliverables=content["deliverables"],
    )
    project = Project(
        organisation_id=organisation_id,
        budget_id=budget.id,
        created_by_user_id=actor.user_id,
        created_at=clock.now(),
        state=ProjectState.DRAFT,
    )
    _write(session, actor, project, checked)
    session.add(project)
    session.flush()
    return project


def edit_project(
    session: Session, actor: Actor, *, project_id: int, **content: Unpack[ContentFields]
) -> Project:
    """Write a draft or a returned project anew; the same errors as `draft_project`.

    Raises `InvalidState` while a reviewer reads it and once it is published.
    """
    project = _locked(session, actor, project_id)
    require(policy.may_edit(actor, project))
    _require_editable(project)
    checked = _checked(session, content)
    spending.redraft_budget(
        session,
        actor,
        budget_id=project.budget_id,
        region_code=checked.region_code,
        lines=content["lines"],
        deliverables=content["deliverables"],
    )
    _write(session, actor, project, checked)
    session.flush()
    return project


def submit_project(session: Session, actor: Actor, *, project_id: int) -> Project:
    """Send it for review; from then on its content stands still.

    Raises `InvalidState` unless it is a draft or was returned, `Denied` (RESTRICTED) while a list,
    an overdue duty or an audit's order stops the organisation from posting, `Invalid` where its
    period is already over (field `ends_on`) and where its plan leaves one of the eleven things open
    (CHA-111, field `plan_<column>`).
    """
    project = _locked(session, actor, project_id)
    require(policy.may_edit(actor, project))
    _require_editable(project)
    require(policy.may_post(actor, project.organisation))
    require_unrestricted(session, project.organisation_id)
    if project.ends_on < clock.today():
        raise Invalid(ListingsReason.PERIOD_OVER, field="ends_on")
    _require_whole_plan(project)
    project.move_to(ProjectState.SUBMITTED)
    keep_revision(session, actor, project=project)
    outbox.write(session, "project.submitted", f"project:{project.id}")
    session.flush()
    return project


def return_project(session: Session, actor: Actor, *, project_id: int, reasons: str) -> Project:
    """Send it back with reasons its organisation will read; it may be changed and sent again.

    Raises `Denied` for a member of the posting organisation, `Invalid` without reasons.
    """
    project = _locked(session, actor, project_id)
    require(policy.may_review(actor, project, member_of=_member_of(session, actor)))
    reasons = texts.prose(reasons, field="reasons", limit=REASONS_MAXIMUM, required=True)
    project.move_to(ProjectState.RETURNED)
    _record(session, actor, project, reasons=reasons)
    outbox.write(session, "project.returned", f"project:{project.id}")
    session.flush()
    return project


def judge_project(
    session: Session, actor: Actor, *, project_id: int, operator_id: int, operator_mode: str
) -> list[Finding]:
    """What the rules say to publishing it, kept as a decision with the rows it used.

    In a unit of its own before `publish_project` it keeps a refusal as well. What no figure can
    decide is asked of a person (`Requirement` JUDGED_BY_HAND). Raises as publishing does for who
    may not.
    """
    project = _locked(session, actor, project_id)
    require(policy.may_review(actor, project, member_of=_member_of(session, actor)))
    if project.state is not ProjectState.SUBMITTED:
        raise InvalidState(CommonReason.WRONG_STATE, state=project.state.value)
    findings = campaign_findings(
        session, project, operator_id=operator_id, operator_mode=operator_mode
    )
    subject = f"project:{project.id}"
    registry.keep_decision(
        session, actor, act=DecidedAct.POSTING, subject=subject, findings=findings, on=clock.today()
    )
    for finding in unjudged(findings)[:1]:
        approvals.require_that(
            session, actor, subject=subject, kind=RequirementKind.JUDGED_BY_HAND,
            rule_id=finding.rule_id, before=True,
        )  # fmt: skip
    return findings


def publish_project(
    session: Session,
    actor: Actor,
    *,
    project_id: int,
    operator_id: int,
    operator_mode: str,
    judgement: str = "",
) -> Project:
    """Open it for gifts: file the plan, open the fund, freeze the budget, begin the campaign.

    `operator_id` is the charity that raises the money and keeps the books, `operator_mode` the
    installation's mode (HANDBOOK 0.1); `judgement` is what the reviewer says of findings no figure
    decides, and needed then (`Invalid` on `reasons`). Raises `Denied` for a member of the posting
    organisation and with the first finding that blocks the campaign (CHA-101, CHA-112, CHA-131,
    CHA-132), `InvalidState` unless it waits for review.
    """
    project = _locked(session, actor, project_id)
    findings = judge_project(
        session, actor, project_id=project_id, operator_id=operator_id, operator_mode=operator_mode
    )
    refuse(findings)
    if unjudged(findings):
        if not judgement.strip():
            raise Invalid(ListingsReason.JUDGEMENT_MISSING, field="reasons")
        approvals.meet_requirement(
            session, actor, subject=f"project:{project.id}", kind=RequirementKind.JUDGED_BY_HAND,
            note=judgement,
        )  # fmt: skip
    _open_campaign(session, actor, project, operator_id)
    project.move_to(ProjectState.PUBLISHED)
    project.published_at = clock.now()
    _record(session, actor, project, published=True)
    outbox.write(session, "project.published", f"project:{project.id}")
    session.flush()
    return project


def _open_campaign(session: Session, actor: Actor, project: Project, operator_id: int) -> None:
    """Plan, fund, budget and campaign, in the order in which each needs the one before."""
    try:
        book = ledger_queries.book_of(session, operator_id)
    except NotFound as missing:
        raise InvalidState(ListingsReason.OPERATOR_WITHOUT_BOOK, rule="CHA-133") from missing
    plan = _filed_plan(session, actor, project, operator_id)
    fund = ledger.open_fund(
        session, actor, book_id=book.id, name=project.title, kind=FundKind.PROJECT
    )
    spending.open_for_fund(session, actor, budget_id=project.budget_id, fund_id=fund.id)
    campaign = registry.open_campaign(
        session,
        actor,
        plan_id=plan.id,
        charity_id=operator_id,
        partner_id=None if project.organisation_id == operator_id else project.organisation_id,
        fund_id=fund.id,
        title=project.title,
        target=project.target,
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        mode=project.mode,
    )
    campaign.platform_name = project.platform_name or None
    campaign.platform_url = project.platform_url or None
    project.campaign_id = campaign.id


def _filed_plan(
    session: Session, actor: Actor, project: Project, charity_id: int
) -> FundraisingPlan:
    """The plan in the registry; one plan may cover several projects within its period."""
    awaits = not project.plan_number
    number = project.plan_number or f"{UNFILED}{project.id}"
    known = registry_queries.plan_by_number(session, number)
    if (
        known is not None
        and (known.charity_id, known.filed_on) == (charity_id, project.plan_filed_on)
        and known.starts_on <= project.starts_on
        and project.ends_on <= known.ends_on
    ):
        return known
    sheet = project.plan_sheet
    return registry.file_plan(
        session,
        actor,
        charity_id=charity_id,
        number=number,
        purpose=project.title,
        filed_on=project.plan_filed_on,
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        sheet_id=project.plan_sheet_id,
        emergency=sheet.emergency if sheet is not None else "",
        awaits_filing=awaits,
    )


def _locked(session: Session, actor: Actor, project_id: int) -> Project:
    """The project, locked against a second decision at the same moment; hidden ones are absent."""
    project = locked(session, select(Project).where(Project.id == project_id))
    require(policy.may_see(actor, project))
    return project


def _member_of(session: Session, actor: Actor) -> frozenset[int]:
    """Where this person belongs, through whichever account (duties are separate as persons)."""
    return organisations_of_person(session, actor.person_id)


def _require_editable(project: Project) -> None:
    if not project.is_editable:
        raise InvalidState(CommonReason.WRONG_STATE, state=project.state.value)


def _checked(session: Session, fields: ContentFields) -> ProjectContent:
    """The content, if it can stand; else its first problem, in the order of the form."""
    content = ProjectContent(**tidied(fields))
    place = session.get(Region, content.region_code)
    if place is None:
        raise Invalid(ListingsReason.REGION_UNKNOWN, field="region_code")
    if place.level < RegionLevel.STREET:
        raise Invalid(ListingsReason.REGION_TOO_WIDE, field="region_code")
    for problem in content.problems():
        raise problem
    return content


def _require_whole_plan(project: Project) -> None:
    """Public fundraising stands on a plan that says all it must (CHA-111)."""
    if project.mode not in PUBLIC_FUNDRAISING:
        return
    for column in missing_fields(project.plan_sheet or PlanSheet()):
        reason = RegistryReason.PLAN_FIELD_EMPTY
        raise Invalid(reason, field=f"plan_{column.value}", column=column)


def _write(session: Session, actor: Actor, project: Project, content: ProjectContent) -> None:
    project.title = content.title
    project.region_code = content.region_code
    project.category = content.category
    project.beneficiaries = content.beneficiaries
    project.beneficiary_count = content.beneficiary_count
    project.story = content.story
    project.target = content.target
    project.starts_on = content.starts_on
    project.ends_on = content.ends_on
    project.plan_number = content.plan_number
    project.plan_filed_on = content.plan_filed_on
    project.mode = content.mode
    project.platform_name = content.platform_name
    project.platform_url = content.platform_url
    if content.template and pattern(content.template) is not None:
        project.template = content.template
    project.plan_sheet = registry.write_sheet(
        session,
        actor,
        sheet_id=project.plan_sheet_id,
        draft=content.said_of_plan(),
        starts_on=content.starts_on,
        ends_on=content.ends_on,
        beneficiaries=content.beneficiaries,
    )


def _record(
    session: Session, actor: Actor, project: Project, *, published: bool = False, reasons: str = ""
) -> None:
    review = ProjectReview(
        project=project,
        reviewer_user_id=actor.user_id,
        published=published,
        reasons=reasons,
        decided_at=clock.now(),
    )
    session.add(review)
