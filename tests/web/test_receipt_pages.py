"""The desk of receipts: what is owed, numbers one by one and by spreadsheet; the list of givers."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.accounts.models import User
from charity.actor import Actor
from charity.donations import services
from charity.donations.models import Donation, GiverKind, Receipt, ReceiptState
from charity.money import Money
from projects.listings.models import Project
from tests.conftest import SetClock
from tests.projects.listings.village import Village
from tests.support.site import SignIn, SiteClient
from tests.web.donors import published, settle_village, text_of
from web.certificates.words import number_of
from web.givers.masks import mask_contact, shown_giver
from web.receipts import sheets

GUEST = Actor.guest()


@pytest.fixture
def village(session: Session, clock: SetClock) -> Village:
    """A village whose operator runs the site."""
    return settle_village(session)


@pytest.fixture
def project(village: Village) -> Project:
    """A project that takes gifts."""
    return published(village)


@pytest.fixture
def treasurer(session: Session, village: Village, sign_in: SignIn) -> SiteClient:
    """The treasurer of the charity, signed in."""
    user = session.get(User, village.treasurer.user_id)
    assert user is not None
    return sign_in(user)


def wanted(village: Village, project: Project, name: str = "诸葛青云") -> Donation:
    """A gift whose giver wants a receipt."""
    gift = village.give(project, Money.yuan(200), name=name)
    services.ask_receipt(village.session, GUEST, token=gift.trail_token, payer_name=f"{name}本人")
    village.session.commit()
    return gift


def receipts(session: Session) -> list[Receipt]:
    session.expire_all()
    return list(session.scalars(select(Receipt).order_by(Receipt.id)))


# ── what is owed ─────────────────────────────────────────────────────────────────────────────────


def test_the_desk_lists_what_is_owed_with_the_days_left(
    treasurer: SiteClient, village: Village, project: Project
) -> None:
    wanted(village, project)
    village.give(project, Money.yuan(50), name="没有问过的人")
    village.give(project, Money.yuan(70))
    village.session.commit()
    said = text_of(treasurer.get("/desk/receipts"))
    assert "诸葛青云本人" in said
    assert "没有问过的人" not in said
    assert said.count("还有 30 天") == 1
    said = text_of(treasurer.get("/desk/receipts?which=unasked"))
    assert "没有问过的人" in said
    assert "诸葛青云本人" not in said
    assert "¥70.00" not in said
    assert len(owed(treasurer)) == 3
    assert "捐赠票据" in text_of(treasurer.get("/desk"))


def test_past_the_thirty_days_it_says_so(
    session: Session, village: Village, project: Project, clock: SetClock, sign_in: SignIn
) -> None:
    wanted(village, project)
    clock.advance(days=32)
    user = session.get(User, village.treasurer.user_id)
    assert user is not None
    assert "超过 2 天" in text_of(sign_in(user).get("/desk/receipts"))


def test_one_number_is_recorded(
    treasurer: SiteClient, session: Session, village: Village, project: Project
) -> None:
    gift = wanted(village, project)
    page = f"/desk/receipts/{gift.id}"
    assert "贰佰元整" in text_of(treasurer.get(page))
    typed = {
        "batch_code": "42060126", "number": "0000012345", "check_code": "a1b2c3",
        "issued_on": "2026-03-16",
    }  # fmt: skip
    for field, wrong, words in (
        ("number", "12", "至少"),
        ("number", "12-4567890", "6 到 20 位数字"),
        ("issued_on", "2026-03-15", "早于到账日"),
        ("issued_on", "2026-04-01", "今天或以前"),
        ("issued_on", "", "请填写"),
    ):
        answer = treasurer.submit(page, {**typed, field: wrong})
        assert answer.status_code == 422
        assert words in text_of(answer)
    assert treasurer.submit(page, typed).status_code == 303
    (receipt,) = receipts(session)
    assert (receipt.state, receipt.number) == (ReceiptState.ISSUED, "0000012345")
    assert receipt.recorded_by_user_id == village.treasurer.user_id
    assert "没有待开的票据" in text_of(treasurer.get("/desk/receipts"))


def test_who_was_asked_and_needs_none_is_recorded(
    treasurer: SiteClient, session: Session, village: Village, project: Project
) -> None:
    gift = village.give(project, Money.yuan(50), name="没有问过的人")
    session.commit()
    assert treasurer.submit(f"/desk/receipts/{gift.id}/waived").status_code == 303
    (receipt,) = receipts(session)
    assert receipt.state is ReceiptState.WAIVED
    assert receipt.recorded_by_user_id == village.treasurer.user_id
    assert "没有待开的票据" in text_of(treasurer.get("/desk/receipts?which=unasked"))
    other = wanted(village, project)
    assert treasurer.submit(f"/desk/receipts/{other.id}/waived").status_code == 409


# ── by spreadsheet ───────────────────────────────────────────────────────────────────────────────


def filled(table: list[list[str]]) -> bytes:
    """The list as Excel gives it back."""
    book = Workbook()
    sheet: Any = book.active
    for row in table:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def owed(treasurer: SiteClient) -> list[list[str]]:
    """The list as it is handed out."""
    text = treasurer.get("/desk/receipts/owed.csv").data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def hand_in(treasurer: SiteClient, content: bytes, name: str = "list.xlsx") -> Any:
    return treasurer.submit(
        "/desk/receipts/import",
        {"sheet": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )


def test_the_list_goes_out_is_filled_in_and_comes_back(
    treasurer: SiteClient, session: Session, village: Village, project: Project
) -> None:
    wanted(village, project), wanted(village, project, "张三"), wanted(village, project, "李四")
    table = owed(treasurer)
    assert table[0][:2] == ["捐赠编号", "交款人"]
    assert table[1][5] == "贰佰元整"
    for number, row in enumerate(table[1:], start=1):
        row[8:] = ["42060126", f"000001234{number}", "", "2026/3/16"]
    table[3][9] = table[1][9]
    looked = hand_in(treasurer, filled(table))
    assert "共 3 行，其中 2 行可以记下" in text_of(looked)
    assert "已经记在另一笔捐款上" in text_of(looked)
    assert {receipt.state for receipt in receipts(session)} == {ReceiptState.WANTED}, "only looked"
    packed = re.search(r'name="rows" value="([^"]*)"', looked.text)
    assert packed is not None
    answer = treasurer.submit("/desk/receipts/import", {"rows": html.unescape(packed[1])})
    assert answer.status_code == 303
    states = [receipt.state for receipt in receipts(session)]
    assert states == [ReceiptState.ISSUED, ReceiptState.ISSUED, ReceiptState.WANTED]
    again = treasurer.submit("/desk/receipts/import", {"rows": html.unescape(packed[1])})
    assert again.status_code == 303, "the same again is no change"


def test_a_list_in_the_encoding_of_old_excel_is_read(
    treasurer: SiteClient, session: Session, village: Village, project: Project
) -> None:
    gift = wanted(village, project)
    text = (
        f"捐赠编号,票据代码,票据号码,开票日期\r\n{number_of(gift)},42060126,0000012345,20260316\r\n"
    )
    assert "其中 1 行可以记下" in text_of(hand_in(treasurer, text.encode("gb18030"), "a.csv"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "请选一个文件|没有找到表头"),
        (b"PK\x03\x04broken", "打不开"),
        ("甲,乙\n1,2\n".encode(), "没有找到表头"),
        ("捐赠编号,票据代码,票据号码,开票日期\n1,,,\n".encode(), "没有填了票据号码的行"),
        (b"\xff" * 40, "没有找到表头|打不开"),
        (b"x" * 20_001, "文件太大"),
    ],
)
def test_a_file_that_is_none_of_ours_is_told(
    treasurer: SiteClient, monkeypatch: pytest.MonkeyPatch, content: bytes, words: str
) -> None:
    monkeypatch.setattr(sheets, "MOST_BYTES", 20_000)
    answer = hand_in(treasurer, content)
    assert answer.status_code == 422
    assert re.search(words, text_of(answer))


@pytest.mark.parametrize("rows", ["x", "[1]", '[{"line": "x"}]', "{}" * 3])
def test_rows_that_were_tampered_with_do_nothing(treasurer: SiteClient, rows: str) -> None:
    answer = treasurer.submit("/desk/receipts/import", {"rows": rows})
    assert answer.status_code == 422


def test_a_row_of_another_charity_is_refused_by_the_same_rule(
    treasurer: SiteClient, session: Session, village: Village, project: Project
) -> None:
    wanted(village, project)
    text = "捐赠编号,票据代码,票据号码,开票日期\n99999,42060126,0000012345,2026-03-16\n"
    assert "其中 0 行可以记下" in text_of(hand_in(treasurer, text.encode(), "a.csv"))


def test_names_in_the_list_are_no_formulas(
    treasurer: SiteClient, village: Village, project: Project
) -> None:
    wanted(village, project, "=HYPERLINK(1)")
    assert owed(treasurer)[1][1].startswith("'=")
    book = load_workbook(io.BytesIO(treasurer.get("/desk/receipts/owed.xlsx").data))
    sheet: Any = book.active
    assert sheet.cell(2, 2).data_type == "s"


# ── who gave ─────────────────────────────────────────────────────────────────────────────────────


def test_the_organisation_reads_only_those_who_let_it(
    session: Session, village: Village, project: Project, sign_in: SignIn
) -> None:
    for name, contact, shown in (
        ("诸葛青云", "zhuge@example.org", True),
        ("欧阳明日", "13800138000", False),
    ):
        gift = village.give(project, Money.yuan(200), name=name)
        gift.contact, gift.is_shown_to_organisation = contact, shown
        gift.name_is_public = False
    session.commit()
    user = session.get(User, village.editor.user_id)
    assert user is not None
    browser = sign_in(user)
    assert project.title in text_of(browser.get("/desk/givers"))
    page = browser.get(f"/desk/givers/{project.campaign_id}")
    said = text_of(page)
    assert "诸葛青云" in said
    assert "zhuge@example.org" in said
    assert "欧**日" in said
    assert "138****8000" in said
    assert "欧阳明日" not in page.text
    assert "13800138000" not in page.text


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("", ""),
        ("13800138000", "138****8000"),
        ("+86 138 0013 8000", "861****8000"),
        ("zhuge@example.org", "z***@example.org"),
        ("@x", "****"),
        ("微信号", "****"),
        ("110", "****"),
    ],
)
def test_a_masked_contact(contact: str, shown: str) -> None:
    assert mask_contact(contact) == shown


def test_an_enterprise_is_not_masked(village: Village, project: Project) -> None:
    gift = village.give(project, Money.yuan(5), name="花湖建材商行", kind=GiverKind.ENTERPRISE)
    assert shown_giver(gift).name == "花湖建材商行"
