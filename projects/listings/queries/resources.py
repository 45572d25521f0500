"""Resources: the public list, one offer, its calendar, and what an organisation offers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal, or_, select
from sqlalchemy.orm import Session, joinedload

from charity import clock
from charity.registry import regions
from charity.rows import present
from projects.listings.keysets import SIZE, KeysetPage
from projects.listings.models import (
    BeneficiaryGroup,
    Booking,
    BookingState,
    ListingCategory,
    Resource,
    ResourceKind,
    ResourceState,
)
from projects.listings.queries.paging import in_states, keyset_page

#: Offers everybody may read.
PUBLIC_RESOURCES = frozenset({ResourceState.OPEN, ResourceState.USED_UP})


@dataclass(frozen=True, slots=True)
class ResourceFilter:
    """What a reader asks of the list; nothing given asks for everything that is public."""

    #: What lies in a place or below it, or can be had there.
    region_code: str = ""
    kind: ResourceKind | None = None
    category: ListingCategory | None = None
    #: Meant for this group, or for anybody.
    group: BeneficiaryGroup | None = None
    state: ResourceState | None = None
    words: str = ""
    unknown: bool = False
    organisation_id: int | None = None
    team_id: int | None = None


def public_resources(
    session: Session,
    asked: ResourceFilter = ResourceFilter(),
    *,
    after: str = "",
    before: str = "",
    last: bool = False,
    size: int = SIZE,
) -> KeysetPage[Resource]:
    """Offers on the list, newest first, with place, organisation and team: one question a page.

    Raises `ValueError` for a place that is no division code.
    """
    query = select(Resource).options(*_LOADED)
    query = query.where(in_states(Resource.state, PUBLIC_RESOURCES, asked.state))
    if asked.region_code:
        low, high = regions.bounds(asked.region_code)
        query = query.where(
            or_(
                Resource.region_code.between(low, high),
                # no IN: an OR of two indexes would be read whole and sorted
                literal(low).startswith(Resource.serves_code),
            )
        )
    equals = {
        Resource.kind: asked.kind,
        Resource.category: asked.category,
        Resource.organisation_id: asked.organisation_id,
        Resource.team_id: asked.team_id,
    }
    query = query.where(*(column == value for column, value in equals.items() if value is not None))
    if asked.group is not None:
        group = Resource.beneficiary_group
        query = query.where(or_(group == asked.group, group.is_(None)))
    if asked.unknown:
        query = query.where(Resource.quantity.is_(None))
    if asked.words:
        query = query.where(
            or_(
                Resource.title.contains(asked.words, autoescape=True),
                Resource.item.contains(asked.words, autoescape=True),
            )
        )
    return keyset_page(session, query, Resource, after=after, before=before, last=last, size=size)


def resource(session: Session, resource_id: int) -> Resource:
    """One offer with places, organisation and team; raises `NotFound`."""
    query = select(Resource).where(Resource.id == resource_id)
    return present(session.scalar(query.options(*_LOADED, joinedload(Resource.serves))))


_LOADED = (
    joinedload(Resource.region),
    joinedload(Resource.organisation),
    joinedload(Resource.team),
)


def resources_of(
    session: Session, organisation_ids: Collection[int], *, limit: int = 200
) -> list[Resource]:
    """All offers of these organisations in every state, newest first."""
    query = select(Resource).where(Resource.organisation_id.in_(organisation_ids))
    query = query.options(*_LOADED).order_by(Resource.id.desc()).limit(limit)
    return list(session.scalars(query))


def bookings_between(
    session: Session, resource_id: int, first: datetime, last: datetime
) -> list[Booking]:
    """Agreed bookings that touch the time between two instants, in order."""
    query = select(Booking).where(
        Booking.resource_id == resource_id,
        Booking.state == BookingState.AGREED,
        Booking.starts_at < last,
        Booking.ends_at > first,
    )
    return list(session.scalars(query.order_by(Booking.starts_at, Booking.id)))


def bookings_of(session: Session, resource_id: int, *, limit: int = 100) -> list[Booking]:
    """All bookings of an offer, for its lender, newest first."""
    query = select(Booking).where(Booking.resource_id == resource_id)
    return list(session.scalars(query.order_by(Booking.id.desc()).limit(limit)))


def booking_by_token(session: Session, token: str) -> Booking:
    """The booking of the guest who holds this secret; raises `NotFound`."""
    return present(session.scalar(select(Booking).where(Booking.token == token)))


def bookings_waiting(session: Session, organisation_ids: Collection[int]) -> list[Booking]:
    """What these lenders were asked for and have not answered, and what is overdue to come back."""
    now = clock.now()
    query = (
        select(Booking)
        .join(Booking.resource)
        .where(
            Resource.organisation_id.in_(organisation_ids),
            or_(
                Booking.state == BookingState.ASKED,
                (Booking.state == BookingState.AGREED) & (Booking.ends_at < now),
            ),
        )
        .options(joinedload(Booking.resource))
        .order_by(Booking.starts_at, Booking.id)
    )
    return list(session.scalars(query))
