"""A new colleague sets up a second factor on a small phone, and comes back with a code on paper."""

import re
import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from charity.accounts import factor
from charity.accounts.models import User
from charity.actor import Grant, Role
from tests.browser.conftest import NewVisitor, WorldSite
from tests.browser.people import fill, heading, press
from tests.browser.test_accessibility import _barriers, _too_wide
from tests.factories import PASSWORD, make_actor
from tests.support.chromium import PHONE
from web.db import make_engine


def test_a_new_colleague_sets_it_up_and_comes_back_with_a_code_on_paper(
    world_site: WorldSite, new_visitor: NewVisitor
) -> None:
    login = _new_auditor(world_site)
    page = new_visitor(world_site.base_url, size=PHONE)
    _sign_in(page, login)
    heading(page, "两步验证")
    press(page, "开始设置")
    expect(page.get_by_role("img", name="用手机上的验证器扫这个码")).to_be_visible()
    _judge(page)
    shown = re.search(r"(?:[A-Z2-7]{4}\s){7}[A-Z2-7]{4}", page.locator("main").inner_text())
    assert shown is not None
    secret = re.sub(r"\s", "", shown[0])
    step = int(time.time()) // factor.STEP_SECONDS
    fill(page, {"验证码": factor.code_of(secret, step)})
    press(page, "完成设置")
    heading(page, "抄下这些恢复码")
    _judge(page)
    paper = page.get_by_role("listitem").filter(has_text=re.compile("^[A-Z0-9]{5}-")).first
    code = paper.inner_text()
    page.get_by_role("link", name="抄好了，继续").click()
    page.context.clear_cookies()
    _sign_in(page, login)
    heading(page, "输入验证码")
    _judge(page)
    fill(page, {"验证码": code})
    press(page, "进入")
    heading(page, "待办")


def _new_auditor(site: WorldSite) -> str:
    engine = make_engine(site.installation.address.url)
    with Session(engine) as session:
        actor = make_actor(session, Grant(Role.AUDITOR))
        login = session.get_one(User, actor.user_id).login_name
        session.commit()
    engine.dispose()
    return login


def _sign_in(page: Page, login: str) -> None:
    page.goto("/account/sign-in")
    fill(page, {"登录名": login, "密码": PASSWORD})
    press(page, "登录")


def _judge(page: Page) -> None:
    """Nobody is kept out, and nothing goes beyond the screen."""
    assert _barriers(Axe(), page, page.url) + _too_wide(page, page.url, PHONE[0]) == []
