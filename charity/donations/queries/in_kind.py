"""Offers of goods and services as their pages ask for them, and the written agreement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from charity.donations.models import InKindGift, InKindItem, InKindKind, InKindState
from charity.errors import CommonReason, NotFound
from charity.registry.models import Campaign
from charity.rows import present

#: Offers somebody on the staff must answer, or meet.
_WAITING = (InKindState.OFFERED, InKindState.ACCEPTED, InKindState.HALF_CONFIRMED)


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer with the campaign it is for."""

    gift: InKindGift
    campaign: Campaign


def offer(session: Session, gift_id: int) -> InKindGift:
    """One offer with its items; raises `NotFound`."""
    query = select(InKindGift).where(InKindGift.id == gift_id)
    return present(session.scalar(query.options(selectinload(InKindGift.items))))


def offer_by_token(session: Session, token: str) -> InKindGift:
    """The offer whose private page this secret opens; raises `NotFound`."""
    if not (token.isascii() and token.isprintable()):
        raise NotFound(CommonReason.NOT_FOUND)
    query = select(InKindGift).where(InKindGift.token == token)
    return present(session.scalar(query.options(selectinload(InKindGift.items))))


def item(session: Session, item_id: int) -> InKindItem:
    """One item; raises `NotFound`."""
    return present(session.get(InKindItem, item_id))


def offers(
    session: Session,
    organisation_ids: Collection[int] | None,
    *,
    waiting: bool = True,
    limit: int = 200,
) -> list[Offer]:
    """Offers to the campaigns of these organisations (None: of all).

    Those that wait for the staff, the oldest first; else those that are over, the latest first.
    """
    query = (
        select(InKindGift, Campaign)
        .join(Campaign, Campaign.id == InKindGift.campaign_id)
        .options(selectinload(InKindGift.items))
        .limit(limit)
    )
    if organisation_ids is not None:
        query = query.where(
            or_(
                Campaign.charity_id.in_(organisation_ids),
                Campaign.partner_id.in_(organisation_ids),
            )
        )
    if waiting:
        query = query.where(InKindGift.state.in_(_WAITING)).order_by(InKindGift.id)
    else:
        query = query.where(InKindGift.state.not_in(_WAITING)).order_by(InKindGift.id.desc())
    return [Offer(gift, campaign) for gift, campaign in session.execute(query)]


def offers_to_answer(
    session: Session, organisation_ids: Collection[int] | None, *, limit: int = 200
) -> list[Offer]:
    """Offers nobody has accepted or declined yet, the oldest first."""
    waiting = offers(session, organisation_ids, limit=limit)
    return [row for row in waiting if row.gift.state is InKindState.OFFERED]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a written agreement about a gift names (CHA-142); an empty part stops it."""

    giver: str
    receiver: str
    items: tuple[InKindItem, ...]
    purpose: str
    place: str
    delivery: date | None
    kind: InKindKind

    def gaps(self) -> tuple[str, ...]:
        """The names of the parts that are still empty, in the order of the paper."""
        parts = {
            "giver": bool(self.giver),
            "receiver": bool(self.receiver),
            "kind": all(each.name for each in self.items) and bool(self.items),
            "quantity": all(each.quantity and each.unit for each in self.items),
            "quality": self.kind is InKindKind.SERVICE
            or all(each.condition is not None for each in self.items),
            "purpose": bool(self.purpose),
            "place": bool(self.place),
            "delivery": self.delivery is not None,
        }
        return tuple(name for name, filled in parts.items() if not filled)


def agreement(session: Session, gift: InKindGift) -> Agreement:
    """The agreement about an offer, as far as it can be written now."""
    campaign = present(session.get(Campaign, gift.campaign_id))
    return Agreement(
        giver=gift.giver_name,
        receiver=campaign.charity.name,
        items=tuple(gift.items),
        purpose=campaign.title,
        place=gift.handover,
        delivery=gift.handover_on,
        kind=gift.kind,
    )
