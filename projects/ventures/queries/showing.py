"""What lists and pages of competitions show besides the rows themselves, one question each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from charity.disclosure.models import Objection
from charity.paging import Page, page_of
from projects.ventures.models import (
    Application,
    ApplicationState,
    Competition,
    CompetitionFunder,
)

#: Applications everybody is told about once it is decided who takes part.
SHOWN = frozenset(
    set(ApplicationState)
    - {ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.INELIGIBLE}
)


def funders_of_many(
    session: Session, competition_ids: Collection[int]
) -> dict[int, list[CompetitionFunder]]:
    """Who pays for each of these competitions; those nobody pays for are left out."""
    found: dict[int, list[CompetitionFunder]] = defaultdict(list)
    query = select(CompetitionFunder).where(CompetitionFunder.competition_id.in_(competition_ids))
    for row in session.scalars(query.order_by(CompetitionFunder.id)):
        found[row.competition_id].append(row)
    return found


def objections_of_many(session: Session, notice_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """How many objections each notice has, and how many of them were answered."""
    query = (
        select(Objection.notice_id, func.count(), func.count(Objection.answered_at))
        .where(Objection.notice_id.in_(notice_ids))
        .group_by(Objection.notice_id)
    )
    return {notice_id: (all_, answered) for notice_id, all_, answered in session.execute(query)}


def higher_competitions(session: Session, region_code: str) -> list[Competition]:
    """Competitions into which winners of a place might be entered: of it, or of places above."""
    codes = [region_code[:length] for length in (2, 4, 6, 9, 12) if length <= len(region_code)]
    query = select(Competition).where(Competition.region_code.in_(codes))
    return list(session.scalars(query.order_by(Competition.id.desc()).limit(50)))


def entries_page(
    session: Session, competition_id: int, number: int, size: int
) -> Page[Application]:
    """Who takes part, by number; who withdrew before it was decided about is left out."""
    query = _handed_in(competition_id).where(
        Application.state.in_(SHOWN),
        or_(Application.state != ApplicationState.WITHDRAWN, Application.decided_at.is_not(None)),
    )
    return page_of(session, query.order_by(Application.number), number, size)


def waiting_page(
    session: Session, competition_id: int, number: int, size: int
) -> Page[Application]:
    """Everything that was handed in, what waits for a decision first, then by number."""
    decided = Application.state != ApplicationState.SUBMITTED
    query = _handed_in(competition_id).order_by(decided, Application.number)
    return page_of(session, query, number, size)


def entries(session: Session, application_ids: Collection[int]) -> dict[int, Application]:
    """These applications by id, each with its organisation."""
    query = select(Application).where(Application.id.in_(application_ids))
    found = session.scalars(query.options(joinedload(Application.organisation)))
    return {each.id: each for each in found}


def _handed_in(competition_id: int) -> Select[Application]:
    return (
        select(Application)
        .where(Application.competition_id == competition_id, Application.submitted_at.is_not(None))
        .options(
            joinedload(Application.organisation),
            joinedload(Application.competition),
            joinedload(Application.track),
        )
    )
