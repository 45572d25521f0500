"""What becomes of a match: paid after the cooling time, taken back with the gift (MAT-02)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from charity.donations import services
from charity.donations.models import FlagKind, MatchFlag, MatchLimit, MatchState, RefundState
from charity.donations.queries import pools
from charity.donations.reasons import MatchingReason
from charity.donations.services.consequences import gift_refunded
from charity.donations.services.pool_sums import held
from charity.errors import InvalidState
from charity.ledger import services as ledger
from charity.ledger.checks import verify
from charity.ledger.models import Entry, EntryKind
from charity.money import ZERO, Money
from tests.charity.donations.giving import SYSTEM, Giving
from tests.charity.donations.pooling import (
    COOLED,
    TERMS,
    TODAY,
    Pooling,
    open_pooling,
    without_caps,
)


@pytest.fixture
def pooling(giving: Giving) -> Pooling:
    return open_pooling(giving)


def spend(pooling: Pooling, yuan: str | int) -> None:
    """The campaign spends its first fen."""
    ledger.pay(
        pooling.session,
        SYSTEM,
        fund_id=pooling.giving.campaign.fund_id,
        amount=Money.yuan(yuan),
        source=f"expense:{yuan}",
        occurred_on=TODAY,
        cost="5101",
    )


# ── paying ───────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_paid_before_the_cooling_time_is_over(pooling: Pooling) -> None:
    pool = pooling.open()
    gift = pooling.give(150, "a@example.cn")
    pooling.allot(pool)
    assert pooling.confirm(pool, COOLED - timedelta(days=1)) == 0
    assert pooling.given(gift) == (MatchState.RESERVED, Money.yuan(150))
    assert pooling.confirm(pool, COOLED) == 1
    assert pooling.given(gift) == (MatchState.CONFIRMED, Money.yuan(150))
    assert pooling.confirm(pool, COOLED) == 0
    pooling.judge(pool)


def test_a_batch_is_one_grant_and_the_fen_go_on(pooling: Pooling) -> None:
    pool = pooling.open()
    gifts = [pooling.give(n, f"{n}@example.cn") for n in (10, 20, 30)]
    pooling.allot(pool)
    before = pooling.in_hand(pooling.giving.campaign.fund_id)
    assert pooling.confirm(pool) == 3
    entry_ids = {pooling.match(gift).entry_id for gift in gifts}
    (entry_id,) = entry_ids
    entry = pooling.session.get_one(Entry, entry_id)
    assert entry.kind is EntryKind.GRANT
    assert pooling.in_hand(pooling.giving.campaign.fund_id) - before == Money.yuan(60)
    assert pooling.in_hand(pool.fund_id) == Money.yuan(940)
    assert held(pooling.session, pool) == Money.yuan(940)
    assert list(verify(pooling.session)) == []


def test_batches_end_where_they_are_told(pooling: Pooling) -> None:
    pool = pooling.open()
    for n in range(1, 6):
        pooling.give(n, f"{n}@example.cn")
    pooling.allot(pool)
    told = {"pool_id": pool.id, "campaign_id": pooling.giving.campaign.id, "on": COOLED}
    paid = [services.confirm(pooling.session, SYSTEM, limit=2, **told) for _ in range(4)]  # type: ignore[arg-type]
    assert paid == [2, 2, 1, 0]
    pooling.judge(pool)


def test_a_frozen_pool_pays_nothing(pooling: Pooling) -> None:
    pool = pooling.open()
    pooling.give(10, "a@example.cn")
    pooling.allot(pool)
    services.freeze_pool(pooling.session, pooling.treasurer, pool_id=pool.id, note="待查")
    assert pools.due(pooling.session, COOLED) == []
    assert (
        services.confirm(
            pooling.session,
            SYSTEM,
            pool_id=pool.id,
            campaign_id=pooling.giving.campaign.id,
            on=COOLED,
        )
        == 0
    )


@pytest.mark.parametrize("about", ["giver", "campaign"])
def test_an_open_question_holds_the_payment_back(pooling: Pooling, about: str) -> None:
    pool = pooling.open()
    asked, other = pooling.give(10, "a@example.cn"), pooling.give(20, "b@example.cn")
    pooling.allot(pool)
    subject = {
        "giver": f"giver:{pooling.match(asked).giver_mark}",
        "campaign": f"campaign:{pooling.giving.campaign.id}",
    }[about]
    flag = MatchFlag(
        pool_id=pool.id, kind=FlagKind.CLUSTER, subject=subject, raised_at=pool.created_at
    )
    pooling.session.add(flag)
    pooling.session.flush()
    assert pooling.confirm(pool) == (1 if about == "giver" else 0)
    assert pooling.match(asked).state is MatchState.RESERVED
    services.decide_flag(
        pooling.session, pooling.treasurer, flag_id=flag.id, uphold=False, note="是同一个单位"
    )
    pooling.confirm(pool)
    assert {pooling.match(gift).state for gift in (asked, other)} == {MatchState.CONFIRMED}
    pooling.judge(pool)


# ── going back with the gift ─────────────────────────────────────────────────────────────────────


def test_a_gift_that_goes_back_before_it_is_decided_leaves_no_place(pooling: Pooling) -> None:
    pool = pooling.open()
    gone, part = pooling.give(100, "a@example.cn"), pooling.give(100, "b@example.cn")
    pooling.send_back(gone)
    pooling.send_back(part, 40)
    pooling.allot(pool)
    assert pooling.given(gone) == (MatchState.CANCELLED, ZERO)
    assert pooling.match(gone).position is None
    match = pooling.match(part)
    assert (match.gift, match.amount, match.position) == (Money.yuan(60), Money.yuan(60), 1)
    pooling.judge(pool)


def test_a_reserved_match_goes_back_and_is_there_for_others(pooling: Pooling) -> None:
    pool = pooling.open(without_caps(total=Money.yuan(100)))
    gift, refused = pooling.give(100), pooling.give(100)
    pooling.allot(pool)
    assert pooling.match(refused).limited_by is MatchLimit.POOL
    pooling.send_back(gift)
    later = pooling.give(100)
    pooling.allot(pool)
    assert pooling.given(gift) == (MatchState.CANCELLED, ZERO)
    assert pooling.match(gift).amount == Money.yuan(100)
    assert pooling.given(later) == (MatchState.RESERVED, Money.yuan(100))
    (back,) = pooling.returns()
    assert (back.after_position, back.amount, back.entry_id) == (2, Money.yuan(100), None)
    pooling.judge(pool)


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_part_that_goes_back_takes_its_part_of_the_match(
    pooling: Pooling, confirmed: bool
) -> None:
    pool = pooling.open(without_caps(ratio_percent=50))
    gift = pooling.give("10.01")
    pooling.allot(pool)
    assert pooling.match(gift).amount == Money(500)
    if confirmed:
        pooling.confirm(pool)
    pooling.send_back(gift, "3.33")
    pooling.allot(pool)
    # 668/1001 of 500 fen, rounded down
    assert pooling.match(gift).standing == Money(333)
    pooling.judge(pool)
    pooling.send_back(gift, "6.68")
    pooling.allot(pool)
    assert pooling.given(gift) == (MatchState.CANCELLED, ZERO)
    assert [row.amount for row in pooling.returns()] == [Money(167), Money(333)]
    assert pooling.in_hand(pool.fund_id) == pool.total
    pooling.judge(pool)


def test_a_paid_match_comes_home_from_the_campaign(pooling: Pooling) -> None:
    pool = pooling.open()
    gift = pooling.give(150, "a@example.cn")
    pooling.allot(pool)
    pooling.confirm(pool)
    pooling.send_back(gift)
    pooling.allot(pool)
    assert pooling.given(gift) == (MatchState.CANCELLED, ZERO)
    (back,) = pooling.returns()
    assert pooling.session.get_one(Entry, back.entry_id).kind is EntryKind.RETURN
    assert pooling.in_hand(pool.fund_id) == pool.total
    assert list(verify(pooling.session)) == []
    pooling.judge(pool)


def test_what_is_spent_cannot_come_home_and_people_are_told(pooling: Pooling) -> None:
    pool = pooling.open()
    gift = pooling.give(150, "a@example.cn")
    pooling.allot(pool)
    pooling.confirm(pool)
    pooling.in_hand(pool.fund_id)
    spend(pooling, 250)
    pooling.send_back(gift)
    pooling.allot(pool)
    (back,) = pooling.returns()
    assert (back.amount, back.short) == (Money.yuan(50), Money.yuan(100))
    assert pooling.given(gift) == (MatchState.CONFIRMED, Money.yuan(100))
    assert pools.short_returns(pooling.session, pool.id) == [back]
    charity = pooling.giving.campaign.charity_id
    assert pools.pools_with_questions(pooling.session, [charity]) == [(pool, 1)]
    assert pools.pools_with_questions(pooling.session, None) == [(pool, 1)]
    assert pools.pools_with_questions(pooling.session, []) == []
    pooling.judge(pool)
    again = services.ask_return_again(pooling.session, pooling.treasurer, return_id=back.id)
    pooling.allot(pool)
    pooling.session.refresh(again)
    # nothing came meanwhile: the earlier question is this one's now
    assert (again.amount, again.short) == (ZERO, Money.yuan(100))
    assert pools.short_returns(pooling.session, pool.id) == [again]
    with pytest.raises(InvalidState) as refused:
        services.ask_return_again(pooling.session, pooling.treasurer, return_id=back.id)
    assert refused.value.reason is MatchingReason.NOTHING_SHORT


def test_a_refund_that_fails_gives_nothing_again(pooling: Pooling) -> None:
    pool = pooling.open()
    gift = pooling.give(150, "a@example.cn")
    pooling.allot(pool)
    refund = pooling.send_back(gift)
    pooling.allot(pool)
    refund.state = RefundState.FAILED
    gift.refunded = ZERO
    gift_refunded(pooling.session, SYSTEM, gift, refund)
    pooling.allot(pool)
    assert pooling.given(gift) == (MatchState.CANCELLED, ZERO)
    assert len(pooling.returns()) == 1


def test_a_refund_before_paying_is_seen_in_the_same_act(pooling: Pooling) -> None:
    """Returns come first, so nothing is paid for a gift that went back."""
    pool = pooling.open()
    gone, stays = pooling.give(10, "a@example.cn"), pooling.give(20, "b@example.cn")
    pooling.allot(pool)
    pooling.send_back(gone)
    assert pooling.confirm(pool) == 1
    assert pooling.given(gone) == (MatchState.CANCELLED, ZERO)
    assert pooling.given(stays) == (MatchState.CONFIRMED, Money.yuan(20))
    pooling.judge(pool)


def test_a_giver_whose_match_went_back_may_be_matched_again(pooling: Pooling) -> None:
    pool = pooling.open()
    first = pooling.give(200, "a@example.cn")
    pooling.allot(pool)
    pooling.send_back(first)
    second = pooling.give(200, "a@example.cn")
    pooling.allot(pool)
    assert pooling.given(second) == (MatchState.RESERVED, Money.yuan(200))
    pooling.judge(pool)


# ── a closed pool ────────────────────────────────────────────────────────────────────────────────


def test_a_closed_pool_holds_what_is_reserved_until_it_is_paid(pooling: Pooling) -> None:
    pool = pooling.open()
    gift, other = pooling.give(100, "a@example.cn"), pooling.give(50, "b@example.cn")
    services.close_pool(pooling.session, pooling.treasurer, pool_id=pool.id, note="到期")
    assert held(pooling.session, pool) == Money.yuan(150)
    pooling.send_back(other)
    pooling.allot(pool)
    assert held(pooling.session, pool) == Money.yuan(100)
    pooling.confirm(pool)
    assert held(pooling.session, pool) == ZERO
    pooling.send_back(gift)
    pooling.allot(pool)
    assert (held(pooling.session, pool), pooling.in_hand(pool.fund_id)) == (ZERO, pool.total)
    pooling.judge(pool)


def test_the_entries_of_a_pool_name_it_once(pooling: Pooling) -> None:
    pool = pooling.open()
    pooling.give(10, "a@example.cn")
    pooling.allot(pool)
    pooling.confirm(pool)
    sources = pooling.session.scalars(select(Entry.source).where(Entry.kind == EntryKind.GRANT))
    (source,) = sources
    assert source.startswith(f"pool:{pool.id}:paid:")


def test_dates_are_those_of_china() -> None:
    assert TODAY + timedelta(days=TERMS.cooling_days) == COOLED
    assert date(2026, 3, 16) == TODAY
