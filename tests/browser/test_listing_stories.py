"""The three lists on screen: a resident orders on a phone, and a volunteer team gives hours.

Ordered, confirmed, dispatched, accepted, served, confirmed and judged by both sides, each by the
person whose act it is, on the pages they would use.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from charity.actor import Grant, Role
from projects.listings.models import ListingCategory, ResourceKind
from tests.browser import people
from tests.browser.conftest import NewVisitor, WorldSite
from tests.browser.people import field, fill, press, shows
from tests.factories import make_actor
from tests.projects.listings.village import VILLAGE
from tests.support.chromium import PHONE
from tests.web.world_resources import offered
from web.db import make_engine
from web.security.access import Who

LAMP = "楼梯口的灯一直不亮"
HEDGE = "老年活动室门前的树要修"
ELECTRICIAN = "电工上门修灯半天"

Enter = Callable[[Who], Page]


@pytest.fixture
def enter(world_site: WorldSite, new_visitor: NewVisitor) -> Enter:
    """Sign somebody of the world in, in a browser of their own."""

    def sign_in(who: Who) -> Page:
        page = new_visitor(world_site.base_url)
        return people.enter(page, world_site.world.people[who])

    return sign_in


def test_a_resident_orders_and_a_unit_comes(
    world_site: WorldSite, new_visitor: NewVisitor, enter: Enter
) -> None:
    offer_skill(world_site)
    resident = new_visitor(world_site.base_url, size=PHONE)
    order(resident)
    community, unit = enter(Who.DISPATCHER), enter(Who.OTHER_STAFF)
    confirm_and_dispatch(community)
    accept_and_serve(unit)
    confirm_and_judge(resident)
    judge_too(unit)
    resident.get_by_role("link", name="看公开的那一页").click()
    shows(resident, "来得很快，灯亮了", "门口好找，有人接应", "双方已确认")


def test_a_volunteer_team_gives_hours(enter: Enter) -> None:
    community, staff = enter(Who.DISPATCHER), enter(Who.STAFF)
    take_a_call(community)
    press(community, "确认并公布")
    address = re.sub("^https?://[^/]+", "", community.url)
    staff.goto(address)
    staff.get_by_role("link", name="认领这件事").click()
    staff.get_by_label("凤凰志愿服务总队").check()
    fill(staff, {"认多少": "3", "想对社区说的话": "周六来三个人"})
    press(staff, "认领")
    community.goto(address)
    community.get_by_role("link", name="凤凰志愿服务总队").click()
    press(community, "答应")
    staff.reload()
    fill(staff, {"合计多少小时": "3", "帮到多少人": "12", "做了什么": "修了两排树"})
    press(staff, "报上去")
    shows(staff, "等需求方确认")
    community.reload()
    press(community, "没错，确认")
    shows(community, "3 小时", "双方已确认")
    staff.goto(address)
    shows(staff, "凤凰志愿服务总队", "修了两排树", "5 小时")


# ── the resident's order ─────────────────────────────────────────────────────────────────────────


def offer_skill(world_site: WorldSite) -> None:
    """The other organisation has an electrician."""
    engine = make_engine(world_site.installation.address.url)
    other_id = int(world_site.world.things["other_organisation"])
    with Session(engine) as session:
        giver = make_actor(session, Grant(Role.OWNER, organisation_id=other_id))
        offered(
            session, giver, other_id, VILLAGE, title=ELECTRICIAN, kind=ResourceKind.SKILLS,
            category=ListingCategory.REPAIR, quantity=10, unit="次",
        )  # fmt: skip
        session.commit()
    engine.dispose()


def order(page: Page) -> None:
    """Few questions on a phone, and a page of one's own."""
    page.goto("/needs")
    page.get_by_role("main").get_by_role("link", name="我要点单").first.click()
    page.get_by_text("维修", exact=True).first.click()
    fill(page, {"需要什么": LAMP, "哪个村、社区": VILLAGE, "怎么称呼": "陈阿姨"})
    field(page, "给谁").select_option("elderly")
    page.get_by_label("急难").check()
    fill(page, {"电话": "13800004444", "上门的地址": "二组七号"})
    press(page, "交给社区")
    shows(page, LAMP, "社区正在看")


def confirm_and_dispatch(page: Page) -> None:
    """It waits on the desk; confirmed, it goes to the unit that fits."""
    people.from_desk(page, LAMP)
    if page.get_by_role("button", name="确认并公布").count() == 0:
        page.get_by_role("link", name=re.compile("确认")).first.click()
    press(page, "确认并公布")
    shows(page, "等人认领", "还剩", ELECTRICIAN)
    row = page.locator("li, article, tr").filter(has_text=ELECTRICIAN).last
    row.get_by_role("button", name="派给他们").click()
    shows(page, ELECTRICIAN)


def accept_and_serve(page: Page) -> None:
    """The unit says yes, reads whom to call, comes, and says that it is done."""
    page.goto("/claims")
    page.get_by_role("link", name=LAMP).click()
    expect(page.locator("body")).not_to_contain_text("13800004444")
    press(page, "接单")
    shows(page, "13800004444", "二组七号")
    fill(page, {"合计多少小时": "1.5", "帮到多少人": "6", "做了什么": "换了灯和线"})
    press(page, "报上去")
    press(page, "全部办好了")
    shows(page, "单位说已办好")


def confirm_and_judge(page: Page) -> None:
    """Who ordered says that it is so, and how it was."""
    page.reload()
    shows(page, "换了灯和线", "6 人")
    press(page, "办好了，确认")
    field(page, "几颗星").select_option("5")
    fill(page, {"想说的话": "来得很快，灯亮了"})
    press(page, "交上评价")
    shows(page, "来得很快，灯亮了")


def judge_too(page: Page) -> None:
    """And the unit says how it was to come."""
    page.reload()
    field(page, "几颗星").select_option("4")
    fill(page, {"想说的话": "门口好找，有人接应"})
    press(page, "交上评价")
    shows(page, "门口好找，有人接应")


# ── a team's hours ───────────────────────────────────────────────────────────────────────────────


def take_a_call(page: Page) -> None:
    """Somebody rings the community; the clerk writes it down on one screen."""
    page.goto("/needs/clerk")
    said = {
        "怎么称呼": "老杜", "电话": "0711-3350000", "哪个村、社区": VILLAGE, "需要什么": HEDGE,
        "要多少": "8",
    }  # fmt: skip
    fill(page, said)
    field(page, "类别").select_option("greening")
    press(page, "记下，接下一个")
    shows(page, "单号", HEDGE)
    page.get_by_role("link", name="打开这一单").click()
