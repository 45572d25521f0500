"""The policy table's section of villages, pairings and priority areas (see `routes`)."""

from __future__ import annotations

from charity.actor import Permission
from web.security.access import PUBLIC, Answer, act, form, holders, page

_UNITS = holders(Permission.LISTING_MANAGE)
_OF_THE_UNIT = holders(Permission.LISTING_MANAGE, other_staff=Answer.REFUSED)
_KEEPERS = holders(Permission.REGISTRY_KEEP)
_JUDGES = holders(Permission.REGISTRY_KEEP, Permission.PROJECT_REVIEW)
#: The sample's village is the staff's; the owner of another organisation has nothing to do there.
_VILLAGERS = holders(Permission.LISTING_MANAGE, other_staff=Answer.REFUSED)

HOMELAND = (
    page("homeland.poster", PUBLIC, code="region"),
    page("homeland.poster_picture", PUBLIC, code="region"),
    page("homeland.poster_paper", PUBLIC, code="region"),
    form("homeland.claim", _VILLAGERS, code="village"),
    form("homeland.describe", _VILLAGERS, code="agreed_village"),
    page("homeland.funds", _JUDGES),
    page("homeland.decision", _JUDGES, village_fund_id="village_fund"),
    act("homeland.agree", _JUDGES, village_fund_id="village_fund"),
    act("homeland.send_back", _JUDGES, village_fund_id="village_fund"),
    page("homeland.areas", PUBLIC),
    form("homeland.new_area", _KEEPERS),
    act("homeland.end_area", _KEEPERS, area_id="priority_area"),
    page("pairings.index", PUBLIC),
    page("pairings.detail", PUBLIC, pairing_id="pairing"),
    form("pairings.new", _UNITS),
    act("pairings.done", _OF_THE_UNIT, pairing_id="pairing", task_id="pairing_task"),
    act("pairings.visit", _OF_THE_UNIT, pairing_id="pairing"),
    act("pairings.end", _OF_THE_UNIT, pairing_id="pairing"),
)
