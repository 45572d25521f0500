"""What was asked and who decided."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from charity.approvals.models import ApprovalDecision, ApprovalRequest


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


def decisions_for(session: Session, subjects: Collection[str]) -> dict[str, list[ApprovalDecision]]:
    """The decisions on the latest request about each subject, oldest first, in one query."""
    found: dict[str, list[ApprovalDecision]] = {subject: [] for subject in subjects}
    latest = (
        select(func.max(ApprovalRequest.id))
        .where(ApprovalRequest.subject.in_(found))
        .group_by(ApprovalRequest.subject)
    )
    query = (
        select(ApprovalRequest.subject, ApprovalDecision)
        .join(ApprovalDecision.request)
        .where(ApprovalRequest.id.in_(latest))
        .order_by(ApprovalDecision.id)
    )
    for subject, decision in session.execute(query):
        found[subject].append(decision)
    return found
