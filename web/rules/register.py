"""The register of rules, docs/rules.md, written from the code: `wushe rules`.

A rule is enforced where its id stands as a string in the code, and shown where a docstring or a
comment names it; its tests carry its id in their names, their marks or their words. Nothing here is
kept by hand but the list of rules itself (charity/rules/data/handbook.csv).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from charity.rules import PARAMETERS, Parameter
from charity.rules.handbook import Rule, rules

ROOT = Path(__file__).resolve().parents[2]
PAGE = "docs/rules.md"
PRODUCT = ("charity", "projects", "web")
#: Places named for a rule; more tell nothing.
MOST = 4

_ID = r"[A-Z]{2,3}-[0-9]{2,3}"
_LITERAL = re.compile(rf"\"({_ID})(?:[.-][A-Za-z-]+)?\"")
_NAMED = re.compile(rf"(?<![A-Z])({_ID})\b")
#: `CHA-101, 104 and 111` names three.
_TEST = re.compile(r"def (test_([a-z]{2,3})_([0-9]{2,3})_\w*)")
_MARK = re.compile(rf"mark\.rule\(\s*\"({_ID})")

HEAD = """# The rules this house keeps

Written by `wushe rules` from the code; a test says when it is behind. Each rule has its id, what a
breach does (BLOCK refuses, WARN is recorded and shown, TASK is a duty with a day, DATA is shape),
its figures with the days they are in force and where they are written, the modules that enforce it
and the tests that hold it. A rule without a module says what will bring it.
"""


@dataclass
class Found:
    """Where a rule was met."""

    enforced: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    tests: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)


def page(root: Path = ROOT) -> str:
    """The register as Markdown."""
    found = scan(root)
    figures = figures_by_rule(PARAMETERS)
    parts = [HEAD]
    known = {rule.id for rule in rules()}
    for title, members in _sections():
        parts.append(_table(title, members, figures, found))
    own = sorted({row_id for row_id in figures if row_id not in known})
    ours = [Rule(row_id, "", "a rule of this house", "") for row_id in own]
    parts.append(_table("Rules of this house", ours, figures, found))
    return "\n".join(parts)


def unkept(root: Path = ROOT) -> list[str]:
    """The ids that nothing enforces, names or promises."""
    found = scan(root)
    return [
        rule.id
        for rule in rules()
        if not (found[rule.id].enforced or found[rule.id].named or rule.later)
    ]


def figures_by_rule(rows: Iterable[Parameter]) -> dict[str, list[Parameter]]:
    """The rows of each rule, those of its parts (`ORG-13.open`) among them."""
    made: dict[str, list[Parameter]] = defaultdict(list)
    for row in rows:
        match = _NAMED.match(row.rule_id)
        made[match[1] if match else row.rule_id].append(row)
    return made


def scan(root: Path) -> dict[str, Found]:
    """Where each id stands in the product and in the tests."""
    found: dict[str, Found] = defaultdict(Found)
    for path, text in _texts(root, PRODUCT):
        if path.startswith("charity/rules/") or path == "web/labels/rules.py":
            continue
        for rule_id in _LITERAL.findall(text):
            found[rule_id].enforced.add(path)
        for rule_id in _NAMED.findall(text):
            found[rule_id].named.add(path)
    for path, text in _texts(root, ("tests",)):
        for name, area, number in _TEST.findall(text):
            found[f"{area.upper()}-{number}"].tests.add(name)
        for rule_id in _MARK.findall(text):
            found[rule_id].mentioned.add(path)
        for rule_id in _NAMED.findall(text):
            found[rule_id].mentioned.add(path)
    return found


def _texts(root: Path, folders: Iterable[str]) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def _sections() -> Iterator[tuple[str, list[Rule]]]:
    areas: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules():
        areas[rule.id.split("-", 1)[0]].append(rule)
    yield from areas.items()


def _table(
    title: str,
    members: list[Rule],
    figures: dict[str, list[Parameter]],
    found: dict[str, Found],
) -> str:
    lines = [
        f"\n## {title}\n",
        "| rule | does | what it says | figures | where | tests |",
        "|---|---|---|---|---|---|",
    ]
    for rule in members:
        at = found[rule.id]
        cells = (
            rule.id,
            rule.kind,
            rule.title,
            "; ".join(_figure(row) for row in figures.get(rule.id, ())),
            _where(rule, at),
            _few(f"`{name}`" for name in sorted(at.tests))
            or _few(f"in `{name}`" for name in sorted(at.mentioned)),
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _figure(row: Parameter) -> str:
    value = row.value
    if not isinstance(value, int | str):
        value = ", ".join(f"from {floor:,}: {share:,}" for floor, share in value)
    elif isinstance(value, str):
        value = f"`{value}`"
    until = f" to {row.effective_to}" if row.effective_to else ""
    part = _NAMED.sub("", row.rule_id, count=1).strip(".-").lower()
    named = f"{part}: " if part else ""
    return f"{named}{value} from {row.effective_from}{until} ({row.source})"


def _where(rule: Rule, at: Found) -> str:
    if at.enforced:
        return _few(f"`{path}`" for path in sorted(at.enforced))
    if rule.later:
        return f"*to come with: {rule.later}*"
    return _few(f"`{path}`" for path in sorted(at.named))


def _few(names: Iterable[str]) -> str:
    listed = list(names)
    rest = len(listed) - MOST
    return "<br>".join(listed[:MOST]) + (f"<br>and {rest} more" if rest > 0 else "")
