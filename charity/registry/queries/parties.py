"""Organisations: one, several, a page of them, those that wait."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, and_, bindparam, func, not_, or_, select
from sqlalchemy.orm import Session, joinedload

from charity.paging import SIZE, Page
from charity.registry import regions
from charity.registry.models import (
    Organisation,
    OrganisationKind,
    OrganisationState,
    PartnerAgreement,
)
from charity.registry.queries.places import region, regions_managed
from charity.rows import present


def organisation(session: Session, organisation_id: int) -> Organisation:
    """One organisation with its place; raises `NotFound`."""
    query = select(Organisation).where(Organisation.id == organisation_id)
    return present(session.scalar(query.options(joinedload(Organisation.region))))


def organisation_by_uscc(session: Session, uscc: str) -> Organisation | None:
    """The organisation with this credit code, if it is entered."""
    return session.scalar(select(Organisation).where(Organisation.uscc == uscc))


def organisation_by_name(session: Session, name: str) -> Organisation | None:
    """The organisation of just this name, if it is entered."""
    return session.scalar(select(Organisation).where(Organisation.name == name))


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
    by_management: bool = False,
    page: int = 1,
) -> Page[Organisation]:
    """Verified organisations of a place and all below it, of one kind; registered before filed.

    What belongs to a place is told by the codes, or by who runs it (`by_management`, DIV-01). The
    longest known come first in each half. Each half has an index of its own in which a page is
    counted off, so the last page of a long list costs no more than the first. Raises `NotFound`
    for a code of no place.
    """
    asked: list[ColumnElement[bool]] = [_VERIFIED]
    if region_code is not None:
        asked.append(_in_place(session, region_code, by_management=by_management))
    if kind is not None:
        asked.append(Organisation.kind == kind)
    halves = [
        select(Organisation.id).where(*asked, half).order_by(Organisation.id)
        for half in (Organisation.uscc.is_not(None), Organisation.uscc.is_(None))
    ]
    counts = [select(func.count()).select_from(half.order_by(None).subquery()) for half in halves]
    first, second = session.execute(select(*(each.scalar_subquery() for each in counts))).one()
    total = first + second
    number = min(max(page, 1), max(1, -(-total // SIZE)))
    start = (number - 1) * SIZE
    shown = []
    if start < first:
        shown.append(halves[0].limit(SIZE).offset(start))
    if start + SIZE > first:
        taken = max(0, first - start)
        shown.append(halves[1].limit(SIZE - taken).offset(max(0, start - first)))
    query = (
        select(Organisation)
        .where(or_(*(Organisation.id.in_(half) for half in shown)))
        .options(joinedload(Organisation.region))
        .order_by(Organisation.uscc.is_(None), Organisation.id)
    )
    return Page(items=list(session.scalars(query)), number=number, size=SIZE, total=total)


def _in_place(session: Session, code: str, *, by_management: bool) -> ColumnElement[bool]:
    here = _within(region(session, code).code)
    if not by_management:
        return here
    added, taken = regions_managed(session, code)
    mine = or_(here, *(_within(place) for place in added))
    return and_(mine, *(not_(_within(place)) for place in taken))


def _within(code: str) -> ColumnElement[bool]:
    # No plain column: SQLite would take the index of places and sort all it finds there, though
    # the half's own index has the rows in order and their places beside them.
    return func.coalesce(Organisation.region_code, "").between(*regions.bounds(code))


#: The state as a word of the statement, or no database would use the index of just these rows.
_VERIFIED = Organisation.state == bindparam(
    "verified", OrganisationState.VERIFIED, type_=Organisation.state.type, literal_execute=True
)
_PENDING = Organisation.state == bindparam(
    "pending", OrganisationState.PENDING, type_=Organisation.state.type, literal_execute=True
)


def pending_organisations(session: Session, limit: int | None = None) -> list[Organisation]:
    """Registrations that wait for the operator's staff, the longest waiting first."""
    query = (
        select(Organisation)
        .where(_PENDING)
        .options(joinedload(Organisation.region))
        .order_by(Organisation.registered_at, Organisation.id)
        .limit(limit)
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
