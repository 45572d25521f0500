"""匹配度 and 及时性: how much of what is needed finds help, and how soon. Defined here, in words.

Counted are needs a community confirmed in the period that were not taken back. The clock of a need
begins when the community confirms it.

匹配度 (match). Of a need whose quantity is known: the part that accepted claims promise (matched),
and the part that both sides say has come (delivered), never more than the whole. Boxes, hours and
yuan cannot be added, so a place's share is the mean of its needs' own shares, each need weighing
the same; where everything is counted in one measure the amounts stand beside it. A need whose
quantity nobody knows has no such share; it counts in the third figure: the share of needs that a
delivery reached at all.

及时性 (timeliness). The median hours to the first claim, and to the first delivery. A need that
still waits counts at its age, one that ended in vain at its age then, so that waiting cannot be
hidden by leaving needs open; a median that such an unfinished wait could still raise is said to be
"at least". Inside the service level are needs first delivered to by their due time (urgent 48
hours, normal 5 working days); late are those delivered to after it, past it, or ended in vain; a
need whose time still runs is neither.

Where real lists are silent, two measures are taken, and pages that use them say so: in a dispatch
plan an unknown quantity takes one lot (`matching.lots`: of goods 100 pieces), and a daily capacity
counts `CAPACITY_DAYS` days.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

#: Days of a daily capacity that count as what a unit offers.
CAPACITY_DAYS = 7
#: Shares are whole ten-thousandths, rounded down: nothing looks better than it is.
WHOLE = 10_000


class NeedFacts(NamedTuple):
    """What the figures ask of one need; quantities are fen, minutes or units, instants are UTC."""

    region_code: str
    category: str
    kind: str
    unit: str
    quantity: int | None
    promised: int
    delivered: int
    began_at: datetime
    first_claimed_at: datetime | None
    first_delivered_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None


class ServiceLevel(enum.StrEnum):
    """Where a need stands towards its due time."""

    INSIDE = "inside"
    LATE = "late"
    RUNNING = "running"


def level_of(need: NeedFacts, now: datetime) -> ServiceLevel:
    """Whether the first delivery came by the due time, as of `now`; without one, it still runs."""
    if need.first_delivered_at is not None:
        if need.due_at is None or need.first_delivered_at <= need.due_at:
            return ServiceLevel.INSIDE
        return ServiceLevel.LATE
    if need.ended_at is not None or (need.due_at is not None and need.due_at < now):
        return ServiceLevel.LATE
    return ServiceLevel.RUNNING


@dataclass(frozen=True, slots=True)
class Wait:
    """A median wait in whole seconds; None where there is no need at all."""

    median: int | None
    #: The median could still grow: an unfinished wait lies at or below it.
    at_least: bool
    #: Needs that counted at their age.
    unfinished: int

    @property
    def tenths(self) -> int | None:
        """The median in tenths of an hour, rounded up: no wait looks shorter than it is."""
        return None if self.median is None else -(-self.median // 360)


def wait(finished: Sequence[int], unfinished: Sequence[int]) -> Wait:
    """The median of waits in seconds, those that have no end yet at their age."""
    ages = sorted([*finished, *unfinished])
    if not ages:
        return Wait(None, at_least=False, unfinished=0)
    low, high = ages[(len(ages) - 1) // 2], ages[len(ages) // 2]
    # rounded up to a whole second
    median = -(-(low + high) // 2)
    open_below = any(age <= high for age in unfinished)
    return Wait(median, at_least=open_below, unfinished=len(unfinished))


@dataclass(frozen=True, slots=True)
class Amount:
    """What is needed, promised and delivered in one measure; known quantities only."""

    kind: str
    unit: str
    needed: int
    matched: int
    delivered: int


@dataclass(frozen=True, slots=True)
class NeedFigures:
    """The figures of some needs; shares are ten-thousandths, None where nothing can be said."""

    needs: int
    #: Needs whose quantity is known, and whose is not.
    known: int
    unknown: int
    matched: int | None
    delivered: int | None
    amounts: tuple[Amount, ...]
    #: Needs a delivery reached, whatever their quantity.
    reached: int
    claimed: int
    to_claim: Wait
    to_delivery: Wait
    inside: int
    late: int
    running: int

    @property
    def reached_share(self) -> int | None:
        """Share of needs that a delivery reached."""
        return self.reached * WHOLE // self.needs if self.needs else None

    @property
    def inside_share(self) -> int | None:
        """Share inside the service level, of those of which it is decided."""
        decided = self.inside + self.late
        return self.inside * WHOLE // decided if decided else None


def figures(needs: Sequence[NeedFacts], now: datetime) -> NeedFigures:
    """The figures of some needs as of `now`."""
    known = [need for need in needs if need.quantity]
    shares = [_shares(need) for need in known]
    levels = [level_of(need, now) for need in needs]
    return NeedFigures(
        needs=len(needs),
        known=len(known),
        unknown=len(needs) - len(known),
        matched=sum(matched for matched, _ in shares) // len(shares) if shares else None,
        delivered=sum(delivered for _, delivered in shares) // len(shares) if shares else None,
        amounts=_amounts(known),
        reached=sum(need.first_delivered_at is not None for need in needs),
        claimed=sum(need.first_claimed_at is not None for need in needs),
        to_claim=_waits(needs, now, lambda need: need.first_claimed_at),
        to_delivery=_waits(needs, now, lambda need: need.first_delivered_at),
        inside=levels.count(ServiceLevel.INSIDE),
        late=levels.count(ServiceLevel.LATE),
        running=levels.count(ServiceLevel.RUNNING),
    )


def grouped(
    needs: Iterable[NeedFacts], key: Callable[[NeedFacts], str], now: datetime
) -> dict[str, NeedFigures]:
    """The figures of each group, in the order of their keys."""
    groups: dict[str, list[NeedFacts]] = {}
    for need in needs:
        groups.setdefault(key(need), []).append(need)
    return {name: figures(groups[name], now) for name in sorted(groups)}


def _matched(need: NeedFacts) -> int:
    """What of a known quantity is promised; what has come was promised in any case."""
    return min(max(need.promised, need.delivered), need.quantity or 0)


def _shares(need: NeedFacts) -> tuple[int, int]:
    quantity = need.quantity or 1
    return (
        _matched(need) * WHOLE // quantity,
        min(need.delivered, quantity) * WHOLE // quantity,
    )


def _amounts(known: Iterable[NeedFacts]) -> tuple[Amount, ...]:
    sums: dict[tuple[str, str], list[int]] = {}
    for need in known:
        quantity = need.quantity or 0
        each = sums.setdefault((need.kind, need.unit), [0, 0, 0])
        each[0] += quantity
        each[1] += _matched(need)
        each[2] += min(need.delivered, quantity)
    return tuple(Amount(*measure, *sums[measure]) for measure in sorted(sums))


def _waits(
    needs: Iterable[NeedFacts],
    now: datetime,
    reached: Callable[[NeedFacts], datetime | None],
) -> Wait:
    finished: list[int] = []
    unfinished: list[int] = []
    for need in needs:
        at = reached(need)
        if at is not None:
            finished.append(_seconds(need.began_at, at))
        else:
            unfinished.append(_seconds(need.began_at, need.ended_at or now))
    return wait(finished, unfinished)


def _seconds(since: datetime, until: datetime) -> int:
    """Whole seconds, rounded up; a claim from before the confirmation waited for nothing."""
    waited = until - since
    return max(0, waited.days * 86_400 + waited.seconds + (waited.microseconds > 0))
