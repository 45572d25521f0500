"""The front page says what is true; the search answers in both scripts, and without an index."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from charity.money import Money
from projects.listings.models import Project, ProjectCategory
from search import Document, MemoryIndex
from tests.conftest import SetClock
from tests.projects.listings.village import VILLAGE, Village, make_village
from tests.support.site import SiteClient
from tests.web.counting import counted
from web.config import Settings
from web.db import Database

YUAN = Money.yuan


@pytest.fixture
def village(session: Session, clock: SetClock) -> Village:
    """A village whose operator runs the site."""
    made = make_village(session)
    session.commit()
    return made


@pytest.fixture
def settings(settings: Settings, village: Village) -> Settings:
    """The site is the village's operator's."""
    return replace(settings, operator_uscc=village.operator.uscc or "")


@pytest.fixture
def index(app: Flask) -> MemoryIndex:
    """An index in memory in place of the one on disk."""
    made = MemoryIndex()
    app.extensions["wushe.ports"] = replace(app.extensions["wushe.ports"], index=made)
    return made


def document(project: Project) -> Document:
    """A project as the index keeps it."""
    return Document(
        id=f"project:{project.id}",
        kind="project",
        title=project.title,
        body=project.story,
        place_codes=("42", "4207", "420704", "420704001", project.region_code),
        category=project.category.value,
        url=f"/projects/{project.id}",
    )


def test_the_front_page_of_an_empty_site_makes_no_claims(
    client: SiteClient, village: Village
) -> None:
    page = client.get("/").text
    for words in ("每一分钱，看得见去处。", "¥0", "眼下没有还差钱的项目", "还没有付出去的钱"):
        assert words in page, words
    assert "¥0.00" not in page


def test_the_front_page_says_what_came_in_and_where_it_went(
    client: SiteClient, village: Village, tmp_path: Path
) -> None:
    near = village.published()
    full = village.published(title="已经筹满的项目")
    village.give(full, YUAN(78_000))
    for _ in range(3):
        village.give(near, YUAN(200))
    village.settle()
    village.spend(near, YUAN(500), tmp_path)
    village.session.commit()
    page = client.get("/").text
    for words in (
        "¥7.8万",
        "2026 年募得，共 4 笔",
        "2 个",
        "分布在 1 个村社与街道",
        "100%",
        near.title,
        "第 1 批扶手",
        "由 3 笔捐款支付",
        "¥500.00",
    ):
        assert words in page, words
    assert "已经筹满的项目" not in page


def test_the_front_page_asks_few_questions(
    client: SiteClient, village: Village, tmp_path: Path
) -> None:
    for n in range(5):
        project = village.published(title=f"洪港村第 {n} 个项目")
        village.give(project, YUAN(1000))
        village.settle()
        village.spend(project, YUAN(100), tmp_path)
    village.session.commit()
    client.get("/")
    with counted(village.session) as sent:
        assert client.get("/").status_code == 200
    assert len(sent) <= 15, sent


@pytest.mark.parametrize("q", ["扶手", "老人家", "獨居老人"])
def test_the_search_answers_in_both_scripts(
    client: SiteClient, village: Village, index: MemoryIndex, q: str
) -> None:
    project = village.published()
    village.session.commit()
    index.rebuild([document(project)])
    page = client.get("/search", query_string={"q": q}).text
    assert "找到 1 个" in page
    assert "<mark>" in page
    assert f'href="/projects/{project.id}"' in page
    assert f'value="{q}"' in page


def test_the_search_filters(client: SiteClient, village: Village, index: MemoryIndex) -> None:
    project = village.published()
    canteen = village.published(title="洪港村的幸福食堂", category=ProjectCategory.HAPPY_CANTEEN)
    village.session.commit()
    index.rebuild([document(project), document(canteen)])

    def found(**asked: str) -> bool:
        return "找到 1 个" in client.get("/search", query_string=asked).text

    assert not found(q="洪港村")
    assert found(q="洪港村", category="happy_canteen")
    assert found(q="洪港村", category="happy_canteen", place="420704", kind="project")
    assert not found(q="洪港村", category="happy_canteen", place="420703")


def test_the_search_narrows_counts_and_sorts(
    client: SiteClient, village: Village, index: MemoryIndex
) -> None:
    project = village.published()
    canteen = village.published(title="洪港村的幸福食堂", category=ProjectCategory.HAPPY_CANTEEN)
    village.session.commit()
    rich = replace(document(project), amount=900_000, wants="yes", published_on="2026-01-05")
    poor = replace(document(canteen), amount=50_000, ends_on="2027-01-01", status="open")
    need = replace(poor, id="need:1", kind="need", url="/needs/1", category="meals", amount=0)
    index.rebuild([rich, poor, need])

    def page(**asked: str) -> str:
        return client.get("/search", query_string={"q": "洪港村", **asked}).text

    whole = page()
    for counted_so in ("找到 3 个", "全部&nbsp;", "项目&nbsp;", "需求&nbsp;"):
        assert counted_so in whole
    assert 'href="/search?q=%E6%B4%AA%E6%B8%AF%E6%9D%91&amp;kind=need"' in whole
    assert "找到 1 个" in page(least="1000")
    assert "找到 1 个" in page(most="1000")
    assert "找到 1 个" in page(wants="yes")
    assert "找到 1 个" in page(since="2026-01-01", until="2026-12-31")
    assert "找到 2 个" in page(status="open")
    narrowed = page(status="open", sort="ending", most="8000", kind="project")
    assert '<details class="more" open>' in narrowed
    assert 'name="most" inputmode="numeric" maxlength="12" value="8000"' in narrowed
    assert narrowed.index("幸福食堂") > 0


def test_who_finds_nothing_is_told_what_may_have_been_meant(
    client: SiteClient, village: Village, index: MemoryIndex
) -> None:
    canteen = village.published(title="洪港村的幸福食堂", category=ProjectCategory.HAPPY_CANTEEN)
    village.session.commit()
    index.rebuild([document(canteen)])
    page = client.get("/search", query_string={"q": "xinfushitang"}).text
    assert "要找的是不是" in page
    assert "幸福食堂</b>" in page
    begun = client.get("/search", query_string={"q": "幸福"}).text
    assert '<option value="幸福食堂">' in begun
    assert "也可以找" in begun


def test_the_search_asks_few_questions(
    client: SiteClient, village: Village, index: MemoryIndex
) -> None:
    project = village.published()
    village.session.commit()
    index.rebuild([document(project)])
    asked = {"q": "扶手", "place": "420704", "category": "elderly_adaptation"}
    client.get("/search", query_string=asked)
    with counted(village.session) as sent:
        client.get("/search", query_string=asked)
    # the index in PostgreSQL asks three more: which table is live, the counts, the hits
    assert len(sent) <= 3, sent


def test_without_an_index_the_search_says_so_and_still_finds_titles(
    client: SiteClient, village: Village
) -> None:
    village.published()
    village.published(title="洪港村的幸福食堂")
    village.session.commit()
    answer = client.get("/search", query_string={"q": "幸福食堂", "place": VILLAGE})
    assert answer.status_code == 200
    assert "搜索暂时不能用" in answer.text
    assert "找到 1 个" in answer.text
    assert "洪港村的幸福食堂" in answer.text


@pytest.mark.parametrize(
    "asked",
    [
        {"q": ""},
        {"q": "\x00"},
        {"q": "%_\\"},
        {"q": "长" * 5000},
        {"q": "<script>alert(1)</script>"},
        {"q": 'AND OR NOT ( " *'},
        {"place": "x", "category": "x", "kind": "x", "page": "x"},
        {"status": "';--", "least": "1e9", "most": "-5", "since": "2025-02-30", "sort": "x"},
        {"least": "9" * 12, "most": "9" * 13, "since": "9999-12-31", "until": "0001-01-01"},
        {"q": "*:* /(a+)+$/ [a TO z] 😀", "wants": "yes", "sort": "ending"},
        {"q": "xinfushitang zzz 长岗存 " * 4, "sort": "gap"},
        {"page": "99999"},
    ],
)
@pytest.mark.parametrize("with_index", [True, False])
def test_nothing_one_types_is_an_error(
    client: SiteClient,
    village: Village,
    app: Flask,
    asked: dict[str, str],
    with_index: bool,
    request: pytest.FixtureRequest,
) -> None:
    project = village.published()
    village.session.commit()
    if with_index:
        request.getfixturevalue("index").rebuild([document(project)])
    answer = client.get("/search", query_string=asked)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_the_site_without_an_operator_still_opens(
    app: Flask, client: SiteClient, settings: Settings
) -> None:
    empty = replace(settings, operator_uscc="91420704MJ00000000")
    app.extensions["wushe.ports"] = replace(app.extensions["wushe.ports"], settings=empty)
    assert isinstance(app.extensions["wushe.db"], Database)
    for path in ("/", "/projects", "/search"):
        assert client.get(path).status_code == 200
