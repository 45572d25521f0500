"""The ratios of an organisation by year, each figure leading to its statement."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.disclosure import services
from charity.errors import DomainError, NotFound
from charity.money import ZERO
from web.db import get_session, unit_of_work
from web.labels import sentence
from web.ratios import pages
from web.ratios.forms import ComputeForm
from web.registry.pages import visible
from web.security.sessions import current_actor

bp = Blueprint("ratios", __name__)


@bp.get("/organisations/<int:organisation_id>/ratios")
def report(organisation_id: int) -> ResponseReturnValue:
    """Every year that was judged, and the running year as the book stands."""
    session, actor = get_session(), current_actor()
    found = visible(session, actor, organisation_id)
    context = pages.report_context(session, actor, found)
    return render_template("ratios/report.html", form=ComputeForm(), **context)


@bp.post("/organisations/<int:organisation_id>/ratios")
def compute(organisation_id: int) -> ResponseReturnValue:
    """Judge a year that is over once more, with what adjusts the income of the year before."""
    there = redirect(url_for("ratios.report", organisation_id=organisation_id), 303)
    form = ComputeForm()
    pages.require_publisher(current_actor(), organisation_id)
    if not form.validate():
        flash(str(next(iter(form.errors.values()))[0]), "error")
        return there
    try:
        with unit_of_work() as session:
            services.compute_ratios(
                session,
                current_actor(),
                organisation_id=organisation_id,
                year=form.year.data,
                not_usable=form.not_usable.data or ZERO,
                lifted=form.lifted.data or ZERO,
            )
    except DomainError as refusal:
        if isinstance(refusal, NotFound):
            raise
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        flash(_("已经重新计算，以后一次为准，以前的也留着。"), "success")
    return there
