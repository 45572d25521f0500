"""Audits before everybody: a plan from form to list, results, 整改, the register, the desk."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.accounts.models import User
from charity.actor import Actor, Grant, Role
from charity.audits import replaying, services
from charity.audits.draw import commitment_of
from charity.audits.models import AuditDraw, AuditFinding, AuditPlan, AuditResult, FindingState
from charity.audits.queries import register
from charity.registry import services as registry
from charity.registry.models import InspectionResult
from tests.conftest import SetClock
from tests.factories import make_actor, make_organisation, make_region
from tests.support.site import SignIn, SiteClient
from tests.web.counting import counted
from tests.web.donors import text_of
from tests.web.world import World
from tests.web.world_audits import COUNTY, Office
from web.security.access import Who

#: Questions of one page at most.
MOST = 22
SECRET, NUMBER = "  鄂城的水 stone ", "05 11 17 23 28 31"
#: What the form of a plan sends.
PLAN = {
    "title": "县级社会组织定期抽查", "kind": "regular", "level": "county", "region_code": COUNTY,
    "period_from": "2025-01-01", "period_until": "2025-12-31", "starts_on": "2026-03-16",
    "ends_on": "2026-06-30", "scope": "年度报告\n票据", "coverage": "40", "strata": "kind",
    "team_size": "2", "budget": "20000", "response_days": "10", "rectification_days": "30",
}  # fmt: skip


@pytest.fixture
def office(world: World, sign_in: SignIn) -> SiteClient:
    """The civil-affairs office of the county."""
    return sign_in(world.people[Who.REGULATOR])


def test_a_plan_goes_from_its_form_to_a_list_anybody_repeats(
    world: World,
    office: SiteClient,
    sign_in: SignIn,
    client: SiteClient,
    session: Session,
    clock: SetClock,
) -> None:
    low = office.submit("/audits/plans/new", PLAN | {"coverage": "2"})
    assert low.status_code == 422
    assert "不能低于 3%" in text_of(low)
    made = office.submit("/audits/plans/new", PLAN)
    assert made.status_code == 303
    page = made.location.rpartition("/manage")[0]
    plan = session.get_one(AuditPlan, int(page.rpartition("/")[2]))
    assert client.get(page).status_code == 404, "a draft is nobody's but the office's"
    assert "检查员至少要 2 个" in text_of(office.get(f"{page}/manage"))
    preview = text_of(office.get(f"{page}/frame"))
    for inspector in Office(session).inspectors:
        session.commit()
        form = {"inspector-user_id": str(inspector.user_id), "inspector-firm_id": "0"}
        assert office.submit(f"{page}/inspectors", form).status_code == 303
    assert office.submit(f"{page}/freeze").status_code == 303
    session.expire_all()
    assert plan.frame_hash
    assert plan.frame_hash[:4] in text_of(client.get(page))
    assert client.get(f"{page}/frame").status_code == 404, "the frame comes with the list"

    sealed = text_of(office.submit(f"{page}/seal", {"secret": SECRET}))
    commitment = commitment_of(SECRET)
    assert commitment[:4] in sealed
    assert SECRET.strip() not in sealed
    bound = {
        "commitment": commitment, "number_name": "双色球第 2026031 期红球",
        "number_on": "2026-03-19", "secret_due_on": "2026-03-24",
    }  # fmt: skip
    assert office.submit(f"{page}/announce", bound | {"number_on": "2026-03-16"}).status_code == 422
    assert office.submit(f"{page}/announce", bound).status_code == 303
    told = text_of(client.get(page))
    assert "还有 8 天抽签" in told
    assert "双色球第 2026031 期红球" in told
    opening = {"secret": SECRET, "public_number": NUMBER}
    assert "2026-03-19 才产生" in text_of(office.submit(f"{page}/open", opening))

    clock.advance(days=4)
    office = sign_in(world.people[Who.REGULATOR])
    assert "抽签" in text_of(office.get("/desk"))
    assert "对不上" in text_of(office.submit(f"{page}/open", opening | {"secret": SECRET.strip()}))
    assert office.submit(f"{page}/open", opening).status_code == 303
    drawn = session.scalars(select(AuditDraw).where(AuditDraw.plan_id == plan.id)).one()
    for path in (f"{page}/draw", f"{page}/draw.json", f"{page}/results"):
        assert client.get(path).status_code == 404, path
    before = text_of(client.get(page))
    assert "名单还没有公布" in before
    assert NUMBER not in before
    assert office.submit(f"{page}/publish").status_code == 303
    after = text_of(client.get(page))
    assert NUMBER in after
    assert drawn.seed
    assert drawn.seed[:4] in after
    file = json.loads(client.get(f"{page}/draw.json").text)
    assert replaying.problems(file) == []
    names = [line.split("\t")[6] for line in file["frame"] if line.startswith("target")]
    assert all(name in preview for name in names), "the preview showed who would be in it"
    assert "sha256sum" in client.get(f"{page}/draw").text
    listed = after.partition("抽中的组织和检查员")[2].partition("检查员和回避")[0]
    assert sum(name in listed for name in names) == len(file["targets"])
    with counted(session) as asked:
        client.get(page)
    assert len(asked) <= MOST


def test_a_secret_not_opened_voids_the_draw_in_public(
    world: World, client: SiteClient, sign_in: SignIn, session: Session, clock: SetClock
) -> None:
    page = f"/audits/plans/{world.things['announced_audit_plan']}"
    clock.advance(days=10)
    services.void_overdue_draws(session, Actor.system("test"))
    session.commit()
    assert "2026-03-21 以前打开，作废" in text_of(client.get(page))
    office = sign_in(world.people[Who.REGULATOR])
    form = text_of(office.get(f"{page}/announce"))
    assert "只用一个公开号码来抽" in form
    assert "密语的封条" not in form
    told = {"number_name": "双色球第 2026036 期红球", "number_on": "2026-03-28"}
    assert office.submit(f"{page}/announce", told).status_code == 303
    clock.advance(days=3)
    office = sign_in(world.people[Who.REGULATOR])
    assert office.submit(f"{page}/open", {"public_number": NUMBER}).status_code == 303
    assert office.submit(f"{page}/publish").status_code == 303
    assert "这一次不用密语" in text_of(client.get(page))
    assert replaying.problems(json.loads(client.get(f"{page}/draw.json").text)) == []


def test_a_result_is_appealed_answered_and_corrected(
    world: World, office: SiteClient, client: SiteClient, session: Session
) -> None:
    first = f"/audits/results/{world.things['audit_result']}"
    assert "账外收入已经补记" in text_of(client.get(first))
    desk = text_of(office.get("/desk"))
    assert "答复复核申请" in desk
    assert "公布结果" in desk
    answer = f"/audits/appeals/{world.things['audit_appeal']}/answer"
    assert office.submit(answer, {"answer": ""}).status_code == 422
    said = office.submit(answer, {"answer": "金额按补记后的算。", "upheld": "yes"})
    assert said.status_code == 303
    finding = session.get_one(AuditFinding, world.things["ordered_finding"])
    finding.title = "用个人账户代收报名费"
    session.commit()
    reason = {"explanation": "问题的名称写得不准。", "conclusion": "issues_found"}
    made = office.submit(f"{first}/correct", reason)
    assert made.status_code == 303
    second = text_of(client.get(made.location))
    for words in (
        "问题的名称写得不准",
        "用个人账户收款",
        "用个人账户代收报名费",
        "金额按补记后的算",
    ):
        assert words in second, words
    assert "这一版已经更正" in text_of(client.get(first))
    assert office.submit(f"{first}/correct", reason).status_code == 422, "corrected once"
    results = session.scalars(select(AuditResult).order_by(AuditResult.number)).all()
    assert results[1].corrects_id == results[0].id
    page = text_of(client.get(f"/organisations/{world.things['organisation']}"))
    assert "最近一次抽查" in page
    assert "发现问题，已责令整改" in page


def test_what_is_late_is_public_stops_with_its_reason_and_goes_on_when_extended(
    world: World, office: SiteClient, client: SiteClient, session: Session
) -> None:
    services.restrict_overdue(session, Actor.system("test"))
    session.commit()
    page = f"/organisations/{world.things['organisation']}"
    rate = text_of(client.get("/audits/closure"))
    assert "用个人账户收款" in rate
    assert "超过期限 1 天" in rate
    for path in (page, page.replace("/organisations", "/audits/organisations")):
        said = text_of(client.get(path))
        assert "因为抽查查出的问题“用个人账户收款”" in said, path
        assert "复查通过以后，自动恢复" in said, path
    extend = f"/audits/findings/{world.things['ordered_finding']}/extend"
    more = {"until": "2026-04-10", "reason": "银行要两周才能退款。"}
    assert office.submit(extend, more | {"until": "2026-03-01"}).status_code == 422
    assert office.submit(extend, more).status_code == 303
    assert "因为抽查查出的问题" not in text_of(client.get(page))
    rate = text_of(client.get("/audits/closure"))
    assert "超过期限 1 天" not in rate
    assert "2026-04-10" in rate
    assert "银行要两周才能退款" in rate

    counted_findings = session.scalars(
        select(AuditFinding).where(AuditFinding.ordered_on.is_not(None))
    ).all()
    counted_findings[0].state = FindingState.CLOSED
    counted_findings[0].closed_on = house_clock.today()
    session.commit()
    done = text_of(client.get("/audits/closure?show=closed"))
    assert "共 1 个问题" in done
    assert all(each.title in text_of(client.get("/audits/closure")) for each in counted_findings)


def test_the_register_counts_the_rows_it_opens_and_asks_after_the_quiet(
    session: Session, client: SiteClient, sign_in: SignIn, clock: SetClock
) -> None:
    make_region(session, COUNTY)
    staff = make_actor(session, Grant(Role.VERIFIER, region_code=COUNTY))
    regulator = Office(session).actor
    found = [make_organisation(session, name=f"第{n}家社会组织") for n in range(20)]
    passed = {2023: 9, 2024: 14, 2025: 18}
    for year, most in passed.items():
        for number, each in enumerate(found):
            result = InspectionResult.PASS if number < most else InspectionResult.NOT_SUBMITTED
            registry.record_inspection(
                session, staff, organisation_id=each.id, year=year, result=result,
                decided_on=house_clock.today(),
            )  # fmt: skip
    session.commit()
    page = client.get("/audits/inspections-of-year").text
    assert "从 2023 年的 45% 到 2025 年的 90%，升了 45 个百分点" in page
    opened = client.get("/audits/inspections-of-year?year=2025&result=not_submitted").text
    assert "共 2 条" in opened
    assert found[19].name in opened
    assert found[0].name not in opened
    assert "没有这样的记录" in client.get("/audits/inspections-of-year?year=1999&place=11").text

    today = house_clock.today()
    quiet = register.dormant(session, region_codes=[COUNTY], on=today + timedelta(days=400))
    assert {each.organisation.id for each in quiet} == {each.id for each in found}
    missed = register.dormant(session, region_codes=[COUNTY], on=today)
    assert {each.organisation.id for each in missed} == {found[18].id, found[19].id}
    assert register.dormant(session, region_codes=["11"], on=today) == []
    assert regulator.user_id is not None
    asked = text_of(sign_in(session.get_one(User, regulator.user_id)).get("/audits/dormant"))
    assert "这是一个问题，不是结论" in asked
    assert "2023、2024、2025 年没有参加年检" in asked
    assert found[0].name not in asked
