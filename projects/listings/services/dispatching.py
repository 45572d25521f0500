"""A district's dispatch plan: made as the optimum, changed by hand, sent as offers (派单).

The plan takes each open need of the place and each resource that can be had there, less what
proposals ask for that wait for an answer. An unknown quantity is taken for one lot (`data/`). The
rows one gets by taking the best pair first are kept beside it for comparison and never sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, DomainError, Invalid, InvalidState
from charity.registry.models import Region
from charity.rows import insert_or, locked, present
from projects.listings import matching, policy
from projects.listings.columns import need_columns, resource_columns
from projects.listings.dispatching import Pairs, Shipment, best_plan, greedy_plan, worth
from projects.listings.intake import MOST
from projects.listings.measures import said
from projects.listings.models import (
    Claim,
    DispatchMethod,
    DispatchPlan,
    DispatchPlanState,
    DispatchRow,
    Need,
    NeedState,
    Resource,
    ResourceState,
)
from projects.listings.queries import dispatching as reading
from projects.listings.queries.matching import match_of
from projects.listings.reasons import DispatchReason
from projects.listings.scoring import all_pairs
from projects.listings.services.claims import dispatch_need

#: Needs, and resources, that one plan takes in at most.
SIZE = 2_000


@dataclass(frozen=True, slots=True)
class SentPlan:
    """The offers that went out, and the rows that could not, each with its reason."""

    claims: tuple[Claim, ...]
    refused: tuple[tuple[DispatchRow, DomainError], ...]


def make_plan(
    session: Session,
    actor: Actor,
    *,
    region_code: str,
    lots: Mapping[str, int] | None = None,
    most: int = SIZE,
) -> DispatchPlan:
    """Plan for a place: the rows worth most together, and beside them the greedy ones.

    `lots` says by kind how much an unknown quantity is taken for (`matching.lots`). At most `most`
    needs (urgent ones and the oldest first) and as many resources are seen. Raises `Denied` for who
    dispatches elsewhere, `NotFound`.
    """
    place = present(session.get(Region, region_code))
    require(policy.may_plan(actor, place.code))
    today = clock.today()
    found = reading.district(session, place.code, today=today, most=most)
    size = {**matching.lots(), **(lots or {})}
    wanted = [size[one.kind] if one.rest is None else one.rest for one in found.needs]
    offered = [size[one.kind] if one.rest is None else one.rest for one in found.resources]
    pairs = _pairs(found)
    greedy = _large_enough(greedy_plan(wanted, offered, pairs).shipments, found)
    best = _large_enough(best_plan(wanted, offered, pairs).shipments, found)
    # parts too small to be claimed have fallen out of both: what is left is compared again
    best = max(best, greedy, key=worth)
    plan = DispatchPlan(
        region_code=place.code,
        made_by_user_id=actor.user_id,
        made_at=clock.now(),
        needs_seen=len(found.needs),
        resources_seen=len(found.resources),
        optimal_score=worth(best),
        greedy_score=worth(greedy),
        state=DispatchPlanState.DRAFT,
    )
    session.add(plan)
    session.flush()
    for method, shipments in ((DispatchMethod.OPTIMAL, best), (DispatchMethod.GREEDY, greedy)):
        session.add_all(_row(plan, method, one, found) for one in shipments)
    session.flush()
    session.expire(plan, ["rows"])
    return plan


def add_plan_row(
    session: Session, actor: Actor, *, plan_id: int, need_id: int, resource_id: int, quantity: int
) -> DispatchRow:
    """Put a pair into a draft by hand; its points and reasons are those of today.

    Raises `Denied`, `InvalidState` (NOT_A_DRAFT, NEED_NOT_OPEN, RESOURCE_NOT_OPEN), `Invalid`
    (NEED_ELSEWHERE, DOES_NOT_FIT; NEED_HAS_LESS and RESOURCE_HAS_LESS with `left` and `unit`),
    `Conflict` (ALREADY_PLANNED).
    """
    plan = _draft(session, actor, plan_id)
    need = present(session.get(Need, need_id))
    resource = present(session.get(Resource, resource_id))
    if not need.region_code.startswith(plan.region_code):
        raise Invalid(DispatchReason.NEED_ELSEWHERE, field="need_id")
    if need.state is not NeedState.OPEN:
        raise InvalidState(DispatchReason.NEED_NOT_OPEN, field="need_id")
    if resource.state is not ResourceState.OPEN:
        raise InvalidState(DispatchReason.RESOURCE_NOT_OPEN, field="resource_id")
    match = match_of(session, need, resource)
    if match is None:
        raise Invalid(DispatchReason.DOES_NOT_FIT, field="resource_id")
    rows = _rows(session, plan.id)
    if any((one.need_id, one.resource_id) == (need.id, resource.id) for one in rows):
        raise Conflict(DispatchReason.ALREADY_PLANNED, field="resource_id")
    _require_left(need, resource, rows, quantity)
    row = DispatchRow(
        plan_id=plan.id,
        method=DispatchMethod.MANUAL,
        need_id=need.id,
        resource_id=resource.id,
        quantity=quantity,
        score=match.score,
        reasons=_as_json(match.reasons),
        is_removed=False,
    )
    insert_or(session, row, Conflict(DispatchReason.ALREADY_PLANNED, field="resource_id"))
    return row


def change_plan_row(
    session: Session,
    actor: Actor,
    *,
    row_id: int,
    quantity: int | None = None,
    is_removed: bool | None = None,
) -> DispatchRow:
    """Give a row of a draft another quantity, take it out, or put it back.

    A row whose quantity was changed counts as made by hand. Raises as `add_plan_row`, and
    `InvalidState` (COMPARISON_ROW) for a row of the greedy plan.
    """
    row = present(session.get(DispatchRow, row_id))
    _draft(session, actor, row.plan_id)
    session.refresh(row)
    if row.method is DispatchMethod.GREEDY:
        raise InvalidState(DispatchReason.COMPARISON_ROW)
    removed = row.is_removed if is_removed is None else is_removed
    amount = row.quantity if quantity is None else quantity
    if not removed:
        others = [one for one in _rows(session, row.plan_id) if one.id != row.id]
        _require_left(row.need, row.resource, others, amount)
    row.is_removed = removed
    if amount != row.quantity and amount > 0:
        row.quantity = amount
        row.method = DispatchMethod.MANUAL
    session.flush()
    return row


def send_plan(session: Session, actor: Actor, *, plan_id: int) -> SentPlan:
    """Send every row that stands as an offer to its unit; the plan is over then.

    A row that cannot be sent any more (somebody else was faster, the need ended) is left out and
    told with its reason; the others go. Raises `Denied`, `InvalidState` (NOT_A_DRAFT, and
    NOTHING_TO_SEND where no row stands or none could go).
    """
    plan = _draft(session, actor, plan_id)
    claims: list[Claim] = []
    refused: list[tuple[DispatchRow, DomainError]] = []
    for row in (one for one in _rows(session, plan.id) if not one.is_removed):
        try:
            with session.begin_nested():
                claim = dispatch_need(
                    session,
                    actor,
                    need_id=row.need_id,
                    organisation_id=row.resource.organisation_id,
                    team_id=row.resource.team_id,
                    resource_id=row.resource_id,
                    quantity=row.quantity,
                    plan_row_id=row.id,
                )
        except DomainError as error:
            refused.append((row, error))
        else:
            claims.append(claim)
    if not claims:
        raise InvalidState(DispatchReason.NOTHING_TO_SEND)
    plan.move_to(DispatchPlanState.SENT)
    plan.sent_at = clock.now()
    session.flush()
    return SentPlan(tuple(claims), tuple(refused))


def discard_plan(session: Session, actor: Actor, *, plan_id: int) -> DispatchPlan:
    """Throw a draft away; it stays to be read. Raises `Denied`, `InvalidState` (NOT_A_DRAFT)."""
    plan = _draft(session, actor, plan_id)
    plan.move_to(DispatchPlanState.DISCARDED)
    session.flush()
    return plan


def _pairs(found: reading.District) -> Pairs:
    """Every pair that fits and does not stand yet; two units of measure are never mixed."""
    needs, resources, scores = all_pairs(
        need_columns(found.needs), resource_columns(found.resources), today=clock.today()
    )
    pairs = Pairs(needs, resources, scores)
    if len(pairs) == 0:
        return pairs
    standing = np.zeros((len(found.needs), len(found.resources)), np.bool_)
    places = {one.id: n for n, one in enumerate(found.needs)}
    columns = {one.id: n for n, one in enumerate(found.resources)}
    for need_id, resource_id in found.standing:
        if need_id in places and resource_id in columns:
            standing[places[need_id], columns[resource_id]] = True
    units = np.array([matching.folded(one.unit) for one in found.needs])[needs]
    measures = np.array([matching.folded(one.unit) for one in found.resources])[resources]
    alike = (units == measures) | (units == "") | (measures == "")
    return pairs.some(alike & ~standing[needs, resources])


def _large_enough(shipments: Sequence[Shipment], found: reading.District) -> Sequence[Shipment]:
    """Those a unit may claim: no smaller than the smallest part, or than all that is left."""
    kept = []
    for one in shipments:
        need = found.needs[one.need]
        least = need.least_part if need.rest is None else min(need.least_part, need.rest)
        if least <= one.quantity <= MOST:
            kept.append(one)
    return kept


def _row(
    plan: DispatchPlan, method: DispatchMethod, one: Shipment, found: reading.District
) -> DispatchRow:
    need, resource = found.needs[one.need], found.resources[one.resource]
    match = matching.assess(need, resource, today=clock.today())
    return DispatchRow(
        plan_id=plan.id,
        method=method,
        need_id=need.id,
        resource_id=resource.id,
        quantity=one.quantity,
        score=one.score,
        reasons=_as_json(match.reasons if match else ()),
        is_removed=False,
    )


def _draft(session: Session, actor: Actor, plan_id: int) -> DispatchPlan:
    """The plan, locked, if the actor may change it and it is still a draft."""
    plan = locked(session, select(DispatchPlan).where(DispatchPlan.id == plan_id))
    require(policy.may_plan(actor, plan.region_code))
    if plan.state is not DispatchPlanState.DRAFT:
        raise InvalidState(DispatchReason.NOT_A_DRAFT)
    return plan


def _rows(session: Session, plan_id: int) -> list[DispatchRow]:
    """The rows to send, those taken out too, in the order in which needs are locked."""
    query = select(DispatchRow).where(
        DispatchRow.plan_id == plan_id, DispatchRow.method != DispatchMethod.GREEDY
    )
    order = (DispatchRow.need_id, DispatchRow.resource_id)
    return list(session.scalars(query.order_by(*order)))


def _require_left(
    need: Need, resource: Resource, others: Sequence[DispatchRow], quantity: int
) -> None:
    """The plan's rows that stand leave so much of both; unknown rests have no end."""
    standing = [one for one in others if not one.is_removed]
    planned = sum(one.quantity for one in standing if one.need_id == need.id)
    given = sum(one.quantity for one in standing if one.resource_id == resource.id)
    if quantity < 1:
        raise Invalid(CommonReason.NOT_POSITIVE, field="quantity")
    for row, taken, reason in (
        (need, planned, DispatchReason.NEED_HAS_LESS),
        (resource, given, DispatchReason.RESOURCE_HAS_LESS),
    ):
        if row.rest is not None and quantity > row.rest - taken:
            left = said(row.kind, row.unit, max(0, row.rest - taken))
            raise Invalid(reason, field="quantity", **left)


def _as_json(reasons: Iterable[matching.Reason]) -> str:
    """Reasons as a row of a plan keeps them: code, points and parameters."""
    told = [
        {"code": one.code.value, "points": one.points, "params": dict(one.params)}
        for one in reasons
    ]
    return json.dumps(told, ensure_ascii=False)
