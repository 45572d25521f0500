"""A spot check of the district: drawn before everybody, and one inspection in each state.

One organisation has put its finding right, one is late and may not post or pay for now, others are
still answered, looked at, or wait for their notice. A second check waits for its public number.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from charity import clock
from charity.actor import Actor
from charity.audits import checklist, draw, queries, services
from charity.audits.models import (
    AuditFinding,
    AuditKind,
    AuditLevel,
    AuditPlan,
    ChecklistVerdict,
    FindingSeverity,
    FrameStratum,
    Inspection,
)
from charity.audits.plan_drafts import FrameFilter, PlanDraft
from charity.money import Money
from charity.registry.models import OrganisationKind
from web.demo import district
from web.demo.people import ACCOUNTS
from web.demo.stage import SYSTEM, Stage, Step

OFFICE = "regulator"
INSPECTORS = ("inspector1", "inspector2", "inspector3")
#: Known to everybody, as everything of the demo.
SECRET, NUMBER = "樊川河水流到长江去", "020914212830"
#: How far inspections are, in the order they are given out; whoever is left waits for a notice.
FATES = ("closed", "late", "response", "fieldwork", "rectifying", "clean", "notified")
#: Fates that have come so far.
_BEGUN = frozenset(FATES) - {"notified"}
_TOLD = _BEGUN - {"fieldwork"}
_FINISHED = _TOLD - {"response"}
_WITH_ORDER = _FINISHED - {"clean"}
_FINDINGS = (
    ("AUD-05", "活动报名费进了个人收款码", "两次活动的报名费由工作人员的个人收款码收取。", 3_680),
    ("AUD-06", "三笔支出没有合规票据", "购买物资的三笔支出只有手写收条。", 2_150),
    ("AUD-07", "限定性收入没有分开记账", "两个项目的收入记在同一个科目里。", 18_400),
    ("AUD-08", "捐赠的电脑没有入账", "两台捐赠电脑在用，账上没有。", 7_600),
)


def steps() -> Iterator[Step]:
    """From the plan to the day of loading."""
    for days, verb in (
        (78, announce), (72, open_draw), (71, publish_list), (70, notify), (62, look),
        (48, tell), (36, conclude), (20, order), (12, put_right), (10, tell_everybody),
        (5, tell_last), (4, order_last), (3, second_plan), (2, object_to),
    ):  # fmt: skip
        yield Step(days, 930, verb, None)
    # after everything of today that the late one still does
    yield Step(0, 1430, stop, None)


def announce(stage: Stage, _: None) -> None:
    """The office writes the plan, freezes the frame, seals a secret and names a number."""
    plan = _plan(stage, f"{stage.day(0).year} 年社会组织定期抽查", AuditKind.REGULAR, 40)
    stage.audits["plan"] = plan.id
    _announce(stage, plan, "福利彩票双色球，%s 开奖那一期的六个红球，从小到大连着写", 4)


def open_draw(stage: Stage, _: None) -> None:
    """The number is out: the secret is opened."""
    services.open_draw(
        stage.session, stage.actor(OFFICE), plan_id=stage.audits["plan"], secret=SECRET,
        public_number=NUMBER,
    )  # fmt: skip


def publish_list(stage: Stage, _: None) -> None:
    """Whom it drew, by whom they are looked at."""
    services.publish_list(stage.session, stage.actor(OFFICE), plan_id=stage.audits["plan"])


def notify(stage: Stage, _: None) -> None:
    """The notice reaches everybody but the last."""
    for inspection, _fate in _inspections(stage):
        services.deliver_notice(
            stage.session, stage.actor(OFFICE), inspection_id=inspection.id,
            delivered_on=clock.today(),
            text="请准备上一年度的账簿、凭证、银行对账单和会议记录。",
        )  # fmt: skip
    for login in INSPECTORS:
        stage.changed(login)


def look(stage: Stage, _: None) -> None:
    """The teams work: thirteen items, and what is wrong becomes a finding with its paper."""
    for number, (inspection, fate) in enumerate(_inspections(stage, _BEGUN)):
        session, one = stage.session, _member(stage, inspection, 0)
        services.start_fieldwork(session, one, inspection_id=inspection.id)
        found = _FINDINGS[number % len(_FINDINGS)] if fate != "clean" else None
        items = [each.item for each in checklist.items(inspection.plan.checklist_version)]
        for item in items[:5] if fate == "fieldwork" else items:
            wrong = found is not None and item == found[0]
            services.answer_item(
                session, one, inspection_id=inspection.id, item=item,
                verdict=ChecklistVerdict.ISSUE if wrong else ChecklistVerdict.OK,
                note=found[1] if found is not None and wrong else "",
            )  # fmt: skip
        if found is None or fate == "fieldwork":
            continue
        item, title, body, amount = found
        services.record_finding(
            session, one, inspection_id=inspection.id, item=item, rule_id=item,
            severity=FindingSeverity.SERIOUS, title=title, body=body, amount=Money.yuan(amount),
        )  # fmt: skip
        services.file_paper(
            session, one, inspection_id=inspection.id, title=f"{title}：摘录", item=item, body=body
        )


def tell(stage: Stage, _: None) -> None:
    """Draft findings are told, and answered within the days for it."""
    _tell(stage, _FINISHED)
    for inspection, _fate in _inspections(stage, _FINISHED):
        services.respond(
            stage.session, _owner(stage, inspection), inspection_id=inspection.id,
            response="情况属实，我们没有别的意见。",
        )  # fmt: skip


def conclude(stage: Stage, _: None) -> None:
    """The teams say their last word."""
    for inspection, fate in _inspections(stage, _FINISHED):
        services.finish(
            stage.session, _member(stage, inspection, 0), inspection_id=inspection.id,
            conclusion="账目清楚，没有发现问题。"
            if fate == "clean"
            else "账目总体清楚，有一处要改。",
        )  # fmt: skip


def order(stage: Stage, _: None) -> None:
    """What is wrong is to be put right within ten working days."""
    _order(stage, {"closed", "late"})


def put_right(stage: Stage, _: None) -> None:
    """One has answered its order; somebody else than who found it has seen that it is right."""
    for inspection, _fate in _inspections(stage, {"closed"}):
        session, finding = stage.session, _finding(stage, inspection)
        services.answer_order(
            session, _owner(stage, inspection), finding_id=finding.id,
            answer="已经退回个人账户的钱，补了收据，重新培训了经办人。",
        )  # fmt: skip
        services.check_order(
            session, _member(stage, inspection, 1), finding_id=finding.id, is_right=True,
            note="看过银行回单和补开的票据。",
        )  # fmt: skip
        services.close_finding(session, stage.actor(OFFICE), finding_id=finding.id)


def tell_everybody(stage: Stage, _: None) -> None:
    """Results are published; what is done is closed."""
    session, office = stage.session, stage.actor(OFFICE)
    for inspection, fate in _inspections(stage, {"closed", "late", "clean"}):
        services.publish_result(session, office, inspection_id=inspection.id)
        if fate != "late":
            services.close_inspection(session, office, inspection_id=inspection.id)
    for login in INSPECTORS:
        stage.changed(login)


def tell_last(stage: Stage, _: None) -> None:
    """One has been told its draft findings and may answer for some days yet."""
    _tell(stage, {"response"})


def order_last(stage: Stage, _: None) -> None:
    """One has just been ordered to put something right; its result is public."""
    _order(stage, {"rectifying"})
    for inspection, _fate in _inspections(stage, {"rectifying"}):
        services.publish_result(stage.session, stage.actor(OFFICE), inspection_id=inspection.id)


def second_plan(stage: Stage, _: None) -> None:
    """Another check has been announced; its number is not out yet."""
    plan = _plan(
        stage, "社会服务机构票据不定期抽查", AuditKind.IRREGULAR, 20,
        frame_filter=FrameFilter(kinds=(OrganisationKind.SOCIAL_SERVICE_ORG,)),
    )  # fmt: skip
    _announce(stage, plan, "三颗骰子，%s 在区政务服务大厅当众掷，三个点数用空格隔开", 6)


def object_to(stage: Stage, _: None) -> None:
    """Who was ordered last does not agree, and waits for the office's answer."""
    for inspection, _fate in _inspections(stage, {"rectifying"}):
        services.appeal(
            stage.session, _owner(stage, inspection), inspection_id=inspection.id,
            body="其中一笔已经补开票据，请复核涉及的金额。",
        )  # fmt: skip


def stop(stage: Stage, _: None) -> None:
    """What the clock does by itself: a late order stops posting and paying."""
    services.restrict_overdue(stage.session, SYSTEM)


# ── helpers ──────────────────────────────────────────────────────────────────────────────────────


def _plan(
    stage: Stage,
    title: str,
    kind: AuditKind,
    coverage: int,
    frame_filter: FrameFilter = FrameFilter(),  # noqa: B008 - a frozen value
) -> AuditPlan:
    """A plan with its inspectors."""
    session, office, today = stage.session, stage.actor(OFFICE), clock.today()
    year = today.year - 1
    plan = services.make_plan(
        session, office,
        draft=PlanDraft(
            title=title, kind=kind, level=AuditLevel.COUNTY, region_code=district.DISTRICT,
            period_from=date(year, 1, 1), period_until=date(year, 12, 31), starts_on=today,
            ends_on=today + timedelta(days=120), coverage=coverage, frame_filter=frame_filter,
            strata=(FrameStratum.KIND,) if kind is AuditKind.REGULAR else (),
            scope="年度报告\n信息公开\n内部治理\n财务和票据\n业务活动",
            budget=Money.yuan(60_000), rectification_days=10,
        ),
    )  # fmt: skip
    for login in INSPECTORS:
        services.add_inspector(session, office, plan_id=plan.id, user_id=stage.users[login])
    return plan


def _announce(stage: Stage, plan: AuditPlan, name: str, days: int) -> None:
    """The frame is frozen, and what will decide is told to everybody."""
    session, office, today = stage.session, stage.actor(OFFICE), clock.today()
    number_on = today + timedelta(days=days)
    services.freeze_frame(session, office, plan_id=plan.id)
    services.announce_draw(
        session, office, plan_id=plan.id, commitment=draw.commitment_of(SECRET),
        number_name=name % number_on.isoformat(), number_on=number_on,
        secret_due_on=today + timedelta(days=days + 5),
    )  # fmt: skip


def _inspections(
    stage: Stage, wanted: frozenset[str] | set[str] = frozenset(FATES)
) -> list[tuple[Inspection, str]]:
    """Inspections with one of these fates, in the order of the draw.

    Late is nobody who signs in: the story of others goes on.
    """
    printed = {person.login for person in ACCOUNTS}
    left = list(FATES)
    given = []
    for inspection in queries.targets_of(stage.session, stage.audits["plan"]):
        mine = next(
            (fate for fate in left if fate != "late" or _login(stage, inspection) not in printed),
            None,
        )
        if mine is None or _login(stage, inspection) is None:
            continue
        left.remove(mine)
        given.append((inspection, mine))
    return [each for each in given if each[1] in wanted]


def _login(stage: Stage, inspection: Inspection) -> str | None:
    """Who signs in for an organisation; None for the operator, which has people of its own."""
    names = (key for key, found in stage.organisations.items()
             if found == inspection.organisation_id and key in stage.users)  # fmt: skip
    return next(names, None)


def _owner(stage: Stage, inspection: Inspection) -> Actor:
    login = _login(stage, inspection)
    assert login is not None, "those without one have no fate"  # noqa: S101
    return stage.actor(login)


def _member(stage: Stage, inspection: Inspection, number: int) -> Actor:
    """Somebody of the team, by their login name."""
    user_id = inspection.team[number].user_id
    return stage.actor(next(login for login in INSPECTORS if stage.users[login] == user_id))


def _finding(stage: Stage, inspection: Inspection) -> AuditFinding:
    return queries.findings_of(stage.session, inspection.id)[0]


def _tell(stage: Stage, wanted: frozenset[str] | set[str]) -> None:
    for inspection, _fate in _inspections(stage, wanted):
        one = _member(stage, inspection, 0)
        services.draft_findings(stage.session, one, inspection_id=inspection.id)
        services.tell_organisation(stage.session, one, inspection_id=inspection.id)


def _order(stage: Stage, wanted: set[str]) -> None:
    for inspection, _fate in _inspections(stage, wanted):
        services.order_rectification(
            stage.session, stage.actor(OFFICE), finding_id=_finding(stage, inspection).id,
            order="限期改正，把凭证和银行回单交来复查。",
        )  # fmt: skip
