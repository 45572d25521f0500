"""Which places help flows to first (乡村振兴重点帮扶), and how much of the help went there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from charity.ledger.models import Entry, Inflow, Line
from charity.money import Money
from charity.registry import regions
from charity.rows import present
from charity.spending.models import Budget
from projects.listings.models import Claim, Need, PriorityArea, Project, ServiceRecord


@dataclass(frozen=True, slots=True)
class Share:
    """How much in all, and how much of it in priority areas: fen or minutes."""

    whole: int
    there: int

    @property
    def per_ten_thousand(self) -> int | None:
        """The share in hundredths of a percent, rounded down; None of nothing."""
        return None if not self.whole else self.there * 10_000 // self.whole


@dataclass(frozen=True, slots=True)
class PriorityShare:
    """Help to priority areas in one year: money given to projects, and hours confirmed by both."""

    money: Share
    minutes: Share


def priority_area(session: Session, area_id: int) -> PriorityArea:
    """One entry; raises `NotFound`."""
    return present(session.get(PriorityArea, area_id))


def priority_areas(session: Session) -> list[PriorityArea]:
    """Every entry, those that ended too, by place and day."""
    query = select(PriorityArea).options(joinedload(PriorityArea.region))
    return list(session.scalars(query.order_by(PriorityArea.region_code, PriorityArea.since)))


def covering(code: str, on: date) -> Select[PriorityArea]:
    """The entries in force on a day (in China) that hold a place or one above it."""
    return (
        select(PriorityArea)
        .where(
            PriorityArea.region_code.in_(regions.chain(code)),
            PriorityArea.since <= on,
            or_(PriorityArea.until.is_(None), PriorityArea.until >= on),
        )
        .order_by(PriorityArea.id)
        .limit(1)
    )


def priority_of(session: Session, code: str, on: date) -> PriorityArea | None:
    """The entry by which a place is one that help flows to first; None where there is none."""
    return session.scalars(covering(code, on).options(joinedload(PriorityArea.region))).first()


def priority_share(session: Session, year: int) -> PriorityShare:
    """The help of a year (of China's calendar), and the part in priority areas, by the day it came.

    Money is what givers gave to published projects, without what funds granted each other; hours
    are those of needs that both sides confirmed. A place counts on the days its entry is in force.
    """
    areas = priority_areas(session)
    first, last = date(year, 1, 1), date(year, 12, 31)
    money = (
        select(Project.region_code, Entry.occurred_on, func.sum(Inflow.amount))
        .select_from(Inflow)
        .join(Entry, Entry.id == Inflow.entry_id)
        .join(Line, Line.id == Inflow.line_id)
        .join(Budget, Budget.fund_id == Line.fund_id)
        .join(Project, Project.budget_id == Budget.id)
        .where(
            Project.public_ones(),
            Inflow.origin_outflow_id.is_(None),
            Entry.occurred_on.between(first, last),
        )
        .group_by(Project.region_code, Entry.occurred_on)
    )
    hours = (
        select(Need.region_code, ServiceRecord.delivered_on, func.sum(ServiceRecord.minutes))
        .join(Claim, Claim.id == ServiceRecord.claim_id)
        .join(Need, Need.id == Claim.need_id)
        .where(
            ServiceRecord.unit_confirmed_at.is_not(None),
            ServiceRecord.need_confirmed_at.is_not(None),
            ServiceRecord.refused_at.is_(None),
            ServiceRecord.delivered_on.between(first, last),
        )
        .group_by(Need.region_code, ServiceRecord.delivered_on)
    )
    return PriorityShare(_share(session, money, areas), _share(session, hours, areas))


def _share(
    session: Session,
    query: Select[str, date, Money | None] | Select[str, date, int],
    areas: Collection[PriorityArea],
) -> Share:
    by_code: dict[str, list[PriorityArea]] = {}
    for area in areas:
        by_code.setdefault(area.region_code, []).append(area)
    whole = there = 0
    for code, day, amount in session.execute(query):
        much = amount.fen if isinstance(amount, Money) else int(amount or 0)
        whole += much
        if _is_there(by_code, code, day):
            there += much
    return Share(whole, there)


def _is_there(by_code: Mapping[str, list[PriorityArea]], code: str, day: date) -> bool:
    return any(
        area.since <= day and (area.until is None or day <= area.until)
        for step in regions.chain(code)
        for area in by_code.get(step, ())
    )
