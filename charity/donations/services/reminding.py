"""Letters that remind a giver of a promise: before its day, on it, a week and a month after.

Each letter is written once, in the transaction that notes it; the giver's switch stops them, and
so does asking to be released. A giver without an e-mail address is reminded by people.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.donations import policy
from charity.donations.models import STANDING_PLEDGES, Pledge
from charity.donations.services.pledges import lock_pledge, owe_letter

#: Days from the day of a promise to each reminder.
SCHEDULE = (-3, 0, 7, 30)
#: A reminder that could not go on its day still goes within so many days.
GRACE_DAYS = 14


def due_step(
    promised_by: date, *, made_on: date, reminded_on: date | None, today: date
) -> int | None:
    """The reminder that is due today, in days from the promised day; None where none is.

    Of several that were missed only the latest goes; none of a day before the promise was made.
    """
    for step in reversed(SCHEDULE):
        day = promised_by + timedelta(days=step)
        if not made_on < day <= today:
            continue
        late = today - day > timedelta(days=GRACE_DAYS)
        done = reminded_on is not None and reminded_on >= day
        return None if late or done else step
    return None


def remind(session: Session, actor: Actor, *, after: int = 0, limit: int = 200) -> int | None:
    """Write the reminders due today, for up to `limit` promises with an id above `after`.

    Answers the id to go on from, None after the last. Raises `Denied` for anyone but the
    installation itself.
    """
    require(policy.may_settle(actor))
    today = clock.today()
    first = today - timedelta(days=SCHEDULE[-1] + GRACE_DAYS)
    last = today - timedelta(days=SCHEDULE[0])
    query = (
        select(Pledge.id)
        .where(
            Pledge.id > after,
            Pledge.state.in_(STANDING_PLEDGES),
            Pledge.reminders_off.is_(False),
            Pledge.release_asked_at.is_(None),
            Pledge.contact.contains("@"),
            Pledge.promised_by.between(first, last),
        )
        .order_by(Pledge.id)
        .limit(limit)
    )
    found = session.scalars(query).all()
    for pledge_id in found:
        _remind(session, lock_pledge(session, pledge_id), today)
    return found[-1] if len(found) == limit else None


def _remind(session: Session, pledge: Pledge, today: date) -> None:
    """Write one reminder if it is due; the row is locked, so a state just changed is seen."""
    stopped = pledge.reminders_off or pledge.release_asked_at is not None
    if stopped or pledge.state not in STANDING_PLEDGES:
        return
    step = due_step(
        pledge.promised_by,
        made_on=clock.day_of(pledge.created_at),
        reminded_on=clock.day_of(pledge.reminded_at) if pledge.reminded_at else None,
        today=today,
    )
    if step is not None and owe_letter(session, pledge, "reminder", str(step)):
        pledge.reminded_at = clock.now()
        pledge.reminders += 1
        session.flush()
