"""Claim a village's fund and agree to it, print its poster, keep the list of priority areas."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity import clock
from charity.actor import Verdict, require
from charity.errors import Denied, DomainError
from charity.registry import policy as registry_policy
from charity.registry import queries as registry
from charity.registry.models import Region
from charity.rows import present
from projects.listings.models import VillageFundState
from projects.listings.policy import homeland as policy
from projects.listings.queries import homeland as queries
from projects.listings.queries import priority
from projects.listings.reasons import HomelandReason
from projects.listings.services import homeland as services
from projects.listings.services import priority as priority_services
from web import paper, posters
from web.db import get_session, unit_of_work
from web.fonts import faces
from web.forces.forms import said
from web.forms import attach
from web.frame import operator_id
from web.homeland import pages
from web.homeland.forms import AgreeForm, AreaForm, ClaimForm, DescribeForm, ReturnForm
from web.labels import sentence
from web.paper import NoFont
from web.security.sessions import current_actor

bp = Blueprint("homeland", __name__)


# ── posters ──────────────────────────────────────────────────────────────────────────────────────


@bp.get("/regions/<code>/poster")
def poster(code: str) -> ResponseReturnValue:
    """The poster to look at, to print and to take along."""
    place = _village(code)
    return render_template("homeland/poster.html", place=place, has_font=faces() is not None)


@bp.get("/regions/<code>/poster.png")
def poster_picture(code: str) -> ResponseReturnValue:
    """The poster as a picture, for a chat group."""
    words = pages.poster_of(get_session(), _village(code).code)
    try:
        drawn = posters.draw(words)
    except NoFont:
        return redirect(url_for("registry.region", code=code), 303)
    return Response(drawn, content_type="image/png")


@bp.get("/regions/<code>/poster.pdf")
def poster_paper(code: str) -> ResponseReturnValue:
    """The poster on a sheet of A4, for a wall."""
    words = pages.poster_of(get_session(), _village(code).code)
    try:
        made = paper.poster(words)
    except NoFont:
        return redirect(url_for("registry.region", code=code), 303)
    headers = {"Content-Disposition": f'inline; filename="village-{code}.pdf"'}
    return Response(made, content_type="application/pdf", headers=headers)


def _village(code: str) -> Region:
    """The village of an address; anything else has no poster and no fund."""
    place = registry.region(get_session(), code)
    if place.level != pages.VILLAGE:
        abort(404)
    return place


# ── the fund of a village ────────────────────────────────────────────────────────────────────────


@bp.route("/regions/<code>/fund", methods=["GET", "POST"])
def claim(code: str) -> ResponseReturnValue:
    """A village's committee claims its fund."""
    session, actor, place = get_session(), current_actor(), _village(code)
    own = queries.committees_of(session, actor.organisation_ids, place.code)
    committees = [each for each in own if policy.may_claim_fund(actor, each)]
    if not committees:
        raise Denied(HomelandReason.NOT_ITS_COMMITTEE)
    form = ClaimForm(committees)
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                services.claim_village_fund(
                    work,
                    actor,
                    region_code=place.code,
                    committee_id=form.committee_id.data,
                    introduction=form.introduction.data or "",
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已送去县慈善会，同意以后基金就开立。"), "success")
            return redirect(url_for("registry.region", code=code), 303)
    status = 422 if form.errors else 200
    return render_template("homeland/claim.html", form=form, place=place), status


@bp.route("/regions/<code>/fund/words", methods=["GET", "POST"])
def describe(code: str) -> ResponseReturnValue:
    """The village changes what it says of itself."""
    session, actor, place = get_session(), current_actor(), _village(code)
    fund = present(queries.village_fund_of(session, place.code))
    require(policy.may_describe_village(actor, fund))
    form = DescribeForm(data={"introduction": fund.introduction})
    if form.validate_on_submit():
        with unit_of_work() as work:
            services.describe_village(
                work, actor, village_fund_id=fund.id, introduction=form.introduction.data or ""
            )
        flash(_("已保存。"), "success")
        return redirect(url_for("registry.region", code=code), 303)
    status = 422 if form.errors else 200
    return render_template("homeland/describe.html", form=form, place=place), status


@bp.get("/desk/villages")
def funds() -> ResponseReturnValue:
    """Claims of villages: those that wait, and those that were decided."""
    rows = queries.village_funds(get_session())
    return render_template("homeland/funds.html", rows=rows, asked=VillageFundState.ASKED)


@bp.get("/desk/villages/<int:village_fund_id>")
def decision(village_fund_id: int) -> ResponseReturnValue:
    """One claim to decide about."""
    return _decision_page(village_fund_id)


@bp.post("/desk/villages/<int:village_fund_id>/agree")
def agree(village_fund_id: int) -> ResponseReturnValue:
    """Agree: the fund is opened in the operator's book."""
    form = AgreeForm()
    require(_may_decide(village_fund_id))
    if form.validate():
        try:
            with unit_of_work() as work:
                services.agree_village_fund(
                    work,
                    current_actor(),
                    village_fund_id=village_fund_id,
                    operator_id=operator_id(),
                    fund_name=form.fund_name.data or "",
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已同意，基金开立了。"), "success")
            return redirect(url_for("homeland.funds"), 303)
    return _decision_page(village_fund_id, agreeing=form)


@bp.post("/desk/villages/<int:village_fund_id>/return")
def send_back(village_fund_id: int) -> ResponseReturnValue:
    """Send a claim back with what is missing."""
    form = ReturnForm()
    require(_may_decide(village_fund_id))
    if form.validate():
        try:
            with unit_of_work() as work:
                services.return_village_fund(
                    work,
                    current_actor(),
                    village_fund_id=village_fund_id,
                    note=form.note.data or "",
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已退回，村里会看到理由。"), "success")
            return redirect(url_for("homeland.funds"), 303)
    return _decision_page(village_fund_id, returning=form)


def _may_decide(village_fund_id: int) -> Verdict:
    found = queries.village_fund(get_session(), village_fund_id)
    return policy.may_decide_fund(current_actor(), found)


def _decision_page(
    village_fund_id: int,
    *,
    agreeing: AgreeForm | None = None,
    returning: ReturnForm | None = None,
) -> ResponseReturnValue:
    session = get_session()
    found = queries.village_fund(session, village_fund_id)
    may = _may_decide(village_fund_id)
    # an empty `formdata` keeps one form's answers out of the other
    usual = {"fund_name": pages.fund_name(session, found)}
    agreeing = agreeing or AgreeForm(formdata=None, data=usual)
    returning = returning or ReturnForm(formdata=None)
    html = render_template(
        "homeland/decide.html",
        fund=found,
        waits=found.state is VillageFundState.ASKED,
        may=bool(may),
        why_not=None if may.reason is None else sentence(may.reason, may.params),
        agreeing=agreeing,
        returning=returning,
    )
    return html, 422 if agreeing.errors or returning.errors else 200


# ── places help flows to first ───────────────────────────────────────────────────────────────────


@bp.get("/priority-areas")
def areas() -> ResponseReturnValue:
    """The list, and how much of this year's help went there."""
    session, today = get_session(), clock.today()
    return render_template(
        "homeland/areas.html",
        rows=priority.priority_areas(session),
        shares=pages.share_words(priority.priority_share(session, today.year)),
        year=today.year,
        today=today,
        keeps=bool(registry_policy.may_keep_register(current_actor())),
    )


@bp.route("/desk/priority-areas/new", methods=["GET", "POST"])
def new_area() -> ResponseReturnValue:
    """Enter a place help flows to first."""
    form = AreaForm(data={"region_code": request.args.get("place", "")})
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                priority_services.mark_priority_area(
                    work,
                    current_actor(),
                    **said(form),
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已记下。"), "success")
            return redirect(url_for("homeland.areas"), 303)
    return render_template("homeland/area.html", form=form), 422 if form.errors else 200


@bp.post("/desk/priority-areas/<int:area_id>/end")
def end_area(area_id: int) -> ResponseReturnValue:
    """A place is one of them until today."""
    with unit_of_work() as work:
        priority_services.end_priority_area(
            work, current_actor(), area_id=area_id, until=clock.today()
        )
    flash(_("已记下，到今天为止。"), "success")
    return redirect(url_for("homeland.areas"), 303)
