"""`wushe ledger`: the book is true, until the owner of the database changes one row."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, create_engine, func, inspect, select, text
from sqlalchemy.orm import Session

from charity.ledger.checks import CHECKS, Check, Problem, Told
from charity.ledger.guards import triggers
from charity.ledger.models import Seal, SealedEntry, Transfer
from charity.money import Money
from tests.flows.village import settle
from tests.support.live import Installation
from tests.support.source import ROOT
from web import db
from web.verifying import Verification

Find = Callable[[Session, Told], Iterator[Problem]]


@pytest.fixture
def told(installation: Installation) -> Installation:
    """The main story, committed: gifts, an expense paid, everything sealed by the command."""
    engine = db.make_engine(installation.address.url)
    with Session(engine, expire_on_commit=False) as session:
        village = settle(session, installation.folder / "files")
        partner = village.register_partner()
        village.verify(partner)
        project = village.draft(partner)
        village.publish(project)
        for yuan in ("200", "3000", "1500.50"):
            village.give(project, yuan)
        village.bank("4700.50")
        village.approve_and_pay(village.submit(project, "3000", 1, "记-1"))
        session.commit()
    engine.dispose()
    sealed = installation.wushe("ledger", "seal")
    assert sealed.returncode == 0, sealed.stderr
    return installation


def take_guards_away(installation: Installation, statement: str) -> None:
    """What only the owner can do: the guards off, one row changed, the guards on again."""
    engine = create_engine(installation.address.owner_url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement))
        else:
            query = "SELECT sql FROM sqlite_master WHERE name = 'guard_transfer_update'"
            trigger = connection.scalar(text(query))
            assert trigger is not None
            connection.execute(text("DROP TRIGGER guard_transfer_update"))
            connection.execute(text(statement))
            connection.execute(text(trigger))
    engine.dispose()


def test_a_true_book_says_so(told: Installation) -> None:
    verified = told.wushe("ledger", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    engine = create_engine(told.address.url)
    with Session(engine) as session:
        sealed = session.scalar(select(func.count()).select_from(SealedEntry))
    engine.dispose()
    assert f"{sealed} sealed entries" in verified.stdout
    named = [line.split()[1] for line in verified.stdout.splitlines() if line.startswith("ok ")]
    assert {name.rstrip(":") for name in named} >= {check.name for check in CHECKS}


def test_one_fen_changed_by_the_owner_is_named(told: Installation) -> None:
    engine = create_engine(told.address.url)
    with Session(engine) as session:
        entry_id = session.scalar(
            select(Transfer.entry_id).where(Transfer.amount == Money(300_000))
        )
    engine.dispose()
    take_guards_away(
        told, f"UPDATE transfer SET amount = amount + 1 WHERE entry_id = {entry_id} AND number = 0"
    )
    verified = told.wushe("ledger", "verify")
    assert verified.returncode == 1
    assert f"entry:{entry_id}" in verified.stdout + verified.stderr


def test_guards_left_off_are_named(told: Installation) -> None:
    engine = create_engine(told.address.owner_url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE entry DISABLE TRIGGER guard_entry_delete"))
        else:
            connection.execute(text("DROP TRIGGER guard_entry_delete"))
        assert "entry" in inspect(connection).get_table_names()
    assert "guard_entry_delete" in triggers(engine.dialect.name)
    engine.dispose()
    verified = told.wushe("ledger", "verify")
    assert verified.returncode == 1
    assert "guard_entry_delete" in verified.stdout + verified.stderr


# ── heads that somebody kept ─────────────────────────────────────────────────────────────────────


def test_a_kept_head_holds_and_a_lost_one_is_named(told: Installation) -> None:
    engine = create_engine(told.address.url)
    with Session(engine) as session:
        seal = session.scalars(select(Seal)).first()
        assert seal is not None
        said = f"seal {seal.book_id} {seal.number} {seal.head.hex()}"
    engine.dispose()
    kept = told.folder / "heads.txt"
    kept.write_text(f"# from /proof\n\n{said}\n")
    assert told.wushe("ledger", "verify", "--heads", str(kept)).returncode == 0
    kept.write_text(f"{said}\n2026-03-16 {'ab' * 32}\nseal 1 999 {'cd' * 32}\n")
    verified = told.wushe("ledger", "verify", "--heads", str(kept), "--json")
    assert verified.returncode == 1
    report = json.loads(verified.stdout)
    assert not report["true"]
    rows = [one["row"] for check in report["checks"] for one in check["problems"]]
    assert rows == ["day_head:2026-03-16", "seal:1:999"]


def test_what_is_no_head_is_refused(installation: Installation) -> None:
    kept = installation.folder / "heads.txt"
    kept.write_text(f"yesterday {'ab' * 32}")
    refused = installation.wushe("ledger", "verify", "--heads", str(kept))
    assert refused.returncode == 2
    assert "yesterday" in refused.stderr


def untold_check(_session: Session, _told: Told) -> Iterator[Problem]:
    """A check that finds nothing."""
    yield from ()


def interrupted(_session: Session, _told: Told) -> Iterator[Problem]:
    """What Ctrl-C does in the middle of a check."""
    raise KeyboardInterrupt
    yield


def broken(_session: Session, _told: Told) -> Iterator[Problem]:
    """What a database does that goes away."""
    raise ConnectionError
    yield


@pytest.mark.parametrize(
    ("chain", "beside", "error"),
    [(interrupted, untold_check, KeyboardInterrupt), (untold_check, broken, ConnectionError)],
)
def test_a_run_that_is_stopped_is_not_taken_for_a_true_one(
    fresh_engine: Engine, chain: Find, beside: Find, error: type[BaseException]
) -> None:
    run = Verification([Check("chain", chain), Check("other", beside)], tells=False)
    with pytest.raises(error):
        run.run(Session(fresh_engine), Session(fresh_engine))
    assert len(run.found) < 2


# ── the file ─────────────────────────────────────────────────────────────────────────────────────


def test_an_exported_book_is_checked_with_python_alone(told: Installation) -> None:
    file = told.folder / "book.jsonl"
    written = told.wushe("ledger", "export", str(file))
    assert written.returncode == 0, written.stderr
    with file.open("rb") as content:
        checked = subprocess.run(
            [sys.executable, "-I", "-S", str(ROOT / "docs" / "check_book.py")],
            stdin=content,
            capture_output=True,
        )
    assert checked.returncode == 0, checked.stderr
    whole = file.read_text(encoding="utf-8")
    assert told.wushe("ledger", "export", "--book", "1", "-").stdout == whole
    assert told.wushe("ledger", "export", "--book", "99", str(file)).returncode == 1
    assert file.read_text(encoding="utf-8") == whole  # what is refused leaves the old file alone
    assert [path.name for path in told.folder.iterdir() if path.suffix == ".part"] == []
