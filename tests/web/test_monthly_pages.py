"""Monthly giving in a browser: begin, pay, and change one's mind in one tap."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from charity.donations.models import MonthlyPlan, PlanState, TurnState
from charity.letters import Letter
from charity.money import Money
from projects.listings.models import Project
from tests.conftest import SetClock
from tests.projects.listings.village import Village
from tests.support.site import SiteClient
from tests.web.donors import gifts, only_lists, published, settle_village, text_of
from web.giving_jobs import turn_months
from web.letters import put_into_words


@pytest.fixture
def village(session: Session, clock: SetClock) -> Village:
    """A village whose operator runs the site."""
    return settle_village(session)


@pytest.fixture
def project(village: Village) -> Project:
    """A project that takes gifts."""
    return published(village)


def begin(client: SiteClient, project: Project, **changed: str) -> TestResponse:
    """Send the form: 50 yuan on the 10th."""
    said = {
        "client_id": str(uuid.uuid4()),
        "amount": "50",
        "day_of_month": "10",
        "contact": "li@example.org",
        "giver_kind": "individual",
    }
    return client.submit(f"/projects/{project.id}/monthly", {**said, **changed})


def plan_of(session: Session) -> MonthlyPlan:
    """The one plan there is, as it stands now."""
    session.expire_all()
    return session.scalars(select(MonthlyPlan)).one()


def test_from_the_form_to_the_first_gift(
    session: Session, client: SiteClient, project: Project
) -> None:
    form = client.get(f"/projects/{project.id}/monthly")
    assert "不绑卡，不自动扣款" in text_of(form)
    answer = begin(client, project)
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert page.headers["Cache-Control"] == "no-store, private"
    assert "每月 ¥50.00" in text_of(page)
    (gift,) = gifts(session)
    assert gift.amount == Money.yuan(50)
    assert f"/donations/{gift.trail_token}" in page.text


def test_everything_about_a_plan_takes_one_tap(
    session: Session, client: SiteClient, project: Project
) -> None:
    own = begin(client, project).location
    assert client.submit(f"{own}/pause", {"until": ""}).status_code == 303
    assert plan_of(session).state is PlanState.PAUSED
    assert "停着，等你恢复" in text_of(client.get(own))
    client.submit(f"{own}/resume")
    assert plan_of(session).state is PlanState.ACTIVE
    changed = client.submit(f"{own}/change", {"amount": "88.50", "day_of_month": "5"})
    assert changed.status_code == 303
    assert (plan_of(session).amount, plan_of(session).day_of_month) == (Money.yuan("88.50"), 5)
    assert client.submit(f"{own}/stop").status_code == 303
    assert plan_of(session).state is PlanState.STOPPED
    assert "月捐已经停止" in text_of(client.get(own))


@pytest.mark.parametrize(
    ("act", "said", "words"),
    [
        ("pause", {"until": "2026-03-15"}, "请写明天以后"),
        ("change", {"amount": "0", "day_of_month": "5"}, "元"),
        ("change", {"amount": "50", "day_of_month": "31"}, "28"),
    ],
)
def test_a_wrong_word_stands_beside_its_field(
    session: Session,
    client: SiteClient,
    project: Project,
    act: str,
    said: dict[str, str],
    words: str,
) -> None:
    own = begin(client, project).location
    answer = client.submit(f"{own}/{act}", said)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert plan_of(session).amount == Money.yuan(50)


def test_the_letters_of_a_plan(
    app: Flask, session: Session, client: SiteClient, project: Project, clock: SetClock
) -> None:
    begin(client, project)
    for day in (7, 10, 13):
        clock.set(datetime(2026, 4, day, 2, tzinfo=UTC))
        with app.app_context():
            turn_months()
            turn_months()
    rows = session.execute(select(Letter.kind, Letter.data).order_by(Letter.id)).all()
    kinds = [kind for kind, _ in rows if kind.startswith("monthly.")]
    assert kinds == [
        "monthly.started",
        "monthly.notice",
        "monthly.reminder",
        "monthly.due",
        "monthly.reminder",
    ]
    for kind, data in rows:
        if kind.startswith("monthly."):
            with app.app_context():
                subject, text = put_into_words(kind, data)
            assert subject
            assert f"/monthly/{plan_of(session).token}" in text
    states = [turn.state for turn in plan_of(session).turns]
    assert states == [TurnState.MISSED, TurnState.DUE]


def test_a_month_left_out(session: Session, client: SiteClient, project: Project) -> None:
    own = begin(client, project).location
    assert client.submit(f"{own}/skip").status_code == 303
    again = client.submit(f"{own}/skip")
    assert "现在没有待付的月份" in text_of(client.get(again.location))


def test_without_an_address_the_page_says_so(client: SiteClient, project: Project) -> None:
    own = begin(client, project, contact="13800000000").location
    assert "我们没法提醒你" in text_of(client.get(own))


def test_no_plan_where_no_money_is_taken(
    app: Flask, session: Session, client: SiteClient, project: Project
) -> None:
    only_lists(app)
    assert "不接受捐款" in text_of(client.get(f"/projects/{project.id}/monthly"))
    begin(client, project)
    assert session.scalars(select(MonthlyPlan)).all() == []


def test_a_wrong_secret_opens_nothing(client: SiteClient, project: Project) -> None:
    assert client.get("/monthly/nobody-knows-this").status_code == 404
    assert client.submit("/monthly/nobody-knows-this/stop").status_code == 404
