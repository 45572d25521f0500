"""Campaigns for their own people, on the spot, and on another's platform, as visitors see them."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from charity import clock as calendar
from charity.accounts.models import User
from charity.actor import Actor, Grant, Role
from charity.donations import services
from charity.donations.models import StatementKind
from charity.donations.services.statements import columns_of
from charity.donations.statement_reading import Reading
from charity.files import LocalFileStore
from charity.registry.models import FundraisingMode
from projects.listings.models import Project
from tests.conftest import SetClock
from tests.factories import make_actor
from tests.projects.listings.village import Village
from tests.support.site import SignIn, SiteClient
from tests.web.donors import gifts, give, only_lists, published, settle_village, text_of


@pytest.fixture
def village(session: Session, clock: SetClock) -> Village:
    """A village whose operator runs the site."""
    return settle_village(session)


@pytest.fixture
def targeted(village: Village) -> Project:
    """A project for the council and the members only."""
    return published(village, title="理事会定向募捐", mode=FundraisingMode.TARGETED)


def login_of(session: Session, actor: Actor) -> str:
    """The login name of somebody."""
    user = session.get(User, actor.user_id)
    assert user is not None
    session.commit()
    return user.login_name


def test_a_targeted_project_is_nowhere_in_public(client: SiteClient, targeted: Project) -> None:
    assert client.get(f"/projects/{targeted.id}").status_code == 404
    assert client.get(f"/projects/{targeted.id}/donate").status_code == 404
    for path in ("/", "/projects", f"/regions/{targeted.region_code}", "/search?q=理事会定向募捐"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert f"/projects/{targeted.id}" not in answer.text


def test_the_treasurer_names_a_member_who_then_gives(
    session: Session, village: Village, targeted: Project, sign_in: SignIn, client: SiteClient
) -> None:
    treasurer = make_actor(session, Grant(Role.TREASURER, organisation_id=village.operator.id))
    member, other = make_actor(session), make_actor(session)
    name = login_of(session, member)
    office = sign_in(login_of(session, treasurer))
    page = office.get(f"/projects/{targeted.id}")
    assert "请不要转发" in page.text
    path = f"/projects/{targeted.id}/members"
    wrong = office.submit(path, {"person": "nobody-here", "capacity": "council"})
    assert wrong.status_code == 422
    assert "没有找到这个人" in wrong.text
    assert office.submit(path, {"person": name, "capacity": "council"}).status_code == 303
    assert "理事会成员" in office.get(path).text

    browser = sign_in(name)
    assert "理事会定向募捐" in browser.get("/account/").text
    assert browser.get(f"/projects/{targeted.id}").status_code == 200
    assert give(browser, targeted).status_code == 303
    assert len(gifts(session)) == 1

    stranger = sign_in(login_of(session, other))
    assert stranger.get(f"/projects/{targeted.id}/donate").status_code == 404

    gone = office.submit(f"{path}/{member.person_id}/remove")
    assert gone.status_code == 303
    assert browser.get(f"/projects/{targeted.id}").status_code == 404


def test_what_is_gathered_on_the_spot_is_not_paid_online(
    session: Session, village: Village, client: SiteClient
) -> None:
    market = published(village, mode=FundraisingMode.PUBLIC_OFFLINE)
    page = client.get(f"/projects/{market.id}")
    assert "只在现场募捐" in text_of(page)
    assert "只在现场募捐" in text_of(client.get(f"/projects/{market.id}/donate"))


def test_a_grant_is_shown_and_takes_no_gift(
    session: Session, village: Village, client: SiteClient
) -> None:
    granted = published(village, mode=FundraisingMode.GRANT)
    assert "只登记拨款，不募捐" in text_of(client.get(f"/projects/{granted.id}"))


def test_the_platforms_page_is_linked_where_the_site_takes_no_money(
    app: Flask, village: Village, client: SiteClient
) -> None:
    carried = published(
        village,
        platform_name="腾讯公益",
        platform_url="https://gongyi.example.org/projects/7",
    )
    only_lists(app)
    for path in (f"/projects/{carried.id}", f"/projects/{carried.id}/donate"):
        page = client.get(path).text
        assert 'href="https://gongyi.example.org/projects/7"' in page
        assert "去腾讯公益捐款" in page


def test_the_money_of_members_is_shown_to_members_only(
    session: Session, village: Village, targeted: Project, client: SiteClient, sign_in: SignIn
) -> None:
    assert targeted.campaign is not None
    treasurer = make_actor(session, Grant(Role.TREASURER, organisation_id=village.operator.id))
    office = sign_in(login_of(session, treasurer))
    own = ("expenses", "deliveries", "flow")
    paths = [f"/projects/{targeted.id}/{page}" for page in own]
    for path in (f"/funds/{targeted.campaign.fund_id}", *paths):
        assert client.get(path).status_code == 404, path
        assert office.get(path).status_code == 200, path


SHEET = """订单编号,支付时间,捐赠金额,捐赠人,公益项目
T1,2026-03-10 09:00:00,30.00,张三,扶手
T2,2026-03-11 10:00:00,12.50,李四,扶手
"""


def test_what_the_platform_reports_is_shown_and_not_booked(
    app: Flask, session: Session, village: Village, client: SiteClient, tmp_path: Path
) -> None:
    carried = published(
        village, platform_name="公益宝", platform_url="https://gongyi.example.org/projects/7"
    )
    treasurer = make_actor(session, Grant(Role.TREASURER, organisation_id=village.operator.id))
    content = SHEET.encode()
    statement = services.begin_statement(
        session,
        treasurer,
        organisation_id=village.operator.id,
        kind=StatementKind.PLATFORM,
        file_name="三月.csv",
        digest=LocalFileStore(tmp_path).put(content),
        mapping="公益宝",
        campaign_id=carried.campaign_id,
        operator_mode="listing",
    )
    reading = Reading(content, columns_of(session, statement), calendar.today())
    services.store_rows(session, treasurer, statement_id=statement.id, rows=list(reading.rows()))
    services.finish_reading(session, treasurer, statement_id=statement.id, reading=reading)
    services.start_applying(session, treasurer, statement_id=statement.id)
    services.apply_portion(
        session,
        Actor.system("worker"),
        statement_id=statement.id,
        gateways=app.extensions["wushe.ports"].gateways,
        operator_mode="listing",
    )
    session.commit()
    only_lists(app)
    page = text_of(client.get(f"/projects/{carried.id}"))
    assert "平台对账单上已捐 ¥42.50，共 2 笔" in page
    assert gifts(session) == []
