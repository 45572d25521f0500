"""How far a unit can be relied on, from 0 to 1: what those it served say, and its registrar.

A half while nothing is known. Few stars weigh little: four neutral opinions are taken to stand
beside them. A unit on a list of the registrar counts for nothing while it stands there.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Neutral opinions that stand beside what was really said.
_PRIOR = 4
_BY_STARS, _BY_INSPECTION, _BY_GRADE = 0.6, 0.2, 0.2
_NEUTRAL = 0.5

#: By the result of the last yearly inspection (ORG-12); a report without a grade says nothing.
_INSPECTIONS = {"pass": 1.0, "basic_pass": 0.7, "fail": 0.0, "not_submitted": 0.2}


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a unit: stars (1 to 5) got, last inspection, grade in force (1 to 5 A)."""

    opinions: int = 0
    stars: int = 0
    inspection: str | None = None
    grade: int | None = None
    is_listed: bool = False


def reliability(record: Record) -> float:
    """The one number the matcher uses, 0 to 1."""
    if record.is_listed:
        return 0.0
    good = (record.stars - record.opinions) / 4
    said = (good + _NEUTRAL * _PRIOR) / (record.opinions + _PRIOR)
    inspected = _INSPECTIONS.get(record.inspection or "", _NEUTRAL)
    graded = _NEUTRAL if record.grade is None else _NEUTRAL + record.grade / 10
    return _BY_STARS * said + _BY_INSPECTION * inspected + _BY_GRADE * graded
