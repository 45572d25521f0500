"""Who may do what in the registry: the rules as tables."""

import pytest

from charity.actor import Actor, ActorKind, Grant, Role, Verdict
from charity.errors import CommonReason
from charity.registry import policy
from charity.registry.models import Organisation, OrganisationKind, OrganisationState
from charity.registry.reasons import RegistryReason

OPERATOR, OWN, OTHER = 1, 2, 3


def user(*grants: Grant) -> Actor:
    return Actor(ActorKind.USER, 1, 1, "某人", grants)


ACTORS = {
    "visitor": Actor.guest(),
    "nobody": user(),
    "owner": user(Grant(Role.OWNER, OWN)),
    "editor": user(Grant(Role.EDITOR, OWN)),
    "owner elsewhere": user(Grant(Role.OWNER, OTHER)),
    "verifier": user(Grant(Role.VERIFIER)),
    "verifier of the operator": user(Grant(Role.VERIFIER, OPERATOR)),
    "verifier elsewhere": user(Grant(Role.VERIFIER, OTHER)),
    "verifier of the district": user(Grant(Role.VERIFIER, None, "420704")),
    "verifier of another place": user(Grant(Role.VERIFIER, None, "420703")),
    "verifier and editor": user(Grant(Role.VERIFIER), Grant(Role.EDITOR, OWN)),
    "reviewer": user(Grant(Role.REVIEWER)),
    "administrator": user(Grant(Role.ADMINISTRATOR)),
    "auditor": user(Grant(Role.AUDITOR)),
    "system": Actor.system("job"),
}


def organisation(state: OrganisationState, number: int = OWN) -> Organisation:
    return Organisation(
        id=number,
        kind=OrganisationKind.SOCIAL_SERVICE_ORG,
        region_code="420704001",
        state=state,
    )


def told(verdict: Verdict) -> str:
    if verdict:
        return "yes"
    return "absent" if verdict.hidden else str(verdict.reason)


NO = str(CommonReason.NOT_PERMITTED)
OWN_ONE = str(RegistryReason.OWN_ORGANISATION)

PENDING = {
    # who: (see, edit, verify, judge)
    "visitor": ("absent", "absent", "absent", "absent"),
    "nobody": ("absent", "absent", "absent", "absent"),
    "owner": ("yes", "yes", NO, NO),
    "editor": ("yes", NO, NO, NO),
    "owner elsewhere": ("absent", "absent", "absent", "absent"),
    "verifier": ("yes", NO, "yes", "yes"),
    "verifier of the operator": ("yes", NO, "yes", "yes"),
    "verifier elsewhere": ("yes", NO, NO, "yes"),
    "verifier of the district": ("yes", NO, "yes", "yes"),
    "verifier of another place": ("yes", NO, NO, "yes"),
    "verifier and editor": ("yes", NO, OWN_ONE, OWN_ONE),
    "reviewer": ("absent", "absent", "absent", "absent"),
    "administrator": ("absent", "absent", "absent", "absent"),
    "auditor": ("absent", "absent", "absent", "absent"),
    "system": ("yes", "yes", "yes", "yes"),
}


@pytest.mark.parametrize("who", ACTORS)
def test_an_organisation_that_waits(who: str) -> None:
    thing = organisation(OrganisationState.PENDING)
    actor = ACTORS[who]
    assert PENDING[who] == (
        told(policy.may_see(actor, thing)),
        told(policy.may_edit(actor, thing)),
        told(policy.may_verify(actor, thing, OPERATOR)),
        told(policy.may_judge(actor, thing)),
    )


@pytest.mark.parametrize("who", ACTORS)
def test_a_verified_organisation_is_public_and_refusals_are_open(who: str) -> None:
    thing = organisation(OrganisationState.VERIFIED)
    assert policy.may_see(ACTORS[who], thing)
    expected = "yes" if who in {"owner", "system"} else NO
    assert told(policy.may_edit(ACTORS[who], thing)) == expected


def test_nobody_of_the_operator_vouches_for_the_operator() -> None:
    thing = organisation(OrganisationState.PENDING, OPERATOR)
    for who in ("verifier", "verifier of the operator"):
        assert told(policy.may_verify(ACTORS[who], thing, OPERATOR)) == OWN_ONE
    assert policy.may_verify(ACTORS["system"], thing, OPERATOR)


@pytest.mark.parametrize("who", ACTORS)
def test_who_brings_organisations_places_and_campaigns(who: str) -> None:
    actor = ACTORS[who]
    brings = "common.sign_in_first" if who == "visitor" else "yes"
    assert told(policy.may_register(actor)) == brings
    loads = "yes" if who in {"administrator", "system"} else NO
    assert told(policy.may_load_regions(actor)) == loads
    raises = "yes" if who in {"reviewer", "system", "owner"} else NO
    assert told(policy.may_raise_funds(actor, organisation(OrganisationState.VERIFIED))) == raises
