"""The list of resources, one of them, its calendar, and what its people do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import Permission, require
from charity.errors import DomainError
from charity.registry import queries as registry
from charity.registry.models import Organisation
from projects.listings import policy, services
from projects.listings import queries as listings
from projects.listings.models import Resource
from web.db import get_session, unit_of_work
from web.errors import status_of
from web.forms import attach
from web.listings.filters import place_options
from web.listings.posting import chosen as chosen_of
from web.listings.posting import home_region
from web.needs.blueprint import perform
from web.resources import pages
from web.resources.acts import as_number, refused, typed_quantity
from web.resources.filters import ResourceFilters
from web.resources.forms import BookingForm, ResourceForm
from web.security.sessions import current_actor

bp = Blueprint("resources", __name__)


@bp.get("/resources")
def index() -> ResponseReturnValue:
    """What is offered, newest first, by what one looks for."""
    session, actor = get_session(), current_actor()
    asked = ResourceFilters.read(request.args)
    page = listings.public_resources(session, asked.asked, after=asked.after)
    return render_template(
        "resources/index.html",
        cards=[pages.card(each) for each in page.items],
        chosen=asked,
        selects=asked.selects,
        places=place_options(session, asked.place, home_region()),
        first_url=asked.url() if asked.after else None,
        next_url=asked.url(page.after) if page.after else None,
        may_post=actor.holds_anywhere(Permission.LISTING_MANAGE),
    )


@bp.get("/resources/<int:resource_id>")
def detail(resource_id: int) -> ResponseReturnValue:
    """One offer."""
    return _page(resource_id)


def _page(
    resource_id: int, status: int = 200, form: BookingForm | None = None
) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    resource = listings.resource(session, resource_id)
    require(pages.may_see(actor, resource))
    context = pages.detail_context(session, actor, resource, form)
    return render_template("resources/detail.html", **context), status


# ── offering ─────────────────────────────────────────────────────────────────────────────────────


@bp.route("/resources/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Offer something for one of my organisations, or for one of its teams."""
    session, actor = get_session(), current_actor()
    mine = [
        each
        for each in registry.organisations(session, actor.organisation_ids)
        if policy.may_post_listing(actor, each)
    ]
    organisation = chosen_of(mine, request.args.get("organisation", ""))
    if organisation is None:
        return render_template("resources/choose.html", organisations=mine)
    teams = registry.volunteer_teams_of(session, organisation.id)
    form = ResourceForm.of(teams, organisation.region_code)
    if form.is_submitted() and form.validate():
        try:
            with unit_of_work() as work:
                made = services.post_resource(
                    work,
                    actor,
                    client_id=form.client_id.data or "",
                    organisation_id=organisation.id,
                    **form.said(),
                ).id
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("已经登记，大家都看得到了。"), "success")
            return redirect(url_for("resources.detail", resource_id=made), 303)
    return _form_page(form, organisation, None)


@bp.route("/resources/<int:resource_id>/edit", methods=["GET", "POST"])
def edit(resource_id: int) -> ResponseReturnValue:
    """Write an offer anew."""
    session, actor = get_session(), current_actor()
    resource = _managed(resource_id)
    form = ResourceForm.of((), resource.region_code, resource)
    if form.is_submitted() and form.validate():
        try:
            with unit_of_work() as work:
                services.change_resource(work, actor, resource_id=resource_id, **form.said())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("已经保存。"), "success")
            return redirect(url_for("resources.detail", resource_id=resource_id), 303)
        resource = listings.resource(session, resource_id)
    return _form_page(form, resource.organisation, resource)


def _form_page(
    form: ResourceForm, organisation: Organisation, resource: Resource | None
) -> ResponseReturnValue:
    html = render_template(
        "resources/form.html",
        form=form,
        organisation=organisation,
        resource=resource,
        heading=_("修改资源") if resource else _("登记资源"),
    )
    return html, 422 if form.errors else 200


def _managed(resource_id: int) -> Resource:
    """The offer, for who may change it; 403 for others."""
    resource = listings.resource(get_session(), resource_id)
    require(policy.may_manage_resource(current_actor(), resource))
    return resource


@bp.post("/resources/<int:resource_id>/pause")
def pause(resource_id: int) -> ResponseReturnValue:
    """Off the list for a while."""
    return _with(resource_id, services.pause_resource, _("已经暂停，别人看不到了。"))


@bp.post("/resources/<int:resource_id>/resume")
def resume(resource_id: int) -> ResponseReturnValue:
    """Back on the list."""
    return _with(resource_id, services.resume_resource, _("又开放了。"))


@bp.post("/resources/<int:resource_id>/withdraw")
def withdraw(resource_id: int) -> ResponseReturnValue:
    """Taken back for good."""
    return _with(resource_id, services.withdraw_resource, _("已经撤回。"))


def _with(resource_id: int, act: Callable[..., Any], said: str) -> ResponseReturnValue:
    here = url_for("resources.detail", resource_id=resource_id)
    try:
        with unit_of_work() as session:
            act(session, current_actor(), resource_id=resource_id)
    except DomainError as refusal:
        return refused(refusal, None, here)
    flash(said, "success")
    return redirect(here, 303)


# ── borrowing ────────────────────────────────────────────────────────────────────────────────────


@bp.post("/resources/<int:resource_id>/bookings")
def book(resource_id: int) -> ResponseReturnValue:
    """Ask for it from one hour to another; no account is needed."""
    form = BookingForm()
    if not form.validate():
        return _page(resource_id, 422, form)
    try:
        with unit_of_work() as session:
            made = services.ask_booking(
                session, current_actor(), resource_id=resource_id, **form.said()
            )
            token = made.token
    except DomainError as refusal:
        if status_of(refusal) == 404:
            raise
        refusal.field = {"starts_at": "day", "ends_at": "ends"}.get(
            refusal.field or "", refusal.field
        )
        attach(form, refusal)
        return _page(resource_id, status_of(refusal), form)
    flash(_("已经告诉出借方，他们会打电话答复你。"), "success")
    if token is not None:
        return redirect(url_for("resources.own_booking", token=token), 303)
    return redirect(url_for("resources.detail", resource_id=resource_id), 303)


@bp.get("/resources/b/<token>")
def own_booking(token: str) -> ResponseReturnValue:
    """What a guest asked for, and what the lender said; behind the guest's secret."""
    found = listings.booking_by_token(get_session(), token)
    return render_template("resources/booking.html", **pages.own_booking_context(found))


@bp.post("/resources/b/<token>/cancel")
def own_cancel(token: str) -> ResponseReturnValue:
    """The guest calls it off."""
    booking_id = listings.booking_by_token(get_session(), token).id
    here = url_for("resources.own_booking", token=token)
    return perform(
        lambda work: services.withdraw_booking(
            work, current_actor(), booking_id=booking_id, token=token
        ),
        _("已经取消。"),
        here,
    )


@bp.post("/resources/bookings/<int:booking_id>/answer")
def answer(booking_id: int) -> ResponseReturnValue:
    """The lender says yes or no."""
    said = {"agrees": "agree" in request.form, "note": request.form.get("note", "")[:500]}
    return _with_booking(booking_id, services.answer_booking, _("已经答复。"), **said)


@bp.post("/resources/bookings/<int:booking_id>/return")
def give_back(booking_id: int) -> ResponseReturnValue:
    """The lender has it back."""
    return _with_booking(booking_id, services.return_booking, _("已记下归还。"))


@bp.post("/resources/bookings/<int:booking_id>/cancel")
def cancel(booking_id: int) -> ResponseReturnValue:
    """Who asked, or the lender, calls it off."""
    return _with_booking(booking_id, services.withdraw_booking, _("已经取消。"))


def _with_booking(
    booking_id: int, act: Callable[..., Any], said: str, **words: Any
) -> ResponseReturnValue:
    resource_id = listings.resource_of_booking(get_session(), booking_id)
    here = url_for("resources.detail", resource_id=resource_id)
    try:
        with unit_of_work() as session:
            act(session, current_actor(), booking_id=booking_id, **words)
    except DomainError as refusal:
        return refused(refusal, None, here)
    flash(said, "success")
    return redirect(here, 303)


# ── inviting ─────────────────────────────────────────────────────────────────────────────────────


@bp.post("/needs/<int:need_id>/invite")
def invite(need_id: int) -> ResponseReturnValue:
    """双向认领: the side of a need asks for a resource, whose unit answers."""
    session, actor = get_session(), current_actor()
    need = listings.need(session, need_id)
    require(policy.may_speak_for_need(actor, need))
    here = url_for("needs.detail", need_id=need_id)
    try:
        quantity = typed_quantity(need, request.form)
        with unit_of_work() as work:
            services.invite_resource(
                work,
                actor,
                need_id=need_id,
                resource_id=as_number(request.form.get("resource_id")),
                quantity=quantity,
                client_id=request.form.get("client_id") or None,
            )
    except (DomainError, ValueError) as refusal:
        return refused(refusal, need, here)
    flash(_("已经邀请，等对方答复。"), "success")
    return redirect(here, 303)


@bp.post("/resources/<int:resource_id>/claim")
def claim(resource_id: int) -> ResponseReturnValue:
    """双向认领: the unit of a resource claims a need with it; the community answers."""
    session, actor = get_session(), current_actor()
    resource, need = _managed(resource_id), None
    here = url_for("resources.detail", resource_id=resource_id)
    try:
        need = listings.need(session, as_number(request.form.get("need_id")))
        quantity = typed_quantity(need, request.form)
        with unit_of_work() as work:
            made = services.claim_need(
                work,
                actor,
                client_id=request.form.get("client_id", ""),
                need_id=need.id,
                organisation_id=resource.organisation_id,
                team_id=resource.team_id,
                resource_id=resource_id,
                quantity=quantity,
            ).id
    except (DomainError, ValueError) as refusal:
        return refused(refusal, need, here)
    flash(_("已认领，等社区答复。"), "success")
    return redirect(url_for("claims.detail", claim_id=made), 303)
