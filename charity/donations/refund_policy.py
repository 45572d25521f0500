"""Who gives back: one person asks, others agree, and a large sum needs two who agree.

The organisation is the charity whose campaign took the gift: its treasurer asks, its approvers
agree. How many is a dated row (APR-05); whether two are one person is `charity.approvals`' rule.
"""

from __future__ import annotations

from datetime import date

from charity.actor import Actor, Permission, Verdict
from charity.errors import CommonReason
from charity.money import Money
from charity.rules import parameter

PERSONS = "APR-05"


def quorum_of(amount: Money, on: date) -> int:
    """How many persons must agree to give back this sum, asked on a day in China (APR-05).

    Raises `LookupError` on a day before the first row.
    """
    return parameter(PERSONS, on).step(amount.fen)


def large_from(on: date) -> Money:
    """The sum from which the most persons must agree on a day in China (APR-05)."""
    least, _ = max(parameter(PERSONS, on).steps)
    return Money(least)


def may_request(actor: Actor, charity_id: int) -> Verdict:
    """The charity's treasurer asks for refunds, cancels them, and pays those that go by hand."""
    return _person(actor, Permission.REFUND_REQUEST, charity_id)


def may_agree(actor: Actor, charity_id: int) -> Verdict:
    """The charity's approvers agree or refuse."""
    return _person(actor, Permission.REFUND_APPROVE, charity_id)


def may_see(actor: Actor, charity_id: int) -> Verdict:
    """Who may ask or agree may look."""
    asks = actor.holds(Permission.REFUND_REQUEST, organisation_id=charity_id)
    agrees = actor.holds(Permission.REFUND_APPROVE, organisation_id=charity_id)
    return Verdict.yes() if asks or agrees else Verdict.absent()


def may_send(actor: Actor) -> Verdict:
    """What was agreed to is sent by the installation itself."""
    return Verdict.yes() if actor.is_system else Verdict.no()


def may_handle(actor: Actor, charity_id: int | None) -> Verdict:
    """Messages and differences are dealt with by the charity's treasurer.

    One that belongs to no payment of ours (None) is looked at by any treasurer.
    """
    if not actor.is_signed_in:
        return Verdict.no(CommonReason.SIGN_IN_FIRST)
    if charity_id is None:
        held = actor.holds_anywhere(Permission.REFUND_REQUEST)
        return Verdict.yes() if held else Verdict.no()
    held = actor.holds(Permission.REFUND_REQUEST, organisation_id=charity_id)
    return Verdict.yes() if held else Verdict.absent()


def _person(actor: Actor, permission: Permission, charity_id: int) -> Verdict:
    if actor.user_id is None or actor.person_id is None:
        return Verdict.no(CommonReason.SIGN_IN_FIRST)
    if actor.holds(permission, organisation_id=charity_id):
        return Verdict.yes()
    return Verdict.no()
