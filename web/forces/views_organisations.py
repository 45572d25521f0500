"""What the register says of one organisation: host, agency, federation, incubation, honours."""

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
from charity.registry.models import (
    INCUBATION_TRANSITIONS,
    Incubation,
    IncubationState,
    Organisation,
    OrganisationKind,
)
from web.db import get_session, unit_of_work
from web.forces import pages
from web.forces.blueprint import bp
from web.forces.forms import (
    AgencyForm,
    DayForm,
    HonourForm,
    HostForm,
    IncubationForm,
    MemberForm,
    StepForm,
    SupportForm,
    said,
)
from web.forms import BaseForm, attach
from web.labels import choices, sentence
from web.security.sessions import current_actor

#: A verb of the page: what was typed, for which organisation.
Act = Callable[[Session, Actor, Organisation, dict[str, Any]], object]


def _host(work: Session, actor: Actor, found: Organisation, said: dict[str, Any]) -> object:
    return services.set_host(work, actor, organisation_id=found.id, **said)


def _agency(work: Session, actor: Actor, found: Organisation, said: dict[str, Any]) -> object:
    return services.set_agency(work, actor, organisation_id=found.id, **said)


def _join(work: Session, actor: Actor, found: Organisation, said: dict[str, Any]) -> object:
    return services.join_federation(work, actor, federation_id=found.id, **said)


def _incubate(work: Session, actor: Actor, found: Organisation, said: dict[str, Any]) -> object:
    return services.apply_for_incubation(work, actor, organisation_id=found.id, **said)


def _honour(work: Session, actor: Actor, found: Organisation, said: dict[str, Any]) -> object:
    return services.record_honour(work, actor, organisation_id=found.id, **said)


#: The forms of the page, by the name of the button that sends them.
FORMS: dict[str, tuple[type[BaseForm], Act]] = {
    "host": (HostForm, _host),
    "agency": (AgencyForm, _agency),
    "join": (MemberForm, _join),
    "incubate": (IncubationForm, _incubate),
    "honour": (HonourForm, _honour),
}


@bp.route("/desk/register/organisations/<int:organisation_id>", methods=["GET", "POST"])
def organisation(organisation_id: int) -> ResponseReturnValue:
    """Everything the register says of an organisation, each with its own small form."""
    session, actor = get_session(), current_actor()
    found = queries.organisation(session, organisation_id)
    require(policy.may_keep_register(actor, found.region_code))
    sent = request.form.get("act", "")
    form = FORMS[sent][0]() if sent in FORMS else None
    if form is not None and form.validate():
        try:
            with unit_of_work() as work:
                FORMS[sent][1](work, actor, queries.organisation(work, organisation_id), said(form))
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已保存。"), "success")
            return redirect(url_for("forces.organisation", organisation_id=organisation_id), 303)
    html = render_template(
        "forces/organisation.html",
        organisation=found,
        forms=_forms(found, sent, form),
        steps=[(one, _steps(one)) for one in queries.incubations_of(session, found.id)],
        is_group=found.kind is OrganisationKind.COMMUNITY_GROUP,
        is_association=found.kind is OrganisationKind.ASSOCIATION,
        support=SupportForm(formdata=None),
        leaving=DayForm(formdata=None),
        of=pages.of_organisation(session, actor, found),
    )
    return html, 422 if form is not None and form.errors else 200


def _forms(found: Organisation, sent: str, form: BaseForm | None) -> dict[str, BaseForm]:
    """Every form of the page; the one that was sent with what was typed."""
    known = {"host_id": found.host_id, "is_agency": found.is_social_work_agency}
    made = {name: kind(formdata=None, data=known) for name, (kind, _act) in FORMS.items()}
    return made if form is None else made | {sent: form}


def _steps(one: Incubation) -> StepForm | None:
    """The form of the next step, where there is one."""
    following = INCUBATION_TRANSITIONS[one.state]
    if not following:
        return None
    form = StepForm(formdata=None)
    form.state.choices = [pair for pair in choices(IncubationState) if pair[0] in following]
    return form


@bp.post("/desk/register/incubations/<int:incubation_id>")
def keep_incubation(incubation_id: int) -> ResponseReturnValue:
    """The next step of an incubation, or advice given."""
    step, support = StepForm(), SupportForm()
    step.state.choices = choices(IncubationState)
    session = get_session()
    organisation_id = queries.incubation(session, incubation_id).organisation_id
    gives = request.form.get("act") == "support"
    form: BaseForm = support if gives else step
    if form.validate():
        try:
            with unit_of_work() as work:
                if gives:
                    services.give_support(
                        work,
                        current_actor(),
                        incubation_id=incubation_id,
                        **said(support),
                    )
                else:
                    services.move_incubation(
                        work,
                        current_actor(),
                        incubation_id=incubation_id,
                        **said(step),
                    )
        except DomainError as refusal:
            flash(sentence(refusal.reason, refusal.params), "error")
        else:
            flash(_("已保存。"), "success")
    else:
        flash(_("没有保存：请把日期或分钟数填完整。"), "error")
    return redirect(url_for("forces.organisation", organisation_id=organisation_id), 303)


@bp.post("/desk/register/organisations/<int:organisation_id>/members/<int:member_id>/leave")
def leave(organisation_id: int, member_id: int) -> ResponseReturnValue:
    """A member leaves a federation."""
    form = DayForm()
    if form.validate():
        try:
            with unit_of_work() as work:
                services.leave_federation(
                    work,
                    current_actor(),
                    federation_id=organisation_id,
                    member_id=member_id,
                    left_on=said(form)["on"],
                )
        except DomainError as refusal:
            flash(sentence(refusal.reason, refusal.params), "error")
        else:
            flash(_("已退会。"), "success")
    else:
        flash(_("请写日期，例如 2026-11-22。"), "error")
    return redirect(url_for("forces.organisation", organisation_id=organisation_id), 303)
