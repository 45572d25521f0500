"""Who is related to an organisation, and the reviews of payments that touch them."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity import clock
from charity.actor import require
from charity.approvals.models import RequirementState
from charity.errors import DomainError
from charity.registry import policy, queries, services
from charity.spending import services as spending
from web.db import get_session, unit_of_work
from web.forms import attach
from web.ports import settings
from web.registry.pages import visible
from web.related import pages
from web.related.forms import RelatedForm, ReviewForm
from web.security.sessions import current_actor

bp = Blueprint("related", __name__)


@bp.route("/organisations/<int:organisation_id>/related", methods=["GET", "POST"])
def index(organisation_id: int) -> ResponseReturnValue:
    """The roster, what it says about the council, and a form for one more."""
    session, actor = get_session(), current_actor()
    found = visible(session, actor, organisation_id)
    require(policy.may_record_related(actor, found))
    form = RelatedForm(queries.related_parties(session, organisation_id))
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                services.record_related(
                    work,
                    actor,
                    organisation_id=organisation_id,
                    secret=settings().secret,
                    **form.said(),
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已记下。"), "success")
            return redirect(url_for("related.index", organisation_id=organisation_id), 303)
    status = 422 if form.errors else 200
    context = pages.roster_context(get_session(), organisation_id)
    return render_template("related/index.html", form=form, **context), status


@bp.post("/organisations/<int:organisation_id>/related/<int:party_id>/end")
def end(organisation_id: int, party_id: int) -> ResponseReturnValue:
    """Somebody is related no longer, from tomorrow on."""
    session, actor = get_session(), current_actor()
    found = visible(session, actor, organisation_id)
    require(policy.may_record_related(actor, found))
    if queries.related_party(session, party_id).organisation_id != organisation_id:
        abort(404)
    with unit_of_work() as work:
        services.end_related(work, actor, party_id=party_id, until=clock.today())
    flash(_("已记下，到今天为止。"), "success")
    return redirect(url_for("related.index", organisation_id=organisation_id), 303)


@bp.get("/desk/conflicts")
def reviews() -> ResponseReturnValue:
    """The payments that wait for a conflict review, the oldest first."""
    return render_template("related/reviews.html", rows=pages.waiting(get_session()))


@bp.route("/desk/conflicts/<int:expense_id>", methods=["GET", "POST"])
def review(expense_id: int) -> ResponseReturnValue:
    """Look at one payment and whom it touches; let it go on, or refuse it."""
    session, actor, form = get_session(), current_actor(), ReviewForm()
    case = pages.review_case(session, expense_id)
    may = pages.may_review(actor, case)
    if request.method == "POST":
        require(may)
        if form.validate():
            try:
                with unit_of_work() as work:
                    spending.review_conflict(
                        work,
                        actor,
                        expense_id=expense_id,
                        clear="refuse" not in request.form,
                        note=form.note.data or "",
                    )
            except DomainError as refusal:
                attach(form, refusal)
            else:
                flash(_("审查意见已记下。"), "success")
                return redirect(url_for("related.reviews"), 303)
        case = pages.review_case(get_session(), expense_id)
    html = render_template(
        "related/review.html",
        form=form,
        may=bool(may) and case.requirement.state is RequirementState.OPEN,
        why_not=pages.why_not(may),
        **case.shown(get_session()),
    )
    return html, 422 if form.errors else 200
