"""公示: put up a notice, hear objections, answer them, and let it end (VEN-07, VIL-02).

A notice stands for its days, and on while an objection waits for its answer. When it ends, what it
is about has met its public notice; an objection that was right refuses that, and the notice goes.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.approvals import services as approvals
from charity.approvals.models import Requirement, RequirementKind, RequirementState
from charity.disclosure import ending_policy, periods
from charity.disclosure.ending_reasons import NoticeReason
from charity.disclosure.models import (
    Notice,
    NoticeState,
    Objection,
    ProjectClosing,
    PublicNoticeKind,
)
from charity.disclosure.queries.notices import due_notices
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.registry.naming import personal_number
from charity.registry.queries import region
from charity.registry.reasons import RegistryReason
from charity.rows import insert_or, locked, present
from charity.rules import parameter
from charity.spending import queries as spending

#: The rules of this house that keep a crowd from burying a notice.
PER_HOUR, PER_CONTACT = "NOT-01", "NOT-02"
LENGTHS = {
    "title": 120,
    "body": 5000,
    "name": 60,
    "contact": 120,
    "objection": 2000,
    "answer": 2000,
}


def publish_notice(
    session: Session,
    actor: Actor,
    *,
    kind: PublicNoticeKind,
    subject: str,
    organisation_id: int,
    region_code: str,
    title: str,
    body: str,
    rule_id: str = periods.SEVEN_DAYS,
) -> Notice:
    """Put up a notice from today for the days of its rule.

    `subject` is an expense or a closing of the organisation, or empty for a notice of its own.
    Raises `Denied`, `Invalid` on `title`, `body`, `subject` or `rule_id`, `Conflict` while one
    about the subject stands.
    """
    require(ending_policy.may_announce(actor, organisation_id, region_code))
    if rule_id not in periods.NOTICE_RULES:
        raise Invalid(CommonReason.REQUIRED, field="rule_id")
    if subject and organisation_id not in _owners(session, subject):
        raise Invalid(NoticeReason.NOT_ITS_OWN, field="subject")
    return put_up(
        session,
        actor,
        kind=kind,
        subject=subject,
        organisation_id=organisation_id,
        region_code=region_code,
        title=title,
        body=body,
        rule_id=rule_id,
    )


def put_up(
    session: Session,
    actor: Actor,
    *,
    kind: PublicNoticeKind,
    subject: str,
    organisation_id: int,
    region_code: str,
    title: str,
    body: str,
    rule_id: str,
) -> Notice:
    """The same for a verb of this context that has judged who may."""
    if actor.user_id is None or actor.person_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    for field, text in (("title", title), ("body", body)):
        if personal_number(text):
            raise Invalid(RegistryReason.PERSONAL_NUMBER, field=field, rule="PII-11")
    today = clock.today()
    notice = Notice(
        kind=kind,
        subject=subject,
        organisation_id=organisation_id,
        region_code=region(session, region_code).code,
        title=texts.line(title, field="title", limit=LENGTHS["title"]),
        body=texts.prose(body, field="body", limit=LENGTHS["body"], required=True),
        starts_on=today,
        ends_on=periods.notice_until(rule_id, today),
        rule_id=rule_id,
        state=NoticeState.STANDING,
        published_by_user_id=actor.user_id,
        publisher_person_id=actor.person_id,
        published_at=clock.now(),
    )
    insert_or(session, notice, Conflict(NoticeReason.STANDS_ALREADY, field="subject"))
    # What an objection refused is asked again; what is met already stays met.
    asked = _asked(session, subject)
    if asked is not None and asked.state is RequirementState.REFUSED:
        kinds = frozenset({RequirementKind.PUBLIC_NOTICE})
        approvals.ask_again(session, actor, subject=subject, kinds=kinds)
    _tell(session, "notice.published", notice)
    return notice


def object_to(
    session: Session,
    actor: Actor,
    *,
    notice_id: int,
    name: str,
    contact: str,
    body: str,
) -> Objection:
    """Say that it is not so, with how to be reached: anybody, while the notice stands.

    Name and contact are for those who answer. The same words of the same contact again are the
    first objection. Raises `Invalid` on a field, `InvalidState` once the last day is over,
    `Conflict` where too many come at once.
    """
    notice = _lock(session, notice_id)
    if notice.state is not NoticeState.STANDING or clock.today() > notice.ends_on:
        raise InvalidState(NoticeReason.OVER)
    said = texts.prose(body, field="body", limit=LENGTHS["objection"], required=True)
    objection = Objection(
        notice_id=notice.id,
        name=texts.line(name, field="name", limit=LENGTHS["name"]),
        contact=texts.line(contact, field="contact", limit=LENGTHS["contact"]),
        body=said,
        made_at=clock.now(),
        user_id=actor.user_id,
    )
    earlier = session.scalars(
        select(Objection).where(
            Objection.notice_id == notice.id,
            Objection.contact == objection.contact,
            Objection.body == said,
        )
    ).first()
    if earlier is not None:
        return earlier
    _not_too_many(session, objection)
    session.add(objection)
    session.flush()
    _tell(session, "notice.objected", notice)
    return objection


def answer_objection(
    session: Session, actor: Actor, *, objection_id: int, answer: str, upheld: bool
) -> Objection:
    """Answer for everybody to read: right or not. By another person than put the notice up.

    An objection that is right refuses the public notice of what it is about, and the notice is
    withdrawn. Raises `Denied`, `Invalid` on `answer`, `InvalidState` where it is answered.
    """
    found = present(session.get(Objection, objection_id))
    notice = _lock(session, found.notice_id)
    session.refresh(found)
    require(ending_policy.may_answer(actor, notice, found))
    if found.answered_at is not None:
        raise InvalidState(NoticeReason.ANSWERED_ALREADY)
    found.answer = texts.prose(answer, field="answer", limit=LENGTHS["answer"], required=True)
    found.upheld = upheld
    found.answered_at = clock.now()
    found.answered_by_user_id = actor.user_id
    if upheld and notice.state is NoticeState.STANDING:
        _close(notice, NoticeState.WITHDRAWN)
        notice.closed_because = found.answer
        asked = _asked(session, notice.subject)
        if asked is not None and asked.state is RequirementState.OPEN:
            approvals.refuse_requirement(
                session,
                actor,
                subject=notice.subject,
                kind=RequirementKind.PUBLIC_NOTICE,
                note=found.answer,
            )
    session.flush()
    _tell(session, "notice.answered", notice)
    return found


def withdraw_notice(session: Session, actor: Actor, *, notice_id: int, reason: str) -> Notice:
    """Take a notice down with a reason; it stays to be read. What waited for it waits on.

    Raises `Denied`, `Invalid` on `reason`, `InvalidState` once it ended.
    """
    notice = _lock(session, notice_id)
    require(ending_policy.may_announce(actor, notice.organisation_id, notice.region_code))
    notice.closed_because = texts.prose(
        reason, field="reason", limit=LENGTHS["answer"], required=True
    )
    _close(notice, NoticeState.WITHDRAWN)
    session.flush()
    _tell(session, "notice.withdrawn", notice)
    return notice


def end_due_notices(session: Session, actor: Actor) -> list[Notice]:
    """End what stood its days without an open objection: its subject has met the public notice.

    Raises `Denied` for anyone but the installation.
    """
    require(ending_policy.may_end(actor))
    today = clock.today()
    ended = []
    for notice_id in due_notices(session, today):
        notice = _lock(session, notice_id)
        if _may_end_today(session, notice, today):
            _end(session, actor, notice)
            ended.append(notice)
    session.flush()
    return ended


def drop_notice(session: Session, subject: str, because: str) -> None:
    """Take down what stands about a subject that is gone; nothing stands, nothing happens."""
    query = select(Notice).where(Notice.subject == subject, Notice.state == NoticeState.STANDING)
    for notice in session.scalars(query.with_for_update()):
        _close(notice, NoticeState.WITHDRAWN)
        notice.closed_because = because
    session.flush()


def _may_end_today(session: Session, notice: Notice, today: date) -> bool:
    """Asked again under the lock: somebody may have objected or withdrawn it meanwhile."""
    open_ = select(Objection.id).where(
        Objection.notice_id == notice.id, Objection.answered_at.is_(None)
    )
    stands = notice.state is NoticeState.STANDING and notice.ends_on < today
    return stands and session.scalar(open_.limit(1)) is None


def _end(session: Session, actor: Actor, notice: Notice) -> None:
    _close(notice, NoticeState.ENDED)
    asked = _asked(session, notice.subject)
    if asked is not None and asked.state is RequirementState.OPEN:
        approvals.meet_requirement(
            session,
            actor,
            subject=notice.subject,
            kind=RequirementKind.PUBLIC_NOTICE,
            note=f"notice:{notice.id}",
        )
    _tell(session, "notice.ended", notice)


def _not_too_many(session: Session, new: Objection) -> None:
    """Raise `Conflict` where a crowd, or one contact, would bury the notice."""
    made = func.count(Objection.id)
    query = select(made).where(Objection.notice_id == new.notice_id)
    today = clock.today()
    hour, contact = parameter(PER_HOUR, today).number, parameter(PER_CONTACT, today).number
    lately = query.where(Objection.made_at > new.made_at - timedelta(hours=1))
    if (session.scalar(lately) or 0) >= hour:
        raise Conflict(NoticeReason.TOO_MANY, limit=hour)
    of_contact = query.where(
        Objection.contact == new.contact, Objection.made_at > new.made_at - timedelta(days=1)
    )
    if (session.scalar(of_contact) or 0) >= contact:
        raise Conflict(NoticeReason.TOO_MANY, limit=contact)


def _owners(session: Session, subject: str) -> set[int | None]:
    """The organisations a subject belongs to: who does the work and whose book it is in."""
    kind, _colon, number = subject.partition(":")
    if not number.isdecimal():
        return set()
    if kind == "expense":
        budget = spending.expense(session, int(number)).budget_line.budget
        return {budget.organisation_id, spending.charity_of_fund(session, budget.fund_id)}
    closing = session.get(ProjectClosing, int(number)) if kind == "project_closing" else None
    return set() if closing is None else {closing.charity_id}


def _asked(session: Session, subject: str) -> Requirement | None:
    query = select(Requirement).where(
        Requirement.subject == subject, Requirement.kind == RequirementKind.PUBLIC_NOTICE
    )
    return session.scalar(query) if subject else None


def _close(notice: Notice, state: NoticeState) -> None:
    notice.move_to(state)
    notice.closed_at = clock.now()


def _lock(session: Session, notice_id: int) -> Notice:
    return locked(session, select(Notice).where(Notice.id == notice_id))


def _tell(session: Session, event: str, notice: Notice) -> None:
    outbox.write(session, event, f"notice:{notice.id}", about=notice.subject)
