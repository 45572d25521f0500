"""Letters to who must act: dispatchers, a unit's people, who ordered.

Accounts have no address of their own; a login name that is one, and what an orderer or a unit left
as contact, is written to where it is an e-mail address. Everybody else sees it on the desk.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import letters
from charity.accounts.models import Membership, User
from charity.actor import ROLE_PERMISSIONS, Permission, Role
from charity.registry import regions
from projects.listings.models import Claim, Need


def tell_orderer(session: Session, need: Need, kind: str, occasion: str = "") -> None:
    """Owe who ordered a letter `need.<kind>` with the link to the order's page."""
    _owe(session, need, kind, occasion, [need.contact_phone], token=need.token)


def tell_dispatchers(session: Session, need: Need, kind: str, region_code: str = "") -> None:
    """Owe the dispatchers of the need's place, or of another one, a letter `need.<kind>`."""
    code = region_code or need.region_code
    addresses = _logins(session, Role.DISPATCHER, codes=[code])
    if not region_code:
        addresses = _logins(session, Role.DISPATCHER, codes=regions.chain(code))
    _owe(session, need, kind, region_code, addresses)


def tell_unit(session: Session, claim: Claim, kind: str) -> None:
    """Owe the unit of a claim a letter `need.<kind>`."""
    addresses: list[str] = []
    if claim.organisation is not None:
        addresses = [claim.organisation.contact_phone]
        for role, permissions in ROLE_PERMISSIONS.items():
            if Permission.LISTING_MANAGE in permissions:
                addresses += _logins(session, role, organisation_id=claim.organisation.id)
    elif claim.user_id is not None:
        addresses = [session.get_one(User, claim.user_id).login_name]
    _owe(session, claim.need, kind, f"claim-{claim.id}", addresses, claim_id=claim.id)


def _owe(
    session: Session,
    need: Need,
    kind: str,
    occasion: str,
    addresses: Iterable[str],
    **data: object,
) -> None:
    for address in sorted({each for each in addresses if "@" in each}):
        letters.write(
            session,
            source=f"need:{need.id}:{kind}:{occasion}:{address}"[:120],
            kind=f"need.{kind}",
            address=address,
            need_id=need.id,
            title=need.title,
            due_at=need.due_at.isoformat() if need.due_at else "",
            **data,
        )


def _logins(
    session: Session, role: Role, *, codes: list[str] | None = None, organisation_id: int = 0
) -> list[str]:
    query = select(User.login_name).join(Membership, Membership.user_id == User.id)
    query = query.where(
        Membership.role == role,
        Membership.revoked_at.is_(None),
        User.closed_at.is_(None),
        User.login_name.contains("@", autoescape=True),
    )
    if codes is None:
        query = query.where(Membership.organisation_id == organisation_id)
    else:
        query = query.where(Membership.region_code.in_(codes))
    return list(session.scalars(query))
