"""Places from points: the public's share, ties by a rule fixed beforehand, then by draw (VEN-05).

Where the frozen terms say so, a rated applicant's entry is given a bonus on top (ORG-15).

Equal points are parted by the score of demand, the higher first; who is equal in that too is parted
by SHA-256 of seed, label and name, the smallest first. The seed comes from a number that nobody
taking part could choose, so anybody can draw again.
"""

from __future__ import annotations

import enum
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from charity.errors import Invalid
from projects.ventures.judging_reasons import JudgingReason, told
from projects.ventures.scoring import (
    TRIM_FROM,
    Panel,
    means,
    require_sheets,
    trimmed_means,
)
from projects.ventures.severity import fit
from projects.ventures.terms import RankingMethod, TieRule

#: The public's points go from 0 to this.
FULL = 100


class DecidedBy(enum.StrEnum):
    """What put an entry before the next."""

    POINTS = "points"
    DEMAND = "demand"
    DRAW = "draw"


@dataclass(frozen=True, slots=True)
class Rules:
    """How places are found; everything stands in the competition's frozen rules."""

    method: RankingMethod = RankingMethod.TRIMMED
    trim_from: int = TRIM_FROM
    #: Sheets an entry must have.
    least_sheets: int = 1
    #: The public's share of the total, in thousandths.
    vote_permille: int = 0
    tie_rule: TieRule = TieRule.DEMAND_THEN_DRAW
    #: Whether fewer points are better.
    low_is_best: bool = False
    #: Tenths of a point that a rated applicant's entry is given on top of its total (ORG-15).
    rating_bonus: int = 0

    def __post_init__(self) -> None:
        if self.low_is_best and (self.vote_permille or self.rating_bonus):
            raise ValueError("votes and bonus count upwards: nothing is added where less is better")

    def bonus_of(self, entry: Entry) -> Fraction:
        """What is added to the total of an entry, in points."""
        return Fraction(self.rating_bonus if entry.is_rated else 0, 10)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; `demand` is the demand score (None: not known, after all that are known)."""

    name: str
    demand: int | None = None
    votes: int = 0
    #: Whether its applicant was rated 3A or better on the last day of the call.
    is_rated: bool = False


@dataclass(frozen=True, slots=True)
class Draw:
    """By what equal entries are drawn; no seed: a tie that needs one is refused."""

    label: str
    seed: str | None = None

    def key(self, name: str) -> str:
        """The lot of an entry: 64 hex digits, the smallest first."""
        return hashlib.sha256(f"{self.seed}\n{self.label}\n{name}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Placing:
    """An entry's place, counted from 1; `points` of the judges and `total` are exact."""

    place: int
    entry: str
    points: Fraction
    vote_points: Fraction
    #: Points on top for a rated applicant; part of the total.
    bonus: Fraction
    total: Fraction
    sheets: int
    #: What parts it from those of the same total, if there are any.
    decided_by: DecidedBy


def seed_of(rules_digest: str, number: str) -> str:
    """The seed of a draw: SHA-256 of the digest of the frozen rules and the public number."""
    return hashlib.sha256(f"{rules_digest}\n{number}".encode()).hexdigest()


def judged(panel: Panel, rules: Rules) -> dict[str, Fraction]:
    """Each entry's points from the judges by the method of the rules.

    Raises `Invalid` (PANEL_DISCONNECTED) where severity cannot be compared.
    """
    if rules.method is RankingMethod.MEAN:
        return means(panel)
    if rules.method is RankingMethod.TRIMMED:
        return trimmed_means(panel, trim_from=rules.trim_from)
    return fit(panel, errors=False).values


def rank(
    panel: Panel,
    entries: Sequence[Entry],
    rules: Rules,
    draw: Draw,
    *,
    judged_points: Mapping[str, Fraction] | None = None,
) -> tuple[Placing, ...]:
    """All entries in order, no two on one place; `judged_points` stand in for the method's.

    Raises `Invalid`: entries without enough sheets, a panel that falls apart, or a tie that only a
    draw can part while the seed is not known yet (DRAW_NEEDS_NUMBER with the entries).
    """
    if not entries:
        return ()
    require_sheets(panel, [entry.name for entry in entries], least=rules.least_sheets)
    points = judged(panel, rules) if judged_points is None else judged_points
    public = vote_points(entries)
    share = Fraction(rules.vote_permille, 1000)
    totals = {
        entry.name: points[entry.name] * (1 - share)
        + public[entry.name] * share
        + rules.bonus_of(entry)
        for entry in entries
    }
    ordered = in_order(entries, totals, rules, draw)
    decided = _deciders(ordered, totals, rules)
    counts = Counter(sheet.entry for sheet in panel.sheets)
    return tuple(
        Placing(
            place=place,
            entry=entry.name,
            points=points[entry.name],
            vote_points=public[entry.name],
            bonus=rules.bonus_of(entry),
            total=totals[entry.name],
            sheets=counts[entry.name],
            decided_by=decided[entry.name],
        )
        for place, entry in enumerate(ordered, start=1)
    )


def vote_points(entries: Sequence[Entry]) -> dict[str, Fraction]:
    """The public's points: full for the most votes, the others in proportion; 0 without votes."""
    most = max((entry.votes for entry in entries), default=0)
    return {entry.name: Fraction(FULL * entry.votes, most or 1) for entry in entries}


def in_order(
    entries: Sequence[Entry], totals: Mapping[str, Fraction], rules: Rules, draw: Draw
) -> list[Entry]:
    """Best first; equal totals by demand, then by draw."""
    sign = 1 if rules.low_is_best else -1
    groups: dict[tuple[Fraction, int, int], list[Entry]] = {}
    for entry in entries:
        key = (sign * totals[entry.name], *demand_key(entry, rules))
        groups.setdefault(key, []).append(entry)
    found: list[Entry] = []
    for key in sorted(groups):
        group = groups[key]
        if len(group) > 1 and draw.seed is None:
            names = sorted(entry.name for entry in group)
            raise Invalid(JudgingReason.DRAW_NEEDS_NUMBER, field="number", entries=told(names))
        found += sorted(group, key=lambda entry: draw.key(entry.name)) if group[1:] else group
    return found


def demand_key(entry: Entry, rules: Rules) -> tuple[int, int]:
    """By what entries of one total are parted before the draw, the smallest first."""
    if rules.tie_rule is TieRule.DRAW or entry.demand is None:
        return (1, 0)
    return (0, -entry.demand)


def _deciders(
    ordered: Sequence[Entry], totals: Mapping[str, Fraction], rules: Rules
) -> dict[str, DecidedBy]:
    same_total = Counter(totals[entry.name] for entry in ordered)
    same_demand = Counter((totals[entry.name], demand_key(entry, rules)) for entry in ordered)
    found = {}
    for entry in ordered:
        total = totals[entry.name]
        if same_total[total] == 1:
            found[entry.name] = DecidedBy.POINTS
        elif same_demand[total, demand_key(entry, rules)] == 1:
            found[entry.name] = DecidedBy.DEMAND
        else:
            found[entry.name] = DecidedBy.DRAW
    return found
