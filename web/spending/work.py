"""What the pages of work done show: what was promised, claimed and accepted."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.spending import policy, queries
from charity.spending.models import Delivery, DeliveryState
from projects.listings.models import Project
from web.listings.pages import visible
from web.spending.forms import AcceptForm, RefuseForm, ReportForm
from web.spending.pages import budget_case, is_inside, names_of, project_of, why_not


def deliveries_page(
    session: Session, actor: Actor, project: Project, form: ReportForm | None = None
) -> ResponseReturnValue:
    """What is promised, claimed and accepted; 422 when the report is wrong."""
    case = budget_case(session, actor, project.budget)
    progress = queries.deliverable_progress(session, [project.budget_id])[project.budget_id]
    may_report = policy.may_report_delivery(actor, case)
    # an empty `formdata` keeps one form's answers out of the other
    if form is None:
        waiting = queries.households_to_do(session, project.budget_id)
        form = ReportForm(formdata=None, progress=progress, households=waiting)
    html = render_template(
        "spending/deliveries.html",
        project=project,
        progress=progress,
        deliveries=queries.deliveries_of_budget(session, project.budget_id),
        form=form,
        may_report=may_report,
        why_not=why_not(may_report),
    )
    return html, 422 if form.errors else 200


def visible_delivery(session: Session, actor: Actor, delivery_id: int) -> tuple[Delivery, Project]:
    """A delivery with its project, or 404 for whom the project does not exist."""
    delivery = queries.delivery(session, delivery_id)
    project = project_of(session, delivery.deliverable.budget)
    return delivery, visible(session, actor, project.id)


def delivery_page(
    session: Session,
    actor: Actor,
    delivery: Delivery,
    project: Project,
    *,
    accepting: AcceptForm | None = None,
    refusing: RefuseForm | None = None,
) -> ResponseReturnValue:
    """One delivery and what may be said of it; 422 when one of the forms is wrong."""
    accepting = accepting or AcceptForm(formdata=None)
    refusing = refusing or RefuseForm(formdata=None)
    case = queries.case_of_delivery(session, delivery, person_id=actor.person_id)
    verdict = policy.may_accept(actor, case)
    masked = not is_inside(actor, case.budget)
    deciders = [delivery.decided_by_user_id] if delivery.decided_by_user_id else []
    names = names_of(session, [delivery.claimed_by_user_id, *deciders], masked)
    html = render_template(
        "spending/delivery.html",
        delivery=delivery,
        project=project,
        accepting=accepting,
        refusing=refusing,
        may_accept=verdict,
        why_not=why_not(verdict) if delivery.state is DeliveryState.CLAIMED else [],
        claimed_by=names[delivery.claimed_by_user_id],
        decided_by=names.get(delivery.decided_by_user_id or 0, ""),
    )
    return html, 422 if accepting.errors or refusing.errors else 200
