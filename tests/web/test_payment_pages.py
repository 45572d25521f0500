"""Pages of payments: bank files, advances and their vouchers, what village money waits for."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.approvals import queries as approvals
from charity.approvals.models import RequirementKind, RequirementState
from charity.money import Money
from charity.registry.models import Organisation, OrganisationKind
from charity.spending.models import Expense, ExpenseState, PaymentBatch, PaymentBatchItem
from charity.spending.services import BankLine
from tests.fixtures.papers import paper
from tests.fixtures.pictures import good_jpeg
from tests.support.site import SignIn, SiteClient
from tests.web.test_spending_pages import send, typed
from tests.web.world import World
from web.letters import put_into_words
from web.payments.writing import writer
from web.security.access import Who

FILES = "/desk/bank-files"


def sheet(content: bytes = b"", name: str = "minutes.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content or paper()), name


def test_nothing_in_a_bank_file_is_a_formula(app: Flask) -> None:
    line = BankLine(1, 7, "=cmd|'/c calc'!A0", "6222000011112222", Money.yuan("12.50"), "@SUM(A1)")
    with app.test_request_context():
        plain, chinese, book = (writer(each)([line]) for each in ("csv", "gb18030", "xlsx"))
    assert plain.decode("utf-8-sig") == chinese.decode("gb18030")
    row = plain.decode("utf-8-sig").splitlines()[1]
    assert "6222000011112222" in row
    assert "12.50" in row
    assert not [cell for cell in row.replace('"', "").split(",") if cell[:1] in "=@+-"]
    sheet_of = load_workbook(io.BytesIO(book)).worksheets[0]
    cells = next(sheet_of.iter_rows(min_row=2))
    assert [cell.data_type for cell in cells][1:3] == ["s", "s"]
    assert "f" not in {cell.data_type for cell in cells}


def test_the_letter_of_a_changed_account_says_what_to_do(app: Flask) -> None:
    data = {
        "payee": "洪港建材店", "last_digits": "7777", "until": "2026-03-18T10:00:00+08:00",
        "expense_id": 7,
    }  # fmt: skip
    with app.test_request_context():
        subject, text = put_into_words("spending.payee_account", data)
    assert subject == "洪港建材店 的收款账户换了"
    assert "尾号 7777" in text
    assert "2026-03-18 10:00" in text
    assert "/expenses/7" in text


def test_a_treasurer_writes_a_file_and_records_what_the_bank_paid(
    world: World, session: Session, sign_in: SignIn
) -> None:
    browser = sign_in(world.people[Who.TREASURER])
    page = browser.get(FILES).text
    assert "待批支出 2" in page
    assert "文件里的一笔" not in page
    chosen = world.things["approved_expense"]
    said = {"charity": world.things["operator"], "expense": chosen, "format": "gb18030"}
    made = browser.submit(FILES, said)
    assert made.status_code == 303
    here = made.headers["Location"]
    file = browser.get(f"{here}/file")
    assert "待批支出 2" in file.data.decode("gb18030")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["Cache-Control"] == "private, no-store"
    # an empty line is not paid, and a file without a day is refused beside its field
    wrong = browser.submit(f"{here}/paid", {f"reference-{chosen}": "B-77"})
    assert wrong.status_code == 422
    assert "B-77" in wrong.text
    paid = send(
        browser, f"{here}/paid",
        {f"reference-{chosen}": "B-77", "paid_on": clock.today().isoformat(), "proof": sheet()},
    )  # fmt: skip
    assert paid.status_code == 303
    session.expire_all()
    found = session.get_one(Expense, chosen)
    assert found.state is ExpenseState.PAID
    assert found.payout is not None
    proof = browser.get(f"/expenses/{chosen}/proof")
    assert proof.headers["Content-Type"] == "application/pdf"
    assert proof.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in proof.headers["Content-Security-Policy"]
    withdrawn = browser.submit(f"{here}/withdraw", {})
    assert withdrawn.status_code == 409
    assert session.scalar(select(PaymentBatchItem.is_standing).where(
        PaymentBatchItem.expense_id == chosen
    ))  # fmt: skip


def test_a_file_is_withdrawn_before_the_bank_has_it(
    world: World, session: Session, sign_in: SignIn
) -> None:
    browser = sign_in(world.people[Who.TREASURER])
    here = f"{FILES}/{world.things['bank_file']}"
    assert browser.submit(f"{here}/withdraw", {}).status_code == 303
    session.expire_all()
    assert session.get_one(PaymentBatch, world.things["bank_file"]).withdrawn_at == clock.now()
    assert "文件里的一笔" in browser.get(FILES).text


def test_an_advance_is_settled_on_its_pages(
    world: World, session: Session, sign_in: SignIn, client: SiteClient
) -> None:
    path = f"/expenses/{world.things['paid_advance']}"
    public = client.get(path).text
    assert "还差 ¥5.00" in public
    assert "看银行回单" not in public
    assert client.get(f"{path}/settlement").text.count("洪港五金店") == 1
    doer = sign_in(world.people[Who.STAFF])
    voucher = {
        "title": "螺丝", "amount": "5", "seller_name": "洪港五金店", "voucher_number": "FP-2",
        "spent_on": "2026-03-10", "paper": sheet(good_jpeg(50, 50), "a.jpg"),
    }  # fmt: skip
    approver = sign_in(world.people[Who.APPROVER])
    settle = f"{path}/requirements/advance_settled"
    early = approver.submit(settle, {"note": "看过"})
    assert early.status_code == 422
    assert "凭证还差 ¥5.00" in early.text
    assert send(doer, f"{path}/settlement", voucher).status_code == 303
    assert approver.submit(settle, {"note": "看过每一张"}).status_code == 303
    page = approver.get(path).text
    assert "看过每一张" in page
    assert "看过每一张" not in client.get(path).text


@pytest.mark.parametrize("way", ["met", "refused"])
def test_the_village_says_what_it_decided(
    world: World, session: Session, sign_in: SignIn, way: str
) -> None:
    village = session.get_one(Organisation, world.things["organisation"])
    village.kind, village.name = OrganisationKind.VILLAGE_COLLECTIVE, "洪港村股份经济合作社"
    session.commit()
    doer = sign_in(world.people[Who.STAFF])
    new = f"/projects/{world.things['published_project']}/expenses/new"
    wrong = send(doer, new, typed(world))
    assert "只能付给村集体经济组织" in wrong.text
    made = send(doer, new, typed(world, payee_name="洪港村股份经济合作社"))
    path = made.headers["Location"]
    acceptor = sign_in(world.people[Who.ACCEPTOR])
    page = acceptor.get(path).text
    for words in ("村里的决议", "公示", "区县慈善会同意"):
        assert words in page
    form = f"{path}/requirements/village_decision"
    assert form in page
    assert doer.get(form).status_code == 403
    without = acceptor.submit(form, {"note": "开过会"})
    assert "这一项必须附上材料" in without.text
    said: dict[str, object] = {"note": "户代表会议没有通过", "papers": sheet()}
    answer = send(acceptor, form, said | ({"refuse": "1"} if way == "refused" else {}))
    assert answer.status_code == 303
    subject = f"expense:{path.rsplit('/', 1)[1]}"
    asked = {each.kind: each for each in approvals.requirements(session, subject)}
    met = asked[RequirementKind.VILLAGE_DECISION]
    assert met.state is RequirementState(way)
    if way == "met":
        kept = acceptor.get(f"{form}/papers/1")
        assert kept.headers["Content-Type"] == "application/pdf"
        assert sign_in(world.people[Who.OTHER_STAFF]).get(f"{form}/papers/1").status_code == 404


def test_a_changed_account_is_shown_to_the_treasurer(
    world: World, session: Session, sign_in: SignIn
) -> None:
    new = f"/projects/{world.things['published_project']}/expenses/new"
    doer = sign_in(world.people[Who.STAFF])
    known = typed(world, payee_name="洪港建材店", amount="10", payee_account="9999 8888 7777")
    path = send(doer, new, known).headers["Location"]
    until = clock.now() + timedelta(hours=48)
    page = sign_in(world.people[Who.TREASURER]).get(FILES).text
    assert "尾号 7777" in page
    shown = until.astimezone(clock.CHINA)
    assert f"{shown:%Y-%m-%d %H:%M}" in doer.get(path).text
