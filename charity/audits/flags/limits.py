"""Sums and their limits: just under one (RF-04), one bill in parts (RF-05), cash (RF-06)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from charity.audits.chances import binomial_at_least
from charity.audits.flags.columns import Columns, Ints, groups
from charity.audits.flags.facts import Flag
from charity.audits.flags.figures import Figures
from charity.audits.flags.reasons import FlagReason


def just_under(payments: Columns, limits: Sequence[int], figures: Figures) -> Iterator[Flag]:
    """RF-04: many sums just below a limit and few just above it, in one project and year."""
    for limit in limits:
        band = limit * figures["RF-04", "band_permille"] // 1000
        near = (payments.amounts >= limit - band) & (payments.amounts < limit + band)
        rows = np.flatnonzero(near & ~payments.is_fixed & payments.has_project)
        for project, year, places in groups(payments.projects[rows], payments.years[rows]):
            here = rows[places]
            under = here[payments.amounts[here] < limit]
            chance = binomial_at_least(
                len(under), len(here), figures["RF-04", "usual_permille"] / 1000
            )
            if (
                len(under) >= figures["RF-04", "least"]
                and chance * 1_000_000 < figures["RF-04", "chance_ppm"]
            ):
                yield Flag(
                    rule="RF-04",
                    key=f"RF-04:fund:{project}:{year}:{limit}",
                    reason=FlagReason.JUST_UNDER,
                    params={
                        "below": len(under),
                        "above": len(here) - len(under),
                        "limit_fen": limit,
                        "year": year,
                    },
                    subjects=(f"fund:{project}", *payments.named(under)),
                )


def splits(payments: Columns, limits: Sequence[int], figures: Figures) -> Iterator[Flag]:
    """RF-05: sums below a limit to one payee within some days that reach it together."""
    for limit in limits:
        least = limit * figures["RF-05", "part_permille"] // 1000
        part = (payments.amounts >= least) & (payments.amounts < limit) & (payments.payees != 0)
        rows = np.flatnonzero(part & ~payments.is_fixed & payments.has_payee)
        order = rows[
            np.lexsort((payments.amounts[rows], payments.days[rows], payments.payees[rows]))
        ]
        for first, last in _windows(payments, order, limit, figures["RF-05", "days"]):
            parts = order[first : last + 1]
            yield Flag(
                rule="RF-05",
                key=f"RF-05:{limit}:{payments.subjects[parts[0]]}",
                reason=FlagReason.SPLIT,
                params={
                    "payee": payments.payee_names[payments.payees[parts[0]]],
                    "parts": len(parts),
                    "days": int(payments.days[parts[-1]] - payments.days[parts[0]]),
                    "total_fen": int(payments.amounts[parts].sum()),
                    "limit_fen": limit,
                },
                subjects=payments.named(parts),
            )


def _windows(payments: Columns, order: Ints, limit: int, days: int) -> Iterator[tuple[int, int]]:
    """First and last place of each run of one payee's sums that reaches the limit in time."""
    if not len(order):
        return
    # one growing number for payee and day: no window reaches over into the next payee
    scale = int(payments.days.max()) + days + 1
    when = payments.payees[order] * scale + payments.days[order]
    ends = np.searchsorted(when, when + days, side="right") - 1
    sums = np.concatenate(([0], np.cumsum(payments.amounts[order])))
    reached = sums[ends + 1] - sums[:-1] >= limit
    run: tuple[int, int] | None = None
    for first in np.flatnonzero(reached):
        last = int(ends[first])
        if run is not None and first <= run[1]:
            run = (run[0], max(run[1], last))
            continue
        if run is not None:
            yield run
        run = (int(first), last)
    if run is not None:
        yield run


def cash(payments: Columns, figures: Figures) -> Iterator[Flag]:
    """RF-06: a large sum in cash (AUD-10), and a project that runs on cash."""
    limit = figures["RF-06", "single_fen"]
    for row in np.flatnonzero(payments.is_cash & (payments.amounts > limit)):
        subject = payments.subjects[row]
        yield Flag(
            rule="RF-06",
            key=f"RF-06:{subject}",
            reason=FlagReason.CASH_LARGE,
            params={"amount_fen": int(payments.amounts[row]), "limit_fen": limit},
            subjects=(subject,),
        )
    for project, year, rows in payments.by_project_and_year():
        of_cash = rows[payments.is_cash[rows]]
        share = 1000 * int(payments.amounts[of_cash].sum()) // int(payments.amounts[rows].sum())
        if (
            len(of_cash) >= figures["RF-06", "least"]
            and share >= figures["RF-06", "share_permille"]
        ):
            yield Flag(
                rule="RF-06",
                key=f"RF-06:fund:{project}:{year}",
                reason=FlagReason.CASH_SHARE,
                params={"share_permille": share, "count": len(of_cash), "year": year},
                subjects=(f"fund:{project}", *payments.named(of_cash)),
            )
