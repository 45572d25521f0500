"""Accounts are made, change their password and close."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from charity.accounts import passwords, queries, services
from charity.accounts.reasons import AccountsReason
from charity.actor import Actor
from charity.errors import (
    CommonReason,
    Conflict,
    Denied,
    Invalid,
    InvalidState,
    NotFound,
    ReasonCode,
)
from charity.registry.reasons import RegistryReason
from tests.factories import PASSWORD, make_actor, make_administrator, make_person, make_user

GUEST = Actor.guest()
SECRET = b"sixteen bytes and more"


def sign_up(session: Session, **more: Any) -> Any:
    values: dict[str, Any] = {
        "login_name": "Li.Si",
        "display_name": "李四",
        "password": PASSWORD,
        "secret": SECRET,
    }
    return services.register_user(session, GUEST, **(values | more))


def test_signing_up(session: Session, clock: Any) -> None:
    user = sign_up(session)
    assert (user.login_name, user.display_name, user.created_at) == ("li.si", "李四", clock.now)
    assert passwords.verify(user.password_hash, PASSWORD)
    assert queries.user(session, user.id) is user
    assert queries.user_by_login(session, "li.si") is user


def test_two_accounts_with_one_document_are_one_person(session: Session) -> None:
    first = sign_up(session, identity="11010519491231002X")
    second = sign_up(session, login_name="li.si2", identity="11010519491231002x")
    third = sign_up(session, login_name="li.si3")
    assert first.id != second.id
    assert first.person_id == second.person_id != third.person_id


@pytest.mark.parametrize(
    ("more", "field", "reason"),
    [
        ({"login_name": "ab"}, "login_name", AccountsReason.LOGIN_NAME_FORM),
        ({"login_name": "a b c"}, "login_name", AccountsReason.LOGIN_NAME_FORM),
        ({"login_name": "x" * 81}, "login_name", AccountsReason.LOGIN_NAME_FORM),
        ({"login_name": "<script>"}, "login_name", AccountsReason.LOGIN_NAME_FORM),
        ({"display_name": " "}, "display_name", CommonReason.REQUIRED),
        ({"display_name": "长" * 81}, "display_name", CommonReason.TOO_LONG),
        ({"password": "short"}, "password", AccountsReason.PASSWORD_SHORT),
        ({"password": "woaini1314520"}, "password", AccountsReason.PASSWORD_COMMON),
        ({"identity": "110105194912310021"}, "identity", RegistryReason.IDENTITY_CHECK),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    session: Session, more: dict[str, Any], field: str, reason: ReasonCode
) -> None:
    with pytest.raises(Invalid) as refusal:
        sign_up(session, **more)
    assert (refusal.value.field, refusal.value.reason) == (field, reason)


@pytest.mark.parametrize("name", ["li.si", "LI.SI", "ｌｉ．ｓｉ"])
def test_a_login_name_belongs_to_one(session: Session, name: str) -> None:
    sign_up(session)
    with pytest.raises(Conflict) as refusal:
        sign_up(session, login_name=name)
    assert (refusal.value.field, refusal.value.reason) == (
        "login_name",
        AccountsReason.LOGIN_NAME_TAKEN,
    )


def test_a_name_taken_at_the_same_moment_is_the_same_refusal(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look before found nothing, the constraint decides."""
    make_user(session, login_name="li.si")
    monkeypatch.setattr(queries, "user_by_login", lambda session, name: None)
    with pytest.raises(Conflict) as refusal:
        sign_up(session)
    assert refusal.value.reason is AccountsReason.LOGIN_NAME_TAKEN
    assert make_user(session, login_name="after").id


def test_chinese_login_names(session: Session) -> None:
    assert sign_up(session, login_name="凤凰社区李四").login_name == "凤凰社区李四"


def test_accounts_are_added_by_who_manages_them(session: Session) -> None:
    person = make_person(session)
    given = {
        "login_name": "wang",
        "display_name": "王五",
        "password": PASSWORD,
        "person_id": person.id,
    }
    with pytest.raises(Denied):
        services.add_user(session, make_actor(session), **given)  # type: ignore[arg-type]
    user = services.add_user(session, make_administrator(session), **given)  # type: ignore[arg-type]
    assert user.person_id == person.id
    given["login_name"] = "wang2"
    assert services.add_user(session, Actor.system("command"), **given)  # type: ignore[arg-type]


def test_changing_the_password_ends_all_sessions(session: Session, clock: Any) -> None:
    user = make_user(session, login_name="zhang")
    actor = make_actor(session, user=user)
    token = services.sign_in(
        session, GUEST, login_name="zhang", password=PASSWORD, address_hash=b"h"
    ).token
    assert token is not None
    new = "the lake has many fish"
    services.change_password(session, actor, current_password=PASSWORD, new_password=new)
    assert passwords.verify(user.password_hash, new)
    assert not passwords.verify(user.password_hash, PASSWORD)
    assert queries.actor_for_token(session, token, clock.now) is None


@pytest.mark.parametrize(
    ("current", "new", "field", "reason"),
    [
        ("wrong", "the lake has many fish", "current_password", AccountsReason.PASSWORD_WRONG),
        (PASSWORD, "short", "new_password", AccountsReason.PASSWORD_SHORT),
        (PASSWORD, PASSWORD, "new_password", AccountsReason.PASSWORD_SAME),
        (PASSWORD, "Password2026", "new_password", AccountsReason.PASSWORD_COMMON),
    ],
)
def test_a_password_that_is_not_changed(
    session: Session, current: str, new: str, field: str, reason: AccountsReason
) -> None:
    actor = make_actor(session)
    with pytest.raises(Invalid) as refusal:
        services.change_password(session, actor, current_password=current, new_password=new)
    assert (refusal.value.field, refusal.value.reason) == (field, reason)


def test_visitors_have_no_password(session: Session) -> None:
    with pytest.raises(Denied):
        services.change_password(session, GUEST, current_password="", new_password=PASSWORD)


def test_closing_an_account(session: Session, clock: Any) -> None:
    user = make_user(session, login_name="zhang")
    actor = make_actor(session, user=user)
    with pytest.raises(Denied):
        services.close_user(session, make_actor(session), user_id=user.id)
    services.close_user(session, actor, user_id=user.id)
    assert user.closed_at == clock.now
    assert not services.sign_in(
        session, GUEST, login_name="zhang", password=PASSWORD, address_hash=b"h"
    )
    with pytest.raises(InvalidState):
        services.close_user(session, make_administrator(session), user_id=user.id)
    with pytest.raises(NotFound):
        queries.actor_for_user(session, user.id)


def test_somebody_who_is_not_there(session: Session) -> None:
    with pytest.raises(NotFound):
        queries.user(session, 10**9)
    assert queries.user_by_login(session, "nobody") is None
