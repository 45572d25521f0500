"""Projects as cards: what is it, where, how far is the money, how much is done.

However many cards, the number of questions to the database stays the same (at most five).
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased, joinedload

from charity import clock
from charity.ledger import queries as ledger
from charity.money import ZERO, Money
from charity.paging import Page, page_of
from charity.registry import regions
from charity.registry.models import Campaign, CampaignState, Region
from charity.spending import queries as spending
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
    street = aliased(Region)
    rows = session.execute(
        select(Project, street.name)
        .join(Region, Region.code == Project.region_code)
        .outerjoin(street, street.code == Region.parent_code)
        .where(Project.id.in_(ids))
        .options(
            joinedload(Project.region),
            joinedload(Project.organisation),
            joinedload(Project.budget),
            joinedload(Project.campaign),
        )
    ).all()
    projects = {project.id: (project, above) for project, above in rows}
    funds = [p.budget.fund_id for p, _ in projects.values() if p.budget.fund_id is not None]
    positions = ledger.positions(session, funds)
    progress = spending.deliverable_progress(session, [p.budget_id for p, _ in projects.values()])
    today = clock.today()
    cards = []
    for project, above in (projects[i] for i in ids if i in projects):
        first = next(iter(progress.get(project.budget_id, ())), None)
        position = positions.get(project.budget.fund_id or 0)
        cards.append(
            ProjectCard(
                id=project.id,
                title=project.title,
                category=project.category,
                state=project.state,
                place=tuple(name for name in (above, project.region.name) if name),
                organisation=project.organisation.name,
                target=project.target,
                raised=position.raised if position else ZERO,
                spent=position.spent + position.fees if position else ZERO,
                in_hand=position.in_hand if position else ZERO,
                pending=position.pending if position else ZERO,
                gifts=position.gifts if position else 0,
                accepted=first.accepted if first else 0,
                planned=first.deliverable.target if first else 0,
                unit=first.deliverable.unit if first else "",
                days_left=days_left(project.campaign, today),
            )
        )
    return cards


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
    sort: ProjectSort = ProjectSort.NEWEST,
    page: int = 1,
) -> Page[ProjectCard]:
    """Published projects of a place (and all below it) and a category, a page at a time."""
    query = select(Project.id).where(Project.state == ProjectState.PUBLISHED)
    if region_code:
        low, high = regions.bounds(region_code)
        query = query.where(Project.region_code >= low, Project.region_code <= high)
    if category is not None:
        query = query.where(Project.category == category)
    found = page_of(session, _ordered(query, sort), page)
    return Page(project_cards(session, found.items), found.number, found.size, found.total)


def cards_of_organisation(session: Session, organisation_id: int) -> list[ProjectCard]:
    """The published projects of an organisation, newest first."""
    query = select(Project.id).where(
        Project.organisation_id == organisation_id, Project.state == ProjectState.PUBLISHED
    )
    return project_cards(session, list(session.scalars(_ordered(query, ProjectSort.NEWEST))))


def nearly_there(session: Session, limit: int) -> list[ProjectCard]:
    """Open projects still short of their target, those that miss the smallest share first."""
    today = clock.today()
    query = (
        select(Project.id)
        .join(Project.campaign)
        .where(
            Project.state == ProjectState.PUBLISHED,
            Campaign.state == CampaignState.OPEN,
            Campaign.starts_on <= today,
            Campaign.ends_on >= today,
        )
        .order_by(Campaign.ends_on, Project.id)
        .limit(_NEARBY)
    )
    short = [card for card in project_cards(session, list(session.scalars(query))) if card.missing]
    return sorted(short, key=lambda card: card.missing.fen * 10_000 // card.target.fen)[:limit]


def _ordered(query: Select[tuple[int]], sort: ProjectSort) -> Select[tuple[int]]:
    """Ties go by id, so that pages neither repeat nor lose a project."""
    match sort:
        case ProjectSort.NEWEST:
            return query.order_by(Project.published_at.desc(), Project.id.desc())
        case ProjectSort.CLOSING:
            over = Project.ends_on < clock.today()
            return query.order_by(over, Project.ends_on, Project.id)
        case ProjectSort.LARGEST:
            return query.order_by(Project.target.desc(), Project.id)
