"""The order in which competitions take their locks, and who may have no part in a decision.

Competition, then application, then award, then stage; the ledger's locks come after all of these.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.approvals import services as approvals
from charity.errors import CommonReason, Denied, InvalidState
from charity.registry import queries as registry
from charity.rows import locked, present
from charity.spending.queries import organisations_of_person
from projects.ventures import policy
from projects.ventures.models import (
    Application,
    Award,
    AwardTranche,
    Competition,
    CompetitionState,
)


def lock_competition(
    session: Session,
    actor: Actor,
    *,
    competition_id: int,
    states: Collection[CompetitionState] = (),
) -> Competition:
    """The competition, locked and read afresh, for whoever runs it, in one of the states.

    Raises `NotFound`, `Denied`, `InvalidState`.
    """
    found = locked(session, select(Competition).where(Competition.id == competition_id))
    require(policy.may_manage(actor, found))
    if states and found.state not in states:
        raise InvalidState(CommonReason.WRONG_STATE, state=found.state)
    return found


def lock_application(session: Session, application_id: int) -> Application:
    """The application, locked and read afresh; who may is the caller's question."""
    return locked(session, select(Application).where(Application.id == application_id))


def lock_award(session: Session, award_id: int) -> Award:
    """The award, locked and read afresh; who may is the caller's question."""
    return locked(session, select(Award).where(Award.id == award_id))


def lock_tranche(session: Session, tranche_id: int) -> AwardTranche:
    """The stage behind its award, both locked and read afresh."""
    found = present(session.get(AwardTranche, tranche_id))
    lock_award(session, found.award_id)
    return locked(session, select(AwardTranche).where(AwardTranche.id == tranche_id))


def person_of(actor: Actor) -> tuple[int, int]:
    """The user and the person who act; raises `Denied` where nobody in flesh and blood does."""
    if actor.user_id is None or actor.person_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    return actor.user_id, actor.person_id


def member_of(session: Session, actor: Actor) -> frozenset[int]:
    """Where this person belongs, through whichever account."""
    return organisations_of_person(session, actor.person_id)


def require_decision(session: Session, actor: Actor, application: Application) -> None:
    """Raise `Denied` unless an organiser decides who has no part in the application.

    Its own people and those related to it take no part (CHA-167).
    """
    require(policy.may_decide(actor, application, member_of=member_of(session, actor)))
    refuse_related(session, actor, {application.organisation_id})


def concerned_in(
    session: Session, actor: Actor, organisation_ids: Collection[int]
) -> frozenset[int]:
    """Of these organisations, those the person belongs to or is related to (CHA-167)."""
    if actor.person_id is None:
        return frozenset()
    related = registry.related_to(
        session, actor.person_id, organisation_ids=organisation_ids, on=clock.today()
    )
    belongs = actor.organisation_ids | member_of(session, actor)
    return related | belongs.intersection(organisation_ids)


def refuse_related(session: Session, actor: Actor, organisation_ids: Collection[int]) -> None:
    """Raise `Denied` for founders, managers and who belongs to them, of any of these (CHA-167)."""
    approvals.refuse_related(session, actor, organisation_ids=organisation_ids)
