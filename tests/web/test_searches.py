"""Followed searches: what is new is told once, on one's page and by letter, until one stops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.errors import Conflict, Denied, Invalid, NotFound
from charity.letters import Letter
from projects.listings import queries, services
from projects.listings.models import FollowedSearch, SearchFind
from projects.listings.services.searching import SEARCHES_MAXIMUM
from search import Document, MemoryIndex
from tests.factories import make_actor, make_user
from tests.support.site import SignIn
from web.home.asked import Asked
from web.letters import put_into_words
from web.searches import work
from web.searches.words import said

pytestmark = pytest.mark.usefixtures("clock")

ASKED = Asked(text="扶手", kind="need", wants="yes")


@pytest.fixture
def index(app: Flask) -> Iterator[MemoryIndex]:
    """An index in memory, and the site that asks it."""
    made = MemoryIndex()
    app.extensions["wushe.ports"] = replace(app.extensions["wushe.ports"], index=made)
    with app.app_context():
        yield made


@pytest.fixture
def follower(session: Session) -> Actor:
    return make_actor(session)


def need(number: int, day: str = "") -> Document:
    """A need for handrails, published today if nothing else is said."""
    return Document(
        f"need:{number}",
        "need",
        f"第 {number} 户要扶手",
        url=f"/needs/{number}",
        published_on=day or clock.today().isoformat(),
        wants="yes",
    )


def follow(session: Session, actor: Actor, asked: Asked = ASKED, address: str = "") -> int:
    known = [document for document, _ in work.finds(asked, clock.today())]
    return services.follow_search(
        session, actor, asked=asked.written, known=known, address=address
    ).id


def look(session: Session, search_id: int) -> int:
    search = session.get_one(FollowedSearch, search_id)
    found = work.finds(Asked.kept(search.asked), search.looked_on)
    return services.record_finds(session, work.TELLER, search_id=search_id, found=found)


def test_a_question_is_written_one_way_and_read_back() -> None:
    asked = Asked.read(
        {"q": " 扶手 & 灯 ", "kind": "need", "place": "420704000000", "least": "20", "wants": "1"}
    )
    assert Asked.kept(asked.written) == asked
    assert Asked.kept(replace(asked, page=3).written) == asked
    assert Asked.kept("") == Asked() == Asked.kept("&&q&x=%ff")


def test_new_finds_are_told_once(session: Session, follower: Actor, index: MemoryIndex) -> None:
    old = (clock.today() - timedelta(days=3)).isoformat()
    index.rebuild([need(1), need(2, old)])
    search_id = follow(session, follower, address="a@example.org")
    assert look(session, search_id) == 0
    index.replace([need(3), replace(need(4), wants=""), need(5, old)])
    assert [look(session, search_id), look(session, search_id)] == [1, 0]
    (search,) = queries.followed_searches(session, follower)
    assert search.unseen == 1
    (letter,) = session.scalars(select(Letter).where(Letter.kind == "search.found"))
    subject, text = put_into_words(letter.kind, letter.data)
    assert "1" in subject
    assert "第 3 户要扶手" in text
    services.see_finds(session, follower, search_id=search_id)
    assert search.unseen == 0
    index.unavailable = True
    assert look(session, search_id) == 0
    # a day looked through without an index is looked through again, for looked_on is a day
    index.unavailable = False
    index.replace([need(6)])
    assert look(session, search_id) == 1


def test_who_stops_following_is_forgotten(
    session: Session, follower: Actor, index: MemoryIndex
) -> None:
    index.rebuild([need(1)])
    search_id = follow(session, follower, address="a@example.org")
    stranger = make_actor(session)
    for act in (services.unfollow_search, services.see_finds):
        with pytest.raises(NotFound):
            act(session, stranger, search_id=search_id)
    assert follow(session, follower) == search_id
    services.unfollow_search(session, follower, search_id=search_id)
    assert session.get_one(FollowedSearch, search_id).address == ""
    assert not session.scalar(select(func.count()).select_from(SearchFind))
    index.replace([need(2)])
    assert (
        services.record_finds(session, work.TELLER, search_id=search_id, found=[("need:2", "x")])
        == 0
    )
    assert queries.followed_searches(session, follower) == []
    assert follow(session, follower) != search_id


def test_what_is_refused(session: Session, follower: Actor, index: MemoryIndex) -> None:
    with pytest.raises(Denied):
        follow(session, Actor.guest())
    for address in ("x", "a b@example.org", "a@" + "x" * 300 + ".org"):
        with pytest.raises(Invalid):
            follow(session, follower, address=address)
    for number in range(SEARCHES_MAXIMUM):
        follow(session, follower, Asked(text=str(number)))
    with pytest.raises(Conflict):
        follow(session, follower)
    assert follow(session, follower, Asked(text="1"))


def test_a_search_is_followed_and_ended_on_the_site(
    session: Session, sign_in: SignIn, index: MemoryIndex
) -> None:
    index.rebuild([need(1)])
    user = make_user(session)
    session.commit()
    browser = sign_in(user)
    page = browser.get("/search", query_string={"q": "扶手", "kind": "need"}).text
    assert "关注这个搜索" in page
    assert "还没有关注什么搜索" in browser.get("/account/searches").text
    browser.submit("/account/searches", data={"asked": "kind=need&q=扶手", "address": "nobody"})
    browser.submit("/account/searches", data={"asked": ""})
    assert session.scalar(select(func.count()).select_from(FollowedSearch)) == 0
    browser.submit("/account/searches", data={"asked": "kind=need&q=扶手", "address": ""})
    (search,) = session.scalars(select(FollowedSearch))
    index.replace([need(number) for number in range(2, 6)])
    work.tell_searchers()
    assert "新找到 4 个" in browser.get("/account/searches").text
    looked = browser.submit(f"/account/searches/{search.id}/look")
    assert looked.location.endswith("kind=need&sort=newest")
    browser.submit(f"/account/searches/{search.id}/end")
    assert "还没有关注什么搜索" in browser.get("/account/searches").text


def test_a_question_in_words(app: Flask, index: MemoryIndex) -> None:
    asked = replace(ASKED, place="420704", category="meals", least=5, since="2026-01-01")
    with app.test_request_context():
        words = said(asked)
    assert words.startswith("扶手 · 需求 · ")
    assert words.count(" · ") == 6
