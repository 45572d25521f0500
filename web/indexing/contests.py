"""The documents of competitions that were opened, and of audit results as they stand published."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased, joinedload

from charity import clock
from charity.audits.models import AuditResult, Inspection
from charity.registry import regions
from charity.registry.models import Organisation
from projects.ventures.models import Competition, CompetitionState
from search import Document
from web.indexing.documents import Places, batches
from web.labels import label


def competition_documents(
    session: Session, ids: Collection[int] | None = None
) -> Iterator[Document]:
    """The competitions that were opened, or those among `ids`; a draft is nobody's business."""
    places, opened = Places(session), Competition.opened_at.is_not(None)
    for chosen in batches(session, Competition.id, opened, ids):
        query = (
            select(Competition, Organisation.name)
            .join(Organisation, Organisation.id == Competition.organiser_id)
            .where(opened, Competition.id.in_(chosen))
            .order_by(Competition.id)
        )
        rows = session.execute(query).all()
        places.learn(competition.region_code for competition, _ in rows)
        for competition, organiser in rows:
            yield _competition(competition, organiser, places)


def _competition(competition: Competition, organiser: str, places: Places) -> Document:
    opened = competition.opened_at
    calls = competition.state is CompetitionState.CALL
    return Document(
        id=f"competition:{competition.id}",
        kind="competition",
        title=competition.title,
        body=competition.summary,
        place_codes=tuple(regions.chain(competition.region_code)),
        organisation=organiser,
        status=competition.state.value,
        url=f"/competitions/{competition.id}",
        published_on=clock.day_of(opened).isoformat() if opened else "",
        also=(places.path(competition.region_code), label(competition.level)),
        ends_on=competition.call_until.isoformat() if calls else "",
        wants="yes" if calls else "",
    )


def result_documents(session: Session, ids: Collection[int] | None = None) -> Iterator[Document]:
    """The newest version of every published audit result, or those among `ids`."""
    places, newest = Places(session), _is_newest()
    for chosen in batches(session, AuditResult.id, newest, ids):
        query = (
            select(AuditResult)
            .options(joinedload(AuditResult.inspection).joinedload(Inspection.organisation))
            .where(newest, AuditResult.id.in_(chosen))
            .order_by(AuditResult.id)
        )
        found = session.scalars(query).all()
        places.learn(one.inspection.organisation.region_code for one in found)
        for one in found:
            yield _result(one, places)


def corrected_by(session: Session, ids: Collection[int]) -> list[int]:
    """The versions that these results replaced."""
    if not ids:
        return []
    query = select(AuditResult.corrects_id).where(
        AuditResult.id.in_(ids), AuditResult.corrects_id.is_not(None)
    )
    return [one for one in session.scalars(query) if one is not None]


def _result(result: AuditResult, places: Places) -> Document:
    body: dict[str, Any] = result.body
    organisation = result.inspection.organisation
    findings = [str(each["title"]) for each in body.get("findings", ())]
    words = (str(body.get("words", "")), label(result.conclusion), *findings)
    return Document(
        id=f"audit_result:{result.id}",
        kind="audit_result",
        title=f"{body['organisation']['name']} · {body['plan']['title']}",
        body="\n".join(part for part in words if part),
        place_codes=tuple(regions.chain(organisation.region_code)),
        organisation=str(body["organisation"]["name"]),
        status=result.conclusion.value,
        url=f"/audits/results/{result.id}",
        published_on=clock.day_of(result.published_at).isoformat(),
        also=(places.path(organisation.region_code),),
    )


def _is_newest() -> ColumnElement[bool]:
    """No other version corrects it."""
    later = aliased(AuditResult)
    return ~select(later.id).where(later.corrects_id == AuditResult.id).exists()
