"""Funds of a book: opened, divided by earmarks, given another purpose, ended."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.ledger import queries, services
from charity.ledger.models import Fund
from charity.ledger.services.purposes import gifts_unspent
from web.books import reads
from web.books.acts import Outcome, Room, booked, perform
from web.books.blueprint import bp, fund_in, kept_book
from web.books.fields import asked, fund_options
from web.books.forms import CloseFundForm, EarmarkForm, FundForm, PurposeForm
from web.db import get_session
from web.security.sessions import current_actor

#: Gifts whose consents are asked for one by one on the page; of more, the numbers are pasted.
MOST_LISTED = 200


@bp.get("/desk/books/<int:book_id>/funds")
def funds(book_id: int) -> ResponseReturnValue:
    """Every fund of the book and where it stands."""
    session, book = get_session(), kept_book(book_id)
    found = queries.funds(session, book.id)
    return render_template(
        "books/funds.html",
        book=book,
        funds=found,
        positions=queries.positions(session, [fund.id for fund in found]),
        closed=reads.closed_funds(session, book.id),
    )


@bp.get("/desk/books/<int:book_id>/funds/<int:fund_id>")
def fund(book_id: int, fund_id: int) -> ResponseReturnValue:
    """One fund by its lines, its committee, and what may be done with it."""
    session, book = get_session(), kept_book(book_id)
    found = fund_in(book, fund_id)
    return render_template(
        "books/fund.html",
        book=book,
        fund=found,
        position=queries.fund_position(session, fund_id),
        lines=reads.lines(session, fund_id=fund_id, goods=True),
        committee=reads.committee(session, fund_id),
        closed_on=reads.closed_funds(session, book.id).get(fund_id),
        has_budget=fund_id in reads.budgeted_funds(session, book.id),
        decisions=[
            (decision, queries.fund(session, decision.into_fund_id).name)
            for decision in reads.decisions(session, book.id)
            if decision.fund_id == fund_id
        ],
    )


@bp.route("/desk/books/<int:book_id>/funds/open", methods=["GET", "POST"])
def open_fund(book_id: int) -> ResponseReturnValue:
    """Open a fund, its general line with it."""
    book, actor, form = kept_book(book_id), current_actor(), FundForm()

    def act(work: Session) -> Outcome:
        made = _twin(work, book_id, form) or services.open_fund(
            work, actor, book_id=book_id, **form.said()
        )
        return Outcome(_to_fund(made))

    room = Room(
        book=book,
        tab="funds",
        title=_("开立基金"),
        lead=_("基金没有自己的银行账户，钱都在本机构的账户里，按基金分开记。"),
        button=_("开立"),
        said=_("基金已开立，可以收款了。"),
        leave=url_for("books.funds", book_id=book_id),
        asks=False,
    )
    return perform(room, form, act)


def _twin(work: Session, book_id: int, form: FundForm) -> Fund | None:
    """The open fund of this kind and name: a form sent twice opens one fund."""
    said = form.said()
    return next(
        (
            fund
            for fund in reads.open_funds(work, book_id)
            if fund.name == said["name"] and fund.kind is said["kind"]
        ),
        None,
    )


@bp.route("/desk/books/<int:book_id>/funds/<int:fund_id>/earmark", methods=["GET", "POST"])
def open_earmark(book_id: int, fund_id: int) -> ResponseReturnValue:
    """Open a line for one purpose inside the fund."""
    book, actor, form = kept_book(book_id), current_actor(), EarmarkForm()
    found = fund_in(book, fund_id)

    def act(work: Session) -> Outcome:
        services.open_earmark(work, actor, fund_id=fund_id, earmark=form.earmark.data or "")
        return Outcome(_to_fund(found))

    room = Room(
        book=book,
        tab="funds",
        title=_("%(fund)s：加一个用途", fund=found.name),
        lead=_("付这个用途的钱，先用它自己的线，不够再用基金的。"),
        button=_("加上"),
        said=_("用途已加上。"),
        leave=_to_fund(found),
        asks=False,
    )
    return perform(room, form, act)


@bp.route("/desk/books/<int:book_id>/funds/<int:fund_id>/close", methods=["GET", "POST"])
def close_fund(book_id: int, fund_id: int) -> ResponseReturnValue:
    """End a fund in which nothing is left."""
    book, actor, form = kept_book(book_id), current_actor(), CloseFundForm()
    found = fund_in(book, fund_id)

    def act(work: Session) -> Outcome:
        deed = services.close_fund(work, actor, fund_id=fund_id)
        return Outcome(_to_fund(found), (deed,))

    room = Room(
        book=book,
        tab="funds",
        title=_("终止基金：%(fund)s", fund=found.name),
        lead=_("剩余的钱要先按方案、协议或相近目的处理完。"),
        warning=_("终止以后不能再收款、付款，也不能恢复。"),
        button=_("终止这个基金"),
        said=_("基金已终止。"),
        leave=_to_fund(found),
        facts=((_("在账"), queries.fund_position(get_session(), fund_id).in_hand),),
    )
    return perform(room, form, act)


@bp.route("/desk/books/<int:book_id>/funds/<int:fund_id>/purpose", methods=["GET", "POST"])
def change_purpose(book_id: int, fund_id: int) -> ResponseReturnValue:
    """Give the fund's money to another fund, by what the law allows (CHA-164, CHA-165)."""
    book, actor = kept_book(book_id), current_actor()
    found = fund_in(book, fund_id)
    form = PurposeForm(data={"consents": _gifts_to_agree(fund_id)})
    others = [each for each in reads.open_funds(get_session(), book_id) if each.id != fund_id]
    form.into_fund_id.choices = asked(fund_options(others))

    def act(work: Session) -> Outcome:
        entry = services.change_purpose(
            work, actor, fund_id=fund_id, source=form.source("purpose"), **form.said()
        )
        return booked(entry)

    room = Room(
        book=book,
        tab="funds",
        title=_("变更用途或合并：%(fund)s", fund=found.name),
        lead=_("募捐方案里的用途，重新备案才能改；协议里的用途，要捐赠人同意；项目结束剩下的，"
               "按方案或用于目的相近的项目并公告。"),
        warning=_("这个基金里所有没有用完、没有预留的钱都会转过去。"),
        button=_("转过去"),
        said=_("已记入账簿，钱和它的捐赠人一起转到了新的用途。"),
        leave=_to_fund(found),
        facts=((_("可用"), queries.fund_position(get_session(), fund_id).available),),
    )  # fmt: skip
    return perform(room, form, act)


def _gifts_to_agree(fund_id: int) -> str:
    """The numbers of the gifts that are unspent, a line each, where they are few enough to list."""
    session = get_session()
    if queries.fund_position(session, fund_id).gifts > MOST_LISTED:
        return ""
    lines = [row.line.id for row in reads.lines(session, fund_id=fund_id)]
    gifts = gifts_unspent(session, lines) | reads.gifts_waiting(session, lines)
    return "\n".join(f"{entry_id} " for entry_id in sorted(gifts))


def _to_fund(found: Fund) -> str:
    return url_for("books.fund", book_id=found.book_id, fund_id=found.id)
