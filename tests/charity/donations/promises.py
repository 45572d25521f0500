"""Short words for promises and offers: what givers say, what staff answer."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.donations import services
from charity.donations.fitness import ItemDraft
from charity.donations.models import (
    Donation,
    GoodsCategory,
    GoodsCondition,
    InKindGift,
    InKindKind,
    Pledge,
    PledgeKind,
    Refund,
    RefundCause,
    RefundKind,
    RefundPath,
    RefundState,
)
from charity.donations.services import Promiser
from charity.donations.services.consequences import gift_refunded
from charity.money import Money
from charity.spending.models import Budget, Deliverable
from tests.charity.donations.giving import GUEST, SYSTEM, Giving
from tests.factories import make_actor

MODE = "qualified_charity"


def owner_of(giving: Giving) -> Actor:
    """Somebody on the staff of the charity."""
    charity = giving.campaign.charity_id
    return make_actor(giving.session, Grant(Role.OWNER, organisation_id=charity))


def deliverable_of(giving: Giving, unit_cost: Money) -> int:
    """Something countable the campaign makes, by its id."""
    budget = Budget(
        organisation_id=giving.campaign.charity_id,
        region_code="42",
        deliverables=[
            Deliverable(number=1, name="适老化改造", unit="户", unit_cost=unit_cost, target=20)
        ],
    )
    giving.session.add(budget)
    giving.session.flush()
    return budget.deliverables[0].id


def promise(giving: Giving, actor: Actor = GUEST, **changed: Any) -> Pledge:
    """A promise of 600 yuan within a month; any part may be changed."""
    said: dict[str, Any] = {
        "client_id": str(uuid.uuid4()),
        "campaign_id": giving.campaign.id,
        "kind": PledgeKind.MONEY,
        "promised_by": clock.today() + timedelta(days=30),
        "giver": Promiser(name="李四", contact="li@example.org"),
        "operator_mode": MODE,
    }
    said |= changed
    if said["kind"] is PledgeKind.MONEY and "unit_cost" not in said:
        said.setdefault("amount", Money.yuan(600))
    if said["kind"] is PledgeKind.GOODS:
        said = {"goods": "大米", "unit": "袋", "quantity": 10} | said
    if said["kind"] is PledgeKind.HOURS:
        said = {"quantity": 600} | said
    return services.make_pledge(giving.session, actor, **said)


def pay(giving: Giving, pledge: Pledge, amount: Money) -> Donation:
    """A gift for a promise, arrived."""
    donation = giving.begin(amount, pledge_id=pledge.id)
    remote = giving.check_out(donation.payments[0])
    giving.apply(giving.gateway.pay(remote))
    giving.session.refresh(donation)
    return donation


def send_back(session: Session, donation: Donation, amount: Money) -> Refund:
    """A refund that was sent, as what counts on the gift is told."""
    refund = Refund(
        donation_id=donation.id,
        payment_id=donation.payments[0].id,
        gateway=donation.payments[0].gateway,
        amount=amount,
        kind=RefundKind.VOLUNTARY,
        cause=RefundCause.DONOR_ASKED,
        path=RefundPath.GATEWAY,
        state=RefundState.SENT,
        created_at=clock.now(),
    )
    session.add(refund)
    session.flush()
    donation.refunded = donation.refunded + amount
    gift_refunded(session, SYSTEM, donation, refund)
    return refund


def rice(quantity: int = 10, expires_in: int | None = 200, **changed: Any) -> ItemDraft:
    """Bags of rice."""
    day = None if expires_in is None else clock.today() + timedelta(days=expires_in)
    said: dict[str, Any] = {
        "name": "大米",
        "quantity": quantity,
        "unit": "袋",
        "category": GoodsCategory.FOOD,
        "condition": GoodsCondition.NEW,
        "expires_on": day,
    }
    return ItemDraft(**(said | changed))


def offer(giving: Giving, *items: ItemDraft, actor: Actor = GUEST, **changed: Any) -> InKindGift:
    """An offer of ten bags of rice; any part may be changed."""
    said: dict[str, Any] = {
        "client_id": str(uuid.uuid4()),
        "campaign_id": giving.campaign.id,
        "kind": InKindKind.GOODS,
        "items": items or (rice(),),
        "giver": Promiser(name="王五粮油店", contact="wang@example.org"),
        "operator_mode": MODE,
    }
    return services.offer(giving.session, actor, **(said | changed))


def meet(
    giving: Giving, staff: Actor, gift: InKindGift, *arrived: int, day: date | None = None
) -> None:
    """Both sides enter the other's code; what arrived in the order of the items, else all."""
    counts = arrived or [item.quantity for item in gift.items]
    services.confirm_as_receiver(
        giving.session,
        staff,
        gift_id=gift.id,
        code=gift.giver_code,
        arrived={item.id: many for item, many in zip(gift.items, counts, strict=True)},
    )
    services.confirm_as_giver(giving.session, GUEST, gift_id=gift.id, code=gift.receiver_code)
