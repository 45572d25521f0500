"""Samples of plans and complaints for the walk of the whole site."""

from __future__ import annotations

from sqlalchemy.orm import Session

from charity.registry import queries as registry


def make_complaints(session: Session, campaign_id: int) -> dict[str, int | str]:
    """The plan of a campaign."""
    return {"plan": registry.campaign(session, campaign_id).plan_id}
