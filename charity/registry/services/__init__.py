"""The registry's verbs: places, persons, organisations and their standing, plans, campaigns."""

from charity.registry.services.belonging import (
    join_federation,
    leave_federation,
    record_honour,
    set_agency,
    set_host,
    set_managed_by,
)
from charity.registry.services.campaigns import (
    complete_filing,
    end_campaign,
    file_plan,
    open_campaign,
)
from charity.registry.services.certificates import (
    record_certificate,
    record_deductible,
    record_verification,
    revoke_certificate,
)
from charity.registry.services.departing import follow_departure, note_departure
from charity.registry.services.importing import (
    PORTION,
    apply_rows,
    begin_import,
)
from charity.registry.services.incubating import (
    apply_for_incubation,
    give_support,
    move_incubation,
)
from charity.registry.services.judging import (
    judge,
    keep_decision,
    keep_decisions,
    may_give,
)
from charity.registry.services.members import add_member, place_on_platform, remove_member
from charity.registry.services.organisations import (
    register_organisation,
    resubmit_organisation,
    return_organisation,
    verify_organisation,
)
from charity.registry.services.people import add_person
from charity.registry.services.places import load_regions
from charity.registry.services.plan_changes import change_plan, supplement_plan
from charity.registry.services.plans import write_sheet
from charity.registry.services.records import (
    enter_list,
    leave_list,
    record_inspection,
    record_rating,
)
from charity.registry.services.related import (
    end_related,
    record_related,
)
from charity.registry.services.representing import name_representative
from charity.registry.services.restricting import lift_restrictions, restrict
from charity.registry.services.standing import record_qualification, sign_agreement
from charity.registry.services.stations import (
    check_station,
    close_station,
    open_station,
)
from charity.registry.services.trusts import (
    end_trust,
    file_trust,
    name_beneficiary,
    record_trust,
    report_trust,
)
from charity.registry.services.volunteer_teams import (
    disband_team,
    form_team,
)

__all__ = [
    "PORTION",
    "add_member",
    "add_person",
    "apply_for_incubation",
    "apply_rows",
    "begin_import",
    "change_plan",
    "check_station",
    "close_station",
    "complete_filing",
    "disband_team",
    "end_campaign",
    "end_related",
    "end_trust",
    "enter_list",
    "file_plan",
    "file_trust",
    "follow_departure",
    "form_team",
    "give_support",
    "join_federation",
    "judge",
    "keep_decision",
    "keep_decisions",
    "leave_federation",
    "leave_list",
    "lift_restrictions",
    "load_regions",
    "may_give",
    "move_incubation",
    "name_beneficiary",
    "name_representative",
    "note_departure",
    "open_campaign",
    "open_station",
    "place_on_platform",
    "record_certificate",
    "record_deductible",
    "record_honour",
    "record_inspection",
    "record_qualification",
    "record_rating",
    "record_related",
    "record_trust",
    "record_verification",
    "register_organisation",
    "remove_member",
    "report_trust",
    "restrict",
    "resubmit_organisation",
    "return_organisation",
    "revoke_certificate",
    "set_agency",
    "set_host",
    "set_managed_by",
    "sign_agreement",
    "supplement_plan",
    "verify_organisation",
    "write_sheet",
]
