"""Awards: within the pool, after 公示, in stages, by different people, to the fen and back."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.disclosure import services as disclosure
from charity.disclosure.models import DisclosureDuty, NoticeState, Objection
from charity.disclosure.queries.snapshots import computed
from charity.disclosure.services import raise_duties
from charity.errors import Conflict, Denied, Insufficient, Invalid, InvalidState
from charity.ledger import checks, tracing
from charity.ledger.models import Fund, FundKind
from charity.ledger.positions import fund_position
from charity.ledger.services import open_fund, post_gift
from charity.ledger.services.posting import Giver
from charity.money import ZERO, Money
from charity.registry.models import OrganisationKind, Person, RelatedParty, Relation
from charity.spending.models import Budget
from projects.ventures import queries, services
from projects.ventures.models import (
    Application,
    ApplicationState,
    Award,
    AwardChangeKind,
    AwardState,
    Competition,
    CompetitionState,
    EvaluationKind,
    FunderTier,
    TrancheState,
)
from projects.ventures.reasons import AwardReason, VentureReason
from projects.ventures.services import AwardDraft
from tests.factories import make_actor, make_user
from tests.projects.listings.village import make_village
from tests.projects.ventures.contest import SYSTEM, Contest, lines


def at_ranking(
    contest: Contest, count: int, *funds: Money
) -> tuple[Competition, list[Application]]:
    """A competition at its final ranking, its pool filled by city and district."""
    found = contest.opened()
    for amount, funder in zip(funds, (contest.city, contest.district), strict=False):
        contest.funded(found, amount, by=funder)
    applications = [contest.submitted(found) for _ in range(count)]
    contest.ranked(found, applications)
    return found, applications


def second_account(contest: Contest, actor: Actor, *grants: Grant) -> Actor:
    """Another account of the same person."""
    person = contest.session.get(Person, actor.person_id)
    return make_actor(contest.session, *grants, user=make_user(contest.session, person=person))


def report(contest: Contest, award: Award, kind: EvaluationKind, *, accepted: bool = True) -> None:
    """A report of the winner and what the organiser said of it."""
    written = services.report_milestone(
        contest.session, contest.owners[award.application.organisation_id],
        award_id=award.id, kind=kind, report="做完了一半。",
    )  # fmt: skip
    assert queries.waiting_reports(contest.session, [contest.organiser.id]) == [written]
    services.accept_evaluation(
        contest.session, contest.manager, award_id=award.id, kind=kind, accepted=accepted,
        note="看过现场。",
    )  # fmt: skip


# ── the money, to the fen ────────────────────────────────────────────────────────────────────────


def test_a_funders_fen_run_through_pool_award_and_voucher(contest: Contest, tmp_path: Path) -> None:
    """10,001 fen in stages of 5,000, 3,000 and 2,001 (VEN-08), of two funders' money."""
    found, [application] = at_ranking(contest, 1, Money(4_000), Money(8_000))
    city, district = found.funders
    award = contest.signed(application, Money(10_001))
    assert [each.amount.fen for each in award.tranches] == [5_000, 3_000, 2_001]
    pool = queries.pool_standing(contest.session, found)
    assert (pool.withheld.fen, pool.available.fen) == (10_001, 1_999)
    first, second, third = award.tranches
    contest.pay(first)
    assert award.state is AwardState.RUNNING
    assert (award.paid.fen, award.withheld.fen) == (5_000, 5_001)
    expense = contest.spend(award, Money(4_500), tmp_path)
    contest.seal()
    assert expense.payout is not None
    trail = tracing.trail_of_entry(contest.session, city.entry_id or 0)
    assert [stage.fund_id for stage in trail.stages] == [found.fund_id, award.fund_id]
    assert (trail.spent.fen, trail.unspent.fen) == (4_000, 0)
    assert {step.entry_id for step in trail.steps} == {expense.payout.entry_id}
    other = tracing.trail_of_entry(contest.session, district.entry_id or 0)
    assert (other.spent.fen, other.unspent.fen) == (500, 7_500)
    for number, (tranche, kind) in enumerate(
        ((second, EvaluationKind.MIDTERM), (third, EvaluationKind.FINAL)), 2
    ):
        with pytest.raises(InvalidState) as early:
            services.release_tranche(contest.session, contest.manager, tranche_id=tranche.id)
        assert early.value.reason is AwardReason.MILESTONE_MISSING, number
        report(contest, award, kind)
        contest.pay(tranche)
    assert fund_position(contest.session, award.fund_id or 0).raised.fen == 10_001
    assert queries.pool_standing(contest.session, found).withheld == ZERO
    assert queries.award_of_fund(contest.session, award.fund_id or 0) is award
    with pytest.raises(InvalidState) as left:
        services.settle(contest.session, contest.manager, award_id=award.id, note="结项")
    assert left.value.reason is AwardReason.MONEY_LEFT
    rest = services.ask_back(
        contest.session, contest.manager, award_id=award.id, amount=Money(5_501), reason="结余"
    )
    services.recover(
        contest.session, contest.treasurer, recovery_id=rest.id, amount=Money(5_501),
        occurred_on=clock.today(),
    )  # fmt: skip
    services.settle(contest.session, contest.manager, award_id=award.id, note="结项")
    assert queries.showcase(contest.session, region_code="420704") == [award]
    contest.seal()
    assert fund_position(contest.session, found.fund_id or 0).in_hand.fen == 12_000 - 4_500
    assert checks.verify(contest.session) == []
    home = tracing.trail_of_entry(contest.session, district.entry_id or 0)
    assert (home.spent.fen, home.unspent.fen) == (500, 7_500)
    assert (
        services.move_on(contest.session, contest.manager, competition_id=found.id).state
        is CompetitionState.AWARDED
    )
    assert (
        services.move_on(contest.session, contest.manager, competition_id=found.id).state
        is CompetitionState.CLOSED
    )


def test_a_fund_of_the_same_book_fills_the_pool_and_its_givers_go_on(contest: Contest) -> None:
    found = contest.opened()
    fund = open_fund(
        contest.session, SYSTEM, book_id=contest.book.id, name="社区基金", kind=FundKind.STREET
    )
    gift = post_gift(
        contest.session, SYSTEM, fund_id=fund.id, amount=Money(700), source="gift:1",
        occurred_on=clock.today(), giver=Giver("donation:1", "individual"),
    )  # fmt: skip
    funder = services.add_funder(
        contest.session, contest.manager, competition_id=found.id,
        organisation_id=contest.charity.id, tier=FunderTier.SOCIAL, pledged=Money(700),
    )  # fmt: skip
    for actor in (contest.manager, contest.approvers[0]):
        with pytest.raises(Denied):
            services.receive_funding(
                contest.session, actor, funder_id=funder.id, amount=Money(700),
                received_on=clock.today(),
            )  # fmt: skip
    arrive: dict[str, Any] = {"funder_id": funder.id, "amount": Money(600), "from_fund_id": fund.id}
    services.receive_funding(
        contest.session, contest.treasurer, received_on=clock.today(), **arrive
    )
    with pytest.raises(InvalidState):
        services.receive_funding(
            contest.session, contest.treasurer, received_on=clock.today(), **arrive
        )
    contest.seal()
    own = tracing.trail_of_entry(contest.session, funder.entry_id or 0)
    assert (own.amount.fen, own.unspent.fen) == (600, 600)
    stages = tracing.trail_of_entry(contest.session, gift.id).stages
    assert [(each.fund_id, each.amount.fen) for each in stages] == [
        (fund.id, 700), (found.fund_id, 600),
    ]  # fmt: skip


# ── proposing ────────────────────────────────────────────────────────────────────────────────────


def test_awards_follow_the_ranking_and_never_exceed_pool_or_caps(contest: Contest) -> None:
    found, [first, second, third] = at_ranking(contest, 3, Money(1_000))

    def refused(reason: object, *drafts: AwardDraft, kind: type[Exception] = Invalid) -> None:
        with pytest.raises(kind) as error, contest.session.begin_nested():
            services.propose_awards(
                contest.session, contest.manager, competition_id=found.id, drafts=drafts
            )
        if reason is not None:
            assert error.value.reason is reason  # type: ignore[attr-defined]

    refused(AwardReason.NOTHING_PROPOSED)
    refused(AwardReason.OUT_OF_ORDER, AwardDraft(second.id, Money(100)))
    refused(AwardReason.BEYOND_ASKED, AwardDraft(first.id, first.asked + Money(1)))
    refused(AwardReason.TOO_SMALL, AwardDraft(first.id, Money(4)))
    refused(None, AwardDraft(first.id, Money(1_001)), kind=Insufficient)
    award = contest.propose(first, Money(600))
    assert [each.state for each in award.tranches] == [TrancheState.WITHHELD] * 3
    refused(AwardReason.OUT_OF_ORDER, AwardDraft(third.id, Money(100)))
    refused(
        None, AwardDraft(first.id, Money(100)), AwardDraft(second.id, Money(100)), kind=Conflict
    )


def test_cha_167_nobody_related_to_an_applicant_proposes_or_agrees(contest: Contest) -> None:
    found, [first, second] = at_ranking(contest, 2, Money(1_000))
    for actor, organisation_id in (
        (contest.manager, second.organisation_id),
        (contest.approvers[0], first.organisation_id),
        (contest.treasurer, first.organisation_id),
    ):
        contest.session.add(
            RelatedParty(
                organisation_id=organisation_id, name="赵六", relation=Relation.MANAGER,
                person_id=actor.person_id, since=clock.today() - timedelta(days=9),
                recorded_by_user_id=contest.manager.user_id, recorded_at=clock.now(),
            )
        )  # fmt: skip
    contest.session.flush()
    with pytest.raises(Denied):
        contest.propose(first, Money(600))
    contest.manager, contest.second_manager = contest.second_manager, contest.manager
    award = contest.signed(first, Money(600))
    tranche = award.tranches[0]
    services.release_tranche(contest.session, contest.manager, tranche_id=tranche.id)
    with pytest.raises(Denied):
        services.agree_tranche(
            contest.session, contest.approvers[0], tranche_id=tranche.id, agreed=True
        )
    for approver in contest.approvers[1:]:
        services.agree_tranche(contest.session, approver, tranche_id=tranche.id, agreed=True)
    with pytest.raises(Denied):
        services.pay_tranche(
            contest.session, contest.treasurer, tranche_id=tranche.id, paid_on=clock.today()
        )
    assert found.state is CompetitionState.NOTICE


# ── 公示 ─────────────────────────────────────────────────────────────────────────────────────────


def objection(contest: Contest, award: Award) -> Objection:
    """Somebody objects to the award while its notice stands."""
    assert award.notice_id is not None
    return disclosure.object_to(
        contest.session, Actor.guest(), notice_id=award.notice_id, name="李某",
        contact="13900000000", body="服务人数写多了。",
    )  # fmt: skip


def test_ven_07_nobody_signs_during_the_notice_or_with_an_open_objection(
    contest: Contest,
) -> None:
    _, [first, second] = at_ranking(contest, 2, Money(1_000))
    disputed, free = contest.announced(first, Money(400)), contest.announced(second, Money(400))

    def refused(award: Award, reason: AwardReason) -> None:
        with pytest.raises(InvalidState) as error:
            contest.sign(award)
        assert error.value.reason is reason

    refused(disputed, AwardReason.NOTICE_STANDS)
    assert queries.awards_to_sign(contest.session, [first.organisation_id]) == [disputed]
    raised = objection(contest, disputed)
    refused(disputed, AwardReason.OBJECTION_OPEN)
    contest.end_notices()
    refused(disputed, AwardReason.OBJECTION_OPEN)
    assert contest.sign(free).state is AwardState.SIGNED
    disclosure.answer_objection(
        contest.session, contest.second_manager, objection_id=raised.id, answer="核对过，没有。",
        upheld=False,
    )  # fmt: skip
    refused(disputed, AwardReason.NOTICE_STANDS)
    disclosure.end_due_notices(contest.session, SYSTEM)
    assert contest.sign(disputed).application.state is ApplicationState.AWARDED


def test_an_objection_that_is_right_gives_the_money_to_the_next(contest: Contest) -> None:
    found, [first, second] = at_ranking(contest, 2, Money(500))
    award = contest.announced(first, Money(500))
    disclosure.answer_objection(
        contest.session, contest.second_manager, objection_id=objection(contest, award).id,
        answer="属实。", upheld=True,
    )  # fmt: skip
    with pytest.raises(InvalidState) as right:
        contest.sign(award)
    assert right.value.reason is AwardReason.OBJECTION_UPHELD
    services.drop_award(contest.session, contest.manager, award_id=award.id, reason="异议成立")
    assert queries.pool_standing(contest.session, found).available == Money(500)
    draft = AwardDraft(second.id, Money(501))
    with pytest.raises(Invalid):
        services.reallocate(contest.session, contest.manager, from_award_id=award.id, draft=draft)
    passed = services.reallocate(
        contest.session, contest.manager, from_award_id=award.id,
        draft=AwardDraft(second.id, Money(500)),
    )  # fmt: skip
    assert (passed.place, passed.reallocated_from_id) == (2, award.id)
    with pytest.raises(InvalidState) as waiting:
        services.move_on(contest.session, contest.manager, competition_id=found.id)
    assert waiting.value.reason is VentureReason.AWARDS_OPEN
    services.announce(
        contest.session, contest.manager, award_id=passed.id, title="递补公示", body="递补如下。"
    )
    services.drop_award(contest.session, contest.manager, award_id=passed.id, reason="放弃")
    assert passed.notice is not None
    assert passed.notice.state is NoticeState.WITHDRAWN
    services.move_on(contest.session, contest.manager, competition_id=found.id)
    assert {first.state, second.state} == {ApplicationState.NOT_AWARDED}


# ── stages ───────────────────────────────────────────────────────────────────────────────────────


def test_three_different_people_release_agree_and_pay(contest: Contest) -> None:
    _, [application] = at_ranking(contest, 1, Money(1_000))
    award = contest.signed(application, Money(1_000))
    first, second, _ = award.tranches
    session, charity = contest.session, contest.charity.id
    owner = contest.owners[application.organisation_id]
    for actor in (owner, contest.treasurer, Actor.guest()):
        with pytest.raises(Denied):
            services.release_tranche(session, actor, tranche_id=first.id)
    with pytest.raises(InvalidState) as later:
        services.release_tranche(session, contest.manager, tranche_id=second.id)
    assert later.value.reason is AwardReason.EARLIER_STAGE
    services.release_tranche(session, contest.manager, tranche_id=first.id)
    both = [Grant(role, organisation_id=charity) for role in (Role.APPROVER, Role.TREASURER)]
    asker = second_account(contest, contest.manager, *both)
    with pytest.raises(Denied):
        services.agree_tranche(session, asker, tranche_id=first.id, agreed=True)
    services.agree_tranche(
        session, contest.approvers[0], tranche_id=first.id, agreed=False, reason="账号没有核对"
    )
    assert first.state is TrancheState.WITHHELD
    contest.agree(first)
    voice = second_account(
        contest, contest.approvers[0], Grant(Role.TREASURER, organisation_id=charity)
    )
    for payer in (asker, voice, contest.approvers[1]):
        with pytest.raises(Denied):
            services.pay_tranche(session, payer, tranche_id=first.id, paid_on=clock.today())
    for day in (clock.today() + timedelta(days=1), clock.today() - timedelta(days=1)):
        with pytest.raises(Invalid):
            services.pay_tranche(session, contest.treasurer, tranche_id=first.id, paid_on=day)
    paid = services.pay_tranche(
        session, contest.treasurer, tranche_id=first.id, paid_on=clock.today()
    )
    assert paid.entry_id is not None
    with pytest.raises(InvalidState):
        services.pay_tranche(session, contest.treasurer, tranche_id=first.id, paid_on=clock.today())


@pytest.mark.rule("DIS-206")
def test_dis_206_a_stage_that_goes_to_a_related_party_is_told_within_thirty_days(
    contest: Contest,
) -> None:
    session = contest.session
    _, entries = at_ranking(contest, 4, Money(40_000))
    awards = [contest.announced(entry, Money(10_000)) for entry in entries]
    contest.end_notices()
    for award in awards:
        contest.sign(award)
    person = make_user(session).person_id

    def relate(of: int, name: str, relation: Relation, **more: Any) -> None:
        known = {"since": date(2026, 1, 1), "until": None, **more}
        session.add(
            RelatedParty(
                organisation_id=of, name=name, relation=relation, recorded_at=clock.now(),
                recorded_by_user_id=contest.manager.user_id or 0, **known,
            )
        )  # fmt: skip

    charity, winners = contest.charity.id, [each.organisation for each in entries]
    relate(charity, "李建国", Relation.COUNCIL, person_id=person)
    relate(winners[0].id, "李先生", Relation.MANAGER, person_id=person)
    relate(charity, winners[1].name, Relation.FOUNDER)
    relate(charity, winners[2].name, Relation.FOUNDER, until=date(2026, 1, 2))
    relate(winners[3].id, "李建国", Relation.MANAGER)
    session.flush()
    for award in awards:
        contest.pay(award.tranches[0])
    raise_duties(session, SYSTEM, on=clock.today())
    query = select(DisclosureDuty).where(DisclosureDuty.rule_id == "DIS-206")
    duties = {each.subject: each for each in session.scalars(query)}
    told = [f"entry:{award.tranches[0].entry_id}" for award in awards[:2]]
    assert sorted(duties) == sorted(told), "names of persons alone say nothing"
    for subject, winner in zip(told, winners, strict=False):
        duty = duties[subject]
        assert (duty.organisation_id, duty.due_on) == (
            charity, clock.today() + timedelta(days=30),
        )  # fmt: skip
        assert computed(session, duty) == {
            "from": clock.today().isoformat(), "until": clock.today().isoformat(),
            "what": entries[0].title, "amount_fen": 5_000, "payee": winner.name,
            "paid_on": clock.today().isoformat(),
        }  # fmt: skip


def test_an_unagreed_stage_is_not_paid(contest: Contest) -> None:
    _, [application] = at_ranking(contest, 1, Money(1_000))
    tranche = contest.signed(application, Money(1_000)).tranches[0]
    services.release_tranche(contest.session, contest.manager, tranche_id=tranche.id)
    services.agree_tranche(
        contest.session, contest.approvers[0], tranche_id=tranche.id, agreed=True
    )
    with pytest.raises(InvalidState) as early:
        services.pay_tranche(
            contest.session, contest.treasurer, tranche_id=tranche.id, paid_on=clock.today()
        )
    assert early.value.reason is AwardReason.NOT_AGREED
    [(waiting, request)] = queries.released(contest.session, {contest.charity.id})
    assert waiting is tranche
    assert not queries.is_agreed(request)


def test_a_failed_evaluation_ends_in_termination_recovery_and_a_ban(
    contest: Contest, tmp_path: Path
) -> None:
    found, [first, second] = at_ranking(contest, 2, Money(10_000))
    award = contest.signed(first, Money(10_000))
    contest.pay(award.tranches[0])
    contest.spend(award, Money(1_200), tmp_path)
    report(contest, award, EvaluationKind.MIDTERM, accepted=False)
    report(contest, award, EvaluationKind.MIDTERM, accepted=False)
    with pytest.raises(InvalidState):
        services.release_tranche(contest.session, contest.manager, tranche_id=award.tranches[1].id)
    services.terminate(contest.session, contest.manager, award_id=award.id, reason="没有按方案做")
    [recovery] = award.recoveries
    assert recovery.amount == Money(3_800)
    assert queries.pool_standing(contest.session, found).available == Money(5_000)
    with pytest.raises(Denied):
        services.recover(
            contest.session, contest.manager, recovery_id=recovery.id, amount=Money(3_800),
            occurred_on=clock.today(),
        )  # fmt: skip
    assert queries.open_recoveries(contest.session, [contest.charity.id]) == [recovery]
    for amount in (800, 3_000):
        services.recover(
            contest.session, contest.treasurer, recovery_id=recovery.id, amount=Money(amount),
            occurred_on=clock.today(),
        )  # fmt: skip
    assert recovery.finished_at is not None
    assert fund_position(contest.session, award.fund_id or 0).in_hand == ZERO
    with pytest.raises(Invalid):
        services.ask_back(
            contest.session, contest.manager, award_id=award.id, amount=Money(1_201), reason="挪用"
        )
    misused = services.ask_back(
        contest.session, contest.manager, award_id=award.id, amount=Money(1_200), reason="挪用"
    )
    with pytest.raises(Insufficient):
        services.recover(
            contest.session, contest.treasurer, recovery_id=misused.id, amount=Money(1_200),
            occurred_on=clock.today(),
        )  # fmt: skip
    facts = queries.facts_of(contest.session, first.organisation)
    assert facts.broke_on == clock.today()
    passed = services.reallocate(
        contest.session, contest.manager, from_award_id=award.id,
        draft=AwardDraft(second.id, Money(8_800)),
    )  # fmt: skip
    assert passed.amount == Money(8_800)


def test_a_groups_host_receives_and_the_budget_is_what_was_given(contest: Contest) -> None:
    found = contest.opened()
    contest.funded(found, Money(10_001))
    group = contest.applicant(kind=OrganisationKind.COMMUNITY_GROUP)
    group.host = contest.applicant()
    application = contest.submitted(found, group, lines=lines(Money(40_000), Money(20_000)))
    contest.ranked(found, [application])
    award = contest.signed(application, Money(10_001))
    budget = contest.session.get_one(Budget, award.budget_id)
    assert budget.organisation_id == group.host.id
    assert [line.amount.fen for line in budget.lines] == [5_001, 5_000]
    assert contest.session.get_one(Fund, award.fund_id).kind is FundKind.PROJECT
    assert len(award.agreement_sha256) == 64
    assert [award] == queries.awards_of_organisation(contest.session, group.id)
    assert not queries.awards_of_funds(contest.session, [found.fund_id or 0])


def test_ven_10_another_team_or_more_time_waits_for_agreement(contest: Contest) -> None:
    _, [application] = at_ranking(contest, 1, Money(1_000))
    award = contest.signed(application, Money(1_000))
    session, owner = contest.session, contest.owners[application.organisation_id]
    assert award.work_until == date(2026, 12, 31)
    ask: dict[str, Any] = {"award_id": award.id, "words": "社工休产假，换一位。"}
    team = services.ask_change(session, owner, kind=AwardChangeKind.TEAM, **ask)
    with pytest.raises(Conflict):
        services.ask_change(session, owner, kind=AwardChangeKind.TEAM, **ask)
    with pytest.raises(Invalid):
        services.ask_change(
            session, owner, kind=AwardChangeKind.TIME, until=date(2026, 12, 31), **ask
        )
    time = services.ask_change(
        session, owner, kind=AwardChangeKind.TIME, until=date(2027, 3, 31), **ask
    )
    for nobody in (owner, contest.treasurer):
        with pytest.raises(Denied):
            services.decide_change(session, nobody, change_id=time.id, agreed=True)
    with pytest.raises(Invalid):
        services.decide_change(session, contest.manager, change_id=team.id, agreed=False)
    services.decide_change(
        session, contest.manager, change_id=team.id, agreed=False, note="请说明新人选"
    )
    assert award.work_until == date(2026, 12, 31)
    services.decide_change(session, contest.manager, change_id=time.id, agreed=True)
    assert award.work_until == date(2027, 3, 31)
    with pytest.raises(InvalidState):
        services.decide_change(session, contest.manager, change_id=time.id, agreed=True)
    services.ask_change(session, owner, kind=AwardChangeKind.TEAM, **ask)


def test_an_award_is_told_of_by_a_public_project_of_the_winner(contest: Contest) -> None:
    village = make_village(contest.session)
    partner, session = village.partner, contest.session
    contest.owners[partner.id] = make_actor(session, Grant(Role.OWNER, organisation_id=partner.id))
    found = contest.opened()
    contest.funded(found, Money(1_000))
    application = contest.submitted(found, partner)
    contest.ranked(found, [application])
    award = contest.signed(application, Money(1_000))
    draft, public = village.draft(), village.published(plan_number="51420704MJH000019JA26099")
    owner = contest.owners[partner.id]
    link: dict[str, Any] = {"award_id": award.id}
    with pytest.raises(Invalid):
        services.link_project(session, owner, project_id=draft.id, **link)
    with pytest.raises(Denied):
        services.link_project(session, contest.manager, project_id=public.id, **link)
    services.link_project(session, owner, project_id=public.id, **link)
    assert award.project_id == public.id
