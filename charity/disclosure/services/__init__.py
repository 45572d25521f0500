"""What disclosure does: publish, correct, owe and remind."""

from charity.disclosure.services.agreeing_rates import agree_rate, set_allocation_key
from charity.disclosure.services.closing import prepare_closing, withdraw_closing
from charity.disclosure.services.closing_agreement import agree_closing, submit_closing
from charity.disclosure.services.closing_answers import answer_surplus, ask_givers
from charity.disclosure.services.closing_finish import finish_closing
from charity.disclosure.services.complaining import answer_complaint, make_complaint
from charity.disclosure.services.measuring import compute_missing_ratios, compute_ratios
from charity.disclosure.services.noticing import (
    answer_objection,
    end_due_notices,
    object_to,
    publish_notice,
    withdraw_notice,
)
from charity.disclosure.services.owing import raise_duties, stop_what_is_late
from charity.disclosure.services.publishing import correct_entry, publish_entry
from charity.disclosure.services.reminding import remind_of_duties
from charity.disclosure.services.telling import tell, tell_again

__all__ = [
    "agree_closing",
    "agree_rate",
    "answer_complaint",
    "answer_objection",
    "answer_surplus",
    "ask_givers",
    "compute_missing_ratios",
    "compute_ratios",
    "correct_entry",
    "end_due_notices",
    "finish_closing",
    "make_complaint",
    "object_to",
    "prepare_closing",
    "publish_entry",
    "publish_notice",
    "raise_duties",
    "remind_of_duties",
    "set_allocation_key",
    "stop_what_is_late",
    "submit_closing",
    "tell",
    "tell_again",
    "withdraw_closing",
    "withdraw_notice",
]
