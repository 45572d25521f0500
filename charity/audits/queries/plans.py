"""Plans of checks: those one may see, their frames, their draws, and the file that repeats one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from charity.actor import Actor, Permission, require
from charity.audits import draw, policy
from charity.audits.models import (
    AuditDraw,
    AuditDrawState,
    AuditFinding,
    AuditFirm,
    AuditPlan,
    AuditPlanState,
    FindingState,
    FrameRow,
    Inspection,
    InspectionMember,
    PlanInspector,
    Recusal,
)
from charity.audits.queries.frames import frozen
from charity.audits.replaying import FORMAT
from charity.paging import Page, page_of
from charity.rows import present


def plan(session: Session, plan_id: int) -> AuditPlan:
    """One plan; raises `NotFound`."""
    return present(session.get(AuditPlan, plan_id))


def seen_plan(session: Session, actor: Actor, plan_id: int) -> AuditPlan:
    """One plan this actor may know of; raises `NotFound` for a draft of others."""
    found = plan(session, plan_id)
    require(policy.may_see_plan(actor, found))
    return found


def plans_seen(session: Session, actor: Actor, *, limit: int = 100) -> list[AuditPlan]:
    """Plans this actor may know of, newest first; drafts only those of their own office."""
    query = (
        select(AuditPlan)
        .options(joinedload(AuditPlan.region), selectinload(AuditPlan.draws))
        .order_by(AuditPlan.id.desc())
        .limit(limit)
    )
    if not actor.holds_anywhere(Permission.AUDIT_PLAN):
        query = query.where(AuditPlan.state != AuditPlanState.DRAFT)
    return [each for each in session.scalars(query) if policy.may_see_plan(actor, each)]


def inspectors_of(session: Session, plan_id: int) -> list[PlanInspector]:
    """Who may be drawn to inspect, by code."""
    query = select(PlanInspector).where(PlanInspector.plan_id == plan_id)
    return list(session.scalars(query.order_by(PlanInspector.code)))


def firms_of(session: Session, plan_id: int) -> list[AuditFirm]:
    """The firms commissioned for a plan, in the order they were named."""
    query = select(AuditFirm).where(AuditFirm.plan_id == plan_id)
    return list(session.scalars(query.order_by(AuditFirm.id)))


def recusals_of(session: Session, plan_id: int) -> list[Recusal]:
    """Who does not meet whom in a plan, those declared later too, by organisation."""
    query = (
        select(Recusal)
        .where(Recusal.plan_id == plan_id)
        .options(joinedload(Recusal.inspector), joinedload(Recusal.organisation))
        .order_by(Recusal.organisation_id, Recusal.inspector_id)
    )
    return list(session.scalars(query))


def draws_of(session: Session, plan_id: int) -> list[AuditDraw]:
    """The announcements of a plan's draw, the void ones too, in their order."""
    query = select(AuditDraw).where(AuditDraw.plan_id == plan_id)
    return list(session.scalars(query.order_by(AuditDraw.number)))


def running_draw(session: Session, plan_id: int) -> AuditDraw | None:
    """The draw that is announced, or was made; None before the first and after a void one."""
    query = select(AuditDraw).where(
        AuditDraw.plan_id == plan_id, AuditDraw.state != AuditDrawState.VOID
    )
    return session.scalar(query)


def frame_size(session: Session, plan_id: int) -> int:
    """How many organisations stand in the frozen frame; 0 before."""
    query = select(func.count()).select_from(FrameRow).where(FrameRow.plan_id == plan_id)
    return session.scalar(query) or 0


def frame_page(session: Session, plan_id: int, page: int) -> Page[FrameRow]:
    """The frozen frame by credit code, one page."""
    query = select(FrameRow).where(FrameRow.plan_id == plan_id).order_by(FrameRow.position)
    return page_of(session, query, page)


def is_in_frame(session: Session, plan_id: int, organisation_id: int) -> bool:
    """Whether an organisation stands in the frozen frame of a plan."""
    query = select(FrameRow.id).where(
        FrameRow.plan_id == plan_id, FrameRow.organisation_id == organisation_id
    )
    return session.scalar(query) is not None


def targets_of(session: Session, plan_id: int) -> list[Inspection]:
    """Who was drawn, with teams, in the order of the draw."""
    query = (
        select(Inspection)
        .where(Inspection.plan_id == plan_id)
        .options(
            joinedload(Inspection.organisation),
            selectinload(Inspection.members).joinedload(InspectionMember.inspector),
        )
        .order_by(Inspection.rank)
    )
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class ClosureRate:
    """Of a plan's findings: how many there are, are closed, are referred, and are still open."""

    findings: int
    closed: int
    referred: int

    @property
    def open(self) -> int:
        """Neither closed nor referred."""
        return self.findings - self.closed - self.referred


def closure_rate(session: Session, plan_id: int) -> ClosureRate:
    """How many of the findings that were told are done; `findings_of_plan` lists each of them."""
    query = (
        select(AuditFinding.state, func.count())
        .join(Inspection, Inspection.id == AuditFinding.inspection_id)
        .where(
            Inspection.plan_id == plan_id,
            AuditFinding.state.not_in((FindingState.DRAFT, FindingState.DROPPED)),
        )
        .group_by(AuditFinding.state)
    )
    counts = {state: count for state, count in session.execute(query)}
    return ClosureRate(
        sum(counts.values()),
        counts.get(FindingState.CLOSED, 0),
        counts.get(FindingState.REFERRED, 0),
    )


def findings_of_plan(session: Session, plan_id: int) -> list[AuditFinding]:
    """Every finding of a plan that was told, by inspection: the listing behind the rate."""
    query = (
        select(AuditFinding)
        .join(Inspection, Inspection.id == AuditFinding.inspection_id)
        .where(
            Inspection.plan_id == plan_id,
            AuditFinding.state.not_in((FindingState.DRAFT, FindingState.DROPPED)),
        )
        .options(joinedload(AuditFinding.inspection).joinedload(Inspection.organisation))
        .order_by(Inspection.rank, AuditFinding.number)
    )
    return list(session.scalars(query))


def frame_text(session: Session, plan_id: int) -> str:
    """The frozen frame as the text that was hashed; who may read it is asked before."""
    return draw.frame_text(frozen(session, plan(session, plan_id)))


def draw_file(session: Session, plan_id: int) -> dict[str, object]:
    """Everything by which anyone repeats the draw: the file `wushe audits replay FILE` reads.

    Who may read it (`policy.may_see_list`) is asked before. Raises `NotFound`.
    """
    found = plan(session, plan_id)
    frame = frozen(session, found)
    draws = draws_of(session, plan_id)
    seed = next((each.seed for each in draws if each.seed), None)
    drawn = draw.draw(frame, seed) if seed else []
    codes = (each.id for each in frame.inspectors)
    return {
        "format": FORMAT,
        "rule": draw.VERSION,
        "plan": {"number": found.id, "title": found.title, "region": found.region_code},
        "frame_hash": found.frame_hash,
        "framed_at": found.framed_at.isoformat() if found.framed_at else None,
        "frame": draw.frame_text(frame).splitlines(),
        "draws": [_draw(each) for each in draws],
        "targets": [
            {"rank": each.rank, "id": each.id, "label": each.label, "team": list(each.team)}
            for each in drawn
        ],
        "inspectors": draw.in_order(seed, draw.INSPECTORS, codes) if seed else [],
    }


def _draw(each: AuditDraw) -> dict[str, object]:
    return {
        "number": each.number,
        "state": each.state.value,
        "commitment": each.commitment,
        "number_name": each.number_name,
        "number_on": each.number_on.isoformat(),
        "secret_due_on": each.secret_due_on.isoformat() if each.secret_due_on else None,
        "announced_at": each.announced_at.isoformat(),
        "secret": each.secret,
        "public_number": each.public_number,
        "seed": each.seed,
        "ended_at": each.ended_at.isoformat() if each.ended_at else None,
    }


def names_of(inspectors: Sequence[PlanInspector]) -> dict[str, str]:
    """Names of inspectors by their code."""
    return {each.code: each.name for each in inspectors}
