"""The registry's verbs: places, persons, organisations and their standing, plans, campaigns."""

from charity.registry.services.campaigns import end_campaign, file_plan, open_campaign
from charity.registry.services.judging import judge, keep_decision, may_give
from charity.registry.services.members import add_member, place_on_platform, remove_member
from charity.registry.services.organisations import (
    register_organisation,
    resubmit_organisation,
    return_organisation,
    verify_organisation,
)
from charity.registry.services.people import add_person
from charity.registry.services.places import load_regions
from charity.registry.services.restricting import lift_restrictions, restrict
from charity.registry.services.standing import record_qualification, sign_agreement

__all__ = [
    "add_member",
    "add_person",
    "end_campaign",
    "file_plan",
    "judge",
    "keep_decision",
    "lift_restrictions",
    "load_regions",
    "may_give",
    "open_campaign",
    "place_on_platform",
    "record_qualification",
    "register_organisation",
    "remove_member",
    "restrict",
    "resubmit_organisation",
    "return_organisation",
    "sign_agreement",
    "verify_organisation",
]
