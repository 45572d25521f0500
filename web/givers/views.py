"""The giver's own acts after a gift, by the private link or signed in."""

from __future__ import annotations

from flask import Blueprint, Response, flash, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity import clock, letters
from charity.donations import queries, services
from charity.donations.models import GiverKind
from charity.donations.queries.givers import gifts_of_key, gifts_of_person
from charity.donations.queries.personal import held_of_gift, held_of_person
from charity.donations.queries.receipts import receipt_of
from charity.donations.services.receipts import RECEIPT_MODES
from charity.errors import DomainError
from charity.registry import queries as registry
from web import paper
from web.db import get_session, unit_of_work
from web.fonts import faces
from web.forms import attach
from web.givers import statements
from web.givers.forms import ForgetForm, ReceiptForm, WishesForm
from web.givers.statements import Range, Statement
from web.labels import sentence
from web.languages import language
from web.private import PRIVATE
from web.security.sessions import current_actor

bp = Blueprint("givers", __name__)


@bp.post("/donations/<token>/wishes")
def wishes(token: str) -> ResponseReturnValue:
    """Change the two switches, and the name beside them."""
    form = WishesForm()
    there = redirect(url_for("donations.trail", token=token, _anchor="wishes"), 303)
    if not form.validate():
        flash(next(iter(form.errors.values()))[0], "error")
        return there
    try:
        with unit_of_work() as session:
            services.change_wishes(
                session,
                current_actor(),
                token=token,
                name_is_public=form.name_is_public.data,
                is_shown_to_organisation=form.is_shown_to_organisation.data,
                giver_name=form.giver_name.data or "",
            )
    except DomainError as refusal:
        if refusal.field is None:
            raise
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        flash(_("已经改好，从现在起公开的名单照这样写。"), "success")
    return there


@bp.route("/donations/<token>/receipt", methods=["GET", "POST"])
def receipt(token: str) -> ResponseReturnValue:
    """Ask for the official receipt, change in whose name, or see what became of it."""
    session = get_session()
    donation = queries.donation_by_token(session, token)
    known = receipt_of(session, donation.id)
    form = ReceiptForm(obj=known, payer_name=None if known else donation.giver_name)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                services.ask_receipt(
                    session,
                    current_actor(),
                    token=token,
                    payer_name=form.payer_name.data,
                    payer_uscc=form.payer_uscc.data or "",
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已经记下。票据由收款单位开具，开好以后号码会写在这一页。"), "success")
            return redirect(url_for("givers.receipt", token=token), 303)
    campaign = registry.campaign(get_session(), donation.campaign_id)
    html = render_template(
        "givers/receipt.html",
        form=form,
        donation=donation,
        receipt=known,
        campaign=campaign,
        is_possible=campaign.mode in RECEIPT_MODES,
        is_person=donation.giver_kind is GiverKind.INDIVIDUAL,
    )
    return html, 422 if form.errors else 200, PRIVATE


@bp.post("/donations/<token>/receipt/waive")
def waive(token: str) -> ResponseReturnValue:
    """No receipt is needed, which is recorded."""
    with unit_of_work() as session:
        services.waive_receipt(session, current_actor(), token=token)
    flash(_("已经记下：这笔捐款不要票据。以后想要，随时可以再要。"), "success")
    return redirect(url_for("givers.receipt", token=token), 303)


@bp.get("/donations/<token>/personal-data.json")
def data(token: str) -> ResponseReturnValue:
    """Everything held around one gift, as a file."""
    session = get_session()
    donation = queries.donation_by_token(session, token)
    return _as_file(held_of_gift(session, donation), f"gift-{donation.id}")


@bp.route("/donations/<token>/forget", methods=["GET", "POST"])
def forget(token: str) -> ResponseReturnValue:
    """Delete who gave; asked once more on a page of its own."""
    donation = queries.donation_by_token(get_session(), token)
    form = ForgetForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                forgotten = services.forget_gift(session, current_actor(), token=token)
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_forgotten_said(forgotten.kept_receipts), "success")
            return redirect(url_for("donations.trail", token=token), 303)
    known = receipt_of(get_session(), donation.id)
    html = render_template(
        "givers/forget.html",
        form=form,
        donation=donation,
        receipt=known,
        back=url_for("donations.trail", token=token),
        export=url_for("givers.data", token=token),
    )
    return html, 422 if form.errors else 200, PRIVATE


@bp.post("/donations/<token>/statement")
def send_link(token: str) -> ResponseReturnValue:
    """Send the link of the guest's whole statement to the address the gift was made with."""
    with unit_of_work() as session:
        donation = queries.donation_by_token(session, token)
        if donation.giver_key is not None and "@" in donation.contact:
            letters.write(
                session,
                source=f"donation:{donation.id}:statement:{clock.now():%Y%m%d%H}",
                kind="giving.statement",
                address=donation.contact,
                signed=statements.sign(donation.giver_key),
                language=language(),
            )
            flash(_("链接已经寄到你捐款时留的邮箱，七天内有效。"), "success")
        else:
            flash(_("这笔捐款没有留邮箱，寄不了链接。"), "warning")
    return redirect(url_for("donations.trail", token=token), 303)


@bp.get("/giving/<signed>")
def by_link(signed: str) -> ResponseReturnValue:
    """A guest's statement, by the link that was sent."""
    statement = _of_link(signed)
    html = render_template(
        "givers/statement.html",
        statement=statement,
        signed=signed,
        has_font=faces() is not None,
        receipt_said=statements.receipt_said,
    )
    return html, PRIVATE


@bp.get("/giving/<signed>/statement.<any(csv, xlsx, pdf):kind>")
def file_by_link(signed: str, kind: str) -> ResponseReturnValue:
    """The same as a file."""
    return _file(_of_link(signed), kind, url_for("givers.by_link", signed=signed))


@bp.get("/account/giving")
def statement() -> ResponseReturnValue:
    """What the signed-in giver gave."""
    html = render_template(
        "givers/statement.html",
        statement=_mine(),
        signed=None,
        has_font=faces() is not None,
        receipt_said=statements.receipt_said,
    )
    return html, PRIVATE


@bp.get("/account/giving.<any(csv, xlsx, pdf):kind>")
def statement_file(kind: str) -> ResponseReturnValue:
    """The same as a file."""
    return _file(_mine(), kind, url_for("givers.statement"))


@bp.get("/account/giving/personal-data.json")
def all_data() -> ResponseReturnValue:
    """Everything held of the signed-in giver, as a file."""
    actor = current_actor()
    return _as_file(held_of_person(get_session(), actor.person_id or 0, actor.user_id), "giving")


@bp.route("/account/giving/forget", methods=["GET", "POST"])
def forget_all() -> ResponseReturnValue:
    """Delete who gave everything the signed-in person gave; the account itself stays."""
    form = ForgetForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                forgotten = services.forget_giver(session, current_actor())
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_forgotten_said(forgotten.kept_receipts), "success")
            return redirect(url_for("givers.statement"), 303)
    html = render_template(
        "givers/forget.html",
        form=form,
        donation=None,
        receipt=None,
        back=url_for("givers.statement"),
        export=url_for("givers.all_data"),
    )
    return html, 422 if form.errors else 200, PRIVATE


def _mine() -> Statement:
    asked = Range.read(request.args)
    person_id = current_actor().person_id or 0
    return Statement(asked, gifts_of_person(get_session(), person_id, asked.first, asked.last))


def _of_link(signed: str) -> Statement:
    asked, key = Range.read(request.args), statements.read_signed(signed)
    return Statement(asked, gifts_of_key(get_session(), key, asked.first, asked.last))


def _file(statement: Statement, kind: str, page: str) -> ResponseReturnValue:
    try:
        response = statements.file_of(statement, kind)
    except paper.NoFont:
        return redirect(page, 303)
    response.headers.update(PRIVATE)
    return response


def _as_file(held: object, name: str) -> Response:
    response = Response(
        json.dumps(held, ensure_ascii=False, indent=1),
        content_type="application/json; charset=utf-8",
    )
    response.headers.update(PRIVATE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


def _forgotten_said(kept_receipts: int) -> str:
    if kept_receipts:
        return str(
            _("你的个人信息已经删除。已经开出的票据上的交款人，收款单位依法要保存，没有删。")
        )
    return str(_("你的个人信息已经删除。金额和账簿里的证明还在。"))
