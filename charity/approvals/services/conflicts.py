"""Conflict reviews: a thing that touches a related party stops until somebody unconcerned looked.

The context that owns the thing finds what it touches (`registry.queries.touched`) and says who is
concerned; here stands what is true of every review (CHA-144, CHA-161, CHA-167, AUD-02).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.approvals.models import Requirement, RequirementKind, RequirementState
from charity.approvals.policy import may_review
from charity.approvals.services.requiring import (
    meet_requirement,
    refuse_requirement,
    require_that,
)
from charity.approvals.touching import written
from charity.errors import CommonReason, Denied, Invalid
from charity.registry import queries as registry
from charity.registry.models import Relation
from charity.registry.queries import Touch
from charity.registry.related_reasons import RelatedReason

#: A payment or benefit for a related party; one for a founder or main donor.
RELATED, DISTRIBUTION = "CHA-144", "CHA-161"
#: Who is related takes no part in the decision.
DECIDING = "CHA-167"

_OWNERS = frozenset({Relation.FOUNDER, Relation.MAJOR_DONOR})


def open_conflict_review(
    session: Session, actor: Actor, *, subject: str, touches: Sequence[Touch]
) -> Requirement:
    """Stop the subject for a review of what it touches; asked once, it stays as it is.

    The marks that were seen are kept with it while it is open.
    """
    owners = any(touch.party.relation in _OWNERS for touch in touches)
    asked = require_that(
        session,
        actor,
        subject=subject,
        kind=RequirementKind.CONFLICT_REVIEW,
        rule_id=DISTRIBUTION if owners else RELATED,
        before=True,
    )
    if asked.state is RequirementState.OPEN and touches:
        asked.note = written(touches)
        session.flush()
    return asked


def review_conflict(
    session: Session,
    actor: Actor,
    *,
    subject: str,
    clear: bool,
    note: str,
    organisation_ids: Collection[int],
    person_ids: Collection[int],
) -> Requirement:
    """Let it go on, or refuse it; `note` says why either way, and the deal is published later.

    Raises `Denied` (CONCERNED, RELATED_DECIDES), `InvalidState` where it is decided already,
    `NotFound` where none was asked, `Invalid` on an empty `note`.
    """
    require(may_review(actor, organisation_ids=organisation_ids, person_ids=person_ids))
    refuse_related(session, actor, organisation_ids=organisation_ids)
    if not note.strip():
        raise Invalid(CommonReason.REQUIRED, field="note")
    decide = meet_requirement if clear else refuse_requirement
    return decide(session, actor, subject=subject, kind=RequirementKind.CONFLICT_REVIEW, note=note)


def refuse_related(session: Session, actor: Actor, *, organisation_ids: Collection[int]) -> None:
    """Founders, main donors, managers and who belongs to them decide nothing (CHA-167).

    Raises `Denied` (RELATED_DECIDES).
    """
    if actor.person_id is None:
        return
    if registry.is_related_person(
        session, actor.person_id, organisation_ids=organisation_ids, on=clock.today()
    ):
        raise Denied(RelatedReason.RELATED_DECIDES, rule=DECIDING)
