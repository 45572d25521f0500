"""Counted cash at the desk: the first count, the second, the deposit."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity import clock
from charity.actor import Permission, require
from charity.donations import policy, services
from charity.donations.counter_gateway import CASH
from charity.donations.models import CashState
from charity.donations.queries import statements as queries
from charity.errors import DomainError, Invalid, InvalidState
from charity.money import ZERO
from charity.registry import queries as registry
from web.addresses import read_id
from web.db import get_session, unit_of_work
from web.forms import attach
from web.labels import sentence
from web.listings.filters import page_number
from web.ports import ports, settings
from web.security.sessions import current_actor
from web.statements import pages, work
from web.statements.blueprint import bp
from web.statements.forms import CashForm, ConfirmForm


@bp.get("/desk/cash")
def cash() -> ResponseReturnValue:
    """Every count, the newest first, and the slips that are missing."""
    session, actor = get_session(), current_actor()
    mine = pages.held(session, actor, Permission.CASH_COUNT)
    page = queries.cash_counts_page(session, mine, page_number(request.args.get("page", "")))
    campaigns = {one.campaign_id: registry.campaign(session, one.campaign_id) for one in page.items}
    gaps = {id_: queries.missing_slips(session, id_) for id_ in campaigns}
    return render_template(
        "statements/cash.html",
        page=page,
        campaigns=campaigns,
        gaps={id_: numbers for id_, numbers in gaps.items() if numbers},
        person_id=actor.person_id,
        page_url=lambda n: url_for("statements.cash", page=n),
    )


@bp.route("/desk/cash/new", methods=["GET", "POST"])
def new_count() -> ResponseReturnValue:
    """Record what the first person counted."""
    session, actor = get_session(), current_actor()
    mine = pages.held(session, actor, Permission.CASH_COUNT)
    form = CashForm()
    form.campaign_id.choices = [
        (one.id, one.title) for one in queries.campaigns_counted_by(session, mine)
    ]
    if not form.is_submitted():
        form.counted_on.data = clock.today()
    if form.validate_on_submit():
        try:
            with unit_of_work() as work_session:
                made = services.count_cash(
                    work_session,
                    actor,
                    campaign_id=form.campaign_id.data or 0,
                    place=form.place.data or "",
                    counted_on=form.counted_on.data or clock.today(),
                    amount=form.amount.data or ZERO,
                    slips=form.read_slips,
                    operator_mode=settings().operator_mode,
                    note=form.note.data or "",
                )
                count_id = made.id
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已记下，请另一位同事再清点一遍。"), "success")
            return redirect(url_for("statements.count", count_id=count_id), 303)
    return render_template("statements/count_form.html", form=form), 422 if form.errors else 200


@bp.get("/desk/cash/<int:count_id>")
def count(count_id: int) -> ResponseReturnValue:
    """One count: who counted, its slips, where its money is."""
    return _count_page(count_id, ConfirmForm(formdata=None))


@bp.post("/desk/cash/<int:count_id>/confirm")
def confirm_count(count_id: int) -> ResponseReturnValue:
    """The second count; the same sum posts the gifts."""
    form = ConfirmForm()
    if form.validate():
        try:
            with unit_of_work() as session:
                services.confirm_cash(
                    session,
                    current_actor(),
                    count_id=count_id,
                    amount=form.amount.data or ZERO,
                    gateway=ports().gateways[CASH],
                    settler=work.WORKER,
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("两个人清点一致，已入账。"), "success")
            return redirect(url_for("statements.count", count_id=count_id), 303)
    return _count_page(count_id, form)


@bp.post("/desk/cash/<int:count_id>/void")
def void_count(count_id: int) -> ResponseReturnValue:
    """A count that was wrong."""
    with unit_of_work() as session:
        services.void_cash(session, current_actor(), count_id=count_id)
    flash(_("这次清点已作废，存根编号可以重新使用。"), "success")
    return redirect(url_for("statements.cash"), 303)


@bp.post("/desk/cash/<int:count_id>/deposit")
def deposit(count_id: int) -> ResponseReturnValue:
    """Find the deposit in the bank's statement."""
    found = queries.cash_count(get_session(), count_id)
    campaign = registry.campaign(get_session(), found.campaign_id)
    require(policy.may_count_cash(current_actor(), campaign))
    row_id = read_id(request.form.get("row"))
    if row_id is None:
        flash(_("请选一笔银行流水。"), "error")
        return redirect(url_for("statements.count", count_id=count_id), 303)
    try:
        with unit_of_work() as session:
            services.deposit_cash(
                session,
                current_actor(),
                count_id=count_id,
                row_id=row_id,
            )
    except (Invalid, InvalidState) as refusal:
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        flash(_("已对上银行流水，现金转入银行存款。"), "success")
    return redirect(url_for("statements.count", count_id=count_id), 303)


def _count_page(count_id: int, form: ConfirmForm) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    found = queries.cash_count(session, count_id)
    campaign = registry.campaign(session, found.campaign_id)
    require(policy.may_count_cash(actor, campaign))
    is_first = found.first_person_id == actor.person_id
    imports = bool(policy.may_import_statements(actor, campaign.charity_id))
    html = render_template(
        "statements/count.html",
        count=found,
        campaign=campaign,
        form=form,
        is_first=is_first,
        # The second count is worth something only where the first is not told.
        is_blind=found.state is CashState.COUNTED and not is_first,
        imports=imports,
        deposits=queries.deposits_for(session, found, campaign.charity_id)
        if imports and found.state is CashState.CONFIRMED
        else [],
    )
    return html, 422 if form.errors else 200
