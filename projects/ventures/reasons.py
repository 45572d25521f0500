"""Why competitions refuse something; the words stand in `web/labels/ventures.py`."""

from __future__ import annotations

from charity.errors import ReasonCode


class VentureReason(ReasonCode):
    """Reasons from the call to the agreement; the parameters of each are named beside it."""

    NOT_VERIFIED = "ventures.not_verified"
    #: VEN-01: organiser, judge and applicant are three.
    ORGANISER_APPLIES = "ventures.organiser_applies"
    #: Who belongs to the applicant decides nothing about it.
    CONCERNED = "ventures.concerned"
    #: VEN-06.
    WEIGHTS_SUM = "ventures.weights_sum"  # total
    #: VEN-08.
    STAGES_SUM = "ventures.stages_sum"  # total
    STAGES_COUNT = "ventures.stages_count"  # most
    CAP_LAXER = "ventures.cap_laxer"  # most
    SHARE_LAXER = "ventures.share_laxer"  # most (thousandths)
    TOO_FEW_JUDGES = "ventures.too_few_judges"  # least
    OUT_OF_RANGE = "ventures.out_of_range"  # least, most
    NOTICE_RULE = "ventures.notice_rule"
    DAYS_MISSING = "ventures.days_missing"
    POOL_KIND = "ventures.pool_kind"
    POOL_MISSING = "ventures.pool_missing"
    POOL_TAKEN = "ventures.pool_taken"
    FUNDER_TWICE = "ventures.funder_twice"
    RECEIVED_ALREADY = "ventures.received_already"
    NEED_ELSEWHERE = "ventures.need_elsewhere"
    NEED_TWICE = "ventures.need_twice"
    CALL_NOT_STARTED = "ventures.call_not_started"  # day
    CALL_OVER = "ventures.call_over"  # day
    CALL_RUNNING = "ventures.call_running"  # day
    VOTE_RUNNING = "ventures.vote_running"  # day
    NEXT_IS_DONE_OTHERWISE = "ventures.next_is_done_otherwise"
    UNDECIDED = "ventures.undecided"  # number
    NOBODY_LEFT = "ventures.nobody_left"
    RANKING_MISSING = "ventures.ranking_missing"
    AWARDS_OPEN = "ventures.awards_open"  # number
    OTHER_TRACK = "ventures.other_track"
    OTHER_NEED = "ventures.other_need"
    PLACE_OUTSIDE = "ventures.place_outside"
    LINES_MISSING = "ventures.lines_missing"
    LINES_TOO_MANY = "ventures.lines_too_many"  # most
    NOTHING_ASKED = "ventures.nothing_asked"
    #: VEN-02.
    SHARE_BEYOND = "ventures.share_beyond"  # most (Money)
    SUM_BEYOND = "ventures.sum_beyond"  # most (Money)
    FILES_TOO_MANY = "ventures.files_too_many"  # most
    COMMITMENT_MISSING = "ventures.commitment_missing"
    NOT_CHECKED = "ventures.not_checked"
    #: VEN-03.
    INSPECTION_FAILED = "ventures.inspection_failed"  # year
    BREACH = "ventures.breach"  # until
    #: VEN-09, shown and never refused.
    STAFF_SHARE = "ventures.staff_share"  # share, most (thousandths)
    MANAGEMENT_SHARE = "ventures.management_share"  # share, most (thousandths)
    LEVEL_NOT_ABOVE = "ventures.level_not_above"
    RECORD_TAKEN = "ventures.record_taken"


class AwardReason(ReasonCode):
    """Reasons from the proposal of an award to its end."""

    NOTHING_PROPOSED = "awards.nothing_proposed"
    NOT_RANKED = "awards.not_ranked"
    OUT_OF_ORDER = "awards.out_of_order"  # place
    TOO_MANY = "awards.too_many"  # most
    BEYOND_ASKED = "awards.beyond_asked"  # most (Money)
    TOO_SMALL = "awards.too_small"  # least (Money)
    ALREADY_AWARDED = "awards.already_awarded"
    #: VEN-07.
    NOTICE_STANDS = "awards.notice_stands"  # until
    OBJECTION_OPEN = "awards.objection_open"
    OBJECTION_UPHELD = "awards.objection_upheld"
    NOT_ANNOUNCED = "awards.not_announced"
    #: VEN-08.
    MILESTONE_MISSING = "awards.milestone_missing"
    EARLIER_STAGE = "awards.earlier_stage"  # number
    NOT_AGREED = "awards.not_agreed"
    OTHER_PERSON = "awards.other_person"
    IN_FUTURE = "awards.in_future"
    PAID_BEFORE_AGREED = "awards.paid_before_agreed"  # day
    REPORT_WAITS = "awards.report_waits"
    REPORT_MISSING = "awards.report_missing"
    #: VEN-10.
    CHANGE_WAITS = "awards.change_waits"
    NOT_LATER = "awards.not_later"  # day
    STAGES_LEFT = "awards.stages_left"
    EXPENSES_OPEN = "awards.expenses_open"  # number
    MONEY_LEFT = "awards.money_left"  # sum (Money)
    MORE_THAN_PAID = "awards.more_than_paid"  # most (Money)
    MORE_THAN_MISSING = "awards.more_than_missing"  # most (Money)
    RECOVERY_OPEN = "awards.recovery_open"  # sum (Money)
    NOTHING_FREE = "awards.nothing_free"  # most (Money)
    OTHER_PROJECT = "awards.other_project"
    #: The agreement's own organisation may not receive; its host does (ORG-01).
    NO_RECEIVER = "awards.no_receiver"
