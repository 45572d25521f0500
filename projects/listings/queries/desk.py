"""What a dispatcher looks at: open needs by their clock, proposals, plans and their rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from charity.registry import regions
from charity.registry.models import ListEntry, Rating
from charity.rows import present
from projects.listings.models import (
    Booking,
    Claim,
    ClaimState,
    DispatchMethod,
    DispatchPlan,
    DispatchRow,
    Evaluation,
    EvaluationSide,
    Need,
    NeedState,
)

#: Rows of one page of a plan.
PLAN_ROWS = 50


@dataclass(frozen=True, slots=True)
class PlanTotals:
    """What the rows of one method of a plan come to; a row taken out is left out."""

    rows: int
    needs: int
    #: Score times pieces, in points of 1 to 10,000 a piece.
    score: int


@dataclass(frozen=True, slots=True)
class Trust:
    """How reliable an organisation is by what others said: stars, its grade, a list it is on."""

    evaluations: int
    stars: int
    #: 1 to 5 A, None without a rating in force.
    grade: int | None
    is_listed: bool


def needs_by_clock(session: Session, codes: Collection[str] | None, *, limit: int) -> list[Need]:
    """Open needs of these places and all below of which something is left, first due first.

    `codes` None means everywhere.
    """
    query = (
        select(Need)
        .where(
            Need.state == NeedState.OPEN,
            or_(Need.quantity.is_(None), Need.promised < Need.quantity),
            _below(Need.region_code, codes),
        )
        .options(joinedload(Need.region))
        .order_by(Need.due_at.is_(None), Need.due_at, Need.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def proposals_waiting(
    session: Session, codes: Collection[str] | None, *, limit: int
) -> list[Claim]:
    """Proposals for needs of these places that nobody has answered, first due first."""
    query = (
        select(Claim)
        .join(Claim.need)
        .where(Claim.state == ClaimState.PROPOSED, _below(Need.region_code, codes))
        .options(
            joinedload(Claim.need), joinedload(Claim.organisation), joinedload(Claim.team)
        )
        .order_by(Claim.answer_due_at, Claim.id)
        .limit(limit)
    )  # fmt: skip
    return list(session.scalars(query))


def dispatch_plan(session: Session, plan_id: int) -> DispatchPlan:
    """One plan with its place, its rows unread; raises `NotFound`."""
    options = [joinedload(DispatchPlan.region)]
    return present(session.get(DispatchPlan, plan_id, options=options))


def dispatch_plans(
    session: Session, codes: Collection[str] | None, *, limit: int
) -> list[DispatchPlan]:
    """The latest plans of these places and all below."""
    query = (
        select(DispatchPlan)
        .where(_below(DispatchPlan.region_code, codes))
        .options(joinedload(DispatchPlan.region))
        .order_by(DispatchPlan.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def plan_totals(session: Session, plan_id: int) -> dict[bool, PlanTotals]:
    """What will be sent (True), and what the greedy plan beside it comes to (False)."""
    sent = DispatchRow.method != DispatchMethod.GREEDY
    query = (
        select(
            sent,
            func.count(),
            func.count(DispatchRow.need_id.distinct()),
            func.sum(DispatchRow.score * DispatchRow.quantity),
        )
        .where(DispatchRow.plan_id == plan_id, DispatchRow.is_removed.is_(False))
        .group_by(sent)
    )
    return {
        bool(key): PlanTotals(int(rows), int(needs), int(score))
        for key, rows, needs, score in session.execute(query)
    }


def plan_rows(session: Session, plan_id: int, *, page: int) -> tuple[list[DispatchRow], int]:
    """One page of the rows to send, those taken out among them, and how many there are.

    By need, so that what one need gets stands together.
    """
    mine = and_(DispatchRow.plan_id == plan_id, DispatchRow.method != DispatchMethod.GREEDY)
    total = session.scalar(select(func.count()).select_from(DispatchRow).where(mine)) or 0
    query = (
        select(DispatchRow)
        .where(mine)
        .options(
            joinedload(DispatchRow.need).joinedload(Need.region),
            joinedload(DispatchRow.resource),
        )
        .order_by(DispatchRow.need_id, DispatchRow.id)
        .offset((page - 1) * PLAN_ROWS)
        .limit(PLAN_ROWS)
    )
    return list(session.scalars(query)), total


def needs_left_out(session: Session, plan: DispatchPlan, *, limit: int) -> list[Need]:
    """Open needs of a plan's place that none of its rows serves, first due first."""
    served = select(DispatchRow.need_id).where(
        DispatchRow.plan_id == plan.id,
        DispatchRow.method != DispatchMethod.GREEDY,
        DispatchRow.is_removed.is_(False),
    )
    query = (
        select(Need)
        .where(
            Need.state == NeedState.OPEN,
            or_(Need.quantity.is_(None), Need.promised < Need.quantity),
            _below(Need.region_code, [plan.region_code]),
            Need.id.not_in(served),
        )
        .options(joinedload(Need.region))
        .order_by(Need.due_at.is_(None), Need.due_at, Need.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def plan_row(session: Session, plan_id: int, row_id: int) -> DispatchRow:
    """One row of a plan with its need; raises `NotFound`."""
    query = select(DispatchRow).where(DispatchRow.id == row_id, DispatchRow.plan_id == plan_id)
    return present(session.scalar(query.options(joinedload(DispatchRow.need))))


def trust_of(session: Session, organisation_id: int, on: date) -> Trust:
    """What is known of an organisation's reliability on a day in China, in one question."""
    told = (
        select(func.count(), func.coalesce(func.sum(Evaluation.stars), 0))
        .select_from(Evaluation)
        .join(Claim, Claim.id == Evaluation.claim_id)
        .where(Claim.organisation_id == organisation_id, Evaluation.side == EvaluationSide.NEED)
        .subquery()
    )
    grade = (
        select(Rating.grade)
        .where(
            Rating.organisation_id == organisation_id,
            Rating.rated_on <= on,
            Rating.expires_on > on,
        )
        .order_by(Rating.rated_on.desc(), Rating.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    listed = exists().where(
        ListEntry.organisation_id == organisation_id,
        ListEntry.listed_on <= on,
        or_(ListEntry.removed_on.is_(None), ListEntry.removed_on > on),
    )
    found = session.execute(select(*told.c, grade, listed)).one()
    return Trust(int(found[0]), int(found[1]), found[2], bool(found[3]))


def voices_of(session: Session, organisation_id: int, *, limit: int) -> list[Evaluation]:
    """The newest words of those an organisation served; hidden ones are left out."""
    query = (
        select(Evaluation)
        .join(Claim, Claim.id == Evaluation.claim_id)
        .where(
            Claim.organisation_id == organisation_id,
            Evaluation.side == EvaluationSide.NEED,
            Evaluation.hidden_at.is_(None),
            Evaluation.words != "",
        )
        .order_by(Evaluation.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def uses_of_resource(session: Session, resource_id: int, *, limit: int) -> list[Claim]:
    """The newest claims on an offer with their needs."""
    query = select(Claim).where(Claim.resource_id == resource_id).options(joinedload(Claim.need))
    return list(session.scalars(query.order_by(Claim.id.desc()).limit(limit)))


def resource_of_booking(session: Session, booking_id: int) -> int:
    """The offer somebody asked for; raises `NotFound`."""
    query = select(Booking.resource_id).where(Booking.id == booking_id)
    return present(session.scalar(query))


def _below(
    column: InstrumentedAttribute[str], codes: Collection[str] | None
) -> ColumnElement[bool]:
    """Whether the place of a row is one of these or lies below one."""
    if codes is None:
        return literal(True)
    spans = (regions.bounds(code) for code in sorted(codes))
    return or_(false(), *(column.between(low, high) for low, high in spans))
