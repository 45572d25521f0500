"""A claim of money or goods is a promise (认捐) in `donations`, kept there by gifts."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import String, cast, literal, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.donations import services as donations
from charity.donations.models import (
    GiverKind,
    Pledge,
    PledgeFulfilment,
    PledgeKind,
    PledgeState,
)
from charity.errors import Invalid, InvalidState
from charity.money import Money
from charity.registry import queries as registry
from charity.registry.models import OrganisationKind
from projects.listings import policy
from projects.listings.intake import GIFT_RECORD
from projects.listings.models import Claim, ClaimState, ResourceKind, ServiceRecord
from projects.listings.reasons import NeedsReason

#: Days in which a promise without a window is to be kept.
KEPT_WITHIN_DAYS = 30
#: Promises nobody keeps any more.
GONE = frozenset({PledgeState.WITHDRAWN, PledgeState.HARDSHIP_RELEASED, PledgeState.LAPSED})


def make(session: Session, actor: Actor, claim: Claim, operator_mode: str) -> None:
    """Promise in the unit's name what it accepted; the campaign's reasons pass on as `Denied`."""
    need, unit = claim.need, claim.organisation
    if need.campaign_id is None:
        raise InvalidState(NeedsReason.CAMPAIGN_NEEDED)
    if unit is None or claim.quantity is None:
        raise Invalid(NeedsReason.QUANTITY_NEEDED, field="quantity")
    money = need.kind is ResourceKind.MONEY
    last = registry.campaign(session, need.campaign_id).ends_on
    today = clock.today()
    by = max(need.ends_on or today + timedelta(days=KEPT_WITHIN_DAYS), today)
    pledge = donations.make_pledge(
        session,
        # the unit promises, whoever pressed the button
        actor if policy.stands_for_unit(actor, claim) else Actor.guest(),
        # never a name somebody could guess: a promise made under it before would be taken for this
        client_id=str(uuid.uuid4()),
        campaign_id=need.campaign_id,
        kind=PledgeKind.MONEY if money else PledgeKind.GOODS,
        promised_by=max(min(by, last), today),
        giver=donations.Promiser(
            kind=GiverKind.ENTERPRISE
            if unit.kind is OrganisationKind.ENTERPRISE
            else GiverKind.UNIT,
            name=unit.name,
            name_is_public=True,
            is_shown_to_organisation=True,
            contact=unit.contact_phone,
        ),
        amount=Money(claim.quantity) if money else None,
        quantity=1 if money else claim.quantity,
        goods="" if money else need.item or need.title,
        unit="" if money else need.unit or (claim.resource.unit if claim.resource else ""),
        operator_mode=operator_mode,
    )
    claim.pledge_id = pledge.id


def take_back(session: Session, actor: Actor, claim: Claim) -> None:
    """With the claim goes its promise, unless a part of it was kept; raises `InvalidState`."""
    if claim.pledge_id is None:
        return
    pledge = session.get_one(Pledge, claim.pledge_id)
    if pledge.state not in GONE:
        # a gift that came and is not taken in yet counts too: it refuses
        donations.withdraw_pledge(session, actor, pledge_id=pledge.id)


def source_of(part_id: int) -> str:
    """The `client_id` of the service record that takes a fulfilment in."""
    return f"{GIFT_RECORD}{part_id}"


def new_fulfilments(session: Session, limit: int) -> list[tuple[PledgeFulfilment, int]]:
    """What kept promises of claims and was not taken in yet, with its claim, oldest first."""
    source = literal(GIFT_RECORD) + cast(PledgeFulfilment.id, String)
    known = select(ServiceRecord.id).where(ServiceRecord.client_id == source)
    query = (
        select(PledgeFulfilment, Claim.id)
        .join(Claim, Claim.pledge_id == PledgeFulfilment.pledge_id)
        .where(~known.exists())
        .order_by(PledgeFulfilment.id)
        .limit(limit)
    )
    return [(part, claim_id) for part, claim_id in session.execute(query)]


def claims_let_down(session: Session, limit: int) -> list[int]:
    """Accepted claims whose promise was taken back, released or closed before it was kept."""
    query = (
        select(Claim.id)
        .join(Pledge, Pledge.id == Claim.pledge_id)
        .where(Claim.state == ClaimState.ACCEPTED, Pledge.state.in_(GONE))
    )
    return list(session.scalars(query.order_by(Claim.need_id, Claim.id).limit(limit)))


def is_kept(session: Session, claim: Claim) -> bool:
    """Whether the claim's promise is kept whole."""
    if claim.pledge_id is None:
        return False
    return session.get_one(Pledge, claim.pledge_id).state is PledgeState.KEPT
