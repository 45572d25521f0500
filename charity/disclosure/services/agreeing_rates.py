"""What an agreement says of one gift's management cost, and how shared costs are split."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor, require
from charity.disclosure import policy
from charity.disclosure.models import AllocationKey, GiftRate
from charity.disclosure.reasons import DisclosureReason
from charity.donations.models import Donation
from charity.errors import CommonReason, Conflict, Denied, Invalid
from charity.registry.models import Campaign
from charity.rows import insert_or, present


def agree_rate(
    session: Session, actor: Actor, *, donation_id: int, permille: int, agreement: str
) -> GiftRate:
    """Keep that a gift's agreement fixes its share for management, in thousandths (RAT-15).

    The ratios of every year in which something of the gift is spent judge that part by it. Raises
    `Denied`, `NotFound`, `Conflict` where one is kept, `Invalid` on `permille` or `agreement`.
    """
    gift = present(session.get(Donation, donation_id))
    charity_id = present(session.get(Campaign, gift.campaign_id)).charity_id
    user_id = _publisher(actor, charity_id)
    if not 0 <= permille <= 1000:
        raise Invalid(DisclosureReason.RATE_RANGE, field="permille")
    made = GiftRate(
        donation_id=gift.id,
        organisation_id=charity_id,
        permille=permille,
        agreement=texts.line(agreement, field="agreement"),
        recorded_by_user_id=user_id,
        recorded_at=clock.now(),
    )
    insert_or(session, made, Conflict(DisclosureReason.RATE_TAKEN, field="donation_id"))
    return made


def set_allocation_key(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    since: date,
    weights: Mapping[str, int],
    reason: str,
) -> AllocationKey:
    """Keep by which weights shared costs are split from a day on, and why (RAT-18).

    A stable key: one a day, and none before a key that stands. Raises `Denied`, `Conflict`,
    `Invalid` on `weights` (none, negative, all zero) or `reason`.
    """
    user_id = _publisher(actor, organisation_id)
    if not any(weights.values()) or min(weights.values(), default=-1) < 0:
        raise Invalid(CommonReason.NOT_POSITIVE, field="weights")
    made = AllocationKey(
        organisation_id=organisation_id,
        since=since,
        weights={
            texts.line(name, field="weights", limit=80): weight for name, weight in weights.items()
        },
        reason=texts.prose(reason, field="reason", required=True, limit=1000),
        recorded_by_user_id=user_id,
        recorded_at=clock.now(),
    )
    insert_or(session, made, Conflict(DisclosureReason.RATE_TAKEN, field="since"))
    return made


def _publisher(actor: Actor, organisation_id: int) -> int:
    require(policy.may_publish(actor, organisation_id))
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    return actor.user_id
