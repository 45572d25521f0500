"""What looks like 套捐 in a pool: sums and counts over its matches (MAT-04, MAT-05, MAT-06).

Lessons of 99公益日: single accounts with many small gifts, many equal gifts just at the cap, crowds
that never gave before, gifts that come back as expenses, families who pay in for their own case.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session, aliased

from charity.donations.models import (
    Donation,
    ExclusionCause,
    FlagKind,
    Match,
    MatchingPool,
    Payment,
    PoolExclusion,
    StatementRow,
)
from charity.donations.services.excluding import folded
from charity.money import ZERO
from charity.registry.models import CampaignMember, Person
from charity.rows import present

#: So many gifts of one giver on one day are a question.
MANY_A_DAY = 10
#: So many equal gifts to one campaign within one minute.
MANY_A_MINUTE = 20
#: So many givers behind one account of a bank.
GIVERS_OF_ACCOUNT = 3
#: Equal gifts that ask for nine tenths of a cap up to the whole: how many, and what share.
AT_CAP_LEAST, AT_CAP_PERCENT = 10, 30
#: More than eighty of a hundred givers give for the first time, where at least so many gave.
FIRST_TIME_LEAST, FIRST_TIME_PERCENT = 20, 80
#: Money that went to a giver so many days before or after the gift.
LOOP_DAYS = timedelta(days=60)

#: What a flag says: its kind, what it is about, the facts.
Suspicion = tuple[FlagKind, str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class PaidOut:
    """Money that an organisation or a vendor's voucher says went to somebody."""

    name: str
    paid_on: date
    #: What it was paid for, as a reader finds it: `expense:42`.
    source: str


def suspicions(session: Session, pool_id: int, paid_out: Sequence[PaidOut]) -> Iterator[Suspicion]:
    """Everything that looks wrong now, each once."""
    pool = present(session.get(MatchingPool, pool_id))
    yield from _many_a_day(session, pool)
    yield from _many_a_minute(session, pool)
    yield from _one_account(session, pool)
    yield from _at_the_cap(session, pool)
    yield from _first_time(session, pool)
    yield from _named_alike(session, pool, paid_out)


def _many_a_day(session: Session, pool: MatchingPool) -> Iterator[Suspicion]:
    query = (
        select(Match.giver_mark, Match.given_on, func.count())
        .where(Match.pool_id == pool.id, Match.giver_mark != "")
        .group_by(Match.giver_mark, Match.given_on)
        .having(func.count() >= MANY_A_DAY)
        .order_by(Match.given_on, Match.giver_mark)
    )
    for mark, day, count in session.execute(query):
        yield FlagKind.CLUSTER, f"giver:{mark}", {"day": day.isoformat(), "gifts": count}


def _many_a_minute(session: Session, pool: MatchingPool) -> Iterator[Suspicion]:
    """Equal gifts in one minute, counted only for sums that are frequent that day."""
    frequent = (
        select(Match.campaign_id, Match.given_on, Match.gift)
        .where(Match.pool_id == pool.id, Match.amount > ZERO)
        .group_by(Match.campaign_id, Match.given_on, Match.gift)
        .having(func.count() >= MANY_A_MINUTE)
    )
    for campaign_id, day, gift in session.execute(frequent).all():
        query = (
            select(Match.position, Donation.settled_at)
            .join(Donation, Donation.id == Match.donation_id)
            .where(
                Match.pool_id == pool.id,
                Match.campaign_id == campaign_id,
                Match.given_on == day,
                Match.gift == gift,
                Match.amount > ZERO,
            )
        )
        minutes: dict[str, list[int]] = defaultdict(list)
        for position, at in session.execute(query):
            minutes[f"{at:%Y-%m-%dT%H:%M}"].append(present(position))
        for minute, positions in sorted(minutes.items()):
            if len(positions) >= MANY_A_MINUTE:
                facts = {"minute": minute, "gift": gift.fen, "positions": sorted(positions)}
                yield FlagKind.CLUSTER, f"campaign:{campaign_id}:{minute}:{gift.fen}", facts


def _one_account(session: Session, pool: MatchingPool) -> Iterator[Suspicion]:
    """Several givers by their contacts, one account by the bank's statement."""
    query = (
        select(StatementRow.payer_name, StatementRow.payer_account, Match.giver_mark)
        .join(Payment, Payment.id == StatementRow.payment_id)
        .join(Match, Match.donation_id == Payment.donation_id)
        .where(Match.pool_id == pool.id, Match.giver_mark != "", StatementRow.payer_account != "")
        .distinct()
    )
    behind: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, account, mark in session.execute(query):
        behind[folded(name), account].add(mark)
    for (_, account), marks in sorted(behind.items()):
        if len(marks) >= GIVERS_OF_ACCOUNT:
            for mark in sorted(marks):
                facts: dict[str, object] = {"account": account, "givers": len(marks)}
                yield FlagKind.CLUSTER, f"giver:{mark}", facts


def _at_the_cap(session: Session, pool: MatchingPool) -> Iterator[Suspicion]:
    caps = [pool.cap_per_gift, pool.cap_per_giver_day, pool.cap_per_giver_campaign]
    cap = min((cap.fen for cap in caps if cap is not None), default=None)
    if cap is None:
        return
    query = (
        select(Match.campaign_id, Match.gift, func.count())
        .where(Match.pool_id == pool.id, Match.position.is_not(None))
        .group_by(Match.campaign_id, Match.gift)
        .order_by(Match.campaign_id, Match.gift)
    )
    rows = session.execute(query).all()
    whole = Counter[int]()
    for campaign_id, _, count in rows:
        whole[campaign_id] += count
    for campaign_id, gift, count in rows:
        asked = gift.fen * pool.ratio_percent // 100
        near = cap * 9 // 10 <= asked <= cap
        if near and count >= AT_CAP_LEAST and count * 100 >= AT_CAP_PERCENT * whole[campaign_id]:
            facts: dict[str, object] = {"gift": gift.fen, "gifts": count, "of": whole[campaign_id]}
            yield FlagKind.AT_THE_CAP, f"campaign:{campaign_id}:{gift.fen}", facts


def _first_time(session: Session, pool: MatchingPool) -> Iterator[Suspicion]:
    earlier = aliased(Donation)
    before = select(earlier.id).where(
        earlier.giver_key == Donation.giver_key, earlier.settled_at < pool.starts_at
    )
    givers = (
        select(Match.campaign_id, func.count(distinct(Match.giver_mark)))
        .join(Donation, Donation.id == Match.donation_id)
        .where(Match.pool_id == pool.id, Match.giver_mark != "", Match.amount > ZERO)
        .group_by(Match.campaign_id)
        .order_by(Match.campaign_id)
    )
    new = {row[0]: row[1] for row in session.execute(givers.where(~before.exists()))}
    for campaign_id, count in session.execute(givers):
        first = new.get(campaign_id, 0)
        if count >= FIRST_TIME_LEAST and first * 100 > FIRST_TIME_PERCENT * count:
            facts: dict[str, object] = {"givers": count, "first_time": first}
            yield FlagKind.FIRST_TIME, f"campaign:{campaign_id}", facts


def _named_alike(
    session: Session, pool: MatchingPool, paid_out: Sequence[PaidOut]
) -> Iterator[Suspicion]:
    """Givers of the name of somebody who was paid, or whom their campaign is for."""
    paid: dict[str, list[PaidOut]] = defaultdict(list)
    for each in paid_out:
        paid[folded(each.name)].append(each)
    close = _beneficiaries(session, pool)
    if not paid and not close:
        return
    query = (
        select(
            Match.giver_mark,
            Match.campaign_id,
            Match.given_on,
            Match.position,
            Donation.giver_name,
            Person.name,
        )
        .join(Donation, Donation.id == Match.donation_id)
        .outerjoin(Person, Person.id == Donation.person_id)
        .where(Match.pool_id == pool.id, Match.amount > ZERO)
        .order_by(Match.position)
    )
    for mark, campaign_id, day, position, written, person in session.execute(query):
        names = {folded(name) for name in (written, person) if name}
        about = f"giver:{mark}" if mark else f"campaign:{campaign_id}:{position}"
        facts: dict[str, object] = {} if mark else {"positions": [position]}
        found = _within(day, (each for name in names for each in paid.get(name, ())))
        if found is not None:
            loop = {"source": found.source, "paid_on": found.paid_on.isoformat()}
            yield FlagKind.LOOP, about, facts | loop | {"day": day.isoformat()}
        if any((campaign_id, name) in close for name in names):
            yield FlagKind.BENEFICIARY, about, facts | {"campaign": campaign_id}


def _within(day: date, payments: Iterable[PaidOut]) -> PaidOut | None:
    """The payment nearest to a gift, if it lies within sixty days."""
    near = [each for each in payments if abs(each.paid_on - day) <= LOOP_DAYS]
    return min(near, key=lambda each: (abs(each.paid_on - day), each.source), default=None)


def _beneficiaries(session: Session, pool: MatchingPool) -> set[tuple[int, str]]:
    """The folded names of those each campaign is for, and of those excluded as such."""
    campaigns = [each.campaign_id for each in pool.campaigns]
    members = select(CampaignMember.campaign_id, Person.name).join(
        Person, Person.id == CampaignMember.person_id
    )
    found = {
        (campaign_id, folded(name))
        for campaign_id, name in session.execute(
            members.where(CampaignMember.campaign_id.in_(campaigns))
        )
    }
    listed = (
        select(PoolExclusion.campaign_id, Person.name)
        .join(Person, Person.id == PoolExclusion.person_id)
        .where(PoolExclusion.pool_id == pool.id, PoolExclusion.cause == ExclusionCause.BENEFICIARY)
    )
    for campaign_id, name in session.execute(listed):
        of = campaigns if campaign_id is None else [campaign_id]
        found |= {(each, folded(name)) for each in of}
    return found
