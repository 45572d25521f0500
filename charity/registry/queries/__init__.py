"""What the registry knows: places, organisations, agreements and campaigns."""

from charity.registry.queries.raising import (
    campaign,
    campaign_for_fund,
    campaigns,
    campaigns_between,
    campaigns_for,
    fund_of_campaign,
    is_member,
    members_of,
    plan_by_number,
)
from charity.registry.queries.parties import (
    agreement_between,
    is_empty,
    organisation,
    organisation_by_uscc,
    organisations,
    organisations_page,
    pending_organisations,
    verified_organisations,
)
from charity.registry.queries.places import (
    child_regions,
    region,
    region_names,
    region_path,
    regions_below,
)

__all__ = [
    "agreement_between",
    "campaign",
    "campaign_for_fund",
    "campaigns",
    "campaigns_between",
    "campaigns_for",
    "child_regions",
    "fund_of_campaign",
    "is_empty",
    "is_member",
    "members_of",
    "organisation",
    "organisation_by_uscc",
    "organisations",
    "organisations_page",
    "pending_organisations",
    "plan_by_number",
    "region",
    "region_names",
    "region_path",
    "regions_below",
    "verified_organisations",
]
