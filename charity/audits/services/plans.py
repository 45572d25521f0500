"""Writing a plan, naming who inspects, and freezing the frame before any seed can be known."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.accounts import queries as accounts
from charity.actor import ROLE_PERMISSIONS, Actor, Permission, require
from charity.audits import checklist, draw, policy
from charity.audits.models import (
    AuditFirm,
    AuditKind,
    AuditLevel,
    AuditPlan,
    AuditPlanState,
    FirmKind,
    FrameRow,
    PlanInspector,
    Recusal,
    RecusalRelation,
)
from charity.audits.plan_drafts import PlanDraft
from charity.audits.queries import frames, plans
from charity.audits.reasons import AuditsReason
from charity.audits.services.teams import leave_for
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.registry import queries as registry
from charity.registry import uscc as codes
from charity.registry.models import RegionLevel
from charity.rows import insert_many, insert_or, locked, present
from charity.rules import parameter

#: The floor of a regular check, by the level of registration.
FLOORS = {
    AuditLevel.COUNTY: "INS-01.county",
    AuditLevel.CITY: "INS-01.city",
    AuditLevel.PROVINCE: "INS-01.province",
    AuditLevel.MINISTRY: "INS-01.ministry",
}
#: The level of the place whose office makes the plan; the ministry's stands at any place.
_PLACES = {
    AuditLevel.COUNTY: RegionLevel.COUNTY,
    AuditLevel.CITY: RegionLevel.CITY,
    AuditLevel.PROVINCE: RegionLevel.PROVINCE,
}
MOST_DAYS = 250
#: Irregular checks draw freely (INS-02), special audits look at everybody.
_USUAL = {AuditKind.IRREGULAR: 10, AuditKind.SPECIAL: 100}


def make_plan(session: Session, actor: Actor, *, draft: PlanDraft) -> AuditPlan:
    """Write down a plan; nobody but the office sees it until its frame is frozen.

    Raises `Denied`, `Invalid` beside the field: below the floor of INS-01, a team below INS-06, an
    office of another level, days reversed.
    """
    require(policy.may_plan(actor, draft.region_code))
    plan = AuditPlan(
        made_by_user_id=actor.user_id,
        made_at=clock.now(),
        state=AuditPlanState.DRAFT,
        checklist_version=checklist.CURRENT,
    )
    _write(session, plan, draft)
    session.add(plan)
    session.flush()
    return plan


def change_plan(session: Session, actor: Actor, *, plan_id: int, draft: PlanDraft) -> AuditPlan:
    """Write a plan anew before its frame is frozen. Raises as `make_plan`, `InvalidState` after."""
    plan = _draft(session, actor, plan_id)
    require(policy.may_plan(actor, draft.region_code))
    _write(session, plan, draft)
    session.flush()
    return plan


def add_firm(
    session: Session,
    actor: Actor,
    *,
    plan_id: int,
    name: str,
    uscc: str,
    kind: FirmKind,
    paper_hash: bytes | None = None,
    paper_media_type: str = "",
) -> AuditFirm:
    """Commission a firm, with its engagement letter (委托证明) by hash (INS-07).

    Raises `Invalid` on `uscc`, `Conflict` where it is there, `InvalidState` once it is frozen.
    """
    plan = _draft(session, actor, plan_id)
    code = codes.normalise(uscc)
    if (problem := codes.problem(code)) is not None:
        raise Invalid(problem, field="uscc")
    firm = AuditFirm(
        plan_id=plan.id,
        name=texts.line(name, field="name"),
        uscc=code,
        kind=kind,
        paper_hash=paper_hash,
        paper_media_type=paper_media_type,
        added_by_user_id=actor.user_id,
        added_at=clock.now(),
    )
    insert_or(session, firm, Conflict(AuditsReason.FIRM_LISTED, field="uscc"))
    session.expire(plan, ["firms"])
    return firm


def file_firm_paper(
    session: Session, actor: Actor, *, firm_id: int, paper_hash: bytes, paper_media_type: str
) -> AuditFirm:
    """Keep a firm's engagement letter; raises `InvalidState` once the frame is frozen."""
    firm = present(session.get(AuditFirm, firm_id))
    _draft(session, actor, firm.plan_id)
    firm.paper_hash, firm.paper_media_type = paper_hash, paper_media_type
    session.flush()
    return firm


def add_inspector(
    session: Session, actor: Actor, *, plan_id: int, user_id: int, firm_id: int | None = None
) -> PlanInspector:
    """Let somebody be drawn to inspect: an inspector of the place, official or a firm's staff.

    Raises `Invalid` on `user_id` for who holds no such role, `Conflict` for a person who is listed,
    under any account.
    """
    plan = _draft(session, actor, plan_id)
    user = accounts.user(session, user_id)
    if not _is_inspector(session, user_id, plan.region_code):
        raise Invalid(AuditsReason.NOT_AN_INSPECTOR, field="user_id")
    if firm_id is not None and present(session.get(AuditFirm, firm_id)).plan_id != plan.id:
        raise Invalid(CommonReason.NOT_FOUND, field="firm_id")
    last = session.scalar(
        select(func.max(PlanInspector.code)).where(PlanInspector.plan_id == plan.id)
    )
    inspector = PlanInspector(
        plan_id=plan.id,
        code=f"{int(last or 0) + 1:03}",
        user_id=user.id,
        person_id=user.person_id,
        name=user.display_name,
        firm_id=firm_id,
        added_at=clock.now(),
    )
    insert_or(session, inspector, Conflict(AuditsReason.INSPECTOR_LISTED, field="user_id"))
    session.expire(plan, ["inspectors"])
    return inspector


def remove_inspector(session: Session, actor: Actor, *, inspector_id: int) -> None:
    """Take somebody off the list before the frame is frozen; raises `InvalidState` after."""
    inspector = present(session.get(PlanInspector, inspector_id))
    plan = _draft(session, actor, inspector.plan_id)
    if session.scalar(select(Recusal.id).where(Recusal.inspector_id == inspector_id).limit(1)):
        raise InvalidState(AuditsReason.RECUSAL_THERE)
    session.delete(inspector)
    session.flush()
    session.expire(plan, ["inspectors"])


def declare_recusal(
    session: Session,
    actor: Actor,
    *,
    plan_id: int,
    organisation_id: int,
    inspector_id: int | None = None,
    note: str = "",
) -> Recusal:
    """回避: an inspector does not meet an organisation; they say so, or the office does (INS-06).

    Before the freezing it becomes part of the frame; afterwards it is kept as late, and who was
    drawn for it is followed by the next in line. Raises `Denied`, `Conflict` where it is there.
    """
    plan = _locked(session, plan_id)
    mine = [each for each in plan.inspectors if each.person_id == actor.person_id]
    if inspector_id is None and mine:
        inspector_id = mine[0].id
    inspector = present(session.get(PlanInspector, inspector_id or 0))
    if inspector not in mine:
        require(policy.may_manage(actor, plan))
    if inspector.plan_id != plan.id:
        raise Invalid(CommonReason.NOT_FOUND, field="inspector_id")
    registry.organisation(session, organisation_id)
    late = plan.state is not AuditPlanState.DRAFT
    if late and not plans.is_in_frame(session, plan.id, organisation_id):
        raise Invalid(AuditsReason.NOT_IN_FRAME, field="organisation_id")
    recusal = Recusal(
        plan_id=plan.id,
        organisation_id=organisation_id,
        inspector_id=inspector.id,
        relation=RecusalRelation.DECLARED,
        note=texts.prose(note, field="note", limit=500),
        is_late=late,
        declared_by_user_id=actor.user_id,
        declared_at=clock.now(),
    )
    insert_or(session, recusal, Conflict(AuditsReason.RECUSAL_THERE, field="organisation_id"))
    if late:
        leave_for(session, actor, plan, recusal)
    return recusal


def freeze_frame(session: Session, actor: Actor, *, plan_id: int) -> AuditPlan:
    """Freeze frame, inspectors and recusals, and publish their one hash before any seed (INS-04).

    Raises `InvalidState` where the frame is empty, holds who pays (INS-08), a firm lacks its letter
    or its second person (INS-07), or too few inspectors may inspect somebody (INS-06).
    """
    plan = _draft(session, actor, plan_id)
    _require_firms(plan)
    found = frames.framed(session, plan, clock.today())
    if not found:
        raise InvalidState(AuditsReason.FRAME_EMPTY)
    for each in found:
        if each.organisation.id == plan.payer_id:
            raise InvalidState(AuditsReason.PAYER_IN_FRAME, name=each.organisation.name)
    _recuse(session, actor, plan, found)
    insert_many(session, FrameRow, [_row(plan, n, each) for n, each in enumerate(found, 1)])
    frame = frames.frozen(session, plan)
    names = {each.uscc: each.organisation.name for each in found}
    for target in draw.too_few(frame):
        raise InvalidState(AuditsReason.TOO_FEW_INSPECTORS, name=names[target])
    plan.frame_hash = draw.sha256(draw.frame_text(frame))
    plan.framed_at, plan.framed_by_user_id = clock.now(), actor.user_id
    plan.move_to(AuditPlanState.FRAMED)
    session.flush()
    outbox.write(session, "audit_plan.framed", plan.subject)
    return plan


def _write(session: Session, plan: AuditPlan, draft: PlanDraft) -> None:
    """Put what a draft says into the plan, what it leaves open by the rules of the day."""
    today = clock.today()
    place = registry.region(session, draft.region_code)
    if draft.level in _PLACES and place.level != _PLACES[draft.level]:
        raise Invalid(AuditsReason.WRONG_PLACE, field="region_code")
    for first, last, name in (
        (draft.period_from, draft.period_until, "period_until"),
        (draft.starts_on, draft.ends_on, "ends_on"),
    ):
        if last < first:
            raise Invalid(CommonReason.DATES_REVERSED, field=name)
    if draft.budget.fen < 0:
        raise Invalid(CommonReason.NOT_POSITIVE, field="budget")
    if draft.payer_id is not None:
        registry.organisation(session, draft.payer_id)
    plan.title = texts.line(draft.title, field="title", limit=120)
    plan.scope = texts.prose(draft.scope, field="scope")
    plan.kind, plan.level, plan.region_code = draft.kind, draft.level, place.code
    plan.period_from, plan.period_until = draft.period_from, draft.period_until
    plan.starts_on, plan.ends_on = draft.starts_on, draft.ends_on
    plan.budget, plan.payer_id = draft.budget, draft.payer_id
    plan.frame_filter = draft.frame_filter.stored()
    plan.strata = [each.value for each in dict.fromkeys(draft.strata)]
    floor = parameter(FLOORS[draft.level], today).number
    plan.coverage = _coverage(draft, floor)
    least = parameter("INS-06", today).number
    plan.team_size = least if draft.team_size is None else draft.team_size
    if plan.team_size < least:
        raise Invalid(AuditsReason.TEAM_TOO_SMALL, field="team_size", least=least)
    plan.response_days = _days(draft.response_days, "INS-09.response", "response_days")
    plan.rectification_days = _days(
        draft.rectification_days, "INS-09.rectify", "rectification_days"
    )


def _coverage(draft: PlanDraft, floor: int) -> int:
    """Percent that is drawn: never below the floor of a regular check (INS-01)."""
    coverage = _USUAL.get(draft.kind, floor) if draft.coverage is None else draft.coverage
    if not 1 <= coverage <= 100:
        raise Invalid(AuditsReason.COVERAGE_RANGE, field="coverage")
    if draft.kind is AuditKind.REGULAR and coverage < floor:
        raise Invalid(AuditsReason.BELOW_FLOOR, field="coverage", floor=floor)
    return coverage


def _days(said: int | None, rule_id: str, field: str) -> int:
    days = parameter(rule_id, clock.today()).number if said is None else said
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(AuditsReason.DAYS_RANGE, field=field)
    return days


def _locked(session: Session, plan_id: int) -> AuditPlan:
    return locked(session, select(AuditPlan).where(AuditPlan.id == plan_id))


def _draft(session: Session, actor: Actor, plan_id: int) -> AuditPlan:
    """A plan of one's own office whose frame is not frozen yet."""
    plan = _locked(session, plan_id)
    require(policy.may_manage(actor, plan))
    if plan.state is not AuditPlanState.DRAFT:
        raise InvalidState(AuditsReason.FRAME_FROZEN)
    return plan


def _is_inspector(session: Session, user_id: int, region_code: str) -> bool:
    return any(
        Permission.AUDIT_INSPECT in ROLE_PERMISSIONS[grant.role]
        and (grant.is_platform or region_code.startswith(grant.region_code or "-"))
        for grant in accounts.grants_of(session, user_id)
    )


def _require_firms(plan: AuditPlan) -> None:
    """INS-07: a commissioned firm shows its letter and sends at least two."""
    least = parameter("INS-07", clock.today()).number
    for firm in plan.firms:
        staff = sum(each.firm_id == firm.id for each in plan.inspectors)
        if firm.paper_hash is None:
            raise InvalidState(AuditsReason.FIRM_PAPER_MISSING, name=firm.name)
        if staff < least:
            raise InvalidState(AuditsReason.FIRM_STAFF, name=firm.name)


def _recuse(session: Session, actor: Actor, plan: AuditPlan, found: list[frames.Framed]) -> None:
    """Write a recusal for every tie that is known, beside those that were declared."""
    ids = {each.organisation.id for each in found}
    declared = {
        (each.organisation_id, each.inspector_id) for each in plans.recusals_of(session, plan.id)
    }
    now = clock.now()
    session.add_all(
        Recusal(
            plan_id=plan.id,
            organisation_id=organisation_id,
            inspector_id=inspector_id,
            relation=relation,
            is_late=False,
            declared_by_user_id=actor.user_id,
            declared_at=now,
        )
        for (organisation_id, inspector_id), relation in sorted(
            frames.ties(session, plan, ids).items()
        )
        if (organisation_id, inspector_id) not in declared
    )
    session.flush()


def _row(plan: AuditPlan, position: int, each: frames.Framed) -> dict[str, object]:
    return {
        "plan_id": plan.id,
        "position": position,
        "organisation_id": each.organisation.id,
        "uscc": each.uscc,
        "name": each.organisation.name,
        "kind": each.organisation.kind,
        "size": each.size,
        "risk": each.risk,
        "stratum": each.stratum,
    }
