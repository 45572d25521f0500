"""What is known of matching pools: for everybody, for whoever replays, for desk and worker."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, String, and_, bindparam, cast, func, literal, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from charity.donations.matching import POOL
from charity.donations.models import (
    FlagState,
    Match,
    MatchFlag,
    MatchingPool,
    MatchReturn,
    MatchState,
    MatchSum,
    PoolCampaign,
    PoolExclusion,
    PoolState,
)
from charity.ledger.models import Book, Fund
from charity.money import ZERO, Money
from charity.registry.models import Campaign
from charity.rows import present

#: The scope under which what has left a pool is summed (`services.pool_sums.PAID`).
_PAID = "paid"
_PUBLIC = (PoolState.OPEN, PoolState.FROZEN, PoolState.CLOSED)
_COUNTED = (MatchState.RESERVED, MatchState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class PoolStanding:
    """How far a pool is: what stands of its matches, what of them is paid, what is left."""

    total: Money
    given: Money
    paid: Money

    @property
    def left(self) -> Money:
        """What the pool can still give."""
        return self.total - self.given

    @property
    def reserved(self) -> Money:
        """Given and not paid yet: it cools."""
        return self.given - self.paid


@dataclass(frozen=True, slots=True)
class PoolBar:
    """An open pool as a giver of one campaign sees it."""

    pool_id: int
    name: str
    sponsor_name: str
    ratio_percent: int
    least_gift: Money
    cap_per_gift: Money | None
    cap_per_giver_day: Money | None
    total: Money
    given: Money
    ends_at: datetime

    @property
    def left(self) -> Money:
        """What the pool can still give."""
        return self.total - self.given

    @property
    def for_one_yuan(self) -> Money:
        """What it adds to one yuan."""
        return Money(self.ratio_percent)


def pool(session: Session, pool_id: int) -> MatchingPool:
    """One pool with its campaigns; raises `NotFound`."""
    query = select(MatchingPool).where(MatchingPool.id == pool_id)
    return present(session.scalar(query.options(selectinload(MatchingPool.campaigns))))


def charity_of_pool(session: Session, pool_id: int) -> int:
    """The charity whose book holds the pool's money; raises `NotFound`."""
    query = (
        select(Book.organisation_id)
        .join(Fund, Fund.book_id == Book.id)
        .join(MatchingPool, MatchingPool.fund_id == Fund.id)
        .where(MatchingPool.id == pool_id)
    )
    return present(session.scalar(query))


def public_pools(session: Session) -> list[tuple[MatchingPool, PoolStanding]]:
    """Every pool that was opened, the running ones first, then the latest."""
    query = select(MatchingPool).where(MatchingPool.state.in_(_PUBLIC))
    found = session.scalars(query.order_by(MatchingPool.opened_at.desc(), MatchingPool.id)).all()
    order = list(_PUBLIC)
    return with_standing(session, sorted(found, key=lambda each: order.index(each.state)))


def pools_of(
    session: Session, charity_ids: Collection[int] | None
) -> list[tuple[MatchingPool, PoolStanding]]:
    """The pools of these charities (None: of all), drafts too, the latest first."""
    query = select(MatchingPool).order_by(MatchingPool.id.desc())
    if charity_ids is not None:
        query = (
            query.join(Fund, Fund.id == MatchingPool.fund_id)
            .join(Book, Book.id == Fund.book_id)
            .where(Book.organisation_id.in_(charity_ids))
        )
    return with_standing(session, list(session.scalars(query)))


def with_standing(
    session: Session, pools: list[MatchingPool]
) -> list[tuple[MatchingPool, PoolStanding]]:
    """Each pool with how far it is, in one question."""
    query = select(MatchSum.pool_id, MatchSum.scope, MatchSum.amount).where(
        MatchSum.pool_id.in_([each.id for each in pools]), MatchSum.scope.in_([POOL, _PAID])
    )
    found = {(id_, scope): amount for id_, scope, amount in session.execute(query)}
    return [
        (
            each,
            PoolStanding(
                each.total, found.get((each.id, POOL), ZERO), found.get((each.id, _PAID), ZERO)
            ),
        )
        for each in pools
    ]


def campaigns_of(session: Session, found: MatchingPool) -> list[tuple[Campaign, Money]]:
    """A pool's campaigns, and what stands of its matches for each."""
    scope = literal("campaign:") + cast(Campaign.id, String)
    query = (
        select(Campaign, MatchSum.amount)
        .join(PoolCampaign, PoolCampaign.campaign_id == Campaign.id)
        .outerjoin(MatchSum, and_(MatchSum.pool_id == found.id, MatchSum.scope == scope))
        .where(PoolCampaign.pool_id == found.id)
        .order_by(Campaign.id)
    )
    return [(campaign, amount or ZERO) for campaign, amount in session.execute(query)]


def bars(session: Session, campaign_id: int, at: datetime) -> list[PoolBar]:
    """The pools that would match a gift to this campaign now and have something left."""
    rows = session.execute(_BARS, {"of_campaign": campaign_id, "at": at})
    found = [PoolBar(*row[:8], row[8] or ZERO, row[9]) for row in rows]
    return [bar for bar in found if bar.left]


#: Asked for each form of giving, so it is built once.
_BARS = (
    select(
        MatchingPool.id,
        MatchingPool.name,
        MatchingPool.sponsor_name,
        MatchingPool.ratio_percent,
        MatchingPool.least_gift,
        MatchingPool.cap_per_gift,
        MatchingPool.cap_per_giver_day,
        MatchingPool.total,
        MatchSum.amount,
        MatchingPool.ends_at,
    )
    .join(PoolCampaign, PoolCampaign.pool_id == MatchingPool.id)
    .outerjoin(MatchSum, and_(MatchSum.pool_id == MatchingPool.id, MatchSum.scope == POOL))
    .where(
        PoolCampaign.campaign_id == bindparam("of_campaign"),
        MatchingPool.state == PoolState.OPEN,
        MatchingPool.starts_at <= bindparam("at"),
        MatchingPool.ends_at > bindparam("at"),
    )
    .order_by(MatchingPool.id)
)


def decided(session: Session, pool_id: int) -> int:
    """How many gifts a pool has decided: the last position."""
    return session.scalar(select(func.max(Match.position)).where(Match.pool_id == pool_id)) or 0


def matched_gifts(session: Session, pool_id: int) -> int:
    """How many gifts have a match that stands."""
    query = select(func.count()).where(Match.pool_id == pool_id, Match.state.in_(_COUNTED))
    return session.scalar(query) or 0


def matches(session: Session, pool_id: int, *, before: int | None, limit: int) -> list[Match]:
    """The decided gifts, latest first, those with a position below `before`."""
    query = select(Match).where(Match.pool_id == pool_id, Match.position.is_not(None))
    if before is not None:
        query = query.where(Match.position < before)
    return list(session.scalars(query.order_by(Match.position.desc()).limit(limit)))


def published_matches(session: Session, pool_id: int) -> Iterator[dict[str, object]]:
    """Every decided gift in order, as it is published: nothing in it says who gave."""
    names = (
        "position", "giver_mark", "is_excluded", "gift", "given_on", "campaign_id",
        "organisation_id", "amount", "limited_by", "given_back", "state",
    )  # fmt: skip
    query = select(*(getattr(Match, name) for name in names)).where(
        Match.pool_id == pool_id, Match.position.is_not(None)
    )
    for row in session.execute(query.order_by(Match.position)):
        yield {name: _plain(value) for name, value in zip(names, row, strict=True)}


def published_returns(session: Session, pool_id: int) -> Iterator[dict[str, object]]:
    """What came back, by the position it came after: `position` is the match's."""
    query = (
        select(MatchReturn.after_position, Match.position, MatchReturn.amount)
        .join(Match, Match.id == MatchReturn.match_id)
        .where(MatchReturn.pool_id == pool_id, MatchReturn.amount > ZERO)
        .order_by(MatchReturn.after_position, MatchReturn.id)
    )
    for after, position, amount in session.execute(query):
        yield {"after": after, "position": position, "amount": _plain(amount)}


def matches_of(session: Session, donation_id: int) -> list[tuple[Match, MatchingPool]]:
    """What pools made of one gift."""
    rows = session.execute(_OF_GIFT, {"gift": donation_id})
    return [(match, found) for match, found in rows]


_OF_GIFT = (
    select(Match, MatchingPool)
    .join(MatchingPool, MatchingPool.id == Match.pool_id)
    .where(Match.donation_id == bindparam("gift"))
    .order_by(Match.id)
)


def flags(
    session: Session, pool_id: int, states: Collection[FlagState] = tuple(FlagState)
) -> list[MatchFlag]:
    """The flags of a pool, the latest first."""
    query = select(MatchFlag).where(MatchFlag.pool_id == pool_id, MatchFlag.state.in_(states))
    return list(session.scalars(query.order_by(MatchFlag.id.desc())))


def flag(session: Session, flag_id: int) -> MatchFlag:
    """One flag; raises `NotFound`."""
    return present(session.get(MatchFlag, flag_id))


def exclusions(session: Session, pool_id: int) -> list[PoolExclusion]:
    """Whom a pool leaves out by name, the latest first."""
    query = select(PoolExclusion).where(PoolExclusion.pool_id == pool_id)
    return list(session.scalars(query.order_by(PoolExclusion.id.desc())))


def short_returns(session: Session, pool_id: int) -> list[MatchReturn]:
    """Paid matches that should have come back and were spent."""
    query = select(MatchReturn).where(MatchReturn.pool_id == pool_id, MatchReturn.short > ZERO)
    return list(
        session.scalars(query.options(joinedload(MatchReturn.match)).order_by(MatchReturn.id))
    )


def pools_with_questions(
    session: Session, charity_ids: Collection[int] | None
) -> list[tuple[MatchingPool, int]]:
    """The pools of these charities (None: of all) with open flags or money short, and how many."""
    counts = (
        select(MatchFlag.pool_id.label("pool_id"), func.count().label("number"))
        .where(MatchFlag.state == FlagState.OPEN)
        .group_by(MatchFlag.pool_id)
        .union_all(
            select(MatchReturn.pool_id, func.count())
            .where(MatchReturn.short > ZERO)
            .group_by(MatchReturn.pool_id)
        )
        .subquery()
    )
    query: Select[MatchingPool, int] = (
        select(MatchingPool, func.sum(counts.c.number))
        .join(counts, counts.c.pool_id == MatchingPool.id)
        .group_by(MatchingPool.id)
        .order_by(MatchingPool.id)
    )
    if charity_ids is not None:
        query = (
            query.join(Fund, Fund.id == MatchingPool.fund_id)
            .join(Book, Book.id == Fund.book_id)
            .where(Book.organisation_id.in_(charity_ids))
        )
    return [(found, int(number)) for found, number in session.execute(query)]


# ── for the worker ───────────────────────────────────────────────────────────────────────────────


def pools_to_allot(session: Session) -> list[int]:
    """The pools with rows that can be decided now."""
    asking = (
        select(Match.pool_id)
        .join(MatchingPool, MatchingPool.id == Match.pool_id)
        .where(Match.state == MatchState.ASKED, MatchingPool.state != PoolState.FROZEN)
    )
    back = select(MatchReturn.pool_id).where(MatchReturn.done_at.is_(None))
    return sorted(set(session.scalars(asking.distinct())) | set(session.scalars(back.distinct())))


def is_asked(session: Session, pool_id: int) -> bool:
    """Whether a pool has rows that can be decided now; to be asked after a commit."""
    asking = (
        select(Match.id)
        .join(MatchingPool, MatchingPool.id == Match.pool_id)
        .where(
            Match.pool_id == pool_id,
            Match.state == MatchState.ASKED,
            MatchingPool.state != PoolState.FROZEN,
        )
    )
    back = select(MatchReturn.id).where(
        MatchReturn.pool_id == pool_id, MatchReturn.done_at.is_(None)
    )
    found = session.scalar(select(or_(asking.exists(), back.exists())))
    return bool(found)


def due(session: Session, on: date) -> list[tuple[int, int]]:
    """Pool and campaign of reserved matches whose cooling time is over on this day."""
    query = (
        select(Match.pool_id, Match.campaign_id)
        .join(MatchingPool, MatchingPool.id == Match.pool_id)
        .where(
            Match.state == MatchState.RESERVED,
            Match.confirm_on <= on,
            MatchingPool.state.in_([PoolState.OPEN, PoolState.CLOSED]),
        )
        .distinct()
    )
    return sorted((row[0], row[1]) for row in session.execute(query))


def pools_to_watch(session: Session) -> list[int]:
    """The pools whose matches are not all paid: in these something may look wrong."""
    reserved = select(Match.pool_id).where(Match.state == MatchState.RESERVED).distinct()
    return sorted(session.scalars(reserved))


def _plain(value: object) -> object:
    if isinstance(value, Money):
        return value.fen
    return value.isoformat() if isinstance(value, date) else value
