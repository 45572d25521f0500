"""The policy table's section of promises and goods (see `routes`)."""

# A sample is a name of the tests' world, `token` a route's argument: no secret stands here.
# ruff: noqa: S106

from __future__ import annotations

from charity.actor import Permission
from web.security.access import PUBLIC, Answer, act, form, holders, page

#: Promises and goods: the giver's pages are opened by their secret, the desk by who manages giving.
_GIVING_STAFF = holders(Permission.GIVING_MANAGE)
_GIVING_OWN = holders(Permission.GIVING_MANAGE, other_staff=Answer.ABSENT)

PROMISES = (
    form("pledges.new", PUBLIC, project_id="published_project"),
    page("pledges.own", PUBLIC, token="pledge"),
    page("pledges.pay", PUBLIC, token="pledge"),
    act("pledges.reminders", PUBLIC, token="pledge"),
    act("pledges.ask_release", PUBLIC, token="pledge"),
    act("pledges.report", PUBLIC, token="hours_pledge"),
    act("pledges.answer", PUBLIC, token="hours_pledge", hours_id="hours"),
    act("pledges.withdraw", PUBLIC, token="pledge"),
    page("pledges.desk", _GIVING_STAFF),
    page("pledges.manage", _GIVING_OWN, pledge_id="pledge_id"),
    act("pledges.release", _GIVING_OWN, pledge_id="pledge_id"),
    act("pledges.decline", _GIVING_OWN, pledge_id="pledge_id"),
    act("pledges.lapse", _GIVING_OWN, pledge_id="pledge_id"),
    act("pledges.report_for", _GIVING_OWN, pledge_id="hours_pledge_id"),
    act("pledges.judge", _GIVING_OWN, hours_id="hours"),
    form("goods.new", PUBLIC, project_id="published_project"),
    page("goods.own", PUBLIC, token="offer"),
    act("goods.amend", PUBLIC, token="offer"),
    act("goods.photograph", PUBLIC, token="offer", item_id="offer_item"),
    page("goods.photo", PUBLIC, token="offer", item_id="offer_item"),
    act("goods.confirm", PUBLIC, token="offer"),
    page("goods.agreement", PUBLIC, token="offer"),
    act("goods.withdraw", PUBLIC, token="offer"),
    page("goods.desk", _GIVING_STAFF),
    page("goods.manage", _GIVING_OWN, gift_id="offer_id"),
    page("goods.desk_photo", _GIVING_OWN, gift_id="offer_id", item_id="offer_item"),
    act("goods.accept", _GIVING_OWN, gift_id="offer_id"),
    act("goods.decline", _GIVING_OWN, gift_id="offer_id"),
    form("goods.handover", _GIVING_OWN, gift_id="offer_id"),
    act("goods.restart", _GIVING_OWN, gift_id="offer_id"),
)
