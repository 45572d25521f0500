"""Judges on their phones, and everybody who looks at a defence or votes."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity import clock
from charity.actor import require
from charity.errors import CommonReason, Denied, DomainError, NotFound
from projects.ventures import judging_policy as policy
from projects.ventures import services
from projects.ventures.judging_reasons import JudgingReason
from projects.ventures.models import Assignment, AssignmentState, Competition, CompetitionState
from projects.ventures.queries import judging as queries
from projects.ventures.queries import voting
from projects.ventures.steps import has_reached
from web.db import get_session, unit_of_work
from web.forms import attach
from web.judging import sheets, views_desk, views_lists
from web.judging.blueprint import bp
from web.judging.forms import BecauseForm, SheetForm, VoteForm, sheet_form
from web.labels import sentence
from web.needs.blueprint import perform
from web.security.sessions import current_actor
from web.ventures import pages
from web.ventures.shapes import title_of

__all__ = ["bp", "views_desk", "views_lists"]

#: Sheets that are shown and not filled in: handed in, or taken back.
_SHUT = frozenset({AssignmentState.LOCKED, AssignmentState.RECUSED})


@bp.get("/judging")
def index() -> ResponseReturnValue:
    """Invitations, and one's sheets with what is left."""
    context = sheets.home_context(get_session(), current_actor())
    return render_template("judging/index.html", **context)


@bp.post("/judging/<int:judge_id>/answer")
def answer(judge_id: int) -> ResponseReturnValue:
    """Say yes or no to an invitation."""
    actor, accepts = current_actor(), request.form.get("answer") == "yes"
    require(policy.may_answer(actor, queries.judge(get_session(), judge_id)))
    return perform(
        lambda work: services.answer_invitation(work, actor, judge_id=judge_id, accepts=accepts),
        _("好的，分到评分表会出现在这里。") if accepts else _("已回复：这次不当评委。"),
        url_for("judging.index"),
    )


@bp.route("/judging/sheets/<int:sheet_id>", methods=["GET", "POST"])
def sheet(sheet_id: int) -> ResponseReturnValue:
    """One sheet: fill it in, save it, hand it in, or stand back from it."""
    session, actor = get_session(), current_actor()
    found = queries.sheet(session, actor, sheet_id)
    own = bool(policy.may_answer(actor, found.judge))
    if request.method == "GET" and (not own or found.state in _SHUT):
        return _sheet(found, None, None)
    if not own:
        raise NotFound(CommonReason.NOT_FOUND)
    if request.form.get("act") == "declare":
        return _declare(found)
    require(
        policy.may_score(
            actor,
            found,
            in_conflict=queries.in_conflict(session, found.judge_id, found.application_id),
            member_of=queries.member_of(session, actor.person_id),
        )
    )
    competition = found.application.competition
    if not sheets.is_scoring(competition, found.round):
        if request.method == "POST":
            flash(_("比赛现在不在这一步。"), "error")
        return _sheet(found, None, BecauseForm(formdata=None))
    form = sheet_form(competition.criteria, found)
    if request.method == "POST":
        if form.validate() and _keep(form, found):
            return _kept(found)
        if queries.sheet(get_session(), actor, sheet_id).state in _SHUT:
            # another phone handed it in meanwhile: no form that can never be sent
            flash(sentence(JudgingReason.SHEET_LOCKED, {}), "error")
            return redirect(sheets.sheet_url(sheet_id), 303)
    return _sheet(found, form, BecauseForm(formdata=None))


def _sheet(
    found: Assignment, form: SheetForm | None, declare: BecauseForm | None
) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    found = queries.sheet(session, actor, found.id)
    context = sheets.sheet_context(session, actor, found, form, declare)
    wrong = bool((form and form.errors) or (declare and declare.errors))
    return render_template("judging/sheet.html", **context), 422 if wrong else 200


def _keep(form: SheetForm, found: Assignment) -> bool:
    """Save or hand in; what is refused for a blank is saved nevertheless."""
    actor, given, sheet_id = current_actor(), form.given(), found.id
    locks = request.form.get("act") == "lock"
    try:
        with unit_of_work() as work:
            if locks:
                services.hand_in(
                    work, actor, assignment_id=sheet_id,
                    client_id=form.client_id.data or "", **given,
                )  # fmt: skip
            else:
                services.save_scores(work, actor, assignment_id=sheet_id, **given)
    except (Denied, NotFound):
        raise
    except DomainError as refusal:
        attach(form, refusal)
        if refusal.reason is JudgingReason.SHEET_INCOMPLETE:
            with unit_of_work() as work:
                services.save_scores(work, actor, assignment_id=sheet_id, **given)
        return False
    return True


def _kept(found: Assignment) -> ResponseReturnValue:
    """Where a judge goes on: after handing in the next one, after saving the same sheet."""
    if request.form.get("act") != "lock":
        flash(_("已存好，还没有交。"), "success")
        return redirect(sheets.sheet_url(found.id), 303)
    flash(_("已交，锁定了。谢谢！"), "success")
    if found.round.value == "defence":
        return redirect(url_for("judging.defence", competition_id=found.judge.competition_id), 303)
    return redirect(url_for("judging.index"), 303)


def _declare(found: Assignment) -> ResponseReturnValue:
    """The judge says what binds to the entry: the sheet is taken back."""
    actor, form = current_actor(), BecauseForm()
    if not form.validate():
        fresh = sheet_form(found.application.competition.criteria, found)
        return _sheet(found, fresh, form)
    judge_id, application_id = found.judge_id, found.application_id
    return perform(
        lambda work: services.declare_conflict(
            work, actor, judge_id=judge_id, application_id=application_id,
            note=form.because.data or "",
        ),
        _("已回避，这份评分表收回了。"),
        url_for("judging.index"),
    )  # fmt: skip


# ── everybody ────────────────────────────────────────────────────────────────────────────────────


@bp.get("/competitions/<int:competition_id>/defence")
def defence(competition_id: int) -> ResponseReturnValue:
    """The order of the defence; judges find their sheets in it."""
    session, actor = get_session(), current_actor()
    found = pages.visible(session, actor, competition_id)
    if not found.terms.has_defence:
        raise NotFound(CommonReason.NOT_FOUND)
    # before the shortlist is named nobody but the organiser learns who stands behind an entry
    named = has_reached(found.state, CompetitionState.SHORTLISTED)
    shown = named or bool(policy.may_run_judging(actor, found))
    context = sheets.defence_context(session, actor, found, shown=shown)
    return render_template("judging/defence.html", **context)


@bp.get("/competitions/<int:competition_id>/vote")
def vote(competition_id: int) -> ResponseReturnValue:
    """What one may vote for; the counts once the vote is over."""
    return _vote(_voted(competition_id), None)


@bp.post("/competitions/<int:competition_id>/vote")
def cast(competition_id: int) -> ResponseReturnValue:
    """Give one's one vote."""
    found = _voted(competition_id)
    form = _vote_form(found, fresh=False)
    if form.validate():
        actor = current_actor()
        try:
            with unit_of_work() as work:
                services.cast_vote(
                    work, actor, competition_id=competition_id,
                    application_id=form.application_id.data,
                )  # fmt: skip
        except (Denied, NotFound):
            raise
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("投好了，谢谢。"), "success")
            return redirect(url_for("judging.vote", competition_id=competition_id), 303)
    return _vote(_voted(competition_id), form)


def _voted(competition_id: int) -> Competition:
    found = pages.visible(get_session(), current_actor(), competition_id)
    if not found.terms.vote_permille:
        raise NotFound(CommonReason.NOT_FOUND)
    return found


def _vote_form(found: Competition, *, fresh: bool) -> VoteForm:
    form = VoteForm(formdata=None) if fresh else VoteForm()
    form.application_id.choices = [
        (each.id, f"{each.number} · {title_of(each)}")
        for each in voting.contenders(get_session(), found)
    ]
    return form


def _vote(found: Competition, form: VoteForm | None) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    entries = voting.contenders(session, found)
    own, over = voting.own_vote(session, actor, found.id), voting.is_over(found)
    today = clock.today()
    begun = found.vote_from is None or found.vote_from <= today
    is_open = found.state is CompetitionState.VOTE and begun and not over
    counts = voting.votes(session, found) if over else {}
    shown = {each.id: title_of(each) for each in entries}
    html = render_template(
        "judging/vote.html",
        competition=found,
        form=(form or _vote_form(found, fresh=True)) if is_open and own is None else None,
        wrong=form,
        entries=entries,
        own=shown.get(own.application_id, "") if own is not None else "",
        is_open=is_open,
        is_over=over,
        signed_in=actor.is_signed_in,
        all=sum(counts.values()),
        counts=sorted(
            ((shown.get(each, ""), counts.get(each, 0)) for each in {*shown, *counts}),
            key=lambda row: -row[1],
        ),
    )
    return html, 422 if form is not None and form.errors else 200
