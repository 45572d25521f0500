"""What the database itself refuses in a competition, whoever asks: on both databases the same.

A locked sheet never changes (VEN-11); nobody gets or fills in a sheet of an entry they are in
conflict with (VEN-04); terms stay as they were at the opening, and a published ranking as it was
published. Declared conflicts, votes and the rows of rankings are only inserted.
"""

from __future__ import annotations

from charity.ledger.guards import GuardSet, add

FACTS = ("judge_conflict", "public_vote", "ranking_row")

_ABORT = "SELECT raise(ABORT, 'guard: {}')"
_LOCKED = _ABORT.format("locked sheet")
_PAIR = _ABORT.format("judge in conflict")
_SHEET = "SELECT 1 FROM assignment WHERE id = {}.assignment_id AND state <> 'open'"
_CONFLICT = (
    "SELECT 1 FROM judge_conflict"
    " WHERE judge_id = NEW.judge_id AND application_id = NEW.application_id"
)
_OF_SHEET = (
    "SELECT 1 FROM judge_conflict JOIN assignment ON assignment.judge_id = judge_conflict.judge_id"
    " AND assignment.application_id = judge_conflict.application_id"
    " WHERE assignment.id = NEW.assignment_id"
)

SQLITE = {
    "score_insert": "BEFORE INSERT ON score BEGIN"
    f" {_LOCKED} WHERE EXISTS ({_SHEET.format('NEW')});"
    f" {_PAIR} WHERE EXISTS ({_OF_SHEET}); END",
    "score_update": "BEFORE UPDATE ON score BEGIN"
    f" {_LOCKED} WHERE EXISTS ({_SHEET.format('OLD')});"
    f" {_LOCKED} WHERE EXISTS ({_SHEET.format('NEW')});"
    f" {_PAIR} WHERE EXISTS ({_OF_SHEET}); END",
    "score_delete": "BEFORE DELETE ON score BEGIN"
    f" {_LOCKED} WHERE EXISTS ({_SHEET.format('OLD')}); END",
    "assignment_insert": f"BEFORE INSERT ON assignment BEGIN {_PAIR} WHERE EXISTS ({_CONFLICT});"
    " END",
    "assignment_update": "BEFORE UPDATE ON assignment BEGIN"
    f" {_LOCKED} WHERE OLD.state <> 'open';"
    f" {_PAIR} WHERE NEW.state <> 'recused' AND EXISTS ({_CONFLICT}); END",
    "assignment_delete": "BEFORE DELETE ON assignment BEGIN"
    f" {_LOCKED} WHERE OLD.state <> 'open'; END",
    "competition_frozen": "BEFORE UPDATE ON competition"
    " WHEN OLD.rules_sha256 IS NOT NULL AND (NEW.rules <> OLD.rules"
    " OR NEW.rules_sha256 IS NOT OLD.rules_sha256) BEGIN"
    f" {_ABORT.format('frozen terms')}; END",
    "ranking_update": "BEFORE UPDATE ON ranking WHEN OLD.published_at IS NOT NULL BEGIN"
    f" {_ABORT.format('published ranking')}; END",
    "ranking_delete": "BEFORE DELETE ON ranking WHEN OLD.published_at IS NOT NULL BEGIN"
    f" {_ABORT.format('published ranking')}; END",
}

_RAISE = "RAISE EXCEPTION 'guard: {}' USING ERRCODE = '23514';"
_IF = "IF EXISTS ({}) THEN {} END IF;"
_OPEN_SHEET = _IF.format(
    "SELECT 1 FROM public.assignment WHERE id = {}.assignment_id AND state <> 'open'",
    _RAISE.format("locked sheet"),
)
_FREE_SHEET = _IF.format(
    "SELECT 1 FROM public.judge_conflict c JOIN public.assignment a"
    " ON a.judge_id = c.judge_id AND a.application_id = c.application_id"
    " WHERE a.id = NEW.assignment_id",
    _RAISE.format("judge in conflict"),
)
_FREE_PAIR = _IF.format(
    "SELECT 1 FROM public.judge_conflict"
    " WHERE judge_id = NEW.judge_id AND application_id = NEW.application_id",
    _RAISE.format("judge in conflict"),
)
#: A sheet handed out and a conflict found at one moment wait for each other at the judge's row;
#: a score and the locking of its sheet at the sheet's.
_JUDGE = "PERFORM 1 FROM public.judge WHERE id = NEW.judge_id FOR NO KEY UPDATE;"
_SHARED = "PERFORM 1 FROM public.assignment WHERE id = {}.assignment_id FOR SHARE;"

POSTGRESQL: dict[str, tuple[str, str, str]] = {
    "score_insert": (
        "BEFORE INSERT ON score FOR EACH ROW",
        "",
        f"BEGIN {_SHARED.format('NEW')} {_OPEN_SHEET.format('NEW')} {_FREE_SHEET} RETURN NEW; END",
    ),
    "score_update": (
        "BEFORE UPDATE ON score FOR EACH ROW",
        "",
        f"BEGIN {_SHARED.format('OLD')} {_OPEN_SHEET.format('OLD')}"
        f" {_OPEN_SHEET.format('NEW')} {_FREE_SHEET} RETURN NEW; END",
    ),
    "score_delete": (
        "BEFORE DELETE ON score FOR EACH ROW",
        "",
        f"BEGIN {_SHARED.format('OLD')} {_OPEN_SHEET.format('OLD')} RETURN OLD; END",
    ),
    "assignment_insert": (
        "BEFORE INSERT ON assignment FOR EACH ROW",
        "",
        f"BEGIN {_JUDGE} {_FREE_PAIR} RETURN NEW; END",
    ),
    "assignment_update": (
        "BEFORE UPDATE ON assignment FOR EACH ROW",
        "",
        f"BEGIN IF OLD.state <> 'open' THEN {_RAISE.format('locked sheet')} END IF;"
        f" IF NEW.state <> 'recused' THEN {_FREE_PAIR} END IF; RETURN NEW; END",
    ),
    "assignment_delete": (
        "BEFORE DELETE ON assignment FOR EACH ROW",
        "",
        f"BEGIN IF OLD.state <> 'open' THEN {_RAISE.format('locked sheet')} END IF;"
        " RETURN OLD; END",
    ),
    "conflict_waits": (
        "BEFORE INSERT ON judge_conflict FOR EACH ROW",
        "",
        f"BEGIN {_JUDGE} RETURN NEW; END",
    ),
    "competition_frozen": (
        "BEFORE UPDATE ON competition FOR EACH ROW",
        "",
        "BEGIN IF OLD.rules_sha256 IS NOT NULL AND (NEW.rules::text <> OLD.rules::text"
        " OR NEW.rules_sha256 IS DISTINCT FROM OLD.rules_sha256) THEN"
        f" {_RAISE.format('frozen terms')} END IF; RETURN NEW; END",
    ),
    "ranking_update": (
        "BEFORE UPDATE ON ranking FOR EACH ROW",
        "",
        f"BEGIN IF OLD.published_at IS NOT NULL THEN {_RAISE.format('published ranking')}"
        " END IF; RETURN NEW; END",
    ),
    "ranking_delete": (
        "BEFORE DELETE ON ranking FOR EACH ROW",
        "",
        f"BEGIN IF OLD.published_at IS NOT NULL THEN {_RAISE.format('published ranking')}"
        " END IF; RETURN OLD; END",
    ),
}

add(GuardSet("ventures", FACTS, SQLITE, POSTGRESQL))
