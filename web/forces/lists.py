"""A registrar's list on its way in: read, tried, applied in portions that are each a unit."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.registry import queries, services
from charity.registry.models import OrganisationKind, Region, RegistryImport
from charity.registry.queries import Judged, Outcome
from charity.registry.reading import Flaw, Places, RegisterList, differing, read_list
from charity.registry.services import PORTION
from charity.sheets import place
from web.db import database
from web.labels import label, sentence
from web.labels.forces import LIST_COLUMNS, LIST_TOTALS

#: Called with rows done and rows there are.
Told = Callable[[int, int], None]


@dataclass
class Tally:
    """What becomes, or became, of a list: how many rows of each kind, and what is said of rows."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    flaws: list[Flaw] = field(default_factory=list)

    def add(self, judged: Sequence[Judged]) -> None:
        """Count some rows."""
        self.outcomes.update(each.outcome for each in judged)
        self.flaws += [flaw for each in judged for flaw in each.flaws]

    @property
    def refusing(self) -> list[Flaw]:
        """What refuses rows, in their order."""
        return sorted((f for f in self.flaws if f.refuses), key=lambda f: f.number)

    @property
    def telling(self) -> list[Flaw]:
        """What refuses nothing, in the order of the rows."""
        return sorted((f for f in self.flaws if not f.refuses), key=lambda f: f.number)


def untold(done: int, whole: int) -> None:
    """Nobody watches."""


def read(session: Session, content: bytes, within: str) -> RegisterList:
    """Read a list of the place `within`; raises `Invalid` on `file` for what is none."""
    rows = session.execute(select(Region.code, Region.name)).all()
    return read_list(content, Places(((row[0], row[1]) for row in rows), within), clock.today())


def try_out(session: Session, found: RegisterList, told: Told = untold) -> Tally:
    """What would become of every row, in a transaction that only reads."""
    tally, hosts = Tally(), found.hosts
    for start, rows in found.portions(PORTION):
        tally.add(queries.judge_rows(session, rows, hosts=hosts))
        told(start + len(rows), len(found.rows))
    return tally


def bring_in(
    actor: Actor, content: bytes, name: str, found: RegisterList, told: Told = untold
) -> tuple[int, Tally]:
    """Apply a list from where it stands; answers its number and what became of the rows now.

    Every portion is a unit of its own: what was interrupted goes on with the next one.
    """
    tally = Tally()
    with database().unit() as session:
        entered = services.begin_import(
            session,
            actor,
            file_hash=hashlib.sha256(content).digest(),
            file_name=name,
            rows=len(found.rows),
            gaps=found.gaps,
        )
        import_id, start = entered.id, entered.done
    for at, rows in found.portions(PORTION, start):
        with database().unit() as session:
            tally.add(services.apply_rows(session, actor, import_id=import_id, start=at, rows=rows))
        told(at + len(rows), len(found.rows))
    return import_id, tally


def counts(entered: RegistryImport) -> Counter[Outcome]:
    """What became of the rows of an import, over all its portions."""
    return Counter({outcome: getattr(entered, outcome.value) for outcome in Outcome})


def row_name(number: int) -> str:
    """The number of a row as people see it in their spreadsheet."""
    sheet, row = place(number)
    if sheet == 1:
        return str(_("第 %(row)s 行", row=row))
    return str(_("第 %(sheet)s 张表第 %(row)s 行", sheet=sheet, row=row))


def column_name(flaw: Flaw, head: Mapping[str, str]) -> str:
    """The word above the column of a flaw, as the file writes it."""
    return head.get(flaw.column) or str(LIST_COLUMNS.get(flaw.column, ""))


def words(flaw: Flaw) -> str:
    """What is wrong, in the language of the reader."""
    return sentence(flaw.reason, flaw.params)


def gap_lines(gaps: Mapping[str, Sequence[int]]) -> list[tuple[str, int, int]]:
    """The stated numbers that are not their sums: what of, stated, summed."""
    return [(_total_name(what), *pair) for what, pair in differing(gaps).items()]


def _total_name(what: str) -> str:
    if what in LIST_TOTALS:
        return str(LIST_TOTALS[what])
    return label(OrganisationKind(what))
