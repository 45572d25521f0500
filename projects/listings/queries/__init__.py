"""What the pages and the other contexts ask of the project bank."""

from projects.listings.queries.cards import (
    ProjectCard,
    ProjectSort,
    cards_of_organisation,
    nearly_there,
    project_cards,
    published_page,
)
from projects.listings.queries.figures import (
    Flow,
    Payment,
    Totals,
    Use,
    flow_of_project,
    recent_spending,
    totals,
    uses_of_fund,
)
from projects.listings.queries.findings import aid_findings, campaign_findings
from projects.listings.queries.places import (
    PlaceCount,
    counts_below,
    project_counts,
    raised_in,
)
from projects.listings.queries.single import (
    project,
    project_for_giving,
    project_of_campaign,
    project_of_fund,
    projects_for,
    projects_of,
    projects_of_campaigns,
    readable,
    unsent_projects,
    waiting_for_review,
)
from projects.listings.queries.trails import DonationStep, DonationTrail, donation_trail

__all__ = [
    "DonationStep",
    "DonationTrail",
    "Flow",
    "Payment",
    "PlaceCount",
    "ProjectCard",
    "ProjectSort",
    "Totals",
    "Use",
    "aid_findings",
    "campaign_findings",
    "cards_of_organisation",
    "counts_below",
    "donation_trail",
    "flow_of_project",
    "nearly_there",
    "project",
    "project_cards",
    "project_counts",
    "project_for_giving",
    "project_of_campaign",
    "project_of_fund",
    "projects_for",
    "projects_of",
    "projects_of_campaigns",
    "published_page",
    "raised_in",
    "readable",
    "recent_spending",
    "totals",
    "unsent_projects",
    "uses_of_fund",
    "waiting_for_review",
]
