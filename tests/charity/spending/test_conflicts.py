"""A payment that touches a related party stops until somebody unconcerned looked."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.approvals.models import Requirement, RequirementKind, RequirementState
from charity.approvals.queries import requirements
from charity.approvals.reasons import ApprovalsReason
from charity.errors import Denied, Invalid, InvalidState
from charity.registry import services as registry
from charity.registry.identity import keyed_hash
from charity.registry.models import Person, Relation
from charity.registry.related_reasons import RelatedReason
from charity.spending import services as spending
from charity.spending.models import Expense
from tests.charity.spending.world import World, make_world
from tests.factories import make_actor, make_organisation

SECRET = b"a secret of sixteen bytes and more"
PAYEE = "某某建材行"

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def relate(world: World, relation: Relation = Relation.VENDOR, **changes: Any) -> None:
    registry.record_related(
        world.session,
        make_actor(world.session, Grant(Role.OWNER, world.charity_id)),
        **{
            "organisation_id": world.charity_id, "name": PAYEE, "relation": relation,
            "since": clock.today(), "secret": SECRET,
        }
        | changes,
    )  # fmt: skip


def review_of(expense: Expense, session: Session) -> Requirement | None:
    found = requirements(session, expense.subject)
    return next((one for one in found if one.kind is RequirementKind.CONFLICT_REVIEW), None)


def reviewer(world: World, *grants: Grant) -> Actor:
    elsewhere = Grant(Role.REVIEWER, make_organisation(world.session).id)
    return make_actor(world.session, elsewhere, *grants)


def agree(world: World, expense: Expense) -> None:
    for actor in (world.approver, world.second_approver):
        world.approve(expense, actor)


def pay(world: World, expense: Expense) -> None:
    spending.pay_expense(
        world.session, world.treasurer, expense_id=expense.id, paid_on=clock.today(),
        bank_reference=f"B-{expense.id}",
    )  # fmt: skip


def test_cha_144_a_payment_to_a_related_party_waits_for_a_review(world: World) -> None:
    relate(world)
    untouched, expense = world.submit(), world.submit(payee_name=PAYEE)
    assert review_of(untouched, world.session) is None
    asked = review_of(expense, world.session)
    assert asked is not None
    assert asked.rule_id == "CHA-144"
    agree(world, expense)
    with pytest.raises(InvalidState) as refusal:
        pay(world, expense)
    assert refusal.value.reason is ApprovalsReason.REQUIREMENT_OPEN
    with pytest.raises(Invalid):
        spending.review_conflict(
            world.session, reviewer(world), expense_id=expense.id, clear=True, note=" "
        )
    spending.review_conflict(
        world.session, reviewer(world), expense_id=expense.id, clear=True, note="三家比价最低"
    )
    pay(world, expense)


def test_cha_144_what_is_refused_is_not_paid(world: World) -> None:
    relate(world)
    expense = world.submit(payee_name=PAYEE)
    agree(world, expense)
    decided = spending.review_conflict(
        world.session, reviewer(world), expense_id=expense.id, clear=False, note="价格偏高"
    )
    assert decided.state is RequirementState.REFUSED
    with pytest.raises(InvalidState):
        pay(world, expense)


def test_cha_161_a_payment_to_a_founder_says_so(world: World) -> None:
    relate(world, Relation.FOUNDER)
    asked = review_of(world.submit(payee_name=PAYEE), world.session)
    assert asked is not None
    assert asked.rule_id == "CHA-161"
    with pytest.raises(Invalid):
        world.submit(title="年度分红")


def test_who_is_concerned_reviews_nothing(world: World) -> None:
    relate(world)
    expense = world.submit(payee_name=PAYEE)
    inside = reviewer(world, Grant(Role.EDITOR, world.charity_id))
    for actor, reason in ((inside, RelatedReason.CONCERNED), (world.approver, None)):
        with pytest.raises(Denied) as refusal:
            spending.review_conflict(
                world.session, actor, expense_id=expense.id, clear=True, note="好"
            )
        assert reason is None or refusal.value.reason is reason


def test_cha_167_who_is_related_takes_no_part_in_the_decision(world: World) -> None:
    relate(world)
    expense = world.submit(payee_name=PAYEE)
    number = "110101199003072615"
    person_id = world.approver.person_id
    relate(world, Relation.MANAGER, name="何敏", identity=number)
    world.session.get_one(Person, person_id).identity_hash = keyed_hash(number, SECRET)
    world.session.flush()
    with pytest.raises(Denied) as refusal:
        spending.approve_expense(world.session, world.approver, expense_id=expense.id)
    assert refusal.value.reason is RelatedReason.RELATED_DECIDES
    spending.approve_expense(world.session, world.second_approver, expense_id=expense.id)
