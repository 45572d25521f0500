"""The verbs of the months that follow: projects, gifts, spending, the book's evening."""

from __future__ import annotations

import base64
import random
from datetime import timedelta

from sqlalchemy import select

from charity import clock
from charity.actor import Actor
from charity.donations import services as donations
from charity.donations.gateway import NoticeKind
from charity.donations.models import Donation, MonthlyTurn, Payment, TurnState
from charity.ledger import services as ledger
from charity.money import Money
from charity.registry import queries as registry_queries
from charity.registry import services as registry
from charity.registry.models import FundraisingMode, SurplusWay
from charity.registry.plan_drafts import SheetDraft
from charity.spending import queries as spending_queries
from charity.spending import services as spending
from charity.spending.models import CostKind, ExpenseState
from projects.listings import services as listings
from projects.listings.content import ContentFields
from projects.listings.models import Project
from web.demo import pictures, receipts, showcase
from web.demo.plans import (
    DeliveryPlan,
    ExpensePlan,
    FilingPlan,
    FundPlan,
    GiftPlan,
    ProjectPlan,
    dice,
)
from web.demo.stage import OPERATOR_MODE, SYSTEM, Posted, Stage


def file_plan(stage: Stage, plan: FilingPlan) -> None:
    """The charity files a fundraising plan that several campaigns will stand under."""
    registry.file_plan(
        stage.session, stage.actor("reviewer"), charity_id=stage.operator_id,
        number=stage.plan_number(plan.number, plan.filed), purpose=plan.purpose,
        filed_on=stage.day(plan.filed), starts_on=stage.day(plan.starts),
        ends_on=stage.day(plan.ends),
    )  # fmt: skip


def draft(stage: Stage, plan: ProjectPlan) -> None:
    """An organisation writes a project."""
    project = listings.draft_project(
        stage.session,
        stage.actor(plan.owner),
        organisation_id=stage.organisations[plan.owner],
        **content(stage, plan),
    )
    stage.projects[plan.key] = project.id


def submit(stage: Stage, plan: ProjectPlan) -> None:
    """It is sent for review."""
    listings.submit_project(
        stage.session, stage.actor(plan.owner), project_id=stage.projects[plan.key]
    )


def give_back(stage: Stage, plan: ProjectPlan) -> None:
    """The reviewer has questions."""
    number = sum(map(ord, plan.key)) % len(showcase.RETURN_REASONS)
    listings.return_project(
        stage.session, stage.actor("reviewer"), project_id=stage.projects[plan.key],
        reasons=showcase.RETURN_REASONS[number],
    )  # fmt: skip


def publish(stage: Stage, plan: ProjectPlan) -> None:
    """The reviewer of another organisation opens it for gifts."""
    project = listings.publish_project(
        stage.session, stage.actor("reviewer"), project_id=stage.projects[plan.key],
        operator_id=stage.operator_id, operator_mode=OPERATOR_MODE,
    )  # fmt: skip
    stage.posted[plan.key] = _posted(project)


def open_fund(stage: Stage, plan: FundPlan) -> None:
    """A village or street gets its fund in the charity's book, and a campaign for it (FND-02)."""
    reviewer = stage.actor("reviewer")
    name = f"鄂城区慈善总会{plan.place}慈善基金"
    fund = ledger.open_fund(
        stage.session, reviewer, book_id=stage.book_id, name=name, kind=plan.kind
    )
    filed = registry_queries.plan_by_number(
        stage.session, stage.plan_number(plan.plan_number, plan.starts + 14)
    )
    assert filed is not None, "the script files a plan before it opens a fund"  # noqa: S101
    campaign = registry.open_campaign(
        stage.session, reviewer, plan_id=filed.id, charity_id=stage.operator_id, partner_id=None,
        fund_id=fund.id, title=name, target=Money.yuan(plan.target),
        starts_on=stage.day(plan.starts), ends_on=stage.day(plan.ends),
        mode=FundraisingMode.PUBLIC_ONLINE,
    )  # fmt: skip
    stage.posted[plan.key] = Posted(campaign.id)


def give(stage: Stage, plan: GiftPlan) -> None:
    """A visitor gives, and the gateway says how it went."""
    donation = _begin(stage, plan)
    receipts.say(stage, donation, plan)
    remote_id = _check_out(stage, donation)
    if plan.ends_in == "pending":
        return
    _hear(stage, donation, remote_id, failed=plan.ends_in == "failed")


def pay_gifts_of_plan(stage: Stage, plan_id: int) -> None:
    """Who gives every month pays what is due."""
    query = (
        select(Donation)
        .join(MonthlyTurn, MonthlyTurn.donation_id == Donation.id)
        .where(MonthlyTurn.plan_id == plan_id, MonthlyTurn.state == TurnState.DUE)
    )
    for donation in stage.session.scalars(query).all():
        _hear(stage, donation, _check_out(stage, donation), failed=False)


def payment_of(stage: Stage, key: str) -> Payment:
    """The payment of a gift that was told."""
    query = select(Payment).join(Payment.donation)
    number = uuid_of(dice("gift", key))
    return stage.session.scalars(query.where(Donation.client_id == number)).one()


def uuid_of(chance: random.Random) -> str:
    """An id of a form, thrown with these dice."""
    number = f"{chance.getrandbits(128):032x}"
    return "-".join((number[:8], number[8:12], number[12:16], number[16:20], number[20:]))


def _hear(stage: Stage, donation: Donation, remote_id: str, *, failed: bool) -> None:
    """The gateway says how a payment ended."""
    kind = NoticeKind.FAILED if failed else NoticeKind.SUCCEEDED
    gateway, now = stage.gateway, clock.now()
    body = gateway.event_for(remote_id, kind, amount=donation.amount)
    notice = gateway.read_notice(body, gateway.sign(body, now), now)
    event = donations.receive_event(
        stage.session, SYSTEM, gateway=gateway, notice=notice, body=body
    )
    donations.apply_event(stage.session, SYSTEM, event_id=event.id)
    if not failed:
        stage.clearing += donation.amount


def bank(stage: Stage, plan: None) -> None:
    """The gateway pays out what it collected in the week."""
    if stage.clearing:
        ledger.move_to_bank(
            stage.session, stage.actor("treasurer"), book_id=stage.book_id,
            amount=stage.clearing, source=f"clearing:{clock.today()}", occurred_on=clock.today(),
            note="平台收款归集到基本户",
        )  # fmt: skip
        stage.clearing = Money(0)


def seal(stage: Stage, plan: None) -> None:
    """The day is sealed in every book, and the head of the day before is published."""
    for book_id in stage.books.values():
        ledger.seal(stage.session, SYSTEM, book_id=book_id)
    ledger.publish_days(stage.session, SYSTEM, before=clock.today())


def ask(stage: Stage, plan: ExpensePlan) -> None:
    """The organisation hands in a voucher."""
    posted = stage.posted[plan.project]
    day, amount = clock.today() - timedelta(days=1), Money.yuan(plan.yuan)
    chance = dice("account", plan.payee)
    expense = spending.submit_expense(
        stage.session,
        stage.actor(plan.owner),
        budget_line_id=posted.line_ids[plan.line],
        deliverable_id=posted.deliverable_ids[0] if plan.units else None,
        units=plan.units,
        title=plan.title,
        amount=amount,
        payee_name=plan.payee,
        payee_account=f"6228{chance.randrange(10**14, 10**15)}",
        voucher_number=plan.number,
        spent_on=day,
        pictures=[
            pictures.voucher(
                number=plan.number, day=day, title=plan.title, amount=amount, payee=plan.payee
            )
        ],
        files=stage.files,
    )
    stage.expenses[plan.key] = expense.id


def agree(stage: Stage, plan: ExpensePlan) -> None:
    """The first approver agrees."""
    _approve(stage, plan, "approver1")


def agree_too(stage: Stage, plan: ExpensePlan) -> None:
    """The second approver agrees, to a large sum the chair too, and the money is set aside."""
    _approve(stage, plan, "approver2")
    expense = spending_queries.expense(stage.session, stage.expenses[plan.key])
    if expense.state is ExpenseState.SUBMITTED:
        _approve(stage, plan, "chair")


def refuse(stage: Stage, plan: ExpensePlan) -> None:
    """An approver sends it back."""
    spending.return_expense(
        stage.session, stage.actor("approver1"), expense_id=stage.expenses[plan.key],
        reason="票据抬头与收款单位不一致，请核对后重新上传。",
    )  # fmt: skip


def pay(stage: Stage, plan: ExpensePlan) -> None:
    """The treasurer pays."""
    spending.pay_expense(
        stage.session, stage.actor("treasurer"), expense_id=stage.expenses[plan.key],
        paid_on=clock.today(), bank_reference=f"EZ{clock.today():%y%m%d}{plan.number}",
    )  # fmt: skip


def report(stage: Stage, plan: DeliveryPlan) -> None:
    """The organisation says what is done."""
    delivery = spending.report_delivery(
        stage.session, stage.actor(plan.owner),
        deliverable_id=stage.posted[plan.project].deliverable_ids[0],
        units=plan.units, note=plan.note,
    )  # fmt: skip
    stage.deliveries[plan.key] = delivery.id


def accept(stage: Stage, plan: DeliveryPlan) -> None:
    """Somebody of the village's street has looked at it."""
    spending.accept_delivery(
        stage.session, stage.actor(stage.acceptor_of(plan.region_code)),
        delivery_id=stage.deliveries[plan.key], note=plan.answer,
    )  # fmt: skip


def _approve(stage: Stage, plan: ExpensePlan, login: str) -> None:
    spending.approve_expense(stage.session, stage.actor(login), expense_id=stage.expenses[plan.key])


def content(stage: Stage, plan: ProjectPlan) -> ContentFields:
    """What the organisation says of its project."""
    name, unit, each, target = plan.deliverable
    return {
        "title": plan.title,
        "region_code": plan.region_code,
        "category": plan.category,
        "beneficiaries": plan.beneficiaries,
        "beneficiary_count": plan.beneficiary_count,
        "story": plan.story,
        "target": Money.yuan(plan.target),
        "starts_on": stage.day(plan.starts),
        "ends_on": stage.day(plan.ends),
        "plan_number": stage.plan_number(plan.plan_number, plan.plan_filed),
        "plan_filed_on": stage.day(plan.plan_filed),
        "lines": [
            spending.LineDraft(
                line.name,
                CostKind.MANAGEMENT if line.is_management else CostKind.PROGRAMME,
                Money.yuan(line.yuan),
            )
            for line in plan.lines
        ],
        "deliverables": [spending.DeliverableDraft(name, unit, Money.yuan(each), target)],
        "sheet": SheetDraft(
            territory="鄂州市鄂城区",
            responsible_name=stage.actor(plan.owner).name,
            office_address=f"鄂州市鄂城区{plan.place}",
            ways_of_giving="本站在线捐赠、银行转账、现场募集",
            bank_account="鄂城区慈善总会基本存款账户",
            cost=Money(0),
            surplus_way=SurplusWay.SIMILAR_PROJECT,
            surplus_rule="用于鄂城区目的相同或者相近的慈善项目，并在本站公开。",
        ),
    }


def _posted(project: Project) -> Posted:
    assert project.campaign_id is not None, "publishing opens a campaign"  # noqa: S101
    return Posted(
        project.campaign_id,
        tuple(line.id for line in project.budget.lines),
        tuple(item.id for item in project.budget.deliverables),
    )


def _begin(stage: Stage, plan: GiftPlan) -> Donation:
    chance = dice("gift", plan.key)
    return donations.begin_donation(
        stage.session,
        Actor.guest(),
        client_id=uuid_of(chance),
        campaign_id=stage.posted[plan.campaign].campaign_id,
        amount=Money.yuan(plan.yuan),
        gateway=stage.gateway,
        giver_kind=plan.kind,
        giver_name=plan.name,
        name_is_public=plan.is_public,
        message=plan.message,
        operator_mode=OPERATOR_MODE,
        token=base64.urlsafe_b64encode(chance.randbytes(32)).decode().rstrip("="),
        giver_key=chance.randbytes(32).hex(),
        team_id=stage.giving.get(plan.team),
        pledge_id=stage.giving.get(plan.pledge),
    )


def _check_out(stage: Stage, donation: Donation) -> str:
    payment = donations.open_payment(
        stage.session, Actor.guest(), donation_id=donation.id, gateway=stage.gateway
    )
    page = f"{stage.base_url}/donations/{donation.trail_token}"
    order = donations.freeze_order(
        stage.session, SYSTEM, payment_id=payment.id, description="捐赠",
        return_url=page, cancel_url=page, locale="zh",
    )  # fmt: skip
    checkout = stage.gateway.create_checkout(order)
    donations.record_checkout(
        stage.session, SYSTEM, payment_id=payment.id,
        remote_id=checkout.remote_id, url=checkout.url,
    )  # fmt: skip
    return checkout.remote_id
