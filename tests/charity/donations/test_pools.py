"""Matching pools: drawn up, opened, asked, allotted, frozen, closed; their states as a matrix.

MAT-01, MAT-02, MAT-03.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from charity.actor import Actor, Grant, Role
from charity.clock import now as house_now
from charity.donations import services
from charity.donations.matching import digest
from charity.donations.models import (
    MATCH_TRANSITIONS,
    POOL_TRANSITIONS,
    ExclusionCause,
    GiverKind,
    Match,
    MatchingPool,
    MatchLimit,
    MatchState,
    PoolState,
)
from charity.donations.queries import pools
from charity.donations.reasons import MatchingReason
from charity.donations.services.asking import ask
from charity.errors import CommonReason, Conflict, Denied, Insufficient, Invalid, InvalidState
from charity.ledger import services as ledger
from charity.ledger.models import FundKind
from charity.money import ZERO, Money
from charity.registry.models import CampaignMember, Capacity
from tests.charity.donations.giving import SYSTEM, Giving
from tests.charity.donations.pooling import TERMS, TODAY, Pooling, open_pooling, without_caps
from tests.conftest import SetClock
from tests.factories import make_actor, make_organisation, make_person


def moment(text: str) -> datetime:
    """An instant as the tests write it."""
    return datetime.fromisoformat(text)


@pytest.fixture
def pooling(giving: Giving) -> Pooling:
    return open_pooling(giving)


# ── drawing up and opening ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changed", "field", "reason"),
    [
        ({"total": ZERO}, "total", CommonReason.NOT_POSITIVE),
        ({"least_gift": ZERO}, "least_gift", CommonReason.NOT_POSITIVE),
        ({"ratio_percent": 0}, "ratio_percent", MatchingReason.RATIO_RANGE),
        ({"ratio_percent": 1_001}, "ratio_percent", MatchingReason.RATIO_RANGE),
        ({"cooling_days": 6}, "cooling_days", MatchingReason.COOLING_RANGE),
        ({"cooling_days": 16}, "cooling_days", MatchingReason.COOLING_RANGE),
        ({"ends_at": TERMS.starts_at}, "ends_at", CommonReason.DATES_REVERSED),
        ({"cap_per_gift": ZERO}, "cap_per_gift", CommonReason.NOT_POSITIVE),
        ({"cap_per_campaign": Money.yuan(1_001)}, "cap_per_campaign", MatchingReason.CAP_ABOVE),
    ],
)
def test_a_rule_out_of_range_is_refused(
    pooling: Pooling, changed: dict[str, object], field: str, reason: str
) -> None:
    with pytest.raises(Invalid) as refused:
        pooling.draft(replace(TERMS, **changed))  # type: ignore[arg-type]
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_a_pool_has_its_own_fund(pooling: Pooling) -> None:
    with pytest.raises(Invalid) as refused:
        pooling.draft(fund_id=pooling.giving.campaign.fund_id)
    assert refused.value.reason is MatchingReason.FUND_KIND
    pooling.draft()
    with pytest.raises(Conflict) as taken:
        pooling.draft()
    assert taken.value.reason is MatchingReason.FUND_TAKEN


def test_a_pool_names_campaigns_of_its_own_book(pooling: Pooling) -> None:
    with pytest.raises(Invalid) as refused:
        pooling.draft(campaign_ids=[])
    assert refused.value.reason is MatchingReason.NO_CAMPAIGN
    charity = make_organisation(pooling.session)
    book = ledger.open_book(pooling.session, SYSTEM, organisation_id=charity.id, name="别的账")
    foreign = ledger.open_fund(
        pooling.session, SYSTEM, book_id=book.id, name="别的池", kind=FundKind.MATCHING_POOL
    )
    other = make_actor(pooling.session, Grant(Role.TREASURER, organisation_id=charity.id))
    with pytest.raises(Invalid) as refused:
        services.create_pool(
            pooling.session,
            other,
            fund_id=foreign.id,
            name="别的",
            sponsor_name="别的",
            terms=TERMS,
            campaign_ids=[pooling.giving.campaign.id],
        )
    assert refused.value.reason is MatchingReason.FOREIGN_CAMPAIGN


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TREASURER])
def test_only_its_treasurer_keeps_a_pool(pooling: Pooling, role: Role) -> None:
    charity_id = pooling.giving.campaign.charity_id
    actor = make_actor(pooling.session, Grant(role, organisation_id=charity_id))
    pool = pooling.draft()
    acts: list[Callable[[], object]] = [
        lambda: services.open_pool(pooling.session, actor, pool_id=pool.id),
        lambda: services.freeze_pool(pooling.session, actor, pool_id=pool.id, note="因为"),
        lambda: services.close_pool(pooling.session, actor, pool_id=pool.id, note="因为"),
    ]
    for act in acts:
        with pytest.raises(Denied):
            act()


def test_only_the_installation_allots_and_pays(pooling: Pooling) -> None:
    pool = pooling.open()
    for actor in (Actor.guest(), pooling.treasurer):
        with pytest.raises(Denied):
            services.allot(pooling.session, actor, pool_id=pool.id)
        with pytest.raises(Denied):
            services.raise_flags(pooling.session, actor, pool_id=pool.id)
        with pytest.raises(Denied):
            services.confirm(
                pooling.session,
                actor,
                pool_id=pool.id,
                campaign_id=pooling.giving.campaign.id,
                on=TODAY,
            )


def test_a_pool_opens_only_with_its_money_in_hand(pooling: Pooling) -> None:
    pool = pooling.draft()
    pooling.fill(Money.yuan("999.99"))
    with pytest.raises(Insufficient) as refused, pooling.session.begin_nested():
        services.open_pool(pooling.session, pooling.treasurer, pool_id=pool.id)
    assert refused.value.params["available"] == Money.yuan("999.99")
    pooling.session.expire_all()
    pooling.give(1)
    pooling.fill(Money.yuan("0.01"))
    services.open_pool(pooling.session, pooling.treasurer, pool_id=pool.id)
    pooling.judge(pool)


def test_an_open_pool_has_the_digest_of_its_rules(pooling: Pooling) -> None:
    pool = pooling.open()
    pooling.session.expire_all()
    told = json.loads(json.dumps(pool.published_rules))
    assert pool.rules_digest == digest(told)
    assert told["campaigns"] == [pooling.giving.campaign.id]


def test_a_period_that_is_over_cannot_open(pooling: Pooling, clock: SetClock) -> None:
    pool = pooling.draft()
    pooling.fill(pool.total)
    clock.set(TERMS.ends_at)
    with pytest.raises(InvalidState) as refused:
        services.open_pool(pooling.session, pooling.treasurer, pool_id=pool.id)
    assert refused.value.reason is MatchingReason.PERIOD_OVER


# ── states ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("wanted", PoolState)
@pytest.mark.parametrize("state", PoolState)
def test_the_states_of_a_pool(state: PoolState, wanted: PoolState) -> None:
    pool = MatchingPool(state=state)
    if wanted in POOL_TRANSITIONS[state]:
        pool.move_to(wanted)
        assert pool.state is wanted
    else:
        with pytest.raises(InvalidState):
            pool.move_to(wanted)


@pytest.mark.parametrize("wanted", MatchState)
@pytest.mark.parametrize("state", MatchState)
def test_the_states_of_a_match(state: MatchState, wanted: MatchState) -> None:
    match = Match(state=state)
    if wanted in MATCH_TRANSITIONS[state]:
        match.move_to(wanted)
        assert match.state is wanted
    else:
        with pytest.raises(InvalidState):
            match.move_to(wanted)


def test_a_frozen_pool_lets_gifts_wait_in_their_order(pooling: Pooling) -> None:
    pool = pooling.open()
    session, treasurer = pooling.session, pooling.treasurer
    first = pooling.give(100, "a@example.cn")
    services.freeze_pool(session, treasurer, pool_id=pool.id, note="有人举报")
    second = pooling.give(150, "a@example.cn")
    assert pooling.allot(pool) == 0
    assert pools.pools_to_allot(session) == []
    assert not pools.is_asked(session, pool.id)
    services.reopen_pool(session, treasurer, pool_id=pool.id, note="查清了")
    assert pools.pools_to_allot(session) == [pool.id]
    assert pooling.allot(pool) == 2
    assert pooling.given(first) == (MatchState.RESERVED, Money.yuan(100))
    assert pooling.given(second) == (MatchState.RESERVED, Money.yuan(100))
    pooling.judge(pool)


def test_a_pool_that_closes_decides_what_asked_and_frees_the_rest(pooling: Pooling) -> None:
    pool = pooling.open()
    gift = pooling.give(100, "a@example.cn")
    services.close_pool(pooling.session, pooling.treasurer, pool_id=pool.id, note="到期")
    assert pooling.given(gift) == (MatchState.RESERVED, Money.yuan(100))
    pooling.judge(pool)
    later = pooling.give(100, "b@example.cn")
    assert pools.matches_of(pooling.session, later.id) == []
    assert pooling.confirm(pool) == 1
    pooling.judge(pool)


def test_what_asks_of_a_closed_pool_leaves_no_place(pooling: Pooling) -> None:
    pool = pooling.open()
    gift = pooling.give(100, "a@example.cn")
    pool.state = PoolState.CLOSED
    pooling.session.flush()
    assert services.allot(pooling.session, SYSTEM, pool_id=pool.id) == 1
    assert (pooling.match(gift).state, pooling.match(gift).position) == (
        MatchState.CANCELLED,
        None,
    )


@pytest.mark.parametrize("note", ["", "  ", "长" * 201])
def test_a_pool_is_stopped_only_with_a_reason(pooling: Pooling, note: str) -> None:
    pool = pooling.open()
    with pytest.raises(Invalid) as refused:
        services.freeze_pool(pooling.session, pooling.treasurer, pool_id=pool.id, note=note)
    assert refused.value.field == "note"


# ── asking and allotting ─────────────────────────────────────────────────────────────────────────


def test_the_vector_of_the_handbook_through_the_whole_way(pooling: Pooling) -> None:
    pool = pooling.open()
    gifts = [
        pooling.give(150, "a@example.cn"),
        pooling.give(100, "A@Example.cn"),
        pooling.give(900, "b@example.cn"),
    ]
    assert [pooling.match(gift).state for gift in gifts] == [MatchState.ASKED] * 3
    assert pooling.allot(pool) == 3
    matches = [pooling.match(gift) for gift in gifts]
    assert [match.amount for match in matches] == [Money.yuan(n) for n in (150, 50, 200)]
    assert [match.position for match in matches] == [1, 2, 3]
    assert matches[0].giver_mark == matches[1].giver_mark != matches[2].giver_mark
    assert matches[0].confirm_on == TODAY + timedelta(days=7)
    figures = pools.with_standing(pooling.session, [pool])[0][1]
    assert (figures.given, figures.left) == (Money.yuan(400), Money.yuan(600))
    pooling.judge(pool)


def test_the_next_day_a_giver_is_matched_again(pooling: Pooling, clock: SetClock) -> None:
    pool = pooling.open()
    pooling.give(200, "a@example.cn")
    pooling.allot(pool)
    # half an hour before midnight in China, and half an hour after
    clock.set(moment("2026-03-16T15:30:00+00:00"))
    late = pooling.give(200, "a@example.cn")
    clock.set(moment("2026-03-16T16:30:00+00:00"))
    early = pooling.give(200, "a@example.cn")
    pooling.allot(pool)
    assert pooling.match(late).limited_by is MatchLimit.GIVER_DAY
    assert pooling.given(early) == (MatchState.RESERVED, Money.yuan(200))
    pooling.judge(pool)


@pytest.mark.parametrize(
    ("begins", "ends", "asks"),
    [(0, 1, True), (1, 2, False), (-2, -1, False), (-1, 0, False)],
)
def test_gifts_ask_within_the_period(
    pooling: Pooling, clock: SetClock, begins: int, ends: int, asks: bool
) -> None:
    now = house_now()
    terms = replace(
        TERMS, starts_at=now + timedelta(hours=begins), ends_at=now + timedelta(hours=ends)
    )
    clock.set(now - timedelta(hours=3))
    pooling.open(terms)
    clock.set(now)
    gift = pooling.give(100, "a@example.cn")
    assert bool(pools.matches_of(pooling.session, gift.id)) is asks


def test_a_pool_of_another_campaign_and_a_draft_are_not_asked(pooling: Pooling) -> None:
    pooling.draft()
    gift = pooling.give(100, "a@example.cn")
    assert pools.matches_of(pooling.session, gift.id) == []


def test_who_left_no_contact_is_matched_only_where_givers_are_not_counted(
    pooling: Pooling,
) -> None:
    pool = pooling.open()
    unknown = pooling.give(100)
    pooling.allot(pool)
    assert pooling.given(unknown) == (MatchState.REFUSED, ZERO)
    assert pooling.match(unknown).limited_by is MatchLimit.UNKNOWN_GIVER
    pooling.judge(pool)


def test_a_pool_without_caps_per_giver_matches_everybody(pooling: Pooling) -> None:
    pool = pooling.open(without_caps())
    unknown = pooling.give(100)
    pooling.allot(pool)
    assert pooling.given(unknown) == (MatchState.RESERVED, Money.yuan(100))
    assert pooling.match(unknown).giver_mark == ""


def test_the_pool_gives_its_last_fen_and_no_more(pooling: Pooling) -> None:
    pool = pooling.open(without_caps(ratio_percent=33))
    gifts = [pooling.give("777.77", f"{n}@example.cn") for n in range(6)]
    pooling.allot(pool)
    assert [pooling.match(gift).amount for gift in gifts] == [
        *[Money(25_666)] * 3,
        Money(100_000 - 3 * 25_666),
        ZERO,
        ZERO,
    ]
    assert pooling.match(gifts[3]).limited_by is MatchLimit.POOL
    assert pools.bars(pooling.session, pooling.giving.campaign.id, house_now()) == []
    pooling.judge(pool)


def test_the_bar_tells_what_is_left(pooling: Pooling) -> None:
    pool = pooling.open()
    pooling.give(150, "a@example.cn")
    pooling.allot(pool)
    (bar,) = pools.bars(pooling.session, pooling.giving.campaign.id, house_now())
    assert (bar.pool_id, bar.left, bar.for_one_yuan) == (pool.id, Money.yuan(850), Money.yuan(1))


# ── who is left out ──────────────────────────────────────────────────────────────────────────────


def refused(pooling: Pooling, pool: MatchingPool, **giver: object) -> bool:
    """Whether a gift of this giver is refused as excluded."""
    gift = pooling.give(10, **giver)  # type: ignore[arg-type]
    pooling.allot(pool)
    match = pooling.match(gift)
    assert match.is_excluded is (match.limited_by is MatchLimit.EXCLUDED)
    assert match.state is (MatchState.REFUSED if match.is_excluded else MatchState.RESERVED)
    return match.is_excluded


def test_insiders_are_left_out_without_being_named(pooling: Pooling) -> None:
    session, campaign = pooling.session, pooling.giving.campaign
    partner, sponsor, other = (make_organisation(session) for _ in range(3))
    campaign.partner_id = partner.id
    session.flush()
    pool = pooling.open(without_caps(), sponsor_organisation_id=sponsor.id)
    for organisation_id, out in (
        (campaign.charity_id, True),
        (partner.id, True),
        (sponsor.id, True),
        (other.id, False),
    ):
        insider = make_actor(session, Grant(Role.EDITOR, organisation_id=organisation_id))
        gift = pooling.give(10, "x@example.cn")
        gift.person_id = insider.person_id
        session.flush()
        pooling.allot(pool)
        assert pooling.match(gift).is_excluded is out
    unit = {"giver_kind": GiverKind.ENTERPRISE}
    assert refused(pooling, pool, giver_name=f" {sponsor.name} ", **unit)
    assert refused(pooling, pool, giver_name=partner.name, **unit)
    assert not refused(pooling, pool, giver_name=other.name, **unit)
    assert not refused(pooling, pool, giver_name=partner.name)


def test_whom_a_campaign_is_for_draws_no_match(pooling: Pooling) -> None:
    session, campaign = pooling.session, pooling.giving.campaign
    pool = pooling.open(without_caps())
    person = make_person(session)
    session.add(
        CampaignMember(
            campaign_id=campaign.id,
            person_id=person.id,
            capacity=Capacity.RESIDENT,
            verified_by_user_id=pooling.treasurer.user_id,
            verified_at=house_now(),
        )
    )
    gift = pooling.give(10)
    gift.person_id = person.id
    session.flush()
    pooling.allot(pool)
    assert pooling.match(gift).is_excluded


def test_exclusions_that_staff_add_and_lift(pooling: Pooling) -> None:
    session, treasurer = pooling.session, pooling.treasurer
    pool = pooling.open(without_caps())
    gift = pooling.give(10, "x@example.cn")
    told = {"cause": ExclusionCause.GOVERNMENT_MONEY, "note": "财政资金"}
    added = services.exclude(
        session, treasurer, pool_id=pool.id, giver_key=gift.giver_key, **told  # type: ignore[arg-type]
    )  # fmt: skip
    assert refused(pooling, pool, contact="X@example.cn")
    assert not refused(pooling, pool, contact="y@example.cn")
    services.lift_exclusion(session, treasurer, pool_id=pool.id, exclusion_id=added.id)
    assert not refused(pooling, pool, contact="X@example.cn")
    organisation = make_organisation(session)
    services.exclude(session, treasurer, pool_id=pool.id, organisation_id=organisation.id, **told)  # type: ignore[arg-type]
    assert refused(pooling, pool, giver_name=organisation.name, giver_kind=GiverKind.UNIT)
    with pytest.raises(Invalid) as nobody:
        services.exclude(session, treasurer, pool_id=pool.id, **told)  # type: ignore[arg-type]
    assert nobody.value.reason is MatchingReason.NOTHING_LEFT_OUT
    assert [row.cause for row in pools.exclusions(session, pool.id)] == [told["cause"]]


def test_a_gift_asks_once_however_often_it_is_told(pooling: Pooling) -> None:
    pooling.open()
    gift = pooling.give(10, "a@example.cn")
    ask(pooling.session, SYSTEM, gift)
    assert len(pooling.session.scalars(select(Match)).all()) == 1
