"""The notice board: what stands, what ended, and what waits for an answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, selectinload

from charity.disclosure.models import Notice, NoticeState, Objection
from charity.paging import Page
from charity.rows import present


def notice(session: Session, notice_id: int) -> Notice:
    """One notice with its objections; raises `NotFound`."""
    query = select(Notice).where(Notice.id == notice_id).options(selectinload(Notice.objections))
    return present(session.scalar(query))


def notices_of(session: Session, subject: str) -> list[Notice]:
    """Every notice about a subject, the newest first."""
    query = select(Notice).where(Notice.subject == subject).order_by(Notice.id.desc())
    return list(session.scalars(query.options(selectinload(Notice.objections))))


def standing_of(session: Session, subjects: Collection[str]) -> dict[str, Notice]:
    """The notice that stands about each of these subjects, where one does."""
    query = select(Notice).where(Notice.subject.in_(subjects), Notice.state == NoticeState.STANDING)
    return {found.subject: found for found in session.scalars(query)}


def notices_page(
    session: Session, number: int = 1, *, region_code: str = "", size: int = 20
) -> Page[Notice]:
    """Notices of a place and everything below it: standing ones first, those that end soonest.

    What was withdrawn stays to be read, behind what ended.
    """
    where: list[ColumnElement[bool]] = []
    if region_code:
        where.append(Notice.region_code.startswith(region_code, autoescape=True))
    total = session.scalar(select(func.count()).select_from(Notice).where(*where)) or 0
    number = max(number, 1)
    behind = Notice.state != NoticeState.STANDING
    withdrawn = Notice.state == NoticeState.WITHDRAWN
    soonest = case((behind, None), else_=Notice.ends_on)
    query = (
        select(Notice)
        .where(*where)
        .order_by(behind, withdrawn, soonest, Notice.ends_on.desc(), Notice.id.desc())
        .limit(size)
        .offset((number - 1) * size)
    )
    return Page(list(session.scalars(query)), number, size, total)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose notices somebody looks after: of organisations, or below places; None for all."""

    organisation_ids: Collection[int] | None
    region_codes: Collection[str]

    def narrow(self, query: Select[Notice]) -> Select[Notice]:
        """The query, limited to what is in reach."""
        if self.organisation_ids is None:
            return query
        reached: list[ColumnElement[bool]] = [
            Notice.organisation_id.in_(self.organisation_ids),
            *(Notice.region_code.startswith(code, autoescape=True) for code in self.region_codes),
        ]
        return query.where(or_(*reached))


def notices_in(session: Session, reach: Reach, *, limit: int = 100) -> list[Notice]:
    """The notices somebody looks after with their objections, the newest first."""
    query = reach.narrow(select(Notice)).options(selectinload(Notice.objections))
    return list(session.scalars(query.order_by(Notice.id.desc()).limit(limit)))


def objections_to_answer(
    session: Session, reach: Reach, *, person_id: int | None, limit: int = 100
) -> list[Objection]:
    """Objections that wait for this person's answer, with their notices; the soonest end first.

    Not those to what the person put up: another answers these.
    """
    mine = reach.narrow(select(Notice)).with_only_columns(Notice.id)
    query = (
        select(Objection)
        .join(Notice, Notice.id == Objection.notice_id)
        .where(
            Objection.answered_at.is_(None),
            Objection.notice_id.in_(mine),
            Notice.publisher_person_id != (person_id or 0),
        )
        .order_by(Notice.ends_on, Objection.id)
        .limit(limit)
        .options(selectinload(Objection.notice))
    )
    return list(session.scalars(query))


def due_notices(session: Session, today: date) -> list[int]:
    """Standing notices whose last day is over and that wait for no answer."""
    waiting = select(Objection.notice_id).where(Objection.answered_at.is_(None))
    query = select(Notice.id).where(
        Notice.state == NoticeState.STANDING, Notice.ends_on < today, Notice.id.not_in(waiting)
    )
    return list(session.scalars(query.order_by(Notice.ends_on, Notice.id)))
