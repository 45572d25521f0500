"""Who somebody is: accounts, roles held now, and the actor behind a session token."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.accounts import lockout, tokens
from charity.accounts.consents import of_payee
from charity.accounts.models import (
    Consent,
    ConsentPurpose,
    Membership,
    RecoveryCode,
    SecondFactor,
    SignInAttempt,
    SignInSession,
    User,
)
from charity.actor import NEEDS_SECOND_FACTOR, ROLE_PERMISSIONS, Actor, ActorKind, Grant, Role
from charity.errors import CommonReason, NotFound
from charity.registry.models import Person
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


def persons_in(session: Session, organisation_id: int, roles: Collection[Role]) -> frozenset[int]:
    """The persons who hold one of the roles in the organisation now, by any account."""
    query = (
        select(User.person_id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role.in_(roles),
            Membership.revoked_at.is_(None),
            User.closed_at.is_(None),
        )
    )
    return frozenset(session.scalars(query))


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


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a token, and when a code of the second factor was last given in its session."""

    actor: Actor
    has_factor: bool
    confirmed_at: datetime | None


def actor_for_token(session: Session, token: str, at: datetime) -> Actor | None:
    """The actor of `holder_of_token`; None for nobody."""
    found = holder_of_token(session, token, at)
    return None if found is None else found.actor


def holder_of_token(session: Session, token: str, at: datetime) -> Holder | None:
    """Who holds this token at that instant, in two queries; None for nobody.

    Ended, expired and unknown sessions and closed accounts are nobody, and so is a session that
    still waits for a code of the second factor. Roles are read each time, so a revoked one is gone
    at the next request (A6); those that need a second factor wait until there is one.
    """
    if not tokens.is_plausible(token):
        return None
    query = (
        select(
            SignInSession.created_at,
            SignInSession.expires_at,
            SignInSession.confirmed_at,
            SecondFactor.confirmed_at,
            User,
        )
        .join(User, User.id == SignInSession.user_id)
        .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
        .where(
            SignInSession.token_hash == tokens.hash_of(token),
            SignInSession.revoked_at.is_(None),
            User.closed_at.is_(None),
        )
    )
    row = session.execute(query).first()
    if row is None:
        return None
    created_at, expires_at, confirmed_at, factor_since, holder = row
    has_device = factor_since is not None
    if has_device and confirmed_at is None:
        return None
    grants = grants_of(session, holder.id)
    if not tokens.still_valid(created_at, expires_at, has_role=bool(grants), at=at):
        return None
    proven = tuple(grant for grant in grants if has_device or not needs_factor(grant))
    actor = Actor(
        ActorKind.USER,
        holder.id,
        holder.person_id,
        holder.display_name,
        proven,
        unproven=tuple(grant for grant in grants if grant not in proven),
    )
    return Holder(actor, has_device, confirmed_at)


def needs_factor(grant: Grant) -> bool:
    """Whether a role counts only with a second factor."""
    return bool(ROLE_PERMISSIONS[grant.role] & NEEDS_SECOND_FACTOR)


def second_factor(session: Session, user_id: int) -> SecondFactor | None:
    """The device of an account: being set up, in use, or taken off; None where none ever was."""
    return session.get(SecondFactor, user_id)


def has_factor(session: Session, user_id: int) -> bool:
    """Whether a device is in use."""
    held = second_factor(session, user_id)
    return held is not None and held.confirmed_at is not None


def recovery_codes_left(session: Session, user_id: int) -> int:
    """How many codes on paper were not used yet."""
    query = select(func.count()).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(query) or 0


def shut_until(
    session: Session, login_name: str, address_hash: bytes, at: datetime
) -> datetime | None:
    """When this name from this address may try again, None for now."""
    since = at - lockout.WINDOW
    if failures_from_address(session, address_hash, since) >= lockout.ADDRESS_LIMIT:
        return at + lockout.WINDOW
    failures = failures_since_success(session, login_name, at - lockout.MEMORY)
    until = lockout.locked_until(failures)
    return until if until is not None and at < until else None


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


def consent(session: Session, subject: str, purpose: ConsentPurpose) -> Consent | None:
    """The consent that stands for one purpose; None where none was given or it was taken back."""
    return session.scalar(
        select(Consent).where(
            Consent.subject == subject,
            Consent.purpose == purpose,
            Consent.withdrawn_at.is_(None),
        )
    )


def was_withdrawn(session: Session, subject: str, purpose: ConsentPurpose) -> bool:
    """Whether the last word on one purpose was to take it back."""
    query = (
        select(Consent.withdrawn_at)
        .where(Consent.subject == subject, Consent.purpose == purpose)
        .order_by(Consent.id.desc())
        .limit(1)
    )
    return session.scalar(query) is not None


def subjects_of(session: Session, actor: Actor) -> frozenset[str]:
    """Under which names consents of this person are kept; a payee's by the identity's hash."""
    if actor.user_id is None:
        return frozenset()
    own = {f"user:{actor.user_id}"}
    if actor.person_id is not None:
        own.add(f"person:{actor.person_id}")
        mark = session.scalar(select(Person.identity_hash).where(Person.id == actor.person_id))
        if mark is not None:
            own.add(of_payee(mark))
    return frozenset(own)


def consents_of(session: Session, actor: Actor) -> list[Consent]:
    """What this person agreed to, newest first, what was taken back included."""
    query = select(Consent).where(Consent.subject.in_(subjects_of(session, actor)))
    return list(session.scalars(query.order_by(Consent.id.desc())))
