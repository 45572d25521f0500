"""What the pages of a season show, gathered from giving, registry and the project bank."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from charity import clock
from charity.donations import emergencies
from charity.donations.models import GivingSeason
from charity.donations.queries import together
from charity.registry import queries as registry
from charity.registry.models import PUBLIC_FUNDRAISING, Campaign, Organisation
from projects.listings import queries as listings
from projects.listings.queries import ProjectCard
from web.listings.shapes import card_view


def season_context(session: Session, found: GivingSeason) -> dict[str, Any]:
    """Everything on a season's page."""
    today = clock.today()
    duties = emergencies.duties(found.starts_on, found.ends_on) if found.emergency else None
    return {
        "season": found,
        "figures": together.season_figures(session, found),
        "organisers": _named(session, found),
        "cards": [card_view(card) for card in _cards(session, found)],
        "days_left": max((found.ends_on - today).days, 0) if found.starts_on <= today else None,
        "duties": duties,
        "publish_by": duties.next_publication(today) if duties else None,
    }


def organisers(session: Session) -> list[Organisation]:
    """The organisations that may be named, by name."""
    return registry.verified_organisations(session)


def campaigns(session: Session, found: GivingSeason) -> list[Campaign]:
    """The campaigns that take part."""
    return registry.campaigns(session, [each.campaign_id for each in found.campaigns])


def may_join(session: Session, found: GivingSeason) -> list[Campaign]:
    """The public campaigns of the season's days that do not take part yet."""
    inside = {each.campaign_id for each in found.campaigns}
    running = registry.campaigns_between(session, found.starts_on, found.ends_on)
    return [
        campaign
        for campaign in running
        if campaign.id not in inside and campaign.mode in PUBLIC_FUNDRAISING
    ]


def _named(session: Session, found: GivingSeason) -> list[str]:
    ids = [each.organisation_id for each in found.organisers]
    names = {each.id: each.name for each in registry.organisations(session, ids)}
    return [names[id_] for id_ in ids if id_ in names]


def _cards(session: Session, found: GivingSeason) -> list[ProjectCard]:
    ids = [each.campaign_id for each in found.campaigns]
    return listings.project_cards(session, listings.projects_of_campaigns(session, ids))
