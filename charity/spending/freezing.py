"""What two persons agree to: everything that decides where the money of an expense goes."""

from __future__ import annotations

from charity.spending.models import Expense

#: How many different persons must agree (RELIABILITY A1).
QUORUM = 2


def content_of(expense: Expense) -> dict[str, str | int]:
    """The content that is frozen: amount (fen), payee, account, line, units and the evidence."""
    return {
        "amount": expense.amount.fen,
        "payee_name": expense.payee_name,
        "payee_account": expense.payee_account,
        "budget_line": expense.budget_line_id,
        # 0 stands for "makes nothing countable"; ids and units begin at 1
        "deliverable": expense.deliverable_id or 0,
        "units": expense.units or 0,
        "title": expense.title,
        "voucher_number": expense.voucher_number,
        "spent_on": expense.spent_on.isoformat(),
        "submitter": expense.submitter_person_id,
        "vouchers": " ".join(sorted(voucher.file_hash.hex() for voucher in expense.vouchers)),
    }
