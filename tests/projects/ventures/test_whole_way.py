"""One competition the whole way by its verbs: call, judges, places, notice, first stage."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import select

from charity.ledger import tracing
from charity.money import Money
from projects.ventures import queries, services
from projects.ventures.models import Assignment, AwardState, CompetitionState, JudgingRound
from tests.factories import make_actor
from tests.projects.ventures.contest import Contest


def test_from_the_call_to_the_first_stage_and_the_funders_page(contest: Contest) -> None:
    session, manager = contest.session, contest.manager
    found = contest.opened(terms={"places": 2})
    funder = contest.funded(found, Money.yuan(500_000))
    entries = [contest.submitted(found) for _ in range(3)]
    people = [make_actor(session) for _ in range(5)]
    for person in people:
        judge = services.invite_judge(
            session, manager, competition_id=found.id, user_id=person.user_id or 0
        )
        services.answer_invitation(session, person, judge_id=judge.id, accepts=True)
    contest.clock.advance(days=5)
    services.move_on(session, manager, competition_id=found.id)
    assert services.admit_clear(session, manager, competition_id=found.id) == 3
    services.move_on(session, manager, competition_id=found.id)
    services.assign_judges(
        session, manager, competition_id=found.id, judging_round=JudgingRound.REVIEW
    )
    weights = {each.id: each.weight * 10 for each in found.criteria}
    best = {entries[1].id: 100, entries[0].id: 90, entries[2].id: 80}
    actors = {person.person_id: person for person in people}
    for sheet in session.scalars(select(Assignment)).all():
        services.hand_in(
            session, actors[sheet.judge.person_id], assignment_id=sheet.id,
            client_id=str(uuid4()),
            points={
                criterion: most * best[sheet.application_id] // 100
                for criterion, most in weights.items()
            },
        )  # fmt: skip
    ranking = services.rank(
        session, manager, competition_id=found.id, judging_round=JudgingRound.REVIEW
    )
    services.publish_ranking(session, manager, ranking_id=ranking.id)
    assert services.move_on(session, manager, competition_id=found.id).state is (
        CompetitionState.RANKED
    )
    award = contest.signed(entries[1], Money.yuan(360_000))
    assert (award.place, award.state) == (1, AwardState.SIGNED)
    tranche = contest.pay(award.tranches[0])
    assert tranche.amount == Money.yuan(180_000)
    contest.seal()
    trail = tracing.trail_of_entry(session, funder.entry_id or 0)
    assert [(stage.fund_id, stage.in_hand) for stage in trail.stages] == [
        (found.fund_id, Money.yuan(320_000)), (award.fund_id, Money.yuan(180_000)),
    ]  # fmt: skip
    assert queries.pool_standing(session, found).withheld == Money.yuan(180_000)
