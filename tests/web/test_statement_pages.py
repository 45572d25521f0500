"""The pages of statements and flows: what they say, who may read them, where figures lead."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy.orm import Session

from charity.accounts.models import User
from charity.actor import Actor, Grant, Role
from charity.ledger import queries
from charity.ledger import services as ledger
from charity.ledger.models import Book, Fund, FundKind, IncomeSource
from charity.ledger.services import Giver
from charity.money import Money
from projects.listings.models import Project
from tests.conftest import SetClock
from tests.factories import make_actor, make_organisation
from tests.projects.listings.village import SYSTEM, Village
from tests.support.site import SignIn, SiteClient
from tests.web.donors import published, settle_village, text_of
from web.ledger import flow_pages, reading
from web.ledger.statements import SHEETS

YUAN = Money.yuan
ALL = sorted(SHEETS)


@pytest.fixture
def village(session: Session, clock: SetClock) -> Village:
    """A village whose operator runs the site."""
    return settle_village(session)


@pytest.fixture
def project(village: Village, tmp_path: Path) -> Project:
    """A project with three gifts, of which two are sealed, and one payment."""
    project = published(village)
    village.give(project, YUAN(3_000), name="王建国")
    village.give(project, YUAN("1200.50"))
    village.settle()
    village.spend(project, YUAN(4_000), tmp_path, units=2)
    village.settle()
    village.give(project, YUAN(88))
    village.session.commit()
    return project


@pytest.fixture
def book(session: Session, village: Village, project: Project) -> Book:
    """The operator's book."""
    return queries.book_of(session, village.operator.id)


@pytest.fixture
def auditor(session: Session, sign_in: SignIn, book: Book) -> SiteClient:
    """An auditor's browser."""
    return enter(session, sign_in, make_actor(session, Grant(Role.AUDITOR)))


def enter(session: Session, sign_in: SignIn, actor: Actor) -> SiteClient:
    """Sign an actor in."""
    user = session.get(User, actor.user_id)
    assert user is not None
    session.commit()
    return sign_in(user)


def links(html: str, part: str) -> list[str]:
    """The addresses in a page that have a part in them."""
    return [href for href in map(unescape, re.findall(r'href="([^"]*)"', html)) if part in href]


# ── on the page ──────────────────────────────────────────────────────────────────────────────────


def test_the_statements_are_offered_with_their_files(auditor: SiteClient, book: Book) -> None:
    page = auditor.get("/audits/statements")
    said = text_of(page)
    for name in (
        "资产负债表",
        "业务活动表",
        "试算平衡表",
        "基金收支表",
        "筹资构成表",
        "预算执行表",
    ):
        assert name in said
    for key in ALL:
        assert links(page.text, f"/audits/statements/{key}?")
        assert links(page.text, f"/audits/statements/{key}.xlsx?")
        assert links(page.text, f"/audits/statements/{key}.csv?")


@pytest.mark.parametrize(
    ("which", "parts"),
    [
        ("balance-sheet", ["两边相等", "货币资金 0.00 288.50", "限定性净资产 0.00 288.50"]),
        ("activities", ["两边相等", "捐赠收入 0.00 4,288.50 4,288.50", "净资产变动额"]),
        ("activities", ["三、限定性净资产转为非限定性净资产 4,000.00 -4,000.00 0.00"]),
        ("trial-balance", ["两边相等", "5101 业务活动成本 4,000.00 4,000.00"]),
        ("funds", ["4,288.50 4,000.00 288.50"]),
        ("mix", ["捐赠 4,288.50 4,288.50 100% 3"]),
        ("budget", ["4,000.00 0.00 0.00"]),
    ],
)
def test_a_statement_says_what_the_book_says(
    auditor: SiteClient, which: str, parts: list[str]
) -> None:
    said = text_of(auditor.get(f"/audits/statements/{which}"))
    for part in parts:
        assert part in said


@pytest.mark.parametrize("which", ALL)
def test_every_figure_leads_to_entries(auditor: SiteClient, which: str, book: Book) -> None:
    page = auditor.get(f"/audits/statements/{which}")
    found = links(page.text, "/audits/entries?")
    assert found
    for href in set(found):
        assert f"book={book.id}" in href
        assert auditor.get(href).status_code == 200


def test_a_figure_opens_the_entries_behind_it(auditor: SiteClient, book: Book) -> None:
    page = auditor.get("/audits/statements/trial-balance")
    (cost,) = {href for href in links(page.text, "account=5101") if "side=debit" in href}
    said = text_of(auditor.get(cost))
    assert "共 1 笔分录" in said
    assert "第 1 批扶手" in said
    (income,) = {href for href in links(page.text, "account=4101.1") if "side=credit" in href}
    assert "共 3 笔分录" in text_of(auditor.get(income))


@pytest.mark.parametrize(
    ("query", "entries"),
    [
        ("account=5101", 1),
        ("account=5101&side=credit", 0),
        ("account=4101", 3),
        ("account=1002,1009", 4),
        ("account=41", 6),
        ("account=9999", 0),
        ("kind=gift", 3),
        ("kind=nonsense&side=up&account=;drop", 6),
        ("to=2020-01-01", 0),
        ("from=2020-01-01", 6),
        ("from=2026-13-01&to=yesterday", 6),
    ],
)
def test_entries_are_narrowed(auditor: SiteClient, query: str, entries: int) -> None:
    said = text_of(auditor.get(f"/audits/entries?{query}"))
    assert f"共 {entries} 笔分录" in said


def test_a_fund_and_an_account_narrow_one_side_of_one_transfer(
    auditor: SiteClient, project: Project
) -> None:
    assert project.campaign is not None
    fund = project.campaign.fund_id
    assert "共 3 笔分录" in text_of(auditor.get(f"/audits/entries?fund={fund}&account=4101"))
    assert "共 0 笔分录" in text_of(auditor.get(f"/audits/entries?fund={fund}&account=2601"))


def test_a_period_is_read_from_the_address(auditor: SiteClient, book: Book) -> None:
    path = "/audits/statements/activities"
    said = text_of(auditor.get(f"{path}?from=2025-01-01&to=2025-12-31"))
    assert "2025-01-01 至 2025-12-31" in said
    assert "捐赠收入" not in said
    assert "2026-01-01 至 2026-03-16" in text_of(auditor.get(path))
    turned = text_of(auditor.get(f"{path}?from=2026-03-01&to=2025-12-01"))
    assert "2025-12-01 至 2026-03-01" in turned
    for odd in ("0000-00-00", "2026-02-30", "20260301", "9999-12-31", "x"):
        assert auditor.get(f"{path}?from={odd}&to={odd}").status_code == 200
    assert "2026-03-01 至 2026-03-31" in text_of(
        auditor.get("/audits/statements/funds?from=2026-03-16&to=2026-03-16")
    )


def test_a_mapped_account_is_shown_by_its_new_code(
    auditor: SiteClient, session: Session, book: Book
) -> None:
    ledger.map_account(
        session,
        SYSTEM,
        book_id=book.id,
        code="5101",
        in_force_from=date(2026, 7, 1),
        shown_code="5001",
        shown_name="业务活动费用",
    )
    session.commit()
    path = "/audits/statements/trial-balance?from=2026-01-01&to="
    assert "5101 业务活动成本" in text_of(auditor.get(f"{path}2026-06-30"))
    assert "5001 业务活动费用" in text_of(auditor.get(f"{path}2026-07-01"))


def test_there_is_no_other_statement(auditor: SiteClient, book: Book) -> None:
    assert auditor.get("/audits/statements/profit").status_code == 404
    assert auditor.get("/audits/statements/profit.csv").status_code == 404
    assert auditor.get("/audits/statements/activities.pdf").status_code == 404
    assert auditor.get("/audits/statements?book=99999").status_code == 404


def test_another_organisations_statements_are_absent(
    session: Session, sign_in: SignIn, book: Book
) -> None:
    other = make_organisation(session, name="另一个慈善会")
    ledger.open_book(session, SYSTEM, organisation_id=other.id, name="另一本账")
    grant = Grant(Role.TREASURER, organisation_id=other.id)
    browser = enter(session, sign_in, make_actor(session, grant))
    assert "另一本账" in text_of(browser.get("/audits/statements/activities"))
    for path in ("statements", "statements/activities", "statements/activities.csv"):
        assert browser.get(f"/audits/{path}?book={book.id}").status_code == 404


# ── as files ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("which", ALL)
def test_a_file_holds_what_the_page_says(auditor: SiteClient, which: str, book: Book) -> None:
    text = auditor.get(f"/audits/statements/{which}.csv")
    assert text.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(text.data.decode("utf-8-sig"), newline="")))
    assert rows[1] == [book.name]
    file = auditor.get(f"/audits/statements/{which}.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(file.data)).active
    assert sheet is not None
    assert sheet["A1"].value == rows[0][0]
    said = text_of(auditor.get(f"/audits/statements/{which}"))
    for number, row in enumerate(rows[5:], start=6):
        for column, cell in enumerate(row[2:], start=3):
            value = sheet.cell(number, column).value
            if re.fullmatch(r"-?\d+\.\d\d", cell):
                assert value == pytest.approx(float(cell))
                assert f"{float(cell):,.2f}" in said


def test_a_name_that_is_a_formula_does_not_run(
    auditor: SiteClient, session: Session, book: Book
) -> None:
    fund = ledger.open_fund(
        session, SYSTEM, book_id=book.id, name="=cmd|' /C calc'!A0", kind=FundKind.NAMED
    )
    give(session, fund, 10)
    body = auditor.get("/audits/statements/funds.csv").data.decode("utf-8-sig")
    assert "'=cmd|" in body
    file = auditor.get("/audits/statements/funds.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(file.data)).active
    assert sheet is not None
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def give(session: Session, fund: Fund, yuan: int, kind: str = "enterprise") -> None:
    """Money from a firm, straight into the book."""
    ledger.post_gift(
        session,
        SYSTEM,
        fund_id=fund.id,
        amount=YUAN(yuan),
        source=f"test:{fund.id}:{yuan}",
        occurred_on=date(2026, 3, 16),
        giver=Giver(f"test:{fund.id}", kind),
        income=IncomeSource.DONATION,
    )
    session.commit()


# ── for everybody ────────────────────────────────────────────────────────────────────────────────


def test_a_fund_shows_its_statement_and_its_flow(client: SiteClient, project: Project) -> None:
    assert project.campaign is not None
    page = client.get(f"/funds/{project.campaign.fund_id}")
    said = text_of(page)
    for part in (
        "进来的合计 4,288.50",
        "业务活动成本 4,000.00",
        "期末在账 288.50",
        "个人 ¥4,288.50",
        "鄂州康护器材有限公司",
        "基金本身 ¥288.50 ¥0.00 ¥88.00",
    ):
        assert part in said
    last_year = text_of(client.get(f"/funds/{project.campaign.fund_id}?year=2025"))
    assert "这段时间没有钱进出" in last_year
    for odd in ("0", "x", "99999", "２０２６"):
        assert client.get(f"/funds/{project.campaign.fund_id}?year={odd}").status_code == 200


def test_a_flow_is_made_of_links_and_a_table_and_no_style(
    client: SiteClient, project: Project
) -> None:
    assert project.campaign is not None
    html = client.get(f"/funds/{project.campaign.fund_id}").text
    (figure,) = re.findall(r'<figure class="sankey">.*?</figure>', html, re.DOTALL)
    paths = re.findall(r"<path.*?</path>", figure, re.DOTALL)
    assert paths
    assert len(re.findall(r"<a href=[^>]*><path", figure)) == len(paths)
    assert all("<title>" in path for path in paths)
    assert "<desc" in figure
    assert "style" not in figure
    assert "<details" in figure
    rows = re.findall(r"<tr><td.*?</tr>", figure, re.DOTALL)
    assert len(rows) == len(paths)
    for target in re.findall(r'href="#([^"]+)"', figure):
        assert f'id="{target}"' in html


def test_an_organisation_shows_the_flow_through_all_its_funds(
    client: SiteClient, session: Session, village: Village, book: Book
) -> None:
    named = ledger.open_fund(session, SYSTEM, book_id=book.id, name="冠名基金", kind=FundKind.NAMED)
    further = ledger.open_fund(
        session, SYSTEM, book_id=book.id, name="街道基金", kind=FundKind.STREET
    )
    give(session, named, 500)
    ledger.grant(
        session,
        SYSTEM,
        fund_id=named.id,
        into_fund_id=further.id,
        amount=YUAN(200),
        source="grant:1",
        occurred_on=date(2026, 3, 16),
    )
    session.commit()
    page = client.get(f"/organisations/{village.operator.id}/flow")
    said = text_of(page)
    for part in (
        "¥4,788.50 收入",
        "¥4,000.00 用出去",
        "¥788.50 在账",
        "冠名基金 → 街道基金：¥200.00",
        "企业 → 冠名基金：¥500.00",
        "街道基金 ¥0.00 ¥200.00 ¥0.00 ¥200.00",
    ):
        assert part in said or part in page.text or swapped(part) in said
    assert client.get(f"/organisations/{village.operator.id}/flow?year=2026").status_code == 200
    organisation = client.get(f"/organisations/{village.operator.id}")
    assert f"/organisations/{village.operator.id}/flow" in organisation.text


def swapped(part: str) -> str:
    """A fact as the page's text has it: what it counts, then the figure."""
    figure, _, what = part.partition(" ")
    return f"{what} {figure}"


def test_many_funds_are_told_together(
    client: SiteClient,
    auditor: SiteClient,
    session: Session,
    village: Village,
    book: Book,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "LINES", 10)
    for number in range(1, 33):
        fund = ledger.open_fund(
            session, SYSTEM, book_id=book.id, name=f"第{number:02d}号基金", kind=FundKind.NAMED
        )
        give(session, fund, number)
    page = client.get(f"/organisations/{village.operator.id}/flow")
    said = text_of(page)
    assert "其余 22 个基金" in said
    assert "还有 3 个金额更小的基金没有列出" in said
    assert f"收入 ¥{4288.5 + 528:,.2f}" in said or f"¥{4288.5 + 528:,.2f} 收入" in said
    assert "第32号基金" in said
    assert "第01号基金" not in said
    for number, named in ((1, "第01号基金"), (4, "第32号基金"), (99, "第32号基金")):
        said = text_of(auditor.get(f"/audits/statements/funds?page={number}"))
        assert named in said
        assert "合计 0.00 4,816.50" in said
    body = auditor.get("/audits/statements/funds.csv").data.decode("utf-8-sig")
    assert body.count("号基金") == 32


def test_an_organisation_without_a_book_says_so(
    client: SiteClient, village: Village, project: Project
) -> None:
    said = text_of(client.get(f"/organisations/{village.partner.id}/flow"))
    assert "没有在本站记账" in said
    assert "/flow" not in client.get(f"/organisations/{village.partner.id}").text
    assert client.get("/organisations/99999/flow").status_code == 404


@pytest.mark.parametrize("drawn", [11, 2, 1])
def test_funds_that_give_to_each_other_in_a_circle_are_drawn(
    client: SiteClient,
    session: Session,
    village: Village,
    book: Book,
    monkeypatch: pytest.MonkeyPatch,
    drawn: int,
) -> None:
    monkeypatch.setattr(flow_pages, "DRAWN", drawn)
    monkeypatch.setattr(flow_pages, "GRANTING", 1)
    funds = [
        ledger.open_fund(session, SYSTEM, book_id=book.id, name=name, kind=FundKind.NAMED)
        for name in ("甲", "乙")
    ]
    give(session, funds[0], 500)
    for number, (a, b) in enumerate([(0, 1), (1, 0)]):
        ledger.grant(
            session,
            SYSTEM,
            fund_id=funds[a].id,
            into_fund_id=funds[b].id,
            amount=YUAN(100),
            source=f"grant:{number}",
            occurred_on=date(2026, 3, 16),
        )
    session.commit()
    page = client.get(f"/organisations/{village.operator.id}/flow")
    assert page.status_code == 200
    assert "转给本机构别的基金" in text_of(page)
