"""Grants between the books of two organisations: offered in one room, taken up in the other."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import ValidationError

from charity.actor import Actor
from charity.ledger import policy, queries
from charity.money import Money
from charity.rows import present
from web.books import reads
from web.books.acts import CONFIRMED, Outcome, Room, booked, perform
from web.books.blueprint import bp, kept_book
from web.books.fields import asked, fund_options, given
from web.books.forms_money import GrantOutForm, TakeUpForm, asked_id
from web.books.offers import OPEN_DAYS, Offer
from web.db import get_session
from web.security.sessions import current_actor

#: Both treasurers have agreed: the installation writes both books.
_AGREED = Actor.system("grant agreed")


@bp.route("/desk/books/<int:book_id>/grant-out", methods=["GET", "POST"])
def grant_to_book(book_id: int) -> ResponseReturnValue:
    """Offer money of a fund to a fund of another organisation; done at once by who keeps both."""
    book, actor, session = kept_book(book_id), current_actor(), get_session()
    form = GrantOutForm(data={"fund_id": asked_id("fund")})
    elsewhere = reads.funds_elsewhere(session, book_id)
    form.fund_id.choices = asked(fund_options(reads.open_funds(session, book_id)))
    form.into_fund_id.choices = asked(
        [(fund.id, f"{other.name} · {fund.name}") for other, fund in elsewhere]
    )
    others = {fund.id: other for other, fund in elsewhere}

    def act(work: Session) -> Outcome:
        into = given(form.into_fund_id)
        offer = Offer(
            fund_id=given(form.fund_id),
            into_book_id=others[into].id,
            into_fund_id=into,
            fen=given(form.amount).fen,
            income=given(form.income),
            occurred_on=given(form.occurred_on).isoformat(),
            note=form.note.data or "",
            source=form.source("grant"),
        )
        if policy.may_keep(actor, others[into]):
            return booked(*offer.book(work, actor))
        if CONFIRMED in request.form:
            with work.begin_nested() as trial:
                offer.book(work, _AGREED)
                trial.rollback()
            return Outcome(url_for("books.offered", book_id=book_id, code=offer.code()))
        return booked(*offer.book(work, _AGREED))

    room = Room(
        book=book,
        tab="acts",
        title=_("拨给别的机构"),
        lead=_("两本账同时各记一笔，捐赠人的去向一直接得上，所以要双方的出纳都确认。"),
        warning=_("对方的账簿由别人管时，这里先做成一份拨款通知，对方确认以后两本账才记。"),
        button=_("确认"),
        said=_("已确认。"),
        leave=url_for("books.acts", book_id=book_id),
    )
    return perform(room, form, act)


@bp.get("/desk/books/<int:book_id>/grant-out/offer")
def offered(book_id: int) -> ResponseReturnValue:
    """The offer to be handed to the other organisation's treasurer."""
    book, code = kept_book(book_id), request.args.get("code", "")
    offer = Offer.read(code)
    fund = queries.fund(get_session(), offer.into_fund_id) if offer else None
    link = (
        url_for("books.take_up", book_id=offer.into_book_id, code=code, _external=True)
        if offer
        else ""
    )
    return render_template(
        "books/offered.html",
        book=book,
        offer=offer,
        amount=Money(offer.fen) if offer else None,
        code=code,
        link=link,
        fund=fund,
        other=queries.book(get_session(), fund.book_id) if fund else None,
        days=OPEN_DAYS,
    )


@bp.route("/desk/books/<int:book_id>/grants/take-up", methods=["GET", "POST"])
def take_up(book_id: int) -> ResponseReturnValue:
    """Take up a grant another organisation offered: both books are written at once."""
    book = kept_book(book_id)
    form = TakeUpForm(data={"code": request.args.get("code", "")})

    def known(_form: object, field: object) -> None:
        offer = Offer.read(form.code.data or "")
        if offer is None or offer.into_book_id != book_id:
            raise ValidationError(_("这份拨款通知不对、不是给这本账簿的，或者已经过期。"))

    form.code.validators = [*form.code.validators, known]

    def act(work: Session) -> Outcome:
        paid, received = present(Offer.read(form.code.data or "")).book(work, _AGREED)
        return booked(received, paid)

    room = Room(
        book=book,
        tab="acts",
        title=_("收到别的机构的拨款"),
        lead=_("对方的出纳已经做好拨款通知；看到钱到了银行，再在这里确认。"),
        button=_("确认并记账"),
        said=_("拨款已在两本账簿里入账。"),
        leave=url_for("books.acts", book_id=book_id),
    )
    return perform(room, form, act)
