"""The named checks: each finds the lie that is its own; what may be erased is no lie."""

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from charity.ledger import canonical, checks
from charity.ledger.canonical import (
    EntryFact,
    FlowRef,
    InflowFact,
    OutflowFact,
    PieceFact,
    PlaceFact,
    TransferFact,
)
from tests.charity.ledger.owner import Target, open_target, undone
from tests.charity.ledger.whole_book import open_whole_book
from tests.support.databases import Databases

#: Without any key or reference, as a table is that somebody made anew.
ANEW = "ALTER TABLE {0} RENAME TO {0}_before; CREATE TABLE {0} AS SELECT * FROM {0}_before;"
ON_LINE = "(SELECT entry_id, number FROM inflow)"
OF_3901 = "(SELECT id FROM account WHERE code = '3901')"

LIES = [
    ("sources", ANEW.format("entry") + "UPDATE entry SET source = 'twice' WHERE book_id = 1"),
    ("sources", ANEW.format("entry") + "UPDATE entry SET reverses_id = 7 WHERE id IN (20, 21)"),
    ("transfers", "DELETE FROM transfer WHERE number = 1"),
    ("transfers", "UPDATE transfer SET amount = 0 WHERE number = 2"),
    ("transfers", "UPDATE entry SET transfers = transfers + 1 WHERE kind = 'clearing'"),
    ("same_book", "UPDATE transfer SET book_id = 3 - book_id WHERE number = 1"),
    ("same_book", "UPDATE line SET book_id = 2 WHERE id = 1"),
    ("flows", f"UPDATE transfer SET debit_fund_id = 3 WHERE (entry_id, number) IN {ON_LINE}"),
    ("flows", "UPDATE outflow SET fund_id = 4 WHERE kind = 'fee'"),
    ("inflows", "INSERT INTO pending (inflow_id, line_id) SELECT id, line_id FROM inflow"),
    ("inflows", "DELETE FROM placement WHERE start = 0 AND line_id = 1"),
    ("placements", "UPDATE placement SET number = number + 1 WHERE start > 0"),
    ("placements", "UPDATE placement SET derived = NOT derived WHERE line_id = 1"),
    ("pieces", "UPDATE piece SET stop = stop + 9 WHERE start = 0"),
    ("pieces", "UPDATE piece SET stop = stop + 1000000 WHERE start > 0"),
    ("covered", "UPDATE outflow SET amount = amount + 1 WHERE kind = 'grant'"),
    ("covered", "UPDATE piece SET start_offset = start_offset + 1"),
    ("covered", "DELETE FROM outflow WHERE kind = 'grant'"),
    ("origins", "UPDATE inflow SET origin_offset = origin_offset + 1 WHERE origin_offset = 0"),
    ("conservation", "UPDATE inflow SET amount = amount + 1 WHERE line_id = 1"),
    ("heads", "UPDATE line_head SET placed_end = placed_end + 1"),
    ("heads", "UPDATE line_head SET held = held + 1 WHERE line_id = 1"),
    ("heads", "DELETE FROM line_head WHERE line_id = 1"),
    ("money", f"UPDATE transfer SET amount = 9 WHERE (entry_id, number) IN {ON_LINE}"),
    ("money", "UPDATE transfer SET debit_fund_id = 1 WHERE debit_fund_id IS NULL"),
    ("inter_fund", f"UPDATE transfer SET amount = 9 WHERE debit_account_id IN {OF_3901}"),
    ("purpose", "DELETE FROM purpose_decision"),
    ("purpose", "UPDATE fund SET restricted = NOT restricted WHERE id = 1"),
    ("purpose", "UPDATE piece SET line_id = 3 WHERE line_id = 1"),
    (
        "purpose",
        "UPDATE transfer SET credit_account_id ="
        " (SELECT id FROM account WHERE code = '4101.2' AND book_id = 1)"
        " WHERE credit_account_id IN (SELECT id FROM account WHERE code = '4101.1')",
    ),
    ("closed", "UPDATE entry SET booked_on = occurred_on WHERE booked_on > occurred_on"),
    ("closed", "UPDATE entry SET booked_on = '2026-01-31' WHERE booked_on >= '2026-02-03'"),
    ("years", "UPDATE closing SET of_year = NOT of_year"),
    ("totals", "UPDATE account_day SET debit = debit + 1"),
    ("totals", "DELETE FROM fund_month"),
    ("flows_kept", "UPDATE fund_flow SET flows = flows + 1"),
    ("backing", "UPDATE outflow_share SET gifts = gifts + 1 WHERE share_of = 'income'"),
    ("backing", "DELETE FROM outflow_total"),
    ("backing", "UPDATE outflow_share SET outflow_id = outflow_id + 1000"),
    ("deeds", "DELETE FROM deed WHERE subject = 'goods_lot'"),
    ("deeds", "UPDATE deed SET entry_id = (SELECT max(id) FROM entry) WHERE subject = 'closing'"),
    ("days", "UPDATE day_head SET previous = head"),
    ("days", "DELETE FROM day_head WHERE day = '2026-02-02'"),
    ("chain", "UPDATE seal SET sealed_at = sealed_at + 1 WHERE number = 2"),
    ("chain", "INSERT INTO unsealed (entry_id, book_id) VALUES (7, 1)"),
    ("chain", "INSERT INTO unsealed (entry_id, book_id) VALUES (999999, 1)"),
    ("digests", "UPDATE entry_note SET note = 'x'"),
]


@pytest.fixture(scope="module")
def whole(databases: Databases) -> Iterator[Target]:
    """About 60 entries of every kind; nothing protects them."""
    yield from open_target(databases, rounds=1)


@pytest.mark.parametrize(("check", "lie"), LIES, ids=[f"{check}: {lie}" for check, lie in LIES])
def test_each_check_finds_its_own(whole: Target, check: str, lie: str) -> None:
    with undone(whole):
        for statement in lie.strip(";").split(";"):
            whole.connection.execute(text(statement))
        problems = whole.problems()
        assert check in {problem.check for problem in problems}, problems


def test_every_check_is_tried() -> None:
    tried = {check for check, _ in LIES} | {"guards", "unsealed"}  # those in test_sealing.py
    assert tried >= {check.name for check in checks.CHECKS}
    assert all(check.says.endswith(".") for check in checks.CHECKS)


@pytest.mark.parametrize(
    "erased",
    [
        "DELETE FROM entry_note",
        "DELETE FROM inflow_giver",
        "DELETE FROM inflow_giver WHERE giver_key = 'giver:1'",
        "DELETE FROM inflow_giver WHERE giver_kind = 'enterprise'",
    ],
)
def test_what_was_erased_is_no_lie(whole: Target, erased: str) -> None:
    """Notes and givers may be deleted for good, and everything else still holds."""
    with undone(whole):
        assert whole.connection.execute(text(erased)).rowcount > 0
        assert not whole.problems()


def test_erasing_hides_no_other_change(whole: Target) -> None:
    with undone(whole):
        whole.connection.execute(text("DELETE FROM inflow_giver WHERE giver_key = 'giver:1'"))
        whole.connection.execute(text("UPDATE outflow_total SET gifts = gifts + 1"))
        assert {problem.check for problem in whole.problems()} == {"backing"}


def test_what_is_older_than_deeds_needs_none(whole: Target) -> None:
    """A fund before the first that has a deed was opened by an earlier version; a later was not."""
    find = next(check.find for check in checks.CHECKS if check.name == "deeds")
    for fund_id, rows in ((1, []), (2, ["fund:2"])):
        with undone(whole), whole.session() as session:
            forget = f"DELETE FROM deed WHERE subject = 'fund' AND subject_id = {fund_id}"
            session.execute(text(forget))
            assert [one.row for one in find(session, checks.untold)] == rows


# ── kept heads ───────────────────────────────────────────────────────────────────────────────────


def test_heads_are_read_from_a_text() -> None:
    head = "ab" * 32
    kept = checks.read_heads(["# ours\n", "\n", f"2026-03-16 {head}  # a Monday\n"])
    seal = checks.read_heads([f"seal 1 12 {head}"])
    assert [one.row for one in (*kept, *seal)] == ["day_head:2026-03-16", "seal:1:12"]


@pytest.mark.parametrize("line", ["2026-03-16", "2026-03-16 abc", "seal 1 x", f"16.3. {'ab' * 32}"])
def test_what_is_no_head_is_told(line: str) -> None:
    with pytest.raises(ValueError, match=line.replace(".", r"\.")):
        list(checks.read_heads([line]))


def test_with_kept_heads_there_is_one_check_more(session: Session) -> None:
    kept = list(checks.read_heads([f"2026-03-16 {'ab' * 32}"]))
    *_, last = checks.checks(kept)
    assert checks.checks() == checks.CHECKS
    assert [one.row for one in last.find(session, checks.untold)] == ["day_head:2026-03-16"]


def test_how_far_a_check_is_is_told(session: Session) -> None:
    book = open_whole_book(session)
    book.give(100)
    book.seal()
    told: list[tuple[int, int]] = []
    chain = next(check for check in checks.CHECKS if check.name == "chain")
    assert not list(chain.find(session, lambda done, whole: told.append((done, whole))))
    assert told[-1][0] == told[-1][1] > 0


# ── the forms written out ────────────────────────────────────────────────────────────────────────

NUMBER = st.integers(0, 2**50)
SAFE = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
REF = st.none() | st.builds(FlowRef, st.none() | NUMBER, NUMBER)
ENTRIES = st.builds(
    EntryFact,
    form=st.sampled_from([1, 2]),
    book=NUMBER,
    source=SAFE,
    kind=SAFE,
    occurred_on=st.dates(date(2000, 1, 1)),
    booked_on=st.dates(date(2000, 1, 1)),
    reverses=st.none() | NUMBER,
    posted_at=NUMBER,
    posted_by=st.none() | NUMBER,
    note_digest=st.binary(min_size=32, max_size=32),
    transfers=st.lists(
        st.builds(TransferFact, NUMBER, SAFE, st.none() | NUMBER, SAFE, st.none() | NUMBER, NUMBER),
        max_size=3,
        unique_by=lambda fact: fact.number,
    ),
    inflows=st.lists(
        st.builds(InflowFact, NUMBER, NUMBER, NUMBER, SAFE, NUMBER, SAFE, SAFE, REF, NUMBER),
        max_size=3,
        unique_by=lambda fact: fact.number,
    ),
    outflows=st.lists(
        st.builds(OutflowFact, NUMBER, NUMBER, NUMBER, SAFE, REF),
        max_size=3,
        unique_by=lambda fact: fact.number,
    ),
    deed=st.none() | st.just({"fund": [[2, "b"], [1, None]]}),
)
FIVE = [NUMBER] * 5


@given(ENTRIES)
def test_an_entry_written_out_is_its_canonical_form(entry: EntryFact) -> None:
    assert entry.encoded() == canonical.encode(entry.content())


@given(
    NUMBER,
    NUMBER,
    st.binary(min_size=32, max_size=32),
    st.lists(st.builds(PlaceFact, *FIVE), max_size=3),
    st.lists(st.builds(PieceFact, *FIVE), max_size=3),
)
def test_a_leaf_written_out_is_its_canonical_form(
    entry: int, position: int, digest: bytes, places: list[PlaceFact], pieces: list[PieceFact]
) -> None:
    leaf = {"entry": entry, "position": position, "digest": digest}
    content = canonical.leaf_content(**leaf, places=places, pieces=pieces)  # type: ignore[arg-type]
    assert canonical.leaf(**leaf, places=places, pieces=pieces) == canonical.encode(content)  # type: ignore[arg-type]


@given(st.binary(max_size=16), SAFE, SAFE, SAFE)
def test_salted_texts_written_out_are_their_canonical_form(
    salt: bytes, key: str, kind: str, place: str
) -> None:
    value = canonical.giver_value(key=key, kind=kind, place=place)
    written = canonical.salted_giver(salt, key=key, kind=kind, place=place)
    assert written == canonical.salted(salt, value)
    assert canonical.salted_note(salt, key) == canonical.salted(salt, key)
