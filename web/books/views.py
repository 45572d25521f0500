"""The room's front: the books one keeps, the overview of one of them, a book opened."""

from __future__ import annotations

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import require
from charity.ledger import policy, queries, services
from charity.ledger.chart import is_money
from charity.money import Money
from charity.registry import queries as registry
from charity.registry.models import OrganisationState
from web.books import (
    entry_acts,
    reads,
    views_accounts,
    views_entries,
    views_funds,
    views_goods,
    views_grants,
    views_money,
)
from web.books.acts import Outcome, Room, perform
from web.books.blueprint import bp, kept_book
from web.books.forms import BookForm
from web.db import get_session
from web.listings.filters import page_number
from web.security.sessions import current_actor

#: The views of the room's other pages; importing them registers their routes.
PARTS = (views_accounts, views_entries, views_funds, views_goods, views_grants, views_money)

#: Entries and funds named on the overview; pages of their own have them all.
RECENT, FULLEST = 8, 12

bp.add_app_template_global(entry_acts.acts_on, "entry_acts")


@bp.get("/desk/books")
def index() -> ResponseReturnValue:
    """The books this person keeps; an administrator sees who could keep one."""
    session, actor = get_session(), current_actor()
    books = queries.books(session)
    mine = [book for book in books if policy.may_keep(actor, book)]
    opens = policy.may_open_book(actor)
    if not mine and not opens:
        abort(404)
    kept = {book.organisation_id: book for book in books}
    page = registry.organisations_page(session, page=page_number(request.args.get("page", "")))
    return render_template(
        "books/index.html",
        mine=mine,
        opens=opens,
        organisations=page,
        kept=kept,
        page_url=lambda n: url_for("books.index", page=n),
    )


@bp.route("/desk/books/open/<int:organisation_id>", methods=["GET", "POST"])
def open_book(organisation_id: int) -> ResponseReturnValue:
    """Open the book of a registered organisation, with the whole chart of accounts."""
    session, actor = get_session(), current_actor()
    require(policy.may_open_book(actor))
    organisation = registry.organisation(session, organisation_id)
    if organisation.state is not OrganisationState.VERIFIED:
        abort(404)
    form = BookForm(data={"name": organisation.name})

    def act(work: Session) -> Outcome:
        services.open_book(
            work, actor, organisation_id=organisation_id, name=form.name.data or organisation.name
        )
        return Outcome(url_for("books.index"))

    room = Room(
        book=None,
        tab="",
        title=_("为%(name)s开立账簿", name=organisation.name),
        lead=_(
            "账簿开立时带全部会计科目。只有运营方的账簿收本站的捐款，别的机构在这里记自己的账。"
        ),
        button=_("开立"),
        said=_("账簿已开立。"),
        leave=url_for("books.index"),
        asks=False,
    )
    return perform(room, form, act)


@bp.get("/desk/books/<int:book_id>")
def overview(book_id: int) -> ResponseReturnValue:
    """Where the money is, where each fund stands, what is closed, and every act there is."""
    session, book = get_session(), kept_book(book_id)
    balances = queries.trial_balance(session, book.id)
    names = {row.code: reads.account_name(row.code, row.name)
             for row in reads.accounts(session, book.id)}  # fmt: skip
    money = [row for row in balances if is_money(row.code)]
    funds = reads.open_funds(session, book.id)
    positions = queries.positions(session, [fund.id for fund in funds])
    period = reads.next_period(session, book)
    return render_template(
        "books/overview.html",
        book=book,
        money=[(row.code, names.get(row.code, ""), row.balance) for row in money],
        total=Money.total(row.balance for row in money),
        funds=sorted(funds, key=lambda fund: -positions[fund.id].available.fen)[:FULLEST],
        fund_count=len(funds),
        positions=positions,
        unsealed=queries.unsealed_count(session, book.id),
        closings=reads.closings(session, book.id)[:3],
        period=period,
        period_is_over=period < clock.today(),
        entries=queries.entries_page(session, book.id, 1, size=RECENT).items,
    )
