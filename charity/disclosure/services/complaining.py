"""Complaints: anybody makes one, with or without a name; staff who is not meant answers (VIL-04).

A village's list of givers is social pressure enough: whoever is pressed (摊派) says so here.
"""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.disclosure import complaint_policy as policy
from charity.disclosure.complaint_reasons import ComplaintReason
from charity.disclosure.models import Complaint, ComplaintState
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.rows import insert_new, locked
from charity.rules import parameter

#: How many complaints about one thing are taken within an hour.
PER_HOUR = "VIL-04"
LENGTHS = {"words": 2000, "contact": 120, "answer": 2000}
_SUBJECT = re.compile(r"(region:\d{2,12}|project:[1-9]\d{0,11})", re.ASCII)
_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)


def make_complaint(
    session: Session,
    actor: Actor,
    *,
    token: str,
    subject: str,
    organisation_id: int | None,
    words: str,
    contact: str = "",
) -> Complaint:
    """Say what is wrong with a place's or a project's collection; a guest may, without a name.

    `token` is the secret of the answer's page, 43 characters drawn by the caller: the same again
    is the complaint that is there. `organisation_id` is who is complained of, where that is known.
    Who complains is not kept, whoever is signed in. Raises `Invalid` on `words`, `contact` or
    `subject`, `Conflict` (TOO_MANY) where too many come at once.
    """
    if not _SUBJECT.fullmatch(subject):
        raise Invalid(ComplaintReason.ABOUT_NOTHING, field="subject")
    if not _TOKEN.fullmatch(token):
        raise Invalid(CommonReason.REQUIRED, field="token")
    known = select(Complaint).where(Complaint.token == token)
    there = session.scalar(known)
    if there is not None:
        return there
    said = texts.prose(words, field="words", limit=LENGTHS["words"], required=True)
    reach = texts.line(contact, field="contact", limit=LENGTHS["contact"], required=False)
    _not_too_many(session, subject)
    made = insert_new(
        session,
        Complaint,
        token=token,
        subject=subject,
        organisation_id=organisation_id,
        words=said,
        contact=reach,
        made_at=clock.now(),
        state=ComplaintState.OPEN,
        answer="",
    )
    if made is None:
        return session.scalars(known).one()
    outbox.write(session, "complaint.made", f"complaint:{made.id}")
    return made


def answer_complaint(
    session: Session, actor: Actor, *, complaint_id: int, answer: str
) -> Complaint:
    """Answer for the one who complained to read.

    Raises `Denied` for who is complained of and who is no staff, `Invalid` on `answer`,
    `InvalidState` (ANSWERED_ALREADY).
    """
    found = locked(session, select(Complaint).where(Complaint.id == complaint_id))
    require(policy.may_answer(actor, found))
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    if found.state is ComplaintState.ANSWERED:
        raise InvalidState(ComplaintReason.ANSWERED_ALREADY)
    found.answer = texts.prose(answer, field="answer", limit=LENGTHS["answer"], required=True)
    found.answered_at, found.answered_by_user_id = clock.now(), actor.user_id
    found.move_to(ComplaintState.ANSWERED)
    session.flush()
    outbox.write(session, "complaint.answered", f"complaint:{found.id}")
    return found


def _not_too_many(session: Session, subject: str) -> None:
    """A flood about one thing hides what is true in it: it is asked to come back later."""
    now = clock.now()
    limit = parameter(PER_HOUR, clock.day_of(now)).number
    recent = select(func.count()).where(
        Complaint.subject == subject, Complaint.made_at > now - timedelta(hours=1)
    )
    if session.scalars(recent).one() >= limit:
        raise Conflict(ComplaintReason.TOO_MANY, limit=limit)
