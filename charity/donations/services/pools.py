"""Making and steering matching pools: created, opened with money behind it, frozen, closed.

The rules of a pool are frozen with their digest when it opens, and from that moment the book holds
its whole sum, so that what givers read as left is really there.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.actor import Actor, require
from charity.donations import policy
from charity.donations.matching import digest
from charity.donations.models import (
    ExclusionCause,
    MatchingPool,
    PoolCampaign,
    PoolExclusion,
    PoolState,
)
from charity.donations.reasons import MatchingReason
from charity.donations.services.allotting import BATCH, decide_batch, take_back
from charity.donations.services.pool_sums import keep_hold, pool_of
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.ledger.models import Book, Fund, FundKind
from charity.money import Money
from charity.registry.models import Campaign
from charity.rows import insert_or, present

#: A pool gives from one hundredth to ten times a gift.
RATIOS = range(1, 1001)
COOLING = range(7, 16)
_CAPS = (
    "cap_per_gift",
    "cap_per_giver_day",
    "cap_per_giver_campaign",
    "cap_per_campaign",
    "cap_per_organisation",
)


@dataclass(frozen=True, slots=True)
class Terms:
    """The rules of a pool as its keeper writes them; a cap left out does not bind."""

    total: Money
    starts_at: datetime
    ends_at: datetime
    ratio_percent: int = 100
    least_gift: Money = field(default_factory=lambda: Money.yuan(1))
    cooling_days: int = 7
    cap_per_gift: Money | None = None
    cap_per_giver_day: Money | None = None
    cap_per_giver_campaign: Money | None = None
    cap_per_campaign: Money | None = None
    cap_per_organisation: Money | None = None

    @property
    def caps(self) -> dict[str, Money | None]:
        """The caps by their names."""
        return {name: getattr(self, name) for name in _CAPS}


def create_pool(
    session: Session,
    actor: Actor,
    *,
    fund_id: int,
    name: str,
    sponsor_name: str,
    terms: Terms,
    campaign_ids: Sequence[int],
    sponsor_organisation_id: int | None = None,
    salt: bytes | None = None,
) -> MatchingPool:
    """Draw up a pool for a fund of kind `matching_pool` and campaigns of the same charity.

    `salt` makes the givers' marks, chosen here unless given. Raises `Denied`, `NotFound`, `Invalid`
    (a rule out of range, a campaign whose money is in another book), `Conflict` where the fund
    already has a pool.
    """
    fund = present(session.get(Fund, fund_id))
    book = present(session.get(Book, fund.book_id))
    require(policy.may_manage_pool(actor, book.organisation_id))
    if fund.kind is not FundKind.MATCHING_POOL:
        raise Invalid(MatchingReason.FUND_KIND, field="fund_id")
    _check_terms(terms)
    chosen = _campaigns(session, book, campaign_ids)
    pool = MatchingPool(
        fund_id=fund.id,
        name=_named(name, "name"),
        sponsor_name=_named(sponsor_name, "sponsor_name"),
        sponsor_organisation_id=sponsor_organisation_id,
        total=terms.total,
        ratio_percent=terms.ratio_percent,
        least_gift=terms.least_gift,
        starts_at=terms.starts_at,
        ends_at=terms.ends_at,
        cooling_days=terms.cooling_days,
        salt=salt or secrets.token_bytes(32),
        created_by_user_id=_by(actor),
        created_at=clock.now(),
        **terms.caps,
    )
    insert_or(session, pool, Conflict(MatchingReason.FUND_TAKEN, field="fund_id"))
    pool.campaigns.extend(PoolCampaign(pool_id=pool.id, campaign_id=each) for each in chosen)
    session.flush()
    return pool


def open_pool(session: Session, actor: Actor, *, pool_id: int) -> MatchingPool:
    """Open a drawn-up pool: its rules are digested and fixed, its sum is held in the book.

    Raises `Insufficient` (field `amount`, `available`) where the fund has less than the pool gives,
    `Denied`, `InvalidState`, `NotFound`.
    """
    pool = pool_of(session, actor, pool_id)
    if pool.state is not PoolState.DRAFT:
        raise InvalidState(CommonReason.WRONG_STATE, state=pool.state, wanted=PoolState.OPEN)
    if pool.ends_at <= clock.now():
        raise InvalidState(MatchingReason.PERIOD_OVER)
    pool.move_to(PoolState.OPEN)
    pool.opened_at = clock.now()
    pool.rules_digest = digest(pool.published_rules)
    _tell(session, pool, "opened")
    keep_hold(session, pool)
    return pool


def freeze_pool(session: Session, actor: Actor, *, pool_id: int, note: str) -> MatchingPool:
    """Stop an open pool at once: nothing is decided or paid until it opens again (MAT-07).

    `note` says why and is published. Raises `Invalid` without it, `Denied`, `InvalidState`.
    """
    pool = pool_of(session, actor, pool_id)
    pool.move_to(PoolState.FROZEN)
    pool.state_note = _said(note)
    _tell(session, pool, "frozen")
    return pool


def reopen_pool(session: Session, actor: Actor, *, pool_id: int, note: str) -> MatchingPool:
    """Let a frozen pool go on where it stood; gifts that asked meanwhile keep their order."""
    pool = pool_of(session, actor, pool_id)
    if pool.state is not PoolState.FROZEN:
        raise InvalidState(CommonReason.WRONG_STATE, state=pool.state, wanted=PoolState.OPEN)
    pool.move_to(PoolState.OPEN)
    pool.state_note = _said(note)
    _tell(session, pool, "reopened")
    return pool


def close_pool(session: Session, actor: Actor, *, pool_id: int, note: str) -> MatchingPool:
    """End a pool: what asked in time is decided, what is reserved is still paid, the rest is free.

    A frozen pool that closes decides nothing more. Raises `Denied`, `Invalid` without a note,
    `InvalidState`, `NotFound`.
    """
    pool = pool_of(session, actor, pool_id)
    while take_back(session, pool) == BATCH:
        pass
    while pool.state is PoolState.OPEN and decide_batch(session, pool) == BATCH:
        pass
    pool.move_to(PoolState.CLOSED)
    pool.closed_at = clock.now()
    pool.state_note = _said(note)
    _tell(session, pool, "closed")
    session.flush()
    keep_hold(session, pool)
    return pool


def exclude(
    session: Session,
    actor: Actor,
    *,
    pool_id: int,
    cause: ExclusionCause,
    note: str,
    giver_key: str | None = None,
    person_id: int | None = None,
    organisation_id: int | None = None,
    campaign_id: int | None = None,
) -> PoolExclusion:
    """Do not match a giver's gifts from now on, in all the pool or in one campaign (MAT-03, -06).

    Gifts already decided stay as they are: a flag that is upheld cancels these. Raises `Invalid`
    where nobody is named or nothing says why, `Denied`, `NotFound`.
    """
    pool = pool_of(session, actor, pool_id)
    if giver_key is None and person_id is None and organisation_id is None:
        raise Invalid(MatchingReason.NOTHING_LEFT_OUT, field="contact")
    row = PoolExclusion(
        pool_id=pool.id,
        giver_key=giver_key,
        person_id=person_id,
        organisation_id=organisation_id,
        campaign_id=campaign_id,
        cause=cause,
        note=_said(note),
        added_by_user_id=_by(actor),
        added_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def lift_exclusion(session: Session, actor: Actor, *, pool_id: int, exclusion_id: int) -> None:
    """Match a giver's later gifts again. Raises `Denied`, `NotFound`."""
    pool = pool_of(session, actor, pool_id)
    gone = delete(PoolExclusion).where(
        PoolExclusion.id == exclusion_id, PoolExclusion.pool_id == pool.id
    )
    present(session.scalar(gone.returning(PoolExclusion.id)))


def _check_terms(terms: Terms) -> None:
    if terms.total.fen <= 0:
        raise Invalid(CommonReason.NOT_POSITIVE, field="total")
    if terms.least_gift.fen <= 0:
        raise Invalid(CommonReason.NOT_POSITIVE, field="least_gift")
    if terms.ratio_percent not in RATIOS:
        raise Invalid(MatchingReason.RATIO_RANGE, field="ratio_percent")
    if terms.cooling_days not in COOLING:
        raise Invalid(MatchingReason.COOLING_RANGE, field="cooling_days")
    if terms.starts_at >= terms.ends_at:
        raise Invalid(CommonReason.DATES_REVERSED, field="ends_at")
    _check_caps(terms.caps, terms.total)


def _check_caps(caps: Mapping[str, Money | None], total: Money) -> None:
    for name, cap in caps.items():
        if cap is not None and cap.fen <= 0:
            raise Invalid(CommonReason.NOT_POSITIVE, field=name)
        if cap is not None and cap > total:
            raise Invalid(MatchingReason.CAP_ABOVE, field=name, total=total)


def _campaigns(session: Session, book: Book, ids: Sequence[int]) -> list[int]:
    """The campaigns, if each has its money in this book and it may be granted to."""
    wanted = sorted(set(ids))
    if not wanted:
        raise Invalid(MatchingReason.NO_CAMPAIGN, field="campaign_ids")
    query = (
        select(Campaign.id)
        .join(Fund, Fund.id == Campaign.fund_id)
        .where(
            Campaign.id.in_(wanted), Fund.book_id == book.id, Fund.restricted,
            Fund.kind != FundKind.AGENCY,
        )
    )  # fmt: skip
    if set(session.scalars(query)) != set(wanted):
        raise Invalid(MatchingReason.FOREIGN_CAMPAIGN, field="campaign_ids")
    return wanted


def _named(text: str, name: str) -> str:
    line = " ".join(text.split())
    if not line:
        raise Invalid(CommonReason.REQUIRED, field=name)
    if len(line) > 60:
        raise Invalid(CommonReason.TOO_LONG, field=name, most=60)
    return line


def _said(note: str) -> str:
    line = " ".join(note.split())
    if not line:
        raise Invalid(MatchingReason.SAY_WHY, field="note")
    if len(line) > 200:
        raise Invalid(CommonReason.TOO_LONG, field="note", most=200)
    return line


def _by(actor: Actor) -> int:
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    return actor.user_id


def _tell(session: Session, pool: MatchingPool, what: str) -> None:
    outbox.write(session, f"pool.{what}", f"pool:{pool.id}")
