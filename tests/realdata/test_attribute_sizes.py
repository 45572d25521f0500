"""Every cell of a printed table of sample sizes, worked out anew."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

from charity.audits.sampling import attribute_size_at_rate

TABLE = "audit/attribute_sample_size_aicpa_a1.csv"


def test_every_cell_of_the_table_is_worked_out_the_same(realdata: Path) -> None:
    with (realdata / TABLE).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 194
    wrong = [
        row
        for row in rows
        if attribute_size_at_rate(
            Fraction(row["confidence"]),
            Fraction(row["tolerable_rate"]),
            Fraction(row["expected_rate"]),
        )
        != int(row["sample_size"])
    ]
    assert wrong == []
