"""Many gifts, many payments: what an import, a platform's settlement or a payroll brings at once.

The same entries with the same digests as posted one by one, checked by the same rules before
anything of their batch is written; what is posted already is passed over. The caller's unit is the
whole: when a batch is refused, nothing stays of those before it once the unit is undone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import NamedTuple, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.collecting import few_collections
from charity.errors import Conflict, Invalid, InvalidState
from charity.ledger import policy
from charity.ledger.chart import COST_ACCOUNTS, AccountCode, head_of, is_money
from charity.ledger.models import Book, EntryKind, IncomeSource, OutflowKind
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.arrays import run
from charity.ledger.services.drafts import Draft, Giver, Outgoing
from charity.ledger.services.entries import compose, posted
from charity.ledger.services.grounds import FundGround, read_funds
from charity.ledger.services.loading import Numbers, load, packed, send, take_numbers
from charity.ledger.services.nature import leaving
from charity.ledger.services.placing import by_index, place_all
from charity.ledger.services.posting import check_gift, gift_codes, gift_draft
from charity.ledger.services.purses import consume, open_purses, take
from charity.ledger.services.writing import Rows, Written
from charity.money import ZERO, Money
from charity.rows import present

_Row = TypeVar("_Row")

#: So many entries are composed and written by one set of statements.
ENTRIES_AT_ONCE = 5000
#: So many payments: the more, the less often a line is locked, read and moved.
PAYMENTS_AT_ONCE = 20_000


#: What a payment may touch besides the accounts it names, whatever the fund.
PAYMENT_CODES = frozenset(
    str(code)
    for code in (
        AccountCode.AGENCY_LIABILITIES,
        AccountCode.NET_ASSETS_UNRESTRICTED,
        AccountCode.NET_ASSETS_RESTRICTED,
    )
)


@dataclass(frozen=True, slots=True)
class GiftRow:
    """A gift as `post_gift` takes it."""

    fund_id: int
    amount: Money
    source: str
    occurred_on: date
    giver: Giver
    fee: Money = ZERO
    earmark: str = ""
    income: IncomeSource = IncomeSource.DONATION
    account: str = AccountCode.OTHER_MONETARY_FUNDS
    note: str = ""


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment as `pay` takes it, but for a hold."""

    fund_id: int
    amount: Money
    source: str
    occurred_on: date
    cost: str
    earmark: str = ""
    account: str = AccountCode.BANK_DEPOSITS
    note: str = ""


class Prepared(NamedTuple):
    """A draft with the fund it was made for and the lines it takes money from, in order."""

    draft: Draft
    fund: FundGround
    line_ids: tuple[int, ...] = ()


def post_gifts(session: Session, actor: Actor, *, gifts: Iterable[GiftRow]) -> int:
    """Take in many gifts; returns how many were new. Refuses what `post_gift` refuses."""
    require(policy.may_post_gift(actor))
    session.flush()
    count = 0
    with by_index(session), few_collections(), ThreadPoolExecutor(1) as composer:
        before: tuple[list[Prepared], Future[_Composed]] | None = None
        for batch in _batches(gifts, ENTRIES_AT_ONCE):
            prepared = _prepare_gifts(session, batch)
            prepared = [prepared[place] for place in _new(session, prepared)]
            numbers = _take_numbers(session, prepared)
            # Composed while the database takes in the batch before; the copied context brings the
            # clock along.
            composing = composer.submit(
                copy_context().run, _compose_gifts, session, actor, prepared, numbers
            )
            if before is not None:
                count += _load_gifts(session, *before)
            before = prepared, composing
        if before is not None:
            count += _load_gifts(session, *before)
    return count


def post_payments(session: Session, actor: Actor, *, payments: Iterable[PaymentRow]) -> int:
    """Pay many expenses; returns how many were new. Refuses what `pay` refuses.

    Each batch locks its lines together, in order of id, and places what waits on them. Payments
    of one fund are made in the order given. `Insufficient` names the `source` it is about.
    """
    session.flush()
    count = 0
    with by_index(session), few_collections():
        for batch in _batches(payments, PAYMENTS_AT_ONCE):
            prepared = _prepare_payments(session, actor, batch)
            place_all(session, actor, line_ids={id_ for one in prepared for id_ in one.line_ids})
            new = [prepared[place] for place in _new(session, prepared)]
            purses = open_purses(session, {id_ for one in new for id_ in one.line_ids})
            takes = [take(one.draft, [purses[id_] for id_ in one.line_ids]) for one in new]
            rows = _compose(session, actor, new)
            outflows = [written.outflows[0] for written in _load(session, rows)]
            consume(session, zip(outflows, takes, strict=True), purses.values())
            count += len(new)
    return count


def _batches(rows: Iterable[_Row], at_once: int) -> Iterator[list[_Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, at_once)):
        yield batch


def _compose(session: Session, actor: Actor, prepared: Sequence[Prepared]) -> list[Rows]:
    """Compose all of them, which may refuse; the ground being known, no database is asked."""
    return [compose(session, actor, draft, fund.ground) for draft, fund, _ in prepared]


def _load(session: Session, rows: Sequence[Rows]) -> list[Written]:
    return load(session.connection(), rows) if rows else []


def _new(session: Session, prepared: Sequence[Prepared]) -> list[int]:
    """The places in the list of those whose source is not posted yet, each once.

    Raises `Conflict` where a source moved something else, `InvalidState` for a fund that ended.
    """
    seen: dict[tuple[int, str], Draft] = {}
    new = []
    known = _posted_sources(session, prepared)
    for place, one in enumerate(prepared):
        draft = one.draft
        key = (draft.book_id, draft.source)
        if key in known:
            posted(session, draft)
        elif key in seen:
            if seen[key].figures != draft.figures:
                raise Conflict(LedgerReason.SOURCE_DIFFERS, source=draft.source)
        elif one.fund.ended:
            raise InvalidState(LedgerReason.FUND_CLOSED)
        else:
            seen[key] = draft
            new.append(place)
    return new


def _posted_sources(session: Session, prepared: Sequence[Prepared]) -> set[tuple[int, str]]:
    sources = defaultdict(list)
    for one in prepared:
        sources[one.draft.book_id].append(one.draft.source)
    query = "SELECT source FROM entry WHERE book_id = ? AND source IN (?text)"
    return {
        (book_id, source)
        for book_id, named in sources.items()
        for (source,) in run(session.connection(), query, book_id, named)
    }


# ── gifts ────────────────────────────────────────────────────────────────────────────────────────


def _prepare_gifts(session: Session, batch: Sequence[GiftRow]) -> list[Prepared]:
    for row in batch:
        check_gift(row.amount, row.fee, row.account)
    kinds = {(row.income, row.account) for row in batch}
    codes = set().union(*(gift_codes(income, account, fee=True) for income, account in kinds))
    funds = _funds(session, batch, codes)
    return [Prepared(_gift(row, funds[row.fund_id]), funds[row.fund_id]) for row in batch]


class _Composed(NamedTuple):
    """Entries to be written; on PostgreSQL also as it copies them."""

    rows: list[Rows]
    tables: list[tuple[str, bytes]] | None


def _take_numbers(session: Session, prepared: Sequence[Prepared]) -> Numbers | None:
    """The numbers of these entries; none on SQLite, which gives those of the next rows."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        return None
    return take_numbers(
        connection,
        entries=len(prepared),
        inflows=sum(len(one.draft.incoming) for one in prepared),
        outflows=sum(len(one.draft.outgoing) for one in prepared),
    )


def _compose_gifts(
    session: Session, actor: Actor, prepared: Sequence[Prepared], numbers: Numbers | None
) -> _Composed:
    rows = _compose(session, actor, prepared)
    return _Composed(rows, None if numbers is None else packed(rows, numbers))


def _load_gifts(
    session: Session, prepared: Sequence[Prepared], composing: Future[_Composed]
) -> int:
    """Write a batch; returns how many of it were still new."""
    rows, tables = composing.result()
    try:
        with session.begin_nested():
            if tables is None:
                _load(session, rows)
            else:
                send(session.connection(), tables)
    except IntegrityError:
        # One of these sources was posted since we looked, by somebody or in the batch before;
        # anything else that is wrong is raised by the second try.
        rows = [rows[place] for place in _new(session, prepared)]
        _load(session, rows)
    return len(rows)


def _gift(row: GiftRow, fund: FundGround) -> Draft:
    return gift_draft(
        fund,
        amount=row.amount,
        source=row.source,
        occurred_on=row.occurred_on,
        giver=row.giver,
        fee=row.fee,
        earmark=row.earmark,
        income=row.income,
        account=row.account,
        note=row.note,
    )


def _funds(
    session: Session, batch: Sequence[GiftRow | PaymentRow], codes: Collection[str]
) -> dict[int, FundGround]:
    earmarks = {"", *(row.earmark for row in batch)}
    return read_funds(session, {row.fund_id for row in batch}, codes=codes, earmarks=earmarks)


# ── payments ─────────────────────────────────────────────────────────────────────────────────────


def _prepare_payments(
    session: Session, actor: Actor, batch: Sequence[PaymentRow]
) -> list[Prepared]:
    for row in batch:
        if row.amount.fen <= 0:
            raise Invalid(LedgerReason.NOT_POSITIVE, field="amount")
        if head_of(row.cost) not in COST_ACCOUNTS:
            raise Invalid(LedgerReason.WRONG_ACCOUNT, field="cost")
        if not is_money(row.account):
            raise Invalid(LedgerReason.WRONG_ACCOUNT, field="account")
    codes = {str(code) for row in batch for code in (row.cost, row.account)} | PAYMENT_CODES
    funds = _funds(session, batch, codes)
    for book_id in {fund.ground.book_id for fund in funds.values()}:
        require(policy.may_pay(actor, present(session.get(Book, book_id))))
    return [_payment(row, funds[row.fund_id]) for row in batch]


def _payment(row: PaymentRow, fund: FundGround) -> Prepared:
    """An expense takes from its earmark's line first, then from the general one."""
    draft = Draft(
        book_id=fund.ground.book_id,
        source=row.source,
        kind=EntryKind.EXPENSE,
        occurred_on=row.occurred_on,
        note=row.note,
        postings=leaving(fund.fund, row.account, row.cost, row.amount),
        outgoing=[Outgoing(0, row.fund_id, row.amount, OutflowKind.EXPENSE)],
    )
    earmarks = dict.fromkeys((row.earmark, ""))
    return Prepared(draft, fund, tuple(fund.line_id(earmark) for earmark in earmarks))
