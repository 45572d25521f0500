"""What a plan says before its frame is frozen: the words of a form, checked elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from charity.audits.models import (
    AuditKind,
    AuditLevel,
    FrameStratum,
    OrganisationRisk,
    OrganisationSize,
)
from charity.money import ZERO, Money
from charity.registry.models import OrganisationKind


@dataclass(frozen=True, slots=True)
class FrameFilter:
    """Who stands in the frame besides being registered there (INS-02); empty means everybody."""

    kinds: tuple[OrganisationKind, ...] = ()
    sizes: tuple[OrganisationSize, ...] = ()
    risks: tuple[OrganisationRisk, ...] = ()
    charities: bool = False

    def stored(self) -> dict[str, object]:
        """As it is kept with the plan."""
        return {
            "kinds": [each.value for each in self.kinds],
            "sizes": [each.value for each in self.sizes],
            "risks": [each.value for each in self.risks],
            "charities": self.charities,
        }

    @classmethod
    def read(cls, kept: dict[str, object]) -> FrameFilter:
        """Of what is kept; raises `ValueError` for values that are none."""
        lists = {name: kept.get(name, []) for name in ("kinds", "sizes", "risks")}
        if not all(isinstance(each, list) for each in lists.values()):
            raise ValueError("a filter names lists")
        return cls(
            kinds=tuple(OrganisationKind(each) for each in _texts(lists["kinds"])),
            sizes=tuple(OrganisationSize(each) for each in _texts(lists["sizes"])),
            risks=tuple(OrganisationRisk(each) for each in _texts(lists["risks"])),
            charities=bool(kept.get("charities", False)),
        )


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A plan as it is written. What is None takes the figure of the rules on the day.

    `coverage` in percent; `response_days` and `rectification_days` in working days; `budget` is
    paid by `payer_id`, never by who is checked (INS-08).
    """

    title: str
    kind: AuditKind
    level: AuditLevel
    region_code: str
    period_from: date
    period_until: date
    starts_on: date
    ends_on: date
    scope: str = ""
    coverage: int | None = None
    frame_filter: FrameFilter = field(default_factory=FrameFilter)
    strata: tuple[FrameStratum, ...] = ()
    team_size: int | None = None
    budget: Money = ZERO
    response_days: int | None = None
    rectification_days: int | None = None
    payer_id: int | None = None


def _texts(values: object) -> list[str]:
    return [str(each) for each in values] if isinstance(values, list) else []
