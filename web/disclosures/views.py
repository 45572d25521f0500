"""What was published, for everybody; what is owed, for those who publish."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import Permission, require
from charity.disclosure import contents, policy, queries, services
from charity.disclosure.queries.snapshots import computed
from charity.errors import DomainError
from web.db import get_session, unit_of_work
from web.disclosures import pages, words
from web.disclosures.forms import CorrectForm, PublishForm
from web.errors import status_of
from web.forms import attach
from web.security.sessions import current_actor

bp = Blueprint("disclosures", __name__)


@bp.get("/disclosures")
def index() -> ResponseReturnValue:
    """What is late, and everything that was published, the newest first."""
    context = pages.index_context(get_session(), current_actor())
    return render_template("disclosures/index.html", **context)


@bp.get("/disclosures/<int:entry_id>")
def entry(entry_id: int) -> ResponseReturnValue:
    """One entry, its digest, and the difference to what it corrects."""
    session, actor = get_session(), current_actor()
    found = pages.readable(session, actor, entry_id)
    return render_template("disclosures/entry.html", **pages.entry_context(session, actor, found))


@bp.get("/disclosures/<int:entry_id>.json")
def file(entry_id: int) -> ResponseReturnValue:
    """The very bytes that were hashed, so that a stranger computes the same digest."""
    found = pages.readable(get_session(), current_actor(), entry_id)
    name = f"disclosure-{found.id}.json"
    return contents.canonical(found.content), {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
    }


@bp.get("/desk/disclosures")
def desk() -> ResponseReturnValue:
    """What the organisations one publishes for owe, the most urgent first."""
    actor = current_actor()
    everywhere = actor.holds(Permission.DISCLOSURE_PUBLISH)
    mine = [
        id_
        for id_ in actor.organisation_ids
        if actor.holds(Permission.DISCLOSURE_PUBLISH, organisation_id=id_)
    ]
    found = queries.open_duties(get_session(), organisation_ids=None if everywhere else mine)
    return render_template("disclosures/desk.html", rows=[pages.owed_row(each) for each in found])


@bp.route("/desk/disclosures/<int:duty_id>", methods=["GET", "POST"])
def publish(duty_id: int) -> ResponseReturnValue:
    """Look at the figures as they are now, add words, publish."""
    session, actor = get_session(), current_actor()
    duty = queries.duty(session, duty_id)
    require(policy.may_publish(actor, duty.organisation_id))
    form, status = PublishForm(), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with unit_of_work() as unit:
                    made = services.tell(
                        unit,
                        actor,
                        duty_id=duty_id,
                        title=form.title.data or "",
                        words=form.words.data or "",
                    ).id
            except DomainError as refusal:
                attach(form, refusal)
                status = status_of(refusal)
            else:
                flash(_("已经公开，公开的内容不能再改，只能更正。"), "success")
                return redirect(url_for("disclosures.entry", entry_id=made), 303)
    else:
        form.title.data = pages.default_title(session, duty)
    preview = words.told({"figures": computed(session, duty)})
    return (
        render_template(
            "disclosures/publish.html",
            form=form,
            duty=duty,
            period=pages.period(duty),
            preview=preview,
            is_open=duty.fulfilled_at is None and duty.dropped_at is None,
        ),
        status,
    )


@bp.route("/desk/disclosures/entries/<int:entry_id>", methods=["GET", "POST"])
def correct(entry_id: int) -> ResponseReturnValue:
    """Publish a successor that says what was wrong; its figures are counted anew."""
    session, actor = get_session(), current_actor()
    found = pages.readable(session, actor, entry_id)
    require(policy.may_publish(actor, found.organisation_id))
    form, status = CorrectForm(), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with unit_of_work() as unit:
                    made = services.tell_again(
                        unit,
                        actor,
                        entry_id=entry_id,
                        words=form.words.data or "",
                        explanation=form.explanation.data or "",
                    ).id
            except DomainError as refusal:
                attach(form, refusal)
                status = status_of(refusal)
            else:
                flash(_("更正已经公开，原来的一版还在。"), "success")
                return redirect(url_for("disclosures.entry", entry_id=made), 303)
    else:
        form.words.data = str(found.content.get("words", ""))
    now = found.content
    if found.duty is not None and "figures" in now:
        now = {**now, "figures": computed(session, found.duty)}
    return (
        render_template(
            "disclosures/correct.html",
            form=form,
            entry=found,
            changes=words.changes(contents.difference(found.content, now)),
        ),
        status,
    )
