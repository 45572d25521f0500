"""Village money leaves as the village decided: minutes, notice, county, its own account, evidence.

HANDBOOK 6.1, VIL-02 and VIL-03.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.actor import Actor, Grant, Role
from charity.approvals import queries as approvals
from charity.approvals import services as approving
from charity.approvals.models import RequirementKind, RequirementState
from charity.approvals.reasons import ApprovalsReason
from charity.errors import Denied, DomainError, Invalid, InvalidState, NotFound
from charity.ledger.models import FundKind
from charity.money import Money
from charity.registry.models import Organisation, OrganisationKind
from charity.spending import policy, queries
from charity.spending import services as spending
from charity.spending.models import Expense
from charity.spending.paying_reasons import PayingReason
from charity.spending.reasons import SpendingReason
from tests.charity.spending.world import COUNTY, SYSTEM, World, make_organisation, make_world
from tests.conftest import SetClock
from tests.fixtures.pictures import good_jpeg

DECISION, NOTICE, COUNTY_SAYS, EVIDENCE = (
    RequirementKind.VILLAGE_DECISION,
    RequirementKind.PUBLIC_NOTICE,
    RequirementKind.COUNTY_APPROVAL,
    RequirementKind.EVIDENCE,
)
COLLECTIVE = "丁坳村股份经济合作社"


@pytest.fixture
def world(session: Session, clock: SetClock) -> World:
    return village(session)


def village(session: Session) -> World:
    made = make_world(session, kind=FundKind.VILLAGE_MUTUAL_AID)
    make_organisation(session, COLLECTIVE, OrganisationKind.VILLAGE_COLLECTIVE)
    return made


def refused(act: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value


def submit(world: World, **changes: object) -> Expense:
    return world.submit(**({"payee_name": COLLECTIVE} | changes))


def agreed(world: World, **changes: object) -> Expense:
    expense = submit(world, **changes)
    world.approve(expense, world.approver)
    return world.approve(expense, world.second_approver)


def meet(world: World, expense: Expense, kind: RequirementKind, actor: Actor | None = None) -> None:
    by = {DECISION: world.acceptor, COUNTY_SAYS: world.reviewer, EVIDENCE: world.submitter}
    if kind is NOTICE:  # the notice board meets it when its days are over
        approving.meet_requirement(
            world.session, SYSTEM, subject=expense.subject, kind=kind, note=""
        )
        return
    spending.meet_requirement(
        world.session, actor or by[kind], expense_id=expense.id, kind=kind, note="已办",
        papers=[good_jpeg(40, 40)], files=world.files,
    )  # fmt: skip


def states(world: World, expense: Expense) -> dict[RequirementKind, RequirementState]:
    asked = approvals.requirements(world.session, expense.subject)
    return {each.kind: each.state for each in asked}


@pytest.mark.parametrize("missing", [None, DECISION, NOTICE, COUNTY_SAYS])
def test_vil_02_a_payout_waits_for_village_notice_and_county(
    world: World, missing: RequirementKind | None
) -> None:
    expense = agreed(world)
    assert set(states(world, expense)) == {DECISION, NOTICE, COUNTY_SAYS}
    for kind in {DECISION, NOTICE, COUNTY_SAYS} - {missing}:
        meet(world, expense, kind)
    if missing is None:
        world.pay(expense)
        return
    refusal = refused(lambda: world.pay(expense))
    assert (type(refusal), refusal.reason) == (InvalidState, ApprovalsReason.REQUIREMENT_OPEN)
    assert refusal.params == {"kind": missing}


@pytest.mark.parametrize(
    ("kind", "accepted"),
    [
        (OrganisationKind.VILLAGE_COLLECTIVE, True),
        (OrganisationKind.GRASSROOTS_COMMITTEE, True),
        (OrganisationKind.ENTERPRISE, False),
        (OrganisationKind.SOCIAL_SERVICE_ORG, False),
        (None, False),
    ],
)
def test_vil_02_the_payee_is_the_village(
    world: World, kind: OrganisationKind | None, accepted: bool
) -> None:
    if kind is not None:
        make_organisation(world.session, "收款单位", kind)
    if accepted:
        assert submit(world, payee_name="收款单位").payee_organisation_id is not None
        return
    refusal = refused(lambda: submit(world, payee_name="收款单位"))
    assert isinstance(refusal, Invalid)
    assert (refusal.reason, refusal.field) == (PayingReason.PAYEE_NOT_VILLAGE, "payee_name")


def test_money_that_is_no_village_s_asks_nothing_of_it(session: Session, clock: SetClock) -> None:
    plain = make_world(session)
    expense = plain.submit()
    assert not states(plain, expense)
    case = queries.case_of_expense(session, expense)
    assert not policy.may_see_expense(plain.acceptor, case)


def test_vil_01_a_village_that_does_the_work_is_on_the_village_path(
    session: Session, clock: SetClock
) -> None:
    plain = make_world(session)
    doer = session.get_one(Organisation, plain.partner_id)
    doer.kind = OrganisationKind.GRASSROOTS_COMMITTEE
    session.flush()
    expense = plain.submit(payee_name=doer.name)
    assert set(states(plain, expense)) == {DECISION, NOTICE, COUNTY_SAYS}


ACTORS = (
    "submitter", "approver", "treasurer", "acceptor", "reviewer", "auditor", "stranger",
)  # fmt: skip


@pytest.mark.parametrize("name", ACTORS)
@pytest.mark.parametrize(
    ("kind", "who"), [(DECISION, "acceptor"), (COUNTY_SAYS, "reviewer"), (NOTICE, None)]
)
def test_who_may_say_so(world: World, name: str, kind: RequirementKind, who: str | None) -> None:
    expense = submit(world)
    actor = getattr(world, name)

    def say() -> object:
        return spending.meet_requirement(
            world.session, actor, expense_id=expense.id, kind=kind, note="",
            papers=[good_jpeg(40, 40)], files=world.files,
        )  # fmt: skip

    if name == who:
        say()
        assert states(world, expense)[kind] is RequirementState.MET
        assert isinstance(refused(say), InvalidState)
    else:
        assert isinstance(refused(say), NotFound if name == "stranger" else Denied)


def test_a1_village_and_county_are_two_persons_and_neither_asked_for_the_money(
    world: World,
) -> None:
    expense = submit(world)
    both = world.second_account(
        world.acceptor, Grant(Role.REVIEWER, organisation_id=world.other_id)
    )
    meet(world, expense, DECISION)
    refusal = refused(lambda: meet(world, expense, COUNTY_SAYS, both))
    assert refusal.reason is PayingReason.OTHER_MET_BY_SAME
    asked = world.second_account(world.submitter, Grant(Role.ACCEPTOR, region_code=COUNTY))
    second = submit(world, amount=Money.yuan(1))
    refusal = refused(lambda: meet(world, second, DECISION, asked))
    assert refusal.reason is SpendingReason.OTHER_DUTY
    own = world.second_account(
        world.submitter, Grant(Role.REVIEWER, organisation_id=world.partner_id),
        Grant(Role.EDITOR, organisation_id=world.partner_id),
    )  # fmt: skip
    assert isinstance(refused(lambda: meet(world, second, COUNTY_SAYS, own)), Denied)


def test_the_minutes_are_a_paper(world: World) -> None:
    expense = submit(world)
    refusal = refused(
        lambda: spending.meet_requirement(
            world.session,
            world.acceptor,
            expense_id=expense.id,
            kind=DECISION,
            note="开过会",
            files=world.files,
        )
    )
    assert (refusal.reason, refusal.field) == (PayingReason.PAPER_REQUIRED, "papers")


def test_an_edit_asks_village_and_county_again_more_evidence_does_not(world: World) -> None:
    expense = submit(world)
    for kind in (DECISION, NOTICE, COUNTY_SAYS):
        meet(world, expense, kind)
    world.resubmit(
        expense, payee_name=COLLECTIVE, pictures=[good_jpeg(50, 50)], voucher_number="N-77"
    )
    assert set(states(world, expense).values()) == {RequirementState.MET}
    world.resubmit(expense, payee_name=COLLECTIVE, amount=Money.yuan(6001))
    assert set(states(world, expense).values()) == {RequirementState.OPEN}
    asked = approvals.requirements(world.session, expense.subject)
    assert [each.papers for each in asked] == [[], [], []]


def test_what_the_village_refused_stays_stopped_until_it_is_changed(world: World) -> None:
    expense = agreed(world)
    spending.refuse_requirement(
        world.session, world.acceptor, expense_id=expense.id, kind=DECISION, note="代表会议没通过"
    )
    meet(world, expense, NOTICE)
    meet(world, expense, COUNTY_SAYS)
    assert refused(lambda: world.pay(expense)).reason is ApprovalsReason.REQUIREMENT_OPEN
    spending.return_expense(
        world.session, world.approver, expense_id=expense.id, reason="村里没有通过"
    )
    world.resubmit(expense, payee_name=COLLECTIVE, amount=Money.yuan(5000))
    assert states(world, expense)[DECISION] is RequirementState.OPEN


@pytest.mark.rule("VIL-03")
def test_vil_03_evidence_is_due_30_days_after_the_payout(session: Session, clock: SetClock) -> None:
    world = village(session)
    expense = agreed(world)
    for kind in (DECISION, NOTICE, COUNTY_SAYS):
        meet(world, expense, kind)
    early = refused(lambda: meet(world, expense, EVIDENCE))
    assert isinstance(early, NotFound)
    world.pay(expense)
    asked = approvals.requirements(session, expense.subject)[-1]
    assert (asked.kind, asked.rule_id, asked.before) == (EVIDENCE, "VIL-03", False)
    assert asked.due_on == house_clock.today() + timedelta(days=30)
    last = asked.due_on
    kinds = {EVIDENCE}
    assert approvals.open_requirements(session, kinds=kinds, due_by=last) == [asked]
    before = last - timedelta(days=1)
    assert approvals.open_requirements(session, kinds=kinds, due_by=before) == []
    shown = [good_jpeg(side, 40) for side in (40, 41, 42)]

    def show(papers: list[bytes]) -> object:
        return spending.meet_requirement(
            world.session, world.submitter, expense_id=expense.id, kind=EVIDENCE, note="",
            papers=papers, files=world.files,
        )  # fmt: skip

    refusal = refused(lambda: show(shown * 4))
    assert (refusal.reason, refusal.field) == (SpendingReason.PICTURE_COUNT, "papers")
    show(shown)
    assert states(world, expense)[EVIDENCE] is RequirementState.MET
    [met] = [
        each for each in approvals.requirements(session, expense.subject) if each.kind is EVIDENCE
    ]
    assert [paper.number for paper in met.papers] == [1, 2, 3]
    assert len({paper.file_hash for paper in met.papers}) == 3
