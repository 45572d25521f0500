"""The checks of matching pools see every row that was changed behind the house's back."""

import pytest
from sqlalchemy import text

from charity.donations import checks, match_checks, services
from tests.charity.donations.giving import Giving
from tests.charity.donations.pooling import Pooling, open_pooling


@pytest.fixture
def pooling(giving: Giving) -> Pooling:
    return open_pooling(giving)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ("UPDATE gift_match SET amount = amount + 1 WHERE position = 1", "match_sums"),
        ("UPDATE match_sum SET amount = amount + 1 WHERE scope = 'pool'", "match_sums"),
        ("UPDATE match_sum SET amount = amount - 1 WHERE scope = 'paid'", "match_sums"),
        ("UPDATE gift_match SET position = 9 WHERE position = 2", "match_order"),
        ("UPDATE gift_match SET given_back = 1 WHERE position = 1", "match_returns"),
        ("UPDATE matching_pool SET total = 20000", "match_total"),
        ("UPDATE matching_pool SET total = total + 1", "match_hold"),
    ],
)
def test_a_changed_row_is_seen(pooling: Pooling, change: str, check: str) -> None:
    pool = pooling.open()
    for number, yuan in enumerate((150, 100, 200)):
        pooling.give(yuan, f"{number}@example.cn")
    pooling.allot(pool)
    pooling.confirm(pool)
    pooling.give(10, "d@example.cn")
    pooling.send_back(pooling.give(20, "e@example.cn"), 5)
    pooling.allot(pool)
    session = pooling.session
    session.flush()
    assert list(match_checks.verify(session)) == []
    session.execute(text(change))
    session.expire_all()
    assert check in {problem.check for problem in match_checks.verify(session)}
    assert check in {problem.check for problem in checks.verify(session)}


def test_a_closed_pool_holds_only_what_is_reserved(pooling: Pooling) -> None:
    pool = pooling.open()
    pooling.give(150, "a@example.cn")
    services.close_pool(pooling.session, pooling.treasurer, pool_id=pool.id, note="到期")
    assert list(match_checks.verify(pooling.session)) == []
