"""The first half of the story of a spot check: the plan, and the draw that anybody can repeat.

The office writes the plan, keeps somebody away from the foundation, freezes the frame, seals a
secret and names a public number; when the number is there, both draw at once.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts.models import User
from charity.actor import Actor, Grant, Role
from charity.registry.models import OrganisationKind
from tests.browser import people
from tests.browser.conftest import WorldSite
from tests.browser.people import fill, press, shows
from tests.factories import make_actor, make_agreement, make_organisation
from tests.support.devices import give_devices
from tests.support.live import Installation
from tests.support.time_passing import write_against_guard
from tests.web.world_audits import NUMBER, SECRET, Office

NAME = "清源公益基金会"
TITLE = "基金会非营利性专项抽查"
NUMBER_NAME = "福利彩票双色球第 2026136 期六个红球"
#: The inspectors; the last one sits on the foundation's board.
INSPECTORS = ("陈检查", "刘检查", "赵回避")


@dataclass(frozen=True)
class Cast:
    """Login names of the office and of the organisation."""

    organisation_id: int
    office: str
    staff: str


def settle(session: Session, site: WorldSite) -> Cast:
    """A foundation with its agreement, an office with three inspectors, everybody's devices."""
    foundation = make_organisation(session, name=NAME, kind=OrganisationKind.FOUNDATION)
    staff = make_actor(session, Grant(Role.OWNER, organisation_id=foundation.id))
    operator_id = int(site.world.things["operator"])
    make_agreement(session, session.get_one(type(foundation), operator_id), foundation)
    office = Office(session)
    for actor, name in zip(office.inspectors, INSPECTORS, strict=True):
        _user(session, actor).display_name = name
    logins = [_user(session, each).login_name for each in (office.actor, staff)]
    everybody = [*logins, *(_user(session, each).login_name for each in office.inspectors)]
    give_devices(session, site.installation, everybody)
    return Cast(foundation.id, *logins)


def _user(session: Session, actor: Actor) -> User:
    return session.get_one(User, actor.user_id)


# ── the plan ─────────────────────────────────────────────────────────────────────────────────────


def make_plan(page: Page) -> int:
    """The office writes down who is looked at, when, and for what; answers the plan's id."""
    page.goto("/audits")
    page.get_by_role("link", name="订一个计划").click()
    year = clock.today().year - 1
    fill(
        page,
        {
            "计划名称": TITLE,
            "查什么": "会计制度\n对公账户\n票据",
            "查哪段时间：从": f"{year}-01-01",
            "查哪段时间：到": f"{year}-12-31",
            "什么时候查：从": people.day(0),
            "什么时候查：到": people.day(90),
            "抽百分之几": "100",
            "预算": "20000",
        },
    )
    people.field(page, "哪一种抽查").select_option(label="专项抽查审计")
    page.get_by_label("基金会", exact=True).check()
    press(page, "保存")
    shows(page, "已保存。", "下一步：冻结名册", "检查员至少要 2 个")
    found = re.search(r"/audits/plans/(\d+)/manage", page.url)
    assert found is not None
    return int(found[1])


def name_inspectors(page: Page) -> None:
    """Three who may be drawn; one of them says that they do not go to this foundation."""
    for name in INSPECTORS:
        people.field(page, "检查员").select_option(label=name)
        press(page, "加一个检查员")
        expect(page.get_by_role("cell", name=name)).to_be_visible()
    people.field(page, "谁回避").select_option(label=INSPECTORS[-1])
    people.field(page, "哪家组织").select_option(label=NAME)
    fill(page, {"说明": "是它的理事"})
    press(page, "记下回避")
    shows(page, "已记下回避。", "是它的理事")


def freeze(page: Page) -> None:
    """From here on nobody changes whom it may meet, nor who may come."""
    press(page, "冻结名册")
    shows(page, "名册已冻结", "名册指纹", "下一步：公布抽签办法")
    expect(page.get_by_role("button", name="加一个检查员")).to_have_count(0)


def announce(page: Page) -> None:
    """A secret is sealed by its hash, and a number is named that nobody knows yet."""
    page.get_by_role("link", name="公布抽签办法", exact=True).click()
    page.get_by_role("link", name="不会算封条？在这里算").click()
    fill(page, {"密语": SECRET})
    press(page, "算封条")
    page.get_by_role("link", name="用这个封条").click()
    said = {"用哪个公开号码": NUMBER_NAME, "号码哪天产生": people.day(1)}
    fill(page, said | {"最晚哪天打开密语": people.day(6)})
    press(page, "公布抽签办法")
    shows(page, "抽签办法已公布。", "下一步：等公开号码")


# ── the draw ─────────────────────────────────────────────────────────────────────────────────────


def nothing_is_known(page: Page) -> None:
    """A stranger reads how it will be drawn, and not yet who stands in the frame."""
    page.goto("/audits")
    page.get_by_role("link", name=TITLE).click()
    shows(page, NUMBER_NAME, hashlib.sha256(SECRET.encode()).hexdigest(), "名册指纹")
    expect(page.locator("body")).not_to_contain_text(NAME)


def number_comes(installation: Installation, plan_id: int) -> None:
    """A day goes by: the number that was named is in the newspaper."""
    write_against_guard(
        installation.address,
        "audit_draw",
        "guard_audit_draw_announced",
        "UPDATE audit_draw SET number_on = :today WHERE plan_id = :plan_id",
        today=clock.today().isoformat(),
        plan_id=plan_id,
    )


def open_the_secret(page: Page) -> None:
    """Secret and number draw at once; what came out is the office's alone."""
    page.reload()
    page.get_by_role("link", name="去抽签").click()
    fill(page, {"密语": SECRET, "公开号码": NUMBER})
    press(page, "抽签")
    shows(page, "抽好了。", NAME)


def nobody_sees_it(page: Page, staff: Page) -> None:
    """Before the list is published neither a stranger nor the organisation sees who was drawn."""
    page.reload()
    shows(page, "已经抽签，名单还没有公布")
    expect(page.locator("body")).not_to_contain_text(NAME)
    staff.goto("/desk/inspections")
    shows(staff, "没有抽到你们")


def publish_the_list(page: Page) -> None:
    """Whom, by whom, and all that was needed to draw them."""
    press(page, "公布名单")
    shows(page, "名单已公布。", NAME)


def repeat_the_draw(page: Page, installation: Installation, folder: Path) -> None:
    """A stranger takes the file home and draws again: the same foundation, the same team."""
    page.reload()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=NAME))
    for name in INSPECTORS[:2]:
        expect(row).to_contain_text(name)
    expect(row).not_to_contain_text(INSPECTORS[-1])
    page.get_by_role("link", name="照着再抽一遍").click()
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载 draw.json").click()
    path = folder / "draw.json"
    coming.value.save_as(path)
    seed = hashlib.sha256(f"{SECRET}\n{NUMBER}".encode()).hexdigest()
    shows(page, seed, NUMBER)
    file = json.loads(path.read_text(encoding="utf-8"))
    frame = "".join(f"{line}\n" for line in file["frame"])
    assert hashlib.sha256(frame.encode()).hexdigest() == file["frame_hash"]
    replayed = installation.wushe("audits", "replay", str(path))
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
