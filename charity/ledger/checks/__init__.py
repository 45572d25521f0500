"""What must be true of the book, as a list of named checks.

`verify` recomputes the book from its rows and trusts no total. Each problem names the row it was
found at, so that a stranger can look there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from charity.ledger.checks.chain import chains
from charity.ledger.checks.entries import (
    closed_untouched,
    deeds_cover,
    flows_carried,
    same_book,
    sources_unique,
    transfers_complete,
)
from charity.ledger.checks.kept import backing_kept, flows_kept, turnover_kept
from charity.ledger.checks.lines import (
    heads_agree,
    inflows_accounted,
    lines_conserve,
    origins_once,
    outflows_covered,
    pieces_disjoint,
    placements_tile,
)
from charity.ledger.checks.money import (
    inter_fund_zero,
    money_on_lines,
    within_purpose,
    years_closed,
)
from charity.ledger.checks.problem import Problem, Told, untold
from charity.ledger.checks.published import KeptHead, days_chained, heads_stand, read_heads
from charity.ledger.checks.upkeep import UNSEALED_MINUTES, guards_present, sealed_in_time

__all__ = [
    "CHECKS",
    "UNSEALED_MINUTES",
    "Check",
    "KeptHead",
    "Problem",
    "Told",
    "checks",
    "heads_stand",
    "read_heads",
    "sealed_in_time",
    "snapshot",
    "untold",
    "verify",
]


@dataclass(frozen=True, slots=True)
class Check:
    """A named invariant and how it is looked for."""

    name: str
    find: Callable[[Session, Told], Iterator[Problem]]

    @property
    def says(self) -> str:
        """The invariant in one sentence."""
        return (self.find.__doc__ or "").partition("\n")[0]


CHECKS: tuple[Check, ...] = (
    Check("guards", guards_present),
    Check("unsealed", sealed_in_time),
    Check("sources", sources_unique),
    Check("transfers", transfers_complete),
    Check("same_book", same_book),
    Check("flows", flows_carried),
    Check("inflows", inflows_accounted),
    Check("placements", placements_tile),
    Check("pieces", pieces_disjoint),
    Check("covered", outflows_covered),
    Check("origins", origins_once),
    Check("conservation", lines_conserve),
    Check("heads", heads_agree),
    Check("money", money_on_lines),
    Check("inter_fund", inter_fund_zero),
    Check("purpose", within_purpose),
    Check("closed", closed_untouched),
    Check("years", years_closed),
    Check("totals", turnover_kept),
    Check("flows_kept", flows_kept),
    Check("backing", backing_kept),
    Check("deeds", deeds_cover),
    Check("days", days_chained),
    # digests, leaves, roots and links in one pass over the entries
    Check("chain", chains),
)


def checks(kept: Iterable[KeptHead] = ()) -> tuple[Check, ...]:
    """The checks to run; with heads that were kept outside, one more that compares them."""
    heads = tuple(kept)
    if not heads:
        return CHECKS

    def heads_kept(session: Session, _told: Told = untold) -> Iterator[Problem]:
        """Every head that was kept outside is still the head of its day or seal."""
        return heads_stand(session, heads)

    return (*CHECKS, Check("heads_kept", heads_kept))


def snapshot(session: Session) -> None:
    """Let everything be read as of one moment, so that posting may go on beside a check.

    Does nothing for a session that has read already; on SQLite a reading transaction is one.
    """
    bind = session.get_bind()
    if isinstance(bind, Engine) and bind.dialect.name != "sqlite" and not session.in_transaction():
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        # To compile a plan costs more than it saves in thousands of short queries.
        session.execute(text("SET LOCAL jit = off"))


def verify(session: Session) -> list[Problem]:
    """Run every check; an empty list means the book is true. Reads only."""
    snapshot(session)
    return [problem for check in CHECKS for problem in check.find(session, untold)]
