"""Teams and seasons in a browser: found one, give through it, see it on the season's page."""

from __future__ import annotations

import io
import uuid

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from charity.accounts.models import User
from charity.actor import Grant, Role
from charity.donations.models import GivingSeason, GivingTeam, TeamState
from charity.registry.models import FundraisingMode
from projects.listings.models import Project
from tests.conftest import SetClock
from tests.factories import make_actor
from tests.projects.listings.village import Village
from tests.support.site import SignIn, SiteClient
from tests.web.donors import gifts, published, settle_village, text_of, typed
from web.fonts import faces


@pytest.fixture
def village(session: Session, clock: SetClock) -> Village:
    """A village whose operator runs the site."""
    return settle_village(session)


@pytest.fixture
def project(village: Village) -> Project:
    """A project that takes gifts."""
    return published(village)


def found(client: SiteClient, project: Project, **changed: str) -> TestResponse:
    """Send the form of a new team."""
    said = {
        "client_id": str(uuid.uuid4()),
        "kind": "villagers_away",
        "name": "杜山村在外乡亲",
        "captain_name": "老杜",
        "target": "5000",
        "message": "<b>给老家</b>添一盏灯",
    }
    return client.submit(f"/projects/{project.id}/teams/new", {**said, **changed})


def team_of(session: Session) -> GivingTeam:
    """The one team there is, as it stands now."""
    session.expire_all()
    return session.scalars(select(GivingTeam)).one()


def test_found_a_team_and_give_through_it(
    session: Session, village: Village, client: SiteClient, project: Project
) -> None:
    answer = found(client, project)
    assert answer.status_code == 303
    captain = client.get(answer.location)
    assert "/teams/" in captain.text
    team = team_of(session)
    page = client.get(f"/teams/{team.code}")
    assert "杜山村在外乡亲" in text_of(page)
    assert "<b>给老家" not in page.text
    assert team.captain_token not in page.text

    path = f"/projects/{project.id}/donate?team={team.code}"
    assert "进队：杜山村在外乡亲" in text_of(client.get(path))
    assert client.submit(path, typed(amount="200")).status_code == 303
    (gift,) = gifts(session)
    assert gift.team_id == team.id
    assert "杜山村在外乡亲" in text_of(client.get("/teams"))


def test_the_captain_changes_the_words_and_ends_it(
    session: Session, client: SiteClient, project: Project
) -> None:
    own = found(client, project).location
    changed = client.submit(own, {"kind": "unit", "name": "杜山乡亲会", "captain_name": "老杜"})
    assert changed.status_code == 303
    assert team_of(session).name == "杜山乡亲会"
    assert client.submit(f"{own}/close").status_code == 303
    team = team_of(session)
    assert team.state is TeamState.CLOSED
    refused = client.submit(f"/projects/{project.id}/donate?team={team.code}", typed())
    assert refused.status_code == 409
    assert "这支队已经结束" in text_of(refused)
    assert gifts(session) == []


def test_a_team_of_another_project_is_not_mixed_in(
    session: Session, village: Village, client: SiteClient, project: Project
) -> None:
    found(client, project)
    other = published(village, title="另一个项目的名字")
    path = f"/projects/{other.id}/donate?team={team_of(session).code}"
    assert client.get(path).status_code == 404


def test_a_form_that_says_too_little_keeps_what_was_typed(
    session: Session, client: SiteClient, project: Project
) -> None:
    answer = found(client, project, name="", target="一百")
    assert answer.status_code == 422
    assert "老杜" in answer.text
    assert session.scalars(select(GivingTeam)).all() == []


def test_the_poster_is_a_picture_with_a_code(
    session: Session, client: SiteClient, project: Project
) -> None:
    found(client, project)
    answer = client.get(f"/teams/{team_of(session).code}/poster.png")
    if faces() is None:
        assert answer.status_code == 303
        return
    assert answer.content_type == "image/png"
    with Image.open(io.BytesIO(answer.data)) as image:
        assert image.size == (750, 1334)


# ── seasons ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def office(session: Session, village: Village, sign_in: SignIn) -> SiteClient:
    """The operator's treasurer, signed in."""
    actor = make_actor(session, Grant(Role.TREASURER, organisation_id=village.operator.id))
    user = session.get(User, actor.user_id)
    assert user is not None
    session.commit()
    return sign_in(user)


def season_form(village: Village, **changed: str) -> dict[str, str]:
    """A season of March."""
    said = {
        "name": "第二届湖北数字公益节",
        "starts_on": "2026-03-10",
        "ends_on": "2026-03-20",
        "organisers": str(village.operator.id),
        "has_leaderboards": "y",
    }
    return {**said, **changed}


def test_from_plan_to_the_public_page(
    session: Session, village: Village, office: SiteClient, client: SiteClient, project: Project
) -> None:
    answer = office.submit("/desk/seasons/new", season_form(village, emergency="樊口堤防抢险"))
    assert answer.status_code == 303
    season = session.scalars(select(GivingSeason)).one()
    assert client.get(f"/seasons/{season.id}").status_code == 404
    desk = f"/desk/seasons/{season.id}"
    early = office.submit(f"{desk}/publish")
    assert "请先加入至少一个公开募捐的项目" in text_of(office.get(early.location))
    office.submit(f"{desk}/join", {"campaign": str(project.campaign_id)})
    assert office.submit(f"{desk}/publish").status_code == 303
    village.give(project, village.session.get_one(Project, project.id).target)
    village.settle()
    session.commit()
    page = text_of(client.get(f"/seasons/{season.id}"))
    assert "第二届湖北数字公益节" in page
    assert "樊口堤防抢险" in page
    assert "项目排行" in page
    assert project.title in page
    assert "第二届湖北数字公益节" in text_of(client.get("/seasons"))
    assert "第二届湖北数字公益节" in text_of(office.get("/desk/seasons"))

    off = season_form(village)
    del off["has_leaderboards"]
    assert office.submit(desk, off).status_code == 303
    assert "项目排行" not in text_of(client.get(f"/seasons/{season.id}"))
    office.submit(f"{desk}/leave/{project.campaign_id}")
    assert "还没有项目参加" in text_of(client.get(f"/seasons/{season.id}"))


def test_only_public_campaigns_are_offered(
    village: Village, office: SiteClient, session: Session
) -> None:
    hidden = published(village, title="只给会员看的项目", mode=FundraisingMode.TARGETED)
    office.submit("/desk/seasons/new", season_form(village))
    season = session.scalars(select(GivingSeason)).one()
    page = office.get(f"/desk/seasons/{season.id}")
    assert hidden.title not in page.text


def test_days_the_wrong_way_round(village: Village, office: SiteClient, session: Session) -> None:
    answer = office.submit("/desk/seasons/new", season_form(village, ends_on="2026-03-01"))
    assert answer.status_code == 422
    assert "日期对不上" in text_of(answer)
    assert session.scalars(select(GivingSeason)).all() == []


def test_seasons_are_held_by_the_operators_staff(client: SiteClient, village: Village) -> None:
    assert client.get("/desk/seasons").status_code in {302, 303, 403}
