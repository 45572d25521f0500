"""A month of a council's spending through the red flags: what they ask, each with its rows."""

from __future__ import annotations

import csv
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from charity.audits.flags import Facts, Flag, FlagReason, Payment, figures_on, look_through
from charity.audits.flags.columns import columns
from charity.audits.flags.digits import round_rows
from charity.money import Money

FILE = "council_spending/leeds_2020_06_first6000.csv"
#: A council has no table of approvals here: 10,000 pounds stand for its limit.
LIMIT = 1_000_000
ALLOWED = 10.0


@pytest.fixture(scope="module")
def rows(realdata: Path) -> dict[str, dict[str, str]]:
    with (realdata / FILE).open(encoding="utf-8") as file:
        return {row["Transaction Number"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def facts(rows: dict[str, dict[str, str]]) -> Facts:
    divisions: dict[str, int] = {}
    return Facts(
        payments=[
            Payment(
                subject=number,
                amount=Money.yuan(row["Amount"]).fen,
                day=date.fromisoformat(row["Payment Date"]).toordinal(),
                payee=row["Beneficiary Name"],
                project=divisions.setdefault(row["Organisational Unit"], len(divisions) + 1),
            )
            for number, row in rows.items()
            if row["Beneficiary Name"] != "REDACTED PERSONAL DATA"
        ],
        limits=(LIMIT,),
    )


def test_duplicates_splits_and_round_sums_are_listed_with_their_rows(
    rows: dict[str, dict[str, str]], facts: Facts
) -> None:
    figures = figures_on(date(2026, 1, 1))
    begun = time.perf_counter()
    flags = look_through(facts, figures)
    payments = columns(facts.payments)
    able, is_round = round_rows(payments, figures)
    taken = time.perf_counter() - begun
    assert taken <= ALLOWED
    asked = Counter(flag.reason for flag in flags)
    assert asked[FlagReason.SAME_SUM] >= 50
    assert asked[FlagReason.SPLIT] >= 5
    # round sums are there, row by row, and no more of them than anywhere: nothing is asked
    round_ones = [rows[payments.subjects[row]] for row in able[is_round]]
    assert len(round_ones) >= 20
    assert all(Money.yuan(row["Amount"]).fen % 100_000 == 0 for row in round_ones)
    assert asked[FlagReason.ROUND_SUMS] == 0
    for flag in flags:
        named = [rows[subject] for subject in flag.subjects if subject in rows]
        assert named or flag.reason in (FlagReason.DIGITS, FlagReason.CASH_SHARE)
        _holds(flag, named)


def _holds(flag: Flag, named: list[dict[str, str]]) -> None:
    """What a flag says is what its rows say."""
    amounts = [Money.yuan(row["Amount"]).fen for row in named]
    if flag.reason is FlagReason.SAME_SUM:
        assert len(set(amounts)) == 1 == len({row["Beneficiary Name"] for row in named})
    if flag.reason is FlagReason.SPLIT:
        assert max(amounts) < LIMIT <= sum(amounts)
        assert len({row["Beneficiary Name"] for row in named}) == 1
