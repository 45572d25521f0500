"""What must be true of every matching pool: sums, caps, order and the money held for it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import BigInteger, case, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from charity.base import FenType
from charity.donations.matching import POOL
from charity.donations.models import Match, MatchingPool, MatchReturn, MatchState, PoolState
from charity.donations.queries.pools import with_standing
from charity.ledger.checks import Problem
from charity.ledger.models import Hold
from charity.money import ZERO, Money

_STANDING = (MatchState.RESERVED, MatchState.CONFIRMED)


def verify(session: Session) -> Iterator[Problem]:
    """Everything that does not tie; nothing where each pool agrees with its rows to the fen."""
    pools = list(session.scalars(select(MatchingPool).order_by(MatchingPool.id)))
    held = _held(session)
    for pool, kept in with_standing(session, pools):
        row = f"{POOL}:{pool.id}"
        given, paid, decided, last = _added_up(session, pool.id)
        if (given, paid) != (kept.given, kept.paid):
            detail = f"rows say {given} given, {paid} paid; kept are {kept.given}, {kept.paid}"
            yield Problem("match_sums", row, detail)
        if given > pool.total:
            yield Problem("match_total", row, f"{given} given of {pool.total}")
        if decided != last:
            yield Problem("match_order", row, f"{decided} gifts up to position {last}")
        promised = _promised(pool, given, paid)
        if held.get(pool.hold_source, ZERO) != promised:
            there = held.get(pool.hold_source, ZERO)
            yield Problem("match_hold", row, f"{promised} promised, {there} held")
    yield from _returns(session)


def _added_up(session: Session, pool_id: int) -> tuple[Money, Money, int, int]:
    """Given and paid by the rows, how many have a place, and the last place."""
    stands = type_coerce(Match.amount, BigInteger) - type_coerce(Match.given_back, BigInteger)
    query = select(
        func.sum(case((Match.state.in_(_STANDING), stands), else_=0)),
        func.sum(case((Match.state == MatchState.CONFIRMED, stands), else_=0)),
        func.count(Match.position),
        func.max(Match.position),
    ).where(Match.pool_id == pool_id)
    given, paid, decided, last = session.execute(query).one()
    return _money(given), _money(paid), decided, last or 0


def _returns(session: Session) -> Iterator[Problem]:
    """What came back of a match is the sum of its returns."""
    back = (
        select(MatchReturn.match_id, func.sum(MatchReturn.amount).label("amount"))
        .group_by(MatchReturn.match_id)
        .subquery()
    )
    query = (
        select(Match.id, Match.given_back, back.c.amount)
        .outerjoin(back, back.c.match_id == Match.id)
        .where(Match.given_back != func.coalesce(back.c.amount, literal(ZERO, FenType())))
        .order_by(Match.id)
    )
    for match_id, said, summed in session.execute(query):
        yield Problem(
            "match_returns", f"match:{match_id}", f"{said} back, returns {_money(summed)}"
        )


def _promised(pool: MatchingPool, given: Money, paid: Money) -> Money:
    if pool.state is PoolState.DRAFT:
        return ZERO
    return (given if pool.state is PoolState.CLOSED else pool.total) - paid


def _held(session: Session) -> dict[str, Money]:
    query = select(Hold.source, Hold.amount).where(Hold.source.startswith(f"{POOL}:"))
    found: dict[str, Money] = {}
    for source, amount in session.execute(query):
        found[source] = found.get(source, ZERO) + amount
    return found


def _money(value: object) -> Money:
    return value if isinstance(value, Money) else Money(int(str(value or 0)))
