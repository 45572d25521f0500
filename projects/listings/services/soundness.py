"""An organisation that a list, an overdue duty or an order stops neither posts nor claims."""

from __future__ import annotations

from sqlalchemy.orm import Session

from charity.actor import Verdict, require
from charity.registry import queries as registry
from charity.registry.models import RestrictedAct
from charity.registry.reasons import RegistryReason


def require_unrestricted(session: Session, organisation_id: int) -> None:
    """Nothing stops it from posting and claiming today (ORG-17).

    Raises `Denied` with RESTRICTED (`act`, `rule`) of the oldest restriction that stands.
    """
    standing = registry.restrictions(
        session, organisation_id=organisation_id, act=RestrictedAct.POST
    )
    for stop in standing:
        require(Verdict.no(RegistryReason.RESTRICTED, act=stop.act, rule=stop.rule_id))
