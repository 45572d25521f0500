"""What the pages of goods and services show, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.donations import fitness
from charity.donations.models import InKindGift, InKindItem, InKindKind, InKindState
from charity.donations.queries import in_kind as queries
from charity.donations.queries.in_kind import Agreement, Offer
from charity.donations.services.handover import value_of_arrived
from charity.registry import queries as registry
from charity.registry.models import Campaign
from projects.listings import queries as listings
from web.filters import day, yuan
from web.labels import label
from web.pledges.pages import advertised, giver_for_staff, in_hours, managed
from web.ports import settings

_UNDER_WAY = (InKindState.ACCEPTED, InKindState.HALF_CONFIRMED)
_OPEN = (InKindState.OFFERED, InKindState.ACCEPTED)

#: Days before the last day of use at which a list says so.
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item in words."""

    item: InKindItem
    offered: str
    arrived: str | None
    #: Condition, last day of use, value with what it rests on; what is known of them.
    facts: str
    value: str
    #: Less or more came than was offered.
    differs: bool
    has_photo: bool


def item_view(gift: InKindGift, item: InKindItem) -> ItemView:
    """Put the words to an item."""
    facts = []
    if item.condition is not None:
        facts += [label(item.category), label(item.condition)]
    if item.expires_on is not None:
        facts.append(_("保质期到 %(day)s", day=day(item.expires_on)))
    return ItemView(
        item,
        amount_of(gift, item, item.quantity),
        None if item.arrived is None else amount_of(gift, item, item.arrived),
        " · ".join(str(fact) for fact in facts),
        value_of(gift, item),
        item.arrived is not None and item.arrived != item.quantity,
        item.photo is not None,
    )


def amount_of(gift: InKindGift, item: InKindItem, many: int) -> str:
    """So many units, or so many hours."""
    if gift.kind is InKindKind.SERVICE:
        return in_hours(many)
    return f"{many:,} {item.unit}"


def value_of(gift: InKindGift, item: InKindItem) -> str:
    """What an item is worth and how that is known; what has no value stands off the book."""
    if gift.kind is InKindKind.SERVICE:
        return str(_("服务只记时间，不入账"))
    if item.value is None or item.valuation_basis is None:
        return str(_("没有写价值：只记数量，不入账"))
    booked = value_of_arrived(item) if gift.state is InKindState.RECEIVED else None
    if booked is not None:
        return str(_("按实到入账 %(sum)s", sum=yuan(booked)))
    if gift.state is InKindState.RECEIVED:
        return str(_("没有收到，不入账"))
    rests = " ".join(each for each in (label(item.valuation_basis), item.evidence) if each)
    return str(_("%(sum)s（%(rests)s）", sum=yuan(item.value), rests=rests))


def own_context(session: Session, gift: InKindGift) -> dict[str, Any]:
    """The giver's page of one offer."""
    campaign = registry.campaign(session, gift.campaign_id)
    return _context(session, gift, campaign) | {
        "link": settings().base_url + url_for("goods.own", token=gift.token),
    }


def staff_context(session: Session, actor: Actor, gift: InKindGift) -> dict[str, Any]:
    """One offer at the desk."""
    campaign = registry.campaign(session, gift.campaign_id)
    return _context(session, gift, campaign) | {
        "giver": giver_for_staff(actor, campaign, gift),
        "tobacco": advertised(gift.giver_name, gift.message, *(i.name for i in gift.items)),
    }


def _context(session: Session, gift: InKindGift, campaign: Campaign) -> dict[str, Any]:
    locked = gift.locked_until is not None and gift.locked_until > clock.now()
    return {
        "gift": gift,
        "campaign": campaign,
        "project": listings.project_of_campaign(session, gift.campaign_id),
        "items": [item_view(gift, item) for item in gift.items],
        "is_service": gift.kind is InKindKind.SERVICE,
        "is_open": gift.state in _OPEN,
        "under_way": gift.state in _UNDER_WAY,
        "locked": gift.locked_until if locked else None,
        "gaps": queries.agreement(session, gift).gaps(),
        "least_days": fitness.LEAST_DAYS_LEFT,
    }


def missing(agreement: Agreement) -> list[str]:
    """The parts an agreement still lacks, in words."""
    words = {
        "giver": _("捐赠人的名字"),
        "receiver": _("受赠人的名字"),
        "kind": _("捐赠财产的种类"),
        "quantity": _("数量"),
        "quality": _("质量（新旧）"),
        "purpose": _("用途"),
        "place": _("交付地点"),
        "delivery": _("交付时间"),
    }
    return [str(words[name]) for name in agreement.gaps()]


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One offer in the staff's list."""

    url: str
    title: str
    what: str
    giver: str
    state: str
    manner: str
    when: str
    soon: bool


def desk_context(session: Session, actor: Actor) -> dict[str, Any]:
    """The staff's lists: what waits, and what is over."""
    ours = managed(actor)
    return {
        "waiting": [_row(actor, each) for each in queries.offers(session, ours)],
        "over": [
            _row(actor, each) for each in queries.offers(session, ours, waiting=False, limit=30)
        ],
    }


def _row(actor: Actor, offer: Offer) -> DeskRow:
    gift = offer.gift
    giver = giver_for_staff(actor, offer.campaign, gift)
    manners = {InKindState.OFFERED: "gold", InKindState.RECEIVED: "good"}
    expires = [item.expires_on for item in gift.items if item.expires_on is not None]
    return DeskRow(
        url=url_for("goods.manage", gift_id=gift.id),
        title=offer.campaign.title,
        what=_("、").join(
            f"{item.name} {amount_of(gift, item, item.quantity)}" for item in gift.items
        ),
        giver=giver[0] if giver else str(_("不对机构公开")),
        state=label(gift.state),
        manner=manners.get(gift.state, "jade" if gift.state in _UNDER_WAY else ""),
        when=day(gift.handover_on or gift.created_at),
        soon=bool(expires) and min(expires) < clock.today() + SOON,
    )
