"""What the demo's charity tells the public: reports in time, one corrected, one late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from charity import clock
from charity.disclosure import queries, services
from charity.disclosure.models import DisclosureDuty, DisclosureKind
from charity.registry import queries as registry
from web.demo.ending import DONE
from web.demo.stage import SYSTEM, Stage, Step

#: Days before loading on which the office sits down to its reports, and how far ahead it looks.
FIRST, EVERY = 210, 30
#: On the last day it has only seen to what is due at once, so that the desk shows what is coming.
_AT_ONCE = 3
#: What may be late without pausing new gifts.
_MAY_BE_LATE = frozenset({DisclosureKind.PROJECT_PROGRESS, DisclosureKind.CAMPAIGN_RESULT})

_TITLES = {
    DisclosureKind.CAMPAIGN_PROGRESS: "募捐进展",
    DisclosureKind.CAMPAIGN_RESULT: "募捐结果",
    DisclosureKind.PROJECT_PROGRESS: "项目进展",
    DisclosureKind.PROJECT_RESULT: "项目结果和款物使用",
    DisclosureKind.PARTNER_SUPERVISION: "合作方评估和监督",
    DisclosureKind.MEMBERS_REPORT: "向捐赠成员报告",
    DisclosureKind.BENEFICIARY_RULES: "资助标准、流程和规则",
}
_WORDS = "项目按计划进行，收支和成果以下面的数据为准。每一笔支出的凭证都在项目页面上。"


def steps() -> Iterator[Step]:
    """Reports month by month; on the last day one of them is corrected."""
    for days in range(FIRST, -1, -EVERY):
        yield Step(days, 1200, tell_what_is_due, None)
    yield Step(0, 1260, correct_the_latest, None)


def tell_what_is_due(stage: Stage, plan: None) -> None:
    """The treasurer publishes what falls due before the next sitting, but for one report."""
    today = clock.today()
    ahead = _AT_ONCE if today == stage.today else EVERY
    services.raise_duties(stage.session, SYSTEM, on=today)
    for owed in queries.open_duties(stage.session, until=today + timedelta(days=ahead), limit=1000):
        if _is_forgotten(stage, owed.duty):
            continue
        entry = services.tell(
            stage.session,
            stage.actor("treasurer"),
            duty_id=owed.duty.id,
            title=f"{_about(stage, owed)}：{_TITLES.get(owed.duty.kind, '信息公开')}",
            words=_WORDS,
        )
        stage.giving["last_report"] = entry.id


def _is_forgotten(stage: Stage, duty: DisclosureDuty) -> bool:
    """Whether it is the one report that nobody wrote, so that the page shows a late one."""
    if duty.campaign_id == stage.posted[DONE].campaign_id:
        return False
    if "late_report" not in stage.giving:
        late_by_now = duty.due_on <= stage.today - timedelta(days=6)
        if duty.kind not in _MAY_BE_LATE or not late_by_now:
            return False
        stage.giving["late_report"] = duty.id
    return stage.giving["late_report"] == duty.id


def _about(stage: Stage, owed: queries.Owed) -> str:
    if owed.duty.campaign_id is None:
        return owed.organisation
    return registry.campaign(stage.session, owed.duty.campaign_id).title


def correct_the_latest(stage: Stage, plan: None) -> None:
    """The words of one report were wrong; the correction says why."""
    if "last_report" not in stage.giving:
        return
    services.tell_again(
        stage.session,
        stage.actor("treasurer"),
        entry_id=stage.giving["last_report"],
        words=f"{_WORDS}上一版没有写明凭证在哪里看，现补上。",
        explanation="上一版的说明不完整，有捐赠人来问凭证在哪里。",
    )
