"""Projects as cards: what is it, where, how far is the money, how much is done.

However many cards, the number of questions to the database stays the same (at most five).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from charity import clock
from charity.ledger import queries as ledger
from charity.ledger.queries import FundPosition
from charity.money import ZERO, Money
from charity.paging import Page, page_of
from charity.registry import regions
from charity.registry.models import Campaign, CampaignState, Region
from charity.spending.models import Deliverable, Delivery, DeliveryState
from projects.listings.models import Project, ProjectCategory, ProjectState

#: How many open projects the home page looks through for those still short of money.
_NEARBY = 60


class ProjectSort(enum.StrEnum):
    """In which order a list of projects is read."""

    NEWEST = "newest"
    CLOSING = "closing"
    LARGEST = "largest"


@dataclass(frozen=True, slots=True)
class ProjectCard:
    """One project in a list. `spent` counts fees, `in_hand` counts `pending` gifts too."""

    id: int
    title: str
    category: ProjectCategory
    state: ProjectState
    place: tuple[str, ...]
    organisation: str
    target: Money
    raised: Money
    spent: Money
    in_hand: Money
    pending: Money
    gifts: int
    #: Of the first deliverable; 0 and empty without deliverables.
    accepted: int
    planned: int
    unit: str
    #: Days until the campaign ends, 0 on its last day; None while it takes no gifts.
    days_left: int | None

    @property
    def missing(self) -> Money:
        """What is still short of the target; never below zero."""
        return max(self.target - self.raised, ZERO)


def project_cards(session: Session, ids: Sequence[int]) -> list[ProjectCard]:
    """Cards in the order of `ids`; what does not exist is left out. At most five questions."""
    if not ids:
        return []
    rows = rows_where(session, Project.id.in_(ids))
    funds = [row.project.budget.fund_id for row in rows]
    positions = ledger.positions(session, [found for found in funds if found is not None])
    cards = {row.project.id: row.card(positions) for row in rows}
    return [cards[i] for i in ids if i in cards]


@dataclass(frozen=True, slots=True)
class CardRow:
    """A project with what its card says beside money."""

    project: Project
    #: The name of the place above its own.
    above: str | None
    promised: Deliverable | None
    accepted: int | None

    def card(self, positions: Mapping[int, FundPosition]) -> ProjectCard:
        """The card, with the money of its fund."""
        return _card(self.project, self.above, self.promised, self.accepted, positions)


def rows_where(session: Session, *where: ColumnElement[bool]) -> list[CardRow]:
    """The projects of a condition, newest first, in one question."""
    street, done = aliased(Region), _accepted()
    query = (
        select(Project, street.name, Deliverable, done)
        .join(Region, Region.code == Project.region_code)
        .outerjoin(street, street.code == Region.parent_code)
        .outerjoin(Deliverable, Deliverable.id == _first_deliverable())
        .where(*where)
        .order_by(Project.published_at.desc(), Project.id.desc())
        .options(
            joinedload(Project.region),
            joinedload(Project.organisation),
            joinedload(Project.budget),
            joinedload(Project.campaign),
        )
    )
    return [CardRow(*row) for row in session.execute(query)]


def _first_deliverable() -> ScalarSelect[int]:
    """The result a card counts: the first of the project's budget."""
    other = aliased(Deliverable)
    return (
        select(other.id)
        .where(other.budget_id == Project.budget_id)
        .order_by(other.number)
        .limit(1)
        .correlate(Project)
        .scalar_subquery()
    )


def _accepted() -> ScalarSelect[int | None]:
    """How many units of it are accepted; claims are no progress."""
    return (
        select(func.sum(Delivery.units))
        .where(Delivery.deliverable_id == Deliverable.id, Delivery.state == DeliveryState.ACCEPTED)
        .correlate(Deliverable)
        .scalar_subquery()
    )


def _card(
    project: Project,
    above: str | None,
    promised: Deliverable | None,
    accepted: int | None,
    positions: Mapping[int, FundPosition],
) -> ProjectCard:
    position = positions.get(project.budget.fund_id or 0, FundPosition())
    return ProjectCard(
        id=project.id,
        title=project.title,
        category=project.category,
        state=project.state,
        place=tuple(name for name in (above, project.region.name) if name),
        organisation=project.organisation.name,
        target=project.target,
        raised=position.raised,
        spent=position.raised - position.in_hand,
        in_hand=position.in_hand,
        pending=position.pending,
        gifts=position.gifts,
        accepted=int(accepted or 0),
        planned=promised.target if promised else 0,
        unit=promised.unit if promised else "",
        days_left=None
        if project.state is not ProjectState.PUBLISHED
        else days_left(project.campaign, clock.today()),
    )


def days_left(campaign: Campaign | None, today: date) -> int | None:
    """Days until a campaign ends, 0 on its last day; None while it takes no gifts."""
    if campaign is None or campaign.state is not CampaignState.OPEN:
        return None
    if not campaign.starts_on <= today <= campaign.ends_on:
        return None
    return (campaign.ends_on - today).days


def published_page(
    session: Session,
    *,
    region_code: str = "",
    category: ProjectCategory | None = None,
    text: str = "",
    sort: ProjectSort = ProjectSort.NEWEST,
    page: int = 1,
) -> Page[ProjectCard]:
    """Published projects of a place (and all below it) and a category, a page at a time.

    `text` keeps those whose title holds it, for when no index can be asked. Raises `ValueError`
    for a place that is no division code.
    """
    query = select(Project.id).where(Project.public_ones())
    if region_code:
        low, high = regions.bounds(region_code)
        query = query.where(Project.region_code >= low, Project.region_code <= high)
    if category is not None:
        query = query.where(Project.category == category)
    if text:
        query = query.where(Project.title.contains(text, autoescape=True))
    found = page_of(session, _ordered(query, sort), page)
    return Page(project_cards(session, found.items), found.number, found.size, found.total)


def cards_of_organisation(session: Session, organisation_id: int) -> list[ProjectCard]:
    """The published projects of an organisation, newest first."""
    query = select(Project.id).where(
        Project.organisation_id == organisation_id, Project.public_ones()
    )
    return project_cards(session, list(session.scalars(_ordered(query, ProjectSort.NEWEST))))


def nearly_there(session: Session, limit: int) -> list[ProjectCard]:
    """Open projects still short of their target, those that miss the smallest share first."""
    today = clock.today()
    query = (
        select(Project.id, Campaign.fund_id, Project.target)
        .join(Project.campaign)
        .where(
            Project.public_ones(),
            Project.state == ProjectState.PUBLISHED,
            Campaign.state == CampaignState.OPEN,
            Campaign.starts_on <= today,
            Campaign.ends_on >= today,
        )
        .order_by(Campaign.ends_on, Project.id)
        .limit(_NEARBY)
    )
    rows = session.execute(query).all()
    positions = ledger.positions(session, [fund_id for _, fund_id, _ in rows])
    missing = {id_: (target - positions[fund_id].raised, target) for id_, fund_id, target in rows}
    short = [id_ for id_, (fen, _) in missing.items() if fen.fen > 0]
    short.sort(key=lambda id_: missing[id_][0].fen * 10_000 // missing[id_][1].fen)
    return project_cards(session, short[:limit])


def _ordered(query: Select[int], sort: ProjectSort) -> Select[int]:
    """Ties go by id, so that pages neither repeat nor lose a project."""
    match sort:
        case ProjectSort.NEWEST:
            return query.order_by(Project.published_at.desc(), Project.id.desc())
        case ProjectSort.CLOSING:
            over = Project.ends_on < clock.today()
            return query.order_by(over, Project.ends_on, Project.id)
        case ProjectSort.LARGEST:
            return query.order_by(Project.target.desc(), Project.id)
