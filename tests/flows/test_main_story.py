"""A village posts a project, a donor gives, the money is spent, and each fen can be followed."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.donations import checks as donation_checks
from charity.donations.gateway import NoticeKind
from charity.donations.models import DonationState
from charity.errors import Denied, DomainError, Insufficient
from charity.ledger import checks, merkle, queries, tracing
from charity.ledger import services as ledger
from charity.money import Money
from charity.registry.models import OrganisationState
from charity.spending import queries as spending_queries
from charity.spending import services as spending
from projects.listings import queries as listings_queries
from projects.listings import services as listings
from projects.listings.models import Project, ProjectState
from tests.conftest import SetClock
from tests.flows.village import OPERATOR_MODE, SYSTEM, Village, settle


@pytest.fixture
def village(session: Session, clock: SetClock, tmp_path: Path) -> Village:
    return settle(session, tmp_path)


def test_the_main_story(session: Session, village: Village, clock: SetClock) -> None:
    # A social organisation registers, is verified, and posts a project.
    partner = village.register_partner()
    assert partner.state is OrganisationState.PENDING
    with pytest.raises(DomainError):
        village.draft(partner)
    village.verify(partner)
    project = village.draft(partner)
    listings.submit_project(session, village.actor("partner"), project_id=project.id)

    # A reviewer of another organisation returns it with reasons, then publishes it.
    listings.return_project(
        session, village.actor("reviewer"), project_id=project.id, reasons="请写明安装人工的单价"
    )
    assert project.state is ProjectState.RETURNED
    village.publish(project)
    assert project.campaign is not None

    # Visitors give; the second message about a gift changes nothing.
    clock.advance(days=3)
    gifts = [village.give(project, yuan) for yuan in ("200", "3000", "1500.50")]
    assert village.hear(gifts[0], NoticeKind.SUCCEEDED) in {"applied", "ignored"}
    assert village.hear(gifts[1], NoticeKind.EXPIRED) == "ignored"
    fund_id = project.campaign.fund_id
    assert queries.fund_position(session, fund_id).raised == Money.yuan("4700.50")
    village.bank("4700.50")

    # The partner hands in an invoice; two persons agree; a third pays.
    clock.advance(days=20)
    expense = village.submit(project, "3000", 1, "记-03-0001")
    village.approve_and_pay(expense)
    position = queries.fund_position(session, fund_id)
    assert (position.spent, position.in_hand) == (Money.yuan("3000"), Money.yuan("1700.50"))

    # The village accepts what was done; only that is progress.
    delivery = spending.report_delivery(
        session,
        village.actor("partner"),
        deliverable_id=project.budget.deliverables[0].id,
        units=1,
        note="三组一户",
    )
    progress = spending_queries.deliverable_progress(session, [project.budget_id])
    assert [(p.claimed, p.accepted) for p in progress[project.budget_id]] == [(1, 0)]
    spending.accept_delivery(
        session, village.actor("village"), delivery_id=delivery.id, note="看过了, 牢固"
    )
    progress = spending_queries.deliverable_progress(session, [project.budget_id])
    assert [p.accepted for p in progress[project.budget_id]] == [1]

    # Each giver sees, to the fen, what the gift has paid and what is left.
    trails = [listings_queries.donation_trail(session, gift) for gift in gifts]
    assert [trail.spent.fen for trail in trails] == [20_000, 280_000, 0]
    assert [trail.unspent.fen for trail in trails] == [0, 20_000, 150_050]
    flow = listings_queries.flow_of_project(session, project.id)
    assert flow.raised == Money.yuan("4700.50")
    assert flow.unspent == Money.yuan("1700.50")

    # Sealed, proved, verified: three gifts, two payments, and the book and the fund opened.
    assert ledger.seal(session, SYSTEM, book_id=village.book.id) == 3 + 2 + 2
    proof = tracing.proof_of_entry(session, gifts[0].entry_id or 0)
    assert proof is not None
    assert merkle.root_of_proof(proof.leaf, proof.steps) == proof.seal.root
    assert checks.verify(session) == []
    assert donation_checks.verify(session) == []


@pytest.fixture
def funded(village: Village, clock: SetClock) -> Village:
    """The story up to a published project with 1,000 yuan in hand and at the bank."""
    partner = village.register_partner()
    village.verify(partner)
    project = village.draft(partner)
    village.publish(project)
    village.give(project, "1000")
    village.bank("1000")
    return village


def only_project(session: Session) -> Project:
    """The one project the story has published."""
    return listings_queries.project(session, listings_queries.published_page(session).items[0].id)


def test_nobody_takes_two_parts(session: Session, funded: Village) -> None:
    """Submitter, approvers and payer are different persons; nobody accepts their own work."""
    project = only_project(session)
    expense = funded.submit(project, "600", 1, "记-1")
    with pytest.raises(Denied):
        spending.approve_expense(session, funded.actor("partner"), expense_id=expense.id)
    spending.approve_expense(session, funded.actor("approver one"), expense_id=expense.id)
    with pytest.raises(DomainError):
        spending.approve_expense(session, funded.actor("approver one"), expense_id=expense.id)
    with pytest.raises(DomainError):
        spending.pay_expense(
            session,
            funded.actor("treasurer"),
            expense_id=expense.id,
            paid_on=house_clock.today(),
            bank_reference="B-1",
        )
    delivery = spending.report_delivery(
        session,
        funded.actor("partner"),
        deliverable_id=project.budget.deliverables[0].id,
        units=1,
        note="",
    )
    for name in ("partner", "treasurer", "auditor"):
        with pytest.raises(DomainError):
            spending.accept_delivery(session, funded.actor(name), delivery_id=delivery.id, note="")


def test_more_than_is_in_hand_cannot_be_asked_for(session: Session, funded: Village) -> None:
    project = only_project(session)
    with pytest.raises(Insufficient) as refusal:
        funded.submit(project, "1000.01", 1, "记-1")
    assert refusal.value.field == "amount"
    first, second = (
        funded.submit(project, "700", 1, "记-2"),
        funded.submit(project, "300", 1, "记-3"),
    )
    for expense in (first, second):
        funded.approve_and_pay(expense)
    assert queries.fund_position(session, project.campaign.fund_id).in_hand == Money(0)
    assert checks.verify(session) == []


def test_a_late_success_counts_once(session: Session, funded: Village) -> None:
    """Failed, then succeeded after all: one entry, one settled gift, whatever comes after."""
    project = only_project(session)
    gift = funded.begin_gift(project, "88")
    funded.pay_gift(gift, NoticeKind.FAILED)
    assert gift.state is not DonationState.SETTLED
    funded.hear(gift, NoticeKind.SUCCEEDED)
    for kind in (NoticeKind.SUCCEEDED, NoticeKind.EXPIRED, NoticeKind.FAILED):
        funded.hear(gift, kind)
    assert gift.state is DonationState.SETTLED
    position = queries.fund_position(session, project.campaign.fund_id)
    assert (position.raised, position.gifts) == (Money.yuan("1088"), 2)
    sources = [row.source for row in queries.entries_page(session, funded.book.id).items]
    assert len(sources) == len(set(sources))


def test_no_gift_after_the_campaign(session: Session, funded: Village, clock: SetClock) -> None:
    project = only_project(session)
    clock.advance(days=151)
    with pytest.raises(DomainError):
        funded.begin_gift(project, "10")


def test_the_reviewer_is_of_another_organisation(session: Session, village: Village) -> None:
    partner = village.register_partner()
    village.verify(partner)
    project = village.draft(partner)
    listings.submit_project(session, village.actor("partner"), project_id=project.id)
    for name in ("partner", "staff", "auditor"):
        with pytest.raises(DomainError):
            listings.publish_project(
                session,
                village.actor(name),
                project_id=project.id,
                operator_id=village.operator.id,
                operator_mode=OPERATOR_MODE,
            )
    assert project.campaign_id is None
