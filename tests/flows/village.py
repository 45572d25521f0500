"""The people of the main story, and how each does their part, through the services alone."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import queries as accounts_queries
from charity.accounts import services as accounts
from charity.actor import Actor, Role
from charity.donations import services as donations
from charity.donations.gateway import NoticeKind
from charity.donations.models import Donation, GiverKind
from charity.donations.sandbox_gateway import SandboxGateway
from charity.files import LocalFileStore
from charity.ledger import services as ledger
from charity.ledger.models import Book
from charity.money import Money
from charity.registry import services as registry
from charity.registry.models import Organisation, OrganisationKind
from charity.spending import services as spending
from charity.spending.intake import DeliverableDraft, LineDraft
from charity.spending.models import CostKind, Expense
from projects.listings import services as listings
from projects.listings.models import Project, ProjectCategory
from tests.factories import (
    make_operator,
    make_organisation,
    make_region,
    make_user,
    plan_sheet_draft,
)
from tests.fixtures.pictures import good_jpeg

SYSTEM = Actor.system("story")
VILLAGE = "420704001203"
OPERATOR_MODE = "qualified_charity"
PLAN_NUMBER = "51420704MJH000019JA26014"


@dataclass
class Village:
    """One operator, one partner, one village, and everybody in between."""

    session: Session
    files: LocalFileStore
    gateway: SandboxGateway
    operator: Organisation
    book: Book
    people: dict[str, int]
    clients: int = 0

    def actor(self, name: str) -> Actor:
        """This person with the roles held now."""
        return accounts_queries.actor_for_user(self.session, self.people[name])

    def register_partner(self) -> Organisation:
        """A social organisation registers itself; its founder becomes the owner."""
        return accounts.register_organisation_with_owner(
            self.session,
            self.actor("partner"),
            name="嘉和社会工作服务中心",
            kind=OrganisationKind.SOCIAL_SERVICE_ORG,
            uscc="52420704MJH000027A",
            region_code="420704",
            introduction="为社区里的老人和孩子做事。",
            contact_name="王芳",
            contact_phone="13800001234",
        )

    def verify(self, partner: Organisation) -> None:
        """The operator's staff look at the papers and sign the agreement (CHA-132)."""
        registry.verify_organisation(
            self.session,
            self.actor("staff"),
            organisation_id=partner.id,
            charity_id=self.operator.id,
            note="登记证书、章程、上年年检已看原件",
            agreement_number="合募-2026-01",
            agreement_signed_on=clock.today() - timedelta(days=30),
            assessment_note="账目清楚, 有两名专职社工",
        )

    def draft(self, partner: Organisation) -> Project:
        """The partner writes the project for the village."""
        return listings.draft_project(
            self.session,
            self.actor("partner"),
            organisation_id=partner.id,
            title="洪港村二十户老人家里的扶手",
            region_code=VILLAGE,
            category=ProjectCategory.ELDERLY_ADAPTATION,
            beneficiaries="八十岁以上独居老人",
            beneficiary_count=20,
            story="村里八十岁以上独居的老人二十户，去年跌倒九次。社工逐户量尺寸，"
            "装床边抓杆、换鞋椅和坐便椅，装好后由村里一起验收。",
            target=Money.yuan("60000"),
            starts_on=clock.today(),
            ends_on=clock.today() + timedelta(days=150),
            plan_number=PLAN_NUMBER,
            plan_filed_on=clock.today() - timedelta(days=20),
            lines=[
                LineDraft("器材", CostKind.PROGRAMME, Money.yuan("48000")),
                LineDraft("安装人工", CostKind.PROGRAMME, Money.yuan("12000")),
            ],
            deliverables=[DeliverableDraft("适老化改造", "户", Money.yuan("3000"), 20)],
            sheet=plan_sheet_draft(),
        )

    def publish(self, project: Project) -> None:
        """Sent for review and published by a reviewer of another organisation."""
        listings.submit_project(self.session, self.actor("partner"), project_id=project.id)
        listings.publish_project(
            self.session,
            self.actor("reviewer"),
            project_id=project.id,
            operator_id=self.operator.id,
            operator_mode=OPERATOR_MODE,
        )

    def begin_gift(self, project: Project, yuan: str) -> Donation:
        """A visitor fills in the form."""
        assert project.campaign_id is not None
        self.clients += 1
        return donations.begin_donation(
            self.session,
            Actor.guest(),
            client_id=f"00000000-0000-4000-8000-{self.clients:012d}",
            campaign_id=project.campaign_id,
            amount=Money.yuan(yuan),
            gateway=self.gateway,
            giver_kind=GiverKind.INDIVIDUAL,
            operator_mode=OPERATOR_MODE,
        )

    def pay_gift(self, donation: Donation, kind: NoticeKind = NoticeKind.SUCCEEDED) -> None:
        """The gateway takes the money and says so in a signed message."""
        payment = donations.open_payment(
            self.session, Actor.guest(), donation_id=donation.id, gateway=self.gateway
        )
        order = donations.freeze_order(
            self.session,
            SYSTEM,
            payment_id=payment.id,
            description="捐赠",
            return_url="http://localhost/",
            cancel_url="http://localhost/",
            locale="zh",
        )
        checkout = self.gateway.create_checkout(order)
        donations.record_checkout(
            self.session,
            SYSTEM,
            payment_id=payment.id,
            remote_id=checkout.remote_id,
            url=checkout.url,
        )
        self.hear(donation, kind)

    def hear(self, donation: Donation, kind: NoticeKind) -> str:
        """A message about the gift's payment arrives at the door; what became of it."""
        payment = donation.payments[-1]
        body = self.gateway.event_for(payment.remote_id or "", kind, amount=payment.amount)
        notice = self.gateway.read_notice(body, self.gateway.sign(body, clock.now()), clock.now())
        event = donations.receive_event(
            self.session, SYSTEM, gateway=self.gateway, notice=notice, body=body
        )
        return donations.apply_event(self.session, SYSTEM, event_id=event.id).value

    def give(self, project: Project, yuan: str) -> Donation:
        """A gift from the form to the settled payment."""
        donation = self.begin_gift(project, yuan)
        self.pay_gift(donation)
        return donation

    def bank(self, yuan: str) -> None:
        """The gateway pays out to the charity's account."""
        ledger.move_to_bank(
            self.session,
            self.actor("treasurer"),
            book_id=self.book.id,
            amount=Money.yuan(yuan),
            source=f"clearing:{clock.today()}",
            occurred_on=clock.today(),
        )

    def submit(self, project: Project, yuan: str, units: int, number: str) -> Expense:
        """The partner hands in an invoice with its picture."""
        return spending.submit_expense(
            self.session,
            self.actor("partner"),
            budget_line_id=project.budget.lines[0].id,
            deliverable_id=project.budget.deliverables[0].id,
            units=units,
            title=f"床边抓杆与坐便椅 {units} 户",
            amount=Money.yuan(yuan),
            payee_name="鄂州康居器材经营部",
            payee_account="6222 0000 1234 5678",
            voucher_number=number,
            spent_on=clock.today(),
            pictures=[good_jpeg(mark=number)],
            files=self.files,
        )

    def approve_and_pay(self, expense: Expense) -> None:
        """Two different persons agree, a third pays."""
        for name in ("approver one", "approver two"):
            spending.approve_expense(self.session, self.actor(name), expense_id=expense.id)
        spending.pay_expense(
            self.session,
            self.actor("treasurer"),
            expense_id=expense.id,
            paid_on=clock.today(),
            bank_reference=f"BANK-{expense.id}",
        )


def settle(session: Session, folder: Path) -> Village:
    """The district before the story: places, the operator with its book, and the people."""
    for code, name in (("420704001", "凤凰街道"), (VILLAGE, "洪港村")):
        make_region(session, code, name)
    operator = make_operator(session)
    operator.certificate_from = date(2025, 1, 1)
    service_centre = make_organisation(session)
    roles = {
        "staff": (Role.VERIFIER, operator.id, None),
        "approver one": (Role.APPROVER, operator.id, None),
        "approver two": (Role.APPROVER, operator.id, None),
        "treasurer": (Role.TREASURER, operator.id, None),
        "reviewer": (Role.REVIEWER, service_centre.id, None),
        "village": (Role.ACCEPTOR, None, VILLAGE),
        "auditor": (Role.AUDITOR, None, None),
    }
    people = {"partner": make_user(session).id}
    for name, (role, organisation_id, region_code) in roles.items():
        people[name] = make_user(session).id
        accounts.grant_role(
            session,
            SYSTEM,
            user_id=people[name],
            role=role,
            organisation_id=organisation_id,
            region_code=region_code,
        )
    book = ledger.open_book(session, SYSTEM, organisation_id=operator.id, name="总账")
    store = LocalFileStore(folder)
    return Village(session, store, SandboxGateway("a secret"), operator, book, people)
