"""Giving on one page, paying at the gateway, and following the gift."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from charity.donations.models import DonationState, GiverKind, PaymentState
from charity.ledger import queries as ledger
from charity.money import Money
from charity.registry.models import CampaignState
from projects.listings.models import Project
from tests.conftest import SetClock
from tests.fakes import FakeGateway, Fault
from tests.projects.listings.village import Village
from tests.support.site import SiteClient
from tests.web.counting import counted
from tests.web.donors import (
    attempts,
    gifts,
    give,
    published,
    settle_village,
    text_of,
    typed,
    use_gateway,
    value_of,
)

YUAN = Money.yuan


@pytest.fixture
def village(session: Session, clock: SetClock) -> Village:
    """A village whose operator runs the site."""
    return settle_village(session)


@pytest.fixture
def project(village: Village) -> Project:
    """A project that takes gifts."""
    return published(village)


@pytest.fixture
def gateway(app: Flask) -> FakeGateway:
    """A gateway that is not the sandbox."""
    fake = FakeGateway()
    use_gateway(app, fake)
    return fake


# ── the form ─────────────────────────────────────────────────────────────────────────────────────


def test_the_form_says_who_takes_the_money_and_on_what_ground(
    client: SiteClient, project: Project
) -> None:
    page = client.get(f"/projects/{project.id}/donate?amount=200")
    said = text_of(page)
    for part in ("洪港村 26 户老人家里的扶手与坐便椅", "A4207-0012", "51420704MJH000019JA26014"):
        assert part in said
    assert "嘉和社工" in said
    assert "¥3,000 整整 1 户" in said
    assert "演示支付" in said
    switches = re.findall(r'<input[^>]*role="switch"[^>]*>', page.text)
    assert len(switches) == 2
    assert "checked" not in "".join(switches), "nobody is named or shown unasked"
    (chosen,) = re.findall(r'<input checked[^>]*type="radio"[^>]*>', page.text)
    assert 'value="200"' in chosen


def test_a_sum_chosen_before_is_kept_whatever_it_is(client: SiteClient, project: Project) -> None:
    page = client.get(f"/projects/{project.id}/donate?amount=88.80")
    assert value_of(page, "own_amount") == "88.80"
    page = client.get(f"/projects/{project.id}/donate?amount=<b>")
    assert page.status_code == 200
    assert value_of(page, "own_amount") == ""


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1e3", "科学记数法"),
        ("0.001", "最多两位"),
        ("-5", "不能是负数"),
        ("１００", "半角数字，例如 100"),
        ("1000000000000000", "太大"),
        ("0", "大于零"),
        ("0.99", "最少 1.00 元"),
        ("1000000.01", "最多 1,000,000.00 元"),
        ("abc", "例如 100 或 99.50"),
    ],
)
def test_a_bad_amount_gets_a_sentence_and_keeps_what_was_typed(
    client: SiteClient, session: Session, project: Project, amount: str, words: str
) -> None:
    answer = give(
        client,
        project,
        own_amount=amount,
        giver_name="王建国",
        name_is_public="y",
        contact="w@example.org",
        message="保重",
    )
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert value_of(answer, "own_amount") == amount
    assert value_of(answer, "giver_name") == "王建国"
    assert value_of(answer, "contact") == "w@example.org"
    assert value_of(answer, "message") == "保重"
    assert gifts(session) == []


def test_no_amount_and_a_public_name_without_name_are_refused(
    client: SiteClient, session: Session, project: Project
) -> None:
    answer = give(client, project, amount="", name_is_public="y")
    assert answer.status_code == 422
    assert "请选一个金额" in text_of(answer)
    assert "请写上名字" in text_of(answer)
    assert give(client, project, amount="7").status_code == 422, "a preset nobody offered"
    assert gifts(session) == []


def test_a_sum_written_by_hand_counts_before_the_one_ticked(
    client: SiteClient, session: Session, project: Project
) -> None:
    give(client, project, amount="1000", own_amount="66.6")
    assert [gift.amount for gift in gifts(session)] == [YUAN("66.60")]


def test_the_form_needs_its_token(client: SiteClient, session: Session, project: Project) -> None:
    answer = client.post(f"/projects/{project.id}/donate", data=typed())
    assert answer.status_code == 400
    assert gifts(session) == []


def test_only_published_projects_take_gifts(client: SiteClient, village: Village) -> None:
    draft, waiting = village.draft(), village.submitted(plan_number="51420704MJH000019JA26015")
    village.session.commit()
    for hidden in (draft, waiting):
        assert client.get(f"/projects/{hidden.id}/donate").status_code == 404
        assert give(client, hidden).status_code == 404


def test_a_campaign_that_is_over_says_so_and_stores_nothing(
    client: SiteClient, session: Session, project: Project, clock: SetClock
) -> None:
    clock.advance(days=365)
    answer = give(client, project)
    assert "现在不能捐给这个项目" in text_of(answer)
    assert "去付款</button>" not in answer.text
    assert gifts(session) == []


def test_the_form_asks_the_database_little(
    client: SiteClient, session: Session, project: Project
) -> None:
    path = f"/projects/{project.id}/donate"
    with counted(session) as sent:
        assert client.get(path).status_code == 200
    assert len(sent) <= 10, "\n".join(sent)


# ── to the gateway ───────────────────────────────────────────────────────────────────────────────


def test_a_guest_is_sent_to_pay(
    client: SiteClient, session: Session, project: Project, gateway: FakeGateway
) -> None:
    answer = give(client, project, giver_name="王建国", name_is_public="y", giver_kind="unit")
    (gift,), (payment,) = gifts(session), attempts(session)
    assert answer.status_code == 303
    assert answer.location == f"https://pay.example/{payment.remote_id}"
    assert (gift.amount, gift.state) == (YUAN(200), DonationState.PENDING)
    assert (gift.giver_kind, gift.giver_name) == (GiverKind.UNIT, "王建国")
    assert gift.name_is_public
    assert payment.state is PaymentState.OPEN
    assert payment.order is not None
    assert payment.order["return_url"] == f"http://localhost/donations/{gift.trail_token}?back=1"
    assert project.title in payment.order["description"]


def test_the_same_form_twice_is_one_gift_and_one_checkout(
    client: SiteClient, session: Session, project: Project, gateway: FakeGateway
) -> None:
    form = typed()
    first = client.submit(f"/projects/{project.id}/donate", form)
    again = client.submit(f"/projects/{project.id}/donate", form)
    assert again.location == first.location
    assert len(gifts(session)) == len(attempts(session)) == 1
    assert gateway.calls == [("create", attempts(session)[0].key)]


def test_the_same_form_with_another_gift_is_refused_and_may_be_sent_as_a_new_one(
    client: SiteClient, session: Session, project: Project, gateway: FakeGateway
) -> None:
    form = typed()
    client.submit(f"/projects/{project.id}/donate", form)
    answer = client.submit(f"/projects/{project.id}/donate", {**form, "amount": "50"})
    assert answer.status_code == 409
    assert "刚刚交过另一笔捐款" in text_of(answer)
    assert [gift.amount for gift in gifts(session)] == [YUAN(200)]
    fresh = value_of(answer, "client_id")
    assert fresh != form["client_id"]
    client.submit(f"/projects/{project.id}/donate", {**form, "amount": "50", "client_id": fresh})
    assert [gift.amount for gift in gifts(session)] == [YUAN(200), YUAN(50)]


def test_the_form_asked_for_again_before_paying_is_the_same_form(
    client: SiteClient, session: Session, project: Project
) -> None:
    """P4: a browser that goes back may fetch the page anew; sent again, it is the same gift."""
    path = f"/projects/{project.id}/donate"
    first = value_of(client.get(path), "client_id")
    pay_page = give(client, project, client_id=first).location
    again = value_of(client.get(path), "client_id")
    assert again == first
    assert give(client, project, client_id=again).location == pay_page
    assert len(gifts(session)) == 1
    client.submit(pay_page, {"paid": "支付成功"})
    assert value_of(client.get(path), "client_id") != first


def test_a_form_sent_again_after_the_money_came_leads_to_the_trail(
    client: SiteClient, session: Session, project: Project
) -> None:
    form = typed()
    pay_page = client.submit(f"/projects/{project.id}/donate", form).location
    client.submit(pay_page, {"paid": "1"})
    (gift,) = gifts(session)
    answer = client.submit(f"/projects/{project.id}/donate", form)
    assert answer.location == f"/donations/{gift.trail_token}"
    assert len(attempts(session)) == 1


@pytest.mark.parametrize("fault", [Fault.DOWN, Fault.TIMEOUT, Fault.LOST])
def test_a_gateway_that_does_not_answer_loses_nothing_and_may_be_tried_again(
    client: SiteClient, session: Session, project: Project, gateway: FakeGateway, fault: Fault
) -> None:
    gateway.plan_faults([fault])
    answer = give(client, project)
    (gift,) = gifts(session)
    own_page = f"/donations/{gift.trail_token}"
    assert (answer.status_code, answer.location) == (303, own_page)
    said = client.get(own_page)
    assert "付款页面这会儿打不开" in text_of(said)
    assert "还没有付款" in text_of(said)
    assert "Refresh" not in said.headers
    answer = client.submit(f"{own_page}/pay")
    assert answer.location.startswith("https://pay.example/")
    assert [key for verb, key in gateway.calls] == [attempts(session)[0].key] * 2
    assert len(gateway.sessions) == 1, "no second checkout"


def test_a_gateway_that_says_no_leaves_the_gift_to_a_new_attempt(
    client: SiteClient, session: Session, project: Project, gateway: FakeGateway
) -> None:
    gateway.plan_faults([Fault.REFUSED])
    own_page = give(client, project).location
    assert "没有接受这一笔" in text_of(client.get(own_page))
    client.submit(f"{own_page}/pay")
    assert [p.state for p in attempts(session)] == [PaymentState.FAILED, PaymentState.OPEN]


# ── while the money is not there ─────────────────────────────────────────────────────────────────


def test_pending_is_a_state_and_never_asks_to_pay_twice(
    client: SiteClient, session: Session, project: Project, gateway: FakeGateway, clock: SetClock
) -> None:
    give(client, project)
    own_page = f"/donations/{gifts(session)[0].trail_token}"
    page = client.get(f"{own_page}?back=1")
    assert page.status_code == 200
    assert "处理中，请勿重复支付" in text_of(page)
    assert page.headers["Refresh"] == "4"
    assert (attempts(session)[0].checkout_url or "") in page.text
    assert f'action="{own_page}/pay"' not in page.text
    clock.advance(minutes=5)
    assert client.get(own_page).headers["Refresh"] == "20"
    clock.advance(hours=3)
    assert "Refresh" not in client.get(own_page).headers


def test_going_on_twice_is_the_same_checkout(
    client: SiteClient, session: Session, project: Project, gateway: FakeGateway
) -> None:
    url = give(client, project).location
    own_page = f"/donations/{gifts(session)[0].trail_token}"
    assert client.submit(f"{own_page}/pay").location == url
    assert len(attempts(session)) == 1


def test_the_private_page_is_found_by_nobody_else(
    client: SiteClient, session: Session, project: Project
) -> None:
    give(client, project)
    page = client.get(f"/donations/{gifts(session)[0].trail_token}")
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]
    assert client.get("/donations/nobody").status_code == 404
    assert client.get("/donations/%00%E5%96%84").status_code == 404


# ── the sandbox ──────────────────────────────────────────────────────────────────────────────────


def test_the_sandbox_pays_and_the_giver_is_thanked_once(
    client: SiteClient, session: Session, project: Project
) -> None:
    pay_page = give(client, project, own_amount="66.60").location
    said = text_of(client.get(pay_page))
    assert "演示支付" in said
    assert "¥66.60" in said
    answer = client.submit(pay_page, {"paid": "支付成功"})
    (gift,) = gifts(session)
    assert gift.state is DonationState.SETTLED
    assert answer.location == f"/donations/{gift.trail_token}?back=1"
    answer = client.get(answer.location)
    assert answer.location == f"/donations/{gift.trail_token}"
    assert "谢谢你，¥66.60 已经到账" in text_of(client.get(answer.location))
    assert "谢谢你，¥66.60 已经到账" not in text_of(client.get(answer.location))
    assert "已经有结果：付款成功" in text_of(client.get(pay_page))


def test_the_sandbox_cancels_and_the_gift_may_still_be_paid(
    client: SiteClient, session: Session, project: Project
) -> None:
    pay_page = give(client, project).location
    answer = client.submit(pay_page, {"cancelled": "取消"})
    (gift,) = gifts(session)
    assert answer.location == f"/donations/{gift.trail_token}"
    assert "¥200.00 还没有付款" in text_of(client.get(answer.location))
    second = client.submit(f"{answer.location}/pay").location
    assert second != pay_page
    client.submit(second, {"paid": "支付成功"})
    assert gifts(session)[0].state is DonationState.SETTLED
    states = [payment.state for payment in attempts(session)]
    assert states == [PaymentState.EXPIRED, PaymentState.SUCCEEDED]


def test_paying_twice_in_the_sandbox_counts_once(
    client: SiteClient, session: Session, project: Project
) -> None:
    pay_page = give(client, project).location
    for _ in range(2):
        assert client.submit(pay_page, {"paid": "支付成功"}).status_code == 303
    assert client.submit(pay_page, {"cancelled": "取消"}).status_code == 303
    assert project.campaign is not None
    position = ledger.fund_position(session, project.campaign.fund_id)
    assert position.raised == YUAN(200)


def test_without_a_sandbox_its_page_is_not_there(
    app: Flask, client: SiteClient, project: Project, gateway: FakeGateway
) -> None:
    pay_page = f"/sandbox/pay/{urlsplit(give(client, project).location).path.strip('/')}"
    assert client.get(pay_page).status_code == 404, "a checkout of another gateway"
    app.extensions["wushe.ports"].gateways.pop("sandbox")
    assert client.get("/sandbox/pay/sandbox_1").status_code == 404
    assert client.submit("/sandbox/pay/sandbox_1", {"paid": "1"}).status_code == 404


# ── the trail ────────────────────────────────────────────────────────────────────────────────────


def test_the_trail_shows_to_the_fen_what_the_gift_paid(
    client: SiteClient, session: Session, village: Village, project: Project, tmp_path: Path
) -> None:
    village.give(project, YUAN(3_000))
    mine = village.give(project, YUAN("1200.50"), name="王建国")
    village.settle()
    village.spend(project, YUAN(4_000), tmp_path, units=2)
    village.accept(project, 1)
    village.settle()
    session.commit()
    said = text_of(client.get(f"/donations/{mine.trail_token}"))
    assert "你的 ¥1,200.50，走到了这里" in said
    assert "已用 ¥1,000.00 ，在账 ¥200.50" in said
    assert "你的位置：第 300,001 至 420,050 分" in said
    assert "第 1 批扶手" in said
    assert "器材采购 · 收款方 鄂州康护器材有限公司 · 2026-03-16 付款" in said
    assert "居家适老化改造 2 户 · 这一项至今验收 1 / 26 户" in said
    assert "这一笔共 ¥4,000.00，由 2 笔捐款付成。" in said
    assert "占 25%" in said
    assert "看凭证照片" in said
    assert "下一笔付款会先用到它" in said
    assert "公开的名单上写着你的名字：王建国" in said
    assert "分录指纹" in said
    assert "从这笔分录算到封存根，共 2 步" in said


def test_a_gift_without_its_place_says_so(
    client: SiteClient, session: Session, village: Village, project: Project
) -> None:
    mine = village.give(project, YUAN(88))
    session.commit()
    said = text_of(client.get(f"/donations/{mine.trail_token}"))
    assert "已到账，待入账序" in said
    assert "¥88.00，已经在账上" in said
    assert "正在等下一次封存" in said
    assert "公开的名单上写的是“爱心人士”" in said


def test_a_gift_behind_others_is_told_how_much_comes_first(
    client: SiteClient, session: Session, village: Village, project: Project
) -> None:
    village.give(project, YUAN(3_000))
    mine = village.give(project, YUAN(100))
    village.settle()
    session.commit()
    said = text_of(client.get(f"/donations/{mine.trail_token}"))
    assert "排在你前面的还有 ¥3,000.00，用完就轮到这一笔。" in said


def test_the_trail_asks_the_database_little(
    client: SiteClient, session: Session, village: Village, project: Project, tmp_path: Path
) -> None:
    mine = village.give(project, YUAN(3_000))
    village.settle()
    for _ in range(3):
        village.spend(project, YUAN(500), tmp_path, units=1)
    village.settle()
    session.commit()
    path = f"/donations/{mine.trail_token}"
    client.get("/proof")
    with counted(session) as sent:
        assert client.get(path).status_code == 200
    assert len(sent) <= 13, "\n".join(sent)


def test_an_ended_campaign_still_shows_its_trails(
    client: SiteClient, session: Session, village: Village, project: Project
) -> None:
    mine = village.give(project, YUAN(100))
    assert project.campaign is not None
    project.campaign.move_to(CampaignState.ENDED)
    session.commit()
    assert client.get(f"/donations/{mine.trail_token}").status_code == 200
    assert project.starts_on < date(2026, 12, 31)
