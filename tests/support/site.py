"""The site under test: its sessions join the test's own transaction, its clients carry tokens."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, ClassVar
from unittest import mock

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Connection, delete, event, select, update
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql.selectable import GenerativeSelect
from werkzeug.routing import BaseConverter, Rule
from werkzeug.routing.rules import RulePart
from werkzeug.test import TestResponse

from charity import clock
from charity.accounts import passwords
from charity.accounts.models import SecondFactor, SignInSession, User
from web.config import Settings
from web.db import Database, database

#: Of an address: its parts, how it is built again, what reads its variables, their names.
Read = tuple[list[RulePart], list[tuple[bool, str]], dict[str, BaseConverter], set[str]]


class LateRule(Rule):
    """An address of the site that is read once in this process, and built when it is asked for.

    The suite makes the site anew for every test, and most of that time went into addresses that it
    had read before and builders that no test ever asks for.
    """

    _read: ClassVar[dict[tuple[str, str | None], Read]] = {}

    def _parse_rule(self, rule: str) -> list[RulePart]:
        key = (rule, self.subdomain)
        if key not in LateRule._read:
            before = self._trace, self._converters, self.arguments
            self._trace, self._converters, self.arguments = [], {}, set()
            read = list(super()._parse_rule(rule))
            LateRule._read[key] = (read, self._trace, self._converters, self.arguments)
            self._trace, self._converters, self.arguments = before
        parts, trace, converters, arguments = LateRule._read[key]
        self._trace.extend(trace)
        self._converters.update(converters)
        self.arguments.update(arguments)
        return parts

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made: list[Callable[..., tuple[str, str]]] = []
        compile_now = super()._compile_builder

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(compile_now(append_unknown))
            return made[0](rule, **values)

        return build


class KeptTemplates(BytecodeCache):
    """What templates were compiled to in this process: the next site of the suite takes it over."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what a site before this one compiled from the same text."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next."""
        assert bucket.code is not None
        self._kept[bucket.key, bucket.checksum] = bucket.code


Flask.url_rule_class = LateRule
Flask.jinja_options = {"bytecode_cache": KeptTemplates()}


def joined(connection: Connection) -> Database:
    """Return a database whose sessions all work inside the transaction of one connection.

    A commit releases a savepoint, so what a view stored is seen by the test and by the next
    request, and undone with the test. A session that was opened to read refuses to write.
    """

    def make_session(reads: bool) -> Session:
        session = Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        if reads:
            event.listen(session, "before_flush", _refuse_flush)
            event.listen(session, "do_orm_execute", _refuse_statement)
        return session

    return Database(connection.engine, make_session)


def _refuse_flush(session: Session, *_context: object) -> None:
    changed = [*session.new, *session.dirty, *session.deleted]
    assert not changed, f"a request that only reads changed {changed}"


def _refuse_statement(state: ORMExecuteState) -> None:
    question = isinstance(state.statement, GenerativeSelect)
    if not question:  # only now is the text worth its price: compiling all of them is half a page
        question = str(state.statement).lstrip().upper().startswith(("SELECT", "WITH"))
    assert question or state.is_relationship_load or state.is_column_load, (
        f"a request that only reads ran {state.statement}"
    )


#: How long the code that `signed_in` gave counts.
AHEAD = timedelta(days=3650)


class SiteClient(FlaskClient):
    """A browser without a screen; `submit` sends a form as a page of the site would."""

    def token(self) -> str:
        """Return a CSRF token of this visitor's session, as the forms of a page carry it."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", secrets.token_hex(20))
        key = self.application.secret_key
        assert isinstance(key, str)
        signed = URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(raw)
        return signed if isinstance(signed, str) else signed.decode()

    def submit(self, path: str, data: dict[str, Any] | None = None, **named: Any) -> TestResponse:
        """POST a form with its token; `named` goes to werkzeug's client."""
        return self.post(path, data={"csrf_token": self.token(), **(data or {})}, **named)


def settings_in(folder: Path, database_url: str) -> Settings:
    """What a site under test is told about itself; its files lie in `folder`."""
    return Settings(
        data=folder / "instance",
        secret_key="a key for tests alone, long enough",
        environment="test",
        database_url=database_url,
        base_url="http://localhost",
    )


def new_client(app: Flask) -> SiteClient:
    """A visitor's browser."""
    browser = app.test_client()
    assert isinstance(browser, SiteClient)
    return browser


def signed_in(app: Flask, login_name: str, password: str) -> SiteClient:
    """A browser in which this user has signed in through the form.

    They have a second factor, and gave its code so far ahead that no form asks for it again.
    """
    browser = new_client(app)
    with app.app_context(), database().unit() as session:
        user_id = session.scalar(select(User.id).where(User.login_name == login_name))
        session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    with mock.patch.object(passwords, "verify", _verified):
        given = {"login_name": login_name, "password": password}
        answer = browser.submit("/account/sign-in", given)
    assert answer.status_code == 303, answer.text
    if user_id is not None:
        with app.app_context(), database().unit() as session:
            _confirm(session, user_id)
    return browser


#: The same few passwords are given thousands of times: argon2 is asked once about each.
_verified = cache(passwords.verify)


def _confirm(session: Session, user_id: int) -> None:
    now = clock.now()
    session.add(SecondFactor(user_id=user_id, sealed_secret=b"", created_at=now, confirmed_at=now))
    session.execute(
        update(SignInSession)
        .where(SignInSession.user_id == user_id)
        .values(confirmed_at=now + AHEAD)
    )


#: Signs a user in (by row or login name) and returns the browser that is now theirs.
SignIn = Callable[..., SiteClient]
