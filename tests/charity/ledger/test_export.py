"""The export and the proof of one gift, and the forty lines that check both with Python alone."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.errors import NotFound
from charity.ledger import canonical, export
from charity.ledger import services as ledger
from charity.ledger.models import Entry, Inflow, InflowGiver, Seal, SealedEntry
from tests.charity.ledger.conftest import SYSTEM, Bookkeeper
from tests.charity.ledger.whole_book import WholeBook, populate
from tests.support.source import ROOT

SCRIPT = ROOT / "docs" / "check_book.py"


@pytest.fixture
def whole(session: Session) -> Iterator[WholeBook]:
    """Both books, with the heads of every day published."""
    book = populate(session, rounds=1)
    with clock.at(clock.instant(1_770_400_000_000_000)):
        ledger.publish_days(session, SYSTEM, before=date(2026, 2, 7))
        yield book


def check(content: bytes) -> subprocess.CompletedProcess[bytes]:
    """Run the script as one does who has nothing but Python."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT)], input=content, capture_output=True, timeout=60
    )


def exported(session: Session, book_id: int | None = None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in export.lines(session, book_id)]


def written(lines: list[dict[str, Any]]) -> bytes:
    return b"".join(canonical.encode(line) + b"\n" for line in lines)


def test_the_script_is_short_and_needs_nothing(tmp_path: Path) -> None:
    lines = SCRIPT.read_text().splitlines()
    assert len(lines) <= 40
    imported = [line for line in lines if line.startswith(("import", "from"))]
    assert {line.split()[1].split(".")[0] for line in imported} <= sys.stdlib_module_names


def test_an_export_is_true_and_says_what_it_is(session: Session, whole: WholeBook) -> None:
    content = b"".join(export.lines(session))
    verdict = check(content)
    assert verdict.returncode == 0, verdict.stderr.decode()
    header, *lines = map(json.loads, content.splitlines())
    assert header["format"] == "wushe-book"
    assert header["books"] == [whole.book.id, whole.partner.id]
    entries = [line["leaf"]["entry"] for line in lines if "entry" in line]
    assert set(entries) == set(session.scalars(select(SealedEntry.entry_id)))
    kinds = {line["entry"]["kind"] for line in lines if "entry" in line}
    assert kinds >= {"gift", "deed", "grant", "refund", "return", "reversal", "goods_given"}
    assert sum("seals" in line for line in lines) >= 4
    seals = [line for line in lines if "content" in line and "seals" not in line]
    assert len(seals) == len(session.scalars(select(Seal.number)).all())


def test_every_line_is_canonical_and_the_same_each_time(session: Session, whole: WholeBook) -> None:
    content = b"".join(export.lines(session))
    assert written(exported(session)) == content
    assert b"".join(export.lines(session)) == content


def test_no_personal_data_is_in_it(session: Session, whole: WholeBook) -> None:
    content = b"".join(export.lines(session)).decode()
    keys = set(session.scalars(select(InflowGiver.giver_key)))
    assert keys
    assert not [key for key in keys if key in content]
    assert "给" not in content  # notes begin so
    assert "420704" not in content  # places of givers


def test_one_book_alone(session: Session, whole: WholeBook) -> None:
    lines = exported(session, whole.partner.id)
    assert {line["entry"]["book"] for line in lines if "entry" in line} == {whole.partner.id}
    verdict = check(written(lines))
    assert verdict.returncode == 0, verdict.stderr.decode()
    with pytest.raises(NotFound):
        next(export.lines(session, 99))


def test_what_waits_is_not_in_it(session: Session, whole: WholeBook) -> None:
    before = exported(session)
    whole.give(100)
    header, *lines = exported(session)
    assert header["waiting"] == 1
    assert lines == before[1:]
    assert check(written([header, *lines])).returncode == 0


LIES: dict[str, Any] = {
    "an amount": lambda lines: gift(lines)["entry"]["transfers"][0].__setitem__(5, 1),
    "an amount of nothing": lambda lines: gift(lines)["entry"]["transfers"][0].__setitem__(5, 0),
    "a digest": lambda lines: gift(lines)["leaf"].__setitem__("digest", "00" * 32),
    "a place": lambda lines: gift(lines)["leaf"]["places"][0].__setitem__(3, 1),
    "an entry left out": lambda lines: lines.remove(gift(lines)),
    "a seal left out": lambda lines: lines.remove(seals(lines)[1]),
    "a root": lambda lines: seals(lines)[0]["content"].__setitem__("root", "00" * 32),
    "a head": lambda lines: seals(lines)[0].__setitem__("head", "00" * 32),
    "what was before": lambda lines: seals(lines)[1].__setitem__("previous", "00" * 32),
    "a day left out": lambda lines: lines.remove(days(lines)[1]),
    "a day's head": lambda lines: days(lines)[-1].__setitem__("head", "00" * 32),
    "a seal of a day": lambda lines: days(lines)[-1]["seals"].pop(),
    "an entry under no seal": lambda lines: (lines.append(gift(lines)), days_off(lines)),
    "the tail": lambda lines: lines.__delitem__(
        slice(lines.index(gift(lines)), lines.index(days(lines)[0]))
    ),
}


def gift(lines: list[dict[str, Any]]) -> dict[str, Any]:
    return [line for line in lines if "entry" in line and line["entry"]["kind"] == "gift"][-1]


def seals(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in lines if "content" in line and "seals" not in line]


def days(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in lines if "seals" in line]


def days_off(lines: list[dict[str, Any]]) -> None:
    for line in days(lines):
        lines.remove(line)


def test_lies_in_the_file_are_found(session: Session, whole: WholeBook) -> None:
    for lie, tell in LIES.items():
        lines = exported(session)
        tell(lines)
        verdict = check(written(lines))
        assert verdict.returncode == 1, lie


def test_fen_that_two_took_are_found(session: Session, whole: WholeBook) -> None:
    """Intervals are looked at themselves, whatever the hashes say."""
    lines = exported(session)
    spent = next(line for line in lines if line.get("leaf", {}).get("pieces"))
    spent["leaf"]["pieces"].append(spent["leaf"]["pieces"][0])
    said = check(written(lines)).stderr.decode()
    assert f"pieces of line {spent['leaf']['pieces'][0][2]} do not fit" in said


# ── one gift ─────────────────────────────────────────────────────────────────────────────────────


def test_every_entry_has_its_proof(session: Session, whole: WholeBook) -> None:
    for entry_id in session.scalars(select(SealedEntry.entry_id)).all()[::7]:
        proof = export.gift_proof(session, entry_id)
        verdict = check(canonical.encode(proof))
        assert verdict.returncode == 0, verdict.stderr.decode()
        entry, seal, day = proof["lines"]
        assert entry["leaf"]["entry"] == entry_id
        assert day["seals"][0]["head"] == seal["head"]
        assert day["head"] in verdict.stdout.decode()


def test_a_gift_of_today_is_proved_up_to_its_seal(session: Session, whole: WholeBook) -> None:
    entry = whole.give(100)
    with pytest.raises(NotFound):
        export.gift_proof(session, entry.id)
    whole.seal()
    proof = export.gift_proof(session, entry.id)
    assert len(proof["lines"]) == 2
    assert check(canonical.encode(proof)).returncode == 0


@pytest.mark.parametrize(
    ("line", "path", "value"),
    [
        (0, ("entry", "source"), "payment:9"),
        (0, ("leaf", "position"), 9),
        (1, ("content", "entries"), 9),
        (1, ("previous",), "11" * 32),
        (1, ("steps",), []),
        (2, ("content", "day"), "2026-01-01"),
        (2, ("steps",), [["22" * 32, ""]]),
        (2, ("head",), "33" * 32),
    ],
)
def test_a_proof_that_lies_is_found(
    session: Session, whole: WholeBook, line: int, path: tuple[str, ...], value: object
) -> None:
    entry_id = session.scalars(
        select(Inflow.entry_id).join(Entry, Entry.id == Inflow.entry_id).order_by(Entry.id)
    ).first()
    assert entry_id is not None
    proof = export.gift_proof(session, entry_id)
    place = proof["lines"][line]
    for name in path[:-1]:
        place = place[name]
    assert place[path[-1]] != value
    place[path[-1]] = value
    assert check(canonical.encode(proof)).returncode == 1


def test_a_gift_alone_in_its_seal(session: Session, books: Bookkeeper) -> None:
    books.seal()
    entry = books.give(100)
    books.seal()
    proof = export.gift_proof(session, entry.id)
    assert proof["lines"][1]["steps"] == []
    assert check(canonical.encode(proof)).returncode == 0
