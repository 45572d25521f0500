"""Gifts by who gave them: for the giver's own statement, and for the organisation's list."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from charity import clock
from charity.donations.models import Donation, DonationState, Receipt
from charity.money import Money
from charity.registry.models import Campaign

#: Gifts that came, whatever became of them.
_ARRIVED = (DonationState.SETTLED, DonationState.REFUNDED)


@dataclass(frozen=True, slots=True)
class StatedGift:
    """One line of a giver's statement."""

    donation: Donation
    campaign: Campaign
    #: The receipt, where one was wanted or issued.
    receipt: Receipt | None
    arrived_on: date

    @property
    def refunded(self) -> Money:
        """What went back; all of it once the gift is refunded."""
        gone = self.donation.state is DonationState.REFUNDED
        return self.donation.amount if gone else self.donation.refunded

    @property
    def kept(self) -> Money:
        """What of it counts."""
        return self.donation.amount - self.refunded


def gifts_of_person(session: Session, person_id: int, first: date, last: date) -> list[StatedGift]:
    """What a signed-in person gave and that arrived from one day in China to another."""
    return _stated(session, Donation.person_id == person_id, first, last)


def gifts_of_key(session: Session, giver_key: str, first: date, last: date) -> list[StatedGift]:
    """What the guest behind a giver key gave; only for whom has proved that the contact is theirs.

    A key is the keyed hash of a contact, and anybody can type anybody's contact.
    """
    return _stated(session, Donation.giver_key == giver_key, first, last)


def campaigns_with_givers(
    session: Session, organisation_ids: Collection[int] | None
) -> list[Campaign]:
    """Campaigns whose money or work is with one of these organisations; None for all of them."""
    query = select(Campaign).order_by(Campaign.id.desc())
    if organisation_ids is not None:
        query = query.where(
            or_(
                Campaign.charity_id.in_(organisation_ids),
                Campaign.partner_id.in_(organisation_ids),
            )
        )
    return list(session.scalars(query))


def gifts_of_campaign(campaign_id: int) -> Select[Donation]:
    """The gifts of a campaign that arrived, the newest first, for a page of them."""
    return (
        select(Donation)
        .where(Donation.campaign_id == campaign_id, Donation.state.in_(_ARRIVED))
        .order_by(Donation.settled_at.desc(), Donation.id.desc())
    )


def _stated(
    session: Session, whose: ColumnElement[bool], first: date, last: date
) -> list[StatedGift]:
    query = (
        select(Donation, Campaign, Receipt)
        .join(Campaign, Campaign.id == Donation.campaign_id)
        .outerjoin(Receipt, Receipt.donation_id == Donation.id)
        .where(
            whose,
            Donation.state.in_(_ARRIVED),
            Donation.settled_at >= clock.start_of(first),
            Donation.settled_at < clock.start_of(last + timedelta(days=1)),
        )
        .order_by(Donation.settled_at, Donation.id)
    )
    return [
        StatedGift(gift, campaign, receipt, clock.day_of(gift.settled_at or gift.created_at))
        for gift, campaign, receipt in session.execute(query)
    ]
