"""The part of the policy table about standing and rules: who records, and what anybody reads."""

from __future__ import annotations

from charity.actor import Permission
from web.security.access import PUBLIC, act, form, holders, page

_RECORDERS = holders(Permission.STANDING_RECORD)

STANDING = (
    page("rules.index", PUBLIC),
    form("standing.desk", _RECORDERS, organisation_id="organisation"),
    act("standing.leave", _RECORDERS, entry_id="list_entry"),
    page("standing.paper", _RECORDERS, verification_id="verification"),
)
