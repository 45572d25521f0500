"""The world of these tests: an operator with its book, a partner, and everybody with a role."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.donations import services as donations
from charity.donations.models import Donation, GiverKind
from charity.files import LocalFileStore
from charity.ledger import queries as ledger_queries
from charity.ledger import services as ledger
from charity.money import Money
from charity.registry.models import Organisation, Person
from charity.spending import services as spending
from charity.spending.intake import DeliverableDraft, LineDraft
from charity.spending.models import CostKind, Expense
from projects.listings import services
from projects.listings.models import Project, ProjectCategory
from tests.factories import (
    make_actor,
    make_agreement,
    make_operator,
    make_organisation,
    make_region,
    make_user,
    plan_sheet_draft,
)
from tests.fakes import FakeGateway
from tests.fixtures.pictures import good_jpeg

VILLAGE = "420704001202"
MODE = "qualified_charity"
SYSTEM = Actor.system("test")


def content(**changed: Any) -> dict[str, Any]:
    """What a project says of itself, begun five days ago; any part may be changed."""
    said: dict[str, Any] = {
        "title": "洪港村 26 户老人家里的扶手与坐便椅",
        "region_code": VILLAGE,
        "category": ProjectCategory.ELDERLY_ADAPTATION,
        "beneficiaries": "80 岁以上独居老人",
        "beneficiary_count": 31,
        "story": "村里 80 岁以上独居老人 31 位，去年跌倒 9 次。\n社工逐户量好尺寸再装扶手。",
        "target": Money.yuan(78_000),
        "starts_on": clock.today() - timedelta(days=5),
        "ends_on": clock.today() + timedelta(days=290),
        "plan_number": "51420704MJH000019JA26014",
        "plan_filed_on": clock.today() - timedelta(days=15),
        "lines": [
            LineDraft("器材采购", CostKind.PROGRAMME, Money.yuan(60_000)),
            LineDraft("安装人工", CostKind.PROGRAMME, Money.yuan(15_000)),
            LineDraft("项目管理", CostKind.MANAGEMENT, Money.yuan(3_000)),
        ],
        "deliverables": [
            DeliverableDraft("居家适老化改造", "户", Money.yuan(3_000), 26),
            DeliverableDraft("使用培训与回访", "次", Money(0), 52),
        ],
        "sheet": plan_sheet_draft(),
    }
    return {**said, **changed}


@dataclass
class Village:
    """People and organisations around one village; verbs in few words."""

    session: Session
    operator: Organisation
    partner: Organisation
    editor: Actor
    reviewer: Actor
    approvers: tuple[Actor, Actor]
    treasurer: Actor
    acceptor: Actor
    gateway: FakeGateway = field(default_factory=FakeGateway)
    paid: int = 0

    def draft(self, **changed: Any) -> Project:
        """A draft of the partner."""
        return services.draft_project(
            self.session, self.editor, organisation_id=self.partner.id, **content(**changed)
        )

    def submitted(self, **changed: Any) -> Project:
        """A project that waits for review."""
        project = self.draft(**changed)
        return services.submit_project(self.session, self.editor, project_id=project.id)

    def publish(self, project: Project, actor: Actor | None = None, mode: str = MODE) -> Project:
        """Let the reviewer publish it."""
        return services.publish_project(
            self.session,
            actor or self.reviewer,
            project_id=project.id,
            operator_id=self.operator.id,
            operator_mode=mode,
        )

    def published(self, **changed: Any) -> Project:
        """A project that takes gifts."""
        return self.publish(self.submitted(**changed))

    def give(
        self, project: Project, amount: Money, *, name: str = "", kind: GiverKind | None = None
    ) -> Donation:
        """A gift that has arrived."""
        assert project.campaign_id is not None
        donation = donations.begin_donation(
            self.session,
            Actor.guest(),
            client_id=str(uuid.uuid4()),
            campaign_id=project.campaign_id,
            amount=amount,
            gateway=self.gateway,
            giver_kind=kind or GiverKind.INDIVIDUAL,
            giver_name=name,
            name_is_public=bool(name),
            operator_mode=MODE,
        )
        payment = donation.payments[0]
        order = donations.freeze_order(
            self.session,
            Actor.guest(),
            payment_id=payment.id,
            description="一份心意",
            return_url="https://wushe.example/donations/token",
            cancel_url="https://wushe.example/projects/1/donate",
            locale="zh",
        )
        checkout = self.gateway.create_checkout(order)
        donations.record_checkout(
            self.session,
            Actor.guest(),
            payment_id=payment.id,
            remote_id=checkout.remote_id,
            url=checkout.url,
        )
        message = self.gateway.pay(checkout.remote_id)
        notice = self.gateway.read_notice(
            message.body, self.gateway.sign(message.body, clock.now()), clock.now()
        )
        event = donations.receive_event(
            self.session, SYSTEM, gateway=self.gateway, notice=notice, body=message.body
        )
        donations.apply_event(self.session, SYSTEM, event_id=event.id)
        return donation

    def spend(
        self,
        project: Project,
        amount: Money,
        folder: Path,
        *,
        line: int = 0,
        units: int | None = None,
        payee: str = "鄂州康护器材有限公司",
    ) -> Expense:
        """An expense that two persons agreed to and a third paid."""
        self.paid += 1
        expense = spending.submit_expense(
            self.session,
            self.editor,
            budget_line_id=project.budget.lines[line].id,
            deliverable_id=project.budget.deliverables[0].id if units else None,
            units=units,
            title=f"第 {self.paid} 批扶手",
            amount=amount,
            payee_name=payee,
            payee_account="6222020200001234567",
            voucher_number=f"FP{self.paid:06d}",
            spent_on=clock.today(),
            pictures=[good_jpeg()],
            files=LocalFileStore(folder),
        )
        for approver in self.approvers:
            spending.approve_expense(self.session, approver, expense_id=expense.id)
        spending.pay_expense(
            self.session,
            self.treasurer,
            expense_id=expense.id,
            paid_on=clock.today(),
            bank_reference=f"BANK{self.paid:06d}",
        )
        return expense

    def accept(self, project: Project, units: int) -> None:
        """So many units of the first deliverable are claimed and accepted."""
        delivery = spending.report_delivery(
            self.session,
            self.editor,
            deliverable_id=project.budget.deliverables[0].id,
            units=units,
            note="已装好",
        )
        spending.accept_delivery(self.session, self.acceptor, delivery_id=delivery.id, note="")

    def settle(self) -> None:
        """Seal the operator's book, which gives every gift its place, and fill its bank."""
        book = ledger_queries.book_of(self.session, self.operator.id)
        ledger.seal(self.session, SYSTEM, book_id=book.id)


def make_village(session: Session) -> Village:
    """An operator with a certificate and a book, a partner under agreement, and their people."""
    make_region(session, "420704001", "凤凰街道")
    make_region(session, VILLAGE, "洪港村")
    make_region(session, "420703")
    operator = make_operator(session)
    partner = make_organisation(session, name="嘉和社工")
    make_agreement(session, operator, partner)
    ledger.open_book(session, SYSTEM, organisation_id=operator.id, name=operator.name)
    staff = [
        make_actor(session, Grant(role, organisation_id=operator.id))
        for role in (Role.APPROVER, Role.APPROVER, Role.TREASURER)
    ]
    return Village(
        session=session,
        operator=operator,
        partner=partner,
        editor=make_actor(session, Grant(Role.EDITOR, organisation_id=partner.id)),
        reviewer=make_actor(session, Grant(Role.REVIEWER, region_code="420704")),
        approvers=(staff[0], staff[1]),
        treasurer=staff[2],
        acceptor=make_actor(session, Grant(Role.ACCEPTOR, region_code=VILLAGE)),
    )


def second_account(session: Session, actor: Actor, grant: Grant) -> Actor:
    """Another account of the same person, with another role."""
    person = session.get(Person, actor.person_id)
    return make_actor(session, grant, user=make_user(session, person=person))
