"""How often each page of a gift asks the database: the bounds that keep a gift cheap."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from charity.money import Money
from tests.support.site import SiteClient
from tests.web.counting import counted
from tests.web.donors import give, published, settle_village


@pytest.mark.usefixtures("clock")
def test_a_gift_asks_the_database_little(client: SiteClient, session: Session) -> None:
    """Form, intent, sandbox, result, the way back, the thank-you; the book's own ones among it."""
    village = settle_village(session)
    project = published(village)
    village.give(project, Money.yuan(100))
    village.settle()
    session.commit()
    client.get("/proof")
    asked: dict[str, int] = {}

    def count(what: str, ask: Callable[[], TestResponse]) -> TestResponse:
        session.expunge_all()
        with counted(session) as sent:
            answer = ask()
        asked[what] = len(sent)
        return answer

    path = f"/projects/{project.id}/donate"
    count("form", lambda: client.get(path))
    there = count("intent", lambda: give(client, project)).location
    count("sandbox", lambda: client.get(there))
    back = count("result", lambda: client.submit(there, {"paid": "1"})).location
    page = count("back", lambda: client.get(back)).location
    count("trail", lambda: client.get(page))
    # SQLite writes the rows of an entry one by one, PostgreSQL in one statement
    assert asked.pop("result") <= 19
    assert asked == {"form": 2, "intent": 8, "sandbox": 1, "back": 1, "trail": 7}
