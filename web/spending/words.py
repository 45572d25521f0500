"""What is said when an expense was handed in, and when one more person agreed to it."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.approvals import queries as approvals
from charity.approvals.tiers import needs_answerable
from charity.spending.models import Expense, ExpenseState


def said_on_asking(session: Session, expense: Expense) -> str:
    """Who is waited for now: two persons, for a large sum more and one who answers for it."""
    request = approvals.request_for(session, expense.subject)
    if request is None or not needs_answerable(request.tier):
        return str(_("已提交，等两位审批人同意。"))
    return str(
        _("已提交。金额大，等 %(n)s 位审批人同意，其中要有本会的负责人或财务。", n=request.quorum)
    )


def said_on_agreeing(session: Session, expense: Expense) -> str:
    """What one more voice did: the money is set aside, or others are waited for."""
    request = approvals.request_for(session, expense.subject)
    is_large = request is not None and needs_answerable(request.tier)
    if expense.state is ExpenseState.APPROVED:
        if is_large:
            return str(_("审批通过了，钱已留出，等出纳付款。"))
        return str(_("第二个人也同意了，钱已留出，等出纳付款。"))
    if is_large:
        return str(_("你已同意，还要别的审批人同意，其中要有本会的负责人或财务。"))
    return str(_("你已同意，还要另一位审批人同意。"))
