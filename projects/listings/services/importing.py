"""Lists of needs and resources on their way in: judged first, then brought in through the verbs.

Each row goes through the same door as a form: the same refusals, the same referral of a plea for
one person, the same public record. A row is known again by its source, so the same list twice, or
an interrupted one begun again, brings nothing twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.errors import Invalid
from projects.listings import intake, policy
from projects.listings.models import Need, NeedState
from projects.listings.queries.importing import (
    Bringing,
    JudgedListing,
    ListingOutcome,
    flaw_of,
    judge_listings,
)
from projects.listings.reading import ListedNeed, ListedResource, ListingRow
from projects.listings.services.needs import confirm_need, order_need
from projects.listings.services.resources import post_resource

#: Rows that are judged and written in one unit.
LISTING_PORTION = 200


def import_listings(
    session: Session, actor: Actor, *, bringing: Bringing, rows: Sequence[ListingRow]
) -> list[JudgedListing]:
    """Bring in the rows that are right; what is refused is told and left.

    Needs wait for the community as orders; with `bringing.confirms` those of places the actor
    dispatches in become public at once. Raises `Denied`, and `Invalid` on `campaign_id` where the
    campaign cannot take the gifts that would come.
    """
    judged = judge_listings(session, actor, rows, bringing)
    return [_bring(session, actor, each, bringing) for each in judged]


def _bring(
    session: Session, actor: Actor, each: JudgedListing, bringing: Bringing
) -> JudgedListing:
    if each.outcome not in (ListingOutcome.NEW, ListingOutcome.REFERRED):
        return each
    said = each.row.said
    try:
        if isinstance(said, ListedResource):
            _post(session, actor, each, said)
            return each
        if isinstance(said, ListedNeed):
            need = _order(session, actor, each, said, bringing)
    except Invalid as refusal:
        flaws = (*each.flaws, flaw_of(each.row, refusal))
        return replace(each, outcome=ListingOutcome.REFUSED, flaws=flaws)
    _confirm(session, actor, need, bringing)
    return each


def _order(
    session: Session, actor: Actor, each: JudgedListing, said: ListedNeed, bringing: Bringing
) -> Need:
    return order_need(
        session,
        actor,
        # a row is known by its source; who guessed this id would be shown the order
        client_id=str(uuid.uuid4()),
        title=said.title,
        kind=said.kind,
        category=said.category,
        beneficiary_group=said.beneficiary_group,
        region_code=said.region_code,
        quantity=said.quantity,
        unit=said.unit,
        item=said.item,
        starts_on=said.starts_on,
        ends_on=said.ends_on,
        urgency=said.urgency,
        conditions=said.conditions,
        people=said.people,
        description=said.description,
        contact_name=said.contact_name,
        contact_phone=said.contact_phone,
        address=said.address,
        organisation_id=bringing.organisation_id,
        source=each.source,
    )


def _confirm(session: Session, actor: Actor, need: Need, bringing: Bringing) -> None:
    if not bringing.confirms or need.state is not NeedState.ORDERED:
        return
    if not policy.dispatches(actor, need.region_code):
        return
    campaign_id = bringing.campaign_id if need.kind in intake.GIFTS else None
    if need.kind in intake.GIFTS and campaign_id is None:
        # whoever dispatches chooses where the gifts go
        return
    confirm_need(session, actor, need_id=need.id, campaign_id=campaign_id)


def _post(session: Session, actor: Actor, each: JudgedListing, said: ListedResource) -> None:
    if each.organisation_id is None:
        return
    post_resource(
        session,
        actor,
        client_id=str(uuid.uuid4()),
        title=said.title,
        kind=said.kind,
        category=said.category,
        beneficiary_group=said.beneficiary_group,
        organisation_id=each.organisation_id,
        region_code=said.region_code,
        serves_code=said.serves_code,
        quantity=said.quantity,
        unit=said.unit,
        item=said.item,
        starts_on=said.starts_on,
        ends_on=said.ends_on,
        conditions=said.conditions,
        description=said.description,
        source=each.source,
    )
