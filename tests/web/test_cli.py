"""The one command, as a person types it; exit codes are honest."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request

import pytest

from tests.support.databases import Address
from tests.support.live import Installation
from tests.support.ports import answers, free_port, wait_until_answers
from tests.support.source import ROOT
from web import db

PASSWORD = "a calm river in Ezhou"


@pytest.mark.long
def test_an_empty_database_is_brought_up_and_checked(
    empty_database: Address, installation: Installation
) -> None:
    fresh = Installation(empty_database, installation.folder)
    assert fresh.wushe("db", "check").returncode == 1
    assert fresh.wushe("doctor").returncode == 1
    done = fresh.wushe("db", "upgrade")
    assert done.returncode == 0, done.stderr
    assert fresh.wushe("db", "upgrade").returncode == 0
    checked = fresh.wushe("db", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    looked = fresh.program("doctor")
    assert looked.returncode == 0, looked.stdout
    assert "guards" in looked.stdout


@pytest.mark.long
def test_going_back_is_a_dry_run_without_yes(
    empty_database: Address, installation: Installation
) -> None:
    fresh = Installation(empty_database, installation.folder)
    fresh.wushe("db", "upgrade")
    assert "--yes" in fresh.wushe("db", "downgrade", "base").stdout
    assert fresh.wushe("db", "check").returncode == 0
    assert fresh.wushe("db", "downgrade", "base", "--yes").returncode == 0
    assert fresh.wushe("db", "check").returncode == 1


def test_a_user_is_added_once(installation: Installation) -> None:
    installation.settings["WUSHE_NEW_PASSWORD"] = PASSWORD
    words = ("users", "add", "boss", "--name", "管理员", "--role", "administrator")
    first = installation.wushe(*words)
    assert first.returncode == 0, first.stderr
    again = installation.wushe(*words)
    assert again.returncode == 1
    assert "这个登录名已经有人用了" in again.stderr
    assert "--yes" in installation.wushe("users", "reset-factor", "boss").stdout
    reset = installation.wushe("users", "reset-factor", "boss", "--yes")
    assert reset.returncode == 1
    assert "没有设置两步验证" in reset.stderr


def test_a_wrong_setting_is_a_sentence_and_no_trace(installation: Installation) -> None:
    installation.settings["WUSHE_OPERATOR_MODE"] = "designated_platform"
    done = installation.program("doctor")
    assert done.returncode == 1
    assert "CHA-121" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_empty_book_is_true_and_sealed(installation: Installation) -> None:
    assert installation.wushe("ledger", "seal").returncode == 0
    verified = installation.wushe("ledger", "verify")
    assert verified.returncode == 0, verified.stderr
    assert "The book is true" in verified.stdout


def test_the_index_is_rebuilt_only_when_missing(installation: Installation) -> None:
    assert installation.wushe("search", "rebuild").returncode == 0
    assert installation.wushe("search", "rebuild", "--if-missing").returncode == 0


def test_the_demo_is_refused_in_production(installation: Installation) -> None:
    installation.settings.update(
        WUSHE_ENV="production",
        WUSHE_SECRET_KEY="0123456789abcdef0123456789abcdef",
        WUSHE_BASE_URL="https://wushe.example",
        STRIPE_API_KEY="sk_test_of_the_suite",
        STRIPE_WEBHOOK_SECRET="whsec_of_the_suite",
    )
    for words in (("demo", "load"), ("demo", "code", "treasurer")):
        done = installation.wushe(*words)
        assert done.returncode == 1
        assert "WUSHE_ENV=production" in done.stderr


@pytest.mark.once
@pytest.mark.long
def test_site_and_worker_start_and_stop_together(installation: Installation) -> None:
    with (
        installation.serving() as address,
        urllib.request.urlopen(f"{address}/readyz", timeout=10) as answer,  # noqa: S310 - loopback
    ):
        assert json.load(answer)["database"] == "ok"


@pytest.mark.once
@pytest.mark.long
def test_ctrl_c_ends_both_with_code_zero(installation: Installation) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "web.cli", "run", "--port", str(port)],
        env=installation.environment(),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    answered = wait_until_answers(port, seconds=120)
    process.send_signal(signal.SIGINT)
    said, complained = process.communicate(timeout=60)
    assert answered, complained.decode()
    assert process.returncode == 0
    assert f"http://127.0.0.1:{port}" in said.decode()
    assert not answers(port)


def test_on_postgresql_the_sites_role_cannot_rewrite_the_book(fresh_database: Address) -> None:
    engine = db.make_engine(fresh_database.url)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                statement = "UPDATE entry SET source = source"
                assert connection.exec_driver_sql(statement).rowcount == 0
                return
            with pytest.raises(Exception, match="permission denied"):
                connection.exec_driver_sql("UPDATE entry SET source = source")
    finally:
        engine.dispose()


def test_a_reader_cannot_write(fresh_database: Address) -> None:
    engine = db.make_engine(fresh_database.url)
    base = db.Database(engine)
    try:
        with (
            base.session(reads=True) as session,
            pytest.raises(Exception, match=r"read-only|readonly"),
        ):
            session.connection().exec_driver_sql("DELETE FROM outbox")
        with base.unit() as session:
            session.connection().exec_driver_sql("DELETE FROM outbox")
    finally:
        engine.dispose()
