"""A winner asks for another team or more time, and an unconcerned organiser decides (VEN-10).

Money between the lines of the budget is moved by `spending.change_budget`, with the same rule.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.rows import insert_or, locked, present
from projects.ventures import policy
from projects.ventures.models import AwardChange, AwardChangeKind, AwardState
from projects.ventures.reasons import AwardReason
from projects.ventures.services.locking import lock_award, person_of, require_decision

WORDS = 2000
_WORKING = frozenset({AwardState.SIGNED, AwardState.RUNNING})


def ask_change(
    session: Session,
    actor: Actor,
    *,
    award_id: int,
    kind: AwardChangeKind,
    words: str,
    until: date | None = None,
) -> AwardChange:
    """Ask for a change of an agreed plan, by the winner's people; `until` is for more time.

    Raises `Invalid` on `words`, on `until` unless it is later (NOT_LATER, `day`); `Conflict`
    (CHANGE_WAITS); `InvalidState` once the award is over.
    """
    found = lock_award(session, award_id)
    require(policy.may_sign(actor, found))
    if found.state not in _WORKING:
        raise InvalidState(CommonReason.WRONG_STATE, state=found.state)
    day = max(clock.today(), found.work_until or clock.today())
    if kind is AwardChangeKind.TIME and (until is None or until <= day):
        raise Invalid(AwardReason.NOT_LATER, field="until", day=day)
    user_id, _ = person_of(actor)
    row = AwardChange(
        award_id=found.id,
        kind=kind,
        words=texts.prose(words, field="words", limit=WORDS, required=True),
        until=until if kind is AwardChangeKind.TIME else None,
        asked_at=clock.now(),
        asked_by_user_id=user_id,
    )
    insert_or(session, row, Conflict(AwardReason.CHANGE_WAITS, field="words"))
    session.refresh(found, ["changes"])
    outbox.write(session, "award.change_asked", found.subject, kind=kind.value)
    return row


def decide_change(
    session: Session, actor: Actor, *, change_id: int, agreed: bool, note: str = ""
) -> AwardChange:
    """Agree to a change, or refuse it with a reason; by an organiser who has no part in it.

    Raises `Denied` (CHA-167), `Invalid` on `note`, `InvalidState` once it is decided.
    """
    row = present(session.get(AwardChange, change_id))
    found = lock_award(session, row.award_id)
    require_decision(session, actor, found.application)
    row = locked(session, select(AwardChange).where(AwardChange.id == change_id))
    if row.agreed is not None or found.state not in _WORKING:
        raise InvalidState(CommonReason.WRONG_STATE)
    row.note = texts.prose(note, field="note", limit=WORDS, required=not agreed)
    row.agreed, row.decided_at, row.decided_by_user_id = agreed, clock.now(), actor.user_id
    if agreed and row.until is not None:
        found.work_until = row.until
    session.flush()
    outbox.write(session, "award.change_decided", found.subject, agreed=agreed)
    return row
