"""All help side by side: money, goods, hours and adopted posts of a project or a place.

Money and goods come as gifts to campaigns. Hours come two ways: promised to a campaign (投工投劳),
and given to a need by who claimed it; nothing is counted twice, since a claim of hours makes no
promise to a campaign. A post (岗位) is adopted while a claim holds it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select
from sqlalchemy.orm import Session

from charity.donations.queries.completion import Coming, Measure, Progress, coming
from charity.registry import regions
from projects.listings.models import (
    HOLDING_CLAIMS,
    Claim,
    Need,
    NeedState,
    ResourceKind,
    ServiceRecord,
)

#: Needs anybody may read, whether help is still wanted or came.
_COUNTED = (NeedState.OPEN, NeedState.FULFILLED, NeedState.CLOSED)
#: In these what was adopted still is.
_STANDING = (NeedState.OPEN, NeedState.FULFILLED)


@dataclass(frozen=True, slots=True)
class Posts:
    """Standing posts that people may adopt, and those that somebody has."""

    wanted: int = 0
    adopted: int = 0


@dataclass(frozen=True, slots=True)
class Labour:
    """Minutes of the needs: wanted where known, promised and not given yet, confirmed by both."""

    wanted: int = 0
    promised: int = 0
    arrived: int = 0
    posts: Posts = Posts()


@dataclass(frozen=True, slots=True)
class Help:
    """One view of everything: fen, units of goods, minutes, posts."""

    money: Progress
    goods: tuple[Progress, ...]
    hours: Progress
    posts: Posts

    @property
    def is_more_than_money(self) -> bool:
        """Whether anything beside gifts of money was promised, came or is wanted."""
        told = self.money.promised or self.goods or self.posts.wanted
        return bool(told or self.hours.promised or self.hours.arrived or self.hours.target)


def labour_of_projects(session: Session, project_ids: Collection[int]) -> Labour:
    """Hours and posts of the needs that belong to these projects, in one question."""
    return _read(session, Need.project_id.in_(list(project_ids)))


def labour_in(session: Session, code: str) -> Labour:
    """Hours and posts of the needs of a place and all below it, in one question."""
    low, high = regions.bounds(code)
    return _read(session, and_(Need.region_code >= low, Need.region_code <= high))


def help_of(
    session: Session,
    *,
    campaign_ids: Collection[int],
    labour: Labour,
    money_arrived: int,
    target: int | None = None,
) -> Help:
    """Put gifts and labour together; `money_arrived` and `target` in fen."""
    given: Coming = coming(session, campaign_ids)
    return Help(
        money=Progress(Measure.MONEY, given.money, money_arrived, target=target),
        goods=given.goods,
        hours=with_labour(given.hours, labour),
        posts=labour.posts,
    )


def with_labour(hours: Progress, labour: Labour) -> Progress:
    """Hours promised to a campaign and hours given to needs, as one measure."""
    return replace(
        hours,
        promised=hours.promised + labour.promised,
        arrived=hours.arrived + labour.arrived,
        target=labour.wanted or hours.target,
    )


def _read(session: Session, where: ColumnElement[bool]) -> Labour:
    wanted, promised, arrived, posts, adopted = session.execute(_counts(where)).one()
    return Labour(
        int(wanted or 0),
        max(int(promised or 0), 0),
        int(arrived or 0),
        Posts(int(posts or 0), int(adopted or 0)),
    )


def _counts(where: ColumnElement[bool]) -> Select[int, int, int, int, int]:
    """The five sums of some needs, as one row."""
    hours = Need.kind == ResourceKind.HOURS
    wanted = select(func.sum(Need.quantity)).where(where, hours, Need.state.in_(_COUNTED))
    open_rest = case((Need.promised > Need.delivered, Need.promised - Need.delivered), else_=0)
    promised = select(func.sum(open_rest)).where(where, hours, Need.state == NeedState.OPEN)
    arrived = (
        select(func.sum(ServiceRecord.minutes))
        .join(Claim, Claim.id == ServiceRecord.claim_id)
        .join(Need, Need.id == Claim.need_id)
        .where(
            where,
            ServiceRecord.unit_confirmed_at.is_not(None),
            ServiceRecord.need_confirmed_at.is_not(None),
            ServiceRecord.refused_at.is_(None),
        )
    )
    standing = select(func.count(Need.id)).where(where, Need.is_post, Need.state.in_(_STANDING))
    held = (
        select(literal(1))
        .where(Claim.need_id == Need.id, Claim.state.in_(HOLDING_CLAIMS))
        .correlate(Need)
        .exists()
    )
    parts = (wanted, promised, arrived, standing, standing.where(held))
    return select(*(part.scalar_subquery() for part in parts))
