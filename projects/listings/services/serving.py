"""双向服务: the unit reports what it did, the side of the need confirms it, and it counts.

Money and goods are confirmed by the gift itself: what keeps the claim's promise in `donations` is
taken in as a record that both sides have confirmed.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.actor import Actor, Verdict, require
from charity.donations.models import PledgeFulfilment
from charity.errors import CommonReason, Invalid, InvalidState
from charity.money import Money
from charity.rows import insert_new, present
from projects.listings import intake, measures, policy
from projects.listings.models import (
    HOLDING_CLAIMS,
    Claim,
    ClaimState,
    Need,
    NeedState,
    ResourceKind,
    ServiceRecord,
)
from projects.listings.reasons import NeedsReason
from projects.listings.services import pledging
from projects.listings.services.counting import touch
from projects.listings.services.locking import give_back, lock_claim, lock_needs
from projects.listings.services.repeats import made_before
from projects.listings.services.telling import tell_orderer, tell_unit

#: Fulfilments one run of the job takes in.
BATCH = 200


def report_service(
    session: Session,
    actor: Actor,
    *,
    client_id: str,
    claim_id: int,
    delivered_on: date,
    quantity: int = 0,
    minutes: int = 0,
    people: int = 0,
    times: int | None = None,
    value: Money | None = None,
    note: str = "",
) -> ServiceRecord:
    """The unit says what it did on one day: pieces, minutes of its people, 人 and 人次 helped.

    Of a need of hours the minutes are the quantity. The same `client_id` answers the record that
    is there. Raises `Invalid` beside the field, `InvalidState` for a claim that is not accepted or
    is kept by gifts, `Denied`.
    """
    known = session.scalar(
        select(ServiceRecord).where(ServiceRecord.client_id == intake.client_id(client_id))
    )
    if made_before(known, claim_id=claim_id) is not None:
        return present(known)
    claim = lock_claim(session, claim_id)
    require(policy.may_speak_for_unit(actor, claim))
    if claim.pledge_id is not None:
        raise InvalidState(NeedsReason.GIFT_COUNTS)
    if claim.state is not ClaimState.ACCEPTED:
        raise InvalidState(CommonReason.WRONG_STATE, state=claim.state, wanted=ClaimState.SERVED)
    if claim.need.kind is ResourceKind.HOURS:
        quantity = minutes
    times = max(people, times or 0) if times is None else times
    _require_report(session, claim, delivered_on, quantity, minutes, people, times)
    if value is not None and value < Money(0):
        raise Invalid(CommonReason.NOT_POSITIVE, field="value")
    now = clock.now()
    record = insert_new(
        session,
        ServiceRecord,
        client_id=client_id,
        claim_id=claim.id,
        delivered_on=delivered_on,
        quantity=quantity,
        minutes=minutes,
        people=people,
        times=times,
        value=value,
        note=intake.public_prose(note, field="note"),
        reported_at=now,
        unit_confirmed_at=now,
        unit_confirmed_by_user_id=actor.user_id,
    )
    if record is None:
        query = select(ServiceRecord).where(ServiceRecord.client_id == client_id)
        return present(session.scalar(query))
    outbox.write(session, "need.reported", f"claim:{claim.id}")
    return record


def confirm_service(
    session: Session, actor: Actor, *, record_id: int, token: str | None = None
) -> ServiceRecord:
    """The side of the need says that it came: it counts. Twice is once.

    Raises `Denied` (also for who reported it), `InvalidState` where it was refused.
    """
    claim, record = _record(session, record_id)
    require(policy.may_judge_unit(actor, claim, token=token))
    if record.counts:
        return record
    _require_waiting(claim, record)
    _confirm(actor, claim, [record])
    _settle(session, claim.need)
    touch(session, claim.need)
    return record


def refuse_service(
    session: Session, actor: Actor, *, record_id: int, note: str, token: str | None = None
) -> ServiceRecord:
    """The side of the need says that it was not so: it never counts.

    Raises `InvalidState` once it counts, `Invalid` on `note`.
    """
    claim, record = _record(session, record_id)
    require(policy.may_speak_for_need(actor, claim.need, token=token))
    _require_waiting(claim, record)
    claim.note = intake.public_prose(note, field="note", limit=500, required=True)
    record.refused_at = clock.now()
    outbox.write(session, "need.refused", f"claim:{claim.id}")
    session.flush()
    return record


def finish_claim(session: Session, actor: Actor, *, claim_id: int) -> Claim:
    """The unit says that it is done; raises `InvalidState` before it reported anything."""
    claim = lock_claim(session, claim_id)
    require(policy.may_speak_for_unit(actor, claim))
    if claim.state is ClaimState.ACCEPTED and all(
        record.refused_at is not None for record in _records(session, claim)
    ):
        raise InvalidState(NeedsReason.NOTHING_REPORTED)
    claim.move_to(ClaimState.SERVED)
    claim.served_at = clock.now()
    outbox.write(session, "need.served", f"claim:{claim.id}")
    tell_orderer(session, claim.need, "served", f"claim-{claim.id}")
    session.flush()
    return claim


def confirm_claim(
    session: Session, actor: Actor, *, claim_id: int, token: str | None = None
) -> Claim:
    """The side of the need says so too: what still waits is confirmed with it.

    What was promised and did not come is free again; the need is fulfilled when all came.
    """
    claim = lock_claim(session, claim_id)
    require(policy.may_judge_unit(actor, claim, token=token))
    if claim.state is ClaimState.CONFIRMED:
        return claim
    claim.move_to(ClaimState.CONFIRMED)
    records = _records(session, claim)
    _confirm(actor, claim, [r for r in records if not r.counts and r.refused_at is None])
    _close(session, claim, records)
    tell_unit(session, claim, "done")
    return claim


def send_back_claim(
    session: Session, actor: Actor, *, claim_id: int, note: str, token: str | None = None
) -> Claim:
    """Not so, says the side of the need: the unit comes again. Raises `Invalid` on `note`."""
    claim = lock_claim(session, claim_id)
    require(policy.may_speak_for_need(actor, claim.need, token=token))
    if claim.state is not ClaimState.SERVED:
        raise InvalidState(CommonReason.WRONG_STATE, state=claim.state)
    claim.move_to(ClaimState.ACCEPTED)
    claim.note = intake.public_prose(note, field="note", limit=500, required=True)
    claim.served_at = None
    outbox.write(session, "need.sent_back", f"claim:{claim.id}")
    session.flush()
    return claim


def take_in_gifts(session: Session, actor: Actor) -> int:
    """What kept the promises of claims becomes records both sides confirmed; answers how many.

    Each fulfilment once (`client_id` "pledge_fulfilment:ID"); a refund takes off again what was
    counted. A claim whose promise is kept whole is confirmed with it; one whose promise was taken
    back, released or closed is over, and what it held is free again.
    """
    found = pledging.new_fulfilments(session, BATCH)
    claims = {claim_id: session.get_one(Claim, claim_id) for _, claim_id in found}
    needs = lock_needs(session, {claim.need_id for claim in claims.values()})
    for claim in claims.values():
        session.refresh(claim, ["state"])
    for part, claim_id in found:
        _take_in(session, claims[claim_id], part)
    for claim in claims.values():
        if claim.state is ClaimState.ACCEPTED and pledging.is_kept(session, claim):
            claim.move_to(ClaimState.SERVED)
            claim.served_at = clock.now()
            claim.move_to(ClaimState.CONFIRMED)
            claim.confirmed_at = claim.served_at
            outbox.write(session, "need.confirmed", f"claim:{claim.id}")
    touch(session, *needs.values())
    _let_go(session)
    return len(found)


def _let_go(session: Session) -> None:
    """Claims whose promise will not be kept hold nothing any more; what came stays counted."""
    for claim_id in pledging.claims_let_down(session, BATCH):
        claim = lock_claim(session, claim_id)
        if claim.state is not ClaimState.ACCEPTED:
            continue
        came = sum(record.quantity for record in _records(session, claim) if record.counts)
        give_back(session, claim, (claim.quantity or 0) - came)
        claim.move_to(ClaimState.WITHDRAWN)
        touch(session, claim.need, *([claim.resource] if claim.resource else []))
        outbox.write(session, "need.withdrawn_claim", f"claim:{claim.id}")


def _take_in(session: Session, claim: Claim, part: PledgeFulfilment) -> None:
    """One fulfilment; of a refund the record stands at nothing, and what it takes off is off."""
    came = part.amount.fen if part.amount is not None else part.quantity or 0
    record = ServiceRecord(
        client_id=pledging.source_of(part.id),
        claim_id=claim.id,
        delivered_on=clock.day_of(part.at),
        quantity=max(came, 0),
        value=part.amount if came > 0 else None,
        reported_at=part.at,
        unit_confirmed_at=part.at,
        need_confirmed_at=part.at,
        refused_at=None if came > 0 else part.at,
    )
    if came < 0:
        _take_off(session, claim, -came)
    else:
        _count(claim.need, came, part.at)
    session.add(record)
    session.flush()
    _settle(session, claim.need)


def _take_off(session: Session, claim: Claim, gone: int) -> None:
    """A gift went back: the newest records of the claim shrink by it, and the need's count."""
    claim.need.delivered = max(claim.need.delivered - gone, 0)
    for record in reversed(_records(session, claim)):
        less = min(record.quantity, gone) if record.counts else 0
        record.quantity -= less
        if less and record.value is not None:
            record.value = Money(record.quantity)
        gone -= less


def _confirm(actor: Actor, claim: Claim, records: list[ServiceRecord]) -> None:
    now = clock.now()
    for record in records:
        if actor.user_id is not None and actor.user_id == record.unit_confirmed_by_user_id:
            require(Verdict.no(CommonReason.SAME_PERSON))
        record.need_confirmed_at, record.need_confirmed_by_user_id = now, actor.user_id
        _count(claim.need, record.quantity, now)


def _count(need: Need, quantity: int, at: datetime) -> None:
    need.delivered += quantity
    if need.first_delivered_at is None:
        need.first_delivered_at = at


def _close(session: Session, claim: Claim, records: list[ServiceRecord]) -> None:
    """Both sides have said so: the rest of the part is free, the need may be fulfilled."""
    claim.confirmed_at = clock.now()
    came = sum(record.quantity for record in records if record.counts)
    give_back(session, claim, (claim.quantity or 0) - came)
    _settle(session, claim.need)
    touch(session, claim.need, *([claim.resource] if claim.resource else []))
    outbox.write(session, "need.confirmed", f"claim:{claim.id}")


def _settle(session: Session, need: Need) -> None:
    """Fulfilled when all came; open again when some of it went back."""
    if need.quantity is None:
        return
    if need.state is NeedState.OPEN and need.delivered >= need.quantity:
        need.move_to(NeedState.FULFILLED)
        need.closed_at = clock.now()
        outbox.write(session, "need.fulfilled", f"need:{need.id}")
    elif need.state is NeedState.FULFILLED and need.delivered < need.quantity:
        need.move_to(NeedState.OPEN)
        need.closed_at = None


def _record(session: Session, record_id: int) -> tuple[Claim, ServiceRecord]:
    """A record behind the locks of its need and its claim."""
    record = present(session.get(ServiceRecord, record_id))
    claim = lock_claim(session, record.claim_id)
    session.refresh(record)
    return claim, record


def _records(session: Session, claim: Claim) -> list[ServiceRecord]:
    query = select(ServiceRecord).where(ServiceRecord.claim_id == claim.id)
    return list(session.scalars(query.order_by(ServiceRecord.id)))


def _require_waiting(claim: Claim, record: ServiceRecord) -> None:
    if claim.state not in HOLDING_CLAIMS or record.counts or record.refused_at is not None:
        raise InvalidState(NeedsReason.RECORD_DECIDED)


def _require_report(
    session: Session,
    claim: Claim,
    delivered_on: date,
    quantity: int,
    minutes: int,
    people: int,
    times: int,
) -> None:
    """The day, the pieces, the people; raises `Invalid` beside the field."""
    if delivered_on > clock.today():
        raise Invalid(NeedsReason.DAY_AHEAD, field="delivered_on")
    if delivered_on < clock.day_of(claim.proposed_at):
        raise Invalid(NeedsReason.DAY_TOO_EARLY, field="delivered_on")
    hours = claim.need.kind is ResourceKind.HOURS
    least = 1 if claim.need.quantity is not None else 0
    if not least <= quantity <= intake.MOST:
        field = "minutes" if hours else "quantity"
        raise Invalid(NeedsReason.QUANTITY_RANGE, field=field, most=intake.MOST)
    if not 0 <= minutes <= intake.MOST:
        raise Invalid(NeedsReason.QUANTITY_RANGE, field="minutes", most=intake.MOST)
    if not 0 <= people <= times <= intake.MOST:
        raise Invalid(NeedsReason.PEOPLE_AND_TIMES, field="times")
    if claim.quantity is None or hours:
        return
    reported = sum(r.quantity for r in _records(session, claim) if r.refused_at is None)
    if reported + quantity > claim.quantity:
        left = measures.said(claim.need.kind, claim.need.unit, claim.quantity - reported)
        raise Invalid(NeedsReason.MORE_THAN_CLAIMED, field="quantity", **left)
