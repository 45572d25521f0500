"""Charitable trusts at the desk: entered, filed, told of, ended, and whom they support."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.errors import DomainError
from charity.registry import policy, queries, services
from web.db import get_session, unit_of_work
from web.forces import pages
from web.forces.blueprint import bp
from web.forces.forms import BeneficiaryForm, DayForm, FilingForm, ReportForm, TrustForm, said
from web.forms import BaseForm, attach
from web.ports import settings
from web.security.sessions import current_actor

#: A verb of the page: what was typed, for which trust.
Act = Callable[[Session, Actor, int, dict[str, Any]], None]


def _file(work: Session, actor: Actor, trust_id: int, said: dict[str, Any]) -> None:
    services.file_trust(work, actor, trust_id=trust_id, **said)


def _report(work: Session, actor: Actor, trust_id: int, said: dict[str, Any]) -> None:
    services.report_trust(work, actor, trust_id=trust_id, **said)


def _beneficiary(work: Session, actor: Actor, trust_id: int, said: dict[str, Any]) -> None:
    secret = settings().secret
    services.name_beneficiary(work, actor, trust_id=trust_id, secret=secret, **said)


def _end(work: Session, actor: Actor, trust_id: int, said: dict[str, Any]) -> None:
    services.end_trust(work, actor, trust_id=trust_id, ended_on=said["on"])


#: The forms of the page, by the name of the button that sends them.
FORMS: dict[str, tuple[type[BaseForm], Act]] = {
    "file": (FilingForm, _file),
    "report": (ReportForm, _report),
    "beneficiary": (BeneficiaryForm, _beneficiary),
    "end": (DayForm, _end),
}


@bp.route("/desk/register/trusts/new", methods=["GET", "POST"])
def new_trust() -> ResponseReturnValue:
    """Enter a trust as it was signed."""
    form = TrustForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                made = services.record_trust(
                    work, current_actor(), secret=settings().secret, **said(form)
                )
                trust_id = made.id
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已登记。签订后七天内要到民政部门备案。"), "success")
            return redirect(url_for("forces.keep_trust", trust_id=trust_id), 303)
    return render_template("forces/trust_form.html", form=form), 422 if form.errors else 200


@bp.route("/desk/register/trusts/<int:trust_id>", methods=["GET", "POST"])
def keep_trust(trust_id: int) -> ResponseReturnValue:
    """File a trust, enter its reports and whom it supports, end it."""
    session, actor = get_session(), current_actor()
    found = queries.trust(session, trust_id)
    require(policy.may_keep_register(actor, found.trustee.region_code))
    sent = request.form.get("act", "")
    form = FORMS[sent][0]() if sent in FORMS else None
    if form is not None and form.validate():
        try:
            with unit_of_work() as work:
                FORMS[sent][1](work, actor, trust_id, said(form))
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已保存。"), "success")
            return redirect(url_for("forces.keep_trust", trust_id=trust_id), 303)
    made: dict[str, BaseForm] = {name: kind(formdata=None) for name, (kind, _act) in FORMS.items()}
    if form is not None:
        made[sent] = form
    html = render_template(
        "forces/trust_keep.html", forms=made, **pages.trust_context(session, actor, found)
    )
    return html, 422 if form is not None and form.errors else 200
