"""The pages of the book: a fund for everybody, the seals, and the whole book for its readers."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.accounts.models import User
from charity.actor import Actor, Grant, Role
from charity.ledger import queries, tracing
from charity.ledger import services as ledger
from charity.ledger.models import Book, Entry, EntryKind
from charity.money import Money
from projects.listings.models import Project
from tests.conftest import SetClock
from tests.factories import make_actor, make_organisation
from tests.projects.listings.village import SYSTEM, Village
from tests.support.site import SignIn, SiteClient
from tests.web.counting import counted
from tests.web.donors import published, settle_village, text_of

YUAN = Money.yuan


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
def auditor(session: Session, sign_in: SignIn, village: Village) -> SiteClient:
    """An auditor's browser."""
    return enter(session, sign_in, make_actor(session, Grant(Role.AUDITOR)))


def enter(session: Session, sign_in: SignIn, actor: Actor) -> SiteClient:
    """Sign an actor in."""
    user = session.get(User, actor.user_id)
    assert user is not None
    session.commit()
    return sign_in(user)


def entry_of(session: Session, kind: EntryKind) -> Entry:
    """The first entry of a kind."""
    found = session.scalars(select(Entry).where(Entry.kind == kind).order_by(Entry.id)).first()
    assert found is not None
    return found


# ── for everybody ────────────────────────────────────────────────────────────────────────────────


def test_a_fund_says_where_it_stands_and_what_moved(client: SiteClient, project: Project) -> None:
    assert project.campaign is not None
    page = client.get(f"/funds/{project.campaign.fund_id}")
    said = text_of(page)
    assert project.title in said
    assert "到账，共 3 笔 ¥4,288.50" in said
    assert "付出 ¥4,000.00" in said
    assert "在账 ¥288.50" in said
    assert "其中 ¥88.00 已到账，待入账序" in said
    assert "第 1 批扶手" in said
    assert "2 笔" in said
    assert "王建国" in said
    assert "爱心人士" in said
    assert f"/projects/{project.id}" in page.text
    assert client.get("/funds/999").status_code == 404


def test_a_fund_without_money_has_empty_states(client: SiteClient, village: Village) -> None:
    project = published(village)
    assert project.campaign is not None
    said = text_of(client.get(f"/funds/{project.campaign.fund_id}"))
    assert "还没有付出去的钱" in said
    assert "还没有捐款到账" in said


def test_the_proof_shows_the_chain_so_that_anyone_can_compute_it(
    client: SiteClient, session: Session, village: Village, project: Project
) -> None:
    page = client.get("/proof")
    said = text_of(page)
    book = queries.book_of(session, village.operator.id)
    latest = tracing.latest_seal(session, book.id)
    assert latest is not None
    assert "已封存的分录 5" in said
    assert "等待封存的分录 1" in said
    assert latest.head.hex() in re.sub(r"\s", "", said)
    (content,) = re.findall(r'\{"at".*?\}', said)
    computed = hashlib.sha256(b"\x02" + latest.previous + content.encode()).hexdigest()
    assert computed == latest.head.hex()


def test_the_proof_of_an_empty_installation(client: SiteClient) -> None:
    assert "还没有账簿" in text_of(client.get("/proof"))


def test_the_proof_of_an_entry_leads_to_its_seal(
    client: SiteClient, session: Session, project: Project
) -> None:
    entry = entry_of(session, EntryKind.GIFT)
    page = client.get(f"/proof/{entry.id}")
    bare = re.sub(r"\s", "", text_of(page))
    proof = tracing.proof_of_entry(session, entry.id)
    assert proof is not None
    for digest in (proof.digest, proof.leaf, proof.seal.root, proof.seal.head):
        assert digest.hex() in bare
    assert proof.steps[0].sibling.hex() in bare
    assert "王建国" not in page.text
    unsealed = session.scalars(select(Entry.id).order_by(Entry.id.desc())).first()
    assert client.get(f"/proof/{unsealed}").status_code == 404


# ── for readers of the book ──────────────────────────────────────────────────────────────────────


def test_an_auditor_reads_every_entry(
    auditor: SiteClient, session: Session, village: Village, project: Project
) -> None:
    other = village.published(title="另一个项目", plan_number="51420704MJH000019JA26015")
    village.give(other, YUAN(7))
    session.commit()
    said = text_of(auditor.get("/audits/entries"))
    assert "共 8 笔分录" in said, "the deeds that opened the book and two funds stand there too"
    for part in ("第 1 批扶手", "expense:1:paid", "¥1,200.50", "待封存"):
        assert re.sub(r"expense:1", f"expense:{expense_id(session)}", part) in said
    assert other.campaign is not None
    said = text_of(auditor.get(f"/audits/entries?fund={other.campaign.fund_id}"))
    assert "共 1 笔分录" in said
    assert "¥1,200.50" not in said


def expense_id(session: Session) -> str:
    """The number of the one expense that was paid."""
    return entry_of(session, EntryKind.EXPENSE).source.split(":")[1]


def test_the_list_has_pages(
    auditor: SiteClient, session: Session, village: Village, project: Project
) -> None:
    for _ in range(30):
        village.give(project, YUAN(1))
    session.commit()
    said = text_of(auditor.get("/audits/entries?page=2"))
    assert "第 2 / 2 页" in said
    assert "第 1 批扶手" in said
    assert auditor.get("/audits/entries?page=999").status_code == 200
    assert auditor.get("/audits/entries?page=x&fund=y").status_code == 200
    assert auditor.get("/audits/entries?page=-1").status_code == 200
    for odd in ("9" * 30, "-1", "１"):
        assert auditor.get(f"/audits/entries?page={odd}&fund={odd}&book={odd}").status_code == 200


def test_an_entry_stands_beside_its_evidence(
    auditor: SiteClient, session: Session, project: Project
) -> None:
    entry = entry_of(session, EntryKind.EXPENSE)
    page = auditor.get(f"/audits/entries/{entry.id}")
    said = text_of(page)
    for part in (
        "5101 业务活动成本",
        "1002 银行存款",
        "3102 限定性净资产",
        "¥4,000.00",
        "FP000001",
    ):
        assert part in said
    assert "**** 4567" in said
    assert "6222020200001234567" not in page.text
    assert re.search(r'<img src="/vouchers/\d+"', page.text)
    assert entry.digest.hex() in re.sub(r"\s", "", said)


def test_an_entry_that_waits_for_its_seal_says_so(
    auditor: SiteClient, session: Session, project: Project
) -> None:
    newest = session.scalars(select(Entry).order_by(Entry.id.desc())).first()
    assert newest is not None
    said = text_of(auditor.get(f"/audits/entries/{newest.id}"))
    assert "正在等下一次封存" in said
    assert auditor.get("/audits/entries/999999").status_code == 404


def test_the_trial_balance_balances(
    auditor: SiteClient, session: Session, village: Village, project: Project
) -> None:
    book = queries.book_of(session, village.operator.id)
    ledger.move_to_bank(
        session,
        SYSTEM,
        book_id=book.id,
        amount=YUAN(4_200),
        source="test:clearing",
        occurred_on=book.opened_on,
    )
    session.commit()
    said = text_of(auditor.get("/audits/trial-balance", follow_redirects=True))
    assert "两边相等" in said
    assert "1009 其他货币资金 4,288.50 4,200.00 88.50" in said
    assert "1002 银行存款 4,200.00 4,000.00 200.00" in said
    assert "4101.1 捐赠收入（限定性） 4,288.50" in said


@pytest.mark.parametrize("role", [Role.APPROVER, Role.TREASURER, Role.AUDITOR])
def test_readers_of_the_operators_book(
    session: Session, sign_in: SignIn, village: Village, project: Project, role: Role
) -> None:
    grant = Grant(role, organisation_id=village.operator.id)
    browser = enter(session, sign_in, make_actor(session, grant))
    assert browser.get("/audits/entries").status_code == 200


def test_another_organisations_book_is_absent(
    session: Session, sign_in: SignIn, village: Village, project: Project
) -> None:
    """A treasurer reads the own book; the other one answers as if it did not exist."""
    other = make_organisation(session, name="另一个慈善会")
    ledger.open_book(session, SYSTEM, organisation_id=other.id, name="另一本账")
    grant = Grant(Role.TREASURER, organisation_id=other.id)
    browser = enter(session, sign_in, make_actor(session, grant))
    assert "另一本账" in text_of(browser.get("/audits/entries"))
    theirs = queries.book_of(session, village.operator.id)
    entry = entry_of(session, EntryKind.GIFT)
    assert browser.get(f"/audits/entries?book={theirs.id}").status_code == 404
    assert browser.get(f"/audits/statements/trial-balance?book={theirs.id}").status_code == 404
    assert browser.get(f"/audits/entries/{entry.id}").status_code == 404


def test_others_are_refused_and_guests_sign_in(
    client: SiteClient, session: Session, sign_in: SignIn, village: Village, project: Project
) -> None:
    assert client.get("/audits/entries").status_code == 302
    grant = Grant(Role.EDITOR, organisation_id=village.partner.id)
    browser = enter(session, sign_in, make_actor(session, grant))
    assert browser.get("/audits/entries").status_code == 403


def test_there_is_nothing_to_press(
    app: Flask, auditor: SiteClient, session: Session, project: Project
) -> None:
    rules: list[Any] = [r for r in app.url_map.iter_rules() if r.endpoint.startswith("ledger.")]
    assert rules
    assert all((rule.methods or set()) <= {"GET", "HEAD", "OPTIONS"} for rule in rules)
    entry = entry_of(session, EntryKind.EXPENSE)
    for path in ("/audits/entries", f"/audits/entries/{entry.id}", "/audits/statements/funds"):
        posts = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', auditor.get(path).text)
        assert posts == ["/account/sign-out"]


def test_the_list_asks_the_database_little(
    auditor: SiteClient, session: Session, project: Project
) -> None:
    auditor.get("/proof")
    with counted(session) as sent:
        assert auditor.get("/audits/entries").status_code == 200
    assert len(sent) <= 10, "\n".join(sent)


def test_a_fund_asks_the_database_little(
    client: SiteClient, session: Session, project: Project
) -> None:
    assert project.campaign is not None
    path = f"/funds/{project.campaign.fund_id}"
    with counted(session) as sent:
        assert client.get(path).status_code == 200
    assert len(sent) <= 22, "\n".join(sent)


def test_each_book_has_its_own_seals(
    client: SiteClient, session: Session, village: Village, project: Project
) -> None:
    other = make_organisation(session, name="另一个慈善会")
    book: Book = ledger.open_book(session, SYSTEM, organisation_id=other.id, name="另一本账")
    session.commit()
    assert "社会组织" in text_of(client.get("/proof"))
    said = text_of(client.get(f"/proof?book={book.id}"))
    assert "账簿还没有第一次封存" in said
    assert client.get("/proof?book=999").status_code == 404
