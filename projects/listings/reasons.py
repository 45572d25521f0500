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


class LifeReason(ReasonCode):
    """Reasons of a project's life after its first draft; parameters are named beside each."""

    NOT_PUBLISHED = "life.not_published"
    PROJECT_OVER = "life.project_over"
    DUE_BEFORE_START = "life.due_before_start"
    MILESTONES_TOO_MANY = "life.milestones_too_many"  # maximum
    CLAIMERS_ORGANISATION = "life.claimers_organisation"
    PICTURES_TOO_MANY = "life.pictures_too_many"  # maximum
    #: Whoever can be known on a picture has agreed, or it is not taken (PII-04).
    CONSENT_MISSING = "life.consent_missing"
    SEARCHES_TOO_MANY = "life.searches_too_many"  # maximum
    REPORTED_LATER = "life.reported_later"
    ALREADY_NAMED = "life.already_named"
    ROLES_TOO_MANY = "life.roles_too_many"  # maximum
    NOT_VERIFIED = "life.not_verified"
    #: (role, PartyRole) is for organisations of another kind.
    KIND_UNFIT = "life.kind_unfit"
    ROLE_SIGNED = "life.role_signed"
    #: What is left of the money goes where the law sends it before the project is closed.
    MONEY_LEFT = "life.money_left"  # sum (Money)
    CLOSING_RUNNING = "life.closing_running"
    IN_THE_WAY = "life.in_the_way"  # number
    ADDRESS_FORM = "life.address_form"


class HomelandReason(ReasonCode):
    """Reasons of villages, pairings and priority areas."""

    #: Only a village or community has such a fund.
    NOT_A_VILLAGE = "homeland.not_a_village"
    #: Not the 村委会 or 村集体经济组织 of that place.
    NOT_ITS_COMMITTEE = "homeland.not_its_committee"
    ALREADY_CLAIMED = "homeland.already_claimed"
    FIVE_TASKS = "homeland.five_tasks"  # wanted
    #: CHA-143: nobody helps a relative of its own in the name of charity.
    RELATED_PERSON = "homeland.related_person"
    #: A related party has the same name: somebody looks before it goes on.
    SAME_NAME = "homeland.same_name"
    NAME_AND_IDENTITY = "homeland.name_and_identity"
    OWN_VILLAGE = "homeland.own_village"
    ALREADY_PAIRED = "homeland.already_paired"
    COMMITTED_RANGE = "homeland.committed_range"  # most (Money)
    CAMPAIGN_WANTED = "homeland.campaign_wanted"
    CAMPAIGN_ELSEWHERE = "homeland.campaign_elsewhere"
    TASK_DONE = "homeland.task_done"
    DAY_OUTSIDE = "homeland.day_outside"  # first, last
    VISITORS_RANGE = "homeland.visitors_range"  # most
    AREA_STANDS = "homeland.area_stands"  # since
    AREA_ENDED = "homeland.area_ended"
    SOURCE_ADDRESS = "homeland.source_address"


class NeedsReason(ReasonCode):
    """Reasons around needs, resources and claims; parameters are named beside each."""

    #: A plea for one named person (AID-01, AID-02): kept as the note of a need that was referred.
    REFERRED = "needs.referred"
    NAME_IN_TITLE = "needs.name_in_title"  # name
    QUANTITY_RANGE = "needs.quantity_range"  # most
    QUANTITY_NEEDED = "needs.quantity_needed"
    UNIT_NEEDED = "needs.unit_needed"
    POST_OF_HOURS = "needs.post_of_hours"
    PERIOD_OVER = "needs.period_over"
    CAMPAIGN_NEEDED = "needs.campaign_needed"
    NOT_OPEN = "needs.not_open"
    STILL_CLAIMED = "needs.still_claimed"
    QUANTITY_KNOWN = "needs.quantity_known"
    ONLY_LEFT = "needs.only_left"  # left, unit
    RESOURCE_ONLY_LEFT = "needs.resource_only_left"  # left, unit
    LEAST_PART = "needs.least_part"  # left, unit
    RESOURCE_NOT_OPEN = "needs.resource_not_open"
    RESOURCE_OF_OTHER_KIND = "needs.resource_of_other_kind"
    RESOURCE_ELSEWHERE = "needs.resource_elsewhere"
    ALREADY_CLAIMED = "needs.already_claimed"
    SAME_ID_OTHER_THING = "needs.same_id_other_thing"
    OWN_NEED = "needs.own_need"
    UNIT_MISSING = "needs.unit_missing"
    TEAM_OF_OTHER = "needs.team_of_other"
    ALONE_GIVES_TIME = "needs.alone_gives_time"
    BELOW_PROMISED = "needs.below_promised"  # left, unit
    NOT_LENT = "needs.not_lent"
    BOOKED_ALREADY = "needs.booked_already"  # until
    BOOKING_TIME = "needs.booking_time"  # days
    GIFT_COUNTS = "needs.gift_counts"
    NOTHING_REPORTED = "needs.nothing_reported"
    RECORDS_WAITING = "needs.records_waiting"
    RECORD_DECIDED = "needs.record_decided"
    MORE_THAN_CLAIMED = "needs.more_than_claimed"  # left, unit
    DAY_AHEAD = "needs.day_ahead"
    DAY_TOO_EARLY = "needs.day_too_early"
    PEOPLE_AND_TIMES = "needs.people_and_times"
    STARS_RANGE = "needs.stars_range"
    EVALUATED_ALREADY = "needs.evaluated_already"


class MatchReason(ReasonCode):
    """Why a resource got its points for a need; each sentence stands alone."""

    CATEGORY_SAME = "match.category_same"
    CATEGORY_NEAR = "match.category_near"
    ITEM_SAME = "match.item_same"  # item
    ITEM_OPEN = "match.item_open"
    GROUP_SAME = "match.group_same"
    GROUP_NEAR = "match.group_near"
    GROUP_ANYBODY = "match.group_anybody"
    SAME_VILLAGE = "match.same_village"
    SAME_STREET = "match.same_street"
    SAME_COUNTY = "match.same_county"
    SAME_CITY = "match.same_city"
    SAME_PROVINCE = "match.same_province"
    SERVES_PLACE = "match.serves_place"
    QUANTITY_WHOLE = "match.quantity_whole"
    QUANTITY_PART = "match.quantity_part"  # percent
    QUANTITY_UNKNOWN = "match.quantity_unknown"
    TIME_WHOLE = "match.time_whole"
    TIME_PART = "match.time_part"  # days, wanted
    RELIABILITY = "match.reliability"  # percent
    URGENT = "match.urgent"
    PRIORITY_AREA = "match.priority_area"


class DispatchReason(ReasonCode):
    """Why a dispatch plan, or a row of it, cannot be changed or sent."""

    NOT_A_DRAFT = "dispatch.not_a_draft"
    NEED_ELSEWHERE = "dispatch.need_elsewhere"
    NEED_NOT_OPEN = "dispatch.need_not_open"
    RESOURCE_NOT_OPEN = "dispatch.resource_not_open"
    DOES_NOT_FIT = "dispatch.does_not_fit"
    NEED_HAS_LESS = "dispatch.need_has_less"  # left, unit
    RESOURCE_HAS_LESS = "dispatch.resource_has_less"  # left, unit
    ALREADY_PLANNED = "dispatch.already_planned"
    COMPARISON_ROW = "dispatch.comparison_row"
    NOTHING_TO_SEND = "dispatch.nothing_to_send"
