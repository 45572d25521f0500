"""The terms of a competition: how it is judged, capped and paid, as data frozen at its opening.

They start from the figures of the rules in force on the day (VEN-02, VEN-04, VEN-05, VEN-07,
VEN-08, VEN-09); an organiser may be stricter, never laxer. A stranger who has the JSON and its
SHA-256 knows that nothing was changed after the call.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Self

from charity.money import Money
from charity.rules import parameter

#: Rules whose rows the terms start from.
CAP_SHARE, CAP_AMOUNT = "VEN-02.share", "VEN-02.most"
CONFLICT_YEARS = "VEN-04"
JUDGES, TRIM_FROM = "VEN-05.judges", "VEN-05.trim"
#: The grade of 等级评估 from which an applicant scores better, where the terms say so (ORG-15).
RATED_FROM = 3
NOTICE_RULES = ("VEN-07.workdays", "VEN-07")
STAGES = "VEN-08"
STAFF_SHARE, MANAGEMENT_SHARE = "VEN-09.staff", "VEN-09.management"


class RankingMethod(enum.StrEnum):
    """How scores become points."""

    MEAN = "mean"
    #: The highest and the lowest are left out where there are enough judges (VEN-05).
    TRIMMED = "trimmed"
    #: Judges' severity is taken out, for panels in which not everybody judges everything.
    SEVERITY = "severity"


class TieRule(enum.StrEnum):
    """What decides between equal points, fixed before anybody scores."""

    #: The higher demand score, then a draw that anybody can repeat.
    DEMAND_THEN_DRAW = "demand_then_draw"
    DRAW = "draw"


@dataclass(frozen=True, slots=True)
class CompetitionTerms:
    """One competition's terms; shares in thousandths, sums in fen."""

    cap_permille: int
    cap_fen: int
    tranches: tuple[int, ...]
    trim_from: int
    conflict_years: int
    least_judges: int
    staff_permille: int
    management_permille: int
    method: RankingMethod = RankingMethod.TRIMMED
    tie_rule: TieRule = TieRule.DEMAND_THEN_DRAW
    judges_per_application: int = 5
    blind: bool = True
    #: How many go on after the review; 0: all are ranked by the review.
    shortlist: int = 0
    has_defence: bool = False
    #: The share of the public vote in the total; 0: nobody is asked.
    vote_permille: int = 0
    #: How many awards there are at most.
    places: int = 10
    #: Tenths of a point added to the total of an applicant rated 3A or better (ORG-15); 0: none.
    rating_bonus: int = 0
    notice_rule: str = NOTICE_RULES[0]

    @property
    def self_raised_permille(self) -> int:
        """The least share of its budget an applicant brings itself."""
        return 1000 - self.cap_permille

    @property
    def cap(self) -> Money:
        """The most one award may be."""
        return Money(self.cap_fen)

    def most_for(self, budget: Money) -> Money:
        """The most that may be asked of a budget: within the share and the sum (VEN-02).

        1,000,000 yuan → 500,000; 600,000 → 360,000. Rounded down to the fen.
        """
        return min(Money(budget.fen * self.cap_permille // 1000), self.cap)

    def as_json(self) -> dict[str, Any]:
        """The terms as they are frozen and published."""
        return {**asdict(self), "tranches": list(self.tranches)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The terms of a competition's row; unknown names are left out."""
        known = {field.name: kept[field.name] for field in fields(cls) if field.name in kept}
        known["tranches"] = tuple(known["tranches"])
        known["method"] = RankingMethod(known["method"])
        known["tie_rule"] = TieRule(known["tie_rule"])
        return cls(**known)


def usual_terms(on: date) -> CompetitionTerms:
    """The terms that the rules in force on a day in China give; raises `LookupError` before them.

    The stages of payment are written `50/30/20` in their row.
    """
    stages = str(parameter(STAGES, on).value)
    return CompetitionTerms(
        cap_permille=parameter(CAP_SHARE, on).number,
        cap_fen=parameter(CAP_AMOUNT, on).number,
        tranches=tuple(int(part) for part in stages.split("/")),
        trim_from=parameter(TRIM_FROM, on).number,
        conflict_years=parameter(CONFLICT_YEARS, on).number,
        least_judges=parameter(JUDGES, on).number,
        staff_permille=parameter(STAFF_SHARE, on).number,
        management_permille=parameter(MANAGEMENT_SHARE, on).number,
    )


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of JSON in its shortest form with sorted keys: what is frozen and replayed."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
