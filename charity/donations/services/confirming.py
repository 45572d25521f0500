"""Paying what was reserved, once the cooling time is over and no question is open (MAT-02).

One grant per pool and campaign and batch, from the pool's fund to the campaign's: the sponsor's fen
go on down the trail like a gift's.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.donations import policy
from charity.donations.models import (
    FlagState,
    Match,
    MatchFlag,
    MatchReturn,
    MatchState,
    PoolState,
)
from charity.donations.reasons import MatchingReason
from charity.donations.services.allotting import BATCH, take_back
from charity.donations.services.pool_sums import add_paid, keep_hold, let_go, lock_pool, pool_of
from charity.errors import InvalidState
from charity.ledger import services as ledger
from charity.money import ZERO, Money
from charity.registry.queries import fund_of_campaign
from charity.rows import present

#: States in which a pool pays.
PAYING = frozenset({PoolState.OPEN, PoolState.CLOSED})


def confirm(
    session: Session, actor: Actor, *, pool_id: int, campaign_id: int, on: date, limit: int = BATCH
) -> int:
    """Pay the matches of a campaign that may be paid on this day in China; answers how many.

    Waits: a frozen pool, a campaign or giver with an open flag. Returns that were asked for come
    first, so that nothing is paid for a gift that went back. Raises `Denied` for anyone but the
    installation itself, what `ledger.grant` raises, `NotFound`.
    """
    require(policy.may_settle(actor))
    pool = lock_pool(session, pool_id)
    if pool.state not in PAYING:
        return 0
    take_back(session, pool, limit=10**6)
    subjects = _questioned(session, pool_id)
    if any(each.split(":")[:2] == ["campaign", str(campaign_id)] for each in subjects):
        return 0
    marks = [each.removeprefix("giver:") for each in subjects if each.startswith("giver:")]
    query = (
        select(Match.id, Match.amount, Match.given_back)
        .where(
            Match.pool_id == pool_id,
            Match.campaign_id == campaign_id,
            Match.state == MatchState.RESERVED,
            Match.confirm_on <= on,
            Match.giver_mark.not_in(marks),
        )
        .order_by(Match.id)
        .limit(limit)
    )
    rows = session.execute(query).all()
    if not rows:
        return 0
    amount = Money.total((row[1] or ZERO) - row[2] for row in rows)
    let_go(session, pool)
    entry = ledger.grant(
        session,
        Actor.system("matching"),
        fund_id=pool.fund_id,
        into_fund_id=fund_of_campaign(session, campaign_id),
        amount=amount,
        source=f"pool:{pool_id}:paid:{rows[0][0]}",
        occurred_on=on,
    )
    paid = {"state": MatchState.CONFIRMED, "entry_id": entry.id, "finished_at": clock.now()}
    session.execute(update(Match), [{"id": row[0], **paid} for row in rows])
    add_paid(session, pool, amount)
    keep_hold(session, pool)
    return len(rows)


def ask_return_again(session: Session, actor: Actor, *, return_id: int) -> MatchReturn:
    """Ask once more for paid money that could not come back because it was spent.

    Raises `InvalidState` where nothing is short, `Denied`, `NotFound`.
    """
    asked = present(session.get(MatchReturn, return_id))
    pool_of(session, actor, asked.pool_id)
    session.refresh(asked)
    if not asked.short:
        raise InvalidState(MatchingReason.NOTHING_SHORT)
    again = MatchReturn(
        pool_id=asked.pool_id,
        match_id=asked.match_id,
        refund_id=asked.refund_id,
        flag_id=asked.flag_id,
        asked_at=clock.now(),
    )
    session.add(again)
    session.flush()
    return again


def _questioned(session: Session, pool_id: int) -> list[str]:
    """The subjects of open flags."""
    query = select(MatchFlag.subject).where(
        MatchFlag.pool_id == pool_id, MatchFlag.state == FlagState.OPEN
    )
    return list(session.scalars(query))
