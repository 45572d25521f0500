"""Every figure of the law has a test that fails without it; a dated figure holds on its days."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

from _pytest.mark.structures import ParameterSet

from charity.rules import PARAMETERS
from tests.support.source import ROOT


def marked() -> Iterator[tuple[str, str | None]]:
    """Every rule and first day (or None) that a test is marked with."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.rule(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.rule"):
                continue
            if not isinstance(node.args[0], ast.Constant):
                yield from _on_parameters(path)
                break
            since = [ast.literal_eval(word.value) for word in node.keywords]
            yield ast.literal_eval(node.args[0]), since[0] if since else None


def _on_parameters(path: Path) -> Iterator[tuple[str, str | None]]:
    """The marks of a module that are worked out, on tests and on their sets of parameters."""
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for function in vars(importlib.import_module(name)).values():
        marks = list(getattr(function, "pytestmark", ()) if callable(function) else ())
        for mark in list(marks):
            if mark.name == "parametrize":
                sets = (each for each in mark.args[1] if isinstance(each, ParameterSet))
                marks += [inner for each in sets for inner in each.marks]
        for mark in marks:
            if getattr(mark, "name", "") == "rule":
                yield mark.args[0], mark.kwargs.get("since")


def test_every_row_of_the_rules_has_a_test_of_its_own() -> None:
    """Marked with the rule, a test is run without each row of it (tests/support/rule_rows.py)."""
    known = set(marked())
    missing = [
        f"{row.rule_id} since {row.effective_from}"
        for row in PARAMETERS
        if (row.rule_id, None) not in known
        and (row.rule_id, row.effective_from.isoformat()) not in known
    ]
    assert not missing, "no test is marked with:\n" + "\n".join(missing)
