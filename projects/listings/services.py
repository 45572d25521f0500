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
from charity.errors import CommonReason, Denied, Invalid, InvalidState, NotFound
from charity.ledger import queries as ledger_queries
from charity.ledger import services as ledger
from charity.ledger.models import FundKind
from charity.registry import eligibility
from charity.registry import queries as registry_queries
from charity.registry import services as registry
from charity.registry.models import (
    FundraisingPlan,
    Organisation,
    Region,
    RegionLevel,
)
from charity.rows import locked, present
from charity.spending import services as spending
from charity.spending.queries import organisations_of_person
from projects.listings import policy
from projects.listings.content import ContentFields, ProjectContent, tidied
from projects.listings.models import Project, ProjectReview, ProjectState
from projects.listings.queries import campaign_findings
from projects.listings.reasons import ListingsReason

REASONS_MAXIMUM = 2000


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
    _write(project, checked)
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
    _write(project, checked)
    session.flush()
    return project


def submit_project(session: Session, actor: Actor, *, project_id: int) -> Project:
    """Send it for review; from then on its content stands still.

    Raises `InvalidState` unless it is a draft or was returned, `Invalid` (field `ends_on`) where
    its period is already over.
    """
    project = _locked(session, actor, project_id)
    require(policy.may_edit(actor, project))
    _require_editable(project)
    require(policy.may_post(actor, project.organisation))
    if project.ends_on < clock.today():
        raise Invalid(ListingsReason.PERIOD_OVER, field="ends_on")
    project.move_to(ProjectState.SUBMITTED)
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


def publish_project(
    session: Session, actor: Actor, *, project_id: int, operator_id: int, operator_mode: str
) -> Project:
    """Open it for gifts: file the plan, open the fund, freeze the budget, begin the campaign.

    `operator_id` is the charity that raises the money and keeps the books, `operator_mode` the
    installation's mode (HANDBOOK 0.1). Raises `Denied` for a member of the posting organisation
    and with the first finding that blocks the campaign (CHA-101, CHA-112, CHA-131, CHA-132),
    `InvalidState` unless it waits for review.
    """
    project = _locked(session, actor, project_id)
    require(policy.may_review(actor, project, member_of=_member_of(session, actor)))
    if project.state is not ProjectState.SUBMITTED:
        raise InvalidState(CommonReason.WRONG_STATE, state=project.state.value)
    findings = campaign_findings(
        session, project, operator_id=operator_id, operator_mode=operator_mode
    )
    for finding in eligibility.blocking(findings):
        raise Denied(finding.reason, field=None, **finding.params)
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
        raise InvalidState(ListingsReason.OPERATOR_WITHOUT_BOOK) from missing
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
    known = registry_queries.plan_by_number(session, project.plan_number)
    if (
        known is not None
        and (known.charity_id, known.filed_on) == (charity_id, project.plan_filed_on)
        and known.starts_on <= project.starts_on
        and project.ends_on <= known.ends_on
    ):
        return known
    return registry.file_plan(
        session,
        actor,
        charity_id=charity_id,
        number=project.plan_number,
        purpose=project.title,
        filed_on=project.plan_filed_on,
        starts_on=project.starts_on,
        ends_on=project.ends_on,
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


def _write(project: Project, content: ProjectContent) -> None:
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
