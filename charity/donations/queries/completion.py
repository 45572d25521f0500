"""How far a campaign is, in money, goods and hours: wanted where known, promised, arrived.

Promised is what is still to come: the rest of promises that stand, and offers of goods that were
accepted. What arrived is counted from the gifts themselves, refunds taken off, so each figure ties
to rows anybody may add up.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import String, cast, exists, func, literal, select, union
from sqlalchemy.orm import Session

from charity.donations.models import (
    STANDING_PLEDGES,
    Donation,
    DonationState,
    InKindGift,
    InKindItem,
    InKindKind,
    InKindState,
    Pledge,
    PledgeFulfilment,
    PledgeHours,
    PledgeKind,
    PledgeState,
)
from charity.registry.models import Campaign
from charity.rows import present

#: Offers that are as good as a promise: the receiver said yes.
_COMING = (InKindState.ACCEPTED, InKindState.HALF_CONFIRMED)
_ENDED_UNKEPT = (PledgeState.WITHDRAWN, PledgeState.LAPSED)


class Measure(enum.StrEnum):
    """What is counted."""

    MONEY = "money"
    GOODS = "goods"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Progress:
    """One measure of a campaign: fen of money, units of one kind of goods, or minutes."""

    measure: Measure
    promised: int
    arrived: int
    #: What is wanted; None where nobody has said.
    target: int | None = None
    #: Of goods: what they are and how they are counted.
    name: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class UnitsPromised:
    """Units of one deliverable promised in money: in all, and those whose money arrived whole."""

    deliverable_id: int
    promised: int
    kept: int


@dataclass(frozen=True, slots=True)
class Completion:
    """The whole view of a campaign."""

    money: Progress
    goods: tuple[Progress, ...]
    hours: Progress
    units: tuple[UnitsPromised, ...]
    #: Different people and organisations whose gift arrived or whose promise stands.
    givers: int
    #: Promises released for hardship (CHA-151).
    released: int

    @property
    def has_more_than_money(self) -> bool:
        """Whether anything beyond gifts of money was promised or came."""
        others = (*self.goods, self.hours)
        return self.money.promised > 0 or any(each.promised or each.arrived for each in others)


def has_promises(session: Session, campaign_id: int) -> bool:
    """Whether anything was ever promised or offered to a campaign: one cheap question."""
    pledged = exists().where(Pledge.campaign_id == campaign_id)
    offered = exists().where(InKindGift.campaign_id == campaign_id)
    return bool(session.scalar(select(pledged | offered)))


def completion(session: Session, campaign_id: int) -> Completion:
    """Money, goods and hours of one campaign; raises `NotFound`."""
    target = present(session.get(Campaign, campaign_id)).target
    pledges = _pledges(session, [campaign_id])
    items = _items(session, [campaign_id])
    money = Progress(
        Measure.MONEY,
        promised=sum(p.rest for p in pledges if p.kind is PledgeKind.MONEY and p.stands),
        arrived=_money_arrived(session, campaign_id),
        target=target.fen,
    )
    return Completion(
        money=money,
        goods=_goods(pledges, items),
        hours=_hours(session, [campaign_id], pledges, items),
        units=_units(pledges),
        givers=_givers(session, campaign_id),
        released=sum(p.state is PledgeState.HARDSHIP_RELEASED for p in pledges),
    )


@dataclass(frozen=True, slots=True)
class Coming:
    """Beside the money that arrived: promises of money, and goods and hours of some campaigns."""

    #: Fen promised and still to come.
    money: int
    goods: tuple[Progress, ...]
    hours: Progress


def coming(session: Session, campaign_ids: Collection[int]) -> Coming:
    """What is promised to these campaigns, and what came beside money: in three questions."""
    ids = list(campaign_ids)
    if not ids:
        return Coming(0, (), Progress(Measure.HOURS, 0, 0))
    pledges = _pledges(session, ids)
    items = _items(session, ids)
    rest = sum(p.rest for p in pledges if p.kind is PledgeKind.MONEY and p.stands)
    return Coming(rest, _goods(pledges, items), _hours(session, ids, pledges, items))


@dataclass(frozen=True, slots=True)
class _Promise:
    """A promise with the sum of what kept it, in its own measure."""

    kind: PledgeKind
    state: PledgeState
    deliverable_id: int | None
    quantity: int
    goods: str
    unit: str
    promised: int
    kept: int

    @property
    def stands(self) -> bool:
        """Whether it may still be kept."""
        return self.state in STANDING_PLEDGES

    @property
    def rest(self) -> int:
        """What is still to come."""
        return max(self.promised - self.kept, 0)


@dataclass(frozen=True, slots=True)
class _Item:
    """A part of an offer that is coming or came."""

    kind: InKindKind
    is_here: bool
    is_pledged: bool
    name: str
    unit: str
    offered: int
    arrived: int


def _pledges(session: Session, campaign_ids: Collection[int]) -> list[_Promise]:
    kept = (
        select(
            PledgeFulfilment.pledge_id,
            func.sum(PledgeFulfilment.amount).label("fen"),
            func.sum(PledgeFulfilment.quantity).label("units"),
        )
        .join(Pledge, Pledge.id == PledgeFulfilment.pledge_id)
        .where(Pledge.campaign_id.in_(campaign_ids))
        .group_by(PledgeFulfilment.pledge_id)
        .subquery()
    )
    query = (
        select(Pledge, kept.c.fen, kept.c.units)
        .outerjoin(kept, kept.c.pledge_id == Pledge.id)
        .where(Pledge.campaign_id.in_(campaign_ids), Pledge.state.not_in(_ENDED_UNKEPT))
        .order_by(Pledge.id)
    )
    return [
        _Promise(
            kind=row.kind,
            state=row.state,
            deliverable_id=row.deliverable_id,
            quantity=row.quantity,
            goods=row.goods,
            unit=row.unit,
            promised=row.promised,
            kept=(fen.fen if fen is not None else 0)
            if row.kind is PledgeKind.MONEY
            else int(units or 0),
        )
        for row, fen, units in session.execute(query)
    ]


def _items(session: Session, campaign_ids: Collection[int]) -> list[_Item]:
    query = (
        select(InKindGift.kind, InKindGift.state, InKindGift.pledge_id, InKindItem)
        .join(InKindGift, InKindGift.id == InKindItem.in_kind_gift_id)
        .where(
            InKindGift.campaign_id.in_(campaign_ids),
            InKindGift.state.in_((*_COMING, InKindState.RECEIVED)),
        )
        .order_by(InKindItem.id)
    )
    return [
        _Item(
            kind=kind,
            is_here=state is InKindState.RECEIVED,
            is_pledged=pledge_id is not None,
            name=item.name,
            unit=item.unit,
            offered=item.quantity,
            arrived=item.arrived or 0,
        )
        for kind, state, pledge_id, item in session.execute(query)
    ]


def _money_arrived(session: Session, campaign_id: int) -> int:
    """Fen of the gifts that arrived, less what went back."""
    query = select(func.sum(Donation.amount), func.sum(Donation.refunded)).where(
        Donation.campaign_id == campaign_id,
        Donation.state.in_((DonationState.SETTLED, DonationState.REFUNDED)),
    )
    given, back = session.execute(query).one()
    return (given.fen if given is not None else 0) - (back.fen if back is not None else 0)


def _goods(pledges: Iterable[_Promise], items: Iterable[_Item]) -> tuple[Progress, ...]:
    """By name and unit: ten bags of rice and ten bags of cement are not twenty bags."""
    promised: dict[tuple[str, str], int] = defaultdict(int)
    arrived: dict[tuple[str, str], int] = defaultdict(int)
    for pledge in pledges:
        if pledge.kind is PledgeKind.GOODS and pledge.stands:
            promised[pledge.goods, pledge.unit] += pledge.rest
    for item in items:
        if item.kind is not InKindKind.GOODS:
            continue
        if item.is_here:
            arrived[item.name, item.unit] += item.arrived
        elif not item.is_pledged:
            # An offer made for a promise is counted with the promise.
            promised[item.name, item.unit] += item.offered
    keys = [key for key in dict.fromkeys((*promised, *arrived)) if promised[key] or arrived[key]]
    return tuple(
        Progress(Measure.GOODS, promised[key], arrived[key], name=key[0], unit=key[1])
        for key in sorted(keys)
    )


def _hours(
    session: Session,
    campaign_ids: Collection[int],
    pledges: Iterable[_Promise],
    items: Iterable[_Item],
) -> Progress:
    """Minutes: of hours that both sides confirmed, and of services that were given."""
    services = [item for item in items if item.kind is InKindKind.SERVICE]
    coming = sum(item.offered for item in services if not item.is_here and not item.is_pledged)
    query = (
        select(func.sum(PledgeHours.minutes))
        .join(Pledge, Pledge.id == PledgeHours.pledge_id)
        .where(
            Pledge.campaign_id.in_(campaign_ids),
            PledgeHours.giver_confirmed_at.is_not(None),
            PledgeHours.staff_confirmed_at.is_not(None),
            PledgeHours.refused_at.is_(None),
        )
    )
    worked = int(session.scalar(query) or 0)
    rest = sum(p.rest for p in pledges if p.kind is PledgeKind.HOURS and p.stands)
    return Progress(
        Measure.HOURS,
        promised=rest + coming,
        arrived=worked + sum(item.arrived for item in services if item.is_here),
    )


def _units(pledges: Iterable[_Promise]) -> tuple[UnitsPromised, ...]:
    """Units promised in money by deliverable; a unit counts as kept once all its money is there."""
    promised: dict[int, int] = defaultdict(int)
    kept: dict[int, int] = defaultdict(int)
    for pledge in pledges:
        of = pledge.deliverable_id
        if of is None or pledge.kind is not PledgeKind.MONEY:
            continue
        there = min(max(pledge.kept, 0) * pledge.quantity // pledge.promised, pledge.quantity)
        # A closed promise has brought what it will bring.
        promised[of] += pledge.quantity if pledge.stands else there
        kept[of] += there
    return tuple(UnitsPromised(of, many, kept[of]) for of, many in sorted(promised.items()) if many)


def _givers(session: Session, campaign_id: int) -> int:
    """Different givers; who left nothing by which to be told apart counts once per gift."""

    by_gift, by_promise, by_goods = (
        literal(f"{what}:") + cast(column, String)
        for what, column in (
            ("donation", Donation.id),
            ("pledge", Pledge.id),
            ("in_kind", InKindGift.id),
        )
    )
    # Who keeps a promise is who made it, also without a contact.
    paid_for = literal("pledge:") + cast(Donation.pledge_id, String)
    brought_for = literal("pledge:") + cast(InKindGift.pledge_id, String)
    gifts = select(func.coalesce(Donation.giver_key, paid_for, by_gift).label("who")).where(
        Donation.campaign_id == campaign_id, Donation.state == DonationState.SETTLED
    )
    promises = select(func.coalesce(Pledge.giver_key, by_promise).label("who")).where(
        Pledge.campaign_id == campaign_id,
        Pledge.state.in_(STANDING_PLEDGES)
        # Kept by goods or hours: there is no gift of money that counts its giver.
        | ((Pledge.state == PledgeState.KEPT) & (Pledge.kind != PledgeKind.MONEY)),
    )
    goods = select(func.coalesce(InKindGift.giver_key, brought_for, by_goods).label("who")).where(
        InKindGift.campaign_id == campaign_id,
        InKindGift.state.in_((*_COMING, InKindState.RECEIVED)),
    )
    everybody = union(gifts, promises, goods).subquery()
    return session.scalar(select(func.count()).select_from(everybody)) or 0
