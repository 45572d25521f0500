"""What an expense needs besides agreement, and whether it may be paid now.

Village money waits for the village's decision, a public notice and the county (VIL-02); a reward
for accepted work; a changed account for 48 hours (PAY-01); who touches a related party for a
review. After the payment evidence is due from a village (VIL-03), and vouchers for an advance
(PAY-02).
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.approvals import services as approvals
from charity.approvals.models import RequirementKind, RequirementState
from charity.approvals.queries import requirements
from charity.errors import InvalidState
from charity.registry import queries as registry
from charity.registry import services as registering
from charity.registry.findings import refuse
from charity.registry.models import DecidedAct, Relation
from charity.rules import parameter
from charity.spending import queries
from charity.spending.models import Expense, PaymentKind
from charity.spending.paying_reasons import PayingReason
from charity.spending.policy import BudgetCase, ExpenseCase
from charity.spending.services import payees

#: What village money waits for (VIL-02).
OF_A_VILLAGE = (
    RequirementKind.VILLAGE_DECISION,
    RequirementKind.PUBLIC_NOTICE,
    RequirementKind.COUNTY_APPROVAL,
)
#: What speaks of this payment in particular: another amount or payee makes it worthless.
_OF_THIS_PAYMENT = frozenset(
    {*OF_A_VILLAGE, RequirementKind.CONFLICT_REVIEW, RequirementKind.ACCEPTED_WORK}
)
#: Ways of paying in which staff get back or account for what is spent for others.
#: Whose act it is where nobody in flesh and blood acts.
_HOUSE = Actor.system("requirements")


def ask_for(
    session: Session,
    actor: Actor,
    *,
    expense: Expense,
    case: BudgetCase,
    account_hash: bytes | None = None,
    changed: bool = False,
) -> None:
    """Ask for what the expense needs before it is paid; a change asks again for what was shown."""
    subject = expense.subject
    if changed:
        approvals.ask_again(session, actor, subject=subject, kinds=_OF_THIS_PAYMENT)
    if case.is_village:
        for kind in OF_A_VILLAGE:
            approvals.require_that(
                session, actor, subject=subject, kind=kind, rule_id="VIL-02", before=True
            )
    if expense.payment_kind is PaymentKind.REWARD:
        approvals.require_that(
            session, actor, subject=subject, kind=RequirementKind.ACCEPTED_WORK,
            rule_id="PAY-03", before=True,
        )  # fmt: skip
        count_work(session, actor, expense=expense)
    else:
        approvals.drop_requirement(
            session, actor, subject=subject, kind=RequirementKind.ACCEPTED_WORK
        )
    payees.remember_account(session, actor, expense=expense, case=case)
    review_conflicts(session, actor, expense=expense, case=case, account_hash=account_hash)


def count_work(session: Session, actor: Actor, *, expense: Expense) -> None:
    """Meet ACCEPTED_WORK where enough units are accepted that no other reward counted (PAY-03)."""
    waits = any(
        each.kind is RequirementKind.ACCEPTED_WORK and each.state is RequirementState.OPEN
        for each in requirements(session, expense.subject)
    )
    if waits and queries.units_for_reward(session, expense) >= (expense.units or 0):
        approvals.meet_requirement(
            session, _HOUSE, subject=expense.subject, kind=RequirementKind.ACCEPTED_WORK, note=""
        )


def count_work_of(session: Session, actor: Actor, *, deliverable_id: int) -> None:
    """Units were accepted: the rewards that waited for them, the oldest first, may go on."""
    for expense in queries.rewards_waiting(session, deliverable_id):
        count_work(session, actor, expense=expense)


def review_conflicts(
    session: Session,
    actor: Actor,
    *,
    expense: Expense,
    case: BudgetCase,
    account_hash: bytes | None = None,
) -> None:
    """A payee that touches a related party stops for a conflict review (CHA-144, AUD-02).

    Staff who are paid back what they laid out touch nothing by being staff. The account is known
    by its hash only while the expense is written; what it showed then stays asked.
    """
    touches = [
        touch
        for touch in registry.touched(
            session,
            organisation_ids=concerned(case),
            on=clock.today(),
            name=expense.payee_name,
            identity_hash=expense.payee_identity_hash,
            account_hash=account_hash,
        )
        if touch.party.relation is not Relation.STAFF
        or expense.payment_kind not in queries.LAID_OUT
    ]
    if touches:
        approvals.open_conflict_review(session, actor, subject=expense.subject, touches=touches)
    elif account_hash is not None:
        approvals.drop_requirement(
            session, actor, subject=expense.subject, kind=RequirementKind.CONFLICT_REVIEW
        )


def concerned(case: BudgetCase) -> list[int]:
    """The organisations whose related parties a payment may touch: the charity, the doer."""
    ids = (case.charity_id, case.budget.organisation_id)
    return sorted({each for each in ids if each is not None})


def require_ready(session: Session, actor: Actor, *, case: ExpenseCase) -> None:
    """Refuse a payment that may not be made now, with the first reason there is.

    `Invalid` on `payee_name` (ORG-01, VIL-02), `InvalidState` for an account that rests
    (ACCOUNT_RESTS), for work not accepted, or for what else is open (REQUIREMENT_OPEN); `Denied`
    for who is restricted (the decision is kept).
    """
    expense, budget = case.expense, case.budget
    payees.require_payable(session, expense=expense, is_village=budget.is_village)
    payees.require_rested(session, expense=expense, case=budget)
    _require_work(session, actor, expense)
    review_conflicts(session, actor, expense=expense, case=budget)
    _require_eligible(session, actor, case)
    approvals.require_met(session, actor, subject=expense.subject)


def _require_work(session: Session, actor: Actor, expense: Expense) -> None:
    """A reward is paid for work that was accepted (PAY-03)."""
    if expense.payment_kind is not PaymentKind.REWARD:
        return
    count_work(session, actor, expense=expense)
    for each in requirements(session, expense.subject):
        if each.kind is RequirementKind.ACCEPTED_WORK and each.state is RequirementState.OPEN:
            units = max(0, queries.units_for_reward(session, expense))
            raise InvalidState(PayingReason.WORK_NOT_ACCEPTED, units=units)


def _require_eligible(session: Session, actor: Actor, case: ExpenseCase) -> None:
    """The doing organisation, its campaign and the charity may spend today."""
    budget = case.budget.budget
    campaign = registry.campaign_for_fund(session, budget.fund_id) if budget.fund_id else None
    asked = {budget.organisation_id, case.budget.charity_id}
    for organisation_id in sorted(each for each in asked if each is not None):
        refuse(
            registering.judge(
                session,
                actor,
                act=DecidedAct.PAYING,
                subject=case.expense.subject,
                organisation=registry.organisation(session, organisation_id),
                campaign=campaign,
            )
        )


def ask_for_afterwards(
    session: Session, actor: Actor, *, expense: Expense, case: BudgetCase, paid_on: date
) -> None:
    """What a payment is followed by, each with its last day."""
    after = []
    if case.is_village:
        after.append((RequirementKind.EVIDENCE, "VIL-03"))
    if expense.payment_kind is PaymentKind.ADVANCE:
        after.append((RequirementKind.ADVANCE_SETTLED, "PAY-02"))
    for kind, rule_id in after:
        approvals.require_that(
            session,
            actor,
            subject=expense.subject,
            kind=kind,
            rule_id=rule_id,
            before=False,
            due_on=due_after(rule_id, paid_on),
        )


def due_after(rule_id: str, paid_on: date) -> date:
    """The last day in China for what follows a payment; the rule of that day counts."""
    return paid_on + timedelta(days=parameter(rule_id, min(paid_on, clock.today())).number)
