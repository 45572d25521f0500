"""A village posts a project, a donor gives, the money is spent, anyone follows each fen: on screen.

tests/flows tells the same story without HTTP. Here every act is a page that somebody sees, at a
desk or on a small phone.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.conftest import NewVisitor
from tests.browser.people import PARTNER, TITLE, VILLAGE, enter, field, fill, heading, press, shows
from tests.fixtures.pictures import good_jpeg
from tests.support.chromium import PHONE
from tests.support.live import Installation

#: What an auditor may open and look for something to press on.
READ = (
    "/desk", "/audits/entries", "/audits/entries/3", "/audits/statements/trial-balance", "/funds/1",
    "/proof",
    "/projects/1", "/projects/1/flow", "/projects/1/expenses", "/projects/1/deliveries",
    "/expenses/1", "/deliveries/1", "/organisations/3",
)  # fmt: skip
#: Every act of the story, tried by somebody who may only read.
WRITTEN = (
    "/projects/1/edit", "/projects/1/submit", "/projects/1/review", "/projects/1/expenses/new",
    "/projects/1/deliveries", "/expenses/1/edit", "/expenses/1/approve", "/expenses/1/return",
    "/expenses/1/pay", "/deliveries/1/accept", "/deliveries/1/return", "/organisations/3/verify",
    "/organisations/3/return",
)  # fmt: skip


@pytest.fixture
def village(installation: Installation) -> Iterator[str]:
    """A running site with its operator and accounts, and no organisation of the story yet."""
    people.settle(installation)
    with installation.serving() as address:
        yield address


def test_the_main_story(village: str, new_visitor: NewVisitor, tmp_path: Path) -> None:
    def at_desk(login_name: str) -> Page:
        return enter(new_visitor(village, allow=["422"]), login_name)

    partner, reviewer = at_desk("wangfang"), at_desk("liuyang")
    register_organisation(partner)
    verify_organisation(at_desk("chenjing"))
    post_project(partner)
    return_project(reviewer)
    mend_project(partner)
    publish_project(reviewer)

    neighbour, donor = new_visitor(village), new_visitor(village, size=PHONE)
    give_from_list(neighbour)
    find_project(donor)
    private_page = give(donor, "3000.50")

    picture = tmp_path / "发票.jpg"
    picture.write_bytes(good_jpeg())
    ask_for_money(partner, picture)
    agree(at_desk("zhaomin"), "你已同意，还要另一位审批人同意。")
    agree(at_desk("sunli"), "第二个人也同意了")
    pay(at_desk("zhoujie"))
    report_work(partner)
    accept_work(at_desk("xujianguo"))

    follow_gift(donor, private_page)
    follow_flow(neighbour)
    auditor = at_desk("hemei")
    read_the_book(auditor)
    leave(auditor)


# ── a project comes to be ────────────────────────────────────────────────────────────────────────


def register_organisation(page: Page) -> None:
    """The partner brings its papers; a wrong code is named beside its field."""
    page.goto("/organisations/register")
    fill(page, {"全称": PARTNER, "统一社会信用代码": "52420704MJH000027B"})
    field(page, "类型").select_option(label="社会服务机构")
    fill(page, {"介绍": "为社区里的老人和孩子做事，有两名专职社工。"})
    fill(page, {"联系人": "王芳", "联系电话": "13800001234"})
    press(page, "登记")
    people.says_beside(field(page, "统一社会信用代码"), "校验码对不上")
    expect(field(page, "全称")).to_have_value(PARTNER)
    expect(field(page, "联系电话")).to_have_value("13800001234")
    fill(page, {"统一社会信用代码": "52420704MJH000027A"})
    press(page, "登记")
    heading(page, PARTNER)
    shows(page, "等待核验", "正在等核验")


def verify_organisation(page: Page) -> None:
    """The operator's staff saw the papers and signed the agreement."""
    people.from_desk(page, PARTNER)
    fill(page, {"看了哪些材料": "登记证书、章程、上年年检已看原件"})
    fill(page, {"合作募捐协议编号": "合募-01", "签订日期": people.day(-30)})
    fill(page, {"对合作方的评估": "账目清楚，有两名专职社工"})
    press(page, "核验通过")
    shows(page, "已核验，这家组织可以发起项目了。", "合募-01")


def post_project(page: Page) -> None:
    """Draft with rows added on the way, then send for review."""
    page.goto("/projects")
    page.get_by_role("link", name="发起一个项目").click()
    page.get_by_role("link", name="不用模板，从空白开始").click()
    people.project_text(page)
    expect(field(page, "项目名称")).to_have_value(TITLE)
    press(page, "存草稿")
    heading(page, TITLE)
    shows(page, "草稿已保存", "器材采购", "¥45,000.00", "适老化改造（户）", "凤凰街道")
    press(page, "送去审核")
    shows(page, "已送去审核")


def return_project(page: Page) -> None:
    """A reviewer of another organisation reads it and asks for more."""
    people.from_desk(page, TITLE)
    page.get_by_role("link", name="去审核").click()
    shows(page, "资格、备案、协议都对得上", "安装人工", "¥60,000.00")
    fill(page, {"退回的理由": "请写明安装人工的单价"})
    press(page, "退回")
    shows(page, "已退回")


def mend_project(page: Page) -> None:
    """The partner reads why, changes a row, and sends it again."""
    people.from_desk(page, TITLE)
    shows(page, "请写明安装人工的单价")
    page.get_by_role("link", name="修改", exact=True).click()
    shows(page, "请写明安装人工的单价")
    second = people.row(page, "预算", 2)
    expect(field(second, "金额（元）")).to_have_value("12000.00")
    fill(second, {"用途": "安装人工，每户 600 元"})
    press(page, "存草稿")
    shows(page, "安装人工，每户 600 元")
    press(page, "送去审核")
    shows(page, "已送去审核")


def publish_project(page: Page) -> None:
    """Now everything is there."""
    people.from_desk(page, TITLE)
    page.get_by_role("link", name="去审核").click()
    shows(page, "安装人工，每户 600 元", "请写明安装人工的单价")
    press(page, "公布这个项目")
    shows(page, "已公布，募捐开始。", "捐一份", "目标 ¥60,000.00")


# ── people give ──────────────────────────────────────────────────────────────────────────────────


def give_from_list(page: Page) -> None:
    """A neighbour takes one of the sums offered."""
    page.goto("/projects")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_label("¥200").check()
    press(page, "去捐款")
    fill(page, {"名字或单位名称": "陈桂兰"})
    page.get_by_role("switch", name=re.compile("公开署名")).check()
    press(page, "去付款")
    shows(page, "演示支付", "¥200.00")
    press(page, "支付成功")
    heading(page, "你的 ¥200.00")


def find_project(page: Page) -> None:
    """By a word in Traditional characters, then by place and category."""

    def found() -> bool:
        page.goto("/search?q=獨居老人")
        return page.get_by_role("link", name=TITLE).count() == 1

    people.until(page, found)
    page.goto("/")
    page.get_by_role("searchbox", name="搜索").fill("適老化改造")
    press(page, "搜索")
    shows(page, "找到 1 个")
    page.get_by_text("更多条件").click()
    field(page, "地点").select_option("420704001")
    field(page, "金额不少于（元）").fill("999999999")
    press(page, "筛选")
    shows(page, "没有找到")
    field(page, "金额不少于（元）").fill("")
    press(page, "筛选")
    field(page, "类别").select_option("elderly_adaptation")
    press(page, "筛选")
    shows(page, "“適老化改造”：找到 1 个")
    page.goto(f"/projects?place={VILLAGE}")
    field(page, "类别").select_option("elderly_adaptation")
    press(page, "筛选")
    shows(page, "共 1 个项目", "已筹", "¥200.00")
    page.get_by_role("link", name=TITLE).click()
    heading(page, TITLE)


def give(page: Page, amount: str) -> str:
    """From the project's page in three screens, impatiently; the address of the private trail."""
    screens: list[str] = []
    page.on("framenavigated", lambda frame: screens.append(re.sub(r"\?.*", "", frame.url)))
    page.get_by_role("link", name="捐别的金额").click()
    shows(page, "不用注册", "鄂城区慈善总会", PARTNER)
    fill(page, {"自己写一个金额（元）": amount})
    page.get_by_role("button", name="去付款", exact=True).dblclick()
    shows(page, "演示支付", "按下付款不会扣任何人的钱")
    page.get_by_role("button", name="支付成功", exact=True).click()
    heading(page, "你的 ¥3,000.50，已经在账上")
    assert len(set(screens)) == 3, screens
    return page.url


# ── the money is spent ───────────────────────────────────────────────────────────────────────────


def ask_for_money(page: Page, picture: Path) -> None:
    """The partner hands in an invoice with its picture."""
    page.goto("/projects")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("link", name="每一笔支出").click()
    page.get_by_role("link", name="报一笔支出").click()
    shows(page, "专账里还能用 ¥3,200.50")
    people.fill_invoice(page, picture, {"金额（元）": "3000"})
    press(page, "提交")
    shows(page, "已提交，等两位审批人同意。", "¥3,000.00", "器材采购")


def agree(page: Page, answer: str) -> None:
    """One of two who look at the picture and agree."""
    people.from_desk(page, people.INVOICE)
    people.is_a_picture(page, re.compile("凭证"))
    press(page, "同意这笔支出")
    shows(page, answer)
    assert people.posting_buttons(page) in (["退回"], [])


def pay(page: Page) -> None:
    """The treasurer notes what the bank did."""
    people.from_desk(page, people.INVOICE)
    fill(page, {"付款日期": people.day(0), "银行流水号": "B-2026-1"})
    press(page, "记为已付 ¥3,000.00")
    shows(page, "已记为付款，账簿里有了这一笔。", "周杰付款")
    page.get_by_role("link", name="看账簿里的这一笔").click()
    shows(page, "业务活动成本", "银行存款", "¥3,000.00")


def report_work(page: Page) -> None:
    """The partner says that one household is done."""
    page.get_by_role("link", name="支出", exact=True).click()
    page.get_by_role("link", name="报成果").click()
    fill(page, {"做了多少": "1", "说明": "三组一户，扶手和坐便椅"})
    press(page, "报上去")
    shows(page, "已报上")
    assert people.posting_buttons(page) == []


def accept_work(page: Page) -> None:
    """The village counted it; only now is it progress."""
    people.from_desk(page, "适老化改造 1 户")
    fill(page, {"验收说明": "看过了，牢固"})
    press(page, "验收 1 户")
    shows(page, "已验收，项目的进度更新了。", "看过了，牢固")
    page.goto("/projects")
    shows(page, "验收 1 / 20 户")


# ── everybody follows the money ──────────────────────────────────────────────────────────────────


def follow_gift(page: Page, address: str) -> None:
    """The donor on the phone reads where each fen is: 200.00 of the invoice were a neighbour's."""

    def sealed() -> bool:
        page.goto(address)
        return page.get_by_text("这笔捐款在账簿里的证明").count() == 1

    people.until(page, sealed)
    heading(page, "你的 ¥3,000.50，走到了这里")
    shows(page, "已用 ¥2,800.00，在账 ¥200.50", "你的位置：第 20,001 至 320,050 分")
    spent, left = page.locator("ol.trail > li").all()
    shows(spent, "¥2,800.00", people.INVOICE, "鄂州康居器材经营部", "由 2 笔捐款付成")
    shows(spent, "这一项至今验收 1 / 20 户")
    shows(left, "¥200.50", "在账，还没有用到")
    picture = spent.get_by_role("link", name="看凭证照片").get_attribute("href") or ""
    answer = page.request.get(picture)
    assert answer.headers["content-type"] == "image/jpeg"


def follow_flow(page: Page) -> None:
    """The figures of the drawing stand in the table beneath it."""
    page.goto("/projects")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("link", name="看全图").click()
    heading(page, "钱从哪里来，到哪里去")
    drawing = page.get_by_role("group", name="资金流向图")
    titles = drawing.locator("path > title").all_text_contents()
    page.get_by_text("同样的数字，一行一笔").click()
    rows = page.get_by_role("table", name="资金流向图").locator("tbody tr")
    table = [cells.locator("td").all_inner_texts() for cells in rows.all()]
    said = [
        f"{source.strip()} → {target.strip()}：{sum_.strip()}" for source, target, sum_ in table
    ]
    assert titles == said
    assert titles == [
        "个人 → 项目专账：¥3,200.50",
        "项目专账 → 器材采购 · 鄂州康居器材经营部：¥3,000.00",
        "项目专账 → 在账未用：¥200.50",
    ]
    shows(page, people.INVOICE)


def read_the_book(page: Page) -> None:
    """The auditor reads everything and finds nothing to press; what is tried anyway is refused.

    Two gifts and a payment, and before them the deeds that opened the book and the fund.
    """
    page.get_by_role("link", name="看整本账").click()
    shows(page, "只读", "共 5 笔分录", "¥3,000.50", "¥200.00", people.INVOICE)
    page.get_by_role("row", name=people.INVOICE).get_by_role("link").click()
    shows(page, "业务活动成本", "银行存款", "B-2026-1", "已封存")
    people.is_a_picture(page, re.compile("凭证"))
    page.goto("/audits/trial-balance")
    shows(page, "两边相等", "3,200.50")
    page.goto("/audits/statements/funds")
    shows(page, TITLE, "3,200.50", "200.50")
    for path in READ:
        page.goto(path)
        assert people.posting_buttons(page) == [], path
    token = page.locator("input[name=csrf_token]").first.get_attribute("value") or ""
    for path in WRITTEN:
        answer = page.request.post(path, form={"csrf_token": token}, max_redirects=0)
        assert answer.status in (403, 404), (path, answer.status)


def leave(page: Page) -> None:
    """After signing out the old cookie opens nothing."""
    old = page.context.cookies()
    page.locator("details.menu summary").click()
    press(page, "退出")
    shows(page, "你已退出。")
    page.context.clear_cookies()
    page.context.add_cookies(old)
    page.goto("/desk")
    heading(page, "登录")
