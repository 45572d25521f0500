"""What the suite promises about itself: it keeps to this machine and to databases of its own."""

import socket

import pytest

from tests.support import postgres
from tests.support.databases import Databases
from tests.support.network import ForeignHostError
from tests.support.suite import Outcome


def test_a_foreign_host_is_out_of_reach() -> None:
    with pytest.raises(ForeignHostError):
        socket.create_connection(("example.org", 443))
    with socket.socket() as stray, pytest.raises(ForeignHostError):
        stray.connect(("192.0.2.1", 443))


def test_a_server_from_outside_must_be_for_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUSHE_TEST_DATABASE_URL", "postgresql+psycopg://site@127.0.0.1/wushe")
    with pytest.raises(postgres.NotOursError, match="'test' in its name"):
        postgres.open_server()


def test_a_server_from_outside_must_have_two_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUSHE_TEST_DATABASE_URL", "postgresql+psycopg://site@127.0.0.1/wushe_test")
    monkeypatch.delenv("WUSHE_TEST_OWNER_DATABASE_URL", raising=False)
    with pytest.raises(postgres.NotOursError, match="another role"):
        postgres.open_server()


def test_each_database_is_one_of_its_own(databases: Databases) -> None:
    first, second = databases.migrated(), databases.migrated()
    assert first.url != second.url
    databases.drop(first)
    databases.drop(second)


@pytest.mark.parametrize(
    ("outcome", "clean"),
    [
        (Outcome(collected=3, passed=3), True),
        (Outcome(), False),
        (Outcome(collected=3, passed=2), False),
        (Outcome(collected=3, passed=3, deselected=1), False),
        (Outcome(collected=3, passed=2, skipped=1), False),
        (Outcome(collected=3, passed=3, failed=1), False),
    ],
)
def test_only_a_whole_green_run_is_clean(outcome: Outcome, clean: bool) -> None:
    assert outcome.clean is clean
