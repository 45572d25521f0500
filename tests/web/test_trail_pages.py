"""Following money both ways: a gift through other funds, a voucher to its givers, the proofs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.ledger import checks, tracing
from charity.ledger import queries as ledger_queries
from charity.ledger import services as ledger
from charity.ledger.models import FundKind
from charity.money import Money
from projects.listings.models import Project
from tests.conftest import SetClock
from tests.projects.listings.village import SYSTEM, Village
from tests.support.site import SiteClient
from tests.support.source import ROOT
from tests.web.counting import counted
from tests.web.donors import published, settle_village, text_of

YUAN = Money.yuan


@pytest.fixture
def village(session: Session, clock: SetClock) -> Village:
    """A village whose operator runs the site."""
    return settle_village(session)


@pytest.fixture
def project(village: Village) -> Project:
    """A project that takes gifts."""
    return published(village)


def street_fund(village: Village) -> int:
    fund = ledger.open_fund(
        village.session,
        SYSTEM,
        book_id=ledger_queries.book_of(village.session, village.operator.id).id,
        name="凤凰街道专项基金",
        kind=FundKind.STREET,
    )
    return fund.id


def granted(village: Village, project: Project) -> None:
    """Two givers' money reaches the project through the street's fund."""
    fund = street_fund(village)
    for number, yuan in enumerate((300, 500)):
        ledger.post_gift(
            village.session,
            SYSTEM,
            fund_id=fund,
            amount=YUAN(yuan),
            source=f"bank:{number}",
            occurred_on=house_clock.today(),
            giver=ledger.Giver(f"giver:{number}", "enterprise", "420704"),
        )
    assert project.campaign is not None
    ledger.grant(
        village.session,
        SYSTEM,
        fund_id=fund,
        into_fund_id=project.campaign.fund_id,
        amount=YUAN(700),
        source="grant:1",
        occurred_on=house_clock.today(),
    )


def test_a_voucher_names_everybodys_part(
    client: SiteClient, village: Village, project: Project, tmp_path: Path
) -> None:
    granted(village, project)
    village.give(project, YUAN(400), name="王建国")
    village.settle()
    expense = village.spend(project, YUAN(1_000), tmp_path, units=1)
    village.settle()
    page = text_of(client.get(f"/expenses/{expense.id}/gifts"))
    assert "¥1,000.00，背后是 3 位捐赠人的 3 笔捐赠" in page
    assert "¥700.00 70% 2 2" in page, "the enterprises' share"
    assert "¥300.00 30% 1 1" in page, "the villager's share"
    assert "凤凰街道专项基金 → " in page
    assert "王建国" not in page
    assert "看这笔钱是谁捐的" in text_of(client.get(f"/expenses/{expense.id}"))
    assert checks.verify(village.session) == []


def test_an_unpaid_expense_has_nobody_behind_it(
    client: SiteClient, village: Village, project: Project
) -> None:
    assert client.get("/expenses/999/gifts").status_code == 404


def test_the_givers_of_many_small_gifts_come_page_by_page(
    client: SiteClient, village: Village, project: Project, tmp_path: Path
) -> None:
    for _ in range(60):
        village.give(project, YUAN(20))
    village.settle()
    expense = village.spend(project, YUAN(1_180), tmp_path, units=1)
    village.settle()
    first = client.get(f"/expenses/{expense.id}/gifts")
    assert "背后是 59 位捐赠人的 59 笔捐赠" in text_of(first)
    html = first.get_data(as_text=True)
    assert html.count("¥20.00") == 50
    after = html.split("gifts?after=")[1].split('"')[0]
    second = client.get(f"/expenses/{expense.id}/gifts?after={after}").get_data(as_text=True)
    assert second.count("¥20.00") == 9
    with counted(village.session) as sent:
        client.get(f"/expenses/{expense.id}/gifts")
    assert len(sent) <= 20


def test_a_refund_is_a_step_of_the_gift(
    client: SiteClient, village: Village, project: Project
) -> None:
    donation = village.give(project, YUAN(90))
    village.settle()
    assert donation.entry_id is not None
    ledger.refund(
        village.session,
        SYSTEM,
        gift_entry_id=donation.entry_id,
        amount=YUAN(40),
        source="refund:1",
        occurred_on=house_clock.today(),
    )
    page = text_of(client.get(f"/donations/{donation.trail_token}"))
    assert "退还给捐赠人" in page
    assert "已用 ¥40.00 ，在账 ¥50.00" in page or "已用 ¥40.00，在账 ¥50.00" in page


def test_the_file_of_a_gift_is_checked_without_the_site(
    client: SiteClient, village: Village, project: Project, tmp_path: Path, clock: SetClock
) -> None:
    donation = village.give(project, YUAN(90))
    village.settle()
    clock.advance(days=1)
    ledger.publish_days(village.session, SYSTEM, before=house_clock.today())
    answer = client.get(f"/donations/{donation.trail_token}/proof.json")
    assert answer.mimetype == "application/json"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "王建国" not in answer.get_data(as_text=True)
    file = tmp_path / "gift.json"
    file.write_bytes(answer.data)
    assert _check(file).returncode == 0
    forged = json.loads(answer.data)
    forged["lines"][0]["entry"]["transfers"][0][-1] += 1
    file.write_text(json.dumps(forged), encoding="utf-8")
    assert _check(file).returncode != 0
    page = text_of(client.get(f"/donations/{donation.trail_token}"))
    assert "全天的封存头已经公布" in page


def test_the_heads_are_text_that_verify_reads(
    client: SiteClient, village: Village, project: Project, clock: SetClock
) -> None:
    village.give(project, YUAN(90))
    village.settle()
    clock.advance(days=1)
    ledger.publish_days(village.session, SYSTEM, before=house_clock.today())
    answer = client.get("/proof/heads.txt")
    assert answer.mimetype == "text/plain"
    kept = list(checks.read_heads(answer.get_data(as_text=True).splitlines()))
    assert len(kept) == 2
    *_, held = checks.checks(kept)
    assert held.name == "heads_kept"
    assert list(held.find(village.session, checks.untold)) == []
    latest = tracing.latest_day(village.session)
    assert latest is not None
    assert latest.head.hex()[:4] in text_of(client.get("/proof"))


def _check(file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(ROOT / "docs" / "check_book.py")]
    with file.open(encoding="utf-8") as text:
        return subprocess.run(command, stdin=text, capture_output=True, text=True)
