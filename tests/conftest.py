"""Fixtures of the whole suite: databases, the site, who is signed in, the clock.

`--database sqlite|postgresql` chooses what everything runs on; a test never asks which it is
unless the difference is its subject. Most tests use `session`, whose work is undone afterwards;
what needs real commits (races, commands, browsers) asks for `fresh_database`.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest
from _pytest.terminal import TerminalReporter
from flask import Flask
from hypothesis import HealthCheck
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.accounts.models import User
from tests.factories import PASSWORD
from tests.support import network, sharing
from tests.support import stripe_mock as stripe_mock_program
from tests.support.databases import Address, Databases, join_databases, open_databases
from tests.support.live import Installation
from tests.support.schedules import FIGURE, Tell
from tests.support.site import SignIn, SiteClient, joined, new_client, settings_in, signed_in
from tests.support.suite import Outcome, write_outcome
from web import create_app, db
from web.config import Settings

pytest_plugins = ["tests.support.rule_rows"]

#: The outside data is not part of every checkout: `make realdata` names the folder, see realdata/.
collect_ignore = [] if os.environ.get("WUSHE_REALDATA") else ["realdata"]

DATABASES = pytest.StashKey[Databases]()
COLLECTED = pytest.StashKey[int]()
GROUPS = pytest.StashKey[Path]()

# One run's examples are the same on each database; `make soak` looks for new ones each round.
hypothesis.settings.register_profile(
    "suite",
    derandomize=True,
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "soak", hypothesis.settings.get_profile("suite"), derandomize=False, max_examples=400
)
# What a second database could do differently shows in fewer examples, for each asks it much.
hypothesis.settings.register_profile(
    "again", hypothesis.settings.get_profile("suite"), max_examples=20
)


# ── the run ──────────────────────────────────────────────────────────────────────────────────────


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="what the suite runs on (default: sqlite)",
    )
    parser.addoption(
        "--asking",
        action="store_true",
        help="only tests that ask a database: the others ran on the first one and know none",
    )


def pytest_configure(config: pytest.Config) -> None:
    again = config.option.database != "sqlite"
    profile = os.environ.get("HYPOTHESIS_PROFILE", "again" if again else "suite")
    hypothesis.settings.load_profile(profile)
    config.addinivalue_line("markers", "long: takes seconds; begins before the short ones do")
    config.addinivalue_line("markers", "once: what it looks at is the same on each database")
    network.close_to_the_world()
    given = getattr(config, "workerinput", None)
    if given is not None:
        config.stash[DATABASES] = join_databases(given["databases"], given["workerid"])


def pytest_sessionstart(session: pytest.Session) -> None:
    """Make the template once a run, before any worker wants a copy."""
    config = session.config
    if DATABASES not in config.stash and not config.option.collectonly:
        config.stash[DATABASES] = open_databases(config.option.database)
        config.stash[GROUPS] = Path(tempfile.mkdtemp(prefix="wushe-groups-"), "groups.json")


def pytest_unconfigure(config: pytest.Config) -> None:
    databases = config.stash.get(DATABASES, None)
    if databases is not None:
        databases.close()
    if GROUPS in config.stash:
        shutil.rmtree(config.stash[GROUPS].parent, ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:  # type: ignore[no-untyped-def]  # of pytest-xdist
    node.workerinput["groups"] = str(node.config.stash[GROUPS])
    node.workerinput["databases"] = node.config.stash[DATABASES].for_worker()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node, ids: list[str]) -> None:  # type: ignore[no-untyped-def]
    node.config.stash[COLLECTED] = len(ids)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tell the workers' scheduler, where there are workers, what it cannot read from names."""
    if config.option.asking:
        items[:] = filter(sharing.asks_a_database, items)
    given = getattr(config, "workerinput", None)
    if given is not None:
        sharing.long_first(items)
        if given["workerid"] == "gw0":
            sharing.write_groups(items, Path(given["groups"]))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):  # type: ignore[no-untyped-def]  # of pytest-xdist
    if config.getvalue("dist") != "loadgroup":
        return None
    return sharing.Sharing(config, log, config.stash[GROUPS])


def pytest_collection_finish(session: pytest.Session) -> None:
    session.config.stash.setdefault(COLLECTED, len(session.items))


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Tell the runner of `make test` what was counted; a test that was not run is never unseen."""
    for report in terminalreporter.stats.get("passed", ()):
        for name, said in report.user_properties:
            if name == FIGURE and report.when == "call":
                terminalreporter.write_line(said)
    count = {key: len(reports) for key, reports in terminalreporter.stats.items()}
    write_outcome(
        Outcome(
            collected=config.stash.get(COLLECTED, 0),
            passed=count.get("passed", 0),
            failed=count.get("failed", 0) + count.get("error", 0),
            skipped=sum(count.get(key, 0) for key in ("skipped", "xfailed", "xpassed")),
            deselected=count.get("deselected", 0),
            asking=_asking(config),
        )
    )


def _asking(config: pytest.Config) -> int:
    """How many of the tests ask a database, as the first worker counted; 0 without workers."""
    groups = config.stash.get(GROUPS, None)
    said = None if groups is None else sharing.asking_file(groups)
    return int(said.read_text(encoding="utf-8")) if said is not None and said.exists() else 0


# ── databases ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config) -> Databases:
    """The source of this run's databases."""
    return pytestconfig.stash[DATABASES]


@pytest.fixture(scope="session")
def database(databases: Databases) -> Iterator[Address]:
    """The migrated database that all tests of this process share and leave as they found it."""
    address = databases.migrated()
    yield address
    databases.drop(address)


@pytest.fixture(scope="session")
def database_url(database: Address) -> str:
    """The shared database as the site's role reaches it."""
    return database.url


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """The engine of the shared database."""
    engine = db.make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """One connection inside a transaction that never commits; the site under test joins it."""
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        if transaction.is_active:
            transaction.rollback()


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session whose commits are savepoints: committed work is seen by the site, then undone."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session


@pytest.fixture
def fresh_database(databases: Databases) -> Iterator[Address]:
    """A migrated database of the test's own, for races, commands and browsers: commits are real."""
    address = databases.migrated()
    yield address
    databases.drop(address)


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[Address]:
    """A database without any table, for what migrations do."""
    address = databases.empty()
    yield address
    databases.drop(address)


@pytest.fixture
def fresh_engine(fresh_database: Address) -> Iterator[Engine]:
    """The engine of the test's own database."""
    engine = db.make_engine(fresh_database.url)
    yield engine
    engine.dispose()


@pytest.fixture
def installation(fresh_database: Address, tmp_path: Path) -> Installation:
    """An installation of the test's own, migrated and without a row: `installation.wushe(…)`."""
    return Installation(fresh_database, tmp_path)


# ── the site ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """What the site under test is told about itself; a test may replace parts of it."""
    return settings_in(tmp_path, database_url)


@pytest.fixture
def app(settings: Settings, connection: Connection) -> Flask:
    """The site, working inside the test's transaction: what a test commits, the site sees."""
    app = create_app(settings, database=joined(connection))
    app.test_client_class = SiteClient
    app.testing = True
    return app


@pytest.fixture
def client(app: Flask) -> SiteClient:
    """A visitor who is not signed in."""
    return new_client(app)


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Sign users in: `browser = sign_in(user)`; each gets a browser of their own."""

    def enter(user: User | str, *, password: str = PASSWORD) -> SiteClient:
        name = user if isinstance(user, str) else user.login_name
        return signed_in(app, name, password)

    return enter


# ── time, outside services and data ──────────────────────────────────────────────────────────────


class SetClock:
    """The clock of the house in a test's hand; the machine's is not asked."""

    def __init__(self, instant: datetime) -> None:
        self._stack = ExitStack()
        self.set(instant)

    @property
    def now(self) -> datetime:
        """The instant that the house believes it is, in UTC."""
        return house_clock.now()

    def set(self, instant: datetime) -> None:
        """Make it `instant`, which must be aware."""
        self._stack.close()
        self._stack.enter_context(house_clock.at(instant))

    def advance(self, **by: float) -> datetime:
        """Let time pass, in the words of timedelta: `clock.advance(days=3)`; the new instant."""
        self.set(self.now + timedelta(**by))
        return self.now

    def release(self) -> None:
        """Give the house its own clock back."""
        self._stack.close()


@pytest.fixture
def clock() -> Iterator[SetClock]:
    """A clock that stands at 2026-03-16 (a Monday) 10:00 in China until the test moves it."""
    held = SetClock(datetime(2026, 3, 16, 2, tzinfo=UTC))
    yield held
    held.release()


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Say a figure in the summary of the run, with nothing kept back by pytest."""
    return lambda said: record_property(FIGURE, said)


@pytest.fixture(scope="session")
def stripe_mock() -> Iterator[str]:
    """The base address of a running stripe-mock."""
    with stripe_mock_program.running() as address:
        yield address


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of outside data that `make realdata DATA=…` named."""
    folder = Path(os.environ["WUSHE_REALDATA"])
    assert folder.is_dir(), f"{folder} is no folder"
    return folder
