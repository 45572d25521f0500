"""What an expense needs before and after its payment, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import queries as accounts
from charity.actor import Actor, Verdict
from charity.approvals import queries as approvals
from charity.approvals.models import Requirement, RequirementKind, RequirementState
from charity.spending import meeting, policy, queries
from charity.spending.models import Expense, ExpenseState, PaymentKind
from charity.spending.policy import ExpenseCase
from web.filters import day, mask_name, moment
from web.labels import label, sentence
from web.notices.pages import notice_urls

_TAGS = {RequirementState.MET: "good", RequirementState.REFUSED: "bad"}


@dataclass(frozen=True, slots=True)
class Need:
    """One requirement on the page of its expense."""

    name: str
    state: str
    tag: str
    #: Who said so and when, or until when somebody should.
    when: str
    note: str
    #: Its papers in their order, for those who may read them.
    paper_urls: list[str]
    #: Where it is announced, for a public notice.
    notice_url: str | None
    #: Where this reader meets it; None where it is not theirs.
    form_url: str | None
    is_late: bool


def context(session: Session, actor: Actor, case: ExpenseCase, *, inside: bool) -> dict[str, Any]:
    """The requirements, the warnings and the accounts of one expense."""
    expense = case.expense
    asked = approvals.requirements(session, expense.subject)
    reads = inside or may_read_papers(actor, case)
    settlement = (
        queries.settlement(session, expense)
        if expense.payment_kind is PaymentKind.ADVANCE and expense.state is ExpenseState.PAID
        else None
    )
    return {
        "needs": [_need(session, actor, case, each, asked, reads) for each in asked],
        "warnings": _warnings(session, case) if inside else [],
        "settlement": settlement,
        "may_settle": settlement is not None and may_settle(actor, case, asked),
        "proof_url": _proof_url(expense) if inside else None,
        "bank_file": queries.standing_item(session, expense.id) if inside else None,
    }


def may_read_papers(actor: Actor, case: ExpenseCase) -> bool:
    """Minutes and reviews are read by those who say something about them."""
    if not case.budget.is_village:
        return False
    return policy.accepts_for(actor, case.budget) or policy.reviews_for(actor, case)


def is_public_paper(expense: Expense, kind: RequirementKind) -> bool:
    """Evidence of what became of the money is for everybody (VIL-03)."""
    return kind is RequirementKind.EVIDENCE and expense.state is ExpenseState.PAID


def may_settle(actor: Actor, case: ExpenseCase, asked: list[Requirement]) -> bool:
    """Whether this person may still bring vouchers for an advance."""
    waits = any(
        each.kind is RequirementKind.ADVANCE_SETTLED and each.state is not RequirementState.MET
        for each in asked
    )
    return waits and bool(policy.may_submit_expense(actor, case.budget))


def verdict_of(
    actor: Actor, case: ExpenseCase, requirement: Requirement, asked: list[Requirement]
) -> Verdict:
    """Whether this person may say that it is met."""
    others = {each.met_by_person_id for each in asked if each is not requirement}
    met_by = frozenset(person for person in others if person is not None)
    return meeting.may_meet(actor, meeting.MeetingCase(case, requirement, met_by))


def _need(
    session: Session,
    actor: Actor,
    case: ExpenseCase,
    requirement: Requirement,
    asked: list[Requirement],
    reads: bool,
) -> Need:
    expense, kind = case.expense, requirement.kind
    arguments: dict[str, Any] = {"expense_id": expense.id, "kind": kind.value}
    shown = requirement.papers if reads or is_public_paper(expense, kind) else []
    due = requirement.due_on if requirement.state is RequirementState.OPEN else None
    notice_url = form_url = None
    if verdict_of(actor, case, requirement, asked):
        form_url = url_for("spending.requirement", **arguments)
    if kind is RequirementKind.PUBLIC_NOTICE:
        budget = expense.budget_line.budget
        notice_url, put_up = notice_urls(
            session,
            actor,
            expense.subject,
            organisation_id=budget.organisation_id,
            region_code=budget.region_code,
        )
        form_url = put_up if requirement.state is not RequirementState.MET else None
    return Need(
        name=label(kind),
        state=label(requirement.state),
        tag=_TAGS.get(requirement.state, "wait"),
        when=_when(session, case, requirement, masked=not reads),
        note=requirement.note if reads else "",
        paper_urls=[
            url_for("spending.requirement_paper", **arguments, number=each.number) for each in shown
        ],
        notice_url=notice_url,
        form_url=form_url,
        is_late=due is not None and due < clock.today(),
    )


def _when(session: Session, case: ExpenseCase, requirement: Requirement, *, masked: bool) -> str:
    if requirement.met_at is not None:
        user_id = requirement.met_by_user_id
        if user_id is None:
            return moment(requirement.met_at)
        name = accounts.display_names(session, [user_id])[user_id]
        who = mask_name(name) if masked else name
        return str(_("%(who)s，%(when)s", who=who, when=moment(requirement.met_at)))
    if requirement.kind is RequirementKind.ACCOUNT_HOLD:
        return _rest(session, case)
    return left(requirement.due_on) if requirement.due_on is not None else ""


def _rest(session: Session, case: ExpenseCase) -> str:
    """Until when a changed account rests."""
    known = queries.payee_account(
        session,
        charity_id=case.budget.charity_id or 0,
        payee_name=case.expense.payee_name,
        account=case.expense.payee_account,
    )
    return str(_("到 %(when)s", when=moment(known.usable_from))) if known else ""


def left(due_on: date) -> str:
    """How many days are left, or how many it is late."""
    days = (due_on - clock.today()).days
    if days < 0:
        return str(_("%(day)s 到期，已过 %(n)s 天", day=day(due_on), n=-days))
    if days == 0:
        return str(_("今天到期"))
    return str(_("%(day)s 到期，还有 %(n)s 天", day=day(due_on), n=days))


def _warnings(session: Session, case: ExpenseCase) -> list[str]:
    found = queries.warnings(session, case.expense, charity_id=case.budget.charity_id)
    return [sentence(each.reason, each.params) for each in found]


def _proof_url(expense: Expense) -> str | None:
    if expense.payout is None or expense.payout.proof_hash is None:
        return None
    return url_for("spending.proof", expense_id=expense.id)
