"""The searches people follow: one's own, and those to be looked through."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Actor
from projects.listings.models import FollowedSearch


def followed_searches(session: Session, actor: Actor) -> list[FollowedSearch]:
    """The searches one follows, the latest first."""
    query = select(FollowedSearch).where(
        FollowedSearch.user_id == (actor.user_id or 0), FollowedSearch.ended_at.is_(None)
    )
    return list(session.scalars(query.order_by(FollowedSearch.id.desc())))


def searches_to_look(session: Session, *, after: int, limit: int) -> list[FollowedSearch]:
    """Standing searches of everybody by number, those after one number."""
    query = select(FollowedSearch).where(
        FollowedSearch.ended_at.is_(None), FollowedSearch.id > after
    )
    return list(session.scalars(query.order_by(FollowedSearch.id).limit(limit)))
