"""What the pages of a plan show: to everybody, and to the office that runs it."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.audits import draw as drawing
from charity.audits import policy
from charity.audits.models import (
    AuditDrawState,
    AuditPlan,
    AuditPlanState,
    FrameStratum,
    Inspection,
    InspectionState,
)
from charity.audits.plan_drafts import FrameFilter
from charity.audits.queries import board, frames
from charity.audits.queries import plans as queries
from charity.money import Money
from charity.paging import Page
from web.audits import shapes
from web.audits.next_step import next_step
from web.audits.recipe import RECIPE
from web.filters import day, yuan
from web.labels import label

#: States in which there is a result to tell.
FINISHED = frozenset(
    {
        InspectionState.FINAL,
        InspectionState.RECTIFYING,
        InspectionState.VERIFIED,
        InspectionState.REFERRED,
        InspectionState.OBSTRUCTED,
    }
)
#: States out of which an inspection is closed.
ENDING = frozenset({InspectionState.VERIFIED, InspectionState.REFERRED})
#: Rows of a frame on a page.
FRAME_ROWS = 50


def index_context(session: Session, actor: Actor, number: int) -> dict[str, Any]:
    """The list of plans, with drafts of the actor's office."""
    page = board.plans_page(session, number)
    office = shapes.supervises(actor)
    drafts = board.drafts(session, shapes.office_codes(actor)) if office else []
    sizes = board.sizes_of(session, [plan.id for plan in page.items])
    return {
        "supervises": office,
        "drafts": [shapes.plan_row(plan, {}) for plan in drafts],
        "rows": [shapes.plan_row(plan, sizes) for plan in page.items],
        "page": page,
        "page_url": lambda n: url_for("audits.index", page=n),
    }


def head(plan: AuditPlan) -> dict[str, Any]:
    """What every page of a plan starts with."""
    return {
        "plan": plan,
        "state": label(plan.state),
        "manner": shapes.plan_manner(plan),
        "where": plan.region.name,
        "steps": shapes.steps_of(plan),
        "frame_hash": plan.frame_hash,
    }


def plan_context(session: Session, actor: Actor, plan: AuditPlan, number: int) -> dict[str, Any]:
    """A plan for everybody; whom it drew only once the list is published."""
    total, drawn = board.sizes_of(session, [plan.id])[plan.id]
    listed = plan.is_public
    opened = bool(policy.may_see_list(actor, plan))
    standing = shapes.standing_draw(plan)
    page = board.inspections_page(session, plan.id, number) if listed else None
    frozen = plan.frame_hash is not None
    return head(plan) | {
        "manages": bool(policy.may_plan(actor, plan.region_code)),
        "figures": _figures(plan, total, drawn if listed else None) if frozen else None,
        "particulars": particulars(plan),
        "floor": floor_said(plan),
        "draw": shapes.draw_said(plan, standing, opened=listed) if standing else None,
        "voided": [
            shapes.draw_said(plan, each, opened=True)
            for each in plan.draws
            if each.state is AuditDrawState.VOID
        ],
        "shows_frame": opened and frozen,
        "hidden_list": plan.state is AuditPlanState.DRAWN,
        "targets": inspection_rows(session, plan, page.items) if page else [],
        "page": page,
        "page_url": lambda n: url_for("audits.plan", plan_id=plan.id, page=n, _anchor="targets"),
        "inspectors": str(_("、")).join(each.name for each in plan.inspectors) if listed else "",
        "firms": str(_("、")).join(firm.name for firm in plan.firms),
        "recusals": recusal_rows(session, plan) if listed else [],
        "changes": change_rows(session, plan) if listed else [],
    }


def inspection_rows(
    session: Session, plan: AuditPlan, items: list[Inspection]
) -> list[shapes.InspectionRow]:
    """Inspections with how many findings they have and what was published."""
    ids = [each.id for each in items]
    tallies, results = board.tallies(session, ids), board.latest_results(session, ids)
    return [
        shapes.inspection_row(
            each,
            tally=tallies.get(each.id, board.Tally()) if each.id in results else board.Tally(),
            result=results.get(each.id),
            strata=plan.strata,
        )
        for each in items
    ]


def recusal_rows(session: Session, plan: AuditPlan) -> list[dict[str, str]]:
    """Who does not go to whom; why is for the office."""
    return [
        {
            "person": each.inspector.name,
            "organisation": each.organisation.name,
            "when": _("名册冻结以前") if not each.is_late else day(each.declared_at),
            "why": " · ".join(part for part in (label(each.relation), each.note) if part),
        }
        for each in queries.recusals_of(session, plan.id)
    ]


def change_rows(session: Session, plan: AuditPlan) -> list[dict[str, str]]:
    """Who left a team after the draw, why, and who followed by the order of the draw.

    Why somebody keeps away from an organisation is for the office alone: then it says 回避.
    """
    recused = {
        (one.organisation_id, one.inspector_id) for one in queries.recusals_of(session, plan.id)
    }
    rows = []
    for member in board.team_changes(session, plan.id):
        inspection = member.inspection
        follower = next((one for one in inspection.members if one.replaces_id == member.id), None)
        kept_away = (inspection.organisation_id, member.inspector_id) in recused
        rows.append(
            {
                "organisation": inspection.organisation.name,
                "left": member.inspector.name,
                "why": str(_("回避")) if kept_away else member.left_because,
                "when": day(member.left_at) if member.left_at else "",
                "follower": follower.inspector.name if follower else str(_("没有人能接替")),
            }
        )
    return rows


def _figures(plan: AuditPlan, total: int, drawn: int | None) -> list[tuple[object, object]]:
    found: list[tuple[object, object]] = [
        (total, _("名册里的组织")),
        (f"{plan.coverage}%", _("抽多少")),
    ]
    count = drawing.wanted(total, plan.coverage) if drawn is None else drawn
    return [*found, (count, _("要抽的家数") if drawn is None else _("抽中的家数"))]


def particulars(plan: AuditPlan) -> list[tuple[str, object]]:
    """The terms of a plan, a pair each."""
    strata = str(_("、")).join(label(each) for each in _strata(plan))
    return [
        (_("查哪段时间"), shapes.days_said(plan.period_from, plan.period_until)),
        (_("什么时候查"), shapes.days_said(plan.starts_on, plan.ends_on)),
        (_("哪一级登记的组织"), label(plan.level)),
        (_("只抽这些"), filter_said(plan)),
        (_("分组抽"), strata or None),
        (_("每家派几个人"), plan.team_size),
        (_("回复期限"), _("%(n)s 个工作日", n=plan.response_days)),
        (_("整改期限"), _("%(n)s 个工作日", n=plan.rectification_days)),
        (_("检查清单"), plan.checklist_version),
        (_("预算"), _budget(plan.budget)),
    ]


def _strata(plan: AuditPlan) -> list[Any]:
    return [FrameStratum(each) for each in plan.strata]


def _budget(budget: Money) -> str:
    return str(_("%(sum)s，不向被查的组织收费", sum=yuan(budget)))


def filter_said(plan: AuditPlan) -> str | None:
    """Who stands in the frame besides being registered there; None for everybody."""
    wanted = FrameFilter.read(plan.frame_filter)
    parts = [label(each) for each in (*wanted.kinds, *wanted.sizes, *wanted.risks)]
    if wanted.charities:
        parts.append(str(_("慈善组织")))
    return str(_("、")).join(parts) or None


def floor_said(plan: AuditPlan) -> str:
    """The least share the law asks for, and what this plan takes."""
    return str(
        _(
            "定期抽查每年至少抽：县级登记的 3%%，市级 4%%，省级 5%%，全国 10%%，除不尽的进一家。"
            "这个计划抽 %(percent)s%%。",
            percent=plan.coverage,
        )
    )


# ── the frame ────────────────────────────────────────────────────────────────────────────────────


def frame_context(session: Session, plan: AuditPlan, number: int) -> dict[str, Any]:
    """The frozen rows, or what they would be today."""
    url = {"page_url": lambda n: url_for("audits.frame", plan_id=plan.id, page=n)}
    if plan.frame_hash is not None:
        page = queries.frame_page(session, plan.id, number)
        size = sum(frames.frozen(session, plan).counts.values())
        rows = [_frame_row(plan, each, each.position, each.organisation_id) for each in page.items]
        return head(plan) | url | {"frozen": True, "size": size, "page": _paged(rows, page)}
    framed = frames.framed(session, plan, clock.today())
    start = (max(number, 1) - 1) * FRAME_ROWS
    shown = [
        _frame_row(plan, each, start + n, each.organisation.id)
        for n, each in enumerate(framed[start : start + FRAME_ROWS], 1)
    ]
    size = preview_size(plan, framed)
    whole = Page(shown, max(number, 1), FRAME_ROWS, len(framed))
    return head(plan) | url | {"frozen": False, "size": size, "page": whole}


def preview_size(plan: AuditPlan, framed: list[frames.Framed]) -> int:
    """How many would be drawn: with strata at least one of each."""
    strata: dict[str, int] = {}
    for each in framed:
        strata[each.stratum] = strata.get(each.stratum, 0) + 1
    return sum(drawing.allocate(strata, drawing.wanted(len(framed), plan.coverage)).values())


def _frame_row(plan: AuditPlan, row: Any, position: int, organisation_id: int) -> dict[str, Any]:
    """A row of the frame, frozen (`FrameRow`) or foreseen (`Framed`)."""
    of = getattr(row, "organisation", row)
    return {
        "position": position,
        "name": of.name,
        "url": url_for("registry.organisation", organisation_id=organisation_id),
        "uscc": of.uscc,
        "kind": label(of.kind),
        "size": label(row.size),
        "stratum": shapes.stratum_said(plan.strata, row.stratum),
    }


def _paged(rows: list[dict[str, Any]], page: Page[Any]) -> Page[dict[str, Any]]:
    return Page(rows, page.number, page.size, page.total)


# ── the draw to repeat ───────────────────────────────────────────────────────────────────────────


def draw_context(session: Session, plan: AuditPlan) -> dict[str, Any]:
    """Everything one needs to repeat a draw."""
    standing = shapes.standing_draw(plan)
    assert standing is not None, "the caller has seen that it was drawn"  # noqa: S101
    counts = frames.frozen(session, plan).counts
    divided = {name.partition(":")[2]: n for name, n in counts.items() if ":" in name}
    sizes = board.strata_of(session, plan.id) if divided else {}
    sealed = bool(standing.commitment)
    return head(plan) | {
        "rows": shapes.draw_said(plan, standing, opened=True).rows,
        "recipe": RECIPE,
        "size": sum(counts.values()),
        "strata": [
            {"name": shapes.stratum_said(plan.strata, name), "count": sizes.get(name, 0), "size": n}
            for name, n in divided.items()
        ],
        "seed_rule": _("算种子：SHA-256（密语、换行、公开号码），用十六进制小写。")
        if sealed
        else _("算种子：这次不用密语，SHA-256（换行、公开号码），用十六进制小写。"),
    }


# ── for the office ───────────────────────────────────────────────────────────────────────────────


def manage_context(session: Session, plan: AuditPlan) -> dict[str, Any]:
    """The desk of a plan: its next step, its people, its inspections and orders."""
    draft = plan.state is AuditPlanState.DRAFT
    if draft:
        framed = frames.framed(session, plan, clock.today())
        total, size = len(framed), preview_size(plan, framed)
    else:
        total, size = board.sizes_of(session, [plan.id])[plan.id][0], 0
        size = sum(frames.frozen(session, plan).counts.values())
    items = board.inspections_page(session, plan.id, size=500).items
    return head(plan) | {
        "next": next_step(plan, total, items),
        "figures": [(total, _("名册里的组织")), (size, _("要抽的家数"))],
        "particulars": particulars(plan),
        "draws": [shapes.draw_said(plan, each, opened=True) for each in plan.draws],
        "recusals": recusal_rows(session, plan),
        "inspections": _work_rows(session, plan, items),
        "orders": _orders(session, plan),
    }


def _orders(session: Session, plan: AuditPlan) -> list[shapes.FindingRow]:
    """Orders that run, with the time the organisation asks for."""
    found = board.running_orders(session, plan.id) if plan.is_public else []
    asks = board.asks_of(session, [each.id for each in found])
    return [shapes.finding_row(each, with_plan=False, asks=asks.get(each.id, ())) for each in found]


def _work_rows(session: Session, plan: AuditPlan, items: list[Inspection]) -> list[Any]:
    """Inspections with the way to the work, and what the office may publish or must answer."""
    rows = inspection_rows(session, plan, items)
    appeals = board.open_appeals(session, plan.id)
    made = []
    for row, inspection in zip(rows, items, strict=True):
        made.append(
            shapes.with_work(
                row,
                work_url=url_for("fieldwork.detail", inspection_id=inspection.id)
                if plan.is_public
                else None,
                may_publish=row.result_url is None and inspection.state in FINISHED,
                may_close=row.result_url is not None and inspection.state in ENDING,
                appeal_url=f"{row.result_url}#appeals" if inspection.id in appeals else None,
            )
        )
    return made


def organisations_of(session: Session, plan: AuditPlan) -> list[tuple[int, str]]:
    """Whom somebody may be kept from: the frame that would be, or whoever was drawn."""
    if plan.state is AuditPlanState.DRAFT:
        found = frames.framed(session, plan, clock.today())
        return [(each.organisation.id, each.organisation.name) for each in found]
    items = board.inspections_page(session, plan.id, size=500).items
    return [(each.organisation_id, each.organisation.name) for each in items]
