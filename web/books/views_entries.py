"""Acts on one entry: given back, brought back, taken back; what is booked is never changed."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.errors import CommonReason, NotFound
from charity.ledger import services
from charity.ledger.models import Book, Entry, EntryKind
from charity.rows import present
from web.books import reads
from web.books.acts import Outcome, Room, booked, perform
from web.books.blueprint import bp, kept_book
from web.books.fields import ActForm, asked, fund_options, given
from web.books.forms_entries import BringBackForm, CompelForm, FeeForm, RefundForm, ReverseForm
from web.db import get_session
from web.filters import day
from web.labels import label
from web.security.sessions import current_actor

_HERE = "/desk/books/<int:book_id>/entries/<int:entry_id>"


@bp.route(f"{_HERE}/refund", methods=["GET", "POST"])
def refund(book_id: int, entry_id: int) -> ResponseReturnValue:
    """Give a gift, or what is unspent of it, back to its giver."""
    book, entry = _entry_in(book_id, entry_id)
    actor, form = current_actor(), RefundForm()

    def act(work: Session) -> Outcome:
        made = services.refund(
            work,
            actor,
            gift_entry_id=entry_id,
            amount=given(form.amount),
            source=form.source("refund"),
            occurred_on=given(form.occurred_on),
            note=form.note.data or "",
        )
        return booked(made)

    title = _("退款给捐赠人")
    lead = _(
        "先在银行或支付机构退了款，再来这里记。退的是这位捐赠人自己还没有用掉、也没有预留的钱。"
    )
    return _perform(book, entry, form, act, title=title, lead=lead)


@bp.route(f"{_HERE}/compelled", methods=["GET", "POST"])
def compel_refund(book_id: int, entry_id: int) -> ResponseReturnValue:
    """Give back what must go back, though it may be spent."""
    book, entry = _entry_in(book_id, entry_id)
    actor, form = current_actor(), CompelForm()
    form.host_fund_id.choices = asked(_hosts(book_id))

    def act(work: Session) -> Outcome:
        source = form.source("compelled")
        services.compel_refund(
            work,
            actor,
            gift_entry_id=entry_id,
            amount=given(form.amount),
            host_fund_id=given(form.host_fund_id),
            source=source,
            occurred_on=given(form.occurred_on),
        )
        return booked(*reads.entries_of(work, book_id, source))

    title = _("必须退回的钱")
    lead = _("用于付了两次、支付机构判退等：已经用掉的部分由非限定资金补上，去向里写明白。")
    return _perform(book, entry, form, act, title=title, lead=lead)


@bp.route(f"{_HERE}/fee", methods=["GET", "POST"])
def fee(book_id: int, entry_id: int) -> ResponseReturnValue:
    """Book a fee that came after its gift."""
    book, entry = _entry_in(book_id, entry_id)
    actor, form = current_actor(), FeeForm()
    form.host_fund_id.choices = asked(_hosts(book_id))

    def act(work: Session) -> Outcome:
        source = form.source("fee")
        services.charge_fee(
            work,
            actor,
            gift_entry_id=entry_id,
            fee=given(form.fee),
            host_fund_id=given(form.host_fund_id),
            source=source,
            occurred_on=given(form.occurred_on),
        )
        return booked(*reads.entries_of(work, book_id, source))

    title = _("补记手续费")
    lead = _("先用这笔捐款还没有用掉的钱付。")
    return _perform(book, entry, form, act, title=title, lead=lead)


@bp.route(f"{_HERE}/return", methods=["GET", "POST"])
def bring_back(book_id: int, entry_id: int) -> ResponseReturnValue:
    """Book that a payment or a grant came back, whole or in part."""
    book, entry = _entry_in(book_id, entry_id)
    actor, form = current_actor(), BringBackForm()

    def act(work: Session) -> Outcome:
        source, on = form.source("return"), given(form.occurred_on)
        if entry.kind is EntryKind.GRANT:
            amount = given(form.amount) or reads.amount_out(work, entry_id)
            return booked(
                *services.return_grant(
                    work, actor, entry_id=entry_id, amount=amount, source=source, occurred_on=on
                )
            )
        made = services.return_payment(
            work,
            actor,
            entry_id=entry_id,
            amount=given(form.amount),
            source=source,
            occurred_on=on,
        )
        return booked(made)

    title = _("钱退回来了")
    lead = _("退回的钱排到原来那条线的末尾，还是原来那些捐赠人的钱。")
    return _perform(book, entry, form, act, title=title, lead=lead)


@bp.route(f"{_HERE}/reverse", methods=["GET", "POST"])
def reverse(book_id: int, entry_id: int) -> ResponseReturnValue:
    """Take an entry back by another one, once."""
    book, entry = _entry_in(book_id, entry_id)
    actor, form = current_actor(), ReverseForm()

    def act(work: Session) -> Outcome:
        made = services.reverse(
            work,
            actor,
            entry_id=entry_id,
            occurred_on=given(form.occurred_on),
            note=form.note.data or "",
        )
        return booked(made)

    title = _("冲销第 %(n)s 号分录", n=entry_id)
    lead = _("原来那一笔不动，另记一笔相反的。收进来的钱只要用掉一部分，就不能整笔冲销。")
    return _perform(book, entry, form, act, title=title, lead=lead)


def _entry_in(book_id: int, entry_id: int) -> tuple[Book, Entry]:
    """An entry of a kept book; `NotFound` for one of another."""
    book = kept_book(book_id)
    entry = present(get_session().get(Entry, entry_id))
    if entry.book_id != book.id:
        raise NotFound(CommonReason.NOT_FOUND)
    return book, entry


def _hosts(book_id: int) -> list[tuple[int, str]]:
    """The unrestricted funds, which answer for what is spent already."""
    funds = reads.open_funds(get_session(), book_id)
    return fund_options([fund for fund in funds if not fund.restricted])


def _perform(
    book: Book,
    entry: Entry,
    form: ActForm,
    act: Callable[[Session], Outcome],
    *,
    title: str,
    lead: str,
) -> ResponseReturnValue:
    """The page of an act on an entry, with the entry beside the form."""
    rows = reads.booked_rows(get_session(), entry)
    room = Room(
        book=book,
        tab="acts",
        title=title,
        lead=lead,
        button=_("记账"),
        said=_("已入账；原来那一笔不变。"),
        leave=url_for("ledger.entry", entry_id=entry.id),
        facts=(
            (_("原分录"), f"#{entry.id} {label(entry.kind)}"),
            (_("发生日期"), day(entry.occurred_on)),
            (_("金额"), rows[0].amount if rows else None),
        ),
    )
    return perform(room, form, act)
