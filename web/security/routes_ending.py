"""The policy table's section of public notices and the end of projects (see `routes`)."""

# A sample is a name of the tests' world, `token` a route's argument: no secret stands here.
# ruff: noqa: S106

from __future__ import annotations

from charity.actor import Permission
from web.security.access import PUBLIC, Answer, act, form, holders, page

_ANNOUNCERS = holders(Permission.NOTICE_PUBLISH)
_OWN_ANNOUNCERS = holders(Permission.NOTICE_PUBLISH, other_staff=Answer.REFUSED)
_PREPARERS = holders(Permission.CLOSING_PREPARE)
_OWN_PREPARERS = holders(Permission.CLOSING_PREPARE, other_staff=Answer.ABSENT)
_PARTS = holders(Permission.CLOSING_PREPARE, Permission.CLOSING_AGREE)
_OWN_PARTS = holders(
    Permission.CLOSING_PREPARE, Permission.CLOSING_AGREE, other_staff=Answer.ABSENT
)

ENDING = (
    page("notices.index", PUBLIC),
    page("notices.detail", PUBLIC, notice_id="notice"),
    act("notices.object_to", PUBLIC, notice_id="notice"),
    page("notices.desk", _ANNOUNCERS),
    form("notices.new", _ANNOUNCERS),
    page("notices.manage", _OWN_ANNOUNCERS, notice_id="notice"),
    act("notices.withdraw", _OWN_ANNOUNCERS, notice_id="notice"),
    act("notices.answer", _OWN_ANNOUNCERS, notice_id="notice", objection_id="objection"),
    page("closings.index", _PARTS),
    form("closings.new", _PREPARERS),
    page("closings.detail", _OWN_PARTS, closing_id="closing"),
    act("closings.ask", _OWN_PREPARERS, closing_id="closing"),
    act("closings.submit", _OWN_PREPARERS, closing_id="closing"),
    act(
        "closings.agree",
        holders(Permission.CLOSING_AGREE),
        confirmed=True,
        closing_id="closing",
    ),
    act("closings.refuse", holders(Permission.CLOSING_AGREE), closing_id="closing"),
    act("closings.withdraw", _OWN_PREPARERS, closing_id="closing"),
    act("closings.finish", _OWN_PREPARERS, confirmed=True, closing_id="closing"),
    form("closings.answer", PUBLIC, token="donation", closing_id="closing"),
)
