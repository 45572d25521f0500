"""The policy table's section of people who died or moved away: for who works for the community."""

from __future__ import annotations

from charity.actor import Permission
from web.security.access import form, holders, page

_COMMUNITY = holders(Permission.NEED_DISPATCH)

DEPARTURES = (
    page("departures.index", _COMMUNITY),
    form("departures.new", _COMMUNITY),
    form("departures.person", _COMMUNITY, expense_id="helped_expense"),
    form("departures.entry", _COMMUNITY, departure_id="departure"),
)
