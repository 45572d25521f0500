"""The giver's own pages after the gift: switches, receipt, statements, personal data."""

from __future__ import annotations

import io
import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from charity.accounts.models import User
from charity.donations import services
from charity.donations.models import Donation, DonationState, GiverKind, Receipt, ReceiptState
from charity.letters import Letter
from charity.money import Money
from charity.registry.models import Campaign, FundraisingMode
from projects.listings.models import Project
from tests.conftest import SetClock
from tests.factories import make_actor
from tests.projects.listings.village import Village
from tests.support.site import SignIn, SiteClient
from tests.web.donors import gifts, give, published, settle_village, text_of, typed

NAME, CONTACT, WORDS = "诸葛青云", "zhuge@example.org", "愿老人平安过冬"
USCC = "51420704MJH000019J"


@pytest.fixture
def village(session: Session, clock: SetClock) -> Village:
    """A village whose operator runs the site."""
    return settle_village(session)


@pytest.fixture
def project(village: Village) -> Project:
    """A project that takes gifts."""
    return published(village)


def paid(client: SiteClient, session: Session, project: Project, **changed: str) -> Donation:
    """A gift given and paid on the pages, sealed or not."""
    said = {"giver_name": NAME, "contact": CONTACT, "message": WORDS, **changed}
    pay_page = give(client, project, **said).location
    client.submit(pay_page, {"paid": "1"})
    return gifts(session)[-1]


def receipt_of(session: Session, gift: Donation) -> Receipt:
    session.expire_all()
    return session.scalars(select(Receipt).where(Receipt.donation_id == gift.id)).one()


# ── switches ─────────────────────────────────────────────────────────────────────────────────────


def test_the_giver_changes_both_switches_and_the_public_list_follows(
    client: SiteClient, session: Session, project: Project
) -> None:
    gift = paid(client, session, project)
    assert (gift.name_is_public, gift.is_shown_to_organisation) == (False, False)
    here = f"/projects/{project.id}"
    assert NAME not in client.get(here).text
    answer = client.submit(
        f"/donations/{gift.trail_token}/wishes",
        {"giver_name": NAME, "name_is_public": "y", "is_shown_to_organisation": "y"},
    )
    assert urlsplit(answer.location).path == f"/donations/{gift.trail_token}"
    (gift,) = gifts(session)
    assert (gift.name_is_public, gift.is_shown_to_organisation) == (True, True)
    assert NAME in client.get(here).text
    client.submit(f"/donations/{gift.trail_token}/wishes", {"giver_name": NAME})
    assert NAME not in client.get(here).text
    assert not gifts(session)[0].is_shown_to_organisation


def test_a_public_name_that_is_missing_is_told(
    client: SiteClient, session: Session, project: Project
) -> None:
    gift = paid(client, session, project)
    own_page = f"/donations/{gift.trail_token}"
    client.submit(f"{own_page}/wishes", {"name_is_public": "y"})
    assert "请写上名字" in text_of(client.get(own_page))
    assert gifts(session)[0].giver_name == NAME


def test_the_form_of_giving_asks_for_both(
    client: SiteClient, session: Session, project: Project
) -> None:
    gift = paid(client, session, project, is_shown_to_organisation="y")
    assert (gift.name_is_public, gift.is_shown_to_organisation) == (False, True)
    assert gift.giver_key is not None


# ── receipts ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({}, ReceiptState.WAIVED),
        ({"payer_name": "诸葛青云"}, ReceiptState.WANTED),
        ({"giver_name": "", "contact": "", "message": ""}, ReceiptState.ANONYMOUS),
    ],
)
def test_whether_a_receipt_is_wanted_is_recorded_with_the_gift(
    client: SiteClient,
    session: Session,
    project: Project,
    said: dict[str, str],
    state: ReceiptState,
) -> None:
    gift = paid(client, session, project, **said)
    assert receipt_of(session, gift).state is state


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"giver_kind": "unit", "payer_name": "燕矶中学"}, "统一社会信用代码"),
        ({"payer_name": "张三", "payer_uscc": USCC}, "不写信用代码"),
        ({"giver_kind": "unit", "payer_name": "燕矶中学", "payer_uscc": USCC[:-1] + "A"}, "校验"),
    ],
)
def test_a_receipt_that_cannot_be_is_told_beside_its_field(
    client: SiteClient, session: Session, project: Project, said: dict[str, str], words: str
) -> None:
    answer = give(client, project, **said)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert '<details class="why" open>' in answer.text
    assert gifts(session) == []


def test_a_form_sent_again_after_the_receipt_was_issued_still_leads_to_the_gift(
    client: SiteClient, session: Session, village: Village, project: Project
) -> None:
    form = typed(giver_name=NAME, payer_name=NAME)
    client.submit(client.submit(f"/projects/{project.id}/donate", form).location, {"paid": "1"})
    (gift,) = gifts(session)
    services.record_receipt(
        session, village.treasurer, donation_id=gift.id, batch_code="42060126",
        number="0000012345", check_code="abc123", issued_on=gift.created_at.date(),
    )  # fmt: skip
    session.commit()
    answer = client.submit(f"/projects/{project.id}/donate", form)
    assert answer.location == f"/donations/{gift.trail_token}"
    said = text_of(client.get(f"/donations/{gift.trail_token}/receipt"))
    assert "42060126" in said
    assert "0000012345" in said
    assert "0000012345" in text_of(client.get(f"/donations/{gift.trail_token}"))


def test_the_giver_asks_later_changes_the_payer_and_waives(
    client: SiteClient, session: Session, project: Project
) -> None:
    gift = paid(client, session, project)
    page = f"/donations/{gift.trail_token}/receipt"
    assert "现在记着：不要票据" in text_of(client.get(page))
    assert client.submit(page, {"payer_name": ""}).status_code == 422
    assert client.submit(page, {"payer_name": "诸葛先生"}).status_code == 303
    client.submit(page, {"payer_name": "诸葛青云"})
    receipt = receipt_of(session, gift)
    assert (receipt.state, receipt.payer_name) == (ReceiptState.WANTED, "诸葛青云")
    client.submit(f"{page}/waive")
    assert receipt_of(session, gift).state is ReceiptState.WAIVED


@pytest.mark.parametrize("mode", [FundraisingMode.MUTUAL_AID, FundraisingMode.GRANT])
def test_money_that_is_no_donation_has_no_receipt_and_the_page_says_so(
    client: SiteClient, session: Session, project: Project, mode: FundraisingMode
) -> None:
    gift = paid(client, session, project)
    session.execute(update(Campaign).values(mode=mode))
    session.commit()
    page = client.get(f"/donations/{gift.trail_token}/receipt")
    assert "这笔钱没有捐赠票据" in text_of(page)
    assert 'name="payer_name"' not in page.text
    refused = client.submit(f"/donations/{gift.trail_token}/receipt", {"payer_name": "张三"})
    assert refused.status_code == 422


def test_a_gift_that_went_back_whole_keeps_its_page_and_has_no_receipt(
    client: SiteClient, session: Session, project: Project
) -> None:
    gift = paid(client, session, project)
    session.execute(update(Donation).values(state=DonationState.REFUNDED, refunded=Donation.amount))
    session.commit()
    own_page = f"/donations/{gift.trail_token}"
    assert "还没有付款" not in text_of(client.get(own_page))
    assert "谁看得到你" in text_of(client.get(own_page))
    assert "没有票据可开" in text_of(client.get(f"{own_page}/receipt"))
    client.submit(f"{own_page}/certificate")
    assert "已经全部退还" in text_of(client.get(f"{own_page}/certificate"))


# ── statements ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def giver(session: Session, village: Village, project: Project, clock: SetClock) -> User:
    """Somebody who gave three times signed in: before, in, and at the end of a range."""
    actor = make_actor(session)
    for days, sum_ in ((0, 100), (10, 200), (10, 300)):
        clock.advance(days=days)
        gift = village.give(project, Money.yuan(sum_), name="=cmd()")
        gift.person_id = actor.person_id
    session.commit()
    user = session.get(User, actor.user_id)
    assert user is not None
    return user


def test_the_statement_of_any_range_of_days(giver: User, sign_in: SignIn) -> None:
    browser = sign_in(giver)
    said = text_of(browser.get("/account/giving"))
    assert "共 3 笔" in said
    assert "¥600.00" in said
    said = text_of(browser.get("/account/giving?from=2026-03-17&to=2026-03-26"))
    assert "共 1 笔" in said
    assert "¥200.00" in said
    said = text_of(browser.get("/account/giving?from=2026-04-05&to=2026-04-05"))
    assert "¥300.00" in said
    assert "没有到账的捐款" in text_of(browser.get("/account/giving?from=2025-01-01&to=2025-12-31"))


@pytest.mark.parametrize("asked", ["from=x&to=2026-99-99", "from=0001-01-01", "to=9999-12-31"])
def test_a_day_that_cannot_be_read_is_told(giver: User, sign_in: SignIn, asked: str) -> None:
    page = sign_in(giver).get(f"/account/giving?{asked}")
    assert page.status_code == 200
    assert "写的日期看不懂" in text_of(page)


def test_the_statement_as_files(giver: User, sign_in: SignIn) -> None:
    browser = sign_in(giver)
    table = browser.get("/account/giving.csv").data.decode("utf-8-sig")
    assert "2026-03-16" in table
    assert table.rstrip().splitlines()[-1].startswith("合计,,,600.00,0.00,600.00")
    sheet: Any = load_workbook(io.BytesIO(browser.get("/account/giving.xlsx").data)).active
    assert sheet.cell(4, 4).value == 100
    assert browser.get("/account/giving.pdf").data.startswith(b"%PDF-")
    assert browser.get("/account/giving.exe").status_code == 404


def test_another_giver_sees_nothing(giver: User, session: Session, sign_in: SignIn) -> None:
    other = session.get(User, make_actor(session).user_id)
    session.commit()
    assert other is not None
    assert "没有到账的捐款" in text_of(sign_in(other).get("/account/giving"))


def test_a_guest_is_sent_the_link_of_the_whole_statement(
    client: SiteClient, session: Session, project: Project
) -> None:
    first = paid(client, session, project)
    paid(client, session, project, contact=" Zhuge@Example.org ", amount="1000")
    paid(client, session, project, contact="other@example.org", amount="50")
    assert client.submit(f"/donations/{first.trail_token}/statement").status_code == 303
    client.submit(f"/donations/{first.trail_token}/statement")
    (letter,) = session.scalars(select(Letter).where(Letter.kind == "giving.statement")).all()
    assert letter.address == CONTACT
    said = text_of(client.get(f"/giving/{letter.data['signed']}"))
    assert "共 2 笔" in said
    assert "¥1,200.00" in said
    table = client.get(f"/giving/{letter.data['signed']}/statement.csv").data.decode("utf-8-sig")
    assert "1200.00" in table
    for forged in ("x", str(letter.data["signed"])[:-2] + "xx", "%00"):
        assert client.get(f"/giving/{forged}").status_code == 404


def test_a_guest_with_a_telephone_number_is_told(
    client: SiteClient, session: Session, project: Project
) -> None:
    gift = paid(client, session, project, contact="13800138000")
    own_page = f"/donations/{gift.trail_token}"
    assert "/statement" not in client.get(own_page).text
    client.submit(f"{own_page}/statement")
    assert "没有留邮箱" in text_of(client.get(own_page))


# ── personal data ────────────────────────────────────────────────────────────────────────────────


def test_the_giver_takes_everything_along(
    client: SiteClient, session: Session, project: Project
) -> None:
    gift = paid(client, session, project, payer_name="交款的人")
    answer = client.get(f"/donations/{gift.trail_token}/personal-data.json")
    held = json.loads(answer.data)
    assert held["gift"]["contact"] == CONTACT
    assert held["receipt"][0]["payer_name"] == "交款的人"
    assert held["gateway_messages"]
    assert "attachment" in answer.headers["Content-Disposition"]


def test_deletion_is_asked_once_more_and_leaves_sum_and_page(
    client: SiteClient, session: Session, village: Village, project: Project
) -> None:
    gift = paid(client, session, project, name_is_public="y")
    village.settle()
    session.commit()
    page = f"/donations/{gift.trail_token}/forget"
    assert "会删掉" in text_of(client.get(page))
    assert client.submit(page).status_code == 422
    assert gifts(session)[0].giver_name == NAME
    assert client.submit(page, {"sure": "y"}).status_code == 303
    (gift,) = gifts(session)
    assert (gift.giver_name, gift.contact, gift.message) == ("", "", "")
    own_page = client.get(f"/donations/{gift.trail_token}")
    assert "¥200.00" in text_of(own_page)
    for gone in (NAME, CONTACT, WORDS):
        assert gone not in own_page.text
        assert gone not in client.get(f"/projects/{project.id}").text
    assert "已经在" in text_of(client.get(page))


def test_a_signed_in_giver_deletes_everything_at_once(
    giver: User, session: Session, sign_in: SignIn
) -> None:
    browser = sign_in(giver)
    assert len(json.loads(browser.get("/account/giving/personal-data.json").data)["gifts"]) == 3
    assert browser.submit("/account/giving/forget", {"sure": "y"}).status_code == 303
    assert all(gift.person_id is None and not gift.giver_name for gift in gifts(session))
    assert "没有到账的捐款" in text_of(browser.get("/account/giving"))


# ── nobody else ──────────────────────────────────────────────────────────────────────────────────


def test_no_public_page_tells_who_gave(
    client: SiteClient, session: Session, village: Village, project: Project
) -> None:
    """Every page a guest finds from the home page on is walked; no giver stands on any."""
    gift = paid(
        client, session, project, giver_kind=GiverKind.INDIVIDUAL.value, payer_name="交款的人"
    )
    code = services.issue_certificate(session, village.editor, token=gift.trail_token).code
    village.settle()
    session.commit()
    private = (NAME, CONTACT, WORDS, "交款的人", gift.trail_token, gift.giver_key or "?")
    seen, waiting = set(), ["/", f"/projects/{project.id}", f"/verify/{code}", "/proof"]
    while waiting and len(seen) < 150:
        address = waiting.pop()
        seen.add(address)
        text = client.get(address).data.decode(errors="replace")  # posters are no text
        for word in private:
            assert word not in text, (address, word)
        for link in _links(text):
            if link not in seen and link not in waiting:
                waiting.append(link)
    assert len(seen) > 15


def _links(text: str) -> list[str]:
    found = (urlsplit(link) for link in re.findall(r'href="(/[^"#]*)"', text))
    return [link.path for link in found if not link.path.startswith(("/static", "/account"))]
