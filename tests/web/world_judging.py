"""A competition in review with a judge and a sheet, and one that was won and signed for.

The other staff's organisation runs both, the user without a role judges, the staff's organisation
applies and wins. What time alone brings (a notice that ended) is written as rows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import queries as accounts
from charity.actor import Actor, Grant, Role
from charity.disclosure.models import Notice, NoticeState
from charity.files import LocalFileStore
from charity.money import Money
from charity.rows import present
from projects.ventures import queries, services
from projects.ventures.models import (
    Application,
    Award,
    AwardRecovery,
    Competition,
    CompetitionState,
    DefenceSlot,
    Judge,
    JudgingRound,
    Ranking,
    RankingRow,
)
from projects.ventures.queries.importing import rubric
from projects.ventures.reading import template_heads
from projects.ventures.terms import RankingMethod, usual_terms
from tests.factories import make_actor, make_organisation
from tests.web.world_ventures import begin, draft, open_one


def judged(
    session: Session, organiser: Actor, organiser_id: int, treasurer: Actor, charity_id: int
) -> Competition:
    """A competition with a defence and a public vote, whose call is open."""
    today = clock.today()
    found = draft(
        session, organiser, organiser_id, title="鄂城区社区微创投",
        terms=replace(usual_terms(today), has_defence=True, vote_permille=200, places=3),
        calendar=services.Calendar(
            call_from=today, call_until=today + timedelta(days=20),
            review_until=today + timedelta(days=40), defence_on=today + timedelta(days=45),
            vote_from=today + timedelta(days=46), vote_until=today + timedelta(days=50),
            work_until=today + timedelta(days=300),
        ),
    )  # fmt: skip
    return open_one(session, organiser, treasurer, charity_id, found)


def admitted(
    session: Session, organiser: Actor, found: Competition, organisation_id: int, title: str
) -> Application:
    """An application that was handed in and let in."""
    applicant = make_actor(session, Grant(Role.OWNER, organisation_id=organisation_id))
    begun = begin(session, applicant, organisation_id, found, title=title)
    services.sign_and_submit(
        session, applicant, application_id=begun.id, commitment_version="1",
        commitment_text="申报书里写的都是真的。",
    )  # fmt: skip
    services.check_eligibility(session, organiser, application_id=begun.id)
    return services.admit(session, organiser, application_id=begun.id)


def invited(
    session: Session, organiser: Actor, found: Competition, actor: Actor, **said: str
) -> Judge:
    """A judge who said yes."""
    judge = services.invite_judge(
        session, organiser, competition_id=found.id, user_id=present(actor.user_id), **said
    )
    return services.answer_invitation(session, actor, judge_id=judge.id, accepts=True)


def published(session: Session, found: Competition, entries: list[Application]) -> Ranking:
    """A published ranking in this order, as rows."""
    ranking = Ranking(
        competition_id=found.id, round=queries.final_round(found), method=RankingMethod.MEAN,
        file={"rules": {"vote_permille": found.terms.vote_permille}, "places": [],
              "draw": {"number": ""}},
        digest="0" * 64, made_at=clock.now(), published_at=clock.now(),
    )  # fmt: skip
    session.add(ranking)
    session.flush()
    for place, each in enumerate(entries, 1):
        session.add(
            RankingRow(ranking_id=ranking.id, application_id=each.id, place=place,
                       points=(95 - place) * 1_000_000, sheets=5)
        )  # fmt: skip
    session.flush()
    session.expire(ranking, ["rows"])
    return ranking


def won(
    session: Session, organiser: Actor, treasurer: Actor, found: Competition,
    applicant_id: int, amount: Money,
) -> Award:  # fmt: skip
    """The applicant's entry ranked first, awarded, announced and signed."""
    funder = found.funders[0]
    services.receive_funding(
        session, treasurer, funder_id=funder.id, amount=funder.pledged, received_on=clock.today()
    )
    entry = admitted(session, organiser, found, applicant_id, "残疾人家庭无障碍改造")
    published(session, found, [entry])
    found.state = CompetitionState.RANKED
    session.flush()
    [award] = services.propose_awards(
        session, organiser, competition_id=found.id,
        drafts=[services.AwardDraft(entry.id, amount, "一等奖")],
    )  # fmt: skip
    services.announce(session, organiser, award_id=award.id, title="拟资助公示", body="名单如下。")
    notice = session.get_one(Notice, award.notice_id)
    notice.state, notice.closed_at = NoticeState.ENDED, clock.now()
    session.flush()
    winner = make_actor(session, Grant(Role.OWNER, organisation_id=applicant_id))
    return services.sign_agreement(session, winner, award_id=award.id, words="按方案使用资金。")


def make_judging(
    session: Session,
    folder: Path,
    judge_login: str,
    applicant_id: int,
    organiser_id: int,
    charity_id: int,
) -> dict[str, int | str]:
    """The things by their names in the samples of the policy table."""
    organiser = make_actor(session, Grant(Role.ORGANISER, organisation_id=organiser_id))
    treasurer = make_actor(session, Grant(Role.TREASURER, organisation_id=charity_id))
    user = present(accounts.user_by_login(session, judge_login))
    found = judged(session, organiser, organiser_id, treasurer, charity_id)
    entry = admitted(session, organiser, found, applicant_id, "独居老人每周上门")
    another = make_organisation(session, name="樊口邻里互助中心")
    admitted(session, organiser, found, another.id, "放学后的四点半")
    judge = invited(session, organiser, found, accounts.actor_for_user(session, user.id))
    found.state = CompetitionState.REVIEW
    session.flush()
    sheet = services.give_sheet(
        session, organiser, judge_id=judge.id, application_id=entry.id,
        judging_round=JudgingRound.REVIEW, because="样例",
    )  # fmt: skip
    at = datetime.combine(clock.today(), datetime.min.time(), clock.CHINA)
    slot = DefenceSlot(application_id=entry.id, starts_at=at, minutes=15, place="三楼会议室")
    session.add(slot)
    final = judged(session, organiser, organiser_id, treasurer, charity_id)
    final.title = "鄂城区首届公益创投"
    award = won(session, organiser, treasurer, final, applicant_id, Money.yuan(5_000))
    services.release_tranche(session, organiser, tranche_id=award.tranches[0].id)
    recovery = AwardRecovery(
        award_id=award.id, amount=Money.yuan(1), reason="结余", demanded_at=clock.now(),
        demanded_by_user_id=present(organiser.user_id),
    )  # fmt: skip
    session.add(recovery)
    session.flush()
    heads = ",".join(template_heads(rubric(found)))
    listed = f"{heads}\n1,{judge.name},50,30,\n".encode()
    return {
        "judged_competition": found.id,
        "judged_application": entry.id,
        "judge": judge.id,
        "sheet": sheet.id,
        "score_list": LocalFileStore(folder).put(listed).hex(),
        "won_competition": final.id,
        "prize_funder": final.funders[0].id,
        "award": award.id,
        "award_tranche": award.tranches[0].id,
        "award_recovery": recovery.id,
    }
