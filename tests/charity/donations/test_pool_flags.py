"""套捐 looked for and decided on (MAT-04, MAT-05, MAT-06, MAT-07)."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from charity.donations import services
from charity.donations.models import (
    Donation,
    FlagKind,
    FlagState,
    MatchFlag,
    MatchingPool,
    MatchState,
    RowState,
    Statement,
    StatementKind,
    StatementRow,
    StatementState,
)
from charity.donations.queries import pools
from charity.donations.reasons import MatchingReason
from charity.donations.services import watching
from charity.donations.services.watching import PaidOut
from charity.errors import Denied, Invalid, InvalidState
from charity.money import ZERO, Money
from charity.registry.models import CampaignMember, Capacity
from tests.charity.donations.giving import SYSTEM, Giving
from tests.charity.donations.pooling import TODAY, Pooling, open_pooling, without_caps
from tests.conftest import SetClock
from tests.factories import make_actor, make_person


@pytest.fixture
def pooling(giving: Giving) -> Pooling:
    return open_pooling(giving)


@pytest.fixture
def pool(pooling: Pooling) -> MatchingPool:
    """A pool that counts no givers; the test gives."""
    return pooling.open(without_caps(cap_per_gift=Money.yuan(100)))


def look(
    pooling: Pooling, pool: MatchingPool, paid_out: Iterable[PaidOut] = ()
) -> dict[FlagKind, list[MatchFlag]]:
    """Allot, look, and the open flags by kind."""
    pooling.allot(pool)
    services.raise_flags(pooling.session, SYSTEM, pool_id=pool.id, paid_out=list(paid_out))
    found: dict[FlagKind, list[MatchFlag]] = {}
    for flag in pools.flags(pooling.session, pool.id, [FlagState.OPEN]):
        found.setdefault(flag.kind, []).append(flag)
    return found


# ── what is seen ─────────────────────────────────────────────────────────────────────────────────


def test_a_quiet_pool_raises_nothing(pooling: Pooling, pool: MatchingPool) -> None:
    for number in range(5):
        pooling.give(10 + number, f"{number}@example.cn")
    assert look(pooling, pool) == {}


@pytest.mark.parametrize("gifts", [watching.MANY_A_DAY - 1, watching.MANY_A_DAY])
def test_one_giver_with_many_gifts_a_day(
    pooling: Pooling, pool: MatchingPool, clock: SetClock, gifts: int
) -> None:
    for number in range(gifts):
        pooling.give(1 + number, "a@example.cn")
        clock.advance(minutes=1)
    found = look(pooling, pool)
    if gifts < watching.MANY_A_DAY:
        assert found == {}
    else:
        (flag,) = found[FlagKind.CLUSTER]
        assert flag.subject.startswith("giver:")
        assert flag.facts == {"day": TODAY.isoformat(), "gifts": gifts}
        assert look(pooling, pool)[FlagKind.CLUSTER] == [flag]


@pytest.mark.parametrize("apart", [False, True])
def test_many_equal_gifts_in_one_minute(
    pooling: Pooling, pool: MatchingPool, clock: SetClock, apart: bool
) -> None:
    for _ in range(watching.MANY_A_MINUTE):
        pooling.give(5)
        clock.advance(minutes=1 if apart else 0)
    found = look(pooling, pool)
    if apart:
        assert found == {}
    else:
        (flag,) = found[FlagKind.CLUSTER]
        assert flag.subject.startswith(f"campaign:{pooling.giving.campaign.id}:")
        assert flag.facts["positions"] == list(range(1, watching.MANY_A_MINUTE + 1))


def test_several_givers_behind_one_account(pooling: Pooling, pool: MatchingPool) -> None:
    session = pooling.session
    gifts = [pooling.give(10 + n, f"{n}@example.cn") for n in range(3)]
    statement = Statement(
        organisation_id=pooling.giving.campaign.charity_id,
        kind=StatementKind.BANK,
        file_name="a.csv",
        digest=b"a" * 32,
        state=StatementState.APPLIED,
        uploaded_by_user_id=pooling.treasurer.user_id,
        uploaded_at=gifts[0].created_at,
    )
    session.add(statement)
    session.flush()
    for number, gift in enumerate(gifts, 1):
        session.add(
            StatementRow(
                statement_id=statement.id,
                organisation_id=statement.organisation_id,
                kind=statement.kind,
                number=number,
                state=RowState.APPLIED,
                payer_name="张三",
                payer_account="1234",
                payment_id=gift.payments[0].id,
            )
        )
    session.flush()
    flags = look(pooling, pool)[FlagKind.CLUSTER]
    assert {flag.subject for flag in flags} == {
        f"giver:{pooling.match(gift).giver_mark}" for gift in gifts
    }


def test_many_equal_gifts_just_at_the_cap(
    pooling: Pooling, pool: MatchingPool, clock: SetClock
) -> None:
    for number in range(watching.AT_CAP_LEAST):
        pooling.give(100, f"{number}@example.cn")
        pooling.give(10, f"{number}@example.cn")
        clock.advance(minutes=1)
    (flag,) = look(pooling, pool)[FlagKind.AT_THE_CAP]
    assert flag.facts == {"gift": 10_000, "gifts": 10, "of": 20}


def test_a_crowd_that_never_gave_before(pooling: Pooling, giving: Giving, clock: SetClock) -> None:
    before = clock.now
    clock.set(before - timedelta(days=30))
    for number in range(4):
        pooling.give(10, f"{number}@example.cn")
    clock.set(before)
    pool = pooling.open(without_caps())
    for number in range(watching.FIRST_TIME_LEAST):
        pooling.give(10 + number, f"{number}@example.cn")
    # sixteen of twenty are eighty of a hundred, and not more
    assert look(pooling, pool) == {}
    for number in range(5):
        pooling.give(50 + number, f"new{number}@example.cn")
    (flag,) = look(pooling, pool)[FlagKind.FIRST_TIME]
    assert flag.facts == {"givers": 25, "first_time": 21}


@pytest.mark.parametrize("days", [-61, -60, 0, 60, 61])
def test_money_that_went_to_a_giver(pooling: Pooling, pool: MatchingPool, days: int) -> None:
    gift = pooling.give(10, "a@example.cn", giver_name="王 小明")
    paid = PaidOut("王小明", TODAY + timedelta(days=days), "expense:7")
    found = look(pooling, pool, [paid, PaidOut("别人", TODAY, "expense:8")])
    if abs(days) > 60:
        assert found == {}
    else:
        (flag,) = found[FlagKind.LOOP]
        assert flag.subject == f"giver:{pooling.match(gift).giver_mark}"
        assert flag.facts["source"] == "expense:7"


def test_a_giver_of_the_name_of_one_the_campaign_is_for(
    pooling: Pooling, pool: MatchingPool
) -> None:
    person = make_person(pooling.session, "李奶奶")
    pooling.session.add(
        CampaignMember(
            campaign_id=pooling.giving.campaign.id,
            person_id=person.id,
            capacity=Capacity.RESIDENT,
            verified_by_user_id=pooling.treasurer.user_id,
            verified_at=pool.created_at,
        )
    )
    gift = pooling.give(10, giver_name="李奶奶")
    (flag,) = look(pooling, pool)[FlagKind.BENEFICIARY]
    position = pooling.match(gift).position
    assert flag.subject == f"campaign:{pooling.giving.campaign.id}:{position}"
    assert flag.facts["positions"] == [position]


# ── what people decide ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def flagged(
    pooling: Pooling, pool: MatchingPool, clock: SetClock
) -> tuple[MatchFlag, list[Donation]]:
    """A flag on a giver of ten gifts, half of them paid."""
    gifts = []
    for number in range(5):
        gifts.append(pooling.give(1 + number, "a@example.cn"))
    pooling.allot(pool)
    pooling.confirm(pool)
    for number in range(5):
        gifts.append(pooling.give(10 + number, "a@example.cn"))
    (flag,) = look(pooling, pool)[FlagKind.CLUSTER]
    return flag, gifts


def test_upheld_takes_back_bans_and_stays(
    pooling: Pooling, pool: MatchingPool, flagged: tuple[MatchFlag, list[Donation]]
) -> None:
    flag, gifts = flagged
    session, treasurer = pooling.session, pooling.treasurer
    services.decide_flag(session, treasurer, flag_id=flag.id, uphold=True, note="分拆捐款")
    pooling.allot(pool)
    assert {pooling.given(gift) for gift in gifts} == {(MatchState.CANCELLED, ZERO)}
    assert pooling.in_hand(pool.fund_id) == pool.total
    later = pooling.give(10, "a@example.cn")
    pooling.allot(pool)
    assert pooling.match(later).is_excluded
    assert pools.flags(session, pool.id, [FlagState.UPHELD]) == [flag]
    pooling.judge(pool)
    services.raise_flags(session, SYSTEM, pool_id=pool.id)
    assert pools.flags(session, pool.id, [FlagState.OPEN]) == []
    services.note_appeal(session, treasurer, flag_id=flag.id, note="当事人说是一家人")
    services.decide_flag(session, treasurer, flag_id=flag.id, uphold=False, note="申诉成立")
    assert flag.note.splitlines() == [
        "2026-03-16 分拆捐款",
        "2026-03-16 当事人说是一家人",
        "2026-03-16 申诉成立",
    ]
    again = pooling.give(10, "a@example.cn")
    pooling.allot(pool)
    assert pooling.given(again) == (MatchState.RESERVED, Money.yuan(10))


def test_dismissed_changes_nothing(
    pooling: Pooling, pool: MatchingPool, flagged: tuple[MatchFlag, list[Donation]]
) -> None:
    flag, gifts = flagged
    services.decide_flag(
        pooling.session, pooling.treasurer, flag_id=flag.id, uphold=False, note="是同一个单位"
    )
    pooling.allot(pool)
    assert MatchState.CANCELLED not in {pooling.match(gift).state for gift in gifts}
    for act in (services.decide_flag, services.note_appeal):
        told = {"uphold": False} if act is services.decide_flag else {}
        with pytest.raises(InvalidState):
            act(pooling.session, pooling.treasurer, flag_id=flag.id, note="再来", **told)


def test_only_the_treasurer_decides_and_says_why(
    pooling: Pooling, flagged: tuple[MatchFlag, list[Donation]]
) -> None:
    flag, _ = flagged
    with pytest.raises(Denied):
        services.decide_flag(
            pooling.session, make_actor(pooling.session), flag_id=flag.id, uphold=True, note="我"
        )
    for note, reason in (("", MatchingReason.SAY_WHY), (" ", MatchingReason.SAY_WHY)):
        with pytest.raises(Invalid) as refused:
            services.decide_flag(
                pooling.session, pooling.treasurer, flag_id=flag.id, uphold=True, note=note
            )
        assert refused.value.reason is reason


def test_a_campaign_of_equal_gifts_upheld_takes_only_these(
    pooling: Pooling, pool: MatchingPool, clock: SetClock
) -> None:
    at_cap = []
    for number in range(watching.AT_CAP_LEAST):
        at_cap.append(pooling.give(100, f"{number}@example.cn"))
        clock.advance(minutes=1)
    other = pooling.give(7, "other@example.cn")
    (flag,) = look(pooling, pool)[FlagKind.AT_THE_CAP]
    services.decide_flag(
        pooling.session, pooling.treasurer, flag_id=flag.id, uphold=True, note="组织刷单"
    )
    pooling.allot(pool)
    assert {pooling.match(gift).state for gift in at_cap if pooling.match(gift).amount} == {
        MatchState.CANCELLED
    }
    assert pooling.match(other).state is not MatchState.CANCELLED
    assert len(pools.exclusions(pooling.session, pool.id)) == len(at_cap)
    pooling.judge(pool)
