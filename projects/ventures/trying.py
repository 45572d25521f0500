"""The places of one panel tried many times: by another method, or without one judge.

An organiser's report asks for as many rankings as there are judges. What never changes between
them is found once: who read what, how equal entries are parted, what the public adds. Each try is
then a few sums over arrays and one sort of whole numbers. Means are exact; values freed of severity
are taken to nine digits, which is less than any two entries of a real panel lie apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from charity.errors import ReasonCode
from projects.ventures.judging_reasons import JudgingReason
from projects.ventures.ranking import FULL, Draw, Entry, Rules, demand_key
from projects.ventures.scoring import Panel
from projects.ventures.terms import RankingMethod

#: To how many parts of a point values freed of severity are taken.
NANO = 10**9

Floats: TypeAlias = npt.NDArray[np.float64]
#: Numerators over one denominator, by the place of each entry; None for one without a sheet.
Points: TypeAlias = tuple[list[int | None], int]


class Trials:
    """A panel and its entries, ready to be ranked again and again with a drawn seed."""

    def __init__(self, panel: Panel, entries: Sequence[Entry], draw: Draw) -> None:
        self._entries = sorted(entries, key=lambda entry: entry.name)
        names = sorted({sheet.entry for sheet in panel.sheets} | {one.name for one in entries})
        rows = {name: row for row, name in enumerate(names)}
        self._row = [rows[entry.name] for entry in self._entries]
        self._judges = {judge: column for column, judge in enumerate(panel.judges)}
        self._unit = panel.unit
        self._given: list[dict[int, int]] = [{} for _ in names]
        self._read = np.zeros((len(names), len(self._judges)))
        self._points = np.zeros_like(self._read)
        for judge, entry, points in panel.sheets:
            row, column = rows[entry], self._judges[judge]
            self._given[row][column] = points
            self._read[row, column], self._points[row, column] = 1, points
        self._met = (self._read.T @ self._read) > 0
        self._lots = [draw.key(entry.name) for entry in self._entries]

    def order(self, rules: Rules, without: str | None = None) -> list[str] | ReasonCode:
        """The entries from the first place on, or why there would be none."""
        left_out = None if without is None else self._judges[without]
        if rules.method is not RankingMethod.SEVERITY:
            found = self._means(rules, left_out)
        elif not self._is_joined(left_out):
            return JudgingReason.PANEL_DISCONNECTED
        else:
            found = self._freed(left_out)
        refusal = self._lacking(rules.least_sheets, left_out)
        return refusal or self._ordered(rules, found)

    def _lacking(self, least: int, left_out: int | None) -> ReasonCode | None:
        counts = [len(self._given[row].keys() - {left_out}) for row in self._row]
        if not all(counts):
            return JudgingReason.NO_SHEETS
        return JudgingReason.TOO_FEW_SHEETS if any(each < least for each in counts) else None

    def _ordered(self, rules: Rules, found: Points) -> list[str]:
        """Best total first, then by demand and lot, all as whole numbers of one small part."""
        numerators, denominator = found
        most = max((entry.votes for entry in self._entries), default=0) or 1
        judged = (1000 - rules.vote_permille) * most * 10
        voted = FULL * rules.vote_permille * denominator * 10
        given = rules.rating_bonus * denominator * 1000 * most
        sign = 1 if rules.low_is_best else -1
        keys = [
            (
                sign
                * (
                    (numerators[row] or 0) * judged
                    + entry.votes * voted
                    + (given if entry.is_rated else 0)
                ),
                demand_key(entry, rules),
                lot,
                entry.name,
            )
            for entry, row, lot in zip(self._entries, self._row, self._lots, strict=True)
        ]
        return [name for *_, name in sorted(keys)]

    def _means(self, rules: Rules, left_out: int | None) -> Points:
        """Plain or trimmed means, exactly."""
        trims = rules.method is RankingMethod.TRIMMED
        kept = []
        for given in self._given:
            points = [each for judge, each in given.items() if judge != left_out]
            if trims and len(points) >= rules.trim_from:
                kept.append((sum(points) - max(points) - min(points), len(points) - 2))
            else:
                kept.append((sum(points), len(points)))
        whole = math.lcm(*{count for _, count in kept if count})
        return [
            total * (whole // count) if count else None for total, count in kept
        ], whole * self._unit

    def _is_joined(self, left_out: int | None) -> bool:
        """Whether the judges who are left have entries in common, all of them (or none is left)."""
        there = np.ones(len(self._judges), dtype=bool)
        if left_out is not None:
            there[left_out] = False
        if not there.any():
            return True
        reached = np.zeros_like(there)
        reached[int(np.argmax(there))] = True
        while True:
            more = (self._met[reached].any(axis=0) | reached) & there
            if (more == reached).all():
                return bool((reached == there).all())
            reached = more

    def _freed(self, left_out: int | None) -> Points:
        """Values by least squares, one judge held at zero and then all together."""
        read, points = self._read, self._points
        if left_out is not None:
            read, points = np.delete(read, left_out, axis=1), np.delete(points, left_out, axis=1)
        counts = read.sum(axis=1)
        safe = np.maximum(counts, 1)
        totals = points.sum(axis=1)
        effects = _effects(read, points, safe, totals)
        worth = (totals - read @ effects) / safe
        found = np.rint(worth / self._unit * NANO).astype(np.int64).tolist()
        return [each if count else None for each, count in zip(found, counts, strict=True)], NANO


def _effects(read: Floats, points: Floats, counts: Floats, totals: Floats) -> Floats:
    """What each judge adds, in units, summing to zero: the normal equations without the entries."""
    matrix = np.diag(read.sum(axis=0)) - read.T @ (read / counts[:, None])
    right = points.sum(axis=0) - read.T @ (totals / counts)
    found = np.zeros(len(right))
    if len(right) > 1:
        found[:-1] = np.linalg.solve(matrix[:-1, :-1], right[:-1])
        found -= found.mean()
    return found
