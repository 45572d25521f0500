"""What the organiser looks at before a ranking is published: how the judges judged.

Who gives more or less than the others, who spreads wide, whether somebody favours a place of one's
own; and how the places would change by another method, or had one judge not been asked. It changes
nothing: the method was fixed when the call opened.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from charity.errors import Invalid, ReasonCode
from projects.ventures.ranking import Draw, Entry, Placing, Rules, rank
from projects.ventures.scoring import Panel
from projects.ventures.severity import Fit, fit
from projects.ventures.terms import RankingMethod
from projects.ventures.trying import Trials

#: An outlier is farther from the median of the judges than so many medians of such distances:
#: three standard deviations, were they spread like a bell.
OUTLYING = Fraction(44478, 10000)
#: Fewer judges than this show no outlier.
LEAST_JUDGES = 4

#: A judge and an entry that belong to one place.
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Look:
    """One judge, in points; `effect` is None where the panel falls into parts."""

    judge: str
    sheets: int
    mean: Fraction
    #: The standard deviation of what the judge gave; None of a single sheet.
    spread: float | None
    #: More (or, below zero, less) than the average judge of the panel, and 1.96 standard errors.
    effect: Fraction | None
    error: float | None
    is_outlier: bool
    #: How much more than expected the judge gave to entries of the own place than to others.
    own_bias: Fraction | None
    own_sheets: int


@dataclass(frozen=True, slots=True)
class Change:
    """How places differ from those of the ranking; `refusal` where there would be none."""

    moved: int = 0
    farthest: int = 0
    #: Entries that would win, or would not win any more, among the places there are.
    enter: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    refusal: ReasonCode | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The organiser's report of one round."""

    looks: tuple[Look, ...]
    #: Of all judges together, and over how many sheets; None where nobody judged the own place.
    own_bias: Fraction | None
    own_sheets: int
    by_method: Mapping[RankingMethod, Change]
    by_judge: Mapping[str, Change]
    is_connected: bool

    @property
    def outliers(self) -> tuple[Look, ...]:
        """Judges who stand far from all others, the farthest first."""
        found = [look for look in self.looks if look.is_outlier and look.effect is not None]
        return tuple(sorted(found, key=lambda look: -abs(look.effect or Fraction())))


def report(
    panel: Panel,
    entries: Sequence[Entry],
    rules: Rules,
    draw: Draw,
    *,
    winners: int,
    own: Collection[Pair] = (),
) -> Report:
    """Look at a panel; `winners` places win, `own` are pairs of a judge and an entry of one place.

    A tie that waits for the draw is taken as if drawn with an empty seed. Raises `Invalid` where
    the round cannot be ranked by its own method.
    """
    tried = Draw(draw.label, draw.seed or "")
    fitted = _fitted(panel)
    freed = fitted.values if fitted and rules.method is RankingMethod.SEVERITY else None
    ranking = rank(panel, entries, rules, tried, judged_points=freed)
    residuals, trials = _Residuals(panel, fitted, set(own)), Trials(panel, entries, tried)
    return Report(
        looks=_looks(panel, fitted, residuals),
        own_bias=residuals.bias(),
        own_sheets=sum(sheet[:2] in residuals.own for sheet in panel.sheets),
        by_method={
            method: _change(ranking, trials.order(replace(rules, method=method)), winners)
            for method in RankingMethod
            if method is not rules.method
        },
        by_judge={
            judge: _change(ranking, trials.order(rules, judge), winners) for judge in panel.judges
        },
        is_connected=fitted is not None,
    )


def outliers(effects: Mapping[str, Fraction]) -> set[str]:
    """The judges whose effect lies far from the median of all; nobody where all but agree."""
    if len(effects) < LEAST_JUDGES:
        return set()
    middle = statistics.median(effects.values())
    apart = {judge: abs(effect - middle) for judge, effect in effects.items()}
    usual = statistics.median(apart.values())
    return {judge for judge, far in apart.items() if usual and far > OUTLYING * usual}


def _fitted(panel: Panel) -> Fit | None:
    try:
        return fit(panel)
    except Invalid:
        return None


class _Residuals:
    """What sheets hold beyond worth and severity, exactly: whole numbers over one denominator."""

    def __init__(self, panel: Panel, fitted: Fit | None, own: set[Pair]) -> None:
        self.own = own
        #: The sum over own sheets and over others, and how many of each, by judge.
        self._sums: dict[str, list[int]] = {}
        self._whole = 1
        if fitted is None or not own:
            return
        told = (*fitted.values.values(), *fitted.effects.values())
        self._whole = math.lcm(panel.unit, *{each.denominator for each in told})
        worth, added = self._scaled(fitted.values), self._scaled(fitted.effects)
        part = self._whole // panel.unit
        for judge, entry, points in panel.sheets:
            sums = self._sums.setdefault(judge, [0, 0, 0, 0])
            at = 0 if (judge, entry) in own else 2
            sums[at] += points * part - worth[entry] - added[judge]
            sums[at + 1] += 1

    def _scaled(self, exact: Mapping[str, Fraction]) -> dict[str, int]:
        return {
            name: each.numerator * (self._whole // each.denominator) for name, each in exact.items()
        }

    def bias(self, judge: str | None = None) -> Fraction | None:
        """How much more own entries were given, by one judge or by all; None where none were."""
        found = [sums for name, sums in self._sums.items() if judge in (None, name)]
        mine, own, others, foreign = (
            (sum(column) for column in zip(*found, strict=True)) if (found) else (0, 0, 0, 0)
        )
        if not own or not foreign:
            return None
        return Fraction(mine, own * self._whole) - Fraction(others, foreign * self._whole)


def _looks(panel: Panel, fitted: Fit | None, residuals: _Residuals) -> tuple[Look, ...]:
    given: dict[str, list[int]] = {}
    owns: Counter[str] = Counter()
    for sheet in panel.sheets:
        given.setdefault(sheet.judge, []).append(sheet.points)
        owns[sheet.judge] += fitted is not None and sheet[:2] in residuals.own
    far = outliers(fitted.effects) if fitted else set()
    return tuple(
        Look(
            judge=judge,
            sheets=len(points),
            mean=Fraction(sum(points), len(points) * panel.unit),
            spread=statistics.stdev(points) / panel.unit if points[1:] else None,
            effect=fitted.effects[judge] if fitted else None,
            error=(fitted.effect_errors or {}).get(judge) if fitted else None,
            is_outlier=judge in far,
            own_bias=residuals.bias(judge),
            own_sheets=owns[judge],
        )
        for judge, points in sorted(given.items())
    )


def _change(ranking: Sequence[Placing], other: list[str] | ReasonCode, winners: int) -> Change:
    if isinstance(other, ReasonCode):
        return Change(refusal=other)
    before = {each.entry: each.place for each in ranking}
    apart = [abs(place - before[entry]) for place, entry in enumerate(other, start=1)]
    won = {each.entry for each in ranking[:winners]}
    would = set(other[:winners])
    return Change(
        moved=sum(distance > 0 for distance in apart),
        farthest=max(apart, default=0),
        enter=tuple(sorted(would - won)),
        leave=tuple(sorted(won - would)),
    )
