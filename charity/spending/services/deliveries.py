"""Say what is done, and have it accepted by somebody who neither did it nor spent on it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, InvalidState
from charity.spending import intake, policy, queries
from charity.spending.models import Delivery, DeliveryState
from charity.spending.services import needing
from charity.spending.services.households import deliver_at, release_households
from charity.spending.services.locking import lock_budget, lock_delivery, person_of


def report_delivery(
    session: Session,
    actor: Actor,
    *,
    deliverable_id: int,
    units: int,
    note: str,
    household_ids: Sequence[int] = (),
) -> Delivery:
    """The doing organisation says that so many units are done; it is a claim until accepted.

    More units than planned may be claimed; the households, where they are named, are as many as
    the units. Raises `Invalid` on `units`, `note` or `household_ids`.
    """
    deliverable = queries.deliverable(session, deliverable_id)
    budget = lock_budget(session, actor, budget_id=deliverable.budget_id)
    require(policy.may_report_delivery(actor, queries.case_of_budget(session, budget)))
    user_id, person_id = person_of(session, actor)
    delivery = Delivery(
        deliverable=deliverable,
        units=intake.units(units),
        note=texts.prose(note, field="note"),
        state=DeliveryState.CLAIMED,
        claimed_by_user_id=user_id,
        claimed_by_person_id=person_id,
        claimed_at=clock.now(),
    )
    session.add(delivery)
    session.flush()
    deliver_at(session, actor, delivery=delivery, household_ids=household_ids)
    _tell(session, "delivery.claimed", delivery)
    return delivery


def accept_delivery(session: Session, actor: Actor, *, delivery_id: int, note: str) -> Delivery:
    """Accept the claimed units: now they are progress.

    By the village's acceptor or a reviewer of another organisation, never by who claimed them, by
    a member of the doing organisation, or by who submitted or paid an expense of the budget.
    """
    accepted = _decide(session, actor, delivery_id, DeliveryState.ACCEPTED, note)
    needing.count_work_of(session, actor, deliverable_id=accepted.deliverable_id)
    return accepted


def return_delivery(session: Session, actor: Actor, *, delivery_id: int, note: str) -> Delivery:
    """Send the claim back, saying what is missing (`note` is required); it is no progress."""
    return _decide(session, actor, delivery_id, DeliveryState.RETURNED, note)


def _decide(
    session: Session, actor: Actor, delivery_id: int, state: DeliveryState, note: str
) -> Delivery:
    delivery = lock_delivery(session, actor, delivery_id=delivery_id)
    case = queries.case_of_delivery(session, delivery, person_id=actor.person_id)
    verdict = policy.may_accept(actor, case)
    if verdict.reason is CommonReason.WRONG_STATE:
        raise InvalidState(CommonReason.WRONG_STATE)
    require(verdict)
    user_id, person_id = person_of(session, actor)
    required = state is DeliveryState.RETURNED
    delivery.decision_note = texts.prose(note, field="note", required=required)
    delivery.move_to(state)
    delivery.decided_by_user_id = user_id
    delivery.decided_by_person_id = person_id
    delivery.decided_at = clock.now()
    if state is DeliveryState.RETURNED:
        release_households(session, actor, delivery_id=delivery.id)
    session.flush()
    _tell(session, f"delivery.{state.value}", delivery)
    return delivery


def _tell(session: Session, event: str, delivery: Delivery) -> None:
    fund_id = delivery.deliverable.budget.fund_id
    outbox.write(session, event, f"fund:{fund_id}", delivery_id=delivery.id)
