"""Tests of figures: each is run as the figures stand, then once with every row of its rule gone.

`@pytest.mark.rule("CHA-112")` on a test says that it is about that rule's figures. It runs plainly
(`as-it-is`) and once for each row with that row taken out of `charity.rules`; then it must fail,
else the figure decides nothing. With `since="2024-09-05"` only the row of that first day is taken
out, for a test of one of several rows. Several markers are several rules. On one set of parameters
(`pytest.param(..., marks=pytest.mark.rule("DIS-202"))`) the runs without a row follow the plain one
within the same test, which therefore leaves nothing behind: for pure functions.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date
from typing import cast

import pytest

from charity import rules
from charity.rules import Parameter

#: The argument by which a run knows what is taken out.
ARGUMENT = "taken_out"
MARKER = "rule(rule_id, since=None): the test is about this figure, and fails without its row"


@pytest.fixture
def taken_out(request: pytest.FixtureRequest) -> Parameter | None:
    """The row that is missing in this run; None in the plain one."""
    row: Parameter | None = getattr(request, "param", None)
    return row


def rows_of(marker: pytest.Mark) -> list[Parameter]:
    """The rows a marker names; raises `pytest.UsageError` for a rule or a day without row."""
    [rule_id] = marker.args
    since = marker.kwargs.get("since")
    rows = [
        row
        for row in rules.PARAMETERS
        if row.rule_id == rule_id
        and (since is None or row.effective_from == date.fromisoformat(since))
    ]
    if not rows:
        raise pytest.UsageError(f"{rule_id} has no row of {since or 'any day'}")
    return rows


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One plain run, and one for every row of the rules the test names."""
    markers = list(metafunc.definition.iter_markers("rule"))
    if not markers:
        return
    rows = [row for marker in markers for row in rows_of(marker)]
    if ARGUMENT not in metafunc.fixturenames:
        metafunc.fixturenames.append(ARGUMENT)
    names = [f"without-{row.rule_id}-{row.effective_from:%Y%m%d}" for row in rows]
    metafunc.parametrize(ARGUMENT, [None, *rows], ids=["as-it-is", *names], indirect=True)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Run the body without the row, and see it fail."""
    if ARGUMENT in pyfuncitem.funcargs:
        row = cast(Parameter | None, pyfuncitem.funcargs[ARGUMENT])
        if row is None:
            return (yield)
        with _without(row):
            try:
                yield
            except (Exception, pytest.fail.Exception):
                # any failure shows that the figure decides
                return True
        _say_idle(row)
    answer = yield
    for marker in pyfuncitem.iter_markers("rule"):
        for missing in rows_of(marker):
            _run_without(pyfuncitem, missing)
    return answer


def _run_without(item: pytest.Function, row: Parameter) -> None:
    names = item._fixtureinfo.argnames
    given = {name: item.funcargs[name] for name in names}
    with _without(row):
        try:
            item.obj(**given)
        except (Exception, pytest.fail.Exception):
            return
    _say_idle(row)


def _say_idle(row: Parameter) -> None:
    pytest.fail(f"nothing changes without {row.rule_id} of {row.effective_from}")


@contextmanager
def _without(row: Parameter) -> Iterator[None]:
    kept = rules.PARAMETERS
    rules.PARAMETERS = tuple(other for other in kept if other is not row)
    try:
        yield
    finally:
        rules.PARAMETERS = kept
