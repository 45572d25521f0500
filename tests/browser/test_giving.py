"""Giving for everybody: without a script, and with nothing but a keyboard."""

import re

from playwright.sync_api import expect

from tests.browser import people
from tests.browser.conftest import NewVisitor, WorldSite
from tests.browser.people import field, heading, press, shows
from tests.support.chromium import PHONE


def test_giving_needs_no_script(world_site: WorldSite, new_visitor: NewVisitor) -> None:
    """From the list to the private trail with scripts switched off."""
    page = new_visitor(world_site.base_url, size=PHONE, scripts=False)
    page.goto(f"/projects/{world_site.world.things['published_project']}")
    page.get_by_label("¥50", exact=True).check()
    press(page, "去捐款")
    expect(page.get_by_label("¥50", exact=True)).to_be_checked()
    press(page, "去付款")
    press(page, "支付成功")
    heading(page, "你的 ¥50.00，已经在账上")
    shows(page, "谢谢你，¥50.00 已经到账。", "公开的名单上写的是“爱心人士”")
    link = page.get_by_label("这一页的链接")
    page.goto(link.input_value())
    heading(page, "你的 ¥50.00")


def test_giving_by_keyboard_alone(world_site: WorldSite, new_visitor: NewVisitor) -> None:
    """Tab, arrows, blank and Enter are enough, and one sees where one is."""
    page = new_visitor(world_site.base_url)
    page.goto(f"/projects/{world_site.world.things['published_project']}/donate")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到正文")
    page.keyboard.press("Enter")
    people.tab_to(page, page.get_by_label("¥200", exact=True))
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("¥50", exact=True)).to_be_checked()
    people.tab_to(page, field(page, "自己写一个金额（元）"))
    page.keyboard.type("66.60")
    people.tab_to(page, field(page, "名字或单位名称"))
    page.keyboard.type("李四")
    people.tab_to(page, page.get_by_role("switch", name=re.compile("公开署名")))
    page.keyboard.press("Space")
    people.tab_to(page, page.get_by_role("button", name="去付款", exact=True))
    page.keyboard.press("Enter")
    shows(page, "演示支付", "¥66.60")
    people.tab_to(page, page.get_by_role("button", name="支付成功", exact=True))
    page.keyboard.press("Enter")
    heading(page, "你的 ¥66.60")
    shows(page, "公开的名单上写着你的名字：李四。")
