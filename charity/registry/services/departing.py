"""Note that somebody who is helped died or moved away, and say later what is true now (RF-11).

The community that manages the place does it. Nothing is changed: each row that says something else
follows the one before.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.registry import policy, queries
from charity.registry.departure_reasons import DepartureReason
from charity.registry.models import DepartureKind, PersonDeparture
from charity.registry.reasons import RegistryReason
from charity.rows import insert_or

_SOURCE, _NAME = 500, 20


def note_departure(
    session: Session,
    actor: Actor,
    *,
    identity_hash: bytes,
    masked_name: str,
    region_code: str,
    kind: DepartureKind,
    happened_on: date,
    source: str,
) -> PersonDeparture:
    """Write the first row about a person of a place: they died, or moved away.

    `happened_on` is a day in China, not in the future; `source` says what it is known by. Raises
    `Invalid` beside the field, `Conflict` (ALREADY_NOTED) where the place has a row, `Denied`.
    """
    place = queries.region(session, region_code)
    require(policy.may_note_departure(actor, place.code))
    if kind not in (DepartureKind.DIED, DepartureKind.MOVED_AWAY):
        raise Invalid(DepartureReason.NOT_AWAY, field="kind")
    row = _row(
        actor,
        identity_hash=identity_hash,
        masked_name=texts.line(masked_name, field="name", limit=_NAME),
        region_code=place.code,
        kind=kind,
        happened_on=happened_on,
        source=source,
    )
    return _kept(session, row, Conflict(DepartureReason.ALREADY_NOTED, field="name"))


def follow_departure(
    session: Session,
    actor: Actor,
    *,
    departure_id: int,
    kind: DepartureKind,
    happened_on: date,
    source: str,
) -> PersonDeparture:
    """Write what is true now after the last row of a person: another day, a return, a mistake.

    Raises `NotFound`, `Denied`, `Conflict` (FOLLOWED) where somebody wrote the next row, `Invalid`
    beside the field, `InvalidState` (NOT_AWAY, NOTHING_LEFT) for a step that cannot follow.
    """
    before = queries.departure(session, departure_id)
    require(policy.may_note_departure(actor, before.region_code))
    if kind is DepartureKind.CAME_BACK:
        if before.kind is not DepartureKind.MOVED_AWAY:
            raise InvalidState(DepartureReason.NOT_AWAY)
        if happened_on <= before.happened_on:
            raise Invalid(DepartureReason.BEFORE_LEAVING, field="happened_on")
    if kind is DepartureKind.MISTAKEN and before.kind is DepartureKind.MISTAKEN:
        raise InvalidState(DepartureReason.NOTHING_LEFT)
    row = _row(
        actor,
        identity_hash=before.identity_hash,
        masked_name=before.masked_name,
        region_code=before.region_code,
        kind=kind,
        happened_on=happened_on,
        source=source,
    )
    row.follows_id = before.id
    return _kept(session, row, Conflict(DepartureReason.FOLLOWED))


def _row(
    actor: Actor,
    *,
    identity_hash: bytes,
    masked_name: str,
    region_code: str,
    kind: DepartureKind,
    happened_on: date,
    source: str,
) -> PersonDeparture:
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    if happened_on > clock.today():
        raise Invalid(RegistryReason.IN_THE_FUTURE, field="happened_on")
    return PersonDeparture(
        identity_hash=identity_hash,
        masked_name=masked_name,
        region_code=region_code,
        kind=kind,
        happened_on=happened_on,
        source=texts.prose(source, field="source", limit=_SOURCE, required=True),
        noted_by_user_id=actor.user_id,
        noted_at=clock.now(),
    )


def _kept(session: Session, row: PersonDeparture, taken: Conflict) -> PersonDeparture:
    insert_or(session, row, taken)
    # the outbox is read by many: it says that there is a row, not of whom or what
    outbox.write(session, "departure.noted", f"region:{row.region_code}", departure_id=row.id)
    return row
