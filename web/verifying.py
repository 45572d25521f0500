"""Running the checks of `wushe ledger verify`: what they find, and how far they are.

The chain is hashed in this process while the database answers the other checks, so both work at
once; each reads in a transaction of its own, as of one moment, and nothing is written.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import click
from sqlalchemy.orm import Session

from charity.collecting import few_collections
from charity.ledger import checks
from charity.ledger.checks import Check, Problem

#: The check that works hardest here rather than in the database.
CHAIN = "chain"
_WIDTH = 24


@dataclass
class Bar:
    """How far something is, on one line of a terminal; silent where none is watching."""

    label: str = ""
    shown: bool = field(default_factory=lambda: sys.stderr.isatty())
    _last: float = 0

    def at(self, done: int, whole: int) -> None:
        """Draw `done` of `whole` rows, at most ten times a second."""
        if not self.shown or (time.monotonic() - self._last < 0.1 and done < whole):
            return
        self._last = time.monotonic()
        full = min(_WIDTH, _WIDTH * done // whole) if whole else 0
        line = f"\r\x1b[K{'█' * full}{'·' * (_WIDTH - full)} {done:,}/{whole:,} {self.label}"
        click.echo(line, nl=False, err=True)

    def clear(self) -> None:
        """Leave the line empty."""
        if self.shown:
            click.echo("\r\x1b[K", nl=False, err=True)


@dataclass
class Verification:
    """One run of some checks; `tells` says each result as it is there."""

    wanted: Sequence[Check]
    tells: bool = True
    bar: Bar = field(default_factory=Bar)
    #: What was found by the checks that are through; kept only where it is not told at once.
    found: dict[str, list[Problem]] = field(default_factory=dict)
    problems: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _error: BaseException | None = None

    def run(self, here: Session, beside: Session) -> None:
        """Run every check, the chain in this thread; raises what a check raised."""
        apart = [check for check in self.wanted if check.name != CHAIN]
        thread = threading.Thread(target=self._aside, args=(beside, apart), daemon=True)
        with few_collections():
            thread.start()
            self._run(here, [check for check in self.wanted if check.name == CHAIN])
            thread.join()
        if self._error is not None:
            raise self._error

    def _aside(self, session: Session, wanted: Sequence[Check]) -> None:
        try:
            self._run(session, wanted)
        except BaseException as error:  # is raised again where somebody hears it
            self._error = error

    def _run(self, session: Session, wanted: Sequence[Check]) -> None:
        with session:
            checks.snapshot(session)
            for check in wanted:
                self._check(session, check)

    def _check(self, session: Session, check: Check) -> None:
        kept: list[Problem] = []
        is_true = True
        for problem in check.find(session, self._told(check)):
            is_true = False
            with self._lock:
                self.problems += 1
                self._say(f"LIE {problem.check}: {problem.row}: {problem.detail}")
                if not self.tells:
                    kept.append(problem)
        with self._lock:
            self.found[check.name] = kept
            self._say(f"{'ok ' if is_true else 'BAD'} {check.name}: {check.says}")

    def _told(self, check: Check) -> checks.Told:
        """The bar shows the entries that are hashed; the other checks are counted beside it."""

        def at(done: int, whole: int) -> None:
            with self._lock:
                self.bar.label = f"entries, {len(self.found)}/{len(self.wanted)} checks"
                self.bar.at(done, whole)

        return at if check.name == CHAIN else checks.untold

    def _say(self, line: str) -> None:
        if self.tells:
            self.bar.clear()
            click.echo(line)
