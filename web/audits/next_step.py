"""The one thing a civil-affairs office does next with a plan, and what is still missing for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import url_for
from flask_babel import gettext as _

from charity import clock
from charity.audits.models import AuditPlan, AuditPlanState, Inspection, InspectionState
from web.audits import shapes
from web.filters import day


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is to be done, in words; `missing` holds it up, and then there is no button."""

    title: str
    words: str
    act: str = ""
    url: str = ""
    is_post: bool = False
    confirm: str | None = None
    missing: list[str] = field(default_factory=list)


def next_step(plan: AuditPlan, total: int, inspections: Sequence[Inspection]) -> NextStep:
    """The next act for a plan with `total` organisations in its frame."""
    if plan.state is AuditPlanState.DRAFT:
        return _freeze(plan, total)
    if plan.state is AuditPlanState.FRAMED:
        return _draw(plan)
    if plan.state is AuditPlanState.DRAWN:
        return NextStep(
            _("公布名单"),
            _("已经抽签。名单一公布，密语、种子、抽中的组织和检查员同时公开。"),
            _("公布名单"),
            url_for("audits.publish_list", plan_id=plan.id),
            is_post=True,
            confirm=_("公布以后收不回来。"),
        )
    if plan.state is AuditPlanState.CLOSED:
        return NextStep(_("没有了"), _("这个计划已经结束。"))
    return _close(plan, inspections)


def _freeze(plan: AuditPlan, total: int) -> NextStep:
    missing = []
    if not total:
        missing.append(_("名册里还没有组织，请改计划的范围。"))
    if len(plan.inspectors) < plan.team_size:
        missing.append(
            _("检查员至少要 %(n)s 个，现在 %(have)s 个。", n=plan.team_size,
              have=len(plan.inspectors))
        )  # fmt: skip
    missing += [
        _("%(name)s还没有放委托证明。", name=firm.name)
        for firm in plan.firms
        if firm.paper_hash is None
    ]
    return NextStep(
        _("冻结名册"),
        _("冻结以后，名册、检查员、回避和要抽的家数都不能再改，名册指纹马上公开。"),
        _("冻结名册"),
        url_for("audits.freeze", plan_id=plan.id),
        is_post=True,
        confirm=_("冻结以后谁也改不了。"),
        missing=[str(each) for each in missing],
    )


def _draw(plan: AuditPlan) -> NextStep:
    running = shapes.running_draw(plan)
    if running is None:
        return NextStep(
            _("公布抽签办法"),
            _("先封好密语，再点名一个还没出来的公开号码，一起公布。"),
            _("公布抽签办法"),
            url_for("audits.announce", plan_id=plan.id),
        )
    if running.number_on > clock.today():
        words = _("%(day)s 号码产生以后再来抽签。", day=day(running.number_on))
        return NextStep(_("等公开号码"), str(words))
    words = (
        _("公开号码应该出来了。请在 %(day)s 以前打开密语，过期这次抽签就公开作废。",
          day=day(running.secret_due_on))
        if running.secret_due_on
        else _("公开号码应该出来了，填上就抽。")
    )  # fmt: skip
    url = url_for("audits.open_draw", plan_id=plan.id)
    return NextStep(_("抽签"), str(words), _("去抽签"), url)


def _close(plan: AuditPlan, inspections: Sequence[Inspection]) -> NextStep:
    left = sum(each.state is not InspectionState.CLOSED for each in inspections)
    if left:
        words = _("还有 %(n)s 家没有结束，一家一家办。", n=left)
        return NextStep(_("检查和整改"), str(words))
    return NextStep(
        _("结束计划"),
        _("每一家都结束了。"),
        _("结束计划"),
        url_for("audits.close", plan_id=plan.id),
        is_post=True,
    )
