"""Matching pools (配捐): rules as data, what each gift asked for and got, and what looks wrong.

Asking and allotting are two acts, as posting and sealing are: a gift that settles only adds a row
that asks, so givers never wait for each other; one allotter per pool takes the rows that ask, in
order, and decides them by the rules. The order is kept, so that a stranger can decide them again.
"""

from __future__ import annotations

import enum
from dataclasses import asdict
from datetime import UTC, date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.donations.matching import MatchLimit, Rules
from charity.errors import CommonReason, InvalidState
from charity.money import ZERO, Money


class PoolState(enum.StrEnum):
    """A pool matches while open; frozen, it decides nothing and confirms nothing (MAT-07)."""

    DRAFT = "draft"
    OPEN = "open"
    FROZEN = "frozen"
    CLOSED = "closed"


POOL_TRANSITIONS: dict[PoolState, frozenset[PoolState]] = {
    PoolState.DRAFT: frozenset({PoolState.OPEN}),
    PoolState.OPEN: frozenset({PoolState.FROZEN, PoolState.CLOSED}),
    PoolState.FROZEN: frozenset({PoolState.OPEN, PoolState.CLOSED}),
    PoolState.CLOSED: frozenset(),
}


def _fen(amount: Money | None) -> int | None:
    return None if amount is None else amount.fen


class MatchingPool(Base):
    """One sponsor's money and the rules by which it doubles gifts; frozen once it opens."""

    __tablename__ = "matching_pool"
    __table_args__ = (
        CheckConstraint("total > 0", name="total_positive"),
        CheckConstraint("ratio_percent > 0", name="ratio_positive"),
        CheckConstraint("starts_at < ends_at", name="period"),
        CheckConstraint("cooling_days BETWEEN 7 AND 15", name="cooling_time"),
        CheckConstraint("least_gift > 0", name="least_gift_positive"),
        CheckConstraint("cap_per_gift > 0", name="cap_per_gift_positive"),
        CheckConstraint("cap_per_giver_day > 0", name="cap_per_giver_day_positive"),
        CheckConstraint("cap_per_giver_campaign > 0", name="cap_per_giver_campaign_positive"),
        CheckConstraint("cap_per_campaign > 0", name="cap_per_campaign_positive"),
        CheckConstraint("cap_per_organisation > 0", name="cap_per_organisation_positive"),
    )

    id: Mapped[Id]
    #: The fund of the book whose money it is (kind `matching_pool`).
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), unique=True)
    name: Mapped[str]
    sponsor_name: Mapped[str]
    #: The organisation that put the money up, where it is registered here: an insider (MAT-03).
    sponsor_organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    #: What the pool gives in all.
    total: Mapped[Money]
    #: 100 means one yuan for one yuan; a part of a fen is dropped.
    ratio_percent: Mapped[int]
    #: Smaller gifts are not matched.
    least_gift: Mapped[Money]
    cap_per_gift: Mapped[Money | None]
    #: Per giver and day in China, over all campaigns of the pool.
    cap_per_giver_day: Mapped[Money | None]
    cap_per_giver_campaign: Mapped[Money | None]
    cap_per_campaign: Mapped[Money | None]
    #: Per organisation that does the work.
    cap_per_organisation: Mapped[Money | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    #: Days between a gift and the moment its match is paid (MAT-02).
    cooling_days: Mapped[int]
    state: Mapped[PoolState] = mapped_column(default=PoolState.DRAFT)
    #: Makes a giver's mark in the published list, so that nobody finds the giver behind it.
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    #: Digest of the rules as they were when the pool opened.
    rules_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    created_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    state_note: Mapped[LongText] = mapped_column(default="")

    campaigns: Mapped[list[PoolCampaign]] = relationship(order_by="PoolCampaign.campaign_id")

    @property
    def hold_source(self) -> str:
        """Under which name the book holds the pool's money."""
        return f"pool:{self.id}"

    @property
    def for_one_yuan(self) -> Money:
        """What it adds to one yuan."""
        return Money(self.ratio_percent)

    @property
    def rules(self) -> Rules:
        """What the arithmetic of matching needs to know, in fen."""
        return Rules(
            total=self.total.fen,
            ratio_percent=self.ratio_percent,
            least_gift=self.least_gift.fen,
            cap_per_gift=_fen(self.cap_per_gift),
            cap_per_giver_day=_fen(self.cap_per_giver_day),
            cap_per_giver_campaign=_fen(self.cap_per_giver_campaign),
            cap_per_campaign=_fen(self.cap_per_campaign),
            cap_per_organisation=_fen(self.cap_per_organisation),
        )

    @property
    def published_rules(self) -> dict[str, object]:
        """All its rules as they are published and digested: fen, instants in UTC, campaigns."""
        return {
            **asdict(self.rules),
            "starts_at": self.starts_at.astimezone(UTC).isoformat(),
            "ends_at": self.ends_at.astimezone(UTC).isoformat(),
            "cooling_days": self.cooling_days,
            "campaigns": [each.campaign_id for each in self.campaigns],
        }

    def move_to(self, state: PoolState) -> None:
        """Go on to `state`; raises `InvalidState` where no such step exists."""
        if state not in POOL_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class PoolCampaign(Base):
    """A campaign whose gifts the pool matches."""

    __tablename__ = "pool_campaign"

    pool_id: Mapped[int] = mapped_column(ForeignKey("matching_pool.id"), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaign.id"), primary_key=True, index=True
    )


class ExclusionCause(enum.StrEnum):
    """Why a giver's gifts are not matched."""

    #: The organisation's own money, its staff and council, the sponsor (MAT-03).
    INSIDER = "insider"
    GOVERNMENT_MONEY = "government_money"
    #: A beneficiary or a member of the family (MAT-06).
    BENEFICIARY = "beneficiary"
    #: Banned after a flag was upheld (MAT-07).
    BANNED = "banned"


class PoolExclusion(Base):
    """A giver whose gifts a pool does not match, by key, person or organisation."""

    __tablename__ = "pool_exclusion"
    __table_args__ = (
        CheckConstraint(
            "(giver_key IS NOT NULL) OR (person_id IS NOT NULL) OR (organisation_id IS NOT NULL)",
            name="somebody",
        ),
    )

    id: Mapped[Id]
    pool_id: Mapped[int] = mapped_column(ForeignKey("matching_pool.id"), index=True)
    giver_key: Mapped[str | None] = mapped_column(String(64), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: Only for this campaign; None for all of the pool.
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    cause: Mapped[ExclusionCause]
    note: Mapped[str] = mapped_column(default="")
    added_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    added_at: Mapped[datetime]


class MatchState(enum.StrEnum):
    """A match is asked for, reserved or refused, and paid after the cooling time (MAT-02)."""

    ASKED = "asked"
    RESERVED = "reserved"
    #: Nothing was given: `limited_by` says why.
    REFUSED = "refused"
    CONFIRMED = "confirmed"
    #: The gift went back, or a flag was upheld: the money is the pool's again.
    CANCELLED = "cancelled"


MATCH_TRANSITIONS: dict[MatchState, frozenset[MatchState]] = {
    MatchState.ASKED: frozenset({MatchState.RESERVED, MatchState.REFUSED, MatchState.CANCELLED}),
    MatchState.RESERVED: frozenset({MatchState.CONFIRMED, MatchState.CANCELLED}),
    MatchState.REFUSED: frozenset(),
    # A refund or a clawback after the payment.
    MatchState.CONFIRMED: frozenset({MatchState.CANCELLED}),
    MatchState.CANCELLED: frozenset(),
}


class Match(Base):
    """What one gift asked of one pool, and got: the published row from which anybody replays."""

    __tablename__ = "gift_match"
    __table_args__ = (
        UniqueConstraint("pool_id", "donation_id"),
        UniqueConstraint("pool_id", "position"),
        CheckConstraint("gift > 0", name="gift_positive"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("given_back >= 0 AND given_back <= amount", name="given_back_within"),
        Index(
            "ix_gift_match_asked",
            "pool_id",
            "id",
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
        Index("ix_gift_match_cooling", "state", "confirm_on"),
    )

    id: Mapped[Id]
    pool_id: Mapped[int] = mapped_column(ForeignKey("matching_pool.id"), index=True)
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), index=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: The giver under the pool's salt, in hex; empty where the giver cannot be told from others.
    giver_mark: Mapped[str] = mapped_column(String(64), default="")
    gift: Mapped[Money]
    #: The day in China the gift arrived.
    given_on: Mapped[date]
    asked_at: Mapped[datetime]
    #: The place in the order of deciding, from 1, without gaps; None while it only asks.
    position: Mapped[int | None]
    is_excluded: Mapped[bool] = mapped_column(default=False)
    #: What it was given when it was decided; never changed afterwards.
    amount: Mapped[Money | None]
    #: What of it is the pool's again: the sum of its `MatchReturn` rows.
    given_back: Mapped[Money] = mapped_column(default=ZERO)
    limited_by: Mapped[MatchLimit] = mapped_column(default=MatchLimit.NONE)
    state: Mapped[MatchState] = mapped_column(default=MatchState.ASKED)
    decided_at: Mapped[datetime | None]
    #: The day in China from which it may be paid.
    confirm_on: Mapped[date | None]
    finished_at: Mapped[datetime | None]
    #: The grant from the pool's fund to the campaign's.
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)

    @property
    def standing(self) -> Money:
        """What of the match stands: decided, and not given back."""
        return (self.amount or ZERO) - self.given_back

    def move_to(self, state: MatchState) -> None:
        """Go on to `state`; raises `InvalidState` where no such step exists."""
        if state not in MATCH_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class MatchSum(Base):
    """What a pool has given in one scope (`pool`, `campaign:7`, `day:<mark>:2026-09-05`).

    A work table: the sum of the standing matches of that scope, kept by the one allotter, so that
    deciding one more gift does not add up all earlier ones. `paid` is what has left the pool.
    """

    __tablename__ = "match_sum"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount_not_negative"),)

    pool_id: Mapped[int] = mapped_column(ForeignKey("matching_pool.id"), primary_key=True)
    scope: Mapped[str] = mapped_column(String(100), primary_key=True)
    amount: Mapped[Money]


class MatchReturn(Base):
    """A match, or a part of it, that goes back to the pool because the gift did, or by a verdict.

    Asked by whoever sends the gift back, done by the pool's one allotter, as matches are: so the
    published order holds what was decided before and what after.
    """

    __tablename__ = "match_return"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("short >= 0", name="short_not_negative"),
        CheckConstraint("refund_id IS NULL OR flag_id IS NULL", name="one_cause"),
        Index(
            "ix_match_return_asked",
            "pool_id",
            "id",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    pool_id: Mapped[int] = mapped_column(ForeignKey("matching_pool.id"), index=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("gift_match.id"), index=True)
    #: The refund of the gift; None where a flag was upheld.
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"), index=True)
    flag_id: Mapped[int | None] = mapped_column(ForeignKey("match_flag.id"), index=True)
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    #: How many gifts were decided before it; it counts from the next one on.
    after_position: Mapped[int | None]
    #: What the pool has again.
    amount: Mapped[Money | None]
    #: What should have come back and is spent: people must settle it.
    short: Mapped[Money] = mapped_column(default=ZERO)
    #: The entry by which paid money came back.
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)

    match: Mapped[Match] = relationship()


class FlagKind(enum.StrEnum):
    """What looks like 套捐: a question for people, never a verdict."""

    #: Many gifts by one payment account, address or minute (MAT-04).
    CLUSTER = "cluster"
    #: Many equal gifts just at the cap (MAT-04).
    AT_THE_CAP = "at_the_cap"
    #: Nearly all givers give for the first time (MAT-04).
    FIRST_TIME = "first_time"
    #: Money went from organisation or vendor to a giver within sixty days (MAT-05).
    LOOP = "loop"
    #: A beneficiary or the family gives to their own case (MAT-06).
    BENEFICIARY = "beneficiary"


class FlagState(enum.StrEnum):
    """Open until people decide; upheld, it has consequences (MAT-07)."""

    OPEN = "open"
    DISMISSED = "dismissed"
    UPHELD = "upheld"


class MatchFlag(Base):
    """One thing that looks wrong in a pool, with the facts it was seen in."""

    __tablename__ = "match_flag"
    __table_args__ = (UniqueConstraint("pool_id", "kind", "subject"),)

    id: Mapped[Id]
    pool_id: Mapped[int] = mapped_column(ForeignKey("matching_pool.id"), index=True)
    kind: Mapped[FlagKind]
    #: What it is about: `giver:<mark>`, `campaign:<id>`.
    subject: Mapped[str] = mapped_column(String(120))
    facts: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    raised_at: Mapped[datetime]
    state: Mapped[FlagState] = mapped_column(default=FlagState.OPEN)
    decided_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    decided_at: Mapped[datetime | None]
    note: Mapped[LongText] = mapped_column(default="")
