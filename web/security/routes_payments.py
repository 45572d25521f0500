"""The policy table's section of payments: requirements, settlements, bank files (see `routes`)."""

from __future__ import annotations

from charity.actor import Permission
from web.security.access import PUBLIC, Answer, Who, act, form, holders, only, page

#: What an expense needs is said by the side whose part it is: of an advance, by an approver.
_SETTLERS = holders(
    Permission.EXPENSE_APPROVE,
    Permission.EXPENSE_SUBMIT,
    Permission.DELIVERY_ACCEPT,
    Permission.PROJECT_REVIEW,
    staff=Answer.REFUSED,
    other_staff=Answer.REFUSED,
    reviewer=Answer.REFUSED,
    acceptor=Answer.REFUSED,
)
_SUBMITTERS = holders(Permission.EXPENSE_SUBMIT, other_staff=Answer.REFUSED)
_WRITERS = holders(Permission.BANK_FILE)
#: Bank files are the charity's own: its treasurers, approvers and auditors read them.
_READERS = only(Who.APPROVER, Who.TREASURER, Who.AUDITOR, otherwise=Answer.ABSENT)
_INSIDERS = only(Who.STAFF, Who.APPROVER, Who.TREASURER, Who.AUDITOR, otherwise=Answer.ABSENT)

PAYMENTS = (
    form("spending.requirement", _SETTLERS, expense_id="paid_advance", kind="advance_settled"),
    page(
        "spending.requirement_paper", PUBLIC, expense_id="paid_advance", kind="evidence", number="1"
    ),
    page("spending.settlement", PUBLIC, expense_id="paid_advance"),
    act("spending.settlement", _SUBMITTERS, expense_id="paid_advance"),
    act("spending.return_rest", _WRITERS, confirmed=True, expense_id="paid_advance"),
    page("spending.advance_voucher", PUBLIC, voucher_id="advance_voucher"),
    page("spending.proof", _INSIDERS, expense_id="paid_advance"),
    page("payments.index", _WRITERS),
    act("payments.make", _WRITERS, confirmed=True),
    page("payments.batch", _READERS, batch_id="bank_file"),
    page("payments.download", _WRITERS, batch_id="bank_file"),
    act("payments.paid", _WRITERS, confirmed=True, batch_id="bank_file"),
    act("payments.take_out", _WRITERS, confirmed=True, batch_id="bank_file"),
    act("payments.withdraw", _WRITERS, confirmed=True, batch_id="bank_file"),
)
