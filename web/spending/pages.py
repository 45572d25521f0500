"""What the pages of expenses show: budget against actual, an expense beside its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import queries as accounts
from charity.actor import Actor, Permission, Verdict, require
from charity.approvals.models import ApprovalState
from charity.errors import CommonReason
from charity.evidence import PICTURE_TYPE
from charity.ledger import queries as ledger
from charity.money import Money
from charity.rows import present
from charity.rules import parameter
from charity.spending import policy, queries
from charity.spending.models import Budget, Expense, ExpenseState, Voucher
from charity.spending.policy import BudgetCase, ExpenseCase
from projects.listings import queries as listings
from projects.listings.models import SHOWN_STATES, Project
from web.filters import day, mask_account, mask_name, moment
from web.labels import label, sentence
from web.ledger import gifts
from web.listings.pages import visible
from web.spending import needs
from web.spending.forms import ExpenseForm, PayForm, ReturnForm

#: Reasons that only say "this is somebody else's part": no button, and nothing to explain.
_NOT_MY_PART = (CommonReason.NOT_PERMITTED, CommonReason.SIGN_IN_FIRST, CommonReason.WRONG_STATE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A picture beside the thing it proves (macros/work.html)."""

    url: str
    name: str
    alt: str
    note: str
    is_image: bool = True


def why_not(*verdicts: Verdict) -> list[str]:
    """Why this person may not, where it concerns them; each reason once."""
    said = [
        sentence(verdict.reason, verdict.params)
        for verdict in verdicts
        if verdict.reason is not None and verdict.reason not in _NOT_MY_PART
    ]
    return list(dict.fromkeys(said))


def budget_case(session: Session, actor: Actor, budget: Budget) -> BudgetCase:
    """The facts about a budget; of a visitor nothing depends on who did what."""
    if not actor.is_signed_in:
        return BudgetCase(budget, charity_id=None)
    return queries.case_of_budget(session, budget)


def project_of(session: Session, budget: Budget) -> Project:
    """The project whose money a budget plans."""
    return present(listings.project_of_fund(session, budget.fund_id) if budget.fund_id else None)


def project_if_any(session: Session, budget: Budget) -> Project | None:
    """The project whose money a budget plans; None for a fund that stands for itself."""
    return listings.project_of_fund(session, budget.fund_id) if budget.fund_id else None


def place_of(session: Session, budget: Budget) -> dict[str, Any]:
    """Where an expense belongs, for its pages: its project, or the fund that has none."""
    project = project_if_any(session, budget)
    if project is not None:
        return {
            "active": "projects",
            "whose": f"{project.organisation.name} · {project.title}",
            "listed": url_for("spending.expenses", project_id=project.id),
            "above": [
                (_("项目"), url_for("listings.index")),
                (project.title, url_for("listings.detail", project_id=project.id)),
            ],
        }
    fund = ledger.fund(session, present(budget.fund_id))
    here = url_for("ledger.fund", fund_id=fund.id)
    return {
        "active": "proof",
        "whose": fund.name,
        "listed": here,
        "above": [(_("监督"), url_for("ledger.proof")), (fund.name, here)],
    }


def expenses_context(session: Session, actor: Actor, project_id: int) -> dict[str, Any]:
    """Budget against actual, and every expense this actor may see."""
    project = visible(session, actor, project_id)
    case = budget_case(session, actor, project.budget)
    asked: list[Expense] = []
    if project.budget.fund_id is not None:
        public = None if actor.is_signed_in else [ExpenseState.PAID]
        asked = queries.expenses_of_fund(session, project.budget.fund_id, public)
    may_submit = policy.may_submit_expense(actor, case)
    return {
        "project": project,
        "lines": queries.lines_with_spending(session, project.budget_id),
        "expenses": [
            each
            for each in asked
            if policy.may_see_expense(actor, ExpenseCase(each, case, {}, None))
        ],
        "may_submit": may_submit,
        "why_not": why_not(may_submit),
        "published": project.state in SHOWN_STATES,
    }


def visible_expense(session: Session, actor: Actor, expense_id: int) -> ExpenseCase:
    """The expense with its facts, or 404 for whom it does not exist."""
    case = queries.case_of_expense(session, queries.expense(session, expense_id))
    require(policy.may_see_expense(actor, case))
    _require_readable(session, actor, case)
    return case


def visible_voucher(session: Session, actor: Actor, voucher_id: int) -> Voucher:
    """A piece of evidence, for whoever may see its expense; 404 for all others."""
    found = queries.voucher(session, voucher_id)
    case = queries.case_of_expense(session, found.expense)
    require(policy.may_see_voucher(actor, case))
    _require_readable(session, actor, case)
    return found


def _require_readable(session: Session, actor: Actor, case: ExpenseCase) -> None:
    """What a members' campaign paid is for its members; who works on money sees it anyway."""
    project = project_if_any(session, case.budget.budget)
    if project is not None and not is_inside(actor, case.budget):
        listings.readable(session, actor, project)


def expense_page(
    session: Session,
    actor: Actor,
    case: ExpenseCase,
    *,
    returning: ReturnForm | None = None,
    paying: PayForm | None = None,
) -> ResponseReturnValue:
    """One expense beside its evidence; 422 when one of the forms is wrong."""
    # an empty `formdata` keeps one form's answers out of the other
    returning = returning or ReturnForm(formdata=None)
    paying = paying or PayForm(formdata=None)
    html = render_template(
        "spending/expense.html",
        returning=returning,
        paying=paying,
        **_expense_context(session, actor, case),
    )
    return html, 422 if returning.errors or paying.errors else 200


def _expense_context(session: Session, actor: Actor, case: ExpenseCase) -> dict[str, Any]:
    expense = case.expense
    inside = is_inside(actor, case.budget)
    approve, pay = policy.may_approve(actor, case), policy.may_pay(actor, case)
    send_back, edit = policy.may_return(actor, case), policy.may_resubmit(actor, case)
    return {
        "expense": expense,
        **place_of(session, case.budget.budget),
        "facts": _facts(actor, case, inside=inside),
        "life": _life(case),
        "log": _log(session, case, masked=not inside),
        "files": _files(expense),
        "may_approve": approve,
        "may_return": send_back,
        "may_pay": pay,
        "may_edit": edit,
        "why_not": why_not(approve, pay, edit),
        **needs.context(session, actor, case, inside=inside),
        "entry_url": _entry_url(actor, case),
    }


def gifts_context(session: Session, case: ExpenseCase, after: int) -> dict[str, Any]:
    """The gifts behind a paid expense; raises `NotFound` before it is paid."""
    expense, place = case.expense, place_of(session, case.budget.budget)
    here = url_for("spending.expense", expense_id=expense.id)
    return {
        **gifts.context(session, present(expense.payout).entry_id, after),
        "title": _("“%(title)s”用的是谁的钱", title=expense.title),
        "active": place["active"],
        "crumbs": [
            *place["above"],
            (expense.title, here),
            (_("这笔钱从哪里来"), None),
        ],
        "more": lambda at: url_for("spending.gifts", expense_id=expense.id, after=at),
    }


def is_inside(actor: Actor, case: BudgetCase) -> bool:
    """Whether names are read in full: colleagues of the two organisations, and auditors."""
    if case.budget.organisation_id in actor.organisation_ids:
        return True
    return case.charity_id is not None and actor.holds(
        Permission.BOOK_READ, organisation_id=case.charity_id
    )


def _entry_url(actor: Actor, case: ExpenseCase) -> str | None:
    payout, charity_id = case.expense.payout, case.budget.charity_id
    reads = charity_id is not None and actor.holds(Permission.BOOK_READ, organisation_id=charity_id)
    return url_for("ledger.entry", entry_id=payout.entry_id) if payout and reads else None


def _facts(actor: Actor, case: ExpenseCase, *, inside: bool) -> list[tuple[str, object]]:
    expense = case.expense
    account = expense.payee_account
    made = expense.deliverable
    return [
        (_("预算"), expense.budget_line.name),
        (
            _("做成了什么"),
            _("%(name)s %(n)s %(unit)s", name=made.name, n=expense.units, unit=made.unit)
            if made
            else None,
        ),
        (_("付给谁"), expense.payee_name),
        (_("怎么付"), _kind_of(expense)),
        (_("对方账号"), account if policy.may_see_account(actor, case) else mask_account(account)),
        (_("发票或收据号"), expense.voucher_number),
        (_("开票日期"), day(expense.spent_on)),
        (_("付款日期"), day(expense.payout.paid_on) if expense.payout else None),
        (_("银行流水号"), expense.payout.bank_reference if expense.payout and inside else None),
    ]


def _kind_of(expense: Expense) -> str:
    kind = label(expense.payment_kind)
    return str(_("%(kind)s，现金", kind=kind)) if expense.is_cash else kind


def _life(case: ExpenseCase) -> list[tuple[str, str, str | None]]:
    """The steps of an expense: what is done, what is now."""
    expense = case.expense
    names = [_("提交"), _("两个人同意"), _("出纳付款")]
    if expense.state is ExpenseState.RETURNED:
        return [(_("退回修改"), "bad", None), *((name, "todo", None) for name in names[1:])]
    at = {ExpenseState.SUBMITTED: 1, ExpenseState.APPROVED: 2, ExpenseState.PAID: 3}[expense.state]
    agreed = _agreed(case)
    notes = [None, _("已有 %(n)s 人同意", n=agreed) if at == 1 and agreed else None, None]
    return [
        (name, "done" if i < at else "now" if i == at else "todo", notes[i])
        for i, name in enumerate(names)
    ]


def _agreed(case: ExpenseCase) -> int:
    """How many persons have agreed to what is asked now."""
    if case.request is None or case.request.state is ApprovalState.VOID:
        return 0
    return sum(1 for decision in case.request.decisions if decision.agreed)


def _log(session: Session, case: ExpenseCase, *, masked: bool) -> list[tuple[str, str]]:
    """Who submitted, agreed and paid, newest first."""
    expense, payout = case.expense, case.expense.payout
    decisions = case.request.decisions if case.request else []
    users = [expense.submitted_by_user_id, *(each.user_id for each in decisions)]
    names = names_of(session, [*users, *([payout.paid_by_user_id] if payout else [])], masked)
    log = [
        (expense.submitted_at, _("%(name)s提交", name=names[expense.submitted_by_user_id])),
        *(
            (
                each.decided_at,
                _("%(name)s同意", name=names[each.user_id])
                if each.agreed
                else _("%(name)s退回：%(why)s", name=names[each.user_id], why=each.reason),
            )
            for each in decisions
        ),
    ]
    if payout:
        log.append((payout.paid_at, _("%(name)s付款", name=names[payout.paid_by_user_id])))
    return [(moment(at), str(words)) for at, words in reversed(log)]


def names_of(session: Session, user_ids: Sequence[int], masked: bool) -> dict[int, str]:
    """The names of some accounts, in one question; others read them masked."""
    names = accounts.display_names(session, user_ids)
    return {user_id: mask_name(name) for user_id, name in names.items()} if masked else names


def _files(expense: Expense) -> list[Evidence]:
    return [
        Evidence(
            url=url_for("spending.voucher", voucher_id=voucher.id),
            name=_("凭证 %(n)s", n=n),
            alt=_("%(title)s的凭证 %(n)s", title=expense.title, n=n),
            note=_("%(day)s 交来", day=day(voucher.added_at)),
            is_image=voucher.media_type == PICTURE_TYPE,
        )
        for n, voucher in enumerate(expense.vouchers, 1)
    ]


def expense_form(session: Session, budget: Budget, expense: Expense | None = None) -> ExpenseForm:
    """The form of an expense of this budget, empty or filled with one that came back."""
    return ExpenseForm(
        lines=queries.lines_with_spending(session, budget.id),
        progress=queries.deliverable_progress(session, [budget.id])[budget.id],
        expense=expense,
    )


def form_page(
    session: Session, budget: Budget, form: ExpenseForm, expense: Expense | None = None
) -> ResponseReturnValue:
    """The form with everything that was typed; 422 when something is wrong with it."""
    html = render_template(
        "spending/form.html",
        form=form,
        expense=expense,
        **place_of(session, budget),
        advance_days=parameter("PAY-02", clock.today()).number,
        cash_limit=Money(parameter("AUD-10", clock.today()).number),
        available=_available(session, budget),
    )
    return html, 422 if form.errors else 200


def _available(session: Session, budget: Budget) -> Money | None:
    """What is free in the fund of a budget; None before it is opened."""
    fund_id = budget.fund_id
    return ledger.fund_position(session, fund_id).available if fund_id else None
