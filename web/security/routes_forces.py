"""The policy table's section of the five parties at work (see `routes`)."""

from __future__ import annotations

from charity.actor import Permission
from web.security.access import PUBLIC, act, form, holders, page

_KEEPERS = holders(Permission.REGISTRY_KEEP)

FORCES = (
    page("forces.stations", PUBLIC),
    page("forces.station", PUBLIC, station_id="station"),
    page("forces.volunteer_teams", PUBLIC),
    page("forces.incubation", PUBLIC),
    page("forces.trusts", PUBLIC),
    page("forces.trust", PUBLIC, trust_id="trust"),
    page("forces.desk", _KEEPERS),
    form("forces.new_station", _KEEPERS),
    form("forces.keep_station", _KEEPERS, station_id="station"),
    act("forces.close_station", _KEEPERS, station_id="station"),
    form("forces.new_team", _KEEPERS),
    form("forces.keep_team", _KEEPERS, team_id="volunteer_team"),
    form("forces.place", _KEEPERS, code="region"),
    form("forces.organisation", _KEEPERS, organisation_id="organisation"),
    act("forces.keep_incubation", _KEEPERS, incubation_id="incubation"),
    act(
        "forces.leave",
        _KEEPERS,
        organisation_id="federation",
        member_id="organisation",
    ),
    form("forces.new_trust", _KEEPERS),
    form("forces.keep_trust", _KEEPERS, trust_id="trust"),
    form("forces.imports", _KEEPERS),
    form("forces.list_page", _KEEPERS, digest="register_list"),
)
