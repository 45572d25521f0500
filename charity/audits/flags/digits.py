"""Figures that look thought up: first digits (RF-01) and round sums (RF-03).

Both ask about many sums at once, never about one of them. First digits say something only of many
different sums over at least two orders of magnitude: fixed prices, subsidies and gifts in round
sums are left alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from charity.audits.chances import binomial_at_least
from charity.audits.flags.columns import Bools, Columns, Ints, groups
from charity.audits.flags.facts import Flag
from charity.audits.flags.figures import Figures
from charity.audits.flags.reasons import FlagReason
from charity.errors import ReasonCode

#: The share of each first digit among figures that grew by themselves (Benford).
_EXPECTED = np.log10(1 + 1 / np.arange(1, 10))
_POWERS = 10 ** np.arange(19, dtype=np.int64)


def first_digits(payments: Columns, figures: Figures) -> Iterator[Flag]:
    """RF-01 for each project over all its years; it is asked again in a new year.

    A sum paid to one payee again and again, as rent is, counts once: it was thought up once.
    """
    free = np.flatnonzero(~payments.is_fixed & payments.has_project)
    payees, amounts = payments.payees[free], payments.amounts[free]
    order = np.lexsort((amounts, payees, payments.projects[free]))
    again = (np.diff(payees[order]) == 0) & (np.diff(amounts[order]) == 0)
    again &= np.diff(payments.projects[free][order]) == 0
    free = free[order[np.append(True, ~again)]] if len(free) else free
    for project, _, rows in groups(payments.projects[free], np.zeros_like(free)):
        found = _odd_digits(payments.amounts[free[rows]], figures)
        if found is not None:
            year = int(payments.years[free[rows]].max())
            yield _asked(f"fund:{project}", year, found, FlagReason.DIGITS)


def first_digits_of_gifts(sums: Sequence[tuple[int, int, int]], figures: Figures) -> Iterator[Flag]:
    """RF-01 for the gifts of each year: round sums, which most gifts are, say nothing."""
    by_year: dict[int, list[tuple[int, int]]] = {}
    for year, amount, count in sums:
        by_year.setdefault(year, []).append((amount, count))
    for year, counted in sorted(by_year.items()):
        amounts, counts = np.array(counted, np.int64).T
        found = _odd_digits(np.repeat(amounts, counts), figures)
        if found is not None:
            yield _asked("gifts", year, found, FlagReason.GIFT_DIGITS)


def _asked(about: str, year: int, found: tuple[int, float, float], reason: ReasonCode) -> Flag:
    count, chi_square, deviation = found
    return Flag(
        rule="RF-01",
        key=f"RF-01:{about}:{year}",
        reason=reason,
        params={
            "count": count,
            "chi_square_milli": round(chi_square * 1000),
            "mad_ppm": round(deviation * 1_000_000),
            "year": year,
        },
        subjects=(about,),
    )


def _odd_digits(amounts: Ints, figures: Figures) -> tuple[int, float, float] | None:
    """How many sums, chi square and mean deviation, where the sums say something and are odd."""
    amounts = amounts[amounts >= figures["RF-01", "smallest_fen"]]
    count = len(amounts)
    if count < figures["RF-01", "least"] or not _says_something(amounts, figures):
        return None
    powers = _POWERS[np.searchsorted(_POWERS, amounts, side="right") - 1]
    seen = np.bincount(amounts // powers, minlength=10)[1:10]
    expected = _EXPECTED * count
    chi_square = float(((seen - expected) ** 2 / expected).sum())
    deviation = float(np.abs(seen / count - _EXPECTED).mean())
    if (
        chi_square * 1000 <= figures["RF-01", "chi_square_milli"]
        or deviation * 1_000_000 <= figures["RF-01", "mad_ppm"]
    ):
        return None
    return count, chi_square, deviation


def _says_something(amounts: Ints, figures: Figures) -> bool:
    """Different sums, over two orders of magnitude and more."""
    different = len(np.unique(amounts)) * 1000 >= (
        figures["RF-01", "distinct_permille"] * len(amounts)
    )
    small, large = np.percentile(amounts, (1, 99))
    return different and bool(large >= small * figures["RF-01", "spread"])


def round_rows(payments: Columns, figures: Figures) -> tuple[Ints, Bools]:
    """The rows that could be round sums, and which of them are.

    A sum below the unit cannot be a multiple of it, and a fixed rate may well be one.
    """
    unit = figures["RF-03", "unit_fen"]
    able = np.flatnonzero((payments.amounts >= unit) & ~payments.is_fixed & payments.has_project)
    return able, payments.amounts[able] % unit == 0


@dataclass(frozen=True, slots=True)
class _Round:
    """The round sums of one project and year."""

    project: int
    year: int
    permille: int
    count: int
    rows: Ints


def _rounds(payments: Columns, figures: Figures) -> list[_Round]:
    able, is_round = round_rows(payments, figures)
    return [
        _Round(
            project,
            year,
            1000 * int(is_round[rows].sum()) // len(rows),
            len(rows),
            able[rows[is_round[rows]]],
        )
        for project, year, rows in groups(payments.projects[able], payments.years[able])
        if len(rows) >= figures["RF-03", "least"]
    ]


def usual_rounds(payments: Columns, figures: Figures) -> int | None:
    """The middle share of round sums, in thousandths; None where projects are too few for one."""
    shares = {}
    for each in _rounds(payments, figures):
        shares[each.project, each.year] = each.permille
    peers = len({project for project, _ in shares})
    return math.ceil(median(shares.values())) if peers > figures["RF-03", "peers"] else None


def round_sums(payments: Columns, figures: Figures, usual: int | None) -> Iterator[Flag]:
    """RF-03 for each project and year, beside what is usual in the book, or anywhere."""
    middle = figures["RF-03", "usual_permille"] if usual is None else usual
    for each in _rounds(payments, figures):
        chance = binomial_at_least(len(each.rows), each.count, middle / 1000)
        if (
            each.permille >= middle + figures["RF-03", "above_permille"]
            and chance * 1_000_000 < figures["RF-03", "chance_ppm"]
        ):
            yield Flag(
                rule="RF-03",
                key=f"RF-03:fund:{each.project}:{each.year}",
                reason=FlagReason.ROUND_SUMS,
                params={
                    "share_permille": each.permille,
                    "usual_permille": middle,
                    "count": len(each.rows),
                    "year": each.year,
                },
                subjects=(f"fund:{each.project}", *payments.named(each.rows)),
            )
