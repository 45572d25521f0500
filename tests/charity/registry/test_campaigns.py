"""Plans are filed once, campaigns are opened under them and ended."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from charity.actor import Actor, Grant, Role
from charity.errors import (
    CommonReason,
    Conflict,
    Denied,
    DomainError,
    Invalid,
    InvalidState,
    NotFound,
    ReasonCode,
)
from charity.ledger.models import Book, Fund, FundKind
from charity.money import Money
from charity.registry import queries, services
from charity.registry.models import (
    CampaignState,
    FundraisingMode,
    FundraisingPlan,
    Organisation,
    OrganisationState,
)
from charity.registry.reasons import RegistryReason as Reason
from tests.factories import make_actor, make_operator, make_organisation

SYSTEM = Actor.system("test")


def plan_of(session: Session, charity: Organisation, **more: Any) -> FundraisingPlan:
    values: dict[str, Any] = {
        "number": "PLAN-1",
        "purpose": "适老化改造",
        "filed_on": date(2026, 3, 1),
        "starts_on": date(2026, 3, 11),
        "ends_on": date(2026, 12, 31),
    }
    return services.file_plan(session, SYSTEM, charity_id=charity.id, **(values | more))


@pytest.mark.usefixtures("clock")
def test_the_same_plan_is_one_plan(session: Session) -> None:
    charity = make_operator(session)
    plan = plan_of(session, charity)
    assert plan_of(session, charity, number=" PLAN-1 ") is plan
    assert queries.plan_by_number(session, "PLAN-1") is plan


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    "more",
    [
        {"purpose": "别的"},
        {"filed_on": date(2026, 3, 2)},
        {"starts_on": date(2026, 3, 12)},
        {"ends_on": date(2026, 12, 30)},
    ],
)
def test_a_number_used_for_another_plan_is_refused(session: Session, more: dict[str, Any]) -> None:
    charity = make_operator(session)
    plan_of(session, charity)
    with pytest.raises(Conflict) as refusal:
        plan_of(session, charity, **more)
    assert refusal.value.reason is Reason.PLAN_TAKEN
    with pytest.raises(Conflict):
        plan_of(session, make_operator(session))


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("more", "field", "reason"),
    [
        ({"number": " "}, "plan_number", CommonReason.REQUIRED),
        ({"purpose": ""}, "plan_purpose", CommonReason.REQUIRED),
        ({"ends_on": date(2026, 3, 10)}, "ends_on", CommonReason.DATES_REVERSED),
        ({"filed_on": date(2026, 3, 17)}, "plan_filed_on", Reason.IN_THE_FUTURE),
    ],
)
def test_a_plan_that_cannot_be(
    session: Session, more: dict[str, Any], field: str, reason: ReasonCode
) -> None:
    with pytest.raises(Invalid) as refusal:
        plan_of(session, make_operator(session), **more)
    assert (refusal.value.field, refusal.value.reason) == (field, reason)


class Scene:
    """A charity with a plan, a partner, and funds to raise money for."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.charity = make_operator(session)
        self.partner = make_organisation(session)
        self.plan = plan_of(session, self.charity)

    def open(self, actor: Actor = SYSTEM, **more: Any) -> Any:
        values: dict[str, Any] = {
            "plan_id": self.plan.id,
            "charity_id": self.charity.id,
            "partner_id": self.partner.id,
            "title": "凤凰街道适老化改造",
            "target": Money.yuan("60000"),
            "starts_on": date(2026, 3, 11),
            "ends_on": date(2026, 12, 31),
            "mode": FundraisingMode.PUBLIC_ONLINE,
        }
        return services.open_campaign(self.session, actor, **(values | more))


@pytest.fixture
def scene(session: Session, clock: Any) -> Scene:
    assert clock.now.year == 2026
    return Scene(session)


@pytest.fixture
def fund_id(scene: Scene) -> int:
    opened = {"name": "凤凰街道", "opened_on": date(2026, 3, 1)}
    book = Book(organisation_id=scene.charity.id, **opened)
    scene.session.add(book)
    scene.session.flush()
    fund = Fund(book_id=book.id, kind=FundKind.PROJECT, restricted=True, **opened)
    scene.session.add(fund)
    scene.session.flush()
    return fund.id


def test_a_campaign_is_opened_for_a_fund_and_ended_once(scene: Scene, fund_id: int) -> None:
    campaign = scene.open(fund_id=fund_id)
    assert campaign.state is CampaignState.OPEN
    assert queries.campaign(scene.session, campaign.id) is campaign
    assert queries.campaign_for_fund(scene.session, fund_id) is campaign
    assert campaign.partner is scene.partner
    ended = services.end_campaign(scene.session, SYSTEM, campaign_id=campaign.id)
    assert ended.state is CampaignState.ENDED
    with pytest.raises(InvalidState):
        services.end_campaign(scene.session, SYSTEM, campaign_id=campaign.id)


def test_a_charity_is_not_its_own_partner(scene: Scene, fund_id: int) -> None:
    assert scene.open(fund_id=fund_id, partner_id=scene.charity.id).partner_id is None


def test_a_fund_has_one_campaign(scene: Scene, fund_id: int) -> None:
    scene.open(fund_id=fund_id)
    with pytest.raises(Conflict) as refusal:
        scene.open(fund_id=fund_id)
    assert refusal.value.reason is Reason.FUND_HAS_CAMPAIGN


@pytest.mark.parametrize(
    ("more", "error", "reason"),
    [
        ({"target": Money(0)}, Invalid, CommonReason.NOT_POSITIVE),
        ({"title": " "}, Invalid, CommonReason.REQUIRED),
        ({"ends_on": date(2026, 3, 10)}, Invalid, CommonReason.DATES_REVERSED),
        ({"ends_on": date(2027, 1, 1)}, Invalid, Reason.PLAN_PERIOD),
        ({"starts_on": date(2026, 3, 10)}, Invalid, Reason.PLAN_PERIOD),
        ({"plan_id": 10**9}, NotFound, CommonReason.NOT_FOUND),
        ({"partner_id": 10**9}, NotFound, CommonReason.NOT_FOUND),
    ],
)
def test_a_campaign_that_cannot_be(
    scene: Scene,
    fund_id: int,
    more: dict[str, Any],
    error: type[DomainError],
    reason: ReasonCode,
) -> None:
    with pytest.raises(error) as refusal:
        scene.open(fund_id=fund_id, **more)
    assert refusal.value.reason is reason
    assert queries.campaign_for_fund(scene.session, fund_id) is None


def test_parties_are_verified_and_the_plan_is_the_charitys(scene: Scene, fund_id: int) -> None:
    waiting = make_organisation(scene.session, state=OrganisationState.PENDING)
    with pytest.raises(Denied) as refusal:
        scene.open(fund_id=fund_id, partner_id=waiting.id)
    assert refusal.value.reason is Reason.NOT_VERIFIED
    with pytest.raises(Denied) as refusal:
        scene.open(fund_id=fund_id, charity_id=make_operator(scene.session).id)
    assert refusal.value.reason is Reason.PLAN_OF_ANOTHER


def test_who_opens_and_ends(scene: Scene, fund_id: int) -> None:
    stranger = make_actor(scene.session, Grant(Role.OWNER, scene.partner.id))
    reviewer = make_actor(scene.session, Grant(Role.REVIEWER, None, "420704"))
    with pytest.raises(Denied):
        scene.open(stranger, fund_id=fund_id)
    campaign = scene.open(reviewer, fund_id=fund_id)
    with pytest.raises(Denied):
        services.end_campaign(scene.session, stranger, campaign_id=campaign.id)
    with pytest.raises(NotFound):
        services.end_campaign(scene.session, reviewer, campaign_id=10**9)
