"""A competition on screen: judges on phones, the organiser at a desk, from the call to the money.

What time alone does (the call is over, the notice has stood its days) is written as time would; all
that people do is done on the pages, and at the end a funder finds the fen of the first stage.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import queries as accounts
from charity.accounts.models import User
from charity.actor import Actor, Grant, Role
from charity.disclosure import services as disclosure
from charity.disclosure.models import Notice
from charity.money import Money
from projects.ventures import services
from projects.ventures.models import Application, Award, Competition, CompetitionFunder, FunderTier
from projects.ventures.terms import RankingMethod, usual_terms
from tests.browser import people
from tests.browser.conftest import NewVisitor, WorldSite
from tests.browser.people import fill, press, shows
from tests.factories import make_actor, make_organisation
from tests.support.chromium import PHONE
from tests.support.devices import give_devices
from tests.web.world_ventures import begin, draft
from web.db import make_engine
from web.security.access import Who

TITLE = "凤凰街道小微创投"
ENTRY = "独居老人上门理发"
OTHER = "亲子菜园"
LINES = ("需求", "方案")

Work = Callable[[Callable[[Session], Any]], Any]
Enter = Callable[..., Page]


@dataclass
class Cast:
    """Numbers and login names of the story."""

    competition_id: int = 0
    organiser: str = ""
    judges: list[str] = field(default_factory=list)
    applicants: list[tuple[int, str]] = field(default_factory=list)


@pytest.fixture
def work(world_site: WorldSite) -> Work:
    """Do something in the site's database, as time would."""

    def do(act: Callable[[Session], Any]) -> Any:
        engine = make_engine(world_site.installation.address.url)
        with Session(engine) as session:
            done = act(session)
            session.commit()
        engine.dispose()
        return done

    return do


@pytest.fixture
def enter(world_site: WorldSite, new_visitor: NewVisitor) -> Enter:
    """Sign somebody in, in a browser of their own."""
    return lambda login, **said: people.enter(new_visitor(world_site.base_url, **said), login)


@pytest.fixture
def cast(world_site: WorldSite, work: Work) -> Cast:
    """A drafted competition with its money, an organiser, three judges, two applicants."""

    def settle(session: Session) -> Cast:
        def login(actor: Actor) -> str:
            return session.get_one(User, actor.user_id).login_name

        made, operator_id = Cast(), int(world_site.world.things["operator"])
        runs = make_organisation(session, name="凤凰街道社会组织服务站")
        organiser = make_actor(session, Grant(Role.ORGANISER, organisation_id=runs.id))
        treasurer = make_actor(session, Grant(Role.TREASURER, organisation_id=operator_id))
        made.organiser = login(organiser)
        made.judges = [login(make_actor(session)) for _ in range(3)]
        for name in ("洋澜理发志愿队", "江碧路亲子社"):
            organisation = make_organisation(session, name=name)
            owner = make_actor(session, Grant(Role.OWNER, organisation_id=organisation.id))
            made.applicants.append((organisation.id, login(owner)))
        found = draft(
            session, organiser, runs.id, title=TITLE,
            terms=replace(
                usual_terms(clock.today()), judges_per_application=3, places=1,
                method=RankingMethod.MEAN,
            ),
        )  # fmt: skip
        services.set_criteria(
            session, organiser, competition_id=found.id,
            criteria=[services.CriterionDraft(name, 50, "走访过") for name in LINES],
        )  # fmt: skip
        services.open_prize_pool(
            session,
            treasurer,
            competition_id=found.id,
            charity_id=operator_id,
            name="小微创投奖金池",
        )
        funder = services.add_funder(
            session, organiser, competition_id=found.id, organisation_id=operator_id,
            tier=FunderTier.CITY, pledged=Money.yuan(20_000),
        )  # fmt: skip
        services.receive_funding(
            session, treasurer, funder_id=funder.id, amount=funder.pledged,
            received_on=clock.today(),
        )  # fmt: skip
        give_devices(session, world_site.installation, [made.organiser])
        made.competition_id = found.id
        return made

    return work(settle)  # type: ignore[no-any-return]


def test_from_the_call_to_the_first_stage_and_its_fen(
    world_site: WorldSite, work: Work, cast: Cast, enter: Enter
) -> None:
    desk = enter(cast.organiser)
    room = f"/desk/competitions/{cast.competition_id}"
    desk.goto(room)
    press(desk, "开始征集")
    shows(desk, "征集开始了")
    work(lambda session: hand_in_applications(session, cast))
    for login in cast.judges:
        invite(desk, room, login)
    phones = [enter(login, size=PHONE) for login in cast.judges]
    for phone in phones:
        accept(phone)
    work(lambda session: end_call(session, cast))
    review(desk, room, work, cast)
    for number, phone in enumerate(phones):
        score(phone, (45 - number, 40), (30, 35))
    rank(desk, room)
    award(desk, room)
    winner = enter(cast.applicants[0][1])
    sign(winner, work, cast)
    pay(world_site, desk, enter, work, cast)
    funder_sees(desk, work, cast)


def hand_in_applications(session: Session, cast: Cast) -> None:
    """Two organisations apply while the call runs."""
    found = session.get_one(Competition, cast.competition_id)
    for (organisation_id, login), title in zip(cast.applicants, (ENTRY, OTHER), strict=True):
        user = session.scalars(select(User).where(User.login_name == login)).one()
        owner = accounts.actor_for_user(session, user.id)
        begun = begin(session, owner, organisation_id, found, title=title)
        services.sign_and_submit(
            session, owner, application_id=begun.id, commitment_version="1",
            commitment_text="申报书里写的都是真的。",
        )  # fmt: skip


def end_call(session: Session, cast: Cast) -> None:
    """The last day of the call is over."""
    past = clock.today() - timedelta(days=1)
    session.execute(
        update(Competition)
        .where(Competition.id == cast.competition_id)
        .values(call_from=past - timedelta(days=10), call_until=past)
    )


# ── judging ──────────────────────────────────────────────────────────────────────────────────────


def invite(page: Page, room: str, login: str) -> None:
    """The organiser asks a judge."""
    page.goto(f"{room}/judging")
    if not page.get_by_label("评委的登录名").is_visible():
        page.locator("summary", has_text="请一位评委").click()
    fill(page, {"评委的登录名": login, "单位": "专家库"})
    press(page, "邀请")
    shows(page, "已邀请")


def accept(page: Page) -> None:
    """A judge says yes, on a phone."""
    people.from_desk(page, f"请你当评委：{TITLE}")
    press(page, "答应")
    shows(page, "还没有分到评分表")


def review(page: Page, room: str, work: Work, cast: Cast) -> None:
    """Who may take part is decided; everybody gets their sheets."""
    page.goto(room)
    go_on(page)
    page.goto(f"{room}/eligibility")
    press(page, "电脑先查一遍")
    for title in (ENTRY, OTHER):
        page.get_by_role("link", name=title).click()
        press(page, "够条件，进入评审")
    page.goto(room)
    go_on(page)
    page.goto(f"{room}/judging")
    press(page, "分评分表")
    shows(page, "分出 6 份评分表", ENTRY, "0 / 3")


def go_on(page: Page) -> None:
    """The next step, whatever it is called."""
    press(page, page.locator("summary", has_text="下一步：").first.inner_text())


def score(page: Page, first: tuple[int, int], second: tuple[int, int]) -> None:
    """A judge fills in both sheets on a phone, saves, hands in, and cannot change a thing."""
    for title, points in ((ENTRY, first), (OTHER, second)):
        page.goto("/judging")
        page.get_by_role("link", name=title).click()
        shows(page, "盲评", title)
        fill(page, dict(zip(LINES, map(str, points), strict=True)))
        press(page, "先存着")
        shows(page, "已存好，还没有交")
        press(page, "交卷")
        shows(page, "已交，锁定了")
        page.get_by_role("link", name=title).click()
        shows(page, "已锁定", f"{sum(points)}")
        expect(page.get_by_label(LINES[0])).to_have_count(0)
    page.goto("/judging")
    shows(page, "都交完了")


# ── the result and the money ─────────────────────────────────────────────────────────────────────


def rank(page: Page, room: str) -> None:
    """The organiser ranks, looks, publishes."""
    page.goto(f"{room}/ranking")
    press(page, "排名次")
    shows(page, "名次排好了", ENTRY, "84.00")
    press(page, "公布名次")
    shows(page, "已公布", "docs/replay_ranking.py")
    page.goto(room)
    go_on(page)


def award(page: Page, room: str) -> None:
    """The first place is proposed and announced."""
    page.goto(f"{room}/awards")
    press(page, "提出这份名单")
    shows(page, "钱在奖金池里留好了", ENTRY)
    press(page, "公示 1 个")
    shows(page, "公示中")


def sign(page: Page, work: Work, cast: Cast) -> None:
    """Not while the notice stands; after it the winner signs."""
    award_id = work(lambda session: award_of(session, cast))
    page.goto(f"/awards/{award_id}")
    shows(page, "还不能签协议")
    expect(page.get_by_role("button", name="签协议")).to_have_count(0)

    def end(session: Session) -> None:
        past = clock.today() - timedelta(days=1)
        notice_id = session.get_one(Award, award_id).notice_id
        values = {"starts_on": past - timedelta(days=9), "ends_on": past}
        session.execute(update(Notice).where(Notice.id == notice_id).values(**values))
        disclosure.end_due_notices(session, Actor.system("story"))

    work(end)
    people.from_desk(page, f"签协议：{ENTRY}")
    page.get_by_label("我代表本单位，同意上面写的每一条").check()
    press(page, "签协议")
    shows(page, "协议签好了", "已签约")


def pay(world_site: WorldSite, page: Page, enter: Enter, work: Work, cast: Cast) -> None:
    """Asked for by the organiser, agreed to by two of the charity, paid by the treasurer."""
    people.from_desk(page, f"提请付款：{ENTRY}")
    press(page, "提请付第 1 笔")
    shows(page, "已提请付款")

    def second_approver(session: Session) -> str:
        operator_id = int(world_site.world.things["operator"])
        actor = make_actor(session, Grant(Role.APPROVER, organisation_id=operator_id))
        login = session.get_one(User, actor.user_id).login_name
        give_devices(session, world_site.installation, [login])
        return login

    for login in (world_site.world.people[Who.APPROVER], work(second_approver)):
        approver = enter(login)
        people.from_desk(approver, f"审批拨付：{ENTRY}")
        people.field(approver, "同意吗").select_option("yes")
        press(approver, "提交意见")
        shows(approver, "记下了你的意见")
    treasurer = enter(world_site.world.people[Who.TREASURER])
    people.from_desk(treasurer, f"付款：{ENTRY}")
    press(treasurer, "记为已拨付")
    shows(treasurer, "已拨付", "执行中")


def funder_sees(page: Page, work: Work, cast: Cast) -> None:
    """The funder's trail tells of half of the award, to the fen."""

    def funder(session: Session) -> int:
        query = select(CompetitionFunder.id).where(
            CompetitionFunder.competition_id == cast.competition_id
        )
        return session.scalars(query).one()

    page.goto(f"/competitions/{cast.competition_id}/funders/{work(funder)}")
    people.until(page, lambda: page.get_by_text("¥3,000.00").count() > 0)
    shows(page, ENTRY, "第 1 笔", "¥3,000.00", "¥17,000.00")


def award_of(session: Session, cast: Cast) -> int:
    """The number of the one award."""
    query = select(Award.id).join(Application, Application.id == Award.application_id)
    return session.scalars(query.where(Award.competition_id == cast.competition_id)).one()
