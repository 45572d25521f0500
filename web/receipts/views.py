"""Receipts that are owed, their numbers, and who gave to a campaign."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity import clock
from charity.actor import require
from charity.donations import policy, queries, services
from charity.donations.queries.givers import campaigns_with_givers, gifts_of_campaign
from charity.donations.queries.receipts import all_receipts_due, receipt_of, receipts_due
from charity.errors import DomainError
from charity.paging import page_of
from charity.registry import queries as registry
from web import spreadsheets
from web.addresses import read_id
from web.certificates.words import number_of
from web.db import get_session, unit_of_work
from web.forms import attach
from web.givers.masks import shown_giver
from web.receipts import sheets
from web.receipts.forms import NumberForm, SheetForm
from web.receipts.reach import organisations
from web.receipts.sheets import Judged, Unreadable
from web.security.sessions import current_actor

bp = Blueprint("receipts", __name__, url_prefix="/desk")


@bp.get("/receipts")
def index() -> ResponseReturnValue:
    """What is owed, the oldest first, with the days left by our clock of thirty."""
    where, unasked = organisations(current_actor()), request.args.get("which") == "unasked"
    number = read_id(request.args.get("page")) or 1
    page = receipts_due(get_session(), where, unasked=unasked, number=number)
    return render_template("receipts/index.html", page=page, unasked=unasked, number_of=number_of)


@bp.get("/receipts/owed.<any(csv, xlsx):kind>")
def owed(kind: str) -> ResponseReturnValue:
    """The same as a file to be filled in and handed back."""
    due = all_receipts_due(get_session(), organisations(current_actor()))
    name = _("待开捐赠票据 %(day)s", day=clock.today().isoformat())
    return spreadsheets.download(sheets.owed_rows(due), kind, name=name, head=1)


@bp.route("/receipts/<int:donation_id>", methods=["GET", "POST"])
def record(donation_id: int) -> ResponseReturnValue:
    """Record the number of one receipt."""
    session, actor = get_session(), current_actor()
    donation = queries.donation(session, donation_id)
    campaign = registry.campaign(session, donation.campaign_id)
    require(policy.may_record_receipts(actor, campaign))
    form = NumberForm(issued_on=clock.today())
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                services.record_receipt(
                    session,
                    actor,
                    donation_id=donation_id,
                    batch_code=form.batch_code.data,
                    number=form.number.data,
                    check_code=form.check_code.data or "",
                    issued_on=form.issued_on.data or clock.today(),
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("票据号码已经记下，捐赠人在自己的页面上看得到。"), "success")
            return redirect(url_for("receipts.index"), 303)
    html = render_template(
        "receipts/record.html",
        form=form,
        donation=donation,
        campaign=campaign,
        receipt=receipt_of(get_session(), donation_id),
        number=number_of(donation),
    )
    return html, 422 if form.errors else 200


@bp.post("/receipts/<int:donation_id>/waived")
def waived(donation_id: int) -> ResponseReturnValue:
    """The giver was asked and needs none."""
    with unit_of_work() as session:
        services.record_waiver(session, current_actor(), donation_id=donation_id)
    flash(_("已经记下：捐赠人不要票据。"), "success")
    return redirect(url_for("receipts.index", which="unasked"), 303)


@bp.route("/receipts/import", methods=["GET", "POST"])
def upload() -> ResponseReturnValue:
    """Hand a filled-in list in: looked at first, recorded on the second press."""
    form = SheetForm()
    judged: list[Judged] = []
    if form.validate_on_submit():
        try:
            if form.rows.data:
                return _recorded(sheets.unpack(form.rows.data))
            rows = sheets.read(*_handed_in(form))
            judged = sheets.judge(get_session(), current_actor(), rows)
            # Only looked at: whatever was recorded for the look is undone.
            get_session().rollback()
        except Unreadable as refusal:
            form.sheet.errors = [str(refusal)]
    good = [each.row for each in judged if not each.problem]
    html = render_template(
        "receipts/import.html", form=form, judged=judged, packed=sheets.pack(good), good=len(good)
    )
    return html, 422 if form.errors else 200


@bp.get("/givers")
def campaigns() -> ResponseReturnValue:
    """The campaigns whose givers one may read."""
    found = campaigns_with_givers(get_session(), organisations(current_actor()))
    return render_template("receipts/campaigns.html", campaigns=found)


@bp.get("/givers/<int:campaign_id>")
def givers(campaign_id: int) -> ResponseReturnValue:
    """Who gave to a campaign; name and contact only of those who let the organisation see them."""
    session = get_session()
    campaign = registry.campaign(session, campaign_id)
    require(policy.may_see_givers(current_actor(), campaign))
    number = read_id(request.args.get("page")) or 1
    page = page_of(session, gifts_of_campaign(campaign_id), number, 50)
    return render_template(
        "receipts/givers.html",
        campaign=campaign,
        page=page,
        shown=[(gift, shown_giver(gift)) for gift in page.items],
        number_of=number_of,
    )


def _handed_in(form: SheetForm) -> tuple[str, bytes]:
    handed = form.sheet.data
    if not handed or not getattr(handed, "filename", ""):
        raise Unreadable(_("请选一个文件。"))
    with handed.stream as stream:
        return handed.filename, stream.read(sheets.MOST_BYTES + 1)


def _recorded(rows: list[sheets.SheetRow]) -> ResponseReturnValue:
    with unit_of_work() as session:
        judged = sheets.judge(session, current_actor(), rows)
    good = sum(1 for each in judged if not each.problem)
    flash(_("记下了 %(n)s 张票据的号码。", n=good), "success")
    if good < len(judged):
        flash(_("有 %(n)s 行没有记下，请看清单再试。", n=len(judged) - good), "warning")
    return redirect(url_for("receipts.index"), 303)
