"""Pages of competitions for everybody, and for those who apply."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import require
from charity.errors import CommonReason, Denied, DomainError, NotFound
from charity.rows import present
from projects.ventures import policy, queries, services
from projects.ventures.models import ApplicationState
from web import papers
from web.db import get_session, unit_of_work
from web.forms import attach
from web.listings.filters import page_number
from web.ports import ports
from web.security.sessions import current_actor
from web.ventures import own, pages, views_desk, views_money, views_preparing
from web.ventures.blueprint import bp
from web.ventures.commitment import commitment
from web.ventures.filters import CallFilters
from web.ventures.forms import ApplicationForm, ApplyForm, SignForm, WithdrawApplicationForm

__all__ = ["bp", "views_desk", "views_money", "views_preparing"]


# ── for everybody ────────────────────────────────────────────────────────────────────────────────


@bp.get("/competitions")
def index() -> ResponseReturnValue:
    """Open calls, what goes on, what is over."""
    context = pages.index_context(get_session(), current_actor(), CallFilters.read(request.args))
    return render_template("ventures/index.html", **context)


@bp.get("/competitions/<int:competition_id>")
def detail(competition_id: int) -> ResponseReturnValue:
    """One competition with its rules, who applies, the result and the money."""
    session, actor = get_session(), current_actor()
    found = pages.visible(session, actor, competition_id)
    context = pages.detail_context(session, actor, found)
    return render_template("ventures/detail.html", **context)


@bp.get("/competitions/<int:competition_id>/applications")
def entries(competition_id: int) -> ResponseReturnValue:
    """Everybody who takes part, page by page."""
    session, actor = get_session(), current_actor()
    found = pages.visible(session, actor, competition_id)
    number = page_number(request.args.get("page", ""))
    context = pages.entries_context(session, actor, found, number)
    return render_template("ventures/entries.html", **context)


@bp.get("/competitions/<int:competition_id>/rules.json")
def rules_file(competition_id: int) -> ResponseReturnValue:
    """What was frozen at the opening, byte for byte what its digest was taken of."""
    session = get_session()
    found = pages.visible(session, current_actor(), competition_id)
    present(found.rules_sha256)
    return _json(queries.frozen_content(found), f"competition-{found.id}-rules")


@bp.get("/competitions/<int:competition_id>/results.json")
def results_file(competition_id: int) -> ResponseReturnValue:
    """The file of the published ranking, from which a stranger repeats it."""
    session = get_session()
    found = pages.visible(session, current_actor(), competition_id)
    ranking = present(pages.ranking_of(session, found))
    return _json(ranking.file, f"competition-{found.id}-results")


def _json(content: dict[str, Any], name: str) -> Response:
    """JSON in its shortest form with sorted keys: SHA-256 of it is the digest that is shown."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    response = Response(text, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


# ── applying ─────────────────────────────────────────────────────────────────────────────────────


@bp.route("/competitions/<int:competition_id>/apply", methods=["GET", "POST"])
def apply(competition_id: int) -> ResponseReturnValue:
    """Begin an application: for which organisation, what it is called."""
    session, actor = get_session(), current_actor()
    found = pages.visible(session, actor, competition_id)
    mine = own.organisations_for(session, actor, found)
    form = ApplyForm.among(mine, found) if mine else None
    context = own.apply_context(session, actor, found)
    if form is not None and form.is_submitted() and form.validate() and not context["closed"]:
        began = _begin(form, competition_id)
        if began is not None:
            return redirect(url_for("ventures.edit", application_id=began), 303)
    html = render_template("ventures/apply.html", form=form, **context)
    return html, 422 if form is not None and form.errors else 200


def _begin(form: ApplyForm, competition_id: int) -> int | None:
    actor = current_actor()
    try:
        with unit_of_work() as session:
            begun = services.begin_application(
                session,
                actor,
                client_id=form.client_id.data or "",
                competition_id=competition_id,
                organisation_id=form.organisation.data,
            )
            if not begun.title:
                _name(session, begun.id, form)
            return begun.id
    except DomainError as refusal:
        attach(form, refusal)
        return None


def _name(session: Session, application_id: int, form: ApplyForm) -> None:
    """Give a new application the name and the track it was begun with."""
    begun = queries.application(session, application_id)
    place, wide = begun.region_code, begun.competition.region_code
    services.save_draft(
        session,
        current_actor(),
        application_id=application_id,
        title=form.title.data or "",
        summary="",
        plan="",
        region_code=place if place.startswith(wide) else wide,
        lines=[],
        track_id=int(form.track.data) if form.track.data else None,
    )


@bp.route("/applications/<int:application_id>/edit", methods=["GET", "POST"])
def edit(application_id: int) -> ResponseReturnValue:
    """Write an application; every button saves what can be saved."""
    session, actor = get_session(), current_actor()
    found = own.editable(session, actor, application_id)
    if found.state is not ApplicationState.DRAFT:
        return redirect(url_for("ventures.application", application_id=application_id), 303)
    competition = queries.competition(session, found.competition_id)
    fresh = request.method == "GET"
    form = ApplicationForm.of(found, competition, fresh=fresh)
    if not fresh:
        form.change_rows(request.form)
        form.validate()
        if _save(form, application_id) and "again" not in request.form and not form.errors:
            return _saved(application_id)
        found = own.editable(get_session(), actor, application_id)
        if request.form.get("again") == "add":
            form.add_row()
    context = own.edit_context(get_session(), found, form, saved=not fresh)
    return render_template("ventures/edit.html", **context), 422 if form.errors else 200


def _save(form: ApplicationForm, application_id: int) -> bool:
    """Save whatever can be saved; False where nothing could be."""
    actor = current_actor()
    try:
        with unit_of_work() as session:
            kept = own.editable(session, actor, application_id)
            services.save_draft(session, actor, application_id=kept.id, **form.said(kept))
            for name, paper in form.drawn:
                services.attach_file(
                    session, actor, application_id=kept.id, name=name, content=paper,
                    files=ports().files,
                )  # fmt: skip
            _drop_paper(session, application_id, request.form.get("drop_paper", ""))
    except (Denied, NotFound):
        raise
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    return True


def _drop_paper(session: Session, application_id: int, pressed: str) -> None:
    if pressed.isascii() and pressed.isdigit() and len(pressed) < 19:
        services.remove_file(
            session, current_actor(), application_id=application_id, file_id=int(pressed)
        )


def _saved(application_id: int) -> ResponseReturnValue:
    if request.form.get("save") == "sign":
        return redirect(url_for("ventures.sign", application_id=application_id), 303)
    flash(_("草稿已存好，下次可以接着写。"), "success")
    return redirect(url_for("ventures.edit", application_id=application_id), 303)


@bp.route("/applications/<int:application_id>/sign", methods=["GET", "POST"])
def sign(application_id: int) -> ResponseReturnValue:
    """Read it once more, promise, sign, hand in."""
    session, actor = get_session(), current_actor()
    found = own.editable(session, actor, application_id)
    if found.state is not ApplicationState.DRAFT:
        return redirect(url_for("ventures.application", application_id=application_id), 303)
    words, form = (
        commitment(found.competition.terms),
        SignForm(name=own.person_name(session, actor)),
    )
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                services.sign_and_submit(
                    work, actor, application_id=application_id,
                    commitment_version=words.version, commitment_text=words.text,
                )  # fmt: skip
        except DomainError as refusal:
            refusal.field = None
            attach(form, refusal)
            found = own.editable(get_session(), actor, application_id)
        else:
            flash(_("已送出。结果会出现在“我们的申报”里。"), "success")
            return redirect(url_for("ventures.application", application_id=application_id), 303)
    html = render_template("ventures/sign.html", form=form, **own.sign_context(found, words))
    return html, 422 if form.errors else 200


@bp.get("/applications")
def mine() -> ResponseReturnValue:
    """What the reader's organisations applied for."""
    return render_template("ventures/mine.html", **own.mine_context(get_session(), current_actor()))


@bp.get("/applications/<int:application_id>")
def application(application_id: int) -> ResponseReturnValue:
    """One application."""
    return _application(application_id, WithdrawApplicationForm(formdata=None))


def _application(application_id: int, form: WithdrawApplicationForm) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    found = queries.application(session, application_id)
    require(policy.may_see_application(actor, found))
    context = own.application_context(session, actor, found)
    html = render_template("ventures/application.html", form=form, **context)
    return html, 422 if form.errors else 200


@bp.post("/applications/<int:application_id>/withdraw")
def withdraw(application_id: int) -> ResponseReturnValue:
    """Stand back."""
    actor, form = current_actor(), WithdrawApplicationForm()
    own.editable(get_session(), actor, application_id)
    if not form.validate():
        return _application(application_id, form)
    with unit_of_work() as session:
        services.withdraw_application(
            session, actor, application_id=application_id, reason=form.reason.data or ""
        )
    flash(_("已撤回，记录留着。"), "success")
    return redirect(url_for("ventures.application", application_id=application_id), 303)


@bp.get("/applications/<int:application_id>/papers/<int:file_id>")
def paper(application_id: int, file_id: int) -> ResponseReturnValue:
    """One paper, for the applicant's people and the organiser."""
    session, actor = get_session(), current_actor()
    found = queries.application(session, application_id)
    inside = found.organisation_id in actor.organisation_ids or (
        policy.manages(actor, found.competition) and found.state is not ApplicationState.DRAFT
    )
    kept = next((each for each in found.files if each.id == file_id), None)
    if kept is None or not inside:
        raise NotFound(CommonReason.NOT_FOUND)
    return papers.send(kept.file_hash, kept.media_type, name=f"paper-{kept.id}")
