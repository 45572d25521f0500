"""The matrix of who may do what with gifts."""

import pytest

from charity.actor import Actor, ActorKind, Grant, Role
from charity.donations import policy
from charity.donations.reasons import DonationsReason
from charity.errors import CommonReason

ROLES = {role.value: Grant(role, organisation_id=1) for role in Role}
ACTORS = {
    "guest": Actor.guest(),
    "member of nothing": Actor(ActorKind.USER, 1, 1),
    "system": Actor.system("webhook"),
    **{
        name: Actor(ActorKind.USER, number, number, name, (grant,))
        for number, (name, grant) in enumerate(ROLES.items(), start=2)
    },
}


@pytest.mark.parametrize("name", ACTORS)
def test_anybody_may_give_to_a_charity_that_collects(name: str) -> None:
    assert policy.may_give(ACTORS[name], "qualified_charity")


@pytest.mark.parametrize("mode", ["listing", "designated_platform", "", "QUALIFIED_CHARITY"])
@pytest.mark.parametrize("name", ACTORS)
def test_nobody_may_give_where_none_collects(name: str, mode: str) -> None:
    verdict = policy.may_give(ACTORS[name], mode)
    assert not verdict
    assert verdict.reason is DonationsReason.OPERATOR_MODE
    assert verdict.params == {"mode": mode}


@pytest.mark.parametrize("name", ACTORS)
def test_only_the_installation_settles(name: str) -> None:
    verdict = policy.may_settle(ACTORS[name])
    assert bool(verdict) is (name == "system")
    assert verdict.reason is (None if name == "system" else CommonReason.NOT_PERMITTED)
