"""The people of the main story, and how each does their part on the pages, as a person would.

Everything is found by the words a person reads (labels, buttons, headings), never by classes.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import services as accounts
from charity.actor import Actor, Role
from charity.ledger import services as ledger
from charity.registry import divisions
from charity.registry import services as registry
from charity.registry.models import Organisation
from tests.factories import PASSWORD, make_operator, make_organisation
from tests.support.devices import give_devices, next_code
from tests.support.live import Installation
from web.config import DEMO_OPERATOR
from web.db import make_engine

SYSTEM = Actor.system("story")
#: 洪港村, as the table of divisions has it.
VILLAGE = "420704001206"
OPERATOR = "鄂城区慈善总会"
PARTNER = "嘉和社会工作服务中心"
TITLE = "洪港村二十户独居老人家里的扶手"

#: Login name, name, role, where it is held: in the operator, in the service centre, in a place.
PEOPLE: tuple[tuple[str, str, Role | None, str], ...] = (
    ("wangfang", "王芳", None, ""),
    ("chenjing", "陈静", Role.VERIFIER, "operator"),
    ("liuyang", "刘洋", Role.REVIEWER, "centre"),
    ("zhaomin", "赵敏", Role.APPROVER, "operator"),
    ("sunli", "孙丽", Role.APPROVER, "operator"),
    ("zhoujie", "周杰", Role.TREASURER, "operator"),
    ("xujianguo", "徐建国", Role.ACCEPTOR, VILLAGE),
    ("hemei", "何梅", Role.AUDITOR, ""),
)


# ── before the story ─────────────────────────────────────────────────────────────────────────────


def settle(installation: Installation) -> None:
    """The places, the operator with its book, and an account for everybody who works here."""
    engine = make_engine(installation.address.url)
    with Session(engine) as session:
        registry.load_regions(session, SYSTEM, rows=divisions.rows("420704"))
        operator = make_operator(session)
        operator.name, operator.uscc = OPERATOR, DEMO_OPERATOR
        centre = make_organisation(session, name="鄂城区社会组织服务中心")
        ledger.open_book(session, SYSTEM, organisation_id=operator.id, name=OPERATOR)
        for login_name, name, role, scope in PEOPLE:
            user_id = _account(session, login_name, name)
            if role is not None:
                accounts.grant_role(
                    session, SYSTEM, user_id=user_id, role=role, **_scope(scope, operator, centre)
                )
        give_devices(session, installation, (login_name for login_name, *_ in PEOPLE))
        session.commit()
    engine.dispose()
    assert installation.wushe("search", "rebuild").returncode == 0


def _account(session: Session, login_name: str, name: str) -> int:
    person = registry.add_person(session, SYSTEM, name=name, identity=None, secret=b"a story")
    return accounts.add_user(
        session,
        SYSTEM,
        login_name=login_name,
        display_name=name,
        password=PASSWORD,
        person_id=person.id,
    ).id


def _scope(scope: str, operator: Organisation, centre: Organisation) -> dict[str, Any]:
    held = {"operator": operator.id, "centre": centre.id}
    if scope in held:
        return {"organisation_id": held[scope]}
    return {"region_code": scope} if scope else {}


# ── what everybody does on a page ────────────────────────────────────────────────────────────────


def enter(page: Page, login_name: str, password: str = PASSWORD) -> Page:
    """Sign in, with a code where the role needs one."""
    page.goto("/account/sign-in")
    fill(page, {"登录名": login_name, "密码": password})
    press(page, "登录")
    page.wait_for_url(lambda url: "/account/sign-in" not in url)
    if "/account/code" in page.url:
        fill(page, {"验证码": next_code(page.url.split("/account")[0], login_name)})
        press(page, "进入")
    expect(page.get_by_role("link", name=re.compile("^待办"))).to_be_visible()
    return page


def field(place: Page | Locator, label: str) -> Locator:
    """The control with this label, with or without the word 选填 behind it."""
    return place.get_by_label(re.compile(rf"^{re.escape(label)}( ?选填)?$"))


def fill(place: Page | Locator, values: dict[str, str]) -> None:
    """Type into fields by their labels."""
    for label, value in values.items():
        field(place, label).fill(value)


def press(place: Page | Locator, name: str) -> None:
    """Press the button of this name; one that asks again is pressed again."""
    asks = place.locator("summary", has_text=re.compile(rf"^{re.escape(name)}$"))
    if asks.count():
        asks.click()
        name = f"确定：{name}"
    place.get_by_role("button", name=name, exact=True).click()


def row(page: Page, group: str, number: int) -> Locator:
    """A repeating row of a form."""
    rows = page.get_by_role("group", name=re.compile(rf"^{group}"))
    return rows.get_by_role("group", name=f"第 {number} 行", exact=True)


def heading(page: Page, words: str) -> None:
    """The page is the one with this heading."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def shows(place: Page | Locator, *words: str) -> None:
    """A person reads each of these somewhere on the page."""
    found = place.locator("body") if isinstance(place, Page) else place
    for each in words:
        expect(found).to_contain_text(each)


def says_beside(control: Locator, words: str) -> None:
    """The sentence belongs to this control, for the eye and for the ear."""
    expect(control).to_have_attribute("aria-invalid", "true")
    expect(control).to_have_accessible_description(re.compile(re.escape(words)))


def until(page: Page, check: Callable[[], bool], seconds: int = 20) -> None:
    """Look at the page again until it is so: the worker has its own pace."""
    for _ in range(seconds * 2):
        if check():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(f"still not so after {seconds} s: {page.url}")


def from_desk(page: Page, title: str) -> None:
    """Open what waits on the desk."""
    page.goto("/desk")
    page.get_by_role("main").get_by_role("link", name=title).first.click()


def tab_to(page: Page, control: Locator, most: int = 40) -> None:
    """Go on with the Tab key until the control has the focus, and see that it shows."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if control.evaluate("control => control === document.activeElement"):
            outline = (
                "control => getComputedStyle(control.closest('label') ?? control).outlineStyle"
            )
            own = control.evaluate("control => getComputedStyle(control).outlineStyle")
            assert own != "none" or control.evaluate(outline) != "none", "the focus does not show"
            return
    raise AssertionError(f"{most} steps of the Tab key do not reach {control}")


def posting_buttons(page: Page) -> list[str]:
    """What can be pressed on this page to change something, besides signing out and following."""
    buttons = page.locator("main form[method=post]:not([action*='/follow']) button").all()
    return [button.inner_text() for button in buttons]


def day(days: int) -> str:
    """A day from today in China, as browsers write it."""
    return (clock.today() + timedelta(days=days)).isoformat()


# ── the organisation ─────────────────────────────────────────────────────────────────────────────


def project_text(page: Page, place: str = VILLAGE) -> None:
    """Write down the project for the village, row by row."""
    fill(page, {"项目名称": TITLE, "地点": place, "帮助谁": "八十岁以上独居老人"})
    field(page, "类别").first.select_option("elderly_adaptation")
    fill(page, {"大约多少人": "20", "目标金额（元）": "60000"})
    field(page, "为什么要做").fill(
        "村里八十岁以上独居的老人二十户，去年跌倒九次。社工逐户量尺寸，装床边抓杆、换鞋椅和坐便椅，"
        "做完适老化改造由村里验收。"
    )
    lines = (("器材采购", "45000"), ("安装人工", "12000"), ("项目管理", "3000"))
    for number, (name, amount) in enumerate(lines, start=1):
        if number == 3:
            press(page, "再加一行预算")
        fill(row(page, "预算", number), {"用途": name, "金额（元）": amount})
    row(page, "预算", 3).get_by_label("类别").select_option("management")
    first = {
        "做成什么": "适老化改造",
        "单位（户、次、份）": "户",
        "单价（元）": "3000",
        "数量": "20",
    }
    fill(row(page, "能数得清的成果", 1), first)
    fill(page, {"开始日期": day(0), "结束日期": day(150)})
    fill(page, {"募捐方案备案号": "51420704MJH000019JA26014", "备案日期": day(-20)})


INVOICE = "床边抓杆与坐便椅 1 户"


def fill_invoice(page: Page, picture: Path, changed: dict[str, str]) -> None:
    """Fill in an expense with its picture."""
    said = {
        "买了什么、做了什么": INVOICE,
        "付给谁": "鄂州康居器材经营部",
        "对方账号": "6222020200001234567",
        "发票或收据号": "FP-0001",
        "开票日期": day(0),
        "做了多少": "1",
    }
    fill(page, said | changed)
    field(page, "预算").select_option(index=0)
    field(page, "做成了什么").select_option(index=1)
    page.get_by_label(re.compile("^凭证图片")).set_input_files(picture)


def is_a_picture(page: Page, name: re.Pattern[str]) -> None:
    """The picture is there and can be seen, not only its frame."""
    picture = page.get_by_role("img", name=name)
    expect(picture).to_be_visible()
    expect(picture).not_to_have_js_property("naturalWidth", 0)
