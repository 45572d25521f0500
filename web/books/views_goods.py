"""Goods given in kind: received by lots at a stated value, used piece by piece."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.ledger import services
from web.books import reads
from web.books.acts import Outcome, Room, booked, perform
from web.books.blueprint import bp, kept_book
from web.books.fields import asked, fund_options
from web.books.forms_goods import ReceiveForm, UseForm
from web.books.forms_money import asked_id
from web.db import get_session
from web.listings.posting import home_region
from web.security.sessions import current_actor


@bp.get("/desk/books/<int:book_id>/goods")
def goods(book_id: int) -> ResponseReturnValue:
    """Every lot: what it is worth, how it was valued, how much is left, until when."""
    book = kept_book(book_id)
    return render_template("books/goods.html", book=book, lots=reads.lots(get_session(), book_id))


@bp.route("/desk/books/<int:book_id>/goods/receive", methods=["GET", "POST"])
def receive_goods(book_id: int) -> ResponseReturnValue:
    """Take in a lot of goods."""
    book, actor, form = kept_book(book_id), current_actor(), ReceiveForm()
    form.place.within = home_region()
    form.fund_id.choices = asked(fund_options(reads.open_funds(get_session(), book_id)))

    def act(work: Session) -> Outcome:
        source = form.source("goods")
        services.receive_goods(
            work,
            actor,
            source=source,
            giver=None if form.was_here.data else form.giver(book_id),
            **form.said(),
        )
        return booked(*reads.entries_of(work, book_id, source))

    room = Room(
        book=book,
        tab="goods",
        title=_("收到物资"),
        lead=_("有发票、协议的按凭据上的金额；没有的按市场价或评估；都没有的按 1 元记名义金额。"),
        button=_("记账"),
        said=_("物资已入账。"),
        leave=url_for("books.goods", book_id=book_id),
    )
    return perform(room, form, act)


@bp.route("/desk/books/<int:book_id>/goods/use", methods=["GET", "POST"])
def use_goods(book_id: int) -> ResponseReturnValue:
    """Hand out or use up part of a lot."""
    book, actor = kept_book(book_id), current_actor()
    form = UseForm(data={"line_id": asked_id("lot")})
    form.line_id.choices = asked(
        [
            (row.lot.line_id, _("%(name)s（%(fund)s，还有 %(n)s %(unit)s）", name=row.lot.name,
                                fund=row.fund.name, n=row.quantity_left, unit=row.lot.unit))
            for row in reads.lots(get_session(), book_id)
            if row.quantity_left
        ]
    )  # fmt: skip

    def act(work: Session) -> Outcome:
        source = form.source("goods")
        services.use_goods(work, actor, source=source, **form.said())
        return booked(*reads.entries_of(work, book_id, source))

    room = Room(
        book=book,
        tab="goods",
        title=_("领用、发放物资"),
        lead=_("按数量从这一批的价值里转出，最后一件带走余数。"),
        button=_("记账"),
        said=_("领用已入账。"),
        leave=url_for("books.goods", book_id=book_id),
    )
    return perform(room, form, act)
