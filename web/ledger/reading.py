"""What readers of the whole book see: its entries narrowed down, and its statements."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.ledger import queries, statements
from charity.ledger.models import Book, EntryKind
from charity.ledger.queries import EntryFilter
from charity.ledger.statements import Period
from charity.paging import Page
from charity.rows import present
from web.addresses import read_id
from web.labels import label
from web.ledger import pages
from web.ledger.asked import ask
from web.ledger.periods import read_day, read_period, usual_periods
from web.ledger.sheets import Sheet
from web.ledger.statements import SHEETS, titles
from web.ledger.words import account_code, account_words
from web.listings.filters import page_number

#: Lines of a statement on one page; files hold them all.
LINES = 120
_CODE = re.compile(r"[0-9]{4}(\.[0-9]{1,6}){0,3}", re.ASCII)
#: An address names no more accounts than a line of a statement has.
_CODES = 60


def read_filter(args: Mapping[str, str]) -> EntryFilter:
    """Which entries are asked for; anything odd does not narrow."""
    codes = args.get("account", "").split(",")[:_CODES]
    kind, side = args.get("kind", ""), args.get("side", "")
    return EntryFilter(
        fund_id=read_id(args.get("fund")),
        accounts=tuple(code for code in codes if _CODE.fullmatch(code)),
        side=side if side in ("debit", "credit") else "",
        first=read_day(args.get("from")),
        last=read_day(args.get("to")),
        kind=EntryKind(kind) if kind in set(EntryKind) else None,
    )


def entries_context(session: Session, actor: Actor, args: Mapping[str, str]) -> dict[str, Any]:
    """The entries of a book, newest first, as far as they are asked for."""
    book, books = pages.book_to_read(session, actor, read_id(args.get("book")))
    wanted = read_filter(args)
    page = queries.entries_page(session, book.id, page_number(args.get("page", "")), wanted=wanted)
    shown = statements.shown_accounts(session, book.id, clock.today())
    query = _query(book, wanted)
    return {
        "book": book,
        "books": books,
        "funds": queries.funds(session, book.id),
        "accounts": [
            (code, f"{account_code(code, shown)} {account_words(code, shown)}")
            for code in sorted(shown)
        ],
        "kinds": [(kind.value, label(kind)) for kind in EntryKind],
        "wanted": wanted,
        "account": ",".join(wanted.accounts),
        "account_names": [account_words(code, shown) for code in wanted.accounts],
        "page": page,
        "rows": pages.entry_views(session, page),
        "page_url": lambda n: url_for("ledger.entries", **query, page=n if n > 1 else None),
    }


def _query(book: Book, wanted: EntryFilter) -> dict[str, Any]:
    return {
        "book": book.id,
        "fund": wanted.fund_id,
        "account": ",".join(wanted.accounts) or None,
        "side": wanted.side or None,
        "kind": wanted.kind.value if wanted.kind else None,
        "from": wanted.first.isoformat() if wanted.first else None,
        "to": wanted.last.isoformat() if wanted.last else None,
    }


@dataclass(frozen=True, slots=True)
class Choice:
    """A statement, or a period, to go to."""

    name: str
    href: str
    key: str = ""


def statements_context(
    session: Session, actor: Actor, args: Mapping[str, str], which: str | None = None
) -> dict[str, Any]:
    """The frame of every statement: book, period, and the ways to the others."""
    book, books = pages.book_to_read(session, actor, read_id(args.get("book")))
    today = clock.today()
    period = read_period(args, today)
    here = "ledger.statements" if which is None else "ledger.statement"
    days = _days(period)
    frame: dict[str, Any] = {"book": book.id, "which": which}
    return {
        "book": book,
        "books": books,
        "period": period,
        "which": which,
        "periods": [
            Choice(name, url_for(here, **frame, **_days(each)), "now" if each == period else "")
            for name, each in usual_periods(today, book.opened_on)
        ],
        "choices": [
            Choice(name, url_for("ledger.statement", which=key, book=book.id, **days), key)
            for key, name in titles().items()
        ],
        "file_url": lambda key, kind: url_for(
            "ledger.statement_file", which=key, kind=kind, book=book.id, **days
        ),
    }


def statement_context(
    session: Session, actor: Actor, args: Mapping[str, str], which: str
) -> dict[str, Any]:
    """One statement on a page; raises `NotFound` for a word that names none."""
    make = present(SHEETS.get(which))
    frame = statements_context(session, actor, args, which)
    number = page_number(args.get("page", ""))
    sheet = make(ask(session, frame["book"], frame["period"], (number, LINES)))
    length = len(sheet.lines) if sheet.of is None else sheet.of
    number = min(number, -(-max(length, 1) // LINES))
    days = _days(frame["period"])
    return {
        **frame,
        "sheet": sheet.part(number, LINES),
        "tab_items": [(each.key, each.name, each.href) for each in frame["choices"]],
        "page": Page(list(sheet.lines), number, LINES, length),
        "page_url": lambda n: url_for(
            "ledger.statement", which=which, book=frame["book"].id, page=n, **days
        ),
    }


def statement_table(
    session: Session, actor: Actor, args: Mapping[str, str], which: str
) -> tuple[Sheet, str]:
    """One statement with all its lines, and the name of its file; raises `NotFound`."""
    make = present(SHEETS.get(which))
    frame = statements_context(session, actor, args, which)
    sheet = make(ask(session, frame["book"], frame["period"]))
    days = "-".join(day.strftime("%Y%m%d") for day in sheet.time)
    return sheet, _("%(book)s %(title)s %(days)s", book=sheet.subject, title=sheet.title, days=days)


def _days(period: Period) -> dict[str, Any]:
    """A period as an address says it."""
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}
