"""Matching pools: public rules, lists and files; the treasurer's room where pools are kept."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.donations import policy, services
from charity.donations.models import MatchingPool, MatchReturn
from charity.donations.queries import pools as queries
from charity.errors import DomainError
from charity.rows import present
from web.db import get_session, unit_of_work
from web.errors import status_of
from web.forms import BaseForm, attach
from web.labels import sentence
from web.pools import pages, work
from web.pools.forms import ExclusionForm, FlagForm, NoteForm, PoolForm
from web.security.sessions import current_actor

bp = Blueprint("pools", __name__)


# ── for everybody ────────────────────────────────────────────────────────────────────────────────


@bp.get("/pools")
def index() -> ResponseReturnValue:
    """Every pool that was opened."""
    return render_template("pools/index.html", pools=queries.public_pools(get_session()))


@bp.get("/pools/<int:pool_id>")
def detail(pool_id: int) -> ResponseReturnValue:
    """One pool: its rules in words, what is left, every gift it decided."""
    session = get_session()
    pool = pages.public_pool(session, pool_id)
    before = request.args.get("before", type=int)
    return render_template("pools/detail.html", **pages.detail_context(session, pool, before))


@bp.get("/pools/<int:pool_id>/matches.json")
def matches(pool_id: int) -> ResponseReturnValue:
    """All rules and rows of a pool; `docs/replay_match.py` decides them again."""
    session = get_session()
    pool = pages.public_pool(session, pool_id)
    text = "".join(pages.replay_file(session, pool))
    return text, {"Content-Type": "application/json; charset=utf-8"}


# ── the desk ─────────────────────────────────────────────────────────────────────────────────────


@bp.get("/desk/pools")
def desk() -> ResponseReturnValue:
    """The pools one keeps, drafts among them."""
    session, actor = get_session(), current_actor()
    where = pages.charities(actor)
    asked = {pool.id: number for pool, number in queries.pools_with_questions(session, where)}
    kept = queries.pools_of(session, where)
    return render_template("pools/desk.html", pools=kept, asked=asked)


@bp.route("/desk/pools/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Draw up a pool; nothing is matched before it opens."""
    session, actor = get_session(), current_actor()
    form = PoolForm()
    funds = pages.free_funds(session, actor)
    form.offer(funds, pages.open_campaigns(session, actor), pages.organisations(session))
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                pool_id = _create(actor, form)
            except DomainError as refusal:
                attach(form, refusal)
                status = status_of(refusal)
            else:
                flash(_("已起草。核对规则以后再开放。"), "success")
                return redirect(url_for("pools.manage", pool_id=pool_id), 303)
    return render_template("pools/form.html", form=form, funds=funds), status


def _create(actor: Actor, form: PoolForm) -> int:
    with unit_of_work() as session:
        return services.create_pool(
            session,
            actor,
            fund_id=form.fund_id.data,
            name=form.name.data or "",
            sponsor_name=form.sponsor_name.data or "",
            sponsor_organisation_id=form.sponsor_organisation_id.data or None,
            terms=form.terms,
            campaign_ids=form.campaign_ids.data or [],
        ).id


@bp.get("/desk/pools/<int:pool_id>")
def manage(pool_id: int) -> ResponseReturnValue:
    """One pool at the desk: its state, questions to decide, who is left out."""
    session = get_session()
    pool = _kept(session, pool_id)
    context = pages.manage_context(session, pool)
    exclusion = ExclusionForm()
    exclusion.offer(pages.organisations(session), [each for each, _sum in context["campaigns"]])
    return render_template("pools/manage.html", steering=NoteForm(), exclusion=exclusion, **context)


@bp.post("/desk/pools/<int:pool_id>/state")
def steer(pool_id: int) -> ResponseReturnValue:
    """Open, freeze, reopen or close a pool, with the reason that is published."""
    _kept(get_session(), pool_id)
    form, actor = NoteForm(), current_actor()
    note = form.note.data or ""
    try:
        with unit_of_work() as session:
            if form.open.data:
                services.open_pool(session, actor, pool_id=pool_id)
            elif form.freeze.data:
                services.freeze_pool(session, actor, pool_id=pool_id, note=note)
            elif form.reopen.data:
                services.reopen_pool(session, actor, pool_id=pool_id, note=note)
            else:
                services.close_pool(session, actor, pool_id=pool_id, note=note)
    except DomainError as refusal:
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        work.allot_now()
        flash(_("已办好。"), "success")
    return redirect(url_for("pools.manage", pool_id=pool_id), 303)


@bp.post("/desk/pools/<int:pool_id>/exclusions")
def exclude(pool_id: int) -> ResponseReturnValue:
    """Leave a giver out from now on."""
    session, actor = get_session(), current_actor()
    _kept(session, pool_id)
    form = ExclusionForm()
    campaigns = queries.campaigns_of(session, queries.pool(session, pool_id))
    form.offer(pages.organisations(session), [each for each, _sum in campaigns])
    if form.validate_on_submit():
        try:
            with unit_of_work() as work_session:
                services.exclude(work_session, actor, pool_id=pool_id, **form.told)
        except DomainError as refusal:
            flash(sentence(refusal.reason, refusal.params), "error")
        else:
            flash(_("以后不再给这位捐赠人配捐。已经定下的不变。"), "success")
    else:
        _say_errors(form)
    return redirect(url_for("pools.manage", pool_id=pool_id), 303)


@bp.post("/desk/pools/<int:pool_id>/exclusions/<int:exclusion_id>/lift")
def lift(pool_id: int, exclusion_id: int) -> ResponseReturnValue:
    """Match a giver's later gifts again."""
    _kept(get_session(), pool_id)
    with unit_of_work() as session:
        services.lift_exclusion(
            session, current_actor(), pool_id=pool_id, exclusion_id=exclusion_id
        )
    flash(_("以后的捐款可以再配捐。"), "success")
    return redirect(url_for("pools.manage", pool_id=pool_id), 303)


@bp.post("/desk/pools/flags/<int:flag_id>")
def decide(flag_id: int) -> ResponseReturnValue:
    """Decide a question, or note an appeal."""
    session, actor = get_session(), current_actor()
    pool_id = queries.flag(session, flag_id).pool_id
    _kept(session, pool_id)
    form = FlagForm()
    if form.validate_on_submit():
        note = form.note.data or ""
        try:
            with unit_of_work() as work_session:
                if form.appeal.data:
                    services.note_appeal(work_session, actor, flag_id=flag_id, note=note)
                else:
                    uphold = bool(form.uphold.data)
                    services.decide_flag(
                        work_session, actor, flag_id=flag_id, uphold=uphold, note=note
                    )
        except DomainError as refusal:
            flash(sentence(refusal.reason, refusal.params), "error")
        else:
            work.allot_now()
            flash(_("已记下。"), "success")
    else:
        _say_errors(form)
    return redirect(url_for("pools.manage", pool_id=pool_id), 303)


@bp.post("/desk/pools/returns/<int:return_id>/again")
def again(return_id: int) -> ResponseReturnValue:
    """Ask once more for paid money that was spent when it should have come back."""
    pool_id = present(get_session().get(MatchReturn, return_id)).pool_id
    _kept(get_session(), pool_id)
    try:
        with unit_of_work() as session:
            services.ask_return_again(session, current_actor(), return_id=return_id)
    except DomainError as refusal:
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        work.allot_now()
        flash(_("已再次要求退回。"), "success")
    return redirect(url_for("pools.manage", pool_id=pool_id), 303)


def _kept(session: Session, pool_id: int) -> MatchingPool:
    """The pool, if this actor keeps it."""
    pool = queries.pool(session, pool_id)
    charity_id = queries.charity_of_pool(session, pool_id)
    require(policy.may_manage_pool(current_actor(), charity_id))
    return pool


def _say_errors(form: BaseForm) -> None:
    for errors in form.errors.values():
        for error in errors:
            flash(str(error), "error")
