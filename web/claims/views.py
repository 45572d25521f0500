"""My units' claims, and the page of one claim on which both of its sides act."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import Actor, Verdict, require
from charity.errors import DomainError
from projects.listings import policy, services
from projects.listings.models import Claim
from web.claims import pages
from web.claims.forms import EvaluateForm, ReportForm
from web.db import get_session, unit_of_work
from web.errors import status_of
from web.forms import BaseForm
from web.needs.blueprint import perform
from web.needs.forms import ReasonForm
from web.ports import settings
from web.security.sessions import current_actor

bp = Blueprint("claims", __name__)


@bp.get("/claims")
def index() -> ResponseReturnValue:
    """What my units and I took on, and what waits for our answer."""
    context = pages.list_context(get_session(), current_actor())
    return render_template("claims/index.html", **context)


@bp.get("/claims/<int:claim_id>")
def detail(claim_id: int) -> ResponseReturnValue:
    """One claim, for its two sides."""
    return _page(claim_id)


def _page(claim_id: int, status: int = 200, **forms: BaseForm) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    claim = pages.visible(session, actor, claim_id)
    context = pages.detail_context(session, actor, claim)
    return render_template("claims/detail.html", **(context | forms)), status


#: Who may do an act, asked before anything typed is looked at.
May = Callable[[Actor, Claim], Verdict]


def _of_need(actor: Actor, claim: Claim) -> Verdict:
    return policy.may_speak_for_need(actor, claim.need)


def _plain(
    claim_id: int, may: May, act: Callable[..., Any], said: str, **what: Any
) -> ResponseReturnValue:
    """Do one act without a form."""
    require(may(current_actor(), pages.visible(get_session(), current_actor(), claim_id)))
    return perform(
        lambda session: act(session, current_actor(), **(what or {"claim_id": claim_id})),
        said,
        url_for("claims.detail", claim_id=claim_id),
    )


def _with_form(
    claim_id: int,
    may: May,
    name: str,
    form: Any,
    act: Callable[..., Any],
    said: str,
    **what: Any,
) -> ResponseReturnValue:
    """Do one act with a form; what is wrong stands beside its field, with what was typed."""
    require(may(current_actor(), pages.visible(get_session(), current_actor(), claim_id)))
    if not form.validate():
        return _page(claim_id, 422, **{name: form})
    typed = {"note": form.note.data} if isinstance(form, ReasonForm) else form.said()
    try:
        with unit_of_work() as session:
            act(session, current_actor(), claim_id=claim_id, **typed, **what)
    except DomainError as refusal:
        if status_of(refusal) in (403, 404):
            raise
        form.refuse(refusal)
        return _page(claim_id, status_of(refusal), **{name: form})
    flash(said, "success")
    return redirect(url_for("claims.detail", claim_id=claim_id), 303)


@bp.post("/claims/<int:claim_id>/accept")
def accept(claim_id: int) -> ResponseReturnValue:
    """接单, or the community's yes to a unit."""
    mode = settings().operator_mode
    said = _("已接单。联系方式在下面。")
    act = partial(services.accept_claim, operator_mode=mode)
    return _plain(claim_id, policy.may_answer, act, said)


@bp.post("/claims/<int:claim_id>/decline")
def decline(claim_id: int) -> ResponseReturnValue:
    """No, and why."""
    form = ReasonForm()
    return _with_form(
        claim_id, policy.may_answer, "note_form", form, services.decline_claim, _("已回复对方。")
    )


@bp.post("/claims/<int:claim_id>/withdraw")
def withdraw(claim_id: int) -> ResponseReturnValue:
    """Take it back; the part is free for others."""
    form = ReasonForm(prefix="withdraw-")
    return _with_form(
        claim_id,
        policy.may_withdraw_claim,
        "withdraw",
        form,
        services.withdraw_claim,
        _("已撤回认领。"),
    )


@bp.post("/claims/<int:claim_id>/report")
def report(claim_id: int) -> ResponseReturnValue:
    """What was done on one day: hours, people, times."""
    claim = pages.visible(get_session(), current_actor(), claim_id)
    form = ReportForm.for_need(claim.need, fresh=False)
    said = _("已报上，等点单的人确认。")
    return _with_form(
        claim_id, policy.may_speak_for_unit, "report", form, services.report_service, said
    )


@bp.post("/claims/<int:claim_id>/records/<int:record_id>")
def judge(claim_id: int, record_id: int) -> ResponseReturnValue:
    """The word of the need's side about a report."""
    if "refuse" in request.form:
        note = _("需求方说没有这一次")
        act, said = services.refuse_service, _("记下了，这一次不算数。")
        return _plain(claim_id, _of_need, act, said, record_id=record_id, note=note)
    return _plain(claim_id, _of_need, services.confirm_service, _("已确认。"), record_id=record_id)


@bp.post("/claims/<int:claim_id>/finish")
def finish(claim_id: int) -> ResponseReturnValue:
    """The unit says that all is done."""
    return _plain(
        claim_id, policy.may_speak_for_unit, services.finish_claim, _("已告诉对方，等他们确认。")
    )


@bp.post("/claims/<int:claim_id>/confirm")
def confirm(claim_id: int) -> ResponseReturnValue:
    """The side of the need says so too."""
    return _plain(claim_id, _of_need, services.confirm_claim, _("已确认办好。请评一评。"))


@bp.post("/claims/<int:claim_id>/again")
def again(claim_id: int) -> ResponseReturnValue:
    """Not done, says the side of the need: the unit comes again."""
    form = ReasonForm()
    said = _("已请他们再来。")
    return _with_form(claim_id, _of_need, "note_form", form, services.send_back_claim, said)


@bp.post("/claims/<int:claim_id>/evaluate")
def evaluate(claim_id: int) -> ResponseReturnValue:
    """Stars and words about the other side; everybody may read them."""
    side = pages.side_of(current_actor(), pages.visible(get_session(), current_actor(), claim_id))
    said = _("谢谢你的评价。")
    return _with_form(
        claim_id, policy.may_see_claim, "judge", EvaluateForm(), services.evaluate, said, side=side
    )


@bp.route("/claims/<int:claim_id>/evaluations/<int:evaluation_id>", methods=["GET", "POST"])
def hide(claim_id: int, evaluation_id: int) -> ResponseReturnValue:
    """Hide words that name somebody or insult; the stars stay, with the reason."""
    session, actor = get_session(), current_actor()
    claim, made = pages.evaluation_to_hide(session, actor, claim_id, evaluation_id)
    form = ReasonForm()
    if form.is_submitted() and form.validate():
        try:
            with unit_of_work() as work:
                services.hide_evaluation(
                    work, actor, evaluation_id=evaluation_id, reason=form.note.data or ""
                )
        except DomainError as refusal:
            if status_of(refusal) in (403, 404):
                raise
            form.refuse(refusal)
        else:
            flash(_("文字已隐藏，星数还在。"), "success")
            return redirect(url_for("needs.detail", need_id=claim.need_id), 303)
    html = render_template("claims/hide.html", form=form, claim=claim, made=made)
    return html, 422 if form.errors else 200
