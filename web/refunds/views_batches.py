"""Whole campaigns that go back: asked for, agreed to, watched, stopped and resumed."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from charity import clock
from charity.actor import Permission, Verdict, require
from charity.approvals.policy import may_decide
from charity.approvals.queries import request_for
from charity.donations import refund_policy, services
from charity.donations.models import RefundBatchState, RefundState
from charity.donations.queries import refunds as queries
from charity.errors import DomainError
from charity.registry import queries as registry
from charity.registry.models import Campaign, CampaignState
from web.db import get_session, unit_of_work
from web.forms import attach
from web.refunds.blueprint import bp, charities_of, perform, tabs
from web.refunds.forms import BatchForm, DecisionForm
from web.security.sessions import current_actor


@bp.get("/desk/refund-batches")
def batches() -> ResponseReturnValue:
    """Every batch of my organisations, and the ended campaigns one can be asked for."""
    session, actor = get_session(), current_actor()
    charities = charities_of(actor)
    found = queries.batches(session, charity_ids=charities)
    ended = select(Campaign).where(Campaign.state == CampaignState.ENDED)
    if charities is not None:
        ended = ended.where(Campaign.charity_id.in_(charities))
    campaigns = list(session.scalars(ended.order_by(Campaign.id.desc()).limit(50)))
    named = {batch.campaign_id: registry.campaign(session, batch.campaign_id) for batch in found}
    may_ask = actor.holds_anywhere(Permission.REFUND_REQUEST)
    return render_template(
        "refunds/batches.html",
        tabs=tabs(),
        batches=found,
        campaigns=campaigns if may_ask else [],
        named=named,
    )


@bp.route("/desk/campaigns/<int:campaign_id>/refund", methods=["GET", "POST"])
def batch_new(campaign_id: int) -> ResponseReturnValue:
    """Ask that every gift of an ended campaign go back."""
    session, actor = get_session(), current_actor()
    campaign = registry.campaign(session, campaign_id)
    require(refund_policy.may_see(actor, campaign.charity_id))
    require(refund_policy.may_request(actor, campaign.charity_id))
    form = BatchForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                made = services.request_batch(
                    work, actor, campaign_id=campaign_id, reason=form.reason.data or ""
                ).id
        except DomainError as error:
            attach(form, error)
        else:
            flash(_("已提交，等审批人同意。"), "success")
            return redirect(url_for("refunds.batch", batch_id=made), 303)
    gifts = queries.gifts_to_give_back(session, campaign_id).order_by(None).subquery()
    number, amount, refunded = session.execute(
        select(func.count(), func.sum(gifts.c.amount), func.sum(gifts.c.refunded))
    ).one()
    page = render_template(
        "refunds/batch_new.html",
        tabs=tabs(),
        form=form,
        campaign=campaign,
        number=number,
        total=amount - refunded if number else None,
        is_ended=campaign.state is CampaignState.ENDED,
        large=refund_policy.large_from(clock.today()),
    )
    return page, 422 if form.errors else 200


@bp.get("/desk/refund-batches/<int:batch_id>")
def batch(batch_id: int) -> ResponseReturnValue:
    """One batch: how far it has come, and the refunds it made."""
    return _page(batch_id)


@bp.post("/desk/refund-batches/<int:batch_id>/agree")
def batch_agree(batch_id: int) -> ResponseReturnValue:
    """Agree to the batch as it was asked for."""
    actor = current_actor()
    return perform(
        lambda session: services.decide_batch(session, actor, batch_id=batch_id, agreed=True),
        _("你已同意整批退款。"),
        "refunds.batch",
        batch_id=batch_id,
    )


@bp.post("/desk/refund-batches/<int:batch_id>/refuse")
def batch_refuse(batch_id: int) -> ResponseReturnValue:
    """Refuse it with a reason."""
    session, actor, form = get_session(), current_actor(), DecisionForm()
    found = queries.batch(session, batch_id)
    charity_id = registry.campaign(session, found.campaign_id).charity_id
    require(refund_policy.may_agree(actor, charity_id))
    if not form.validate():
        return _page(batch_id, refusing=form)
    said = form.reason.data or ""
    return perform(
        lambda work: services.decide_batch(
            work, actor, batch_id=batch_id, agreed=False, reason=said
        ),
        _("已退回，这批退款不办了。"),
        "refunds.batch",
        batch_id=batch_id,
    )


@bp.post("/desk/refund-batches/<int:batch_id>/steer")
def batch_steer(batch_id: int) -> ResponseReturnValue:
    """Stop it, let it run again, or cancel what was not made yet."""
    actor, wanted = current_actor(), request.form.get("state", "")
    if wanted not in ("stopped", "running", "cancelled"):
        abort(400)
    return perform(
        lambda session: services.steer_batch(
            session, actor, batch_id=batch_id, state=RefundBatchState(wanted)
        ),
        _("已更新。"),
        "refunds.batch",
        batch_id=batch_id,
    )


def _page(batch_id: int, refusing: DecisionForm | None = None) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    found = queries.batch(session, batch_id)
    campaign = registry.campaign(session, found.campaign_id)
    require(refund_policy.may_see(actor, campaign.charity_id))
    asked = request_for(session, found.subject)
    is_asked = found.state is RefundBatchState.REQUESTED
    mine = may_decide(actor, asked) if is_asked and asked is not None else Verdict.no()
    progress = queries.progress(session, found)
    page = render_template(
        "refunds/batch.html",
        tabs=tabs(),
        batch=found,
        campaign=campaign,
        progress=progress,
        states=RefundState,
        refunds=queries.refunds_page(session, charity_ids=None, batch_id=batch_id),
        may_agree=bool(refund_policy.may_agree(actor, campaign.charity_id)) and bool(mine),
        may_steer=bool(refund_policy.may_request(actor, campaign.charity_id)),
        refusing=refusing or DecisionForm(formdata=None),
    )
    return page, 422 if refusing is not None and refusing.errors else 200
