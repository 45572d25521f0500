"""Claims from either side: who answers, what is promised, what is free again, bookings."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from charity.actor import Actor
from charity.donations.models import GiverKind, Pledge, PledgeKind, PledgeState
from charity.errors import Conflict, Denied, Invalid, InvalidState
from charity.money import Money
from charity.registry.models import CampaignState
from projects.listings import queries, services
from projects.listings.models import (
    BOOKING_TRANSITIONS,
    CLAIM_TRANSITIONS,
    Booking,
    BookingState,
    Claim,
    ClaimOrigin,
    ClaimState,
    NeedState,
    Resource,
    ResourceKind,
    ResourceState,
)
from projects.listings.reasons import NeedsReason
from tests.conftest import SetClock
from tests.projects.listings.community import GUEST, MODE, SYSTEM, Community

#: Which verb leads where; the actor is the one who may.
STEPS: dict[ClaimState, Callable[[Community, int], object]] = {
    ClaimState.ACCEPTED: lambda c, i: services.accept_claim(c.session, c.dispatcher, claim_id=i),
    ClaimState.DECLINED: lambda c, i: services.decline_claim(c.session, c.dispatcher, claim_id=i),
    ClaimState.SERVED: lambda c, i: services.finish_claim(c.session, c.worker, claim_id=i),
    ClaimState.CONFIRMED: lambda c, i: services.confirm_claim(c.session, c.dispatcher, claim_id=i),
}


@pytest.mark.parametrize("start", ClaimState)
def test_every_step_of_a_claim_follows_the_table(community: Community, start: ClaimState) -> None:
    for target, step in STEPS.items():
        claim = community.claim_in(start)
        # a claim that was sent back is accepted already: no second yes
        allowed = target in CLAIM_TRANSITIONS[start] and target is not start
        allowed = allowed and (target is not ClaimState.ACCEPTED or start is ClaimState.PROPOSED)
        if allowed or start is target is ClaimState.CONFIRMED:
            step(community, claim.id)
            assert claim.state is target
        else:
            with pytest.raises(InvalidState):
                step(community, claim.id)
            assert claim.state is start
    claim = community.claim_in(start)
    session = community.session
    if start is ClaimState.SERVED:
        services.send_back_claim(session, community.dispatcher, claim_id=claim.id, note="没修好")
        assert claim.state is ClaimState.ACCEPTED
    else:
        with pytest.raises(InvalidState):
            services.send_back_claim(session, community.dispatcher, claim_id=claim.id, note="没")
    claim = community.claim_in(start)
    if start is ClaimState.PROPOSED:
        services.withdraw_claim(session, community.worker, claim_id=claim.id)
        assert claim.state is ClaimState.WITHDRAWN
    else:
        # an accepted one has a record that waits: it must be decided first
        with pytest.raises(InvalidState):
            services.withdraw_claim(session, community.worker, claim_id=claim.id, note="来不了")


@pytest.mark.parametrize("origin", ClaimOrigin)
def test_whoever_did_not_begin_it_answers(community: Community, origin: ClaimOrigin) -> None:
    need, offer = community.open(), community.offer()
    session = community.session
    begin: dict[ClaimOrigin, Callable[[], Claim]] = {
        ClaimOrigin.UNIT: lambda: community.claim(need, 2, resource_id=offer.id),
        ClaimOrigin.COMMUNITY: lambda: services.invite_resource(
            session, community.dispatcher, need_id=need.id, resource_id=offer.id, quantity=2
        ),
        ClaimOrigin.DISPATCH: lambda: services.dispatch_need(
            session, community.dispatcher, need_id=need.id, resource_id=offer.id, quantity=2
        ),
    }
    claim = begin[origin]()
    assert (claim.state, need.promised, offer.promised) == (ClaimState.PROPOSED, 0, 0)
    yes = community.dispatcher if origin is ClaimOrigin.UNIT else community.worker
    no = community.worker if origin is ClaimOrigin.UNIT else community.dispatcher
    for actor in (no, community.stranger, community.other_worker, GUEST):
        with pytest.raises(Denied):
            community.accept(claim, actor)
    community.accept(claim, yes)
    assert (claim.organisation_id, need.promised, offer.promised) == (community.unit.id, 2, 2)
    assert need.first_claimed_at is not None
    for actor in (community.worker, community.stranger):
        with pytest.raises(Denied):
            services.dispatch_need(
                session, actor, need_id=need.id, organisation_id=community.other.id
            )


def test_parts_are_promised_until_nothing_is_left(community: Community) -> None:
    need = community.open(least_part=2)
    first, second, third = (community.claim(need, number) for number in (6, 6, None))
    assert third.quantity == 10
    community.accept(first)
    assert need.rest == 4
    with pytest.raises(Conflict) as refused:
        community.accept(second)
    assert (refused.value.reason, refused.value.params["left"]) == (NeedsReason.ONLY_LEFT, 4)
    for too_much, reason in ((5, NeedsReason.ONLY_LEFT), (1, NeedsReason.LEAST_PART)):
        with pytest.raises(Invalid) as out:
            community.claim(need, too_much)
        assert (out.value.reason, out.value.field) == (reason, "quantity")
    rest = community.claim(need)
    assert rest.quantity == 4
    services.withdraw_claim(community.session, community.worker, claim_id=first.id, note="人手不够")
    assert need.rest == 10


def test_a_resource_is_never_promised_twice_either(community: Community) -> None:
    offer = community.offer(quantity=6)
    one, other = (community.claim(community.open(), 4, resource_id=offer.id) for _ in "ab")
    community.accept(one)
    with pytest.raises(Conflict) as refused:
        community.accept(other)
    assert refused.value.reason is NeedsReason.RESOURCE_ONLY_LEFT
    assert (offer.promised, other.need.promised, other.state) == (4, 4, ClaimState.PROPOSED)


def test_an_unknown_quantity_is_claimed_and_stays_unknown(community: Community) -> None:
    need = community.open(quantity=None)
    unknown, known = community.claim(need), community.claim(need, 3)
    community.accept(unknown)
    community.accept(known)
    assert (unknown.quantity, known.quantity, need.promised, need.rest) == (None, 3, 3, None)
    with pytest.raises(Invalid):
        community.claim(community.open(kind=ResourceKind.GOODS, quantity=None, title="口罩"), None)


def test_a_volunteer_alone_gives_time_and_a_team_gives_through_its_organisation(
    community: Community,
) -> None:
    hours = community.open(kind=ResourceKind.HOURS, quantity=600, title="陪读")
    alone = community.claim(hours, 120, actor=community.volunteer, organisation_id=None)
    assert (alone.organisation_id, alone.user_id) == (None, community.volunteer.user_id)
    team = community.claim(hours, 120, team_id=community.team.id)
    assert team.team_id == community.team.id
    with pytest.raises(Denied):
        community.claim(hours, 60, actor=GUEST, organisation_id=None)
    rice = community.open(kind=ResourceKind.GOODS, title="米", unit="袋")
    refusals: list[dict[str, object]] = [
        {"need": rice, "actor": community.volunteer, "organisation_id": None},
        {
            "need": hours, "actor": community.other_worker,
            "organisation_id": community.other.id, "team_id": community.team.id,
        },
    ]  # fmt: skip
    for refused in refusals:
        with pytest.raises(Invalid):
            community.claim(quantity=1, **refused)  # type: ignore[arg-type]
    own = community.open(actor=community.worker, organisation_id=community.unit.id)
    with pytest.raises(Invalid):
        community.claim(own, 1)


def test_an_offer_fits_by_kind_place_and_standing(community: Community) -> None:
    need = community.open()
    elsewhere = community.offer(serves_code="420705")
    other_kind = community.offer(kind=ResourceKind.HOURS)
    paused = community.offer()
    services.pause_resource(community.session, community.worker, resource_id=paused.id)
    for offer in (elsewhere, other_kind, paused):
        with pytest.raises((Invalid, InvalidState)):
            community.claim(need, 1, resource_id=offer.id)
    fits = community.offer()
    community.claim(need, 1, resource_id=fits.id)
    with pytest.raises(Conflict):
        community.claim(need, 1, resource_id=fits.id)


def test_proposals_lapse_and_fall_with_their_need(community: Community, clock: SetClock) -> None:
    need = community.open()
    early = community.claim(need, 1)
    clock.set(clock.now + timedelta(days=2))
    late = community.claim(need, 1)
    clock.set(early.answer_due_at + timedelta(minutes=1))
    assert services.lapse_claims(community.session, SYSTEM) == 1
    assert (early.state, late.state) == (ClaimState.LAPSED, ClaimState.PROPOSED)
    services.close_need(community.session, community.dispatcher, need_id=need.id, note="够了")
    assert late.state is ClaimState.WITHDRAWN
    assert need.state is NeedState.CLOSED


# ── money and goods ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [ResourceKind.MONEY, ResourceKind.GOODS])
def test_money_and_goods_become_a_promise_of_the_unit(
    community: Community, kind: ResourceKind
) -> None:
    need = community.open(kind=kind, title="过冬的米", item="大米", unit="袋", quantity=500)
    claim = community.claim(need, 200)
    assert claim.pledge_id is None
    community.accept(claim)
    pledge = community.session.get_one(Pledge, claim.pledge_id)
    assert (pledge.campaign_id, pledge.giver_name) == (need.campaign_id, community.unit.name)
    assert (pledge.giver_kind, pledge.promised) == (GiverKind.UNIT, 200)
    if kind is ResourceKind.MONEY:
        assert (pledge.kind, pledge.amount) == (PledgeKind.MONEY, Money(200))
    else:
        assert (pledge.kind, pledge.goods, pledge.unit) == (PledgeKind.GOODS, "大米", "袋")
    services.withdraw_claim(community.session, community.worker, claim_id=claim.id, note="撤")
    assert (pledge.state, need.promised) == (PledgeState.WITHDRAWN, 0)


def test_the_rules_of_the_campaign_decide(community: Community) -> None:
    need = community.open(kind=ResourceKind.MONEY, quantity=100_000)
    claim = community.claim(need, 50_000)
    with community.session.begin_nested() as point:
        with pytest.raises(Denied):
            services.accept_claim(community.session, community.dispatcher, claim_id=claim.id)
        point.rollback()
    community.campaign.state = CampaignState.ENDED
    community.session.flush()
    with pytest.raises(Denied):
        services.accept_claim(
            community.session, community.dispatcher, claim_id=claim.id, operator_mode=MODE
        )


# ── 共享 ─────────────────────────────────────────────────────────────────────────────────────────


def room(community: Community) -> Resource:
    """A room that is lent."""
    return community.offer(
        kind=ResourceKind.SPACE, title="活动室", unit="间", quantity=None, ends_on=None
    )


def ask(community: Community, room: Resource, start: datetime, hours: int = 2) -> Booking:
    """Somebody asks for some hours."""
    return services.ask_booking(
        community.session, GUEST, client_id=str(uuid.uuid4()), resource_id=room.id,
        starts_at=start, ends_at=start + timedelta(hours=hours), contact_name="赵大姐",
        contact_phone="13900139000",
    )  # fmt: skip


def answer(community: Community, booking: Booking, agrees: bool) -> Booking:
    """The lender answers."""
    return services.answer_booking(
        community.session, community.worker, booking_id=booking.id, agrees=agrees
    )


def test_agreed_bookings_never_overlap(community: Community, clock: SetClock) -> None:
    hall = room(community)
    at = clock.now + timedelta(days=1)
    first, second = ask(community, hall, at), ask(community, hall, at + timedelta(hours=1))
    answer(community, first, True)
    with pytest.raises(Conflict):
        answer(community, second, True)
    with pytest.raises(Conflict):
        ask(community, hall, at - timedelta(hours=1))
    behind = ask(community, hall, at + timedelta(hours=2))
    answer(community, behind, True)
    other = room(community)
    answer(community, ask(community, other, at), True)
    found = queries.bookings_between(community.session, hall.id, at, at + timedelta(hours=3))
    assert found == [first, behind]
    services.withdraw_booking(community.session, community.worker, booking_id=first.id)
    answer(community, ask(community, hall, at), True)


@pytest.mark.parametrize("start", BookingState)
def test_every_step_of_a_booking_follows_the_table(
    community: Community, clock: SetClock, start: BookingState
) -> None:
    hall = room(community)
    session, worker = community.session, community.worker
    steps: dict[BookingState, Callable[[Booking], object]] = {
        BookingState.AGREED: lambda b: answer(community, b, True),
        BookingState.DECLINED: lambda b: answer(community, b, False),
        BookingState.RETURNED: lambda b: services.return_booking(session, worker, booking_id=b.id),
        BookingState.WITHDRAWN: lambda b: services.withdraw_booking(
            session, worker, booking_id=b.id
        ),
    }
    for number, (target, step) in enumerate(steps.items()):
        booking = ask(community, hall, clock.now + timedelta(days=1 + number))
        booking.state = start
        session.flush()
        if target in BOOKING_TRANSITIONS[start]:
            step(booking)
            assert booking.state is target
        else:
            with pytest.raises(InvalidState):
                step(booking)


def test_only_what_is_lent_is_booked_in_its_time_by_its_lender(
    community: Community, clock: SetClock
) -> None:
    hall = room(community)
    with pytest.raises(InvalidState):
        ask(community, community.offer(), clock.now + timedelta(days=1))
    for start, hours in ((clock.now - timedelta(hours=1), 2), (clock.now, 32 * 24)):
        with pytest.raises(Invalid):
            ask(community, hall, start, hours)
    booking = ask(community, hall, clock.now + timedelta(days=1))
    people: tuple[Actor, ...] = (GUEST, community.other_worker, community.dispatcher)
    for actor in people:
        with pytest.raises(Denied):
            services.answer_booking(community.session, actor, booking_id=booking.id, agrees=True)
    waiting = queries.bookings_waiting(community.session, [community.unit.id])
    assert waiting == [booking]
    assert community.session.scalar(select(func.count()).select_from(Booking)) == 1
    assert hall.state is ResourceState.OPEN
