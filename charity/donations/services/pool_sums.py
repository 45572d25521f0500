"""What a pool has given so far, and the money the book holds for it.

Both belong to whoever holds the lock of the pool's row. Lock order: a gift, the pool, lines of the
book; so asking, which comes with a gift's lock, never takes the pool's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.donations import policy
from charity.donations.matching import POOL, Gift, added
from charity.donations.models import Match, MatchingPool, MatchSum, PoolState
from charity.ledger import services as ledger
from charity.ledger.models import Book, Fund, Hold
from charity.money import ZERO, Money
from charity.rows import locked

#: The sum of what has left the pool's fund and not come back.
PAID = "paid"
#: Money moves for a pool by its own rules; who may set them is asked where they are set.
_MATCHING = Actor.system("matching")


def lock_pool(session: Session, pool_id: int) -> MatchingPool:
    """The pool, locked until the unit ends and read afresh. Raises `NotFound`."""
    return locked(session, select(MatchingPool).where(MatchingPool.id == pool_id))


def pool_of(session: Session, actor: Actor, pool_id: int) -> MatchingPool:
    """The pool under its lock, if this actor keeps it. Raises `Denied`, `NotFound`."""
    pool = lock_pool(session, pool_id)
    charity = select(Book.organisation_id).join(Fund, Fund.book_id == Book.id)
    charity_id = session.scalars(charity.where(Fund.id == pool.fund_id)).one()
    require(policy.may_manage_pool(actor, charity_id))
    return pool


def sums(session: Session, pool_id: int, scopes: Collection[str]) -> dict[str, int]:
    """The kept sums of these scopes, in fen; what was never given is left out."""
    query = select(MatchSum.scope, MatchSum.amount).where(
        MatchSum.pool_id == pool_id, MatchSum.scope.in_(scopes)
    )
    return {scope: amount.fen for scope, amount in session.execute(query)}


def add_to_sums(
    session: Session, pool_id: int, amounts: Mapping[str, int], known: Mapping[str, int]
) -> None:
    """Add these fen to the sums; `known` are all of them that exist."""
    changed = {scope: known.get(scope, 0) + fen for scope, fen in amounts.items() if fen}
    old = [_row(pool_id, scope, fen) for scope, fen in changed.items() if scope in known]
    new = [_row(pool_id, scope, fen) for scope, fen in changed.items() if scope not in known]
    if old:
        session.execute(update(MatchSum), old)
    if new:
        session.execute(insert(MatchSum), new)


def take_from_sums(session: Session, pool: MatchingPool, match: Match, back: Money) -> None:
    """What comes back from a match is free again under every cap."""
    amounts = added(pool.rules, [gift_of(match)], [-back.fen])
    add_to_sums(session, pool.id, amounts, sums(session, pool.id, list(amounts)))


def add_paid(session: Session, pool: MatchingPool, amount: Money) -> None:
    """So much more has left the pool's fund, or less where it is negative."""
    add_to_sums(session, pool.id, {PAID: amount.fen}, sums(session, pool.id, [PAID]))


def gift_of(match: Match) -> Gift:
    """The published facts of a match's gift."""
    return Gift(
        match.gift.fen,
        match.giver_mark,
        match.given_on,
        match.campaign_id,
        match.organisation_id,
        match.is_excluded,
    )


def last_position(session: Session, pool_id: int) -> int:
    """How many gifts the pool has decided."""
    return session.scalar(select(func.max(Match.position)).where(Match.pool_id == pool_id)) or 0


def promised(session: Session, pool: MatchingPool) -> Money:
    """What the pool may still have to pay: all that is left, and once closed what is reserved."""
    found = sums(session, pool.id, [POOL, PAID])
    whole = {
        PoolState.DRAFT: 0,
        PoolState.OPEN: pool.total.fen,
        PoolState.FROZEN: pool.total.fen,
        PoolState.CLOSED: found.get(POOL, 0),
    }[pool.state]
    return Money(max(whole - found.get(PAID, 0), 0))


def held(session: Session, pool: MatchingPool) -> Money:
    """What the book holds for the pool now."""
    amounts: Sequence[Money] = session.scalars(
        select(Hold.amount).where(Hold.source == pool.hold_source)
    ).all()
    return Money.total(amounts)


def let_go(session: Session, pool: MatchingPool) -> None:
    """Give the pool's hold back to its line, to pay from it or to hold another sum."""
    if held(session, pool):
        ledger.release_hold(session, _MATCHING, source=pool.hold_source)


def keep_hold(session: Session, pool: MatchingPool) -> None:
    """Hold in the book exactly what the pool may still have to pay.

    Raises `Insufficient` (field `amount`, `available`) where its fund has less.
    """
    wanted = promised(session, pool)
    if wanted == held(session, pool):
        return
    let_go(session, pool)
    if wanted != ZERO:
        ledger.hold(
            session, _MATCHING, fund_id=pool.fund_id, source=pool.hold_source, amount=wanted
        )


def _row(pool_id: int, scope: str, fen: int) -> dict[str, object]:
    return {"pool_id": pool_id, "scope": scope, "amount": Money(fen)}
