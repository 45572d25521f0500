"""Money of competitions in words: the pool by its tiers, the caps, and an application's budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from charity.money import ZERO, Money
from projects.ventures.models import (
    Application,
    ApplicationLineKind,
    CompetitionFunder,
    FunderTier,
)
from projects.ventures.terms import CompetitionTerms
from web.filters import percent, yuan
from web.labels import label

#: How each tier is drawn in the line of fen (macros/strip.html).
_DRAWN = {
    FunderTier.PROVINCE: "spent",
    FunderTier.CITY: "spent",
    FunderTier.DISTRICT: "held",
    FunderTier.STREET: "match",
    FunderTier.SOCIAL: "pledged",
}


@dataclass(frozen=True, slots=True)
class FunderRow:
    """One organisation that pays."""

    id: int
    tier: str
    name: str
    url: str
    pledged: Money
    #: None while it has not come.
    arrived: Money | None
    #: Where its money went.
    trail_url: str


@dataclass(frozen=True, slots=True)
class PoolView:
    """Where the prize money comes from, tier by tier."""

    total: Money
    arrived: Money
    segments: list[tuple[str, int]]
    legend: list[tuple[str, str, Money]]
    said: str
    funders: list[FunderRow]
    fund_url: str | None


def pool_view(
    funders: Sequence[CompetitionFunder], fund_id: int | None = None, *, named: bool = False
) -> PoolView:
    """The pool of one competition; `named` where the funders' organisations are loaded."""
    tiers = [(tier, [each for each in funders if each.tier is tier]) for tier in FunderTier]
    sums = [(tier, Money.total(each.pledged for each in group)) for tier, group in tiers if group]
    total = Money.total(amount for _tier, amount in sums)
    parts = [_("%(tier)s %(sum)s", tier=label(tier), sum=yuan(amount)) for tier, amount in sums]
    return PoolView(
        total=total,
        arrived=Money.total(each.received or ZERO for each in funders),
        segments=[(_DRAWN[tier], amount.fen) for tier, amount in sums],
        legend=[(_DRAWN[tier], label(tier), amount) for tier, amount in sums],
        said=str(_("奖补资金 %(sum)s：%(parts)s", sum=yuan(total), parts=_("、").join(parts))),
        funders=[_funder(each) for _tier, group in tiers for each in group] if named else [],
        fund_url=None if fund_id is None else url_for("ledger.fund", fund_id=fund_id),
    )


def _funder(found: CompetitionFunder) -> FunderRow:
    return FunderRow(
        found.id,
        label(found.tier),
        found.organisation.name,
        url_for("registry.organisation", organisation_id=found.organisation_id),
        found.pledged,
        found.received,
        url_for("awards.trail", competition_id=found.competition_id, funder_id=found.id),
    )


# ── caps ─────────────────────────────────────────────────────────────────────────────────────────


def caps_of(terms: CompetitionTerms) -> list[str]:
    """The limits of one award in sentences."""
    said = [
        _(
            "资助最多占项目预算的 %(share)s，其余 %(rest)s 要自己筹。",
            share=percent(terms.cap_permille, 1000),
            rest=percent(terms.self_raised_permille, 1000),
        ),
        _("一个项目最多资助 %(sum)s。", sum=yuan(terms.cap)),
        _("最多资助 %(n)s 个项目。", n=terms.places),
    ]
    return [str(line) for line in said]


def cap_examples(terms: CompetitionTerms) -> list[str]:
    """What the limits come to for two budgets (VEN-02)."""
    return [
        str(
            _(
                "预算 %(budget)s 的项目，最多申请 %(most)s。",
                budget=yuan(budget),
                most=yuan(terms.most_for(budget)),
            )
        )
        for budget in (Money.yuan(600_000), Money.yuan(1_000_000))
    ]


# ── a budget ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of a budget."""

    name: str
    kind: str
    amount: Money
    asked: Money
    self_raised: Money


@dataclass(frozen=True, slots=True)
class CapCheck:
    """One limit, whether it is kept (None: nothing is written yet), and the sentence."""

    ok: bool | None
    said: str


@dataclass(frozen=True, slots=True)
class BudgetView:
    """A budget with its sums, and the limits in words."""

    lines: list[LineView]
    total: Money
    asked: Money
    self_raised: Money
    said: str
    checks: list[CapCheck]


#: A line before it is shown: name, kind, what is asked, what the applicant brings.
Typed = tuple[str, ApplicationLineKind, Money, Money]


def budget_view(lines: Sequence[Typed], terms: CompetitionTerms) -> BudgetView:
    """A budget as it was typed."""
    shown = [
        LineView(name, label(kind), asked + own, asked, own) for name, kind, asked, own in lines
    ]
    asked = Money.total(line.asked for line in shown)
    own = Money.total(line.self_raised for line in shown)
    total = asked + own
    said = (
        _(
            "一共 %(total)s：申请 %(asked)s，自筹 %(own)s，自筹占 %(share)s。",
            total=yuan(total), asked=yuan(asked), own=yuan(own),
            share=percent(own.fen, total.fen),
        )
        if total
        else _("还没有写预算。")
    )  # fmt: skip
    return BudgetView(shown, total, asked, own, str(said), _checks(total, asked, terms))


def budget_of(application: Application, terms: CompetitionTerms) -> BudgetView:
    """The budget an application keeps."""
    return budget_view(
        [(line.name, line.kind, line.asked, line.self_raised) for line in application.lines],
        terms,
    )


def _checks(total: Money, asked: Money, terms: CompetitionTerms) -> list[CapCheck]:
    share = Money(total.fen * terms.cap_permille // 1000)
    part = percent(terms.cap_permille, 1000)
    if not total:
        first = CapCheck(None, str(_("资助最多占预算的 %(part)s。", part=part)))
    elif asked > share:
        first = CapCheck(
            False,
            str(
                _(
                    "资助最多占预算的 %(part)s，这份预算最多申请 %(most)s，多了 %(over)s："
                    "少申请一些，或者多自筹一些。",
                    part=part, most=yuan(share), over=yuan(asked - share),
                )
            ),
        )  # fmt: skip
    else:
        first = CapCheck(
            True,
            str(
                _(
                    "资助最多占预算的 %(part)s，这份预算最多申请 %(most)s。",
                    part=part, most=yuan(share),
                )
            ),
        )  # fmt: skip
    return [first, _most(asked, terms)]


def _most(asked: Money, terms: CompetitionTerms) -> CapCheck:
    if asked > terms.cap:
        return CapCheck(
            False,
            str(
                _(
                    "一个项目最多 %(most)s，多了 %(over)s。",
                    most=yuan(terms.cap), over=yuan(asked - terms.cap),
                )
            ),
        )  # fmt: skip
    said = str(_("一个项目最多 %(most)s。", most=yuan(terms.cap)))
    return CapCheck(True if asked else None, said)
