"""What people get wrong: a sentence beside the field, everything typed still there, nothing kept.

The same cases are held one by one without a browser in tests/web; here a person sees them.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import people
from tests.browser.conftest import NewVisitor, WorldSite
from tests.browser.people import field, fill, press, says_beside, shows
from tests.fixtures.pictures import BAD_FILES, good_jpeg
from tests.support.chromium import PHONE
from web.security.access import Who

#: What is typed as a sum, and the sentence for it.
AMOUNTS = (
    ("1e3", "不要用科学记数法"),
    ("0.001", "最小单位是分，小数点后最多两位。"),
    ("-5", "金额不能是负数。"),
    ("１００", "请用半角数字，例如 100。"),
    ("1000000000000000", "金额太大了，最多一百亿元。"),
)

Enter = Callable[[Who], Page]


@pytest.fixture
def enter(world_site: WorldSite, new_visitor: NewVisitor) -> Enter:
    """Sign in as one of a class of actor; answers 422 are what these tests ask for."""

    def signed_in(who: Who) -> Page:
        page = new_visitor(world_site.base_url, allow=["422"])
        return people.enter(page, world_site.world.people[who])

    return signed_in


def refused(page: Page, control: Locator, typed: str, sentence: str) -> None:
    """The page says so on top and beside the field, which still holds what was typed."""
    says_beside(control, sentence)
    expect(control).to_have_value(typed)
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("还差一点，请改这几处")
    summary.get_by_role("link", name=sentence).first.click()
    expect(control).to_be_focused()


def test_a_gift_of_no_amount(world_site: WorldSite, new_visitor: NewVisitor) -> None:
    page = new_visitor(world_site.base_url, size=PHONE, allow=["422"])
    page.goto(f"/projects/{world_site.world.things['published_project']}/donate")
    shows(page, "去付款")
    for typed, sentence in (*AMOUNTS, ("0.99", "一笔捐款最少"), ("1000000.01", "一笔捐款最少")):
        fill(page, {"自己写一个金额（元）": typed, "名字或单位名称": "王老师", "想说的话": "加油"})
        press(page, "去付款")
        refused(page, field(page, "自己写一个金额（元）"), typed, sentence)
        expect(field(page, "名字或单位名称")).to_have_value("王老师")
        expect(field(page, "想说的话")).to_have_value("加油")
    assert "/donate" in page.url


def test_a_project_that_does_not_add_up(enter: Enter) -> None:
    page = enter(Who.STAFF)
    page.goto("/projects/new")
    page.get_by_role("link", name="嘉和社工").click()
    people.project_text(page, place="420704001202")
    for typed, sentence in AMOUNTS:
        fill(page, {"目标金额（元）": typed})
        press(page, "存草稿")
        refused(page, field(page, "目标金额（元）"), typed, sentence)
    fill(page, {"目标金额（元）": "59999", "结束日期": people.day(-1)})
    press(page, "存草稿")
    refused(page, field(page, "结束日期"), people.day(-1), "结束日期不能早于开始日期。")
    shows(page, "预算各行合计 ¥60,000.00，目标金额是 ¥59,999.00")
    second = people.row(page, "预算", 2)
    expect(field(second, "用途")).to_have_value("安装人工")
    expect(field(second, "金额（元）")).to_have_value("12000")
    page.goto("/desk")
    assert page.get_by_role("link", name=people.TITLE).count() == 0


@pytest.mark.parametrize(
    ("kind", "name", "sentence"),
    [
        ("html as jpg", "发票.jpg", "只收 JPG、PNG、WebP 图片或 PDF"),
        ("png of 42 megapixels", "全景.png", "图片像素太多"),
        ("over 12 MB", "很大.jpg", "文件太大"),
    ],
)
def test_a_voucher_that_is_no_picture(
    enter: Enter, world_site: WorldSite, tmp_path: Path, kind: str, name: str, sentence: str
) -> None:
    page = enter(Who.STAFF)
    before = _asked(page, world_site)
    picture = tmp_path / name
    picture.write_bytes(BAD_FILES[kind]())
    page.get_by_role("link", name="报一笔支出").click()
    people.fill_invoice(page, picture, {"金额（元）": "50", "发票或收据号": f"BAD-{name}"})
    press(page, "提交")
    says_beside(page.get_by_label("凭证图片"), sentence)
    shows(page, name, "刚才选的文件没有保存，请再选一次。")
    expect(field(page, "付给谁")).to_have_value("鄂州康居器材经营部")
    expect(field(page, "金额（元）")).to_have_value("50")
    assert _asked(page, world_site) == before


def test_more_than_there_is(enter: Enter, world_site: WorldSite, tmp_path: Path) -> None:
    page = enter(Who.STAFF)
    before = _asked(page, world_site)
    picture = tmp_path / "发票.jpg"
    picture.write_bytes(good_jpeg(mark="more"))
    page.get_by_role("link", name="报一笔支出").click()
    for typed, sentence in (*AMOUNTS, ("50000", "钱不够：现在可用 ¥")):
        people.fill_invoice(page, picture, {"金额（元）": typed, "发票或收据号": "MORE-1"})
        press(page, "提交")
        refused(page, field(page, "金额（元）"), typed, sentence)
        expect(field(page, "发票或收据号")).to_have_value("MORE-1")
        expect(field(page, "做了多少")).to_have_value("1")
    assert _asked(page, world_site) == before


def _asked(page: Page, world_site: WorldSite) -> list[str]:
    """The expenses of the project, as the partner sees them."""
    page.goto(f"/projects/{world_site.world.things['published_project']}/expenses")
    rows = page.get_by_role("heading", name="每一笔", exact=True).locator("xpath=ancestor::section")
    return rows.locator("tbody tr").all_inner_texts()
