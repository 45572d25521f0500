"""Allotting: the single writer of a pool takes what asks, in order, and decides it by the rules.

Whoever finds the pool taken goes away; whoever held it looks again after its commit
(`queries.is_asked`), so that no row stays behind. Rows are read and written in sets.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from charity import clock
from charity.actor import Actor, require
from charity.donations import policy
from charity.donations.matching import Gift, added, decide, kept, mark, scopes
from charity.donations.models import (
    Donation,
    Match,
    MatchingPool,
    MatchReturn,
    MatchState,
    PoolState,
)
from charity.donations.services.excluding import Asking, excluded
from charity.donations.services.pool_sums import (
    add_paid,
    add_to_sums,
    keep_hold,
    last_position,
    sums,
    take_from_sums,
)
from charity.errors import Insufficient
from charity.ledger import services as ledger
from charity.money import ZERO, Money
from charity.rows import present

#: Rows taken in one unit.
BATCH = 500


class _Row(NamedTuple):
    """A gift that asks, as read from the tables."""

    asking: Asking
    gift: Money
    given_on: date
    organisation_id: int


def allot(session: Session, actor: Actor, *, pool_id: int, limit: int = BATCH) -> int | None:
    """Decide what asks of a pool, at most `limit` rows; answers how many were decided.

    None where another one is at it, who will look again. Returns are done first, in any state; a
    frozen pool decides nothing; a closed one lets what came too late go. Positions follow each
    other without gaps, and the sum of what stands is never above any cap (MAT-01). Raises `Denied`
    for anyone but the installation itself.
    """
    require(policy.may_settle(actor))
    pool = take_pool(session, pool_id)
    if pool is None:
        return None
    done = take_back(session, pool, limit=limit)
    if pool.state is PoolState.OPEN:
        done += decide_batch(session, pool, limit=limit)
    elif pool.state is PoolState.CLOSED:
        done += _turn_away(session, pool, limit=limit)
    return done


def take_pool(session: Session, pool_id: int) -> MatchingPool | None:
    """The pool under its lock until the unit ends; None where another one has it."""
    query = select(MatchingPool).where(MatchingPool.id == pool_id)
    return session.scalar(
        query.with_for_update(key_share=True, skip_locked=True).execution_options(
            populate_existing=True
        )
    )


def decide_batch(session: Session, pool: MatchingPool, *, limit: int = BATCH) -> int:
    """Decide the first rows that ask, the pool's lock held; answers how many."""
    rows = asking(session, pool, limit)
    if not rows:
        return 0
    rules = pool.rules
    out = excluded(session, pool, [row.asking for row in rows])
    gifts = [
        Gift(
            row.gift.fen,
            mark(row.asking.giver_key, pool.salt),
            row.given_on,
            row.asking.campaign_id,
            row.organisation_id,
            row.asking.match_id in out,
        )
        for row in rows
    ]
    wanted = {key for gift in gifts for key, _ in scopes(rules, gift).values()}
    known = sums(session, pool.id, wanted)
    decisions = decide(rules, gifts, known)
    first, at = last_position(session, pool.id) + 1, clock.now()
    cooling = timedelta(days=pool.cooling_days)
    changes = [
        {
            "id": row.asking.match_id,
            "position": first + number,
            "giver_mark": gift.giver,
            "is_excluded": gift.excluded,
            "amount": Money(decision.amount),
            "limited_by": decision.limit,
            "state": MatchState.RESERVED if decision.amount else MatchState.REFUSED,
            "decided_at": at,
            "confirm_on": row.given_on + cooling if decision.amount else None,
        }
        for number, (row, gift, decision) in enumerate(zip(rows, gifts, decisions, strict=True))
    ]
    session.execute(update(Match), changes)
    amounts = [decision.amount for decision in decisions]
    add_to_sums(session, pool.id, added(rules, gifts, amounts), known)
    return len(rows)


def take_back(session: Session, pool: MatchingPool, *, limit: int = BATCH) -> int:
    """Do the returns that were asked for, the pool's lock held; answers how many.

    What is only reserved is the pool's again. What was paid comes back as far as the campaign has
    not spent it; the rest stands on the return as `short`, for people to settle.
    """
    query = (
        select(MatchReturn, Donation)
        .join(MatchReturn.match)
        .join(Donation, Donation.id == Match.donation_id)
        .where(MatchReturn.pool_id == pool.id, MatchReturn.done_at.is_(None))
        .order_by(MatchReturn.id)
        .options(joinedload(MatchReturn.match))
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    rows = session.execute(query).unique().all()
    if not rows:
        return 0
    position, at = last_position(session, pool.id), clock.now()
    for asked, donation in rows:
        asked.after_position, asked.done_at, asked.amount = position, at, ZERO
        _take_one(session, pool, asked, ZERO if asked.flag_id is not None else donation.kept)
    session.flush()
    keep_hold(session, pool)
    return len(rows)


def _take_one(session: Session, pool: MatchingPool, asked: MatchReturn, left: Money) -> None:
    """One return: `left` is what stays of the gift, nothing of it where a flag was upheld."""
    match = asked.match
    if match.state is MatchState.ASKED:
        if left:
            match.gift = min(match.gift, left)
        else:
            _end(match)
        return
    if match.state not in (MatchState.RESERVED, MatchState.CONFIRMED):
        return
    given = present(match.amount)
    back = match.standing - Money(kept(given.fen, match.gift.fen, left.fen))
    if back <= ZERO:
        return
    if match.state is MatchState.CONFIRMED:
        back = _bring_home(session, pool, asked, back)
    asked.amount = back
    match.given_back += back
    if not match.standing:
        _end(match)
    session.flush()
    take_from_sums(session, pool, match, back)


def _bring_home(session: Session, pool: MatchingPool, asked: MatchReturn, back: Money) -> Money:
    """Take paid money back from the campaign's fund, as much as it has; answers how much."""
    # An earlier attempt for the same match is this one's now.
    earlier = update(MatchReturn).where(
        MatchReturn.match_id == asked.match_id, MatchReturn.id != asked.id
    )
    session.execute(earlier.values(short=ZERO))
    there = back
    while there:
        try:
            entry, _ = ledger.return_grant(
                session,
                Actor.system("matching"),
                entry_id=present(asked.match.entry_id),
                amount=there,
                source=f"match_return:{asked.id}",
                occurred_on=clock.today(),
            )
        except Insufficient as less:
            there = min(_available(less), there - Money(1))
            continue
        asked.entry_id = entry.id
        break
    asked.short = back - there
    if there:
        add_paid(session, pool, -there)
    return there


def _available(refusal: Insufficient) -> Money:
    found = refusal.params.get("available")
    return max(found, ZERO) if isinstance(found, Money) else ZERO


def _turn_away(session: Session, pool: MatchingPool, *, limit: int) -> int:
    """What still asks of a closed pool came too late: it leaves no place in the order."""
    ids = [row.asking.match_id for row in asking(session, pool, limit)]
    at = clock.now()
    if ids:
        gone = {"state": MatchState.CANCELLED, "finished_at": at}
        session.execute(update(Match), [{"id": id_, **gone} for id_ in ids])
    return len(ids)


def asking(session: Session, pool: MatchingPool, limit: int) -> list[_Row]:
    """The first rows that ask, in the order in which they are decided."""
    query = (
        select(
            Match.id,
            Match.campaign_id,
            Donation.giver_key,
            Donation.person_id,
            Donation.giver_kind,
            Donation.giver_name,
            Match.gift,
            Match.given_on,
            Match.organisation_id,
        )
        .join(Donation, Donation.id == Match.donation_id)
        .where(Match.pool_id == pool.id, Match.state == MatchState.ASKED)
        .order_by(Match.id)
        .limit(limit)
    )
    return [_Row(Asking(*row[:6]), row[6], row[7], row[8]) for row in session.execute(query)]


def _end(match: Match) -> None:
    match.move_to(MatchState.CANCELLED)
    match.finished_at = clock.now()
