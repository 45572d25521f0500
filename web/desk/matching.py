"""What the three lists make wait: orders, proposals, services, evaluations, bookings, villages.

Parts of the desk's one question (see `law`). The side of a need is spoken for by the dispatchers of
its place and by the organisation that posted it, a unit by who manages its listings.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, false, func, literal, or_

from charity import clock
from charity.actor import Actor, Permission
from charity.registry.models import Organisation, Region
from projects.listings.models import (
    Booking,
    BookingState,
    Claim,
    ClaimOrigin,
    ClaimState,
    Evaluation,
    EvaluationSide,
    Need,
    NeedState,
    Resource,
    ServiceRecord,
    VillageFund,
    VillageFundState,
)
from web.desk.parts import Held, row

#: Days for which an evaluation is asked for; later nobody is reminded.
EVALUATION_DAYS = 30


def _orders(actor: Actor) -> Iterator[Select[Any]]:
    """Orders that wait for the community's word, the urgent ones marked by their kind."""
    here = Held.of(actor, Permission.NEED_DISPATCH)
    if here:
        yield (
            row("order", Need.urgency, Need.id, Need.title, Region.name, None, None, Need.posted_at)
            .select_from(Need)
            .join(Region, Region.code == Need.region_code)
            .where(Need.state == NeedState.ORDERED, here.reaches(place=Need.region_code))
        )


def _answers(actor: Actor) -> Iterator[Select[Any]]:
    """Proposals the other side began."""
    sides = _Sides(actor)
    if sides:
        by_unit = Claim.origin == ClaimOrigin.UNIT
        mine = or_(by_unit & sides.need, ~by_unit & sides.unit)
        yield _claims("answer", Claim.origin, Claim.answer_due_at).where(
            Claim.state == ClaimState.PROPOSED, mine
        )


def _services(actor: Actor) -> Iterator[Select[Any]]:
    """Deliveries the side of the need has not confirmed, one row for a claim."""
    sides = _Sides(actor)
    if sides:
        told = exists().where(
            ServiceRecord.claim_id == Claim.id,
            ServiceRecord.unit_confirmed_at.is_not(None),
            ServiceRecord.need_confirmed_at.is_(None),
            ServiceRecord.refused_at.is_(None),
        )
        waits = or_(Claim.state == ClaimState.SERVED, (Claim.state == ClaimState.ACCEPTED) & told)
        since = func.coalesce(Claim.served_at, Claim.answered_at)
        yield _claims("service", Claim.state, since).where(waits, sides.need)


def _evaluations(actor: Actor) -> Iterator[Select[Any]]:
    """Finished claims one's own side has not spoken about."""
    sides = _Sides(actor)
    if not sides:
        return
    since = clock.now() - timedelta(days=EVALUATION_DAYS)
    for side, mine in ((EvaluationSide.NEED, sides.need), (EvaluationSide.UNIT, sides.unit)):
        spoken = exists().where(Evaluation.claim_id == Claim.id, Evaluation.side == side)
        yield _claims("evaluation", Claim.state, Claim.confirmed_at).where(
            Claim.state == ClaimState.CONFIRMED, Claim.confirmed_at > since, ~spoken, mine
        )


def _bookings(actor: Actor) -> Iterator[Select[Any]]:
    """Who wants to borrow something of ours."""
    ours = Held.of(actor, Permission.LISTING_MANAGE)
    if ours:
        title, due = Resource.title, Booking.starts_at
        yield (
            row("booking", Booking.state, Resource.id, title, Booking.purpose, None, None, due)
            .select_from(Booking)
            .join(Resource, Resource.id == Booking.resource_id)
            .where(
                Booking.state == BookingState.ASKED,
                Booking.starts_at > clock.now() - timedelta(days=1),
                ours.reaches(Resource.organisation_id),
            )
        )


def _villages(actor: Actor) -> Iterator[Select[Any]]:
    """Villages that claim their fund, for who keeps the register or reviews projects there."""
    keeps, reviews = (
        Held.of(actor, each) for each in (Permission.REGISTRY_KEEP, Permission.PROJECT_REVIEW)
    )
    if keeps or reviews:
        # a role in the operator's organisation keeps the register of every place
        everywhere = keeps.all or bool(keeps.organisations)
        here = or_(
            literal(everywhere),
            keeps.reaches(place=VillageFund.region_code),
            reviews.reaches(place=VillageFund.region_code),
        )
        yield (
            row(
                "village", VillageFund.state, VillageFund.id, Region.name, Organisation.name,
                None, None, VillageFund.asked_at,
            )
            .select_from(VillageFund)
            .join(Region, Region.code == VillageFund.region_code)
            .join(Organisation, Organisation.id == VillageFund.committee_id)
            .where(
                VillageFund.state == VillageFundState.ASKED,
                VillageFund.committee_id.not_in(actor.organisation_ids),
                here,
            )
        )  # fmt: skip


class _Sides:
    """Which needs and which claims' units an actor speaks for."""

    def __init__(self, actor: Actor) -> None:
        self.places = Held.of(actor, Permission.NEED_DISPATCH)
        self.units = Held.of(actor, Permission.LISTING_MANAGE)
        self.user_id = actor.user_id

    def __bool__(self) -> bool:
        return self.user_id is not None

    @property
    def need(self) -> ColumnElement[bool]:
        """The side of the need."""
        return or_(
            self.places.reaches(place=Need.region_code), self.units.reaches(Need.organisation_id)
        )

    @property
    def unit(self) -> ColumnElement[bool]:
        """The side of the unit: an organisation, or the volunteer who came alone."""
        alone = Claim.organisation_id.is_(None) & (Claim.user_id == self.user_id)
        return or_(false(), self.units.reaches(Claim.organisation_id), alone)


def _claims(part: str, kind: Any, due_at: Any) -> Select[Any]:
    unit = func.coalesce(Organisation.name, "")
    return (
        row(part, kind, Claim.id, Need.title, unit, None, None, due_at)
        .select_from(Claim)
        .join(Need, Need.id == Claim.need_id)
        .outerjoin(Organisation, Organisation.id == Claim.organisation_id)
    )


MATCHING_PARTS = (_orders, _answers, _services, _evaluations, _bookings, _villages)
