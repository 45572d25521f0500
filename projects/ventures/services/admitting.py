"""Eligibility: what the rules find by themselves, and the person who lets in or refuses (VEN-03).

The findings stay with the application and among the registry's decisions, each with the dated row
it used. What blocks lets nobody in; what only warns a person weighs.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Denied, InvalidState
from charity.registry import services as registry
from charity.registry.findings import Finding, as_kept, refuse
from charity.registry.models import DecidedAct, Organisation
from projects.ventures import policy, queries
from projects.ventures.eligibility import ApplicantFacts, application_findings
from projects.ventures.models import (
    Application,
    ApplicationState,
    CompetitionState,
)
from projects.ventures.services.locking import (
    lock_application,
    lock_competition,
    require_decision,
)

NOTE = 1000
_BEFORE_REVIEW = frozenset({CompetitionState.CALL, CompetitionState.ELIGIBILITY})


def check_eligibility(session: Session, actor: Actor, *, application_id: int) -> list[Finding]:
    """Ask the rules about an application that was handed in, and keep what they say.

    Raises `Denied` for anyone but the organiser, `InvalidState` once it is decided.
    """
    found = lock_application(session, application_id)
    require(policy.may_manage(actor, found.competition))
    _require_waiting(found)
    findings = _checked(session, actor, found)
    session.flush()
    return findings


def check_all(session: Session, actor: Actor, *, competition_id: int) -> int:
    """Ask the rules about every application that waits; answers how many were asked."""
    found = lock_competition(session, actor, competition_id=competition_id, states=_BEFORE_REVIEW)
    waiting = _submitted(session, found.id)
    facts = queries.facts_of_many(session, {each.organisation for each in waiting})
    for application in waiting:
        _checked(session, actor, application, facts[application.organisation_id])
    session.flush()
    return len(waiting)


def admit_clear(session: Session, actor: Actor, *, competition_id: int) -> int:
    """Let in at once every application the rules find nothing about, by an unconcerned organiser.

    The rules are asked afresh. Those that warn or block, and those the person has a part in, wait
    to be looked at one by one; answers how many were let in.
    """
    found = lock_competition(session, actor, competition_id=competition_id, states=_BEFORE_REVIEW)
    waiting = _submitted(session, found.id)
    facts = queries.facts_of_many(session, {each.organisation for each in waiting})
    admitted = 0
    for application in waiting:
        if _checked(session, actor, application, facts[application.organisation_id]):
            continue
        try:
            require_decision(session, actor, application)
        except Denied:
            continue
        _decide(session, actor, application, ApplicationState.ELIGIBLE, "", required=False)
        admitted += 1
    session.flush()
    return admitted


def _submitted(session: Session, competition_id: int) -> list[Application]:
    """What waits for a decision, by number, with its organisation and budget."""
    query = (
        select(Application)
        .where(
            Application.competition_id == competition_id,
            Application.state == ApplicationState.SUBMITTED,
        )
        .order_by(Application.number)
        .options(
            joinedload(Application.organisation).joinedload(Organisation.host),
            selectinload(Application.lines),
        )
    )
    return list(session.scalars(query))


def admit(
    session: Session,
    actor: Actor,
    *,
    application_id: int,
    note: str = "",
    demand_score: int | None = None,
) -> Application:
    """Let it take part, by an organiser who has no part in it (CHA-167).

    The rules are asked afresh. `demand_score` says how much its need is wanted, and decides ties
    first. Raises `Denied` with the first finding that blocks, `InvalidState` once it is decided.
    """
    found = _waiting(session, actor, application_id)
    refuse(_checked(session, actor, found))
    if demand_score is not None:
        found.demand_score = max(demand_score, 0)
    return _decide(session, actor, found, ApplicationState.ELIGIBLE, note, required=False)


def refuse_application(
    session: Session, actor: Actor, *, application_id: int, reason: str
) -> Application:
    """Refuse it with a reason its organisation reads; raises like `admit`, `Invalid` on `reason`.

    What the rules say is kept with it.
    """
    found = _waiting(session, actor, application_id)
    _checked(session, actor, found)
    return _decide(session, actor, found, ApplicationState.INELIGIBLE, reason, required=True)


def _waiting(session: Session, actor: Actor, application_id: int) -> Application:
    found = lock_application(session, application_id)
    require_decision(session, actor, found)
    _require_waiting(found)
    return found


def _require_waiting(found: Application) -> None:
    if (
        found.state is not ApplicationState.SUBMITTED
        or found.competition.state not in _BEFORE_REVIEW
    ):
        raise InvalidState(CommonReason.WRONG_STATE, state=found.state)


def _checked(
    session: Session, actor: Actor, found: Application, facts: ApplicantFacts | None = None
) -> list[Finding]:
    today = clock.today()
    facts = facts or queries.facts_of(session, found.organisation)
    findings = application_findings(found, facts, found.competition.terms, today)
    found.findings = [as_kept(finding) for finding in findings]
    found.checked_at = clock.now()
    registry.keep_decision(
        session, actor, act=DecidedAct.GRANTING, subject=found.subject, findings=findings, on=today
    )
    return findings


def _decide(
    session: Session,
    actor: Actor,
    found: Application,
    state: ApplicationState,
    note: str,
    *,
    required: bool,
) -> Application:
    found.decision_note = texts.prose(note, field="reason", limit=NOTE, required=required)
    found.decided_at, found.decided_by_user_id = clock.now(), actor.user_id
    found.move_to(state)
    session.flush()
    outbox.write(session, "application.decided", found.subject, state=state.value)
    return found
