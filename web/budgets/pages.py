"""What the pages of budgets show, put together from the contexts' questions."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import ROLE_PERMISSIONS, Actor, Permission
from charity.approvals import queries as approvals
from charity.ledger.models import Book, Fund
from charity.registry import queries as registry
from charity.registry.models import Organisation
from charity.rows import present
from charity.spending import policy, queries
from charity.spending.models import (
    Budget,
    BudgetChange,
    BudgetChangeState,
    Deliverable,
    Programme,
    SiteAllocation,
)
from projects.listings.models import Project
from web.budgets.forms import BindForm, ChangeForm, DecisionForm, HouseholdForm, change_form


def budget_page(
    session: Session,
    actor: Actor,
    project: Project,
    form: ChangeForm | None = None,
    refusing: DecisionForm | None = None,
) -> ResponseReturnValue:
    """The lines of a project's budget, what was spent, and every change of them."""
    budget = queries.budget(session, project.budget_id)
    case = queries.case_of_budget(session, budget)
    changes = queries.changes_of_budget(session, budget.id)
    waiting = next((each for each in changes if each.state is BudgetChangeState.ASKED), None)
    may_change = bool(policy.may_change_budget(actor, case))
    context: dict[str, Any] = {
        "project": project,
        "spending": queries.lines_with_spending(session, budget.id),
        "line_names": {line.id: line.name for line in budget.lines},
        "past": [each for each in changes if each is not waiting],
        "site": queries.site_of_budget(session, budget.id),
        "waiting": waiting,
        "may_change": may_change,
        "form": form or (change_form(budget) if may_change and waiting is None else None),
        "refusing": refusing or DecisionForm(),
        **_deciding(session, actor, case, waiting),
    }
    bad = (form is not None and form.errors) or (refusing is not None and refusing.errors)
    return render_template("budgets/budget.html", **context), 422 if bad else 200


def _deciding(
    session: Session, actor: Actor, case: policy.BudgetCase, waiting: BudgetChange | None
) -> dict[str, Any]:
    if waiting is None:
        return {"may_decide": False, "agreed": 0}
    request = approvals.request_for(session, waiting.subject)
    decided = request.decisions if request is not None else []
    may = bool(policy.may_decide_change(actor, case, waiting))
    voiced = actor.person_id in {decision.person_id for decision in decided}
    return {
        "may_decide": may and not voiced,
        "agreed": sum(decision.agreed for decision in decided),
        "quorum": request.quorum if request is not None else 0,
    }


def funders(session: Session, actor: Actor) -> list[Organisation]:
    """The organisations whose programmes this person keeps."""
    held = {
        grant.organisation_id
        for grant in actor.grants
        if Permission.PROGRAMME_MANAGE in ROLE_PERMISSIONS[grant.role] and grant.organisation_id
    }
    return registry.organisations(session, held)


def funds_of(session: Session, organisations: list[Organisation]) -> list[Fund]:
    """The funds in the books of these organisations."""
    ids = [organisation.id for organisation in organisations]
    query = select(Fund).join(Book, Book.id == Fund.book_id).where(Book.organisation_id.in_(ids))
    return list(session.scalars(query.order_by(Fund.name)))


def programme_context(session: Session, actor: Actor, programme: Programme) -> dict[str, Any]:
    """A programme's figures and its sites."""
    sites = queries.sites_with_spending(session, programme.id)
    return {
        "programme": programme,
        "funder": registry.organisation(session, programme.funder_id),
        "figures": queries.programme_sum(programme.total, sites),
        "sites": sites,
        "names": registry.region_names(session, [each.site.region_code for each in sites]),
        "projects": _projects(session, sites),
        "may_bind": bool(policy.may_manage_programme(actor, programme.funder_id)),
    }


def _projects(session: Session, sites: list[queries.SiteSpending]) -> dict[int, Project]:
    """The project that spends each bound budget."""
    ids = [each.site.budget_id for each in sites if each.site.budget_id is not None]
    found = session.scalars(
        select(Project).where(Project.budget_id.in_(ids), Project.public_ones())
    )
    return {project.budget_id: project for project in found}


def site(session: Session, site_id: int) -> SiteAllocation:
    """One site; raises `NotFound`."""
    return present(session.get(SiteAllocation, site_id))


def bind_form(session: Session, found: SiteAllocation) -> BindForm:
    """The published projects of the place whose budget is not bound yet."""
    form = BindForm()
    taken = select(SiteAllocation.budget_id).where(SiteAllocation.budget_id.is_not(None))
    query = select(Project).where(
        Project.region_code.startswith(found.region_code, autoescape=True),
        Project.public_ones(),
        Project.budget_id.not_in(taken),
    )
    projects = session.scalars(query.order_by(Project.title).limit(200))
    form.budget_id.choices = [(project.budget_id, project.title) for project in projects]
    return form


def households_page(
    session: Session,
    actor: Actor,
    project: Project,
    deliverable: Deliverable,
    form: HouseholdForm | None = None,
) -> ResponseReturnValue:
    """The households of a deliverable: what each needs, and how far it is."""
    case = queries.case_of_budget(session, deliverable.budget)
    households = queries.households_of(session, deliverable.id)
    may_add = bool(policy.may_report_delivery(actor, case))
    return render_template(
        "budgets/households.html",
        project=project,
        deliverable=deliverable,
        households=households,
        done=queries.done_at(session, deliverable.id),
        names=registry.region_names(session, {each.region_code for each in households}),
        form=(form or household_form(session, deliverable.budget)) if may_add else None,
    ), 422 if form is not None and form.errors else 200


def household_form(session: Session, budget: Budget) -> HouseholdForm:
    """An empty list for a household of this budget's place."""
    form = HouseholdForm()
    here = registry.region(session, budget.region_code)
    form.offer([here, *registry.regions_below(session, here.code)])
    return form


def deliverable_of(session: Session, project: Project, deliverable_id: int) -> Deliverable:
    """A deliverable of this project; raises `NotFound` for another's."""
    found = queries.deliverable(session, deliverable_id)
    return present(found if found.budget_id == project.budget_id else None)
