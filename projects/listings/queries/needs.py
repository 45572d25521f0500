"""Needs: the public list, one need, the orderer's, and those that wait for a community."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from charity import clock
from charity.registry import regions
from charity.registry.models import (
    MEMBERS_MODES,
    Campaign,
    CampaignState,
    FundraisingMode,
    VolunteerTeam,
)
from charity.rows import present
from projects.listings.keysets import SIZE, KeysetPage
from projects.listings.models import (
    BeneficiaryGroup,
    ListingCategory,
    Need,
    NeedEscalation,
    NeedState,
    Project,
    ProjectState,
    ResourceKind,
    Urgency,
)
from projects.listings.policy import PUBLIC_NEEDS
from projects.listings.queries.paging import in_states, keyset_page

#: Campaigns offered to a dispatcher.
CAMPAIGNS = 50


@dataclass(frozen=True, slots=True)
class NeedFilter:
    """What a reader asks of the list; nothing given asks for everything that is public."""

    #: A place and all below it.
    region_code: str = ""
    kind: ResourceKind | None = None
    category: ListingCategory | None = None
    group: BeneficiaryGroup | None = None
    urgency: Urgency | None = None
    #: One public state; None: all of them.
    state: NeedState | None = None
    #: Part of the title or of the thing's name.
    words: str = ""
    #: Only those of which nobody knows how much.
    unknown: bool = False
    #: Standing posts alone, or needs alone; None: both.
    posts: bool | None = None
    #: Only those of which something is left to claim.
    wanting: bool = False
    organisation_id: int | None = None
    project_id: int | None = None


def public_needs(
    session: Session,
    asked: NeedFilter = NeedFilter(),
    *,
    after: str = "",
    before: str = "",
    last: bool = False,
    size: int = SIZE,
) -> KeysetPage[Need]:
    """Confirmed needs, newest first, with place and organisation: one question a page.

    Raises `ValueError` for a place that is no division code.
    """
    query = select(Need).options(joinedload(Need.region), joinedload(Need.organisation))
    query = query.where(in_states(Need.state, PUBLIC_NEEDS, asked.state))
    if asked.region_code:
        low, high = regions.bounds(asked.region_code)
        query = query.where(Need.region_code.between(low, high))
    equals = {
        Need.kind: asked.kind,
        Need.category: asked.category,
        Need.beneficiary_group: asked.group,
        Need.urgency: asked.urgency,
        Need.is_post: asked.posts,
        Need.organisation_id: asked.organisation_id,
        Need.project_id: asked.project_id,
    }
    query = query.where(*(column == value for column, value in equals.items() if value is not None))
    if asked.unknown:
        query = query.where(Need.quantity.is_(None))
    if asked.wanting:
        query = query.where(or_(Need.quantity.is_(None), Need.promised < Need.quantity))
    if asked.words:
        query = query.where(
            or_(
                Need.title.contains(asked.words, autoescape=True),
                Need.item.contains(asked.words, autoescape=True),
            )
        )
    return keyset_page(session, query, Need, after=after, before=before, last=last, size=size)


def need(session: Session, need_id: int) -> Need:
    """One need with place, organisation and campaign; raises `NotFound`."""
    return present(session.scalar(_ONE.where(Need.id == need_id)))


def need_by_token(session: Session, token: str) -> Need:
    """The need whose orderer holds this secret; raises `NotFound`."""
    return present(session.scalar(_ONE.where(Need.token == token)))


_ONE = select(Need).options(
    joinedload(Need.region), joinedload(Need.organisation), joinedload(Need.campaign)
)


def orders_waiting(
    session: Session, codes: Collection[str] | None, *, limit: int = 100
) -> list[Need]:
    """Orders nobody has confirmed of these places and all below, oldest first.

    `codes` None means everywhere, as a dispatcher of the whole platform sees it.
    """
    query = select(Need).where(Need.state == NeedState.ORDERED).options(joinedload(Need.region))
    if codes is not None:
        below = [Need.region_code.between(*regions.bounds(code)) for code in sorted(codes)]
        query = query.where(or_(*below)) if below else query.where(Need.id.is_(None))
    return list(session.scalars(query.order_by(Need.posted_at, Need.id).limit(limit)))


def orders_of(session: Session, user_id: int, *, limit: int = 100) -> list[Need]:
    """What this account ordered, newest first."""
    query = select(Need).where(Need.posted_by_user_id == user_id).options(joinedload(Need.region))
    return list(session.scalars(query.order_by(Need.id.desc()).limit(limit)))


def escalations_of(session: Session, need_id: int) -> list[NeedEscalation]:
    """Which places were called for it, in order."""
    query = select(NeedEscalation).where(NeedEscalation.need_id == need_id)
    query = query.options(joinedload(NeedEscalation.region)).order_by(NeedEscalation.id)
    return list(session.scalars(query))


def campaigns_for_need(session: Session, need: Need) -> list[Campaign]:
    """Campaigns that take gifts today and may receive what comes, the nearest place first.

    Those of the need's own project lead, then by how much of their place's code is shared.
    """
    today = clock.today()
    query = (
        select(Campaign, Project)
        .join(Project, Project.campaign_id == Campaign.id)
        .where(
            Campaign.state == CampaignState.OPEN,
            Campaign.starts_on <= today,
            Campaign.ends_on >= today,
            Campaign.mode.not_in((*MEMBERS_MODES, FundraisingMode.GRANT)),
        )
        .order_by(Campaign.id.desc())
        .limit(10 * CAMPAIGNS)
    )
    found = [(campaign, project) for campaign, project in session.execute(query)]

    def nearness(pair: tuple[Campaign, Project]) -> tuple[bool, int]:
        project = pair[1]
        theirs, ours = regions.chain(project.region_code), regions.chain(need.region_code)
        return project.id != need.project_id, -len({*theirs} & {*ours})

    return [campaign for campaign, _ in sorted(found, key=nearness)[:CAMPAIGNS]]


def projects_of_organisation(session: Session, organisation_id: int) -> list[Project]:
    """The published projects a need of this organisation may belong to, newest first."""
    query = select(Project).where(
        Project.organisation_id == organisation_id, Project.state == ProjectState.PUBLISHED
    )
    return list(session.scalars(query.order_by(Project.id.desc())))


def teams_of(session: Session, organisation_ids: Collection[int]) -> list[VolunteerTeam]:
    """The standing volunteer teams these organisations answer for, by name."""
    query = select(VolunteerTeam).where(
        VolunteerTeam.organisation_id.in_(organisation_ids), VolunteerTeam.disbanded_on.is_(None)
    )
    return list(session.scalars(query.order_by(VolunteerTeam.name, VolunteerTeam.id)))
