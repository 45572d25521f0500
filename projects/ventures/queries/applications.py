"""Applications: one, those of a competition, those of an organisation, and what is known of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from charity import clock
from charity.registry import queries as registry
from charity.registry.models import AnnualInspection, Organisation, Restriction
from charity.rows import present
from projects.ventures.eligibility import ApplicantFacts
from projects.ventures.models import (
    Application,
    ApplicationState,
    Award,
    AwardState,
    Competition,
    LevelEntry,
)


def application(session: Session, application_id: int) -> Application:
    """One application with its budget and papers; raises `NotFound`."""
    return present(session.scalar(_whole().where(Application.id == application_id)))


def application_by_client_id(session: Session, client_id: str) -> Application | None:
    """The application a form began, however often the form was sent."""
    return session.scalar(_whole().where(Application.client_id == client_id))


def applications_of_competition(
    session: Session,
    competition_id: int,
    *,
    states: Collection[ApplicationState] | None = None,
    track_id: int | None = None,
) -> list[Application]:
    """What was handed in to a competition, by number; drafts are nobody's business."""
    query = _listed().where(
        Application.competition_id == competition_id, Application.submitted_at.is_not(None)
    )
    if states is not None:
        query = query.where(Application.state.in_(states))
    if track_id is not None:
        query = query.where(Application.track_id == track_id)
    return list(session.scalars(query.order_by(Application.number)))


def applications_of_organisations(
    session: Session, organisation_ids: Collection[int], *, competition_id: int | None = None
) -> list[Application]:
    """Everything these organisations applied for, drafts too, the latest first."""
    if not organisation_ids:
        return []
    query = _listed().where(Application.organisation_id.in_(organisation_ids))
    if competition_id is not None:
        query = query.where(Application.competition_id == competition_id)
    return list(session.scalars(query.order_by(Application.id.desc())))


def organisations_applying(session: Session, competition_id: int) -> frozenset[int]:
    """Every organisation that handed in an application."""
    query = select(Application.organisation_id).where(
        Application.competition_id == competition_id, Application.submitted_at.is_not(None)
    )
    return frozenset(session.scalars(query))


def record_below(session: Session, application_id: int) -> LevelEntry | None:
    """The award of the level below that an application brings; None for most."""
    query = select(LevelEntry).where(LevelEntry.application_id == application_id)
    return session.scalar(query.options(joinedload(LevelEntry.award)))


def last_number(session: Session, competition_id: int) -> int:
    """The highest number given so far; 0 before the first."""
    query = select(func.max(Application.number)).where(Application.competition_id == competition_id)
    return session.scalar(query) or 0


def facts_of(session: Session, organisation: Organisation) -> ApplicantFacts:
    """What eligibility asks about an applicant."""
    return facts_of_many(session, [organisation])[organisation.id]


def facts_of_many(
    session: Session, organisations: Collection[Organisation]
) -> dict[int, ApplicantFacts]:
    """The same for many applicants at once, by organisation, in three queries."""
    ids = [organisation.id for organisation in organisations]
    stopped: dict[int, list[Restriction]] = defaultdict(list)
    for row in registry.restrictions_of(session, organisation_ids=ids):
        if row.organisation_id is not None:
            stopped[row.organisation_id].append(row)
    newest = (
        select(AnnualInspection)
        .where(AnnualInspection.organisation_id.in_(ids))
        .order_by(AnnualInspection.organisation_id, AnnualInspection.year.desc())
    )
    inspected: dict[int, list[AnnualInspection]] = defaultdict(list)
    for inspection in session.scalars(newest):
        inspected[inspection.organisation_id].append(inspection)
    broken = {
        organisation_id: clock.day_of(ended)
        for organisation_id, ended in session.execute(_broken(ids))
        if ended is not None
    }
    return {
        each.id: ApplicantFacts(
            each,
            restrictions=stopped[each.id],
            inspections=inspected[each.id],
            broke_on=broken.get(each.id),
        )
        for each in organisations
    }


def _broken(ids: Collection[int]) -> Select[int, datetime | None]:
    """When the last award of each of these was terminated."""
    return (
        select(Application.organisation_id, func.max(Award.closed_at))
        .join(Application, Application.id == Award.application_id)
        .where(Application.organisation_id.in_(ids), Award.state == AwardState.TERMINATED)
        .group_by(Application.organisation_id)
    )


def _listed() -> Select[Application]:
    return select(Application).options(
        joinedload(Application.organisation),
        joinedload(Application.competition).joinedload(Competition.organiser),
        joinedload(Application.track),
    )


def _whole() -> Select[Application]:
    return _listed().options(
        selectinload(Application.lines),
        selectinload(Application.files),
        joinedload(Application.region),
        joinedload(Application.need),
    )
