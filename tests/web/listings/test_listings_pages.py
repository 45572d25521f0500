"""The project bank's pages: what they say, what they keep, and how few questions they ask."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from charity.donations.models import GiverKind
from charity.money import Money
from projects.listings import queries, services
from projects.listings.models import Project, ProjectCategory, ProjectState
from tests.conftest import SetClock
from tests.projects.listings.village import VILLAGE, Village, content
from tests.support.site import SiteClient
from tests.web.counting import counted
from web.config import Settings

YUAN = Money.yuan


def typed(**changed: str) -> dict[str, str]:
    """The form as a person fills it in; any field may be changed."""
    said = {
        "title": "洪港村 26 户老人家里的扶手",
        "region_code": VILLAGE,
        "category": "elderly_adaptation",
        "beneficiaries": "80 岁以上独居老人",
        "beneficiary_count": "31",
        "story": "村里 80 岁以上独居老人 31 位，去年跌倒 9 次，社工逐户量好尺寸再装。",
        "target": "78000",
        "lines-0-name": "器材采购",
        "lines-0-kind": "programme",
        "lines-0-amount": "60000",
        "lines-1-name": "安装人工",
        "lines-1-kind": "programme",
        "lines-1-amount": "18,000.00",
        "deliverables-0-name": "居家适老化改造",
        "deliverables-0-unit": "户",
        "deliverables-0-unit_cost": "3000",
        "deliverables-0-target": "26",
        "starts_on": "2026-03-11",
        "ends_on": "2026-12-31",
        "plan_number": "51420704MJH000019JA26014",
        "plan_filed_on": "2026-03-01",
        "plan_territory": "鄂州市鄂城区",
        "plan_responsible_name": "李四",
        "plan_office_address": "凤凰街道 1 号",
        "plan_ways_of_giving": "本站在线捐赠",
        "plan_bank_account": "鄂城区慈善总会基本户",
        "plan_cost": "0",
        "plan_surplus_way": "similar_project",
        "plan_surplus_rule": "用于目的相近的项目",
    }
    return {**said, **changed}


def projects(village: Village) -> list[Project]:
    return list(village.session.scalars(select(Project).order_by(Project.id)))


# ── the list ─────────────────────────────────────────────────────────────────────────────────────


def test_the_list_shows_cards_and_filters(client: SiteClient, village: Village) -> None:
    village.published()
    village.published(title="凤凰街道的幸福食堂", category=ProjectCategory.HAPPY_CANTEEN)
    village.draft(title="还没有写完的项目")
    village.session.commit()
    page = client.get("/projects").text
    assert "共 2 个项目" in page
    assert "凤凰街道 · 洪港村" in page
    assert "嘉和社工" in page
    assert "目标 ¥78,000.00" in page
    assert "还没有写完的项目" not in page
    page = client.get(f"/projects?category=happy_canteen&place={VILLAGE}").text
    assert "共 1 个项目" in page
    assert "凤凰街道的幸福食堂" in page
    assert 'value="happy_canteen" selected' in page


@pytest.mark.parametrize(
    "odd",
    [
        "place=420703",
        "place=9",
        "place=%00",
        "category=nothing",
        "sort=nothing",
        "page=0",
        "page=99999999",
        "page=-1",
        "page=１",
        "place=999999999999",
    ],
)
def test_odd_filters_are_no_error(client: SiteClient, village: Village, odd: str) -> None:
    village.published()
    village.session.commit()
    assert client.get(f"/projects?{odd}").status_code == 200


def test_an_empty_list_says_what_one_can_do(client: SiteClient, village: Village) -> None:
    assert "这里还没有项目" in client.get("/projects").text


def test_a_list_of_twenty_asks_few_questions(client: SiteClient, village: Village) -> None:
    for n in range(21):
        village.published(title=f"洪港村第 {n} 个项目")
    village.session.commit()
    client.get("/projects")
    with counted(village.session) as sent:
        page = client.get("/projects").text
    assert page.count('class="card gift"') == 20
    assert 'rel="next"' in page
    assert len(sent) <= 12, sent


# ── one project ──────────────────────────────────────────────────────────────────────────────────


def test_a_project_says_what_how_far_and_what_one_can_do(
    client: SiteClient, village: Village, tmp_path: Path
) -> None:
    project = village.published()
    village.give(project, YUAN(1000), name="陈桂兰")
    village.give(project, YUAN(500), kind=GiverKind.ENTERPRISE)
    village.settle()
    village.spend(project, YUAN(600), tmp_path, units=1)
    village.accept(project, 3)
    village.session.commit()
    page = client.get(f"/projects/{project.id}").text
    for words in (
        project.title,
        "凤凰街道",
        "嘉和社工发起",
        f"{village.operator.name}募捐与记账",
        project.plan_number,
        "已用 <b>¥600.00</b>",
        "在账 <b>¥900.00</b>",
        "居家适老化改造（户）",
        "器材采购",
        "陈桂兰",
        "爱心人士",
        "演示支付",
        village.operator.certificate_number or "",
        "个人 → 项目专账：¥1,000.00",
    ):
        assert words in page, words
    assert f'action="/projects/{project.id}/donate"' in page
    assert 'value="3000"' in page
    assert "整整 1 户" in page
    assert "style=" not in page


def test_a_project_page_asks_few_questions(
    client: SiteClient, village: Village, tmp_path: Path
) -> None:
    project = village.published()
    for n in range(10):
        village.give(project, YUAN(100 + n))
    village.settle()
    village.spend(project, YUAN(600), tmp_path)
    village.session.commit()
    client.get(f"/projects/{project.id}")
    with counted(village.session) as sent:
        assert client.get(f"/projects/{project.id}").status_code == 200
    assert len(sent) <= 20, sent


def test_what_people_typed_is_shown_and_not_obeyed(client: SiteClient, village: Village) -> None:
    project = village.published(
        title="<script>alert(1)</script>", story="<b>粗体</b>" * 10 + "\n第二段在这里。"
    )
    village.session.commit()
    page = client.get(f"/projects/{project.id}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "<p>第二段在这里。</p>" in page


def test_a_campaign_that_is_over_takes_no_gifts(
    client: SiteClient, village: Village, clock: SetClock
) -> None:
    project = village.published()
    village.session.commit()
    clock.advance(days=300)
    page = client.get(f"/projects/{project.id}").text
    assert "/donate" not in page
    assert "账目照常公开" in page


def test_an_unpublished_project_is_absent_for_strangers(
    client: SiteClient, village: Village, enter: Any
) -> None:
    project = village.draft()
    village.session.commit()
    for path in ("", "/flow"):
        assert client.get(f"/projects/{project.id}{path}").status_code == 404
        assert enter(village.reviewer).get(f"/projects/{project.id}{path}").status_code == 404
        assert enter(village.editor).get(f"/projects/{project.id}{path}").status_code == 200
    assert client.get("/projects/999999").status_code == 404


def test_the_flow_page_shows_every_fen_and_every_voucher(
    client: SiteClient, village: Village, tmp_path: Path
) -> None:
    project = village.published()
    village.give(project, YUAN(1000))
    village.settle()
    expense = village.spend(project, YUAN(600), tmp_path)
    village.session.commit()
    page = client.get(f"/projects/{project.id}/flow").text
    for words in (
        "个人 → 项目专账：¥1,000.00",
        "项目专账 → 器材采购 · 鄂州康护器材有限公司：¥600.00",
        "项目专账 → 在账未用：¥400.00",
        "第 1 批扶手",
        f'id="line-{expense.budget_line_id}"',
        f'href="#line-{expense.budget_line_id}"',
        f"/expenses/{expense.id}",
    ):
        assert words in page, words
    assert page.count("<title>") >= 4


def test_a_flow_without_money_says_so(client: SiteClient, village: Village) -> None:
    project = village.published()
    village.session.commit()
    assert "还没有第一笔捐款" in client.get(f"/projects/{project.id}/flow").text
    assert "还没有第一笔捐款" in client.get(f"/projects/{project.id}").text


# ── posting ──────────────────────────────────────────────────────────────────────────────────────


def test_posting_from_form_to_review(village: Village, enter: Any) -> None:
    browser = enter(village.editor)
    assert "先存草稿" in browser.get("/projects/new").text
    answer = browser.submit("/projects/new", typed())
    assert answer.status_code == 303, answer.text
    (project,) = projects(village)
    assert answer.location == f"/projects/{project.id}"
    assert project.state is ProjectState.DRAFT
    assert [line.amount for line in project.budget.lines] == [YUAN(60_000), YUAN(18_000)]
    assert "写草稿" in browser.get(answer.location).text
    answer = browser.submit(f"/projects/{project.id}/submit")
    assert answer.status_code == 303
    village.session.refresh(project)
    assert project.state is ProjectState.SUBMITTED
    assert browser.submit(f"/projects/{project.id}/submit").status_code == 409


def test_adding_a_row_keeps_everything_that_was_typed(village: Village, enter: Any) -> None:
    browser = enter(village.editor)
    answer = browser.submit("/projects/new", typed(add="lines", title="短", target="1e3"))
    assert answer.status_code == 200
    assert projects(village) == []
    for words in ('value="短"', 'value="1e3"', 'value="18,000.00"', 'name="lines-2-name"'):
        assert words in answer.text, words
    assert 'class="error"' not in answer.text
    answer = browser.submit("/projects/new", typed(add="deliverables"))
    assert 'name="deliverables-1-name"' in answer.text


def test_dropping_a_row_drops_that_one(village: Village, enter: Any) -> None:
    answer = enter(village.editor).submit("/projects/new", typed(drop_line="0"))
    assert "器材采购" not in answer.text
    assert "安装人工" in answer.text
    for odd in ("99", "-1", "²", "9" * 5000):
        answer = enter(village.editor).submit("/projects/new", typed(drop_line=odd))
        assert "器材采购" in answer.text


def test_characters_nobody_sees_are_not_kept(village: Village, enter: Any) -> None:
    odd = {"title": "为洪港村\x00装扶手\u202e", "lines-0-name": "器材\x00采购"}
    story = typed()["story"]
    answer = enter(village.editor).submit("/projects/new", typed(**odd, story=f"\x00{story}\x1b"))
    assert answer.status_code == 303
    (project,) = projects(village)
    assert (project.title, project.story) == ("为洪港村装扶手", story)
    assert project.budget.lines[0].name == "器材采购"


def test_rows_beyond_counting_are_not_drawn(village: Village, enter: Any) -> None:
    many = {f"lines-{n}-name": "x" for n in range(2, 3000)}
    answer = enter(village.editor).submit("/projects/new", typed(**many))
    assert answer.status_code == 422
    assert answer.text.count('name="lines-') == 6 * 21
    odd = {f"lines-{'9' * 5000}-name": "x", "lines-９-name": "x", "lines--1-name": "x"}
    assert enter(village.editor).submit("/projects/new", typed(**odd)).status_code == 303


def test_rows_left_blank_do_not_count(village: Village, enter: Any) -> None:
    blank = {"lines-2-name": "  ", "lines-2-kind": "programme", "lines-2-amount": ""}
    assert enter(village.editor).submit("/projects/new", typed(**blank)).status_code == 303
    (project,) = projects(village)
    assert len(project.budget.lines) == 2


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"title": "短"}, "至少要 4 个字。"),
        ({"title": ""}, "请填写这一项。"),
        ({"region_code": "420704"}, "请具体到下一级"),
        ({"region_code": "没有这个村"}, "没有找到这个地方"),
        ({"region_code": "999999999999"}, "没有这个行政区划代码。"),
        ({"category": "nothing"}, "error"),
        ({"beneficiary_count": "0"}, "之间的整数"),
        ({"beneficiary_count": "很多"}, "请写一个整数"),
        ({"story": "太短"}, "至少要 30 个字。"),
        ({"target": "1e3"}, "不要用科学记数法"),
        ({"target": "0.001"}, "小数点后最多两位"),
        ({"target": "-5"}, "金额不能是负数。"),
        ({"target": "１００"}, "请用半角数字"),
        ({"target": "1000000000000000"}, "金额太大了"),
        ({"target": "77999"}, "预算各行合计 ¥78,000.00，目标金额是 ¥77,999.00"),
        ({"lines-0-amount": "0.001"}, "小数点后最多两位"),
        ({"lines-0-name": ""}, "请填写这一项。"),
        ({"deliverables-0-target": "27"}, "超过了目标金额"),
        ({"deliverables-0-unit": ""}, "请填写这一项。"),
        ({"ends_on": "2026-03-10"}, "结束日期不能早于开始日期。"),
        ({"ends_on": "2026-02-30"}, "没有这一天。"),
        ({"ends_on": "31/12/2026"}, "日期写成"),
        ({"plan_filed_on": "2026-03-12"}, "备案日期不能晚于开始日期。"),
    ],
)
def test_bad_input_keeps_the_form_and_says_what_is_wrong(
    village: Village, enter: Any, changed: dict[str, str], sentence: str
) -> None:
    answer = enter(village.editor).submit("/projects/new", typed(**changed))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "还差一点，请改这几处" in answer.text
    assert projects(village) == []
    for name, value in typed(**changed).items():
        if name not in ("category", "story") and not name.endswith(("-kind", "_way", "_rule")):
            assert f'value="{value}"' in answer.text, name


def test_an_empty_form_is_no_crash(village: Village, enter: Any) -> None:
    answer = enter(village.editor).submit("/projects/new", {})
    assert answer.status_code == 422
    assert "至少要有一行预算" in answer.text or "请填写这一项" in answer.text


def test_editing_shows_what_was_said(village: Village, enter: Any) -> None:
    project = village.draft()
    village.session.commit()
    browser = enter(village.editor)
    page = browser.get(f"/projects/{project.id}/edit").text
    for words in (project.title, "器材采购", 'value="60000.00"', 'value="26"', VILLAGE):
        assert words in page, words
    answer = browser.submit(f"/projects/{project.id}/edit", typed(title="改过名字的项目"))
    assert answer.status_code == 303
    village.session.refresh(project)
    assert project.title == "改过名字的项目"


def test_a_project_under_review_cannot_be_edited(village: Village, enter: Any) -> None:
    project = village.submitted()
    village.session.commit()
    browser = enter(village.editor)
    assert browser.get(f"/projects/{project.id}/edit").status_code == 303
    browser.submit(f"/projects/{project.id}/edit", typed(title="偷偷改过的项目"))
    village.session.refresh(project)
    assert project.title == content()["title"]


def test_who_belongs_to_no_organisation_is_told_how(village: Village, enter: Any) -> None:
    page = enter(village.acceptor).get("/projects/new").text
    assert "项目由核实过的组织发起" in page


# ── review ───────────────────────────────────────────────────────────────────────────────────────


def test_a_reviewer_reads_the_whole_and_publishes(village: Village, enter: Any) -> None:
    project = village.submitted()
    village.session.commit()
    browser = enter(village.reviewer)
    page = browser.get(f"/projects/{project.id}/review").text
    for words in (project.title, "器材采购", "居家适老化改造", "公布这个项目", "退回"):
        assert words in page, words
    answer = browser.submit(f"/projects/{project.id}/review", {"decision": "publish"})
    assert answer.status_code == 303, answer.text
    village.session.expire_all()
    assert queries.project(village.session, project.id).state is ProjectState.PUBLISHED
    assert (
        browser.submit(f"/projects/{project.id}/review", {"decision": "publish"}).status_code == 409
    )
    assert browser.get(f"/projects/{project.id}/review").status_code == 303


def test_what_blocks_is_said_before_one_presses(village: Village, enter: Any) -> None:
    project = village.submitted(starts_on=content()["plan_filed_on"])
    village.session.commit()
    browser = enter(village.reviewer)
    page = browser.get(f"/projects/{project.id}/review").text
    assert "CHA-112" in page
    assert "公布这个项目" not in page
    answer = browser.submit(f"/projects/{project.id}/review", {"decision": "publish"})
    assert answer.status_code == 403
    village.session.expire_all()
    assert queries.project(village.session, project.id).state is ProjectState.SUBMITTED


def test_returning_needs_reasons_which_the_poster_reads(village: Village, enter: Any) -> None:
    project = village.submitted()
    village.session.commit()
    browser = enter(village.reviewer)
    assert browser.submit(f"/projects/{project.id}/review", {"reasons": ""}).status_code == 422
    answer = browser.submit(f"/projects/{project.id}/review", {"reasons": "请写明由谁验收。"})
    assert answer.status_code == 303
    poster = enter(village.editor)
    for path in ("", "/edit"):
        assert "请写明由谁验收。" in poster.get(f"/projects/{project.id}{path}").text


def test_a_single_beneficiary_is_pointed_out(village: Village, enter: Any) -> None:
    project = village.submitted(beneficiary_count=1)
    village.session.commit()
    page = enter(village.reviewer).get(f"/projects/{project.id}/review").text
    assert "AID-02" in page
    assert "公布这个项目" in page


def test_the_posting_organisation_does_not_review_itself(village: Village, enter: Any) -> None:
    project = village.submitted()
    village.session.commit()
    assert enter(village.editor).get(f"/projects/{project.id}/review").status_code == 403


def test_a_site_that_only_lists_takes_no_gifts(
    village: Village, settings: Settings, app: Flask
) -> None:
    project = village.published()
    village.session.commit()
    ports = app.extensions["wushe.ports"]
    listing = replace(settings, operator_mode="listing")
    app.extensions["wushe.ports"] = replace(ports, settings=listing)
    page = app.test_client().get(f"/projects/{project.id}").text
    assert "本站现在只展示信息，不接受捐款。" in page


def test_figures_carry_no_inline_style(
    client: SiteClient, village: Village, tmp_path: Path
) -> None:
    project = village.published()
    village.give(project, YUAN(1000))
    village.settle()
    village.spend(project, YUAN(600), tmp_path)
    village.session.commit()
    for path in (f"/projects/{project.id}", f"/projects/{project.id}/flow", "/projects", "/"):
        page = client.get(path).text
        assert not re.search(r"<style|style=|<script|https?://(?!www\.w3\.org)", page), path


def test_submitting_again_after_return(village: Village, enter: Any) -> None:
    project = village.submitted()
    services.return_project(
        village.session, village.reviewer, project_id=project.id, reasons="请再写清楚一点"
    )
    village.session.commit()
    browser = enter(village.editor)
    assert browser.submit(f"/projects/{project.id}/edit", typed()).status_code == 303
    assert browser.submit(f"/projects/{project.id}/submit").status_code == 303
