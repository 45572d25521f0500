"""Judges who give more or less than others, and what entries are worth without that.

Not every judge reads every entry, so a mean depends on who read it. Here each score is taken for
the worth of the entry plus what its judge always adds (least squares over all sheets). The worth
and the additions are exact fractions: the equations are solved in whole numbers. Only differences
between judges can be seen, so the additions sum to zero; and nothing can be said where the panel
falls into parts with no judge in common.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from charity.errors import Invalid
from projects.ventures.judging_reasons import JudgingReason, told
from projects.ventures.scoring import Panel, Sheet

#: So many standard errors to each side hold the truth nineteen times in twenty.
MARGIN = 1.96
#: Entries of a part that is cut off which are named.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Fit:
    """What the panel's sheets say, in points.

    `effects` is what a judge gives more (or, below zero, less) than the average judge; `values`
    what an entry would get from that average judge. The errors are 1.96 standard errors; None
    where there are no more sheets than unknowns.
    """

    effects: dict[str, Fraction]
    values: dict[str, Fraction]
    effect_errors: dict[str, float] | None
    value_errors: dict[str, float] | None


def parts(sheets: Sequence[Sheet]) -> list[set[str]]:
    """The entries of each part of a panel that no judge joins to another, largest first."""
    above: dict[tuple[str, str], tuple[str, str]] = {}

    def top(node: tuple[str, str]) -> tuple[str, str]:
        above.setdefault(node, node)
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for sheet in sheets:
        above[top(("judge", sheet.judge))] = top(("entry", sheet.entry))
    found: dict[tuple[str, str], set[str]] = {}
    for entry in {sheet.entry for sheet in sheets}:
        found.setdefault(top(("entry", entry)), set()).add(entry)
    return sorted(found.values(), key=lambda part: (-len(part), min(part)))


def fit(panel: Panel, *, errors: bool = True) -> Fit:
    """Estimate severity and worth from a connected panel.

    Raises `Invalid` (PANEL_DISCONNECTED) with the number of parts and entries of the smallest, and
    `ValueError` where there is no sheet at all.
    """
    require_connected(panel)
    judges, of_entries = panel.judges, _numbered(panel)
    matrix, right, scale = _equations(len(judges), list(of_entries.values()))
    numerators, denominator = _solved(matrix, right)
    # the last judge was held at zero; now all together are
    total = sum(numerators)
    units = [
        Fraction(each * len(judges) - total, denominator * len(judges) * panel.unit)
        for each in (*numerators, 0)
    ]
    effects = dict(zip(judges, units, strict=True))
    values = {
        entry: Fraction(sum(points for _, points in sheets), len(sheets) * panel.unit)
        - Fraction(
            sum((*numerators, 0)[judge] for judge, _ in sheets) * len(judges) - total * len(sheets),
            denominator * len(judges) * len(sheets) * panel.unit,
        )
        for entry, sheets in of_entries.items()
    }
    spread = _margins(panel, effects, values, matrix, scale) if errors else None
    if spread is None:
        return Fit(effects, values, None, None)
    return Fit(effects, values, *spread)


def require_connected(panel: Panel) -> None:
    """Raise `Invalid` (PANEL_DISCONNECTED) where the panel falls into parts."""
    if not panel.sheets:
        raise ValueError("nothing can be said of no sheets")
    found = parts(panel.sheets)
    if len(found) > 1:
        named = sorted(found[-1])[:_NAMED]
        raise Invalid(JudgingReason.PANEL_DISCONNECTED, parts=len(found), entries=told(named))


def _numbered(panel: Panel) -> dict[str, list[tuple[int, int]]]:
    """The sheets of each entry, judges by their place among the panel's."""
    index = {judge: place for place, judge in enumerate(panel.judges)}
    return {
        entry: [(index[sheet.judge], sheet.points) for sheet in sheets]
        for entry, sheets in panel.of_entries().items()
    }


def _equations(
    judges: int, entries: Sequence[Sequence[tuple[int, int]]]
) -> tuple[list[list[int]], list[int], int]:
    """The normal equations with the entries eliminated, times a number that makes them whole."""
    scale = math.lcm(*{len(sheets) for sheets in entries})
    matrix = [[0] * judges for _ in range(judges)]
    right = [0] * judges
    for sheets in entries:
        share = scale // len(sheets)
        total = sum(points for _, points in sheets)
        for judge, points in sheets:
            row = matrix[judge]
            row[judge] += scale
            right[judge] += scale * points - share * total
            for other, _ in sheets:
                row[other] -= share
    return matrix, right, scale


def _solved(matrix: list[list[int]], right: list[int]) -> tuple[list[int], int]:
    """Numerators and the common denominator of all but the last unknown, which is held at zero.

    Fraction-free elimination of a symmetric matrix: every division comes out even, and since the
    panel is connected no pivot is zero.
    """
    size = len(right) - 1
    rows = [[*matrix[place][:size], right[place]] for place in range(size)]
    last = 1
    for step in range(size):
        head = rows[step]
        pivot = head[step]
        for place in range(step + 1, size):
            row, factor = rows[place], head[place]
            for column in range(place, size + 1):
                row[column] = (pivot * row[column] - factor * head[column]) // last
        last = pivot
    found = [0] * size
    for place in range(size - 1, -1, -1):
        row = rows[place]
        known = sum(row[column] * found[column] for column in range(place + 1, size))
        found[place] = (last * row[size] - known) // row[place]
    return found, last


def _margins(
    panel: Panel,
    effects: dict[str, Fraction],
    values: dict[str, Fraction],
    matrix: list[list[int]],
    scale: int,
) -> tuple[dict[str, float], dict[str, float]] | None:
    """1.96 standard errors of every effect and every value, in points."""
    left = len(panel.sheets) - len(effects) - len(values) + 1
    if left <= 0:
        return None
    judges = {judge: place for place, judge in enumerate(effects)}
    entries = {entry: place for place, entry in enumerate(values)}
    who = np.array([judges[sheet.judge] for sheet in panel.sheets])
    what = np.array([entries[sheet.entry] for sheet in panel.sheets])
    given = np.array([sheet.points for sheet in panel.sheets], np.float64) / panel.unit
    added = np.array([float(each) for each in effects.values()])
    worth = np.array([float(each) for each in values.values()])
    residual = given - added[who] - worth[what]
    variance = float(residual @ residual) / left
    known = np.linalg.pinv(np.array(matrix, np.float64) / scale, hermitian=True)
    shares = np.zeros((len(entries), len(judges)))
    shares[what, who] = 1
    counts = shares.sum(axis=1)
    shares /= counts[:, None]
    of_judges = MARGIN * np.sqrt(variance * np.maximum(np.diag(known), 0))
    of_entries = MARGIN * np.sqrt(variance * (1 / counts + ((shares @ known) * shares).sum(axis=1)))
    return (
        dict(zip(effects, of_judges.tolist(), strict=True)),
        dict(zip(values, of_entries.tolist(), strict=True)),
    )
