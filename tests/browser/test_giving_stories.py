"""Giving as people really do it: in a hurry, twice, backwards, with a gateway that is late.

All stories share one site; each has its own giver, and counts the gifts in the database itself.
"""

import io
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.donations.models import Donation, Payment, PaymentState, RefundState
from charity.donations.queries import refunds as refund_queries
from tests.browser import people
from tests.browser.conftest import NewVisitor, WorldSite
from tests.browser.people import enter, field, fill, heading, press, shows
from tests.support.chromium import PHONE
from web import create_app, gateway_jobs
from web.config import Settings
from web.db import make_engine
from web.pools.work import allot_pools
from web.security.access import Who

WAITING = "处理中，请勿重复支付"


class Shop:
    """The site of one of everything, as a giver's page meets it and as the database knows it."""

    def __init__(self, site: WorldSite) -> None:
        self.site = site
        self.project = f"/projects/{site.world.things['published_project']}"

    def fill_form(self, page: Page, yuan: str, contact: str = "") -> str:
        """Fill in the form of giving; the id that the form carries."""
        page.goto(f"{self.project}/donate")
        fill(page, {"自己写一个金额（元）": yuan, "手机号或邮箱": contact})
        return page.locator("input[name=client_id]").get_attribute("value") or ""

    def pay(self, page: Page, yuan: str, contact: str = "") -> str:
        """Give and pay; where the giver's own page is."""
        self.fill_form(page, yuan, contact)
        press(page, "去付款")
        press(page, "支付成功")
        heading(page, f"你的 ¥{yuan}")
        return page.url

    def attempts(self, client_id: str) -> list[Payment]:
        """Every attempt to pay the gift of a form, which is one gift."""
        engine = make_engine(self.site.installation.address.url)
        with Session(engine) as session:
            mine = Donation.client_id == client_id
            assert session.scalar(select(func.count()).where(mine)) == 1
            query = select(Payment).join(Payment.donation).where(mine)
            found = list(session.scalars(query))
            session.expunge_all()
        engine.dispose()
        return found

    def payment_of(self, own_page: str) -> int:
        """The payment of a giver's own page."""
        engine = make_engine(self.site.installation.address.url)
        token = own_page.rpartition("/")[2]
        with Session(engine) as session:
            query = select(Payment.id).join(Payment.donation).where(Donation.trail_token == token)
            (found,) = session.scalars(query)
        engine.dispose()
        return found

    def let_the_worker(self, *jobs: str) -> None:
        """Do now what the worker does each minute."""
        app = create_app(Settings.from_env(self.site.installation.environment()))
        with app.app_context():
            for job in jobs:
                _JOBS[job]()
        app.extensions["wushe.db"].engine.dispose()

    def person(self, who: Who) -> str:
        """The login name of somebody who works here."""
        return self.site.world.people[who]


_JOBS = {"send refunds": gateway_jobs.send_refunds, "allot": allot_pools}


@pytest.fixture
def shop(world_site: WorldSite) -> Shop:
    return Shop(world_site)


def test_without_a_script_and_without_a_mouse(shop: Shop, new_visitor: NewVisitor) -> None:
    """Scripts off and nothing but keys: from the form to the private page."""
    page = new_visitor(shop.site.base_url, scripts=False)
    page.goto(f"{shop.project}/donate")
    people.tab_to(page, page.get_by_label("¥200", exact=True))
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("¥50", exact=True)).to_be_checked()
    people.tab_to(page, field(page, "自己写一个金额（元）"))
    page.keyboard.type("31.50")
    people.tab_to(page, field(page, "手机号或邮箱"))
    page.keyboard.type("keys@example.org")
    people.tab_to(page, page.get_by_role("button", name="去付款", exact=True))
    page.keyboard.press("Enter")
    shows(page, "演示支付", "¥31.50")
    people.tab_to(page, page.get_by_role("button", name="支付成功", exact=True))
    page.keyboard.press("Space")
    heading(page, "你的 ¥31.50，已经在账上")
    shows(page, "请存好这一页的链接")


def test_a_double_click_is_one_gift(shop: Shop, new_visitor: NewVisitor) -> None:
    page = new_visitor(shop.site.base_url, size=PHONE)
    client_id = shop.fill_form(page, "32.00")
    page.get_by_role("button", name="去付款", exact=True).dblclick()
    shows(page, "演示支付", "¥32.00")
    page.get_by_role("button", name="支付成功", exact=True).dblclick()
    heading(page, "你的 ¥32.00")
    (attempt,) = shop.attempts(client_id)
    assert attempt.state is PaymentState.SUCCEEDED


def test_going_back_and_sending_again_is_one_gift(shop: Shop, new_visitor: NewVisitor) -> None:
    """Back from the payment page, and back again after paying: never a second charge."""
    page = new_visitor(shop.site.base_url)
    client_id = shop.fill_form(page, "33.00")
    press(page, "去付款")
    shows(page, "演示支付")
    checkout = page.url
    page.go_back()
    expect(page.locator("input[name=client_id]")).to_have_value(client_id)
    fill(page, {"自己写一个金额（元）": "33.00"})
    press(page, "去付款")
    assert page.url == checkout
    press(page, "支付成功")
    heading(page, "你的 ¥33.00")
    own_page = page.url
    page.goto(checkout)
    shows(page, "这笔付款已经有结果", "同一笔钱不会收两次")
    assert people.posting_buttons(page) == []
    page.get_by_role("link", name="看这笔捐款").click()
    assert page.url == own_page
    assert len(shop.attempts(client_id)) == 1


def test_while_the_gateways_word_is_late_nobody_pays_twice(
    shop: Shop, new_visitor: NewVisitor
) -> None:
    """The giver is back before the gateway's message: the page says so, waits, and turns."""
    page, gateway = new_visitor(shop.site.base_url, size=PHONE), new_visitor(shop.site.base_url)
    client_id = shop.fill_form(page, "34.00")
    press(page, "去付款")
    checkout = page.url
    (attempt,) = shop.attempts(client_id)
    assert attempt.order is not None
    page.goto(attempt.order["return_url"])
    heading(page, WAITING)
    assert people.posting_buttons(page) == []
    expect(page.get_by_role("button", name="去付款")).to_have_count(0)
    page.reload()
    heading(page, WAITING)
    # sending the form once more leads to the same checkout, not to another one
    gateway.goto(checkout)
    press(gateway, "支付成功")
    # the page looks again by itself
    expect(page.get_by_role("heading", level=1)).to_contain_text("你的 ¥34.00，", timeout=15_000)
    shows(page, "已经到账")
    assert [each.state for each in shop.attempts(client_id)] == [PaymentState.SUCCEEDED]


def test_a_monthly_gift_begun_and_paused(shop: Shop, new_visitor: NewVisitor) -> None:
    page = new_visitor(shop.site.base_url, size=PHONE)
    page.goto(f"{shop.project}/monthly")
    shows(page, "不绑卡，不自动扣款")
    fill(
        page,
        {
            "每月捐多少（元）": "35",
            "每月几号": "10",
            "邮箱（或手机号）": "monthly@example.org",
        },
    )
    press(page, "设好月捐")
    heading(page, "每月 ¥35.00")
    own_page = page.url
    page.get_by_role("link", name=re.compile("^付 ")).click()
    press(page, "去付款")
    press(page, "支付成功")
    heading(page, "你的 ¥35.00")
    page.goto(own_page)
    shows(page, "已捐 1 次，共 ¥35.00", "下一次")
    press(page, "暂停")
    shows(page, "停着，等你恢复")
    press(page, "恢复月捐")
    shows(page, "下一次")


def test_a_gift_goes_back_and_its_page_says_so(shop: Shop, new_visitor: NewVisitor) -> None:
    """Asked for by the treasurer, agreed to by an approver, seen by the giver."""
    giver = new_visitor(shop.site.base_url, size=PHONE)
    own_page = shop.pay(giver, "36.00")
    payment_id = shop.payment_of(own_page)
    treasurer = enter(new_visitor(shop.site.base_url), shop.person(Who.TREASURER))
    treasurer.goto(f"/desk/payments/{payment_id}/refund")
    treasurer.get_by_label("捐赠人申请").check()
    fill(treasurer, {"退多少": "36", "说明": "捐赠人来电申请"})
    press(treasurer, "交给审批人")
    shows(treasurer, "已提交，等审批人同意。", "等待审批")
    refund_page = treasurer.url
    approver = enter(new_visitor(shop.site.base_url), shop.person(Who.APPROVER))
    approver.goto(refund_page)
    press(approver, "同意退款")
    shows(approver, "你已同意这笔退款。")
    shop.let_the_worker("send refunds")
    treasurer.reload()
    shows(treasurer, "已退款")
    engine = make_engine(shop.site.installation.address.url)
    with Session(engine) as session:
        payment = session.get_one(Payment, payment_id)
        (refund,) = refund_queries.refunds_of(session, payment.donation_id)
        assert refund.state is RefundState.SUCCEEDED
    engine.dispose()
    giver.goto(own_page)
    people.until(giver, lambda: "退还给捐赠人" in (giver.text_content("main") or ""))
    shows(giver, "退还给捐赠人", "¥36.00")
    expect(giver.get_by_role("button", name="去付款")).to_have_count(0)


def test_a_certificates_code_leads_to_the_public_page(shop: Shop, new_visitor: NewVisitor) -> None:
    """The picture's QR code, read as a camera reads it, opens the page that anybody may see."""
    giver = new_visitor(shop.site.base_url, size=PHONE)
    own_page = shop.pay(giver, "37.00", "secret@example.org")
    giver.get_by_role("link", name="看凭证，或者开一张").click()
    press(giver, "开具捐赠凭证")
    picture = giver.get_by_role("img", name=re.compile("捐赠凭证的图片"))
    picture.scroll_into_view_if_needed()
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    png = giver.request.get(f"{own_page}/certificate.png").body()
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)).convert("RGB"))
    assert found.text.startswith(f"{shop.site.base_url}/verify/")
    stranger = new_visitor(shop.site.base_url, size=PHONE)
    stranger.goto(found.text)
    heading(stranger, "凭证是真的，钱已经到账")
    shows(stranger, "¥37.00", "这一页不显示捐赠人是谁")
    assert "secret@example.org" not in stranger.content()


def test_a_match_is_seen_on_the_givers_page(shop: Shop, new_visitor: NewVisitor) -> None:
    page = new_visitor(shop.site.base_url, size=PHONE)
    page.goto(f"{shop.project}/donate")
    shows(page, "每捐 1 元，配捐 1", "洪港五金店出资")
    own_page = shop.pay(page, "38.00", "matched@example.org")
    shop.let_the_worker("allot")
    page.goto(own_page)
    shows(page, "配捐", "已为你留出 ¥38.00", "九月配捐")
