"""Eligibility: what the rules find by themselves, and the person who lets in or refuses (VEN-03).

The findings stay with the application and among the registry's decisions, each with the dated row
it used. What blocks lets nobody in; what only warns a person weighs.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, InvalidState
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
    concerned_in,
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
    return _checked(session, actor, found)


def check_all(session: Session, actor: Actor, *, competition_id: int) -> int:
    """Ask the rules about every application that waits; answers how many were asked."""
    found = lock_competition(session, actor, competition_id=competition_id, states=_BEFORE_REVIEW)
    return len(_checked_all(session, actor, found.id))


def admit_clear(session: Session, actor: Actor, *, competition_id: int) -> int:
    """Let in at once every application the rules find nothing about, by an unconcerned organiser.

    The rules are asked afresh. Those that warn or block, and those the person has a part in, wait
    to be looked at one by one; answers how many were let in.
    """
    found = lock_competition(session, actor, competition_id=competition_id, states=_BEFORE_REVIEW)
    clear = [each for each, findings in _checked_all(session, actor, found.id) if not findings]
    own = concerned_in(session, actor, {each.organisation_id for each in clear})
    admitted = [each for each in clear if each.organisation_id not in own]
    now = clock.now()
    for application in admitted:
        application.decided_at, application.decided_by_user_id = now, actor.user_id
        application.move_to(ApplicationState.ELIGIBLE)
    session.flush()
    outbox.write(session, "competition.admitted", found.subject, number=len(admitted))
    return len(admitted)


def _checked_all(
    session: Session, actor: Actor, competition_id: int
) -> list[tuple[Application, list[Finding]]]:
    """Everything that waits, with what the rules say of it, kept."""
    waiting = _submitted(session, competition_id)
    facts = queries.facts_of_many(session, {each.organisation for each in waiting})
    found = [(each, _found(each, facts[each.organisation_id])) for each in waiting]
    registry.keep_decisions(
        session,
        actor,
        act=DecidedAct.GRANTING,
        decided={each.subject: findings for each, findings in found},
        on=clock.today(),
    )
    session.flush()
    return found


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


def _checked(session: Session, actor: Actor, found: Application) -> list[Finding]:
    findings = _found(found, queries.facts_of(session, found.organisation))
    registry.keep_decision(
        session,
        actor,
        act=DecidedAct.GRANTING,
        subject=found.subject,
        findings=findings,
        on=clock.today(),
    )
    session.flush()
    return findings


def _found(found: Application, facts: ApplicantFacts) -> list[Finding]:
    """What the rules say of it today, written beside it."""
    findings = application_findings(found, facts, found.competition.terms, clock.today())
    found.findings = [as_kept(finding) for finding in findings]
    found.checked_at = clock.now()
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
