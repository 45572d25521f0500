"""Why the registry refuses or warns; the sentences stand in `web/labels/`."""

from __future__ import annotations

from charity.errors import ReasonCode


class RegistryReason(ReasonCode):
    """Reasons of the registry."""

    # the credit code (HANDBOOK 2.2); the second group are warnings for the verifier
    USCC_LENGTH = "registry.uscc_length"
    USCC_ALPHABET = "registry.uscc_alphabet"
    USCC_DIVISION = "registry.uscc_division"
    USCC_CHECK = "registry.uscc_check"
    USCC_NEEDLESS = "registry.uscc_needless"
    USCC_KIND = "registry.uscc_kind"
    USCC_REGION = "registry.uscc_region"
    USCC_ORGANISATION_CODE = "registry.uscc_organisation_code"

    # places, persons, organisations
    REGION_UNKNOWN = "registry.region_unknown"
    REGION_CODE = "registry.region_code"
    IDENTITY_FORM = "registry.identity_form"
    IDENTITY_CHECK = "registry.identity_check"
    PHONE_FORM = "registry.phone_form"
    NAME_TAKEN = "registry.name_taken"
    USCC_TAKEN = "registry.uscc_taken"
    OWN_ORGANISATION = "registry.own_organisation"
    NOT_VERIFIED = "registry.not_verified"

    # certificates, agreements, plans, campaigns
    NOT_A_CHARITY = "registry.not_a_charity"
    CERTIFICATE_INCOMPLETE = "registry.certificate_incomplete"
    AGREEMENT_INCOMPLETE = "registry.agreement_incomplete"
    AGREEMENT_TAKEN = "registry.agreement_taken"
    IN_THE_FUTURE = "registry.in_the_future"
    PLAN_TAKEN = "registry.plan_taken"
    PLAN_OF_ANOTHER = "registry.plan_of_another"
    FUND_HAS_CAMPAIGN = "registry.fund_has_campaign"

    # eligibility
    OPERATOR_COLLECTS_NOTHING = "registry.operator_collects_nothing"
    CHARITY_NOT_VERIFIED = "registry.charity_not_verified"
    #: `name`: nobody wrote down who saw its papers, when, and what was seen (CHA-120).
    VERIFICATION_MISSING = "registry.verification_missing"
    NO_CERTIFICATE = "registry.no_certificate"
    CERTIFICATE_NOT_IN_FORCE = "registry.certificate_not_in_force"
    CERTIFICATE_ENDS_EARLY = "registry.certificate_ends_early"
    PLAN_MISSING = "registry.plan_missing"
    PLAN_FILED_LATE = "registry.plan_filed_late"
    PLAN_NOT_FILED_YET = "registry.plan_not_filed_yet"
    PLAN_PERIOD = "registry.plan_period"
    PLAN_NUMBER_FORM = "registry.plan_number_form"
    PERIOD_REVERSED = "registry.period_reversed"
    PERIOD_OVER = "registry.period_over"
    PARTNER_NOT_VERIFIED = "registry.partner_not_verified"
    AGREEMENT_MISSING = "registry.agreement_missing"
    AGREEMENT_AFTER_FILING = "registry.agreement_after_filing"
    AGREEMENT_ENDS_EARLY = "registry.agreement_ends_early"
    PARTNER_NOT_ASSESSED = "registry.partner_not_assessed"
    CAMPAIGN_ENDED = "registry.campaign_ended"
    CAMPAIGN_NOT_STARTED = "registry.campaign_not_started"

    # the mode of a campaign, and those it is for
    GRANTS_ONLY = "registry.grants_only"
    MEMBERS_ONLY = "registry.members_only"
    OFFLINE_ONLY = "registry.offline_only"
    NOT_A_MEMBERS_CAMPAIGN = "registry.not_a_members_campaign"
    MEMBER_UNKNOWN = "registry.member_unknown"
    CAPACITY_OF_MODE = "registry.capacity_of_mode"

    # what the law says of organisations, and of days before its first figure
    NO_FIGURE = "registry.no_figure"
    RESTRICTED = "registry.restricted"
    CAMPAIGN_PAUSED = "registry.campaign_paused"
    GROUP_PAYEE = "registry.group_payee"
    GROUP_WITHOUT_HOST = "registry.group_without_host"
    IDLE = "registry.idle"
    IDLE_TOO_LONG = "registry.idle_too_long"
    CERTIFICATE_REVOKED = "registry.certificate_revoked"
    CERTIFICATE_TOO_EARLY = "registry.certificate_too_early"
    CERTIFICATE_BARRED = "registry.certificate_barred"
    CHARITY_SINCE_UNKNOWN = "registry.charity_since_unknown"
    EMERGENCY_FILED_LATE = "registry.emergency_filed_late"
    PLAN_CHANGE_LATE = "registry.plan_change_late"
    EMERGENCY_TO_FILE = "registry.emergency_to_file"
    PLAN_FIELD_EMPTY = "registry.plan_field_empty"
    OUTSIDE_TERRITORY = "registry.outside_territory"
    REGISTRAR_UNKNOWN = "registry.registrar_unknown"
    PERSONAL_NUMBER = "registry.personal_number"
    VILLAGE_COLLECTS = "registry.village_collects"
    UNDER_FOURTEEN = "registry.under_fourteen"

    # what authorities said of an organisation
    YEAR_TAKEN = "registry.year_taken"
    RATING_TAKEN = "registry.rating_taken"
    GRADE_RANGE = "registry.grade_range"
    RATING_TOO_EARLY = "registry.rating_too_early"
    RATED_RECENTLY = "registry.rated_recently"
    RATING_BARRED = "registry.rating_barred"
    ENTRY_TAKEN = "registry.entry_taken"
    NOT_LISTED = "registry.not_listed"
    LISTED_TOO_LONG = "registry.listed_too_long"
    RECORDED_LATE = "registry.recorded_late"
    SOURCE_ADDRESS = "registry.source_address"
    REPRESENTATIVE_STANDS = "registry.representative_stands"
    REPRESENTATIVE_EARLIER = "registry.representative_earlier"
    NO_CERTIFICATE_TO_REVOKE = "registry.no_certificate_to_revoke"
