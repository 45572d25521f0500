"""Why the project bank refuses something; the words stand in `web/labels/`."""

from __future__ import annotations

from charity.errors import ReasonCode


class ListingsReason(ReasonCode):
    """Reasons of the project bank; the parameters of each sentence are named beside it."""

    TITLE_LENGTH = "listings.title_length"  # minimum, maximum
    STORY_LENGTH = "listings.story_length"  # minimum, maximum
    BENEFICIARIES_LENGTH = "listings.beneficiaries_length"  # maximum
    BENEFICIARY_COUNT = "listings.beneficiary_count"  # maximum
    REGION_UNKNOWN = "listings.region_unknown"
    REGION_TOO_WIDE = "listings.region_too_wide"
    TARGET_RANGE = "listings.target_range"  # minimum, maximum (Money)
    PLATFORM_ADDRESS = "listings.platform_address"
    PERIOD_OVER = "listings.period_over"
    PLAN_FILED_AFTER_START = "listings.plan_filed_after_start"
    LINES_MISSING = "listings.lines_missing"
    LINES_TOO_MANY = "listings.lines_too_many"  # maximum
    LINE_INCOMPLETE = "listings.line_incomplete"  # row
    BUDGET_SUM = "listings.budget_sum"  # total, target (Money)
    DELIVERABLES_TOO_MANY = "listings.deliverables_too_many"  # maximum
    DELIVERABLE_INCOMPLETE = "listings.deliverable_incomplete"  # row
    DELIVERABLES_SUM = "listings.deliverables_sum"  # total, target (Money)
    ORGANISATION_NOT_VERIFIED = "listings.organisation_not_verified"
    OWN_ORGANISATION = "listings.own_organisation"
    OPERATOR_WITHOUT_BOOK = "listings.operator_without_book"
    #: Never refused, only shown to the reviewer (AID-02).
    SINGLE_BENEFICIARY = "listings.single_beneficiary"
    #: A named individual is no charity project (AID-01); a name in a title is looked at (AID-02).
    NAMED_INDIVIDUAL = "listings.named_individual"
    PERSON_IN_TITLE = "listings.person_in_title"  # name
    #: A word that presses people to give is looked at (CHA-119).
    PRESSING_WORDS = "listings.pressing_words"  # word
    JUDGEMENT_MISSING = "listings.judgement_missing"
