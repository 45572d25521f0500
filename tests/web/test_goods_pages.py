"""Goods and services on their pages: offered in rows, answered, handed over by two codes."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.accounts.models import User
from charity.actor import Grant, Role
from charity.donations.models import InKindGift, InKindState
from charity.ledger.queries import fund_position
from charity.money import Money
from projects.listings.models import Project
from tests.conftest import SetClock
from tests.factories import make_actor
from tests.fixtures.pictures import good_jpeg
from tests.projects.listings.village import Village
from tests.support.site import SignIn, SiteClient
from tests.web.donors import published, settle_village, text_of, value_of

S = InKindState


@pytest.fixture
def village(session: Session, clock: SetClock) -> Village:
    """A village whose operator runs the site."""
    return settle_village(session)


@pytest.fixture
def project(village: Village) -> Project:
    """A project that takes goods."""
    return published(village)


@pytest.fixture
def staff(village: Village, sign_in: SignIn) -> SiteClient:
    """The owner of the organisation that does the work."""
    grant = Grant(Role.OWNER, organisation_id=village.partner.id)
    actor = make_actor(village.session, grant)
    village.session.commit()
    return sign_in(village.session.get_one(User, actor.user_id).login_name)


def in_days(days: int) -> str:
    return (house_clock.today() + timedelta(days=days)).isoformat()


def said(client: SiteClient, project: Project, query: str = "", **changed: str) -> dict[str, str]:
    """An offer of ten bags of rice as a guest sends it; an empty text leaves a part out."""
    page = client.get(f"/projects/{project.id}/goods{query}")
    form = {
        "client_id": value_of(page, "client_id"),
        "items-0-name": "大米",
        "items-0-category": "food",
        "items-0-quantity": "10",
        "items-0-unit": "袋",
        "items-0-condition": "new",
        "items-0-expires_on": in_days(200),
        "items-0-basis": "",
        "giver_kind": "enterprise",
        "giver_name": "王五粮油店",
        "contact": "wang@example.org",
    } | changed
    return filled(form)


def filled(form: dict[str, str]) -> dict[str, str]:
    """The form without what was left empty; a list to choose from is always sent."""
    return {key: value for key, value in form.items() if value or key.endswith("basis")}


def send(client: SiteClient, project: Project, query: str = "", **changed: str) -> Any:
    form = said(
        client, project, query, **{name.replace("__", "-"): v for name, v in changed.items()}
    )
    return client.submit(f"/projects/{project.id}/goods{query}", form)


def offers(session: Session) -> list[InKindGift]:
    session.expire_all()
    return list(session.scalars(select(InKindGift).order_by(InKindGift.id)))


def made(client: SiteClient, project: Project, session: Session, **changed: str) -> InKindGift:
    assert send(client, project, **changed).status_code == 303
    return offers(session)[-1]


def code_of(page: Any) -> str:
    found = re.search(r'class="sum huge">(\d{3}) (\d{3})<', page.text)
    assert found is not None
    return found[1] + found[2]


# ── the form ─────────────────────────────────────────────────────────────────────────────────────


def test_a_guest_offers_several_kinds_without_script(
    client: SiteClient, project: Project, session: Session
) -> None:
    path = f"/projects/{project.id}/goods"
    more = client.submit(path, said(client, project) | {"add": "items"})
    assert more.status_code == 200
    assert value_of(more, "items-0-name") == "大米"
    assert value_of(more, "giver_name") == "王五粮油店"
    assert 'name="items-1-name"' in more.text
    both = said(client, project) | {
        "items-1-name": "棉被",
        "items-1-category": "clothing",
        "items-1-quantity": "12",
        "items-1-unit": "床",
        "items-1-condition": "good",
        "items-1-basis": "",
        "items-2-name": "",
    }
    fewer = client.submit(path, both | {"drop": "0"})
    assert value_of(fewer, "items-1-name") == "棉被"
    assert "items-0-name" not in fewer.text
    assert offers(session) == []
    sent = client.submit(path, both)
    assert sent.status_code == 303
    (gift,) = offers(session)
    assert [(item.name, item.quantity) for item in gift.items] == [("大米", 10), ("棉被", 12)]
    page = text_of(client.get(sent.location))
    assert "等机构答复" in page
    assert "只记数量，不入账" in page


def test_the_same_form_twice_is_one_offer(
    client: SiteClient, project: Project, session: Session
) -> None:
    form, path = said(client, project), f"/projects/{project.id}/goods"
    assert client.submit(path, form).location == client.submit(path, form).location
    assert len(offers(session)) == 1
    other = client.submit(path, {**form, "items-0-quantity": "11"})
    assert other.status_code == 409
    assert value_of(other, "client_id") != form["client_id"]


@pytest.mark.parametrize(("days", "taken"), [(-1, False), (6, False), (7, True)])
def test_food_near_its_last_day_is_refused_beside_the_item(
    client: SiteClient, project: Project, session: Session, days: int, taken: bool
) -> None:
    sent = send(client, project, items__0__expires_on=in_days(days))
    assert sent.status_code == (303 if taken else 422)
    if not taken:
        assert 'id="items-0-expires_on-error"' in sent.text
        assert "不能收" in sent.text
        assert "第 1 行" in text_of(sent), "the summary on top says it too"
        assert value_of(sent, "items-0-name") == "大米"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"items-0-expires_on": ""}, "items-0-expires_on"),
        ({"items-0-quantity": "十"}, "items-0-quantity"),
        ({"items-0-quantity": "0"}, "items-0-quantity"),
        ({"items-0-unit": ""}, "items-0-unit"),
        ({"items-0-value": "12.345"}, "items-0-value"),
        ({"items-0-value": "500"}, "items-0-basis"),
        ({"items-0-value": "500", "items-0-basis": "voucher"}, "items-0-evidence"),
        ({"items-0-basis": "market", "items-0-evidence": "价目"}, "items-0-value"),
        ({"contact": ""}, "contact"),
        ({"handover_on": "2020-01-01"}, "handover_on"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    client: SiteClient,
    project: Project,
    session: Session,
    changed: dict[str, str],
    field: str,
) -> None:
    form = said(client, project) | {"message": "加油"} | changed
    page = client.submit(f"/projects/{project.id}/goods", filled(form))
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert 'role="alert"' in page.text
    assert value_of(page, "message") == "加油"
    for name, typed in changed.items():
        if name != "items-0-basis":
            assert value_of(page, name) == typed
    assert offers(session) == []


def test_an_empty_sheet_offers_nothing(
    client: SiteClient, project: Project, session: Session
) -> None:
    page = client.submit(f"/projects/{project.id}/goods", {"contact": "wang@example.org"})
    assert page.status_code == 422
    assert "请至少写一样" in text_of(page)


def test_a_service_is_offered_in_hours(
    client: SiteClient, project: Project, session: Session
) -> None:
    form = {
        "client_id": value_of(
            client.get(f"/projects/{project.id}/goods?kind=service"), "client_id"
        ),
        "items-0-name": "上门理发",
        "items-0-quantity": "1.5",
        "giver_kind": "individual",
        "contact": "13800001111",
    }
    sent = client.submit(f"/projects/{project.id}/goods?kind=service", form)
    assert sent.status_code == 303
    assert offers(session)[0].items[0].quantity == 90
    assert "服务只记时间，不入账" in text_of(client.get(sent.location))


# ── answered and handed over ─────────────────────────────────────────────────────────────────────


def test_from_the_offer_to_the_book_by_two_codes(
    client: SiteClient, project: Project, session: Session, staff: SiteClient
) -> None:
    worth = {"items__0__value": "500", "items__0__basis": "voucher"}
    gift = made(client, project, session, items__0__evidence="发票 0001", **worth)
    own, desk = f"/goods/{gift.token}", f"/desk/goods/{gift.id}"
    assert gift.giver_code not in client.get(own).text
    assert "大米" in text_of(staff.get("/desk"))
    assert gift.receiver_code not in staff.get(desk).text
    staff.submit(f"{desk}/accept")
    theirs, ours = code_of(client.get(own)), code_of(staff.get(f"{desk}/handover"))
    item = gift.items[0].id
    wrong = staff.submit(f"{desk}/handover", {f"arrived_{item}": "8", "code": ours})
    assert wrong.status_code == 422
    assert value_of(wrong, f"arrived_{item}") == "8"
    assert "交接码不对" in text_of(wrong)
    staff.submit(f"{desk}/handover", {f"arrived_{item}": "8", "code": theirs})
    assert offers(session)[0].state is S.HALF_CONFIRMED
    assert "与答应的不同" in text_of(client.get(own))
    refused = client.submit(f"{own}/confirm", {"code": "000000"})
    assert refused.status_code == 422
    client.submit(f"{own}/confirm", {"code": ours})
    (received,) = offers(session)
    assert received.state is S.RECEIVED
    assert "按实到入账 ¥400.00" in text_of(client.get(own))
    assert project.campaign is not None
    assert fund_position(session, project.campaign.fund_id).raised == Money.yuan(400)
    assert "大米 已到 8 袋" in text_of(client.get(f"/projects/{project.id}"))


def test_five_wrong_codes_are_counted_though_each_is_an_answer(
    client: SiteClient, project: Project, session: Session, staff: SiteClient
) -> None:
    gift = made(client, project, session)
    staff.submit(f"/desk/goods/{gift.id}/accept")
    own = f"/goods/{gift.token}"
    for _ in range(5):
        page = client.submit(f"{own}/confirm", {"code": "x"})
        assert page.status_code == 422
    assert "试错太多次了" in text_of(client.get(own))
    (locked,) = offers(session)
    assert locked.locked_until is not None
    client.submit(f"{own}/confirm", {"code": locked.receiver_code})
    assert offers(session)[0].state is S.ACCEPTED


def test_a_handover_is_counted_anew(
    client: SiteClient, project: Project, session: Session, staff: SiteClient
) -> None:
    gift = made(client, project, session)
    desk = f"/desk/goods/{gift.id}"
    staff.submit(f"{desk}/accept")
    item, code = gift.items[0].id, offers(session)[0].giver_code
    empty = staff.submit(f"{desk}/handover", {"code": code})
    assert empty.status_code == 422
    assert f'id="arrived_{item}-error"' in empty.text
    none = staff.submit(f"{desk}/handover", {"code": code, f"arrived_{item}": "0"})
    assert none.status_code == 422
    assert "一样都没有到" in text_of(none)
    staff.submit(f"{desk}/handover", {"code": code, f"arrived_{item}": "9"})
    assert "重新清点" in text_of(staff.get(f"{desk}/handover"))
    staff.submit(f"{desk}/restart")
    (again,) = offers(session)
    assert (again.state, again.items[0].arrived) == (S.ACCEPTED, None)


def test_an_offer_is_declined_with_words(
    client: SiteClient, project: Project, session: Session, staff: SiteClient
) -> None:
    gift = made(client, project, session)
    desk = f"/desk/goods/{gift.id}"
    assert staff.submit(f"{desk}/decline", {"reason": ""}).status_code == 422
    staff.submit(f"{desk}/decline", {"reason": "仓库放不下"})
    assert "仓库放不下" in text_of(client.get(f"/goods/{gift.token}"))
    assert staff.submit(f"{desk}/accept").status_code == 409


def test_what_spoils_while_it_waits_is_not_accepted(
    client: SiteClient,
    project: Project,
    session: Session,
    village: Village,
    clock: SetClock,
    sign_in: SignIn,
) -> None:
    gift = made(client, project, session, items__0__expires_on=in_days(8))
    clock.advance(days=3)
    actor = make_actor(session, Grant(Role.OWNER, organisation_id=village.partner.id))
    session.commit()
    staff = sign_in(session.get_one(User, actor.user_id).login_name)
    page = staff.submit(f"/desk/goods/{gift.id}/accept")
    assert page.status_code == 422
    assert "第 1 样" in text_of(page)


def test_a_giver_takes_it_back(client: SiteClient, project: Project, session: Session) -> None:
    gift = made(client, project, session)
    client.submit(f"/goods/{gift.token}/withdraw")
    assert offers(session)[0].state is S.WITHDRAWN


def test_tobacco_is_pointed_out_to_the_staff(
    client: SiteClient, project: Project, session: Session, staff: SiteClient
) -> None:
    gift = made(client, project, session, message="某某香烟祝大家健康")
    assert "烟草字样：香烟" in text_of(staff.get(f"/desk/goods/{gift.id}"))


# ── photo and paper ──────────────────────────────────────────────────────────────────────────────


def test_a_photo_is_drawn_anew_and_shown_to_both_sides(
    client: SiteClient, project: Project, session: Session, staff: SiteClient
) -> None:
    gift = made(client, project, session)
    item = gift.items[0].id
    at = f"/goods/{gift.token}/items/{item}/photo"
    assert client.get(at).status_code == 404
    for broken in (b"", b"<script>"):
        client.submit(at, {"pictures": (io.BytesIO(broken), "a.jpg")})
        assert offers(session)[0].items[0].photo is None
    client.submit(at, {"pictures": (io.BytesIO(good_jpeg()), "a.jpg")})
    for browser, path in ((client, at), (staff, f"/desk/goods/{gift.id}/items/{item}/photo")):
        shown = browser.get(path)
        assert shown.headers["Content-Type"] == "image/jpeg"
        assert "sandbox" in shown.headers["Content-Security-Policy"]
    other = made(client, project, session)
    assert client.get(f"/goods/{other.token}/items/{item}/photo").status_code == 404


def test_an_agreement_is_refused_while_a_part_is_empty(
    client: SiteClient, project: Project, session: Session
) -> None:
    gift = made(client, project, session)
    own = f"/goods/{gift.token}"
    page = client.get(f"{own}/agreement")
    assert page.status_code == 409
    assert "交付时间" in text_of(page)
    past = client.submit(f"{own}/details", {"handover": "院子", "handover_on": "2020-01-01"})
    assert past.status_code == 422
    assert value_of(past, "handover") == "院子"
    client.submit(
        f"{own}/details",
        {"giver_name": "王五粮油店", "handover": "村委会院子", "handover_on": in_days(3)},
    )
    paper = client.get(f"{own}/agreement")
    assert paper.status_code == 200
    for part in ("王五粮油店", "大米", "10 袋", "全新", "村委会院子", in_days(3), project.title):
        assert part in text_of(paper)


def test_goods_promised_are_offered_and_keep_the_promise(
    client: SiteClient, project: Project, session: Session, staff: SiteClient
) -> None:
    page = client.get(f"/projects/{project.id}/pledge")
    promised = client.submit(
        f"/projects/{project.id}/pledge",
        {
            "client_id": value_of(page, "client_id"),
            "way": "goods",
            "goods": "大米",
            "goods_quantity": "20",
            "goods_unit": "袋",
            "promised_by": in_days(30),
            "giver_kind": "individual",
        },
    )
    away = client.get(f"{promised.location}/pay")
    form = client.get(away.location)
    assert (value_of(form, "items-0-name"), value_of(form, "items-0-quantity")) == ("大米", "20")
    query = "?" + away.location.partition("?")[2]
    assert send(client, project, query, items__0__quantity="15").status_code == 303
    (gift,) = offers(session)
    staff.submit(f"/desk/goods/{gift.id}/accept")
    staff.submit(
        f"/desk/goods/{gift.id}/handover",
        {f"arrived_{gift.items[0].id}": "15", "code": gift.giver_code},
    )
    client.submit(f"/goods/{gift.token}/confirm", {"code": gift.receiver_code})
    assert "已兑现 15 袋，还有 5 袋" in text_of(client.get(promised.location))
    assert client.get(f"/projects/{project.id}/goods?pledge=none").status_code == 404
