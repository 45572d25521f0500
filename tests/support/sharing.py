"""How several workers share the tests: those of one group on one worker, long ones first.

pytest-xdist 3.8 hands the groups on inside the tests' ids, which pytest 9.2 does not let it change
any more: `--dist loadgroup` would silently group nothing, and each worker start a browser and a
demo site of its own (pytest-xdist #1386). So the first worker writes the groups down, and the
scheduler here reads them.
"""

import json
from functools import cached_property
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Hands out one test after another, and the tests of a group together."""

    def __init__(self, config: pytest.Config, log: Producer, written: Path) -> None:
        super().__init__(config, log)
        self._written = written

    @cached_property
    def _groups(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self._written.read_text(encoding="utf-8"))
        return found

    def _split_scope(self, nodeid: str) -> str:
        return self._groups.get(nodeid, nodeid)


def write_groups(items: list[pytest.Item], target: Path) -> None:
    """Leave the groups of all tests where the scheduler will look, before it is told the ids."""
    marks = {item.nodeid: item.get_closest_marker("xdist_group") for item in items}
    groups = {name: f"group {mark.args[0]}" for name, mark in marks.items() if mark is not None}
    target.write_text(json.dumps(groups), encoding="utf-8")
    asking_file(target).write_text(str(sum(map(asks_a_database, items))), encoding="utf-8")


def asking_file(groups: Path) -> Path:
    """Where the first worker says how many of the tests ask a database."""
    return groups.with_name("asking.txt")


def asks_a_database(item: pytest.Item) -> bool:
    """Whether a test can differ between databases; arithmetic on values and the code itself cannot.

    Tests of the site and of search may ask for their fixtures while they run: they always count.
    """
    if item.get_closest_marker("once"):
        return False
    folder = item.path.relative_to(item.config.rootpath).parts[1]
    if folder in {"browser", "search", "web"}:
        return True
    return "databases" in getattr(item, "fixturenames", ())


def long_first(items: list[pytest.Item]) -> None:
    """Begin with the tests marked `long`, so that no worker is waited for alone at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
