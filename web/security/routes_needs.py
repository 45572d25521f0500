"""The policy table's section of needs and claims (see `routes`)."""

# A sample is a name of the tests' world, `token` a route's argument: no secret stands here.
# ruff: noqa: S106

from __future__ import annotations

from charity.actor import Permission
from web.security.access import (
    PUBLIC,
    SIGNED_IN,
    Answer,
    Audience,
    Who,
    act,
    form,
    holders,
    only,
    page,
)

_LEADERS = holders(Permission.NEED_DISPATCH)
_POSTERS = holders(Permission.LISTING_MANAGE)
_OWN_SIDE = holders(Permission.NEED_DISPATCH, Permission.LISTING_MANAGE, other_staff=Answer.REFUSED)
#: Whoever has the link; the unit that came says nothing of itself, even with it.
_NOT_THE_UNIT = Audience(but={Who.OTHER_STAFF: Answer.REFUSED})


def _sides(**but: Answer) -> Audience:
    """The two sides of a claim; to everybody else there is none."""
    seen = {Who.GUEST, Who.STAFF, Who.OTHER_STAFF, Who.DISPATCHER}
    answers = {who: Answer.ABSENT for who in Who if who not in seen}
    return Audience(
        signed_in=True, but=answers | {Who(name): answer for name, answer in but.items()}
    )


#: The need of the sample is posted by the staff's organisation, the other staff's claims it.
_UNIT = _sides(staff=Answer.REFUSED, dispatcher=Answer.REFUSED)
_NEED = _sides(other_staff=Answer.REFUSED)
_HIDERS = _sides(staff=Answer.REFUSED, other_staff=Answer.REFUSED)

NEEDS = (
    page("needs.index", PUBLIC),
    page("needs.posts", PUBLIC),
    page("needs.detail", PUBLIC, need_id="need"),
    page("needs.detail", only(Who.DISPATCHER, otherwise=Answer.ABSENT), need_id="ordered_need"),
    form("needs.order", PUBLIC),
    form("needs.clerk", _LEADERS),
    form("needs.new", _POSTERS),
    page("needs.own", PUBLIC, token="order"),
    act("needs.own_withdraw", PUBLIC, token="order"),
    act("needs.own_record", _NOT_THE_UNIT, token="need_token", record_id="service_record"),
    act("needs.own_confirm", _NOT_THE_UNIT, token="need_token", claim_id="claim"),
    act("needs.own_evaluate", PUBLIC, token="need_token", claim_id="claim"),
    act("needs.confirm", _LEADERS, need_id="ordered_need"),
    act("needs.decline", _LEADERS, need_id="ordered_need"),
    act("needs.refer", _LEADERS, need_id="ordered_need"),
    act("needs.close", _OWN_SIDE, need_id="need"),
    act("needs.reopen", _OWN_SIDE, need_id="need"),
    act("needs.fulfil", _OWN_SIDE, need_id="need"),
    act(
        "needs.withdraw",
        Audience(
            signed_in=True,
            but={who: Answer.REFUSED for who in Who if who not in (Who.GUEST, Who.STAFF)},
        ),
        need_id="need",
    ),
    form("needs.claim", SIGNED_IN, need_id="need"),
    page("claims.index", SIGNED_IN),
    page("claims.detail", _sides(), claim_id="claim"),
    act("claims.accept", _NEED, claim_id="claim"),
    act("claims.decline", _NEED, claim_id="claim"),
    act("claims.withdraw", _sides(), claim_id="claim"),
    act("claims.report", _UNIT, claim_id="claim"),
    act("claims.judge", _NEED, claim_id="claim", record_id="service_record"),
    act("claims.finish", _UNIT, claim_id="claim"),
    act("claims.confirm", _NEED, claim_id="claim"),
    act("claims.again", _NEED, claim_id="claim"),
    act("claims.evaluate", _sides(), claim_id="claim"),
    form("claims.hide", _HIDERS, claim_id="judged_claim", evaluation_id="evaluation"),
)
