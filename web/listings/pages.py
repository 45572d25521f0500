"""What the pages of one project show, gathered from the contexts that know it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.donations import queries as donations
from charity.donations.queries.statements import Reported, reported_by_platform
from charity.registry import policy as registry_policy
from charity.registry import queries as registry
from charity.registry.eligibility import Finding, Severity, supplement_by, unjudged
from charity.registry.models import MEMBERS_MODES, Campaign, PlanField, PlanSheet
from charity.spending import queries as spending
from charity.spending.models import BudgetLine, Expense, ExpenseState
from projects.listings import policy, queries
from projects.listings.models import SHOWN_STATES, Project, ProjectReview, ProjectState
from web.disclosures.pages import late_of
from web.donations.pages import why_not_now
from web.filters import day
from web.frame import operator_id
from web.labels import label, sentence
from web.listings import shapes
from web.listings.completion import completion_view
from web.pledges.pages import why_no_promise
from web.pools.pages import bars_of
from web.ports import settings
from web.project_life.sections import detail_sections
from web.project_life.words import told
from web.standing.pages import campaign_checks

#: Gifts named on a project's page.
RECENT_GIFTS = 6


def visible(session: Session, actor: Actor, project_id: int) -> Project:
    """The project, or 404 for whom it does not exist."""
    return queries.readable(session, actor, queries.project(session, project_id))


def detail_context(session: Session, actor: Actor, project: Project) -> dict[str, Any]:
    """Everything on the page of one project."""
    (card,) = queries.project_cards(session, [project.id])
    path = registry.region_path(session, project.region_code)
    budget = project.budget
    progress = spending.deliverable_progress(
        session, [budget.id], deliverables=budget.deliverables
    )[budget.id]
    campaign = project.campaign
    give, notes = shapes.give_form(project.budget.deliverables)
    refusal = no_giving(project)
    return {
        "project": project,
        "card": shapes.card_view(card),
        "pending": card.pending,
        "published": project.state in SHOWN_STATES,
        "halted": project.state in (ProjectState.PAUSED, ProjectState.CLOSED),
        "crumbs": _crumbs(project, path),
        "place_path": " ".join(place.name for place in path),
        "charity": campaign.charity if campaign else None,
        "deliverables": progress,
        "lines": spending.lines_with_spending(session, budget.id, lines=budget.lines),
        "sankey_view": shapes.sankey_by_line(project, queries.flow_of_project(session, project.id)),
        "gifts": donations.recent_public_gifts(session, campaign.id, RECENT_GIFTS)
        if campaign
        else [],
        "give": None if refusal else give,
        "give_notes": notes,
        "give_url": f"/projects/{project.id}/donate",
        "bars": [] if refusal or campaign is None else bars_of(session, campaign.id, clock.now()),
        "no_giving": refusal,
        "is_public": project.is_public,
        "members_url": _members_url(actor, project),
        "plan_url": plan_url(session, actor, campaign),
        "checks": campaign_checks(session, actor, campaign, project.id, project.organisation),
        "plan_rows": plan_rows(project.plan_sheet) if project.is_public else [],
        "reported": _reported(session, project),
        "late_reports": late_of(session, campaign_id=campaign.id) if campaign else [],
        "flow_url": url_for("listings.flow", project_id=project.id),
        "parties": parties(project),
        "completion": completion_view(session, project),
        "may_promise": campaign is not None and why_no_promise(actor, campaign) is None,
        **story_context(project),
        **work_context(actor, project),
        **detail_sections(session, actor, project),
    }


def _reported(session: Session, project: Project) -> Reported | None:
    """What a platform reports of it, where this site itself takes no money."""
    if project.campaign is None or settings().operator_mode != "listing":
        return None
    return reported_by_platform(session, project.campaign.id)


def _members_url(actor: Actor, project: Project) -> str | None:
    """Where the people of a members' campaign are named, for who may name them."""
    campaign = project.campaign
    if campaign is None or campaign.mode not in MEMBERS_MODES:
        return None
    if not registry_policy.may_name_members(actor, campaign):
        return None
    return url_for("members.index", project_id=project.id)


def story_context(project: Project) -> dict[str, Any]:
    """The story by paragraphs, as it was typed."""
    return {"paragraphs": [text for line in project.story.splitlines() if (text := line.strip())]}


def work_context(actor: Actor, project: Project) -> dict[str, Any]:
    """Where an unpublished project is on its way, and what this actor may do about it."""
    return {
        "state_label": label(project.state),
        "life": _life(project),
        "returned": project.reviews[-1] if project.state is ProjectState.RETURNED else None,
        "mend_by": mend_by(project),
        "waiting": project.state is ProjectState.SUBMITTED,
        "may_edit": policy.may_edit(actor, project),
        "may_review": policy.may_review(actor, project),
    }


def mend_by(project: Project) -> date | None:
    """Until when a returned project's plan is to be mended (CHA-115); None in any other state."""
    if project.state is not ProjectState.RETURNED:
        return None
    return supplement_by(clock.day_of(project.reviews[-1].decided_at))


def _crumbs(project: Project, path: list[Any]) -> list[tuple[str, str | None]]:
    index = url_for("listings.index")
    places = [(p.name, url_for("listings.index", place=p.code)) for p in path[-2:]]
    return [(_("项目"), index), *places, (project.title, None)]


def _life(project: Project) -> list[tuple[str, str, str | None]]:
    """The states of a project as steps: what is done, what is now."""
    steps = (ProjectState.DRAFT, ProjectState.SUBMITTED, ProjectState.PUBLISHED)
    shown = project.state in SHOWN_STATES
    at = 0 if project.is_editable else 2 if shown else steps.index(project.state)
    manners = ["done" if i < at else "now" if i == at else "todo" for i in range(len(steps))]
    names = (_("写草稿"), _("另一家组织审核"), _("公布，开始募捐"))
    return [(name, manner, None) for name, manner in zip(names, manners, strict=True)]


def no_giving(project: Project) -> str | None:
    """Why no gift can be begun now, in a sentence; None when one can."""
    if project.campaign is None:
        return str(_("项目还没有公布，公布以后才能捐。"))
    return why_not_now(Actor.guest(), project.campaign)


def parties(project: Project) -> list[tuple[str, object]]:
    """Who is responsible and on what ground: the five things CHA-117 wants at the page."""
    campaign, organisation = project.campaign, project.organisation
    charity = campaign.charity if campaign else None
    contact = f"{charity.contact_name} {charity.contact_phone}".strip() if charity else ""
    return [
        (_("发起"), organisation.name),
        (_("募捐与账目"), charity.name if charity else _("公布时确定")),
        (_("公开募捐资格证书"), charity.certificate_number if charity else None),
        *filing_rows(project),
        (_("募捐期限"), _("%(a)s 至 %(b)s", a=day(project.starts_on), b=day(project.ends_on))),
        (
            _("帮助谁"),
            _("%(who)s，约 %(n)s 人", who=project.beneficiaries, n=project.beneficiary_count),
        ),
        (_("联系"), contact or None),
        (_("查询"), _("备案号可在“慈善中国”查询；账目在本页和资金流向页逐笔公开。")),
    ]


def filing_rows(project: Project) -> list[tuple[str, object]]:
    """Number and day of the filed plan; of an emergency until when it is filed (CHA-113)."""
    if project.plan_number:
        return [
            (_("募捐方案备案号"), project.plan_number),
            (_("备案日期"), day(project.plan_filed_on)),
        ]
    return [(_("备案"), _("应急募捐，%(day)s 前补报备案", day=day(project.plan_filed_on)))]


def plan_url(session: Session, actor: Actor, campaign: Campaign | None) -> str | None:
    """Where changes of its plan are kept, for who raises the charity's money (CHA-115)."""
    if campaign is None or not registry_policy.may_raise_funds(actor, campaign.charity):
        return None
    return url_for("plans.detail", plan_id=campaign.plan_id)


def flow_context(session: Session, project: Project) -> dict[str, Any]:
    """The whole flow: the picture, budget against actual, and the paid vouchers by line."""
    (card,) = queries.project_cards(session, [project.id])
    paid: list[Expense] = []
    if project.budget.fund_id is not None:
        paid = spending.expenses_of_fund(session, project.budget.fund_id, [ExpenseState.PAID])
    return {
        "project": project,
        "card": shapes.card_view(card),
        "sankey_view": shapes.sankey_by_payee(
            project, queries.flow_of_project(session, project.id)
        ),
        "lines": spending.lines_with_spending(session, project.budget_id),
        "vouchers": _by_line(paid),
    }


@dataclass(frozen=True, slots=True)
class LineVouchers:
    """The paid expenses of one budget line."""

    line: BudgetLine
    expenses: list[Expense]


def _by_line(paid: list[Expense]) -> list[LineVouchers]:
    ordered = sorted(paid, key=lambda e: (e.budget_line.number, -e.id))
    groups = groupby(ordered, key=lambda e: e.budget_line)
    return [LineVouchers(line, list(expenses)) for line, expenses in groups]


@dataclass(frozen=True, slots=True)
class Check:
    """One finding of the automatic checks, in words."""

    rule: str
    sentence: str
    blocks: bool


def review_context(session: Session, project: Project) -> dict[str, Any]:
    """What a reviewer reads: the whole content, the checks, and what was said before."""
    findings = queries.campaign_findings(
        session, project, operator_id=operator_id(), operator_mode=settings().operator_mode
    )
    checks = [_check(finding) for finding in findings]
    path = registry.region_path(session, project.region_code)
    return {
        "project": project,
        "findings": checks,
        "blocked": any(check.blocks for check in checks),
        "to_judge": bool(unjudged(findings)),
        "plan_rows": plan_rows(project.plan_sheet),
        "place_path": " ".join(place.name for place in path),
        "state_label": label(project.state),
        "summary": _summary(project),
        "resubmission": resubmission_view(session, project),
        "history": [(day(review.decided_at), _said(review)) for review in project.reviews[::-1]],
        **story_context(project),
    }


def plan_rows(sheet: PlanSheet | None) -> list[tuple[str, object]]:
    """The eleven things of a plan with their names, as they are filed (CHA-111)."""
    if sheet is None:
        return []
    said: list[tuple[str, object]] = []
    for column in PlanField:
        value = getattr(sheet, column.value)
        if isinstance(value, date):
            value = day(value)
        elif isinstance(value, enum.Enum):
            value = label(value)
        said.append((label(column), value))
    return said


def resubmission_view(session: Session, project: Project) -> dict[str, Any] | None:
    """What changed since the submission before, beside why that one was returned; None at first."""
    found = queries.resubmission(session, project)
    if found is None:
        return None
    returns = [review for review in project.reviews if not review.published]
    return {
        "number": found.number,
        "since": found.since,
        "told": told(session, found.changes),
        "reasons": returns[-1].reasons if returns else "",
    }


def _check(finding: Finding) -> Check:
    blocks = finding.severity is Severity.BLOCK
    return Check(finding.rule_id, sentence(finding.reason, finding.params), blocks)


def _said(review: ProjectReview) -> str:
    return _("公布") if review.published else review.reasons


def _summary(project: Project) -> list[tuple[str, object]]:
    return [
        (_("类别"), label(project.category)),
        (
            _("帮助谁"),
            _("%(who)s，约 %(n)s 人", who=project.beneficiaries, n=project.beneficiary_count),
        ),
        (_("目标金额"), project.target),
        (_("期限"), _("%(a)s 至 %(b)s", a=day(project.starts_on), b=day(project.ends_on))),
        *filing_rows(project),
    ]
