"""What waits for one person: looked up by what their roles let them do, counted for the frame."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import ROLE_PERMISSIONS, Actor, Permission
from charity.donations.models import MatchingPool, Refund, RefundBatch
from charity.donations.queries import events, refunds, statements
from charity.donations.queries.pools import pools_with_questions
from charity.donations.queries.receipts import oldest_wanted_receipts
from charity.registry import policy as registry_policy
from charity.registry import queries as registry
from charity.registry.models import Organisation, OrganisationState, Region
from charity.spending import queries as spending
from charity.spending.models import Delivery, Expense, ExpenseState
from projects.listings import queries as listings
from projects.listings.models import Project, ProjectState
from web.desk.law import law_tasks
from web.desk.parts import LawTask
from web.desk.promises import PromisesWaiting, promises_waiting
from web.ports import settings


@dataclass
class Waiting:
    """The things that wait for somebody, by what is to be done."""

    to_verify: list[Organisation] = field(default_factory=list)
    to_review: list[Project] = field(default_factory=list)
    to_approve: list[Expense] = field(default_factory=list)
    to_pay: list[Expense] = field(default_factory=list)
    to_accept: list[Delivery] = field(default_factory=list)
    #: Matching pools with questions, and how many.
    pools: list[tuple[MatchingPool, int]] = field(default_factory=list)
    #: Ours, sent back by others: to be mended and sent again.
    returned_organisations: list[Organisation] = field(default_factory=list)
    returned_projects: list[Project] = field(default_factory=list)
    returned_expenses: list[Expense] = field(default_factory=list)
    #: Money that came and that nobody has explained, and boxes that wait for a second count.
    to_explain: int = 0
    to_count: int = 0
    #: Receipts that givers want, and the last day of the first (CHA-147).
    to_issue: int = 0
    issue_by: date | None = None
    #: Offers of goods, time to confirm and givers who ask to be released.
    promises: PromisesWaiting = field(default_factory=PromisesWaiting)
    #: Refunds to agree to, refunds to pay by hand, batches to agree to.
    to_agree: list[Refund] = field(default_factory=list)
    to_give_back: list[Refund] = field(default_factory=list)
    batches_to_agree: list[RefundBatch] = field(default_factory=list)
    #: Messages of gateways, stuck payments, unanswered refunds and differences people must look at.
    alarms: int = 0
    #: What the law and the three lists make wait, the soonest due first.
    law: list[LawTask] = field(default_factory=list)
    #: Begun and not sent; counted apart, since nobody waits for them.
    drafts: list[Project] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many things wait; drafts are nobody's hurry."""
        heaps = (self.to_explain > 0) + (self.to_count > 0) + (self.to_issue > 0)
        heaps += self.alarms > 0
        return (
            heaps
            + self.promises.count
            + sum(
                len(things)
                for things in (
                    self.to_verify,
                    self.to_review,
                    self.to_approve,
                    self.to_pay,
                    self.to_accept,
                    self.pools,
                    self.returned_organisations,
                    self.returned_projects,
                    self.returned_expenses,
                    self.to_agree,
                    self.to_give_back,
                    self.batches_to_agree,
                    self.law,
                )
            )
        )


def waiting_for(session: Session, actor: Actor) -> Waiting:
    """Everything that waits for this actor; looked up once per request."""
    kept: Waiting | None = g.get("waiting")
    if kept is None:
        kept = g.waiting = _look_up(session, actor)
    return kept


def count_waiting(session: Session, actor: Actor) -> int:
    """The figure beside 待办 in the head of every page."""
    return waiting_for(session, actor).count


def places_of(session: Session, deliveries: Collection[Delivery]) -> dict[str, str]:
    """The names of the places where work waits to be looked at, by code, in one question."""
    codes = {delivery.deliverable.budget.region_code for delivery in deliveries}
    if not codes:
        return {}
    rows = session.execute(select(Region.code, Region.name).where(Region.code.in_(codes)))
    return {code: name for code, name in rows}


def _look_up(session: Session, actor: Actor) -> Waiting:
    waiting = Waiting()
    if actor.holds_anywhere(Permission.ORGANISATION_VERIFY):
        waiting.to_verify = _to_verify(session, actor)
    if actor.holds_anywhere(Permission.PROJECT_REVIEW):
        waiting.to_review = listings.waiting_for_review(session, actor)
    if actor.holds_anywhere(Permission.EXPENSE_APPROVE):
        waiting.to_approve = spending.waiting_for_approval(
            session,
            charity_ids=_organisations(actor, Permission.EXPENSE_APPROVE),
            person_id=actor.person_id,
        )
    if actor.holds_anywhere(Permission.EXPENSE_PAY):
        waiting.to_pay = spending.waiting_for_payment(
            session,
            charity_ids=_organisations(actor, Permission.EXPENSE_PAY),
            person_id=actor.person_id,
        )
    if actor.holds_anywhere(Permission.POOL_MANAGE):
        where = _organisations(actor, Permission.POOL_MANAGE)
        waiting.pools = pools_with_questions(session, where)
    if actor.holds_anywhere(Permission.DELIVERY_ACCEPT):
        waiting.to_accept = _to_accept(session, actor)
    _add_money(session, actor, waiting)
    _add_giving_back(session, actor, waiting)
    if actor.holds_anywhere(Permission.GIVING_MANAGE):
        where = _organisations(actor, Permission.GIVING_MANAGE)
        waiting.to_issue, waiting.issue_by = oldest_wanted_receipts(session, where)
    if actor.holds_anywhere(Permission.GIVING_MANAGE):
        waiting.promises = promises_waiting(
            session, _organisations(actor, Permission.GIVING_MANAGE)
        )
    if actor.organisation_ids:
        _add_own(session, actor, waiting)
    waiting.law = law_tasks(session, actor)
    return waiting


def _add_money(session: Session, actor: Actor, waiting: Waiting) -> None:
    """Rows of statements and counts of cash, each a heap that is one thing to do."""
    explains = _organisations(actor, Permission.STATEMENT_IMPORT)
    if explains:
        waiting.to_explain = statements.queue_length(session, explains)
    counts = _organisations(actor, Permission.CASH_COUNT)
    if counts:
        waiting.to_count = statements.counts_to_confirm(session, counts, actor.person_id)


def _add_giving_back(session: Session, actor: Actor, waiting: Waiting) -> None:
    """What goes back, for who agrees and who pays, and what gateways left for people."""
    if actor.holds_anywhere(Permission.REFUND_APPROVE):
        agrees = _organisations(actor, Permission.REFUND_APPROVE)
        waiting.to_agree = refunds.waiting_for_agreement(
            session, charity_ids=agrees, person_id=actor.person_id
        )
        waiting.batches_to_agree = refunds.batches_waiting_for_agreement(
            session, charity_ids=agrees, person_id=actor.person_id
        )
    if actor.holds_anywhere(Permission.REFUND_REQUEST):
        asks = _organisations(actor, Permission.REFUND_REQUEST)
        waiting.to_give_back = refunds.waiting_for_transfer(session, charity_ids=asks)
        waiting.alarms = events.alarms_of(session, charity_ids=asks)


def _to_verify(session: Session, actor: Actor) -> list[Organisation]:
    operator_uscc = settings().operator_uscc
    pending = registry.pending_organisations(session)
    return [
        found
        for found in pending
        if found.uscc != operator_uscc and registry_policy.may_judge(actor, found)
    ]


def _to_accept(session: Session, actor: Actor) -> list[Delivery]:
    """Deliveries of the actor's places, less their own; the page knows the finer reasons."""
    places = _places(actor, Permission.DELIVERY_ACCEPT)
    return [
        found
        for found in spending.waiting_for_acceptance(session, places)
        if found.claimed_by_person_id != actor.person_id
        and found.deliverable.budget.organisation_id not in actor.organisation_ids
    ]


def _add_own(session: Session, actor: Actor, waiting: Waiting) -> None:
    edits = _organisations(actor, Permission.ORGANISATION_EDIT)
    if edits:
        waiting.returned_organisations = [
            own
            for own in registry.organisations(session, edits)
            if own.state is OrganisationState.RETURNED
        ]
    posts = _organisations(actor, Permission.PROJECT_EDIT)
    if posts:
        for project in listings.unsent_projects(session, posts):
            returned = project.state is ProjectState.RETURNED
            (waiting.returned_projects if returned else waiting.drafts).append(project)
    mine = _organisations(actor, Permission.EXPENSE_SUBMIT)
    if mine:
        waiting.returned_expenses = spending.expenses_of_organisations(
            session, mine, [ExpenseState.RETURNED]
        )


def _organisations(actor: Actor, permission: Permission) -> Collection[int] | None:
    """Where the permission is held; None where it is held everywhere."""
    grants = [held for held in actor.grants if permission in ROLE_PERMISSIONS[held.role]]
    if any(grant.is_platform for grant in grants):
        return None
    return {grant.organisation_id for grant in grants if grant.organisation_id is not None}


def _places(actor: Actor, permission: Permission) -> Collection[str] | None:
    """The codes below which the permission is held; None for everywhere."""
    grants = [held for held in actor.grants if permission in ROLE_PERMISSIONS[held.role]]
    if any(grant.region_code is None for grant in grants):
        return None
    return {grant.region_code for grant in grants if grant.region_code is not None}
