"""Payments as columns of numbers, so that hundreds of thousands are looked through in a second."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from charity.audits.flags.facts import Payment, Scope

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

#: Things a flag names at most; it tells their number besides.
NAMED = 200


@dataclass(frozen=True)
class Columns:
    """The columns of some payments, all of one length; a code of 0 in a text's column is no text.

    Equal codes are equal texts; `payee_names[code]` is the payee's key.
    """

    subjects: list[str]
    amounts: Ints
    days: Ints
    years: Ints
    payees: Ints
    projects: Ints
    vouchers: Ints
    references: Ints
    makers: Ints
    paid: Ints
    agreed: Ints
    is_cash: Bools
    is_fixed: Bools
    #: Whether everything of the row's project, and of its payee, is there (`facts.Scope`).
    has_project: Bools
    has_payee: Bools
    payee_names: list[str]
    voucher_names: list[str]
    reference_names: list[str]

    def __len__(self) -> int:
        return len(self.subjects)

    def named(self, rows: Ints) -> tuple[str, ...]:
        """The subjects of some rows, the first ones where there are very many."""
        return tuple(self.subjects[row] for row in rows[:NAMED])

    def by_project_and_year(self) -> Iterator[tuple[int, int, Ints]]:
        """Each whole project by year with its rows, in their order."""
        whole = np.flatnonzero(self.has_project)
        for project, year, rows in groups(self.projects[whole], self.years[whole]):
            yield project, year, whole[rows]


def columns(payments: Iterable[Payment], scope: Scope | None = None) -> Columns:
    """The columns of payments of more than nothing; others are passed over.

    Without a scope every project and every payee is whole.
    """
    rows = [each for each in payments if each.amount > 0]
    payees, payee_names = _codes(each.payee for each in rows)
    vouchers, voucher_names = _codes(each.voucher for each in rows)
    references, reference_names = _codes(each.reference for each in rows)
    days = _ints(rows, lambda each: each.day)
    whole = np.ones(len(rows), np.bool_)
    return Columns(
        subjects=[each.subject for each in rows],
        amounts=_ints(rows, lambda each: each.amount),
        days=days,
        years=years_of(days),
        payees=payees,
        projects=_ints(rows, lambda each: each.project),
        vouchers=vouchers,
        references=references,
        makers=_ints(rows, lambda each: each.maker),
        paid=_ints(rows, lambda each: each.paid_day),
        agreed=_ints(rows, lambda each: each.agreed_day),
        is_cash=_bools(rows, lambda each: each.is_cash),
        is_fixed=_bools(rows, lambda each: each.is_fixed),
        has_project=whole if scope is None else _bools(rows, lambda r: r.project in scope.projects),
        has_payee=whole if scope is None else _bools(rows, lambda r: r.payee in scope.payees),
        payee_names=payee_names,
        voucher_names=voucher_names,
        reference_names=reference_names,
    )


def groups(first: Ints, second: Ints) -> Iterator[tuple[int, int, Ints]]:
    """Each pair of values two columns have, with the rows that have it."""
    if not len(first):
        return
    order = np.lexsort((second, first))
    one, two = first[order], second[order]
    cuts = np.flatnonzero((np.diff(one) != 0) | (np.diff(two) != 0)) + 1
    for rows in np.split(order, cuts):
        yield int(first[rows[0]]), int(second[rows[0]]), rows


def years_of(days: Ints) -> Ints:
    """The year of each ordinal day."""
    different, places = np.unique(days, return_inverse=True)
    years = np.fromiter(
        (date.fromordinal(int(day)).year for day in different), np.int64, len(different)
    )
    return years[places] if len(days) else days


def _ints(rows: list[Payment], value: Callable[[Payment], int]) -> Ints:
    return np.fromiter(map(value, rows), np.int64, len(rows))


def _bools(rows: list[Payment], value: Callable[[Payment], bool]) -> Bools:
    return np.fromiter(map(value, rows), np.bool_, len(rows))


def _codes(texts: Iterable[str]) -> tuple[Ints, list[str]]:
    """A number for each text, the same for the same one, 0 for none; and the texts by number."""
    known: dict[str, int] = {"": 0}
    found = [known.setdefault(text, len(known)) for text in texts]
    return np.array(found, np.int64), list(known)
