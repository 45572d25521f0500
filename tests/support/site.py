"""The site under test: its sessions join the test's own transaction, its clients carry tokens."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Connection, delete, event, select, update
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql.selectable import GenerativeSelect
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from charity import clock
from charity.accounts.models import SecondFactor, SignInSession, User
from web.config import Settings
from web.db import Database, database


class LateRule(Rule):
    """An address of the site whose builder is compiled when somebody first asks for it.

    The suite makes the site anew for every test, and most of that time went into builders of
    addresses that no test ever asks for.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made: list[Callable[..., tuple[str, str]]] = []
        compile_now = super()._compile_builder

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(compile_now(append_unknown))
            return made[0](rule, **values)

        return build


Flask.url_rule_class = LateRule


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
    answer = browser.submit("/account/sign-in", {"login_name": login_name, "password": password})
    assert answer.status_code == 303, answer.text
    if user_id is not None:
        with app.app_context(), database().unit() as session:
            _confirm(session, user_id)
    return browser


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
