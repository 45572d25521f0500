"""The organiser's desk: draft a competition, open the call, decide who takes part, go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.errors import Denied, DomainError, NotFound
from projects.ventures import queries, services
from projects.ventures.models import Competition, CompetitionState, FunderTier
from projects.ventures.queries.showing import higher_competitions
from web.db import get_session, unit_of_work
from web.forms import BaseForm, attach
from web.listings.filters import page_number
from web.listings.posting import home_region
from web.needs.blueprint import perform
from web.security.sessions import current_actor
from web.ventures import running
from web.ventures.blueprint import bp
from web.ventures.forms_desk import (
    AdmitForm,
    CompetitionForm,
    ReasonForm,
    RubricForm,
    TracksForm,
)


def done(form: BaseForm, act: Callable[[Session], object], said: str) -> bool:
    """Do what a form that stands says; a refusal is then said in the form."""
    if not form.validate_on_submit():
        return False
    try:
        with unit_of_work() as work:
            act(work)
    except (Denied, NotFound):
        raise
    except DomainError as refusal:
        attach(form, refusal)
        return False
    flash(said, "success")
    return True


def _room(competition_id: int, anchor: str | None = None) -> str:
    return url_for("ventures.manage", competition_id=competition_id, _anchor=anchor)


@bp.get("/desk/competitions")
def desk() -> ResponseReturnValue:
    """The competitions one runs."""
    context = running.desk_context(get_session(), current_actor())
    return render_template("ventures/desk.html", **context)


# ── drafting ─────────────────────────────────────────────────────────────────────────────────────


@bp.route("/desk/competitions/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Draft a competition."""
    session, actor = get_session(), current_actor()
    mine = queries.organisers(session, running.organiser_ids(actor))
    form = CompetitionForm.of(None, mine, higher_competitions(session, home_region()))
    if form.is_submitted() and form.validate():
        try:
            with unit_of_work() as work:
                made = services.draft_competition(
                    work, actor, client_id=form.client_id.data or "",
                    organiser_id=form.organisation.data, **form.said(),
                ).id  # fmt: skip
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("草稿已存好。接着写打分表、谁出多少钱。"), "success")
            return redirect(_room(made), 303)
    return _form_page(form, None)


@bp.route("/desk/competitions/<int:competition_id>/edit", methods=["GET", "POST"])
def change(competition_id: int) -> ResponseReturnValue:
    """Change a draft."""
    session, actor = get_session(), current_actor()
    found = running.managed(session, actor, competition_id)
    if found.state is not CompetitionState.DRAFT:
        return redirect(_room(competition_id), 303)
    form = CompetitionForm.of(found, [], higher_competitions(session, found.region_code))
    del form.organisation
    if form.is_submitted() and form.validate():
        try:
            with unit_of_work() as work:
                services.change_competition(
                    work, actor, competition_id=competition_id, **form.said()
                )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("已保存。"), "success")
            return redirect(_room(competition_id), 303)
    return _form_page(form, found)


def _form_page(form: CompetitionForm, found: Competition | None) -> ResponseReturnValue:
    html = render_template(
        "ventures/form.html",
        form=form,
        heading=_("修改创投") if found else _("发起一次创投"),
        crumbs=running.crumbs(found, str(_("修改")))
        if found
        else [
            (_("待办"), url_for("desk.home")),
            (_("办创投"), url_for("ventures.desk")),
            (_("发起一次创投"), None),
        ],
        cancel_url=_room(found.id) if found else url_for("ventures.desk"),
    )
    return html, 422 if form.errors else 200


@bp.get("/desk/competitions/<int:competition_id>")
def manage(competition_id: int) -> ResponseReturnValue:
    """The room of one competition."""
    return _manage(competition_id)


def _manage(competition_id: int, **wrong: Any) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    found = running.managed(session, actor, competition_id)
    context = running.manage_context(session, actor, found, wrong)
    return render_template("ventures/manage.html", **context), 422 if wrong else 200


@bp.route("/desk/competitions/<int:competition_id>/rubric", methods=["GET", "POST"])
def rubric(competition_id: int) -> ResponseReturnValue:
    """Write the rubric."""
    session, actor = get_session(), current_actor()
    found = running.managed(session, actor, competition_id)
    if found.state is not CompetitionState.DRAFT:
        return redirect(_room(competition_id, "rubric"), 303)
    form = RubricForm() if request.method == "POST" else RubricForm.of(found)

    def write(work: Session) -> object:
        return services.set_criteria(
            work, actor, competition_id=competition_id, criteria=form.drafts()
        )

    pressed = request.method == "POST" and form.change_rows(request.form)
    if not pressed and done(form, write, _("打分表已存好。")):
        return redirect(_room(competition_id, "rubric"), 303)
    html = render_template(
        "ventures/rubric.html",
        form=form,
        competition=found,
        total=form.total,
        crumbs=running.crumbs(found, str(_("打分表"))),
    )
    return html, 422 if form.errors else 200


@bp.post("/desk/competitions/<int:competition_id>/tracks")
def tracks(competition_id: int) -> ResponseReturnValue:
    """Write the tracks."""
    actor, form = current_actor(), TracksForm()
    running.managed(get_session(), actor, competition_id)

    def write(work: Session) -> object:
        return services.set_tracks(work, actor, competition_id=competition_id, names=form.said)

    if done(form, write, _("方向已存好。")):
        return redirect(_room(competition_id, "tracks"), 303)
    return _manage(competition_id, tracks=form)


@bp.post("/desk/competitions/<int:competition_id>/funders")
def funders(competition_id: int) -> ResponseReturnValue:
    """Name an organisation that pays."""
    session, actor = get_session(), current_actor()
    found = running.managed(session, actor, competition_id)
    form = running.funder_form(session, found, fresh=False)

    def add(work: Session) -> object:
        return services.add_funder(
            work, actor, competition_id=competition_id,
            organisation_id=form.organisation_id.data,
            tier=FunderTier(form.tier.data), pledged=form.promised,
        )  # fmt: skip

    if done(form, add, _("已写上。钱到账以后，由出纳登记。")):
        return redirect(_room(competition_id, "money"), 303)
    return _manage(competition_id, funder=form)


@bp.route("/desk/competitions/<int:competition_id>/needs", methods=["GET", "POST"])
def needs(competition_id: int) -> ResponseReturnValue:
    """Choose needs of the place for the call."""
    session, actor = get_session(), current_actor()
    found = running.managed(session, actor, competition_id)
    if request.method == "GET":
        return render_template("ventures/needs.html", **running.needs_context(session, found))
    chosen = [int(text) for text in request.form.getlist("need") if _is_number(text)]

    def attach_all(work: Session) -> object:
        for need_id in chosen[: running.NEEDS_MOST]:
            services.attach_need(work, actor, competition_id=competition_id, need_id=need_id)
        return None

    said = _("附上了 %(n)s 件。", n=len(chosen)) if chosen else _("一件也没有选。")
    return perform(attach_all, said, _room(competition_id, "needs"))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


# ── going on ─────────────────────────────────────────────────────────────────────────────────────


@bp.post("/desk/competitions/<int:competition_id>/open")
def open_call(competition_id: int) -> ResponseReturnValue:
    """Open the call; everything about it is frozen."""
    actor = current_actor()
    running.managed(get_session(), actor, competition_id)
    return perform(
        lambda work: services.open_call(work, actor, competition_id=competition_id),
        _("征集开始了，规则已锁定。"),
        _room(competition_id),
    )


@bp.post("/desk/competitions/<int:competition_id>/next")
def move_on(competition_id: int) -> ResponseReturnValue:
    """Go on to the next step."""
    actor = current_actor()
    running.managed(get_session(), actor, competition_id)
    return perform(
        lambda work: services.move_on(work, actor, competition_id=competition_id),
        _("已进入下一步。"),
        _room(competition_id),
    )


@bp.post("/desk/competitions/<int:competition_id>/cancel")
def cancel(competition_id: int) -> ResponseReturnValue:
    """Call it off."""
    actor, form = current_actor(), ReasonForm()
    running.managed(get_session(), actor, competition_id)

    def stop(work: Session) -> object:
        return services.cancel_competition(
            work, actor, competition_id=competition_id, reason=form.reason.data or ""
        )

    if done(form, stop, _("已取消，理由写在公开页上。")):
        return redirect(_room(competition_id), 303)
    return _manage(competition_id, cancel=form)


# ── who takes part ───────────────────────────────────────────────────────────────────────────────


@bp.get("/desk/competitions/<int:competition_id>/eligibility")
def eligibility(competition_id: int) -> ResponseReturnValue:
    """Everything that was handed in, with what the rules found."""
    session = get_session()
    found = running.managed(session, current_actor(), competition_id)
    number = page_number(request.args.get("page", ""))
    context = running.eligibility_context(session, found, number)
    return render_template("ventures/eligibility.html", **context)


@bp.post("/desk/competitions/<int:competition_id>/check")
def check(competition_id: int) -> ResponseReturnValue:
    """Ask the rules about everything that waits."""
    actor = current_actor()
    running.managed(get_session(), actor, competition_id)
    return perform(
        lambda work: services.check_all(work, actor, competition_id=competition_id),
        _("查完了，一份一份看，由你来定。"),
        url_for("ventures.eligibility", competition_id=competition_id),
    )


@bp.post("/desk/competitions/<int:competition_id>/admit-clear")
def admit_clear(competition_id: int) -> ResponseReturnValue:
    """Let in at once everything the rules find nothing about."""
    actor = current_actor()
    running.managed(get_session(), actor, competition_id)
    return perform(
        lambda work: services.admit_clear(work, actor, competition_id=competition_id),
        _("没有问题的都进入评审了，其余的一份一份看。"),
        url_for("ventures.eligibility", competition_id=competition_id),
    )


@bp.get("/desk/applications/<int:application_id>")
def admission(application_id: int) -> ResponseReturnValue:
    """One application before who decides on it."""
    return _admission(application_id, AdmitForm(formdata=None), ReasonForm(formdata=None))


def _admission(application_id: int, admit: AdmitForm, refuse: ReasonForm) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    found = running.handed_in(session, actor, application_id)
    context = running.admission_context(session, actor, found, admit, refuse)
    html = render_template("ventures/admission.html", **context)
    return html, 422 if admit.errors or refuse.errors else 200


@bp.post("/desk/applications/<int:application_id>/admit")
def admit(application_id: int) -> ResponseReturnValue:
    """Let it take part."""
    actor, form = current_actor(), AdmitForm()
    found = running.handed_in(get_session(), actor, application_id)
    list_url = url_for("ventures.eligibility", competition_id=found.competition_id)
    if not form.validate():
        return _admission(application_id, form, ReasonForm(formdata=None))
    try:
        with unit_of_work() as work:
            services.admit(
                work, actor, application_id=application_id,
                note=form.note.data or "", demand_score=form.demand_score.data,
            )  # fmt: skip
    except DomainError as refusal:
        attach(form, refusal)
        return _admission(application_id, form, ReasonForm(formdata=None))
    flash(_("已定：进入评审。"), "success")
    return redirect(list_url, 303)


@bp.post("/desk/applications/<int:application_id>/refuse")
def refuse(application_id: int) -> ResponseReturnValue:
    """Refuse it, with a reason its organisation reads."""
    actor, form = current_actor(), ReasonForm()
    found = running.handed_in(get_session(), actor, application_id)
    list_url = url_for("ventures.eligibility", competition_id=found.competition_id)

    def say_no(work: Session) -> object:
        return services.refuse_application(
            work, actor, application_id=application_id, reason=form.reason.data or ""
        )

    if done(form, say_no, _("已定：不进入评审。")):
        return redirect(list_url, 303)
    return _admission(application_id, AdmitForm(formdata=None), form)


@bp.get("/desk/competitions/<int:competition_id>/shortlist")
def shortlist(competition_id: int) -> ResponseReturnValue:
    """Who goes on after the review."""
    session = get_session()
    found = running.managed(session, current_actor(), competition_id)
    context = running.shortlist_context(session, found)
    return render_template("ventures/shortlist.html", **context)
