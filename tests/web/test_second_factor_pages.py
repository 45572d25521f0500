"""Codes on the pages: set up after signing in, asked for at sign-in and before money moves."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.accounts import factor, services
from charity.accounts.models import SecondFactor, SignInSession, User
from charity.actor import Actor
from charity.approvals import queries as approvals
from charity.spending.models import Expense, ExpenseState
from tests.conftest import SetClock
from tests.factories import PASSWORD
from tests.support.site import SignIn, SiteClient
from tests.web.world import World
from web.config import Settings
from web.security.access import Who
from web.security.routes import ROUTES
from web.security.sealing import sealer_of
from web.spending import words

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(clock: SetClock, drift: int = 0, secret: str = SECRET) -> str:
    return factor.code_of(secret, factor.step_at(clock.now) + drift)


def give_device(session: Session, settings: Settings, user: User) -> None:
    services.give_device(
        session,
        Actor.system("test"),
        user_id=user.id,
        secret=SECRET,
        sealer=sealer_of(settings.secret),
    )
    session.commit()


def user_of(session: Session, world: World, who: Who) -> User:
    return session.scalars(select(User).where(User.login_name == world.people[who])).one()


def test_whoever_needs_a_device_sets_one_up_before_anything_else(
    session: Session, world: World, client: SiteClient, clock: SetClock
) -> None:
    login = {"login_name": world.people[Who.TREASURER], "password": PASSWORD}
    answer = client.submit("/account/sign-in?next=/desk/books", login)
    assert answer.headers["Location"] == "/account/second-factor?next=/desk/books"
    for path in ("/desk", "/desk/books", f"/ledger/{world.things['fund']}/x"):
        assert client.get(path).status_code in (303, 404), path
    assert client.get("/desk").headers["Location"] == "/account/second-factor?next=/desk"
    began = client.submit("/account/second-factor/begin?next=/desk/books")
    page = client.get(began.headers["Location"]).text
    shown = re.search(r"<dd>((?:[A-Z2-7]{4} ?){8})</dd>", page)
    assert shown is not None
    assert "<svg" in page
    secret = shown[1].replace(" ", "")
    wrong = client.submit("/account/second-factor", {"code": "12"})
    assert wrong.status_code == 422
    assert "验证码不对" in wrong.text
    right = client.submit(
        "/account/second-factor?next=/desk/books", {"code": code_at(clock, secret=secret)}
    )
    papers = re.findall(r"<code class=\"nowrap\">([A-Z0-9]{5}-[A-Z0-9]{5})</code>", right.text)
    assert len(papers) == 10
    assert 'href="/desk/books"' in right.text
    assert client.get("/desk/books").status_code == 200
    later = client.get("/account/second-factor").text
    assert secret not in later.replace(" ", "")
    assert papers[0] not in later


def test_the_code_is_asked_for_at_sign_in(
    app: Flask,
    session: Session,
    world: World,
    client: SiteClient,
    clock: SetClock,
    settings: Settings,
) -> None:
    user = user_of(session, world, Who.TREASURER)
    give_device(session, settings, user)
    login = {"login_name": user.login_name, "password": PASSWORD}
    answer = client.submit("/account/sign-in?next=/desk/refunds", login)
    assert answer.headers["Location"] == "/account/code?next=/desk/refunds"
    assert client.get("/desk").headers["Location"].startswith("/account/sign-in")
    wrong = client.submit("/account/code", {"code": "000000"})
    assert wrong.status_code == 422
    assert "验证码不对" in wrong.text
    answer = client.submit("/account/code?next=/desk/refunds", {"code": code_at(clock)})
    assert answer.headers["Location"] == "/desk/refunds"
    assert client.get("/desk/refunds").status_code == 200


@pytest.mark.rule("APR-02")
def test_apr_02_a_code_is_asked_again_before_money_moves_and_nothing_typed_is_lost(
    session: Session, world: World, client: SiteClient, clock: SetClock, settings: Settings
) -> None:
    user = user_of(session, world, Who.TREASURER)
    give_device(session, settings, user)
    client.submit("/account/sign-in", {"login_name": user.login_name, "password": PASSWORD})
    client.submit("/account/code", {"code": code_at(clock)})
    expense_id = int(world.things["approved_expense"])
    path = f"/expenses/{expense_id}/pay"
    typed = {"paid_on": "2026-03-16", "bank_reference": "B-<1>"}

    clock.advance(minutes=4, seconds=59)
    fresh = client.submit(path, typed | {"paid_on": "2026-13-45"})
    assert "第二" not in fresh.text
    assert "请再输一次验证码" not in fresh.text
    clock.advance(seconds=1)
    asked = client.submit(path, typed)
    assert "请再输一次验证码" in asked.text
    assert 'name="paid_on" value="2026-03-16"' in asked.text
    assert 'name="bank_reference" value="B-&lt;1&gt;"' in asked.text
    assert session.get_one(Expense, expense_id).state is ExpenseState.APPROVED
    wrong = client.submit(path, typed | {"second_code": "000000"})
    assert wrong.status_code == 422
    assert 'name="bank_reference" value="B-&lt;1&gt;"' in wrong.text
    done = client.submit(path, typed | {"second_code": code_at(clock)})
    assert done.status_code == 303, done.text
    session.expire_all()
    assert session.get_one(Expense, expense_id).state is ExpenseState.PAID


def test_the_page_that_asks_again_is_none_for_forged_forms(
    session: Session, world: World, client: SiteClient, clock: SetClock, settings: Settings
) -> None:
    """It would carry a stranger's form past the check of tokens."""
    user = user_of(session, world, Who.TREASURER)
    give_device(session, settings, user)
    client.submit("/account/sign-in", {"login_name": user.login_name, "password": PASSWORD})
    client.submit("/account/code", {"code": code_at(clock)})
    clock.advance(minutes=6)
    path = f"/expenses/{world.things['approved_expense']}/pay"
    assert client.post(path, data={"bank_reference": "FORGED"}).status_code == 400


def test_acts_that_move_money_ask_for_a_code() -> None:
    asked = {row.endpoint for row in ROUTES if row.confirmed}
    assert {
        "spending.approve",
        "spending.pay",
        "refunds.agree",
        "refunds.pay",
        "refunds.batch_agree",
        "pools.steer",
        "statements.apply",
        "statements.confirm_count",
        "books.pay",
        "books.grant",
        "books.journal",
        "accounts.reset_factor",
    } <= asked
    assert not any(row.method == "GET" for row in ROUTES if row.confirmed)


def test_an_administrator_takes_a_lost_device_off(
    session: Session, world: World, sign_in: SignIn, clock: SetClock
) -> None:
    treasurer = user_of(session, world, Who.TREASURER)
    browser = sign_in(treasurer)
    session.execute(
        SecondFactor.__table__.update()  # type: ignore[attr-defined]  # a table
        .where(SecondFactor.user_id == treasurer.id)
        .values(sealed_secret=b"sealed")
    )
    session.commit()
    office = sign_in(world.people[Who.ADMINISTRATOR])
    own = office.submit(
        "/account/second-factor/reset", {"login_name": world.people[Who.ADMINISTRATOR]}
    )
    assert own.status_code == 422
    done = office.submit("/account/second-factor/reset", {"login_name": treasurer.login_name})
    assert done.status_code == 303, done.text
    assert browser.get("/desk").status_code == 302
    assert (
        session.scalars(select(SignInSession).where(SignInSession.user_id == treasurer.id))
        .one()
        .revoked_at
    )


def test_who_asks_for_a_large_sum_reads_who_must_agree(
    app: Flask, session: Session, world: World
) -> None:
    expense = session.get_one(Expense, int(world.things["expense"]))
    request = approvals.request_for(session, expense.subject)
    assert request is not None
    with app.test_request_context():
        assert "等两位" in words.said_on_asking(session, expense)
        request.quorum, request.tier = 3, "APR-01@2016-09-01 APR-04@2016-09-01"
        assert "等 3 位" in words.said_on_asking(session, expense)
        assert "负责人或财务" in words.said_on_agreeing(session, expense)
        expense.state = ExpenseState.APPROVED
        assert "审批通过" in words.said_on_agreeing(session, expense)
