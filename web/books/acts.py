"""How an act of the room goes: the form, a second page that says what will be booked, the booking.

The second page is no guess: the act is done and taken back, and what it would have written is read
from the book itself. So whatever refuses it says so before anybody confirms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from charity.errors import DomainError
from charity.ledger.models import Book, Entry, EntryKind
from charity.money import Money
from web.books import reads
from web.books.fields import ActForm
from web.books.reads import BookedRow
from web.db import get_session, unit_of_work
from web.forms import attach

#: Names of the buttons that send a form: book it now, type again, ask for one more row.
CONFIRMED, BACK, MORE = "confirmed", "back", "more"


@dataclass(frozen=True, slots=True)
class Room:
    """The page of one act: whose book it is of, what it says, where it leads."""

    #: None where it is about to be opened.
    book: Book | None
    tab: str
    title: str
    button: str
    said: str
    #: Where one goes who changes their mind.
    leave: str
    lead: str = ""
    #: What a person must know before confirming.
    warning: str = ""
    #: Whether a second page asks; the harmless acts are done at once.
    asks: bool = True
    #: Facts shown beside the form: label and value.
    facts: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act booked, and the page that shows it."""

    url: str
    entries: tuple[Entry, ...] = ()


def booked(*entries: Entry) -> Outcome:
    """Entries, shown by the page of the first of them."""
    return Outcome(url_for("ledger.entry", entry_id=entries[0].id), entries)


@dataclass(frozen=True, slots=True)
class Voucher:
    """An entry as the second page shows it, in plain values: the entry itself is taken back."""

    book: str
    kind: EntryKind
    occurred_on: date
    booked_on: date
    rows: list[BookedRow]


@dataclass(frozen=True, slots=True)
class Change:
    """A line whose money changes: by how much, and what is free on it afterwards."""

    name: str
    by: Money
    after: Money

    @property
    def before(self) -> Money:
        """What is free on it now."""
        return self.after - self.by


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What an act would book."""

    vouchers: list[Voucher]
    changes: list[Change]


def perform(room: Room, form: ActForm, act: Callable[[Session], Outcome]) -> ResponseReturnValue:
    """Show the form, rehearse the act and ask, or do it; a refusal stands beside its field."""
    if request.method != "POST" or {BACK, MORE} & request.form.keys():
        return form_page(room, form)
    if form.validate():
        try:
            if room.asks and CONFIRMED not in request.form:
                return _confirm_page(room, _rehearse(act))
            outcome = do_once(act)
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(room.said, "success")
            return redirect(outcome.url, 303)
    return form_page(room, form)


def form_page(room: Room, form: ActForm) -> ResponseReturnValue:
    """The form with everything that was typed; 422 when something is wrong with it."""
    return render_template("books/act.html", room=room, form=form), 422 if form.errors else 200


def do_once(act: Callable[[Session], Outcome]) -> Outcome:
    """Do it; when the same form was sent twice at one moment, the second finds what is booked."""
    try:
        with unit_of_work() as work:
            return act(work)
    except IntegrityError:
        with unit_of_work() as work:
            return act(work)


def _rehearse(act: Callable[[Session], Outcome]) -> Rehearsal:
    """Do it, read what it wrote, and take it back."""
    session = get_session()
    try:
        entries = act(session).entries
        session.flush()
        change = reads.moved(session, [entry.id for entry in entries])
        stands = reads.lines(session, line_ids=change, goods=True)
        return Rehearsal(
            [_voucher(session, entry) for entry in entries],
            [Change(row.name, change[row.line.id], row.available) for row in stands],
        )
    finally:
        session.rollback()


def _voucher(session: Session, entry: Entry) -> Voucher:
    book = session.get_one(Book, entry.book_id)
    rows = reads.booked_rows(session, entry)
    return Voucher(book.name, entry.kind, entry.occurred_on, entry.booked_on, rows)


def _confirm_page(room: Room, rehearsal: Rehearsal) -> ResponseReturnValue:
    """What will be booked; the button sends the same form again."""
    typed = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in {"csrf_token", CONFIRMED, BACK, MORE}
    ]
    return render_template("books/confirm.html", room=room, rehearsal=rehearsal, typed=typed)


def more_rows(rows: Any) -> None:
    """Add a row to a list of rows when the button for it was pressed."""
    if MORE in request.form:
        rows.append_entry()
