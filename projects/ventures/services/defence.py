"""路演 and 答辩: the schedule of those who go on, in an order that was drawn, and its changes.

Scores of the defence are handed in like all others (`sheets.hand_in`), on the judges' phones while
an entry is presented.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from charity import outbox
from charity.actor import Actor, require
from charity.errors import Invalid
from charity.rows import present
from projects.ventures import judging_policy as policy
from projects.ventures.judging_reasons import JudgingReason
from projects.ventures.models import (
    Application,
    CompetitionState,
    DefenceSlot,
    JudgingRound,
)
from projects.ventures.queries import judging as queries
from projects.ventures.ranking import Draw
from projects.ventures.services.binding import require_step, run

_PLANNING = frozenset(
    {CompetitionState.REVIEW, CompetitionState.SHORTLISTED, CompetitionState.DEFENCE}
)
_LONGEST = 240


def plan_defence(
    session: Session,
    actor: Actor,
    *,
    competition_id: int,
    starts_at: datetime,
    minutes: int,
    pause: int = 0,
    place: str = "",
) -> list[DefenceSlot]:
    """Give every entry that goes on its time, one after the other; again makes the plan anew.

    The order is drawn from the digest of the frozen terms, so nobody chose it. Raises `Denied`,
    `InvalidState`, `Invalid` on `minutes`.
    """
    competition = run(session, actor, competition_id)
    require_step(competition, _PLANNING)
    if not (1 <= minutes <= _LONGEST and 0 <= pause <= _LONGEST):
        raise Invalid(JudgingReason.NOT_NOW, field="minutes")
    entries = queries.in_round(session, competition, JudgingRound.DEFENCE)
    lots = Draw(f"{competition.subject}\ndefence", competition.rules_sha256)
    ordered = sorted(entries, key=lambda each: lots.key(str(each.number)))
    ids = select(Application.id).where(Application.competition_id == competition_id)
    session.execute(delete(DefenceSlot).where(DefenceSlot.application_id.in_(ids)))
    step = timedelta(minutes=minutes + pause)
    slots = [
        DefenceSlot(
            application_id=entry.id,
            starts_at=starts_at + number * step,
            minutes=minutes,
            place=place.strip(),
        )
        for number, entry in enumerate(ordered)
    ]
    session.add_all(slots)
    session.flush()
    outbox.write(session, "competition.defence_planned", competition.subject, slots=len(slots))
    return slots


def move_slot(
    session: Session, actor: Actor, *, slot_id: int, starts_at: datetime, place: str
) -> DefenceSlot:
    """Give one entry another time or place."""
    slot = present(session.get(DefenceSlot, slot_id))
    require(policy.may_run_judging(actor, slot.application.competition))
    slot.starts_at, slot.place = starts_at, place.strip()
    session.flush()
    outbox.write(session, "competition.defence_moved", f"application:{slot.application_id}")
    return slot
