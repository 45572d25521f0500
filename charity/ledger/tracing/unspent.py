"""What is unspent and where it lies: a fund's oldest gifts that are still in hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Text, bindparam, cast, literal, select
from sqlalchemy.orm import Session

from charity.ledger.lines import Interval, unspent
from charity.ledger.models import Line, LineHead, Piece
from charity.ledger.tracing.backward import PAGE, GiftPart, page_statement, read_page
from charity.money import Money


@dataclass(frozen=True, slots=True)
class UnspentPart:
    """A part of a gift that lies unspent on a line of the fund.

    Its gift's `position` counts the unspent fen of the fund, general line first.
    """

    line_id: int
    earmark: str
    amount: Money
    gift: GiftPart


@dataclass(frozen=True, slots=True)
class _Gap:
    """Unspent fen of one line."""

    line_id: int
    earmark: str
    interval: Interval


def oldest_unspent(session: Session, fund_id: int) -> list[UnspentPart]:
    """The first parts of gifts a fund has in hand, in the order in which they will be spent.

    Of each line the oldest first, the general line before earmarks and lots; at most one page.
    What still waits for its place is not among them.
    """
    parts: list[UnspentPart] = []
    position = 0
    for gap in _gaps(session, fund_id):
        where = {
            "position": position,
            "line_id": gap.line_id,
            "start": gap.interval.start,
            "stop": gap.interval.stop,
            "path": f"/{fund_id}",
        }
        page = read_page(session, _PAGE_OF_GAP, where)
        parts.extend(
            UnspentPart(gap.line_id, gap.earmark, gift.amount, gift) for gift in page.items
        )
        position += gap.interval.length
        if len(parts) >= PAGE:
            break
    return parts[:PAGE]


def _gaps(session: Session, fund_id: int) -> Iterator[_Gap]:
    heads = session.execute(
        select(Line.id, Line.earmark, LineHead.cursor, LineHead.placed_end)
        .join(LineHead, LineHead.line_id == Line.id)
        .where(Line.fund_id == fund_id, LineHead.spent < LineHead.placed_end)
        .order_by(Line.earmark != "", Line.id)
    ).all()
    for line_id, earmark, cursor, end in heads:
        taken = session.execute(
            select(Piece.start, Piece.stop)
            .where(Piece.line_id == line_id, Piece.start >= cursor)
            .order_by(Piece.start)
        ).yield_per(500)
        for interval in unspent(cursor, (Interval(*row) for row in taken), end):
            yield _Gap(line_id, earmark, interval)


def _gap() -> Select[Any]:
    """Unspent fen as the segment a walk begins with."""
    figures = ("position", "line_id", "start", "stop")
    columns: list[ColumnElement[Any]] = [
        literal(0, BigInteger).label("root"),
        *(bindparam(name, type_=BigInteger).label(name) for name in figures),
        cast(bindparam("path", type_=Text), Text).label("path"),
    ]
    return select(*columns)


_PAGE_OF_GAP = page_statement(_gap())
