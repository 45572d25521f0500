"""What a ranking is made from, the rankings there are, and the organiser's report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.accounts.models import Membership, User
from charity.actor import Actor, Role, require
from charity.errors import InvalidState
from charity.registry.models import Organisation, Rating
from charity.rows import present
from projects.ventures import judging_policy as policy
from projects.ventures.judging_reasons import JudgingReason
from projects.ventures.models import (
    Application,
    Assignment,
    AssignmentState,
    Competition,
    CompetitionState,
    Judge,
    JudgeConflict,
    JudgingRound,
    Ranking,
    Score,
)
from projects.ventures.queries.competitions import final_round, frozen_content
from projects.ventures.queries.judging import in_round, open_sheets
from projects.ventures.queries.voting import votes
from projects.ventures.ranking import Draw, Entry, Rules
from projects.ventures.replaying import Given, read
from projects.ventures.scoring import Panel, Sheet
from projects.ventures.scrutiny import Pair, Report, report
from projects.ventures.steps import has_reached
from projects.ventures.terms import RATED_FROM

#: Digits of a place's code that make a street or town: the own place of a judge.
_STREET = 9


@dataclass(frozen=True, slots=True)
class RoundReport:
    """The organiser's report, with whom and what its codes mean."""

    report: Report
    judges: dict[str, Judge]
    applications: dict[str, Application]


def judge_code(judge_id: int, judge_ids: Sequence[int]) -> str:
    """A judge in published files: `J01`, by the order of invitations."""
    return f"J{sorted(judge_ids).index(judge_id) + 1:02}"


def entry_code(number: int | None) -> str:
    """An entry in published files: its number, as wide as the longest."""
    return f"{number or 0:04}"


def given(
    session: Session,
    competition: Competition,
    judging_round: JudgingRound,
    *,
    number: str = "",
    number_name: str = "",
) -> Given:
    """Everything a ranking of this round is made from; votes only in the deciding one.

    Sheets of conflicted pairs and of entries that are out do not count. Raises `InvalidState`
    while a sheet is open (SHEETS_OPEN) or people vote (VOTE_NOT_OVER).
    """
    left = open_sheets(session, competition.id, judging_round)
    if left:
        raise InvalidState(JudgingReason.SHEETS_OPEN, count=left)
    terms = competition.terms
    entries = in_round(session, competition, judging_round)
    is_final = judging_round is final_round(competition)
    # a shortlist that goes straight to the vote is named without it
    with_votes = is_final and has_reached(competition.state, CompetitionState.VOTE)
    share = terms.vote_permille if with_votes or (is_final and not terms.shortlist) else 0
    cast = votes(session, competition) if share else {}
    rated = _rated(session, competition, entries)
    return Given(
        title=competition.title,
        label=f"{competition.subject}\n{judging_round.value}",
        frozen=frozen_content(competition),
        rules=Rules(
            terms.method, terms.trim_from, terms.least_judges, share, terms.tie_rule,
            rating_bonus=terms.rating_bonus,
        ),
        panel=Panel(_sheets(session, competition.id, judging_round, entries)),
        entries=[
            Entry(
                entry_code(each.number), each.demand_score, cast.get(each.id, 0),
                each.organisation_id in rated,
            )
            for each in entries
        ],
        number=number,
        number_name=number_name,
    )  # fmt: skip


def _rated(
    session: Session, competition: Competition, entries: Sequence[Application]
) -> frozenset[int]:
    """The applicants rated 3A or better on the last day of the call, where that counts (ORG-15)."""
    if not competition.terms.rating_bonus:
        return frozenset()
    on = competition.call_until
    query = (
        select(Rating.organisation_id, Rating.grade)
        .where(
            Rating.organisation_id.in_({each.organisation_id for each in entries}),
            Rating.rated_on <= on,
            Rating.expires_on > on,
        )
        .order_by(Rating.rated_on)
    )
    grades = {organisation_id: grade for organisation_id, grade in session.execute(query)}
    return frozenset(each for each, grade in grades.items() if grade >= RATED_FROM)


def rankings(session: Session, competition_id: int, judging_round: JudgingRound) -> list[Ranking]:
    """All rankings of a round, the latest first."""
    query = (
        select(Ranking)
        .where(Ranking.competition_id == competition_id, Ranking.round == judging_round)
        .order_by(Ranking.id.desc())
    )
    return list(session.scalars(query))


def latest_ranking(
    session: Session, actor: Actor, competition_id: int, judging_round: JudgingRound
) -> Ranking | None:
    """The latest ranking of a round: published for everybody, before that for the organiser."""
    competition = present(session.get(Competition, competition_id))
    sees_all = bool(policy.may_run_judging(actor, competition))
    for each in rankings(session, competition_id, judging_round):
        if sees_all or each.published_at is not None:
            return each
    return None


def organisers_report(
    session: Session, actor: Actor, competition_id: int, judging_round: JudgingRound
) -> RoundReport:
    """How the judges judged and what would change; for the organiser, once no sheet is open.

    Raises `Denied`, `InvalidState` (SHEETS_OPEN), and `Invalid` where the round cannot be ranked.
    """
    competition = present(session.get(Competition, competition_id))
    require(policy.may_run_judging(actor, competition))
    ranking = latest_ranking(session, actor, competition_id, judging_round)
    if ranking is not None and ranking.published_at is not None:
        made_from = read(ranking.file)
    else:
        made_from = given(session, competition, judging_round)
    judges = {
        judge_code(each.id, ids): each
        for everybody in [_judges(session, competition_id)]
        for ids in [[one.id for one in everybody]]
        for each in everybody
    }
    applications = {
        entry_code(each.number): each
        for each in session.scalars(
            select(Application).where(
                Application.competition_id == competition_id, Application.number.is_not(None)
            )
        )
    }
    terms = competition.terms
    wins = terms.places
    if judging_round is not final_round(competition) and terms.shortlist:
        wins = terms.shortlist
    found = report(
        made_from.panel,
        made_from.entries,
        made_from.rules,
        Draw(made_from.label),
        winners=wins,
        own=_own_places(session, judges, applications),
    )
    return RoundReport(found, judges, applications)


def _sheets(
    session: Session,
    competition_id: int,
    judging_round: JudgingRound,
    entries: Sequence[Application],
) -> tuple[Sheet, ...]:
    """The locked sheets that count, each with its sum in tenths."""
    names = {each.id: entry_code(each.number) for each in entries}
    judge_ids = [each.id for each in _judges(session, competition_id)]
    codes = {each: judge_code(each, judge_ids) for each in judge_ids}
    bound = select(JudgeConflict.id).where(
        JudgeConflict.judge_id == Assignment.judge_id,
        JudgeConflict.application_id == Assignment.application_id,
    )
    query = (
        select(Assignment.judge_id, Assignment.application_id, func.sum(Score.points))
        .join(Score, Score.assignment_id == Assignment.id)
        .join(Application, Application.id == Assignment.application_id)
        .where(
            Application.competition_id == competition_id,
            Assignment.round == judging_round,
            Assignment.state == AssignmentState.LOCKED,
            ~bound.exists(),
        )
        .group_by(Assignment.judge_id, Assignment.application_id)
    )
    return tuple(
        sorted(
            Sheet(codes[judge_id], names[entry_id], int(points))
            for judge_id, entry_id, points in session.execute(query)
            if entry_id in names
        )
    )


def _judges(session: Session, competition_id: int) -> Sequence[Judge]:
    query = select(Judge).where(Judge.competition_id == competition_id).order_by(Judge.id)
    return session.scalars(query).all()


def _own_places(
    session: Session, judges: dict[str, Judge], applications: dict[str, Application]
) -> set[Pair]:
    """Pairs where the entry's street or town is one where the judge's organisations are."""
    query = (
        select(User.person_id, Organisation.region_code)
        .join(Membership, Membership.user_id == User.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            User.person_id.in_({each.person_id for each in judges.values()}),
            Membership.revoked_at.is_(None),
            Membership.role != Role.AUDITOR,
        )
    )
    homes: dict[int, set[str]] = {}
    for person_id, code in session.execute(query):
        homes.setdefault(person_id, set()).add(code[:_STREET])
    return {
        (judge, entry)
        for judge, who in judges.items()
        for entry, application in applications.items()
        if application.region_code[:_STREET] in homes.get(who.person_id, ())
    }
