"""The pages of a project's life: from a pattern through steps and reports to its end."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from charity import clock as time
from charity.letters import Letter
from charity.money import Money
from projects.listings import queries, services
from projects.listings.models import Project, ProjectState
from tests.factories import make_actor
from tests.fixtures.pictures import good_jpeg
from tests.projects.listings.village import Village, content
from tests.support.site import SiteClient
from tests.web.counting import counted
from web import jobs
from web.indexing import project_documents
from web.letters import put_into_words


def published(village: Village) -> Project:
    project = village.published()
    village.session.commit()
    return project


def test_a_pattern_fills_the_form_and_is_kept(village: Village, enter: Any) -> None:
    browser = enter(village.editor)
    page = browser.get("/projects/templates").text
    for words in ("适老化改造", "共享花园", "¥3,000.00", "从空白开始"):
        assert words in page, words
    address = f"/projects/new?template=home_adaptation&organisation={village.partner.id}"
    page = browser.get(address).text
    for words in (
        'value="居家适老化改造"',
        'value="3000.00"',
        'value="60000.00"',
        "从模板“适老化改造”",
    ):
        assert words in page, words
    assert "从模板开始" in browser.get("/projects/new").text


def test_a_plea_for_one_person_is_refused_and_told_where_help_is(
    village: Village, enter: Any
) -> None:
    """AID-01 refuses in the form, AID-02 warns after saving."""
    from tests.web.listings.test_listings_pages import typed

    browser = enter(village.editor)
    plea = typed(title="救救白血病患儿王梓涵同学", beneficiary_count="1")
    answer = browser.submit("/projects/new", plea)
    assert answer.status_code == 422
    for words in ("不能为一个指名道姓的人募捐", "临时救助", "12349"):
        assert words in answer.text, words
    answer = browser.submit("/projects/new", typed(beneficiary_count="1"))
    assert "只帮助一个人的项目" in browser.get(answer.location).text


def test_a_reviewer_reads_what_changed_beside_the_reasons(village: Village, enter: Any) -> None:
    session, project = village.session, village.submitted()
    services.return_project(session, village.reviewer, project_id=project.id, reasons="写清几户")
    said = content(beneficiary_count=20, story=content()["story"].replace("9 次", "12 次"))
    said["lines"] = [replace(said["lines"][0], name="器材和运费"), *said["lines"][1:]]
    services.edit_project(session, village.editor, project_id=project.id, **said)
    services.submit_project(session, village.editor, project_id=project.id)
    session.commit()
    page = enter(village.reviewer).get(f"/projects/{project.id}/review").text
    for words in (
        "和上一次比，改了什么",
        "写清几户",
        "<del>31</del> → <ins>20</ins>",
        "<del>9</del><ins>12</ins>",
        "器材和运费",
    ):
        assert words in page, words


def test_steps_are_planned_claimed_and_accepted_by_another(village: Village, enter: Any) -> None:
    project = published(village)
    doer, acceptor = enter(village.editor), enter(village.acceptor)
    steps = f"/projects/{project.id}/milestones"
    wrong = doer.submit(steps, {"title": "第一批", "due_on": "2020-01-01"})
    assert wrong.status_code == 422
    assert "早于项目开始" in wrong.text
    due = (time.today() + timedelta(days=3)).isoformat()
    assert doer.submit(steps, {"title": "第一批十户装完", "due_on": due}).status_code == 303
    assert "第一批十户装完" in doer.get("/desk").text
    (step,) = queries.milestones_of(village.session, project.id)
    here = f"/milestones/{step.id}"
    assert "报上去，请人验收" in doer.get(here).text
    assert doer.submit(f"{here}/claim", {"note": ""}).status_code == 422
    assert doer.submit(f"{here}/claim", {"note": "十户都装好了"}).status_code == 303
    assert doer.submit(f"{here}/accept").status_code == 403
    assert acceptor.get(f"/projects/{project.id}/steer").status_code == 403
    assert "验收步骤" in acceptor.get("/desk").text
    assert acceptor.submit(f"{here}/accept").status_code == 303
    page = doer.get(f"/projects/{project.id}").text
    assert "别的组织的人验收了 1 步" in page


def test_a_report_wants_the_word_of_those_on_its_pictures(
    client: SiteClient, village: Village, enter: Any
) -> None:
    project = published(village)
    browser, path = enter(village.editor), f"/projects/{project.id}/reports/new"
    assert "照片里认不出具体的人" in browser.get(path).text

    def sent(**changed: Any) -> dict[str, Any]:
        said = {
            "title": "第一批装好了",
            "words": "十户老人家里的扶手都装好了。",
            "reported_on": time.today().isoformat(),
            "captions": "浴室的扶手",
            "pictures": (io.BytesIO(good_jpeg()), "扶手.jpg"),
        }
        return {**said, **changed}

    refused = browser.submit(path, sent())
    assert refused.status_code == 422
    assert "没有同意的照片不能放上来" in refused.text
    assert queries.reports_of(village.session, project.id) == []
    assert browser.submit(path, sent(consent="y")).status_code == 303
    page = client.get(f"/projects/{project.id}").text
    assert "第一批装好了" in page
    assert 'alt="浴室的扶手"' in page
    (report,) = queries.reports_of(village.session, project.id)
    picture = client.get(f"/reports/pictures/{report.pictures[0].id}")
    assert (picture.status_code, picture.content_type) == (200, "image/jpeg")


def test_each_party_signs_for_itself(client: SiteClient, village: Village, enter: Any) -> None:
    project = published(village)
    browser, path = enter(village.editor), f"/projects/{project.id}/parties"
    for role, organisation in (
        ("agency_delivery", village.partner),
        ("charity_funding", village.operator),
    ):
        said = {"role": role, "organisation_id": str(organisation.id)}
        assert browser.submit(path, said).status_code == 303
    delivers, funds = queries.parties_of(village.session, project.id)
    assert browser.submit(f"/parties/{funds.id}/sign").status_code == 403
    assert browser.submit(f"/parties/{delivers.id}/sign").status_code == 303
    page = client.get(f"/projects/{project.id}").text
    assert page.count("还没有签认") == 1
    assert "2026-03-16 签认" in page
    unfit = {"role": "party_leadership", "organisation_id": str(village.partner.id)}
    assert "不能由这一类组织担任" in browser.submit(path, unfit).text


def test_a_pause_and_an_end_are_seen_and_followers_are_told(
    app: Flask, client: SiteClient, village: Village, enter: Any
) -> None:
    session, project = village.session, published(village)
    follower = make_actor(session)
    session.commit()
    subject, here = f"project:{project.id}", f"/projects/{project.id}"
    reader = enter(follower)
    said = {"subject": subject, "address": "chen@example.org"}
    assert reader.submit("/follows", said).location == here
    assert "已关注" in reader.get(here).text
    assert project.title in reader.get("/account/follows").text
    doer = enter(village.editor)
    assert "专账里一分不剩" in doer.get(f"{here}/steer").text
    assert doer.submit(f"{here}/pause", {"note": ""}).status_code == 422
    assert doer.submit(f"{here}/pause", {"note": "汛期停工"}).status_code == 303
    page = client.get(here).text
    assert "汛期停工" in page
    assert "这个项目暂停募款" in page
    assert f"{here}/donate" not in page
    assert client.get(f"{here}/donate").status_code in (200, 403)
    session.expire_all()
    assert [each.status for each in project_documents(session, [project.id])] == ["paused"]
    assert doer.submit(f"{here}/resume", {"note": "水退了"}).status_code == 303
    assert f"{here}/donate" in client.get(here).text
    village.give(project, Money.yuan(50))
    village.settle()
    session.commit()
    assert "专账里还有 ¥50.00" in doer.get(f"{here}/steer").text
    refused = doer.submit(f"{here}/close", {"ending": "做完了"})
    assert refused.status_code == 422
    assert "先办结余处理" in refused.text
    with app.app_context():
        jobs.drain_outbox()
        jobs.drain_outbox()
    kinds = [row.kind for row in session.scalars(select(Letter).order_by(Letter.id))]
    assert kinds == ["follow.paused", "follow.resumed"]
    assert reader.submit("/follows/end", {"subject": subject}).status_code == 303
    assert "还没有关注什么" in reader.get("/account/follows").text


def test_a_closed_project_stays_to_be_read(
    client: SiteClient, village: Village, enter: Any
) -> None:
    project = published(village)
    here = f"/projects/{project.id}"
    assert enter(village.editor).submit(f"{here}/close", {"ending": "都做完了"}).status_code == 303
    page = client.get(here).text
    for words in ("已结项", "都做完了", "募捐在"):
        assert words in page, words
    assert enter(village.reviewer).get(f"{here}/review").status_code == 303
    assert enter(village.editor).get(f"{here}/edit").status_code == 303
    village.session.refresh(project)
    assert project.state is ProjectState.CLOSED


def test_letters_to_followers_say_what_happened(app: Flask) -> None:
    data = {
        "project_id": 5, "project": "洪港村的扶手", "title": "第一批装好了", "note": "汛期停工",
        "need_id": 7, "need": "十副扶手", "event": "accepted",
    }  # fmt: skip
    for kind in ("reported", "milestone", "paused", "resumed", "closed", "need"):
        with app.app_context():
            subject, text = put_into_words(f"follow.{kind}", data)
        assert "你关注的" in subject
        assert "/account/follows" in text
        assert ("/needs/7" if kind == "need" else "/projects/5") in text


def test_a_project_with_a_long_life_asks_few_questions(
    client: SiteClient, village: Village
) -> None:
    session, project = village.session, published(village)
    for n in range(8):
        services.plan_milestone(
            session, village.editor, project_id=project.id, title=f"第 {n} 步",
            due_on=time.today() + timedelta(days=n),
        )  # fmt: skip
    village.give(project, Money.yuan(50))
    village.settle()
    session.commit()
    client.get(f"/projects/{project.id}")
    with counted(session) as sent:
        assert client.get(f"/projects/{project.id}").status_code == 200
    assert len(sent) <= 20, sent
    with counted(session) as sent:
        client.get(f"/projects/{project.id}/milestones")
    assert len(sent) <= 6, sent
