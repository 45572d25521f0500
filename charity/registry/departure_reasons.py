"""Why what a community notes of somebody's death or moving away is refused."""

from __future__ import annotations

from charity.errors import ReasonCode


class DepartureReason(ReasonCode):
    """Reasons about people who died or moved away."""

    #: Their history is there: the next row follows its last one.
    ALREADY_NOTED = "departures.already_noted"
    #: Somebody wrote the next row meanwhile.
    FOLLOWED = "departures.followed"
    #: Only who moved away comes back.
    NOT_AWAY = "departures.not_away"
    #: What was taken back is not taken back again.
    NOTHING_LEFT = "departures.nothing_left"
    #: A return lies after the day of moving away.
    BEFORE_LEAVING = "departures.before_leaving"
