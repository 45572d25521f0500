"""The one order in which rows of the lists are locked: needs, resources, claims; ids ascending.

What is promised is added by a statement that does nothing where too little is left, so that the
lock, the statement and the table's CHECK each stand alone against a second promise of one piece.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm import Session

from charity.errors import Conflict, ReasonCode
from charity.rows import locked, locking, present
from projects.listings.measures import said
from projects.listings.models import Claim, Need, Resource, ResourceState
from projects.listings.reasons import NeedsReason


def lock_need(session: Session, need_id: int) -> Need:
    """The need, locked until the unit ends and read afresh; raises `NotFound`."""
    return locked(session, select(Need).where(Need.id == need_id))


def lock_needs(session: Session, need_ids: Collection[int]) -> dict[int, Need]:
    """These needs, locked in the order of their ids."""
    query = select(Need).where(Need.id.in_(need_ids)).order_by(Need.id)
    return {need.id: need for need in session.scalars(locking(query))}


def lock_resource(session: Session, resource_id: int) -> Resource:
    """The resource, locked until the unit ends and read afresh; raises `NotFound`."""
    return locked(session, select(Resource).where(Resource.id == resource_id))


def lock_claim(session: Session, claim_id: int) -> Claim:
    """A claim behind its need and its resource, all locked; raises `NotFound`."""
    found = present(
        session.execute(
            select(Claim.need_id, Claim.resource_id).where(Claim.id == claim_id)
        ).one_or_none()
    )
    lock_need(session, found.need_id)
    if found.resource_id is not None:
        lock_resource(session, found.resource_id)
    return locked(session, select(Claim).where(Claim.id == claim_id))


def take(session: Session, claim: Claim) -> None:
    """Promise the claim's part of its need, and of its resource where it names one.

    Raises `Conflict` (ONLY_LEFT or RESOURCE_ONLY_LEFT, parameter `left`) where too little is left.
    """
    if claim.quantity is None:
        return
    _add(session, claim.need, claim.quantity, NeedsReason.ONLY_LEFT)
    if claim.resource is not None:
        _add(session, claim.resource, claim.quantity, NeedsReason.RESOURCE_ONLY_LEFT)
        if claim.resource.rest == 0 and claim.resource.state is ResourceState.OPEN:
            claim.resource.move_to(ResourceState.USED_UP)


def give_back(session: Session, claim: Claim, quantity: int) -> None:
    """What of the claim's part will not come is free again, for the need and the resource."""
    if quantity <= 0:
        return
    claim.need.promised = max(claim.need.promised - quantity, 0)
    if claim.resource is not None:
        claim.resource.promised = max(claim.resource.promised - quantity, 0)
        if claim.resource.state is ResourceState.USED_UP and claim.resource.rest:
            claim.resource.move_to(ResourceState.OPEN)
    session.flush()


def _add(session: Session, row: Need | Resource, quantity: int, short: ReasonCode) -> None:
    model = type(row)
    session.flush()
    statement = (
        update(model)
        .where(
            model.id == row.id,
            or_(model.quantity.is_(None), model.promised + quantity <= model.quantity),
        )
        .values(promised=model.promised + quantity)
        .execution_options(synchronize_session=False)
    )
    added = cast("CursorResult[Any]", session.execute(statement)).rowcount
    session.refresh(row, ["promised", "quantity"])
    if not added:
        raise Conflict(short, **said(row.kind, row.unit, row.rest))
