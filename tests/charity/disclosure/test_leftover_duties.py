"""Duties from a change of representative and from a change of a running plan."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.actor import Actor, Grant, Role
from charity.disclosure import queries
from charity.disclosure.models import DisclosureDuty, DisclosureKind
from charity.disclosure.queries.snapshots import computed
from charity.donations.models import Donation, DonationState, GiverKind
from charity.errors import Conflict, Denied, Invalid, InvalidState
from charity.money import Money
from charity.registry import queries as registry
from charity.registry import services
from charity.registry.eligibility import change_findings
from charity.registry.models import FundraisingPlan, PlanField, RelatedParty, Relation
from charity.registry.reasons import RegistryReason as Reason
from tests.charity.disclosure.owed import Owing
from tests.factories import make_actor, make_organisation

DAY = date(2026, 3, 16)


@pytest.fixture
def owing(session: Session, clock: Any) -> Owing:
    return Owing.begin(session)


def duty_of(owing: Owing, kind: DisclosureKind, on: date) -> DisclosureDuty | None:
    """The one duty of a kind after the daily work of a day."""
    owing.run(on)
    found = [duty for duty in queries.duties_of(owing.session) if duty.kind is kind]
    assert len(found) < 2
    return found[0] if found else None


def test_org_19_owners_and_keepers_name_a_representative_in_turn(owing: Owing) -> None:
    session, charity = owing.session, owing.charity
    owner = make_actor(session, Grant(Role.OWNER, organisation_id=charity.id))
    keeper = make_actor(session, Grant(Role.VERIFIER, region_code=charity.region_code))
    stranger = make_actor(session, Grant(Role.OWNER, organisation_id=make_organisation(session).id))

    def name(actor: Actor, who: str, since: date) -> None:
        services.name_representative(
            session, actor, organisation_id=charity.id, name=who, since=since
        )

    for actor in (stranger, owing.publisher, Actor.guest()):
        with pytest.raises(Denied):
            name(actor, "李建国", DAY)
    name(owner, "李建国", date(2024, 1, 5))
    with pytest.raises(Conflict) as stands:
        name(keeper, " 李建国 ", DAY)
    assert stands.value.reason is Reason.REPRESENTATIVE_STANDS
    for day in (date(2024, 1, 5), house_clock.today() + timedelta(days=1)):
        with pytest.raises(Invalid) as wrong:
            name(keeper, "王秀英", day)
        assert wrong.value.field == "since"
    name(keeper, "王秀英", date(2024, 1, 6))
    said = [
        (row.name, row.since, row.until) for row in registry.representatives(session, charity.id)
    ]
    assert said == [
        ("王秀英", date(2024, 1, 6), None),
        ("李建国", date(2024, 1, 5), date(2024, 1, 5)),
    ]


@pytest.mark.rule("ORG-19")
def test_org_19_a_change_of_representative_owes_the_audit_of_who_leaves(owing: Owing) -> None:
    session, charity = owing.session, owing.charity
    since = house_clock.day_of(charity.registered_at)
    owner = make_actor(session, Grant(Role.OWNER, organisation_id=charity.id))
    first, kind = since - timedelta(days=400), DisclosureKind.LEAVING_AUDIT
    services.name_representative(
        session, owner, organisation_id=charity.id, name="李建国", since=first
    )
    assert duty_of(owing, kind, since) is None, "nobody left"
    before_here = since - timedelta(days=5)
    services.name_representative(
        session, owner, organisation_id=charity.id, name="赵一平", since=before_here
    )
    assert duty_of(owing, kind, since) is None, "that was before it was known here"
    services.name_representative(
        session, owner, organisation_id=charity.id, name="王秀英", since=since + timedelta(days=1)
    )
    duty = duty_of(owing, kind, since + timedelta(days=1))
    assert duty is not None
    assert (duty.rule_id, duty.due_on - since) == ("ORG-19", timedelta(days=60))
    assert computed(session, duty)["name"] == "赵一平"


@pytest.fixture
def plan(owing: Owing) -> FundraisingPlan:
    return owing.campaign(date(2026, 1, 1), date(2026, 5, 31)).plan


def change(owing: Owing, plan: FundraisingPlan, on: date, *fields: PlanField) -> int:
    """Record a change of the plan by who reviews projects."""
    reviewer = make_actor(owing.session, Grant(Role.REVIEWER))
    return services.change_plan(
        owing.session, reviewer, plan_id=plan.id, fields=fields, changed_on=on,
        reasons="受益的老人多了一个村",
    ).id  # fmt: skip


@pytest.mark.rule("CHA-115")
def test_cha_115_a_change_of_a_running_plan_is_supplemented_within_ten_days(
    owing: Owing, plan: FundraisingPlan
) -> None:
    session, changed = owing.session, house_clock.today()
    with house_clock.at(house_clock.start_of(changed)):
        id_ = change(owing, plan, changed, PlanField.ENDS_ON, PlanField.BENEFICIARIES)
    duty = duty_of(owing, DisclosureKind.PLAN_SUPPLEMENT, changed)
    assert duty is not None
    assert (duty.rule_id, duty.due_on) == ("CHA-115", changed + timedelta(days=10))
    assert computed(session, duty)["changed"] == ["ends_on", "beneficiaries"]
    changes = registry.plan_changes(session, plan.id)
    assert change_findings(changes, changed + timedelta(days=10)) == []
    assert registry.open_plan_changes(session, plan.charity_id) == changes
    [late] = change_findings(changes, changed + timedelta(days=11))
    assert (late.rule_id, late.severity.value, late.reason) == (
        "CHA-115", "warn", Reason.PLAN_CHANGE_LATE
    )  # fmt: skip
    reviewer = make_actor(session, Grant(Role.REVIEWER))
    with house_clock.at(house_clock.start_of(changed + timedelta(days=10))):
        services.supplement_plan(
            session, reviewer, change_id=id_, receipt="回执-7",
            supplemented_on=changed + timedelta(days=10),
        )  # fmt: skip
    duty = duty_of(owing, DisclosureKind.PLAN_SUPPLEMENT, changed + timedelta(days=11))
    assert duty is not None
    assert duty.fulfilled_at is not None
    assert change_findings(changes, changed + timedelta(days=40)) == []
    assert registry.open_plan_changes(session, plan.charity_id) == []
    with pytest.raises(InvalidState):
        services.supplement_plan(
            session, reviewer, change_id=id_, receipt="回执-8", supplemented_on=changed
        )


def test_cha_115_a_change_names_what_when_and_why(owing: Owing, plan: FundraisingPlan) -> None:
    for fields, on, wrong in (
        ((), DAY, "fields"),
        ((PlanField.COST,), house_clock.today() + timedelta(days=1), "changed_on"),
        ((PlanField.COST,), date(2024, 12, 31), "changed_on"),
    ):
        with pytest.raises(Invalid) as refused:
            change(owing, plan, on, *fields)
        assert refused.value.field == wrong
    with pytest.raises(Denied):
        services.change_plan(
            owing.session, owing.publisher, plan_id=plan.id, fields=[PlanField.COST],
            changed_on=DAY, reasons="少印了传单",
        )  # fmt: skip


@pytest.mark.rule("DIS-206")
def test_dis_206_a_gift_from_a_related_party_is_told_without_a_name(owing: Owing) -> None:
    session, charity, day = owing.session, owing.charity, date(2026, 3, 10)
    campaign = owing.campaign(date(2026, 1, 1), date(2026, 12, 31))
    owner = make_actor(session, Grant(Role.OWNER, organisation_id=charity.id))
    member, namesake = make_actor(session), make_actor(session)

    def relate(name: str, relation: Relation, **more: Any) -> None:
        session.add(
            RelatedParty(
                organisation_id=charity.id,
                name=name,
                relation=relation,
                since=day,
                recorded_by_user_id=owner.user_id,
                recorded_at=house_clock.now(),
                **more,
            )
        )
        session.flush()

    def gift(name: str, on: date, **more: Any) -> str:
        made = Donation(
            client_id=uuid4().hex, trail_token=uuid4().hex, campaign_id=campaign.id,
            amount=Money.yuan(500), state=DonationState.SETTLED, giver_kind=GiverKind.INDIVIDUAL,
            giver_name=name, created_at=house_clock.start_of(on),
            settled_at=house_clock.start_of(on), **more,
        )  # fmt: skip
        session.add(made)
        session.flush()
        return f"donation:{made.id}"

    relate("李建国", Relation.COUNCIL, person_id=member.person_id, identity_hash=b"i" * 32)
    relate("嘉和建材店", Relation.VENDOR)
    relate("陈文员", Relation.STAFF)
    told = {
        gift("匿名", day, person_id=member.person_id),
        gift("李建国", day),
        gift("嘉和建材店", day),
    }
    gift("李建国", day, person_id=namesake.person_id)
    gift("嘉和建材店", day - timedelta(days=1))
    gift("陈文员", day)
    owing.run(day)
    found = {
        duty.subject: duty
        for duty in queries.duties_of(session)
        if duty.kind is DisclosureKind.RELATED_DEALING
    }
    assert set(found) == told
    for duty in found.values():
        assert duty.due_on == day + timedelta(days=30)
        content = computed(session, duty)
        assert content["amount_fen"] == 50_000
        assert "李建国" not in str(content)
        assert "嘉和" not in str(content)
