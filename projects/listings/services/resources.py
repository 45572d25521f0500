"""Offer, change, pause, resume and withdraw what units and their teams can give."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.actor import Actor, require
from charity.errors import Invalid, InvalidState
from charity.registry.models import Organisation, Region, VolunteerTeam
from charity.rows import insert_new, locking, present
from projects.listings import intake, measures, policy
from projects.listings.models import (
    BeneficiaryGroup,
    Booking,
    BookingState,
    Claim,
    ClaimState,
    ListingCategory,
    Resource,
    ResourceKind,
    ResourceState,
)
from projects.listings.reasons import NeedsReason
from projects.listings.services.counting import touch
from projects.listings.services.locking import lock_resource
from projects.listings.services.repeats import made_before
from projects.listings.services.soundness import require_unrestricted


def post_resource(
    session: Session,
    actor: Actor,
    *,
    client_id: str,
    title: str,
    kind: ResourceKind,
    category: ListingCategory,
    organisation_id: int,
    region_code: str,
    serves_code: str,
    quantity: int | None,
    unit: str = "",
    item: str = "",
    starts_on: date,
    ends_on: date | None = None,
    conditions: str = "",
    description: str = "",
    beneficiary_group: BeneficiaryGroup | None = None,
    team_id: int | None = None,
    source: str | None = None,
) -> Resource:
    """Offer something for a verified organisation, or for one of its teams (`team_id`).

    `serves_code` is the place within which it can be had. Quantities as needs count; None: no end
    is known. The same `client_id` answers the offer that is there. Raises `Invalid` beside the
    field, `Denied`, `NotFound`.
    """
    query = select(Resource).where(Resource.client_id == intake.client_id(client_id))
    known = made_before(session.scalar(query), organisation_id=organisation_id, source=source)
    if known is not None:
        return known
    require(policy.may_post_listing(actor, present(session.get(Organisation, organisation_id))))
    require_unrestricted(session, organisation_id)
    _require_team(session, team_id, organisation_id)
    columns = _columns(
        session, kind=kind, title=title, category=category, region_code=region_code,
        serves_code=serves_code, quantity=quantity, unit=unit, item=item, starts_on=starts_on,
        ends_on=ends_on, conditions=conditions, description=description,
        beneficiary_group=beneficiary_group, imported=source is not None,
    )  # fmt: skip
    resource = insert_new(
        session,
        Resource,
        **columns,
        client_id=client_id,
        kind=kind,
        organisation_id=organisation_id,
        team_id=team_id,
        posted_by_user_id=actor.user_id,
        posted_at=clock.now(),
        source=source,
    )
    if resource is None:
        same = Resource.client_id == client_id if source is None else Resource.source == source
        return present(session.scalar(select(Resource).where(same)))
    touch(session, resource)
    outbox.write(session, "resource.posted", f"resource:{resource.id}")
    return resource


def change_resource(
    session: Session,
    actor: Actor,
    *,
    resource_id: int,
    title: str,
    category: ListingCategory,
    region_code: str,
    serves_code: str,
    quantity: int | None,
    unit: str = "",
    item: str = "",
    starts_on: date,
    ends_on: date | None = None,
    conditions: str = "",
    description: str = "",
    beneficiary_group: BeneficiaryGroup | None = None,
) -> Resource:
    """Write an offer anew; its kind, organisation and team stay.

    Raises `Invalid` beside the field (`quantity` below what is promised, another `unit` once some
    is), `InvalidState` once it was withdrawn, `Denied`.
    """
    resource = _managed(session, actor, resource_id)
    if resource.state is ResourceState.WITHDRAWN:
        resource.move_to(ResourceState.OPEN)
    if quantity is not None and quantity < resource.promised:
        reason = NeedsReason.BELOW_PROMISED
        left = measures.said(resource.kind, resource.unit, resource.promised)
        raise Invalid(reason, field="quantity", **left)
    columns = _columns(
        session, kind=resource.kind, title=title, category=category, region_code=region_code,
        serves_code=serves_code, quantity=quantity, unit=unit, item=item, starts_on=starts_on,
        ends_on=ends_on, conditions=conditions, description=description,
        beneficiary_group=beneficiary_group, imported=resource.source is not None,
    )  # fmt: skip
    if resource.promised and columns["unit"] != resource.unit:
        # so many of the old unit are promised already
        raise Invalid(NeedsReason.STILL_CLAIMED, field="unit")
    for name, value in columns.items():
        setattr(resource, name, value)
    if resource.state is ResourceState.USED_UP and resource.rest != 0:
        resource.move_to(ResourceState.OPEN)
    elif resource.state is ResourceState.OPEN and resource.rest == 0:
        resource.move_to(ResourceState.USED_UP)
    return _changed(session, resource, "changed")


def pause_resource(session: Session, actor: Actor, *, resource_id: int) -> Resource:
    """Take an offer off the list for a while; what is promised stands."""
    resource = _managed(session, actor, resource_id)
    resource.move_to(ResourceState.PAUSED)
    return _changed(session, resource, "paused")


def resume_resource(session: Session, actor: Actor, *, resource_id: int) -> Resource:
    """Put a paused offer back on the list."""
    resource = _managed(session, actor, resource_id)
    if resource.state is not ResourceState.PAUSED:
        raise InvalidState(NeedsReason.RESOURCE_NOT_OPEN)
    resource.move_to(ResourceState.OPEN)
    if resource.rest == 0:
        resource.move_to(ResourceState.USED_UP)
    return _changed(session, resource, "resumed")


def withdraw_resource(session: Session, actor: Actor, *, resource_id: int) -> Resource:
    """Take an offer back for good; proposals on it fall, promises and bookings stand.

    Raises `InvalidState` while a claim it is promised to or an agreed booking is not over.
    """
    resource = _managed(session, actor, resource_id)
    held = select(Claim.id).where(
        Claim.resource_id == resource.id,
        Claim.state.in_((ClaimState.ACCEPTED, ClaimState.SERVED)),
    )
    lent = select(Booking.id).where(
        Booking.resource_id == resource.id, Booking.state == BookingState.AGREED
    )
    if session.scalar(held.limit(1)) is not None or session.scalar(lent.limit(1)) is not None:
        raise InvalidState(NeedsReason.STILL_CLAIMED)
    resource.move_to(ResourceState.WITHDRAWN)
    resource.closed_at = clock.now()
    asked = select(Claim).where(
        Claim.resource_id == resource.id, Claim.state == ClaimState.PROPOSED
    )
    for claim in session.scalars(locking(asked.order_by(Claim.id))):
        claim.move_to(ClaimState.WITHDRAWN)
        claim.answered_at = resource.closed_at
    return _changed(session, resource, "withdrawn")


def _managed(session: Session, actor: Actor, resource_id: int) -> Resource:
    resource = lock_resource(session, resource_id)
    require(policy.may_manage_resource(actor, resource))
    return resource


def _changed(session: Session, resource: Resource, what: str) -> Resource:
    touch(session, resource)
    outbox.write(session, f"resource.{what}", f"resource:{resource.id}")
    return resource


def _require_team(session: Session, team_id: int | None, organisation_id: int) -> None:
    if team_id is None:
        return
    team = session.get(VolunteerTeam, team_id)
    if team is None or team.organisation_id != organisation_id or team.disbanded_on is not None:
        raise Invalid(NeedsReason.TEAM_OF_OTHER, field="team_id")


def _columns(
    session: Session,
    *,
    kind: ResourceKind,
    title: str,
    category: ListingCategory,
    region_code: str,
    serves_code: str,
    quantity: int | None,
    unit: str,
    item: str,
    starts_on: date,
    ends_on: date | None,
    conditions: str,
    description: str,
    beneficiary_group: BeneficiaryGroup | None,
    imported: bool,
) -> dict[str, object]:
    """What an offer says of itself, cleaned, as its columns; raises `Invalid` beside the field."""
    intake.require_place(session.get(Region, region_code), "region_code", imported=imported)
    if session.get(Region, serves_code) is None:
        intake.require_place(None, "serves_code")
    intake.require_period(starts_on, ends_on, may_be_over=imported)
    amount, unit = intake.quantity_of(kind, quantity, unit)
    cleaned = intake.public_line(title, field="title")
    intake.require_no_name(cleaned)
    return {
        "title": cleaned,
        "description": intake.public_prose(description, field="description"),
        "conditions": intake.public_prose(conditions, field="conditions"),
        "item": intake.public_line(item, field="item", required=False),
        "category": category,
        "beneficiary_group": beneficiary_group,
        "region_code": region_code,
        "serves_code": serves_code,
        "quantity": amount,
        "unit": unit,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
