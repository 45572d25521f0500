"""Many tries at the same moment count like one after the other."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from charity.accounts import lockout, passwords, services
from charity.accounts.models import Membership, SignInAttempt
from charity.accounts.reasons import AccountsReason
from charity.actor import Actor, Grant, Role
from charity.errors import Conflict
from tests.factories import make_actor, make_organisation, make_user

GUEST = Actor.guest()


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The subject is counting; a hash that takes no time makes the race sharper."""

    def verify(hashed: str, password: str) -> bool:
        return password == "right"

    monkeypatch.setattr(passwords, "verify", verify)


@pytest.mark.usefixtures("quick_hashes")
def test_twelve_guesses_at_once_are_five(fresh_engine: Engine) -> None:
    with Session(fresh_engine) as session:
        make_user(session, login_name="zhang")
        session.commit()
    together = Barrier(12)

    def guess(number: int) -> AccountsReason | None:
        together.wait()
        with Session(fresh_engine) as session:
            result = services.sign_in(
                session,
                GUEST,
                login_name="zhang",
                password=f"guess {number}",
                address_hash=bytes([number]) * 32,
            )
            session.commit()
            return result.reason

    with ThreadPoolExecutor(12) as pool:
        reasons = list(pool.map(guess, range(12)))
    assert reasons.count(AccountsReason.SIGN_IN_FAILED) == lockout.LIMIT
    assert reasons.count(AccountsReason.LOCKED) == 12 - lockout.LIMIT
    with Session(fresh_engine) as session:
        count = session.scalar(select(func.count()).select_from(SignInAttempt))
    assert count == lockout.LIMIT


def test_two_owners_do_not_leave_at_once(fresh_engine: Engine) -> None:
    for _ in range(4):
        with Session(fresh_engine) as session:
            organisation = make_organisation(session).id
            owners = [make_actor(session, Grant(Role.OWNER, organisation)) for _ in range(2)]
            session.commit()
        together = Barrier(2)

        def leave(actor: Actor, together: Barrier = together) -> bool:
            together.wait()
            with Session(fresh_engine) as session:
                own = select(Membership.id).where(Membership.user_id == actor.user_id)
                held = session.scalars(own).one()
                try:
                    services.revoke_role(session, actor, membership_id=held)
                except Conflict:
                    return False
                session.commit()
                return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(leave, owners)) == [False, True]
