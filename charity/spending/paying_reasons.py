"""Why a payment is refused, and what whoever decides about one is warned of."""

from __future__ import annotations

from charity.errors import ReasonCode


class PayingReason(ReasonCode):
    """Reasons of payments; parameters in brackets."""

    # payees
    PAYEE_CODE_UNKNOWN = "paying.payee_code_unknown"
    #: (name: str) the organisation of this code has another name.
    PAYEE_OTHER_NAME = "paying.payee_other_name"
    #: An organisation and a person at once.
    PAYEE_TWICE = "paying.payee_twice"
    #: Who is paid back is a known organisation or a person with an identity.
    PAYEE_IDENTITY_REQUIRED = "paying.payee_identity_required"
    #: PII-03: a person's bank account is used with a consent of its own.
    PAYEE_CONSENT = "paying.payee_consent"
    #: Nobody submits, agrees to or pays what they receive themselves (A1).
    OWN_PAYMENT = "paying.own_payment"
    #: VIL-02: village money goes to the village's collective or its committee.
    PAYEE_NOT_VILLAGE = "paying.payee_not_village"
    #: FND-02: the committee of a fund serves unpaid.
    PAYEE_ON_COMMITTEE = "paying.payee_on_committee"
    #: (until: datetime) a changed bank account rests first.
    ACCOUNT_RESTS = "paying.account_rests"

    # kinds of payment
    REWARD_NEEDS_DELIVERABLE = "paying.reward_needs_deliverable"
    #: (units: int) accepted units that no other reward was asked for.
    WORK_NOT_ACCEPTED = "paying.work_not_accepted"
    NOT_AN_ADVANCE = "paying.not_an_advance"
    #: (missing: Money) the vouchers do not reach the advance yet.
    ADVANCE_UNSETTLED = "paying.advance_unsettled"
    VOUCHER_COUNTED = "paying.voucher_counted"
    #: (limit: int) vouchers of one advance.
    TOO_MANY_VOUCHERS = "paying.too_many_vouchers"

    # what goes before and after
    PAPER_REQUIRED = "paying.paper_required"
    #: The village and the county are two persons.
    OTHER_MET_BY_SAME = "paying.other_met_by_same"

    # bank files
    NOTHING_CHOSEN = "paying.nothing_chosen"
    #: (limit: int) lines of one file.
    TOO_MANY_CHOSEN = "paying.too_many_chosen"
    #: (title: str) it is agreed to by this charity no more, or never was.
    NOT_PAYABLE = "paying.not_payable"
    IN_BANK_FILE = "paying.in_bank_file"
    FILE_WITHDRAWN = "paying.file_withdrawn"
    FILE_PARTLY_PAID = "paying.file_partly_paid"
    CASH_IN_FILE = "paying.cash_in_file"

    # warnings
    #: (limit: Money) AUD-10.
    CASH_OVER = "paying.cash_over"
    #: (days: int, title: str) RF-02.
    SAME_PAYMENT = "paying.same_payment"
