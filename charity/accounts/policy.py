"""Who may make accounts, grant and revoke roles, and end sessions.

Administrators hand out roles but hold none of the money's own; nobody grants a role to themself,
under any account of theirs. An organisation's owner chooses its owners and editors.
"""

from __future__ import annotations

from collections.abc import Collection

from charity.accounts.models import Consent, Membership, User
from charity.actor import Actor, Grant, Permission, Role, Verdict
from charity.errors import CommonReason

#: Roles an organisation's owner may grant and revoke there.
OWNERS_ROLES = frozenset({Role.OWNER, Role.EDITOR})

#: Roles that speak for one organisation or touch its money: they are held there and nowhere else.
_IN_ORGANISATION = frozenset(
    {Role.OWNER, Role.EDITOR, Role.APPROVER, Role.TREASURER, Role.ORGANISER}
)
#: Roles of an authority: held for a place or everywhere, never in an organisation.
_OF_AUTHORITY = frozenset({Role.REGULATOR, Role.INSPECTOR})


def fits_scope(grant: Grant) -> bool:
    """Whether the role can be held in that scope; administrators on the platform only."""
    if grant.organisation_id is not None and grant.region_code is not None:
        return False
    if grant.role in _OF_AUTHORITY:
        return grant.organisation_id is None
    if grant.role in _IN_ORGANISATION:
        return grant.organisation_id is not None
    return grant.role is not Role.ADMINISTRATOR or grant.is_platform


def may_manage_users(actor: Actor) -> Verdict:
    """The installation and its administrators."""
    if actor.is_system or actor.holds(Permission.ACCOUNTS_MANAGE):
        return Verdict.yes()
    return Verdict.no()


def may_grant(actor: Actor, grantee: User, grant: Grant) -> Verdict:
    """Administrators any role, owners theirs in their organisation; never to the same person."""
    if actor.is_system:
        return Verdict.yes()
    if not _reaches(actor, grant.role, grant.organisation_id):
        return Verdict.no()
    if grantee.person_id == actor.person_id:
        return Verdict.no(CommonReason.SAME_PERSON)
    return Verdict.yes()


def may_revoke(actor: Actor, membership: Membership) -> Verdict:
    """Who might grant it, and everybody their own."""
    if actor.is_system or _reaches(actor, membership.role, membership.organisation_id):
        return Verdict.yes()
    if actor.user_id is not None and membership.user_id == actor.user_id:
        return Verdict.yes()
    return Verdict.no()


def may_end_sessions(actor: Actor, user_id: int) -> Verdict:
    """One's own, or any for those who manage accounts."""
    if actor.user_id is not None and actor.user_id == user_id:
        return Verdict.yes()
    return may_manage_users(actor)


def may_reset_factor(actor: Actor, holder: User) -> Verdict:
    """Who manages accounts, for another person; nobody takes away their own second factor."""
    if actor.person_id is not None and holder.person_id == actor.person_id:
        return Verdict.no(CommonReason.SAME_PERSON)
    return may_manage_users(actor)


def _reaches(actor: Actor, role: Role, organisation_id: int | None) -> bool:
    if actor.holds(Permission.ACCOUNTS_MANAGE):
        return True
    return (
        role in OWNERS_ROLES
        and organisation_id is not None
        and actor.holds(Permission.ORGANISATION_EDIT, organisation_id=organisation_id)
    )


def may_record_consent(actor: Actor, subject: str) -> Verdict:
    """One's own consent, or that of somebody without an account, which a person saw signed."""
    if actor.is_system:
        return Verdict.yes()
    if not actor.is_signed_in:
        return Verdict.no(CommonReason.SIGN_IN_FIRST)
    if subject.startswith("user:") and subject != f"user:{actor.user_id}":
        return Verdict.no()
    return Verdict.yes()


def may_withdraw_consent(actor: Actor, consent: Consent, own: Collection[str]) -> Verdict:
    """Whose it is (`own` are the actor's subjects), and who recorded it for them."""
    if actor.is_system or consent.subject in own:
        return Verdict.yes()
    if actor.user_id is not None and consent.recorded_by_user_id == actor.user_id:
        return Verdict.yes()
    return Verdict.absent()
