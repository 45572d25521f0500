"""Who plans, draws, inspects, answers and reads in audits.

The civil-affairs office of the place plans and orders; who was drawn inspects, never whom they are
related to (INS-06); the organisation answers for itself and sees nothing before it is published.
"""

from __future__ import annotations

from collections.abc import Iterable

from charity.actor import Actor, Permission, Role, Verdict
from charity.audits.models import AuditPlan, AuditPlanState, Inspection, InspectionState
from charity.audits.reasons import AuditsReason
from charity.errors import CommonReason
from charity.registry.models import Organisation


def may_plan(actor: Actor, region_code: str) -> Verdict:
    """The office that registers there, and the installation."""
    if actor.is_system or actor.holds(Permission.AUDIT_PLAN, region_code=region_code):
        return Verdict.yes()
    return Verdict.no()


def may_see_plan(actor: Actor, plan: AuditPlan) -> Verdict:
    """Everybody, once its frame is frozen: the hash is published before any seed exists."""
    if plan.state is not AuditPlanState.DRAFT or may_plan(actor, plan.region_code):
        return Verdict.yes()
    return Verdict.absent()


def may_see_list(actor: Actor, plan: AuditPlan) -> Verdict:
    """Who was drawn, and the frame: the office before publication, everybody after."""
    if plan.is_public or may_plan(actor, plan.region_code):
        return Verdict.yes()
    return Verdict.absent()


def may_manage(actor: Actor, plan: AuditPlan) -> Verdict:
    """The office that made it; others need not know that a draft exists."""
    if may_plan(actor, plan.region_code):
        return Verdict.yes()
    return Verdict.no() if may_see_plan(actor, plan) else Verdict.absent()


def is_on_team(actor: Actor, inspection: Inspection) -> bool:
    """Whether this person was drawn for it and is still on the team, by any account."""
    return actor.person_id is not None and any(
        member.person_id == actor.person_id for member in inspection.team
    )


def speaks_for(actor: Actor, inspection: Inspection) -> bool:
    """Whether this person answers for the organisation that is checked."""
    return actor.holds(Permission.AUDIT_ANSWER, organisation_id=inspection.organisation_id)


def reads_everything(actor: Actor) -> bool:
    """An auditor of the whole platform."""
    return any(grant.role is Role.AUDITOR and grant.is_platform for grant in actor.grants)


def may_read(actor: Actor, inspection: Inspection) -> Verdict:
    """The file of an inspection: its team, the office, the auditor of the platform."""
    if may_plan(actor, inspection.plan.region_code):
        return Verdict.yes()
    if inspection.plan.is_public and (is_on_team(actor, inspection) or reads_everything(actor)):
        return Verdict.yes()
    return Verdict.absent()


def may_inspect(actor: Actor, inspection: Inspection) -> Verdict:
    """Who was drawn, once the list is published and until it is closed."""
    if not is_on_team(actor, inspection) or not actor.holds_anywhere(Permission.AUDIT_INSPECT):
        return Verdict.no() if may_read(actor, inspection) else Verdict.absent()
    if not inspection.plan.is_public:
        return Verdict.absent()
    if inspection.state is InspectionState.CLOSED:
        return Verdict.no(CommonReason.WRONG_STATE)
    return Verdict.yes()


def may_order(actor: Actor, inspection: Inspection) -> Verdict:
    """Orders, extensions and publication are acts of the office."""
    if may_plan(actor, inspection.plan.region_code):
        return Verdict.yes()
    return Verdict.no() if may_read(actor, inspection) else Verdict.absent()


def may_enter_room(actor: Actor, inspection: Inspection) -> Verdict:
    """The organisation's room: who answers for it, from the day the notice was delivered."""
    if inspection.state is InspectionState.DRAWN or not inspection.plan.is_public:
        return Verdict.absent()
    if speaks_for(actor, inspection) or actor.is_system:
        return Verdict.yes()
    return Verdict.absent()


def may_check(actor: Actor, inspection: Inspection, found_by_person_id: int) -> Verdict:
    """See whether it is right now: the team or the office, never who found it."""
    if not (is_on_team(actor, inspection) or may_plan(actor, inspection.plan.region_code)):
        return Verdict.no() if may_read(actor, inspection) else Verdict.absent()
    if actor.person_id is None or actor.person_id == found_by_person_id:
        return Verdict.no(AuditsReason.FOUND_IT_THEMSELVES)
    return Verdict.yes()


def may_answer_appeal(actor: Actor, inspection: Inspection) -> Verdict:
    """The office, by somebody who was not on the team."""
    verdict = may_order(actor, inspection)
    if verdict and any(member.person_id == actor.person_id for member in inspection.members):
        return Verdict.no(AuditsReason.OWN_TEAM)
    return verdict


def may_void(actor: Actor) -> Verdict:
    """Clocks run by themselves: the installation alone."""
    return Verdict.yes() if actor.is_system else Verdict.no()


def may_look_through(
    actor: Actor, organisation: Organisation, inspections: Iterable[Inspection]
) -> Verdict:
    """Red flags: the office of the place, and the teams of the organisation's inspections.

    The organisation itself does not: what is asked of it is told when somebody asks.
    """
    if actor.is_system or may_plan(actor, organisation.region_code):
        return Verdict.yes()
    is_ours = any(may_inspect(actor, inspection) for inspection in inspections)
    return Verdict.yes() if is_ours else Verdict.absent()
