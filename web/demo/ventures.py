"""Competitions of the district, one in each interesting state, played from the call to the money.

One is open, one is judged on phones just now, one waits for the public's votes, one stands at its
notice, and of one the first stage is paid. The same people run and judge all of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from charity import clock
from charity.actor import Actor
from charity.disclosure import services as disclosure
from charity.money import Money
from charity.registry.findings import Severity
from projects.ventures import queries, services
from projects.ventures.models import (
    Application,
    ApplicationLineKind,
    Award,
    Competition,
    CompetitionLevel,
    EvaluationKind,
    FunderTier,
    JudgingRound,
)
from projects.ventures.queries import judging
from projects.ventures.services import LineAsked
from projects.ventures.terms import RankingMethod, usual_terms
from web.demo import district
from web.demo.people import OPERATOR, Person
from web.demo.plans import dice
from web.demo.stage import SYSTEM, Stage, Step, enrol

ORGANISER = "organiser"
#: The first is printed with the accounts; the others fill the panel.
JUDGES = ("judge1", "judge2", "judge3")
_OTHERS = (
    Person("judge2", "余海燕", ""),
    Person("judge3", "何志强", ""),
)
_RUBRIC = (
    ("需求", 20, "16 到 20：走访过，说得出多少人、住哪里\n0 到 8：凭想象写的"),
    ("目标和方案", 25, "20 到 25：分几步、每步做成什么都写清\n0 到 10：只有口号"),
    ("新意", 15, "12 到 15：本地没有这样做过\n0 到 6：照搬别处"),
    ("预算", 15, "12 到 15：每一笔都有单价和数量\n0 到 6：说不清钱怎么花"),
    ("团队", 15, "12 到 15：有专职社工，做过同类的事\n0 到 6：人还没有定"),
    ("能不能做下去", 10, "8 到 10：资助用完，还有人接着做\n0 到 4：钱花完就停"),
)
_TRACKS = ("为老", "为小", "社区治理")
#: Title, what for, how, yuan in all, yuan asked, track.
_ENTRIES = (
    ("独居老人每周一次上门", "每周看望四十位独居老人。", "两名社工带二十名志愿者，分三路上门。",
     60_000, 36_000, 0),
    ("放学后的四点半", "陪八十个孩子写完作业再回家。", "在三个社区活动室开班，大学生志愿者值班。",
     48_000, 28_000, 1),
    ("楼道议事会", "让老小区的楼道事有人牵头。", "十二个楼道各选一名召集人，每月议一次。",
     30_000, 18_000, 2),
    ("乡村流动小书车", "把书送到七个村的操场。", "一辆车，每周走两个村，孩子自己管借还。",
     40_000, 24_000, 1),
)  # fmt: skip
_APPLICANTS = ("jiahe", "kangle", "yuhua")


@dataclass(frozen=True, slots=True)
class CallPlan:
    """One competition: when its call began, how long things take, and how far it comes."""

    key: str
    title: str
    begins: int
    fate: str
    pledged: tuple[tuple[FunderTier, str, int], ...]
    has_vote: bool = False

    @property
    def over(self) -> int:
        """The day on which the call is over."""
        return self.begins - 15


_FUNDERS = (
    (FunderTier.CITY, "foundation", 60_000),
    (FunderTier.DISTRICT, "federation", 40_000),
    (FunderTier.STREET, "volunteers", 20_000),
)
CALLS = (
    CallPlan("won", "鄂城区社区公益创投（第一届）", 150, "paid", _FUNDERS),
    CallPlan("notice", "凤凰街道微创投", 48, "notice", _FUNDERS[:2]),
    CallPlan("vote", "鄂城区社区治理创投", 40, "vote", _FUNDERS[:2], has_vote=True),
    CallPlan("judged", "鄂城区公益创投（第二届）", 26, "review", _FUNDERS),
    CallPlan("open", "鄂城区为老服务创投", 5, "call", _FUNDERS[:2]),
)


def steps(owners: set[str]) -> Iterator[Step]:
    """From the people of the panel to the stage that is paid; nothing without the applicants."""
    if not {"jiahe", "kangle"} <= owners:
        return
    for person in _OTHERS:
        yield Step(236, 500, enrol, person)
    for number, plan in enumerate(CALLS):
        minute = 960 + number
        yield Step(plan.begins, minute, open_call, plan)
        yield Step(max(plan.begins - 4, 0), minute, apply, plan)
        if plan.fate == "call":
            continue
        yield Step(plan.over, minute, admit, plan)
        yield Step(plan.over - 2, minute, score, plan)
        if plan.fate == "review":
            continue
        yield Step(plan.over - 4, minute, rank, plan)
        if plan.fate == "vote":
            continue
        yield Step(plan.over - 26, minute, announce, plan)
        if plan.fate == "notice":
            continue
        yield Step(plan.over - 50, minute, sign, plan)
        yield Step(plan.over - 54, minute, pay, plan)
        yield Step(plan.over - 100, minute, report, plan)


def open_call(stage: Stage, plan: CallPlan) -> None:
    """Drafted, with rubric, tracks and funders' money; then everything is frozen."""
    session, actor, today = stage.session, stage.actor(ORGANISER), clock.today()
    terms = replace(
        usual_terms(today), judges_per_application=3, places=2, method=RankingMethod.MEAN,
        vote_permille=200 if plan.has_vote else 0,
    )  # fmt: skip
    found = services.draft_competition(
        session, actor, client_id=_name(plan.key), title=plan.title,
        organiser_id=stage.organisations["federation"], level=CompetitionLevel.DISTRICT,
        summary="先看居民要什么，再请人来办。市、区、街道的钱放进一个池子，一分一分分得清。",
        region_code=district.DISTRICT, terms=terms,
        calendar=services.Calendar(
            call_from=today, call_until=today + timedelta(days=14),
            review_until=today + timedelta(days=30),
            vote_from=today + timedelta(days=17) if plan.has_vote else None,
            vote_until=today + timedelta(days=46) if plan.has_vote else None,
            work_until=today + timedelta(days=300),
        ),
    )  # fmt: skip
    stage.giving[f"venture:{plan.key}"] = found.id
    services.set_criteria(
        session, actor, competition_id=found.id,
        criteria=[services.CriterionDraft(*row) for row in _RUBRIC],
    )  # fmt: skip
    services.set_tracks(session, actor, competition_id=found.id, names=list(_TRACKS))
    services.open_prize_pool(
        session, stage.actor("treasurer"), competition_id=found.id,
        charity_id=stage.organisations[OPERATOR], name=f"{plan.title}奖金池",
    )  # fmt: skip
    for tier, owner, yuan in plan.pledged:
        funder = services.add_funder(
            session, actor, competition_id=found.id, organisation_id=stage.organisations[owner],
            tier=tier, pledged=Money.yuan(yuan),
        )  # fmt: skip
        services.receive_funding(
            session, stage.actor("treasurer"), funder_id=funder.id, amount=Money.yuan(yuan),
            received_on=today,
        )  # fmt: skip
    services.open_call(session, actor, competition_id=found.id)
    if plan.fate != "call":
        _invite(stage, found)


def _invite(stage: Stage, found: Competition) -> None:
    for login in JUDGES:
        judge = services.invite_judge(
            stage.session, stage.actor(ORGANISER), competition_id=found.id,
            user_id=stage.users[login], affiliation="鄂州市社会工作专家库",
            expertise=_TRACKS[JUDGES.index(login)],
        )  # fmt: skip
        services.answer_invitation(
            stage.session, stage.actor(login), judge_id=judge.id, accepts=True
        )


def apply(stage: Stage, plan: CallPlan) -> None:
    """Organisations that are there hand in what they plan; of the open call one is a draft."""
    found = _found(stage, plan)
    tracks = [each.id for each in found.tracks]
    for number, login in enumerate(_APPLICANTS):
        if login not in stage.organisations or (plan.fate == "call" and number > 1):
            continue
        actor = stage.actor(login)
        title, summary, text, total, asked, track = _ENTRIES[
            (number + CALLS.index(plan)) % len(_ENTRIES)
        ]
        begun = services.begin_application(
            stage.session, actor, client_id=_name(plan.key, login), competition_id=found.id,
            organisation_id=stage.organisations[login],
        )  # fmt: skip
        services.save_draft(
            stage.session, actor, application_id=begun.id, title=title, summary=summary, plan=text,
            region_code=district.DISTRICT, track_id=tracks[track], lines=_lines(total, asked),
        )  # fmt: skip
        if plan.fate != "call" or number == 0:
            services.sign_and_submit(
                stage.session, actor, application_id=begun.id, commitment_version="1",
                commitment_text="申报书里写的都是真的；不实的，取消资格并退回资金。",
            )  # fmt: skip


def _lines(total: int, asked: int) -> list[LineAsked]:
    half, part = total // 2, asked // 2
    activity, goods = ApplicationLineKind.ACTIVITY, ApplicationLineKind.GOODS
    return [
        LineAsked("上门和活动", activity, Money.yuan(total - half), Money.yuan(asked - part)),
        LineAsked("物资", goods, Money.yuan(half), Money.yuan(part)),
    ]


def admit(stage: Stage, plan: CallPlan) -> None:
    """The call is over; what is clear is let in, and the review begins with its sheets."""
    session, actor, found = stage.session, stage.actor(ORGANISER), _found(stage, plan)
    services.move_on(session, actor, competition_id=found.id)
    services.check_all(session, actor, competition_id=found.id)
    for number, each in enumerate(queries.applications_of_competition(session, found.id)):
        if any(kept["severity"] == Severity.BLOCK.value for kept in each.findings):
            services.refuse_application(
                session, actor, application_id=each.id, reason="现在受限制，不能参加。"
            )
        else:
            services.admit(session, actor, application_id=each.id, demand_score=90 - 7 * number)
    services.move_on(session, actor, competition_id=found.id)
    services.assign_judges(
        session, actor, competition_id=found.id, judging_round=JudgingRound.REVIEW
    )


def score(stage: Stage, plan: CallPlan) -> None:
    """Judges fill in their sheets; of the one that is judged now the first has some left."""
    found = _found(stage, plan)
    for login in JUDGES:
        actor = stage.actor(login)
        mine = judging.own_sheets(stage.session, actor, found.id, JudgingRound.REVIEW)
        for number, sheet in enumerate(mine):
            if plan.fate == "review" and (login != "judge2" and number > 0):
                continue
            chance = dice("scores", plan.key, login, sheet.application.number)
            points = {
                each.id: each.weight * chance.randint(62, 96) // 10 for each in found.criteria
            }
            services.hand_in(
                stage.session, actor, assignment_id=sheet.id,
                client_id=_name(plan.key, login, str(number)), points=points,
                comment="去现场看过，居民愿意参加。",
            )  # fmt: skip


def rank(stage: Stage, plan: CallPlan) -> None:
    """The places are found and published, or the public votes first."""
    session, actor, found = stage.session, stage.actor(ORGANISER), _found(stage, plan)
    if plan.has_vote:
        services.move_on(session, actor, competition_id=found.id)
        for login, entry in zip(
            ("staff", "reviewer", "community"), _entries(stage, found), strict=False
        ):
            services.cast_vote(
                session, stage.actor(login), competition_id=found.id, application_id=entry.id
            )
        return
    ranking = services.rank(
        session, actor, competition_id=found.id, judging_round=JudgingRound.REVIEW
    )
    services.publish_ranking(session, actor, ranking_id=ranking.id)
    services.move_on(session, actor, competition_id=found.id)


def announce(stage: Stage, plan: CallPlan) -> None:
    """The first two are proposed within the pool and announced."""
    session, actor, found = stage.session, stage.actor(ORGANISER), _found(stage, plan)
    ranking = queries.published_ranking(session, found.id, JudgingRound.REVIEW)
    assert ranking is not None, "it was published"  # noqa: S101
    entries = {each.id: each for each in _entries(stage, found)}
    drafts = [
        services.AwardDraft(row.application_id, entries[row.application_id].asked, honour)
        for row, honour in zip(ranking.rows, ("一等奖", "二等奖"), strict=False)
    ]
    awards = services.propose_awards(session, actor, competition_id=found.id, drafts=drafts)
    for award in awards:
        title = f"“{award.application.title}”拟资助公示"
        body = f"{found.title}评审第 {award.place} 名，拟资助，分三笔拨付。"
        services.announce(session, actor, award_id=award.id, title=title, body=body)


def sign(stage: Stage, plan: CallPlan) -> None:
    """Nobody objected: the winners sign."""
    disclosure.end_due_notices(stage.session, SYSTEM)
    for award in _awards(stage, plan):
        services.sign_agreement(
            stage.session, _winner(stage, award), award_id=award.id,
            words="按申报书的方案和预算做；每一笔支出都有凭证；评估不通过的，停付、终止、追回。",
        )  # fmt: skip
    services.move_on(stage.session, stage.actor(ORGANISER), competition_id=_found(stage, plan).id)


def pay(stage: Stage, plan: CallPlan) -> None:
    """The first stage of each is asked for, agreed to by two, and paid."""
    for award in _awards(stage, plan):
        first = award.tranches[0]
        services.release_tranche(stage.session, stage.actor(ORGANISER), tranche_id=first.id)
        for login in ("approver1", "approver2"):
            services.agree_tranche(
                stage.session, stage.actor(login), tranche_id=first.id, agreed=True
            )
        services.pay_tranche(
            stage.session, stage.actor("treasurer"), tranche_id=first.id, paid_on=clock.today()
        )


def report(stage: Stage, plan: CallPlan) -> None:
    """The first winner reports at half time and waits for a word."""
    award = _awards(stage, plan)[0]
    services.report_milestone(
        stage.session, _winner(stage, award), award_id=award.id, kind=EvaluationKind.MIDTERM,
        report="做了二十二次，帮到六十三人，花了第一笔的八成。还差冬天的两次。",
    )  # fmt: skip


def _found(stage: Stage, plan: CallPlan) -> Competition:
    return queries.competition(stage.session, stage.giving[f"venture:{plan.key}"])


def _entries(stage: Stage, found: Competition) -> list[Application]:
    return list(judging.in_round(stage.session, found, JudgingRound.REVIEW))


def _awards(stage: Stage, plan: CallPlan) -> list[Award]:
    return queries.awards_of_competition(stage.session, _found(stage, plan).id)


def _winner(stage: Stage, award: Award) -> Actor:
    owner = award.application.organisation_id
    login = next(key for key in _APPLICANTS if stage.organisations.get(key) == owner)
    return stage.actor(login)


def _name(*parts: str) -> str:
    """The same name for the same thing in every demo."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, ":".join(("wushe-demo", *parts))))
