"""What is told by fund: how much came in and from where, what it was used for, what is in hand.

By whole months, from the flows kept at sealing and those of entries not sealed yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Subquery, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from charity.base import FenType
from charity.ledger import flowing
from charity.ledger.chart import head_of
from charity.ledger.flowing import FUND_PARTY
from charity.ledger.models import (
    Entry,
    Fund,
    FundFlow,
    IncomeSource,
    Inflow,
    Line,
    LineHead,
    LineKind,
    OutflowKind,
    Pending,
    Unsealed,
)
from charity.ledger.statements.period import Period
from charity.money import ZERO, Money
from charity.rows import present

#: The number under which funds that are not told one by one stand together; no fund has it.
REST = 0
#: Who gives where another organisation's fund does.
GRANTER = "granter"
#: Kinds of outflows whose returns only lessen them.
_NETTED = frozenset(kind.value for kind in OutflowKind) - {OutflowKind.GRANT.value}


_Key = TypeVar("_Key")


def _add(mine: dict[_Key, Money], theirs: Mapping[_Key, Money]) -> None:
    for key, amount in theirs.items():
        mine[key] = mine.get(key, ZERO) + amount


@dataclass(slots=True)
class FundStatement:
    """A fund over whole months: `opening + received = used + closing`, to the fen.

    Money that came back lessens what it was used for; a move between lines of the fund is nothing.
    """

    fund_id: int
    opening: Money = ZERO
    #: By source of income and kind of giver (empty where the giver is erased or unknown).
    income: dict[tuple[str, str], Money] = field(default_factory=dict)
    #: How many gifts and other receipts the income came in.
    receipts: int = 0
    #: Received from other funds, and grants that came back, by fund.
    granted_in: dict[int, Money] = field(default_factory=dict)
    granted_out: dict[int, Money] = field(default_factory=dict)
    #: By the account charged; negative where more came back than was paid.
    spending: dict[str, Money] = field(default_factory=dict)
    fees: Money = ZERO
    refunds: Money = ZERO
    #: Receipts that were booked wrongly and taken back.
    reversals: Money = ZERO

    @property
    def total_income(self) -> Money:
        """Everything from outside."""
        return Money.total(self.income.values())

    @property
    def received(self) -> Money:
        """Income and what other funds gave."""
        return self.total_income + Money.total(self.granted_in.values())

    @property
    def spent(self) -> Money:
        """Expenses, less what came back of them."""
        return Money.total(self.spending.values())

    @property
    def used(self) -> Money:
        """Everything that left."""
        granted = Money.total(self.granted_out.values())
        return self.spent + granted + self.fees + self.refunds + self.reversals

    @property
    def closing(self) -> Money:
        """In hand at the end."""
        return self.opening + self.received - self.used

    def absorb(self, other: FundStatement) -> None:
        """Add another fund's statement; what one granted the other stays in both sums."""
        self.opening += other.opening
        self.fees += other.fees
        self.refunds += other.refunds
        self.reversals += other.reversals
        self.receipts += other.receipts
        _add(self.income, other.income)
        _add(self.granted_in, other.granted_in)
        _add(self.granted_out, other.granted_out)
        _add(self.spending, other.spending)

    def income_by_source(self) -> dict[str, Money]:
        """Income by its source alone."""
        sums: dict[str, Money] = defaultdict(lambda: ZERO)
        for (source, _), amount in self.income.items():
            sums[source] += amount
        return dict(sums)


@dataclass(frozen=True, slots=True)
class MixRow:
    """Income of one source from one kind of giver.

    `giver` is empty where none is known, and `GRANTER` for a fund of another book here.
    """

    source: str
    giver: str
    amount: Money
    receipts: int


@dataclass(frozen=True, slots=True)
class _Move:
    """What came or went of one kind, before or in the period."""

    fund_id: int
    before: bool
    incoming: bool
    kind: str
    party: str
    amount: Money
    flows: int


def fund_statement(session: Session, fund_id: int, period: Period) -> FundStatement:
    """The statement of one fund; raises `NotFound`."""
    book_id = present(session.get(Fund, fund_id)).book_id
    rows = _rows(book_id, period.whole_months(), fund_id=fund_id)
    found = _statements(_moves(session, rows, period.whole_months(), rows.c.fund_id))
    return found.get(fund_id) or FundStatement(fund_id)


@dataclass(frozen=True, slots=True)
class FundSize:
    """A fund of a table: `granted` where it gave to another fund or got from one."""

    fund_id: int
    granted: bool


def funds_with_money(session: Session, book_id: int, period: Period) -> list[FundSize]:
    """The funds of a book that had money up to the period's end, who got most of it first."""
    rows = _rows(book_id, period.whole_months())
    came = case((rows.c.incoming, rows.c.amount), else_=literal(ZERO, type_=FenType()))
    query = (
        select(
            rows.c.fund_id,
            func.max(case((rows.c.kind == OutflowKind.GRANT.value, 1), else_=0)),
        )
        .where(rows.c.month <= period.whole_months().last)
        .group_by(rows.c.fund_id)
        .order_by(func.sum(came).desc(), rows.c.fund_id)
    )
    return [FundSize(fund_id, bool(granted)) for fund_id, granted in session.execute(query)]


def ids_with_money(session: Session, book_id: int, period: Period) -> list[int]:
    """The same funds by their ids, ascending: who only turns the pages need not weigh them."""
    last = period.whole_months().last
    rows = _rows(book_id, period.whole_months())
    query = select(rows.c.fund_id).where(rows.c.month <= last).distinct()
    return sorted(session.scalars(query))


def funds_table(
    session: Session, book_id: int, period: Period, told: Collection[int] | None = None
) -> dict[int, FundStatement]:
    """The statements of every fund of a book that ever had money, by id.

    With `told` only of these; all others are one, under `REST`, and grants to and from them are
    with it. So a page about the largest of ten thousand funds reads no more than it shows.
    """
    period = period.whole_months()
    rows = _rows(book_id, period)
    if told is None:
        return _statements(_moves(session, rows, period, rows.c.fund_id))
    fund = case((rows.c.fund_id.in_(list(told)), rows.c.fund_id), else_=literal(REST))
    return together(_statements(_moves(session, rows, period, fund)), told, own(session, book_id))


def own(session: Session, book_id: int) -> set[int]:
    """The funds of a book."""
    return set(session.scalars(select(Fund.id).where(Fund.book_id == book_id)))


def together(
    table: Mapping[int, FundStatement], told: Collection[int], funds: Collection[int]
) -> dict[int, FundStatement]:
    """The same with those of the book's `funds` that are not `told` made one, as `REST`."""
    found: dict[int, FundStatement] = {}
    for fund_id, statement in table.items():
        key = fund_id if fund_id in told else REST
        found.setdefault(key, FundStatement(key)).absorb(statement)
    for statement in found.values():
        statement.granted_in = _renamed(statement.granted_in, told, funds)
        statement.granted_out = _renamed(statement.granted_out, told, funds)
    return found


def _renamed(
    granted: Mapping[int, Money], told: Collection[int], funds: Collection[int]
) -> dict[int, Money]:
    sums: dict[int, Money] = {}
    for fund_id, amount in granted.items():
        key = REST if fund_id in funds and fund_id not in told else fund_id
        sums[key] = sums.get(key, ZERO) + amount
    return sums


def funding_mix(session: Session, book_id: int, period: Period) -> list[MixRow]:
    """What came from outside the book, by source and kind of giver, largest first.

    Opening balances are no income; a grant of another book here is.
    """
    period = period.whole_months()
    funds = own(session, book_id)
    rows = _rows(book_id, period)
    sums: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for move in _moves(session, rows, period, literal(REST)):
        if move.before or not move.incoming or move.kind == IncomeSource.OPENING.value:
            continue
        from_fund = _fund_of(move.party)
        if from_fund in funds or (from_fund is None and move.kind in _NETTED):
            continue
        key = (move.kind, GRANTER if from_fund else move.party)
        fen, count = sums[key]
        sums[key] = (fen + move.amount.fen, count + move.flows)
    found = [MixRow(*key, Money(fen), count) for key, (fen, count) in sums.items()]
    return sorted(found, key=lambda row: (-row.amount.fen, row.source, row.giver))


def _rows(book_id: int, period: Period, *, fund_id: int | None = None) -> Subquery:
    """Kept flows up to the period's end, and those of unsealed entries, as one table."""
    unsealed = Entry.id.in_(select(Unsealed.entry_id).where(Unsealed.book_id == book_id))
    kept = select(
        FundFlow.book_id,
        FundFlow.month,
        FundFlow.fund_id,
        FundFlow.incoming,
        FundFlow.kind,
        FundFlow.party,
        FundFlow.amount,
        FundFlow.flows,
    ).where(FundFlow.book_id == book_id, FundFlow.month <= period.last)
    if fund_id is not None:
        kept = kept.where(FundFlow.fund_id == fund_id)
    rows = union_all(kept, flowing.incoming(unsealed), flowing.outgoing(unsealed)).subquery()
    if fund_id is None:
        return rows
    return select(rows).where(rows.c.fund_id == fund_id).subquery()


def _moves(session: Session, rows: Subquery, period: Period, fund: Any) -> list[_Move]:
    """The rows added up by `fund`, before and within the period (of whole months)."""
    days: ColumnElement[date] = rows.c.month
    before = (days < period.first).label("before")
    keys: tuple[Any, ...] = (
        fund.label("fund"),
        before,
        rows.c.incoming,
        rows.c.kind,
        rows.c.party,
    )
    query = (
        select(*keys, func.sum(rows.c.amount), func.sum(rows.c.flows))
        .where(days <= period.last)
        .group_by(*keys)
        .order_by(*keys)
    )
    found: Any = session.execute(query)
    return [
        _Move(fund_id, bool(early), bool(comes), kind, party, amount, int(flows))
        for fund_id, early, comes, kind, party, amount, flows in found
    ]


def _statements(moves: Iterable[_Move]) -> dict[int, FundStatement]:
    statements: dict[int, FundStatement] = {}
    for move in moves:
        statement = statements.setdefault(move.fund_id, FundStatement(move.fund_id))
        if move.before:
            statement.opening += move.amount if move.incoming else -move.amount
        else:
            _tell(statement, move)
    return statements


def _tell(statement: FundStatement, move: _Move) -> None:
    """Put what moved in the period to its place in the statement."""
    fund_id = _fund_of(move.party)
    sign = -1 if move.incoming else 1
    if fund_id is not None:
        granted = statement.granted_in if move.incoming else statement.granted_out
        granted[fund_id] = granted.get(fund_id, ZERO) + move.amount
    elif move.incoming and move.kind not in _NETTED:
        key = (move.kind, move.party)
        statement.income[key] = statement.income.get(key, ZERO) + move.amount
        statement.receipts += move.flows
    elif move.kind == OutflowKind.EXPENSE.value:
        code = head_of(move.party)
        statement.spending[code] = statement.spending.get(code, ZERO) + move.amount * sign
    elif move.kind == OutflowKind.FEE.value:
        statement.fees += move.amount * sign
    elif move.kind == OutflowKind.REFUND.value:
        statement.refunds += move.amount * sign
    elif move.kind == OutflowKind.REVERSAL.value:
        statement.reversals += move.amount * sign


def _fund_of(party: str) -> int | None:
    """The fund a party is, if it is one."""
    return int(party.removeprefix(FUND_PARTY)) if party.startswith(FUND_PARTY) else None


@dataclass(frozen=True, slots=True)
class LineInHand:
    """What lies on one line of a fund now; `pending` of it has no place yet."""

    earmark: str
    kind: LineKind
    in_hand: Money
    held: Money
    pending: Money


def lines_in_hand(session: Session, fund_id: int) -> list[LineInHand]:
    """The lines of a fund that hold money or goods now, the general one first."""
    waiting = (
        select(func.sum(Inflow.amount))
        .join(Pending, Pending.inflow_id == Inflow.id)
        .where(Pending.line_id == Line.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Line.earmark, Line.kind, LineHead.placed_end - LineHead.spent, LineHead.held, waiting
        )
        .join(LineHead, LineHead.line_id == Line.id)
        .where(Line.fund_id == fund_id)
        .order_by(Line.kind != LineKind.GENERAL, Line.kind == LineKind.GOODS, Line.id)
    )
    found = [
        LineInHand(
            earmark, kind, Money(int(placed)) + (pending or ZERO), Money(held), pending or ZERO
        )
        for earmark, kind, placed, held, pending in rows
    ]
    return [line for line in found if line.in_hand]
