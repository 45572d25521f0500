"""The second factor: codes that count once, tries that are counted, a lost device."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.accounts import factor, queries, services
from charity.accounts.models import RecoveryCode, SecondFactor, User
from charity.accounts.reasons import AccountsReason
from charity.accounts.services import CodeResult, SignInResult
from charity.actor import Actor, Grant, Role
from charity.errors import CommonReason, Denied, Invalid
from charity.outbox import Outbox
from tests.conftest import SetClock
from tests.factories import PASSWORD, make_actor, make_administrator, make_user
from web.security.sealing import sealer_of

GUEST, SYSTEM = Actor.guest(), Actor.system("test")
SECRET, HOME = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", b"home"
SEALER = sealer_of(b"the secret of this site, long enough")


def sign_in(session: Session, user: User, password: str = PASSWORD) -> SignInResult:
    return services.sign_in(
        session, GUEST, login_name=user.login_name, password=password, address_hash=HOME
    )


def give(session: Session, token: str | None, code: str) -> CodeResult:
    return services.give_code(
        session, GUEST, token=token or "", code=code, sealer=SEALER, address_hash=HOME
    )


def code_now(clock: SetClock, drift: int = 0) -> str:
    return factor.code_of(SECRET, factor.step_at(clock.now) + drift)


@pytest.fixture
def treasurer(session: Session, clock: SetClock) -> User:
    """Somebody whose role needs a device, and who has one."""
    actor = make_actor(session, Grant(Role.TREASURER))
    user = session.get_one(User, actor.user_id)
    services.give_device(session, SYSTEM, user_id=user.id, secret=SECRET, sealer=SEALER)
    return user


def test_codes_are_those_of_rfc_6238() -> None:
    """Its appendix B, in six figures."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert [factor.code_of(secret, at // 30) for at in (59, 1111111109, 20000000000)] == [
        "287082",
        "081804",
        "353130",
    ]


def test_a_session_is_nobodys_until_its_code(
    session: Session, treasurer: User, clock: SetClock
) -> None:
    result = sign_in(session, treasurer)
    assert result.needs_code
    assert queries.actor_for_token(session, result.token or "", clock.now) is None
    assert give(session, result.token, code_now(clock))
    holder = queries.holder_of_token(session, result.token or "", clock.now)
    assert holder is not None
    assert holder.actor.grants
    assert holder.confirmed_at == clock.now


def test_a_code_counts_once_and_one_step_early_or_late(
    session: Session, treasurer: User, clock: SetClock
) -> None:
    token = sign_in(session, treasurer).token
    for drift, right in ((-2, False), (-1, True), (-1, False), (0, True), (1, True), (0, False)):
        result = give(session, token, code_now(clock, drift))
        assert bool(result) is right, drift
    clock.advance(seconds=60)
    assert give(session, token, f" {code_now(clock)[:3]} {code_now(clock)[3:]} ")


def test_wrong_codes_shut_the_account_and_the_password_alone_opens_nothing(
    session: Session, treasurer: User, clock: SetClock
) -> None:
    """Signing in again with the password gives whoever knows it no more tries."""
    for _ in range(5):
        token = sign_in(session, treasurer).token
        assert give(session, token, "000000").reason is AccountsReason.CODE_WRONG
    assert sign_in(session, treasurer).reason is AccountsReason.LOCKED
    assert give(session, token, code_now(clock)).reason is AccountsReason.LOCKED
    clock.advance(minutes=16)
    token = sign_in(session, treasurer).token
    assert give(session, token, code_now(clock))


def test_the_code_is_given_within_ten_minutes_of_the_password(
    session: Session, treasurer: User, clock: SetClock
) -> None:
    token = sign_in(session, treasurer).token
    clock.advance(minutes=10)
    assert give(session, token, code_now(clock)).reason is AccountsReason.SIGN_IN_FAILED


def test_a_role_that_needs_a_device_does_not_count_without_one(
    session: Session, clock: SetClock
) -> None:
    grants = (Grant(Role.APPROVER), Grant(Role.REVIEWER))
    user = session.get_one(User, make_actor(session, *grants).user_id)
    token = sign_in(session, user).token or ""
    actor = queries.actor_for_token(session, token, clock.now)
    assert actor is not None
    assert (actor.grants, actor.unproven) == (grants[1:], grants[:1])
    services.begin_factor(session, actor, sealer=SEALER)
    held = session.get_one(SecondFactor, user.id)
    secret = SEALER.open(held.sealed_secret).decode()
    assert secret.encode() not in held.sealed_secret
    for code in ("000000", ""):
        with pytest.raises(Invalid) as refusal:
            services.confirm_factor(session, actor, token=token, code=code, sealer=SEALER)
        assert refusal.value.reason is AccountsReason.CODE_WRONG
    other = sign_in(session, user).token or ""
    papers = services.confirm_factor(
        session,
        actor,
        token=token,
        code=factor.code_of(secret, factor.step_at(clock.now)),
        sealer=SEALER,
    )
    assert len(set(papers)) == 10
    actor = queries.actor_for_token(session, token, clock.now)
    assert actor is not None
    assert (actor.grants, actor.unproven) == (grants, ())
    assert queries.actor_for_token(session, other, clock.now) is None, "signed in without a code"


def test_a_code_on_paper_counts_once(session: Session, treasurer: User, clock: SetClock) -> None:
    actor = queries.actor_for_user(session, treasurer.id)
    old = services.renew_recovery_codes(session, actor, sealer=SEALER)
    papers = services.renew_recovery_codes(session, actor, sealer=SEALER)
    kept = session.scalars(select(RecoveryCode)).all()
    assert not {row.code_hash for row in kept} & {paper.encode() for paper in papers}
    for paper, right in ((papers[0].lower(), True), (papers[0], False), (old[1], False)):
        assert bool(give(session, sign_in(session, treasurer).token, paper)) is right
    assert queries.recovery_codes_left(session, treasurer.id) == 9


def test_a_device_sealed_by_another_site_has_no_right_code(
    session: Session, treasurer: User, clock: SetClock
) -> None:
    token = sign_in(session, treasurer).token or ""
    result = services.give_code(
        session,
        GUEST,
        token=token,
        code=code_now(clock),
        sealer=sealer_of(b"another secret"),
        address_hash=HOME,
    )
    assert result.reason is AccountsReason.CODE_WRONG


def test_an_administrator_resets_anothers_factor_and_never_their_own(
    session: Session, treasurer: User, clock: SetClock
) -> None:
    token = sign_in(session, treasurer).token or ""
    assert give(session, token, code_now(clock))
    administrator = make_administrator(session)
    own = session.get_one(User, administrator.user_id)
    person = queries.user(session, own.id).person_id
    second = make_user(session)
    second.person_id = person
    for login_name in (own.login_name, second.login_name):
        with pytest.raises(Denied) as refusal:
            services.reset_factor(session, administrator, login_name=login_name)
        assert refusal.value.reason is CommonReason.SAME_PERSON
    with pytest.raises(Denied):
        services.reset_factor(
            session,
            queries.actor_for_user(session, treasurer.id),
            login_name=own.login_name,
        )
    services.reset_factor(session, administrator, login_name=treasurer.login_name)
    assert queries.actor_for_token(session, token, clock.now) is None
    actor = queries.actor_for_token(session, sign_in(session, treasurer).token or "", clock.now)
    assert actor is not None
    assert not actor.grants, "roles wait for the next device"
    held = session.get_one(SecondFactor, treasurer.id)
    assert held.reset_by_user_id == own.id
    told = session.scalars(select(Outbox).where(Outbox.event == "second_factor.reset")).one()
    assert (told.subject, told.data["by_user_id"]) == (f"user:{treasurer.id}", own.id)


def test_nobody_but_the_installation_gives_a_known_device(session: Session) -> None:
    administrator = make_administrator(session)
    with pytest.raises(Denied):
        services.give_device(
            session, administrator, user_id=administrator.user_id or 0, secret=SECRET, sealer=SEALER
        )
