"""Organisations: one, several, a page of them, those that wait."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from charity.paging import Page, page_of
from charity.registry import regions
from charity.registry.models import (
    Organisation,
    OrganisationKind,
    OrganisationState,
    PartnerAgreement,
)
from charity.registry.queries.places import region
from charity.rows import present


def organisation(session: Session, organisation_id: int) -> Organisation:
    """One organisation with its place; raises `NotFound`."""
    query = select(Organisation).where(Organisation.id == organisation_id)
    return present(session.scalar(query.options(joinedload(Organisation.region))))


def organisation_by_uscc(session: Session, uscc: str) -> Organisation | None:
    """The organisation with this credit code, if it is entered."""
    return session.scalar(select(Organisation).where(Organisation.uscc == uscc))


def organisations(session: Session, ids: Collection[int]) -> list[Organisation]:
    """These organisations, by id; what does not exist is left out."""
    query = select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)
    return list(session.scalars(query))


def is_empty(session: Session) -> bool:
    """Whether nobody has registered yet: a fresh installation."""
    return session.scalar(select(Organisation.id).limit(1)) is None


def organisations_page(
    session: Session,
    *,
    region_code: str | None = None,
    kind: OrganisationKind | None = None,
    page: int = 1,
) -> Page[Organisation]:
    """Verified organisations of a place and all below it, of one kind; registered before filed.

    Raises `NotFound` for a code of no place.
    """
    query = select(Organisation).where(Organisation.state == OrganisationState.VERIFIED)
    if region_code is not None:
        low, high = regions.bounds(region(session, region_code).code)
        query = query.where(Organisation.region_code >= low, Organisation.region_code <= high)
    if kind is not None:
        query = query.where(Organisation.kind == kind)
    # Registered ones before filed groups, the longest known first.
    query = query.options(joinedload(Organisation.region)).order_by(
        Organisation.uscc.is_(None), Organisation.id
    )
    return page_of(session, query, page)


def pending_organisations(session: Session) -> list[Organisation]:
    """Registrations that wait for the operator's staff, the longest waiting first."""
    query = (
        select(Organisation)
        .where(Organisation.state == OrganisationState.PENDING)
        .options(joinedload(Organisation.region))
        .order_by(Organisation.registered_at, Organisation.id)
    )
    return list(session.scalars(query))


def agreement_between(
    session: Session, charity_id: int, partner_id: int, on: date
) -> PartnerAgreement | None:
    """The agreement of 合作募捐 in force on a day in China, the one signed last (CHA-132)."""
    query = (
        select(PartnerAgreement)
        .where(
            PartnerAgreement.charity_id == charity_id,
            PartnerAgreement.partner_id == partner_id,
            PartnerAgreement.signed_on <= on,
            or_(PartnerAgreement.ends_on.is_(None), PartnerAgreement.ends_on >= on),
        )
        .order_by(PartnerAgreement.signed_on.desc(), PartnerAgreement.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def verified_organisations(session: Session) -> list[Organisation]:
    """Every verified organisation, by name."""
    query = select(Organisation).where(Organisation.state == OrganisationState.VERIFIED)
    return list(session.scalars(query.order_by(Organisation.name, Organisation.id)))
