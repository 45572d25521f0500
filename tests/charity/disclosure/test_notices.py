"""公示: how long a notice stands, who objects and who answers, and what its end decides."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.approvals import queries as approvals
from charity.approvals import services as asking
from charity.approvals.models import RequirementKind, RequirementState
from charity.disclosure import periods, services
from charity.disclosure.ending_reasons import NoticeReason
from charity.disclosure.models import (
    Notice,
    NoticeState,
    Objection,
    PublicNoticeKind,
    SurplusDisposal,
)
from charity.disclosure.queries import notices as queries
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from tests.charity.disclosure.ending import GUEST, Ending, open_ending
from tests.conftest import SetClock
from tests.factories import make_actor


@pytest.fixture
def ending(session: Session, clock: SetClock) -> Ending:
    """A charity with its people."""
    return open_ending(session)


def objected(ending: Ending, notice: Notice, body: str = "名单里漏了人", **said: str) -> Objection:
    words = {"name": "匿名居民", "contact": "13800001234"} | said
    return services.object_to(ending.session, GUEST, notice_id=notice.id, body=body, **words)


def answered(
    ending: Ending, objection: Objection, *, upheld: bool, by: Actor | None = None
) -> Objection:
    other = by or make_actor(ending.session, Grant(Role.OWNER, organisation_id=ending.charity_id))
    return services.answer_objection(
        ending.session, other, objection_id=objection.id, answer="已核实", upheld=upheld
    )


def asked(ending: Ending, subject: str) -> RequirementState:
    [found] = approvals.requirements(ending.session, subject)
    return found.state


def about_a_closing(ending: Ending) -> Notice:
    """The move of a surplus is announced, and waits for the notice's end."""
    ending.gift("200")
    ending.plan(None)
    closing = ending.submit(ending.prepare(_SIMILAR))
    [notice] = queries.notices_of(ending.session, closing.subject)
    return notice


_SIMILAR = SurplusDisposal.SIMILAR


@pytest.mark.rule("VEN-07")
def test_ven_07_a_notice_stands_seven_days() -> None:
    assert periods.notice_until("VEN-07", date(2026, 9, 30)) == date(2026, 10, 7)


@pytest.mark.rule("VEN-07.workdays")
def test_ven_07_or_five_working_days_by_the_calendar() -> None:
    # over the national holiday, with 10 October worked instead
    assert periods.notice_until("VEN-07.workdays", date(2026, 9, 30)) == date(2026, 10, 13)
    assert periods.notice_until("VEN-07.workdays", date(2026, 3, 16)) == date(2026, 3, 23)


@pytest.mark.rule("VIL-02.notice")
def test_vil_02_a_payout_is_announced_in_the_village_for_seven_days() -> None:
    assert periods.notice_until("VIL-02.notice", date(2026, 3, 16)) == date(2026, 3, 23)


def test_ven_07_nothing_goes_on_before_the_last_day_is_over(ending: Ending) -> None:
    notice = about_a_closing(ending)
    assert ending.end_notices(days=7) == []
    assert asked(ending, notice.subject) is RequirementState.OPEN
    assert ending.end_notices(days=8) == [notice]
    assert notice.state is NoticeState.ENDED
    assert asked(ending, notice.subject) is RequirementState.MET
    assert ending.end_notices(days=9) == []


def test_ven_07_an_open_objection_holds_the_notice_until_it_is_answered(ending: Ending) -> None:
    notice = about_a_closing(ending)
    first = objected(ending, notice)
    assert objected(ending, notice) is first, "said twice is said once"
    assert ending.end_notices(days=30) == []
    answered(ending, first, upheld=False)
    with pytest.raises(InvalidState) as refused:
        answered(ending, first, upheld=True)
    assert refused.value.reason is NoticeReason.ANSWERED_ALREADY
    assert ending.end_notices() == [notice]


def test_ven_07_an_objection_that_is_right_refuses_it_and_a_new_notice_asks_again(
    ending: Ending,
) -> None:
    notice = about_a_closing(ending)
    answered(ending, objected(ending, notice), upheld=True)
    assert notice.state is NoticeState.WITHDRAWN
    assert asked(ending, notice.subject) is RequirementState.REFUSED
    with pytest.raises(InvalidState):
        asking.require_met(ending.session, Actor.system("test"), subject=notice.subject)
    again = services.publish_notice(
        ending.session,
        ending.editor,
        kind=PublicNoticeKind.SURPLUS,
        subject=notice.subject,
        organisation_id=ending.charity_id,
        region_code="42",
        title="更正后再公示",
        body="名单已补",
    )
    assert asked(ending, notice.subject) is RequirementState.OPEN
    assert ending.end_notices() == [again]
    asking.require_met(ending.session, Actor.system("test"), subject=notice.subject)


def test_the_answer_is_another_persons(ending: Ending) -> None:
    notice = ending.announce()
    objection = objected(ending, notice)
    stranger = make_actor(ending.session)
    for actor, reason in (
        (ending.editor, NoticeReason.OTHER_PERSON_ANSWERS),
        (stranger, CommonReason.NOT_PERMITTED),
        (GUEST, CommonReason.SIGN_IN_FIRST),
    ):
        with pytest.raises(Denied) as refused:
            answered(ending, objection, upheld=False, by=actor)
        assert refused.value.reason is reason
    reach = queries.Reach({ending.charity_id}, ())
    mine = queries.objections_to_answer(ending.session, reach, person_id=ending.editor.person_id)
    others = queries.objections_to_answer(ending.session, reach, person_id=0)
    assert (mine, others) == ([], [objection])


def test_who_objects_is_heard_while_the_notice_stands(ending: Ending) -> None:
    notice = ending.announce()
    with clock.at(clock.now() + timedelta(days=7)):
        assert objected(ending, notice).notice is notice
    with clock.at(clock.now() + timedelta(days=8)), pytest.raises(InvalidState) as refused:
        objected(ending, notice, "晚了一天")
    assert refused.value.reason is NoticeReason.OVER
    for field in ("name", "contact", "body"):
        with pytest.raises(Invalid) as missing:
            objected(ending, notice, **{field: " "})
        assert missing.value.field == field


@pytest.mark.rule("NOT-01")
@pytest.mark.rule("NOT-02")
def test_a_crowd_does_not_bury_a_notice(ending: Ending) -> None:
    notice = ending.announce()
    for number in range(3):
        objected(ending, notice, f"第 {number} 条")
    with pytest.raises(Conflict) as refused:
        objected(ending, notice, "第四条")
    assert refused.value.reason is NoticeReason.TOO_MANY
    for number in range(17):
        objected(ending, notice, contact=f"a{number}@example.cn")
    with pytest.raises(Conflict):
        objected(ending, notice, contact="one-more@example.cn")
    with clock.at(clock.now() + timedelta(hours=2)):
        objected(ending, notice, contact="later@example.cn")


def test_one_notice_about_a_thing_stands_at_a_time_and_only_by_its_owner(ending: Ending) -> None:
    notice = about_a_closing(ending)
    words = {"kind": PublicNoticeKind.SURPLUS, "region_code": "42", "title": "又一个", "body": "。"}
    said = {"organisation_id": ending.charity_id, "subject": notice.subject}
    with pytest.raises(Conflict) as refused:
        services.publish_notice(ending.session, ending.editor, **words | said)  # type: ignore[arg-type]  # by name
    assert refused.value.reason is NoticeReason.STANDS_ALREADY
    for subject in ("project_closing:9999", "expense:x", "donation:1"):
        with pytest.raises(Invalid) as foreign:
            services.publish_notice(
                ending.session,
                ending.editor,
                **words | said | {"subject": subject},  # type: ignore[arg-type]  # by name
            )
        assert foreign.value.field == "subject"
    with pytest.raises(Denied):
        services.publish_notice(
            ending.session,
            make_actor(ending.session),
            **words | said,  # type: ignore[arg-type]  # by name
        )
    with pytest.raises(Denied):
        services.end_due_notices(ending.session, ending.editor)


def test_a_withdrawn_notice_stays_with_its_reason_and_what_waited_waits_on(ending: Ending) -> None:
    notice = about_a_closing(ending)
    with pytest.raises(Invalid):
        services.withdraw_notice(ending.session, ending.editor, notice_id=notice.id, reason=" ")
    services.withdraw_notice(
        ending.session, ending.editor, notice_id=notice.id, reason="金额写错了"
    )
    assert (notice.state, notice.closed_because) == (NoticeState.WITHDRAWN, "金额写错了")
    assert asked(ending, notice.subject) is RequirementState.OPEN
    standing = ending.announce()
    page = queries.notices_page(ending.session, region_code="42")
    assert [found.id for found in page.items] == [standing.id, notice.id]
    assert queries.notices_page(ending.session, region_code="43").total == 0


def test_the_notice_is_named_by_what_it_meets(ending: Ending) -> None:
    notice = about_a_closing(ending)
    ending.end_notices()
    [met] = approvals.requirements(ending.session, notice.subject)
    assert (met.kind, met.note) == (RequirementKind.PUBLIC_NOTICE, f"notice:{notice.id}")
    assert met.met_by_person_id is None
    assert queries.standing_of(ending.session, [notice.subject]) == {}


def test_pii_11_a_notice_holds_nobodys_number(ending: Ending) -> None:
    said: dict[str, Any] = {"kind": PublicNoticeKind.OTHER, "subject": "", "region_code": "42",
            "organisation_id": ending.charity_id, "title": "救助名单"}  # fmt: skip
    with pytest.raises(Invalid) as refused:
        services.publish_notice(ending.session, ending.editor, body="11010519491231002X", **said)
    assert (refused.value.field, refused.value.params) == ("body", {"rule": "PII-11"})
    services.publish_notice(ending.session, ending.editor, body="王某，洪港村，500 元", **said)
