"""What was asked and who decided."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from charity.approvals.models import (
    ApprovalRequest,
    Requirement,
    RequirementKind,
    RequirementState,
)

#: States in which a requirement that goes before stops the thing.
STANDING_IN_THE_WAY = frozenset({RequirementState.OPEN, RequirementState.REFUSED})


def request_for(session: Session, subject: str) -> ApprovalRequest | None:
    """The latest request about the subject, with its decisions; None when nothing was asked."""
    query = (
        select(ApprovalRequest)
        .where(ApprovalRequest.subject == subject)
        .order_by(ApprovalRequest.id.desc())
        .limit(1)
        .options(selectinload(ApprovalRequest.decisions))
    )
    return session.scalars(query).first()


def requirements(session: Session, subject: str) -> list[Requirement]:
    """What the subject needs, in the order in which it was asked; dropped ones are left out."""
    query = (
        select(Requirement)
        .where(Requirement.subject == subject, Requirement.state != RequirementState.DROPPED)
        .order_by(Requirement.id)
    )
    return list(session.scalars(query))


def requirements_of(session: Session, subjects: Collection[str]) -> dict[str, list[Requirement]]:
    """The same for many subjects at once."""
    query = (
        select(Requirement)
        .where(Requirement.subject.in_(subjects), Requirement.state != RequirementState.DROPPED)
        .order_by(Requirement.id)
    )
    found: dict[str, list[Requirement]] = {subject: [] for subject in subjects}
    for requirement in session.scalars(query):
        found[requirement.subject].append(requirement)
    return found


def open_requirements(
    session: Session, *, kinds: Collection[RequirementKind], due_by: date | None = None
) -> list[Requirement]:
    """What is open of these kinds, the soonest due first; with `due_by` only what is due then."""
    query = select(Requirement).where(
        Requirement.kind.in_(kinds), Requirement.state == RequirementState.OPEN
    )
    if due_by is not None:
        query = query.where(Requirement.due_on <= due_by)
    return list(session.scalars(query.order_by(Requirement.due_on, Requirement.id)))


def touches_related(session: Session, subject: str) -> bool:
    """Whether the subject was found to touch a related party."""
    return any(
        each.kind is RequirementKind.CONFLICT_REVIEW for each in requirements(session, subject)
    )
