"""The ratios of an organisation by year, each figure leading to its statement."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.disclosure import services
from charity.errors import DomainError, NotFound
from charity.money import ZERO
from charity.rows import present
from web.db import get_session, unit_of_work
from web.forms import BaseForm, attach
from web.labels import sentence
from web.ratios import pages
from web.ratios.forms import ComputeForm, KeyForm, RateForm
from web.registry.pages import visible
from web.security.sessions import current_actor

bp = Blueprint("ratios", __name__)


@bp.get("/organisations/<int:organisation_id>/ratios")
def report(organisation_id: int) -> ResponseReturnValue:
    """Every year that was judged, and the running year as the book stands."""
    return _page(organisation_id, ComputeForm())


def _page(organisation_id: int, form: ComputeForm) -> ResponseReturnValue:
    """The page with a form as it was filled in; 422 where something is wrong with it."""
    session, actor = get_session(), current_actor()
    found = visible(session, actor, organisation_id)
    context = pages.report_context(session, actor, found)
    html = render_template(
        "ratios/report.html",
        form=form,
        rate=RateForm(formdata=None),
        key=KeyForm(formdata=None),
        **context,
    )
    return html, 422 if form.errors else 200


@bp.post("/organisations/<int:organisation_id>/ratios")
def compute(organisation_id: int) -> ResponseReturnValue:
    """Judge a year that is over once more, with what adjusts the income of the year before."""
    form = ComputeForm()
    pages.require_publisher(current_actor(), organisation_id)
    if not form.validate():
        return _page(organisation_id, form)
    try:
        with unit_of_work() as session:
            services.compute_ratios(
                session,
                current_actor(),
                organisation_id=organisation_id,
                year=form.year.data,
                not_usable=form.not_usable.data or ZERO,
                lifted=form.lifted.data or ZERO,
                because=form.because.data or "",
            )
    except DomainError as refusal:
        if isinstance(refusal, NotFound):
            raise
        attach(form, refusal)
        return _page(organisation_id, form)
    flash(_("已经重新计算，以后一次为准，以前的也留着。"), "success")
    return redirect(url_for("ratios.report", organisation_id=organisation_id), 303)


@bp.post("/organisations/<int:organisation_id>/ratios/rate")
def agree(organisation_id: int) -> ResponseReturnValue:
    """Keep that the agreement of one gift fixes its share for management (RAT-15)."""
    form = RateForm()

    def keep(work: Session, actor: Actor) -> object:
        return services.agree_rate(
            work,
            actor,
            donation_id=present(form.donation_id.data),
            permille=present(form.permille.data),
            agreement=form.agreement.data or "",
        )

    return _kept(organisation_id, form, keep)


@bp.post("/organisations/<int:organisation_id>/ratios/key")
def key(organisation_id: int) -> ResponseReturnValue:
    """Keep by which weights shared costs are split (RAT-18)."""
    form = KeyForm()

    def keep(work: Session, actor: Actor) -> object:
        return services.set_allocation_key(
            work,
            actor,
            organisation_id=organisation_id,
            since=present(form.since.data),
            weights=form.shares(),
            reason=form.reason.data or "",
        )

    return _kept(organisation_id, form, keep)


def _kept(
    organisation_id: int, form: BaseForm, keep: Callable[[Session, Actor], object]
) -> ResponseReturnValue:
    """Hand a small form to its verb; what is wrong is said on the page of the ratios."""
    there = redirect(url_for("ratios.report", organisation_id=organisation_id), 303)
    actor = current_actor()
    pages.require_publisher(actor, organisation_id)
    if not form.validate():
        flash(str(next(iter(form.errors.values()))[0]), "error")
        return there
    try:
        with unit_of_work() as work:
            keep(work, actor)
    except DomainError as refusal:
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        flash(_("已记下。"), "success")
    return there
