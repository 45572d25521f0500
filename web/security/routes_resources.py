"""The policy table's section of resources and dispatch (see `routes`)."""

# A sample is a name of the tests' world, `token` a route's argument: no secret stands here.
# ruff: noqa: S106

from __future__ import annotations

from charity.actor import Permission
from web.security.access import PUBLIC, SIGNED_IN, Answer, Who, act, form, holders, only, page

_OWN = holders(Permission.LISTING_MANAGE, other_staff=Answer.REFUSED)
_DISPATCHERS = holders(Permission.NEED_DISPATCH)

RESOURCES = (
    page("resources.index", PUBLIC),
    page("resources.detail", PUBLIC, resource_id="resource"),
    page("resources.detail", PUBLIC, resource_id="lent_resource"),
    page("resources.detail", PUBLIC, resource_id="other_resource"),
    page(
        "resources.detail", only(Who.STAFF, otherwise=Answer.ABSENT), resource_id="paused_resource"
    ),
    form("resources.new", SIGNED_IN),
    form("resources.edit", _OWN, resource_id="resource"),
    act("resources.pause", _OWN, resource_id="resource"),
    act("resources.resume", _OWN, resource_id="paused_resource"),
    act("resources.withdraw", _OWN, resource_id="paused_resource"),
    act("resources.book", PUBLIC, resource_id="lent_resource"),
    act("resources.answer", _OWN, booking_id="booking"),
    act("resources.give_back", _OWN, booking_id="lent_booking"),
    page("resources.own_booking", PUBLIC, token="guest_booking"),
    act("resources.own_cancel", PUBLIC, token="guest_booking"),
    act("resources.cancel", _OWN, booking_id="agreed_booking"),
    act("resources.claim", _OWN, resource_id="resource"),
    act("resources.invite", _OWN, need_id="need"),
    page("dispatch.index", _DISPATCHERS),
    page("dispatch.need", _DISPATCHERS, need_id="ordered_need"),
    page("dispatch.need", _DISPATCHERS, need_id="need"),
    act("dispatch.send", _DISPATCHERS, need_id="need"),
    form("dispatch.plans", _DISPATCHERS),
    page("dispatch.plan", _DISPATCHERS, plan_id="dispatch_plan"),
    act("dispatch.change", _DISPATCHERS, plan_id="dispatch_plan"),
    act("dispatch.send_plan", _DISPATCHERS, plan_id="dispatch_plan"),
    act("dispatch.discard", _DISPATCHERS, plan_id="dispatch_plan"),
)
