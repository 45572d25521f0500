"""Pages of needs: the list, one need, ordering, the orderer's own page, claiming."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.errors import DomainError
from projects.listings import queries, services
from projects.listings.models import EvaluationSide, Need, NeedState
from web.claims.forms import ClaimForm, EvaluateForm
from web.db import get_session, unit_of_work
from web.errors import status_of
from web.listings import posting
from web.needs import pages, words
from web.needs.blueprint import bp, perform
from web.needs.filters import NeedFilters
from web.needs.forms import ClerkForm, NeedForm, OrderFields, OrderForm
from web.needs.views_community import community_page
from web.private import PRIVATE
from web.resources.fields import unit_of
from web.security.sessions import current_actor

__all__ = ["bp"]


@bp.get("/needs")
def index() -> ResponseReturnValue:
    """需求清单: what is needed, by place, kind, group and urgency."""
    return _list(posts=False)


@bp.get("/posts")
def posts() -> ResponseReturnValue:
    """岗位: standing posts people may adopt."""
    return _list(posts=True)


def _list(*, posts: bool) -> ResponseReturnValue:
    chosen = NeedFilters.read(request.args)
    context = pages.list_context(get_session(), current_actor(), chosen, posts=posts)
    return render_template("needs/index.html", **context)


@bp.get("/needs/<int:need_id>")
def detail(need_id: int) -> ResponseReturnValue:
    """One need."""
    return community_page(need_id)


# ── ordering ─────────────────────────────────────────────────────────────────────────────────────


def _ordered(form: OrderFields, **more: Any) -> Need | None:
    """Store what a form says; None where it is refused, with the sentence on the form."""
    try:
        with unit_of_work() as session:
            return services.order_need(session, current_actor(), **form.said(), **more)
    except DomainError as refusal:
        form.refuse(refusal)
        return None


@bp.route("/needs/order", methods=["GET", "POST"])
def order() -> ResponseReturnValue:
    """点单: a resident says what is needed."""
    form = OrderForm()
    if form.is_submitted() and form.validate() and (need := _ordered(form)) is not None:
        if need.state is not NeedState.REFERRED:
            flash(_("记下了，单号 %(n)s。社区会尽快看。", n=need.id), "success")
        return redirect(url_for("needs.own", token=need.token), 303)
    return render_template("needs/order.html", form=form), 422 if form.errors else 200


@bp.route("/needs/clerk", methods=["GET", "POST"])
def clerk() -> ResponseReturnValue:
    """One screen for a clerk on the telephone; after saving it is ready for the next."""
    form = ClerkForm()
    if form.is_submitted() and form.validate() and (need := _ordered(form)) is not None:
        return redirect(url_for("needs.clerk", saved=need.id), 303)
    saved = None
    number = request.args.get("saved", "")
    if not form.is_submitted() and number.isascii() and number.isdigit() and len(number) < 10:
        saved = pages.visible(get_session(), current_actor(), int(number))
    html = render_template("needs/clerk.html", form=form, saved=saved)
    return html, 422 if form.errors else 200


@bp.route("/needs/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Post a need of an organisation."""
    session, actor = get_session(), current_actor()
    mine = pages.organisations_of(session, actor)
    organisation = posting.chosen(mine, request.args.get("organisation", ""))
    form = None
    if organisation is not None:
        projects = queries.projects_of_organisation(session, organisation.id)
        form = NeedForm.for_projects(projects)
        if form.is_submitted() and form.validate():
            need = _ordered(form, organisation_id=organisation.id)
            if need is not None:
                if need.state is not NeedState.REFERRED:
                    flash(_("已交给社区确认。"), "success")
                return redirect(url_for("needs.detail", need_id=need.id), 303)
    html = render_template(
        "needs/new.html", form=form, organisation=organisation, organisations=mine
    )
    return html, 422 if form is not None and form.errors else 200


# ── the orderer's own page ───────────────────────────────────────────────────────────────────────


@bp.get("/needs/o/<token>")
def own(token: str) -> ResponseReturnValue:
    """The page of who ordered it."""
    return _own_page(token)


def _own_page(
    token: str, status: int = 200, wrong: dict[int, EvaluateForm] | None = None
) -> ResponseReturnValue:
    session = get_session()
    need = queries.need_by_token(session, token)
    context = pages.own_context(session, need, wrong or {})
    return render_template("needs/own.html", **context), status, PRIVATE


def _by_orderer(token: str, act: Callable[..., Any], said: str, **what: Any) -> ResponseReturnValue:
    return perform(
        lambda session: act(session, current_actor(), token=token, **what),
        said,
        url_for("needs.own", token=token),
    )


@bp.post("/needs/o/<token>/withdraw")
def own_withdraw(token: str) -> ResponseReturnValue:
    """Take the order back."""
    need_id = queries.need_by_token(get_session(), token).id
    return _by_orderer(token, services.withdraw_need, _("已撤回。"), need_id=need_id)


@bp.post("/needs/o/<token>/records/<int:record_id>")
def own_record(token: str, record_id: int) -> ResponseReturnValue:
    """Say whether help came that day."""
    if "refuse" in request.form:
        note = _("点单的人说没有来")
        said = _("记下了，社区会去问。")
        return _by_orderer(token, services.refuse_service, said, record_id=record_id, note=note)
    return _by_orderer(token, services.confirm_service, _("记下了。"), record_id=record_id)


@bp.post("/needs/o/<token>/claims/<int:claim_id>/confirm")
def own_confirm(token: str, claim_id: int) -> ResponseReturnValue:
    """Say that all of it was done."""
    said = _("谢谢，已确认。请评一评。")
    return _by_orderer(token, services.confirm_claim, said, claim_id=claim_id)


@bp.post("/needs/o/<token>/claims/<int:claim_id>/evaluate")
def own_evaluate(token: str, claim_id: int) -> ResponseReturnValue:
    """Stars and words about who came."""
    form = EvaluateForm()
    if not form.validate():
        return _own_page(token, 422, {claim_id: form})
    try:
        with unit_of_work() as session:
            services.evaluate(
                session,
                current_actor(),
                claim_id=claim_id,
                side=EvaluationSide.NEED,
                token=token,
                **form.said(),
            )
    except DomainError as refusal:
        form.refuse(refusal)
        return _own_page(token, status_of(refusal), {claim_id: form})
    flash(_("谢谢你的评价。"), "success")
    return redirect(url_for("needs.own", token=token), 303)


# ── claiming ─────────────────────────────────────────────────────────────────────────────────────


@bp.route("/needs/<int:need_id>/claim", methods=["GET", "POST"])
def claim(need_id: int) -> ResponseReturnValue:
    """认领: take a need or a part of it, for a unit or alone."""
    session, actor = get_session(), current_actor()
    need = pages.visible(session, actor, need_id)
    mine = pages.organisations_of(session, actor)
    teams = queries.teams_of(session, [each.id for each in mine])
    form = ClaimForm.for_need(need, mine, teams)
    closed = _why_closed(need, form)
    if form.is_submitted() and closed is None and form.validate():
        try:
            with unit_of_work() as work:
                made = services.claim_need(work, actor, need_id=need_id, **form.said())
        except DomainError as refusal:
            if status_of(refusal) == 404:
                raise
            form.refuse(refusal)
        else:
            flash(_("已认领，等社区答复。"), "success")
            return redirect(url_for("claims.detail", claim_id=made.id), 303)
    html = render_template(
        "needs/claim.html",
        form=form,
        need=need,
        closed=closed,
        rest=words.amount_of(need, need.rest),
        measure=unit_of(need.kind, need.unit),
        gives=need.kind in pages.GIFTS,
    )
    return html, 422 if form.errors or (closed and form.is_submitted()) else 200


def _why_closed(need: Need, form: ClaimForm) -> str | None:
    """Why nothing can be claimed, in a sentence; None where it can."""
    if need.state is not NeedState.OPEN:
        return str(_("这一单不在等人认领。"))
    if need.rest == 0:
        return str(_("已经有人全部认领了。"))
    if not form.unit.choices:
        return str(_("钱和物资由单位认领。你的账户还不属于哪个单位；想自己捐，请到项目页。"))
    return None
