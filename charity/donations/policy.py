"""Who may touch gifts: anybody gives, the installation alone settles."""

from __future__ import annotations

from charity.actor import Actor, Verdict
from charity.donations.reasons import DonationsReason

#: The one way of running an installation in which it takes money itself (HANDBOOK 0.1).
COLLECTING_MODE = "qualified_charity"


def may_give(actor: Actor, operator_mode: str) -> Verdict:
    """Anybody, with or without an account, where the operator may take money at all (CHA-105)."""
    if operator_mode != COLLECTING_MODE:
        return Verdict.no(DonationsReason.OPERATOR_MODE, mode=operator_mode)
    return Verdict.yes()


def may_settle(actor: Actor) -> Verdict:
    """Only the installation takes a gateway's word: the webhook, once the signature is checked."""
    return Verdict.yes() if actor.is_system else Verdict.no()
