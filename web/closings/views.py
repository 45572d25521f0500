"""Ending a project step by step, and the giver's page that asks what becomes of their money."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import require
from charity.disclosure import ending_policy, services
from charity.disclosure.models import (
    ProjectClosing,
    ProjectClosingState,
    SurplusAnswer,
    SurplusChoice,
)
from charity.disclosure.queries import closings as queries
from charity.donations import queries as donations
from charity.donations.models import Donation
from charity.errors import CommonReason, Denied, DomainError, NotFound
from charity.ledger import queries as books
from charity.registry import queries as registry
from web.addresses import read_id
from web.closings import pages, work
from web.closings.forms import AskForm, ChoiceForm, ClosingForm, RefuseForm, SubmitForm
from web.db import get_session, unit_of_work
from web.errors import status_of
from web.filters import yuan
from web.forms import BaseForm, attach
from web.labels import sentence
from web.notices.pages import surplus_words
from web.private import PRIVATE
from web.security.sessions import current_actor

bp = Blueprint("closings", __name__)


@bp.get("/desk/closings")
def index() -> ResponseReturnValue:
    """Closings of one's organisations, and the projects that may be ended."""
    session, actor = get_session(), current_actor()
    found = queries.closings_in(session, pages.charities_of(actor))
    return render_template(
        "closings/index.html",
        closings=found,
        names=books.fund_names(session, [closing.fund_id for closing in found]),
        open_ones=pages.may_be_ended(session, actor),
    )


@bp.route("/desk/closings/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Count what is left of a fund and say what becomes of it."""
    session, actor = get_session(), current_actor()
    fund_id = read_id(request.values.get("fund"))
    if fund_id is None:
        return redirect(url_for("closings.index"), 303)
    fund = books.fund(session, fund_id)
    campaign = registry.campaign_for_fund(session, fund.id)
    charity_id = books.book(session, fund.book_id).organisation_id
    partner_id = campaign.partner_id if campaign is not None else None
    require(ending_policy.may_prepare(actor, charity_id, partner_id))
    found = queries.closing_of_fund(session, fund.id)
    if found is not None and found.state not in (
        ProjectClosingState.PREPARED,
        ProjectClosingState.ASKING,
    ):
        return redirect(url_for("closings.detail", closing_id=found.id), 303)
    context = pages.wizard(session, fund, campaign)
    form = _form(fund.id, found, context)
    if form.is_submitted() and form.validate() and (made := _prepare(form, fund.id)):
        flash(_("已核对，下面看下一步。"), "success")
        return redirect(url_for("closings.detail", closing_id=made), 303)
    page = render_template("closings/new.html", form=form, **context)
    return page, 422 if form.errors else 200


def _prepare(form: ClosingForm, fund_id: int) -> int | None:
    """Do what the form says; None where it is refused, which then stands in the form."""
    try:
        with unit_of_work() as unit:
            return services.prepare_closing(
                unit,
                current_actor(),
                fund_id=fund_id,
                ended_on=form.ended_on.data or clock.today(),
                reason=form.reason.data or "",
                disposal=form.way,
                into_fund_id=form.into.data or None,
            ).id
    except (Denied, NotFound):
        raise
    except DomainError as refusal:
        if refusal.field == "into_fund_id":
            refusal.field = "into"
        attach(form, refusal)
        return None


@bp.get("/desk/closings/<int:closing_id>")
def detail(closing_id: int) -> ResponseReturnValue:
    """One closing and its next step."""
    return _page(closing_id)


@bp.post("/desk/closings/<int:closing_id>/ask")
def ask(closing_id: int) -> ResponseReturnValue:
    """Ask every giver whose money is left."""
    form, actor = AskForm(), current_actor()

    def do(session: Session) -> ProjectClosing:
        return services.ask_givers(
            session, actor, closing_id=closing_id, answers_until=form.answers_until.data
        )

    return _act(closing_id, do, _("已经去问捐赠人了。"), asking=form)


@bp.post("/desk/closings/<int:closing_id>/submit")
def submit(closing_id: int) -> ResponseReturnValue:
    """Ask two persons to agree; a move without asking is announced."""
    form, actor = SubmitForm(), current_actor()

    def do(session: Session) -> ProjectClosing:
        return services.submit_closing(
            session,
            actor,
            closing_id=closing_id,
            notice_title=form.notice_title.data or "",
            notice_body=form.notice_body.data or "",
        )

    return _act(closing_id, do, _("已送审。"), submitting=form)


@bp.post("/desk/closings/<int:closing_id>/agree")
def agree(closing_id: int) -> ResponseReturnValue:
    """Agree to exactly these figures."""
    actor = current_actor()

    def do(session: Session) -> ProjectClosing:
        return services.agree_closing(session, actor, closing_id=closing_id, agreed=True)

    return _act(closing_id, do, _("你已同意结项。"))


@bp.post("/desk/closings/<int:closing_id>/refuse")
def refuse(closing_id: int) -> ResponseReturnValue:
    """Send it back with a reason."""
    form, actor = RefuseForm(), current_actor()

    def do(session: Session) -> ProjectClosing:
        return services.agree_closing(
            session, actor, closing_id=closing_id, agreed=False, reason=form.reason.data or ""
        )

    return _act(closing_id, do, _("已退回。"), refusing=form)


@bp.post("/desk/closings/<int:closing_id>/withdraw")
def withdraw(closing_id: int) -> ResponseReturnValue:
    """Let it be."""
    actor = current_actor()

    def do(session: Session) -> ProjectClosing:
        return services.withdraw_closing(session, actor, closing_id=closing_id)

    return _act(closing_id, do, _("已撤回，募捐仍然是结束的。"))


@bp.post("/desk/closings/<int:closing_id>/finish")
def finish(closing_id: int) -> ResponseReturnValue:
    """Carry out what was agreed."""
    actor = current_actor()
    said = {
        ProjectClosingState.DONE: _("结项办完了，已经公开。"),
        ProjectClosingState.PREPARED: _("结余和同意的时候不一样了，没有办理，请重新核对再送审。"),
        ProjectClosingState.AGREED: _("退款还在路上，退完会自动办完。"),
    }
    return _act(
        closing_id,
        lambda session: work.finish(session, actor, closing_id),
        lambda found: said[found.state],
    )


@bp.route("/donations/<token>/surplus/<int:closing_id>", methods=["GET", "POST"])
def answer(token: str, closing_id: int) -> ResponseReturnValue:
    """The giver says what becomes of what is left: by the private link alone."""
    session = get_session()
    gift, found = _asked(session, token, closing_id)
    closing = found.closing
    into = books.fund_names(session, [closing.into_fund_id or 0]).get(closing.into_fund_id or 0, "")
    form = ChoiceForm.asking(into, found.choice)
    status = _take_answer(form, token, closing_id) if form.is_submitted() else 200
    if status == 303:
        flash(_("记下了，到期以前都可以改。"), "success")
        return redirect(request.path, 303)
    campaign = registry.campaign(session, gift.campaign_id)
    page = render_template(
        "closings/answer.html",
        form=form,
        gift=gift,
        answer=found,
        closing=closing,
        campaign=campaign,
        into=into,
        may_answer=closing.state is ProjectClosingState.ASKING,
        token=token,
    )
    response = make_response(page, status)
    response.headers.update(PRIVATE)
    return response


def _take_answer(form: ChoiceForm, token: str, closing_id: int) -> int:
    """Note what the giver chose; answers the status of the page, 303 where it is noted."""
    if not form.validate():
        return 422
    try:
        with unit_of_work() as unit:
            services.answer_surplus(
                unit,
                current_actor(),
                token=token,
                closing_id=closing_id,
                choice=SurplusChoice(form.choice.data),
            )
    except DomainError as refusal:
        attach(form, refusal)
        return status_of(refusal)
    return 303


def _asked(session: Session, token: str, closing_id: int) -> tuple[Donation, SurplusAnswer]:
    """The gift and what was asked about it; raises `NotFound`."""
    gift = donations.donation_by_token(session, token)
    for found in queries.answers_of_donation(session, gift.id):
        if found.closing_id == closing_id:
            return gift, found
    raise NotFound(CommonReason.NOT_FOUND)


def _form(fund_id: int, found: ProjectClosing | None, context: dict[str, Any]) -> ClosingForm:
    data: dict[str, object] = {"fund": fund_id, "into": 0}
    if found is not None:
        data |= {
            "ended_on": found.ended_on,
            "reason": found.reason,
            "disposal": found.disposal.value,
            "into": found.into_fund_id or 0,
        }
    return ClosingForm.among(context["ways"], context["funds"], **data)


def _act(
    closing_id: int,
    do: Callable[[Session], ProjectClosing],
    said: str | Callable[[ProjectClosing], str],
    **forms: BaseForm,
) -> ResponseReturnValue:
    """One step; what was filled wrongly is shown beside its field, a refusal on top."""
    _readable(get_session(), closing_id)
    form = next(iter(forms.values()), None)
    if form is not None and not form.validate():
        return _page(closing_id, **forms), 422
    try:
        with unit_of_work() as session:
            found = do(session)
            words = said if isinstance(said, str) else said(found)
    except (Denied, NotFound):
        raise
    except DomainError as refusal:
        if form is not None:
            attach(form, refusal)
            return _page(closing_id, **forms), status_of(refusal)
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        flash(words, "success")
    return redirect(url_for("closings.detail", closing_id=closing_id), 303)


def _readable(session: Session, closing_id: int) -> ProjectClosing:
    found = queries.closing(session, closing_id)
    campaign = registry.campaign_for_fund(session, found.fund_id)
    partner_id = campaign.partner_id if campaign is not None else None
    require(ending_policy.may_read(current_actor(), found, partner_id))
    return found


def _page(
    closing_id: int,
    *,
    asking: BaseForm | None = None,
    submitting: BaseForm | None = None,
    refusing: BaseForm | None = None,
) -> str:
    session, actor = get_session(), current_actor()
    found = _readable(session, closing_id)
    context = pages.detail_context(session, actor, found)
    if submitting is None:
        title, body = surplus_words(
            context["name"], context["into"], yuan(found.surplus), found.ended_on
        )
        submitting = SubmitForm(formdata=None, data={"notice_title": title, "notice_body": body})
    if asking is None:
        until = found.answers_until or context["first_day"]
        asking = AskForm(formdata=None, data={"answers_until": until})
    return render_template(
        "closings/detail.html",
        asking=asking,
        submitting=submitting,
        refusing=refusing or RefuseForm(formdata=None),
        **context,
    )
