"""What a deed says of the rows it covers: the plain values that go under its digest."""

from __future__ import annotations

from charity.base import Base
from charity.ledger.models import (
    Account,
    Book,
    Closing,
    DeedSubject,
    Fund,
    FundClosing,
    GoodsLot,
    GoodsUse,
    Line,
    PurposeDecision,
)

#: The table of every subject and the columns a deed covers, its key first.
COVERED: dict[DeedSubject, tuple[type[Base], tuple[str, ...]]] = {
    DeedSubject.BOOK: (Book, ("id", "organisation_id", "name", "opened_on")),
    DeedSubject.ACCOUNT: (Account, ("id", "book_id", "code", "name")),
    DeedSubject.FUND: (Fund, ("id", "book_id", "kind", "name", "restricted", "opened_on")),
    DeedSubject.LINE: (Line, ("id", "book_id", "fund_id", "earmark", "kind")),
    DeedSubject.GOODS_LOT: (
        GoodsLot,
        ("line_id", "name", "quantity", "unit", "basis", "evidence", "expires_on"),
    ),
    DeedSubject.GOODS_USE: (GoodsUse, ("id", "line_id", "quantity", "outflow_id")),
    DeedSubject.PURPOSE_DECISION: (
        PurposeDecision,
        (
            "id",
            "book_id",
            "fund_id",
            "into_fund_id",
            "basis",
            "refiling_number",
            "consents",
            "decided_on",
        ),
    ),
    DeedSubject.FUND_CLOSING: (FundClosing, ("fund_id", "closed_on")),
    DeedSubject.CLOSING: (Closing, ("id", "book_id", "through", "of_year")),
}


def subject_of(row: Base) -> DeedSubject:
    """The subject a row is; raises `KeyError` for a row that no deed covers."""
    tables = {table: subject for subject, (table, _) in COVERED.items()}
    return tables[type(row)]


def key_of(row: Base) -> int:
    """The key of a covered row."""
    _, columns = COVERED[subject_of(row)]
    return int(getattr(row, columns[0]))


def values_of(row: Base) -> list[int | str | None]:
    """What of a covered row is hashed: integers, strings and days in ISO form, key first."""
    _, columns = COVERED[subject_of(row)]
    return [plain(getattr(row, column)) for column in columns]


def plain(value: object) -> int | str | None:
    """A column's value as it is hashed."""
    if value is None:
        return None
    if isinstance(value, bool | int):
        return int(value)
    return str(value)
