"""The desk of statements and cash, and the page that tells a giver where to transfer."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from charity.donations.models import (
    CashCount,
    CashState,
    Donation,
    DonationState,
    RowState,
    Statement,
    StatementRow,
    StatementState,
)
from charity.money import Money
from tests.charity.donations.test_statements import HEAD, line, sheet
from tests.conftest import SetClock
from tests.support.live import Installation
from tests.support.site import SignIn, SiteClient
from tests.web.donors import gifts, give, published, settle_village, text_of
from tests.web.world import World
from web import ports
from web.security.access import Who
from web.statements import work

ACCOUNT = "4200 0000 1234 5678"


@pytest.fixture
def treasurer(world: World, sign_in: SignIn) -> SiteClient:
    """The operator's treasurer, signed in."""
    return sign_in(world.people[Who.TREASURER])


def with_bank(app: Flask) -> None:
    """Give the operator an account to which givers may transfer."""
    found: ports.Ports = app.extensions["wushe.ports"]
    settings = replace(found.settings, bank_name="鄂州农商行", bank_account=ACCOUNT)
    ports.init_app(app, replace(found, settings=settings))


def upload(client: SiteClient, world: World, content: bytes, **changed: str) -> TestResponse:
    form: dict[str, Any] = {
        "file": (io.BytesIO(content), "三月.csv"),
        "organisation_id": str(world.things["operator"]),
        "mapping": "通用银行流水",
        "campaign_id": "",
        **changed,
    }
    return client.submit("/desk/statements/upload", form)


def newest(session: Session) -> Statement:
    session.expire_all()
    return session.scalars(select(Statement).order_by(Statement.id.desc())).first() or Statement()


def rows(session: Session, statement: Statement) -> list[StatementRow]:
    session.expire_all()
    query = select(StatementRow).where(StatementRow.statement_id == statement.id)
    return list(session.scalars(query.order_by(StatementRow.number)))


# ── the giver ────────────────────────────────────────────────────────────────────────────────────


def test_a_giver_may_transfer_and_is_told_where_and_what_to_write(
    app: Flask, client: SiteClient, session: Session, clock: SetClock
) -> None:
    with_bank(app)
    project = published(settle_village(session))
    page = text_of(client.get(f"/projects/{project.id}/donate"))
    assert "银行转账" in page
    answer = give(client, project, way="transfer")
    gift = gifts(session)[0]
    assert answer.location == f"/donations/{gift.trail_token}?how=transfer"
    told = client.get(answer.location)
    text = text_of(told)
    reference = gift.payments[0].remote_id or ""
    assert "处理中，等你的转账到账" in text
    assert f"WS {reference[2:6]} {reference[6:]}" in text
    copied = dict(re.findall(r'<input class="mono" id="(\w+)"[^>]* value="([^"]*)"', told.text))
    assert copied["reference"] == reference
    assert copied["account"] == ACCOUNT
    assert copied["sum"] == "200.00"
    assert "Refresh" not in told.headers
    assert gift.state is DonationState.PENDING


def test_without_an_account_nobody_is_asked_how_to_pay(
    client: SiteClient, session: Session, clock: SetClock
) -> None:
    project = published(settle_village(session))
    assert "银行转账" not in text_of(client.get(f"/projects/{project.id}/donate"))
    assert give(client, project, way="transfer").status_code == 422


# ── statements ───────────────────────────────────────────────────────────────────────────────────


def test_a_statement_is_tried_looked_at_and_confirmed(
    treasurer: SiteClient, world: World, session: Session
) -> None:
    content = sheet(
        line("A1", "66.00", day="2026-03-14"), line("A2", "x"), ["合计", "", "", "70.00"]
    )
    answer = upload(treasurer, world, content)
    statement = newest(session)
    assert answer.location == f"/desk/statements/{statement.id}"
    page = text_of(treasurer.get(answer.location))
    for said in ("控制合计", "¥66.00", "合计对不上，相差 ¥4.00", "第 3 行", "“x”不是准确的金额"):
        assert said in page
    assert statement.state is StatementState.READ
    before = len(gifts(session))
    treasurer.submit(f"/desk/statements/{statement.id}/apply", {})
    assert newest(session).state is StatementState.APPLIED
    assert len(gifts(session)) == before
    assert upload(treasurer, world, content).location == answer.location
    assert "1 笔进账等你说明" in text_of(treasurer.get("/desk"))


def test_what_nothing_matched_is_explained_by_people(
    treasurer: SiteClient, world: World, session: Session
) -> None:
    donation = session.get_one(Donation, world.things["donation_id"])
    upload(treasurer, world, sheet(line("B1", "66.00"), line("B2", "30.00"), line("B3", "1.00")))
    statement = newest(session)
    treasurer.submit(f"/desk/statements/{statement.id}/apply", {})
    page = text_of(treasurer.get("/desk/statements/queue"))
    assert "¥66.00" in page
    first, second, third = rows(session, statement)
    before = len(gifts(session))
    treasurer.submit(
        "/desk/statements/rows",
        {"row": str(first.id), "campaign_id": str(donation.campaign_id), "act": "assign"},
    )
    made = gifts(session)
    assert len(made) == before + 1
    assert (made[-1].amount, made[-1].state) == (Money.yuan(66), DonationState.SETTLED)
    waiting = next(gift for gift in made if gift.amount == Money.yuan(30))
    assert f"第 {waiting.id} 号捐款" in text_of(treasurer.get("/desk/statements/queue"))
    treasurer.submit(f"/desk/statements/rows/{second.id}/donation/{waiting.id}", {})
    assert {gift.id: gift for gift in gifts(session)}[waiting.id].state is DonationState.SETTLED
    treasurer.submit(
        "/desk/statements/rows", {"row": str(third.id), "act": "ignore", "note": "利息"}
    )
    assert rows(session, statement)[2].state is RowState.IGNORED
    assert "利息" in text_of(treasurer.get(f"/desk/statements/{statement.id}?state=ignored"))
    treasurer.submit(f"/desk/statements/rows/{third.id}/reconsider", {})
    assert rows(session, statement)[2].state is RowState.UNMATCHED


def test_the_sheet_comes_back_with_what_is_wrong_in_which_row(
    treasurer: SiteClient, world: World, session: Session
) -> None:
    upload(
        treasurer, world, sheet(line("C1", "66.00"), line("C2", "=1"), ["某行"], line("C3", "0"))
    )
    answer = treasurer.get(f"/desk/statements/{newest(session).id}/errors.xlsx")
    table = load_workbook(io.BytesIO(answer.data)).active
    assert table is not None
    told = list(table.iter_rows(values_only=True))
    assert told[0][:3] == ("行", "错误", HEAD[0])
    assert told[1][1] in ("", None)
    assert told[2][0] == "第 3 行"
    assert "公式" in str(told[2][1])
    assert told[2][5] == "=1"
    assert len(told) == 5


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "请选一个文件"), (b"a,b\n", "找不到表头"), (b"\xd0\xcf\x11\xe0", "旧版 Excel")],
)
def test_what_is_no_statement_is_told_and_not_kept(
    treasurer: SiteClient, world: World, session: Session, content: bytes, said: str
) -> None:
    before = newest(session).id
    answer = upload(treasurer, world, content)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert newest(session).id == before


def test_a_platforms_sheet_wants_its_campaign(
    treasurer: SiteClient, world: World, session: Session
) -> None:
    content = sheet(["T1", "2026-03-14", "8.00"], head=["订单号", "日期", "金额"])
    answer = upload(treasurer, world, content, mapping="通用平台账单")
    assert answer.status_code == 422
    assert "要选记给哪个项目" in text_of(answer)
    campaign = str(world.things["campaign"])
    upload(treasurer, world, content, mapping="通用平台账单", campaign_id=campaign)
    assert [row.state for row in rows(session, newest(session))] == [RowState.MATCHED]


def test_a_long_statement_is_read_and_applied_by_the_worker(
    app: Flask,
    treasurer: SiteClient,
    world: World,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(work, "AT_ONCE", 0)
    content = sheet(["T1", "2026-03-14", "8.00"], head=["订单号", "日期", "金额"])
    campaign = str(world.things["campaign"])
    answer = upload(treasurer, world, content, mapping="通用平台账单", campaign_id=campaign)
    page = treasurer.get(answer.location or "")
    assert page.headers["Refresh"] == "3"
    assert "<progress" in page.text
    before = len(gifts(session))
    with app.app_context():
        work.catch_up_statements()
    monkeypatch.setattr("web.statements.views.PORTION", 0)
    treasurer.submit(f"{answer.location}/apply", {})
    assert "<progress" in treasurer.get(answer.location or "").text
    assert len(gifts(session)) == before
    with app.app_context():
        work.catch_up_statements()
    assert len(gifts(session)) == before + 1
    assert "Refresh" not in treasurer.get(answer.location or "").headers


def test_a_format_is_taught_a_new_word(
    treasurer: SiteClient, world: World, session: Session
) -> None:
    content = sheet(["2026-03-14", "8.00"], head=["哪天", "多少"])
    assert upload(treasurer, world, content).status_code == 422
    path = "/desk/statements/mappings/edit?name=通用银行流水"
    assert "记账日期" in treasurer.get(path).text
    form = {
        "name": "通用银行流水",
        "kind": "bank",
        "booked_on": "哪天\n日期",
        "amount": "多少，金额",
    }
    treasurer.submit(path, form)
    assert upload(treasurer, world, content).status_code == 303
    assert "改过" in text_of(treasurer.get("/desk/statements/mappings"))
    answer = treasurer.submit(path, {**form, "booked_on": ""})
    assert answer.status_code == 422


def test_a_dry_run_can_be_thrown_away(
    treasurer: SiteClient, world: World, session: Session
) -> None:
    path = f"/desk/statements/{world.things['statement']}"
    treasurer.submit(f"{path}/discard", {})
    session.expire_all()
    found = session.get_one(Statement, world.things["statement"])
    assert found.state is StatementState.DISCARDED
    assert treasurer.submit(f"{path}/apply", {}).status_code == 409


# ── cash ─────────────────────────────────────────────────────────────────────────────────────────


def test_cash_is_counted_twice_and_the_second_is_not_told_the_first(
    world: World, session: Session, sign_in: SignIn
) -> None:
    client = sign_in(world.people[Who.APPROVER])
    form = {
        "campaign_id": str(world.things["campaign"]),
        "place": "二号募捐箱",
        "counted_on": "2026-03-15",
        "amount": "123.40",
        "slips": "21 100 张三\n23，20",
    }
    answer = client.submit("/desk/cash/new", form)
    path = answer.location or ""
    count = session.scalars(select(CashCount).order_by(CashCount.id.desc())).first()
    assert count is not None
    assert [(slip.number, slip.giver_name) for slip in count.slips] == [(21, "张三"), (23, "")]
    assert "¥123.40" in text_of(client.get(path))
    assert client.submit(f"{path}/confirm", {"amount": "123.40"}).status_code == 422
    assert "已经用过" in text_of(client.submit("/desk/cash/new", form))
    wrong = {**form, "slips": "二十一 100"}
    assert "这一行读不懂" in text_of(client.submit("/desk/cash/new", wrong))
    client = sign_in(world.people[Who.TREASURER])
    seen = text_of(client.get(path))
    assert "请你再清点一遍" in seen
    assert "123.40" not in seen
    assert "123.40" not in text_of(client.get("/desk/cash"))
    assert client.submit(f"{path}/confirm", {"amount": "123.50"}).status_code == 422
    before = len(gifts(session))
    client.submit(f"{path}/confirm", {"amount": "123.40"})
    assert len(gifts(session)) == before + 3
    assert "22" in text_of(client.get("/desk/cash"))
    upload(client, world, sheet(line("D1", "123.40", "现金", day="2026-03-16")))
    row = rows(session, newest(session))[0]
    assert "2026-03-16 · ¥123.40" in text_of(client.get(path))
    client.submit(f"{path}/deposit", {"row": str(row.id)})
    session.expire_all()
    assert count.state is CashState.DEPOSITED


def test_a_wrong_count_is_voided(treasurer: SiteClient, world: World, session: Session) -> None:
    path = f"/desk/cash/{world.things['cash_count']}"
    treasurer.submit(f"{path}/void", {})
    session.expire_all()
    assert session.get_one(CashCount, world.things["cash_count"]).state is CashState.VOID
    row = str(world.things["statement_row"])
    assert treasurer.submit(f"{path}/deposit", {"row": row}).status_code == 303


# ── the command ──────────────────────────────────────────────────────────────────────────────────


def test_the_command_tries_first_and_says_honestly_how_it_ended(
    installation: Installation,
) -> None:
    file = installation.folder / "流水.csv"
    file.write_bytes(sheet(line("1", "8.00"), line("2", "x")))
    tried = installation.wushe("import", "statement", str(file))
    assert tried.returncode == 3
    assert "row 3, income: statements.no_amount" in tried.stdout
    assert "nothing was stored" in tried.stdout
    file.write_bytes(sheet(line("1", "8.00")))
    assert installation.wushe("import", "statement", str(file)).returncode == 0
    file.write_bytes(b"nothing")
    refused = installation.wushe("import", "statement", str(file))
    assert refused.returncode == 1
    assert installation.wushe("import", "statement", str(file), "--yes").returncode == 2
