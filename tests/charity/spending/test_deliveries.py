"""Work is claimed by who did it and accepted by others; only acceptance is progress."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.accounts.models import Membership
from charity.actor import Actor, Grant, Role
from charity.errors import CommonReason, Denied, DomainError, Invalid, InvalidState, NotFound
from charity.outbox import Outbox
from charity.spending import queries
from charity.spending import services as spending
from charity.spending.models import Delivery, DeliveryState, ExpenseState
from charity.spending.reasons import SpendingReason
from tests.charity.spending.world import (
    COUNTY,
    OTHER_VILLAGE,
    VILLAGE,
    World,
    make_actor,
    make_world,
)

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def accept(world: World, actor: Actor, delivery: Delivery) -> Delivery:
    return spending.accept_delivery(world.session, actor, delivery_id=delivery.id, note="看过")


def refusal(kind: type[DomainError], act: Callable[[], object]) -> DomainError:
    with pytest.raises(kind) as refused:
        act()
    return refused.value


def progress(world: World) -> queries.Progress:
    return queries.deliverable_progress(world.session, [world.budget_id])[world.budget_id][0]


def test_claims_are_no_progress_and_acceptance_is(world: World) -> None:
    first, second = world.claim(2), world.claim(1)
    assert (progress(world).claimed, progress(world).accepted) == (3, 0)
    accept(world, world.acceptor, first)
    assert (progress(world).claimed, progress(world).accepted) == (1, 2)
    spending.return_delivery(world.session, world.reviewer, delivery_id=second.id, note="缺扶手")
    assert (progress(world).claimed, progress(world).accepted) == (0, 2)
    assert progress(world).percent == 40
    assert queries.deliveries_of_budget(world.session, world.budget_id) == [second, first]
    assert second.decision_note == "缺扶手"


def test_more_than_planned_may_be_done(world: World) -> None:
    accept(world, world.acceptor, world.claim(5))
    accept(world, world.acceptor, world.claim(1))
    assert progress(world).percent == 120


def test_a_budget_without_deliverables_has_no_progress(world: World) -> None:
    assert queries.deliverable_progress(world.session, [world.budget_id, 10**9])[10**9] == []


def test_the_outbox_tells_of_claim_and_acceptance(world: World) -> None:
    delivery = accept(world, world.acceptor, world.claim())
    told = world.session.scalars(select(Outbox).where(Outbox.event.like("delivery.%")))
    assert [(row.event, row.subject, row.data) for row in told] == [
        ("delivery.claimed", f"fund:{world.fund_id}", {"delivery_id": delivery.id}),
        ("delivery.accepted", f"fund:{world.fund_id}", {"delivery_id": delivery.id}),
    ]


# ── who may accept ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("grants", "allowed"),
    [
        ([Grant(Role.ACCEPTOR, region_code=VILLAGE)], True),
        ([Grant(Role.ACCEPTOR, region_code=COUNTY)], True),
        ([Grant(Role.ACCEPTOR, region_code=OTHER_VILLAGE)], False),
        ([Grant(Role.ACCEPTOR)], True),
        ([Grant(Role.REVIEWER)], True),
        ([Grant(Role.AUDITOR)], False),
        ([Grant(Role.ADMINISTRATOR)], False),
        ([], False),
    ],
)
def test_who_accepts_by_place_or_role(world: World, grants: list[Grant], allowed: bool) -> None:
    actor = make_actor(world.session, "somebody", *grants)
    delivery = world.claim()
    if allowed:
        assert accept(world, actor, delivery).state is DeliveryState.ACCEPTED
    else:
        refusal(Denied, lambda: accept(world, actor, delivery))


def test_a_reviewer_of_another_organisation_accepts(world: World) -> None:
    assert accept(world, world.reviewer, world.claim()).state is DeliveryState.ACCEPTED


@pytest.mark.parametrize("role", ["approver", "treasurer", "submitter", "auditor", "stranger"])
def test_other_roles_do_not_accept(world: World, role: str) -> None:
    refusal(Denied, lambda: accept(world, getattr(world, role), world.claim()))


def test_visitors_and_jobs_do_not_accept(world: World) -> None:
    for actor in (Actor.guest(), Actor.system("job")):
        refused = refusal(Denied, lambda actor=actor: accept(world, actor, world.claim()))  # type: ignore[misc]
        assert refused.reason is CommonReason.SIGN_IN_FIRST


def test_no_member_of_the_doing_organisation_accepts(world: World) -> None:
    reviewer = make_actor(
        world.session, "own", Grant(Role.REVIEWER, organisation_id=world.partner_id)
    )
    assert refusal(Denied, lambda: accept(world, reviewer, world.claim()))
    both = make_actor(
        world.session,
        "both",
        Grant(Role.ACCEPTOR, region_code=VILLAGE),
        Grant(Role.EDITOR, organisation_id=world.partner_id),
    )
    refused = refusal(Denied, lambda: accept(world, both, world.claim()))
    assert refused.reason is SpendingReason.OWN_ORGANISATION


def test_nor_with_another_account(world: World) -> None:
    twin = world.second_account(world.second_submitter, Grant(Role.ACCEPTOR, region_code=VILLAGE))
    refused = refusal(Denied, lambda: accept(world, twin, world.claim()))
    assert refused.reason is SpendingReason.OWN_ORGANISATION


def left_and_returned(world: World, actor: Actor) -> Actor:
    """The same person as acceptor, no member of any organisation any more."""
    for membership in world.session.scalars(select_memberships(actor)):
        membership.revoked_at = membership.granted_at
        membership.revoked_by_user_id = world.stranger.user_id
    world.session.flush()
    return world.second_account(actor, Grant(Role.ACCEPTOR, region_code=VILLAGE))


def select_memberships(actor: Actor):  # type: ignore[no-untyped-def]
    return select(Membership).where(Membership.user_id == actor.user_id)


def test_who_claimed_does_not_accept_even_after_leaving(world: World) -> None:
    delivery = world.claim()
    gone = left_and_returned(world, world.submitter)
    refused = refusal(Denied, lambda: accept(world, gone, delivery))
    assert refused.reason is CommonReason.SAME_PERSON


def test_who_submitted_or_paid_does_not_accept(world: World) -> None:
    world.expense_in(ExpenseState.PAID)
    world.submit(world.second_submitter)
    delivery = world.claim()
    for actor in (world.second_submitter, world.treasurer):
        gone = left_and_returned(world, actor)
        refused = refusal(Denied, lambda gone=gone: accept(world, gone, delivery))  # type: ignore[misc]
        assert refused.reason is SpendingReason.OTHER_DUTY
    # who only agreed to an expense stands on no side of the work
    accept(world, left_and_returned(world, world.approver), delivery)


# ── states and bad input ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", [DeliveryState.ACCEPTED, DeliveryState.RETURNED])
def test_a_delivery_is_decided_once(world: World, state: DeliveryState) -> None:
    delivery = world.claim()
    decide = {
        DeliveryState.ACCEPTED: spending.accept_delivery,
        DeliveryState.RETURNED: spending.return_delivery,
    }
    decide[state](world.session, world.acceptor, delivery_id=delivery.id, note="好")
    for verb in decide.values():
        refusal(
            InvalidState,
            lambda verb=verb: verb(  # type: ignore[misc]
                world.session, world.reviewer, delivery_id=delivery.id, note="再来"
            ),
        )


def test_returning_says_what_is_missing(world: World) -> None:
    delivery = world.claim()
    refused = refusal(
        Invalid,
        lambda: spending.return_delivery(
            world.session, world.acceptor, delivery_id=delivery.id, note=" "
        ),
    )
    assert (refused.field, refused.reason) == ("note", CommonReason.REQUIRED)


@pytest.mark.parametrize("units", [0, -1, 1_000_001])
def test_units_are_whole_and_bounded(world: World, units: int) -> None:
    refused = refusal(Invalid, lambda: world.claim(units))
    assert (refused.field, refused.reason) == ("units", SpendingReason.UNITS_RANGE)


@pytest.mark.parametrize("role", ["approver", "treasurer", "acceptor", "reviewer", "stranger"])
def test_only_the_doing_organisation_claims(world: World, role: str) -> None:
    refusal(
        Denied,
        lambda: spending.report_delivery(
            world.session,
            getattr(world, role),
            deliverable_id=world.deliverable_id,
            units=1,
            note="",
        ),
    )


def test_what_does_not_exist_is_not_found(world: World) -> None:
    refusal(
        NotFound,
        lambda: spending.accept_delivery(world.session, world.acceptor, delivery_id=10**9, note=""),
    )


def test_the_desk_shows_claims_of_the_place_and_below(world: World) -> None:
    session, delivery = world.session, world.claim()
    assert queries.waiting_for_acceptance(session) == [delivery]
    assert queries.waiting_for_acceptance(session, [VILLAGE]) == [delivery]
    assert queries.waiting_for_acceptance(session, [COUNTY, OTHER_VILLAGE]) == [delivery]
    assert queries.waiting_for_acceptance(session, [OTHER_VILLAGE]) == []
    assert queries.waiting_for_acceptance(session, []) == []
    accept(world, world.acceptor, delivery)
    assert queries.waiting_for_acceptance(session) == []
