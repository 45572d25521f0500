"""Pages of organisations and places."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.accounts import services as accounts
from charity.actor import require
from charity.errors import DomainError
from charity.registry import policy, queries, services
from charity.registry.models import OrganisationKind, OrganisationState, RegionLevel
from projects.listings import queries as listings
from web.db import get_session, unit_of_work
from web.forms import attach
from web.frame import operator_id
from web.homeland.pages import is_village, village_context
from web.labels import choices
from web.listings.filters import place_options
from web.listings.posting import home_region
from web.registry import pages
from web.registry.filters import Filters
from web.registry.forms import NARROW, OrganisationForm, ReturnForm, VerifyForm
from web.security.sessions import current_actor

bp = Blueprint("registry", __name__)


@bp.get("/organisations")
def index() -> ResponseReturnValue:
    """All verified organisations, by place and kind."""
    session = get_session()
    chosen = Filters.read(session, request.args)
    page = queries.organisations_page(
        session, region_code=chosen.place, kind=chosen.kind, page=chosen.page
    )
    return render_template(
        "registry/index.html",
        page=page,
        counts=listings.project_counts(session, [found.id for found in page.items]),
        chosen=chosen,
        page_url=chosen.url,
        places=place_options(session, chosen.place or "", home_region()),
        kinds=choices(OrganisationKind),
    )


@bp.get("/organisations/<int:organisation_id>")
def organisation(organisation_id: int) -> ResponseReturnValue:
    """One organisation."""
    session, actor = get_session(), current_actor()
    found = pages.visible(session, actor, organisation_id)
    context = pages.organisation_context(session, actor, found)
    return render_template("registry/organisation.html", **context)


@bp.route("/organisations/register", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """Bring an organisation; who brings it becomes its owner."""
    actor = current_actor()
    form = OrganisationForm(home=home_region(), data={"region_code": request.args.get("place", "")})
    if request.method == "POST" and NARROW not in request.form and form.validate():
        try:
            with unit_of_work() as work:
                made = accounts.register_organisation_with_owner(work, actor, **form.particulars())
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已登记，等慈善组织的工作人员核验。核验以后就可以发起项目。"), "success")
            return redirect(url_for("registry.organisation", organisation_id=made.id), 303)
    return pages.form_page(form, None)


@bp.route("/organisations/<int:organisation_id>/edit", methods=["GET", "POST"])
def edit(organisation_id: int) -> ResponseReturnValue:
    """Mend a returned registration and send it again."""
    session, actor = get_session(), current_actor()
    found = pages.visible(session, actor, organisation_id)
    require(policy.may_edit(actor, found))
    here = url_for("registry.organisation", organisation_id=organisation_id)
    if found.state is not OrganisationState.RETURNED:
        return redirect(here, 303)
    form = OrganisationForm(home=home_region(), obj=found)
    if request.method == "POST" and NARROW not in request.form and form.validate():
        try:
            with unit_of_work() as work:
                services.resubmit_organisation(
                    work, actor, organisation_id=organisation_id, **form.particulars()
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已重新送去核验。"), "success")
            return redirect(here, 303)
    return pages.form_page(form, found)


@bp.get("/organisations/<int:organisation_id>/verify")
def verify(organisation_id: int) -> ResponseReturnValue:
    """A registration beside the checks, for the operator's staff."""
    session, actor = get_session(), current_actor()
    found = pages.visible(session, actor, organisation_id)
    require(policy.may_judge(actor, found))
    if found.state is not OrganisationState.PENDING:
        return redirect(url_for("registry.organisation", organisation_id=organisation_id), 303)
    return pages.verify_page(session, actor, found)


@bp.post("/organisations/<int:organisation_id>/verify")
def accept(organisation_id: int) -> ResponseReturnValue:
    """The papers were seen; with an agreement it becomes a partner."""
    session, actor, form = get_session(), current_actor(), VerifyForm()
    found = pages.visible(session, actor, organisation_id)
    require(policy.may_verify(actor, found, operator_id()))
    if form.validate():
        try:
            with unit_of_work() as work:
                services.verify_organisation(
                    work,
                    actor,
                    organisation_id=organisation_id,
                    charity_id=operator_id(),
                    **form.said(),
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            return _judged(organisation_id, _("已核验，这家组织可以发起项目了。"))
    return pages.verify_page(session, actor, found, verifying=form)


@bp.post("/organisations/<int:organisation_id>/return")
def send_back(organisation_id: int) -> ResponseReturnValue:
    """Send a registration back with what is missing."""
    session, actor, form = get_session(), current_actor(), ReturnForm()
    found = pages.visible(session, actor, organisation_id)
    require(policy.may_judge(actor, found))
    if form.validate():
        with unit_of_work() as work:
            services.return_organisation(
                work, actor, organisation_id=organisation_id, note=form.reasons.data
            )
        return _judged(organisation_id, _("已退回，对方会看到理由。"))
    return pages.verify_page(session, actor, found, returning=form)


def _judged(organisation_id: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("registry.organisation", organisation_id=organisation_id), 303)


@bp.get("/regions/<code>")
def region(code: str) -> ResponseReturnValue:
    """A place: what is below it, its projects and organisations, what was given for it."""
    session = get_session()
    if is_village(code):
        shown = village_context(session, current_actor(), code)
        return render_template("homeland/village.html", **shown)
    path = queries.region_path(session, code)
    return render_template(
        "registry/region.html",
        level=RegionLevel(path[-1].level),
        **pages.region_context(
            session,
            current_actor(),
            path,
            request.args.get("page", ""),
            by_management=request.args.get("by") == "management",
        ),
    )
