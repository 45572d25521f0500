"""What lists and pages of competitions show besides the rows themselves, one question each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.disclosure.models import Objection
from projects.ventures.models import Competition, CompetitionFunder


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
