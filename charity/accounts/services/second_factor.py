"""The second factor: a telephone that makes codes, codes on paper, and their loss.

A session of somebody with a factor is nobody's until a code was given in it. Wrong codes count
against the account as wrong passwords do, and only a whole sign-in makes them forgotten: whoever
knows the password alone gains no more tries by signing in again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.accounts import factor, names, policy, queries, tokens
from charity.accounts.factor import Sealer
from charity.accounts.models import RecoveryCode, SecondFactor, SignInAttempt, SignInSession, User
from charity.accounts.reasons import AccountsReason
from charity.accounts.services.signing_in import revoke_all_sessions
from charity.actor import Actor, require
from charity.errors import CommonReason, Denied, Invalid, InvalidState, NotFound
from charity.rows import locking

#: How long after the password the code may be given.
PENDING = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class CodeResult:
    """The user whose session now counts, or why not; `until` is when a locked name opens again."""

    user: User | None = None
    reason: AccountsReason | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        return self.user is not None


def begin_factor(session: Session, actor: Actor, *, sealer: Sealer) -> None:
    """Make a new secret for oneself; it counts from the first right code on.

    A device held before counts no longer, and its recovery codes are void. Raises `Denied`.
    """
    user_id = _own_id(actor)
    _lay_down(session, user_id, factor.new_secret(), sealer)
    _forget_codes(session, user_id)


def confirm_factor(
    session: Session, actor: Actor, *, token: str, code: str, sealer: Sealer
) -> list[str]:
    """Take the first code of a new device; answers ten recovery codes, which are never shown again.

    `token` is this browser's session: its code counts as given now, every other session ends.
    Raises `Invalid` on `code` (CODE_WRONG), `InvalidState` where nothing waits to be confirmed.
    """
    user_id, at = _own_id(actor), clock.now()
    held = session.get(SecondFactor, user_id, with_for_update=True, populate_existing=True)
    if held is None or not held.sealed_secret or held.confirmed_at is not None:
        raise InvalidState(CommonReason.WRONG_STATE)
    step = _step(held, factor.tidy(code), sealer, at)
    if step is None:
        raise Invalid(AccountsReason.CODE_WRONG, field="code")
    held.confirmed_at, held.last_step = at, step
    here = session.get(SignInSession, tokens.hash_of(token))
    if here is not None:
        here.confirmed_at = at
    outbox.write(session, "second_factor.confirmed", f"user:{user_id}")
    return _write_codes(session, user_id, sealer)


def give_code(
    session: Session, actor: Actor, *, token: str, code: str, sealer: Sealer, address_hash: bytes
) -> CodeResult:
    """Give a code in the session of this token, at sign-in or before money moves.

    Answers instead of raising, so that the try is committed: CODE_WRONG also for a code that was
    used before, LOCKED while the account or the address has to wait, SIGN_IN_FAILED where the
    session is over. A recovery code counts once.
    """
    at = clock.now()
    here = session.get(SignInSession, tokens.hash_of(token), populate_existing=True)
    if here is None or not _is_open(here, at):
        return CodeResult(reason=AccountsReason.SIGN_IN_FAILED)
    # The lock lets the tries for one account pass one by one, so that none is left uncounted.
    user = session.scalars(locking(select(User).where(User.id == here.user_id))).one()
    held = session.get(SecondFactor, user.id, populate_existing=True)
    if held is None or held.confirmed_at is None or user.closed_at is not None:
        return CodeResult(reason=AccountsReason.SIGN_IN_FAILED)
    until = queries.shut_until(session, user.login_name, address_hash, at)
    if until is not None:
        return CodeResult(reason=AccountsReason.LOCKED, until=until)
    right = _take(session, held, factor.tidy(code), sealer, at)
    session.add(
        SignInAttempt(login_name=user.login_name, address_hash=address_hash, at=at, succeeded=right)
    )
    if right:
        here.confirmed_at = at
    session.flush()
    return CodeResult(user=user) if right else CodeResult(reason=AccountsReason.CODE_WRONG)


def renew_recovery_codes(session: Session, actor: Actor, *, sealer: Sealer) -> list[str]:
    """Ten new codes on paper instead of the old ones; raises `InvalidState` without a device."""
    user_id = _own_id(actor)
    held = session.get(SecondFactor, user_id, with_for_update=True)
    if held is None or held.confirmed_at is None:
        raise InvalidState(CommonReason.WRONG_STATE)
    return _write_codes(session, user_id, sealer)


def reset_factor(session: Session, actor: Actor, *, login_name: str) -> User:
    """Take a lost device off another person's account; they enrol anew at their next sign-in.

    All their sessions end, they are told on their page who did it and when, and the outbox keeps
    it. Raises `Denied` (SAME_PERSON for any account of one's own), `NotFound`, `InvalidState`.
    """
    require(policy.may_manage_users(actor))
    user = queries.user_by_login(session, names.key(login_name))
    if user is None or user.closed_at is not None:
        raise NotFound(CommonReason.NOT_FOUND, field="login_name")
    require(policy.may_reset_factor(actor, user))
    held = session.get(SecondFactor, user.id, with_for_update=True, populate_existing=True)
    if held is None or not held.sealed_secret:
        raise InvalidState(AccountsReason.NO_FACTOR, field="login_name")
    held.sealed_secret, held.confirmed_at = b"", None
    held.reset_at, held.reset_by_user_id = clock.now(), actor.user_id
    _forget_codes(session, user.id)
    outbox.write(
        session, "second_factor.reset", f"user:{user.id}", by_user_id=actor.user_id, by=actor.name
    )
    session.flush()
    revoke_all_sessions(session, actor, user_id=user.id)
    return user


def give_device(
    session: Session, actor: Actor, *, user_id: int, secret: str, sealer: Sealer
) -> None:
    """Give an account a device whose secret is known, confirmed at once: the demo's and tests'.

    Only the installation itself may; raises `Denied`.
    """
    if not actor.is_system:
        raise Denied(CommonReason.NOT_PERMITTED)
    _lay_down(session, user_id, secret, sealer).confirmed_at = clock.now()
    session.flush()


def _own_id(actor: Actor) -> int:
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    return actor.user_id


def _is_open(here: SignInSession, at: datetime) -> bool:
    """Whether a code may still be given in this session."""
    ends = here.expires_at if here.confirmed_at else min(here.expires_at, here.created_at + PENDING)
    return here.revoked_at is None and at < ends


def _take(session: Session, held: SecondFactor, code: str, sealer: Sealer, at: datetime) -> bool:
    """Use a code up, if it is right."""
    if factor.is_recovery(code):
        paper = session.get(RecoveryCode, _mark(held.user_id, code, sealer))
        if paper is None or paper.used_at is not None:
            return False
        paper.used_at = at
        return True
    step = _step(held, code, sealer, at)
    if step is None:
        return False
    held.last_step = step
    return True


def _lay_down(session: Session, user_id: int, secret: str, sealer: Sealer) -> SecondFactor:
    held = session.get(SecondFactor, user_id, with_for_update=True, populate_existing=True)
    if held is None:
        held = SecondFactor(user_id=user_id)
        session.add(held)
    held.sealed_secret = sealer.seal(secret.encode("ascii"))
    held.created_at, held.confirmed_at, held.last_step = clock.now(), None, 0
    session.flush()
    return held


def _step(held: SecondFactor, code: str, sealer: Sealer, at: datetime) -> int | None:
    """The step of a right code; a secret that another installation sealed has no right code."""
    try:
        secret = sealer.open(held.sealed_secret).decode("ascii")
    except ValueError:
        return None
    return factor.step_of(secret, code, at=at, after=held.last_step)


def _write_codes(session: Session, user_id: int, sealer: Sealer) -> list[str]:
    _forget_codes(session, user_id)
    codes = factor.new_recovery_codes()
    for code in codes:
        mark = _mark(user_id, factor.tidy(code), sealer)
        session.add(RecoveryCode(code_hash=mark, user_id=user_id))
    session.flush()
    return codes


def _forget_codes(session: Session, user_id: int) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def _mark(user_id: int, code: str, sealer: Sealer) -> bytes:
    return sealer.fingerprint(f"{user_id}:{code}")
