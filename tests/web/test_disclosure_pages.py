"""Publishing on the site: the desk, the public page with its proof, corrections, ratios."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.accounts.models import User
from charity.actor import Actor
from charity.disclosure import services
from charity.disclosure.models import (
    DisclosureDuty,
    DisclosureEntry,
    DisclosureKind,
    RatioReport,
)
from charity.letters import Letter
from charity.money import Money
from projects.listings.models import Project
from tests.conftest import SetClock
from tests.projects.listings.village import Village, make_village
from tests.support.site import SignIn, SiteClient
from web.disclosures import work
from web.letters import put_into_words

SYSTEM = Actor.system("tests")


@dataclass
class Desk:
    """A published project that money was given to, and the duty to tell of its result."""

    session: Session
    village: Village
    project: Project
    duty: DisclosureDuty


@pytest.fixture
def desk(session: Session, clock: SetClock) -> Desk:
    village = make_village(session)
    project = village.published()
    village.give(project, Money.yuan(300))
    services.raise_duties(session, SYSTEM, on=house_clock.today())
    session.commit()
    assert project.campaign is not None
    duty = session.scalars(
        select(DisclosureDuty).where(
            DisclosureDuty.campaign_id == project.campaign.id,
            DisclosureDuty.kind == DisclosureKind.CAMPAIGN_RESULT,
        )
    ).one()
    return Desk(session, village, project, duty)


@pytest.fixture
def publisher(desk: Desk, sign_in: SignIn) -> SiteClient:
    """The treasurer of the charity, who publishes for it."""
    return sign_in(desk.session.get_one(User, desk.village.treasurer.user_id).login_name)


def publish(desk: Desk, publisher: SiteClient, words: str = "二十户都装好了") -> DisclosureEntry:
    answer = publisher.submit(
        f"/desk/disclosures/{desk.duty.id}", {"title": "结果", "words": words}
    )
    assert answer.status_code == 303
    return desk.session.scalars(
        select(DisclosureEntry).order_by(DisclosureEntry.id.desc()).limit(1)
    ).one()


def test_staff_adds_words_to_figures_and_a_stranger_checks_the_bytes(
    desk: Desk, publisher: SiteClient, client: SiteClient
) -> None:
    listed = publisher.get("/desk/disclosures").text
    assert f"/desk/disclosures/{desk.duty.id}" in listed
    form = publisher.get(f"/desk/disclosures/{desk.duty.id}").text
    assert "¥300.00" in form
    assert desk.project.title in form
    empty = publisher.submit(f"/desk/disclosures/{desk.duty.id}", {"title": "结果", "words": " "})
    assert empty.status_code == 422
    entry = publish(desk, publisher)
    page = client.get(f"/disclosures/{entry.id}")
    assert page.status_code == 200
    assert "二十户都装好了" in page.text
    assert "sha256sum" in page.text
    file = client.get(f"/disclosures/{entry.id}.json")
    assert hashlib.sha256(file.data).hexdigest() == entry.content_hash
    assert entry.title in client.get("/disclosures").text
    again = publisher.submit(f"/desk/disclosures/{desk.duty.id}", {"title": "x", "words": "y"})
    assert again.status_code == 409


def test_a_correction_stands_beside_what_it_corrects(
    desk: Desk, publisher: SiteClient, client: SiteClient
) -> None:
    first = publish(desk, publisher)
    desk.village.give(desk.project, Money.yuan(50))
    desk.session.commit()
    there = f"/desk/disclosures/entries/{first.id}"
    form = publisher.get(there).text
    assert "¥350.00" in form
    same = publisher.submit(there, {"words": "一共三百五十元", "explanation": ""})
    assert same.status_code == 422
    answer = publisher.submit(there, {"words": "一共三百五十元", "explanation": "漏了一笔"})
    assert answer.status_code == 303
    second = client.get(answer.location).text
    for said in ("漏了一笔", "¥300.00", "¥350.00", "二十户都装好了", "一共三百五十元"):
        assert said in second
    old = client.get(f"/disclosures/{first.id}").text
    assert "这一版已经更正" in old
    assert "¥350.00" not in old


def test_late_days_stand_on_the_pages_of_project_and_organisation(
    desk: Desk, client: SiteClient, clock: SetClock
) -> None:
    late = desk.duty.due_on + timedelta(days=4)
    clock.set(house_clock.start_of(late))
    for address in (
        "/disclosures",
        f"/projects/{desk.project.id}",
        f"/organisations/{desk.village.operator.id}",
    ):
        page = client.get(address).text
        assert "逾期" in page
        assert "4 天" in page


def test_the_daily_work_makes_duties_and_letters_that_have_words(desk: Desk, app: Flask) -> None:
    user = desk.session.get_one(User, desk.village.treasurer.user_id)
    user.login_name = "treasurer@example.org"
    desk.duty.due_on = house_clock.today()
    desk.session.commit()
    with app.app_context():
        services.remind_of_duties(desk.session, SYSTEM, on=house_clock.today())
        desk.session.commit()
        letter = desk.session.scalars(
            select(Letter).where(Letter.kind == "disclosure.reminder")
        ).one()
        subject, text = put_into_words(letter.kind, letter.data)
        work.keep_duties()
    assert desk.village.operator.name in subject
    assert f"/desk/disclosures/{desk.duty.id}" in text


def test_the_ratios_are_public_and_computed_by_publishers(
    desk: Desk, client: SiteClient, clock: SetClock, sign_in: SignIn
) -> None:
    address = f"/organisations/{desk.village.operator.id}/ratios"
    running = client.get(address).text
    assert "RAT-02" in running
    assert "要人判断" in running
    clock.set(house_clock.start_of(house_clock.today().replace(year=2027)))
    login = desk.session.get_one(User, desk.village.treasurer.user_id).login_name
    browser = sign_in(login)
    early = browser.submit(address, {"year": "2027"}, follow_redirects=True)
    assert "还没有过完" in early.text
    assert desk.session.scalars(select(RatioReport)).all() == []
    assert browser.submit(address, {"year": "2026"}).status_code == 303
    [report] = desk.session.scalars(select(RatioReport))
    assert report.content["missed"] == ["RAT-02"]
    judged = browser.get(address).text
    assert "2026 年" in judged
    assert "/audits/statements/activities?book=" in judged
    adjusted = {"year": "2026", "not_usable": "1234.00"}
    silent = browser.submit(address, adjusted)
    assert silent.status_code == 422
    assert 'value="1234.00"' in silent.text, "what was typed stays"
    assert 'id="because-error"' in silent.text
    clock.advance(minutes=1)
    assert browser.submit(address, adjusted | {"because": "协议第七条"}).status_code == 303
    assert "协议第七条" in client.get(address).text
    services.raise_duties(desk.session, SYSTEM, on=house_clock.today())
    assert "RAT-14" in browser.get("/desk/disclosures").text


def test_cha_114_a_late_report_of_an_emergency_pauses_gifts_until_it_is_published(
    desk: Desk, client: SiteClient, clock: SetClock, sign_in: SignIn
) -> None:
    assert desk.project.campaign is not None
    desk.project.campaign.plan.emergency = "洪水"
    services.raise_duties(desk.session, SYSTEM, on=house_clock.today())
    [first] = desk.session.scalars(
        select(DisclosureDuty)
        .where(DisclosureDuty.kind == DisclosureKind.EMERGENCY_RECEIPTS)
        .order_by(DisclosureDuty.due_on)
        .limit(1)
    )
    desk.session.commit()
    project = f"/projects/{desk.project.id}"
    assert f"{project}/donate" in client.get(project).text
    clock.set(house_clock.start_of(first.due_on + timedelta(days=1)))
    services.raise_duties(desk.session, SYSTEM, on=house_clock.today())
    desk.session.commit()
    assert f'action="{project}/donate"' not in client.get(project).text
    login = desk.session.get_one(User, desk.village.treasurer.user_id).login_name
    words = {"title": "收入", "words": "五天收入见下表"}
    answer = sign_in(login).submit(f"/desk/disclosures/{first.id}", words)
    assert answer.status_code == 303
    assert f'action="{project}/donate"' in client.get(project).text
