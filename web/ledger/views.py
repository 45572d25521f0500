"""A fund, the seals, and the whole book for those who audit it: nothing here can be pressed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from charity.errors import CommonReason, NotFound
from charity.ledger import tracing
from web import spreadsheets
from web.addresses import read_id
from web.db import get_session
from web.donations.pages import proof_items
from web.ledger import flow_pages, pages, reading
from web.ledger.sheets import Sheet
from web.registry.pages import visible
from web.security.sessions import current_actor

bp = Blueprint("ledger", __name__)


@bp.get("/funds/<int:fund_id>")
def fund(fund_id: int) -> ResponseReturnValue:
    """What a fund is for, where it stands, and what moved lately."""
    context = pages.fund_context(get_session(), fund_id, request.args.get("year"))
    return render_template("ledger/fund.html", **context)


@bp.get("/organisations/<int:organisation_id>/flow")
def flow(organisation_id: int) -> ResponseReturnValue:
    """Where the money of an organisation comes from and where it goes, over all its funds."""
    session = get_session()
    found = visible(session, current_actor(), organisation_id)
    context = flow_pages.of_organisation(session, found, request.args.get("year"))
    return render_template("ledger/flow.html", **context)


@bp.get("/proof")
def proof() -> ResponseReturnValue:
    """The chain of seals, and how anyone may check it."""
    asked = read_id(request.args.get("book"))
    return render_template("ledger/proof.html", **pages.proof_context(get_session(), asked))


@bp.get("/proof/heads.txt")
def heads() -> ResponseReturnValue:
    """Every published head as text: for `wushe ledger verify --heads`, and for whoever keeps it."""
    return pages.heads_text(get_session()), {"Content-Type": "text/plain; charset=utf-8"}


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


@bp.get("/audits/entries")
def entries() -> ResponseReturnValue:
    """The entries of a book, newest first: all, or those behind a figure."""
    context = reading.entries_context(get_session(), current_actor(), request.args)
    return render_template("ledger/entries.html", **context)


@bp.get("/audits/entries/<int:entry_id>")
def entry(entry_id: int) -> ResponseReturnValue:
    """One entry beside its evidence."""
    context = pages.entry_context(get_session(), current_actor(), entry_id)
    found = context["proof"]
    return render_template(
        "ledger/entry.html", **context, proof_items=proof_items(found) if found else []
    )


@bp.get("/audits/statements")
def statements() -> ResponseReturnValue:
    """The statements of a book to choose from."""
    context = reading.statements_context(get_session(), current_actor(), request.args)
    return render_template("ledger/statements.html", **context)


@bp.get("/audits/statements/<which>")
def statement(which: str) -> ResponseReturnValue:
    """One statement of a book, every figure leading to its entries."""
    context = reading.statement_context(get_session(), current_actor(), request.args, which)
    return render_template("ledger/statement.html", **context)


@bp.get("/audits/statements/<which>.<any(csv, xlsx):kind>")
def statement_file(which: str, kind: str) -> ResponseReturnValue:
    """The same statement, whole, as a file."""
    sheet, name = reading.statement_table(get_session(), current_actor(), request.args, which)
    return spreadsheets.download(sheet.table(), kind, name=name, head=Sheet.HEAD)


@bp.get("/audits/trial-balance")
def trial_balance() -> ResponseReturnValue:
    """The trial balance from the first entry on, among the statements."""
    book, _books = pages.book_to_read(
        get_session(), current_actor(), read_id(request.args.get("book"))
    )
    since: dict[str, Any] = {"from": book.opened_on.replace(month=1, day=1).isoformat()}
    there = url_for("ledger.statement", which="trial-balance", book=book.id, **since)
    return redirect(there, 302)
