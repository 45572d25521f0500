"""The desk of the law: late first, in words, and few questions whatever roles somebody has."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from charity.disclosure.models import Notice
from tests.conftest import SetClock
from tests.support.site import SignIn
from tests.web.counting import counted
from tests.web.world import World
from web.security.access import Who

#: Questions of one desk page at most.
MOST = 14


@pytest.mark.parametrize("who", [who for who in Who if who is not Who.GUEST])
def test_a_desk_asks_few_questions(
    world: World, session: Session, sign_in: SignIn, who: Who
) -> None:
    browser = sign_in(world.people[who])
    browser.get("/desk")
    with counted(session) as sent:
        assert browser.get("/desk").status_code == 200
    assert len(sent) <= MOST, "\n".join(" ".join(each.split())[:120] for each in sent)


def test_what_is_late_comes_first_and_says_so(
    world: World, session: Session, sign_in: SignIn, clock: SetClock
) -> None:
    browser = sign_in(world.people[Who.REVIEWER])
    text = browser.get("/desk").text
    assert "答复异议" in text
    assert "还有 7 天" in text
    today = clock.now.date()
    past = {"starts_on": today - timedelta(days=10), "ends_on": today - timedelta(days=3)}
    session.execute(update(Notice).values(**past))
    session.commit()
    rows = browser.get("/desk").text.partition('class="inbox"')[2].split("<li>")[1:]
    assert "晚了 3 天" in rows[0]
    assert 'class="due late"' in rows[0]
