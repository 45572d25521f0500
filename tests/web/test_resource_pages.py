"""Resources on their pages: offered, changed, lent, matched with needs, and asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.letters import Letter
from projects.listings.models import Booking, BookingState, Claim, ClaimOrigin, Resource
from tests.conftest import SetClock
from tests.support.site import SignIn, SiteClient
from tests.web.counting import counted
from tests.web.donors import text_of, value_of
from tests.web.world import World
from web.letters import put_into_words
from web.security.access import Who

#: Questions of one page at most.
MOST = 10


@pytest.fixture
def staff(world: World, sign_in: SignIn) -> SiteClient:
    """The owner of the organisation that offers."""
    return sign_in(world.people[Who.STAFF])


def found(session: Session, resource_id: int | str) -> Resource:
    session.expire_all()
    return session.get_one(Resource, resource_id)


def new(world: World) -> str:
    """The form of the organisation, which is one of several of its owner."""
    return f"/resources/new?organisation={world.things['organisation']}"


def offer(client: SiteClient, path: str, **changed: str) -> Any:
    """The form of an offer as somebody sends it; an empty text leaves a part out."""
    page = client.get(path)
    form = {
        "client_id": value_of(page, "client_id"),
        "title": "轮椅六把",
        "kind": "lending",
        "category": "disability",
        "item": "轮椅",
        "quantity": "6",
        "unit": "把",
        "region_code": value_of(page, "region_code"),
        "serves": "6",
        "starts_on": house_clock.today().isoformat(),
    } | changed
    return client.submit(
        path, {key: value for key, value in form.items() if value or key == "kind"}
    )


def test_an_organisation_offers_and_changes_it(
    world: World, staff: SiteClient, session: Session
) -> None:
    assert "以哪一家的名义" in text_of(staff.get("/resources/new"))
    made = offer(staff, new(world))
    assert made.status_code == 303
    page = text_of(staff.get(made.location))
    assert "轮椅六把" in page
    assert "还有 6 把" in page
    resource_id = int(made.location.rpartition("/")[2])
    again = offer(staff, f"/resources/{resource_id}/edit", title="轮椅八把", quantity="8")
    assert again.status_code == 303
    assert found(session, resource_id).quantity == 8
    assert "轮椅八把" in text_of(staff.get("/resources?kind=lending&q=轮椅"))
    assert "轮椅八把" not in text_of(staff.get("/resources?kind=money"))
    assert "没有找到这样的资源" in text_of(staff.get("/resources?category=legal"))


WRONG: tuple[tuple[dict[str, str], str, str], ...] = (
    ({"kind": "money", "quantity": "三百", "unit": ""}, "quantity", "请写金额"),
    ({"kind": "hours", "quantity": "1.234", "unit": ""}, "quantity", "请写小时数"),
    ({"quantity": "0"}, "quantity", "要大于零"),
    ({"unit": ""}, "unit", "请写单位"),
    ({"kind": ""}, "kind", "请填写这一项"),
    ({"region_code": "420704", "serves": "12"}, "region_code", "请选大一级"),
    ({"ends_on": "2020-01-01"}, "ends_on", "不能早于"),
)


def test_what_was_typed_stays_beside_the_reason(world: World, staff: SiteClient) -> None:
    for changed, field, words in WRONG:
        page = offer(staff, new(world), **changed)
        assert page.status_code == 422, changed
        assert words in text_of(page), changed
        assert changed.get(field, "") in page.text
        assert value_of(page, "title") == "轮椅六把"


def test_pause_resume_withdraw(world: World, staff: SiteClient, session: Session) -> None:
    path = f"/resources/{world.things['resource']}"
    stranger = staff.application.test_client()
    for act, seen in (("pause", 404), ("resume", 200), ("withdraw", 404)):
        assert staff.submit(f"{path}/{act}").status_code == 303
        assert stranger.get(path).status_code == seen
        assert staff.get(path).status_code == 200
    refused = staff.submit(f"{path}/pause")
    assert refused.status_code == 303
    assert "已经撤回" not in text_of(staff.get(path))


def test_somebody_borrows_and_the_lender_answers(
    world: World, staff: SiteClient, client: SiteClient, session: Session
) -> None:
    chairs = world.things["lent_resource"]
    path, day = f"/resources/{chairs}", house_clock.today() + timedelta(days=6)
    form = {
        "client_id": value_of(client.get(path), "client_id"),
        "day": day.isoformat(), "begins": "09:00", "ends": "17:30", "purpose": "去医院",
        "contact_name": "李春梅", "contact_phone": "13700001111",
    }  # fmt: skip
    wrong = client.submit(f"{path}/bookings", form | {"ends": "08:00"})
    assert wrong.status_code == 422
    assert value_of(wrong, "contact_phone") == "13700001111"
    past = client.submit(f"{path}/bookings", form | {"day": "2020-01-01"})
    assert "已经过了" in text_of(past)
    assert client.submit(f"{path}/bookings", form).status_code == 303
    booking = session.scalars(select(Booking).order_by(Booking.id.desc())).first()
    assert booking is not None
    assert "13700001111" not in client.get(path).text
    desk = text_of(staff.get(path))
    assert "李春梅 13700001111" in desk
    answered = staff.submit(f"/resources/bookings/{booking.id}/answer", {"agree": "1"})
    assert answered.status_code == 303
    assert "09:00–17:30 约好" in text_of(client.get(path))
    again = client.submit(f"{path}/bookings", form | {"client_id": "another-id-of-a-form"})
    assert again.status_code == 409
    assert value_of(again, "purpose") == "去医院"
    assert staff.submit(f"/resources/bookings/{booking.id}/return").status_code == 303
    session.expire_all()
    assert session.get_one(Booking, booking.id).state is BookingState.RETURNED


def test_the_lender_sees_a_clash_and_declines(
    world: World, staff: SiteClient, session: Session
) -> None:
    agreed = session.get_one(Booking, world.things["agreed_booking"])
    waiting = session.get_one(Booking, world.things["booking"])
    waiting.starts_at, waiting.ends_at = agreed.starts_at, agreed.ends_at
    session.commit()
    path = f"/resources/{world.things['lent_resource']}"
    assert "和约好的时间冲突" in text_of(staff.get(path))
    act = f"/resources/bookings/{waiting.id}/answer"
    refused = staff.submit(act, {"agree": "1"}, follow_redirects=True)
    assert "约" in text_of(refused)
    session.expire_all()
    assert session.get_one(Booking, waiting.id).state is BookingState.ASKED
    staff.submit(act, {"decline": "1", "note": "那天有人用了"})
    session.expire_all()
    assert session.get_one(Booking, waiting.id).state is BookingState.DECLINED


def test_the_side_of_a_need_invites_a_resource(
    world: World, staff: SiteClient, session: Session
) -> None:
    need, theirs = world.things["need"], world.things["other_resource"]
    page = text_of(staff.get(f"/needs/{need}"))
    assert "周末维修队" in page
    assert "类别相同" in page
    assert "邀请他们" in page
    path = f"/needs/{need}/invite"
    form = {"resource_id": str(theirs), "quantity": "1.5", "client_id": "invite-from-a-page"}
    bad = staff.submit(path, form | {"quantity": "很多"}, follow_redirects=True)
    assert "请写小时数" in text_of(bad)
    too_much = staff.submit(path, form | {"quantity": "900"}, follow_redirects=True)
    assert "4 小时" in text_of(too_much)
    assert staff.submit(path, form).status_code == 303
    claim = session.scalars(select(Claim).where(Claim.resource_id == theirs)).one()
    assert (claim.origin, claim.quantity) == (ClaimOrigin.COMMUNITY, 90)
    assert "等对方答复" in text_of(staff.get(f"/needs/{need}"))


def test_its_people_see_whom_it_fits_and_who_waits(
    world: World, sign_in: SignIn, client: SiteClient
) -> None:
    path = f"/resources/{world.things['other_resource']}"
    mine = text_of(sign_in(world.people[Who.OTHER_STAFF]).get(path))
    assert "适合谁" in mine
    assert "二十户老人家里的灯要换" in mine
    assert "服务的人群相同" in mine
    assert "适合谁" not in text_of(client.get(path))
    assert client.get("/resources/99999999").status_code == 404


def test_its_people_claim_a_need_with_it(world: World, sign_in: SignIn, session: Session) -> None:
    theirs, need = world.things["other_resource"], world.things["need"]
    browser, path = sign_in(world.people[Who.OTHER_STAFF]), f"/resources/{theirs}"
    form = {"need_id": str(need), "quantity": "2.5", "client_id": "claim-from-a-page"}
    assert "请选一项" in text_of(browser.submit(f"{path}/claim", follow_redirects=True))
    too_much = browser.submit(f"{path}/claim", form | {"quantity": "9"}, follow_redirects=True)
    assert "4 小时" in text_of(too_much)
    made = browser.submit(f"{path}/claim", form)
    assert made.status_code == 303
    claim = session.scalars(select(Claim).where(Claim.resource_id == theirs)).one()
    assert (claim.origin, claim.quantity) == (ClaimOrigin.UNIT, 150)
    assert made.location == f"/claims/{claim.id}"
    assert "等对方答复" in text_of(browser.get(path))


@pytest.mark.parametrize("who", [Who.GUEST, Who.STAFF, Who.OTHER_STAFF])
def test_pages_ask_few_questions(
    world: World, session: Session, sign_in: SignIn, client: SiteClient, who: Who, clock: SetClock
) -> None:
    browser = client if who is Who.GUEST else sign_in(world.people[who])
    paths = ["/resources", *(f"/resources/{world.things[name]}"
             for name in ("resource", "other_resource", "lent_resource"))]  # fmt: skip
    for path in paths:
        browser.get(path)
        with counted(session) as sent:
            assert browser.get(path).status_code == 200
        assert len(sent) <= MOST, "\n".join(" ".join(each.split())[:160] for each in sent)


def test_a_guest_follows_a_loan_by_a_secret(
    app: Flask, world: World, staff: SiteClient, client: SiteClient, session: Session
) -> None:
    path = f"/resources/b/{world.things['guest_booking']}"
    booking = session.get_one(Booking, world.things["booking"])
    booking.contact_phone = "guest@example.org"
    session.commit()
    page = client.get(path)
    assert "出借方还没有答复" in text_of(page)
    assert "周桂兰" not in page.text
    assert "noindex" in page.text
    assert client.get(f"{path}x").status_code == 404
    act = f"/resources/bookings/{booking.id}/answer"
    assert staff.submit(act, {"agree": "1", "note": "到村部找老王拿"}).status_code == 303
    assert "到村部找老王拿" in text_of(client.get(path))
    letter = session.scalars(select(Letter).where(Letter.kind == "booking.agreed")).one()
    assert letter.address == "guest@example.org"
    with app.app_context():
        assert path in put_into_words(letter.kind, letter.data)[1]
    assert client.submit(f"/resources/bookings/{booking.id}/cancel").status_code != 303
    assert client.submit(f"{path}/cancel").status_code == 303
    session.expire_all()
    assert session.get_one(Booking, booking.id).state is BookingState.WITHDRAWN
    assert "不借了" not in text_of(client.get(path))
