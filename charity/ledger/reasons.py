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
