"""A village's fund, the places help flows to first, and all help counted side by side."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.donations import services as donations
from charity.donations.models import PledgeKind
from charity.donations.services.promisers import Promiser
from charity.errors import Conflict, Denied, Invalid, InvalidState
from charity.ledger import queries as ledger
from charity.ledger.models import Fund, FundKind
from charity.letters import Letter
from charity.money import Money
from charity.outbox import Outbox
from charity.registry.models import Organisation, OrganisationKind, OrganisationState
from projects.listings.models import (
    VILLAGE_FUND_TRANSITIONS,
    BeneficiaryGroup,
    Claim,
    ClaimOrigin,
    ClaimState,
    ListingCategory,
    Need,
    NeedState,
    ResourceKind,
    ServiceRecord,
    Urgency,
    VillageFund,
    VillageFundState,
)
from projects.listings.queries import help as helping
from projects.listings.queries import homeland as queries
from projects.listings.queries import priority as areas
from projects.listings.services import homeland, priority
from projects.listings.services.pairing import Helped, end_pairing
from tests.factories import make_actor, make_organisation, make_region, make_user
from tests.projects.listings.village import MODE, VILLAGE, Village
from tests.web.world_homeland import begin

WORDS = "全村 210 户，想先把村口的路灯装上。"


def committee(session: Session, **changed: Any) -> Organisation:
    """The collective of the village, unless changed."""
    kind = changed.pop("kind", OrganisationKind.VILLAGE_COLLECTIVE)
    return make_organisation(session, kind=kind, **({"region_code": VILLAGE} | changed))


def owner(session: Session, organisation: Organisation) -> Actor:
    return make_actor(session, Grant(Role.OWNER, organisation_id=organisation.id))


def claim(session: Session, actor: Actor, of: Organisation, **changed: Any) -> VillageFund:
    said: dict[str, Any] = {"region_code": VILLAGE, "committee_id": of.id, "introduction": WORDS}
    return homeland.claim_village_fund(session, actor, **(said | changed))


def agree(village: Village, actor: Actor, fund: VillageFund) -> VillageFund:
    return homeland.agree_village_fund(
        village.session, actor, village_fund_id=fund.id, operator_id=village.operator.id,
        fund_name="慈善总会凤凰街道洪港村村社互助基金",
    )  # fmt: skip


# ── claiming ─────────────────────────────────────────────────────────────────────────────────────


def test_a_village_claims_and_the_book_opens_its_fund(village: Village) -> None:
    session = village.session
    body = committee(session)
    mayor = owner(session, body)
    fund = claim(session, mayor, body)
    assert fund.state is VillageFundState.ASKED
    with pytest.raises(Conflict):
        claim(session, mayor, body)
    with pytest.raises(Denied):
        agree(village, mayor, fund)
    homeland.return_village_fund(
        session, village.reviewer, village_fund_id=fund.id, note="请写明谁管钥匙"
    )
    with pytest.raises(InvalidState):
        agree(village, village.reviewer, fund)
    claim(session, mayor, body, introduction=WORDS + "钥匙归老年协会管。")
    agree(village, village.reviewer, fund)
    opened = session.get(Fund, fund.fund_id)
    assert opened is not None
    assert opened.kind is FundKind.VILLAGE_MUTUAL_AID
    assert opened.book_id == ledger.book_of(session, village.operator.id).id
    told = session.scalars(select(Outbox.event).where(Outbox.event.like("village_fund.%")))
    assert list(told)[-2:] == ["village_fund.asked", "village_fund.agreed"]
    head = queries.village_head(session, VILLAGE, clock.today())
    assert head.fund is fund
    money = queries.village_projects(session, head).money
    assert money.own is not None
    assert money.came == Money(0)


def test_who_keeps_the_register_of_the_county_agrees_too(village: Village) -> None:
    session = village.session
    body = committee(session)
    fund = claim(session, owner(session, body), body)
    elsewhere = make_actor(session, Grant(Role.VERIFIER, region_code="420703"))
    for nobody in (village.editor, village.treasurer, elsewhere):
        with pytest.raises(Denied):
            agree(village, nobody, fund)
    keeper = make_actor(session, Grant(Role.VERIFIER, region_code="420704"))
    assert agree(village, keeper, fund).decided_by_user_id == keeper.user_id


@pytest.mark.parametrize(
    ("changed", "said", "refusal"),
    [
        ({"kind": OrganisationKind.SOCIAL_SERVICE_ORG}, {}, Denied),
        ({"state": OrganisationState.PENDING}, {}, Denied),
        ({"region_code": "420704001"}, {}, Invalid),
        ({"region_code": "420704001"}, {"region_code": "420704001"}, Invalid),
        ({}, {"introduction": " "}, Invalid),
    ],
)
def test_only_the_villages_own_verified_body_claims(
    village: Village, changed: dict[str, Any], said: dict[str, Any], refusal: type[Exception]
) -> None:
    body = committee(village.session, **changed)
    with pytest.raises(refusal):
        claim(village.session, owner(village.session, body), body, **said)


@pytest.mark.parametrize("held", list(VillageFundState))
@pytest.mark.parametrize("wanted", list(VillageFundState))
def test_the_steps_of_a_claim_are_those_of_the_table(
    held: VillageFundState, wanted: VillageFundState
) -> None:
    fund = VillageFund(state=held)
    if wanted in VILLAGE_FUND_TRANSITIONS[held]:
        fund.move_to(wanted)
        assert fund.state is wanted
    else:
        with pytest.raises(InvalidState):
            fund.move_to(wanted)


# ── money and help ───────────────────────────────────────────────────────────────────────────────


def make_need(village: Village, *, kind: ResourceKind, **changed: Any) -> Need:
    """An open need of the village, as a row."""
    need = Need(
        client_id=str(uuid.uuid4()), token=uuid.uuid4().hex, title="护河员", kind=kind,
        category=ListingCategory.SAFETY, beneficiary_group=BeneficiaryGroup.RESIDENTS,
        region_code=VILLAGE, starts_on=clock.today(), urgency=Urgency.NORMAL,
        state=NeedState.OPEN, posted_at=clock.now(), **changed,
    )  # fmt: skip
    village.session.add(need)
    village.session.flush()
    return need


def adopt(village: Village, need: Need, state: ClaimState, minutes: int, *, both: bool) -> None:
    """A claim of a need with hours given, confirmed by both sides or only by the unit."""
    now = clock.now()
    claimed = Claim(
        client_id=str(uuid.uuid4()), need_id=need.id, organisation_id=village.partner.id,
        origin=ClaimOrigin.UNIT, quantity=need.quantity, state=state, proposed_at=now,
        answer_due_at=now,
    )  # fmt: skip
    village.session.add(claimed)
    village.session.flush()
    village.session.add(
        ServiceRecord(
            client_id=str(uuid.uuid4()), claim_id=claimed.id, delivered_on=clock.today(),
            minutes=minutes, reported_at=now, unit_confirmed_at=now,
            need_confirmed_at=now if both else None,
        )
    )  # fmt: skip
    village.session.flush()


def test_money_goods_hours_and_posts_stand_side_by_side(village: Village, tmp_path: Path) -> None:
    session, project = village.session, village.published()
    village.give(project, Money.yuan(5_000))
    village.settle()
    village.spend(project, Money.yuan(1_200), tmp_path)
    village.settle()
    said: dict[str, Any] = {
        "campaign_id": project.campaign_id, "promised_by": clock.today(), "giver": Promiser(),
        "operator_mode": MODE,
    }  # fmt: skip
    for kind, more in (
        (PledgeKind.MONEY, {"amount": Money.yuan(300)}),
        (PledgeKind.GOODS, {"quantity": 20, "goods": "水泥", "unit": "袋"}),
        (PledgeKind.HOURS, {"quantity": 480}),
    ):
        donations.make_pledge(
            session, Actor.guest(), client_id=str(uuid.uuid4()), kind=kind, **said, **more
        )
    hours, post = ResourceKind.HOURS, {"is_post": True, "quantity": 600}
    mine = make_need(village, kind=hours, project_id=project.id, quantity=1200, promised=240)
    adopted, free = make_need(village, kind=hours, **post), make_need(village, kind=hours, **post)
    adopt(village, adopted, ClaimState.ACCEPTED, 60, both=True)
    adopt(village, free, ClaimState.PROPOSED, 999, both=False)
    adopt(village, mine, ClaimState.ACCEPTED, 90, both=True)

    head = queries.village_head(session, VILLAGE, clock.today())
    found = queries.village_projects(session, head)
    assert found.money.came == Money.yuan(5_000)
    assert (found.money.went, found.money.left) == (Money.yuan(1_200), Money.yuan(3_800))
    both = queries.help_in_village(session, VILLAGE, found)
    assert (both.money.promised, both.money.arrived) == (30_000, 500_000)
    assert [(each.name, each.promised, each.unit) for each in both.goods] == [("水泥", 20, "袋")]
    assert (both.hours.promised, both.hours.arrived) == (480 + 240, 150)
    assert both.hours.target == 2400
    assert both.posts == helping.Posts(wanted=2, adopted=1)
    own = helping.labour_of_projects(session, [project.id])
    assert own == helping.Labour(wanted=1200, promised=240, arrived=90)


# ── places help flows to first ───────────────────────────────────────────────────────────────────


def test_a_priority_area_holds_what_is_below_it_on_its_days(village: Village) -> None:
    session, today = village.session, clock.today()
    keeper = make_actor(session, Grant(Role.VERIFIER, region_code="4207"))
    source = "https://example.org/list"

    def mark(code: str, since: date, until: date | None = None, actor: Actor = keeper) -> int:
        return priority.mark_priority_area(
            session, actor, region_code=code, since=since, until=until, source_url=source
        ).id

    with pytest.raises(Denied):
        mark("420704001", today, actor=village.reviewer)
    area = mark("420704001", today - timedelta(days=10))
    with pytest.raises(Conflict):
        mark("420704001", today + timedelta(days=100))
    with pytest.raises(Invalid):
        mark("420703", today, today - timedelta(days=1))
    found = areas.priority_of(session, VILLAGE, today)
    assert found is not None
    assert found.id == area
    assert areas.priority_of(session, VILLAGE, today - timedelta(days=11)) is None
    assert areas.priority_of(session, "420703", today) is None
    priority.end_priority_area(session, keeper, area_id=area, until=today - timedelta(days=1))
    assert areas.priority_of(session, VILLAGE, today) is None
    with pytest.raises(InvalidState):
        priority.end_priority_area(session, keeper, area_id=area, until=today)


def test_the_share_of_help_is_that_of_the_days_in_force(village: Village) -> None:
    session, today = village.session, clock.today()
    make_region(session, "420704002001", "杜山村")
    here = village.published()
    there = village.published(region_code="420704002001", title="杜山村的路灯", plan_number="P2")
    village.give(here, Money.yuan(300))
    village.give(there, Money.yuan(100))
    need = make_need(village, kind=ResourceKind.HOURS)
    adopt(village, need, ClaimState.ACCEPTED, 60, both=True)
    adopt(village, need, ClaimState.ACCEPTED, 60, both=False)
    keeper = make_actor(session, Grant(Role.VERIFIER))
    nothing = areas.priority_share(session, today.year)
    assert (nothing.money.whole, nothing.money.there) == (40_000, 0)
    priority.mark_priority_area(
        session, keeper, region_code="420704001", since=today, source_url="https://example.org"
    )
    share = areas.priority_share(session, today.year)
    assert share.money == areas.Share(40_000, 30_000)
    assert share.money.per_ten_thousand == 7_500
    assert share.minutes == areas.Share(60, 60)
    assert areas.priority_share(session, today.year - 1).minutes.per_ten_thousand is None


def test_letters_follow_a_claim_and_a_pairing(village: Village) -> None:
    """Who decides, the village and the unit are written to; nobody who is helped is named."""
    session = village.session
    body = committee(session)
    body.contact_phone = "village@example.org"
    mayor = owner(session, body)
    keeper = make_user(session, login_name="keeper@example.org")
    make_actor(session, Grant(Role.REVIEWER, region_code="420704"), user=keeper)
    fund = claim(session, mayor, body)
    homeland.return_village_fund(
        session, village.reviewer, village_fund_id=fund.id, note="请写明谁管钥匙"
    )
    with clock.at(clock.now() + timedelta(days=1)):
        claim(session, mayor, body)
        agree(village, village.reviewer, fund)
    begun = begin(
        session, village.partner.id, VILLAGE, actor=village.editor,
        helped=Helped(name="张三丰", identity="11010519491231002X"),
    )  # fmt: skip
    end_pairing(session, village.editor, pairing_id=begun.id, result="五件办了三件")
    kinds = ("village_fund.%", "pairing.%")
    query = select(Letter).where(or_(*(Letter.kind.like(kind) for kind in kinds)))
    told = [(each.kind, each.address) for each in session.scalars(query.order_by(Letter.id))]
    assert told == [
        ("village_fund.asked", "keeper@example.org"),
        ("village_fund.returned", "village@example.org"),
        ("village_fund.asked", "keeper@example.org"),
        ("village_fund.agreed", "village@example.org"),
        ("pairing.begun", "village@example.org"),
        ("pairing.ended", "village@example.org"),
    ]
    assert "张" not in str([each.data for each in session.scalars(query)])
