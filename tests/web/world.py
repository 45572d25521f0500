"""One of everything, for tests that walk the whole site: things by name, people by class.

The names are those the samples of web/security/routes.py use.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts.models import User
from charity.actor import Actor, Grant, Role
from charity.donations import services as donations
from charity.donations.fitness import ItemDraft
from charity.donations.models import (
    Donation,
    ExclusionCause,
    FlagKind,
    GiverKind,
    GoodsCondition,
    InKindKind,
    Match,
    MatchFlag,
    MatchReturn,
    PledgeKind,
    TeamKind,
)
from charity.donations.sandbox_gateway import SandboxGateway
from charity.files import LocalFileStore
from charity.ledger import queries as ledger
from charity.ledger import services as ledger_services
from charity.ledger.models import Entry, FundKind, SealedEntry
from charity.money import Money
from charity.registry import services as registry
from charity.registry.models import Capacity, FundraisingMode, OrganisationState
from charity.spending import services as spending
from charity.spending.models import Expense
from projects.listings.models import Project
from tests.factories import make_actor, make_organisation
from tests.fixtures.pictures import good_jpeg
from tests.projects.listings.village import MODE, VILLAGE, Village, make_village
from tests.web.world_audits import make_audits
from tests.web.world_budgets import make_budgets
from tests.web.world_complaints import make_complaints
from tests.web.world_departures import make_departures
from tests.web.world_disclosure import make_disclosure
from tests.web.world_ending import make_ending
from tests.web.world_fieldwork import make_fieldwork
from tests.web.world_forces import make_forces
from tests.web.world_giving_back import make_giving_back
from tests.web.world_homeland import make_homeland
from tests.web.world_imports import make_listing_import
from tests.web.world_judging import make_judging
from tests.web.world_needs import make_needs
from tests.web.world_payments import make_payments
from tests.web.world_project_life import make_project_life
from tests.web.world_related import make_related
from tests.web.world_resources import make_resources
from tests.web.world_standing import make_standing
from tests.web.world_statements import make_statements
from tests.web.world_ventures import make_ventures
from web.config import DEMO_OPERATOR
from web.security.access import Who


@dataclass
class World:
    """Things by the names of the policy table's samples, and a login name per class of actor."""

    things: dict[str, int | str]
    people: dict[Who, str]

    def arguments(self, sample: dict[str, str]) -> dict[str, int | str]:
        """A sample's arguments with names replaced by ids; other words stand for themselves."""
        return {key: self.things.get(name, name) for key, name in sample.items()}


def make_world(session: Session, folder: Path) -> World:
    """Build it through the services, and commit."""
    village = make_village(session)
    village.operator.uscc = DEMO_OPERATOR
    other = make_organisation(session, name="东湖志愿者协会")
    people = _people(session, village, other.id)
    things = _projects(session, village, folder) | {
        "organisation": village.partner.id,
        "other_organisation": other.id,
        "operator": village.operator.id,
        "pending_organisation": _pending(session),
        "returned_organisation": make_organisation(
            session, name="退回的组织", state=OrganisationState.RETURNED
        ).id,
        "region": VILLAGE,
    }
    things |= make_homeland(
        session,
        operator_id=village.operator.id,
        partner_id=village.partner.id,
        staff_login=people[Who.STAFF],
        code=VILLAGE,
    )
    things |= make_listing_import(folder)
    things |= make_forces(session, folder, village.partner.id, VILLAGE)
    things |= make_standing(session, village.partner.id, LocalFileStore(folder))
    things |= make_needs(session, village.partner.id, other.id, VILLAGE)
    things |= make_resources(session, village.partner.id, other.id, int(things["need"]), VILLAGE)
    things |= make_disclosure(session, int(things["campaign"]))
    things |= make_complaints(session, int(things["campaign"]))
    things |= make_ventures(
        session, folder, village.partner.id, other.id, village.operator.id, int(things["need"])
    )
    things |= make_judging(
        session,
        folder,
        people[Who.USER],
        village.partner.id,
        other.id,
        village.operator.id,
    )
    things |= make_fieldwork(
        session,
        folder,
        organisation_id=village.partner.id,
        expense_id=int(things["paid_expense"]),
        inspector_login=people[Who.INSPECTOR],
    )
    things |= make_audits(
        session,
        LocalFileStore(folder),
        organisation_id=village.partner.id,
        staff=make_actor(session, Grant(Role.OWNER, organisation_id=village.partner.id)),
    )
    session.commit()
    return World(things, people)


def _people(session: Session, village: Village, other_id: int) -> dict[Who, str]:
    partner, operator = village.partner.id, village.operator.id
    held = {
        Who.STAFF: Grant(Role.OWNER, organisation_id=partner),
        Who.OTHER_STAFF: Grant(Role.OWNER, organisation_id=other_id),
        Who.REVIEWER: Grant(Role.REVIEWER, region_code="420704"),
        Who.VERIFIER: Grant(Role.VERIFIER, organisation_id=operator),
        Who.APPROVER: Grant(Role.APPROVER, organisation_id=operator),
        Who.TREASURER: Grant(Role.TREASURER, organisation_id=operator),
        Who.ACCEPTOR: Grant(Role.ACCEPTOR, region_code=VILLAGE),
        Who.DISPATCHER: Grant(Role.DISPATCHER, region_code="420704"),
        Who.AUDITOR: Grant(Role.AUDITOR),
        Who.REGULATOR: Grant(Role.REGULATOR, region_code="420704"),
        Who.INSPECTOR: Grant(Role.INSPECTOR, region_code="420704"),
        Who.ADMINISTRATOR: Grant(Role.ADMINISTRATOR),
    }
    people = {Who.USER: make_actor(session)}
    people |= {who: make_actor(session, grant) for who, grant in held.items()}
    # the other staff's organisation runs competitions too
    runs = Grant(Role.ORGANISER, organisation_id=other_id)
    other_staff = session.get(User, people[Who.OTHER_STAFF].user_id)
    make_actor(session, runs, user=other_staff)
    return {who: _login(session, actor) for who, actor in people.items()}


def _login(session: Session, actor: Actor) -> str:
    user = session.get(User, actor.user_id)
    assert user is not None
    return user.login_name


def _pending(session: Session) -> int:
    return make_organisation(session, name="等待核验的组织", state=OrganisationState.PENDING).id


def _projects(session: Session, village: Village, folder: Path) -> dict[str, int | str]:
    published = village.published()
    donation = village.give(published, Money.yuan(5_000), name="王建国")
    village.settle()
    paid = village.spend(published, Money.yuan(1_000), folder, units=1)
    village.settle()
    approved = _ask(village, published, folder, 2)
    for approver in village.approvers:
        spending.approve_expense(session, approver, expense_id=approved.id)
    submitted = _ask(village, published, folder, 1)
    returned = _ask(village, published, folder, 3)
    spending.return_expense(
        session, village.approvers[0], expense_id=returned.id, reason="发票看不清，请重拍。"
    )
    unpaid = _unpaid(session, published)
    promised = _promises(session, published, folder)
    certificate = donations.issue_certificate(
        session, Actor.guest(), token=donation.trail_token, code="AB23CD45EF67"
    )
    targeted, member = _targeted(session, village)
    together = _together(session, village, published)
    draft = village.draft(plan_number="51420704MJH000019JA26015")
    waiting = village.submitted(plan_number="51420704MJH000019JA26016")
    deliverable = published.budget.deliverables[0]
    delivery = spending.report_delivery(
        session, village.editor, deliverable_id=deliverable.id, units=1, note="装好一户"
    )
    book = ledger.book_of(session, village.operator.id)
    entry = session.scalars(
        select(Entry.id).join(SealedEntry, SealedEntry.entry_id == Entry.id).order_by(Entry.id)
    ).first()
    assert entry is not None
    assert published.campaign is not None
    pooled = _pool(session, village, published)
    return {
        "published_project": published.id,
        "draft_project": draft.id,
        "targeted_project": targeted.id,
        "member": member,
        **together,
        "submitted_project": waiting.id,
        "campaign": published.campaign.id,
        "fund": published.campaign.fund_id,
        "budget_line": published.budget.lines[0].id,
        "deliverable": deliverable.id,
        "delivery": delivery.id,
        "donation": donation.trail_token,
        "donation_id": donation.id,
        "unpaid_donation": unpaid.trail_token,
        "certificate_code": certificate.code,
        "checkout": unpaid.payments[0].remote_id or "",
        "remote": donation.payments[0].remote_id or "",
        "gateway": village.gateway.name,
        "expense": submitted.id,
        "approved_expense": approved.id,
        "paid_expense": paid.id,
        "returned_expense": returned.id,
        "voucher": submitted.vouchers[0].id,
        "paid_voucher": paid.vouchers[0].id,
        "book": book.id,
        "entry": entry,
        "sealed_entry": entry,
        **promised,
        **make_statements(session, folder, published),
        **make_related(session, village, published, folder),
        **make_departures(session, village, published, folder),
        **make_giving_back(session, donation, village.operator.id, village.gateway),
        **pooled,
        **make_payments(session, village, published, folder),
        **make_ending(session, published, donation, village.editor, village.operator.id, book.id),
        **make_project_life(session, folder, published, village.editor, village.acceptor),
        **make_budgets(session, published, village.editor, village.treasurer, village.operator.id),
    }


def _pool(session: Session, village: Village, project: Project) -> dict[str, int | str]:
    """An open matching pool with one gift decided, one question, one giver left out."""
    system, treasurer = Actor.system("world"), village.treasurer
    book_id = ledger.book_of(session, village.operator.id).id
    fund = ledger_services.open_fund(
        session, system, book_id=book_id, name="九月配捐池", kind=FundKind.MATCHING_POOL
    )
    ledger_services.post_gift(
        session,
        system,
        fund_id=fund.id,
        amount=Money.yuan(1_000),
        source="world:sponsor",
        occurred_on=clock.today(),
        giver=ledger_services.Giver("world:sponsor", "enterprise"),
    )
    terms = donations.Terms(
        total=Money.yuan(1_000),
        starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(days=20),
        cap_per_gift=Money.yuan(200),
    )
    pool = donations.create_pool(
        session,
        treasurer,
        fund_id=fund.id,
        name="九月配捐",
        sponsor_name="洪港五金店",
        terms=terms,
        campaign_ids=[project.campaign_id or 0],
        salt=b"w" * 32,
    )
    donations.open_pool(session, treasurer, pool_id=pool.id)
    village.give(project, Money.yuan(100), name="李红")
    donations.allot(session, system, pool_id=pool.id)
    match = session.scalars(select(Match).where(Match.pool_id == pool.id)).one()
    question = MatchFlag(
        pool_id=pool.id,
        kind=FlagKind.CLUSTER,
        subject=f"campaign:{match.campaign_id}:w",
        facts={"positions": [1], "minute": "2026-03-16T02:00", "gift": 10_000},
        raised_at=clock.now(),
    )
    back = MatchReturn(
        pool_id=pool.id,
        match_id=match.id,
        asked_at=clock.now(),
        done_at=clock.now(),
        after_position=1,
        amount=Money(0),
        short=Money.yuan(1),
    )
    session.add_all([question, back])
    session.flush()
    left_out = donations.exclude(
        session,
        treasurer,
        pool_id=pool.id,
        giver_key="f" * 64,
        cause=ExclusionCause.GOVERNMENT_MONEY,
        note="街道办的钱",
    )
    return {
        "pool": pool.id,
        "match_flag": question.id,
        "match_return": back.id,
        "pool_exclusion": left_out.id,
    }


def _promises(session: Session, project: Project, folder: Path) -> dict[str, int | str]:
    """A promise of money, one of hours with a report of time, and an offer of goods."""
    guest, campaign_id = Actor.guest(), project.campaign_id or 0
    said: dict[str, Any] = {
        "campaign_id": campaign_id,
        "promised_by": clock.today() + timedelta(days=30),
        "giver": donations.Promiser(name="陈桂香", contact="chen@example.org"),
        "operator_mode": MODE,
    }
    pledge = donations.make_pledge(
        session,
        guest,
        client_id=str(uuid.uuid4()),
        kind=PledgeKind.MONEY,
        amount=Money.yuan(600),
        **said,
    )
    hours_pledge = donations.make_pledge(
        session, guest, client_id=str(uuid.uuid4()), kind=PledgeKind.HOURS, quantity=480, **said
    )
    hours = donations.report_hours(
        session,
        guest,
        pledge_id=hours_pledge.id,
        client_id=str(uuid.uuid4()),
        worked_on=clock.today(),
        minutes=90,
        by=donations.Side.GIVER,
        note="量尺寸",
    )
    offer = donations.offer(
        session,
        guest,
        client_id=str(uuid.uuid4()),
        campaign_id=campaign_id,
        kind=InKindKind.GOODS,
        items=[ItemDraft(name="防滑垫", quantity=26, unit="块", condition=GoodsCondition.NEW)],
        giver=donations.Promiser(name="洪港五金店", contact="13800001111"),
        handover="村委会院子",
        handover_on=clock.today() + timedelta(days=3),
        operator_mode=MODE,
    )
    digest = LocalFileStore(folder).put(good_jpeg())
    donations.attach_photo(session, guest, item_id=offer.items[0].id, digest=digest)
    return {
        "pledge": pledge.token,
        "pledge_id": pledge.id,
        "hours_pledge": hours_pledge.token,
        "hours_pledge_id": hours_pledge.id,
        "hours": hours.id,
        "offer": offer.token,
        "offer_id": offer.id,
        "offer_item": offer.items[0].id,
    }


def _together(session: Session, village: Village, project: Project) -> dict[str, int | str]:
    """A monthly plan, a team and a season of one project."""
    guest, campaign_id = Actor.guest(), project.campaign_id or 0
    plan = donations.start_plan(
        session,
        guest,
        client_id=str(uuid.uuid4()),
        campaign_id=campaign_id,
        amount=Money.yuan(50),
        day_of_month=10,
        giver=donations.Promiser(contact="li@example.org"),
        gateway=village.gateway,
        operator_mode=MODE,
    )
    team = donations.found_team(
        session,
        guest,
        client_id=str(uuid.uuid4()),
        campaign_id=campaign_id,
        kind=TeamKind.VILLAGERS_AWAY,
        name="在外乡亲",
        captain_name="老杜",
        operator_mode=MODE,
    )
    staff = make_actor(session, Grant(Role.OWNER, organisation_id=village.operator.id))
    operator_id = village.operator.id
    season = donations.plan_season(
        session,
        staff,
        operator_id=operator_id,
        name="数字公益节",
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        organiser_ids=[operator_id],
    )
    season_id = season.id
    donations.join_season(
        session, staff, operator_id=operator_id, season_id=season_id, campaign_id=campaign_id
    )
    donations.publish_season(session, staff, operator_id=operator_id, season_id=season_id)
    return {
        "monthly_plan": plan.token,
        "team": team.code,
        "captain": team.captain_token,
        "season": season_id,
    }


def _targeted(session: Session, village: Village) -> tuple[Project, int]:
    """A project for members only, and the one member it has."""
    project = village.published(
        title="理事会定向募捐",
        plan_number="51420704MJH000019JA26017",
        mode=FundraisingMode.TARGETED,
    )
    member = make_actor(session)
    registry.add_member(
        session,
        make_actor(session, Grant(Role.TREASURER, organisation_id=village.operator.id)),
        campaign_id=project.campaign_id or 0,
        person_id=member.person_id or 0,
        capacity=Capacity.COUNCIL,
    )
    return project, member.person_id or 0


def _unpaid(session: Session, project: Project) -> Donation:
    """A gift that stands at the sandbox gateway, not paid yet."""
    gateway, guest = SandboxGateway("a secret of this world"), Actor.guest()
    donation = donations.begin_donation(
        session,
        guest,
        client_id=str(uuid.uuid4()),
        campaign_id=project.campaign_id or 0,
        amount=Money.yuan(30),
        gateway=gateway,
        giver_kind=GiverKind.INDIVIDUAL,
        operator_mode=MODE,
    )
    payment = donation.payments[0]
    here = f"http://localhost/donations/{donation.trail_token}"
    order = donations.freeze_order(
        session,
        guest,
        payment_id=payment.id,
        description="一份心意",
        return_url=f"{here}?back=1",
        cancel_url=here,
        locale="zh",
    )
    checkout = gateway.create_checkout(order)
    donations.record_checkout(
        session, guest, payment_id=payment.id, remote_id=checkout.remote_id, url=checkout.url
    )
    return donation


def _ask(village: Village, project: Project, folder: Path, number: int) -> Expense:
    """An expense that waits for agreement."""
    return spending.submit_expense(
        village.session,
        village.editor,
        budget_line_id=project.budget.lines[0].id,
        deliverable_id=None,
        units=None,
        title=f"待批支出 {number}",
        amount=Money.yuan(100 * number),
        payee_name="鄂州康护器材有限公司",
        payee_account="6222020200001234567",
        voucher_number=f"WAIT{number:06d}",
        spent_on=clock.today(),
        pictures=[good_jpeg()],
        files=LocalFileStore(folder),
    )
