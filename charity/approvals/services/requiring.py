"""What a thing needs besides agreement: minutes, notices, reviews, evidence; others bring them.

A requirement is asked by the context that owns the thing and met through that context's own verb,
which judges who may. Here stands only what is true of every one: it is asked once per subject and
kind, met by a person who did not ask for the thing, and nothing goes on while one is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor
from charity.approvals import queries
from charity.approvals.models import (
    Requirement,
    RequirementKind,
    RequirementPaper,
    RequirementState,
)
from charity.approvals.reasons import ApprovalsReason
from charity.errors import InvalidState
from charity.rows import insert_new, locked


class KeptPaper(NamedTuple):
    """A paper in the file store: the SHA-256 of its bytes, and what they are."""

    file_hash: bytes
    media_type: str


def require_that(
    session: Session,
    actor: Actor,
    *,
    subject: str,
    kind: RequirementKind,
    rule_id: str,
    before: bool,
    due_on: date | None = None,
) -> Requirement:
    """Ask for it, once per subject and kind; what is asked already stays as it is.

    What was dropped is asked anew.

    `before` says whether it stands before the payment or follows it; `due_on` is the last day in
    China on which it is in time.
    """
    made = insert_new(
        session,
        Requirement,
        subject=subject,
        kind=kind,
        rule_id=rule_id,
        before=before,
        state=RequirementState.OPEN,
        opened_at=clock.now(),
        due_on=due_on,
    )
    if made is not None:
        return made
    asked = locked(session, _one(subject, kind))
    if asked.state is RequirementState.DROPPED:
        _reopen(asked)
        asked.rule_id, asked.before, asked.due_on = rule_id, before, due_on
        session.flush()
    return asked


def meet_requirement(
    session: Session,
    actor: Actor,
    *,
    subject: str,
    kind: RequirementKind,
    note: str,
    papers: Sequence[KeptPaper] = (),
) -> Requirement:
    """It is there: by this person (or the installation), with the papers that show it.

    Raises `NotFound` where it is not asked, `InvalidState` unless it is open. Who may is for the
    context that calls.
    """
    met = _close(session, actor, subject, kind, RequirementState.MET, note)
    met.papers = [
        RequirementPaper(number=number, file_hash=paper.file_hash, media_type=paper.media_type)
        for number, paper in enumerate(papers, 1)
    ]
    session.flush()
    outbox.write(session, "requirement.met", subject, kind=kind.value)
    return met


def refuse_requirement(
    session: Session, actor: Actor, *, subject: str, kind: RequirementKind, note: str
) -> Requirement:
    """It cannot be met; what it is for stays stopped. Raises `Invalid` on an empty `note`."""
    said = texts.prose(note, field="note", required=True)
    refused = _close(session, actor, subject, kind, RequirementState.REFUSED, said)
    session.flush()
    outbox.write(session, "requirement.refused", subject, kind=kind.value)
    return refused


def ask_again(
    session: Session, actor: Actor, *, subject: str, kinds: frozenset[RequirementKind]
) -> None:
    """An edit made what was shown worthless: these are open again; what is not asked stays so."""
    query = select(Requirement).where(
        Requirement.subject == subject,
        Requirement.kind.in_(kinds),
        Requirement.state.in_((RequirementState.MET, RequirementState.REFUSED)),
    )
    for requirement in session.scalars(query.with_for_update()):
        _reopen(requirement)
    session.flush()


def drop_requirement(
    session: Session, actor: Actor, *, subject: str, kind: RequirementKind
) -> None:
    """It is no longer asked, because the thing is gone; nothing happens where it never was."""
    requirement = session.scalar(_one(subject, kind).with_for_update())
    if requirement is None or requirement.state is RequirementState.DROPPED:
        return
    requirement.move_to(RequirementState.DROPPED)
    requirement.met_at = clock.now()
    session.flush()


def require_met(session: Session, actor: Actor, *, subject: str) -> None:
    """Raise `InvalidState` (REQUIREMENT_OPEN, naming the kind) while one before it is not met."""
    for requirement in queries.requirements(session, subject):
        if requirement.before and requirement.state in queries.STANDING_IN_THE_WAY:
            raise InvalidState(ApprovalsReason.REQUIREMENT_OPEN, kind=requirement.kind)


def _reopen(requirement: Requirement) -> None:
    requirement.move_to(RequirementState.OPEN)
    requirement.met_at = requirement.met_by_user_id = requirement.met_by_person_id = None
    requirement.papers, requirement.note = [], ""


def _close(
    session: Session,
    actor: Actor,
    subject: str,
    kind: RequirementKind,
    state: RequirementState,
    note: str,
) -> Requirement:
    requirement = locked(session, _one(subject, kind))
    requirement.move_to(state)
    requirement.met_at = clock.now()
    requirement.met_by_user_id = actor.user_id
    requirement.met_by_person_id = actor.person_id
    requirement.note = note.strip()
    return requirement


def _one(subject: str, kind: RequirementKind) -> Select[Requirement]:
    return select(Requirement).where(Requirement.subject == subject, Requirement.kind == kind)
