"""The form for anybody, the page with the answer, and the list for staff."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import Actor, require
from charity.disclosure import complaint_policy as policy
from charity.disclosure import services
from charity.disclosure.queries import complaints as queries
from charity.errors import DomainError
from web.complaints.forms import AnswerForm, ComplaintForm
from web.complaints.pages import about
from web.db import get_session, unit_of_work
from web.errors import status_of
from web.forms import attach
from web.private import PRIVATE
from web.security.sessions import current_actor

bp = Blueprint("complaints", __name__)


@bp.route("/complaints/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Say what is wrong; nobody has to give a name (VIL-04)."""
    found = about(get_session(), current_actor(), request.args.get("about", ""))
    form, status = ComplaintForm(), 200
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                token = services.make_complaint(
                    work,
                    current_actor(),
                    token=form.token.data or "",
                    subject=found.subject,
                    organisation_id=found.organisation_id,
                    words=form.words.data or "",
                    contact=form.contact.data or "",
                ).token
        except DomainError as refusal:
            attach(form, refusal)
            status = status_of(refusal)
        else:
            return redirect(url_for("complaints.page", token=token), 303)
    elif form.errors:
        status = 422
    if not form.token.data:
        form.token.data = secrets.token_urlsafe(32)
    return render_template("complaints/new.html", form=form, about=found), status


@bp.get("/complaints/<token>")
def page(token: str) -> ResponseReturnValue:
    """What was said and what was answered, for who has the link."""
    session = get_session()
    complaint = queries.complaint_by_token(session, token)
    html = render_template(
        "complaints/page.html",
        complaint=complaint,
        about=about(session, Actor.system("complaints"), complaint.subject),
    )
    return make_response(html, PRIVATE)


@bp.get("/desk/complaints")
def index() -> ResponseReturnValue:
    """Those that wait first, then what was answered lately."""
    session, actor = get_session(), current_actor()
    require(policy.may_read_complaints(actor))
    system = Actor.system("complaints")
    rows = [
        (complaint, about(session, system, complaint.subject))
        for complaint in queries.complaints_to_answer(session)
    ]
    return render_template("complaints/index.html", rows=rows)


@bp.route("/desk/complaints/<int:complaint_id>", methods=["GET", "POST"])
def answer(complaint_id: int) -> ResponseReturnValue:
    """Read one and answer it; never for one's own organisation."""
    session, actor, form = get_session(), current_actor(), AnswerForm()
    complaint = queries.complaint(session, complaint_id)
    require(policy.may_read_complaints(actor))
    if request.method == "POST":
        require(policy.may_answer(actor, complaint))
        if form.validate():
            try:
                with unit_of_work() as work:
                    services.answer_complaint(
                        work, actor, complaint_id=complaint_id, answer=form.answer.data or ""
                    )
            except DomainError as refusal:
                attach(form, refusal)
            else:
                flash(_("已答复。投诉的人打开他的链接就能看到。"), "success")
                return redirect(url_for("complaints.index"), 303)
    html = render_template(
        "complaints/answer.html",
        complaint=complaint,
        about=about(session, Actor.system("complaints"), complaint.subject),
        form=form,
        may_answer=policy.may_answer(actor, complaint),
    )
    return html, 422 if form.errors else 200
