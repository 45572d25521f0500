"""The treasurer's room: who enters, every act done, refused, and done once however often sent."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from charity.accounts.models import User
from charity.actor import Actor, Grant, Role
from charity.ledger import queries
from charity.ledger import services as ledger
from charity.ledger.models import (
    Account,
    AccountMapping,
    Book,
    Closing,
    CommitteeMember,
    Entry,
    EntryKind,
    Fund,
    FundKind,
    GoodsLot,
    GoodsUse,
    Line,
    PurposeDecision,
)
from charity.money import Money
from tests.conftest import SetClock
from tests.factories import make_actor
from tests.support.site import SignIn, SiteClient
from tests.web.world import World
from web.books import acts
from web.security.access import Who

SYSTEM = Actor.system("test")


@pytest.fixture
def treasurer(world: World, sign_in: SignIn) -> SiteClient:
    """The treasurer of the operator, whose room this is."""
    return sign_in(world.people[Who.TREASURER])


@pytest.fixture
def room(world: World) -> str:
    """The address of the operator's room."""
    return f"/desk/books/{world.things['book']}"


def token() -> str:
    return uuid.uuid4().hex


def count(session: Session, thing: type[Any] = Entry) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(thing)) or 0


def newest(session: Session, thing: type[Any]) -> Any:
    session.expire_all()
    return session.scalars(select(thing).order_by(thing.id.desc()).limit(1)).one()


def available(session: Session, fund_id: int) -> Money:
    session.expire_all()
    return queries.fund_position(session, fund_id).available


def general(session: Session, fund_id: int, earmark: str = "") -> int:
    query = select(Line.id).where(Line.fund_id == fund_id, Line.earmark == earmark)
    return session.scalars(query).one()


def carry_out(browser: SiteClient, path: str, **data: Any) -> TestResponse:
    """Send the form, look at what would be booked, confirm it, and confirm it once more."""
    data.setdefault("token", token())
    shown = browser.submit(path, data)
    assert shown.status_code == 200, re.findall(r'class="error">(.*?)<', shown.text)
    assert "请核对" in shown.text
    for name, value in data.items():
        assert f'name="{name}" value="{value}"' in shown.text
    done = browser.submit(path, {**data, "confirmed": "1"})
    assert done.status_code == 303, re.findall(r"<li>(.*?)</li>", done.text)
    return done


def once(session: Session, browser: SiteClient, path: str, **data: Any) -> Entry:
    """An act that books one thing, however often its button is pressed."""
    data.setdefault("token", token())
    before = count(session)
    carry_out(browser, path, **data)
    booked = count(session)
    assert booked > before
    again = browser.submit(path, {**data, "confirmed": "1"})
    assert again.status_code in (303, 422)
    assert count(session) == booked, "the second press books nothing"
    entry = newest(session, Entry)
    assert isinstance(entry, Entry)
    return entry


def refused(
    session: Session, browser: SiteClient, path: str, sentence: str, **data: Any
) -> TestResponse:
    """An act that is refused with its sentence and books nothing, before and after confirming."""
    data.setdefault("token", token())
    before = count(session)
    answer = browser.submit(path, data)
    assert answer.status_code == 422
    assert sentence in answer.text
    late = browser.submit(path, {**data, "confirmed": "1"})
    assert late.status_code == 422
    assert count(session) == before
    return answer


def opened(session: Session, world: World, kind: FundKind, name: str) -> Fund:
    """A fund of the operator's book."""
    fund = ledger.open_fund(
        session, SYSTEM, book_id=int(world.things["book"]), name=name, kind=kind
    )
    session.commit()
    return fund


def income(line_id: int, amount: str = "1000", **changed: Any) -> dict[str, Any]:
    return {
        "line_id": line_id,
        "amount": amount,
        "income": "donation",
        "giver_kind": "enterprise",
        "giver_name": "鄂州某公司",
        "account": "1002",
        "occurred_on": "2026-03-10",
        **changed,
    }


def filled(session: Session, world: World, browser: SiteClient, fund: Fund, amount: str) -> Entry:
    """Put money into a fund by the page for it."""
    path = f"/desk/books/{world.things['book']}/income"
    carry_out(browser, path, **income(general(session, fund.id), amount))
    entry = newest(session, Entry)
    assert isinstance(entry, Entry)
    return entry


# ── who enters ──


def test_another_organisations_treasurer_finds_no_such_room(
    session: Session, world: World, sign_in: SignIn, room: str
) -> None:
    grant = Grant(Role.TREASURER, organisation_id=int(world.things["other_organisation"]))
    other = make_actor(session, grant)
    session.commit()
    browser = sign_in(session.get(User, other.user_id))
    for path in ("", "/funds", "/income", "/close"):
        assert browser.get(room + path).status_code == 404
    assert browser.submit(f"{room}/income", {"confirmed": "1"}).status_code == 404


def test_a_donor_finds_no_room_and_a_visitor_is_asked_to_sign_in(
    world: World, sign_in: SignIn, client: SiteClient, room: str
) -> None:
    donor = sign_in(world.people[Who.USER])
    assert donor.get("/desk/books").status_code == 404
    assert donor.get(room).status_code == 404
    assert client.get(room).headers["Location"].startswith("/account/sign-in")


def test_a_fund_or_an_entry_of_another_book_is_not_found(
    session: Session, world: World, treasurer: SiteClient, room: str
) -> None:
    book = ledger.open_book(
        session, SYSTEM, organisation_id=int(world.things["organisation"]), name="嘉和社工"
    )
    fund = ledger.open_fund(
        session, SYSTEM, book_id=book.id, name="别家的基金", kind=FundKind.UNRESTRICTED
    )
    session.commit()
    entry = newest(session, Entry)
    assert treasurer.get(f"{room}/funds/{fund.id}").status_code == 404
    assert treasurer.get(f"{room}/entries/{entry.id}/reverse").status_code == 404


def test_the_room_is_reached_from_the_desk(treasurer: SiteClient, world: World) -> None:
    assert 'href="/desk/books"' in treasurer.get("/desk").text
    assert f"/desk/books/{world.things['book']}" in treasurer.get("/desk/books").text


def test_the_administrator_opens_the_book_of_a_registered_organisation(
    session: Session, world: World, sign_in: SignIn
) -> None:
    administrator = sign_in(world.people[Who.ADMINISTRATOR])
    path = f"/desk/books/open/{world.things['organisation']}"
    assert path in administrator.get("/desk/books").text
    data = {"token": token(), "name": "嘉和社工的账簿"}
    assert administrator.submit(path, data).status_code == 303
    assert newest(session, Book).name == "嘉和社工的账簿"
    again = administrator.submit(path, data)
    assert again.status_code == 422
    assert "已经有账簿" in again.text
    pending = f"/desk/books/open/{world.things['pending_organisation']}"
    assert administrator.get(pending).status_code == 404


# ── the forms themselves ──


def test_nothing_typed_is_lost_when_something_is_wrong(treasurer: SiteClient, room: str) -> None:
    data = {"token": token(), "amount": "1.005", "giver_name": "王先生的公司", "note": "协议 7 号"}
    answer = treasurer.submit(f"{room}/income", data)
    assert answer.status_code == 422
    assert "最小单位是分" in answer.text
    assert "请填写这一项" in answer.text
    for typed in ("1.005", "王先生的公司", "协议 7 号", str(data["token"])):
        assert f'value="{typed}"' in answer.text


def test_what_no_list_offers_is_refused_in_chinese(treasurer: SiteClient, room: str) -> None:
    answer = treasurer.submit(f"{room}/income", {"token": token(), **income(999_999)})
    assert answer.status_code == 422
    assert "请从列表里选一项" in answer.text
    bad = treasurer.submit(f"{room}/income", {"token": token(), **income(1, account="9999")})
    assert "请从列表里选一项" in bad.text


def test_a_form_that_was_not_ours_books_nothing(
    session: Session, treasurer: SiteClient, room: str, world: World
) -> None:
    line = general(session, int(world.things["fund"]))
    refused(session, treasurer, f"{room}/income", "这个表单已经失效", token="x", **income(line))


def test_one_may_go_back_from_the_second_page_and_change_a_figure(
    session: Session, treasurer: SiteClient, room: str, world: World
) -> None:
    before = count(session)
    data = {"token": token(), **income(general(session, int(world.things["fund"])), "1234")}
    answer = treasurer.submit(f"{room}/income", {**data, "back": "1"})
    assert answer.status_code == 200
    assert 'value="1234"' in answer.text
    assert f'value="{data["token"]}"' in answer.text
    assert count(session) == before


def test_a_day_to_come_is_refused(
    session: Session, treasurer: SiteClient, room: str, world: World
) -> None:
    data = income(general(session, int(world.things["fund"])), occurred_on="2026-03-17")
    refused(session, treasurer, f"{room}/income", "这一天还没有到", **data)


def test_of_two_presses_at_one_moment_the_second_finds_what_the_first_booked(app: Flask) -> None:
    """The source is unique: the loser of the race asks again, and is shown what is there."""
    presses = []

    def act(work: Session) -> acts.Outcome:
        presses.append(work)
        if len(presses) == 1:
            raise IntegrityError("insert into entry", {}, Exception("source"))
        return acts.Outcome("/audits/entries/7")

    with app.test_request_context(method="POST"):
        assert acts.do_once(act).url == "/audits/entries/7"


# ── funds ──


def test_a_community_fund_is_opened_with_its_committee(
    session: Session, treasurer: SiteClient, room: str
) -> None:
    said = {"kind": "community", "name": "洪港社区基金", "committee": "甲\n乙\n丙\n丁"}
    answer = treasurer.submit(f"{room}/funds/open", {"token": token(), **said})
    assert answer.status_code == 422
    assert "至少 5 人" in answer.text
    said = {"token": token(), **said, "committee": "甲\n乙\n丙\n丁\n戊"}
    for _ in range(2):
        assert treasurer.submit(f"{room}/funds/open", said).status_code == 303
    fund = newest(session, Fund)
    assert (fund.name, fund.restricted) == ("洪港社区基金", True)
    assert count(session, CommitteeMember) == 5, "sent twice, opened once"
    page = treasurer.get(f"{room}/funds/{fund.id}").text
    assert "甲、乙、丙、丁、戊" in page


def test_an_earmark_has_a_line_of_its_own(
    session: Session, world: World, treasurer: SiteClient, room: str
) -> None:
    path = f"{room}/funds/{world.things['fund']}/earmark"
    assert "请填写这一项" in treasurer.submit(path, {"token": token()}).text
    for _ in range(2):
        data = {"token": token(), "earmark": "扶手安装"}
        assert treasurer.submit(path, data).status_code == 303
    lines = select(Line).where(Line.fund_id == world.things["fund"], Line.earmark == "扶手安装")
    assert len(session.scalars(lines).all()) == 1
    assert "扶手安装" in treasurer.get(f"{room}/funds/{world.things['fund']}").text


def test_a_fund_with_money_is_not_ended_and_an_empty_one_is(
    session: Session, world: World, treasurer: SiteClient, room: str
) -> None:
    full = f"{room}/funds/{world.things['fund']}/close"
    refused(session, treasurer, full, "处理完剩余的钱才能终止")
    empty = opened(session, world, FundKind.NAMED, "空基金")
    entry = once(session, treasurer, f"{room}/funds/{empty.id}/close")
    assert entry.kind is EntryKind.DEED
    assert "终止" in treasurer.get(f"{room}/funds/{empty.id}").text
    page = treasurer.get(f"{room}/income").text
    assert "空基金" not in page, "money no longer goes to it"


def test_a_purpose_changes_only_on_its_ground(
    session: Session, world: World, treasurer: SiteClient, room: str
) -> None:
    old = opened(session, world, FundKind.NAMED, "旧用途基金")
    new = opened(session, world, FundKind.NAMED, "新用途基金")
    gift = filled(session, world, treasurer, old, "500")
    path = f"{room}/funds/{old.id}/purpose"
    said = {"into_fund_id": new.id, "decided_on": "2026-03-12"}
    refused(session, treasurer, path, "重新备案的备案号", basis="refiled", **said)
    refused(session, treasurer, path, "还差 1 笔", basis="consent", consents=f"{gift.id}", **said)
    refused(session, treasurer, path, "先写分录号", basis="consent", consents="同意书", **said)
    assert f"\n{gift.id}</textarea>" in treasurer.get(path).text
    consents = f"#{gift.id} 同意书 3 号"
    entry = once(session, treasurer, path, basis="consent", consents=consents, **said)
    assert entry.book_id == world.things["book"]
    assert available(session, new.id) == Money.yuan(500)
    assert available(session, old.id) == Money(0)
    assert count(session, PurposeDecision) == 1
    assert "捐赠人逐一同意" in treasurer.get(f"{room}/funds/{old.id}").text


# ── accounts and periods ──


def test_a_second_bank_account_is_opened_under_the_first(
    session: Session, treasurer: SiteClient, room: str
) -> None:
    path = f"{room}/accounts/open"
    bad = treasurer.submit(path, {"token": token(), "code": "9999.1", "name": "没有的"})
    assert bad.status_code == 422
    assert "不能作明细科目" in bad.text
    data = {"token": token(), "code": "1002.02", "name": "银行存款 农商行"}
    for _ in range(2):
        assert treasurer.submit(path, data).status_code == 303
    assert newest(session, Account).code == "1002.02"
    page = treasurer.get(f"{room}/accounts").text
    assert "银行存款 农商行" in page
    assert "1002.02 银行存款 农商行" in treasurer.get(f"{room}/income").text


def test_an_account_is_shown_as_the_new_system_calls_it(
    session: Session, treasurer: SiteClient, room: str
) -> None:
    path = f"{room}/accounts/map"
    assert treasurer.submit(path, {"token": token(), "code": "1002"}).status_code == 422
    data = {"code": "1002", "in_force_from": "2026-01-01", "shown_code": "1002", "token": token(),
            "shown_name": "银行存款（新）"}  # fmt: skip
    for _ in range(2):
        assert treasurer.submit(path, data).status_code == 303
    assert count(session, AccountMapping) == 1
    assert "银行存款（新）" in treasurer.get(f"{room}/accounts").text


def journal(**changed: Any) -> dict[str, Any]:
    return {
        "rows-0-debit": "5201",
        "rows-0-credit": "1502",
        "rows-0-fund_id": "",
        "rows-0-amount": "300",
        "rows-1-debit": "",
        "rows-1-credit": "",
        "rows-1-fund_id": "",
        "rows-1-amount": "",
        "occurred_on": "2026-03-15",
        "note": "三月折旧",
        **changed,
    }


def test_the_accountant_books_what_touches_no_money(
    session: Session, treasurer: SiteClient, room: str
) -> None:
    path = f"{room}/journal"
    assert "1002 银行存款" not in treasurer.get(path).text
    refused(session, treasurer, path, "至少要填一行", **journal(**{"rows-0-amount": ""}))
    refused(session, treasurer, path, "请填写这一项", **journal(**{"rows-0-credit": ""}))
    refused(session, treasurer, path, "请从列表里选一项", **journal(**{"rows-0-credit": "1002"}))
    entry = once(session, treasurer, path, **journal())
    assert entry.kind is EntryKind.JOURNAL
    more = treasurer.submit(path, {"token": token(), **journal(), "more": "1"})
    assert 'name="rows-2-debit"' in more.text
    assert 'value="三月折旧"' in more.text


def test_opening_balances_are_carried_in_first_or_not_at_all(
    session: Session, world: World, treasurer: SiteClient, sign_in: SignIn, room: str
) -> None:
    row = {"rows-0-account": "1002", "rows-0-side": "debit", "rows-0-amount": "8000"}
    line = general(session, int(world.things["fund"]))
    refused(
        session,
        treasurer,
        f"{room}/opening",
        "期初余额要在最先记",
        **row,
        **{"rows-0-line_id": line},
    )
    here, fund, browser = another_book(session, world, sign_in)
    refused(session, browser, f"{here}/opening", "请填写这一项", **row, **{"rows-0-line_id": ""})
    line = general(session, fund.id)
    entry = once(session, browser, f"{here}/opening", **row, **{"rows-0-line_id": line})
    assert entry.kind is EntryKind.OPENING
    assert available(session, fund.id) == Money.yuan(8000)


def test_months_are_closed_in_order_once_they_are_over(
    session: Session,
    world: World,
    treasurer: SiteClient,
    sign_in: SignIn,
    room: str,
    clock: SetClock,
) -> None:
    refused(session, treasurer, f"{room}/close", "还没有过完", through="2026-03-31")
    refused(session, treasurer, f"{room}/close", "请从列表里选一项", through="2026-04-30")
    clock.advance(days=20)
    treasurer = sign_in(world.people[Who.TREASURER])
    carry_out(treasurer, f"{room}/close", through="2026-03-31")
    assert session.scalars(select(Closing.through)).all() == [date(2026, 3, 31)]
    assert "2026-03-31" in treasurer.get(room).text
    late = income(general(session, int(world.things["fund"])), "10")
    shown = treasurer.submit(f"{room}/income", {"token": token(), **late})
    assert "那时已经结账，记在 2026-04-01" in shown.text


# ── money ──


def test_money_from_elsewhere_is_taken_in_with_its_source_and_giver(
    session: Session, world: World, treasurer: SiteClient, room: str
) -> None:
    fund = opened(session, world, FundKind.NAMED, "嘉和冠名基金")
    line = general(session, fund.id)
    answer = treasurer.submit(f"{room}/income", {"token": token(), **income(line)})
    assert "4101.1 捐赠收入（限定性）" in answer.text
    assert "+¥1,000.00" in answer.text
    entry = once(session, treasurer, f"{room}/income", **income(line, fee="6"))
    assert entry.kind is EntryKind.GIFT
    assert entry.posted_by is not None
    assert available(session, fund.id) == Money.yuan(994)
    refused(session, treasurer, f"{room}/income", "手续费不能大于", **income(line, fee="1000"))
    other = {"token": token(), **income(line)}
    carry_out(treasurer, f"{room}/income", **other)
    changed = treasurer.submit(f"{room}/income", {**other, "amount": "7", "confirmed": "1"})
    assert changed.status_code == 422
    assert "已经记过账，而且内容不一样" in changed.text


def payment(line_id: int, amount: str) -> dict[str, Any]:
    return {
        "line_id": line_id,
        "amount": amount,
        "cost": "5201",
        "account": "1002",
        "occurred_on": "2026-03-12",
        "note": "三月房租",
    }


def test_a_cost_is_paid_from_a_fund_without_a_budget(
    session: Session, world: World, treasurer: SiteClient, room: str
) -> None:
    fund = opened(session, world, FundKind.UNRESTRICTED, "非限定资金")
    filled(session, world, treasurer, fund, "300")
    path = f"{room}/pay"
    line = general(session, fund.id)
    refused(session, treasurer, path, "现在可用 ¥300.00", **payment(line, "301"))
    entry = once(session, treasurer, path, **payment(line, "300"))
    assert entry.kind is EntryKind.EXPENSE
    planned = general(session, int(world.things["fund"]))
    refused(session, treasurer, path, "请从列表里选一项", **payment(planned, "1"))


def test_a_platform_pays_out_to_the_bank(
    session: Session, treasurer: SiteClient, room: str
) -> None:
    data = {"from_account": "1009", "to_account": "1002", "amount": "100",
            "occurred_on": "2026-03-12"}  # fmt: skip
    entry = once(session, treasurer, f"{room}/to-bank", **data)
    assert entry.kind is EntryKind.CLEARING
    same = {**data, "to_account": "1009"}
    refused(session, treasurer, f"{room}/to-bank", "不能是同一个账户", **same)


def test_a_named_fund_grants_to_a_project_and_a_project_to_nobody(
    session: Session, world: World, treasurer: SiteClient, room: str
) -> None:
    fund = opened(session, world, FundKind.NAMED, "嘉和冠名基金")
    filled(session, world, treasurer, fund, "400")
    project = int(world.things["fund"])
    data = {"amount": "400", "occurred_on": "2026-03-12", "decision_id": ""}
    there = {"line_id": general(session, fund.id), "into_line_id": general(session, project)}
    back = {"line_id": there["into_line_id"], "into_line_id": there["line_id"]}
    refused(session, treasurer, f"{room}/grant", "要先有变更用途的决定", **back, **data)
    before = available(session, project)
    entry = once(session, treasurer, f"{room}/grant", **there, **data)
    assert entry.kind is EntryKind.GRANT
    assert available(session, project) - before == Money.yuan(400)


def another_book(session: Session, world: World, sign_in: SignIn) -> tuple[str, Fund, SiteClient]:
    """The partner's own book with a fund, and its treasurer."""
    organisation = int(world.things["organisation"])
    book = ledger.open_book(session, SYSTEM, organisation_id=organisation, name="嘉和社工")
    fund = ledger.open_fund(
        session, SYSTEM, book_id=book.id, name="嘉和项目资金", kind=FundKind.STREET
    )
    keeper = make_actor(session, Grant(Role.TREASURER, organisation_id=organisation))
    session.commit()
    return f"/desk/books/{book.id}", fund, sign_in(session.get(User, keeper.user_id))


def test_a_grant_to_another_book_needs_both_treasurers(
    session: Session, world: World, treasurer: SiteClient, sign_in: SignIn, room: str
) -> None:
    fund = opened(session, world, FundKind.NAMED, "嘉和冠名基金")
    filled(session, world, treasurer, fund, "400")
    here, into, keeper = another_book(session, world, sign_in)
    data = {"fund_id": fund.id, "into_fund_id": into.id, "amount": "250", "income": "venture",
            "occurred_on": "2026-03-12", "note": "资助协议 2 号"}  # fmt: skip
    refused(session, treasurer, f"{room}/grant-out", "现在可用", **{**data, "amount": "401"})
    before = count(session)
    offered = carry_out(treasurer, f"{room}/grant-out", **data)
    assert count(session) == before, "one side alone books nothing"
    page = treasurer.get(offered.headers["Location"]).text
    code = re.findall(r"<code>([^<]+)</code>", page)[-1]
    assert f"{here}/grants/take-up?code={code}" in page
    assert code in keeper.get(f"{here}/grants/take-up?code={code}").text
    wrong = {"code": f"{code}x"}
    refused(session, keeper, f"{here}/grants/take-up", "这份拨款通知不对", **wrong)
    refused(session, treasurer, f"{room}/grants/take-up", "这份拨款通知不对", code=code)
    entry = once(session, keeper, f"{here}/grants/take-up", code=code)
    assert {entry.kind, newest(session, Entry).kind} <= {EntryKind.GRANT, EntryKind.GRANT_RECEIVED}
    assert available(session, into.id) == Money.yuan(250)
    assert available(session, fund.id) == Money.yuan(150)
    again = {"token": token(), "code": code, "confirmed": "1"}
    assert keeper.submit(f"{here}/grants/take-up", again).status_code == 303
    assert available(session, into.id) == Money.yuan(250), "one offer is booked once"


def test_who_keeps_both_books_grants_at_once(
    session: Session, world: World, treasurer: SiteClient, sign_in: SignIn, room: str
) -> None:
    fund = opened(session, world, FundKind.NAMED, "嘉和冠名基金")
    filled(session, world, treasurer, fund, "400")
    _, into, _ = another_book(session, world, sign_in)
    both = make_actor(
        session,
        Grant(Role.TREASURER, organisation_id=int(world.things["operator"])),
        Grant(Role.TREASURER, organisation_id=int(world.things["organisation"])),
    )
    session.commit()
    browser = sign_in(session.get(User, both.user_id))
    data = {"fund_id": fund.id, "into_fund_id": into.id, "amount": "250", "income": "grant",
            "occurred_on": "2026-03-12"}  # fmt: skip
    once(session, browser, f"{room}/grant-out", **data)
    assert available(session, into.id) == Money.yuan(250)


def test_money_moves_between_the_purposes_of_one_fund(
    session: Session, world: World, treasurer: SiteClient, room: str
) -> None:
    fund = opened(session, world, FundKind.STREET, "滨湖公益基金")
    filled(session, world, treasurer, fund, "90")
    ledger.open_earmark(session, SYSTEM, fund_id=fund.id, earmark="助学")
    session.commit()
    here, there = general(session, fund.id), general(session, fund.id, "助学")
    path = f"{room}/funds/{fund.id}/move"
    data = {"from_line_id": here, "to_line_id": there, "occurred_on": "2026-03-12"}
    refused(session, treasurer, path, "现在可用 ¥90.00", amount="91", **data)
    refused(
        session, treasurer, path, "不能是同一个用途", amount="1", **{**data, "to_line_id": here}
    )
    entry = once(session, treasurer, path, amount="60", **data)
    assert entry.kind is EntryKind.MOVE
    assert available(session, fund.id) == Money.yuan(90)


# ── acts on an entry ──


def entry_path(room: str, entry: Entry, act: str) -> str:
    return f"{room}/entries/{entry.id}/{act}"


def test_an_entry_leads_to_what_may_be_done_about_it(
    session: Session, world: World, treasurer: SiteClient, sign_in: SignIn, room: str
) -> None:
    fund = opened(session, world, FundKind.NAMED, "嘉和冠名基金")
    gift = filled(session, world, treasurer, fund, "100")
    page = treasurer.get(f"/audits/entries/{gift.id}").text
    for act in ("refund", "compelled", "fee", "reverse"):
        assert entry_path(room, gift, act) in page
    auditor = sign_in(world.people[Who.AUDITOR]).get(f"/audits/entries/{gift.id}").text
    assert "可以做的事" not in auditor


def test_a_gift_is_given_back_as_far_as_it_is_unspent(
    session: Session, world: World, treasurer: SiteClient, room: str
) -> None:
    fund = opened(session, world, FundKind.NAMED, "嘉和冠名基金")
    gift = filled(session, world, treasurer, fund, "100")
    path = entry_path(room, gift, "refund")
    data = {"occurred_on": "2026-03-12", "note": "捐赠人改了主意"}
    refused(session, treasurer, path, "只剩 ¥100.00", amount="101", **data)
    entry = once(session, treasurer, path, amount="40", **data)
    assert entry.kind is EntryKind.REFUND
    assert available(session, fund.id) == Money.yuan(60)


def test_what_must_go_back_is_made_up_for_by_the_host(
    session: Session, world: World, treasurer: SiteClient, room: str
) -> None:
    host = opened(session, world, FundKind.UNRESTRICTED, "非限定资金")
    filled(session, world, treasurer, host, "500")
    fund = opened(session, world, FundKind.NAMED, "嘉和冠名基金")
    gift = filled(session, world, treasurer, fund, "100")
    carry_out(treasurer, f"{room}/pay", **payment(general(session, fund.id), "70"))
    path = entry_path(room, gift, "compelled")
    data = {"host_fund_id": host.id, "occurred_on": "2026-03-13"}
    refused(session, treasurer, path, "只剩", amount="101", **data)
    once(session, treasurer, path, amount="100", **data)
    assert available(session, host.id) == Money.yuan(430)
    assert available(session, fund.id) == Money(0)


def test_a_fee_that_came_later_takes_the_gifts_own_money(
    session: Session, world: World, treasurer: SiteClient, room: str
) -> None:
    host = opened(session, world, FundKind.UNRESTRICTED, "非限定资金")
    fund = opened(session, world, FundKind.NAMED, "嘉和冠名基金")
    gift = filled(session, world, treasurer, fund, "100")
    path = entry_path(room, gift, "fee")
    data = {"host_fund_id": host.id, "occurred_on": "2026-03-12"}
    refused(session, treasurer, path, "请填写这一项", fee="", **data)
    entry = once(session, treasurer, path, fee="2", **data)
    assert entry.kind is EntryKind.FEE
    assert available(session, fund.id) == Money.yuan(98)


def test_a_payment_comes_back_in_part(
    session: Session, world: World, treasurer: SiteClient, room: str
) -> None:
    fund = opened(session, world, FundKind.NAMED, "嘉和冠名基金")
    filled(session, world, treasurer, fund, "100")
    carry_out(treasurer, f"{room}/pay", **payment(general(session, fund.id), "70"))
    paid = newest(session, Entry)
    path = entry_path(room, paid, "return")
    refused(session, treasurer, path, "只剩", amount="71", occurred_on="2026-03-13")
    entry = once(session, treasurer, path, amount="20", occurred_on="2026-03-13")
    assert entry.kind is EntryKind.RETURN
    once(session, treasurer, path, amount="", occurred_on="2026-03-14")
    assert available(session, fund.id) == Money.yuan(100)


def test_a_wrong_entry_is_taken_back_once_by_another(
    session: Session, world: World, treasurer: SiteClient, room: str
) -> None:
    fund = opened(session, world, FundKind.NAMED, "嘉和冠名基金")
    wrong = filled(session, world, treasurer, fund, "100")
    path = entry_path(room, wrong, "reverse")
    data = {"occurred_on": "2026-03-13", "note": "金额看错了"}
    entry = once(session, treasurer, path, **data)
    assert (entry.kind, entry.reverses_id) == (EntryKind.REVERSAL, wrong.id)
    assert available(session, fund.id) == Money(0)
    assert path not in treasurer.get(f"/audits/entries/{wrong.id}").text, "once is enough"
    spent = filled(session, world, treasurer, fund, "100")
    carry_out(treasurer, f"{room}/pay", **payment(general(session, fund.id), "70"))
    path = entry_path(room, spent, "reverse")
    refused(session, treasurer, path, "不能整笔冲销", **data)


# ── goods ──


def goods(fund_id: int, **changed: Any) -> dict[str, Any]:
    return {
        "fund_id": fund_id,
        "name": "大米",
        "quantity": "100",
        "unit": "袋",
        "value": "5000",
        "basis": "voucher",
        "evidence": "发票 0042",
        "giver_kind": "enterprise",
        "giver_name": "某粮油公司",
        "occurred_on": "2026-03-10",
        **changed,
    }


def test_goods_come_at_a_stated_value_and_are_used_by_the_piece(
    session: Session, world: World, treasurer: SiteClient, room: str
) -> None:
    fund = opened(session, world, FundKind.STREET, "滨湖公益基金")
    path = f"{room}/goods/receive"
    refused(session, treasurer, path, "没有可靠的价值", **goods(fund.id, evidence=""))
    refused(session, treasurer, path, "请填写这一项", **goods(fund.id, giver_kind=""))
    entry = once(session, treasurer, path, **goods(fund.id))
    assert entry.kind is EntryKind.GOODS_GIVEN
    lot = session.scalars(select(GoodsLot)).one()
    assert "100 / 100 袋" in treasurer.get(f"{room}/goods").text
    use = {"line_id": lot.line_id, "cost": "5101", "occurred_on": "2026-03-12"}
    refused(session, treasurer, f"{room}/goods/use", "只剩 100", quantity="101", **use)
    once(session, treasurer, f"{room}/goods/use", quantity="30", **use)
    assert EntryKind.GOODS_USED in session.scalars(select(Entry.kind)).all()
    assert count(session, GoodsUse) == 1
    page = treasurer.get(f"{room}/goods").text
    assert "70 / 100 袋" in page
    assert "¥3,500.00" in page


@pytest.mark.parametrize("page", ["", "/acts", "/funds", "/accounts", "/goods"])
def test_a_new_book_shows_its_empty_rooms(
    session: Session, world: World, sign_in: SignIn, page: str
) -> None:
    here, _, browser = another_book(session, world, sign_in)
    assert browser.get(here + page).status_code == 200
