"""One project with all its page needs, and the lists of those who work on projects."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from charity.actor import Actor, require
from charity.registry import queries as registry
from charity.registry.models import Campaign, Organisation
from charity.registry.queries.raising import WITH_STOPS
from charity.rows import present
from charity.spending.models import Budget
from projects.listings import policy
from projects.listings.models import Project, ProjectState


def project(session: Session, project_id: int) -> Project:
    """One project with parties, place and budget; raises `NotFound`."""
    found = session.scalar(
        select(Project)
        .where(Project.id == project_id)
        .options(
            joinedload(Project.organisation),
            joinedload(Project.region),
            joinedload(Project.campaign).options(
                joinedload(Campaign.plan), joinedload(Campaign.charity), WITH_STOPS
            ),
            joinedload(Project.plan_sheet),
            joinedload(Project.budget).options(
                selectinload(Budget.lines), selectinload(Budget.deliverables)
            ),
        )
    )
    return present(found)


def project_for_giving(session: Session, project_id: int) -> Project:
    """One project with what its form of giving says; raises `NotFound`.

    Its organisation is named, its campaign has plan and charity, its budget the deliverables.
    """
    return present(session.scalars(_FOR_GIVING, {"id": project_id}).unique().one_or_none())


#: Asked for each gift twice, so it is built once, and its few deliverables come along.
_FOR_GIVING = (
    select(Project)
    .where(Project.id == bindparam("id"))
    .options(
        joinedload(Project.organisation).load_only(Organisation.name),
        joinedload(Project.campaign).options(
            joinedload(Campaign.plan), joinedload(Campaign.charity), WITH_STOPS
        ),
        joinedload(Project.budget).joinedload(Budget.deliverables),
    )
)


def readable(session: Session, actor: Actor, found: Project) -> Project:
    """The project, if this actor may read it: a member of its campaign, where it is for these.

    Raises `NotFound` for all others.
    """
    campaign = found.campaign
    is_member = campaign is not None and registry.is_member(session, actor, campaign)
    require(policy.may_see(actor, found, is_member=is_member))
    return found


def project_of_campaign(session: Session, campaign_id: int) -> Project | None:
    """The project whose campaign this is."""
    return session.scalar(_OF_CAMPAIGN, {"campaign_id": campaign_id})


_OF_CAMPAIGN = (
    select(Project)
    .where(Project.campaign_id == bindparam("campaign_id"))
    .options(joinedload(Project.campaign))
)


def projects_of_campaigns(session: Session, campaign_ids: Collection[int]) -> list[int]:
    """The ids of the public projects behind these campaigns, newest first."""
    query = select(Project.id).where(Project.campaign_id.in_(campaign_ids), Project.public_ones())
    return list(session.scalars(query.order_by(Project.id.desc())))


def project_of_fund(session: Session, fund_id: int) -> Project | None:
    """The project whose money the fund holds."""
    return session.scalar(select(Project).join(Project.budget).where(Budget.fund_id == fund_id))


def projects_of(session: Session, organisation_id: int) -> list[Project]:
    """All projects an organisation posted, in every state, newest first."""
    return list(
        session.scalars(
            select(Project)
            .where(Project.organisation_id == organisation_id)
            .options(joinedload(Project.region))
            .order_by(Project.id.desc())
        )
    )


def unsent_projects(session: Session, organisation_ids: Collection[int]) -> list[Project]:
    """Drafts and returned projects of these organisations, newest first."""
    query = select(Project).where(
        Project.organisation_id.in_(organisation_ids),
        Project.state.in_((ProjectState.DRAFT, ProjectState.RETURNED)),
    )
    query = query.options(joinedload(Project.region)).order_by(Project.id.desc())
    return list(session.scalars(query))


def projects_for(session: Session, actor: Actor) -> list[Project]:
    """The members' projects this person is named in, newest first."""
    campaigns = [campaign.id for campaign in registry.campaigns_for(session, actor)]
    query = select(Project).where(Project.campaign_id.in_(campaigns)).order_by(Project.id.desc())
    return list(session.scalars(query)) if campaigns else []


def waiting_for_review(session: Session, actor: Actor) -> list[Project]:
    """The projects this actor may review now, the longest waiting first."""
    waiting = session.scalars(
        select(Project)
        .where(Project.state == ProjectState.SUBMITTED)
        .options(joinedload(Project.organisation), joinedload(Project.region))
        .order_by(Project.id)
    )
    return [found for found in waiting if policy.may_review(actor, found)]
