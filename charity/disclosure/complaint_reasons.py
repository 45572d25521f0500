"""Why a complaint is refused."""

from __future__ import annotations

from charity.errors import ReasonCode


class ComplaintReason(ReasonCode):
    """Complaints about pressure and about collections."""

    #: It is about nothing that stands here.
    ABOUT_NOTHING = "complaints.about_nothing"
    #: More than `limit` about one thing within an hour.
    TOO_MANY = "complaints.too_many"
    ANSWERED_ALREADY = "complaints.answered_already"
    #: Who is complained of answers nothing.
    OWN_ORGANISATION = "complaints.own_organisation"
