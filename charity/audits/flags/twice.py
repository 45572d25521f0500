"""The same thing twice: sums, invoices and bank references (RF-02), and photographs (RF-10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from charity.audits.flags.columns import Bools, Columns, Ints
from charity.audits.flags.facts import Flag, Picture
from charity.audits.flags.figures import Figures
from charity.audits.flags.reasons import FlagReason

#: How a look is cut up to find those that differ little: eight parts of sixteen bits.
_PARTS, _WIDTH = 8, 16
#: Pictures that share a part of their look; more of them share it for being alike in nothing.
_CROWD = 3_000


def duplicates(payments: Columns, figures: Figures) -> Iterator[Flag]:
    """RF-02: each pair once, by the strongest sign it shows."""
    seen: set[tuple[int, int]] = set()
    for pairs in (
        _same_invoice(payments, figures),
        _same_reference(payments),
        _same_sum(payments, figures),
    ):
        for first, second, reason, params in pairs:
            pair = (min(first, second), max(first, second))
            if pair in seen:
                continue
            seen.add(pair)
            names = (payments.subjects[pair[0]], payments.subjects[pair[1]])
            yield Flag("RF-02", f"RF-02:{names[0]}:{names[1]}", reason, params, names)


_Pair = tuple[int, int, FlagReason, dict[str, object]]


def _same_invoice(payments: Columns, figures: Figures) -> Iterator[_Pair]:
    """One number of one seller; of several where it is long enough to be the state's own."""
    signs = figures["RF-02", "serial_signs"]
    is_long = np.fromiter((len(name) >= signs for name in payments.voucher_names), np.bool_)
    whole = payments.has_payee | is_long[payments.vouchers]
    rows = np.flatnonzero((payments.vouchers > 0) & whole)
    order = rows[np.lexsort((payments.days[rows], payments.payees[rows], payments.vouchers[rows]))]
    one, two = order[:-1], order[1:]
    same = payments.vouchers[one] == payments.vouchers[two]
    same &= (payments.payees[one] == payments.payees[two]) | is_long[payments.vouchers[one]]
    for place in np.flatnonzero(same):
        name = payments.voucher_names[payments.vouchers[one[place]]]
        yield int(one[place]), int(two[place]), FlagReason.SAME_INVOICE, {"voucher": name}


def _same_reference(payments: Columns) -> Iterator[_Pair]:
    rows = np.flatnonzero(payments.references)
    order = rows[np.lexsort((payments.days[rows], payments.references[rows]))]
    one, two = order[:-1], order[1:]
    for place in np.flatnonzero(payments.references[one] == payments.references[two]):
        name = payments.reference_names[payments.references[one[place]]]
        yield int(one[place]), int(two[place]), FlagReason.SAME_REFERENCE, {"reference": name}


def _same_sum(payments: Columns, figures: Figures) -> Iterator[_Pair]:
    """The same payee and sum within some days, unless it comes at a steady pace like rent."""
    able = (payments.amounts >= figures["RF-02", "smallest_fen"]) & ~payments.is_fixed
    rows = np.flatnonzero(able & (payments.payees != 0) & payments.has_payee)
    order = rows[np.lexsort((payments.days[rows], payments.amounts[rows], payments.payees[rows]))]
    if len(order) < 2:
        return
    payees, sums = payments.payees[order], payments.amounts[order]
    cuts = np.flatnonzero((np.diff(payees) != 0) | (np.diff(sums) != 0)) + 1
    starts, ends = np.append(0, cuts), np.append(cuts, len(order))
    for start, end in zip(starts[ends - starts > 1], ends[ends - starts > 1], strict=True):
        yield from _close(payments, order[start:end], figures)


def _close(payments: Columns, rows: Ints, figures: Figures) -> Iterator[_Pair]:
    """Neighbours among equal sums that lie too close together."""
    days = payments.days[rows]
    gaps = np.diff(days)
    close = gaps <= figures["RF-02", "days"]
    if not close.any():
        return
    pace = float(np.median(gaps))
    if len(rows) >= figures["RF-02", "series_least"] and pace >= figures["RF-02", "series_gap"]:
        close &= gaps * 2 < pace
    elif len(rows) > 2:
        close &= ~_monthly(days)
    for place in np.flatnonzero(close):
        one, two = int(rows[place]), int(rows[place + 1])
        yield (
            one,
            two,
            FlagReason.SAME_SUM,
            {
                "payee": payments.payee_names[payments.payees[one]],
                "amount_fen": int(payments.amounts[one]),
                "days": int(gaps[place]),
            },
        )


def _monthly(days: Ints) -> Bools:
    """Whether each day is followed by about the same day of the next month."""
    dates = [date.fromordinal(int(day)) for day in days]
    return np.array(
        [
            (two.year * 12 + two.month) - (one.year * 12 + one.month) == 1
            and abs(two.day - one.day) <= 3
            for one, two in pairwise(dates)
        ],
        dtype=np.bool_,
    )


# ── photographs ──────────────────────────────────────────────────────────────────────────────────


def pictures_again(pictures: Sequence[Picture], figures: Figures) -> Iterator[Flag]:
    """RF-10: the same bytes, or nearly the same look, beside two payments."""
    first: dict[str, Picture] = {}
    seen: set[tuple[str, str]] = set()
    for picture in pictures:
        before = first.setdefault(picture.digest, picture)
        pair = (before.subject, picture.subject)
        if before.subject != picture.subject and pair not in seen:
            seen.add(pair)
            yield _again(pair, FlagReason.SAME_PICTURE, {})
    plain = figures["RF-10", "plain_bits"]
    able = [
        each
        for each in first.values()
        if each.look and plain <= each.look.bit_count() <= 128 - plain
    ]
    for one, two, bits in _alike([each.look for each in able], figures["RF-10", "bits"]):
        pair = (able[one].subject, able[two].subject)
        if pair[0] != pair[1] and pair not in seen:
            seen.add(pair)
            yield _again(pair, FlagReason.LIKE_PICTURE, {"bits": bits})


def _again(pair: tuple[str, str], reason: FlagReason, params: dict[str, object]) -> Flag:
    return Flag("RF-10", f"RF-10:{pair[0]}:{pair[1]}", reason, params, pair)


def _alike(looks: Sequence[int], bits: int) -> list[tuple[int, int, int]]:
    """Pairs of looks that differ in at most so many bits, fewer than there are parts.

    Two that differ in fewer bits than there are parts are equal in one part at least, so only those
    are compared.
    """
    halves = np.array([(look >> 64, look & (2**64 - 1)) for look in looks], np.uint64)
    found: dict[tuple[int, int], int] = {}
    for part in range(_PARTS if len(looks) > 1 else 0):
        half = halves[:, part // 4] >> np.uint64(_WIDTH * (part % 4))
        values = half & np.uint64(2**_WIDTH - 1)
        order = np.argsort(values, kind="stable")
        cuts = np.flatnonzero(np.diff(values[order])) + 1
        for rows in np.split(order, cuts):
            if 1 < len(rows) <= _CROWD:
                _compare(halves, rows, bits, found)
    return [(one, two, apart) for (one, two), apart in sorted(found.items())]


def _compare(
    halves: np.ndarray[tuple[int, int], np.dtype[np.uint64]],
    rows: Ints,
    bits: int,
    found: dict[tuple[int, int], int],
) -> None:
    for place, row in enumerate(rows[:-1]):
        others = rows[place + 1 :]
        apart = np.bitwise_count(halves[others] ^ halves[row]).sum(axis=1)
        for other in np.flatnonzero(apart <= bits):
            found[int(row), int(others[other])] = int(apart[other])
