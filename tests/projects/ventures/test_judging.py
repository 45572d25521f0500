"""Judges and their sheets: who is bound, what nobody sees before the lock, what never changes."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.errors import Conflict, Denied, DomainError, Invalid, InvalidState, NotFound
from charity.registry.models import OrganisationKind, Person, Rating, RelatedParty, Relation
from charity.spending.models import Budget, BudgetLine, Expense
from projects.ventures.judging_reasons import JudgingReason, SheetListReason
from projects.ventures.models import (
    ApplicationState,
    Assignment,
    AssignmentState,
    Award,
    AwardState,
    CompetitionState,
    ConflictKind,
    Judge,
    JudgeConflict,
    JudgeState,
    JudgingRound,
    Ranking,
    Score,
)
from projects.ventures.queries import judging as queries
from projects.ventures.queries import ranking as results
from projects.ventures.queries.importing import SheetOutcome, rubric
from projects.ventures.queries.voting import votes
from projects.ventures.reading import read_score_sheets, template_heads
from projects.ventures.replaying import replay
from projects.ventures.services.defence import plan_defence
from projects.ventures.services.importing import import_score_sheets
from projects.ventures.services.inviting import answer_invitation, invite_judge, withdraw_judge
from projects.ventures.services.judging import (
    assign_judges,
    declare_conflict,
    find_conflicts,
    give_sheet,
    recuse,
)
from projects.ventures.services.ranking import publish_ranking, rank
from projects.ventures.services.sheets import hand_in, lock_sheet, save_scores
from projects.ventures.services.stepping import move_on
from projects.ventures.services.voting import cast_vote
from projects.ventures.terms import RankingMethod
from tests.factories import make_actor, make_user
from tests.projects.ventures.panel import (
    AT,
    PanelWorld,
    make_applicant,
    make_entry,
    make_judge,
    make_panel_world,
)

REVIEW, DEFENCE = JudgingRound.REVIEW, JudgingRound.DEFENCE


@pytest.fixture(autouse=True)
def _in_april() -> object:
    with clock.at(AT):
        yield


@pytest.fixture
def world(session: Session) -> PanelWorld:
    return make_panel_world(session)


def assigned(session: Session, world: PanelWorld, judging_round: JudgingRound = REVIEW) -> int:
    return assign_judges(
        session, world.organiser, competition_id=world.competition.id, judging_round=judging_round
    )


def sheet_of(session: Session, judge: Judge, entry_id: int) -> Assignment:
    return session.scalars(
        select(Assignment).where(
            Assignment.judge_id == judge.id, Assignment.application_id == entry_id
        )
    ).one()


def score_all(session: Session, world: PanelWorld, *, but: int | None = None) -> None:
    """Every open sheet handed in; the first entry best, the first judge hardest."""
    for place, (judge, actor) in enumerate(zip(world.judges, world.actors, strict=True)):
        sheets = session.scalars(
            select(Assignment).where(
                Assignment.judge_id == judge.id, Assignment.state == AssignmentState.OPEN
            )
        )
        for sheet in sheets.all():
            if sheet.id != but:
                number = sheet.application.number or 0
                hand_in(
                    session, actor, assignment_id=sheet.id, client_id=str(uuid4()),
                    points=world.points(80 - 10 * number + place),
                )  # fmt: skip


def kinds(session: Session, world: PanelWorld) -> set[tuple[int, int | None, ConflictKind]]:
    """Judge by place, entry by number, and what binds them."""
    places = {judge.id: place for place, judge in enumerate(world.judges)}
    numbers = {entry.id: entry.number for entry in world.entries}
    return {
        (places[each.judge_id], numbers[each.application_id], each.kind)
        for each in queries.conflicts(session, world.competition.id)
    }


# ── invitations and conflicts ────────────────────────────────────────────────────────────────────


def test_a_judge_is_asked_once_answers_once_and_is_nobody_of_the_organiser(
    session: Session, world: PanelWorld
) -> None:
    said = {"competition_id": world.competition.id}
    own = make_actor(session, Grant(Role.EDITOR, organisation_id=world.competition.organiser_id))
    with pytest.raises(Invalid) as told:
        invite_judge(session, world.organiser, user_id=own.user_id or 0, **said)
    assert told.value.reason is JudgingReason.BELONGS_TO_ORGANISER
    user = make_user(session)
    asked = Actor.guest()
    with pytest.raises(Denied):
        invite_judge(session, make_actor(session), user_id=user.id, **said)
    judge = invite_judge(session, world.organiser, user_id=user.id, **said)
    with pytest.raises(Conflict):
        invite_judge(session, world.organiser, user_id=user.id, **said)
    for other in (asked, make_actor(session), world.organiser):
        with pytest.raises(DomainError):
            answer_invitation(session, other, judge_id=judge.id, accepts=True)
    asked = make_actor(session, user=user)
    assert answer_invitation(session, asked, judge_id=judge.id, accepts=False).answered_at == AT
    invite_judge(session, world.organiser, user_id=user.id, **said)
    answer_invitation(session, asked, judge_id=judge.id, accepts=True)
    with pytest.raises(InvalidState):
        answer_invitation(session, asked, judge_id=judge.id, accepts=False)
    assert judge.state is JudgeState.ACCEPTED


def test_ven_04_what_binds_a_judge_is_found_in_every_register(
    session: Session, world: PanelWorld
) -> None:
    """CHA-167 too: belongs now or lately, stands in the roster, has one telephone, past money."""
    one, two, three, four = (entry.organisation for entry in world.entries)
    make_judge(session, world, Grant(Role.EDITOR, organisation_id=one.id))
    own = make_applicant(session)
    own.contact_phone = two.contact_phone.replace("-", " ")
    make_judge(session, world, Grant(Role.OWNER, organisation_id=own.id))
    related = make_judge(session, world)
    session.add(
        RelatedParty(
            organisation_id=three.id, name="somebody", relation=Relation.STAFF,
            person_id=related.person_id, since=date(2020, 1, 1), until=date(2024, 6, 1),
            recorded_by_user_id=related.user_id, recorded_at=AT,
        )
    )  # fmt: skip
    taken = make_applicant(session)
    make_judge(session, world, Grant(Role.OWNER, organisation_id=taken.id))
    # the fourth applicant ran a competition that the judge's organisation won two years ago
    earlier = make_panel_world(session, entries=0, judges=0)
    earlier.competition.organiser_id = four.id
    prize = make_entry(session, earlier, taken)
    for years, state in ((2, AwardState.DROPPED), (2, AwardState.PROPOSED)):
        session.add(
            Award(
                competition_id=earlier.competition.id, application_id=prize.id, place=1,
                amount=prize.asked, state=state, proposed_at=AT.replace(year=2026 - years),
                proposed_by_user_id=related.user_id, proposer_person_id=related.person_id,
            )
        )  # fmt: skip
    # the first applicant is a filed group whose host paid the judge, and the judge's organisation
    one.kind, one.uscc, one.host_id = OrganisationKind.COMMUNITY_GROUP, None, two.id
    paid = make_judge(session, world)
    mark = b"h" * 32
    session.get_one(Person, paid.person_id).identity_hash = mark
    budget = Budget(organisation_id=two.id, region_code="420704")
    budget.lines = [BudgetLine(number=1, name="lessons", amount=prize.asked)]
    session.add(budget)
    session.flush()
    for payee in ({"payee_identity_hash": mark}, {"payee_organisation_id": own.id}):
        session.add(
            Expense(
                budget_line_id=budget.lines[0].id, title="a lesson", amount=prize.asked,
                payee_name="x", payee_account="1", voucher_number="1", spent_on=date(2024, 1, 1),
                submitted_by_user_id=related.user_id, submitter_person_id=related.person_id,
                submitted_at=AT, **payee,
            )
        )  # fmt: skip
    # who audits an applicant is not its member
    make_judge(session, world, Grant(Role.AUDITOR, organisation_id=one.id))
    session.flush()
    found = find_conflicts(session, world.organiser, competition_id=world.competition.id)
    assert kinds(session, world) == {
        (5, 1, ConflictKind.SAME_ORGANISATION),
        (6, 1, ConflictKind.PAST_AWARD),
        (6, 1, ConflictKind.SHARED_CONTACT),
        (6, 2, ConflictKind.PAST_AWARD),
        (6, 2, ConflictKind.SHARED_CONTACT),
        (7, 3, ConflictKind.RELATED_PARTY),
        (7, 3, ConflictKind.SAME_ORGANISATION),
        (8, 4, ConflictKind.PAST_AWARD),
        (9, 1, ConflictKind.PAST_AWARD),
        (9, 2, ConflictKind.PAST_AWARD),
    }
    assert len(found) == 10
    again = find_conflicts(session, world.organiser, competition_id=world.competition.id)
    assert again == []


def test_sheets_are_given_evenly_and_never_in_conflict(session: Session) -> None:
    world = make_panel_world(session, entries=6, judges=7, judges_per_application=5)
    bound = world.judges[0]
    declare_conflict(
        session, world.actors[0], judge_id=bound.id, application_id=world.entries[0].id,
        note="a cousin",
    )  # fmt: skip
    assert assigned(session, world) == 30
    sheets = session.scalars(select(Assignment)).all()
    loads = Counter(each.judge_id for each in sheets)
    assert max(loads.values()) - min(loads.values()) <= 1
    assert (bound.id, world.entries[0].id) not in {
        (each.judge_id, each.application_id) for each in sheets
    }
    assert assigned(session, world) == 0
    mine = next(each for each in sheets if each.judge_id == world.judges[1].id)
    recuse(session, world.organiser, assignment_id=mine.id, because="ill")
    assert assigned(session, world) == 1
    assert len({each.judge_id for each in sheets if each.state is AssignmentState.OPEN}) > 1
    for judge in world.judges[2:]:
        withdraw_judge(session, world.organiser, judge_id=judge.id, because="left")
    with pytest.raises(Invalid) as told:
        assigned(session, world)
    assert told.value.reason is JudgingReason.TOO_FEW_JUDGES


# ── sheets ───────────────────────────────────────────────────────────────────────────────────────


def test_nobody_scores_an_entry_that_is_theirs_by_service_import_or_statement(
    session: Session, world: PanelWorld
) -> None:
    assigned(session, world)
    judge, actor = world.judges[0], world.actors[0]
    own, other = (sheet_of(session, judge, entry.id) for entry in world.entries[:2])
    with pytest.raises(NotFound):
        save_scores(session, world.actors[1], assignment_id=own.id, points=world.points(50))
    # joins an applicant after the sheets were given out, by a second account
    second = make_user(session, person=None)
    second.person_id = judge.person_id
    make_actor(
        session,
        Grant(Role.EDITOR, organisation_id=world.entries[0].organisation_id),
        user=second,
    )
    with pytest.raises(Denied) as told:
        save_scores(session, actor, assignment_id=own.id, points=world.points(50))
    assert told.value.reason is JudgingReason.OWN_ENTRY
    save_scores(session, actor, assignment_id=other.id, points=world.points(50))
    declare_conflict(
        session, actor, judge_id=judge.id, application_id=other.application_id, note="my aunt"
    )
    session.refresh(other)
    assert other.state is AssignmentState.RECUSED
    with pytest.raises(Denied) as told:
        save_scores(session, actor, assignment_id=other.id, points=world.points(60))
    assert told.value.reason is JudgingReason.IN_CONFLICT
    head = ",".join(template_heads(rubric(world.competition)))
    lines = [f"{number},judge 1,{','.join('9' for _ in world.whole)},fine" for number in (1, 2)]
    listed = read_score_sheets("\n".join([head, *lines]).encode(), rubric(world.competition))
    found = import_score_sheets(
        session, world.organiser, competition_id=world.competition.id, judging_round=REVIEW,
        rows=listed.rows,
    )  # fmt: skip
    assert [each.flaws[0].reason for each in found] == [
        JudgingReason.OWN_ENTRY,
        JudgingReason.IN_CONFLICT,
    ]
    pair = {"judge_id": judge.id, "application_id": other.application_id}
    criterion = world.competition.criteria[0].id
    for statement in (
        insert(Assignment).values(
            round=DEFENCE, state=AssignmentState.OPEN, comment="", recused_because="",
            assigned_at=AT, **pair,
        ),
        update(Score).where(Score.criterion_id == criterion).values(points=1),
    ):  # fmt: skip
        with pytest.raises(DBAPIError, match="guard"), session.begin_nested():
            session.execute(statement)


def test_points_are_saved_line_by_line_and_a_blank_is_no_score(
    session: Session, world: PanelWorld
) -> None:
    assigned(session, world)
    actor = world.actors[0]
    sheet = sheet_of(session, world.judges[0], world.entries[0].id)
    first, second, *_ = (each.id for each in world.competition.criteria)
    save_scores(session, actor, assignment_id=sheet.id, points={first: 155}, comments={first: "ok"})
    save_scores(session, actor, assignment_id=sheet.id, points={second: 0}, comment="so far")
    assert {each.criterion_id: each.points for each in sheet.scores} == {first: 155, second: 0}
    for points, reason in (
        ({first: 201}, JudgingReason.POINTS_BEYOND),
        ({first: -1}, JudgingReason.POINTS_BEYOND),
        ({0: 1}, JudgingReason.OTHER_CRITERION),
    ):
        with pytest.raises(Invalid) as told:
            save_scores(session, actor, assignment_id=sheet.id, points=points)
        assert told.value.reason is reason
    save_scores(session, actor, assignment_id=sheet.id, points={second: None})
    with pytest.raises(Invalid) as told:
        lock_sheet(session, actor, assignment_id=sheet.id)
    assert told.value.params == {"missing": "2, 3, 4, 5, 6"}
    assert (sheet.comment, [each.comment for each in sheet.scores]) == ("so far", ["ok"])


def test_ven_11_a_locked_sheet_never_changes_and_a_phone_may_send_twice(
    session: Session, world: PanelWorld
) -> None:
    """VEN-11: by no service, no import, no statement; the same submission is one sheet."""
    assigned(session, world)
    actor, name = world.actors[0], str(uuid4())
    sheet = sheet_of(session, world.judges[0], world.entries[0].id)
    said = {"assignment_id": sheet.id, "points": world.points(70)}
    told = hand_in(session, actor, client_id=name, **said).digest
    assert told is not None
    assert hand_in(session, actor, client_id=name, **said).digest == told
    assert lock_sheet(session, actor, assignment_id=sheet.id, client_id=name).digest == told
    for change in (
        lambda: hand_in(session, actor, client_id=str(uuid4()), **said),
        lambda: save_scores(session, actor, **said),
        lambda: lock_sheet(session, actor, assignment_id=sheet.id),
        lambda: recuse(session, actor, assignment_id=sheet.id, because="regret"),
    ):
        with pytest.raises(InvalidState) as refused:
            change()
        assert refused.value.reason is JudgingReason.SHEET_LOCKED
    head = ",".join(template_heads(rubric(world.competition)))
    same = ",".join(str(most * 7 / 100) for most in world.whole.values())
    for figures, outcome in ((same, SheetOutcome.THERE), ("9,9,9,9,9,9", SheetOutcome.REFUSED)):
        rows = read_score_sheets(
            f"{head}\n1,judge 1,{figures},\n".encode(), rubric(world.competition)
        ).rows
        [found] = import_score_sheets(
            session, world.organiser, competition_id=world.competition.id,
            judging_round=REVIEW, rows=rows,
        )  # fmt: skip
        assert found.outcome is outcome
    mine = Score.assignment_id == sheet.id
    for statement in (
        update(Score).where(mine).values(points=1),
        Score.__table__.delete().where(mine),
        update(Assignment).where(Assignment.id == sheet.id).values(comment="other"),
        Assignment.__table__.delete().where(Assignment.id == sheet.id),
    ):
        with pytest.raises(DBAPIError, match="guard"), session.begin_nested():
            session.execute(statement)


def test_nobody_sees_points_before_the_last_lock(session: Session, world: PanelWorld) -> None:
    assigned(session, world)
    last = sheet_of(session, world.judges[4], world.entries[3].id)
    save_scores(session, world.actors[4], assignment_id=last.id, points=world.points(10))
    score_all(session, world, but=last.id)
    theirs = sheet_of(session, world.judges[1], world.entries[0].id)
    for actor in (world.actors[0], world.organiser):
        with pytest.raises(Denied) as told:
            queries.sheet(session, actor, theirs.id)
        assert told.value.reason is JudgingReason.SHEETS_OPEN
    assert queries.sheet(session, world.actors[1], theirs.id) is theirs
    stranger = make_actor(session)
    with pytest.raises(NotFound):
        queries.sheet(session, stranger, theirs.id)
    seen = queries.sheets_of(session, world.actors[0], world.entries[0].id, REVIEW)
    assert [each.judge_id for each in seen] == [world.judges[0].id]
    judges, entries = queries.progress(session, world.organiser, world.competition.id, REVIEW)
    assert [(each.open, each.begun, each.locked) for each in judges][3:] == [(0, 0, 4), (1, 1, 3)]
    assert [each.sheets for each in entries] == [5, 5, 5, 5]
    with pytest.raises(Denied):
        queries.progress(session, world.actors[0], world.competition.id, REVIEW)
    with pytest.raises(InvalidState):
        results.organisers_report(session, world.organiser, world.competition.id, REVIEW)
    score_all(session, world)
    assert len(queries.sheets_of(session, world.actors[0], world.entries[0].id, REVIEW)) == 5
    assert queries.sheets_of(session, stranger, world.entries[0].id, REVIEW) == []
    with pytest.raises(NotFound):
        queries.sheet(session, stranger, theirs.id)


# ── places ───────────────────────────────────────────────────────────────────────────────────────


def ranked(session: Session, world: PanelWorld, **said: object) -> list[int | None]:
    found = rank(
        session, world.organiser, competition_id=world.competition.id,
        **({"judging_round": REVIEW} | said),  # type: ignore[arg-type]
    )  # fmt: skip
    assert replay(found.file) == []
    return [row.application.number for row in sorted(found.rows, key=lambda row: row.place)]


def test_a_ranking_waits_for_all_sheets_and_is_published_once(
    session: Session, world: PanelWorld
) -> None:
    assigned(session, world)
    late = sheet_of(session, world.judges[0], world.entries[0].id)
    score_all(session, world, but=late.id)
    with pytest.raises(InvalidState) as told:
        ranked(session, world)
    assert told.value.params == {"count": 1}
    recuse(session, world.organiser, assignment_id=late.id, because="ill")
    assert ranked(session, world) == [1, 2, 3, 4]
    made = results.latest_ranking(session, world.organiser, world.competition.id, REVIEW)
    assert made is not None
    # four sheets count for the first entry, five for the others: a recusal leaves the denominator
    assert [row["sheets"] for row in made.file["places"]] == [4, 5, 5, 5]
    assert made.file["rules_digest"] == world.competition.rules_sha256
    assert results.latest_ranking(session, Actor.guest(), world.competition.id, REVIEW) is None
    # a conflict that comes out late takes out a locked sheet, and it is ranked again
    declare_conflict(
        session, world.organiser, judge_id=world.judges[1].id,
        application_id=world.entries[1].id, note="told by a neighbour",
    )  # fmt: skip
    with pytest.raises(InvalidState):
        publish_ranking(session, world.organiser, ranking_id=made.id)
    ranked(session, world)
    again = results.latest_ranking(session, world.organiser, world.competition.id, REVIEW)
    assert again is not None
    assert [row["sheets"] for row in again.file["places"]] == [4, 4, 5, 5]
    publish_ranking(session, world.organiser, ranking_id=again.id)
    assert results.latest_ranking(session, Actor.guest(), world.competition.id, REVIEW) is again
    assert ranked(session, world) == [1, 2, 3, 4]
    with pytest.raises(DBAPIError, match="guard"), session.begin_nested():
        session.execute(update(Ranking).where(Ranking.id == again.id).values(digest="0" * 64))


def test_the_report_tells_who_is_hard_and_what_would_change(
    session: Session, world: PanelWorld
) -> None:
    assigned(session, world)
    for place, (judge, actor) in enumerate(zip(world.judges, world.actors, strict=True)):
        for number, entry in enumerate(world.entries, start=1):
            percent = 90 - 10 * number + place - (30 if place == 4 else 0)
            hand_in(
                session, actor, assignment_id=sheet_of(session, judge, entry.id).id,
                client_id=str(uuid4()), points=world.points(percent),
            )  # fmt: skip
    found = results.organisers_report(session, world.organiser, world.competition.id, REVIEW)
    assert [found.judges[look.judge].id for look in found.report.outliers] == [world.judges[4].id]
    assert set(found.report.by_method) == {RankingMethod.MEAN, RankingMethod.SEVERITY}
    assert found.report.is_connected
    with pytest.raises(Denied):
        results.organisers_report(session, world.actors[0], world.competition.id, REVIEW)


def test_equal_entries_wait_for_a_number_younger_than_the_last_sheet(session: Session) -> None:
    world = make_panel_world(session, entries=2)
    for entry in world.entries:
        entry.demand_score = None
    assigned(session, world)
    for judge, actor in zip(world.judges, world.actors, strict=True):
        for entry in world.entries:
            hand_in(
                session, actor, assignment_id=sheet_of(session, judge, entry.id).id,
                client_id=str(uuid4()), points=world.points(60),
            )  # fmt: skip
    with pytest.raises(Invalid) as told:
        ranked(session, world)
    assert told.value.reason is JudgingReason.DRAW_NEEDS_NUMBER
    drawn = {"number": "03 11 17 | 09", "number_name": "lottery 2026037"}
    for day in (None, date(2026, 4, 1), date(2026, 4, 9)):
        with pytest.raises(Invalid) as told, clock.at(datetime(2026, 4, 5, tzinfo=UTC)):
            ranked(session, world, number_on=day, **drawn)
        assert told.value.reason is JudgingReason.NUMBER_TOO_EARLY
    with clock.at(datetime(2026, 4, 5, tzinfo=UTC)):
        first = ranked(session, world, number_on=date(2026, 4, 3), **drawn)
        assert sorted(first) == [1, 2]
        with pytest.raises(Conflict):
            ranked(session, world, number_on=date(2026, 4, 4), **(drawn | {"number": "1"}))


def test_a_panel_in_parts_is_told_and_joined_by_one_more_sheet(session: Session) -> None:
    world = make_panel_world(session, entries=2, judges=6, method=RankingMethod.SEVERITY)
    for place, judge in enumerate(world.judges):
        entry = world.entries[place // 3]
        session.add(
            Assignment(round=REVIEW, judge_id=judge.id, application_id=entry.id, assigned_at=AT)
        )
    session.flush()
    score_all(session, world)
    with pytest.raises(Invalid) as told:
        ranked(session, world)
    assert told.value.reason is JudgingReason.PANEL_DISCONNECTED
    given = {"judge_id": world.judges[0].id, "judging_round": REVIEW, "because": "joins them"}
    one, two = world.entries
    give_sheet(session, world.organiser, application_id=two.id, **given)
    for entry in (one, two):
        with pytest.raises(Conflict):
            give_sheet(session, world.organiser, application_id=entry.id, **given)
    score_all(session, world)
    assert ranked(session, world) == [1, 2]


def test_a_shortlist_that_goes_straight_to_the_vote_is_ranked_twice(session: Session) -> None:
    world = make_panel_world(session, shortlist=2, vote_permille=500)
    assigned(session, world)
    score_all(session, world)
    assert ranked(session, world) == [1, 2, 3, 4]
    said = {"competition_id": world.competition.id}
    made = results.rankings(session, world.competition.id, REVIEW)[0]
    publish_ranking(session, world.organiser, ranking_id=made.id)
    move_on(session, world.organiser, **said)
    move_on(session, world.organiser, **said)
    assert world.competition.state is CompetitionState.VOTE
    with clock.at(datetime(2026, 4, 3, tzinfo=UTC)):
        cast_vote(session, make_actor(session), application_id=world.entries[1].id, **said)
    with clock.at(datetime(2026, 4, 11, tzinfo=UTC)):
        with pytest.raises(InvalidState):
            move_on(session, world.organiser, **said)
        assert ranked(session, world) == [2, 1]
        final = results.rankings(session, world.competition.id, REVIEW)[0]
        publish_ranking(session, world.organiser, ranking_id=final.id)
        move_on(session, world.organiser, **said)
    found = results.organisers_report(session, world.organiser, world.competition.id, REVIEW)
    assert len(found.report.looks) == 5


# ── defence and vote ─────────────────────────────────────────────────────────────────────────────


def test_the_defence_is_drawn_scored_live_and_joined_by_the_public(session: Session) -> None:
    world = make_panel_world(
        session, judges=3, state=CompetitionState.SHORTLISTED, shortlist=2, has_defence=True,
        vote_permille=500, method=RankingMethod.MEAN,
    )  # fmt: skip
    one, two, *rest = world.entries
    for entry in world.entries:
        into = entry in (one, two)
        entry.move_to(ApplicationState.SHORTLISTED if into else ApplicationState.NOT_SHORTLISTED)
    session.flush()
    plan = {"competition_id": world.competition.id, "starts_at": AT, "minutes": 10, "pause": 5}
    slots = plan_defence(session, world.organiser, **plan)
    assert [(slot.starts_at - AT).seconds // 60 for slot in slots] == [0, 15]
    again = plan_defence(session, world.organiser, **plan)
    assert [each.application_id for each in again] == [each.application_id for each in slots]
    assert assigned(session, world, DEFENCE) == 6
    world.competition.move_to(CompetitionState.DEFENCE)
    assert [each.application_id for each in queries.own_sheets(
        session, world.actors[0], world.competition.id, DEFENCE
    )] == [each.application_id for each in slots]  # fmt: skip
    score_all(session, world)
    voters = [make_actor(session) for _ in range(3)]
    said = {"competition_id": world.competition.id}
    with pytest.raises(InvalidState):
        cast_vote(session, voters[0], application_id=two.id, **said)
    world.competition.move_to(CompetitionState.VOTE)
    with clock.at(datetime(2026, 4, 3, tzinfo=UTC)):
        for voter in voters:
            cast_vote(session, voter, application_id=two.id, **said)
        assert cast_vote(session, voters[0], application_id=two.id, **said).person_id
        second = make_user(session)
        second.person_id = voters[0].person_id or 0
        for voter in (voters[0], make_actor(session, user=second)):
            with pytest.raises(Conflict):
                cast_vote(session, voter, application_id=one.id, **said)
        with pytest.raises(Denied):
            cast_vote(session, Actor.guest(), application_id=one.id, **said)
        with pytest.raises(Invalid):
            cast_vote(session, make_actor(session), application_id=rest[0].id, **said)
        with pytest.raises(InvalidState):
            votes(session, world.competition)
        with pytest.raises(InvalidState):
            ranked(session, world, judging_round=DEFENCE)
    with clock.at(datetime(2026, 4, 11, tzinfo=UTC)):
        assert votes(session, world.competition) == {two.id: 3}
        assert ranked(session, world, judging_round=DEFENCE) == [2, 1]


def test_org_15_a_rating_in_force_at_the_end_of_the_call_counts_where_the_terms_say_so(
    session: Session,
) -> None:
    world = make_panel_world(
        session, entries=4, judges=3, judges_per_application=3, method=RankingMethod.MEAN,
        rating_bonus=20, shortlist=0,
    )  # fmt: skip
    last = world.competition.call_until
    graded = [
        (0, 3, last, last + timedelta(days=1)),
        (1, 5, last + timedelta(days=1), last + timedelta(days=900)),
        (2, 5, last - timedelta(days=900), last + timedelta(days=900)),
        (2, 2, last - timedelta(days=2), last + timedelta(days=900)),
        (3, 5, last - timedelta(days=900), last),
    ]
    session.add_all(
        Rating(
            organisation_id=world.entries[at].organisation_id, grade=grade, rated_on=since,
            expires_on=until, authority="registrar",
            recorded_by_user_id=world.organiser.user_id or 0,
        )
        for at, grade, since, until in graded
    )  # fmt: skip
    assigned(session, world)
    score_all(session, world)
    ranking = rank(
        session, world.organiser, competition_id=world.competition.id,
        judging_round=JudgingRound.REVIEW,
    )  # fmt: skip
    told = {row["entry"]: row["bonus"] for row in ranking.file["places"]}
    assert told == {"0001": "2.00", "0002": "0.00", "0003": "0.00", "0004": "0.00"}
    assert replay(ranking.file) == []
    rows = {row.application_id: row.points for row in ranking.rows}
    first = next(row for row in ranking.file["places"] if row["entry"] == "0001")
    assert abs(rows[world.entries[0].id] - float(first["total"]) * 1_000_000) < 10_000
    assert ranking.file["frozen_rules"]["terms"]["rating_bonus"] == 20


# ── lists of score sheets ────────────────────────────────────────────────────────────────────────


def test_a_list_of_sheets_is_judged_row_by_row(session: Session, world: PanelWorld) -> None:
    assigned(session, world)
    head = ",".join(template_heads(rubric(world.competition)))
    rows = [
        "1,judge 1,20,25,15,15,15,10,all",
        "2,judge 1,20,,15,15,15,10,",
        "9,judge 1,1,1,1,1,1,1,",
        "3,judge 9,1,1,1,1,1,1,",
        "4,judge 1,21,1,1,1,1,1,",
        "4,judge 2,1.55,1,1,1,1,1,",
        "1,judge 1,1,1,1,1,1,1,",
    ]
    listed = read_score_sheets("\n".join([head, *rows]).encode(), rubric(world.competition))
    said = {
        "competition_id": world.competition.id, "judging_round": REVIEW, "rows": listed.rows,
    }  # fmt: skip
    with pytest.raises(Denied):
        import_score_sheets(session, world.actors[0], **said)
    found = import_score_sheets(session, world.organiser, **said)
    assert [(each.outcome, *(flaw.reason for flaw in each.flaws)) for each in found] == [
        (SheetOutcome.LOCKED,),
        (SheetOutcome.SAVED, SheetListReason.BLANKS),
        (SheetOutcome.REFUSED, SheetListReason.ENTRY_UNKNOWN),
        (SheetOutcome.REFUSED, SheetListReason.JUDGE_UNKNOWN),
        (SheetOutcome.REFUSED, SheetListReason.POINTS_BEYOND),
        (SheetOutcome.REFUSED, SheetListReason.POINTS_UNCLEAR),
        (SheetOutcome.REFUSED, SheetListReason.TWICE),
    ]
    whole = sheet_of(session, world.judges[0], world.entries[0].id)
    assert (whole.state, sum(each.points for each in whole.scores)) == (
        AssignmentState.LOCKED,
        1000,
    )
    part = sheet_of(session, world.judges[0], world.entries[1].id)
    assert (part.state, len(part.scores)) == (AssignmentState.OPEN, 5)
    again = import_score_sheets(session, world.organiser, **said)
    assert [each.outcome for each in again[:2]] == [SheetOutcome.THERE, SheetOutcome.SAVED]
    with pytest.raises(Invalid) as told:
        read_score_sheets(b"a,b\n1,2\n", rubric(world.competition))
    assert told.value.reason is SheetListReason.NO_HEAD
    assert session.scalars(select(JudgeConflict)).all() == []
