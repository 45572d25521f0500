"""The security floor, walked over every route: tokens, safe methods, headers, sessions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import Headers

from charity.accounts.models import SignInSession, User
from tests.conftest import SetClock
from tests.factories import PASSWORD, make_actor, make_user
from tests.support.site import SignIn, SiteClient, joined
from tests.web.walking import WALKS, Walk, browser_of, cookies_of, path_of, state_of, undone
from tests.web.world import World
from web import create_app
from web.config import Settings
from web.security.access import Answer, Who
from web.security.headers import HEADERS
from web.security.routes import ROUTES

#: Routes whose messages carry a signature instead of a form's token.
SIGNED = {"donations.webhook"}


#: What an answer may say instead: a private page, a picture that is only looked at.
STRICTER = {
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
}


@pytest.mark.long
def test_every_form_without_its_token_is_refused(
    app: Flask, world: World, sign_in: SignIn, connection: Connection
) -> None:
    """To a visitor, and to everybody who could have sent it with one."""
    cookies = cookies_of(world, sign_in)
    before = state_of(connection)
    passed = []
    for row in ROUTES:
        if row.method != "POST" or row.endpoint in SIGNED:
            continue
        path = path_of(app, row, world)
        for who in Who:
            if who is not Who.GUEST and row.audience.expects(who) is not Answer.COME_IN:
                continue
            with undone(connection):
                answer = browser_of(app, cookies.get(who)).post(path, data={"csrf_token": "wrong"})
            if answer.status_code not in (302, 400, 403):
                passed.append(f"{who} {path}: {answer.status_code}")
    assert not passed, "\n".join(passed)
    assert state_of(connection) == before


def test_a_form_without_its_token_is_told_so(client: SiteClient) -> None:
    answer = client.post("/account/sign-in", data={"login_name": "a", "password": "b"})
    assert answer.status_code == 400
    assert "请返回上一页" in answer.text


@WALKS
def test_no_get_changes_anything(walked: Walk) -> None:
    """Whoever reads whichever page, every row of every table stays as it was."""
    assert walked.pages
    assert walked.after == walked.before


@WALKS
def test_every_answer_carries_the_headers(walked: Walk) -> None:
    for seen in (*walked.pages, *walked.also, *walked.acts):
        _check_headers(seen.place, seen.headers)


def test_every_refusal_carries_the_headers(app: Flask, world: World, client: SiteClient) -> None:
    """What is not there, and what is only sent to, when somebody reads it."""
    paths = [path_of(app, row, world) for row in ROUTES if row.method == "POST"]
    for path in [*paths, "/nowhere", "/projects/999999"]:
        _check_headers(path, client.get(path, buffered=True).headers)


def _check_headers(place: str, headers: Headers) -> None:
    for name, value in HEADERS.items():
        assert headers[name] in (value, STRICTER.get(name)), f"{place} {name}"
    assert headers["X-Request-ID"]
    assert "Strict-Transport-Security" not in headers


def test_the_headers_say_what_was_promised() -> None:
    """Written once more by hand, so that none is lost together with the list that sends it."""
    said = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))
    assert {said[name] for name in ("default-src", "script-src", "style-src")} == {"'self'"}
    assert {said[name] for name in ("object-src", "base-uri", "frame-ancestors")} == {"'none'"}
    assert said["form-action"] == "'self' https://checkout.stripe.com"
    assert said["img-src"] == "'self' data:"
    assert HEADERS["X-Content-Type-Options"] == "nosniff"
    assert HEADERS["X-Frame-Options"] == "DENY"
    assert HEADERS["Referrer-Policy"] == "same-origin"
    for name in ("Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"):
        assert HEADERS[name] == "same-origin"
    assert "camera=(), geolocation=(), microphone=()" in HEADERS["Permissions-Policy"]


@WALKS
def test_pages_hold_no_inline_style_or_script(walked: Walk) -> None:
    for seen in (*walked.pages, *walked.also, *walked.acts):
        for word in (" style=", "<style", "<script>", " onclick=", " onload=", "javascript:"):
            assert word not in seen.html, f"{seen.place} {word}"


# ── production ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def production(settings: Settings, connection: Connection) -> Flask:
    """The site as real people see it."""
    real = replace(
        settings,
        environment="production",
        base_url="https://wushe.example",
        stripe_api_key="sk_test_of_the_suite",
        stripe_webhook_secret="whsec_of_the_suite",
    )
    return create_app(real, database=joined(connection))


def test_production_refuses_plain_http_but_for_healthz(production: Flask) -> None:
    client = production.test_client()
    assert client.get("/account/sign-in").status_code == 403
    assert client.get("/healthz").status_code == 200


def test_production_cookies_and_transport(production: Flask) -> None:
    client = production.test_client()
    answer = client.get("/account/sign-in", base_url="https://wushe.example")
    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-wushe=")
    for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert word in cookie
    assert "演示支付" not in answer.text
    assert "仅供本机演示" not in answer.text


def test_locally_the_page_says_so(client: SiteClient) -> None:
    text = client.get("/account/sign-in").text
    assert "仅供本机演示" in text
    assert "演示支付" in text


# ── sessions ─────────────────────────────────────────────────────────────────────────────────────


def cookie_of(client: SiteClient) -> str:
    cookie = client.get_cookie("wushe")
    assert cookie is not None
    return cookie.value


def test_a_cookie_replayed_after_signing_out_is_nobody(
    app: Flask, session: Session, sign_in: SignIn
) -> None:
    user = make_user(session)
    session.commit()
    browser = sign_in(user)
    old = cookie_of(browser)
    assert browser_of(app, old).get("/account/").status_code == 200
    browser.submit("/account/sign-out")
    assert browser_of(app, old).get("/account/").status_code == 302


def test_signing_in_rotates_the_cookie_and_keeps_nothing_of_the_old(
    app: Flask, session: Session, client: SiteClient
) -> None:
    user = make_user(session)
    session.commit()
    client.get("/account/sign-in")
    with client.session_transaction() as held:
        held["planted"] = "by somebody else"
    before = cookie_of(client)
    client.submit("/account/sign-in", {"login_name": user.login_name, "password": PASSWORD})
    assert cookie_of(client) != before
    with client.session_transaction() as held:
        assert "planted" not in held
    assert browser_of(app, before).get("/account/").status_code == 302


def test_changing_the_password_signs_out_everywhere(session: Session, sign_in: SignIn) -> None:
    user = make_user(session)
    session.commit()
    here, there = sign_in(user), sign_in(user)
    new = "another calm river in Ezhou"
    answer = here.submit("/account/password", {"current_password": PASSWORD, "new_password": new})
    assert answer.status_code == 303
    assert here.get("/account/").status_code == 302
    assert there.get("/account/").status_code == 302
    assert sign_in(user, password=new).get("/account/").status_code == 200


def test_signing_out_everywhere(session: Session, sign_in: SignIn) -> None:
    user = make_user(session)
    session.commit()
    here, there = sign_in(user), sign_in(user)
    assert here.submit("/account/sessions/revoke").status_code == 303
    assert there.get("/account/").status_code == 302


def test_a_session_revoked_in_the_database_is_gone_at_once(
    session: Session, sign_in: SignIn, clock: SetClock
) -> None:
    user = make_user(session)
    session.commit()
    browser = sign_in(user)
    row = session.scalars(select(SignInSession).where(SignInSession.user_id == user.id)).one()
    row.revoked_at = clock.now
    session.commit()
    assert browser.get("/account/").status_code == 302


def test_a_donor_may_idle_for_days_and_not_for_weeks(
    session: Session, sign_in: SignIn, clock: SetClock
) -> None:
    user = make_user(session)
    session.commit()
    browser = sign_in(user)
    clock.advance(days=13)
    assert browser.get("/account/").status_code == 200
    clock.advance(days=15)
    assert browser.get("/account/").status_code == 302


def test_the_stamp_is_renewed_at_most_once_a_minute(
    world: World, sign_in: SignIn, clock: SetClock
) -> None:
    browser = sign_in(world.people[Who.APPROVER])
    browser.get("/account/")
    clock.advance(seconds=30)
    assert "Set-Cookie" not in browser.get("/account/").headers
    clock.advance(minutes=20)
    assert "Set-Cookie" in browser.get("/account/").headers
    clock.advance(minutes=20)
    assert browser.get("/account/").status_code == 200


def test_pages_of_the_signed_in_are_kept_nowhere(session: Session, sign_in: SignIn) -> None:
    user = make_user(session)
    session.commit()
    assert sign_in(user).get("/account/").headers["Cache-Control"] == "no-store"


# ── signing in ───────────────────────────────────────────────────────────────────────────────────


def test_wrong_name_and_wrong_password_answer_alike(session: Session, client: SiteClient) -> None:
    user = make_user(session)
    session.commit()
    answers = [
        client.submit("/account/sign-in", {"login_name": name, "password": "not this one"})
        for name in (user.login_name, "nobody_at_all")
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert all("登录名或密码不对" in answer.text for answer in answers)


def test_after_five_failures_the_right_password_gets_the_same_answer(
    session: Session, client: SiteClient, clock: SetClock
) -> None:
    user = make_user(session)
    session.commit()
    for _ in range(5):
        client.submit("/account/sign-in", {"login_name": user.login_name, "password": "wrong one"})
    said = [
        client.submit("/account/sign-in", {"login_name": user.login_name, "password": password})
        for password in ("wrong one", PASSWORD)
    ]
    assert {answer.status_code for answer in said} == {422}
    assert all("试错太多次" in answer.text for answer in said)


def test_after_signing_in_one_is_where_one_wanted_to_be(
    session: Session, client: SiteClient
) -> None:
    user = make_user(session)
    session.commit()
    asked = client.get("/account/password")
    assert asked.status_code == 302
    answer = client.submit(
        asked.headers["Location"], {"login_name": user.login_name, "password": PASSWORD}
    )
    assert answer.headers["Location"] == "/account/password"


def test_no_sign_in_leads_off_the_site(session: Session, client: SiteClient) -> None:
    user = make_user(session)
    session.commit()
    answer = client.submit(
        "/account/sign-in?next=//elsewhere.example/",
        {"login_name": user.login_name, "password": PASSWORD},
    )
    assert answer.headers["Location"] == "/"


def test_registering_opens_an_account_that_may_sign_in(
    session: Session, client: SiteClient, sign_in: SignIn
) -> None:
    answer = client.submit(
        "/account/register",
        {"login_name": "xiaoli", "display_name": "李小丽", "password": PASSWORD},
    )
    assert answer.status_code == 303
    text = sign_in("xiaoli").get("/account/").text
    assert "李小丽" in text
    assert "还没有角色" in text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("password", "short", "至少要 10 个字"),
        ("password", "", "请填写这一项"),
        ("login_name", "a b", "登录名要 3 到 80 个字"),
        ("identity", "123", "身份证号是 18 位"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    client: SiteClient, session: Session, field: str, value: str, said: str
) -> None:
    typed = {"login_name": "xiaoli", "display_name": "李小丽", "password": PASSWORD}
    answer = client.submit("/account/register", {**typed, field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert "李小丽" in answer.text, "what was typed is still there"
    assert session.scalars(select(User).where(User.display_name == "李小丽")).all() == []


def test_my_roles_are_named(session: Session, world: World, sign_in: SignIn) -> None:
    assert "出纳" in sign_in(world.people[Who.TREASURER]).get("/account/").text


# ── failures ─────────────────────────────────────────────────────────────────────────────────────


def test_a_crash_shows_no_trace_and_leaves_the_number(
    app: Flask, client: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise RuntimeError("secret of the house")

    monkeypatch.setitem(app.view_functions, "system.healthz", fail)
    answer = client.get("/healthz")
    assert answer.status_code == 500
    assert "secret of the house" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["X-Request-ID"] in answer.text


def test_a_database_that_is_down_ends_on_a_calm_page(settings: Settings, tmp_path: Path) -> None:
    app = create_app(replace(settings, database_url=f"sqlite:///{tmp_path}/no/such/folder.db"))
    answer = app.test_client().get("/desk")
    assert answer.status_code == 302
    answer = app.test_client().get("/account/sign-in")
    assert answer.status_code == 503
    assert "暂时忙不过来" in answer.text
    assert app.test_client().get("/healthz").status_code == 200
    assert app.test_client().get("/readyz").status_code == 503


def test_too_much_is_refused(client: SiteClient) -> None:
    answer = client.submit("/account/sign-in", {"login_name": "x" * 2_000_000})
    assert answer.status_code == 413


def test_no_secret_is_logged(
    session: Session, sign_in: SignIn, caplog: pytest.LogCaptureFixture, world: World, app: Flask
) -> None:
    actor = make_actor(session)
    session.commit()
    user = session.get(User, actor.user_id)
    with caplog.at_level("DEBUG"):
        browser = sign_in(user)
        browser.get("/account/")
        browser.get(f"/donations/{world.things['donation']}")
    for secret in (PASSWORD, str(world.things["donation"]), app.config["SECRET_KEY"]):
        assert secret not in caplog.text
