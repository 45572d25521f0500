"""A small world for spending: a charity with a book, a partner, a village, people, and a fund.

Rows of lower contexts are written plainly here, so that a test of spending asks nothing of them;
money comes in through the ledger as it does in life.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy.orm import Session

from charity import clock
from charity.accounts.models import Membership, User
from charity.actor import Actor, ActorKind, Grant, Role
from charity.errors import CommonReason, NotFound
from charity.ledger import services as ledger
from charity.ledger.models import FundKind
from charity.money import Money
from charity.registry.models import (
    Organisation,
    OrganisationKind,
    OrganisationState,
    Person,
    Region,
    RegionLevel,
)
from charity.spending import services as spending
from charity.spending.models import Budget, CostKind, Delivery, Expense, ExpenseState
from charity.spending.services import DeliverableDraft, LineDraft
from tests.fixtures.pictures import good_jpeg

VILLAGE, OTHER_VILLAGE, COUNTY = "420704101201", "420704101202", "420704"
SYSTEM = Actor.system("test")
GIFT = Money.yuan(20_000)


@dataclass
class MemoryFiles:
    """A file store in memory."""

    kept: dict[bytes, bytes] = field(default_factory=dict)

    def put(self, content: bytes) -> bytes:
        digest = hashlib.sha256(content).digest()
        self.kept[digest] = content
        return digest

    def get(self, digest: bytes) -> bytes:
        if digest not in self.kept:
            raise NotFound(CommonReason.NOT_FOUND)
        return self.kept[digest]


@dataclass
class World:
    """Ids and actors; `session` is the one that made them."""

    session: Session
    charity_id: int
    partner_id: int
    other_id: int
    budget_id: int
    fund_id: int
    submitter: Actor
    second_submitter: Actor
    approver: Actor
    second_approver: Actor
    third_approver: Actor
    treasurer: Actor
    acceptor: Actor
    reviewer: Actor
    auditor: Actor
    stranger: Actor
    files: MemoryFiles = field(default_factory=MemoryFiles)
    vouchers: count[int] = field(default_factory=lambda: count(1))

    @property
    def budget(self) -> Budget:
        found = self.session.get(Budget, self.budget_id)
        assert found is not None
        return found

    @property
    def line_id(self) -> int:
        return self.budget.lines[0].id

    @property
    def deliverable_id(self) -> int:
        return self.budget.deliverables[0].id

    def form(self, **changes: object) -> dict[str, object]:
        """A good expense form, with changes."""
        good: dict[str, object] = {
            "budget_line_id": self.line_id,
            "deliverable_id": self.deliverable_id,
            "units": 2,
            "title": "扶手与防滑地面, 两户",
            "amount": Money.yuan(6000),
            "payee_name": "鄂州市适老工程有限公司",
            "payee_account": "6222 0000 1111 2222",
            "voucher_number": f"No {next(self.vouchers):04}",
            "spent_on": clock.today(),
            "pictures": [good_jpeg(120, 90)],
            "files": self.files,
        }
        return good | changes

    def submit(self, actor: Actor | None = None, **changes: object) -> Expense:
        return spending.submit_expense(
            self.session,
            actor or self.submitter,
            **self.form(**changes),  # type: ignore[arg-type]
        )

    def resubmit(self, expense: Expense, actor: Actor | None = None, **changes: object) -> Expense:
        form = self.form(**({"pictures": []} | changes))
        return spending.resubmit_expense(
            self.session,
            actor or self.submitter,
            expense_id=expense.id,
            **form,  # type: ignore[arg-type]
        )

    def approve(self, expense: Expense, actor: Actor) -> Expense:
        return spending.approve_expense(self.session, actor, expense_id=expense.id)

    def pay(self, expense: Expense, actor: Actor | None = None, **changes: object) -> object:
        form = {"paid_on": clock.today(), "bank_reference": f"BANK-{expense.id}"} | changes
        return spending.pay_expense(
            self.session,
            actor or self.treasurer,
            expense_id=expense.id,
            **form,  # type: ignore[arg-type]
        )

    def expense_in(self, state: ExpenseState) -> Expense:
        """An expense that came to the state by the verbs."""
        expense = self.submit()
        if state is ExpenseState.RETURNED:
            return spending.return_expense(
                self.session, self.approver, expense_id=expense.id, reason="看不清"
            )
        if state in (ExpenseState.APPROVED, ExpenseState.PAID):
            self.approve(expense, self.approver)
            self.approve(expense, self.second_approver)
        if state is ExpenseState.PAID:
            self.pay(expense)
        assert expense.state is state
        return expense

    def claim(self, units: int = 2) -> Delivery:
        return spending.report_delivery(
            self.session, self.submitter, deliverable_id=self.deliverable_id, units=units, note=""
        )

    def second_account(self, actor: Actor, *grants: Grant) -> Actor:
        """Another account of the same person."""
        assert actor.person_id is not None
        return make_actor(self.session, "second", *grants, person_id=actor.person_id)


_numbers = count(1)


def make_actor(session: Session, name: str, *grants: Grant, person_id: int | None = None) -> Actor:
    """An account with memberships, and its person unless one is given."""
    if person_id is None:
        person = Person(name=name)
        session.add(person)
        session.flush()
        person_id = person.id
    user = User(
        login_name=f"{name}-{next(_numbers)}",
        display_name=name,
        password_hash="",
        person_id=person_id,
        created_at=clock.now(),
    )
    session.add(user)
    session.flush()
    for grant in grants:
        session.add(
            Membership(
                user_id=user.id,
                role=grant.role,
                organisation_id=grant.organisation_id,
                region_code=grant.region_code,
                granted_at=clock.now(),
            )
        )
    session.flush()
    return Actor(ActorKind.USER, user.id, person_id, name, grants)


def make_organisation(session: Session, name: str, kind: OrganisationKind) -> Organisation:
    """A verified organisation in the county."""
    organisation = Organisation(
        name=name,
        kind=kind,
        uscc=None if kind is OrganisationKind.COMMUNITY_GROUP else f"{next(_numbers):018d}",
        region_code=COUNTY,
        state=OrganisationState.VERIFIED,
        registered_at=clock.now(),
        verified_at=clock.now(),
    )
    session.add(organisation)
    session.flush()
    return organisation


def _places(session: Session) -> None:
    for code, name, level, parent in (
        ("42", "湖北省", RegionLevel.PROVINCE, None),
        ("4207", "鄂州市", RegionLevel.CITY, "42"),
        (COUNTY, "鄂城区", RegionLevel.COUNTY, "4207"),
        ("420704101", "汀祖镇", RegionLevel.STREET, COUNTY),
        (VILLAGE, "丁坳村", RegionLevel.VILLAGE, "420704101"),
        (OTHER_VILLAGE, "吴垴村", RegionLevel.VILLAGE, "420704101"),
    ):
        if session.get(Region, code) is None:
            session.add(Region(code=code, name=name, level=level.value, parent_code=parent))
            session.flush()


def make_world(session: Session, *, gift: Money = GIFT, kind: FundKind = FundKind.PROJECT) -> World:
    """Everything for one budget of 18,000 yuan and a fund with one gift of 20,000 yuan."""
    _places(session)
    charity = make_organisation(session, "鄂城区慈善总会", OrganisationKind.ASSOCIATION).id
    partner = make_organisation(
        session, "鄂城区银龄社工服务中心", OrganisationKind.SOCIAL_SERVICE_ORG
    ).id
    other = make_organisation(session, "鄂城区志愿者协会", OrganisationKind.ASSOCIATION).id
    book = ledger.open_book(session, SYSTEM, organisation_id=charity, name="总会账套")
    fund = ledger.open_fund(session, SYSTEM, book_id=book.id, name="适老化改造", kind=kind)
    if gift:
        ledger.post_gift(
            session,
            SYSTEM,
            fund_id=fund.id,
            amount=gift,
            source="payment:1:succeeded",
            occurred_on=clock.today(),
            giver=ledger.Giver("donor:1", "individual", ""),
        )
    submitter = make_actor(session, "submitter", Grant(Role.EDITOR, organisation_id=partner))
    budget = draft(session, submitter, partner)
    spending.open_for_fund(session, SYSTEM, budget_id=budget.id, fund_id=fund.id)
    in_charity = {"organisation_id": charity}
    return World(
        session,
        charity_id=charity,
        partner_id=partner,
        other_id=other,
        budget_id=budget.id,
        fund_id=fund.id,
        submitter=submitter,
        second_submitter=make_actor(
            session, "second_submitter", Grant(Role.OWNER, organisation_id=partner)
        ),
        approver=make_actor(session, "approver", Grant(Role.APPROVER, **in_charity)),
        second_approver=make_actor(session, "approver2", Grant(Role.APPROVER, **in_charity)),
        third_approver=make_actor(session, "approver3", Grant(Role.APPROVER, **in_charity)),
        treasurer=make_actor(session, "treasurer", Grant(Role.TREASURER, **in_charity)),
        acceptor=make_actor(session, "acceptor", Grant(Role.ACCEPTOR, region_code=VILLAGE)),
        reviewer=make_actor(session, "reviewer", Grant(Role.REVIEWER, organisation_id=other)),
        auditor=make_actor(session, "auditor", Grant(Role.AUDITOR)),
        stranger=make_actor(session, "stranger"),
    )


def draft(session: Session, actor: Actor, organisation_id: int) -> Budget:
    """A budget of three lines, one of each kind, and one deliverable of six households."""
    return spending.draft_budget(
        session,
        actor,
        organisation_id=organisation_id,
        region_code=VILLAGE,
        lines=[
            LineDraft("改造", CostKind.PROGRAMME, Money.yuan(16_000)),
            LineDraft("管理", CostKind.MANAGEMENT, Money.yuan(1_500)),
            LineDraft("筹资", CostKind.FUNDRAISING, Money.yuan(500)),
        ],
        deliverables=[DeliverableDraft("适老化改造", "户", Money.yuan(3000), 5)],
    )
