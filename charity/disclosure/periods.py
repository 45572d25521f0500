"""How long a notice stands, and by when the end of a project is told: plain dates.

The day on which something is put up is not counted. Working days follow the calendar of the State
Council (VEN-07).
"""

from __future__ import annotations

from datetime import date, timedelta

from charity.disclosure.due import months_after
from charity.rules import parameter
from charity.workdays import add_workdays

#: Seven days, or five working days, as the organiser counts (VEN-07).
SEVEN_DAYS, WORKDAYS = "VEN-07", "VEN-07.workdays"
#: A payout to a village, announced in the village (VIL-02; the days are a rule of this house).
VILLAGE_PAYOUT = "VIL-02.notice"
#: The rules by which a notice may stand.
NOTICE_RULES = (SEVEN_DAYS, WORKDAYS, VILLAGE_PAYOUT)
#: What became of money that was left is told (CHA-165).
SURPLUS_TOLD = "DIS-209"


def notice_until(rule_id: str, starts_on: date) -> date:
    """The last day on which an objection to a notice put up on `starts_on` is in time.

    Raises `LookupError` where the rule has no figure on that day.
    """
    days = parameter(rule_id, starts_on).number
    if rule_id == WORKDAYS:
        return add_workdays(starts_on, days)
    return starts_on + timedelta(days=days)


def answers_until(asked_on: date) -> date:
    """The first day that may be the last for givers to answer what becomes of their money."""
    return asked_on + timedelta(days=parameter("CHA-165.ask", asked_on).number)


def told_by(ended_on: date) -> date:
    """The last day on which the use of a surplus is published in time (CHA-165, DIS-209).

    Raises `LookupError` for an end before the rule was in force.
    """
    return months_after(SURPLUS_TOLD, ended_on)
