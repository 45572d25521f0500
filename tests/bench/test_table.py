"""The table of the benchmarks."""

import pytest

from tests.bench import Row
from tests.bench.__main__ import cells, main, names, table


def test_a_row_has_a_ratio_when_it_has_a_yardstick() -> None:
    assert Row("a", 3.0, "ms", "b", 2.0).ratio == 1.5
    assert Row("a", 3.0, "ms").ratio is None


def test_columns_line_up_beside_chinese() -> None:
    rows = [("名称", "x"), cells(Row("ab", 1234.5, "ms"))[:2]]
    assert table(rows).splitlines() == ["名称  x", "----  --------", "ab    1,234 ms"]


def test_an_unknown_name_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert "search" in names()
    assert main(["nosuch"]) == 2
    assert "nosuch" in capsys.readouterr().err
