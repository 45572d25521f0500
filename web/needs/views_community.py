"""The community's acts on the page of a need: confirm, decline, close, open again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import require
from charity.errors import DomainError
from projects.listings import policy, services
from web.db import get_session, unit_of_work
from web.errors import status_of
from web.forms import BaseForm, attach
from web.needs import pages
from web.needs.blueprint import bp, perform
from web.needs.forms import ConfirmForm, ReasonForm
from web.security.sessions import current_actor


def community_page(need_id: int, status: int = 200, **forms: BaseForm) -> ResponseReturnValue:
    """The page of a need; `forms` are those that were refused, with what was typed."""
    session, actor = get_session(), current_actor()
    need = pages.visible(session, actor, need_id)
    context = pages.detail_context(session, actor, need)
    return render_template("needs/detail.html", **(context | forms)), status


def _with_form(
    need_id: int, name: str, form: BaseForm, act: Callable[..., Any], said: str, **what: Any
) -> ResponseReturnValue:
    """Do one act with a form; a refusal stands beside its field."""
    try:
        with unit_of_work() as session:
            act(session, current_actor(), need_id=need_id, **what)
    except DomainError as refusal:
        if status_of(refusal) in (403, 404):
            raise
        if refusal.field == "campaign_id":
            refusal.field = "campaign"
        attach(form, refusal)
        return community_page(need_id, status_of(refusal), **{name: form})
    flash(said, "success")
    return redirect(url_for("needs.detail", need_id=need_id), 303)


def _with_reason(
    need_id: int, name: str, act: Callable[..., Any], said: str
) -> ResponseReturnValue:
    """Do one act that wants a reason; who may is asked before what was typed is looked at."""
    need = pages.visible(get_session(), current_actor(), need_id)
    require(policy.may_speak_for_need(current_actor(), need))
    form = ReasonForm(prefix=f"{name}-")
    if not form.validate():
        return community_page(need_id, 422, **{name: form})
    return _with_form(need_id, name, form, act, said, note=form.note.data)


@bp.post("/needs/<int:need_id>/confirm")
def confirm(need_id: int) -> ResponseReturnValue:
    """The community says it is so: public from now, its clock runs."""
    session, actor = get_session(), current_actor()
    need = pages.visible(session, actor, need_id)
    require(policy.may_dispatch(actor, need))
    form = ConfirmForm.for_need(need, pages.campaigns_for(session, need), fresh=False)
    if not form.validate():
        return community_page(need_id, 422, confirm=form)
    said = _("已确认，公布了。")
    return _with_form(need_id, "confirm", form, services.confirm_need, said, **form.said())


@bp.post("/needs/<int:need_id>/decline")
def decline(need_id: int) -> ResponseReturnValue:
    """The community cannot do it, and says why."""
    return _with_reason(need_id, "decline", services.decline_need, _("已告诉点单的人。"))


@bp.post("/needs/<int:need_id>/close")
def close(need_id: int) -> ResponseReturnValue:
    """End it with what has come."""
    return _with_reason(need_id, "close", services.close_need, _("这一单已结束。"))


@bp.post("/needs/<int:need_id>/reopen")
def reopen(need_id: int) -> ResponseReturnValue:
    """It was not done after all."""
    return _with_reason(need_id, "reopen", services.reopen_need, _("已重新打开。"))


@bp.post("/needs/<int:need_id>/fulfil")
def fulfil(need_id: int) -> ResponseReturnValue:
    """Say that a need of unknown quantity is met."""
    return perform(
        lambda session: services.fulfil_need(session, current_actor(), need_id=need_id),
        _("已办好。"),
        url_for("needs.detail", need_id=need_id),
    )


@bp.post("/needs/<int:need_id>/refer")
def refer(need_id: int) -> ResponseReturnValue:
    """A plea for one person goes where help is."""
    return perform(
        lambda session: services.refer_need(session, current_actor(), need_id=need_id),
        _("已转介，点单的人会看到该找谁。"),
        url_for("needs.detail", need_id=need_id),
    )


@bp.post("/needs/<int:need_id>/withdraw")
def withdraw(need_id: int) -> ResponseReturnValue:
    """Who posted it takes it back."""
    return perform(
        lambda session: services.withdraw_need(session, current_actor(), need_id=need_id),
        _("已撤回。"),
        url_for("needs.detail", need_id=need_id),
    )
