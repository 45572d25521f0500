"""Who works for a community notes that somebody who was helped died or moved away (RF-11).

Only masked names are shown, and only to who dispatches for the place: what is noted here comes up
elsewhere as a question about a payment, without a name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.accounts import queries as accounts
from charity.actor import require
from charity.errors import Denied, DomainError, NotFound
from charity.registry import identity as identities
from charity.registry import policy, queries, services
from charity.registry.models import PersonDeparture
from charity.spending import queries as spending
from web.db import get_session, unit_of_work
from web.departures.forms import DepartureForm, StrangerForm, may_follow
from web.dispatch.pages import places_of, where_said
from web.filters import day, mask_name, moment
from web.forms import attach
from web.labels import label
from web.listings.filters import page_number
from web.ports import settings
from web.security.sessions import current_actor

bp = Blueprint("departures", __name__)


@bp.get("/departures")
def index() -> ResponseReturnValue:
    """Who was helped with money here, and what was noted."""
    session, actor = get_session(), current_actor()
    codes = places_of(actor)
    helped = spending.helped_page(session, codes, page_number(request.args.get("page", "")))
    hashes = [each.identity_hash for each in helped.items]
    noted = queries.last_departures(session, hashes, codes)
    names = queries.region_names(session, {each.region_code for each in helped.items})
    return render_template(
        "departures/index.html",
        where=where_said(session, codes),
        helped=helped,
        people=[
            {
                "name": mask_name(each.name),
                "place": names.get(each.region_code, ""),
                "times": each.times,
                "last": each.last_on,
                "said": _said(noted.get(each.identity_hash)),
                "url": _url_of(each.expense_id, noted.get(each.identity_hash)),
            }
            for each in helped.items
        ],
        noted=[
            {
                "name": each.masked_name,
                "place": each.region.name,
                "said": _said(each),
                "at": moment(each.noted_at),
                "url": url_for("departures.entry", departure_id=each.id),
            }
            for each in queries.departures_page(session, codes, 1).items
        ],
    )


@bp.route("/departures/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Somebody who is in no list yet, by the number of their document."""
    actor, form = current_actor(), StrangerForm()
    if request.method == "GET" and (codes := places_of(actor)):
        code = next(iter(codes))
        form.region_code.data = f"{code} {queries.region(get_session(), code).name}"
    if form.validate_on_submit():
        code = form.region_code.data or ""
        if not policy.may_note_departure(actor, code):
            form.region_code.errors = [_("只能记自己负责的地方的人。")]
        else:
            try:
                number = identities.normalise(form.identity.data or "")
                made = _written(
                    form,
                    lambda work: services.note_departure(
                        work,
                        actor,
                        identity_hash=identities.keyed_hash(number, settings().secret),
                        masked_name=mask_name(form.name.data),
                        region_code=code,
                        **form.said(),
                    ),
                )
            except DomainError as refusal:
                attach(form, refusal)
            else:
                if made is not None:
                    return made
    return _form(form, _("记一个人"), [], [])


@bp.route("/departures/persons/<int:expense_id>", methods=["GET", "POST"])
def person(expense_id: int) -> ResponseReturnValue:
    """The person of one payment: what is known of the help, and the form."""
    session, actor = get_session(), current_actor()
    found = spending.helped(session, places_of(actor), expense_id)
    last = queries.last_departures(session, [found.identity_hash], places_of(actor))
    if last:
        url = url_for("departures.entry", departure_id=last[found.identity_hash].id)
        return redirect(url, 303)
    form = DepartureForm()
    if form.validate_on_submit():
        made = _written(
            form,
            lambda work: services.note_departure(
                work,
                actor,
                identity_hash=found.identity_hash,
                masked_name=mask_name(found.name),
                region_code=found.region_code,
                **form.said(),
            ),
        )
        if made is not None:
            return made
    place = queries.region(get_session(), found.region_code).name
    facts = [(_("在哪里"), place), (_("这一笔是哪天的"), day(found.last_on))]
    return _form(form, mask_name(found.name), facts, [])


@bp.route("/departures/<int:departure_id>", methods=["GET", "POST"])
def entry(departure_id: int) -> ResponseReturnValue:
    """What was noted of a person, row by row, and the form for what is true now."""
    session, actor = get_session(), current_actor()
    found = queries.departure(session, departure_id)
    require(policy.may_note_departure(actor, found.region_code))
    history = queries.departure_history(session, found)
    last = history[-1]
    form = DepartureForm(may_follow(last.kind))
    if form.validate_on_submit():
        made = _written(
            form,
            lambda work: services.follow_departure(
                work, actor, departure_id=last.id, **form.said()
            ),
        )
        if made is not None:
            return made
        history = queries.departure_history(
            get_session(), queries.departure(get_session(), departure_id)
        )
    names = accounts.display_names(get_session(), {each.noted_by_user_id for each in history})
    rows = [
        (_said(each), each.source, names.get(each.noted_by_user_id, ""), moment(each.noted_at))
        for each in history
    ]
    return _form(form, last.masked_name, [(_("在哪里"), history[-1].region.name)], rows)


def _written(
    form: DepartureForm, act: Callable[[Session], PersonDeparture]
) -> ResponseReturnValue | None:
    """Write a row and go back to the list; None where the form says what is wrong."""
    try:
        with unit_of_work() as work:
            act(work)
    except (Denied, NotFound):
        raise
    except DomainError as refusal:
        attach(form, refusal)
        return None
    flash(_("已记下。"), "success")
    return redirect(url_for("departures.index"), 303)


def _form(
    form: DepartureForm, name: str, facts: list[tuple[str, Any]], rows: Sequence[tuple[str, ...]]
) -> ResponseReturnValue:
    html = render_template("departures/form.html", form=form, name=name, facts=facts, rows=rows)
    return html, 422 if form.errors else 200


def _said(found: PersonDeparture | None) -> str:
    """What the last row says, with its day."""
    return "" if found is None else f"{label(found.kind)} · {day(found.happened_on)}"


def _url_of(expense_id: int, found: PersonDeparture | None) -> str:
    if found is None:
        return url_for("departures.person", expense_id=expense_id)
    return url_for("departures.entry", departure_id=found.id)
