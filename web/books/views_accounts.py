"""Accounts of a book and its periods: sub-accounts, the 2026 names, opening balances, closings."""

from __future__ import annotations

from datetime import date

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.ledger import queries, services
from charity.ledger.chart import LINE_ACCOUNTS, AccountClass, class_of, head_of, is_money
from charity.money import ZERO, Money
from web.books import reads
from web.books.acts import Outcome, Room, booked, more_rows, perform
from web.books.blueprint import bp, kept_book
from web.books.fields import asked, given, line_options
from web.books.forms import AccountForm, MappingForm, PeriodForm
from web.books.forms_money import JournalForm, OpeningForm, line_of, sides
from web.db import get_session
from web.filters import day, yuan
from web.security.sessions import current_actor

#: Balances an organisation brings along; income and costs begin at nothing.
CARRIED = (AccountClass.ASSETS, AccountClass.LIABILITIES)


def _balance_words(balance: Money) -> str:
    """A balance with the side it stands on; a dash for none."""
    if not balance:
        return "—"
    return f"{_('借')} {yuan(balance)}" if balance.fen > 0 else f"{_('贷')} {yuan(-balance)}"


def _is_carried(code: str) -> bool:
    """Whether a balance may be brought along: what is owned and owed; goods come as lots."""
    return class_of(code) in CARRIED and (is_money(code) or head_of(code) not in LINE_ACCOUNTS)


@bp.get("/desk/books/<int:book_id>/accounts")
def accounts(book_id: int) -> ResponseReturnValue:
    """The chart with every balance, by class; the names of the 2026 system beside it."""
    session, book = get_session(), kept_book(book_id)
    rows = reads.accounts(session, book.id)
    shown: dict[str, str] = {}
    for rule in reads.mappings(session, book.id):
        words = f"{rule.shown_code} {rule.shown_name}"
        shown.setdefault(
            rule.code, _("%(words)s，%(day)s 起", words=words, day=day(rule.in_force_from))
        )
    return render_template(
        "books/accounts.html",
        book=book,
        classes=[(each, [row for row in rows if class_of(row.code) is each])
                 for each in AccountClass],
        name=reads.account_name,
        balances={row.code: row.balance for row in queries.trial_balance(session, book.id)},
        nothing=ZERO,
        words=_balance_words,
        shown=shown,
    )  # fmt: skip


@bp.route("/desk/books/<int:book_id>/accounts/open", methods=["GET", "POST"])
def open_account(book_id: int) -> ResponseReturnValue:
    """Open a sub-account: a second bank account, a platform."""
    book, actor, form = kept_book(book_id), current_actor(), AccountForm()

    def act(work: Session) -> Outcome:
        services.open_account(
            work, actor, book_id=book_id, code=form.code.data or "", name=form.name.data or ""
        )
        return Outcome(url_for("books.accounts", book_id=book_id))

    room = Room(
        book=book,
        tab="accounts",
        title=_("开明细科目"),
        button=_("开立"),
        said=_("科目已开立。"),
        leave=url_for("books.accounts", book_id=book_id),
        asks=False,
    )
    return perform(room, form, act)


@bp.route("/desk/books/<int:book_id>/accounts/map", methods=["GET", "POST"])
def map_account(book_id: int) -> ResponseReturnValue:
    """Say how an account is shown under the system in force from a day on."""
    book, actor, form = kept_book(book_id), current_actor(), MappingForm()
    form.code.choices = asked(reads.account_choices(reads.accounts(get_session(), book_id)))

    def act(work: Session) -> Outcome:
        services.map_account(
            work,
            actor,
            book_id=book_id,
            code=form.code.data,
            in_force_from=given(form.in_force_from),
            shown_code=form.shown_code.data or "",
            shown_name=form.shown_name.data or "",
        )
        return Outcome(url_for("books.accounts", book_id=book_id))

    room = Room(
        book=book,
        tab="accounts",
        title=_("对应新制度的科目"),
        lead=_(
            "2026 年起用新制度的科目编号。账照原来的科目记，报表从这一天起按这里的编号和名称列。"
        ),
        button=_("记下"),
        said=_("已记下，报表从这一天起按新的编号列。"),
        leave=url_for("books.accounts", book_id=book_id),
        asks=False,
    )
    return perform(room, form, act)


@bp.route("/desk/books/<int:book_id>/journal", methods=["GET", "POST"])
def journal(book_id: int) -> ResponseReturnValue:
    """An entry of the accountant: accruals, depreciation, anything but money and goods in hand."""
    book, actor, form = kept_book(book_id), current_actor(), JournalForm()
    more_rows(form.rows)
    session = get_session()
    codes = asked(reads.account_choices(reads.journal_accounts(session, book_id)))
    funds = asked([(f.id, f.name) for f in reads.open_funds(session, book_id)], _("不分基金"))
    form.offer(debit=codes, credit=codes, fund_id=funds)

    def act(work: Session) -> Outcome:
        rows = [
            services.Posting(
                row.debit.data, row.fund_id.data, row.credit.data, row.fund_id.data, row.amount.data
            )
            for row in form.filled
        ]
        entry = services.post_journal(
            work,
            actor,
            book_id=book_id,
            rows=rows,
            source=form.source("journal"),
            occurred_on=given(form.occurred_on),
            note=form.note.data or "",
        )
        return booked(entry)

    room = Room(
        book=book,
        tab="acts",
        title=_("记账凭证"),
        lead=_("用于计提、折旧、应收应付等。收付的钱和物资有各自的页面，不在这里记。"),
        button=_("记账"),
        said=_("已记账。"),
        leave=url_for("books.overview", book_id=book_id),
    )
    return perform(room, form, act)


@bp.route("/desk/books/<int:book_id>/opening", methods=["GET", "POST"])
def opening(book_id: int) -> ResponseReturnValue:
    """Carry in the balances the organisation had before it kept its book here."""
    book, actor, form = kept_book(book_id), current_actor(), OpeningForm()
    more_rows(form.rows)
    session = get_session()
    codes = [row for row in reads.accounts(session, book_id) if _is_carried(row.code)]
    lines = reads.lines(session, book_id=book_id)
    form.offer(
        account=asked(reads.account_choices(codes)),
        line_id=asked(line_options(lines), _("不分基金")),
        side=sides(),
    )

    def act(work: Session) -> Outcome:
        balances = []
        for row in form.filled:
            at = line_of(lines, row.line_id.data)
            balances.append(
                services.Balance(
                    account=row.account.data,
                    amount=row.amount.data,
                    debit=row.side.data == "debit",
                    fund_id=at.fund.id if at else None,
                    earmark=at.line.earmark if at else "",
                )
            )
        return booked(services.post_opening(work, actor, book_id=book_id, balances=balances))

    room = Room(
        book=book,
        tab="acts",
        title=_("期初余额"),
        lead=_(
            "把开账那天已有的资产和负债一次记齐，要在最先记。货币资金都要分到基金；净资产由此得出。"
        ),
        button=_("记账"),
        said=_("期初余额已记入账簿。"),
        leave=url_for("books.overview", book_id=book_id),
    )
    return perform(room, form, act)


@bp.route("/desk/books/<int:book_id>/close", methods=["GET", "POST"])
def close_period(book_id: int) -> ResponseReturnValue:
    """Close the next month; with December the year."""
    book, actor, form = kept_book(book_id), current_actor(), PeriodForm()
    session = get_session()
    period = reads.next_period(session, book)
    form.through.choices = [(period.isoformat(), day(period))]

    def act(work: Session) -> Outcome:
        through = date.fromisoformat(form.through.data)
        services.close_period(work, actor, book_id=book_id, through=through)
        carried = reads.entries_of(work, book_id, f"closing:{through.year}:")
        deed = reads.entries_of(work, book_id, f"closed:{through.isoformat()}")
        return Outcome(url_for("books.overview", book_id=book_id), (*carried, *deed))

    room = Room(
        book=book,
        tab="acts",
        title=_("结账"),
        lead=_(
            "结账以后，这一天和以前的日子不再记账；迟到的事记在第一个没结账的日子，并保留它自己的日期。"
        ),
        warning=_("结了就不能打开。"),
        button=_("结账"),
        said=_("已结账。"),
        leave=url_for("books.overview", book_id=book_id),
        facts=((_("等待封存的分录"), queries.unsealed_count(session, book_id)),),
    )
    return perform(room, form, act)
