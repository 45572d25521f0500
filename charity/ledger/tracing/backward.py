"""Backward: from money that left to the gifts behind it, through any number of funds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, select
from sqlalchemy.orm import Session

from charity.ledger.backing import (
    Share,
    first_segments,
    gifts_on,
    later,
    segments,
    shares_of,
)
from charity.ledger.models import (
    Entry,
    Fund,
    IncomeSource,
    Inflow,
    InflowGiver,
    Outflow,
    OutflowKind,
    OutflowShare,
    OutflowTotal,
    Piece,
    ShareOf,
)
from charity.money import Money
from charity.rows import present

#: Parts of gifts on one page.
PAGE = 50


@dataclass(frozen=True, slots=True)
class FundPassed:
    """A fund that money went through."""

    id: int
    name: str
    book_id: int


@dataclass(frozen=True, slots=True)
class GiftPart:
    """A part of a gift within an outflow: `amount` from fen `position` of the outflow on.

    `through` names the funds it came through, that of the gift first, that which paid last. Kind
    and place are empty where no giver is known (erased, or an opening balance).
    """

    position: int
    amount: Money
    inflow_id: int
    entry_id: int
    source: str
    occurred_on: date
    income: IncomeSource
    giver_kind: str
    place: str
    through: tuple[FundPassed, ...]


@dataclass(frozen=True, slots=True)
class GiftsPage:
    """Parts of gifts in the order in which the outflow took them.

    `after` is what to ask the next page with, None on the last.
    """

    items: list[GiftPart]
    after: int | None


@dataclass(frozen=True, slots=True)
class Backing:
    """Who stands behind an outflow: gifts, givers (each once), and the shares of its amount.

    `kept` says that sealing added it up; else it was added up now.
    """

    outflow_id: int
    entry_id: int
    fund_id: int
    kind: OutflowKind
    amount: Money
    gifts: int
    givers: int
    shares: dict[ShareOf, list[Share]]
    kept: bool


def page_statement(base: Select[Any]) -> Select[Any]:
    """The first parts of gifts on the segments of `base`, one more than a page holds."""
    part = (
        (found := gifts_on(segments(base, places=PAGE)))
        .order_by(found.selected_columns.position)
        .limit(PAGE + 1)
        .subquery("part")
    )
    return (
        select(
            part.c.position,
            part.c.fen,
            Inflow.id,
            Inflow.entry_id,
            Entry.source,
            Entry.occurred_on,
            Inflow.income,
            InflowGiver.giver_kind,
            InflowGiver.place,
            part.c.path,
        )
        .select_from(part)
        .join(Inflow, Inflow.id == part.c.inflow_id)
        .join(Entry, Entry.id == Inflow.entry_id)
        .outerjoin(InflowGiver, InflowGiver.inflow_id == Inflow.id)
        .order_by(part.c.position)
    )


def _of_outflow() -> Select[Any]:
    after = bindparam("after", type_=BigInteger)
    base = first_segments().where(
        Outflow.id == bindparam("outflow_id"),
        Piece.start_offset + Piece.stop - Piece.start > after,
    )
    begin = later(Piece.start_offset, after)
    columns = base.selected_columns
    return base.with_only_columns(
        columns.root,
        begin.label("position"),
        columns.line_id,
        (Piece.start + begin - Piece.start_offset).label("start"),
        columns.stop,
        columns.path,
    )


_PAGE_OF_OUTFLOW = page_statement(_of_outflow())


def gifts_page(session: Session, outflow_id: int, *, after: int = 0) -> GiftsPage:
    """A page of the gifts behind an outflow, from its fen `after` on."""
    where = {"outflow_id": outflow_id, "after": max(after, 0)}
    return read_page(session, _PAGE_OF_OUTFLOW, where)


def read_page(session: Session, query: Select[Any], where: Mapping[str, object]) -> GiftsPage:
    """Read a statement of parts of gifts and name the funds they passed."""
    rows = session.execute(query, where).all()
    shown = rows[:PAGE]
    funds = _funds(session, {row[9] for row in shown})
    items = [
        GiftPart(
            position=position,
            amount=Money(int(fen)),
            inflow_id=inflow_id,
            entry_id=entry_id,
            source=source,
            occurred_on=occurred_on,
            income=income,
            giver_kind=giver_kind or "",
            place=place or "",
            through=tuple(funds[fund_id] for fund_id in reversed(_passed(path))),
        )
        for (
            position,
            fen,
            inflow_id,
            entry_id,
            source,
            occurred_on,
            income,
            giver_kind,
            place,
            path,
        ) in shown
    ]
    return GiftsPage(items, rows[PAGE][0] if len(rows) > PAGE else None)


def _passed(path: str) -> list[int]:
    """The funds of a path, a fund that follows itself (moved, come back) once."""
    ids = [int(part) for part in path.split("/")[1:]]
    return [fund_id for n, fund_id in enumerate(ids) if n == 0 or ids[n - 1] != fund_id]


def _funds(session: Session, paths: set[str]) -> dict[int, FundPassed]:
    ids = {fund_id for path in paths for fund_id in _passed(path)}
    rows = session.execute(_FUNDS, {"ids": list(ids)})
    return {row[0]: FundPassed(*row) for row in rows}


_TOTALS = (
    select(
        Outflow.entry_id,
        Outflow.fund_id,
        Outflow.kind,
        Outflow.amount,
        OutflowTotal.gifts,
        OutflowTotal.givers,
    )
    .outerjoin(OutflowTotal, OutflowTotal.outflow_id == Outflow.id)
    .where(Outflow.id == bindparam("outflow_id"))
)
_SHARES = select(
    OutflowShare.share_of,
    OutflowShare.value,
    OutflowShare.amount,
    OutflowShare.gifts,
    OutflowShare.givers,
).where(OutflowShare.outflow_id == bindparam("outflow_id"))
_FUNDS = select(Fund.id, Fund.name, Fund.book_id).where(
    Fund.id.in_(bindparam("ids", expanding=True))
)


def backing_of(session: Session, outflow_id: int) -> Backing:
    """Totals and shares of one outflow; raises `NotFound`."""
    row = session.execute(_TOTALS, {"outflow_id": outflow_id}).one_or_none()
    entry_id, fund_id, kind, amount, gifts, givers = present(row)
    kept = gifts is not None
    found = _kept_shares(session, outflow_id) if kept else shares_of(session, [outflow_id])
    shares: dict[ShareOf, list[Share]] = {share_of: [] for share_of in ShareOf}
    for share in sorted(found, key=lambda share: (-share.amount, share.value)):
        if share.share_of is None:
            gifts, givers = share.gifts, share.givers
        else:
            shares[share.share_of].append(share)
    return Backing(
        outflow_id, entry_id, fund_id, kind, amount, gifts or 0, givers or 0, shares, kept
    )


def _kept_shares(session: Session, outflow_id: int) -> list[Share]:
    rows = session.execute(_SHARES, {"outflow_id": outflow_id})
    return [
        Share(outflow_id, share_of, value, amount.fen, gifts, givers)
        for share_of, value, amount, gifts, givers in rows
    ]
