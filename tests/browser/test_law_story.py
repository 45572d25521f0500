"""The law on screen: money asked for, returned, corrected and paid; told, corrected, and ended.

Every act is a page that somebody sees. The village with its project and two gifts is there before;
who moves money signs in with a second factor.
"""

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts.models import User
from charity.actor import Actor
from charity.disclosure import services as disclosure
from charity.money import Money
from charity.registry.models import SurplusWay
from tests.browser import people
from tests.browser.conftest import NewVisitor
from tests.browser.people import enter, field, fill, press, shows
from tests.factories import plan_sheet_draft
from tests.fixtures.pictures import good_jpeg
from tests.projects.listings.village import SYSTEM, Village, make_village
from tests.support.devices import give_devices
from tests.support.live import Installation
from web.config import DEMO_OPERATOR
from web.db import make_engine

OTHER = "杜山村老人饭桌"


@dataclass
class Town:
    """A running site, and who signs in how."""

    address: str
    logins: dict[str, str]
    project: str
    project_id: int
    #: The secrets of the two gifts.
    tokens: list[str]


@pytest.fixture
def town(installation: Installation) -> Iterator[Town]:
    """A published project with 3,200 yuan of two givers, and another of the same charity."""
    engine = make_engine(installation.address.url)
    with Session(engine) as session:
        found = _settle(session, installation)
        session.commit()
    engine.dispose()
    with installation.serving() as address:
        yield dataclasses.replace(found, address=address)


def _settle(session: Session, installation: Installation) -> Town:
    village = make_village(session)
    village.operator.uscc = DEMO_OPERATOR
    sheet = dataclasses.replace(plan_sheet_draft(), surplus_way=SurplusWay.ASK_GIVERS)
    project = village.published(sheet=sheet)
    village.published(title=OTHER, plan_number="51420704MJH000019JA26015")
    gifts = [village.give(project, Money.yuan(sum_), name=name) for name, sum_ in _GIVERS]
    disclosure.raise_duties(session, SYSTEM, on=clock.today())
    logins = _logins(session, village)
    give_devices(session, installation, logins.values())
    tokens = [gift.trail_token for gift in gifts]
    return Town("", logins, project.title, project.id, tokens)


_GIVERS = (("陈桂兰", "3000"), ("李红", "200"))


def _logins(session: Session, village: Village) -> dict[str, str]:
    def login(actor: Actor) -> str:
        return session.get_one(User, actor.user_id).login_name

    first, second = village.approvers
    who = {
        "editor": village.editor, "first": first, "second": second,
        "treasurer": village.treasurer, "acceptor": village.acceptor,
    }  # fmt: skip
    return {name: login(actor) for name, actor in who.items()}


def test_the_story_of_the_law(town: Town, new_visitor: NewVisitor, tmp_path: Path) -> None:
    def at_desk(who: str) -> Page:
        return enter(new_visitor(town.address, allow=["422"]), town.logins[who])

    editor, first, second = at_desk("editor"), at_desk("first"), at_desk("second")
    treasurer = at_desk("treasurer")
    picture = tmp_path / "发票.jpg"
    picture.write_bytes(good_jpeg())

    ask_for_money(editor, town, picture)
    return_it(first)
    correct_it(editor)
    for approver in (first, second):
        people.from_desk(approver, people.INVOICE)
        press(approver, "同意这笔支出")
    pay(treasurer)
    report_work(editor, town)
    accept_work(at_desk("acceptor"))

    publish(treasurer)
    correct_report(treasurer)

    prepare_the_end(editor, town)
    answer_as_givers(new_visitor(town.address), town)
    submit_the_end(editor, town)
    for approver in (first, second):
        people.from_desk(approver, town.project)
        shows(approver, "¥250.00")
        press(approver, "同意结项")
        shows(approver, "你已同意结项。")
    finish(editor, new_visitor(town.address), town)


# ── an expense ───────────────────────────────────────────────────────────────────────────────────


def ask_for_money(page: Page, town: Town, picture: Path) -> None:
    """An invoice whose sum is wrong."""
    page.goto(f"/projects/{town.project_id}/expenses/new")
    people.fill_invoice(page, picture, {"金额（元）": "3000"})
    press(page, "提交")
    shows(page, "已提交", "¥3,000.00")


def return_it(page: Page) -> None:
    """The approver reads the picture and says what is wrong."""
    people.from_desk(page, people.INVOICE)
    fill(page, {"退回的理由": "发票是 2,950 元，请改"})
    press(page, "退回")
    shows(page, "发票是 2,950 元，请改")


def correct_it(page: Page) -> None:
    """It stands on the desk as returned, with the reason; corrected, it waits again."""
    people.from_desk(page, people.INVOICE)
    shows(page, "发票是 2,950 元，请改")
    page.get_by_role("link", name="改好再提交").click()
    fill(page, {"金额（元）": "2950"})
    press(page, "重新提交")
    shows(page, "¥2,950.00")


def pay(page: Page) -> None:
    """Two agreed; the treasurer notes what the bank did."""
    people.from_desk(page, people.INVOICE)
    fill(page, {"付款日期": people.day(0), "银行流水号": "B-2026-1"})
    press(page, "记为已付 ¥2,950.00")
    shows(page, "已记为付款")


def report_work(page: Page, town: Town) -> None:
    """One household is done, says who did it."""
    page.goto(f"/projects/{town.project_id}/deliveries")
    fill(page, {"做了多少": "1", "说明": "三组一户"})
    press(page, "报上去")
    shows(page, "已报上")


def accept_work(page: Page) -> None:
    """And so says the village."""
    people.from_desk(page, "居家适老化改造 1 户")
    fill(page, {"验收说明": "看过了，牢固"})
    press(page, "验收 1 户")
    shows(page, "已验收")


# ── the public is told ───────────────────────────────────────────────────────────────────────────


def publish(page: Page) -> None:
    """What is owed to the public waits on the desk; its figures are counted by the site."""
    page.goto("/desk/disclosures")
    page.get_by_role("main").locator("a[href*='/desk/disclosures/']").first.click()
    fill(page, {"说明": "标准是每户三千元，先到先办。"})
    press(page, "公开")
    shows(page, "已经公开", "标准是每户三千元，先到先办。")


def correct_report(page: Page) -> None:
    """What was wrong stays to be read, with the reason of the correction."""
    page.get_by_role("link", name="更正", exact=True).click()
    fill(page, {"为什么更正": "办理的次序写错了", "说明": "标准是每户三千元，按评估的急缓办。"})
    press(page, "公开更正")
    shows(page, "更正已经公开", "办理的次序写错了", "按评估的急缓办", "先到先办")


# ── the project ends ─────────────────────────────────────────────────────────────────────────────


def prepare_the_end(page: Page, town: Town) -> None:
    """The plan says that givers are asked; the figures are there to the fen."""
    page.goto("/desk/closings")
    page.get_by_role("link", name=town.project).click()
    shows(page, "¥3,200.00", "¥2,950.00", "¥250.00")
    field(page, "做成了什么、为什么有结余").fill("一户做好，其余由区里统一做了。")
    field(page, "转给哪个项目").select_option(label=OTHER)
    press(page, "核对好了，下一步")
    press(page, "去问")
    shows(page, "已经去问捐赠人了", "已答复 0 笔")


def answer_as_givers(page: Page, town: Town) -> None:
    """Each giver of whose gift something is left answers by the private link."""
    closing = 1
    for token in town.tokens:
        page.goto(f"{town.address}/donations/{token}/surplus/{closing}")
        if page.get_by_label(re.compile("继续用在同样的事上")).count():
            page.get_by_label(re.compile("继续用在同样的事上")).check()
            press(page, "就这样办")
            shows(page, "记下了，到期以前都可以改。")


def submit_the_end(page: Page, town: Town) -> None:
    """Everybody answered, so nobody waits for the last day."""
    page.goto("/desk/closings")
    page.get_by_role("link", name=town.project).click()
    press(page, "送审")
    shows(page, "已送审。")


def finish(page: Page, visitor: Page, town: Town) -> None:
    """The money moves, the fund ends, and anybody reads what became of it."""
    page.reload()
    done = page.get_by_text("已结项")
    if not done.count():
        press(page, "现在办理")
    shows(page, "已结项")
    visitor.goto("/disclosures")
    visitor.get_by_role("link", name=re.compile("剩余财产处理情况")).first.click()
    shows(visitor, "¥250.00", OTHER, "一户做好，其余由区里统一做了。")
    expect(visitor.get_by_role("heading", level=1)).to_contain_text(town.project)
