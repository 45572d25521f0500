"""Changes of budgets, programmes and their sites, households and what was done at each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from charity.money import ZERO, Money
from charity.paging import Page, page_of
from charity.rows import present
from charity.rules import parameter
from charity.spending.models import (
    Budget,
    BudgetChange,
    BudgetChangePart,
    BudgetChangeState,
    BudgetLine,
    Deliverable,
    Delivery,
    DeliveryState,
    Expense,
    ExpenseState,
    Household,
    HouseholdDelivery,
    Programme,
    SiteAllocation,
    SiteKind,
)


def budget_change(session: Session, change_id: int) -> BudgetChange:
    """A change with its lines; raises `NotFound`."""
    query = select(BudgetChange).where(BudgetChange.id == change_id)
    return present(session.scalar(query.options(selectinload(BudgetChange.parts))))


def changes_of_budget(session: Session, budget_id: int) -> list[BudgetChange]:
    """Every change of a budget, the latest first."""
    query = select(BudgetChange).where(BudgetChange.budget_id == budget_id)
    query = query.options(selectinload(BudgetChange.parts)).order_by(BudgetChange.id.desc())
    return list(session.scalars(query))


def changes_waiting(session: Session, fund_ids: Collection[int]) -> list[BudgetChange]:
    """Changes that wait for agreement, of budgets with these funds, the longest waiting first."""
    query = (
        select(BudgetChange)
        .join(BudgetChange.budget)
        .where(BudgetChange.state == BudgetChangeState.ASKED, Budget.fund_id.in_(fund_ids))
        .options(joinedload(BudgetChange.budget), selectinload(BudgetChange.parts))
        .order_by(BudgetChange.id)
    )
    return list(session.scalars(query))


def measures_of_lines(session: Session, budget_id: int) -> dict[int, Money]:
    """What each changed line is measured against: its opening, or what was last agreed (VEN-10).

    A line that never changed is left out: it is its own measure.
    """
    query = (
        select(
            BudgetChangePart.budget_line_id,
            BudgetChangePart.was,
            BudgetChangePart.becomes,
            BudgetChange.largest_permille,
            BudgetChange.asked_at,
        )
        .join(BudgetChangePart.change)
        .where(BudgetChange.budget_id == budget_id, BudgetChange.state == BudgetChangeState.MADE)
        .order_by(BudgetChange.id)
    )
    measures: dict[int, Money] = {}
    for line_id, was, becomes, share, at in session.execute(query):
        agreed = share > parameter("VEN-10", at.date()).number
        measures[line_id] = becomes if agreed else measures.get(line_id, was)
    return measures


@dataclass(frozen=True, slots=True)
class SiteSpending:
    """A site with its share and what was paid of it."""

    site: SiteAllocation
    planned: Money
    paid: Money


@dataclass(frozen=True, slots=True)
class ProgrammeSum:
    """A programme in figures: how many sites of each kind, what is bound, and what was paid."""

    communities: int
    streets: int
    bound: int
    paid: Money
    #: The share of one site on average, in fen, rounded down.
    average: Money


def programmes_page(session: Session, page: int = 1) -> Page[Programme]:
    """All programmes, the newest first."""
    return page_of(session, select(Programme).order_by(Programme.id.desc()), page)


def programme(session: Session, programme_id: int) -> Programme:
    """A programme with its sites; raises `NotFound`."""
    query = select(Programme).where(Programme.id == programme_id)
    return present(session.scalar(query.options(selectinload(Programme.sites))))


def sites_with_spending(session: Session, programme_id: int) -> list[SiteSpending]:
    """The sites of a programme by place, with what is planned and paid, in three queries."""
    sites = session.scalars(
        select(SiteAllocation)
        .where(SiteAllocation.programme_id == programme_id)
        .order_by(SiteAllocation.region_code)
    ).all()
    ids = [site.budget_id for site in sites if site.budget_id is not None]
    planned = _sums(
        session,
        select(BudgetLine.budget_id, func.sum(BudgetLine.amount))
        .where(BudgetLine.budget_id.in_(ids))
        .group_by(BudgetLine.budget_id),
    )
    paid = _sums(
        session,
        select(BudgetLine.budget_id, func.sum(Expense.amount))
        .join(Expense, Expense.budget_line_id == BudgetLine.id)
        .where(BudgetLine.budget_id.in_(ids), Expense.state == ExpenseState.PAID)
        .group_by(BudgetLine.budget_id),
    )
    return [
        SiteSpending(
            site, planned.get(site.budget_id or 0, ZERO), paid.get(site.budget_id or 0, ZERO)
        )
        for site in sites
    ]


def programme_sum(total: Money, sites: Collection[SiteSpending]) -> ProgrammeSum:
    """The figures above a programme's table."""
    return ProgrammeSum(
        communities=sum(each.site.kind is SiteKind.COMMUNITY for each in sites),
        streets=sum(each.site.kind is SiteKind.STREET for each in sites),
        bound=sum(each.site.budget_id is not None for each in sites),
        paid=Money.total(each.paid for each in sites),
        average=Money(total.fen // max(len(sites), 1)),
    )


def site_of_budget(session: Session, budget_id: int) -> SiteAllocation | None:
    """The site whose share this budget spends; None where it spends no programme's money."""
    query = select(SiteAllocation).where(SiteAllocation.budget_id == budget_id)
    return session.scalar(query.options(joinedload(SiteAllocation.programme)))


def households_of(session: Session, deliverable_id: int) -> list[Household]:
    """The households of a deliverable with their lists, by number."""
    query = select(Household).where(Household.deliverable_id == deliverable_id)
    return list(
        session.scalars(query.options(selectinload(Household.items)).order_by(Household.number))
    )


def households_to_do(session: Session, budget_id: int) -> list[Household]:
    """The households of a budget at which nothing is reported yet, by deliverable and number."""
    reported = select(HouseholdDelivery.household_id).where(HouseholdDelivery.is_standing)
    query = (
        select(Household)
        .join(Household.deliverable)
        .where(Deliverable.budget_id == budget_id, Household.id.not_in(reported))
        .order_by(Deliverable.number, Household.number)
    )
    return list(session.scalars(query))


def done_at(session: Session, deliverable_id: int) -> dict[int, DeliveryState]:
    """How far each household is, by its id: reported, or accepted; others are still to come."""
    query = (
        select(HouseholdDelivery.household_id, Delivery.state)
        .join(Delivery, Delivery.id == HouseholdDelivery.delivery_id)
        .where(Delivery.deliverable_id == deliverable_id, HouseholdDelivery.is_standing)
    )
    return dict(row for row in session.execute(query))


def _sums(session: Session, query: Select[int, Money]) -> dict[int, Money]:
    return dict(row for row in session.execute(query))
