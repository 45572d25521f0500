"""Forgetting who gave: the giver's row beside the book goes, the chain and every fen stay."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.ledger import policy
from charity.ledger.models import Inflow, InflowGiver


def erase_giver(session: Session, actor: Actor, *, entry_id: int) -> int:
    """Delete what the book keeps of the givers of one entry; answers how many rows went.

    The rows lie outside the chain, bound to it by a salted digest alone, so that what was sealed
    still holds (PII-05); repeated, it finds nothing. Raises `Denied` for anyone but the
    installation, which acts for the giver.
    """
    require(policy.may_erase_giver(actor))
    query = select(InflowGiver).join(Inflow, Inflow.id == InflowGiver.inflow_id)
    found = list(session.scalars(query.where(Inflow.entry_id == entry_id)))
    for giver in found:
        session.delete(giver)
    session.flush()
    return len(found)
