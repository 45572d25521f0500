"""The winner spends an award's money: an expense with its evidence, as everywhere else."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from charity.actor import require
from charity.errors import DomainError
from charity.rows import present
from charity.spending import policy, queries, services
from charity.spending.models import Budget
from web.awards import pages
from web.awards.blueprint import bp
from web.db import get_session, unit_of_work
from web.forms import attach
from web.ports import ports
from web.security.sessions import current_actor
from web.spending import pages as spending
from web.spending import words
from web.spending.blueprint import look_at


@bp.route("/awards/<int:award_id>/expenses/new", methods=["GET", "POST"])
def spend(award_id: int) -> ResponseReturnValue:
    """Ask for money of an award's fund."""
    session, actor = get_session(), current_actor()
    found = pages.visible(session, actor, award_id)
    budget = present(session.get(Budget, present(found.budget_id)))
    require(policy.may_submit_expense(actor, queries.case_of_budget(session, budget)))
    form = spending.expense_form(session, budget)
    if request.method == "POST" and look_at(session, form):
        try:
            with unit_of_work() as work:
                made = services.submit_expense(work, actor, files=ports().files, **form.asked())
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(words.said_on_asking(get_session(), made), "success")
            return redirect(url_for("spending.expense", expense_id=made.id), 303)
    return spending.form_page(session, budget, form)
