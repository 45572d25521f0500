"""A fund, the seals, and the whole book for those who audit it: nothing here can be pressed."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from charity.errors import CommonReason, NotFound
from charity.ledger import queries, tracing
from charity.money import Money
from web.addresses import read_id
from web.db import get_session
from web.donations.pages import proof_items
from web.ledger import pages
from web.listings.filters import page_number
from web.security.sessions import current_actor

bp = Blueprint("ledger", __name__)


@bp.get("/funds/<int:fund_id>")
def fund(fund_id: int) -> ResponseReturnValue:
    """What a fund is for, where it stands, and what moved lately."""
    return render_template("ledger/fund.html", **pages.fund_context(get_session(), fund_id))


@bp.get("/proof")
def proof() -> ResponseReturnValue:
    """The chain of seals, and how anyone may check it."""
    asked = read_id(request.args.get("book"))
    return render_template("ledger/proof.html", **pages.proof_context(get_session(), asked))


@bp.get("/proof/<int:entry_id>")
def proof_of_entry(entry_id: int) -> ResponseReturnValue:
    """The way from one entry up to the seal it stands under; digests only, no content."""
    found = tracing.proof_of_entry(get_session(), entry_id)
    if found is None:
        raise NotFound(CommonReason.NOT_FOUND)
    return render_template(
        "ledger/proof_of_entry.html",
        proof=found,
        items=proof_items(found),
        seal=pages.seal_view(found.seal),
    )


@bp.get("/audits")
def entries() -> ResponseReturnValue:
    """Every entry of a book, newest first."""
    session, actor = get_session(), current_actor()
    book, books = pages.book_to_read(session, actor, read_id(request.args.get("book")))
    fund_id = read_id(request.args.get("fund"))
    number = page_number(request.args.get("page", ""))
    page = queries.entries_page(session, book.id, number, fund_id=fund_id)
    return render_template(
        "ledger/entries.html",
        book=book,
        books=books,
        funds=queries.funds(session, book.id),
        fund_id=fund_id,
        page=page,
        rows=pages.entry_views(session, page),
        page_url=lambda n: url_for("ledger.entries", book=book.id, fund=fund_id, page=n),
    )


@bp.get("/audits/entries/<int:entry_id>")
def entry(entry_id: int) -> ResponseReturnValue:
    """One entry beside its evidence."""
    context = pages.entry_context(get_session(), current_actor(), entry_id)
    found = context["proof"]
    return render_template(
        "ledger/entry.html", **context, proof_items=proof_items(found) if found else []
    )


@bp.get("/audits/trial-balance")
def trial_balance() -> ResponseReturnValue:
    """Every account's turnover, and where every fund stands."""
    session, actor = get_session(), current_actor()
    book, books = pages.book_to_read(session, actor, read_id(request.args.get("book")))
    rows = queries.trial_balance(session, book.id)
    funds = queries.funds(session, book.id)
    return render_template(
        "ledger/trial_balance.html",
        book=book,
        books=books,
        rows=rows,
        debit=Money.total(row.debit for row in rows),
        credit=Money.total(row.credit for row in rows),
        funds=funds,
        positions=queries.positions(session, [fund.id for fund in funds]),
        account=pages.account_name,
        balance_words=pages.balance_words,
    )
