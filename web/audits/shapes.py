"""Plans, draws, inspections and findings in the words of their pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from charity import clock
from charity.actor import ROLE_PERMISSIONS, Actor, Permission
from charity.audits.models import (
    AuditDraw,
    AuditDrawState,
    AuditFinding,
    AuditPlan,
    AuditPlanState,
    AuditResult,
    ExtensionAsk,
    FindingState,
    FrameStratum,
    Inspection,
    InspectionState,
    OrganisationRisk,
    OrganisationSize,
)
from charity.audits.queries.board import Tally
from charity.registry.models import OrganisationKind
from web.filters import day, moment, yuan
from web.labels import label

#: How a state is coloured.
_PLAN_MANNERS = {AuditPlanState.PUBLISHED: "jade", AuditPlanState.CLOSED: "good"}
_FINDING_MANNERS = {
    FindingState.VERIFIED: "good",
    FindingState.CLOSED: "good",
    FindingState.REFERRED: "bad",
}
_INSPECTION_MANNERS = {
    InspectionState.VERIFIED: "good",
    InspectionState.CLOSED: "good",
    InspectionState.REFERRED: "bad",
    InspectionState.OBSTRUCTED: "bad",
}
#: The kinds of what a stratum is named by.
_STRATA = {
    FrameStratum.KIND: OrganisationKind,
    FrameStratum.SIZE: OrganisationSize,
    FrameStratum.RISK: OrganisationRisk,
}


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan in a list."""

    url: str
    title: str
    kind: str
    place: str
    size: str
    days: str
    state: str
    manner: str
    due: str


@dataclass(frozen=True, slots=True)
class DrawSaid:
    """One announcement of a draw: what was published, and what it waits for."""

    number: int
    title: str
    rows: list[tuple[str, object]]
    href: str | None = None
    countdown: str = ""
    waits_for: str = ""
    late: bool = False
    reason: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class InspectionRow:
    """One organisation that was drawn."""

    id: int
    rank: int
    name: str
    url: str
    stratum: str
    team: str
    state: str
    manner: str
    findings: int
    closed: int
    plan: str = ""
    plan_url: str = ""
    result_url: str | None = None
    published: str = ""
    work_url: str | None = None
    may_publish: bool = False
    may_close: bool = False
    appeal_url: str | None = None


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding that was told."""

    title: str
    organisation: str
    url: str
    plan: str
    plan_url: str
    rule: str
    severity: str
    amount: str
    due: str
    state: str
    manner: str
    late: str
    extend_url: str = ""
    extended: list[str] = field(default_factory=list)
    #: The day the organisation asks for, in words.
    asked: str = ""


def supervises(actor: Actor) -> bool:
    """Whether this person works for a civil-affairs office."""
    return actor.holds_anywhere(Permission.AUDIT_PLAN)


def office_codes(actor: Actor) -> list[str] | None:
    """The places of the actor's offices; None for everywhere."""
    held = [
        grant for grant in actor.grants if Permission.AUDIT_PLAN in ROLE_PERMISSIONS[grant.role]
    ]
    if any(grant.is_platform for grant in held):
        return None
    return sorted({grant.region_code for grant in held if grant.region_code is not None})


def plan_row(plan: AuditPlan, sizes: Mapping[int, tuple[int, int]]) -> PlanRow:
    """One plan of the list."""
    total, drawn = sizes.get(plan.id, (0, 0))
    if plan.is_public:
        size = _("%(n)s 家里抽了 %(k)s 家", n=total, k=drawn)
    elif total:
        size = _("%(n)s 家里抽 %(percent)s%%", n=total, percent=plan.coverage)
    else:
        size = f"{plan.coverage}%"
    endpoint = "audits.manage" if plan.state is AuditPlanState.DRAFT else "audits.plan"
    running = running_draw(plan)
    return PlanRow(
        url=url_for(endpoint, plan_id=plan.id),
        title=plan.title,
        kind=label(plan.kind),
        place=plan.region.name,
        size=str(size),
        days=days_said(plan.starts_on, plan.ends_on),
        state=label(plan.state),
        manner=plan_manner(plan),
        due=_left(_last_day(running)) if running else "",
    )


def plan_manner(plan: AuditPlan) -> str:
    """The colour of a plan's state."""
    return _PLAN_MANNERS.get(plan.state, "wait")


def days_said(first: date, last: date) -> str:
    """A span of days."""
    return str(_("%(a)s 至 %(b)s", a=day(first), b=day(last)))


def running_draw(plan: AuditPlan) -> AuditDraw | None:
    """The draw that was announced and is not decided."""
    return next((each for each in plan.draws if each.state is AuditDrawState.ANNOUNCED), None)


def standing_draw(plan: AuditPlan) -> AuditDraw | None:
    """The draw that counts: announced or drawn."""
    return next((each for each in plan.draws if each.state is not AuditDrawState.VOID), None)


def steps_of(plan: AuditPlan) -> list[tuple[str, str, str | None]]:
    """The life of a plan for `states`."""
    draw = standing_draw(plan)
    reached = {
        AuditPlanState.DRAFT: 0,
        AuditPlanState.FRAMED: 2 if draw else 1,
        AuditPlanState.DRAWN: 3,
        AuditPlanState.PUBLISHED: 4,
        AuditPlanState.CLOSED: 6,
    }[plan.state]
    drawn = draw.ended_at if draw else None
    steps: list[tuple[str, str | None]] = [
        (_("冻结名册"), _day(plan.framed_at)),
        (_("公布抽签办法"), _day(draw.announced_at) if draw else None),
        (_("当众抽签"), _day(drawn)),
        (_("公布名单"), _day(plan.published_at)),
        (_("检查和整改"), None),
        (_("结束"), None),
    ]
    return [
        (name, "done" if n < reached else "now" if n == reached else "todo", small)
        for n, (name, small) in enumerate(steps)
    ]


def _day(value: object) -> str | None:
    return day(value) if value else None  # type: ignore[arg-type]  # a date or a moment


def draw_said(plan: AuditPlan, draw: AuditDraw, *, opened: bool) -> DrawSaid:
    """One draw; its secret, number and seed only where they are `opened` to the reader."""
    rows: list[tuple[str, object]] = [(_("名册指纹"), plan.frame_hash or "")]
    rows.append((_("密语的封条"), draw.commitment or _("这一次不用密语")))
    rows.append((_("用哪个公开号码"), draw.number_name))
    rows.append((_("号码哪天产生"), day(draw.number_on)))
    if draw.secret_due_on:
        rows.append((_("最晚哪天打开密语"), day(draw.secret_due_on)))
    rows.append((_("公布时间"), moment(draw.announced_at)))
    if draw.state is AuditDrawState.DRAWN and opened:
        rows += [
            (_("打开的密语"), draw.secret or _("没有")),
            (_("公开号码"), draw.public_number or ""),
            (_("种子"), draw.seed or ""),
        ]
    repeat = url_for("audits.draw", plan_id=plan.id)
    title = _("第 %(n)s 次抽签，%(state)s", n=draw.number, state=label(draw.state))
    due, is_open = _last_day(draw), draw.state is AuditDrawState.ANNOUNCED
    waits = (
        _("号码产生以后，打开密语，两样合在一起抽签。")
        if draw.commitment
        else _("号码产生以后，就用它抽签。")
    )
    return DrawSaid(
        number=draw.number,
        title=str(title),
        rows=rows,
        href=repeat if draw.state is AuditDrawState.DRAWN and opened else None,
        countdown=_left(due) if is_open else "",
        waits_for=str(waits),
        late=is_open and due < clock.today(),
        reason=str(_("密语没有在 %(day)s 以前打开，作废，改用公开号码单独再抽。", day=day(due)))
        if draw.state is AuditDrawState.VOID
        else "",
        said=f"{draw.number_name} · {_day(draw.ended_at) or ''}",
    )


def _last_day(draw: AuditDraw) -> date:
    """Until when a draw must be decided; without a secret, the day its number comes."""
    return draw.secret_due_on or draw.number_on


def _left(last: date) -> str:
    """How long until the last day of a draw."""
    days = (last - clock.today()).days
    if days < 0:
        return str(_("抽签的期限过了 %(n)s 天", n=-days))
    return str(_("今天是抽签的最后一天")) if days == 0 else str(_("还有 %(n)s 天抽签", n=days))


def stratum_said(strata: list[str], stratum: str) -> str:
    """`foundation/large` in words."""
    if not stratum:
        return ""
    names = zip(strata, stratum.split("/"), strict=False)
    return " · ".join(label(_STRATA[FrameStratum(kind)](value)) for kind, value in names)


def inspection_row(
    inspection: Inspection,
    *,
    tally: Tally,
    result: AuditResult | None,
    strata: list[str] | None = None,
    names_team: bool = True,
) -> InspectionRow:
    """One inspection with what was published of it."""
    organisation = inspection.organisation
    return InspectionRow(
        id=inspection.id,
        rank=inspection.rank,
        name=organisation.name,
        url=url_for("audits.organisation", organisation_id=organisation.id),
        stratum=stratum_said(strata or [], inspection.stratum),
        team=str(_("、")).join(member.inspector.name for member in inspection.team)
        if names_team
        else "",
        state=label(inspection.state),
        manner=_INSPECTION_MANNERS.get(inspection.state, "wait"),
        findings=tally.told,
        closed=tally.right,
        result_url=url_for("audits.result", result_id=result.id) if result else None,
        published=day(result.published_at) if result else "",
    )


def finding_row(
    finding: AuditFinding, *, with_plan: bool = True, asks: Sequence[ExtensionAsk] = ()
) -> FindingRow:
    """One finding with its day and by how much it is late."""
    inspection = finding.inspection
    late = finding.overdue_days(clock.today())
    plan = inspection.plan if with_plan else None
    return FindingRow(
        title=finding.title,
        organisation=inspection.organisation.name,
        url=url_for("audits.organisation", organisation_id=inspection.organisation_id),
        plan=plan.title if plan else "",
        plan_url=url_for("audits.plan", plan_id=inspection.plan_id),
        rule=finding.rule_id,
        severity=label(finding.severity),
        amount=yuan(finding.amount) if finding.amount else "—",
        due=day(finding.due_on) if finding.due_on else "—",
        state=label(finding.state),
        manner=_FINDING_MANNERS.get(finding.state, "wait"),
        late=str(_("超过期限 %(n)s 天", n=late)) if late else "",
        extend_url=url_for("audits.extend", finding_id=finding.id),
        extended=[
            str(_("延到 %(day)s：%(reason)s", day=day(each.until), reason=each.reason))
            for each in finding.extensions
        ],
        asked=str(_("组织申请延到 %(day)s", day=day(asks[0].until))) if asks else "",
    )


def with_work(
    row: InspectionRow,
    *,
    work_url: str | None,
    may_publish: bool,
    may_close: bool,
    appeal_url: str | None,
) -> InspectionRow:
    """The row with what only the office does."""
    return replace(
        row,
        work_url=work_url,
        may_publish=may_publish,
        may_close=may_close,
        appeal_url=appeal_url,
    )
