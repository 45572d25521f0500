"""Somebody wants what is not theirs: another's order, both sides at once, more than is there."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from charity import clock
from charity.actor import Actor, Grant, Permission, Role
from charity.donations import services as donations
from charity.donations.models import Pledge, PledgeState
from charity.donations.services import keeping
from charity.donations.services.pledges import lock_pledge
from charity.errors import CommonReason, Conflict, Denied, DomainError, Invalid, InvalidState
from charity.money import Money
from charity.registry.models import OrganisationState, RestrictedAct
from charity.registry.reasons import RegistryReason
from charity.registry.services.restricting import restrict
from projects.listings import services
from projects.listings.models import (
    ClaimState,
    EvaluationSide,
    NeedState,
    Resource,
    ResourceKind,
    ServiceRecord,
)
from projects.listings.reasons import ListingsReason, NeedsReason
from tests.factories import make_actor
from tests.projects.listings.community import GUEST, STREET, SYSTEM, Community


def refused(reason: object, act: Callable[[], object], kind: type[DomainError]) -> None:
    """The act is refused for this reason."""
    with pytest.raises(kind) as refusal:
        act()
    assert refusal.value.reason is reason


def of_both_sides(community: Community, *grants: Grant) -> Actor:
    """A dispatcher of the place who works for the unit as well."""
    return make_actor(community.session, Grant(Role.DISPATCHER, region_code=STREET), *grants)


def test_an_id_somebody_guesses_opens_nothing_of_another(community: Community) -> None:
    session, other = community.session, NeedsReason.SAME_ID_OTHER_THING
    theirs = community.order(community.volunteer)
    refused(other, lambda: community.order(client_id=theirs.client_id), Conflict)
    assert community.order(community.volunteer, client_id=theirs.client_id) is theirs
    # a list of public origin: its rows have names everybody knows, their orders have none
    listed = community.order(community.dispatcher, source="wuhan2020:needs:17")
    refused(other, lambda: community.order(client_id=listed.client_id), Conflict)
    digest = hashlib.sha256(b"wuhan2020:needs:17").hexdigest()[:32]
    assert community.order(client_id=f"i{digest}").id != listed.id
    offer, need = community.offer(), community.open()
    refused(
        other,
        lambda: services.post_resource(
            session, community.other_worker, client_id=offer.client_id, title="别的",
            kind=offer.kind, category=offer.category, organisation_id=community.other.id,
            region_code=STREET, serves_code=STREET, quantity=1, unit="户",
            starts_on=clock.today(),
        ),
        Conflict,
    )  # fmt: skip
    claim = community.claim(need, 2)
    refused(
        other,
        lambda: services.claim_need(
            session, community.other_worker, client_id=claim.client_id, need_id=need.id,
            organisation_id=community.other.id, quantity=1,
        ),
        Conflict,
    )  # fmt: skip
    community.accept(claim)
    record = community.report(claim)
    second = community.accept(community.claim(need, 1))
    refused(other, lambda: community.report(second, client_id=record.client_id), Conflict)


def test_no_form_takes_the_name_of_a_gift_that_is_to_come(community: Community) -> None:
    claim = community.accept(community.claim(community.open(), 2))
    for name in ("pledge_fulfilment:1", f"simulated:{claim.id}0000"):
        refused(CommonReason.REQUIRED, partial(community.report, claim, client_id=name), Invalid)
    money = community.open(kind=ResourceKind.MONEY, quantity=900_00, unit="")
    gift = community.accept(community.claim(money, 500_00))
    pledge = community.session.get_one(Pledge, gift.pledge_id)
    # a name nobody could have taken before
    assert uuid.UUID(pledge.client_id).version == 4


def test_nobody_of_both_sides_accepts_confirms_or_praises(community: Community) -> None:
    session, same = community.session, CommonReason.SAME_PERSON
    both = of_both_sides(community, Grant(Role.EDITOR, organisation_id=community.unit.id))
    assert both.holds(Permission.LISTING_MANAGE, organisation_id=community.unit.id)
    claim = community.claim(community.open(), 2, actor=both)
    refused(same, lambda: community.accept(claim, both), Denied)
    community.accept(claim)
    record = community.report(claim, 2)
    services.finish_claim(session, community.worker, claim_id=claim.id)
    for act in (
        lambda: services.confirm_service(session, both, record_id=record.id),
        lambda: services.confirm_claim(session, both, claim_id=claim.id),
        lambda: services.confirm_claim(
            session, community.worker, claim_id=claim.id, token=claim.need.token
        ),
    ):
        refused(same, act, Denied)
    services.confirm_claim(session, GUEST, claim_id=claim.id, token=claim.need.token)
    praise = partial(services.evaluate, session, claim_id=claim.id, side=EvaluationSide.NEED)
    for actor, token in ((both, None), (community.worker, claim.need.token)):
        refused(same, partial(praise, actor, stars=5, token=token), Denied)
    sent = services.dispatch_need(
        session, both, need_id=claim.need_id, organisation_id=community.unit.id, quantity=1
    )
    refused(same, lambda: community.accept(sent, both), Denied)
    community.accept(sent, community.worker)
    # a volunteer does not serve his own order
    own = community.order(community.volunteer, kind=ResourceKind.HOURS, quantity=60, unit="")
    services.confirm_need(session, community.dispatcher, need_id=own.id)
    mine = partial(community.claim, own, 60, actor=community.volunteer, organisation_id=None)
    refused(NeedsReason.OWN_NEED, mine, Invalid)


def test_who_is_stopped_or_not_verified_neither_posts_nor_serves(community: Community) -> None:
    session, unit = community.session, community.unit
    need, offer = community.open(), community.offer()
    waiting = services.dispatch_need(
        session, community.dispatcher, need_id=need.id, organisation_id=unit.id, quantity=1
    )

    def tries() -> list[Callable[[], object]]:
        return [
            lambda: community.accept(waiting, community.worker),
            lambda: community.claim(need, 1),
            lambda: services.dispatch_need(
                session, community.dispatcher, need_id=need.id, resource_id=offer.id, quantity=1
            ),
            community.offer,
            lambda: community.order(community.worker, organisation_id=unit.id),
        ]

    unit.state = OrganisationState.PENDING
    session.flush()
    for act in tries():
        refused(ListingsReason.ORGANISATION_NOT_VERIFIED, act, Denied)
    unit.state = OrganisationState.VERIFIED
    restrict(
        session, SYSTEM, organisation_id=unit.id, act=RestrictedAct.POST, rule_id="ORG-17",
        source="list_entry:1",
    )  # fmt: skip
    for act in tries():
        refused(RegistryReason.RESTRICTED, act, Denied)


def test_boxes_are_not_taken_off_pieces_nor_what_is_over(community: Community) -> None:
    need, boxes = community.open(), community.offer(unit="箱")
    wrong = NeedsReason.RESOURCE_OF_OTHER_KIND
    refused(wrong, lambda: community.claim(need, 1, resource_id=boxes.id), Invalid)
    offer = community.offer(ends_on=clock.today())
    claim = community.claim(need, 2, resource_id=offer.id)
    offer.ends_on = clock.today() - timedelta(days=1)
    refused(NeedsReason.RESOURCE_NOT_OPEN, lambda: community.accept(claim), InvalidState)
    offer.ends_on = None
    community.accept(claim)

    def changed(unit: str) -> Resource:
        return services.change_resource(
            community.session, community.worker, resource_id=offer.id, title=offer.title,
            category=offer.category, region_code=STREET, serves_code=STREET, quantity=6,
            unit=unit, starts_on=offer.starts_on,
        )  # fmt: skip

    refused(NeedsReason.STILL_CLAIMED, lambda: changed("箱"), Invalid)
    assert changed("户").unit == "户"
    for quantity in (0, -3, 11, 10**30):
        with pytest.raises(Invalid):
            community.claim(need, quantity)


def test_what_came_is_neither_hidden_nor_promised_twice(community: Community) -> None:
    session = community.session
    claim = community.served(community.open(), 2)
    need = services.confirm_claim(session, community.dispatcher, claim_id=claim.id).need
    refused(
        CommonReason.WRONG_STATE,
        lambda: services.withdraw_need(session, GUEST, need_id=need.id, token=need.token),
        InvalidState,
    )
    services.close_need(session, community.dispatcher, need_id=need.id, note="其余自己修了")
    assert (need.state, need.promised, need.delivered) == (NeedState.CLOSED, 2, 2)
    # the gift is there and the job has not run: nobody takes the claim back meanwhile
    money = community.open(kind=ResourceKind.MONEY, quantity=900_00, unit="")
    gift = community.accept(community.claim(money, 500_00))
    pledge = lock_pledge(session, gift.pledge_id or 0)
    keeping.record_part(session, pledge, source="payment:1", amount=Money(500_00))
    with pytest.raises(InvalidState):
        services.withdraw_claim(session, community.worker, claim_id=gift.id, note="算了")
    assert (gift.state, money.promised) == (ClaimState.ACCEPTED, 500_00)
    # a promise its giver took back holds nothing of the need
    other = community.accept(community.claim(money, 400_00))
    donations.withdraw_pledge(session, community.worker, pledge_id=other.pledge_id or 0)
    for _ in range(2):
        services.take_in_gifts(session, SYSTEM)
        session.refresh(other)
        states = (gift.state, other.state)
        assert states == (ClaimState.CONFIRMED, ClaimState.WITHDRAWN)
        assert (money.promised, money.delivered) == (500_00, 500_00)
    assert lock_pledge(session, other.pledge_id or 0).state is PledgeState.WITHDRAWN
    assert community.claim(money, 400_00).state is ClaimState.PROPOSED


def test_no_number_of_anybody_stands_in_a_public_reason(community: Community) -> None:
    session, number = community.session, "请打 13800138000"
    claim, need = community.served(community.open(), 2), community.open()
    record = session.get_one(ServiceRecord, claim.records[0].id)
    led, private = community.dispatcher, RegistryReason.PERSONAL_NUMBER
    for act in (
        lambda: services.close_need(session, led, need_id=need.id, note=number),
        lambda: services.decline_need(session, led, need_id=community.order().id, note=number),
        lambda: services.refuse_service(session, led, record_id=record.id, note=number),
        lambda: services.send_back_claim(session, led, claim_id=claim.id, note=number),
        lambda: services.decline_claim(
            session, led, claim_id=community.claim(need, 1).id, note=number
        ),
    ):
        with session.begin_nested() as savepoint:
            refused(private, act, Invalid)
            savepoint.rollback()
