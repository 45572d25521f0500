"""The desk of an organisation's standing: each fact has a form, each list entry an end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.errors import CommonReason, DomainError, NotFound
from charity.registry import policy, services
from charity.registry.models import ListEntry, Organisation, Verification
from charity.rows import present
from web import papers
from web.db import get_session, unit_of_work
from web.forms import BaseForm, attach
from web.ports import ports
from web.registry.pages import visible
from web.security.sessions import current_actor
from web.standing import pages
from web.standing.forms import (
    CertificateForm,
    DeductibleForm,
    InspectionForm,
    LeavingForm,
    ListingForm,
    RatingForm,
    RevocationForm,
    VerificationForm,
    redrawn,
)

bp = Blueprint("standing", __name__)

#: Every form of the page by the word that it sends.
FORMS: dict[str, type[BaseForm]] = {
    "verification": VerificationForm,
    "certificate": CertificateForm,
    "revocation": RevocationForm,
    "deductible": DeductibleForm,
    "inspection": InspectionForm,
    "rating": RatingForm,
    "listing": ListingForm,
}


@bp.route("/organisations/<int:organisation_id>/standing", methods=["GET", "POST"])
def desk(organisation_id: int) -> ResponseReturnValue:
    """Keep what an authority said, or what staff looked at."""
    session, actor = get_session(), current_actor()
    found = visible(session, actor, organisation_id)
    require(policy.may_record_standing(actor, found))
    what = request.form.get("what", "") if request.method == "POST" else ""
    # an empty `formdata` keeps one form's answers out of the others
    forms = {
        name: form(prefix=f"{name}-")
        if name == what
        else form(formdata=None, prefix=f"{name}-", **_known(name, found))
        for name, form in FORMS.items()
    }
    sent = forms.get(what)
    if sent is not None and sent.validate():
        try:
            with unit_of_work() as work:
                _keep(work, actor, found.id, what, sent)
        except DomainError as refusal:
            attach(sent, refusal)
        else:
            flash(_("已记下。"), "success")
            return redirect(url_for("standing.desk", organisation_id=found.id), 303)
    html = render_template(
        "standing/desk.html",
        organisation=found,
        forms=forms,
        wrong=sent if sent is not None and sent.errors else None,
        leaving=LeavingForm(formdata=None),
        checks=pages.checks_of(session, found),
        **pages.public_context(session, found),
    )
    return html, 422 if sent is not None else 200


@bp.post("/organisations/standing/entries/<int:entry_id>/leave")
def leave(entry_id: int) -> ResponseReturnValue:
    """It was taken off a list."""
    form, actor = LeavingForm(), current_actor()
    entry = present(get_session().get(ListEntry, entry_id))
    require(policy.may_record_standing(actor, visible(get_session(), actor, entry.organisation_id)))
    removed_on = form.removed_on.data
    if form.validate() and removed_on is not None:
        with unit_of_work() as work:
            services.leave_list(
                work, actor, entry_id=entry_id, removed_on=removed_on,
                note=form.note.data or "",
            )  # fmt: skip
        flash(_("已记下移出名录，它停止的事可以继续了。"), "success")
    else:
        flash(_("请填写移出日期。"), "danger")
    return redirect(url_for("standing.desk", organisation_id=entry.organisation_id), 303)


@bp.get("/organisations/standing/papers/<int:verification_id>")
def paper(verification_id: int) -> ResponseReturnValue:
    """The paper a verifier looked at, for who may record standing."""
    session, actor = get_session(), current_actor()
    kept = present(session.get(Verification, verification_id))
    require(policy.may_record_standing(actor, visible(session, actor, kept.organisation_id)))
    if kept.file_hash is None:
        raise NotFound(CommonReason.NOT_FOUND)
    return papers.send(kept.file_hash, kept.media_type, name=f"verification-{kept.id}")


def _known(name: str, found: Organisation) -> dict[str, Any]:
    """What a form shows before anything was typed."""
    if name == "certificate":
        return {
            "number": found.certificate_number,
            "charity_since": found.charity_since,
            "valid_from": found.certificate_from,
            "valid_until": found.certificate_until,
        }
    if name == "deductible":
        return {
            "deductible_from": found.deductible_from,
            "deductible_until": found.deductible_until,
        }
    return {}


def _keep(session: Session, actor: Actor, organisation_id: int, what: str, form: Any) -> None:
    """Hand a form to its verb."""
    said = {name: value for name, value in form.data.items() if name != "csrf_token"}
    verbs: dict[str, Callable[..., object]] = {
        "inspection": services.record_inspection,
        "rating": services.record_rating,
        "listing": services.enter_list,
        "certificate": services.record_certificate,
        "revocation": services.revoke_certificate,
    }
    if what == "deductible":
        services.record_deductible(
            session, actor, organisation_id=organisation_id,
            first=said["deductible_from"], last=said["deductible_until"],
        )  # fmt: skip
    elif what == "verification":
        services.record_verification(
            session, actor, organisation_id=organisation_id, thing=said["thing"],
            note=said["note"], paper=form.sent or None, files=ports().files, redraw=redrawn,
        )  # fmt: skip
    else:
        verbs[what](session, actor, organisation_id=organisation_id, **said)
