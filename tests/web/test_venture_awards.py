"""Awards on their pages: spent from, ended, got back, given to the next, settled, taken further."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts.models import User
from charity.actor import Actor
from charity.ledger.models import FundClosing
from charity.ledger.positions import fund_position
from charity.letters import Letter
from charity.money import ZERO, Money
from charity.spending import services as spending
from charity.spending.models import Budget, Expense
from projects.ventures import queries
from projects.ventures.models import (
    Application,
    Award,
    AwardState,
    CompetitionLevel,
    CompetitionState,
)
from projects.ventures.services import Calendar
from tests.conftest import SetClock
from tests.factories import PASSWORD
from tests.fixtures.pictures import good_jpeg
from tests.projects.ventures.contest import Contest, make_contest
from tests.support.site import SiteClient, signed_in
from tests.web.donors import text_of
from web.jobs import drain_outbox
from web.letters import put_into_words

Enter = Callable[[Actor], SiteClient]


@pytest.fixture
def contest(session: Session, clock: SetClock) -> Contest:
    """A charity, an organiser and funders, with everybody a competition needs."""
    return make_contest(session, clock)


@pytest.fixture
def enter(app: Flask, session: Session) -> Enter:
    """A browser of somebody who acts."""

    def come_in(actor: Actor) -> SiteClient:
        session.commit()
        return signed_in(app, session.get_one(User, actor.user_id).login_name, PASSWORD)

    return come_in


def running(contest: Contest, count: int, amount: Money) -> tuple[list[Application], Award]:
    """The first of so many entries won all of the pool, signed, and was paid its first stage."""
    found = contest.opened()
    contest.funded(found, amount)
    entries = [contest.submitted(found) for _ in range(count)]
    contest.ranked(found, entries)
    award = contest.signed(entries[0], amount)
    contest.pay(award.tranches[0])
    return entries, award


def test_an_award_is_ended_got_back_to_the_fen_and_given_to_the_next(
    contest: Contest, enter: Enter, session: Session, tmp_path: Path
) -> None:
    entries, award = running(contest, 2, Money.yuan(10_000))
    contest.spend(award, Money.yuan(1_200), tmp_path)
    manager, treasurer = enter(contest.manager), enter(contest.treasurer)
    page = f"/awards/{award.id}"
    act = f"{page}/decide"
    assert manager.submit(f"{act}/terminate", {"terminate-reason": ""}).status_code == 422
    ended = manager.submit(f"{act}/terminate", {"terminate-reason": "没有按方案做"})
    said = text_of(manager.get(ended.location))
    assert "已终止，没有给的不再给" in said
    assert "要退回 ¥3,800.00，已经退回 ¥0.00" in said
    session.expire_all()
    [row] = award.recoveries
    back = f"/awards/recoveries/{row.id}"
    prefix = f"recover{row.id}"
    today = clock.today().isoformat()
    assert award.application.title in text_of(treasurer.get("/desk"))
    for amount, day, wrong in (
        ("3801", today, "这次追回最多还差 ¥3,800.00"),
        ("0", today, ""),
        ("1", "2030-01-01", ""),
    ):
        typed = {f"{prefix}-amount": amount, f"{prefix}-occurred_on": day}
        refused = treasurer.submit(back, typed)
        assert refused.status_code == 422, amount
        assert wrong in text_of(refused)
    for actor in (manager, enter(contest.approvers[0])):
        answer = actor.submit(back, {f"{prefix}-amount": "1", f"{prefix}-occurred_on": today})
        assert answer.status_code == 403
    for amount, so_far in (("800", "¥800.00"), ("3000", "¥3,800.00")):
        typed = {f"{prefix}-amount": amount, f"{prefix}-occurred_on": today}
        done = treasurer.submit(back, typed)
        assert done.status_code == 303, text_of(done)
        assert f"已经退回 {so_far}" in text_of(treasurer.get(page))
    assert fund_position(session, award.fund_id or 0).in_hand == ZERO
    offered = text_of(manager.get(page))
    assert "把这笔钱给下一名" in offered
    wanted = {"reallocate-application_id": str(entries[1].id), "reallocate-amount": "8800.01"}
    more = manager.submit(f"{act}/reallocate", wanted)
    assert more.status_code == 422
    assert "腾出来的钱最多 ¥8,800.00" in text_of(more)
    given = manager.submit(f"{act}/reallocate", wanted | {"reallocate-amount": "8800"})
    assert given.status_code == 303
    session.expire_all()
    passed = session.scalars(select(Award).where(Award.reallocated_from_id == award.id)).one()
    assert (passed.amount, passed.state) == (Money.yuan(8_800), AwardState.PROPOSED)
    listed = text_of(manager.get(f"/desk/competitions/{award.competition_id}/awards"))
    assert "¥8,800.00" in listed
    assert queries.pool_standing(session, award.competition).available == ZERO
    dropped = {"drop-reason": "单位自己放弃"}
    manager.submit(f"/awards/{passed.id}/decide/drop", dropped)
    for _step in range(2):
        manager.submit(f"/desk/competitions/{award.competition_id}/next")
    session.expire_all()
    assert award.competition.state is CompetitionState.CLOSED
    assert session.get(FundClosing, award.fund_id) is not None, "nothing is owed any more"


def test_a_winner_hears_by_letter_once_and_cannot_sign_before_the_notice_is_over(
    app: Flask, contest: Contest, enter: Enter, session: Session
) -> None:
    found = contest.opened()
    contest.funded(found, Money.yuan(1_000))
    application = contest.submitted(found)
    contest.ranked(found, [application])
    owner = contest.owners[application.organisation_id]
    session.get_one(User, owner.user_id).login_name = "winner@example.org"
    award = contest.propose(application, Money.yuan(1_000))
    manager = enter(contest.manager)
    desk = f"/desk/competitions/{found.id}/awards"
    assert "公示了" in text_of(manager.get(manager.submit(f"{desk}/announce").location))
    for _again in range(2):
        with app.app_context():
            drain_outbox()
    [letter] = session.scalars(select(Letter).where(Letter.kind == "award.announced"))
    session.refresh(award)
    with app.app_context():
        subject, words = put_into_words(letter.kind, letter.data)
    assert letter.address == "winner@example.org"
    assert application.title in subject
    assert f"http://localhost/awards/{award.id}" in words
    winner = enter(owner)
    page = f"/awards/{award.id}"
    assert "结束以后才能签协议" in text_of(winner.get(page))
    early = winner.submit(f"{page}/answer/sign", {"own_sign-agreed": "y"})
    assert early.status_code == 422
    assert "公示结束以后才能签协议" in text_of(early)
    contest.end_notices()
    winner = enter(owner)
    signed = winner.submit(f"{page}/answer/sign", {"own_sign-agreed": "y"})
    assert "协议签好了" in text_of(winner.get(signed.location))


def test_an_award_is_spent_from_settled_to_the_fen_and_taken_a_level_up(
    contest: Contest, enter: Enter, session: Session
) -> None:
    _, award = running(contest, 1, Money.yuan(1_000))
    owner = enter(contest.owners[award.application.organisation_id])
    manager, treasurer = enter(contest.manager), enter(contest.treasurer)
    page = f"/awards/{award.id}"
    expense = _spend(contest, owner, award, "400")
    assert expense.amount == Money.yuan(400)
    assert fund_position(session, award.fund_id or 0).in_hand == Money.yuan(100)

    def settle() -> str:
        answer = manager.submit(f"{page}/decide/settle", {"settle-note": "做完了"})
        return text_of(answer if answer.status_code == 422 else manager.get(answer.location))

    assert "这一次拨付要先有签好的协议或者通过的评估" in settle()
    for kind, number in (("midterm", 1), ("final", 2)):
        short = {"own_report-kind": kind, "own_report-report": "短"}
        assert owner.submit(f"{page}/answer/report", short).status_code == 422
        told = owner.submit(
            f"{page}/answer/report", short | {"own_report-report": "每周上门，四十位老人都看了。"}
        )
        assert told.status_code == 303, text_of(told)
        judged = {"evaluate-kind": kind, "evaluate-passes": "yes", "evaluate-note": "属实。"}
        assert manager.submit(f"{page}/decide/evaluate", judged).status_code == 303
        if kind == "final":
            assert "还有没有办完的拨付" in settle()
        session.expire_all()
        tranche = award.tranches[number]
        session.refresh(tranche)
        contest.pay(tranche)
        session.commit()
    assert "资助款还剩 ¥600.00，请先退回奖金池" in settle()
    asked = {"askback-amount": "1000.01", "askback-reason": "结余"}
    over = manager.submit(f"{page}/decide/askback", asked)
    assert "最多追回 ¥1,000.00" in text_of(over)
    manager.submit(f"{page}/decide/askback", asked | {"askback-amount": "600"})
    assert "还有 ¥600.00 没有追回" in settle()
    session.expire_all()
    [row] = award.recoveries
    typed = {
        f"recover{row.id}-amount": "600",
        f"recover{row.id}-occurred_on": clock.today().isoformat(),
    }
    assert treasurer.submit(f"/awards/recoveries/{row.id}", typed).status_code == 303
    assert "已结项" in settle()
    session.expire_all()
    assert award.state is AwardState.SETTLED
    assert session.get(FundClosing, award.fund_id) is not None, "its fund ends with it"
    assert (award.paid, award.recovered) == (Money.yuan(1_000), Money.yuan(600))
    _take_up(contest, owner, award)


def _spend(contest: Contest, owner: SiteClient, award: Award, amount: str) -> Expense:
    """An expense asked for on the award's page, agreed to and paid."""
    session = contest.session
    new = f"/awards/{award.id}/expenses/new"
    assert new in owner.get(f"/awards/{award.id}").text
    line = session.get_one(Budget, award.budget_id).lines[0]
    typed = {
        "title": "血压计", "budget_line_id": str(line.id), "amount": "9999", "deliverable_id": "",
        "payee_name": "鄂州康护器材有限公司", "payee_account": "6222020200001234567",
        "payment_kind": "direct", "voucher_number": "FP-9", "spent_on": clock.today().isoformat(),
    }  # fmt: skip

    over = owner.submit(new, typed | {"pictures": (BytesIO(good_jpeg(120, 90)), "发票.jpg")})
    assert over.status_code == 422, "more than its line has"
    assert 'value="血压计"' in over.text
    done = owner.submit(
        new, typed | {"amount": amount, "pictures": (BytesIO(good_jpeg(120, 90)), "发票.jpg")}
    )
    assert done.status_code == 303, text_of(done)
    expense = session.get_one(Expense, int(re.findall(r"\d+", done.location)[-1]))
    for approver in contest.approvers[:2]:
        spending.approve_expense(session, approver, expense_id=expense.id)
    spending.pay_expense(
        session, contest.treasurer, expense_id=expense.id, paid_on=clock.today(),
        bank_reference="VB-9",
    )  # fmt: skip
    session.commit()
    return expense


def _take_up(contest: Contest, owner: SiteClient, award: Award) -> None:
    """The winner enters the city's competition with its record, once."""
    page, session = f"/awards/{award.id}", contest.session
    assert "报到上一级" not in text_of(owner.get(page)), "nothing above takes applications"
    above = contest.opened(
        title="鄂州市公益创投大赛", level=CompetitionLevel.CITY, region_code="4207",
        calendar=Calendar(clock.today(), date(2026, 12, 1), date(2026, 12, 2)),
    )  # fmt: skip
    session.commit()
    assert "鄂州市公益创投大赛" in text_of(owner.get(page))
    entry = {"own_enter-competition_id": str(above.id), "own_enter-client_id": "phone-1"}
    began = owner.submit(f"{page}/answer/enter", entry)
    assert "在上一级开好了一份草稿" in text_of(owner.get(began.location))
    again = owner.submit(f"{page}/answer/enter", entry | {"own_enter-client_id": "phone-2"})
    assert again.status_code == 422
    assert "这个项目已经推荐过了" in text_of(again)
    new = session.scalars(select(Application).filter_by(competition_id=above.id)).one()
    assert (new.title, new.asked) == (award.application.title, award.application.asked)
    assert award.application.title in text_of(owner.get("/applications"))
    shown = text_of(owner.get(f"/applications/{new.id}/edit"))
    assert award.application.summary in shown
