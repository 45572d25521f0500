"""The desk shows each person what waits for them, and nothing that waits for others."""

from __future__ import annotations

import re

import pytest

from tests.support.site import SignIn
from tests.web.world import World
from web.security.access import Who


@pytest.mark.parametrize(
    ("who", "seen", "unseen"),
    [
        (Who.APPROVER, "待批支出 1", "待批支出 2"),
        (Who.TREASURER, "待批支出 2", "待批支出 1"),
        (Who.ACCEPTOR, "居家适老化改造 1 户", "待批支出"),
        (Who.REVIEWER, "洪港村 26 户", "等待核验的组织"),
        (Who.VERIFIER, "等待核验的组织", "待批支出"),
        (Who.STAFF, "待批支出 3", "待批支出 1"),
        (Who.OTHER_STAFF, "二十户老人家里的灯要换", "待批支出"),
        (Who.USER, "还剩 1 份没交", "待批支出"),
        (Who.AUDITOR, "没有事在等你", "待批支出"),
    ],
)
def test_each_sees_their_own_work(
    world: World, sign_in: SignIn, who: Who, seen: str, unseen: str
) -> None:
    text = sign_in(world.people[who]).get("/desk").text
    assert seen in text
    assert unseen not in text


def test_the_head_of_every_page_counts_what_waits(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.people[Who.TREASURER])
    rows = browser.get("/desk").text.partition('class="inbox"')[2].partition("</ul>")[0]
    shown = re.findall(r'class="count">(\d+)<', browser.get("/account/").text)
    assert shown == [str(rows.count("<li>"))]
    assert int(shown[0]) >= 1
    assert 'class="count"' not in sign_in(world.people[Who.USER]).get("/account/").text


def test_drafts_are_shown_and_not_counted(world: World, sign_in: SignIn) -> None:
    text = sign_in(world.people[Who.STAFF]).get("/desk").text
    assert "我的草稿" in text
