"""Pairings: the list, one pairing with its five things and visits, a new one, its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import ROLE_PERMISSIONS, Actor, Permission, require
from charity.donations.queries import pledges as donations
from charity.errors import DomainError
from charity.money import Money
from charity.registry import queries as registry
from charity.registry.models import Organisation, OrganisationState
from projects.listings.models import Pairing, PairingState
from projects.listings.policy import homeland as policy
from projects.listings.queries import pairing as queries
from projects.listings.services import pairing as services
from web.db import get_session, unit_of_work
from web.filters import yuan
from web.forces.forms import said
from web.forms import BaseForm, attach
from web.listings.filters import page_number
from web.pairings.forms import EndForm, PairingForm, TaskForm, VisitForm
from web.ports import settings
from web.registry.filters import known_place
from web.security.sessions import current_actor

bp = Blueprint("pairings", __name__)


@bp.get("/pairings")
def index() -> ResponseReturnValue:
    """Who is paired with whom, the latest first."""
    session, actor = get_session(), current_actor()
    place = known_place(session, request.args.get("place", ""))
    page = queries.pairings_page(
        session, region_code=place, page=page_number(request.args.get("page", ""))
    )
    return render_template(
        "pairings/index.html",
        page=page,
        place=registry.region(session, place) if place else None,
        running=PairingState.ACTIVE,
        may_pair=actor.holds_anywhere(Permission.LISTING_MANAGE),
        page_url=lambda n: url_for("pairings.index", place=place, page=n if n > 1 else None),
    )


@bp.get("/pairings/<int:pairing_id>")
def detail(pairing_id: int) -> ResponseReturnValue:
    """One pairing."""
    found = queries.pairing(get_session(), pairing_id)
    return _page(found)


@bp.route("/pairings/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Pair one's unit with a village or a person."""
    session, actor = get_session(), current_actor()
    units = _units(session, actor)
    today = clock.today()
    form = PairingForm(
        units, data={"region_code": request.args.get("place", ""), "starts_on": today}
    )
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                made = services.begin_pairing(
                    work,
                    actor,
                    secret=settings().secret,
                    operator_mode=settings().operator_mode,
                    **form.said(),
                )
                pairing_id = made.id
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("结对记下了。五件实事办好一件，回来勾一件。"), "success")
            return redirect(url_for("pairings.detail", pairing_id=pairing_id), 303)
    html = render_template("pairings/new.html", form=form, units=units)
    return html, 422 if form.errors else 200


@bp.post("/pairings/<int:pairing_id>/tasks/<int:task_id>")
def done(pairing_id: int, task_id: int) -> ResponseReturnValue:
    """One of the five things is done."""
    if queries.pairing_of_task(get_session(), task_id).id != pairing_id:
        abort(404)
    form = TaskForm(prefix=f"t{task_id}")
    return _keep(
        pairing_id,
        form,
        lambda work: services.finish_task(
            work,
            current_actor(),
            task_id=task_id,
            **said(form),
        ),
        tasks={task_id: form},
    )


@bp.post("/pairings/<int:pairing_id>/visits")
def visit(pairing_id: int) -> ResponseReturnValue:
    """Write down a visit."""
    form = VisitForm(prefix="v")
    return _keep(
        pairing_id,
        form,
        lambda work: services.record_visit(
            work,
            current_actor(),
            pairing_id=pairing_id,
            **said(form),
        ),
        visiting=form,
    )


@bp.post("/pairings/<int:pairing_id>/end")
def end(pairing_id: int) -> ResponseReturnValue:
    """End it with its result."""
    form = EndForm(prefix="e")
    return _keep(
        pairing_id,
        form,
        lambda work: services.end_pairing(
            work, current_actor(), pairing_id=pairing_id, result=form.result.data or ""
        ),
        ending=form,
    )


def _keep(
    pairing_id: int, form: BaseForm, act: Callable[[Session], object], **forms: Any
) -> ResponseReturnValue:
    """Do what a form of the pairing's page asks; its own people only."""
    found = queries.pairing(get_session(), pairing_id)
    require(policy.may_keep_pairing(current_actor(), found))
    if form.validate():
        try:
            with unit_of_work() as work:
                act(work)
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已记下。"), "success")
            return redirect(url_for("pairings.detail", pairing_id=pairing_id), 303)
    return _page(queries.pairing(get_session(), pairing_id), **forms), 422


def _page(
    found: Pairing,
    *,
    tasks: dict[int, TaskForm] | None = None,
    visiting: VisitForm | None = None,
    ending: EndForm | None = None,
) -> str:
    """One pairing with the forms of its own people; `tasks` are those with something wrong."""
    today = clock.today()
    keeps = found.state is PairingState.ACTIVE
    keeps = keeps and bool(policy.may_keep_pairing(current_actor(), found))
    wrong = tasks or {}
    # an empty `formdata` keeps one form's answers out of the others
    fresh = {"formdata": None}
    visiting = visiting or VisitForm(prefix="v", data={"visited_on": today, "visitors": 1}, **fresh)
    return render_template(
        "pairings/detail.html",
        pairing=found,
        today=today,
        keeps=keeps,
        rows=[
            (
                task,
                wrong.get(task.id)
                or TaskForm(prefix=f"t{task.id}", data={"done_on": today}, **fresh)
                if keeps and task.done_on is None
                else None,
            )
            for task in found.tasks
        ],
        done=sum(task.done_on is not None for task in found.tasks),
        promised=_promise_words(found),
        visiting=visiting if keeps else None,
        ending=(ending or EndForm(prefix="e", **fresh)) if keeps else None,
    )


def _promise_words(found: Pairing) -> tuple[str, str, int] | None:
    """What was promised, how much of it came, and to which campaign."""
    if found.pledge_id is None or found.campaign_id is None:
        return None
    pledge = donations.pledge(get_session(), found.pledge_id)
    return yuan(found.committed), yuan(Money(pledge.kept)), found.campaign_id


def _units(session: Session, actor: Actor) -> list[Organisation]:
    """The verified organisations this person may pair."""
    held = {
        grant.organisation_id
        for grant in actor.grants
        if grant.organisation_id is not None
        and Permission.LISTING_MANAGE in ROLE_PERMISSIONS[grant.role]
    }
    found = [registry.organisation(session, each) for each in sorted(held)]
    return [each for each in found if each.state is OrganisationState.VERIFIED]
