"""Why a gift, a payment or a gateway's message is refused or set aside."""

from __future__ import annotations

from charity.errors import ReasonCode


class DonationsReason(ReasonCode):
    """Reasons of giving; those of the second group are also notes on events set aside."""

    AMOUNT_RANGE = "donations.amount_range"
    OPERATOR_MODE = "donations.operator_mode"
    CLIENT_ID = "donations.client_id"
    SAME_ID_OTHER_GIFT = "donations.same_id_other_gift"
    ALREADY_SETTLED = "donations.already_settled"
    CANCELLED = "donations.cancelled"
    PAYMENT_OPEN = "donations.payment_open"
    CHECKOUT_DIFFERS = "donations.checkout_differs"
    BAD_SIGNATURE = "donations.bad_signature"
    UNREADABLE_NOTICE = "donations.unreadable_notice"
    GATEWAY_UNAVAILABLE = "donations.gateway_unavailable"
    GATEWAY_REFUSED = "donations.gateway_refused"

    AMOUNT_DIFFERS = "donations.amount_differs"
    CURRENCY_DIFFERS = "donations.currency_differs"
    MODE_DIFFERS = "donations.mode_differs"
    FEE_TOO_LARGE = "donations.fee_too_large"
    UNKNOWN_PAYMENT = "donations.unknown_payment"
    SECOND_PAYMENT = "donations.second_payment"
    NOTHING_TO_DO = "donations.nothing_to_do"
    NOT_A_RESULT = "donations.not_a_result"


class PledgesReason(ReasonCode):
    """Reasons of promises (认捐)."""

    NOT_TAKEN_HERE = "pledges.not_taken_here"
    AMOUNT_RANGE = "pledges.amount_range"
    QUANTITY_RANGE = "pledges.quantity_range"
    NOT_COUNTABLE = "pledges.not_countable"
    DAY_PAST = "pledges.day_past"
    DAY_TOO_LATE = "pledges.day_too_late"
    SOMETHING_KEPT = "pledges.something_kept"
    PUBLIC_PROMISE = "pledges.public_promise"
    NOT_LONG_PAST = "pledges.not_long_past"
    NOT_STANDING = "pledges.not_standing"
    ANOTHER_CAMPAIGN = "pledges.another_campaign"
    NOT_OF_MONEY = "pledges.not_of_money"
    NOT_OF_HOURS = "pledges.not_of_hours"
    MINUTES_RANGE = "pledges.minutes_range"
    DAY_AHEAD = "pledges.day_ahead"
    OWN_HOURS = "pledges.own_hours"


class InKindReason(ReasonCode):
    """Reasons of goods and services in kind."""

    NOTHING_OFFERED = "in_kind.nothing_offered"
    TOO_MANY_ITEMS = "in_kind.too_many_items"
    QUANTITY_RANGE = "in_kind.quantity_range"
    NO_DATE = "in_kind.no_date"
    EXPIRED = "in_kind.expired"
    EXPIRES_SOON = "in_kind.expires_soon"
    NO_CONDITION = "in_kind.no_condition"
    NO_BASIS = "in_kind.no_basis"
    NO_VALUE = "in_kind.no_value"
    NO_EVIDENCE = "in_kind.no_evidence"
    DAY_PAST = "in_kind.day_past"
    NOTHING_ARRIVED = "in_kind.nothing_arrived"
    UNFIT = "in_kind.unfit"
    NOT_CONFIRMED_YET = "in_kind.not_confirmed_yet"
    AGREEMENT_INCOMPLETE = "in_kind.agreement_incomplete"
    NO_CONTACT = "in_kind.no_contact"


class MatchingReason(ReasonCode):
    """Reasons of matching pools."""

    FUND_KIND = "matching.fund_kind"
    FUND_TAKEN = "matching.fund_taken"
    NO_CAMPAIGN = "matching.no_campaign"
    FOREIGN_CAMPAIGN = "matching.foreign_campaign"
    RATIO_RANGE = "matching.ratio_range"
    COOLING_RANGE = "matching.cooling_range"
    CAP_ABOVE = "matching.cap_above"
    PERIOD_OVER = "matching.period_over"
    NOTHING_LEFT_OUT = "matching.nothing_left_out"
    SAY_WHY = "matching.say_why"
    NOTHING_SHORT = "matching.nothing_short"


class ReceiptsReason(ReasonCode):
    """Reasons about what follows a gift: certificate, receipt, names, personal data."""

    NOT_ARRIVED = "receipts.not_arrived"
    GONE_BACK = "receipts.gone_back"
    NO_DONATION = "receipts.no_donation"
    ISSUED = "receipts.issued"
    NOBODY_TO_NAME = "receipts.nobody_to_name"
    CREDIT_CODE_NEEDED = "receipts.credit_code_needed"
    CREDIT_CODE_OF_A_PERSON = "receipts.credit_code_of_a_person"
    BATCH_CODE = "receipts.batch_code"
    NUMBER = "receipts.number"
    CHECK_CODE = "receipts.check_code"
    NUMBER_TAKEN = "receipts.number_taken"
    ISSUED_BEFORE_GIFT = "receipts.issued_before_gift"
    ISSUED_IN_FUTURE = "receipts.issued_in_future"
    NOT_WANTED = "receipts.not_wanted"
    NAME_NEEDED = "receipts.name_needed"
    FORGOTTEN = "receipts.forgotten"
    REFUND_UNDER_WAY = "receipts.refund_under_way"


class StatementsReason(ReasonCode):
    """Reasons of files, of their rows, of the queue and of counted cash, in this order."""

    NO_HEAD = "statements.no_head"
    COLUMN_TWICE = "statements.column_twice"
    NO_ROWS = "statements.no_rows"

    FORMULA = "statements.formula"
    NO_AMOUNT = "statements.no_amount"
    AMOUNT_TOO_LARGE = "statements.amount_too_large"
    NO_DAY = "statements.no_day"
    DAY_AHEAD = "statements.day_ahead"
    CELL_EMPTY = "statements.cell_empty"
    BOTH_WAYS = "statements.both_ways"
    NO_DIRECTION = "statements.no_direction"
    OTHER_CURRENCY = "statements.other_currency"
    NO_SERIAL = "statements.no_serial"
    NO_POSITION = "statements.no_position"
    POSITION_BREAKS = "statements.position_breaks"
    NUMBER_TWICE = "statements.number_twice"
    BALANCE_BREAKS = "statements.balance_breaks"
    ROW_CHANGED = "statements.row_changed"
    ROW_REPEATED = "statements.row_repeated"
    ROW_KNOWN = "statements.row_known"
    ROW_OUT = "statements.row_out"
    ROW_ZERO = "statements.row_zero"
    NOT_PAID = "statements.not_paid"

    NOT_THIS_ORGANISATION = "statements.not_this_organisation"
    NOTHING_POSTED_HERE = "statements.nothing_posted_here"
    CAMPAIGN_REQUIRED = "statements.campaign_required"
    AMOUNT_DIFFERS = "statements.amount_differs"
    GIFT_NOT_WAITING = "statements.gift_not_waiting"
    TAKEN = "statements.taken"
    MAPPING_NAME_TAKEN = "statements.mapping_name_taken"
    MAPPING_INCOMPLETE = "statements.mapping_incomplete"

    SLIP_USED = "statements.slip_used"
    SLIPS_EXCEED = "statements.slips_exceed"
    SAME_COUNTER = "statements.same_counter"
    DEPOSIT_DIFFERS = "statements.deposit_differs"


class RefundsReason(ReasonCode):
    """Reasons of giving back; those of the second group are also notes on messages set aside."""

    NOT_PAID = "refunds.not_paid"
    MORE_THAN_PAID = "refunds.more_than_paid"
    SPENT = "refunds.spent"
    DISPUTED = "refunds.disputed"
    PAYEE_REQUIRED = "refunds.payee_required"
    GATEWAY_CANNOT = "refunds.gateway_cannot"
    OTHER_PERSON_PAYS = "refunds.other_person_pays"
    NOT_AGREED = "refunds.not_agreed"
    ANSWER_DIFFERS = "refunds.answer_differs"
    NO_ANSWER = "refunds.no_answer"
    REFERENCE_USED = "refunds.reference_used"
    CAMPAIGN_OPEN = "refunds.campaign_open"
    BATCH_UNDER_WAY = "refunds.batch_under_way"
    NOTHING_TO_GIVE_BACK = "refunds.nothing_to_give_back"

    BEFORE_ITS_PAYMENT = "refunds.before_its_payment"
    NO_SUBJECT = "refunds.no_subject"
    ALREADY_DECIDED = "refunds.already_decided"
    NOT_A_FURTHER_GIFT = "refunds.not_a_further_gift"
    GATEWAY_REFUSED = "refunds.gateway_refused"
    BANK_RETURNED = "refunds.bank_returned"


class MonthlyReason(ReasonCode):
    """Reasons of monthly giving."""

    DAY_OF_MONTH = "monthly.day_of_month"
    PAUSE_UNTIL = "monthly.pause_until"
    STOPPED = "monthly.stopped"
    NOTHING_DUE = "monthly.nothing_due"


class TogetherReason(ReasonCode):
    """Reasons of teams and seasons of giving."""

    TEAM_CLOSED = "together.team_closed"
    TEAM_OF_ANOTHER = "together.team_of_another"
    TEAM_TARGET = "together.team_target"
    SEASON_TAKEN = "together.season_taken"
    SEASON_PERIOD = "together.season_period"
    NO_CAMPAIGN = "together.no_campaign"
    NO_ORGANISER = "together.no_organiser"
