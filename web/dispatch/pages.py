"""What the pages of a dispatcher show, in words."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import ROLE_PERMISSIONS, Actor, Permission
from charity.paging import Page
from charity.registry import queries as registry
from projects.listings import queries as listings
from projects.listings.matching import lots
from projects.listings.models import (
    Claim,
    ClaimOrigin,
    DispatchMethod,
    DispatchPlan,
    DispatchPlanState,
    DispatchRow,
    Need,
    NeedState,
    ResourceKind,
    Urgency,
)
from projects.listings.queries.desk import PLAN_ROWS, PlanTotals
from projects.listings.timeliness import CAPACITY_DAYS
from web.desk.shape import InboxRow
from web.filters import moment
from web.labels import kept_sentence, label
from web.resources.fields import unit_of, write_quantity
from web.resources.matches import NeedMatches, in_a_row, resource_fits, to_send
from web.resources.words import amount_said, due_said, fit_said, is_late, wanted_said

#: Rows of each heap of the desk at most.
MOST = 60
#: Plans in the list, and needs without a partner named on a plan's page.
PLANS, LEFT_OUT = 20, 20


def places_of(actor: Actor) -> Collection[str] | None:
    """The codes below which the actor dispatches; None for everywhere."""
    grants = [
        each for each in actor.grants if Permission.NEED_DISPATCH in ROLE_PERMISSIONS[each.role]
    ]
    if any(each.region_code is None for each in grants):
        return None
    return sorted({each.region_code for each in grants if each.region_code is not None})


def where_said(session: Session, codes: Collection[str] | None) -> str:
    """The places of a dispatcher by name."""
    if codes is None:
        return str(_("全部地方"))
    names = registry.region_names(session, codes)
    return str(_("、")).join(names[code] for code in codes if code in names)


def desk_context(session: Session, actor: Actor) -> dict[str, Any]:
    """The three heaps of a dispatcher."""
    codes = places_of(actor)
    orders = listings.orders_waiting(session, codes, limit=MOST)
    waiting = listings.needs_by_clock(session, codes, limit=MOST)
    claims = listings.proposals_waiting(session, codes, limit=MOST)
    return {
        "where": where_said(session, codes),
        "orders": [_order(need) for need in orders],
        "waiting": [_open(need) for need in waiting],
        "proposals": [_proposal(claim) for claim in claims],
        "cut": MOST if MOST in (len(orders), len(waiting), len(claims)) else None,
    }


def _order(need: Need) -> InboxRow:
    urgent = need.urgency is Urgency.URGENT
    hours = (clock.now() - need.posted_at).total_seconds() // 3600
    return InboxRow(
        kind_label=label(need.urgency) if urgent else label(need.kind),
        kind="seal" if urgent else "gold",
        title=need.title,
        url=url_for("needs.detail", need_id=need.id),
        meta=f"{need.region.name} · {wanted_said(need)}",
        due=_("已等 %(n)s 小时", n=int(hours)) if hours else _("刚刚"),
        late=hours >= (4 if urgent else 48),
    )


def _open(need: Need, **link: Any) -> InboxRow:
    late, called = is_late(need.due_at), need.escalated_to_code is not None
    return InboxRow(
        kind_label=_("吹哨") if called else label(need.urgency),
        kind="bad" if late or called else "gold" if need.urgency is Urgency.URGENT else "",
        title=need.title,
        url=url_for("dispatch.need", need_id=need.id, **link),
        meta=" · ".join((need.region.name, label(need.kind), wanted_said(need))),
        due=due_said(need.due_at),
        late=late,
    )


def _proposal(claim: Claim) -> InboxRow:
    by_unit = claim.origin is ClaimOrigin.UNIT
    amount = amount_said(claim.need.kind, claim.quantity, claim.need.unit)
    return InboxRow(
        kind_label=_("你来答复") if by_unit else _("等单位答复"),
        kind="gold" if by_unit else "",
        title=claim.need.title,
        url=url_for("claims.detail", claim_id=claim.id),
        meta=f"{unit_said(claim)} · {amount}",
        due=due_said(claim.answer_due_at),
        late=is_late(claim.answer_due_at),
    )


def unit_said(claim: Claim) -> str:
    """The unit of a claim; a volunteer who comes alone stays unnamed."""
    if claim.team is not None:
        return claim.team.name
    return claim.organisation.name if claim.organisation is not None else str(_("一位志愿者"))


def need_context(session: Session, need: Need, plan: DispatchPlan | None) -> dict[str, Any]:
    """One need for its dispatcher; with `plan`, units are added to that plan instead of asked."""
    is_open = need.state is NeedState.OPEN
    claims = listings.claims_of_need(session, need.id)
    return {
        "need": need,
        "plan": plan,
        "facts": _facts(need),
        "clock": due_said(need.due_at) if is_open else moment(need.posted_at),
        "claims": [
            {
                "url": url_for("claims.detail", claim_id=claim.id),
                "unit": unit_said(claim),
                "amount": amount_said(need.kind, claim.quantity, need.unit),
                "state": label(claim.state),
                "clock": due_said(claim.answer_due_at) if claim.state == "proposed" else "",
            }
            for claim in claims
        ],
        "matches": _choices(session, need, plan) if is_open and need.rest != 0 else None,
    }


def _choices(session: Session, need: Need, plan: DispatchPlan | None) -> NeedMatches:
    if plan is None:
        return to_send(session, need)
    rows = resource_fits(session, need)
    hidden = {"act": "add", "need_id": str(need.id)}
    action = url_for("dispatch.change", plan_id=plan.id)
    return NeedMatches(rows, action, _("加进方案"), hidden)


def _facts(need: Need) -> list[tuple[str, Any]]:
    """Who needs what and whom to call, for who dispatches."""
    contact = " ".join(part for part in (need.contact_name, need.contact_phone) if part)
    poster = need.organisation.name if need.organisation else _("居民")
    return [
        (_("要什么"), f"{label(need.kind)} · {label(need.category)}"),
        (_("多少"), amount_said(need.kind, need.quantity, need.unit)),
        (_("还缺"), wanted_said(need) if need.quantity is not None else None),
        (_("给谁"), label(need.beneficiary_group)),
        (_("地方"), need.region.name),
        (_("什么时候"), _days(need)),
        (_("谁点的"), poster),
        (_("联系人"), contact or None),
        (_("住址"), need.address or None),
        (_("条件"), need.conditions or None),
    ]


def _days(need: Need) -> str:
    if need.ends_on is None:
        return str(_("%(day)s 起", day=need.starts_on.isoformat()))
    return f"{need.starts_on.isoformat()} — {need.ends_on.isoformat()}"


# ── plans ────────────────────────────────────────────────────────────────────────────────────────


def plan_context(session: Session, plan: DispatchPlan, number: int) -> dict[str, Any]:
    """A plan with its comparison, one page of its rows, and the needs nobody was found for."""
    none = PlanTotals(0, 0, 0)
    totals = listings.plan_totals(session, plan.id)
    best, greedy = totals.get(True, none), totals.get(False, none)
    rows, total = listings.plan_rows(session, plan.id, page=number)
    is_draft = plan.state is DispatchPlanState.DRAFT
    left_out = listings.needs_left_out(session, plan, limit=LEFT_OUT) if is_draft else []
    return {
        "plan": plan,
        "is_draft": is_draft,
        "best": best,
        "greedy": greedy,
        "verdict": _verdict(plan, best, greedy),
        "rows": [_row(plan, row) for row in rows],
        "page": Page(rows, number, PLAN_ROWS, total),
        "page_url": lambda n: url_for("dispatch.plan", plan_id=plan.id, page=n),
        "lots": lots_said(),
        "capacity_days": CAPACITY_DAYS,
        "left_out": [_open(need, plan=plan.id) for need in left_out],
    }


def lots_said() -> list[str]:
    """How much an unknown quantity is taken for, by kind; kinds of one piece are left out."""
    return [
        f"{label(ResourceKind(kind))} {amount_said(ResourceKind(kind), lot, _('件'))}"
        for kind, lot in lots().items()
        if lot > 1
    ]


def _verdict(plan: DispatchPlan, best: PlanTotals, greedy: PlanTotals) -> str:
    """The difference between the two ways, in a sentence."""
    if plan.optimal_score == 0:
        return str(_("这里的需求和资源一对也配不上。"))
    if plan.optimal_score == plan.greedy_score:
        return str(_("两种分法一样好。"))
    per_mille = (plan.optimal_score - plan.greedy_score) * 1000 // max(plan.greedy_score, 1)
    more = f"{per_mille // 10}.{per_mille % 10}%"
    needs = best.needs - greedy.needs
    if needs > 0:
        return str(
            _("总体最优比逐个挑最好高 %(more)s，多照顾到 %(n)s 个需求。", more=more, n=needs)
        )
    return str(_("总体最优比逐个挑最好高 %(more)s。", more=more))


def _row(plan: DispatchPlan, row: DispatchRow) -> dict[str, Any]:
    need = row.need
    unit = need.unit or str(_("份"))
    return {
        "id": row.id,
        "need": need.title,
        "need_url": url_for("dispatch.need", need_id=need.id),
        "more_url": url_for("dispatch.need", need_id=need.id, plan=plan.id),
        "resource": row.resource.title,
        "resource_url": url_for("resources.detail", resource_id=row.resource_id),
        "place": need.region.name,
        "amount": amount_said(need.kind, row.quantity, unit),
        "fit": fit_said(row.score),
        "reasons": _reasons(row),
        "is_manual": row.method is DispatchMethod.MANUAL,
        "unknown": need.quantity is None,
        "removed": row.is_removed,
        "typed": write_quantity(need.kind, row.quantity),
        "unit": unit_of(need.kind, unit),
    }


def _reasons(row: DispatchRow) -> list[str]:
    kept = json.loads(row.reasons)
    return [in_a_row(kept_sentence(each["code"], each["params"])) for each in kept]
