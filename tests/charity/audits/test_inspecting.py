"""The way of an inspection: notice, fieldwork, answer, opinion; findings until they are closed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import workdays
from charity.accounts import queries as accounts
from charity.actor import Actor, Grant, Permission, Role
from charity.audits import checklist, policy, services
from charity.audits.models import (
    FINDING_TRANSITIONS,
    INSPECTION_TRANSITIONS,
    AuditConclusion,
    AuditFinding,
    ChecklistVerdict,
    FindingSeverity,
    FindingState,
    Inspection,
    InspectionMember,
    InspectionState,
    PaperSide,
)
from charity.audits.queries import plans
from charity.audits.reasons import AuditsReason
from charity.clock import today
from charity.disclosure import contents
from charity.errors import Conflict, Denied, DomainError, Invalid, InvalidState, NotFound
from charity.evidence import Evidence
from charity.files import LocalFileStore
from charity.money import Money
from charity.registry import queries as registry
from charity.registry.models import RelatedParty, Relation, RestrictedAct
from tests.charity.audits.checking import SYSTEM, Checking
from tests.conftest import SetClock

pytestmark = pytest.mark.usefixtures("clock")

PAPER = Evidence(b"%PDF-1.7 paper", "application/pdf", 10, 10)


@pytest.fixture
def checking(session: Session) -> Checking:
    return Checking.begin(session, organisations=1, inspectors=3)


def reason_of(checking: Checking, verb: Any, *who: Actor, **said: Any) -> str:
    """Why it is refused; a test that is not refused fails."""
    with pytest.raises(DomainError) as refused:
        checking.do(verb, *who, **said)
    return refused.value.reason.value


def stopped(checking: Checking, finding: AuditFinding) -> set[RestrictedAct]:
    """What the organisation may not do now."""
    organisation_id = finding.inspection.organisation_id
    found = registry.restrictions(checking.session, organisation_id=organisation_id)
    assert all(each.rule_id == finding.item for each in found)
    return {each.act for each in found}


# ── the way of an inspection ─────────────────────────────────────────────────────────────────────


def test_ins_05_nothing_begins_without_a_delivered_notice(checking: Checking) -> None:
    inspection = checking.inspection(checking.published())
    first = checking.team(inspection)[0]
    ids = {"inspection_id": inspection.id}
    assert reason_of(checking, services.start_fieldwork, first, **ids) == "audits.notice_missing"
    assert reason_of(
        checking, services.file_paper, first, **ids, title="x", body="x"
    ) == "audits.notice_missing"  # fmt: skip
    tomorrow = today() + timedelta(days=1)
    assert reason_of(
        checking, services.deliver_notice, first, **ids, delivered_on=tomorrow
    ) == "audits.day_in_future"  # fmt: skip
    checking.do(services.deliver_notice, first, **ids, delivered_on=today())
    assert inspection.notice_number
    checking.do(services.start_fieldwork, first, **ids)
    assert inspection.state is InspectionState.FIELDWORK


@pytest.mark.rule("INS-06")
def test_ins_06_two_inspect_and_nobody_related(session: Session) -> None:
    checking = Checking.begin(session, organisations=1, inspectors=2)
    inspection = checking.inspection(checking.published())
    first, second = checking.team(inspection)
    ids = {"inspection_id": inspection.id}
    checking.do(services.deliver_notice, first, **ids, delivered_on=today())
    party = RelatedParty(
        organisation_id=inspection.organisation_id, name="乙", relation=Relation.STAFF,
        person_id=second.person_id, since=date(2026, 1, 1),
        recorded_by_user_id=checking.office.user_id, recorded_at=inspection.plan.made_at,
    )  # fmt: skip
    session.add(party)
    session.flush()
    assert reason_of(checking, services.start_fieldwork, first, **ids) == "audits.related_inspector"
    [member] = [each for each in inspection.team if each.user_id == second.user_id]
    checking.do(services.replace_member, member_id=member.id, reason="有关系")
    assert reason_of(checking, services.start_fieldwork, first, **ids) == "audits.team_incomplete"


def test_the_team_reads_the_book_from_notice_to_closing_and_nothing_else(
    checking: Checking,
) -> None:
    inspection = checking.inspection(checking.published())
    first, second = checking.team(inspection)
    there: dict[str, Any] = {"organisation_id": inspection.organisation_id}

    def reads(actor: Actor) -> bool:
        assert actor.user_id is not None
        found = accounts.actor_for_user(checking.session, actor.user_id)
        assert there["organisation_id"] not in found.organisation_ids
        return found.holds(Permission.BOOK_READ, **there)

    assert not reads(first)
    ids = {"inspection_id": inspection.id}
    checking.do(services.deliver_notice, first, **ids, delivered_on=today())
    assert reads(first)
    assert reads(second)
    [third] = [each for each in checking.inspectors if each not in (first, second)]
    assert not reads(third)
    [member] = [each for each in inspection.team if each.user_id == second.user_id]
    checking.do(services.replace_member, member_id=member.id, reason="生病")
    assert (reads(second), reads(third)) == (False, True)
    checking.do(services.obstruct, first, **ids, note="不开门")
    checking.do(services.refer, **ids, note="移交执法")
    checking.do(services.publish_result, **ids)
    checking.do(services.close_inspection, **ids)
    assert not any(reads(each) for each in checking.inspectors)
    assert reason_of(checking, services.write_note, first, **ids, body="x") == "common.wrong_state"


def test_a_draft_needs_every_item_and_every_issue_its_finding_and_paper(
    checking: Checking,
) -> None:
    inspection = checking.at_work()
    first = checking.team(inspection)[0]
    ids = {"inspection_id": inspection.id}
    ok = {"verdict": ChecklistVerdict.OK}
    assert reason_of(checking, services.draft_findings, first, **ids) == "audits.checklist_left"
    for each in checklist.items():
        checking.do(services.answer_item, first, **ids, item=each.item, **ok)
    issue = ids | {"item": "AUD-05", "verdict": ChecklistVerdict.ISSUE}
    assert reason_of(checking, services.answer_item, first, **issue) == "audits.note_needed"
    checking.do(services.answer_item, first, **issue, note="个人收款码")
    assert (
        reason_of(checking, services.answer_item, first, **ids, item="AUD-99", **ok)
        == "audits.unknown_item"
    )
    assert (
        reason_of(checking, services.draft_findings, first, **ids) == "audits.issue_without_finding"
    )
    said = ids | {"item": "AUD-05", "severity": FindingSeverity.MINOR, "title": "收款"}
    assert (
        reason_of(checking, services.record_finding, first, **said, rule_id="X-1")
        == "audits.unknown_rule"
    )
    finding = checking.do(services.record_finding, first, **said, rule_id="")
    assert finding.rule_id == "AUD-05"
    assert reason_of(checking, services.draft_findings, first, **ids) == "audits.evidence_missing"
    checking.do(services.file_paper, first, **ids, item="AUD-05", title="照片", body="见附件")
    checking.do(services.draft_findings, first, **ids)
    changed = said | {"title": "改过", "rule_id": "AUD-05", "amount": Money(5)}
    del changed["inspection_id"]
    checking.do(services.change_finding, first, finding_id=finding.id, **changed)
    checking.do(services.tell_organisation, first, **ids)
    assert finding.state is FindingState.TOLD
    assert inspection.response_due_on == workdays.add_workdays(today(), 10)
    with pytest.raises(InvalidState):
        checking.do(services.change_finding, first, finding_id=finding.id, **changed)


def test_the_organisation_has_its_days_to_answer(checking: Checking, clock: SetClock) -> None:
    inspection = checking.at_work()
    checking.find(inspection)
    first, owner = checking.team(inspection)[0], checking.owners[inspection.organisation_id]
    ids = {"inspection_id": inspection.id}
    assert reason_of(checking, services.respond, owner, **ids, response="x") == "common.wrong_state"
    checking.do(services.draft_findings, first, **ids)
    checking.do(services.tell_organisation, first, **ids)
    end = ids | {"conclusion": "有问题"}
    assert reason_of(checking, services.finish, first, **end) == "audits.may_still_answer"
    with pytest.raises(NotFound):
        checking.do(services.respond, first, **ids, response="替他们答")
    clock.advance(days=30)
    checking.do(services.finish, first, **end)
    assert inspection.state is InspectionState.FINAL


def test_without_a_finding_there_is_nothing_to_put_right(checking: Checking) -> None:
    inspection = checking.at_work()
    finding = checking.find(inspection)
    first, owner = checking.team(inspection)[0], checking.owners[inspection.organisation_id]
    ids = {"inspection_id": inspection.id}
    checking.do(services.draft_findings, first, **ids)
    checking.do(services.tell_organisation, first, **ids)
    checking.do(services.respond, owner, **ids, response="那是志愿者自己的")
    with pytest.raises(InvalidState):
        checking.do(services.respond, owner, **ids, response="再说一次")
    checking.do(services.drop_finding, first, finding_id=finding.id, note="说得对")
    assert reason_of(checking, services.publish_result, **ids) == "audits.not_finished"
    checking.do(services.finish, first, **ids, conclusion="没有问题")
    assert inspection.state is InspectionState.VERIFIED
    result = checking.do(services.publish_result, **ids)
    assert result.conclusion is AuditConclusion.NO_ISSUE
    assert result.body["findings"] == []
    checking.do(services.close_inspection, **ids)
    checking.do(services.close_plan, plan_id=inspection.plan_id)


@pytest.mark.parametrize("state", InspectionState)
def test_an_inspection_takes_no_other_way(state: InspectionState) -> None:
    for wanted in InspectionState:
        inspection = Inspection(state=state)
        if wanted in INSPECTION_TRANSITIONS[state]:
            inspection.move_to(wanted)
            assert inspection.state is wanted
        else:
            with pytest.raises(InvalidState):
                inspection.move_to(wanted)


@pytest.mark.parametrize("state", FindingState)
def test_a_finding_takes_no_other_way(state: FindingState) -> None:
    for wanted in FindingState:
        finding = AuditFinding(state=state)
        if wanted in FINDING_TRANSITIONS[state]:
            finding.move_to(wanted)
        else:
            with pytest.raises(InvalidState):
                finding.move_to(wanted)


# ── 整改 ─────────────────────────────────────────────────────────────────────────────────────────


def test_an_order_is_answered_seen_by_a_second_person_and_closed(
    checking: Checking, tmp_path: Any
) -> None:
    finding = checking.ordered()
    inspection = finding.inspection
    first, second = checking.team(inspection)
    owner, files = checking.owners[inspection.organisation_id], LocalFileStore(tmp_path)
    ids = {"finding_id": finding.id}
    assert finding.due_on == workdays.add_workdays(today(), 30)
    assert inspection.state is InspectionState.RECTIFYING
    with pytest.raises(InvalidState):
        checking.do(services.check_order, second, **ids, is_right=True)
    answer = ids | {"answer": "换了收款码", "evidence": PAPER, "files": files}
    with pytest.raises(NotFound):
        checking.do(services.answer_order, first, **answer)
    checking.do(services.answer_order, owner, **answer)
    with pytest.raises(Denied) as themselves:
        checking.do(services.check_order, first, **ids, is_right=True)
    assert themselves.value.reason is AuditsReason.FOUND_IT_THEMSELVES
    with pytest.raises(NotFound):
        checking.do(services.check_order, owner, **ids, is_right=True)
    with pytest.raises(Invalid):
        checking.do(services.check_order, second, **ids, is_right=False)
    checking.do(services.check_order, second, **ids, is_right=False, note="还有一个码")
    assert finding.state is FindingState.ORDERED
    checking.do(services.answer_order, owner, **answer)
    checking.do(services.check_order, second, **ids, is_right=True)
    assert reason_of(checking, services.file_evidence, owner, **ids, title="x", evidence=PAPER,
                     files=files) == "common.not_found"  # fmt: skip
    checking.do(services.close_finding, second, **ids)
    assert {paper.side for paper in finding.papers} == {PaperSide.ORGANISATION}
    assert [check.is_right for check in finding.checks] == [False, True]
    assert inspection.state.value == "verified"
    rate = plans.closure_rate(checking.session, inspection.plan_id)
    assert (rate.findings, rate.closed, rate.open) == (1, 1, 0)
    assert plans.findings_of_plan(checking.session, inspection.plan_id) == [finding]


def test_a_late_order_stops_posting_and_paying_until_it_is_closed(
    checking: Checking, clock: SetClock
) -> None:
    finding = checking.ordered()
    owner = checking.owners[finding.inspection.organisation_id]
    second = checking.team(finding.inspection)[1]
    ids = {"finding_id": finding.id}
    with pytest.raises(Denied):
        checking.do(services.restrict_overdue)
    assert finding.due_on is not None
    clock.advance(days=(finding.due_on - today()).days)
    assert checking.do(services.restrict_overdue, SYSTEM) == 0
    clock.advance(days=1)
    both = {RestrictedAct.POST, RestrictedAct.PAY}
    for _twice in range(2):
        assert checking.do(services.restrict_overdue, SYSTEM) == 1
        assert stopped(checking, finding) == both
    assert finding.overdue_days(today()) == 1
    checking.do(services.answer_order, owner, **ids, answer="改了")
    clock.advance(days=5)
    assert finding.overdue_days(today()) == 1, "counted to the answer"
    checking.do(services.check_order, second, **ids, is_right=True)
    assert stopped(checking, finding) == both
    checking.do(services.close_finding, **ids)
    assert stopped(checking, finding) == set()


def test_an_extension_lifts_and_the_next_lateness_stops_again(
    checking: Checking, clock: SetClock
) -> None:
    finding = checking.ordered()
    first = checking.team(finding.inspection)[0]
    ids = {"finding_id": finding.id}
    clock.advance(days=90)
    checking.do(services.restrict_overdue, SYSTEM)
    until = today() + timedelta(days=3)
    with pytest.raises(Denied):
        checking.do(services.extend_order, first, **ids, until=until, reason="x")
    for wrong in (finding.due_on, today() - timedelta(days=1)):
        said = ids | {"until": wrong, "reason": "x"}
        assert reason_of(checking, services.extend_order, **said) == "audits.due_too_early"
    assert reason_of(
        checking, services.extend_order, **ids, until=until, reason=" "
    ) == "common.required"  # fmt: skip
    checking.do(services.extend_order, **ids, until=until, reason="银行开户慢")
    assert (finding.due_on, stopped(checking, finding)) == (until, set())
    assert checking.do(services.restrict_overdue, SYSTEM) == 0
    clock.advance(days=4)
    checking.do(services.restrict_overdue, SYSTEM)
    assert stopped(checking, finding) == {RestrictedAct.POST, RestrictedAct.PAY}
    checking.do(services.refer_finding, **ids, note="移交市场监管局")
    assert stopped(checking, finding), "referred is not closed"
    checking.do(services.close_finding, **ids, note="已处理")
    assert stopped(checking, finding) == set()


def test_only_the_office_orders_and_only_in_time(checking: Checking) -> None:
    finding = checking.ordered()
    first = checking.team(finding.inspection)[0]
    ids = {"finding_id": finding.id, "order": "再改"}
    with pytest.raises(Denied):
        checking.do(services.order_rectification, first, **ids)
    with pytest.raises(InvalidState):
        checking.do(services.order_rectification, **ids)
    assert reason_of(
        checking, services.order_rectification, **ids, due_on=today()
    ) == "audits.due_too_early"  # fmt: skip


# ── what everybody reads ─────────────────────────────────────────────────────────────────────────


def test_a_result_is_published_once_and_corrected_by_a_successor(checking: Checking) -> None:
    finding = checking.ordered()
    inspection = finding.inspection
    owner, ids = checking.owners[inspection.organisation_id], {"inspection_id": inspection.id}
    first = checking.team(inspection)[0]
    assert reason_of(checking, services.appeal, owner, **ids, body="x") == "audits.not_published"
    with pytest.raises(Denied):
        checking.do(services.publish_result, first, **ids)
    result = checking.do(services.publish_result, **ids)
    assert result.conclusion is AuditConclusion.ISSUES_FOUND
    assert contents.digest(result.body) == result.digest
    with pytest.raises(Conflict):
        checking.do(services.publish_result, **ids)
    said = {"result_id": result.id, "explanation": "金额写错了"}
    assert reason_of(checking, services.correct_result, **said) == "audits.says_the_same"
    appeal = checking.do(services.appeal, owner, **ids, body="金额不对")
    with pytest.raises(Conflict):
        checking.do(services.appeal, owner, **ids, body="再申请")
    assert reason_of(checking, services.close_inspection, **ids) == "audits.appeal_open"
    checking.do(services.answer_appeal, appeal_id=appeal.id, answer="以移交结论为准", upheld=True)
    with pytest.raises(InvalidState):
        checking.do(services.answer_appeal, appeal_id=appeal.id, answer="x", upheld=False)
    assert reason_of(checking, services.close_inspection, **ids) == "audits.findings_open"
    checking.do(services.refer_finding, finding_id=finding.id, note="移交")
    after = checking.do(services.correct_result, **said)
    assert (after.number, after.corrects_id) == (2, result.id)
    assert after.conclusion is AuditConclusion.REFERRED
    with pytest.raises(Conflict):
        checking.do(services.correct_result, **said, conclusion=AuditConclusion.NO_ISSUE)
    checking.do(services.close_inspection, **ids)
    assert reason_of(checking, services.close_inspection, **ids) == "common.wrong_state"


def test_ins_09_nobody_answers_an_appeal_against_their_own_team(checking: Checking) -> None:
    inspection = checking.at_work()
    member = checking.session.scalars(
        select(InspectionMember).where(InspectionMember.inspection_id == inspection.id)
    ).first()
    assert member is not None
    both = Actor(
        checking.office.kind, member.user_id, member.person_id, grants=checking.office.grants
    )
    assert policy.may_answer_appeal(both, inspection).reason is AuditsReason.OWN_TEAM
    assert policy.may_answer_appeal(checking.office, inspection)
    auditor = Actor(checking.office.kind, 1, 1, grants=(Grant(Role.AUDITOR),))
    assert policy.may_read(auditor, inspection)
    assert not policy.may_inspect(auditor, inspection)


def test_filters_are_kept_for_oneself(checking: Checking) -> None:
    first, second = checking.inspectors[:2]
    said = {"area": "vouchers", "name": "现金", "query": "cash=1"}
    kept = checking.do(services.keep_filter, first, **said)
    with pytest.raises(Conflict):
        checking.do(services.keep_filter, first, **said)
    with pytest.raises(Denied):
        checking.do(services.keep_filter, Actor.guest(), **said)
    with pytest.raises(NotFound):
        checking.do(services.drop_filter, second, filter_id=kept.id)
    checking.do(services.drop_filter, first, filter_id=kept.id)
