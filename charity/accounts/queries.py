"""Who somebody is: accounts, roles held now, and the actor behind a session token."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.accounts import tokens
from charity.accounts.models import Membership, SignInAttempt, SignInSession, User
from charity.actor import Actor, ActorKind, Grant
from charity.errors import CommonReason, NotFound
from charity.rows import present


def user(session: Session, user_id: int) -> User:
    """One account; raises `NotFound`."""
    return present(session.get(User, user_id))


def user_by_login(session: Session, login_name: str) -> User | None:
    """The account with this login name (already folded), closed ones too."""
    return session.scalar(select(User).where(User.login_name == login_name))


def display_names(session: Session, user_ids: Collection[int]) -> dict[int, str]:
    """The names of some accounts by id, in one query."""
    query = select(User.id, User.display_name).where(User.id.in_(user_ids))
    return {user_id: name for user_id, name in session.execute(query)}


def memberships_of(session: Session, user_id: int) -> list[Membership]:
    """The roles a user holds now, oldest first."""
    query = select(Membership).where(Membership.user_id == user_id, Membership.revoked_at.is_(None))
    return list(session.scalars(query.order_by(Membership.id)))


def grant_of(membership: Membership) -> Grant:
    """A role held, as an actor carries it."""
    return Grant(membership.role, membership.organisation_id, membership.region_code)


def grants_of(session: Session, user_id: int) -> tuple[Grant, ...]:
    """The roles a user holds now, as an actor carries them."""
    query = (
        select(Membership.role, Membership.organisation_id, Membership.region_code)
        .where(Membership.user_id == user_id, Membership.revoked_at.is_(None))
        .order_by(Membership.id)
    )
    return tuple(Grant(role, within, place) for role, within, place in session.execute(query))


def actor_for_user(session: Session, user_id: int) -> Actor:
    """A user as an actor, roles as they are now; for commands and the demo. Raises `NotFound`."""
    found = user(session, user_id)
    if found.closed_at is not None:
        raise NotFound(CommonReason.NOT_FOUND)
    return Actor(
        ActorKind.USER, found.id, found.person_id, found.display_name, grants_of(session, found.id)
    )


def actor_for_token(session: Session, token: str, at: datetime) -> Actor | None:
    """Who holds this token at that instant, in two queries; None for nobody.

    Ended, expired and unknown sessions and closed accounts are nobody. Roles are read each time,
    so a revoked one is gone at the next request (A6).
    """
    if not tokens.is_plausible(token):
        return None
    query = (
        select(SignInSession.created_at, SignInSession.expires_at, User)
        .join(User, User.id == SignInSession.user_id)
        .where(
            SignInSession.token_hash == tokens.hash_of(token),
            SignInSession.revoked_at.is_(None),
            User.closed_at.is_(None),
        )
    )
    row = session.execute(query).first()
    if row is None:
        return None
    created_at, expires_at, holder = row
    grants = grants_of(session, holder.id)
    if not tokens.still_valid(created_at, expires_at, has_role=bool(grants), at=at):
        return None
    return Actor(ActorKind.USER, holder.id, holder.person_id, holder.display_name, grants)


def failures_since_success(session: Session, login_name: str, since: datetime) -> list[datetime]:
    """Instants of failed tries for a name, after its last success, oldest first."""
    name = SignInAttempt.login_name == login_name
    last_success = (
        select(func.max(SignInAttempt.id))
        .where(name, SignInAttempt.succeeded, SignInAttempt.at > since)
        .scalar_subquery()
    )
    query = (
        select(SignInAttempt.at)
        .where(
            name,
            SignInAttempt.succeeded.is_(False),
            SignInAttempt.at > since,
            SignInAttempt.id > func.coalesce(last_success, 0),
        )
        .order_by(SignInAttempt.at, SignInAttempt.id)
    )
    return list(session.scalars(query))


def failures_from_address(session: Session, address_hash: bytes, since: datetime) -> int:
    """How many tries from an address failed after an instant, over all names."""
    query = select(func.count()).where(
        SignInAttempt.address_hash == address_hash,
        SignInAttempt.at > since,
        SignInAttempt.succeeded.is_(False),
    )
    return session.scalar(query) or 0
