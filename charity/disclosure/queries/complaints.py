"""Complaints: by the secret of the answer's page, and those that staff has to answer."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.disclosure.models import Complaint, ComplaintState
from charity.rows import present

#: Answered ones that the list still shows.
ANSWERED_SHOWN = 50


def complaint(session: Session, complaint_id: int) -> Complaint:
    """One complaint; raises `NotFound`."""
    return present(session.get(Complaint, complaint_id))


def complaint_by_token(session: Session, token: str) -> Complaint:
    """The complaint whose answer's page has this secret; raises `NotFound`."""
    return present(session.scalar(select(Complaint).where(Complaint.token == token)))


def complaints_to_answer(session: Session) -> list[Complaint]:
    """Those that wait, the oldest first, then the latest answered ones."""
    waiting = select(Complaint).where(Complaint.state == ComplaintState.OPEN)
    answered = select(Complaint).where(Complaint.state == ComplaintState.ANSWERED)
    return [
        *session.scalars(waiting.order_by(Complaint.id)),
        *session.scalars(answered.order_by(Complaint.id.desc()).limit(ANSWERED_SHOWN)),
    ]
