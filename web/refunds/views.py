"""Refunds one by one: found, asked for, agreed to, paid by hand, looked at."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity import clock
from charity.actor import Permission, Verdict, require
from charity.donations import queries as donations
from charity.donations import refund_policy, services
from charity.donations.models import Payment, RefundPath
from charity.donations.queries import refunds as queries
from charity.donations.services.refund_requests import charity_of
from charity.errors import DomainError
from web.addresses import read_id
from web.db import get_session, unit_of_work
from web.forms import attach
from web.ports import ports
from web.refunds import pages, views_batches, views_events
from web.refunds.blueprint import bp, charities_of, perform, tabs
from web.refunds.forms import DecisionForm, NoteForm, RefundForm, TransferForm
from web.security.sessions import current_actor

__all__ = ["bp", "views_batches", "views_events"]

#: Refunds on one page of the list.
PAGE = 50


@bp.get("/desk/refunds")
def index() -> ResponseReturnValue:
    """Refunds of my organisations, those somebody has to do something about on top."""
    session, actor = get_session(), current_actor()
    charities = charities_of(actor)
    before = read_id(request.args.get("before"))
    found = queries.refunds_page(session, charity_ids=charities, before=before, limit=PAGE)
    waiting = queries.refunds_page(session, charity_ids=charities, states=queries.UNDER_WAY)
    return render_template(
        "refunds/index.html",
        tabs=tabs(),
        refunds=found,
        waiting=[] if before else waiting,
        older=found[-1].id if len(found) == PAGE else None,
        may_ask=actor.holds_anywhere(Permission.REFUND_REQUEST),
    )


@bp.get("/desk/refunds/new")
def find() -> ResponseReturnValue:
    """Find the gift by what its giver can name."""
    session, actor = get_session(), current_actor()
    text = (request.args.get("q") or "")[:200]
    charities = charities_of(actor, Permission.REFUND_REQUEST)
    found = queries.gifts_found(session, text, charity_ids=charities) if text.strip() else []
    return render_template("refunds/find.html", text=text, payments=found, tabs=tabs())


@bp.route("/desk/payments/<int:payment_id>/refund", methods=["GET", "POST"])
def new(payment_id: int) -> ResponseReturnValue:
    """Ask that a payment go back, or a part of it."""
    session, actor = get_session(), current_actor()
    payment = donations.payment(session, payment_id)
    require(refund_policy.may_see(actor, charity_of(session, payment)))
    require(refund_policy.may_request(actor, charity_of(session, payment)))
    form = RefundForm()
    gateway = ports().gateways.get(payment.gateway) or ports().gateway
    form.offer(can_refund=gateway.can_refund and payment.gateway == gateway.name)
    if form.validate_on_submit() and form.amount.data is not None:
        try:
            with unit_of_work() as work:
                made = services.request_refund(
                    work,
                    actor,
                    payment_id=payment_id,
                    amount=form.amount.data,
                    cause=form.cause.data,
                    reason=form.reason.data or "",
                    path=form.path.data,
                    payee=form.payee.data or "",
                    gateway=gateway,
                ).id
        except DomainError as error:
            attach(form, error)
        else:
            flash(_("已提交，等审批人同意。"), "success")
            return redirect(url_for("refunds.detail", refund_id=made), 303)
    elif request.method == "GET":
        form.amount.data = queries.left_of(session, payment)
        form.path.data = RefundPath(form.path.choices[0][0])
    status = 422 if form.errors else 200
    return render_template("refunds/new.html", form=form, **_about(payment)), status


def _about(payment: Payment) -> dict[str, object]:
    session = get_session()
    return {
        "payment": payment,
        "gift": payment.donation,
        "left": queries.left_of(session, payment),
        "campaign": pages.campaign_of(session, payment.donation),
        "earlier": queries.refunds_of(session, payment.donation_id),
        "large": refund_policy.large_from(clock.today()),
    }


@bp.get("/desk/refunds/<int:refund_id>")
def detail(refund_id: int) -> ResponseReturnValue:
    """One refund: what was asked, who agreed, how it ended."""
    return pages.refund_page(get_session(), current_actor(), refund_id)


@bp.post("/desk/refunds/<int:refund_id>/agree")
def agree(refund_id: int) -> ResponseReturnValue:
    """Agree to exactly what was asked."""
    actor = current_actor()
    return perform(
        lambda session: services.decide_refund(session, actor, refund_id=refund_id, agreed=True),
        _("你已同意这笔退款。"),
        "refunds.detail",
        refund_id=refund_id,
    )


@bp.post("/desk/refunds/<int:refund_id>/refuse")
def refuse(refund_id: int) -> ResponseReturnValue:
    """Refuse it with a reason."""
    actor, form = current_actor(), DecisionForm()
    require(_may_agree(refund_id))
    if not form.validate():
        return pages.refund_page(get_session(), actor, refund_id, refusing=form)
    said = form.reason.data or ""
    return perform(
        lambda session: services.decide_refund(
            session, actor, refund_id=refund_id, agreed=False, reason=said
        ),
        _("已退回，这笔退款不办了。"),
        "refunds.detail",
        refund_id=refund_id,
    )


@bp.post("/desk/refunds/<int:refund_id>/cancel")
def cancel(refund_id: int) -> ResponseReturnValue:
    """Let it be, before any money moved."""
    actor = current_actor()
    return perform(
        lambda session: services.cancel_refund(session, actor, refund_id=refund_id),
        _("已撤销。"),
        "refunds.detail",
        refund_id=refund_id,
    )


@bp.post("/desk/refunds/<int:refund_id>/pay")
def pay(refund_id: int) -> ResponseReturnValue:
    """Record that a refund by hand was paid from the bank."""
    actor, form = current_actor(), TransferForm()
    require(_may_request(refund_id))
    if form.validate() and form.paid_on.data is not None:
        try:
            with unit_of_work() as session:
                services.pay_by_transfer(
                    session,
                    actor,
                    refund_id=refund_id,
                    reference=form.reference.data or "",
                    paid_on=form.paid_on.data,
                    payee=form.payee.data or "",
                )
        except DomainError as error:
            attach(form, error)
        else:
            flash(_("已登记付款，账簿记好了。"), "success")
            return redirect(url_for("refunds.detail", refund_id=refund_id), 303)
    return pages.refund_page(get_session(), actor, refund_id, paying=form)


@bp.post("/desk/refunds/<int:refund_id>/by-hand")
def by_hand(refund_id: int) -> ResponseReturnValue:
    """Say how a refund ended whose answer never came, or that a transfer came back."""
    actor, form = current_actor(), NoteForm()
    require(_may_request(refund_id))
    ending = request.form.get("ending")
    if ending not in ("succeeded", "failed"):
        abort(400)
    if not form.validate():
        return pages.refund_page(get_session(), actor, refund_id, looking=form)
    note = form.note.data or ""
    return perform(
        lambda session: services.settle_by_hand(
            session, actor, refund_id=refund_id, succeeded=ending == "succeeded", note=note
        ),
        _("已登记。"),
        "refunds.detail",
        refund_id=refund_id,
    )


def _may_agree(refund_id: int) -> Verdict:
    session = get_session()
    refund = queries.refund(session, refund_id)
    return refund_policy.may_agree(current_actor(), charity_of(session, refund.payment))


def _may_request(refund_id: int) -> Verdict:
    session = get_session()
    refund = queries.refund(session, refund_id)
    return refund_policy.may_request(current_actor(), charity_of(session, refund.payment))
