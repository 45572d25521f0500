"""What was asked and who decided."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from charity.approvals.models import ApprovalRequest


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
