"""What two persons agree to: everything that decides where the money of an expense goes."""

from __future__ import annotations

from charity.spending.models import Expense, PaymentKind

#: How many different persons must agree (RELIABILITY A1).
QUORUM = 2


def content_of(expense: Expense) -> dict[str, str | int]:
    """The content that is frozen: amount (fen), payee, account, line, units and the evidence."""
    return {
        **decided_of(expense),
        "voucher_number": expense.voucher_number,
        "spent_on": expense.spent_on.isoformat(),
        "submitter": expense.submitter_person_id,
        "vouchers": " ".join(sorted(voucher.file_hash.hex() for voucher in expense.vouchers)),
    }


def decided_of(expense: Expense) -> dict[str, str | int]:
    """What a village's minutes, a notice or a review speak of: how much, for what, to whom."""
    return {
        "amount": expense.amount.fen,
        "payee_name": expense.payee_name,
        "payee_account": expense.payee_account,
        "budget_line": expense.budget_line_id,
        # 0 stands for "makes nothing countable"; ids and units begin at 1
        "deliverable": expense.deliverable_id or 0,
        "units": expense.units or 0,
        "title": expense.title,
        **_way_of_paying(expense),
    }


def _way_of_paying(expense: Expense) -> dict[str, str | int]:
    """What is unlike a plain payment by bank; without it, what was agreed to before still holds."""
    said: dict[str, str | int] = {}
    if expense.payment_kind is not PaymentKind.DIRECT:
        said["payment_kind"] = expense.payment_kind.value
    if expense.is_cash:
        said["cash"] = 1
    if expense.payee_identity_hash is not None:
        said["payee_identity"] = expense.payee_identity_hash.hex()
    if expense.payee_organisation_id is not None:
        said["payee_organisation"] = expense.payee_organisation_id
    return said
