"""Orders and their clocks: who may, which step follows which, what is referred, who is called."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from charity import letters
from charity.accounts.models import User
from charity.actor import Grant, Role
from charity.errors import Denied, DomainError, Invalid, InvalidState, NotFound
from charity.outbox import Outbox
from charity.registry.models import CampaignState
from projects.listings import policy, queries, services
from projects.listings.models import (
    NEED_TRANSITIONS,
    RESOURCE_TRANSITIONS,
    ListingCounter,
    NeedEscalation,
    NeedState,
    ResourceKind,
    ResourceState,
    Urgency,
)
from projects.listings.queries import NeedFilter, ResourceFilter
from projects.listings.reasons import NeedsReason
from tests.conftest import SetClock
from tests.factories import make_actor
from tests.projects.listings.community import (
    COUNTY,
    GUEST,
    STREET,
    SYSTEM,
    VILLAGE,
    Community,
)

#: Which verb leads where, and from which states it may be called.
STEPS: dict[NeedState, Callable[[Community, int], object]] = {
    NeedState.OPEN: lambda c, i: services.confirm_need(c.session, c.dispatcher, need_id=i),
    NeedState.DECLINED: lambda c, i: services.decline_need(
        c.session, c.dispatcher, need_id=i, note="不在本社区"
    ),
    NeedState.REFERRED: lambda c, i: services.refer_need(c.session, c.dispatcher, need_id=i),
    NeedState.WITHDRAWN: lambda c, i: services.withdraw_need(
        c.session, GUEST, need_id=i, token=queries.need(c.session, i).token
    ),
    NeedState.CLOSED: lambda c, i: services.close_need(
        c.session, c.dispatcher, need_id=i, note="够用了"
    ),
}


@pytest.mark.parametrize("start", NeedState)
def test_every_step_of_a_need_follows_the_table(community: Community, start: NeedState) -> None:
    for target, step in STEPS.items():
        need = community.need_in(start)
        allowed = target in NEED_TRANSITIONS[start] and start is not NeedState.FULFILLED
        if allowed:
            step(community, need.id)
            assert need.state is target
        else:
            with pytest.raises(InvalidState):
                step(community, need.id)
            assert need.state is start
    need = community.need_in(start)
    if start is NeedState.FULFILLED:
        services.reopen_need(
            community.session, community.dispatcher, need_id=need.id, note="又坏了"
        )
        assert need.state is NeedState.OPEN
    elif start is not NeedState.ORDERED:
        with pytest.raises(InvalidState):
            services.reopen_need(community.session, community.dispatcher, need_id=need.id, note="x")


def test_a_resident_orders_and_only_the_dispatchers_of_the_place_confirm(
    community: Community,
) -> None:
    need = community.order()
    assert (need.state, need.promised, need.change_number) == (NeedState.ORDERED, 0, 1)
    for actor in (GUEST, community.worker, community.stranger):
        with pytest.raises(NotFound):
            services.confirm_need(community.session, actor, need_id=need.id)
    assert policy.may_see_need(GUEST, need, token=need.token)
    services.confirm_need(community.session, community.above, need_id=need.id)
    assert need.confirmed_by_user_id == community.above.user_id
    assert queries.need_by_token(community.session, need.token) is need
    with pytest.raises(Denied):
        services.decline_need(community.session, community.worker, need_id=need.id, note="不")
    events = community.session.scalars(select(Outbox.event).where(Outbox.subject.like("need:%")))
    assert list(events) == ["need.ordered", "need.confirmed"]


def test_one_form_is_one_need_and_counts_are_numbered(community: Community) -> None:
    first = community.order(client_id="form-0001")
    assert community.order(client_id="form-0001", title="别的标题") is first
    second = community.order()
    counter = community.session.get_one(ListingCounter, "need", populate_existing=True)
    assert second.change_number == counter.number == first.change_number + 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"kind": ResourceKind.GOODS, "unit": ""}, "unit"),
        ({"ends_on": date(2026, 3, 15), "starts_on": date(2026, 3, 1)}, "ends_on"),
        ({"region_code": "42"}, "region_code"),
        ({"is_post": True}, "kind"),
        ({"contact_phone": ""}, "contact_phone"),
        ({"title": "请打 13800138000"}, "title"),
        ({"title": "张三奶奶家的灯要修"}, "title"),
        ({"client_id": "?"}, "client_id"),
    ],
)
def test_what_cannot_stand_is_said_beside_its_field(
    community: Community, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        community.order(**changed)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "changed",
    [
        {"names_a_person": True},
        {"kind": ResourceKind.MONEY, "title": "救救王小明", "quantity": 100_000},
        {"kind": ResourceKind.MONEY, "description": "救救王小明", "quantity": None},
    ],
)
def test_a_plea_for_one_person_is_referred_and_never_public(
    community: Community, changed: dict[str, Any]
) -> None:
    """AID-01, AID-02: no raising for a named individual; the order is told where help is."""
    need = community.order(**changed)
    assert need.state is NeedState.REFERRED
    assert need.closing_note == NeedsReason.REFERRED.value
    assert not policy.may_see_need(GUEST, need)
    assert policy.may_see_need(GUEST, need, token=need.token)
    assert queries.public_needs(community.session).items == []
    with pytest.raises(InvalidState):
        services.confirm_need(community.session, community.dispatcher, need_id=need.id)


@pytest.mark.parametrize(
    ("urgency", "due", "answer"),
    [
        # 2026-04-03 is the Friday before Qingming (4 to 6 April are free)
        (Urgency.URGENT, datetime(2026, 4, 5, 2, tzinfo=UTC), datetime(2026, 4, 4, 2, tzinfo=UTC)),
        (
            Urgency.NORMAL,
            datetime(2026, 4, 13, 16, tzinfo=UTC),
            datetime(2026, 4, 8, 16, tzinfo=UTC),
        ),
    ],
)
def test_the_clock_runs_from_the_confirmation_in_hours_or_working_days(
    community: Community, clock: SetClock, urgency: Urgency, due: datetime, answer: datetime
) -> None:
    clock.set(datetime(2026, 4, 3, 2, tzinfo=UTC))
    need = community.open(urgency=urgency)
    assert need.due_at == due
    assert community.claim(need, 1).answer_due_at == answer


def test_money_and_goods_want_a_campaign_that_takes_gifts(community: Community) -> None:
    need = community.order(kind=ResourceKind.MONEY, quantity=100_000)
    campaign = community.campaign

    def confirm(campaign_id: int | None) -> None:
        services.confirm_need(
            community.session, community.dispatcher, need_id=need.id, campaign_id=campaign_id
        )

    with pytest.raises(Invalid) as refused:
        confirm(None)
    assert refused.value.field == "campaign_id"
    campaign.state = CampaignState.ENDED
    with pytest.raises(Invalid):
        confirm(campaign.id)
    campaign.state = CampaignState.OPEN
    confirm(campaign.id)
    assert need.campaign_id == campaign.id


def test_what_nobody_answers_is_called_out_place_by_place(
    community: Community, clock: SetClock
) -> None:
    """吹哨: each level once, and only levels with a dispatcher; whoever accepted stops it."""
    session = community.session
    waiting, taken = community.open(), community.open()
    order = community.order(urgency=Urgency.URGENT)
    community.accept(community.claim(taken, 1))
    assert services.escalate_due_needs(session, SYSTEM) == 0
    clock.set(clock.now + timedelta(hours=25))
    assert services.escalate_due_needs(session, SYSTEM) == 1
    assert order.escalated_to_code == STREET
    clock.set(clock.now + timedelta(days=7))
    services.escalate_due_needs(session, SYSTEM)
    assert (waiting.escalated_to_code, order.escalated_to_code) == (STREET, COUNTY)
    assert services.escalate_due_needs(session, SYSTEM) == 0
    clock.set(clock.now + timedelta(days=30))
    for _ in range(3):
        services.escalate_due_needs(session, SYSTEM)
    assert taken.escalated_to_code is None
    for need in (waiting, order):
        called = [each.region_code for each in queries.escalations_of(session, need.id)]
        assert called == [STREET, COUNTY]
    assert len(session.scalars(select(NeedEscalation)).all()) == 4


def test_who_must_act_gets_a_letter_where_there_is_an_address(community: Community) -> None:
    user = make_actor(community.session, Grant(Role.DISPATCHER, region_code=VILLAGE))
    community.session.get_one(User, user.user_id).login_name = "clerk@example.org"
    need = community.order(contact_phone="wang@example.org")
    services.confirm_need(community.session, community.dispatcher, need_id=need.id)
    owed = {(letter.kind, letter.address) for letter in letters.owed(community.session)}
    assert owed == {
        ("need.ordered", "clerk@example.org"),
        ("need.confirmed", "wang@example.org"),
    }


def test_contacts_go_ninety_days_after_the_end(community: Community, clock: SetClock) -> None:
    ended, running = community.order(), community.open()
    services.decline_need(
        community.session, community.dispatcher, need_id=ended.id, note="不在本社区"
    )
    clock.set(clock.now + timedelta(days=90))
    assert services.erase_contacts(community.session, SYSTEM) == 0
    clock.set(clock.now + timedelta(minutes=1))
    assert services.erase_contacts(community.session, SYSTEM) == 1
    assert (ended.contact_name, ended.contact_phone, running.contact_name) == ("", "", "王小明")


def test_what_an_account_ordered_is_found_again(community: Community) -> None:
    need = community.order(community.volunteer)
    assert queries.orders_of(community.session, community.volunteer.user_id or 0) == [need]


def test_an_organisation_posts_for_itself_alone(community: Community) -> None:
    with pytest.raises(Denied):
        community.order(community.other_worker, organisation_id=community.unit.id)
    need = community.order(
        community.worker, organisation_id=community.unit.id, contact_name="", contact_phone=""
    )
    assert policy.may_withdraw_need(community.worker, need)


# ── the lists ────────────────────────────────────────────────────────────────────────────────────


def test_the_list_is_read_page_by_page_in_both_directions(
    community: Community, clock: SetClock
) -> None:
    made = []
    for number in range(5):
        clock.set(clock.now + timedelta(minutes=number % 2))
        made.append(community.open().id)
    newest = made[::-1]
    session = community.session

    def ids(**asked: object) -> tuple[list[int], str, str]:
        page = queries.public_needs(session, size=2, **asked)  # type: ignore[arg-type]
        return [need.id for need in page.items], page.after, page.before

    first, after, before = ids()
    assert (first, before) == (newest[:2], "")
    second, further, back = ids(after=after)
    assert second == newest[2:4]
    assert ids(before=back)[0] == first
    assert ids(after=further)[0] == newest[4:]
    assert ids(after=further)[1] == ""
    assert ids(last=True)[0] == newest[3:]
    assert ids(after="nonsense")[0] == first
    assert ids(after="99999999999999999.1")[0] == first


def test_the_list_is_filtered_by_what_is_asked(community: Community) -> None:
    community.order()
    lamps = community.open()
    rice = community.open(
        kind=ResourceKind.GOODS, title="米", item="东北大米", unit="袋", quantity=None
    )
    post = community.open(
        kind=ResourceKind.HOURS, is_post=True, title="护学岗", region_code="420704001203"
    )

    def found(**asked: object) -> list[int]:
        chosen = NeedFilter(**asked)  # type: ignore[arg-type]
        return sorted(need.id for need in queries.public_needs(community.session, chosen).items)

    assert found() == [lamps.id, rice.id, post.id]
    assert found(posts=False) == [lamps.id, rice.id]
    assert found(posts=True) == [post.id]
    assert found(region_code=VILLAGE) == [lamps.id, rice.id]
    assert found(unknown=True) == [rice.id]
    assert found(words="大米") == [rice.id]
    assert found(words="%") == []
    assert found(kind=ResourceKind.SKILLS) == [lamps.id]
    assert found(state=NeedState.ORDERED) == []
    assert [n.state for n in queries.orders_waiting(community.session, [STREET])] == [
        NeedState.ORDERED
    ]
    assert queries.orders_waiting(community.session, ["420705"]) == []


# ── resources ────────────────────────────────────────────────────────────────────────────────────

RESOURCE_STEPS: dict[str, tuple[ResourceState, Callable[..., object]]] = {
    "pause": (ResourceState.PAUSED, services.pause_resource),
    "resume": (ResourceState.OPEN, services.resume_resource),
    "withdraw": (ResourceState.WITHDRAWN, services.withdraw_resource),
}


@pytest.mark.parametrize("start", ResourceState)
def test_every_step_of_a_resource_follows_the_table(
    community: Community, start: ResourceState
) -> None:
    for target, verb in RESOURCE_STEPS.values():
        resource = community.offer()
        resource.state = start
        community.session.flush()
        with pytest.raises(Denied):
            verb(community.session, community.other_worker, resource_id=resource.id)
        allowed = target in RESOURCE_TRANSITIONS[start]
        if verb is services.resume_resource:
            allowed = start is ResourceState.PAUSED
        try:
            verb(community.session, community.worker, resource_id=resource.id)
        except DomainError:
            assert not allowed
        else:
            assert allowed
            assert resource.state is target


def test_an_offer_is_found_where_it_lies_and_where_it_can_be_had(community: Community) -> None:
    offer = community.offer(region_code="420705001201", serves_code="42")

    def found(code: str) -> list[int]:
        asked = ResourceFilter(region_code=code)
        return [each.id for each in queries.public_resources(community.session, asked).items]

    assert found(VILLAGE) == found("420705") == [offer.id]
    services.pause_resource(community.session, community.worker, resource_id=offer.id)
    assert found(VILLAGE) == []


def test_an_offer_never_shrinks_below_what_is_promised(community: Community) -> None:
    need, offer = community.open(), community.offer()
    community.accept(community.claim(need, 6, resource_id=offer.id))
    assert offer.state is ResourceState.USED_UP
    said: dict[str, Any] = {
        "title": offer.title, "category": offer.category, "region_code": STREET,
        "serves_code": COUNTY, "unit": "户", "starts_on": offer.starts_on,
    }  # fmt: skip

    def change(quantity: int) -> None:
        services.change_resource(
            community.session, community.worker, resource_id=offer.id, quantity=quantity, **said
        )

    with pytest.raises(Invalid) as refused:
        change(5)
    assert refused.value.params["left"] == 6
    change(8)
    assert (offer.state, offer.rest) == (ResourceState.OPEN, 2)
