"""Granting and revoking roles; a grant is kept for ever, with who gave it and who took it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import policy, queries
from charity.accounts.models import Membership
from charity.accounts.reasons import AccountsReason
from charity.actor import ROLE_PERMISSIONS, Actor, Grant, Permission, Role, require
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState, NotFound
from charity.registry import queries as registry_queries
from charity.registry import services as registry
from charity.registry.models import Organisation, OrganisationKind
from charity.rows import insert_or, locking, present


def grant_role(
    session: Session,
    actor: Actor,
    *,
    user_id: int,
    role: Role,
    organisation_id: int | None = None,
    region_code: str | None = None,
) -> Membership:
    """Let a user hold a role in an organisation, in a region and below, or on the platform.

    Held already, the grant that is there is returned. Raises `Denied` (for oneself SAME_PERSON),
    `Invalid` on `role` where it cannot be held in that scope (ROLE_SCOPE), `NotFound` for an
    unknown or closed user, organisation or region.
    """
    grantee = queries.user(session, user_id)
    if region_code is not None:
        region_code = registry_queries.region(session, region_code).code
    grant = Grant(role, organisation_id, region_code)
    require(policy.may_grant(actor, grantee, grant))
    if organisation_id is not None:
        registry_queries.organisation(session, organisation_id)
    if not policy.fits_scope(grant):
        raise Invalid(AccountsReason.ROLE_SCOPE, field="role", role=role)
    if grantee.closed_at is not None:
        raise NotFound(CommonReason.NOT_FOUND)
    return _grant(session, actor, user_id, grant)


def revoke_role(session: Session, actor: Actor, *, membership_id: int) -> Membership:
    """Take a role back; it is gone at the user's next request (A6).

    Raises `Denied`, `InvalidState` where it was revoked before, `Conflict` (LAST_OWNER) where an
    organisation would be left without an owner; only the installation itself may do that.
    """
    membership = _locked(session, membership_id)
    require(policy.may_revoke(actor, membership))
    if membership.revoked_at is not None:
        raise InvalidState(AccountsReason.ALREADY_REVOKED)
    if not actor.is_system and _is_last_owner(session, membership):
        raise Conflict(AccountsReason.LAST_OWNER)
    membership.revoked_at = clock.now()
    membership.revoked_by_user_id = actor.user_id
    session.flush()
    return membership


def keep_role(
    session: Session, actor: Actor, *, permission: Permission, organisation_id: int
) -> None:
    """Read the role afresh and keep it to the end of the transaction: nobody decides while leaving.

    A removal that was first is seen, one that comes later waits (A6). Raises `Denied` where the
    person no longer holds the permission in this organisation; the installation always does.
    """
    if actor.is_system:
        return
    roles = [role for role, held in ROLE_PERMISSIONS.items() if permission in held]
    everywhere = Membership.organisation_id.is_(None) & Membership.region_code.is_(None)
    query = (
        select(Membership.id)
        .where(
            Membership.user_id == actor.user_id,
            Membership.role.in_(roles),
            Membership.revoked_at.is_(None),
            (Membership.organisation_id == organisation_id) | everywhere,
        )
        .with_for_update(read=True)
    )
    if not session.scalars(query).all():
        raise Denied(CommonReason.NOT_PERMITTED)


def register_organisation_with_owner(
    session: Session,
    actor: Actor,
    *,
    name: str,
    kind: OrganisationKind,
    uscc: str | None,
    region_code: str,
    introduction: str,
    contact_name: str,
    contact_phone: str,
) -> Organisation:
    """Register an organisation and make who registers it its owner.

    Raises as `registry.services.register_organisation`. The installation itself becomes no owner.
    """
    organisation = registry.register_organisation(
        session,
        actor,
        name=name,
        kind=kind,
        uscc=uscc,
        region_code=region_code,
        introduction=introduction,
        contact_name=contact_name,
        contact_phone=contact_phone,
    )
    if actor.user_id is not None:
        _grant(session, actor, actor.user_id, Grant(Role.OWNER, organisation.id))
    return organisation


def _grant(session: Session, actor: Actor, user_id: int, grant: Grant) -> Membership:
    held = _held(session, user_id, grant)
    if held is not None:
        return held
    membership = Membership(
        user_id=user_id,
        role=grant.role,
        organisation_id=grant.organisation_id,
        region_code=grant.region_code,
        granted_at=clock.now(),
        granted_by_user_id=actor.user_id,
    )
    insert_or(session, membership, Conflict(AccountsReason.ROLE_HELD, field="role"))
    return membership


def _held(session: Session, user_id: int, grant: Grant) -> Membership | None:
    for membership in queries.memberships_of(session, user_id):
        if queries.grant_of(membership) == grant:
            return membership
    return None


def _locked(session: Session, membership_id: int) -> Membership:
    """The grant as it is now; its organisation is locked first, so two owners leave in turn."""
    membership = present(session.get(Membership, membership_id))
    if membership.organisation_id is not None:
        organisation = select(Organisation.id).where(Organisation.id == membership.organisation_id)
        session.execute(locking(organisation))
    session.refresh(membership, with_for_update={"key_share": True})
    return membership


def _is_last_owner(session: Session, membership: Membership) -> bool:
    """Whether nobody else owns the organisation."""
    if membership.role is not Role.OWNER:
        return False
    owners = select(Membership.id).where(
        Membership.organisation_id == membership.organisation_id,
        Membership.role == Role.OWNER,
        Membership.revoked_at.is_(None),
    )
    return list(session.scalars(owners)) == [membership.id]
