"""Odd times (RF-09): nights and days off, one's own agreement, the year's end, paid too early."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from charity import workdays
from charity.audits.flags.columns import NAMED, Columns
from charity.audits.flags.facts import Approval, Facts, Flag, Tally
from charity.audits.flags.figures import Figures
from charity.audits.flags.reasons import FlagReason

#: Somebody's agreements, and those of them at night and on days off by what they are about.
Counted = dict[int, tuple[Tally, list[str], list[str]]]


def timing(payments: Columns, facts: Facts, figures: Figures) -> Iterator[Flag]:
    """RF-09 in its four ways."""
    yield from _odd_hours(facts, figures)
    yield from _own(payments, facts.approvals)
    yield from _rush(payments, figures)
    yield from _early(payments)


def counted(facts: Facts, figures: Figures) -> Counted:
    """How often each agreed and when, what was counted by earlier looks among it."""
    night_from, night_until = figures["RF-09", "night_from"], figures["RF-09", "night_until"]
    days = {approval.day for approval in facts.approvals}
    free = {day for day in days if not workdays.is_workday(date.fromordinal(day))}
    whole: dict[int, int] = defaultdict(int)
    nights: dict[int, list[str]] = defaultdict(list)
    days_off: dict[int, list[str]] = defaultdict(list)
    for subject, person, day, minute in facts.approvals:
        whole[person] += 1
        if minute >= night_from or minute < night_until:
            nights[person].append(subject)
        if day in free:
            days_off[person].append(subject)
    found: Counted = {}
    for person in sorted({*whole, *facts.tallies}):
        before = facts.tallies.get(person, Tally())
        tally = Tally(
            before.whole + whole[person],
            before.nights + len(nights[person]),
            before.free + len(days_off[person]),
        )
        found[person] = (tally, nights[person], days_off[person])
    return found


def _odd_hours(facts: Facts, figures: Figures) -> Iterator[Flag]:
    """Somebody who agrees much at night, or mostly on days off."""
    for person, (tally, nights, days_off) in counted(facts, figures).items():
        for name, reason, count, subjects in (
            ("night", FlagReason.AT_NIGHT, tally.nights, nights),
            ("free", FlagReason.ON_FREE_DAYS, tally.free, days_off),
        ):
            share = 1000 * count // tally.whole
            if (
                subjects
                and count >= figures["RF-09", f"{name}_least"]
                and share >= figures["RF-09", f"{name}_permille"]
            ):
                params = {"count": count, "share_permille": share}
                about = (f"person:{person}", *subjects[:NAMED])
                yield Flag("RF-09", f"RF-09:{name}:person:{person}", reason, params, about)


def _own(payments: Columns, approvals: Sequence[Approval]) -> Iterator[Flag]:
    """The same person makes and agrees; the tables of this house refuse it, other books do not."""
    makers = dict(zip(payments.subjects, payments.makers.tolist(), strict=True))
    for approval in approvals:
        if approval.person and makers.get(approval.subject) == approval.person:
            subject = approval.subject
            key, reason = f"RF-09:own:{subject}", FlagReason.OWN_APPROVAL
            yield Flag("RF-09", key, reason, {}, (subject, f"person:{approval.person}"))


def _rush(payments: Columns, figures: Figures) -> Iterator[Flag]:
    """Much of a year's money in the last days of the year."""
    days = figures["RF-09", "rush_days"]
    for project, year, rows in payments.by_project_and_year():
        if len(rows) < figures["RF-09", "rush_least"]:
            continue
        late = rows[payments.days[rows] > date(year, 12, 31).toordinal() - days]
        share = 1000 * int(payments.amounts[late].sum()) // int(payments.amounts[rows].sum())
        if share >= figures["RF-09", "rush_permille"]:
            yield Flag(
                rule="RF-09",
                key=f"RF-09:rush:fund:{project}:{year}",
                reason=FlagReason.YEAR_END,
                params={"share_permille": share, "days": days, "year": year},
                subjects=(f"fund:{project}", *payments.named(late)),
            )


def _early(payments: Columns) -> Iterator[Flag]:
    """Money went before enough had agreed."""
    known = (payments.paid > 0) & (payments.agreed > 0)
    for row in np.flatnonzero(known & (payments.paid < payments.agreed)):
        subject = payments.subjects[row]
        days = int(payments.agreed[row] - payments.paid[row])
        yield Flag(
            "RF-09", f"RF-09:early:{subject}", FlagReason.PAID_EARLY, {"days": days}, (subject,)
        )
