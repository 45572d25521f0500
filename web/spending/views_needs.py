"""Pages of what goes before and after a payment: requirements, vouchers of an advance, proof."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.approvals import queries as approvals
from charity.approvals.models import Requirement, RequirementKind
from charity.errors import DomainError
from charity.rows import present
from charity.spending import meeting, policy, queries, services
from charity.spending.models import ExpenseState, PaymentKind
from charity.spending.policy import ExpenseCase
from web import papers
from web.db import get_session, unit_of_work
from web.forms import attach
from web.labels import sentence
from web.ports import ports
from web.security.sessions import current_actor
from web.spending import needs, pages
from web.spending.blueprint import bp, look_at, to_expense
from web.spending.forms import MeetForm, RestForm, SettlementForm


def _asked(
    session: Session, actor: Actor, expense_id: int, kind: str
) -> tuple[ExpenseCase, Requirement, list[Requirement]]:
    """An expense with one of its requirements, or 404."""
    case = pages.visible_expense(session, actor, expense_id)
    asked = approvals.requirements(session, case.expense.subject)
    wanted = next((each for each in asked if each.kind.value == kind), None)
    return case, present(wanted), asked


@bp.route("/expenses/<int:expense_id>/requirements/<kind>", methods=["GET", "POST"])
def requirement(expense_id: int, kind: str) -> ResponseReturnValue:
    """Say that it is done, with its paper, or that it cannot be."""
    session, actor, form = get_session(), current_actor(), MeetForm()
    case, wanted, asked = _asked(session, actor, expense_id, kind)
    require(needs.verdict_of(actor, case, wanted, asked))
    known = wanted.kind
    if request.method == "POST" and look_at(session, form):
        try:
            with unit_of_work() as work:
                _say(work, actor, expense_id, known, form)
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已记下。"), "success")
            return to_expense(expense_id)
    case = pages.visible_expense(session, actor, expense_id)
    html = render_template(
        "spending/requirement.html",
        form=form,
        expense=case.expense,
        **pages.place_of(session, case.budget.budget),
        kind=known,
        needs_paper=known in meeting.WITH_PAPER,
        refusable=known in meeting.REFUSABLE,
        settlement=queries.settlement(session, case.expense)
        if known is RequirementKind.ADVANCE_SETTLED
        else None,
    )
    return html, 422 if form.errors else 200


def _say(
    session: Session, actor: Actor, expense_id: int, kind: RequirementKind, form: MeetForm
) -> None:
    note = form.note.data or ""
    if "refuse" in request.form:
        services.refuse_requirement(session, actor, expense_id=expense_id, kind=kind, note=note)
        return
    services.meet_requirement(
        session,
        actor,
        expense_id=expense_id,
        kind=kind,
        note=note,
        papers=form.papers.evidence,
        files=ports().files,
    )


@bp.get("/expenses/<int:expense_id>/requirements/<kind>/papers/<int:number>")
def requirement_paper(expense_id: int, kind: str, number: int) -> ResponseReturnValue:
    """One of its papers: for colleagues and those who decide, evidence for everybody."""
    session, actor = get_session(), current_actor()
    case, wanted, _others = _asked(session, actor, expense_id, kind)
    is_public = needs.is_public_paper(case.expense, wanted.kind)
    inside = pages.is_inside(actor, case.budget) or needs.may_read_papers(actor, case)
    shown = next((each for each in wanted.papers if each.number == number), None)
    if not (is_public or inside) or shown is None:
        abort(404)
    name = f"{wanted.kind.value}-{expense_id}-{number}"
    return papers.send(shown.file_hash, shown.media_type, name=name, is_public=is_public)


@bp.route("/expenses/<int:expense_id>/settlement", methods=["GET", "POST"])
def settlement(expense_id: int) -> ResponseReturnValue:
    """What an advance was spent on, voucher by voucher."""
    session, actor, form = get_session(), current_actor(), SettlementForm()
    case = pages.visible_expense(session, actor, expense_id)
    expense = case.expense
    if expense.payment_kind is not PaymentKind.ADVANCE or expense.state is not ExpenseState.PAID:
        abort(404)
    if request.method == "POST":
        require(policy.may_submit_expense(actor, case.budget))
        if look_at(session, form):
            try:
                with unit_of_work() as work:
                    services.add_advance_voucher(
                        work, actor, expense_id=expense_id, files=ports().files, **form.said()
                    )
            except DomainError as refusal:
                attach(form, refusal)
            else:
                flash(_("这张凭证记下了。"), "success")
                return redirect(url_for("spending.settlement", expense_id=expense_id), 303)
    case = pages.visible_expense(session, actor, expense_id)
    asked = approvals.requirements(session, case.expense.subject)
    html = render_template(
        "spending/settlement.html",
        form=form,
        expense=case.expense,
        **pages.place_of(session, case.budget.budget),
        settlement=queries.settlement(session, case.expense),
        may_add=needs.may_settle(actor, case, asked),
        rest=RestForm(formdata=None) if policy.may_take_back(actor, case) else None,
    )
    return html, 422 if form.errors else 200


@bp.post("/expenses/<int:expense_id>/settlement/rest")
def return_rest(expense_id: int) -> ResponseReturnValue:
    """What was not needed is back: into the fund it came from."""
    actor, form = current_actor(), RestForm()
    case = pages.visible_expense(get_session(), actor, expense_id)
    require(policy.may_take_back(actor, case))
    there = redirect(url_for("spending.settlement", expense_id=expense_id), 303)
    if not form.validate():
        flash(_("请写清楚退回的金额、到账日期和银行流水号。"), "error")
        return there
    try:
        with unit_of_work() as work:
            services.return_rest(
                work,
                actor,
                expense_id=expense_id,
                amount=present(form.rest.data),
                returned_on=present(form.returned_on.data),
                bank_reference=form.bank_reference.data or "",
            )
    except DomainError as refusal:
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        flash(_("已记下。退回的钱排到原来那条线的末尾，还是原来那些捐赠人的钱。"), "success")
    return there


@bp.get("/advance-vouchers/<int:voucher_id>")
def advance_voucher(voucher_id: int) -> ResponseReturnValue:
    """A voucher of an advance, for whoever may see its expense."""
    session, actor = get_session(), current_actor()
    found = queries.advance_voucher(session, voucher_id)
    pages.visible_expense(session, actor, found.expense_id)
    name = f"advance-voucher-{found.id}"
    return papers.send(found.file_hash, found.media_type, name=name, is_public=True)


@bp.get("/expenses/<int:expense_id>/proof")
def proof(expense_id: int) -> ResponseReturnValue:
    """The bank's own paper, for colleagues and auditors."""
    session, actor = get_session(), current_actor()
    case = pages.visible_expense(session, actor, expense_id)
    payout = case.expense.payout
    if not pages.is_inside(actor, case.budget) or payout is None or payout.proof_hash is None:
        abort(404)
    return papers.send(payout.proof_hash, payout.proof_media_type, name=f"proof-{expense_id}")
