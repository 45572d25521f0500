"""What the organiser looks at before a ranking is published: how the judges judged.

Who gives more or less than the others, who spreads wide, whether somebody favours a place of one's
own; and how the places would change by another method, or had one judge not been asked. It changes
nothing: the method was fixed when the call opened.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from charity.errors import Invalid, ReasonCode
from projects.ventures.ranking import Draw, Entry, Placing, Rules, judged, rank
from projects.ventures.scoring import Panel
from projects.ventures.severity import Fit, fit, nearly
from projects.ventures.terms import RankingMethod

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
    ranking = rank(panel, entries, rules, tried)
    fitted = _fitted(panel)
    return Report(
        looks=_looks(panel, fitted, set(own)),
        own_bias=_bias(_residuals(panel, fitted), set(own)),
        own_sheets=sum(sheet[:2] in set(own) for sheet in panel.sheets),
        by_method={
            method: _change(ranking, panel, entries, replace(rules, method=method), tried, winners)
            for method in RankingMethod
            if method is not rules.method
        },
        by_judge={
            judge: _change(ranking, panel.without(judge), entries, rules, tried, winners)
            for judge in panel.judges
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


def _residuals(panel: Panel, fitted: Fit | None) -> dict[Pair, Fraction]:
    """What each sheet holds beyond worth and severity."""
    if fitted is None:
        return {}
    return {
        (judge, entry): Fraction(points, panel.unit) - fitted.values[entry] - fitted.effects[judge]
        for judge, entry, points in panel.sheets
    }


def _bias(residuals: Mapping[Pair, Fraction], own: Collection[Pair]) -> Fraction | None:
    mine = [left for pair, left in residuals.items() if pair in own]
    others = [left for pair, left in residuals.items() if pair not in own]
    if not mine or not others:
        return None
    return sum(mine, Fraction()) / len(mine) - sum(others, Fraction()) / len(others)


def _looks(panel: Panel, fitted: Fit | None, own: Collection[Pair]) -> tuple[Look, ...]:
    given: dict[str, list[int]] = {}
    left: dict[str, dict[Pair, Fraction]] = {}
    for sheet in panel.sheets:
        given.setdefault(sheet.judge, []).append(sheet.points)
    for pair, residual in _residuals(panel, fitted).items():
        left.setdefault(pair[0], {})[pair] = residual
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
            own_bias=_bias(left.get(judge, {}), own),
            own_sheets=sum(pair in own for pair in left.get(judge, {})),
        )
        for judge, points in sorted(given.items())
    )


def _change(
    ranking: Sequence[Placing],
    panel: Panel,
    entries: Sequence[Entry],
    rules: Rules,
    draw: Draw,
    winners: int,
) -> Change:
    by_severity = rules.method is RankingMethod.SEVERITY
    try:
        points = nearly(panel) if by_severity and panel.sheets else judged(panel, rules)
        other = rank(panel, entries, rules, draw, judged_points=points)
    except Invalid as refused:
        return Change(refusal=refused.reason)
    before = {each.entry: each.place for each in ranking}
    apart = [abs(each.place - before[each.entry]) for each in other]
    won = {each.entry for each in ranking[:winners]}
    would = {each.entry for each in other[:winners]}
    return Change(
        moved=sum(distance > 0 for distance in apart),
        farthest=max(apart, default=0),
        enter=tuple(sorted(would - won)),
        leave=tuple(sorted(won - would)),
    )
