"""The organiser's judging desk: judges, conflicts, sheets, the defence, rankings, the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import queries as accounts
from charity.actor import Actor
from charity.errors import Denied, DomainError, NotFound
from projects.ventures import services
from projects.ventures.models import Competition, JudgingRound
from web.db import get_session, unit_of_work
from web.forms import attach
from web.judging import desk as pages
from web.judging import ranks, sheets
from web.judging.blueprint import bp
from web.judging.forms import InviteForm, MoveForm, PlanForm
from web.labels import sentence
from web.needs.blueprint import perform
from web.security.sessions import current_actor
from web.ventures import running
from web.ventures.views_desk import done

#: Where the services' names stand on the form of an invitation.
_FIELDS = {"user_id": "login"}


def _desk_url(competition_id: int, anchor: str | None = None) -> str:
    return url_for("judging.desk", competition_id=competition_id, _anchor=anchor)


@bp.get("/desk/competitions/<int:competition_id>/judging")
def desk(competition_id: int) -> ResponseReturnValue:
    """Judges, what binds them, and how far they are."""
    return _desk(running.managed(get_session(), current_actor(), competition_id))


def _desk(found: Competition, **wrong: Any) -> ResponseReturnValue:
    context = pages.desk_context(get_session(), current_actor(), found, wrong)
    return render_template("judging/desk.html", **context), 422 if wrong else 200


@bp.get("/desk/entries/<int:application_id>")
def entry(application_id: int) -> ResponseReturnValue:
    """Who judges one entry."""
    session, actor = get_session(), current_actor()
    found = pages.entry_of(session, actor, application_id)
    return render_template("judging/entry.html", **pages.entry_context(session, actor, found))


@bp.get("/desk/competitions/<int:competition_id>/defence")
def planning(competition_id: int) -> ResponseReturnValue:
    """Plan the defence."""
    found = running.managed(get_session(), current_actor(), competition_id)
    return _planning(found, None, {})


def _planning(
    found: Competition, form: PlanForm | None, moved: dict[int, MoveForm]
) -> ResponseReturnValue:
    context = pages.planning_context(get_session(), found, form, moved)
    wrong = bool((form and form.errors) or moved)
    return render_template("judging/planning.html", **context), 422 if wrong else 200


@bp.get("/desk/competitions/<int:competition_id>/ranking")
def ranking(competition_id: int) -> ResponseReturnValue:
    """Rank, look, publish."""
    found = running.managed(get_session(), current_actor(), competition_id)
    return _ranking(found, {})


def _ranking(found: Competition, wrong: dict[JudgingRound, Any]) -> ResponseReturnValue:
    context = ranks.ranking_context(get_session(), current_actor(), found, wrong)
    return render_template("judging/ranking.html", **context), 422 if wrong else 200


@bp.get("/desk/competitions/<int:competition_id>/report/<round_name>")
def report(competition_id: int, round_name: str) -> ResponseReturnValue:
    """How the judges judged."""
    session, actor = get_session(), current_actor()
    found = running.managed(session, actor, competition_id)
    if round_name not in set(JudgingRound):
        abort(404)
    context = ranks.report_context(session, actor, found, JudgingRound(round_name))
    return render_template("judging/report.html", **context)


# ── what is done ─────────────────────────────────────────────────────────────────────────────────


@bp.post("/desk/competitions/<int:competition_id>/judging/<verb>")
def act(competition_id: int, verb: str) -> ResponseReturnValue:
    """One act of the desk, by its verb."""
    actor = current_actor()
    found = running.managed(get_session(), actor, competition_id)
    deed = _DEEDS.get(verb)
    if deed is None:
        abort(404)
    return deed(found, actor)


def _invite(found: Competition, actor: Actor) -> ResponseReturnValue:
    form, competition_id = InviteForm(prefix="invite-"), found.id
    if form.validate():
        user = accounts.user_by_login(get_session(), form.login.data or "")
        if user is None:
            form.login.errors = [_("没有这个登录名，请评委先注册。")]
        else:
            user_id = user.id
            try:
                with unit_of_work() as work:
                    services.invite_judge(
                        work, actor, competition_id=competition_id, user_id=user_id,
                        affiliation=form.affiliation.data or "",
                        expertise=form.expertise.data or "",
                    )  # fmt: skip
            except (Denied, NotFound):
                raise
            except DomainError as refusal:
                refusal.field = _FIELDS.get(refusal.field or "", refusal.field)
                attach(form, refusal)
            else:
                flash(_("已邀请，等他答复。"), "success")
                return redirect(_desk_url(competition_id, "judges"), 303)
    return _desk(running.managed(get_session(), actor, competition_id), invite=form)


def _withdraw(found: Competition, actor: Actor) -> ResponseReturnValue:
    judge_id, because = _number("judge_id"), request.form.get("because", "").strip()
    back = _desk_url(found.id, "judges")
    if len(because) < 2:
        return _said_no(_("请写明理由。"), back)
    return perform(
        lambda work: services.withdraw_judge(work, actor, judge_id=judge_id, because=because),
        _("已退出，没有交的评分表收回了。"),
        back,
    )


def _find(found: Competition, actor: Actor) -> ResponseReturnValue:
    competition_id = found.id
    new: list[int] = []
    try:
        with unit_of_work() as work:
            new.append(len(services.find_conflicts(work, actor, competition_id=competition_id)))
    except (Denied, NotFound):
        raise
    except DomainError as refusal:
        return _said_no(sentence(refusal.reason, refusal.params), _desk_url(competition_id))
    flash(_("查完了，新查到 %(n)s 条。", n=sum(new)), "success")
    return redirect(_desk_url(competition_id, "conflicts"), 303)


def _declare(found: Competition, actor: Actor) -> ResponseReturnValue:
    form, competition_id = pages.pair_form(get_session(), found, "declare"), found.id

    def write(work: Session) -> object:
        return services.declare_conflict(
            work, actor, judge_id=form.judge_id.data, application_id=form.application_id.data,
            note=form.because.data or "",
        )  # fmt: skip

    if done(form, write, _("已记下，这位评委不评这个项目。")):
        return redirect(_desk_url(competition_id, "conflicts"), 303)
    return _desk(running.managed(get_session(), actor, competition_id), declare=form)


def _assign(found: Competition, actor: Actor) -> ResponseReturnValue:
    competition_id, judging_round = found.id, sheets.round_of(found)
    given: list[int] = []

    def share(work: Session) -> object:
        given.append(
            services.assign_judges(
                work, actor, competition_id=competition_id, judging_round=judging_round
            )
        )
        return None

    try:
        with unit_of_work() as work:
            share(work)
    except (Denied, NotFound):
        raise
    except DomainError as refusal:
        return _said_no(sentence(refusal.reason, refusal.params), _desk_url(competition_id))
    flash(_("分出 %(n)s 份评分表。", n=sum(given)), "success")
    return redirect(_desk_url(competition_id, "entries"), 303)


def _give(found: Competition, actor: Actor) -> ResponseReturnValue:
    form = pages.pair_form(get_session(), found, "give")
    competition_id, judging_round = found.id, sheets.round_of(found)

    def hand(work: Session) -> object:
        return services.give_sheet(
            work, actor, judge_id=form.judge_id.data, application_id=form.application_id.data,
            judging_round=judging_round, because=form.because.data or "",
        )  # fmt: skip

    if done(form, hand, _("已加派一份。")):
        return redirect(_desk_url(competition_id, "entries"), 303)
    return _desk(running.managed(get_session(), actor, competition_id), give=form)


def _recuse(found: Competition, actor: Actor) -> ResponseReturnValue:
    sheet_id, because = _number("sheet_id"), request.form.get("because", "").strip()
    return perform(
        lambda work: services.recuse(work, actor, assignment_id=sheet_id, because=because),
        _("已收回这份评分表。"),
        _desk_url(found.id, "entries"),
    )


def _plan(found: Competition, actor: Actor) -> ResponseReturnValue:
    form, competition_id = PlanForm(), found.id

    def write(work: Session) -> object:
        return services.plan_defence(
            work, actor, competition_id=competition_id, starts_at=_at(form),
            minutes=form.minutes.data or 0, pause=form.pause.data or 0,
            place=form.place.data or "",
        )  # fmt: skip

    if done(form, write, _("排好了，先后是抽出来的。")):
        return redirect(url_for("judging.planning", competition_id=competition_id), 303)
    return _planning(running.managed(get_session(), actor, competition_id), form, {})


def _move(found: Competition, actor: Actor) -> ResponseReturnValue:
    slot_id, competition_id = _number("slot_id"), found.id
    form = pages.move_form(slot_id)

    def write(work: Session) -> object:
        return services.move_slot(
            work, actor, slot_id=slot_id, starts_at=_at(form), place=form.place.data or ""
        )

    if done(form, write, _("已改。")):
        return redirect(url_for("judging.planning", competition_id=competition_id), 303)
    found = running.managed(get_session(), actor, competition_id)
    return _planning(found, None, {slot_id: form})


def _at(form: Any) -> datetime:
    """Day and time of a form as an instant."""
    return datetime.combine(form.day.data, form.at.data, clock.CHINA)


def _rank(found: Competition, actor: Actor) -> ResponseReturnValue:
    competition_id, judging_round = found.id, _round()
    form = ranks.number_form(judging_round)

    def compute(work: Session) -> object:
        return services.rank(
            work, actor, competition_id=competition_id, judging_round=judging_round,
            number=form.number.data or "", number_name=form.number_name.data or "",
            number_on=form.number_on.data,
        )  # fmt: skip

    if done(form, compute, _("名次排好了，看过再公布。")):
        return redirect(url_for("judging.ranking", competition_id=competition_id), 303)
    return _ranking(running.managed(get_session(), actor, competition_id), {judging_round: form})


def _publish(found: Competition, actor: Actor) -> ResponseReturnValue:
    ranking_id = _number("ranking_id")
    return perform(
        lambda work: services.publish_ranking(work, actor, ranking_id=ranking_id),
        _("名次公布了，谁都能下载文件重算一遍。"),
        url_for("judging.ranking", competition_id=found.id),
    )


def _round() -> JudgingRound:
    name = request.form.get("round", "")
    if name not in set(JudgingRound):
        abort(404)
    return JudgingRound(name)


def _number(name: str) -> int:
    """A number a button sends; nothing else comes from our pages."""
    text = request.form.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        abort(404)
    return int(text)


def _said_no(words: str, back: str) -> ResponseReturnValue:
    flash(words, "error")
    return redirect(back, 303)


_DEEDS: Mapping[str, Callable[[Competition, Actor], ResponseReturnValue]] = {
    "invite": _invite,
    "withdraw": _withdraw,
    "find": _find,
    "declare": _declare,
    "assign": _assign,
    "give": _give,
    "recuse": _recuse,
    "plan": _plan,
    "move": _move,
    "rank": _rank,
    "publish": _publish,
}
