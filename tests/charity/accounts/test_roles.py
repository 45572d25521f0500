"""Roles: who grants what to whom, what cannot be held, and who takes it back."""

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from charity.accounts import policy, queries, services
from charity.accounts.models import Membership, User
from charity.accounts.reasons import AccountsReason
from charity.actor import Actor, ActorKind, Grant, Role
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState, NotFound
from charity.registry.models import OrganisationKind, OrganisationState
from tests.factories import (
    make_actor,
    make_administrator,
    make_organisation,
    make_region,
    make_user,
)

SYSTEM = Actor.system("test")
OWN, OTHER = 1, 2

#: Where a role can be held: in an organisation, in a region, on the platform.
SCOPES = {
    Role.ADMINISTRATOR: (False, False, True),
    Role.OWNER: (True, False, False),
    Role.EDITOR: (True, False, False),
    Role.VERIFIER: (True, True, True),
    Role.REVIEWER: (True, True, True),
    Role.APPROVER: (True, False, False),
    Role.TREASURER: (True, False, False),
    Role.ACCEPTOR: (True, True, True),
    Role.DISPATCHER: (True, True, True),
    Role.ORGANISER: (True, False, False),
    Role.AUDITOR: (True, True, True),
    Role.REGULATOR: (False, True, True),
    Role.INSPECTOR: (False, True, True),
}


@pytest.mark.parametrize("role", Role)
def test_where_a_role_can_be_held(role: Role) -> None:
    grants = (Grant(role, OWN), Grant(role, None, "420704"), Grant(role))
    assert tuple(policy.fits_scope(grant) for grant in grants) == SCOPES[role]
    assert not policy.fits_scope(Grant(role, OWN, "420704"))


def actor(*grants: Grant) -> Actor:
    return Actor(ActorKind.USER, 1, 1, "某人", grants)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("granter", "may"),
    [
        (Actor.guest(), set()),
        (actor(), set()),
        (actor(Grant(Role.ADMINISTRATOR)), set(Role)),
        (actor(Grant(Role.OWNER, OWN)), {Role.OWNER, Role.EDITOR}),
        (actor(Grant(Role.OWNER, OTHER)), set()),
        (actor(Grant(Role.EDITOR, OWN)), set()),
        (actor(Grant(Role.TREASURER, OWN)), set()),
        (actor(Grant(Role.VERIFIER), Grant(Role.REVIEWER), Grant(Role.AUDITOR)), set()),
    ],
)
def test_who_grants_and_revokes_what_in_an_organisation(
    granter: Actor, may: set[Role], role: Role
) -> None:
    grantee = User(id=2, person_id=2)
    assert bool(policy.may_grant(granter, grantee, Grant(role, OWN))) is (role in may)
    held = Membership(user_id=2, role=role, organisation_id=OWN)
    assert bool(policy.may_revoke(granter, held)) is (role in may)


@pytest.mark.parametrize("role", Role)
def test_nobody_grants_to_themselves_under_any_account(role: Role) -> None:
    for granter in (actor(Grant(Role.ADMINISTRATOR)), actor(Grant(Role.OWNER, OWN))):
        verdict = policy.may_grant(granter, User(id=2, person_id=1), Grant(role, OWN))
        assert not verdict
    assert policy.may_grant(SYSTEM, User(id=2, person_id=1), Grant(role, OWN))


@pytest.mark.parametrize("role", Role)
def test_anybody_lays_down_their_own_role(role: Role) -> None:
    assert policy.may_revoke(actor(), Membership(user_id=1, role=role, organisation_id=OWN))


def test_a_grant_is_kept_with_its_giver_and_its_end(session: Session, clock: Any) -> None:
    administrator, user = make_administrator(session), make_user(session)
    organisation = make_organisation(session)
    held = services.grant_role(
        session,
        administrator,
        user_id=user.id,
        role=Role.TREASURER,
        organisation_id=organisation.id,
    )
    assert (held.granted_at, held.granted_by_user_id) == (clock.now, administrator.user_id)
    assert queries.grants_of(session, user.id) == (Grant(Role.TREASURER, organisation.id),)
    assert queries.memberships_of(session, user.id) == [held]
    clock.advance(days=1)
    services.revoke_role(session, administrator, membership_id=held.id)
    assert (held.revoked_at, held.revoked_by_user_id) == (clock.now, administrator.user_id)
    assert queries.grants_of(session, user.id) == ()
    assert queries.memberships_of(session, user.id) == []
    with pytest.raises(InvalidState) as refusal:
        services.revoke_role(session, administrator, membership_id=held.id)
    assert refusal.value.reason is AccountsReason.ALREADY_REVOKED
    again = services.grant_role(
        session,
        administrator,
        user_id=user.id,
        role=Role.TREASURER,
        organisation_id=organisation.id,
    )
    assert again.id != held.id


@pytest.mark.parametrize("scope", [{}, {"region_code": "420704000000"}, {"organisation_id": "own"}])
def test_a_role_held_already_is_that_role(session: Session, scope: dict[str, Any]) -> None:
    make_region(session)
    if "organisation_id" in scope:
        scope = {"organisation_id": make_organisation(session).id}
    user = make_user(session)
    first = services.grant_role(session, SYSTEM, user_id=user.id, role=Role.REVIEWER, **scope)
    assert (
        services.grant_role(session, SYSTEM, user_id=user.id, role=Role.REVIEWER, **scope) is first
    )
    assert len(queries.memberships_of(session, user.id)) == 1


def test_what_cannot_be_granted(session: Session, clock: Any) -> None:
    user = make_user(session)
    with pytest.raises(Invalid) as wrong_scope:
        services.grant_role(session, SYSTEM, user_id=user.id, role=Role.TREASURER)
    assert (wrong_scope.value.field, wrong_scope.value.reason) == (
        "role",
        AccountsReason.ROLE_SCOPE,
    )
    for missing in (
        {"user_id": 10**9},
        {"organisation_id": 10**9},
        {"region_code": "429999"},
    ):
        given: dict[str, Any] = {"user_id": user.id, "role": Role.REVIEWER} | missing
        with pytest.raises(NotFound):
            services.grant_role(session, SYSTEM, **given)
    user.closed_at = clock.now
    with pytest.raises(NotFound):
        services.grant_role(session, SYSTEM, user_id=user.id, role=Role.REVIEWER)


def test_one_person_with_two_accounts_cannot_raise_themselves(session: Session) -> None:
    administrator = make_administrator(session)
    assert administrator.user_id is not None
    other = make_user(session)
    other.person_id = queries.user(session, administrator.user_id).person_id
    session.flush()
    with pytest.raises(Denied) as refusal:
        services.grant_role(session, administrator, user_id=other.id, role=Role.AUDITOR)
    assert refusal.value.reason is CommonReason.SAME_PERSON


def test_the_last_owner_stays(session: Session) -> None:
    organisation = make_organisation(session)
    first = make_actor(session, Grant(Role.OWNER, organisation.id))
    second = make_actor(session, Grant(Role.OWNER, organisation.id))
    assert first.user_id is not None
    assert second.user_id is not None
    [of_first] = queries.memberships_of(session, first.user_id)
    [of_second] = queries.memberships_of(session, second.user_id)
    services.revoke_role(session, first, membership_id=of_first.id)
    for who in (second, make_administrator(session)):
        with pytest.raises(Conflict) as refusal:
            services.revoke_role(session, who, membership_id=of_second.id)
        assert refusal.value.reason is AccountsReason.LAST_OWNER
    services.revoke_role(session, SYSTEM, membership_id=of_second.id)
    assert of_second.revoked_by_user_id is None
    with pytest.raises(NotFound):
        services.revoke_role(session, SYSTEM, membership_id=10**9)


def test_who_registers_an_organisation_owns_it(session: Session) -> None:
    make_region(session)
    given: dict[str, Any] = {
        "name": "鄂城区凤凰社会工作服务中心",
        "kind": OrganisationKind.SOCIAL_SERVICE_ORG,
        "uscc": "52420704MJH000027A",
        "region_code": "420704",
        "introduction": "",
        "contact_name": "王五",
        "contact_phone": "13800000000",
    }
    owner = make_actor(session)
    assert owner.user_id is not None
    organisation = services.register_organisation_with_owner(session, owner, **given)
    assert organisation.state is OrganisationState.PENDING
    assert queries.grants_of(session, owner.user_id) == (Grant(Role.OWNER, organisation.id),)
    now = queries.actor_for_user(session, owner.user_id)
    assert now.organisation_ids == {organisation.id}
    given |= {"name": "另一个", "uscc": "51420704MJH000019J"}
    ownerless = services.register_organisation_with_owner(session, SYSTEM, **given)
    owners = select(Membership).where(Membership.organisation_id == ownerless.id)
    assert session.scalars(owners).all() == []
    with pytest.raises(Denied):
        services.register_organisation_with_owner(session, Actor.guest(), **given)


# ── what the database itself refuses ─────────────────────────────────────────────────────────────


def insert(session: Session, table: str, **values: object) -> None:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)


def membership(user: User, **more: object) -> dict[str, object]:
    return {
        "user_id": user.id,
        "role": "reviewer",
        "granted_at": "2026-01-05 02:00:00",
    } | more


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (None, {"organisation_id": "own", "region_code": "420704"}),
        (None, {"revoked_by_user_id": "own"}),
        (None, {"revoked_at": "2026-01-05 01:59:59"}),
        (None, {"user_id": 10**9}),
        (None, {"organisation_id": 10**9}),
        (None, {"region_code": "999999"}),
        ({}, {}),
        ({"organisation_id": "own"}, {"organisation_id": "own"}),
        ({"region_code": "420704"}, {"region_code": "420704"}),
    ],
)
def test_grants_that_cannot_be(
    session: Session, first: dict[str, object] | None, second: dict[str, object]
) -> None:
    user, organisation = make_user(session), make_organisation(session)
    own = {"organisation_id": organisation.id, "revoked_by_user_id": user.id}

    def row(more: dict[str, object]) -> dict[str, object]:
        return membership(user, **{k: own[k] if v == "own" else v for k, v in more.items()})

    if first is not None:
        insert(session, "membership", **row(first))
    with pytest.raises(IntegrityError):
        insert(session, "membership", **row(second))


def test_grants_that_can_be(session: Session) -> None:
    user, organisation = make_user(session), make_organisation(session)
    ended: dict[str, object] = {"revoked_at": "2026-01-05 02:00:00"}
    for more in (
        {},
        ended,
        ended,
        {"organisation_id": organisation.id},
        {"region_code": "420704"},
        {"region_code": "42"},
        {"role": "auditor"},
    ):
        insert(session, "membership", **membership(user, **more))
    assert len(session.scalars(select(Membership.id)).all()) == 7


@pytest.mark.parametrize("values", [{"login_name": "taken"}, {"person_id": 10**9}])
def test_accounts_that_cannot_be(session: Session, values: dict[str, object]) -> None:
    taken = make_user(session, login_name="taken")
    row: dict[str, object] = {
        "login_name": "free",
        "display_name": "",
        "password_hash": "",
        "person_id": taken.person_id,
        "created_at": "2026-01-05 02:00:00",
    }
    insert(session, "user_account", **row)
    with pytest.raises(IntegrityError):
        insert(session, "user_account", **(row | {"login_name": "other"} | values))


def test_a_session_ends_after_it_begins(session: Session) -> None:
    user = make_user(session)
    with pytest.raises(IntegrityError):
        insert(
            session,
            "sign_in_session",
            token_hash=b"t",
            user_id=user.id,
            created_at="2026-01-05 02:00:00",
            expires_at="2026-01-05 02:00:00",
        )
