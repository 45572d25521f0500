"""Accounts: made by the installation or by signing up, their passwords, their end."""

from __future__ import annotations

from sqlalchemy.orm import Session

from charity import clock, texts
from charity.accounts import names, passwords, policy, queries
from charity.accounts.models import User
from charity.accounts.reasons import AccountsReason
from charity.accounts.services.signing_in import revoke_all_sessions
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.registry import services as registry
from charity.rows import insert_or


def add_user(
    session: Session,
    actor: Actor,
    *,
    login_name: str,
    display_name: str,
    password: str,
    person_id: int,
) -> User:
    """Make an account for a known person; a person may have several, and stays one person.

    Raises `Denied` unless the actor manages accounts, `Invalid` beside the field, `Conflict`
    (LOGIN_NAME_TAKEN).
    """
    require(policy.may_manage_users(actor))
    return _insert(session, login_name, display_name, password, person_id)


def register_user(
    session: Session,
    actor: Actor,
    *,
    login_name: str,
    display_name: str,
    password: str,
    identity: str | None = None,
    secret: bytes,
) -> User:
    """Sign up. With an identity document the account belongs to the person who has it (A1).

    `secret` keys the identity's hash. Raises `Invalid` beside the field (`login_name`,
    `display_name`, `password`, `identity`) and `Conflict` (LOGIN_NAME_TAKEN).
    """
    shown = texts.line(display_name, field="display_name", limit=80)
    names.check(login_name)
    passwords.check(password, login_name=names.key(login_name))
    person = registry.add_person(session, actor, name=shown, identity=identity, secret=secret)
    return _insert(session, login_name, shown, password, person.id)


def change_password(
    session: Session, actor: Actor, *, current_password: str, new_password: str
) -> None:
    """Change one's own password; ends all sessions, this one too (S3).

    Raises `Invalid` on `current_password` (PASSWORD_WRONG) or `new_password`.
    """
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    user = queries.user(session, actor.user_id)
    if not passwords.verify(user.password_hash, current_password):
        raise Invalid(AccountsReason.PASSWORD_WRONG, field="current_password")
    fresh = passwords.check(new_password, login_name=user.login_name, field="new_password")
    if passwords.verify(user.password_hash, fresh):
        raise Invalid(AccountsReason.PASSWORD_SAME, field="new_password")
    user.password_hash = passwords.hash(fresh)
    session.flush()
    revoke_all_sessions(session, actor, user_id=user.id)


def close_user(session: Session, actor: Actor, *, user_id: int) -> None:
    """Close an account for good; nobody signs in with it again, its deeds stay on record.

    Raises `Denied` unless it is one's own or the actor manages accounts, `InvalidState` if closed.
    """
    require(policy.may_end_sessions(actor, user_id))
    user = queries.user(session, user_id)
    if user.closed_at is not None:
        raise InvalidState(CommonReason.WRONG_STATE)
    user.closed_at = clock.now()
    session.flush()
    revoke_all_sessions(session, actor, user_id=user_id)


def _insert(
    session: Session, login_name: str, display_name: str, password: str, person_id: int
) -> User:
    name = names.check(login_name)
    user = User(
        login_name=name,
        display_name=texts.line(display_name, field="display_name", limit=80),
        password_hash="",
        person_id=person_id,
        created_at=clock.now(),
    )
    password = passwords.check(password, login_name=name)
    taken = Conflict(AccountsReason.LOGIN_NAME_TAKEN, field="login_name")
    if queries.user_by_login(session, name) is not None:
        raise taken
    user.password_hash = passwords.hash(password)
    insert_or(session, user, taken)
    return user
