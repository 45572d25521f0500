"""What must be true of the book, as a list of named checks.

`verify` recomputes the book from its rows and trusts no total. Each problem names the row it was
found at, so that a stranger can look there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from charity import clock
from charity.ledger.chain_check import Problem, chain
from charity.ledger.chart import MONEY_ACCOUNTS
from charity.ledger.guards import missing
from charity.ledger.models import (
    Account,
    Book,
    Entry,
    Fund,
    Hold,
    Inflow,
    LineHead,
    Outflow,
    Pending,
    Piece,
    Placement,
    Transfer,
    Unsealed,
)
from charity.ledger.queries import positions

__all__ = ["CHECKS", "Check", "Problem", "verify"]

#: An entry may wait this long for the sealer before that is a problem itself.
UNSEALED_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Check:
    """A named invariant and how it is looked for."""

    name: str
    find: Callable[[Session], Iterator[Problem]]


def transfers_complete(session: Session) -> Iterator[Problem]:
    """Every entry has exactly the transfers it declared, numbered from 0."""
    rows = session.execute(
        select(Entry.id, Entry.transfers, func.count(Transfer.number), func.max(Transfer.number))
        .outerjoin(Transfer, Transfer.entry_id == Entry.id)
        .group_by(Entry.id, Entry.transfers)
        .having(
            (func.count(Transfer.number) != Entry.transfers)
            | (func.max(Transfer.number) != Entry.transfers - 1)
        )
    )
    for entry_id, declared, found, _ in rows:
        yield Problem("transfers", f"entry:{entry_id}", f"declared {declared}, found {found}")


def inflows_accounted(session: Session) -> Iterator[Problem]:
    """Every inflow either has its place or waits for it, never both."""
    rows = session.execute(
        select(Inflow.id, Pending.inflow_id.is_(None))
        .outerjoin(Placement, Placement.inflow_id == Inflow.id)
        .outerjoin(Pending, Pending.inflow_id == Inflow.id)
        .where((Placement.inflow_id.is_(None)) == (Pending.inflow_id.is_(None)))
    )
    for inflow_id, lost in rows:
        state = "lost" if lost else "placed and waiting"
        yield Problem("inflows", f"inflow:{inflow_id}", state)


def placements_tile(session: Session) -> Iterator[Problem]:
    """Places follow one another from 0 without gap or overlap, each as long as its inflow."""
    before = aliased(Placement)
    rows = session.execute(
        select(Placement.line_id, Placement.start, Placement.inflow_id)
        .join(Inflow, Inflow.id == Placement.inflow_id)
        .outerjoin(
            before,
            (before.line_id == Placement.line_id) & (before.number == Placement.number - 1),
        )
        .where(
            (func.coalesce(before.stop, 0) != Placement.start)
            | (Placement.stop - Placement.start != Inflow.amount)
            | (Placement.line_id != Inflow.line_id)
        )
    )
    for line_id, start, inflow_id in rows:
        yield Problem("placements", f"placement:{line_id}:{start}", f"inflow {inflow_id}")


def pieces_disjoint(session: Session) -> Iterator[Problem]:
    """No fen is consumed twice or beyond its line, and every outflow is covered exactly."""
    other = aliased(Piece)
    overlapping = session.execute(
        select(Piece.line_id, Piece.start)
        .join(
            other,
            (other.line_id == Piece.line_id)
            & (other.start > Piece.start)
            & (other.start < Piece.stop),
        )
        .distinct()
    )
    for line_id, start in overlapping:
        yield Problem("pieces", f"piece:{line_id}:{start}", "overlaps another")
    covered = session.execute(
        select(Outflow.id, Outflow.amount, func.sum(Piece.stop - Piece.start))
        .outerjoin(Piece, Piece.outflow_id == Outflow.id)
        .outerjoin(Pending, Pending.inflow_id == Outflow.of_inflow_id)
        .where(Pending.inflow_id.is_(None))
        .group_by(Outflow.id, Outflow.amount)
    )
    for outflow_id, amount, sum_ in covered:
        if int(sum_ or 0) != amount.fen:
            yield Problem("pieces", f"outflow:{outflow_id}", f"{sum_ or 0} of {amount.fen} fen")


def heads_agree(session: Session) -> Iterator[Problem]:
    """The head of every line says what its places, pieces and holds add up to."""
    placed = select(func.coalesce(func.max(Placement.stop), 0)).where(
        Placement.line_id == LineHead.line_id
    )
    count = select(func.count()).where(Placement.line_id == LineHead.line_id)
    spent = select(func.coalesce(func.sum(Piece.stop - Piece.start), 0)).where(
        Piece.line_id == LineHead.line_id
    )
    before = select(func.coalesce(func.sum(Piece.stop - Piece.start), 0)).where(
        Piece.line_id == LineHead.line_id, Piece.stop <= LineHead.cursor
    )
    held = select(func.coalesce(func.sum(Hold.amount), 0)).where(Hold.line_id == LineHead.line_id)
    rows = session.execute(
        select(
            LineHead,
            placed.scalar_subquery(),
            count.scalar_subquery(),
            spent.scalar_subquery(),
            before.scalar_subquery(),
            held.scalar_subquery(),
        )
    )
    for head, *sums in rows:
        said = [head.placed_end, head.placed_count, head.spent, head.cursor, head.held]
        found = [int(getattr(value, "fen", value)) for value in sums]
        if said != found:
            yield Problem("heads", f"line_head:{head.line_id}", f"says {said}, rows say {found}")


def money_on_lines(session: Session) -> Iterator[Problem]:
    """Per fund, what stands on the money accounts is what its lines hold."""
    balances: dict[int, int] = {}
    for side, fund, sign in (
        (Transfer.debit_account_id, Transfer.debit_fund_id, 1),
        (Transfer.credit_account_id, Transfer.credit_fund_id, -1),
    ):
        rows = session.execute(
            select(fund, func.sum(Transfer.amount))
            .join(Account, Account.id == side)
            .where(Account.code.in_(MONEY_ACCOUNTS), fund.is_not(None))
            .group_by(fund)
        )
        for fund_id, amount in rows:
            key = int(fund_id or 0)
            balances[key] = balances.get(key, 0) + sign * amount.fen
    fund_ids = list(session.scalars(select(Fund.id).order_by(Fund.id)))
    for fund_id, position in positions(session, fund_ids).items():
        on_accounts = balances.get(fund_id, 0)
        if on_accounts != position.in_hand.fen:
            detail = f"accounts {on_accounts}, lines {position.in_hand.fen} fen"
            yield Problem("money", f"fund:{fund_id}", detail)


def guards_present(session: Session) -> Iterator[Problem]:
    """Every trigger that guards the facts is there."""
    for name in missing(session.connection()):
        yield Problem("guards", f"trigger:{name}", "missing")


def sealed_in_time(session: Session) -> Iterator[Problem]:
    """No entry waits for the sealer longer than `UNSEALED_MINUTES`."""
    limit = clock.microseconds(clock.now()) - UNSEALED_MINUTES * 60 * 1_000_000
    rows = session.execute(
        select(Unsealed.book_id, func.count(), func.min(Unsealed.entry_id))
        .join(Entry, Entry.id == Unsealed.entry_id)
        .where(Entry.posted_at < limit)
        .group_by(Unsealed.book_id)
    )
    for book_id, count, oldest in rows:
        yield Problem("unsealed", f"entry:{oldest}", f"book {book_id}: {count} wait too long")


def chains(session: Session) -> Iterator[Problem]:
    """Every leaf, root and head of every book is what its rows hash to."""
    for book_id in session.scalars(select(Book.id).order_by(Book.id)).all():
        yield from chain(session, book_id)


CHECKS: tuple[Check, ...] = (
    Check("transfers", transfers_complete),
    Check("inflows", inflows_accounted),
    Check("placements", placements_tile),
    Check("pieces", pieces_disjoint),
    Check("heads", heads_agree),
    Check("money", money_on_lines),
    Check("chain", chains),
    Check("unsealed", sealed_in_time),
    Check("guards", guards_present),
)


def verify(
    session: Session, *, progress: Callable[[str], None] = lambda _name: None
) -> list[Problem]:
    """Run every check; an empty list means the book is true. Reads only."""
    problems: list[Problem] = []
    for check in CHECKS:
        progress(check.name)
        problems.extend(check.find(session))
    return problems
