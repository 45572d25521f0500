"""Promises on their pages: made, paid, counted, taken back, released; nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.accounts.models import User
from charity.actor import Grant, Role
from charity.donations.models import Pledge, PledgeHours, PledgeState
from charity.letters import Letter
from charity.money import Money
from projects.listings.models import Project
from tests.conftest import SetClock
from tests.factories import make_actor
from tests.projects.listings.village import Village
from tests.support.site import SignIn, SiteClient
from tests.web.donors import gifts, published, settle_village, text_of, value_of
from web import jobs, letters

YUAN = Money.yuan
GOODS = {"way": "goods", "goods": "大米", "goods_quantity": "4", "goods_unit": "袋"}


@pytest.fixture
def village(session: Session, clock: SetClock) -> Village:
    """A village whose operator runs the site."""
    return settle_village(session)


@pytest.fixture
def project(village: Village) -> Project:
    """A project that takes promises."""
    return published(village)


@pytest.fixture
def staff(village: Village, sign_in: SignIn) -> SiteClient:
    """The owner of the organisation that does the work."""
    return signed_in(village, sign_in, Role.OWNER, village.partner.id)


def signed_in(village: Village, sign_in: SignIn, role: Role, organisation_id: int) -> SiteClient:
    actor = make_actor(village.session, Grant(role, organisation_id=organisation_id))
    village.session.commit()
    return sign_in(village.session.get_one(User, actor.user_id).login_name)


def said(client: SiteClient, project: Project, **changed: str) -> dict[str, str]:
    """The form as a guest sends it; an empty text leaves a part out."""
    page = client.get(f"/projects/{project.id}/pledge")
    form = {
        "client_id": value_of(page, "client_id"),
        "way": "sum",
        "amount": "600",
        "promised_by": (house_clock.today() + timedelta(days=30)).isoformat(),
        "giver_kind": "individual",
        "giver_name": "李春梅",
        "contact": "li@example.org",
    } | changed
    return {key: value for key, value in form.items() if value}


def promise(client: SiteClient, project: Project, **changed: str) -> Any:
    return client.submit(f"/projects/{project.id}/pledge", said(client, project, **changed))


def pledges(session: Session) -> list[Pledge]:
    session.expire_all()
    return list(session.scalars(select(Pledge).order_by(Pledge.id)))


def made(client: SiteClient, project: Project, session: Session, **changed: str) -> Pledge:
    assert promise(client, project, **changed).status_code == 303
    return pledges(session)[-1]


# ── the form ─────────────────────────────────────────────────────────────────────────────────────


def test_a_guest_promises_on_one_page(
    client: SiteClient, project: Project, session: Session
) -> None:
    sent = promise(client, project)
    assert sent.status_code == 303
    (pledge,) = pledges(session)
    assert sent.location == f"/pledges/{pledge.token}"
    page = client.get(sent.location)
    assert "你认捐了 ¥600.00" in text_of(page)
    assert page.headers["Cache-Control"] == "no-store, private"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert pledge.giver_key
    assert "李春梅" not in client.get(f"/projects/{project.id}").text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"way": "units", "units": "3", "amount": ""}, "居家适老化改造 3 户"),
        (
            {"way": "goods", "goods": "大米", "goods_quantity": "40", "goods_unit": "袋"},
            "大米 40 袋",
        ),
        ({"way": "hours", "minutes": "1.5"}, "1.5 小时"),
    ],
)
def test_units_goods_and_hours(
    client: SiteClient,
    project: Project,
    session: Session,
    changed: dict[str, str],
    words: str,
) -> None:
    if changed["way"] == "units":
        changed = {**changed, "deliverable": str(project.budget.deliverables[0].id)}
    pledge = made(client, project, session, **changed)
    assert words in text_of(client.get(f"/pledges/{pledge.token}"))
    if changed["way"] == "units":
        assert pledge.amount == YUAN(9000)


def test_the_same_form_twice_is_one_promise(
    client: SiteClient, project: Project, session: Session
) -> None:
    form, path = said(client, project), f"/projects/{project.id}/pledge"
    first, again = client.submit(path, form), client.submit(path, form)
    assert first.location == again.location
    assert len(pledges(session)) == 1
    other = client.submit(path, {**form, "amount": "700"})
    assert other.status_code == 409
    assert value_of(other, "client_id") != form["client_id"]
    assert value_of(other, "amount") == "700"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount": "abc"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"amount": "20000000"}, "amount"),
        ({"promised_by": "2020-01-01"}, "promised_by"),
        ({"promised_by": "morgen"}, "promised_by"),
        ({"way": "units", "units": "x"}, "units"),
        ({"way": "units", "units": "3", "deliverable": "999"}, "deliverable"),
        ({"way": "goods", "goods": "米", "goods_quantity": "1"}, "goods_unit"),
        (
            {"way": "goods", "goods": "米", "goods_quantity": "1.5", "goods_unit": "袋"},
            "goods_quantity",
        ),
        ({"way": "hours", "minutes": "很多"}, "minutes"),
        ({"way": "hours", "minutes": "0"}, "minutes"),
        ({"name_is_public": "y", "giver_name": ""}, "giver_name"),
        ({"contact": "长" * 121}, "contact"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    client: SiteClient,
    project: Project,
    session: Session,
    changed: dict[str, str],
    field: str,
) -> None:
    page = promise(client, project, message="加油", **changed)
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert 'role="alert"' in page.text
    for name, typed in {"message": "加油", **changed}.items():
        if name not in ("way", "name_is_public", "deliverable"):
            assert value_of(page, name) == typed
    assert pledges(session) == []


def test_a_slip_in_a_part_not_chosen_does_not_matter(
    client: SiteClient, project: Project, session: Session
) -> None:
    assert made(client, project, session, goods_quantity="abc", minutes="?").amount == YUAN(600)


@pytest.mark.parametrize("way", ["sum", "units", "goods", "hours", "<b>"])
def test_an_address_may_choose_the_way(client: SiteClient, project: Project, way: str) -> None:
    page = client.get(f"/projects/{project.id}/pledge?way={way}")
    (chosen,) = re.findall(r'<input checked[^>]*name="way"[^>]*>', page.text)
    assert f'value="{way if way != "<b>" else "sum"}"' in chosen


def test_a_project_that_is_over_takes_no_promise(
    client: SiteClient, project: Project, session: Session, clock: SetClock
) -> None:
    form = said(client, project)
    clock.advance(days=300)
    assert "现在不能为这个项目认捐" in text_of(client.get(f"/projects/{project.id}/pledge"))
    assert client.submit(f"/projects/{project.id}/pledge", form).status_code == 200
    assert pledges(session) == []
    assert "/pledge" not in client.get(f"/projects/{project.id}").text


# ── the giver's page ─────────────────────────────────────────────────────────────────────────────


def test_the_rest_is_paid_through_the_form_of_giving(
    client: SiteClient, project: Project, session: Session
) -> None:
    pledge = made(client, project, session)
    away = client.get(f"/pledges/{pledge.token}/pay")
    assert away.status_code == 303
    page = client.get(away.location)
    assert value_of(page, "own_amount") == "600.00"
    assert value_of(page, "giver_name") == "李春梅"
    assert "兑现你" in text_of(page)
    form = {
        "client_id": value_of(page, "client_id"),
        "own_amount": "250",
        "giver_kind": "individual",
        "way": "online",
    }
    way = re.search(r'<input checked[^>]*name="way"[^>]*value="([^"]*)"', page.text)
    form["way"] = way[1] if way else ""
    paying = client.submit(away.location, {k: v for k, v in form.items() if v})
    assert paying.status_code == 303
    (gift,) = gifts(session)
    assert gift.pledge_id == pledge.id
    client.submit(paying.location, {"paid": "1"})
    (kept,) = pledges(session)
    assert (kept.state, kept.rest) == (PledgeState.PARTLY_KEPT, 35_000)
    own = text_of(client.get(f"/pledges/{pledge.token}"))
    assert "已兑现 ¥250.00，还有 ¥350.00" in own
    assert "撤回这份认捐" not in own


def test_a_gift_to_another_promise_is_refused(
    client: SiteClient, project: Project, session: Session
) -> None:
    page = client.get(f"/projects/{project.id}/donate?pledge=nonsense")
    assert page.status_code == 200
    assert "兑现你" not in text_of(page)
    form = {"client_id": value_of(page, "client_id"), "amount": "200", "giver_kind": "individual"}
    way = re.search(r'<input checked[^>]*name="way"[^>]*value="([^"]*)"', page.text)
    refused = client.submit(
        f"/projects/{project.id}/donate?pledge=nonsense",
        form | ({"way": way[1]} if way else {}),
    )
    assert refused.status_code in (404, 422)
    assert gifts(session) == []


def test_the_giver_takes_it_back_and_stops_the_letters(
    client: SiteClient, project: Project, session: Session
) -> None:
    pledge = made(client, project, session)
    own = f"/pledges/{pledge.token}"
    client.submit(f"{own}/reminders", {"on": "0"})
    assert pledges(session)[0].reminders_off
    client.submit(f"{own}/reminders", {"on": "1"})
    assert not pledges(session)[0].reminders_off
    assert client.submit(f"{own}/withdraw").status_code == 303
    assert pledges(session)[0].state is PledgeState.WITHDRAWN
    assert "已撤回" in text_of(client.get(own))


def test_a_public_promise_is_not_taken_back_by_the_page(
    client: SiteClient, project: Project, session: Session
) -> None:
    pledge = made(client, project, session, is_public="y")
    own = f"/pledges/{pledge.token}"
    assert "撤回这份认捐" not in text_of(client.get(own))
    client.submit(f"{own}/withdraw")
    assert pledges(session)[0].state is PledgeState.OPEN
    assert "确有困难，请申请免除" in text_of(client.get(own))


def test_hours_are_confirmed_by_both_sides(
    client: SiteClient, project: Project, session: Session, staff: SiteClient
) -> None:
    pledge = made(client, project, session, way="hours", minutes="8")
    own = f"/pledges/{pledge.token}"
    wrong = client.submit(f"{own}/hours", {"minutes": "25", "worked_on": "2020-01-01"})
    assert wrong.status_code == 422
    assert value_of(wrong, "minutes") == "25"
    page = client.get(own)
    client.submit(
        f"{own}/hours",
        {
            "client_id": value_of(page, "client_id"),
            "worked_on": house_clock.today().isoformat(),
            "minutes": "1.5",
            "note": "帮三户量尺寸",
        },
    )
    (row,) = session.scalars(select(PledgeHours)).all()
    assert "帮三户量尺寸" in text_of(staff.get("/desk"))
    assert "等机构确认" in text_of(client.get(own))
    staff.submit(f"/desk/pledges/hours/{row.id}", {"confirm": "1"})
    assert "已兑现 1.5 小时，还有 6.5 小时" in text_of(client.get(own))
    client.submit(f"{own}/hours/{row.id}", {"refuse": "1"})
    assert pledges(session)[0].kept == 90
    assert "1.5 小时" in text_of(client.get(f"/projects/{project.id}"))


def test_nobody_confirms_hours_of_another_promise(
    client: SiteClient, project: Project, session: Session, staff: SiteClient
) -> None:
    mine = made(client, project, session, way="hours", minutes="8")
    other = made(client, project, session, way="hours", minutes="8")
    staff.submit(
        f"/desk/pledges/{mine.id}/hours",
        {
            "client_id": value_of(staff.get(f"/desk/pledges/{mine.id}"), "client_id"),
            "worked_on": house_clock.today().isoformat(),
            "minutes": "2",
        },
    )
    (row,) = session.scalars(select(PledgeHours)).all()
    stranger = client.submit(f"/pledges/{other.token}/hours/{row.id}", {"confirm": "1"})
    assert stranger.status_code == 404
    client.submit(f"/pledges/{mine.token}/hours/{row.id}", {"confirm": "1"})
    assert pledges(session)[0].kept == 120


# ── the desk ─────────────────────────────────────────────────────────────────────────────────────


def test_a_release_is_asked_for_and_published_without_a_name(
    client: SiteClient, project: Project, session: Session, staff: SiteClient
) -> None:
    pledge = made(client, project, session, is_public="y")
    own, desk = f"/pledges/{pledge.token}", f"/desk/pledges/{pledge.id}"
    empty = client.submit(f"{own}/release", {"plea": ""})
    assert empty.status_code == 422
    client.submit(f"{own}/release", {"plea": "店里今年亏了"})
    assert "认捐人申请免除" in text_of(staff.get("/desk"))
    page = staff.get(desk)
    assert "店里今年亏了" in page.text
    assert "li@example.org" not in page.text, "the giver keeps the contact from the partner"
    half = staff.submit(f"{desk}/release", {"public_note": "经济状况显著恶化"})
    assert half.status_code == 422
    assert "经济状况显著恶化" in half.text
    staff.submit(
        f"{desk}/release",
        {
            "reported_on": house_clock.today().isoformat(),
            "reported_to": "区民政局",
            "public_note": "经济状况显著恶化",
        },
    )
    assert pledges(session)[0].state is PledgeState.HARDSHIP_RELEASED
    public = text_of(client.get(f"/projects/{project.id}"))
    assert "因困难免除的认捐 1 份" in public
    assert "经济状况显著恶化" in public
    assert "李春梅" not in public
    assert "店里今年亏了" not in public


def test_the_charity_reads_who_promised(
    client: SiteClient, project: Project, session: Session, village: Village, sign_in: SignIn
) -> None:
    pledge = made(client, project, session)
    treasurer = signed_in(village, sign_in, Role.TREASURER, village.operator.id)
    assert "li@example.org" in treasurer.get(f"/desk/pledges/{pledge.id}").text


def test_promises_are_listed_by_age_and_lapse_when_long_past(
    client: SiteClient,
    project: Project,
    session: Session,
    village: Village,
    sign_in: SignIn,
    clock: SetClock,
) -> None:
    pledge = made(client, project, session)
    clock.advance(days=75)
    staff = signed_in(village, sign_in, Role.OWNER, village.partner.id)
    page = text_of(staff.get("/desk/pledges"))
    assert "逾期 31–60 天 1 份 ¥600.00" in page
    assert "过了 45 天" in page
    assert "没有这样的认捐" in text_of(staff.get("/desk/pledges?band=61-90"))
    early = staff.submit(f"/desk/pledges/{pledge.id}/lapse", {"lapse-note": "联系不上"})
    assert early.status_code == 409
    assert "联系不上" in early.text
    clock.advance(days=60)
    staff = signed_in(village, sign_in, Role.OWNER, village.partner.id)
    staff.submit(f"/desk/pledges/{pledge.id}/lapse", {"lapse-note": "联系不上"})
    assert pledges(session)[0].state is PledgeState.LAPSED
    assert "过期关闭" in text_of(staff.get("/desk/pledges"))


def test_a_plea_is_answered(
    client: SiteClient, project: Project, session: Session, staff: SiteClient
) -> None:
    pledge = made(client, project, session)
    client.submit(f"/pledges/{pledge.token}/release", {"plea": "手头紧"})
    staff.submit(f"/desk/pledges/{pledge.id}/decline", {"decline-note": "可以分期"})
    assert "可以分期" in text_of(client.get(f"/pledges/{pledge.token}"))


# ── letters ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "¥600.00"),
        (GOODS, "大米 4 袋"),
        ({"way": "hours", "minutes": "1.5"}, "1.5 小时"),
    ],
)
def test_the_job_reminds_with_a_link_to_pay(
    app: Flask,
    client: SiteClient,
    project: Project,
    session: Session,
    clock: SetClock,
    changed: dict[str, str],
    words: str,
) -> None:
    pledge = made(client, project, session, **changed)
    clock.advance(days=27)
    with app.app_context():
        jobs.remind_of_promises()
        jobs.remind_of_promises()
    session.expire_all()
    first, reminder = session.scalars(
        select(Letter).where(Letter.kind.startswith("pledge.")).order_by(Letter.id)
    ).all()
    with app.app_context():
        told, reminded = (
            letters.put_into_words(each.kind, each.data) for each in (first, reminder)
        )
    for subject, text in (told, reminded):
        assert words in subject
        assert f"/pledges/{pledge.token}" in text
    assert (f"/pledges/{pledge.token}/pay" in reminded[1]) is ("minutes" not in changed)
