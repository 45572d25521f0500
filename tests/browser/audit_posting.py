"""The organisation of the story of a spot check posts a project: held up, and at last free."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.people import fill, heading, press, shows
from tests.projects.listings.village import VILLAGE

PROJECT = "八十岁以上老人家里的洗澡椅和抓杆"


def is_held_up(page: Page, organisation_id: int) -> str:
    """It writes a project while it is restricted: it may not send it. Answers where it lies."""
    page.goto(f"/organisations/{organisation_id}")
    page.get_by_role("link", name="发起一个项目").click()
    shows(page, "现在停止发布新项目（规则 AUD-10）")
    people.project_text(page, VILLAGE)
    fill(page, {"项目名称": PROJECT, "募捐方案备案号": "51420704MJH000019JA26077"})
    press(page, "存草稿")
    heading(page, PROJECT)
    press(page, "送去审核")
    shows(page, "现在停止发布新项目（规则 AUD-10）", "原因消除以后会自动恢复")
    expect(page.locator("summary", has_text="送去审核")).to_be_visible()
    return urlsplit(page.url).path


def posts(staff: Page, reviewer: Page, stranger: Page, there: str) -> None:
    """The same draft goes to review, is published, and stands before everybody."""
    staff.goto(there)
    press(staff, "送去审核")
    shows(staff, "已送去审核")
    people.from_desk(reviewer, PROJECT)
    reviewer.get_by_role("link", name="去审核").click()
    press(reviewer, "公布这个项目")
    shows(reviewer, "已公布，募捐开始。")
    stranger.goto("/projects")
    stranger.get_by_role("link", name=PROJECT).click()
    heading(stranger, PROJECT)
    shows(stranger, "清源公益基金会", "捐一份")
