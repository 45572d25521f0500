"""Why disclosure refuses."""

from __future__ import annotations

from charity.errors import ReasonCode


class DisclosureReason(ReasonCode):
    """Duties and what is published for them."""

    CONTENT_UNREADABLE = "disclosure.content_unreadable"
    CONTENT_TOO_LONG = "disclosure.content_too_long"
    SAYS_THE_SAME = "disclosure.says_the_same"
    ALREADY_CORRECTED = "disclosure.already_corrected"
    DUTY_FULFILLED = "disclosure.duty_fulfilled"
    OTHER_DUTY = "disclosure.other_duty"
    MEMBERS_ONLY = "disclosure.members_only"
    #: (year: int) figures of a year are judged once it is over.
    YEAR_NOT_OVER = "disclosure.year_not_over"
    #: (year: int) no book was kept here in that year.
    NO_BOOK_THEN = "disclosure.no_book_then"
    NEGATIVE_ADJUSTMENT = "disclosure.negative_adjustment"
    #: A share is between nothing and all.
    RATE_RANGE = "disclosure.rate_range"
    RATE_TAKEN = "disclosure.rate_taken"
