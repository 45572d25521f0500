"""Pages of spending."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import require
from charity.errors import DomainError
from charity.spending import policy, queries, services
from charity.spending.models import ExpenseState
from web import papers
from web.addresses import read_id
from web.db import get_session, unit_of_work
from web.forms import attach
from web.listings.pages import visible
from web.ports import ports
from web.security.sessions import current_actor
from web.spending import pages, views_needs, words
from web.spending import work as work_pages
from web.spending.blueprint import bp, look_at, to_expense
from web.spending.forms import AcceptForm, PayForm, RefuseForm, ReportForm, ReturnForm
from web.spending.marks import hash_account

__all__ = ["bp", "views_needs"]


@bp.get("/projects/<int:project_id>/expenses")
def expenses(project_id: int) -> ResponseReturnValue:
    """Budget against actual, and the expenses of a project."""
    context = pages.expenses_context(get_session(), current_actor(), project_id)
    return render("spending/expenses.html", **context)


@bp.route("/projects/<int:project_id>/expenses/new", methods=["GET", "POST"])
def new(project_id: int) -> ResponseReturnValue:
    """Ask for money with the evidence."""
    session, actor = get_session(), current_actor()
    project = visible(session, actor, project_id)
    require(policy.may_submit_expense(actor, queries.case_of_budget(session, project.budget)))
    form = pages.expense_form(session, project.budget)
    if request.method == "POST" and look_at(session, form):
        try:
            with unit_of_work() as work:
                made = services.submit_expense(work, actor, files=ports().files, **form.asked())
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(words.said_on_asking(get_session(), made), "success")
            return to_expense(made.id)
    return pages.form_page(session, project.budget, form)


@bp.get("/expenses/<int:expense_id>")
def expense(expense_id: int) -> ResponseReturnValue:
    """One expense beside its evidence."""
    session, actor = get_session(), current_actor()
    case = pages.visible_expense(session, actor, expense_id)
    return pages.expense_page(session, actor, case)


@bp.get("/expenses/<int:expense_id>/gifts")
def gifts(expense_id: int) -> ResponseReturnValue:
    """Whose money paid an expense, to the fen."""
    session, actor = get_session(), current_actor()
    case = pages.visible_expense(session, actor, expense_id)
    after = read_id(request.args.get("after")) or 0
    return render("ledger/gifts.html", **pages.gifts_context(session, case, after))


@bp.route("/expenses/<int:expense_id>/edit", methods=["GET", "POST"])
def edit(expense_id: int) -> ResponseReturnValue:
    """Correct an expense that came back, or that is still asked for."""
    session, actor = get_session(), current_actor()
    case = pages.visible_expense(session, actor, expense_id)
    if case.expense.state in (ExpenseState.APPROVED, ExpenseState.PAID):
        return to_expense(expense_id)
    require(policy.may_resubmit(actor, case))
    form = pages.expense_form(session, case.budget.budget, case.expense)
    if request.method == "POST" and look_at(session, form):
        try:
            with unit_of_work() as work:
                services.resubmit_expense(
                    work, actor, expense_id=expense_id, files=ports().files, **form.asked()
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已改好并重新提交，之前的同意作废，要重新审批。"), "success")
            return to_expense(expense_id)
    return pages.form_page(session, case.budget.budget, form, case.expense)


@bp.post("/expenses/<int:expense_id>/approve")
def approve(expense_id: int) -> ResponseReturnValue:
    """Agree to exactly what was asked."""
    with unit_of_work() as session:
        found = services.approve_expense(session, current_actor(), expense_id=expense_id)
        said = words.said_on_agreeing(session, found)
    flash(said, "success")
    return to_expense(expense_id)


@bp.post("/expenses/<int:expense_id>/return")
def send_back(expense_id: int) -> ResponseReturnValue:
    """Send it back with a reason."""
    session, actor, form = get_session(), current_actor(), ReturnForm()
    case = pages.visible_expense(session, actor, expense_id)
    require(policy.may_return(actor, case))
    if not form.validate():
        return pages.expense_page(session, actor, case, returning=form)
    with unit_of_work() as work:
        services.return_expense(work, actor, expense_id=expense_id, reason=form.reason.data)
    flash(_("已退回，提交的人会看到理由。"), "success")
    return to_expense(expense_id)


@bp.post("/expenses/<int:expense_id>/pay")
def pay(expense_id: int) -> ResponseReturnValue:
    """Record that the bank paid it."""
    session, actor, form = get_session(), current_actor(), PayForm()
    case = pages.visible_expense(session, actor, expense_id)
    require(policy.may_pay(actor, case))
    if look_at(session, form):
        try:
            with unit_of_work() as work:
                services.look_again(work, actor, expense_id=expense_id, hash_account=hash_account)
            with unit_of_work() as work:
                services.pay_expense(
                    work, actor, expense_id=expense_id, files=ports().files, **form.said()
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已记为付款，账簿里有了这一笔。"), "success")
            return to_expense(expense_id)
    case = pages.visible_expense(session, actor, expense_id)
    return pages.expense_page(session, actor, case, paying=form)


@bp.get("/vouchers/<int:voucher_id>")
def voucher(voucher_id: int) -> ResponseReturnValue:
    """A stored piece of evidence, for whoever may see its expense."""
    found = pages.visible_voucher(get_session(), current_actor(), voucher_id)
    paid = found.expense.state is ExpenseState.PAID
    return papers.send(
        found.file_hash, found.media_type, name=f"voucher-{found.id}", is_public=paid
    )


@bp.get("/projects/<int:project_id>/deliveries")
def deliveries(project_id: int) -> ResponseReturnValue:
    """What was promised, claimed and accepted."""
    session, actor = get_session(), current_actor()
    return work_pages.deliveries_page(session, actor, visible(session, actor, project_id))


@bp.post("/projects/<int:project_id>/deliveries")
def report(project_id: int) -> ResponseReturnValue:
    """Say that so many units are done."""
    session, actor = get_session(), current_actor()
    project = visible(session, actor, project_id)
    require(policy.may_report_delivery(actor, queries.case_of_budget(session, project.budget)))
    progress = queries.deliverable_progress(session, [project.budget_id])[project.budget_id]
    waiting = queries.households_to_do(session, project.budget_id)
    form = ReportForm(progress=progress, households=waiting)
    if form.validate():
        try:
            with unit_of_work() as work:
                made = services.report_delivery(work, actor, **form.said())
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已报上，等村社或别的机构来验收。"), "success")
            return _to_delivery(made.id)
    return work_pages.deliveries_page(session, actor, project, form)


@bp.get("/deliveries/<int:delivery_id>")
def delivery(delivery_id: int) -> ResponseReturnValue:
    """One delivery."""
    session, actor = get_session(), current_actor()
    found, project = work_pages.visible_delivery(session, actor, delivery_id)
    return work_pages.delivery_page(session, actor, found, project)


@bp.post("/deliveries/<int:delivery_id>/accept")
def accept(delivery_id: int) -> ResponseReturnValue:
    """The work was looked at and is good."""
    session, actor, form = get_session(), current_actor(), AcceptForm()
    found, project = work_pages.visible_delivery(session, actor, delivery_id)
    if not form.validate():
        return work_pages.delivery_page(session, actor, found, project, accepting=form)
    with unit_of_work() as work:
        services.accept_delivery(work, actor, delivery_id=delivery_id, note=form.note.data or "")
    flash(_("已验收，项目的进度更新了。"), "success")
    return _to_delivery(delivery_id)


@bp.post("/deliveries/<int:delivery_id>/return")
def refuse(delivery_id: int) -> ResponseReturnValue:
    """Send a claim back, saying what is missing."""
    session, actor, form = get_session(), current_actor(), RefuseForm()
    found, project = work_pages.visible_delivery(session, actor, delivery_id)
    case = queries.case_of_delivery(session, found, person_id=actor.person_id)
    require(policy.may_accept(actor, case))
    if not form.validate():
        return work_pages.delivery_page(session, actor, found, project, refusing=form)
    with unit_of_work() as work:
        services.return_delivery(work, actor, delivery_id=delivery_id, note=form.missing.data)
    flash(_("已退回，做事的组织会看到。"), "success")
    return _to_delivery(delivery_id)


def _to_delivery(delivery_id: int) -> ResponseReturnValue:
    return redirect(url_for("spending.delivery", delivery_id=delivery_id), 303)
