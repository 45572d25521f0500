"""A funder's programme over many sites: one sum, a share for each community and street.

Figures such as 83 million yuan for 87 communities and 123 streets (FEATURES 7) are kept as a
programme whose shares add up to the fen; a share is spent by the budget bound to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Invalid
from charity.ledger import queries as ledger
from charity.money import Money
from charity.registry import queries as registry
from charity.rows import locked
from charity.spending import intake, policy, queries
from charity.spending.models import Programme, SiteAllocation, SiteKind
from charity.spending.reasons import SpendingReason
from charity.spending.services.locking import lock_budget, person_of

MAX_SITES = 1000


@dataclass(frozen=True, slots=True)
class Site:
    """One place of a programme; without an amount it gets an even share of what is left."""

    region_code: str
    kind: SiteKind
    amount: Money | None = None


def open_programme(
    session: Session,
    actor: Actor,
    *,
    funder_id: int,
    fund_id: int | None,
    name: str,
    total: Money,
    starts_on: date,
    ends_on: date,
    sites: Sequence[Site],
) -> Programme:
    """Allot a sum to its sites, to the fen.

    Sites without an amount share evenly what the others leave (largest remainder). Raises
    `Invalid` on `sites` for an unknown place (REGION_UNKNOWN), one named twice (SITE_TWICE), or
    shares that do not add up to the total (SUM_CHANGES); on `ends_on`, `total`, `fund_id`.
    """
    require(policy.may_manage_programme(actor, funder_id))
    user_id, _ = person_of(session, actor)
    if ends_on < starts_on:
        raise Invalid(CommonReason.DATES_REVERSED, field="ends_on")
    intake.positive(total, field="total")
    if fund_id is not None and queries.charity_of_fund(session, fund_id) != funder_id:
        raise Invalid(SpendingReason.OTHER_BUDGET, field="fund_id")
    programme = Programme(
        name=texts.line(name, field="name"),
        funder_id=funder_id,
        fund_id=None if fund_id is None else ledger.fund(session, fund_id).id,
        total=total,
        starts_on=starts_on,
        ends_on=ends_on,
        created_by_user_id=user_id,
        created_at=clock.now(),
        sites=_shares(session, total, sites),
    )
    session.add(programme)
    session.flush()
    return programme


def bind_site(session: Session, actor: Actor, *, site_id: int, budget_id: int) -> SiteAllocation:
    """Say which budget spends a site's share; one budget, one site.

    Raises `Invalid` on `budget_id` where the budget plans more than the share or lies in another
    place, `Conflict` where either is bound already.
    """
    site = locked(session, select(SiteAllocation).where(SiteAllocation.id == site_id))
    require(policy.may_manage_programme(actor, site.programme.funder_id))
    budget = lock_budget(session, actor, budget_id=budget_id)
    if not budget.region_code.startswith(site.region_code):
        raise Invalid(SpendingReason.OTHER_PLACE, field="budget_id")
    planned = Money.total(line.amount for line in budget.lines)
    if planned > site.amount:
        raise Invalid(SpendingReason.BEYOND_SHARE, field="budget_id", share=site.amount)
    if site.budget_id is not None or queries.site_of_budget(session, budget_id) is not None:
        raise Conflict(SpendingReason.SITE_BOUND, field="budget_id")
    site.budget_id = budget_id
    session.flush()
    return site


def _shares(session: Session, total: Money, sites: Sequence[Site]) -> list[SiteAllocation]:
    if not 1 <= len(sites) <= MAX_SITES:
        raise Invalid(SpendingReason.SITE_COUNT, field="sites", limit=MAX_SITES)
    codes = [site.region_code for site in sites]
    known = registry.region_names(session, codes)
    for code in codes:
        if code not in known:
            raise Invalid(SpendingReason.SITE_UNKNOWN, field="sites", code=code)
        if codes.count(code) > 1:
            raise Invalid(SpendingReason.SITE_TWICE, field="sites", code=code)
    left = total - Money.total(site.amount for site in sites if site.amount is not None)
    even = sum(site.amount is None for site in sites)
    if left.fen < even or (not even and left.fen):
        raise Invalid(SpendingReason.SUM_CHANGES, field="sites", difference=left)
    parts = iter(left.split([1] * even) if even else ())
    return [
        SiteAllocation(
            region_code=site.region_code,
            kind=site.kind,
            amount=next(parts)
            if site.amount is None
            else intake.positive(site.amount, field="sites"),
        )
        for site in sites
    ]
