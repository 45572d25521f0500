"""What stands on the public board of audits: plans, frames, who was drawn, what came of it."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from charity.accounts.models import Membership, User
from charity.actor import Role
from charity.audits.models import (
    TOLD_STATES,
    AuditAppeal,
    AuditFinding,
    AuditPlan,
    AuditPlanState,
    AuditResult,
    ExtensionAsk,
    FindingExtension,
    FindingState,
    FrameRow,
    Inspection,
    InspectionMember,
    PlanInspector,
    WorkPaper,
)
from charity.paging import Page, count_of, page_of
from charity.registry import regions
from charity.rows import present

#: States in which a finding needs nothing more from the organisation.
RIGHT_STATES = (FindingState.VERIFIED, FindingState.CLOSED)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many findings of an inspection were told, and how many of them are right now."""

    told: int = 0
    right: int = 0


def plans_page(session: Session, number: int = 1) -> Page[AuditPlan]:
    """Plans whose frame is frozen, the newest first: everybody may know of them."""
    query = (
        select(AuditPlan)
        .where(AuditPlan.state != AuditPlanState.DRAFT)
        .options(joinedload(AuditPlan.region), selectinload(AuditPlan.draws))
        .order_by(AuditPlan.starts_on.desc(), AuditPlan.id.desc())
    )
    return page_of(session, query, number)


def drafts(session: Session, region_codes: Collection[str] | None) -> list[AuditPlan]:
    """Plans that are being written in these places (None: everywhere), the newest first."""
    query = (
        select(AuditPlan)
        .where(AuditPlan.state == AuditPlanState.DRAFT, _within(region_codes))
        .options(joinedload(AuditPlan.region), selectinload(AuditPlan.draws))
        .order_by(AuditPlan.id.desc())
    )
    return list(session.scalars(query))


def _within(codes: Collection[str] | None) -> ColumnElement[bool]:
    if codes is None:
        return AuditPlan.id.is_not(None)
    column = AuditPlan.region_code
    return or_(false(), *(column.startswith(code, autoescape=True) for code in sorted(codes)))


def sizes_of(session: Session, plan_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """How many organisations stand in the frame of each plan, and how many were drawn."""
    frames = _counts(session, FrameRow.plan_id, plan_ids)
    drawn = _counts(session, Inspection.plan_id, plan_ids)
    return {plan_id: (frames.get(plan_id, 0), drawn.get(plan_id, 0)) for plan_id in plan_ids}


def _counts(
    session: Session, column: InstrumentedAttribute[int], ids: Collection[int]
) -> dict[int, int]:
    query = select(column, func.count()).where(column.in_(ids)).group_by(column)
    return {key: count for key, count in session.execute(query)}


def inspections_page(
    session: Session, plan_id: int, number: int = 1, size: int = 50
) -> Page[Inspection]:
    """Whom a plan drew, in the order of the draw, with teams."""
    query = (
        select(Inspection)
        .where(Inspection.plan_id == plan_id)
        .options(
            joinedload(Inspection.organisation),
            selectinload(Inspection.members).joinedload(InspectionMember.inspector),
        )
        .order_by(Inspection.rank)
    )
    return page_of(session, query, number, size)


def team_changes(session: Session, plan_id: int) -> list[InspectionMember]:
    """Who left a team of a plan since the draw, the oldest first."""
    query = (
        select(InspectionMember)
        .join(InspectionMember.inspection)
        .where(Inspection.plan_id == plan_id, InspectionMember.left_at.is_not(None))
        .options(
            joinedload(InspectionMember.inspector),
            joinedload(InspectionMember.inspection).joinedload(Inspection.organisation),
            joinedload(InspectionMember.inspection)
            .selectinload(Inspection.members)
            .joinedload(InspectionMember.inspector),
        )
        .order_by(InspectionMember.left_at, InspectionMember.id)
    )
    return list(session.scalars(query))


def inspections_of_organisation(session: Session, organisation_id: int) -> list[Inspection]:
    """Its inspections under published lists, the newest first."""
    query = (
        select(Inspection)
        .join(Inspection.plan)
        .where(
            Inspection.organisation_id == organisation_id,
            AuditPlan.state.in_((AuditPlanState.PUBLISHED, AuditPlanState.CLOSED)),
        )
        .options(joinedload(Inspection.plan))
        .order_by(Inspection.id.desc())
    )
    return list(session.scalars(query))


def orders_of_organisation(session: Session, organisation_id: int) -> list[AuditFinding]:
    """What it was ordered to put right, those that wait first."""
    waits = case((AuditFinding.state.in_(RIGHT_STATES), 1), else_=0)
    query = (
        select(AuditFinding)
        .join(AuditFinding.inspection)
        .where(Inspection.organisation_id == organisation_id, AuditFinding.ordered_on.is_not(None))
        .order_by(waits, AuditFinding.due_on, AuditFinding.id)
    )
    return list(session.scalars(query))


def running_orders(session: Session, plan_id: int) -> list[AuditFinding]:
    """Orders of a plan that wait for the organisation, the soonest due first."""
    query = (
        select(AuditFinding)
        .join(AuditFinding.inspection)
        .where(Inspection.plan_id == plan_id, AuditFinding.state == FindingState.ORDERED)
        .options(joinedload(AuditFinding.inspection).joinedload(Inspection.organisation))
        .order_by(AuditFinding.due_on, AuditFinding.id)
    )
    return list(session.scalars(query))


def asks_of(session: Session, finding_ids: Collection[int]) -> dict[int, list[ExtensionAsk]]:
    """What organisations asked for more time for and nobody answered, the newest first."""
    refused = exists().where(
        WorkPaper.inspection_id == AuditFinding.inspection_id,
        WorkPaper.about == literal(ExtensionAsk.SUBJECT) + cast(ExtensionAsk.id, String),
    )
    extended = exists().where(
        FindingExtension.finding_id == ExtensionAsk.finding_id,
        FindingExtension.granted_at >= ExtensionAsk.asked_at,
    )
    query = (
        select(ExtensionAsk)
        .join(ExtensionAsk.finding)
        .where(ExtensionAsk.finding_id.in_(finding_ids), ~refused, ~extended)
    )
    found: dict[int, list[ExtensionAsk]] = {}
    for ask in session.scalars(query.order_by(ExtensionAsk.id.desc())):
        found.setdefault(ask.finding_id, []).append(ask)
    return found


def tallies(session: Session, inspection_ids: Collection[int]) -> dict[int, Tally]:
    """How many findings were told per inspection, and how many are right now."""
    right = case((AuditFinding.state.in_(RIGHT_STATES), 1), else_=0)
    query = (
        select(AuditFinding.inspection_id, func.count(), func.sum(right))
        .where(
            AuditFinding.inspection_id.in_(inspection_ids),
            AuditFinding.state.in_(TOLD_STATES),
        )
        .group_by(AuditFinding.inspection_id)
    )
    return {key: Tally(count, int(done or 0)) for key, count, done in session.execute(query)}


def latest_results(session: Session, inspection_ids: Collection[int]) -> dict[int, AuditResult]:
    """The newest published version of each inspection's result."""
    query = (
        select(AuditResult)
        .where(AuditResult.inspection_id.in_(inspection_ids))
        .order_by(AuditResult.number)
    )
    return {found.inspection_id: found for found in session.scalars(query)}


def result(session: Session, result_id: int) -> AuditResult:
    """One published version with its inspection; raises `NotFound`."""
    query = (
        select(AuditResult)
        .where(AuditResult.id == result_id)
        .options(
            joinedload(AuditResult.inspection).joinedload(Inspection.plan),
            joinedload(AuditResult.inspection).joinedload(Inspection.organisation),
        )
    )
    return present(session.scalar(query))


def versions_of(session: Session, inspection_id: int) -> list[AuditResult]:
    """Every version of a result, the first one first."""
    query = (
        select(AuditResult)
        .where(AuditResult.inspection_id == inspection_id)
        .order_by(AuditResult.number)
    )
    return list(session.scalars(query))


def appeals_of(session: Session, inspection_id: int) -> list[AuditAppeal]:
    """Every appeal against a result, the oldest first."""
    query = (
        select(AuditAppeal)
        .where(AuditAppeal.inspection_id == inspection_id)
        .order_by(AuditAppeal.id)
    )
    return list(session.scalars(query))


def open_appeals(session: Session, plan_id: int) -> dict[int, AuditAppeal]:
    """Appeals nobody answered yet, by inspection."""
    query = (
        select(AuditAppeal)
        .join(AuditAppeal.inspection)
        .where(Inspection.plan_id == plan_id, AuditAppeal.answered_at.is_(None))
    )
    return {found.inspection_id: found for found in session.scalars(query)}


def available_inspectors(session: Session, plan: AuditPlan) -> list[User]:
    """Who holds the inspector's role where a plan is, and does not stand in it yet, by name."""
    here = or_(
        Membership.region_code.in_(regions.chain(plan.region_code)),
        Membership.region_code.is_(None) & Membership.organisation_id.is_(None),
    )
    holds = exists().where(
        Membership.user_id == User.id,
        Membership.role == Role.INSPECTOR,
        Membership.revoked_at.is_(None),
        here,
    )
    listed = exists().where(
        PlanInspector.plan_id == plan.id, PlanInspector.person_id == User.person_id
    )
    query = select(User).where(holds, ~listed, User.closed_at.is_(None))
    return list(session.scalars(query.order_by(User.display_name, User.id)))


def strata_of(session: Session, plan_id: int) -> dict[str, int]:
    """How many organisations stand in each stratum of a frozen frame."""
    query = (
        select(FrameRow.stratum, func.count())
        .where(FrameRow.plan_id == plan_id)
        .group_by(FrameRow.stratum)
    )
    return {stratum: count for stratum, count in session.execute(query)}


@dataclass(frozen=True, slots=True)
class Told:
    """What was published of a plan: results, findings in them, and how many are right now."""

    results: int
    findings: int
    right: int


def results_told(session: Session, plan_id: int) -> Told:
    """How much of a plan was published."""
    published = exists().where(AuditResult.inspection_id == Inspection.id)
    ids = select(Inspection.id).where(Inspection.plan_id == plan_id, published)
    right = case((AuditFinding.state.in_(RIGHT_STATES), 1), else_=0)
    counted = session.execute(
        select(func.count(), func.sum(right)).where(
            AuditFinding.inspection_id.in_(ids), AuditFinding.state.in_(TOLD_STATES)
        )
    ).one()
    results = session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    return Told(results, counted[0], int(counted[1] or 0))


def findings_by_subject(session: Session, subjects: Collection[str]) -> dict[str, AuditFinding]:
    """Findings by the source of what they stopped: `finding:42`, after an extension more."""
    ids = {int(each.split(":")[1]): each for each in subjects if each.startswith("finding:")}
    query = select(AuditFinding).where(AuditFinding.id.in_(ids)).order_by(AuditFinding.due_on)
    return {ids[found.id]: found for found in session.scalars(query)}


# ── 整改 in public ───────────────────────────────────────────────────────────────────────────────


class Shown(enum.StrEnum):
    """Which of the ordered findings a list shows."""

    ALL = ""
    OPEN = "open"
    OVERDUE = "overdue"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Closure:
    """How many findings were ordered to be put right, are right, and are late on a day."""

    ordered: int
    closed: int
    overdue: int


def plans_with_orders(session: Session) -> list[AuditPlan]:
    """Plans out of which something was ordered, the newest first."""
    ordered = exists().where(
        Inspection.plan_id == AuditPlan.id,
        AuditFinding.inspection_id == Inspection.id,
        AuditFinding.ordered_on.is_not(None),
    )
    return list(session.scalars(select(AuditPlan).where(ordered).order_by(AuditPlan.id.desc())))


def closure(session: Session, plan_id: int | None, on: date) -> Closure:
    """The figures of 整改, of one plan or of all; `orders_page` lists every finding counted."""
    found = {
        show: count_of(session, _orders(plan_id, show, on))
        for show in (Shown.ALL, Shown.CLOSED, Shown.OVERDUE)
    }
    return Closure(found[Shown.ALL], found[Shown.CLOSED], found[Shown.OVERDUE])


def orders_page(
    session: Session, number: int, *, plan_id: int | None, show: Shown, on: date
) -> Page[AuditFinding]:
    """Ordered findings, those that wait first, by their last day."""
    waits = case((AuditFinding.state.in_(RIGHT_STATES), 1), else_=0)
    query = (
        _orders(plan_id, show, on)
        .options(
            joinedload(AuditFinding.inspection).joinedload(Inspection.organisation),
            joinedload(AuditFinding.inspection).joinedload(Inspection.plan),
            selectinload(AuditFinding.extensions),
        )
        .order_by(waits, AuditFinding.due_on, AuditFinding.id)
    )
    return page_of(session, query, number, 50)


def _orders(plan_id: int | None, show: Shown, on: date) -> Select[AuditFinding]:
    """What was ordered, as asked for; dropped ones are none."""
    query = select(AuditFinding).where(
        AuditFinding.ordered_on.is_not(None), AuditFinding.state.in_(TOLD_STATES)
    )
    if plan_id is not None:
        query = query.join(AuditFinding.inspection).where(Inspection.plan_id == plan_id)
    if show is Shown.CLOSED:
        return query.where(AuditFinding.state.in_(RIGHT_STATES))
    if show is Shown.OPEN:
        return query.where(AuditFinding.state.not_in(RIGHT_STATES))
    if show is Shown.OVERDUE:
        late = (AuditFinding.state == FindingState.ORDERED) & (AuditFinding.due_on < on)
        return query.where(late)
    return query
