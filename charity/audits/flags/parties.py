"""Who is paid: shared vendors (RF-07), hubs (RF-08), overlaps (RF-11), loops of gifts (RF-12)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from charity.audits.flags.columns import NAMED, Columns, Ints, groups
from charity.audits.flags.facts import Absence, Facts, Flag, Payment
from charity.audits.flags.figures import Figures
from charity.audits.flags.reasons import FlagReason


def shared_vendors(facts: Facts) -> Iterator[Flag]:
    """RF-07: what a payee is known by is what somebody who runs the organisation is known by."""
    whose: dict[tuple[str, str], list[str]] = defaultdict(list)
    for mark in facts.party_marks:
        whose[mark.kind, mark.value].append(mark.whose)
    found: dict[str, set[tuple[str, str]]] = {}
    for mark in facts.payee_marks:
        for party in whose.get((mark.kind, mark.value), ()):
            found.setdefault(mark.whose, set()).add((party, mark.kind))
    if not found:
        return
    if facts.scope is not None:
        found = {payee: shared for payee, shared in found.items() if payee in facts.scope.payees}
    paid = _of_payees(facts.payments, set(found))
    for payee, shared in sorted(found.items()):
        if paid[payee]:
            yield Flag(
                rule="RF-07",
                key=f"RF-07:{payee}"[:200],
                reason=FlagReason.SHARED_VENDOR,
                params={
                    "payee": payee,
                    "marks": sorted({kind for _, kind in shared}),
                    "parties": sorted({party for party, _ in shared}),
                },
                subjects=tuple(paid[payee][:NAMED]),
            )


def _of_payees(payments: Sequence[Payment], wanted: set[str]) -> dict[str, list[str]]:
    paid: dict[str, list[str]] = defaultdict(list)
    for payment in payments:
        if payment.payee in wanted:
            paid[payment.payee].append(payment.subject)
    return paid


def hubs(payments: Columns, facts: Facts, figures: Figures, usual: int | None) -> Iterator[Flag]:
    """RF-08: one vendor for most of a project, or a new one in many villages."""
    yield from _one_vendor(payments, figures, usual)
    yield from _newcomers(facts, figures)


def usual_largest(payments: Columns, figures: Figures) -> int | None:
    """The middle share of projects' largest payees; None where projects are too few for one."""
    shares = [share.permille for share in _largest(payments, figures["RF-08", "least"])]
    return math.ceil(median(shares)) if len(shares) > figures["RF-08", "peers"] else None


@dataclass(frozen=True, slots=True)
class _Share:
    """What the largest payee of a project got of it."""

    project: int
    payee: str
    permille: int
    rows: Ints
    total: int


def _one_vendor(payments: Columns, figures: Figures, usual: int | None) -> Iterator[Flag]:
    """More than half, and far more than the largest payees of projects usually have."""
    least = 0 if usual is None else usual + figures["RF-08", "above_permille"]
    for share in _largest(payments, figures["RF-08", "least"]):
        if (
            share.permille > figures["RF-08", "share_permille"]
            and share.permille >= least
            and share.total >= figures["RF-08", "total_fen"]
        ):
            year = int(payments.years[share.rows].max())
            yield Flag(
                rule="RF-08",
                key=f"RF-08:fund:{share.project}:{year}:{share.payee}"[:200],
                reason=FlagReason.ONE_VENDOR,
                params={"payee": share.payee, "share_permille": share.permille, "year": year},
                subjects=payments.named(share.rows),
            )


def _largest(payments: Columns, least: int) -> Iterator[_Share]:
    """The largest payee of each project that has several, where it was paid often enough."""
    known = payments.has_project & (payments.payees != 0)
    able = np.flatnonzero(known & ~payments.is_fixed)
    for project, _, places in groups(payments.projects[able], np.zeros_like(able)):
        rows = able[places]
        payees, which = np.unique(payments.payees[rows], return_inverse=True)
        if len(payees) < 2:
            continue
        # whole numbers, which a sum of floats by weight would not be
        sums = np.zeros(len(payees), np.int64)
        np.add.at(sums, which, payments.amounts[rows])
        best = int(sums.argmax())
        its = rows[which == best]
        if len(its) >= least:
            whole, total = int(sums.sum()), int(sums[best])
            payee = payments.payee_names[payees[best]]
            yield _Share(project, payee, 1000 * total // whole, its, total)


def _newcomers(facts: Facts, figures: Figures) -> Iterator[Flag]:
    days = figures["RF-08", "new_days"]
    early: dict[str, list[Payment]] = defaultdict(list)
    for payment in facts.payments:
        if facts.scope is not None and payment.payee not in facts.scope.payees:
            continue
        since = facts.payee_since.get(payment.payee)
        if since is None or not payment.place or payment.is_fixed:
            continue
        if since <= payment.day < since + days:
            early[payment.payee].append(payment)
    for payee, paid in sorted(early.items()):
        places = len({payment.place for payment in paid})
        total = sum(payment.amount for payment in paid)
        if places >= figures["RF-08", "places"] and total >= figures["RF-08", "total_fen"]:
            yield Flag(
                rule="RF-08",
                key=f"RF-08:new:{payee}"[:200],
                reason=FlagReason.NEW_VENDOR,
                params={"payee": payee, "places": places, "days": days, "total_fen": total},
                subjects=tuple(payment.subject for payment in paid[:NAMED]),
            )


def overlaps(facts: Facts, figures: Figures) -> Iterator[Flag]:
    """RF-11: one person helped by many projects, or after death or moving away."""
    helped: dict[str, list[Payment]] = defaultdict(list)
    for payment in facts.payments:
        if payment.person and (facts.scope is None or payment.person in facts.scope.persons):
            helped[payment.person].append(payment)
    for person, paid in sorted(helped.items()):
        projects = len({payment.project for payment in paid})
        subjects = tuple(payment.subject for payment in paid[:NAMED])
        if projects >= figures["RF-11", "projects"]:
            reason = FlagReason.MANY_PROJECTS
            yield Flag("RF-11", f"RF-11:many:{person}", reason, {"projects": projects}, subjects)
        for payment in paid:
            days = _days_after(payment.day, facts.absences.get(person, ()))
            if days:
                key, reason = f"RF-11:{payment.subject}", FlagReason.HELPED_AFTER
                yield Flag("RF-11", key, reason, {"days": days}, (payment.subject,))


def _days_after(day: int, absences: Sequence[Absence]) -> int:
    """How many days after somebody had gone a day lies, the most of all; 0 where they were here."""
    found = [each for each in absences if each.since < day and (day < each.until or not each.until)]
    return max((day - each.since for each in found), default=0)


def loops(payments: Columns, facts: Facts, figures: Figures) -> Iterator[Flag]:
    """RF-12: who gave is paid, or belongs to who is paid, within some days."""
    least, days = figures["RF-12", "smallest_fen"], figures["RF-12", "days"]
    by_giver: dict[str, list[int]] = defaultdict(list)
    for place, gift in enumerate(facts.gifts):
        if gift.amount >= least and gift.giver:
            by_giver[gift.giver].append(place)
    able = np.flatnonzero((payments.amounts >= least) & payments.has_payee)
    for code, _, rows in groups(payments.payees[able], np.zeros_like(able)):
        payee = payments.payee_names[code]
        keys = {payee} | facts.givers_of_payee.get(payee, frozenset())
        gave = [place for key in sorted(keys) for place in by_giver.get(key, ())]
        if gave and payee:
            yield from _looped(payments, able[rows], facts, gave, days)


def _looped(
    payments: Columns, rows: Ints, facts: Facts, gave: list[int], days: int
) -> Iterator[Flag]:
    """For each payment the gift that lies nearest to it, where it is near enough."""
    when = np.array([facts.gifts[place].day for place in gave], np.int64)
    for row in rows:
        apart = np.abs(when - payments.days[row])
        nearest = int(apart.argmin())
        if apart[nearest] > days:
            continue
        gift, subject = facts.gifts[gave[nearest]], payments.subjects[row]
        yield Flag(
            rule="RF-12",
            key=f"RF-12:{gift.subject}:{subject}",
            reason=FlagReason.GIFT_LOOP,
            params={
                "payee": payments.payee_names[payments.payees[row]],
                "days": int(apart[nearest]),
                "gift_fen": gift.amount,
                "amount_fen": int(payments.amounts[row]),
            },
            subjects=(gift.subject, subject),
        )
