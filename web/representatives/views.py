"""Who represents an organisation: the history, and a form for who keeps it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField

from charity.actor import require
from charity.errors import DomainError
from charity.registry import policy, queries, services
from charity.rows import present
from web.db import get_session, unit_of_work
from web.forms import BaseForm, DateField, LengthBetween, Required, attach
from web.registry.pages import visible
from web.security.sessions import current_actor

bp = Blueprint("representatives", __name__)


class RepresentativeForm(BaseForm):
    """Who represents it, and since when."""

    name = StringField(_l("姓名"), [Required(), LengthBetween(2, 80)])
    since = DateField(_l("从哪一天起"), [Required()])


@bp.route("/organisations/<int:organisation_id>/representatives", methods=["GET", "POST"])
def index(organisation_id: int) -> ResponseReturnValue:
    """Record a new legal representative; the audit of the leaving one falls due (ORG-19)."""
    session, actor = get_session(), current_actor()
    found = visible(session, actor, organisation_id)
    require(policy.may_name_representative(actor, found))
    form = RepresentativeForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                services.name_representative(
                    work, actor, organisation_id=organisation_id,
                    name=form.name.data or "", since=present(form.since.data),
                )  # fmt: skip
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已记下。"), "success")
            return redirect(url_for("representatives.index", organisation_id=organisation_id), 303)
    html = render_template(
        "representatives/index.html",
        form=form,
        organisation=found,
        history=queries.representatives(get_session(), organisation_id),
    )
    return html, 422 if form.errors else 200
