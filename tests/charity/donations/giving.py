"""The world of these tests: one campaign, its fund and book, and the verbs in few words."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.donations import services
from charity.donations.gateway import PaymentGateway
from charity.donations.models import Donation, EventOutcome, GatewayEvent, GiverKind, Payment
from charity.ledger import services as ledger
from charity.ledger.models import Entry, EntryKind, FundKind
from charity.money import Money
from charity.outbox import Outbox
from charity.registry.models import (
    Campaign,
    CampaignState,
    FundraisingMode,
    FundraisingPlan,
    Organisation,
    OrganisationKind,
    OrganisationState,
    Region,
)
from tests.fakes import FakeGateway, Message

GUEST = Actor.guest()
SYSTEM = Actor.system("webhook")
AMOUNT = Money.yuan(200)


@dataclass
class Giving:
    """A campaign and the gateway through which it is given to."""

    session: Session
    gateway: FakeGateway
    campaign: Campaign

    def begin(self, amount: Money = AMOUNT, **changed: object) -> Donation:
        """Begin a gift; `changed` overrides any part of the form."""
        form: dict[str, object] = {
            "client_id": str(uuid.uuid4()),
            "campaign_id": self.campaign.id,
            "amount": amount,
            "gateway": self.gateway,
            "giver_kind": GiverKind.INDIVIDUAL,
            "giver_name": "张三",
            "name_is_public": True,
            "contact": "",
            "message": "",
            "operator_mode": "qualified_charity",
        }
        return services.begin_donation(self.session, GUEST, **{**form, **changed})  # type: ignore[arg-type]

    def check_out(self, payment: Payment) -> str:
        """Order the checkout of an attempt and record the answer; the checkout's id."""
        order = services.freeze_order(
            self.session,
            GUEST,
            payment_id=payment.id,
            description="给五社汇的一份心意",
            return_url="https://wushe.example/donations/token",
            cancel_url="https://wushe.example/projects/1/donate",
            locale="zh",
        )
        checkout = self.gateway.create_checkout(order)
        services.record_checkout(
            self.session,
            GUEST,
            payment_id=payment.id,
            remote_id=checkout.remote_id,
            url=checkout.url,
        )
        return checkout.remote_id

    def opened(self, amount: Money = AMOUNT) -> Payment:
        """A gift whose giver stands before the gateway's page."""
        payment = self.begin(amount).payments[0]
        self.check_out(payment)
        return payment

    def hear(self, message: Message, gateway: PaymentGateway | None = None) -> GatewayEvent:
        """Take in one delivery as the webhook does, without applying it."""
        gateway = gateway or self.gateway
        signature = self.gateway.sign(message.body, clock.now())
        notice = gateway.read_notice(message.body, signature, clock.now())
        return services.receive_event(
            self.session, SYSTEM, gateway=gateway, notice=notice, body=message.body
        )

    def apply(self, message: Message) -> EventOutcome:
        """Take in one delivery and let it act."""
        event = self.hear(message)
        return services.apply_event(self.session, SYSTEM, event_id=event.id)

    def entries(self) -> int:
        """How many entries the book has, without the deeds that opened it."""
        query = select(func.count()).where(Entry.kind != EntryKind.DEED)
        return self.session.scalar(query) or 0

    def told(self) -> int:
        """How often the world was told of a settled gift."""
        query = select(func.count()).where(Outbox.event == "donation.settled")
        return self.session.scalar(query) or 0


def open_giving(session: Session, gateway: FakeGateway) -> Giving:
    """A verified charity with a certificate, its book, a fund, a filed plan, an open campaign."""
    region = session.get(Region, "42")
    if region is None:
        region = Region(code="42", name="湖北省", level=1)
        session.add(region)
        session.flush()
    charity = Organisation(
        name="乙慈善会",
        kind=OrganisationKind.ASSOCIATION,
        uscc="51420704MJH000019J",
        region_code=region.code,
        is_charity=True,
        certificate_number="51420704MJH000019JA",
        certificate_from=date(2020, 1, 1),
        state=OrganisationState.VERIFIED,
        registered_at=datetime(2026, 1, 1, tzinfo=UTC),
        verified_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    session.add(charity)
    session.flush()
    book = ledger.open_book(session, SYSTEM, organisation_id=charity.id, name="总账")
    fund = ledger.open_fund(
        session, SYSTEM, book_id=book.id, name="适老化改造", kind=FundKind.PROJECT
    )
    plan = FundraisingPlan(
        charity_id=charity.id,
        number="51420704MJH000019JA26001",
        purpose="适老化改造",
        filed_on=date(2026, 1, 10),
        starts_on=date(2026, 2, 1),
        ends_on=date(2026, 12, 31),
    )
    session.add(plan)
    session.flush()
    campaign = Campaign(
        title="适老化改造",
        charity_id=charity.id,
        plan_id=plan.id,
        fund_id=fund.id,
        mode=FundraisingMode.PUBLIC_ONLINE,
        target=Money.yuan(60_000),
        starts_on=date(2026, 2, 1),
        ends_on=date(2026, 11, 30),
        state=CampaignState.OPEN,
    )
    session.add(campaign)
    session.flush()
    return Giving(session, gateway, campaign)
