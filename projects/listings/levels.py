"""Service levels: by when help should be there, and by when a proposal is answered.

Urgent counts hours round the clock; normal counts working days of China and ends with the last of
them (at midnight there).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from charity import clock
from charity.workdays import add_workdays
from projects.listings.models.needs import Urgency

#: Hours after the confirmation in which an urgent need is due.
URGENT_HOURS = 48
#: Working days after the confirmation in which any other is due.
NORMAL_WORKDAYS = 5
#: The same for the answer to a proposal, to an order, and to a call for help (吹哨).
ANSWER_HOURS = 24
ANSWER_WORKDAYS = 2


def due_at(urgency: Urgency, confirmed_at: datetime) -> datetime:
    """By when a unit should have delivered: 48 hours, or five working days."""
    return _after(urgency, confirmed_at, URGENT_HOURS, NORMAL_WORKDAYS)


def answer_due_at(urgency: Urgency, asked_at: datetime) -> datetime:
    """By when somebody should have answered: 24 hours, or two working days."""
    return _after(urgency, asked_at, ANSWER_HOURS, ANSWER_WORKDAYS)


def _after(urgency: Urgency, since: datetime, hours: int, workdays: int) -> datetime:
    if urgency is Urgency.URGENT:
        return since + timedelta(hours=hours)
    last = add_workdays(clock.day_of(since), workdays)
    return clock.start_of(last + timedelta(days=1))
