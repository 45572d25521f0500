"""Needs on their pages: ordered, confirmed, claimed, served, judged; nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from charity.accounts.models import User
from charity.actor import Grant, Role
from projects.listings.models import Claim, ClaimState, Need, NeedState
from tests.factories import make_actor, make_organisation, make_region
from tests.support.site import SignIn, SiteClient
from tests.web.counting import counted
from tests.web.world_needs import HOUR, accepted_claim, open_need, reported

VILLAGE = "420704001206"
ORDER = {
    "category": "repair", "title": "楼道灯坏了", "beneficiary_group": "elderly",
    "region_code": VILLAGE, "urgency": "urgent", "contact_name": "陈阿姨",
    "contact_phone": "13800002222", "address": "三组 12 号",
}  # fmt: skip


class Place:
    """A village, its dispatcher, a unit, and browsers of all of them."""

    def __init__(self, session: Session, sign_in: SignIn) -> None:
        for code, name in ((VILLAGE[:9], "凤凰街道"), (VILLAGE, "洪港村")):
            make_region(session, code, name)
        self.session = session
        self.unit_id = make_organisation(session, name="嘉和社工").id
        self.dispatcher = make_actor(session, Grant(Role.DISPATCHER, region_code="420704"))
        self.unit = make_actor(session, Grant(Role.OWNER, organisation_id=self.unit_id))
        self.neighbour = make_actor(session)
        session.commit()
        self.community, self.staff, self.volunteer = (
            sign_in(session.get_one(User, who.user_id).login_name)
            for who in (self.dispatcher, self.unit, self.neighbour)
        )

    def need(self, **changed: Any) -> Need:
        """A confirmed need, for the site to see."""
        need = open_need(self.session, self.dispatcher, VILLAGE, **changed)
        self.session.commit()
        return need

    def claim(self, need: Need, hours: int = 4) -> Claim:
        """A claim of the unit that was accepted, for the site to see."""
        claim = accepted_claim(
            self.session, self.dispatcher, self.unit, need, organisation_id=self.unit_id,
            quantity=hours * HOUR,
        )  # fmt: skip
        self.session.commit()
        return claim


@pytest.fixture
def place(session: Session, sign_in: SignIn, clock: object) -> Place:
    """One village with everybody who has a part."""
    return Place(session, sign_in)


def send(browser: SiteClient, path: str, prefix: str = "", **typed: str) -> TestResponse:
    """Send the form of a page with the id it carries."""
    page = browser.get(path)
    found = re.search(r'name="(?:report-)?client_id"[^>]*value="([^"]+)"', page.text)
    ids = {f"{prefix}client_id": found[1]} if found else {}
    return browser.submit(path, {**ids, **typed})


def test_an_order_on_a_phone_keeps_what_was_typed_and_becomes_a_page_of_its_own(
    place: Place, client: SiteClient
) -> None:
    wrong = send(client, "/needs/order", **(ORDER | {"category": "", "contact_phone": "1"}))
    assert wrong.status_code == 422
    assert "楼道灯坏了" in wrong.text
    assert "请选一类。" in wrong.text
    done = send(client, "/needs/order", **ORDER)
    assert done.status_code == 303
    own = client.get(done.location)
    assert own.headers["Cache-Control"] == "no-store, private"
    assert "楼道灯坏了" in own.text
    assert "社区正在看" in own.text
    need = place.session.scalars(select(Need)).one()
    assert client.get(f"/needs/{need.id}").status_code == 404
    assert need.title not in client.get("/needs").text
    shown = place.community.get(f"/needs/{need.id}")
    assert "13800002222" in shown.text
    back = place.community.submit(f"/needs/{need.id}/decline", {"decline-note": ""})
    assert back.status_code == 422
    assert "请填写这一项。" in back.text
    sent = place.community.submit(f"/needs/{need.id}/confirm", {"urgency": "urgent"})
    assert sent.status_code == 303
    public = client.get(f"/needs/{need.id}").text
    assert "还剩 2 天" in public
    assert "13800002222" not in public
    assert "陈阿姨" not in public
    assert client.submit(f"{done.location}/withdraw").status_code == 303
    place.session.expire_all()
    assert need.state is NeedState.WITHDRAWN


def test_a_plea_for_one_person_is_told_where_help_is(place: Place, client: SiteClient) -> None:
    done = send(client, "/needs/order", **ORDER, names_a_person="y")
    own = client.get(done.location).text
    assert "不在这里办" in own
    assert "12349" in own
    assert "给谁" not in client.get("/needs").text.split("</form>")[1]


def test_a_clerk_hears_the_number_and_is_ready_for_the_next(place: Place) -> None:
    typed = ORDER | {"kind": "goods", "quantity": "二十", "unit": "袋", "category": "food"}
    wrong = send(place.community, "/needs/clerk", **typed)
    assert wrong.status_code == 422
    assert 'value="二十"' in wrong.text
    done = send(place.community, "/needs/clerk", **(typed | {"quantity": "20"}))
    need = place.session.scalars(select(Need)).one()
    ready = place.community.get(done.location).text
    assert f"单号 {need.id}" in ready
    assert "13800002222" not in ready
    assert (need.quantity, need.unit) == (20, "袋")
    assert place.staff.get("/needs/clerk").status_code == 403


def test_an_organisation_posts_and_adopted_posts_have_their_own_list(
    place: Place, client: SiteClient
) -> None:
    typed = ORDER | {
        "kind": "hours", "category": "culture", "quantity": "8", "starts_on": "2026-03-16",
        "title": "图书角周六值班", "is_post": "y", "project": "",
    }  # fmt: skip
    wrong = send(place.staff, "/needs/new", **(typed | {"kind": "goods", "unit": "本"}))
    assert wrong.status_code == 422
    assert "岗位要的是人手" in wrong.text
    assert send(place.staff, "/needs/new", **typed).status_code == 303
    need = place.session.scalars(select(Need)).one()
    place.community.submit(f"/needs/{need.id}/confirm", {"urgency": "normal"})
    assert need.title in client.get("/posts").text
    assert need.title not in client.get("/needs").text
    assert "认领这个岗位" in client.get(f"/needs/{need.id}").text
    assert place.volunteer.get("/needs/new").status_code == 403


def test_a_part_is_claimed_served_confirmed_and_judged_by_both(
    place: Place, client: SiteClient
) -> None:
    need = place.need()
    path = f"/needs/{need.id}/claim"
    unit = f"organisation-{place.unit_id}"
    wrong = send(place.staff, path, unit=unit, quantity="11", message="周六来")
    assert wrong.status_code == 422
    assert "周六来" in wrong.text
    assert "10 小时" in wrong.text
    done = send(place.staff, path, unit=unit, quantity="4", message="周六来")
    claim = place.session.scalars(select(Claim)).one()
    here = f"/claims/{claim.id}"
    assert done.location == here
    assert "13800002222" not in place.staff.get(here).text
    assert place.volunteer.get(here).status_code == 404
    assert place.staff.submit(f"{here}/accept").status_code == 403
    assert place.community.submit(f"{here}/accept").status_code == 303
    assert "13800002222" in place.staff.get(here).text
    report = {
        "report-delivered_on": "2026-03-16", "report-minutes": "4", "report-people": "3",
        "report-times": "2", "report-note": "换了灯",
    }  # fmt: skip
    wrong = place.staff.submit(f"{here}/report", {**report, "report-client_id": "a" * 36})
    assert wrong.status_code == 422
    assert "换了灯" in wrong.text
    fine = {**report, "report-times": "5", "report-client_id": "a" * 36}
    assert place.staff.submit(f"{here}/report", fine).status_code == 303
    assert place.staff.submit(f"{here}/finish").status_code == 303
    own = f"/needs/o/{need.token}"
    assert "办好了，确认" in client.get(own).text
    assert client.submit(f"{own}/claims/{claim.id}/confirm").status_code == 303
    late = client.submit(f"{own}/claims/{claim.id}/evaluate", {"stars": "9", "words": "好人"})
    assert late.status_code == 422
    assert "好人" in late.text
    client.submit(f"{own}/claims/{claim.id}/evaluate", {"stars": "5", "words": "很细心"})
    place.staff.submit(f"{here}/evaluate", {"stars": "4", "words": "有人接应"})
    shown = client.get(f"/needs/{need.id}").text
    assert "很细心" in shown
    assert "有人接应" in shown
    assert "3 人" not in shown
    assert "很细心" in client.get(f"/organisations/{place.unit_id}").text
    place.session.expire_all()
    assert claim.state is ClaimState.CONFIRMED
    assert need.delivered == 4 * HOUR
    made = claim.evaluations[0].id
    hide = f"{here}/evaluations/{made}"
    assert place.staff.get(hide).status_code == 403
    place.community.submit(hide, {"note": "写了名字"})
    assert "很细心" not in client.get(f"/needs/{need.id}").text


def test_a_volunteer_comes_alone_and_stays_unnamed(place: Place, client: SiteClient) -> None:
    need = place.need()
    done = send(place.volunteer, f"/needs/{need.id}/claim", unit="alone", quantity="1.5")
    assert done.status_code == 303
    shown = client.get(f"/needs/{need.id}").text
    assert "一位志愿者" in shown
    assert "1.5 小时" in shown
    assert "等对方答复" in place.volunteer.get("/claims").text
    assert client.get(f"/needs/{need.id}/claim").status_code == 302


def test_goods_want_a_campaign_and_a_plea_is_sent_where_help_is(
    place: Place, client: SiteClient
) -> None:
    send(place.community, "/needs/clerk", **ORDER, kind="goods", quantity="20", unit="袋")
    need = place.session.scalars(select(Need)).one()
    wrong = place.community.submit(f"/needs/{need.id}/confirm", {"urgency": "urgent", "note": "急"})
    assert wrong.status_code == 422
    assert 'id="campaign-error"' in wrong.text
    assert 'value="急"' in wrong.text
    assert place.community.submit(f"/needs/{need.id}/refer").status_code == 303
    assert "不在这里办" in client.get(f"/needs/o/{need.token}").text


def test_who_ordered_says_that_nobody_came(place: Place, client: SiteClient) -> None:
    need = place.need()
    claim = place.claim(need)
    record = reported(place.session, place.unit, claim, need.starts_on, HOUR)
    place.session.commit()
    own = f"/needs/o/{need.token}"
    assert "没有来" in client.get(own).text
    client.submit(f"{own}/records/{record.id}", {"refuse": "1"})
    assert "不算数" in client.get(own).text
    assert "全部办好了" not in place.staff.get(f"/claims/{claim.id}").text
    left = place.staff.submit(f"/claims/{claim.id}/withdraw", {"withdraw-note": "人手不够"})
    assert left.status_code == 303
    place.session.expire_all()
    assert need.promised == 0


def test_the_list_is_filtered_and_odd_filters_are_none(place: Place, client: SiteClient) -> None:
    need = place.need(title="请人来修水管")
    asked = "kind=hours&category=repair&group=elderly&urgency=normal&state=open&place=420704"
    assert need.title in client.get(f"/needs?{asked}&q=水管").text
    for other in ("kind=money", "category=meals", "urgency=urgent", "state=closed", "q=屋顶"):
        assert need.title not in client.get(f"/needs?{other}").text
    odd = client.get("/needs?kind=x&place=zz&state=ordered&after=%00&before=9.9&last=1")
    assert odd.status_code == 200


def test_list_and_detail_ask_at_most_ten_questions(
    place: Place, client: SiteClient, session: Session
) -> None:
    needs = [place.need(title=f"第 {n} 件事") for n in range(3)]
    for hours in (1, 2, 3):
        reported(session, place.unit, place.claim(needs[0], hours), needs[0].starts_on, HOUR)
    session.commit()
    for path in ("/needs", "/posts", f"/needs/{needs[0].id}", "/needs/order"):
        client.get(path)
        with counted(session) as sent:
            assert client.get(path).status_code == 200
        assert len(sent) <= 10, (path, len(sent), sent)
