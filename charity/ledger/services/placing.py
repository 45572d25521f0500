"""Placing: giving waiting inflows their interval on the line.

Lock order everywhere: book, line heads by id, rows. The head is locked in a statement of its own;
only then is what waits read, so that a waiter sees what the one before it did. Whatever is
visible is placed in order of id and never looked back at: the recorded place is the order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from charity.actor import Actor
from charity.ledger.models import LineHead
from charity.ledger.services.arrays import run
from charity.rows import locking

#: So many lines are locked and placed by one set of statements.
LINES_AT_ONCE = 1000

_LOCK = """SELECT line_id FROM line_head WHERE line_id IN (?bigint)
ORDER BY line_id FOR NO KEY UPDATE"""

#: Written in the order in which the inflows lie in their table, which is looked up for each.
_PLACE = """INSERT INTO placement (line_id, start, stop, number, inflow_id, derived)
SELECT line_id, placed_end + reach - amount, placed_end + reach, placed_count + ordinal, id, derived
FROM (
  SELECT inflow.line_id, inflow.id, inflow.amount, line_head.placed_end, line_head.placed_count,
    inflow.origin_outflow_id IS NOT NULL AS derived,
    CAST(sum(inflow.amount) OVER arrived AS bigint) AS reach,
    row_number() OVER arrived AS ordinal
  FROM pending
  JOIN inflow ON inflow.id = pending.inflow_id AND inflow.line_id = pending.line_id
  JOIN line_head ON line_head.line_id = pending.line_id
  WHERE pending.line_id IN (?bigint)
  WINDOW arrived AS (PARTITION BY inflow.line_id ORDER BY inflow.id ROWS UNBOUNDED PRECEDING)
) AS waiting
ORDER BY id"""

#: Heads say what the facts say.
_ADVANCE = """UPDATE line_head SET (placed_end, placed_count) = (
    SELECT stop, number FROM placement WHERE placement.line_id = line_head.line_id
    ORDER BY start DESC LIMIT 1)
WHERE line_id IN (?bigint)
  AND placed_end < (SELECT stop FROM placement WHERE placement.line_id = line_head.line_id
    ORDER BY start DESC LIMIT 1)"""

#: A fee posted with its gift takes the gift's last fen, in the act that places the gift.
_FEES = """INSERT INTO piece (outflow_id, start_offset, line_id, start, stop)
SELECT outflow.id, 0, placement.line_id, placement.stop - outflow.amount, placement.stop
FROM pending
JOIN placement ON placement.inflow_id = pending.inflow_id
JOIN inflow ON inflow.id = pending.inflow_id
JOIN outflow ON outflow.of_inflow_id = inflow.id AND outflow.entry_id = inflow.entry_id
WHERE pending.line_id IN (?bigint)"""

_DONE = """DELETE FROM pending WHERE line_id IN (?bigint)
  AND EXISTS (SELECT 1 FROM placement WHERE placement.inflow_id = pending.inflow_id)"""


def lock_heads(session: Session, line_ids: Iterable[int]) -> dict[int, LineHead]:
    """Lock the heads of these lines, in order of id, and read them fresh."""
    query = (
        select(LineHead)
        .where(LineHead.line_id.in_(sorted(set(line_ids))))
        .order_by(LineHead.line_id)
    )
    return {head.line_id: head for head in session.scalars(locking(query))}


def place(session: Session, actor: Actor, *, line_ids: Sequence[int]) -> dict[int, LineHead]:
    """Lock these lines' heads and place every inflow that waits on them; returns the heads."""
    heads = lock_heads(session, line_ids)
    return lock_heads(session, heads) if _place_waiting(session, heads) else heads


def place_all(session: Session, actor: Actor, *, line_ids: Iterable[int]) -> int:
    """Place what waits on any number of lines, without reading their heads; returns how many.

    The lines are locked in order of id, set by set, and stay locked until the unit ends.
    """
    ordered, placed = sorted(set(line_ids)), 0
    with by_index(session):
        for first in range(0, len(ordered), LINES_AT_ONCE):
            some = ordered[first : first + LINES_AT_ONCE]
            _lock(session, some)
            placed += _place_waiting(session, some)
    return placed


@contextmanager
def by_index(session: Session) -> Iterator[None]:
    """Let PostgreSQL look rows up by index whatever it believes of the tables' sizes.

    A plan made while a table was small, as that of a reference's check, would read all of it for
    every row of a bulk load; one that merges would read a book from its first entry.
    """
    if session.get_bind().dialect.name == "sqlite":
        yield
        return
    settings = ("enable_seqscan", "enable_mergejoin", "jit")
    before = [session.scalar(text(f"SELECT current_setting('{name}')")) for name in settings]
    change = text("SELECT set_config(:name, :value, true)")
    for name in settings:
        session.execute(change, {"name": name, "value": "off"})
    undone = False
    try:
        yield
    except DBAPIError:
        # What was set goes with the unit that failed.
        undone = True
        raise
    finally:
        if not undone:
            for name, value in zip(settings, before, strict=True):
                session.execute(change, {"name": name, "value": value})


def _lock(session: Session, line_ids: Sequence[int]) -> None:
    """Lock heads without reading them as objects; those the session has are read again later."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        run(connection, _LOCK, line_ids)
    for line_id in line_ids:
        head = session.identity_map.get(identity_key(LineHead, line_id))
        if head is not None:
            session.expire(head)


def _place_waiting(session: Session, line_ids: Collection[int]) -> int:
    """Place what waits on lines whose heads are locked; returns how many inflows that were."""
    session.flush()
    connection = session.connection()
    placed = run(connection, _PLACE, line_ids).rowcount
    if placed:
        for statement in (_ADVANCE, _FEES, _DONE):
            run(connection, statement, line_ids)
    return placed
