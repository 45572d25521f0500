"""A spot check on screen: planned, drawn in public, looked at, put right, published, free again.

The first half, from the plan to the draw that a stranger repeats, stands in `audit_draw`. Two acts
are not on screen: that days go by, and the twelve items of the checklist in which nothing is wrong.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts.models import User
from charity.actor import Actor, ActorKind, Grant, Role
from charity.audits import services
from charity.audits.checklist import items
from charity.audits.models import AuditFinding, ChecklistVerdict, Inspection
from charity.registry import queries as registry
from charity.registry.models import RestrictedAct
from tests.browser import audit_draw, people
from tests.browser.audit_draw import NAME, TITLE, Cast
from tests.browser.audit_posting import is_held_up, posts
from tests.browser.conftest import NewVisitor, WorldSite
from tests.browser.people import fill, press, shows
from tests.fixtures.pictures import good_jpeg
from tests.support.chromium import PHONE
from web.db import make_engine
from web.security.access import Who

FOUND = "一笔材料款用现金付"
SEED = "当场掷出的骰子 4 2 6"
ROWS = "凭证号,日期,收款人,摘要,金额,现金\n" + "".join(
    f"记-{n},{clock.today().year - 1}-05-{n:02},鄂州文具店,活动材料,{1000 + n}.00,转账\n"
    for n in range(1, 13)
)

Enter = Callable[..., Page]
Work = Callable[[Callable[[Session], object]], None]


@pytest.fixture
def work(world_site: WorldSite) -> Work:
    """Do something in the site's database, as time or the night's job would."""

    def do(act: Callable[[Session], object]) -> None:
        engine = make_engine(world_site.installation.address.url)
        with Session(engine) as session:
            act(session)
            session.commit()
        engine.dispose()

    return do


@pytest.fixture
def cast(world_site: WorldSite, work: Work) -> Cast:
    """Those who take part, before anything is planned."""
    made: list[Cast] = []
    work(lambda session: made.append(audit_draw.settle(session, world_site)))
    return made[0]


@pytest.fixture
def enter(world_site: WorldSite, new_visitor: NewVisitor) -> Enter:
    """Sign somebody in, in a browser of their own."""

    def sign_in(login: str, **kind: tuple[int, int]) -> Page:
        return people.enter(new_visitor(world_site.base_url, **kind), login)

    return sign_in


def test_from_the_plan_to_an_organisation_that_may_post_again(
    world_site: WorldSite,
    work: Work,
    cast: Cast,
    enter: Enter,
    new_visitor: NewVisitor,
    tmp_path: Path,
) -> None:
    office, staff, stranger = (
        enter(cast.office),
        enter(cast.staff),
        new_visitor(world_site.base_url),
    )
    plan_id = drawn(office, staff, stranger, world_site, tmp_path)
    team: list[str] = []
    work(lambda session: team.extend(team_of(session, plan_id)))
    finder, second = enter(team[0], size=PHONE), enter(team[1])
    deliver(finder)
    hand_in(staff, tmp_path)
    sample(finder)
    work(lambda session: fill_checklist(session, plan_id))
    write_down(finder, tmp_path)
    answer_the_draft(staff)
    conclude(finder)
    order(office, plan_id)
    work(lambda session: let_it_lapse(session, plan_id))
    draft = is_held_up(staff, cast.organisation_id)
    put_right(staff, tmp_path)
    check_again(finder, second)
    publish(office, stranger, plan_id)
    work(lambda session: may_post(session, plan_id, is_free=True))
    staff.goto("/desk/inspections")
    staff.get_by_role("link", name=TITLE).click()
    shows(staff, "检查已办结")
    expect(staff.locator("body")).not_to_contain_text("现在受限制")
    posts(staff, enter(world_site.world.people[Who.REVIEWER]), stranger, draft)


# ── the plan and its draw ────────────────────────────────────────────────────────────────────────


def drawn(office: Page, staff: Page, stranger: Page, site: WorldSite, folder: Path) -> int:
    """From the empty form to a list that anybody can draw again; answers the plan's id."""
    plan_id = audit_draw.make_plan(office)
    audit_draw.name_inspectors(office)
    audit_draw.freeze(office)
    audit_draw.announce(office)
    audit_draw.nothing_is_known(stranger)
    audit_draw.number_comes(site.installation, plan_id)
    audit_draw.open_the_secret(office)
    audit_draw.nobody_sees_it(stranger, staff)
    audit_draw.publish_the_list(office)
    audit_draw.repeat_the_draw(stranger, site.installation, folder)
    return plan_id


def team_of(session: Session, plan_id: int) -> list[str]:
    """The login names of who was drawn to inspect."""
    return [
        session.get_one(User, member.user_id).login_name
        for member in _inspection(session, plan_id).team
    ]


def _inspection(session: Session, plan_id: int) -> Inspection:
    return session.scalars(select(Inspection).where(Inspection.plan_id == plan_id)).one()


# ── the fieldwork ────────────────────────────────────────────────────────────────────────────────


def deliver(page: Page) -> None:
    """The notice first, then the work begins."""
    page.goto("/audits/inspections")
    page.get_by_role("link", name=NAME).click()
    press(page, "记下已送达")
    shows(page, "通知已送达")
    press(page, "开始检查")
    shows(page, "检查中", "正在检查")


def hand_in(page: Page, folder: Path) -> None:
    """The foundation keeps its book elsewhere: it hands in what there is to draw from."""
    path = folder / "vouchers.csv"
    path.write_text(ROWS, encoding="utf-8")
    page.goto("/desk/inspections")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_label(re.compile("^凭证清单")).set_input_files(path)
    press(page, "交上清单")
    shows(page, "12 笔", "已锁定")


def sample(page: Page) -> None:
    """Method and confidence are chosen, the size follows; each voucher is looked at."""
    page.get_by_role("link", name="抽查凭证").click()
    page.get_by_role("link", name="抽一批凭证").click()
    page.get_by_label(re.compile("^货币单元抽样")).check()
    fill(page, {"可接受的错误金额（元）": "12078", "种子": SEED})
    press(page, "抽取")
    shows(page, "货币单元抽样", SEED, "3 张")
    page.get_by_role("link", name="看下一张").click()
    fill(page, {"核实金额（元）": "900", "说明": "只有 900 元的发票"})
    press(page, "记下，看下一张")
    press(page, "记下，看下一张")
    press(page, "记下")
    press(page, "算出结果")
    shows(page, "看了 3 张，1 张有错。", "95% 的把握")


def fill_checklist(session: Session, plan_id: int) -> None:
    """Twelve items are all right: said one by one, as on the page."""
    inspection = _inspection(session, plan_id)
    member = inspection.team[0]
    grant = Grant(Role.INSPECTOR, region_code=inspection.plan.region_code)
    actor = Actor(ActorKind.USER, member.user_id, member.person_id, "", (grant,))
    for each in items():
        if each.item != "AUD-10":
            services.answer_item(
                session, actor, inspection_id=inspection.id, item=each.item,
                verdict=ChecklistVerdict.OK,
            )  # fmt: skip


def write_down(page: Page, folder: Path) -> None:
    """The item with an issue, the finding with its proof, and the draft before the foundation."""
    page.get_by_role("link", name="检查清单", exact=True).click()
    item = page.locator("section", has=page.get_by_role("heading", name=re.compile("^AUD-10")))
    item.locator("summary", has_text="填这一项").click()
    item.get_by_label("有问题").check()
    fill(item, {"说明": "有一笔现金超过限额"})
    press(item, "记下")
    page.get_by_role("link", name="问题", exact=True).click()
    page.get_by_role("link", name="写一条问题").click()
    fill(page, {"什么问题": FOUND, "涉及金额（元）": "1001", "事实和依据": "看到现金签收单。"})
    people.field(page, "检查清单哪一项").select_option("AUD-10")
    people.field(page, "轻重").select_option("serious")
    page.get_by_label(re.compile("^证据")).set_input_files(_picture(folder))
    press(page, "存下")
    shows(page, FOUND, "初稿")
    page.get_by_role("link", name="概况").click()
    press(page, "整理初步意见")
    press(page, "告诉组织")
    shows(page, "等组织说明情况")


def _picture(folder: Path) -> Path:
    path = folder / "paper.jpg"
    path.write_bytes(good_jpeg())
    return path


def answer_the_draft(page: Page) -> None:
    """The foundation reads what was found, and says what it thinks."""
    page.reload()
    shows(page, FOUND)
    expect(page.locator("body")).not_to_contain_text(SEED)
    fill(page, {"你们怎么看": "情况属实，马上改。"})
    press(page, "交给检查组")


def conclude(page: Page) -> None:
    """The team has heard it, and says its last word."""
    page.reload()
    shows(page, "情况属实，马上改。")
    fill(page, {"检查结论": "账目清楚，现金付款要改。"})
    press(page, "定下最终意见")


# ── 整改 ─────────────────────────────────────────────────────────────────────────────────────────


def order(page: Page, plan_id: int) -> None:
    """The office orders what is to be done."""
    page.goto(f"/audits/plans/{plan_id}/manage")
    page.get_by_role("link", name=NAME).first.click()
    page.get_by_role("link", name="问题", exact=True).click()
    page.get_by_role("link", name=FOUND).click()
    fill(page, {"要怎么改": "收回现金，改走银行，交银行回单。"})
    press(page, "下达整改")
    shows(page, "责令整改", "期限")


def let_it_lapse(session: Session, plan_id: int) -> None:
    """The days go by, and the night's job finds it late."""
    inspection = _inspection(session, plan_id)
    found = select(AuditFinding).where(AuditFinding.inspection_id == inspection.id)
    finding = session.scalars(found).one()
    finding.ordered_on = clock.today() - timedelta(days=50)
    finding.due_on = clock.today() - timedelta(days=2)
    session.flush()
    # the other stories share this world: nobody in it is to be stopped beside the foundation
    others = update(AuditFinding).where(
        AuditFinding.id != finding.id, AuditFinding.due_on.is_not(None)
    )
    session.execute(others.values(due_on=clock.today() + timedelta(days=30)))
    services.restrict_overdue(session, Actor.system("story"))
    may_post(session, plan_id, is_free=False)


def may_post(session: Session, plan_id: int, *, is_free: bool) -> None:
    """Whether anything stops the foundation from posting and from being paid."""
    organisation_id = _inspection(session, plan_id).organisation_id
    acts = {each.act for each in registry.restrictions(session, organisation_id=organisation_id)}
    assert acts == (set() if is_free else {RestrictedAct.POST, RestrictedAct.PAY})


def put_right(page: Page, folder: Path) -> None:
    """It reads why it is held up, puts it right, and shows that it did."""
    page.goto("/desk/inspections")
    page.get_by_role("link", name=TITLE).click()
    shows(page, "现在受限制", "发布新项目", "付款", "已逾期 2 天")
    fill(page, {"整改情况": "现金已收回，改由银行付。"})
    page.get_by_label(re.compile("^整改材料")).set_input_files(_picture(folder))
    press(page, "交整改材料")
    shows(page, "等复查")


def check_again(finder: Page, second: Page) -> None:
    """Who found it does not also say that it is right; a colleague does."""
    finder.get_by_role("link", name="问题", exact=True).click()
    finder.get_by_role("link", name=FOUND).click()
    shows(finder, "现金已收回", "要由检查组里的另一个人来复查")
    people.from_desk(second, f"复查整改：{FOUND}")
    second.get_by_role("link", name=FOUND).click()
    second.get_by_label("改好了", exact=True).check()
    fill(second, {"看了什么": "看过银行回单"})
    press(second, "记下复查")
    shows(second, "复查通过")
    press(second, "结案")
    shows(second, "已销号")


def publish(page: Page, stranger: Page, plan_id: int) -> None:
    """The result goes before everybody; then nothing is left to do."""
    page.goto(f"/audits/plans/{plan_id}/manage")
    press(page, "公布结果")
    shows(page, "结果已公布。")
    stranger.goto(f"/audits/plans/{plan_id}")
    stranger.get_by_role("link", name="看检查结果").click()
    row = stranger.get_by_role("row").filter(has_text=NAME)
    row.get_by_role("link").last.click()
    shows(stranger, FOUND, "账目清楚，现金付款要改。")
    page.goto(f"/audits/plans/{plan_id}/manage")
    press(page, "办结")
    shows(page, "这家的检查办结了。", "下一步：结束计划")
