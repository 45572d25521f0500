"""Runs the whole suite on SQLite, then on PostgreSQL, and says what ran: `make test`.

A green answer means: everything ran on SQLite and every test that asks a database on PostgreSQL as
well, all passed, none was skipped, deselected or expected to fail. What knows no database (sums on
values, the reading of the code) is the same on both and runs once. Run it as
`python -m tests.support.suite`, or with `soak MINUTES` to repeat the suite under new random orders
and examples until the time is up.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

DATABASES = ("sqlite", "postgresql")
#: Examples and acts of each in the ledger's stateful test; `make soak` runs more, newly drawn.
STORIES = {"sqlite": (100, 25), "postgresql": (40, 25)}
SOAK_STORIES = (500, 30)
#: A folder in memory, as Linux has it, and the bytes that must be free there.
MEMORY, ROOM = Path("/dev") / "shm", 6 * 2**30
#: Two processes share the work; tests of one group (the browser's) keep together.
PARALLEL = ("-n", os.environ.get("WUSHE_TEST_WORKERS", "2"), "--dist", "loadgroup")


@dataclass(frozen=True)
class Outcome:
    """What one run of pytest did; tests are counted, seconds are of the wall clock."""

    collected: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    deselected: int = 0
    #: Of those collected: how many can differ between databases.
    asking: int = 0
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Everything collected has passed, and something was collected."""
        return self.collected == self.passed > 0 and not (
            self.failed or self.skipped or self.deselected
        )


def stories(database: str) -> tuple[int, int]:
    """How many examples of how many acts a stateful test of the ledger runs on this database."""
    if os.environ.get("HYPOTHESIS_PROFILE") == "soak":
        return SOAK_STORIES
    return STORIES[database]


def write_outcome(outcome: Outcome) -> None:
    """Leave what was counted where the runner that started this pytest will look."""
    target = os.environ.get("WUSHE_TEST_OUTCOME")
    if target:
        Path(target).write_text(json.dumps(asdict(outcome)), encoding="utf-8")


def _compiling() -> dict[str, str]:
    """The environment, in which each of the many processes keeps what it compiled for the next."""
    return {key: said for key, said in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


@contextmanager
def _workplace() -> Iterator[dict[str, str]]:
    """Where a run writes: in memory where the machine has such a folder with room, else on disk.

    A database of PostgreSQL is two thousand small files; to copy them takes a second and a half on
    a disk and a twentieth of a second in memory, and every other test wants a copy of its own.
    """
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="wushe-test-", dir=MEMORY) as folder:
        # PostgreSQL runs as a user of its own, who must come in.
        Path(folder).chmod(0o755)
        yield {"TMPDIR": folder}


def run(*arguments: str, environment: dict[str, str] | None = None) -> tuple[int, Outcome]:
    """Run pytest with arguments; its exit code and what it counted."""
    begun = time.monotonic()
    with tempfile.NamedTemporaryFile(suffix=".json") as report, _workplace() as workplace:
        told = workplace | (environment or {}) | {"WUSHE_TEST_OUTCOME": report.name}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *arguments],
            env=_compiling() | told,
            stdin=subprocess.DEVNULL,
        )
        written = report.read()
    counted = json.loads(written) if written else {}
    counted["seconds"] = time.monotonic() - begun
    return done.returncode, Outcome(**counted)


def both() -> int:
    """Run everything on each database and compare; the exit code."""
    outcomes: dict[str, Outcome] = {}
    good = True
    for database in DATABASES:
        print(f"── the whole suite on {database} ──", flush=True)
        again = () if database == DATABASES[0] else ("--asking",)
        code, outcomes[database] = run("tests", "--database", database, *again, *PARALLEL)
        good = good and code == 0 and outcomes[database].clean
    print()
    for database, outcome in outcomes.items():
        print(
            f"{database:<11} {outcome.seconds / 60:5.1f} min  {outcome.collected} collected, "
            f"{outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped, "
            f"{outcome.deselected} deselected"
        )
    asking = {outcome.asking for outcome in outcomes.values()}
    if asking != {outcomes[DATABASES[-1]].collected} or 0 in asking:
        print("The databases did not run the same tests of those that ask one.")
        good = False
    _remember(outcomes)
    print("Both databases agree." if good else "The suite is not clean.", flush=True)
    return 0 if good else 1


def _remember(outcomes: dict[str, Outcome]) -> None:
    """Add the sums to the file that `.ci/run` prints its last line from, when it asks for that."""
    tally = os.environ.get("WUSHE_TEST_TALLY")
    if tally:
        with Path(tally).open("a", encoding="utf-8") as lines:
            for outcome in outcomes.values():
                lines.write(f"{outcome.passed} {outcome.collected - outcome.passed}\n")


def one(name: str, *arguments: str) -> int:
    """Run one part of the tests, such as those on outside data; the exit code."""
    code, outcome = run(*arguments)
    print(f"{name}: {outcome.seconds / 60:.1f} min, {outcome.passed} passed", flush=True)
    _remember({name: outcome})
    return 0 if code == 0 and outcome.clean else 1


def soak(minutes: float) -> int:
    """Repeat the suite, browser apart, with a new order and new examples until time is up."""
    until = time.monotonic() + minutes * 60
    rounds = 0
    while time.monotonic() < until:
        database = DATABASES[rounds % 2]
        rounds += 1
        print(f"── round {rounds} on {database} ──", flush=True)
        code, outcome = run(
            *("tests", "--ignore", "tests/browser", "--database", database, *PARALLEL),
            environment={"HYPOTHESIS_PROFILE": "soak"},
        )
        if code or not outcome.clean:
            return 1
    print(f"{rounds} rounds, all clean")
    return 0


def main(arguments: list[str]) -> int:
    """Choose by the first word; without one, run both databases."""
    match arguments:
        case []:
            return both()
        case ["soak", minutes]:
            return soak(float(minutes))
        case ["one", name, *rest]:
            return one(name, *rest)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
