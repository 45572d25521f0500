"""What the room shows of a book: lines with what is free on them, accounts, goods, closings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.ledger.chart import LINE_ACCOUNTS, AccountCode, head_of, is_money
from charity.ledger.models import (
    Account,
    AccountMapping,
    Book,
    Closing,
    CommitteeMember,
    Entry,
    Fund,
    FundClosing,
    GoodsLot,
    GoodsUse,
    Inflow,
    Line,
    LineHead,
    LineKind,
    Outflow,
    OutflowKind,
    Pending,
    Piece,
    PurposeDecision,
    Transfer,
)
from charity.money import ZERO, Money
from charity.spending.models import Budget
from web.labels import label


@dataclass(frozen=True, slots=True)
class LineStand:
    """A line and where it stands; `in_hand` counts what waits for its place too."""

    line: Line
    fund: Fund
    in_hand: Money
    held: Money

    @property
    def available(self) -> Money:
        """What is in hand and not promised."""
        return self.in_hand - self.held

    @property
    def name(self) -> str:
        """The fund, and the earmark where it is one."""
        return f"{self.fund.name} · {self.line.earmark}" if self.line.earmark else self.fund.name


def lines(
    session: Session,
    *,
    book_id: int | None = None,
    fund_id: int | None = None,
    line_ids: Collection[int] | None = None,
    goods: bool = False,
) -> list[LineStand]:
    """Lines with where they stand, by fund; those of goods only where asked for."""
    query = (
        select(Line, Fund, LineHead.placed_end - LineHead.spent, LineHead.held)
        .join(Fund, Fund.id == Line.fund_id)
        .join(LineHead, LineHead.line_id == Line.id)
        .order_by(Fund.id, Line.id)
    )
    if book_id is not None:
        query = query.where(Line.book_id == book_id)
    if fund_id is not None:
        query = query.where(Line.fund_id == fund_id)
    if line_ids is not None:
        query = query.where(Line.id.in_(line_ids))
    if not goods:
        query = query.where(Line.kind != LineKind.GOODS)
    rows = session.execute(query).all()
    waiting = _waiting(session, [row[0].id for row in rows])
    return [
        LineStand(line, fund, Money(int(fen) + waiting.get(line.id, 0)), Money(int(held)))
        for line, fund, fen, held in rows
    ]


def open_lines(session: Session, book_id: int) -> list[LineStand]:
    """The lines of money of every fund that has not ended."""
    ended = closed_funds(session, book_id)
    return [row for row in lines(session, book_id=book_id) if row.fund.id not in ended]


def _waiting(session: Session, line_ids: Sequence[int]) -> dict[int, int]:
    """Per line: the fen that wait for their place, less the fees that will leave with them."""
    came = session.execute(
        select(Pending.line_id, func.sum(Inflow.amount))
        .join(Inflow, Inflow.id == Pending.inflow_id)
        .where(Pending.line_id.in_(line_ids))
        .group_by(Pending.line_id)
    )
    fees = session.execute(
        select(Pending.line_id, func.sum(Outflow.amount))
        .join(Outflow, Outflow.of_inflow_id == Pending.inflow_id)
        .where(Pending.line_id.in_(line_ids), Outflow.kind == OutflowKind.FEE)
        .group_by(Pending.line_id)
    )
    waiting = {line_id: amount.fen for line_id, amount in came}
    for line_id, amount in fees:
        waiting[line_id] = waiting.get(line_id, 0) - amount.fen
    return waiting


def gifts_waiting(session: Session, line_ids: Sequence[int]) -> set[int]:
    """The entries whose money waits for its place on these lines."""
    query = select(Inflow.entry_id).join(Pending, Pending.inflow_id == Inflow.id)
    return set(session.scalars(query.where(Pending.line_id.in_(line_ids))))


def closed_funds(session: Session, book_id: int) -> dict[int, date]:
    """The funds of a book that ended, and when."""
    rows = session.execute(
        select(FundClosing.fund_id, FundClosing.closed_on)
        .join(Fund, Fund.id == FundClosing.fund_id)
        .where(Fund.book_id == book_id)
    )
    return dict(rows.all())


def open_funds(session: Session, book_id: int) -> list[Fund]:
    """The funds of a book that have not ended, by id."""
    ended = select(FundClosing.fund_id)
    query = select(Fund).where(Fund.book_id == book_id, Fund.id.not_in(ended))
    return list(session.scalars(query.order_by(Fund.id)))


def funds_elsewhere(session: Session, book_id: int) -> list[tuple[Book, Fund]]:
    """The open funds of every other book, which a grant may go to."""
    ended = select(FundClosing.fund_id)
    rows = session.execute(
        select(Book, Fund)
        .join(Fund, Fund.book_id == Book.id)
        .where(Book.id != book_id, Fund.id.not_in(ended))
        .order_by(Book.name, Fund.id)
    )
    return [(book, fund) for book, fund in rows]


def budgeted_funds(session: Session, book_id: int) -> set[int]:
    """The funds whose spending goes through a budget and its approvals."""
    query = (
        select(Budget.fund_id).join(Fund, Fund.id == Budget.fund_id).where(Fund.book_id == book_id)
    )
    return {fund_id for fund_id in session.scalars(query) if fund_id is not None}


def committee(session: Session, fund_id: int) -> list[CommitteeMember]:
    """Who sits on a community fund's committee now."""
    query = (
        select(CommitteeMember)
        .where(CommitteeMember.fund_id == fund_id, CommitteeMember.until.is_(None))
        .order_by(CommitteeMember.id)
    )
    return list(session.scalars(query))


def decisions(session: Session, book_id: int) -> list[PurposeDecision]:
    """The decisions by which money of one fund may go to another, newest first."""
    query = select(PurposeDecision).where(PurposeDecision.book_id == book_id)
    return list(session.scalars(query.order_by(PurposeDecision.id.desc())))


def accounts(session: Session, book_id: int) -> list[Account]:
    """The accounts of a book, by code."""
    query = select(Account).where(Account.book_id == book_id).order_by(Account.code)
    return list(session.scalars(query))


def account_name(code: str, own: str = "") -> str:
    """What an account is called: by the book's people, else by the chart."""
    if own:
        return own
    if code in set(AccountCode):
        return label(AccountCode(code))
    head = head_of(code)
    return label(AccountCode(head)) if head in set(AccountCode) else ""


def account_choices(rows: Sequence[Account]) -> list[tuple[str, str]]:
    """Code and name of accounts, for a list to choose from."""
    return [(row.code, f"{row.code} {account_name(row.code, row.name)}") for row in rows]


def money_accounts(session: Session, book_id: int) -> list[Account]:
    """Where money in hand stands: cash, banks, platforms."""
    return [row for row in accounts(session, book_id) if is_money(row.code)]


def journal_accounts(session: Session, book_id: int) -> list[Account]:
    """What the accountant may book by hand: everything but money, goods and what funds clear by."""
    closed = LINE_ACCOUNTS | {AccountCode.INTER_FUND}
    return [row for row in accounts(session, book_id) if head_of(row.code) not in closed]


def mappings(session: Session, book_id: int) -> list[AccountMapping]:
    """How accounts are shown, the latest rule of each code first."""
    query = select(AccountMapping).where(AccountMapping.book_id == book_id)
    order = (AccountMapping.code, AccountMapping.in_force_from.desc())
    return list(session.scalars(query.order_by(*order)))


def closings(session: Session, book_id: int) -> list[Closing]:
    """The periods that are closed, newest first."""
    query = select(Closing).where(Closing.book_id == book_id).order_by(Closing.through.desc())
    return list(session.scalars(query))


def next_period(session: Session, book: Book) -> date:
    """The last day of the month that is to be closed next."""
    through = session.scalar(select(func.max(Closing.through)).where(Closing.book_id == book.id))
    first = session.scalar(select(func.min(Entry.booked_on)).where(Entry.book_id == book.id))
    start = through + timedelta(days=1) if through else first or book.opened_on
    return (start.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LotStand:
    """A lot of goods, how much of it was used, and the value still on its line."""

    lot: GoodsLot
    fund: Fund
    used: int
    value_left: Money

    @property
    def quantity_left(self) -> int:
        """Units still on stock."""
        return self.lot.quantity - self.used


def _used(session: Session, line_ids: Sequence[int]) -> dict[int, int]:
    """Per lot: how many units were used."""
    rows = session.execute(
        select(GoodsUse.line_id, func.sum(GoodsUse.quantity))
        .where(GoodsUse.line_id.in_(line_ids))
        .group_by(GoodsUse.line_id)
    )
    return {line_id: int(quantity) for line_id, quantity in rows}


def lots(session: Session, book_id: int) -> list[LotStand]:
    """The lots of goods of a book, the oldest first."""
    query = select(GoodsLot).join(Line, Line.id == GoodsLot.line_id).where(Line.book_id == book_id)
    found = session.scalars(query.order_by(GoodsLot.line_id)).all()
    ids = [lot.line_id for lot in found]
    used = _used(session, ids)
    stands = {row.line.id: row for row in lines(session, line_ids=ids, goods=True)}
    return [
        LotStand(
            lot,
            stands[lot.line_id].fund,
            used.get(lot.line_id, 0),
            stands[lot.line_id].in_hand,
        )
        for lot in found
    ]


@dataclass(frozen=True, slots=True)
class BookedRow:
    """One transfer in words: accounts and funds by their names."""

    debit: str
    debit_fund: str
    credit: str
    credit_fund: str
    amount: Money


def booked_rows(session: Session, entry: Entry) -> list[BookedRow]:
    """The transfers of an entry, in their order."""
    names = {row.id: f"{row.code} {account_name(row.code, row.name)}" for row in
             accounts(session, entry.book_id)}  # fmt: skip
    rows = session.scalars(
        select(Transfer).where(Transfer.entry_id == entry.id).order_by(Transfer.number)
    ).all()
    ids = {id_ for row in rows for id_ in (row.debit_fund_id, row.credit_fund_id) if id_}
    funds: dict[int | None, str] = {None: ""}
    for fund_id, name in session.execute(select(Fund.id, Fund.name).where(Fund.id.in_(ids))):
        funds[fund_id] = name
    return [
        BookedRow(
            names[row.debit_account_id],
            funds[row.debit_fund_id],
            names[row.credit_account_id],
            funds[row.credit_fund_id],
            row.amount,
        )
        for row in rows
    ]


def moved(session: Session, entry_ids: Collection[int]) -> dict[int, Money]:
    """Per line: what entries brought onto it less what they took from it."""
    change: dict[int, Money] = {}
    came = session.execute(
        select(Inflow.line_id, Inflow.amount).where(Inflow.entry_id.in_(entry_ids))
    )
    for line_id, amount in came:
        change[line_id] = change.get(line_id, ZERO) + amount
    left = session.execute(
        select(Piece.line_id, Piece.stop - Piece.start)
        .join(Outflow, Outflow.id == Piece.outflow_id)
        .where(Outflow.entry_id.in_(entry_ids))
    )
    for line_id, fen in left:
        change[line_id] = change.get(line_id, ZERO) - Money(int(fen))
    return change


def is_reversed(session: Session, entry: Entry) -> bool:
    """Whether another entry has taken this one back."""
    query = select(Entry.id).where(Entry.reverses_id == entry.id)
    return session.scalar(query) is not None


def amount_out(session: Session, entry_id: int) -> Money:
    """What left lines by an entry, without what only went to another line by it."""
    query = select(func.sum(Outflow.amount)).where(Outflow.entry_id == entry_id)
    return session.scalar(query) or ZERO


def entries_of(session: Session, book_id: int, source_start: str) -> list[Entry]:
    """The entries of a book whose source begins so, in order."""
    query = select(Entry).where(
        Entry.book_id == book_id, Entry.source.startswith(source_start, autoescape=True)
    )
    return list(session.scalars(query.order_by(Entry.id)))
