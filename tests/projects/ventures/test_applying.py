"""The call: drafts, a signed commitment, caps, eligibility, and who takes no part (VEN-01..03)."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.errors import Conflict, Denied, Invalid, InvalidState, NotFound
from charity.files import LocalFileStore
from charity.money import Money
from charity.registry.findings import blocking
from charity.registry.models import (
    AnnualInspection,
    EligibilityDecision,
    InspectionResult,
    OrganisationKind,
    OrganisationState,
    RelatedParty,
    Relation,
    RestrictedAct,
)
from charity.registry.services import restrict
from projects.listings.models import (
    BeneficiaryGroup,
    ListingCategory,
    Need,
    NeedState,
    ResourceKind,
    Urgency,
)
from projects.ventures import policy, queries, services
from projects.ventures.eligibility import ApplicantFacts, applicant_findings
from projects.ventures.models import (
    Application,
    ApplicationLineKind,
    ApplicationState,
    CompetitionLevel,
    CompetitionState,
    JudgingRound,
)
from projects.ventures.reasons import VentureReason
from projects.ventures.services import Calendar, CriterionDraft, LineAsked
from projects.ventures.services.locking import lock_application
from projects.ventures.terms import digest
from tests.factories import make_actor, make_organisation
from tests.fixtures.pictures import good_jpeg
from tests.projects.ventures.contest import (
    COMMITMENT,
    COUNTY,
    SYSTEM,
    VILLAGE,
    Contest,
    lines,
)


def related(contest: Contest, organisation_id: int, actor: Actor) -> None:
    """Somebody becomes a founder of an organisation."""
    contest.session.add(
        RelatedParty(
            organisation_id=organisation_id, name="王五", relation=Relation.FOUNDER,
            person_id=actor.person_id, since=date(2025, 1, 1),
            recorded_by_user_id=contest.manager.user_id, recorded_at=clock.now(),
        )
    )  # fmt: skip
    contest.session.flush()


# ── opening ──────────────────────────────────────────────────────────────────────────────────────


def test_opening_freezes_terms_rubric_and_days_with_their_digest(contest: Contest) -> None:
    found = contest.draft()
    assert not policy.may_see_competition(Actor.guest(), found)
    services.open_call(contest.session, contest.manager, competition_id=found.id)
    assert found.rules_sha256 == digest(queries.frozen_content(found))
    assert policy.may_see_competition(Actor.guest(), found)
    assert [found] == queries.competitions_page(contest.session).items
    with pytest.raises(InvalidState):
        services.set_tracks(
            contest.session, contest.manager, competition_id=found.id, names=["一老"]
        )


def test_ven_06_a_rubric_that_is_not_a_hundred_stays_a_draft(contest: Contest) -> None:
    found = contest.draft()
    services.set_criteria(
        contest.session,
        contest.manager,
        competition_id=found.id,
        criteria=[CriterionDraft("需求", 60), CriterionDraft("方案", 39)],
    )
    with pytest.raises(Invalid) as refused:
        services.open_call(contest.session, contest.manager, competition_id=found.id)
    assert refused.value.params == {"total": 99}


def test_only_its_organisers_run_a_competition(contest: Contest) -> None:
    found = contest.opened()
    other = make_organisation(contest.session)
    stranger = make_actor(contest.session, Grant(Role.ORGANISER, organisation_id=other.id))
    for actor in (stranger, contest.treasurer, Actor.guest()):
        with pytest.raises(Denied):
            services.move_on(contest.session, actor, competition_id=found.id)
    with pytest.raises(Denied):
        contest.draft(organiser_id=other.id)
    with pytest.raises(Invalid):
        contest.draft(calendar=Calendar(date(2026, 3, 20), date(2026, 3, 16)))


def test_needs_of_the_place_come_into_the_call(contest: Contest) -> None:
    found = contest.opened()
    near, far = need(contest, VILLAGE), need(contest, "420705")
    services.attach_need(contest.session, contest.manager, competition_id=found.id, need_id=near)
    with pytest.raises(Conflict):
        services.attach_need(
            contest.session, contest.manager, competition_id=found.id, need_id=near
        )
    with pytest.raises(Invalid):
        services.attach_need(contest.session, contest.manager, competition_id=found.id, need_id=far)
    assert contest.submitted(found, need_id=near).need_id == near
    with pytest.raises(Invalid):
        contest.begun(found, need_id=far)


def need(contest: Contest, region_code: str) -> int:
    """A need of a place, as a row."""
    row = Need(
        client_id=f"need-{region_code}", token=region_code, title="陪老人说话",
        kind=ResourceKind.HOURS, category=ListingCategory.SAFETY,
        beneficiary_group=BeneficiaryGroup.ELDERLY, region_code=region_code,
        starts_on=clock.today(), urgency=Urgency.NORMAL, state=NeedState.OPEN,
        posted_at=clock.now(),
    )  # fmt: skip
    contest.session.add(row)
    contest.session.flush()
    return row.id


# ── applying ─────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_is_saved_as_it_is_and_signed_words_are_kept(
    contest: Contest, tmp_path: Path
) -> None:
    found = contest.opened()
    begun = contest.begun(found, title="", plan="", lines=[])
    owner = contest.owners[begun.organisation_id]
    files = LocalFileStore(tmp_path)
    said: dict[str, Any] = {"application_id": begun.id, "name": "方案", "files": files}
    paper = services.attach_file(contest.session, owner, content=good_jpeg(80, 60), **said)
    assert services.attach_file(contest.session, owner, content=good_jpeg(80, 60), **said) is paper
    sign: dict[str, Any] = {
        "application_id": begun.id, "commitment_version": "2026-1", "commitment_text": COMMITMENT,
    }  # fmt: skip
    for field, value in (("title", "题目"), ("plan", "方案"), ("lines", lines())):
        with pytest.raises(Invalid) as missing:
            services.sign_and_submit(contest.session, owner, **sign)
        assert missing.value.field == field
        kept: dict[str, Any] = {
            "title": begun.title, "summary": begun.summary, "plan": begun.plan, "lines": [],
            "region_code": VILLAGE,
        }  # fmt: skip
        services.save_draft(
            contest.session, owner, application_id=begun.id, **{**kept, field: value}
        )
    with pytest.raises(Invalid) as unsigned:
        services.sign_and_submit(contest.session, owner, **{**sign, "commitment_text": " "})
    assert unsigned.value.reason is VentureReason.COMMITMENT_MISSING
    done = services.sign_and_submit(contest.session, owner, **sign)
    assert done.commitment_sha256 == hashlib.sha256(COMMITMENT.encode()).hexdigest()
    assert (done.number, done.signer_person_id) == (1, owner.person_id)
    assert contest.submitted(found).number == 2
    with pytest.raises(InvalidState):
        services.remove_file(contest.session, owner, application_id=done.id, file_id=paper.id)


@pytest.mark.parametrize(
    ("total", "asked", "reason"),
    [
        (Money.yuan(1_000_000), Money.yuan(500_000), None),
        (Money.yuan(1_000_000), Money.yuan(500_000) + Money(1), VentureReason.SUM_BEYOND),
        (Money.yuan(600_000), Money.yuan(360_000), None),
        (Money.yuan(600_000), Money.yuan(360_000) + Money(1), VentureReason.SHARE_BEYOND),
        (Money.yuan(600_000), Money(0), VentureReason.NOTHING_ASKED),
    ],
)
def test_ven_02_nobody_asks_beyond_either_cap(
    contest: Contest, total: Money, asked: Money, reason: VentureReason | None
) -> None:
    found = contest.opened()
    if reason is None:
        assert contest.submitted(found, lines=lines(total, asked)).asked == asked
        return
    with pytest.raises(Invalid) as refused:
        contest.submitted(found, lines=lines(total, asked))
    assert refused.value.reason is reason


def test_ven_01_the_organiser_neither_applies_nor_reads_drafts(contest: Contest) -> None:
    found = contest.opened()
    owner = make_actor(contest.session, Grant(Role.OWNER, organisation_id=contest.organiser.id))
    both = make_actor(
        contest.session,
        Grant(Role.ORGANISER, organisation_id=contest.organiser.id),
        Grant(Role.OWNER, organisation_id=contest.applicant().id),
    )
    for actor, organisation_id in (
        (owner, contest.organiser.id),
        (both, contest.applicants[0].id),
    ):
        with pytest.raises(Denied) as refused:
            services.begin_application(
                contest.session, actor, client_id="x", competition_id=found.id,
                organisation_id=organisation_id,
            )  # fmt: skip
        assert refused.value.reason is VentureReason.ORGANISER_APPLIES
    begun = contest.begun(found)
    assert not policy.may_see_application(contest.manager, begun)
    for stranger in (contest.manager, owner, Actor.guest()):
        with pytest.raises(NotFound):
            services.withdraw_application(
                contest.session, stranger, application_id=begun.id, reason="x"
            )


def test_nothing_is_taken_outside_the_call(contest: Contest) -> None:
    found = contest.opened()
    begun = contest.begun(found)
    contest.clock.set(datetime(2026, 3, 20, 15, 59, tzinfo=UTC))
    contest.submitted(found)
    contest.clock.set(datetime(2026, 3, 20, 16, 0, tzinfo=UTC))
    with pytest.raises(InvalidState) as late:
        services.sign_and_submit(
            contest.session, contest.owners[begun.organisation_id], application_id=begun.id,
            commitment_version="1", commitment_text=COMMITMENT,
        )  # fmt: skip
    assert late.value.reason is VentureReason.CALL_OVER


# ── eligibility ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.rule("VEN-03")
def test_ven_03_who_broke_an_agreement_waits_three_years(contest: Contest) -> None:
    facts = ApplicantFacts(contest.applicant(), broke_on=date(2023, 3, 16))
    [finding] = applicant_findings(facts, date(2026, 3, 16))
    assert finding.reason is VentureReason.BREACH
    assert applicant_findings(facts, date(2026, 3, 17)) == []


def test_ven_03_registered_or_filed_with_a_host_inspected_and_on_no_list(
    contest: Contest,
) -> None:
    session, today = contest.session, clock.today()

    def stops(**said: Any) -> set[str]:
        facts = ApplicantFacts(**said)
        return {finding.rule_id for finding in blocking(applicant_findings(facts, today))}

    group = contest.applicant(kind=OrganisationKind.COMMUNITY_GROUP)
    assert stops(organisation=group) == {"ORG-01"}
    group.host = contest.applicant()
    assert stops(organisation=group) == set()
    assert stops(organisation=contest.applicant(state=OrganisationState.PENDING)) == {"CHA-120"}
    failed = contest.applicant()
    for year, result in ((2024, InspectionResult.PASS), (2025, InspectionResult.FAIL)):
        session.add(
            AnnualInspection(
                organisation_id=failed.id, year=year, result=result, decided_on=today,
                recorded_by_user_id=contest.manager.user_id,
            )
        )  # fmt: skip
    listed = contest.applicant()
    restrict(
        session, SYSTEM, organisation_id=listed.id, act=RestrictedAct.RECEIVE_GRANT,
        rule_id="ORG-16", source="list_entry:9",
    )  # fmt: skip
    session.flush()
    for organisation, rule in ((failed, "VEN-03"), (listed, "ORG-16")):
        facts = queries.facts_of(session, organisation)
        assert {each.rule_id for each in blocking(applicant_findings(facts, today))} == {rule}


def test_what_blocks_lets_nobody_in_and_what_warns_a_person_weighs(contest: Contest) -> None:
    found = contest.opened()
    staff = [
        LineAsked("社工工资", ApplicationLineKind.STAFF, Money.yuan(50_000), Money.yuan(20_000)),
        LineAsked("场地", ApplicationLineKind.MANAGEMENT, Money.yuan(10_000), Money(0)),
    ]
    heavy, barred = contest.submitted(found, lines=staff), contest.submitted(found)
    barred.organisation.state = OrganisationState.PENDING
    assert services.check_all(contest.session, contest.manager, competition_id=found.id) == 2
    warned = [finding["rule"] for finding in heavy.findings]
    assert warned == ["VEN-09", "VEN-09"]
    with pytest.raises(Denied):
        services.admit(contest.session, contest.manager, application_id=barred.id)
    services.admit(contest.session, contest.manager, application_id=heavy.id, demand_score=7)
    services.refuse_application(
        contest.session, contest.manager, application_id=barred.id, reason="还没有核实"
    )
    assert (heavy.state, heavy.demand_score) == (ApplicationState.ELIGIBLE, 7)
    assert barred.state is ApplicationState.INELIGIBLE
    kept = contest.session.scalars(
        select(EligibilityDecision.allowed).where(EligibilityDecision.subject == barred.subject)
    )
    assert set(kept) == {False}
    with pytest.raises(InvalidState):
        services.check_eligibility(contest.session, contest.manager, application_id=heavy.id)


def test_what_is_clear_is_let_in_at_once_and_the_rest_waits_for_eyes(contest: Contest) -> None:
    found = contest.opened()
    clear, warned, barred, related_one = (contest.submitted(found) for _ in range(4))
    for line in warned.lines:
        line.kind = ApplicationLineKind.STAFF
    barred.organisation.state = OrganisationState.PENDING
    related(contest, related_one.organisation_id, contest.manager)
    admitted = services.admit_clear(contest.session, contest.manager, competition_id=found.id)
    assert admitted == 1
    assert clear.state is ApplicationState.ELIGIBLE
    assert {warned.state, barred.state, related_one.state} == {ApplicationState.SUBMITTED}
    assert (len(warned.findings), len(barred.findings), related_one.findings) == (1, 1, [])


def test_cha_167_who_is_related_to_an_applicant_decides_nothing_about_it(
    contest: Contest,
) -> None:
    found = contest.opened()
    application = contest.submitted(found)
    related(contest, application.organisation_id, contest.manager)
    member = make_actor(
        contest.session,
        Grant(Role.ORGANISER, organisation_id=contest.organiser.id),
        Grant(Role.AUDITOR),
        Grant(Role.EDITOR, organisation_id=application.organisation_id),
    )
    for actor in (contest.manager, member):
        with pytest.raises(Denied):
            services.admit(contest.session, actor, application_id=application.id)
    services.admit(contest.session, contest.second_manager, application_id=application.id)
    assert application.decided_by_user_id == contest.second_manager.user_id


# ── the steps ────────────────────────────────────────────────────────────────────────────────────


def step(contest: Contest, competition_id: int) -> CompetitionState:
    return services.move_on(contest.session, contest.manager, competition_id=competition_id).state


def test_each_step_waits_for_what_comes_before_it(contest: Contest) -> None:
    days = Calendar(
        date(2026, 3, 16), date(2026, 3, 20), date(2026, 3, 31), date(2026, 4, 2),
        date(2026, 4, 3), date(2026, 4, 9), date(2026, 12, 31),
    )  # fmt: skip
    found = contest.opened(
        calendar=days, terms={"shortlist": 1, "has_defence": True, "vote_permille": 100}
    )
    first, second, gone = (contest.submitted(found) for _ in range(3))

    def waits(reason: VentureReason) -> None:
        with pytest.raises(InvalidState) as refused:
            step(contest, found.id)
        assert refused.value.reason is reason

    waits(VentureReason.CALL_RUNNING)
    contest.clock.advance(days=5)
    assert step(contest, found.id) is CompetitionState.ELIGIBILITY
    waits(VentureReason.UNDECIDED)
    for application in (first, second):
        services.admit(contest.session, contest.manager, application_id=application.id)
    services.withdraw_application(
        contest.session, contest.owners[gone.organisation_id], application_id=gone.id,
        reason="人手不够",
    )  # fmt: skip
    assert step(contest, found.id) is CompetitionState.REVIEW
    waits(VentureReason.RANKING_MISSING)
    contest.publish(found, [second, first])
    assert step(contest, found.id) is CompetitionState.SHORTLISTED
    assert (second.state, first.state) == (
        ApplicationState.SHORTLISTED, ApplicationState.NOT_SHORTLISTED,
    )  # fmt: skip
    assert step(contest, found.id) is CompetitionState.DEFENCE
    assert step(contest, found.id) is CompetitionState.VOTE
    waits(VentureReason.VOTE_RUNNING)
    contest.clock.set(datetime(2026, 4, 10, 2, tzinfo=UTC))
    waits(VentureReason.RANKING_MISSING)
    contest.publish(found, [second], JudgingRound.DEFENCE)
    assert step(contest, found.id) is CompetitionState.RANKED
    waits(VentureReason.NEXT_IS_DONE_OTHERWISE)
    with pytest.raises(InvalidState):
        services.withdraw_application(
            contest.session, contest.owners[second.organisation_id], application_id=second.id,
            reason="太晚",
        )  # fmt: skip
    services.cancel_competition(
        contest.session, contest.manager, competition_id=found.id, reason="资金没有到位"
    )
    assert policy.may_see_competition(Actor.guest(), found)


def test_a_winner_is_entered_at_the_level_above_with_its_record(contest: Contest) -> None:
    found = contest.opened()
    contest.funded(found, Money.yuan(1_000))
    application = contest.submitted(found)
    contest.ranked(found, [application])
    award = contest.signed(application, Money.yuan(1_000))
    today = clock.today()
    above = contest.opened(
        level=CompetitionLevel.CITY, region_code="4207",
        calendar=Calendar(today, date(2026, 12, 1), date(2026, 12, 2)),
    )  # fmt: skip
    same = contest.opened(calendar=Calendar(today, date(2026, 12, 1), date(2026, 12, 2)))
    owner = contest.owners[application.organisation_id]
    with pytest.raises(Invalid):
        services.enter_next_level(
            contest.session, owner, award_id=award.id, competition_id=same.id, client_id="s"
        )
    entered = services.enter_next_level(
        contest.session, owner, award_id=award.id, competition_id=above.id, client_id="a"
    )
    assert (entered.title, entered.asked) == (application.title, application.asked)
    record = queries.record_below(contest.session, entered.id)
    assert record is not None
    assert record.award is award
    with pytest.raises(Conflict):
        services.enter_next_level(
            contest.session, owner, award_id=award.id, competition_id=above.id, client_id="b"
        )
    honour = services.give_honour(
        contest.session, contest.manager, award_id=award.id, title="十佳公益项目",
        source_url="https://wushe.example/competitions/1",
    )  # fmt: skip
    assert honour.awarded_by == contest.organiser.name
    assert isinstance(lock_application(contest.session, entered.id), Application)
    assert COUNTY.startswith(above.region_code)
