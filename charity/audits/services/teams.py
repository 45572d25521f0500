"""The teams: who was drawn, who follows somebody that leaves, and what they may read meanwhile.

From the delivered notice to the closing a member holds the role of auditor in the organisation and
so reads its book, nothing else; the role is granted and taken back here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.accounts import queries as accounts
from charity.accounts import services as account_services
from charity.actor import Actor, Role, require
from charity.audits import draw, policy
from charity.audits.models import (
    WORKING_STATES,
    AuditDraw,
    AuditPlan,
    Inspection,
    InspectionMember,
    PlanInspector,
    Recusal,
)
from charity.audits.queries import frames
from charity.audits.reasons import AuditsReason
from charity.errors import InvalidState
from charity.rows import insert_new, insert_or, locked, present, unique_or

#: Roles follow from the draw: the installation grants them.
KEEPER = Actor.system("audits")
NOTE_LENGTH = 500


def seat_team(session: Session, inspection: Inspection, inspectors: list[PlanInspector]) -> None:
    """Write down who inspects; raises `InvalidState` (RELATED_INSPECTOR) for a relation.

    The database refuses such a row as well, whoever writes it (INS-06).
    """
    for rank, inspector in enumerate(inspectors, 1):
        _seat(session, inspection, inspector, rank, None)


def seat_drawn(
    session: Session, plan: AuditPlan, drawn: Sequence[tuple[Inspection, list[PlanInspector]]]
) -> None:
    """Write down every team of a draw; hundreds at once, so ties are looked up for all together.

    Where a tie came up since the freezing the next in line is seated.
    """
    ids = [inspection.organisation_id for inspection, _ in drawn]
    barred = set(frames.ties(session, plan, ids)) | _recused(session, plan.id)
    now = clock.now()
    for inspection, inspectors in drawn:
        there = inspection.organisation_id
        if any((there, each.id) in barred for each in inspectors):
            seat_team(session, inspection, without_new_ties(session, inspection, inspectors))
            continue
        session.add_all(
            _member(inspection, inspector, rank, None, now)
            for rank, inspector in enumerate(inspectors, 1)
        )
    with unique_or(session, InvalidState(AuditsReason.RELATED_INSPECTOR)):
        session.flush()


def without_new_ties(
    session: Session, inspection: Inspection, inspectors: list[PlanInspector]
) -> list[PlanInspector]:
    """The drawn team, but where a tie came up since the freezing the next in line.

    So nobody stops a draw by naming inspectors as their relations afterwards. Each such tie is kept
    as a late recusal, as those are that were declared meanwhile; where nobody is left the place
    stays empty until the office fills it.
    """
    team, plan_id, there = list(inspectors), inspection.plan_id, inspection.organisation_id
    tied = frames.ties(session, inspection.plan, [there])
    declared = _recused(session, plan_id)
    for inspector in inspectors:
        relation = tied.get((there, inspector.id))
        if relation is None and (there, inspector.id) not in declared:
            continue
        if relation is not None:
            insert_new(
                session, Recusal, plan_id=plan_id, organisation_id=there,
                inspector_id=inspector.id, relation=relation, note="", is_late=True,
                declared_at=clock.now(),
            )  # fmt: skip
        follower = _next(session, inspection, inspector.code, {each.id for each in team})
        place = team.index(inspector)
        team[place : place + 1] = [] if follower is None else [follower]
    return team


def replace_member(
    session: Session, actor: Actor, *, member_id: int, reason: str
) -> InspectionMember | None:
    """Somebody leaves a team (illness, a relation that came up); the next in line follows.

    Answers who follows; None where nobody is left: then the work waits until the team is whole.
    Raises `Denied` for anyone but the office, `Invalid` without a `reason`.
    """
    member = present(session.get(InspectionMember, member_id))
    inspection = lock_inspection(session, member.inspection_id)
    require(policy.may_order(actor, inspection))
    because = texts.prose(reason, field="reason", limit=NOTE_LENGTH, required=True)
    return _leave(session, actor, inspection, member, because)


def leave_for(session: Session, actor: Actor, plan: AuditPlan, recusal: Recusal) -> None:
    """Somebody drawn says that they are related: they leave, the next in line follows."""
    query = (
        select(InspectionMember)
        .join(Inspection, Inspection.id == InspectionMember.inspection_id)
        .where(
            Inspection.plan_id == plan.id,
            Inspection.organisation_id == recusal.organisation_id,
            InspectionMember.inspector_id == recusal.inspector_id,
            InspectionMember.left_at.is_(None),
        )
    )
    for member in session.scalars(query).all():
        inspection = lock_inspection(session, member.inspection_id)
        _leave(session, actor, inspection, member, recusal.note)


def admit_team(session: Session, inspection: Inspection) -> None:
    """The notice is delivered: the team may read the organisation's book."""
    for member in inspection.team:
        _admit(session, inspection, member)


def dismiss_team(session: Session, inspection: Inspection) -> None:
    """It is closed: nobody of the team reads the book any more."""
    for member in inspection.team:
        _dismiss(session, inspection, member)


def lock_inspection(session: Session, inspection_id: int) -> Inspection:
    """The inspection, read afresh under its lock, with its members; raises `NotFound`."""
    found = locked(session, select(Inspection).where(Inspection.id == inspection_id))
    session.refresh(found, ["members", "plan"])
    return found


def require_unrelated(session: Session, inspection: Inspection) -> None:
    """INS-06: nobody on the team is or was tied to the organisation, as far as is known today."""
    for member in inspection.team:
        _require_untied(session, inspection, member.inspector)


def _leave(
    session: Session,
    actor: Actor,
    inspection: Inspection,
    member: InspectionMember,
    because: str,
) -> InspectionMember | None:
    if member.left_at is not None:
        return None
    member.left_at, member.left_because = clock.now(), because
    _dismiss(session, inspection, member)
    session.flush()
    outbox.write(
        session,
        "inspection.member_left",
        inspection.subject,
        member_id=member.id,
        by_user_id=actor.user_id,
    )
    gone = {each.inspector_id for each in inspection.members}
    inspector = _next(session, inspection, member.inspector.code, gone)
    if inspector is None:
        return None
    follower = _seat(session, inspection, inspector, member.rank, member.id)
    session.refresh(inspection, ["members"])
    if inspection.state in WORKING_STATES:
        _admit(session, inspection, follower)
    return follower


def _next(
    session: Session, inspection: Inspection, leaver: str, taken: Collection[int]
) -> PlanInspector | None:
    """Who follows an inspector's code in the order, may inspect it, and is not among `taken`."""
    plan = inspection.plan
    by_code = {each.code: each for each in plan.inspectors}
    seed = session.scalar(
        select(AuditDraw.seed).where(AuditDraw.plan_id == plan.id, AuditDraw.seed.is_not(None))
    )
    order = draw.in_order(seed or "", draw.INSPECTORS, by_code)
    there = inspection.organisation_id
    barred = {each for at, each in _recused(session, plan.id) if at == there} | set(taken)
    barred |= {each for _, each in frames.ties(session, plan, [inspection.organisation_id])}
    without = {code for code, each in by_code.items() if each.id in barred}
    code = draw.next_in_line(order, leaver, without=without)
    return None if code is None else by_code[code]


def _recused(session: Session, plan_id: int) -> set[tuple[int, int]]:
    """Organisation and inspector of every recusal of a plan, with the frame or later."""
    query = select(Recusal.organisation_id, Recusal.inspector_id)
    return {(one, other) for one, other in session.execute(query.where(Recusal.plan_id == plan_id))}


def _seat(
    session: Session,
    inspection: Inspection,
    inspector: PlanInspector,
    rank: int,
    replaces_id: int | None,
) -> InspectionMember:
    _require_untied(session, inspection, inspector)
    member = _member(inspection, inspector, rank, replaces_id, clock.now())
    refusal = InvalidState(AuditsReason.RELATED_INSPECTOR, name=inspector.name)
    insert_or(session, member, refusal)
    return member


def _member(
    inspection: Inspection,
    inspector: PlanInspector,
    rank: int,
    replaces_id: int | None,
    joined_at: datetime,
) -> InspectionMember:
    return InspectionMember(
        inspection_id=inspection.id,
        inspector_id=inspector.id,
        user_id=inspector.user_id,
        person_id=inspector.person_id,
        rank=rank,
        replaces_id=replaces_id,
        joined_at=joined_at,
        left_because="",
    )


def _require_untied(session: Session, inspection: Inspection, inspector: PlanInspector) -> None:
    person = inspector.person_id
    tied = frames.related_to(session, person) | frames.tied_to(session, person)
    if inspection.organisation_id in tied:
        raise InvalidState(AuditsReason.RELATED_INSPECTOR, name=inspector.name)


def _admit(session: Session, inspection: Inspection, member: InspectionMember) -> None:
    account_services.grant_role(
        session,
        KEEPER,
        user_id=member.user_id,
        role=Role.AUDITOR,
        organisation_id=inspection.organisation_id,
    )


def _dismiss(session: Session, inspection: Inspection, member: InspectionMember) -> None:
    """Take the role back unless another open inspection of the same organisation needs it."""
    others = session.scalars(
        select(Inspection.id)
        .join(InspectionMember, InspectionMember.inspection_id == Inspection.id)
        .where(
            Inspection.id != inspection.id,
            Inspection.organisation_id == inspection.organisation_id,
            Inspection.state.in_(WORKING_STATES),
            InspectionMember.user_id == member.user_id,
            InspectionMember.left_at.is_(None),
        )
    ).first()
    if others is not None:
        return
    for membership in accounts.memberships_of(session, member.user_id):
        held = (membership.role, membership.organisation_id)
        if held == (Role.AUDITOR, inspection.organisation_id):
            account_services.revoke_role(session, KEEPER, membership_id=membership.id)
