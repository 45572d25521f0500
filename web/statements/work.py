"""The long work on statements, in portions that are each a unit of their own.

A worker that is killed goes on where it stood; two workers at the same file disturb each other and
nothing else, since every row is stored once and applied once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from itertools import islice

from sqlalchemy.exc import IntegrityError

from charity import clock
from charity.actor import Actor
from charity.donations import services
from charity.donations.models import RowState, Statement, StatementKind, StatementState
from charity.donations.queries import statements as queries
from charity.donations.services.statement_deciding import PORTION
from charity.donations.services.statements import columns_of
from charity.donations.statement_reading import Reading, ReadRow
from charity.donations.statement_reading import rows as file_rows
from charity.errors import DomainError, Invalid, InvalidState
from web.db import database
from web.ports import ports, settings

log = logging.getLogger("wushe.statements")

WORKER = Actor.system("statements")
#: Files up to so many bytes are read while the person waits.
AT_ONCE = 512 * 1024
#: Rows looked at before a file is taken in at all.
_PEEK = 200

#: Called with rows done and rows there are; 0 where that is not known yet.
Told = Callable[[int, int], None]


def untold(done: int, whole: int) -> None:
    """Nobody watches."""


def peek(content: bytes, columns: dict[str, list[str]], *, needs_serial: bool) -> None:
    """Look into a file before it is taken in; raises `Invalid` for one that is no statement."""
    reading = Reading(content, columns, clock.today(), needs_serial=needs_serial)
    for _row in islice(reading.rows(), _PEEK):
        pass


def read_statement(statement_id: int, told: Told = untold) -> None:
    """Read what is not read yet of a statement's file, and finish it.

    A file that turns out to be none, far down, is discarded. Another worker at the same file is
    left to it.
    """
    with database().session(reads=True) as session:
        statement = queries.statement(session, statement_id)
        if statement.state is not StatementState.READ or statement.summed_total is not None:
            return
        reading = Reading(
            ports().files.get(statement.digest),
            columns_of(session, statement),
            clock.today(),
            needs_serial=statement.kind is StatementKind.PLATFORM,
        )
    try:
        rows, done = reading.rows(), 0
        while chunk := list(islice(rows, PORTION)):
            _store(statement_id, chunk)
            done += len(chunk)
            told(done, 0)
        with database().unit() as session:
            services.finish_reading(session, WORKER, statement_id=statement_id, reading=reading)
    except Invalid as refusal:
        log.warning("statement=%s refused reason=%s", statement_id, refusal.reason)
        with database().unit() as session:
            services.discard_statement(session, WORKER, statement_id=statement_id)
    except InvalidState:
        log.info("statement=%s is read by another worker", statement_id)


def apply_statement(statement_id: int, told: Told = untold) -> int:
    """Apply what is matched of a confirmed statement; answers how many rows became gifts."""
    with database().session(reads=True) as session:
        found = queries.tallies(session, [statement_id])[statement_id]
    whole = found[RowState.MATCHED].rows if RowState.MATCHED in found else 0
    done = 0
    while True:
        with database().unit() as session:
            some = services.apply_portion(
                session,
                WORKER,
                statement_id=statement_id,
                gateways=ports().gateways,
                operator_mode=settings().operator_mode,
            )
        if not some:
            return done
        done += some
        told(done, whole)


def catch_up_statements() -> int:
    """Go on with every statement that is half read or half applied; answers how many."""
    with database().session(reads=True) as session:
        owed = [(each.id, each.state) for each in queries.unfinished_statements(session)]
    for statement_id, state in owed:
        try:
            if state is StatementState.READ:
                read_statement(statement_id)
            else:
                apply_statement(statement_id)
        except DomainError as refusal:
            log.warning("statement=%s reason=%s", statement_id, refusal.reason)
        except Exception:
            log.exception("statement=%s", statement_id)
    return len(owed)


def _store(statement_id: int, chunk: list[ReadRow]) -> None:
    """Store some rows; where a file read at this moment has one of them, look again."""
    for is_last_try in (False, True):
        try:
            with database().unit() as session:
                services.store_rows(session, WORKER, statement_id=statement_id, rows=chunk)
        except IntegrityError:
            if is_last_try:
                raise
        else:
            return


def raw_rows(statement: Statement) -> Iterator[tuple[int, list[object]]]:
    """The file as it was handed in, row by row, for handing it back."""
    for number, cells in file_rows(ports().files.get(statement.digest)):
        yield number, list(cells)
