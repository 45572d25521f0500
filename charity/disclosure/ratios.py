"""Annual spend and management cost of a charity, judged by the figures of the law (RAT-01 to 18).

Pure: figures in fen in, verdicts out, whole numbers and fractions only. A bound counts inside its
band. What the percentage is taken of, and by which row, stands in the verdict.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from charity.money import Money
from charity.registry.models import OrganisationKind
from charity.rules import Parameter, parameter

#: Rules without a figure of their own: what counts as income, who reports, who is bound, gifts
#: with rates agreed, shared costs.
INCOME, REPORTING, BOUND, AGREED, SHARED = "RAT-12", "RAT-14", "RAT-16", "RAT-15", "RAT-18"

#: Bands by net assets, the largest first; the last has no lower bound.
_FOUNDATIONS = ("RAT-03", "RAT-04", "RAT-05", "RAT-06")
_OTHERS = ("RAT-07", "RAT-08", "RAT-09", "RAT-10")
_MEMBERSHIP = frozenset({OrganisationKind.ASSOCIATION, OrganisationKind.SOCIAL_SERVICE_ORG})


class RatioKind(enum.StrEnum):
    """What is measured."""

    SPENDING = "spending"
    MANAGEMENT = "management"
    FUNDRAISING = "fundraising"


class RatioOutcome(enum.StrEnum):
    """How it stands; a missed ratio is reported and published (RAT-14)."""

    MET = "met"
    MISSED = "missed"
    #: Management cost below the bound: no percentage applies (RAT-13).
    EXEMPT = "exempt"
    #: Told, but it binds nobody here (RAT-16, RAT-17).
    REPORTED = "reported"
    #: There is no figure to take it of: people judge (RAT-14).
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AgreedRate:
    """Spend of one gift whose agreement fixes another share for management (RAT-15)."""

    spent: int
    #: In thousandths.
    permille: int


@dataclass(frozen=True, slots=True)
class Figures:
    """One year of one organisation in fen, and what came before it, the latest year first."""

    kind: OrganisationKind
    is_charity: bool
    has_certificate: bool
    #: 慈善活动支出 of the year.
    charitable: int
    management: int
    #: 当年总支出: everything spent.
    total: int
    #: Income of the years before (RAT-12), and net assets at their ends, as far as known.
    incomes: tuple[int, ...]
    net_assets: tuple[int, ...]
    fundraising_cost: int = 0
    fundraising_income: int = 0
    agreed: tuple[AgreedRate, ...] = ()
    #: How the income of the year before was adjusted (RAT-12): what could not be used in it, and
    #: net assets whose time limit ended in it; already counted in `incomes`.
    not_usable: int = 0
    lifted: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One ratio: the share reached, the limit, and of what; None where there is no base."""

    rule_id: str
    kind: RatioKind
    outcome: RatioOutcome
    share: Fraction | None
    limit: Fraction
    #: What the share is of, in fen; an average may be a broken number.
    base: Fraction | None
    #: Whether the average of the years before stands for the last one (RAT-11).
    is_average: bool
    used: tuple[Parameter, ...]


def income_of_year(actual: int, not_usable: int, lifted: int) -> int:
    """Income of a year (RAT-12): less what may not be used in it, with what lost its time limit."""
    return actual - not_usable + lifted


def judge(figures: Figures, on: date, *, with_draft: bool = False) -> list[Verdict]:
    """Every ratio of a year that ends on a day; the draft's only where it is asked for (RAT-17).

    One that is no charity is told its shares and bound by none (RAT-16). Raises `LookupError`
    before the rules were in force.
    """
    found = [_spending(figures, on), _management(figures, on)]
    if not figures.is_charity:
        found = [_with(each, RatioOutcome.REPORTED) for each in found]
    if with_draft:
        found.append(_fundraising(figures, on))
    return found


def missed(verdicts: Sequence[Verdict]) -> list[str]:
    """The rules whose ratio was not met, or cannot be said: they are reported (RAT-14)."""
    reported = (RatioOutcome.MISSED, RatioOutcome.UNKNOWN)
    return sorted({each.rule_id for each in verdicts if each.outcome in reported})


def rule_for(figures: Figures, net_assets: Fraction | int, on: date) -> str:
    """Which rule binds an organisation with these net assets at the end of the year before."""
    if figures.has_certificate:
        return "RAT-02" if figures.kind in _MEMBERSHIP else "RAT-01"
    *bands, last = _OTHERS if figures.kind in _MEMBERSHIP else _FOUNDATIONS
    for rule_id in bands:
        if net_assets >= parameter(f"{rule_id}.from", on).number:
            return rule_id
    return last


def split_shared(shared: Money, key: Mapping[str, int]) -> dict[str, Money]:
    """Shared costs over activities by a stable key of weights (RAT-18), to the fen."""
    return dict(zip(key, shared.split(list(key.values())), strict=True))


def _bases(figures: Sequence[int], on: date) -> list[tuple[Fraction, bool]]:
    """The figure of the last year, and the average where all its years are known (RAT-11)."""
    years = parameter("RAT-11", on).number
    bases = [(Fraction(figure), False) for figure in figures[:1]]
    if len(figures) >= years:
        bases.append((Fraction(sum(figures[:years]), years), True))
    return bases


def _spending(figures: Figures, on: date) -> Verdict:
    """RAT-01 to RAT-10: enough was spent on the purpose; either base may carry it."""
    of = figures.incomes if figures.has_certificate else figures.net_assets
    verdicts = [_spent(figures, on, base, average) for base, average in _bases(of, on)]
    return _best(verdicts) if verdicts else _unknown(figures, on, RatioKind.SPENDING)


def _spent(figures: Figures, on: date, base: Fraction, is_average: bool) -> Verdict:
    rule_id = rule_for(figures, base, on)
    row = parameter(f"{rule_id}.spend", on)
    used, limit = [row], Fraction(row.number, 100)
    enough = figures.charitable >= limit * base
    if rule_id == "RAT-10":
        half = parameter("RAT-10.income", on)
        used.append(half)
        incomes = [income for income, _ in _bases(figures.incomes, on)]
        enough = enough and any(
            figures.charitable >= Fraction(half.number, 100) * income for income in incomes
        )
    if is_average:
        used.append(parameter("RAT-11", on))
    return Verdict(
        rule_id=rule_id,
        kind=RatioKind.SPENDING,
        outcome=RatioOutcome.MET if enough else RatioOutcome.MISSED,
        share=Fraction(figures.charitable) / base if base > 0 else None,
        limit=limit,
        base=base,
        is_average=is_average,
        used=tuple(used),
    )


def _management(figures: Figures, on: date) -> Verdict:
    """Management against all that was spent; below the bound of RAT-13 no share applies."""
    bound = parameter("RAT-13", on)
    bases = (
        _bases(figures.net_assets, on) if not figures.has_certificate else [(Fraction(0), False)]
    )
    verdicts = [_managed(figures, on, base, average) for base, average in bases]
    found = _best(verdicts) if verdicts else _unknown(figures, on, RatioKind.MANAGEMENT)
    if figures.management < bound.number:
        return _with(found, RatioOutcome.EXEMPT, bound)
    return found


def _managed(figures: Figures, on: date, net_assets: Fraction, is_average: bool) -> Verdict:
    rule_id = rule_for(figures, net_assets, on)
    row = parameter(f"{rule_id}.manage", on)
    limit = Fraction(row.number, 100)
    # gifts whose agreement says otherwise are judged by what it says (RAT-15)
    by_agreement = sum(each.spent for each in figures.agreed)
    allowed = limit * (figures.total - by_agreement) + sum(
        Fraction(each.spent * each.permille, 1000) for each in figures.agreed
    )
    total = Fraction(figures.total)
    return Verdict(
        rule_id=rule_id,
        kind=RatioKind.MANAGEMENT,
        outcome=RatioOutcome.MET if figures.management <= allowed else RatioOutcome.MISSED,
        share=Fraction(figures.management) / total if total > 0 else None,
        limit=allowed / total if figures.agreed and total > 0 else limit,
        base=total,
        is_average=is_average,
        used=(row,),
    )


def _fundraising(figures: Figures, on: date) -> Verdict:
    """RAT-17: a draft that was not adopted; it informs."""
    row = parameter("RAT-17", on)
    income = Fraction(figures.fundraising_income)
    return Verdict(
        rule_id="RAT-17",
        kind=RatioKind.FUNDRAISING,
        outcome=RatioOutcome.REPORTED,
        share=Fraction(figures.fundraising_cost) / income if income > 0 else None,
        limit=Fraction(row.number, 100),
        base=income,
        is_average=False,
        used=(row,),
    )


def _best(verdicts: Sequence[Verdict]) -> Verdict:
    """The first that is met, else the first."""
    met = (each for each in verdicts if each.outcome is RatioOutcome.MET)
    return next(met, verdicts[0])


def _unknown(figures: Figures, on: date, kind: RatioKind) -> Verdict:
    """Without a year before, nobody can say; it is reported to the registrar (RAT-14)."""
    rule_id = rule_for(figures, 0, on)
    which = "spend" if kind is RatioKind.SPENDING else "manage"
    row = parameter(f"{rule_id}.{which}", on)
    limit = Fraction(row.number, 100)
    return Verdict(rule_id, kind, RatioOutcome.UNKNOWN, None, limit, None, False, (row,))


def _with(verdict: Verdict, outcome: RatioOutcome, *rows: Parameter) -> Verdict:
    return Verdict(
        rule_id=verdict.rule_id,
        kind=verdict.kind,
        outcome=outcome,
        share=verdict.share,
        limit=verdict.limit,
        base=verdict.base,
        is_average=verdict.is_average,
        used=(*verdict.used, *rows),
    )
