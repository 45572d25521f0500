"""Notices and closings in a browser: object, answer, end a project, and answer as its giver."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.disclosure.models import Notice, NoticeState, ProjectClosing, SurplusChoice
from charity.disclosure.services.noticing import LENGTHS
from charity.registry.models import Campaign, CampaignState
from tests.support.site import SignIn, SiteClient
from tests.web.world import World
from web.security.access import Who


def test_somebody_objects_and_another_answers(
    world: World, session: Session, client: SiteClient, sign_in: SignIn
) -> None:
    number = world.things["notice"]
    assert "第二批装扶手的二十户" in client.get("/notices").text
    said = {"body": "<b>少了一户</b>", "person": "张老三", "contact": "13611112222"}
    wrong = client.submit(f"/notices/{number}/objections", said | {"contact": ""})
    assert wrong.status_code == 422
    assert client.submit(f"/notices/{number}/objections", said).status_code == 303
    page = client.get(f"/notices/{number}").text
    assert "&lt;b&gt;少了一户&lt;/b&gt;" in page
    assert "张老三" not in page
    assert "13611112222" not in page
    answers = sign_in(world.people[Who.REVIEWER])
    desk = answers.get(f"/desk/notices/{number}").text
    assert "张老三 · 13611112222" in desk
    there = f"/desk/notices/{number}/objections/{world.things['objection']}"
    prefix = f"o{world.things['objection']}-"
    words = {f"{prefix}answer": "到户看过，是独居。", f"{prefix}verdict": "no"}
    assert answers.submit(there, {f"{prefix}answer": "看过"}).status_code == 422
    assert answers.submit(there, words).status_code == 303
    assert "到户看过，是独居。" in client.get(f"/notices/{number}").text
    long = {"reason": "错" * (LENGTHS["answer"] + 1)}
    assert answers.submit(f"/desk/notices/{number}/withdraw", long).status_code == 422
    answers.submit(f"/desk/notices/{number}/withdraw", {"reason": "写错了村名"})
    session.expire_all()
    found = session.get_one(Notice, int(number))
    assert found.state is NoticeState.WITHDRAWN
    assert "写错了村名" in client.get(f"/notices/{number}").text


def test_a_notice_is_put_up_from_the_desk(world: World, session: Session, sign_in: SignIn) -> None:
    browser = sign_in(world.people[Who.STAFF])
    page = browser.get(f"/desk/notices/new?subject=expense:{world.things['expense']}").text
    assert "拨付公示" in page
    said = {
        "organisation": str(world.things["organisation"]),
        "kind": "payout",
        "region_code": str(world.things["region"]),
        "title": "待批支出 1 拨付公示",
        "body": "拟拨付一笔钱。",
        "rule_id": "VEN-07.workdays",
        "subject": f"expense:{world.things['expense']}",
    }
    assert browser.submit("/desk/notices/new", said | {"title": ""}).status_code == 422
    answer = browser.submit("/desk/notices/new", said)
    assert answer.status_code == 303, answer.text
    made = session.scalars(select(Notice).where(Notice.subject == said["subject"])).one()
    assert "五个工作日" in browser.get(f"/notices/{made.id}").text


def test_a_giver_answers_by_the_private_link(
    world: World, session: Session, client: SiteClient
) -> None:
    there = f"/donations/{world.things['donation']}/surplus/{world.things['closing']}"
    page = client.get(there)
    assert page.headers["Cache-Control"] == "no-store, private"
    assert "没有答复的，按同意转给“冬季送煤”办" in page.text
    session.get_one(Campaign, int(world.things["campaign"])).move_to(CampaignState.ENDED)
    session.commit()
    assert there in client.get(f"/donations/{world.things['donation']}").text
    assert client.submit(there, {}).status_code == 422
    assert client.submit(there, {"choice": "refund"}).status_code == 303
    session.expire_all()
    [answer] = session.get_one(ProjectClosing, int(world.things["closing"])).answers
    assert answer.choice is SurplusChoice.REFUND
    assert client.get(there.replace("donations/", "donations/x")).status_code == 404


def test_the_wizard_says_what_stands_in_the_way(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.people[Who.STAFF])
    page = browser.get(f"/desk/closings/new?fund={world.things['fund']}").text
    assert "这些事办完才能结项" in page
    assert "还没有付的支出" in page
    said = {"fund": str(world.things["fund"]), "ended_on": "2026-03-16", "reason": "做完了"}
    answer = browser.submit("/desk/closings/new", said | {"into": "0", "disposal": "ask"})
    assert answer.status_code == 422
    assert "办完才能结项" in answer.text
    assert browser.get("/desk/closings/new").status_code == 303
    number = world.things["closing"]
    for step in ("submit", "finish"):
        answer = browser.submit(f"/desk/closings/{number}/{step}", {"notice_title": "公示"})
        assert answer.status_code in (303, 409)
    asked = browser.submit(f"/desk/closings/{number}/ask", {"answers_until": "2026-03-17"})
    assert asked.status_code in (409, 422)
    assert browser.submit(f"/desk/closings/{number}/withdraw").status_code == 303
    assert "已撤回" in browser.get(f"/desk/closings/{number}").text
