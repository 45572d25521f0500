"""Signing in and out: attempts that slow down guessing, sessions that end at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Result, delete, select, update
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import names, passwords, policy, queries, tokens
from charity.accounts.models import SignInAttempt, SignInSession, User
from charity.accounts.reasons import AccountsReason
from charity.actor import Actor, require
from charity.rows import locking

#: How long ended sessions and old attempts are kept for whoever looks into a break-in.
_KEEP = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SignInResult:
    """The token and its user, or why there is none; `until` is when a locked name opens again.

    With `needs_code` the session counts only once a code of the second factor was given in it.
    """

    token: str | None = None
    needs_code: bool = False
    user: User | None = None
    reason: AccountsReason | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        return self.token is not None


def sign_in(
    session: Session, actor: Actor, *, login_name: str, password: str, address_hash: bytes
) -> SignInResult:
    """Try a name and a password; answers instead of raising, so that the attempt is committed.

    SIGN_IN_FAILED is the one answer for a wrong name, a wrong password and a closed account, in
    the same time. LOCKED is the one answer while a name or an address has to wait, whether or not
    the password is right or the name exists. A success starts a new session, for 12 hours where
    the user holds a role and 30 days otherwise, and renews a hash of another cost. Where a second
    factor is there, the password alone is no success: it is neither counted nor does it make
    failures forgotten.
    """
    at = clock.now()
    name = names.key(login_name)
    # The lock lets the tries for one account pass one by one, so that none is left uncounted.
    user = session.scalar(locking(select(User).where(User.login_name == name)))
    until = queries.shut_until(session, name, address_hash, at)
    if until is not None:
        return SignInResult(reason=AccountsReason.LOCKED, until=until)
    if user is not None and user.closed_at is None:
        right = passwords.verify(user.password_hash, password)
    else:
        passwords.verify_nobody(password)
        right = False
    needs_code = right and user is not None and queries.has_factor(session, user.id)
    if not needs_code:
        session.add(
            SignInAttempt(login_name=name, address_hash=address_hash, at=at, succeeded=right)
        )
    if user is None or not right:
        session.flush()
        return SignInResult(reason=AccountsReason.SIGN_IN_FAILED)
    if passwords.needs_rehash(user.password_hash):
        user.password_hash = passwords.hash(password)
    return SignInResult(token=_start(session, user, at), needs_code=needs_code, user=user)


def sign_out(session: Session, actor: Actor, *, token: str) -> None:
    """End the session of this token now; a token of nobody is no mistake."""
    _end(session, clock.now(), SignInSession.token_hash == tokens.hash_of(token))


def revoke_all_sessions(session: Session, actor: Actor, *, user_id: int) -> int:
    """End every session of a user now; answers how many there were. Raises `Denied`."""
    require(policy.may_end_sessions(actor, user_id))
    return _end(session, clock.now(), SignInSession.user_id == user_id)


def forget_old_attempts(session: Session, actor: Actor) -> int:
    """Delete attempts and sessions over for 30 days, for the daily job; answers how many rows."""
    require(policy.may_manage_users(actor))
    before = clock.now() - _KEEP
    attempts = session.execute(delete(SignInAttempt).where(SignInAttempt.at < before))
    sessions = session.execute(delete(SignInSession).where(SignInSession.expires_at < before))
    return _count(attempts) + _count(sessions)


def _start(session: Session, user: User, at: datetime) -> str:
    has_role = bool(queries.grants_of(session, user.id))
    token = tokens.new()
    session.add(
        SignInSession(
            token_hash=tokens.hash_of(token),
            user_id=user.id,
            created_at=at,
            expires_at=at + (tokens.WITH_ROLE if has_role else tokens.WITHOUT_ROLE),
        )
    )
    session.flush()
    return token


def _end(session: Session, at: datetime, which: ColumnElement[bool]) -> int:
    live = SignInSession.revoked_at.is_(None)
    return _count(session.execute(update(SignInSession).where(which, live).values(revoked_at=at)))


def _count(result: Result[Any]) -> int:
    """Rows a statement changed."""
    return result.rowcount if isinstance(result, CursorResult) else 0
