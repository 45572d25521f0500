"""Why the book refuses."""

from __future__ import annotations

from charity.errors import ReasonCode


class LedgerReason(ReasonCode):
    """Reasons of the ledger."""

    INSUFFICIENT = "ledger.insufficient"
    NOT_POSITIVE = "ledger.not_positive"
    FEE_TOO_LARGE = "ledger.fee_too_large"
    OTHER_BOOK = "ledger.other_book"
    BOOK_EXISTS = "ledger.book_exists"
    SOURCE_DIFFERS = "ledger.source_differs"
    UNKNOWN_HOLD = "ledger.unknown_hold"
    #: `code`: the book has no such account.
    UNKNOWN_ACCOUNT = "ledger.unknown_account"
    #: `code`: a sub-account must stand under an account of the chart.
    BAD_ACCOUNT_CODE = "ledger.bad_account_code"
    #: An expense is charged to a cost account, money paid from a money account.
    WRONG_ACCOUNT = "ledger.wrong_account"
    #: The earmark is not one of this fund.
    FOREIGN_EARMARK = "ledger.foreign_earmark"
    FUND_CLOSED = "ledger.fund_closed"
    #: `in_hand`: a fund with money is not closed.
    FUND_NOT_EMPTY = "ledger.fund_not_empty"
    #: A community fund's committee is odd, at least five, and named once each.
    COMMITTEE = "ledger.committee"
    #: `host`: a named fund carries its host's full name.
    HOST_NAME = "ledger.host_name"
    #: A fund's kind says whether it is restricted.
    RESTRICTION = "ledger.restriction"
    #: This fund's purpose is not to grant (CHA-162); a change of purpose needs a decision.
    NOT_ITS_PURPOSE = "ledger.not_its_purpose"
    NEEDS_REFILING_NUMBER = "ledger.needs_refiling_number"
    #: `missing`: so many givers with unspent money have not agreed (CHA-164).
    NEEDS_CONSENT = "ledger.needs_consent"
    #: Part of it is spent, so it cannot be taken back whole.
    SPENT_ALREADY = "ledger.spent_already"
    REVERSED_ALREADY = "ledger.reversed_already"
    NOT_REVERSIBLE = "ledger.not_reversible"
    #: `available`: more was asked back than is left of it.
    MORE_THAN_LEFT = "ledger.more_than_left"
    ALREADY_CLOSED = "ledger.already_closed"
    #: A period is closed once it is over, months in order, a year after its months.
    CLOSE_IN_ORDER = "ledger.close_in_order"
    NOT_OVER = "ledger.not_over"
    #: Balances are carried in before anything else is booked.
    BOOK_IN_USE = "ledger.book_in_use"
    PERIOD_CLOSED = "ledger.period_closed"
    NO_VALUE = "ledger.no_value"
