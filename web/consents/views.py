"""One's own consents, each with its words, and the button that takes it back (PII-01)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.accounts import queries, services
from charity.errors import DomainError
from web.db import get_session, unit_of_work
from web.labels import sentence
from web.labels.complaints import CONSENT_TEXTS
from web.security.sessions import current_actor

bp = Blueprint("consents", __name__)


@bp.get("/account/consents")
def index() -> ResponseReturnValue:
    """What I agreed to, newest first; what was taken back stays to be read."""
    found = queries.consents_of(get_session(), current_actor())
    return render_template(
        "consents/index.html",
        rows=[(row, str(CONSENT_TEXTS.get(row.text_version, row.text_version))) for row in found],
    )


@bp.post("/account/consents/<int:consent_id>/withdraw")
def withdraw(consent_id: int) -> ResponseReturnValue:
    """Take one back; one click, like giving it."""
    try:
        with unit_of_work() as work:
            services.withdraw_consent(work, current_actor(), consent_id=consent_id)
    except DomainError as refusal:
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        flash(_("已撤回。从现在起不再这样使用你的信息。"), "success")
    return redirect(url_for("consents.index"), 303)
