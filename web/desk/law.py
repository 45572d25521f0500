"""What the law and the three lists make wait: requirements, duties, objections, orders, claims.

One question to the database for all of them, whatever roles a person has: each part is a select of
the same columns, narrowed to where the role is held, and all are put together by UNION ALL.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from charity import clock
from charity.actor import Actor, Permission
from charity.approvals.models import (
    ApprovalDecision,
    ApprovalRequest,
    ApprovalState,
    Requirement,
    RequirementKind,
    RequirementState,
)
from charity.disclosure.models import (
    DisclosureDuty,
    Notice,
    NoticeState,
    Objection,
    ProjectClosing,
    ProjectClosingState,
)
from charity.ledger.models import Book, Fund
from charity.registry.models import Campaign, Organisation
from charity.spending.models import (
    Budget,
    BudgetChange,
    BudgetChangeState,
    BudgetLine,
    Duty,
    Expense,
    ExpenseDuty,
)
from projects.listings.models import Project
from web.desk.audits import AUDIT_PARTS
from web.desk.complaints import complaints
from web.desk.fieldwork import FIELDWORK_PARTS
from web.desk.judging import JUDGING_PARTS
from web.desk.life import LIFE_PARTS
from web.desk.matching import MATCHING_PARTS
from web.desk.parts import Held, LawTask, row
from web.desk.ventures import VENTURE_PARTS

#: Days before a duty is due from which it stands on the desk.
AHEAD_DAYS = 30
#: Rows shown at most.
MOST = 200

_FIRST = len("expense:") + 1


def law_tasks(session: Session, actor: Actor) -> list[LawTask]:
    """Everything of these parts that waits for the actor, the soonest due first."""
    parts = [part for make in _PARTS for part in make(actor)]
    if not parts:
        return []
    whole = union_all(*parts).subquery().c
    query = select(*whole).order_by(
        whole.due_on.is_(None), whole.due_on, whole.due_at, whole.part, whole.id
    )
    return [LawTask(*found) for found in session.execute(query.limit(MOST))]


def _requirements(actor: Actor) -> Iterator[Select[Any]]:
    """What expenses need besides agreement, for whoever may bring it."""
    mine = [*_needs_of_charity(actor), *_needs_of_place(actor)]
    if not mine:
        return
    number = case(
        (
            Requirement.subject.startswith("expense:"),
            cast(func.substr(Requirement.subject, _FIRST), BigInteger),
        ),
        else_=None,
    )
    yield (
        row(
            "requirement",
            Requirement.kind,
            Expense.id,
            Expense.title,
            Expense.payee_name,
            Expense.amount,
            Requirement.due_on,
        )
        .select_from(Requirement)
        .join(Expense, Expense.id == number)
        .join(BudgetLine, BudgetLine.id == Expense.budget_line_id)
        .join(Budget, Budget.id == BudgetLine.budget_id)
        .join(Fund, Fund.id == Budget.fund_id)
        .join(Book, Book.id == Fund.book_id)
        .where(Requirement.state == RequirementState.OPEN, or_(*mine))
    )


def _needs_of_charity(actor: Actor) -> Iterator[ColumnElement[bool]]:
    """Kinds for who asks for money, who agrees to it, who reviews and who pays."""
    kind, charity, org = Requirement.kind, Book.organisation_id, Budget.organisation_id
    if submits := Held.of(actor, Permission.EXPENSE_SUBMIT):
        yield (kind == RequirementKind.EVIDENCE) & submits.reaches(org)
    if approves := Held.of(actor, Permission.EXPENSE_APPROVE):
        looked_at = (RequirementKind.ADVANCE_SETTLED, RequirementKind.JUDGED_BY_HAND)
        yield kind.in_(looked_at) & approves.reaches(charity) & _unconcerned(actor)
    if actor.holds_anywhere(Permission.CONFLICT_REVIEW):
        foreign = org.not_in(actor.organisation_ids)
        yield (kind == RequirementKind.CONFLICT_REVIEW) & foreign & _unconcerned(actor)
    if pays := Held.of(actor, Permission.EXPENSE_PAY):
        yield (kind == RequirementKind.ACCOUNT_HOLD) & pays.reaches(charity)


def _needs_of_place(actor: Actor) -> Iterator[ColumnElement[bool]]:
    """Kinds for the village, the county, and who announces there."""
    kind, place = Requirement.kind, Budget.region_code
    accepts = Held.of(actor, Permission.DELIVERY_ACCEPT)
    if accepts.places:
        here = Held(all=False, organisations=frozenset(), places=accepts.places)
        village = kind == RequirementKind.VILLAGE_DECISION
        yield village & here.reaches(place=place) & _unconcerned(actor)
    if actor.holds_anywhere(Permission.PROJECT_REVIEW):
        yield (kind == RequirementKind.COUNTY_APPROVAL) & _unconcerned(actor)
    if announces := Held.of(actor, Permission.NOTICE_PUBLISH):
        stands = exists().where(
            Notice.subject == Requirement.subject, Notice.state == NoticeState.STANDING
        )
        owners = (Budget.organisation_id, Book.organisation_id)
        notice = kind == RequirementKind.PUBLIC_NOTICE
        yield notice & announces.reaches(*owners, place=place) & ~stands


def _unconcerned(actor: Actor) -> ColumnElement[bool]:
    """Neither asked for the money nor paid it."""
    return ~exists().where(
        ExpenseDuty.expense_id == Expense.id,
        ExpenseDuty.person_id == (actor.person_id or 0),
        ExpenseDuty.duty.in_((Duty.SUBMIT, Duty.PAY)),
    )


def _duties(actor: Actor) -> Iterator[Select[Any]]:
    """What is owed to the public soon, or late."""
    publishes = Held.of(actor, Permission.DISCLOSURE_PUBLISH)
    if not publishes:
        return
    yield (
        row(
            "duty",
            DisclosureDuty.kind,
            DisclosureDuty.id,
            Organisation.name,
            func.coalesce(Campaign.title, ""),
            None,
            DisclosureDuty.due_on,
        )
        .select_from(DisclosureDuty)
        .join(Organisation, Organisation.id == DisclosureDuty.organisation_id)
        .outerjoin(Campaign, Campaign.id == DisclosureDuty.campaign_id)
        .where(
            DisclosureDuty.fulfilled_at.is_(None),
            DisclosureDuty.dropped_at.is_(None),
            DisclosureDuty.due_on <= clock.today() + timedelta(days=AHEAD_DAYS),
            publishes.reaches(DisclosureDuty.organisation_id),
        )
    )


def _objections(actor: Actor) -> Iterator[Select[Any]]:
    """Objections to what others put up."""
    announces = Held.of(actor, Permission.NOTICE_PUBLISH)
    if not announces:
        return
    yield (
        row("objection", Notice.kind, Notice.id, Notice.title, Objection.body, None, Notice.ends_on)
        .select_from(Objection)
        .join(Notice, Notice.id == Objection.notice_id)
        .where(
            Objection.answered_at.is_(None),
            Notice.publisher_person_id != (actor.person_id or 0),
            announces.reaches(Notice.organisation_id, place=Notice.region_code),
        )
    )


def _closings(actor: Actor) -> Iterator[Select[Any]]:
    """Closings to agree to, and those that wait for their next step."""
    agrees, prepares = Held.of(actor, Permission.CLOSING_AGREE), Held.of(
        actor, Permission.CLOSING_PREPARE
    )  # fmt: skip
    if agrees:
        subject = literal("project_closing:").concat(cast(ProjectClosing.id, String))
        request = aliased(ApprovalRequest)
        spoken = exists().where(
            ApprovalDecision.request_id == request.id,
            ApprovalDecision.person_id == (actor.person_id or 0),
        )
        yield (
            _closing("closing_agree", None)
            .join(request, request.subject == subject)
            .where(
                ProjectClosing.state == ProjectClosingState.SUBMITTED,
                request.state == ApprovalState.OPEN,
                request.submitter_person_id != (actor.person_id or 0),
                ~spoken,
                agrees.reaches(ProjectClosing.charity_id),
            )
        )
    if prepares:
        over = ProjectClosing.answers_until < clock.today()
        asking = ProjectClosing.state == ProjectClosingState.ASKING
        begun = ProjectClosing.state == ProjectClosingState.PREPARED
        yield (
            _closing("closing_go_on", ProjectClosing.answers_until)
            .outerjoin(Campaign, Campaign.id == ProjectClosing.campaign_id)
            .where(
                begun | (asking & over),
                prepares.reaches(ProjectClosing.charity_id, Campaign.partner_id),
            )
        )


def _closing(part: str, due_on: Any) -> Select[Any]:
    return (
        row(
            part,
            ProjectClosing.state,
            ProjectClosing.id,
            Fund.name,
            ProjectClosing.reason,
            ProjectClosing.surplus,
            due_on,
        )
        .select_from(ProjectClosing)
        .join(Fund, Fund.id == ProjectClosing.fund_id)
    )


def _changes(actor: Actor) -> Iterator[Select[Any]]:
    """Budgets that are to change by more than a tenth of a line."""
    approves = Held.of(actor, Permission.EXPENSE_APPROVE)
    if not approves:
        return
    yield (
        row(
            "budget_change",
            BudgetChange.state,
            Project.id,
            Project.title,
            BudgetChange.reason,
            None,
            None,
        )
        .select_from(BudgetChange)
        .join(Budget, Budget.id == BudgetChange.budget_id)
        .join(Project, Project.budget_id == Budget.id)
        .join(Fund, Fund.id == Budget.fund_id)
        .join(Book, Book.id == Fund.book_id)
        .where(
            BudgetChange.state == BudgetChangeState.ASKED,
            BudgetChange.asker_person_id != (actor.person_id or 0),
            approves.reaches(Book.organisation_id),
        )
    )


_PARTS = (
    _requirements,
    _duties,
    _objections,
    _closings,
    _changes,
    complaints,
    *LIFE_PARTS,
    *MATCHING_PARTS,
    *VENTURE_PARTS,
    *JUDGING_PARTS,
    *AUDIT_PARTS,
    *FIELDWORK_PARTS,
)


def waits_for_time(task: LawTask) -> bool:
    """Whether nobody can do anything but wait: an account rests."""
    return task.part == "requirement" and task.kind == RequirementKind.ACCOUNT_HOLD
