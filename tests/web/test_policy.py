"""The policy table against the site: every route is listed, every cell answers as it says."""

from __future__ import annotations

from collections import Counter

from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from charity.accounts.models import Membership, User
from charity.accounts.services import revoke_role
from charity.actor import Actor, Permission
from tests.conftest import SetClock
from tests.support.site import SignIn, SiteClient
from tests.web.walking import WALKS, Seen, Walk, asked, path_of
from tests.web.world import World
from web.security import routes
from web.security.access import Answer, Who, holders
from web.security.routes import ROUTES

#: Methods Flask adds by itself; the gate treats them as GET.
AUTOMATIC = {"HEAD", "OPTIONS"}


def served(app: Flask) -> set[tuple[str, str]]:
    """Every endpoint and method the site answers."""
    return {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - AUTOMATIC
    }


def listed() -> set[tuple[str, str]]:
    """Every endpoint and method of the table."""
    return {(row.endpoint, row.method) for row in ROUTES}


def test_every_route_is_listed_in_the_policy_table(app: Flask) -> None:
    assert served(app) - listed() == set(), "routes the table does not know answer nobody"


def test_the_policy_table_lists_no_route_that_is_gone(app: Flask) -> None:
    assert listed() - served(app) == set()


def test_no_row_stands_twice() -> None:
    rows = Counter((row.endpoint, row.method, tuple(row.sample.items())) for row in ROUTES)
    assert [row for row, times in rows.items() if times > 1] == []


def test_every_row_has_a_sample_for_each_argument(app: Flask, world: World) -> None:
    for row in ROUTES:
        assert path_of(app, row, world)


def read(seen: Seen) -> Answer | str:
    """What kind of answer it was."""
    location = seen.headers.get("Location", "")
    if seen.status == 302 and location.startswith("/account/sign-in"):
        return Answer.SIGN_IN
    if seen.status == 403:
        return Answer.REFUSED
    if seen.status == 404:
        return Answer.ABSENT
    if seen.status in (200, 202, 204, 302, 303, 304, 400, 409, 422, 503):
        return Answer.COME_IN
    return f"status {seen.status}"


@WALKS
def test_every_cell_of_the_policy_table(walked: Walk, engine: Engine) -> None:
    """Each class of actor at each endpoint and method is answered as the table says."""
    answers = (*walked.pages, *walked.acts)
    wanted = asked(engine.dialect.name)
    assert len(answers) == len(wanted)
    assert len(asked("sqlite")) == len(ROUTES) * len(Who)
    wrong = [
        f"{seen.place}: {read(seen)}, not {seen.row.audience.expects(seen.who)}"
        for seen in answers
        if read(seen) != seen.row.audience.expects(seen.who)
    ]
    assert not wrong, "\n".join(wrong)


def test_an_unlisted_route_answers_nobody(app: Flask, client: SiteClient) -> None:
    app.add_url_rule("/unlisted", "unlisted", lambda: "secret")
    response = client.get("/unlisted")
    assert response.status_code == 404
    assert "secret" not in response.text


def test_a_row_taken_away_is_missed(app: Flask) -> None:
    known = {(row.endpoint, row.method) for row in routes.ROUTES if row.endpoint != "desk.home"}
    assert served(app) - known == {("desk.home", "GET")}


def test_a6_a_role_taken_away_acts_at_the_next_request(
    session: Session, world: World, sign_in: SignIn
) -> None:
    login = world.people[Who.APPROVER]
    browser = sign_in(login)
    assert browser.get("/desk/refunds").status_code == 200
    held = select(Membership).join(User, User.id == Membership.user_id)
    membership = session.scalars(held.where(User.login_name == login)).one()
    revoke_role(session, Actor.system("test"), membership_id=membership.id)
    session.commit()
    assert browser.get("/desk/refunds").status_code == 403
    assert browser.submit(f"/desk/refunds/{world.things['refund']}/agree").status_code == 403


def test_who_holds_a_role_and_does_nothing_is_signed_out(
    world: World, sign_in: SignIn, clock: SetClock
) -> None:
    browser = sign_in(world.people[Who.APPROVER])
    assert browser.get("/desk").status_code == 200
    clock.advance(minutes=31)
    assert browser.get("/desk").status_code == 302, "idle for half an hour with a role"


def test_the_words_of_the_table() -> None:
    audience = holders(Permission.EXPENSE_PAY, other_staff=Answer.ABSENT)
    assert audience.expects(Who.GUEST) is Answer.SIGN_IN
    assert audience.expects(Who.TREASURER) is Answer.COME_IN
    assert audience.expects(Who.USER) is Answer.REFUSED
    assert audience.expects(Who.OTHER_STAFF) is Answer.ABSENT
