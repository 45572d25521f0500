"""Of which organisations somebody manages the giving."""

from __future__ import annotations

from charity.actor import ROLE_PERMISSIONS, Actor, Permission


def organisations(actor: Actor) -> frozenset[int] | None:
    """The organisations in which the actor manages giving; None for all of them."""
    grants = [
        held for held in actor.grants if Permission.GIVING_MANAGE in ROLE_PERMISSIONS[held.role]
    ]
    if any(grant.is_platform for grant in grants):
        return None
    return frozenset(g.organisation_id for g in grants if g.organisation_id is not None)
