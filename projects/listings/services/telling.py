"""Letters to who must act or wait: dispatchers, a unit's people, who ordered, a village.

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
from charity.registry import queries as registry
from charity.registry import regions
from charity.registry.models import Organisation, OrganisationState
from projects.listings.models import Booking, Claim, Need, Pairing, VillageFund
from projects.listings.policy.homeland import VILLAGE_KINDS


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
        addresses = _people(session, claim.organisation)
    elif claim.user_id is not None:
        addresses = [session.get_one(User, claim.user_id).login_name]
    _owe(session, claim.need, kind, f"claim-{claim.id}", addresses, claim_id=claim.id)


def tell_borrower(session: Session, booking: Booking) -> None:
    """Owe a guest the lender's answer, with the link to the guest's page."""
    if booking.token is not None:
        letters.write(
            session,
            source=f"booking:{booking.id}:{booking.state.value}",
            kind=f"booking.{booking.state.value}",
            address=booking.contact_phone,
            title=booking.resource.title,
            starts_at=booking.starts_at.isoformat(),
            token=booking.token,
        )


def tell_of_fund(session: Session, fund: VillageFund, kind: str) -> None:
    """Owe who decides, or the village's committee, a letter `village_fund.<kind>`."""
    if kind == "asked":
        # whoever publishes projects or keeps the register of the place decides about it
        codes = regions.chain(fund.region_code)
        addresses = [
            address
            for permission in (Permission.PROJECT_REVIEW, Permission.REGISTRY_KEEP)
            for address in _holders(session, permission, codes=codes)
        ]
    else:
        addresses = _people(session, fund.committee)
    for address in _mails(addresses):
        letters.write(
            session,
            source=f"village_fund:{fund.id}:{kind}:{fund.asked_at.isoformat()}:{address}"[:120],
            kind=f"village_fund.{kind}",
            address=address,
            region_code=fund.region_code,
            village_fund_id=fund.id,
            place=registry.region(session, fund.region_code).name,
            committee=fund.committee.name,
            note=fund.note,
        )


def tell_of_pairing(session: Session, pairing: Pairing, kind: str) -> None:
    """Owe the unit's people, and the committees of the place, a letter `pairing.<kind>`.

    Who is helped is not named in it, not even by a sign.
    """
    addresses = _people(session, pairing.organisation)
    committees = select(Organisation).where(
        Organisation.region_code == pairing.region_code,
        Organisation.kind.in_(VILLAGE_KINDS),
        Organisation.state == OrganisationState.VERIFIED,
    )
    for committee in session.scalars(committees):
        addresses += _people(session, committee)
    for address in _mails(addresses):
        letters.write(
            session,
            source=f"pairing:{pairing.id}:{kind}:{address}"[:120],
            kind=f"pairing.{kind}",
            address=address,
            pairing_id=pairing.id,
            unit=pairing.organisation.name,
            place=registry.region(session, pairing.region_code).name,
            starts_on=pairing.starts_on.isoformat(),
            ends_on=pairing.ends_on.isoformat(),
        )


def _mails(addresses: Iterable[str]) -> list[str]:
    """Each of these that a letter can be sent to, once."""
    return sorted({each for each in addresses if "@" in each})


def _people(session: Session, organisation: Organisation) -> list[str]:
    """The contact of an organisation and who manages its listings."""
    held = _holders(session, Permission.LISTING_MANAGE, organisation_id=organisation.id)
    return [organisation.contact_phone, *held]


def _holders(
    session: Session,
    permission: Permission,
    *,
    codes: list[str] | None = None,
    organisation_id: int = 0,
) -> list[str]:
    """The addresses of who holds a role with this permission there."""
    roles = [role for role, given in ROLE_PERMISSIONS.items() if permission in given]
    return [
        address
        for role in roles
        for address in _logins(session, role, codes=codes, organisation_id=organisation_id)
    ]


def _owe(
    session: Session,
    need: Need,
    kind: str,
    occasion: str,
    addresses: Iterable[str],
    **data: object,
) -> None:
    for address in _mails(addresses):
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
