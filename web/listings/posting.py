"""Posting and reviewing: whose projects these are, and the two pages where people type."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.registry import queries as registry
from charity.registry.models import Organisation, RestrictedAct
from charity.registry.reasons import RegistryReason
from projects.listings import policy
from projects.listings.models import SHOWN_STATES, Project, ProjectState
from projects.listings.patterns import Pattern
from web.db import get_session
from web.frame import operator
from web.labels import sentence
from web.listings import pages
from web.listings.forms import ProjectForm, ReviewForm

#: Nothing is left to review here.
DECIDED = frozenset({ProjectState.RETURNED, *SHOWN_STATES})
#: The place shown first while no operator is set up: Hubei.
PROVINCE = "42"


def organisations_of(session: Session, actor: Actor) -> list[Organisation]:
    """The organisations for which this person may post."""
    if not actor.organisation_ids:
        return []
    found = registry.organisations(session, actor.organisation_ids)
    return [each for each in found if policy.may_post(actor, each)]


def chosen(mine: Sequence[Organisation], text: str) -> Organisation | None:
    """The organisation asked for, or the only one there is."""
    if text:
        return next((each for each in mine if str(each.id) == text), None)
    return mine[0] if len(mine) == 1 else None


def home_region() -> str:
    """The operator's own place, from which the places are shown."""
    card = operator()
    return card.region_code if card else PROVINCE


def form_page(
    form: ProjectForm,
    organisation: Organisation,
    project: Project | None = None,
    *,
    begun: Pattern | None = None,
) -> ResponseReturnValue:
    """The form with everything that was typed; 422 when something is wrong with it."""
    last = project.reviews[-1] if project and project.reviews else None
    html = render_template(
        "listings/form.html",
        form=form,
        organisation=organisation,
        heading=_("修改项目") if project else _("发起一个项目"),
        returned=last if last and not last.published else None,
        stops=_stops(organisation),
        begun=begun,
        templates_url=None
        if project
        else url_for("project_life.templates", organisation=organisation.id),
        one_person=form.asks_for_one_person,
        mend_by=pages.mend_by(project) if project else None,
        cancel_url=url_for("listings.detail", project_id=project.id) if project else None,
    )
    return html, 422 if form.errors else 200


def _stops(organisation: Organisation) -> list[str]:
    """Why the organisation may not post now; a draft can be written meanwhile."""
    standing = registry.restrictions(
        get_session(), organisation_id=organisation.id, act=RestrictedAct.POST
    )
    said = (
        sentence(RegistryReason.RESTRICTED, {"act": each.act, "rule": each.rule_id})
        for each in standing
    )
    return list(dict.fromkeys(said))


def review_page(session: Session, project: Project, form: ReviewForm) -> ResponseReturnValue:
    """The whole project beside the checks; 422 when the reasons are missing."""
    html = render_template(
        "listings/review.html", form=form, **pages.review_context(session, project)
    )
    return html, 422 if form.errors else 200
