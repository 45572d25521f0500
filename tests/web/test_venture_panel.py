"""The public's one vote, the defence on phones, sheets from a list, and the letters to judges."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from charity.accounts.models import User
from charity.actor import Actor, Grant, Role
from charity.letters import Letter
from charity.registry.models import Person
from projects.ventures import services
from projects.ventures.models import (
    Assignment,
    AssignmentState,
    CompetitionState,
    JudgingRound,
    PublicVote,
)
from projects.ventures.queries.importing import rubric
from projects.ventures.reading import template_heads
from tests.conftest import SetClock
from tests.factories import PASSWORD, make_actor, make_user
from tests.projects.ventures.panel import AT, PanelWorld, make_panel_world
from tests.support.site import SiteClient, signed_in
from tests.web.donors import text_of
from web.jobs import drain_outbox
from web.letters import put_into_words

DESK = "/desk/competitions/{}"


def entered(app: Flask, session: Session, actor: Actor) -> SiteClient:
    """The browser of somebody who acts."""
    session.commit()
    return signed_in(app, session.get_one(User, actor.user_id).login_name, PASSWORD)


def sheet_of(session: Session, judge_id: int, application_id: int) -> Assignment:
    """One judge's sheet of an entry, read afresh."""
    session.expire_all()
    query = select(Assignment).filter_by(judge_id=judge_id, application_id=application_id)
    return session.scalars(query).one()


@pytest.fixture
def calm(clock: SetClock) -> SetClock:
    """The morning of the panel's world."""
    clock.set(AT)
    return clock


def test_one_person_has_one_vote_and_nobody_sees_counts_before_the_end(
    app: Flask, session: Session, calm: SetClock, client: SiteClient
) -> None:
    world = make_panel_world(
        session, entries=2, judges=0, state=CompetitionState.VOTE, vote_permille=200
    )
    one, two = world.entries
    person = make_user(session)
    twin = make_user(session, person=session.get_one(Person, person.person_id))
    other = make_user(session)
    page = f"/competitions/{world.competition.id}/vote"
    session.commit()

    def voter(user: User) -> SiteClient:
        return signed_in(app, user.login_name, PASSWORD)

    def give(browser: SiteClient, application_id: object) -> TestResponse:
        return browser.submit(page, {"application_id": str(application_id)})

    def cast() -> list[tuple[int, int]]:
        session.expire_all()
        return [
            (each.person_id, each.application_id) for each in session.scalars(select(PublicVote))
        ]

    early = give(voter(person), one.id)
    assert (early.status_code, cast()) == (422, [])
    assert "现在不是投票时间" in text_of(early), "the first day is tomorrow"
    calm.advance(days=1)
    assert "登录以后投票" in text_of(client.get(page))
    assert give(client, one.id).status_code in (302, 303), "a visitor signs in first"
    browser = voter(person)
    shown = text_of(browser.get(page))
    assert "一人一票，投了不能改" in shown
    assert "plan 1" in shown
    for nothing in ("", "0", str(10**12)):
        assert give(browser, nothing).status_code == 422
    assert give(browser, two.id).status_code == 303
    mine = text_of(browser.get(page))
    assert "投好了，谢谢。" in mine
    assert "你投给了 plan 2" in mine
    assert "投票结束以前，谁也看不到票数" in mine
    assert give(browser, two.id).status_code == 303, "the same vote again stands"
    for again in (browser, voter(twin)):
        refused = give(again, one.id)
        assert refused.status_code == 422
        assert "你已经投过票了，一人一票，不能改。" in text_of(refused)
    assert cast() == [(person.person_id, two.id)]
    calm.set(AT + timedelta(days=10))
    late = give(voter(other), one.id)
    assert late.status_code == 422
    assert "现在不是投票时间" in text_of(late)
    counted = text_of(client.get(page))
    assert "一共 1 票" in counted
    assert "plan 2 1" in counted
    assert cast() == [(person.person_id, two.id)]


def test_a_defence_is_scored_on_phones_while_the_organiser_sees_counts_alone(
    app: Flask, session: Session, calm: SetClock, client: SiteClient
) -> None:
    world = make_panel_world(
        session, entries=2, judges=3, judges_per_application=3, has_defence=True,
        state=CompetitionState.SHORTLISTED, method="mean",
    )  # fmt: skip
    organiser = entered(app, session, world.organiser)
    room = DESK.format(world.competition.id)
    public = f"/competitions/{world.competition.id}/defence"
    plan = {"day": "2026-04-01", "at": "10:00", "minutes": "20", "pause": "10", "place": "三楼"}
    wrong = organiser.submit(f"{room}/judging/plan", plan | {"minutes": "0"})
    assert wrong.status_code == 422
    assert organiser.submit(f"{room}/judging/plan", plan).status_code == 303
    organiser.submit(f"{room}/judging/assign")
    shown = text_of(client.get(public))
    assert "10:00" in shown
    assert "10:30" in shown
    assert "正在讲" in shown
    judge = entered(app, session, world.actors[0])
    assert "给这个打分" not in text_of(judge.get(public)), "the defence has not begun"
    organiser.submit(f"{room}/next")
    session.expire_all()
    assert world.competition.state is CompetitionState.DEFENCE
    live = text_of(judge.get(public))
    assert "给这个打分" in live
    assert "还剩 2 份" in live
    mine = sheet_of(session, world.judges[0].id, world.entries[0].id)
    page = f"/judging/sheets/{mine.id}"
    full = {f"points_{each.id}": str(each.weight) for each in world.competition.criteria}
    typed = {**full, "act": "save", "client_id": "phone-1", "comment": "讲得清楚"}
    assert judge.submit(page, typed).location == page
    desk = text_of(organiser.get(f"{room}/judging"))
    assert "讲得清楚" not in desk
    assert organiser.get(page).status_code == 403, "nobody sees points before the last lock"
    sent = judge.submit(page, {**typed, "act": "lock"})
    assert sent.location == public
    assert "还剩 1 份" in text_of(judge.get(public))
    assert "交了 1 份" in text_of(organiser.get(f"{room}/judging"))
    changed = dict.fromkeys(full, "0") | {"act": "lock", "client_id": "phone-2"}
    refused = judge.submit(page, changed)
    assert "这份评分表已经锁定，不能再改" in text_of(judge.get(refused.location))
    kept = sheet_of(session, world.judges[0].id, world.entries[0].id)
    assert (kept.state, sum(each.points for each in kept.scores)) == (AssignmentState.LOCKED, 1000)
    early = organiser.submit(f"{room}/judging/rank", {"round": "defence"})
    assert "全部锁定后" in text_of(early)


def test_a_list_brings_in_what_is_right_and_no_row_of_a_judge_in_conflict(
    app: Flask, session: Session, calm: SetClock
) -> None:
    world = make_panel_world(session, entries=3, judges=3, judges_per_application=3)
    world.competition.criteria[0].title = "需求"
    own, bound, free = world.entries
    services.assign_judges(
        session, world.organiser, competition_id=world.competition.id,
        judging_round=JudgingRound.REVIEW,
    )  # fmt: skip
    services.declare_conflict(
        session, world.actors[0], judge_id=world.judges[0].id, application_id=bound.id,
        note="前同事办的",
    )  # fmt: skip
    _join(session, world, own.organisation_id)
    organiser = entered(app, session, world.organiser)
    room = f"{DESK.format(world.competition.id)}/scores"
    head = ",".join(template_heads(rubric(world.competition)))
    rows = [f"{number},judge 1,20,25,15,15,15,10," for number in (own.number, bound.number)]
    rows += [f"{free.number},judge 1,20,25,15,15,15,10,好", f"{own.number},judge 2,1,,,,,,"]

    def hand_in(text: str) -> TestResponse:
        return organiser.submit(
            room, {"round": "review", "file": (BytesIO(text.encode("gb18030")), "打分.csv")}
        )

    assert "评分表文件" in text_of(hand_in(""))
    assert hand_in("a,b\n1,2\n").status_code == 422
    tried = hand_in("\n".join([head, *rows])).location
    shown = text_of(organiser.get(tried))
    for said in (
        "评委与这个项目有关系，要回避，不能评它。", "这是评委自己机构的项目，不能评它。",
        "填满并锁定 1", "已填，还有空格 1", "不能导入 2", "会写进 2 份",
    ):  # fmt: skip
        assert said in shown, (said, shown)
    first = world.judges[0].id
    assert sheet_of(session, first, free.id).scores == [], "a dry run writes nothing"
    done = organiser.submit(tried)
    assert "导入了 2 份" in text_of(organiser.get(done.location))
    assert sheet_of(session, first, own.id).scores == []
    assert sheet_of(session, first, bound.id).state is AssignmentState.RECUSED
    assert sheet_of(session, first, bound.id).scores == []
    whole = sheet_of(session, first, free.id)
    assert (whole.state, whole.comment, sum(each.points for each in whole.scores)) == (
        AssignmentState.LOCKED, "好", 1000,
    )  # fmt: skip
    assert len(sheet_of(session, world.judges[1].id, own.id).scores) == 1
    assert "导入了 1 份" in text_of(organiser.get(organiser.submit(tried).location))
    judge = entered(app, session, world.actors[0])
    assert judge.get(tried).status_code in (403, 404)
    assert judge.submit(tried).status_code in (403, 404)


def _join(session: Session, world: PanelWorld, organisation_id: int) -> None:
    """The first judge joins an applicant with another account, after the sheets were given."""
    person = session.get_one(Person, world.actors[0].person_id)
    make_actor(
        session, Grant(Role.EDITOR, organisation_id=organisation_id),
        user=make_user(session, person=person),
    )  # fmt: skip


def test_judges_hear_by_letter_that_they_are_asked_and_that_sheets_wait(
    app: Flask, session: Session, calm: SetClock
) -> None:
    world = make_panel_world(session, entries=2, judges=2, judges_per_application=3)
    guest = make_user(session)
    guest.login_name = "judge@example.org"
    session.commit()
    organiser = entered(app, session, world.organiser)
    room = DESK.format(world.competition.id)

    def letters() -> list[Letter]:
        with app.app_context():
            drain_outbox()
        session.expire_all()
        return list(session.scalars(select(Letter).order_by(Letter.id)))

    wrong = organiser.submit(f"{room}/judging/invite", {"invite-login": "nobody"})
    assert "没有这个登录名" in text_of(wrong)
    invited = organiser.submit(f"{room}/judging/invite", {"invite-login": guest.login_name})
    assert invited.status_code == 303
    twice = organiser.submit(f"{room}/judging/invite", {"invite-login": guest.login_name})
    assert "这个人已经邀请过了" in text_of(twice)
    assert [(each.kind, each.address) for each in letters()] == [
        ("judge.invited", "judge@example.org")
    ]
    judge = signed_in(app, guest.login_name, PASSWORD)
    waiting = judge.get("/judging").text
    answer = waiting.partition('action="/judging/')[2].partition('"')[0]
    assert judge.submit(f"/judging/{answer}", {"answer": "yes"}).status_code == 303
    organiser.submit(f"{room}/judging/assign")
    told = letters()[1:]
    with app.app_context():
        subject, words = put_into_words(told[0].kind, told[0].data)
    assert "有 2 份评分表等你" in subject
    assert "http://localhost/judging" in words
    assert [(each.kind, each.data["sheets"]) for each in told] == [("judge.sheets", 2)]
    assert "还剩 2 份" in text_of(judge.get("/judging"))
