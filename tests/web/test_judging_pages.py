"""Judging on its pages: who may score what, who sees what when, and what nobody changes again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from charity.accounts.models import User
from charity.actor import Actor, Grant, Role
from charity.registry.models import Person, Rating
from projects.ventures.models import (
    Assignment,
    AssignmentState,
    CompetitionState,
    JudgingRound,
    Ranking,
)
from projects.ventures.services import assign_judges, find_conflicts
from tests.conftest import SetClock
from tests.factories import PASSWORD, make_actor, make_user
from tests.projects.ventures.panel import AT, PanelWorld, make_panel_world
from tests.support.site import SiteClient, signed_in
from tests.web.donors import text_of


@dataclass
class Panel:
    """A competition in review, its people in browsers."""

    world: PanelWorld
    organiser: SiteClient
    login: str
    judges: list[SiteClient] = field(default_factory=list)


@pytest.fixture
def panel(app: Flask, session: Session, clock: SetClock) -> Panel:
    """Two entries, three judges, every sheet given out."""
    clock.advance(days=(AT.date() - clock.now.date()).days)
    world = make_panel_world(
        session, entries=2, judges=3, judges_per_application=3, method="mean", tie_rule="draw",
        shortlist=0, rating_bonus=20,
    )  # fmt: skip
    session.add_all(
        Rating(
            organisation_id=entry.organisation_id, grade=3, rated_on=date(2025, 1, 1),
            expires_on=date(2030, 1, 1), authority="registrar",
            recorded_by_user_id=world.organiser.user_id or 0,
        )
        for entry in world.entries
    )  # fmt: skip
    assign_judges(
        session, world.organiser, competition_id=world.competition.id,
        judging_round=JudgingRound.REVIEW,
    )  # fmt: skip
    session.commit()

    def login(actor: Actor) -> str:
        return session.get_one(User, actor.user_id).login_name

    def enter(actor: Actor) -> SiteClient:
        return signed_in(app, login(actor), PASSWORD)

    people = [enter(each) for each in world.actors]
    return Panel(world, enter(world.organiser), login(world.organiser), people)


def sheets_of(session: Session, panel: Panel, judge: int) -> list[Assignment]:
    """The sheets of one judge, by entry."""
    judge_id = panel.world.judges[judge].id
    found = session.query(Assignment).filter_by(judge_id=judge_id)
    return list(found.order_by(Assignment.application_id))


def filled(panel: Panel, percent: int, act: str = "lock", **more: str) -> dict[str, str]:
    """What a phone sends: so many hundredths of every line."""
    points = {
        f"points_{each.id}": f"{each.weight * percent / 100:.1f}"
        for each in panel.world.competition.criteria
    }
    return points | {"act": act, "client_id": str(uuid.uuid4()), "comment": "走访过"} | more


def test_a_phone_saves_hands_in_and_nobody_changes_it(session: Session, panel: Panel) -> None:
    judge, others = panel.judges[0], panel.judges[1]
    mine, second = sheets_of(session, panel, 0)
    page = f"/judging/sheets/{mine.id}"
    assert "盲评" in text_of(judge.get(page))
    assert panel.world.entries[0].organisation.name not in text_of(judge.get(page))
    first = panel.world.competition.criteria[0]
    half = {f"points_{first.id}": "12.5", "act": "lock", "client_id": str(uuid.uuid4())}
    short = judge.submit(page, half)
    assert short.status_code == 422
    assert "还有没打分的项" in text_of(short)
    session.expire_all()
    assert [each.points for each in mine.scores] == [125], "what was typed is kept"
    wrong = judge.submit(page, filled(panel, 80) | {f"points_{first.id}": "99"})
    assert wrong.status_code == 422
    assert "在 0 到 20 分之间" in text_of(wrong)
    for stranger in (others, panel.organiser):
        assert stranger.submit(page, filled(panel, 10)).status_code in (403, 404)
    sent = filled(panel, 80)
    for _again in range(2):
        assert judge.submit(page, sent).status_code in (200, 303)
    session.expire_all()
    assert (mine.state, len(mine.scores)) == (AssignmentState.LOCKED, 6)
    judge.submit(page, filled(panel, 10))
    session.expire_all()
    assert sum(each.points for each in mine.scores) == 800
    assert "已锁定" in text_of(judge.get(page))
    listed = text_of(judge.get("/judging"))
    assert "还剩 1 份" in listed
    assert others.get(page).status_code in (403, 404), "nobody sees it before all are in"
    assert panel.organiser.get(page).status_code == 403
    desk = text_of(panel.organiser.get(f"/desk/competitions/{panel.world.competition.id}/judging"))
    assert "交了 1 份" in desk
    assert "80" not in desk.partition("谁评谁")[2].partition("谁和谁有关系")[0]
    judge.submit(f"/judging/sheets/{second.id}", {"act": "declare", "because": "前同事办的"})
    session.expire_all()
    assert second.state is AssignmentState.RECUSED
    assert "已经回避" in text_of(judge.get(f"/judging/sheets/{second.id}"))


def test_own_and_conflicted_entries_are_refused_by_the_page(session: Session, panel: Panel) -> None:
    own, bound = sheets_of(session, panel, 0)
    person = panel.world.actors[0]
    user = session.get_one(User, person.user_id)
    applicant = panel.world.entries[0].organisation_id
    # the same person joins the applicant with another account after the sheets were given out
    make_actor(
        session, Grant(Role.EDITOR, organisation_id=applicant),
        user=make_user(session, person=session.get_one(Person, user.person_id)),
    )  # fmt: skip
    session.commit()
    page = f"/judging/sheets/{own.id}"
    assert panel.judges[0].get(page).status_code == 403
    assert panel.judges[0].submit(page, filled(panel, 100)).status_code == 403
    find_conflicts(session, panel.world.organiser, competition_id=panel.world.competition.id)
    session.commit()
    assert panel.judges[0].submit(page, filled(panel, 100)).status_code == 403
    session.expire_all()
    assert (own.state, own.scores) == (AssignmentState.RECUSED, [])
    assert bound.state is AssignmentState.OPEN


def test_ranked_looked_at_and_published_for_a_stranger(
    app: Flask, session: Session, panel: Panel, client: SiteClient, clock: SetClock
) -> None:
    room = f"/desk/competitions/{panel.world.competition.id}"
    early = panel.organiser.submit(f"{room}/judging/rank", {"round": "review"})
    assert "全部锁定后" in text_of(early)
    for number, judge in enumerate(panel.judges):
        for place, sheet in enumerate(sheets_of(session, panel, number)):
            # the two come out even: only a public number can part them
            percent = 80 if (number + place) % 2 or number == 2 else 60
            judge.submit(f"/judging/sheets/{sheet.id}", filled(panel, percent))
    tie = panel.organiser.submit(f"{room}/judging/rank", {"round": "review"})
    assert tie.status_code == 422
    assert "要抽签决定" in text_of(tie)
    clock.advance(days=1)
    organiser = signed_in(app, panel.login, PASSWORD)
    drawn = {
        "round": "review", "review-number": "070911", "review-number_name": "双色球",
        "review-number_on": clock.now.date().isoformat(),
    }  # fmt: skip
    assert organiser.submit(f"{room}/judging/rank", drawn).status_code == 303
    shown = text_of(organiser.get(f"{room}/ranking"))
    assert "070911" in shown
    assert shown.count("含评估加分 2.00") == 2
    assert "docs/replay_ranking.py" in shown
    report = text_of(organiser.get(f"{room}/report/review"))
    assert "宽严" in report
    assert "少一位评委会怎样" in report
    ranking = session.query(Ranking).one()
    published = {"ranking_id": str(ranking.id)}
    assert organiser.submit(f"{room}/judging/publish", published).status_code == 303
    file = f"/competitions/{panel.world.competition.id}/results.json"
    panel.world.competition.state = CompetitionState.RANKED
    session.commit()
    assert client.get(file).json == session.get_one(Ranking, ranking.id).file
