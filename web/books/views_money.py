"""Money that comes to the book, leaves it, or changes its place in it."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.ledger import services
from charity.ledger.models import Book, IncomeSource
from web.books import reads
from web.books.acts import Outcome, Room, booked, perform
from web.books.blueprint import bp, fund_in, kept_book
from web.books.fields import asked, given, line_options
from web.books.forms_money import (
    GrantForm,
    IncomeForm,
    MoveForm,
    PayForm,
    ToBankForm,
    asked_id,
    line_of,
)
from web.db import get_session
from web.labels import label
from web.listings.posting import home_region
from web.security.sessions import current_actor


@bp.get("/desk/books/<int:book_id>/acts")
def acts(book_id: int) -> ResponseReturnValue:
    """Every act of the room, by what one wants to do."""
    return render_template("books/acts.html", book=kept_book(book_id))


@bp.route("/desk/books/<int:book_id>/income", methods=["GET", "POST"])
def income(book_id: int) -> ResponseReturnValue:
    """Money that arrived by bank, in cash or through another platform."""
    book, actor, session = kept_book(book_id), current_actor(), get_session()
    form = IncomeForm(data={"line_id": asked_id("line")})
    form.place.within = home_region()
    lines = reads.open_lines(session, book_id)
    form.line_id.choices = asked(line_options(lines))
    form.account.choices = asked(reads.account_choices(reads.money_accounts(session, book_id)))

    def act(work: Session) -> Outcome:
        at = line_of(lines, form.line_id.data)
        entry = services.post_gift(
            work,
            actor,
            fund_id=at.fund.id,
            earmark=at.line.earmark,
            income=IncomeSource(form.income.data),
            giver=form.giver(book_id),
            source=form.source("income"),
            **form.said(),
        )
        return booked(entry)

    room = _room(
        book,
        title=_("记一笔收款"),
        lead=_("从银行、现金或别的平台收到的钱。本站的捐款由系统自动入账，不要在这里再记一次。"),
        said=_("收款已入账。"),
    )
    return perform(room, form, act)


@bp.route("/desk/books/<int:book_id>/pay", methods=["GET", "POST"])
def pay(book_id: int) -> ResponseReturnValue:
    """A cost paid from a fund that has no budget with approvals."""
    book, actor, session = kept_book(book_id), current_actor(), get_session()
    form = PayForm(data={"line_id": asked_id("line")})
    planned = reads.budgeted_funds(session, book_id)
    lines = [row for row in reads.open_lines(session, book_id) if row.fund.id not in planned]
    form.line_id.choices = asked(line_options(lines))
    form.account.choices = asked(reads.account_choices(reads.money_accounts(session, book_id)))

    def act(work: Session) -> Outcome:
        at = line_of(lines, form.line_id.data)
        entry = services.pay(
            work,
            actor,
            fund_id=at.fund.id,
            earmark=at.line.earmark,
            source=form.source("payment"),
            **form.said(),
        )
        return booked(entry)

    room = _room(
        book,
        title=_("记一笔付款"),
        lead=_("有项目预算的专款不在这里付：先报支出，两个人同意以后再付款。"),
        said=_("付款已入账。"),
    )
    return perform(room, form, act)


@bp.route("/desk/books/<int:book_id>/to-bank", methods=["GET", "POST"])
def to_bank(book_id: int) -> ResponseReturnValue:
    """Money changes the account it stands in; no fund gains or loses."""
    book, actor, form = kept_book(book_id), current_actor(), ToBankForm()
    codes = reads.account_choices(reads.money_accounts(get_session(), book_id))
    form.from_account.choices = form.to_account.choices = asked(codes)

    def act(work: Session) -> Outcome:
        entry = services.move_to_bank(
            work,
            actor,
            book_id=book_id,
            amount=given(form.amount),
            source=form.source("transfer"),
            occurred_on=given(form.occurred_on),
            from_account=form.from_account.data,
            to_account=form.to_account.data,
            note=form.note.data or "",
        )
        return booked(entry)

    room = _room(
        book,
        title=_("账户之间转款"),
        lead=_("平台打款到银行、现金存入银行等：钱还在本机构，哪个基金都不增不减。"),
        said=_("转款已入账。"),
    )
    return perform(room, form, act)


@bp.route("/desk/books/<int:book_id>/grant", methods=["GET", "POST"])
def grant(book_id: int) -> ResponseReturnValue:
    """Money of one fund for another of this book; its givers go with it."""
    book, actor, session = kept_book(book_id), current_actor(), get_session()
    form = GrantForm(data={"line_id": asked_id("line")})
    lines = reads.open_lines(session, book_id)
    form.line_id.choices = form.into_line_id.choices = asked(line_options(lines))
    names = {fund.id: fund.name for fund in reads.open_funds(session, book_id)}
    form.decision_id.choices = asked(
        [
            (each.id, _("%(a)s → %(b)s：%(basis)s", a=names.get(each.fund_id, ""),
                        b=names.get(each.into_fund_id, ""), basis=label(each.basis)))
            for each in reads.decisions(session, book_id)
        ],
        _("不需要"),
    )  # fmt: skip

    def act(work: Session) -> Outcome:
        at, into = line_of(lines, form.line_id.data), line_of(lines, form.into_line_id.data)
        entry = services.grant(
            work,
            actor,
            fund_id=at.fund.id,
            earmark=at.line.earmark,
            into_fund_id=into.fund.id,
            into_earmark=into.line.earmark,
            amount=given(form.amount),
            source=form.source("grant"),
            occurred_on=given(form.occurred_on),
            decision_id=given(form.decision_id),
            note=form.note.data or "",
        )
        return booked(entry)

    room = _room(
        book,
        title=_("拨给本账簿的别的基金"),
        lead=_("钱不出本机构的账户，捐赠人跟着钱一起到新的基金，去向一直查得到。"),
        said=_("拨款已入账。"),
    )
    return perform(room, form, act)


@bp.route("/desk/books/<int:book_id>/funds/<int:fund_id>/move", methods=["GET", "POST"])
def move(book_id: int, fund_id: int) -> ResponseReturnValue:
    """Money of one purpose for another inside the same fund."""
    book, actor, session = kept_book(book_id), current_actor(), get_session()
    found = fund_in(book, fund_id)
    form = MoveForm(data={"from_line_id": asked_id("line")})
    lines = reads.lines(session, fund_id=fund_id)
    form.from_line_id.choices = form.to_line_id.choices = asked(line_options(lines))

    def act(work: Session) -> Outcome:
        entry = services.move(
            work,
            actor,
            fund_id=fund_id,
            amount=given(form.amount),
            from_earmark=line_of(lines, form.from_line_id.data).line.earmark,
            to_earmark=line_of(lines, form.to_line_id.data).line.earmark,
            source=form.source("move"),
            occurred_on=given(form.occurred_on),
        )
        return booked(entry)

    room = _room(
        book,
        title=_("%(fund)s：用途之间调整", fund=found.name),
        lead=_("只在同一个基金里调整；捐赠人指定了用途的钱，要先得到捐赠人同意。"),
        said=_("调整已入账。"),
        leave=url_for("books.fund", book_id=book_id, fund_id=fund_id),
    )
    return perform(room, form, act)


def _room(
    book: Book, *, title: str, lead: str, said: str, warning: str = "", leave: str = ""
) -> Room:
    """The page of an act with money: it always asks before it books."""
    return Room(
        book=book,
        tab="acts",
        title=title,
        lead=lead,
        warning=warning,
        button=_("记账"),
        said=said,
        leave=leave or url_for("books.acts", book_id=book.id),
    )
