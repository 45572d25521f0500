"""The documents of projects and organisations: published ones, and verified ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from charity import clock
from charity.ledger import queries as ledger
from charity.ledger.positions import FundPosition
from charity.registry import regions
from charity.registry.models import CampaignState, Organisation, OrganisationState, Region
from charity.spending.models import Budget
from projects.listings.models import Project, ProjectState
from search import Document
from web.labels import label

#: Rows read from the database at a time.
BATCH = 500


def project_documents(session: Session, ids: Collection[int] | None = None) -> Iterator[Document]:
    """The published projects, or those among `ids`."""
    places = Places(session)
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
    for chosen in batches(session, Project.id, Project.public_ones(), ids):
        found = session.scalars(query.where(Project.id.in_(chosen))).all()
        places.learn(project.region_code for project in found)
        funds = [project.campaign.fund_id for project in found if project.campaign]
        positions = ledger.positions(session, funds) if funds else {}
        for project in found:
            yield _project(project, places, positions)


def organisation_documents(
    session: Session, ids: Collection[int] | None = None
) -> Iterator[Document]:
    """The verified organisations, or those among `ids`."""
    places = Places(session)
    verified = Organisation.state == OrganisationState.VERIFIED
    for chosen in batches(session, Organisation.id, verified, ids):
        query = select(Organisation).where(verified, Organisation.id.in_(chosen))
        found = session.scalars(query.order_by(Organisation.id)).all()
        places.learn(organisation.region_code for organisation in found)
        for organisation in found:
            yield _organisation(organisation, places)


class Places:
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


def _project(project: Project, places: Places, positions: Mapping[int, FundPosition]) -> Document:
    """A project takes gifts, and wants them, while its campaign is open and short of its target."""
    promised = "，".join(
        f"{deliverable.name}{deliverable.target}{deliverable.unit}"
        for deliverable in project.budget.deliverables
    )
    published, campaign = project.published_at, project.campaign
    is_open = _status(project) == CampaignState.OPEN.value
    short = 0
    if is_open and campaign is not None:
        raised = positions.get(campaign.fund_id, FundPosition()).raised
        short = max(0, project.target.fen - raised.fen)
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
        amount=project.target.fen,
        gap=short,
        ends_on=campaign.last_day.isoformat() if campaign else "",
        wants="yes" if short else "",
    )


def _status(project: Project) -> str:
    """Whether it takes gifts: as its campaign stands, unless its people have paused it."""
    if project.state is ProjectState.PAUSED:
        return project.state.value
    return project.campaign.state.value if project.campaign else ""


def _organisation(organisation: Organisation, places: Places) -> Document:
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


def batches(
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
