"""What the database itself refuses in audits, whoever asks.

Nobody who is or was tied to an organisation is on its team; a frozen frame, an announced draw and a
drawn sample stay as they are (INS-04, INS-06). They are set together with the guards of the book.
"""

from __future__ import annotations

from charity.ledger.guards import GuardSet, add

#: What ties a person to an organisation: its roster by person or identity, a role but auditing.
_TIED = """EXISTS (
    SELECT 1 FROM {schema}inspection AS drawn
    JOIN {schema}related_party AS party ON party.organisation_id = drawn.organisation_id
    WHERE drawn.id = NEW.inspection_id AND (party.person_id = NEW.person_id
      OR party.identity_hash = (SELECT identity_hash FROM {schema}person WHERE id = NEW.person_id)))
  OR EXISTS (
    SELECT 1 FROM {schema}inspection AS drawn
    JOIN {schema}membership AS held ON held.organisation_id = drawn.organisation_id
    JOIN {schema}user_account AS account ON account.id = held.user_id
    WHERE drawn.id = NEW.inspection_id AND held.role <> 'auditor'
      AND account.person_id = NEW.person_id)
  OR NOT EXISTS (
    SELECT 1 FROM {schema}user_account AS account
    WHERE account.id = NEW.user_id AND account.person_id = NEW.person_id)"""
_FROZEN = "(SELECT frame_hash FROM {schema}audit_plan WHERE id = {row}.plan_id) IS NOT NULL"

#: Name → when, under which condition, and the message of the refusal.
_RULES: dict[str, tuple[str, str, str]] = {
    "inspector_unrelated": ("INSERT ON inspection_member", _TIED, "related inspector"),
    "inspector_stays": (
        "UPDATE OF inspection_id, inspector_id, user_id, person_id, rank, replaces_id, joined_at"
        " ON inspection_member",
        "TRUE",
        "a member of a team is another",
    ),
    "frame_complete": (
        "INSERT ON frame_row",
        _FROZEN.replace("{row}", "NEW"),
        "the frame is frozen",
    ),
    "recusal_in_time": (
        "INSERT ON recusal",
        f"NOT NEW.is_late AND {_FROZEN.replace('{row}', 'NEW')}",
        "the frame is frozen",
    ),
    "plan_inspector_added": (
        "INSERT ON plan_inspector",
        _FROZEN.replace("{row}", "NEW"),
        "the frame is frozen",
    ),
    "plan_inspector_changed": (
        "UPDATE ON plan_inspector",
        _FROZEN.replace("{row}", "OLD"),
        "the frame is frozen",
    ),
    "plan_inspector_removed": (
        "DELETE ON plan_inspector",
        _FROZEN.replace("{row}", "OLD"),
        "the frame is frozen",
    ),
    "audit_plan_frozen": (
        "UPDATE OF frame_hash, framed_at, coverage, team_size, strata, frame_filter, level,"
        " region_code ON audit_plan",
        "OLD.frame_hash IS NOT NULL",
        "the frame is frozen",
    ),
    "audit_plan_kept": (
        "DELETE ON audit_plan",
        "OLD.frame_hash IS NOT NULL",
        "the frame is frozen",
    ),
    "audit_draw_after_frame": (
        "INSERT ON audit_draw",
        f"NOT ({_FROZEN.replace('{row}', 'NEW')})",
        "no frame is frozen",
    ),
    "audit_draw_announced": (
        "UPDATE OF plan_id, number, commitment, number_name, number_on, secret_due_on,"
        " announced_at ON audit_draw",
        "TRUE",
        "what was announced stays",
    ),
    "audit_draw_ended": (
        "UPDATE ON audit_draw",
        "OLD.state <> 'announced'",
        "the draw is over",
    ),
    "audit_draw_kept": ("DELETE ON audit_draw", "TRUE", "a draw stays"),
    "audit_sample_fixed": (
        "UPDATE OF inspection_id, number, method, source, frame_hash, population, book_value, seed,"
        " size ON audit_sample",
        "TRUE",
        "a sample stays as drawn",
    ),
    "audit_sample_kept": ("DELETE ON audit_sample", "TRUE", "a sample stays as drawn"),
    "audit_sample_item_fixed": (
        "UPDATE OF sample_id, number, subject, stratum, amount, hits, is_certainty"
        " ON audit_sample_item",
        "TRUE",
        "a sample stays as drawn",
    ),
    "audit_sample_item_kept": (
        "DELETE ON audit_sample_item",
        "TRUE",
        "a sample stays as drawn",
    ),
}


#: What is only ever inserted.
FACTS = (
    "audit_result",
    "extension_ask",
    "finding_check",
    "finding_extension",
    "finding_paper",
    "frame_row",
    "recusal",
    "voucher_list",
    "voucher_list_row",
    "work_paper",
)


def _sqlite(when: str, condition: str, message: str) -> str:
    refused = condition.format(schema="")
    return (
        f"BEFORE {when} FOR EACH ROW BEGIN "
        f"SELECT raise(ABORT, 'guard: {message}') WHERE {refused}; END"
    )


def _postgresql(when: str, condition: str, message: str) -> tuple[str, str, str]:
    refused = condition.format(schema="public.")
    row = "OLD" if when.startswith("DELETE") else "NEW"
    return (
        f"BEFORE {when} FOR EACH ROW",
        "",
        f"BEGIN IF {refused} THEN RAISE EXCEPTION 'guard: {message}' USING ERRCODE = '23514';"
        f" END IF; RETURN {row}; END",
    )


add(
    GuardSet(
        context="audits",
        facts=FACTS,
        sqlite={name: _sqlite(*rule) for name, rule in _RULES.items()},
        postgresql={name: _postgresql(*rule) for name, rule in _RULES.items()},
    )
)
