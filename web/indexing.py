"""What of the books of projects and organisations can be found by searching, and keeping it fresh.

Only what everybody may see goes into the index: published projects, verified organisations. The
index is a copy; whenever it is lost, `rebuild` makes it again from the database.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from charity import clock
from charity.outbox import Outbox
from charity.registry import regions
from charity.registry.models import Campaign, Organisation, OrganisationState, Region
from charity.spending.models import Budget
from projects.listings.models import Project, ProjectState
from search import Document, IndexBusy, IndexUnavailable, SearchIndex
from web.labels import label

log = logging.getLogger("wushe.search")

#: Rows read from the database at a time.
BATCH = 500

#: Told now and then how many documents were taken in so far.
Progress = Callable[[int], None]


def rebuild(session: Session, index: SearchIndex, progress: Progress | None = None) -> int:
    """Make the index anew; answers how many documents it holds.

    `session` must not have read anything before: what changes after its first question is brought
    in by the outbox. Raises `IndexBusy` while another rebuild is under way.
    """
    return index.rebuild(documents_for(session), progress)


def is_missing(index: SearchIndex) -> bool:
    """Whether there is no readable index, or one with nothing in it."""
    try:
        return index.count() == 0
    except IndexUnavailable:
        return True


def apply_outbox(session: Session, index: SearchIndex, rows: Sequence[Outbox]) -> None:
    """Bring what happened into the index; rows may come again, in any company.

    What a row says does not matter, only of whom it speaks: the subject is read anew. Without an
    index there is nothing to do, since a rebuild will read it all. Raises `IndexBusy` when another
    process does not stop writing; the rows then have to come again.
    """
    ended = _numbers([row for row in rows if row.event == "campaign.ended"], "fund")
    projects = sorted({*_numbers(rows, "project"), *_projects_of_funds(session, ended)})
    organisations = _numbers(rows, "organisation")
    documents = [
        *project_documents(session, projects),
        *organisation_documents(session, organisations),
    ]
    touched = {f"project:{number}" for number in projects}
    touched |= {f"organisation:{number}" for number in organisations}
    hidden = touched - {document.id for document in documents}
    try:
        if documents:
            index.replace(documents)
        if hidden:
            index.remove(hidden)
    except IndexBusy:
        raise
    except IndexUnavailable:
        log.warning("no index to bring %s changes into", len(touched))


def documents_for(session: Session) -> Iterator[Document]:
    """Everything that can be found, read as it is asked for."""
    yield from project_documents(session)
    yield from organisation_documents(session)


def project_documents(session: Session, ids: Collection[int] | None = None) -> Iterator[Document]:
    """The published projects, or those among `ids`."""
    places = _Places(session)
    query = (
        select(Project)
        .where(Project.public_ones())
        .options(
            joinedload(Project.organisation),
            joinedload(Project.campaign),
            joinedload(Project.budget).selectinload(Budget.deliverables),
        )
        .order_by(Project.id)
    )
    for chosen in _batches(session, Project.id, Project.public_ones(), ids):
        found = session.scalars(query.where(Project.id.in_(chosen))).all()
        places.learn(project.region_code for project in found)
        for project in found:
            yield _project(project, places)


def organisation_documents(
    session: Session, ids: Collection[int] | None = None
) -> Iterator[Document]:
    """The verified organisations, or those among `ids`."""
    places = _Places(session)
    verified = Organisation.state == OrganisationState.VERIFIED
    for chosen in _batches(session, Organisation.id, verified, ids):
        query = select(Organisation).where(verified, Organisation.id.in_(chosen))
        found = session.scalars(query.order_by(Organisation.id)).all()
        places.learn(organisation.region_code for organisation in found)
        for organisation in found:
            yield _organisation(organisation, places)


class _Places:
    """The names of places, each asked for once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._names: dict[str, str] = {}

    def learn(self, codes: Iterable[str]) -> None:
        """Read the names of these places and of all they lie in."""
        wanted = {code for place in set(codes) for code in regions.chain(place)}
        unknown = sorted(wanted - self._names.keys())
        if unknown:
            query = select(Region.code, Region.name).where(Region.code.in_(unknown))
            self._names |= {code: name for code, name in self._session.execute(query)}

    def path(self, code: str) -> str:
        """The names from the province down, in one: 湖北省鄂州市鄂城区…"""
        return "".join(self._names.get(place, "") for place in regions.chain(code))


def _project(project: Project, places: _Places) -> Document:
    promised = "，".join(
        f"{deliverable.name}{deliverable.target}{deliverable.unit}"
        for deliverable in project.budget.deliverables
    )
    published = project.published_at
    return Document(
        id=f"project:{project.id}",
        kind="project",
        title=project.title,
        body="\n".join(part for part in (project.story, promised) if part),
        place_codes=tuple(regions.chain(project.region_code)),
        category=project.category.value,
        organisation=project.organisation.name,
        status=_status(project),
        url=f"/projects/{project.id}",
        published_on=clock.day_of(published).isoformat() if published else "",
        keys=(project.plan_number,),
        also=(places.path(project.region_code), label(project.category), project.beneficiaries),
    )


def _status(project: Project) -> str:
    """Whether it takes gifts: as its campaign stands, unless its people have paused it."""
    if project.state is ProjectState.PAUSED:
        return project.state.value
    return project.campaign.state.value if project.campaign else ""


def _organisation(organisation: Organisation, places: _Places) -> Document:
    verified = organisation.verified_at
    return Document(
        id=f"organisation:{organisation.id}",
        kind="organisation",
        title=organisation.name,
        body=organisation.introduction,
        place_codes=tuple(regions.chain(organisation.region_code)),
        status=organisation.state.value,
        url=f"/organisations/{organisation.id}",
        published_on=clock.day_of(verified).isoformat() if verified else "",
        keys=tuple(key for key in (organisation.uscc, organisation.certificate_number) if key),
        also=(places.path(organisation.region_code), label(organisation.kind)),
    )


def _numbers(rows: Iterable[Outbox], kind: str) -> list[int]:
    """The ids of the subjects of one kind: `project:42` gives 42."""
    subjects = (row.subject.partition(":") for row in rows)
    numbers = {number for found, _, number in subjects if found == kind and number.isdecimal()}
    return sorted(map(int, numbers))


def _projects_of_funds(session: Session, fund_ids: Sequence[int]) -> list[int]:
    """The projects whose campaign raises money for these funds."""
    if not fund_ids:
        return []
    query = (
        select(Project.id)
        .join(Campaign, Campaign.id == Project.campaign_id)
        .where(Campaign.fund_id.in_(fund_ids))
    )
    return list(session.scalars(query))


def _batches(
    session: Session,
    key: InstrumentedAttribute[int],
    visible: ColumnElement[bool],
    ids: Collection[int] | None,
) -> Iterator[Sequence[int]]:
    """The ids to read, a batch at a time: those given, or all visible ones."""
    wanted: Sequence[int] = (
        sorted(set(ids))
        if ids is not None
        else session.scalars(select(key).where(visible).order_by(key)).all()
    )
    for start in range(0, len(wanted), BATCH):
        yield wanted[start : start + BATCH]
