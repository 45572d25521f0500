"""Matches and dispatch plans over the database: what changes is seen, what is sent is an offer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from charity.actor import Grant, Role
from charity.errors import Conflict, Denied, DomainError, Invalid, InvalidState
from charity.registry.models import (
    AnnualInspection,
    CreditList,
    InspectionResult,
    ListEntry,
    Rating,
)
from projects.listings import queries, services
from projects.listings.models import (
    ClaimOrigin,
    ClaimState,
    DispatchMethod,
    DispatchPlan,
    DispatchPlanState,
    DispatchRow,
    Evaluation,
    EvaluationSide,
    ListingCategory,
    Need,
    PriorityArea,
    Resource,
    ResourceKind,
    Urgency,
)
from projects.listings.queries.fitting import reliabilities
from projects.listings.reasons import DispatchReason, MatchReason, NeedsReason
from projects.listings.reliability import Record, reliability
from tests.factories import make_actor, make_region, make_user
from tests.projects.listings.community import COUNTY, GUEST, STREET, VILLAGE, Community

TODAY = date(2026, 3, 16)


# ── matches ──────────────────────────────────────────────────────────────────────────────────────


def test_matches_follow_every_change(session: Session, community: Community) -> None:
    need, near = community.open(), community.offer()
    far = community.offer(region_code=COUNTY, quantity=3)
    community.offer(category=ListingCategory.LEGAL)
    assert _found(session, need) == [near.id, far.id]
    (best, second) = queries.matches_for_need(session, need)
    assert (best.quantity, second.quantity) == (6, 3)
    assert best.reasons[0].code is MatchReason.CATEGORY_SAME
    assert sum(one.points for one in best.reasons) == best.score > second.score
    assert [one.need_id for one in queries.matches_for_resource(session, near)] == [need.id]

    # paused, then back; promised pieces; a new offer; a need that is gone
    services.pause_resource(session, community.worker, resource_id=near.id)
    assert _found(session, need) == [far.id]
    services.resume_resource(session, community.worker, resource_id=near.id)
    newest = community.offer(region_code=VILLAGE, quantity=10)
    assert _found(session, need) == [newest.id, near.id, far.id]
    assert _found(session, need, top=1) == [newest.id]
    community.accept(community.claim(need, 10, resource_id=newest.id))
    assert queries.matches_for_need(session, need) == []
    assert queries.matches_for_resource(session, near) == []
    second_need = community.open(quantity=None, urgency=Urgency.URGENT)
    (match,) = queries.matches_for_resource(session, near)
    assert (match.need_id, match.quantity) == (second_need.id, None)
    codes = {one.code for one in match.reasons}
    assert {MatchReason.URGENT, MatchReason.QUANTITY_UNKNOWN} <= codes


def test_what_is_said_of_units_and_places_counts(session: Session, community: Community) -> None:
    need, ours = community.open(), community.offer()
    theirs = services.post_resource(
        session,
        community.other_worker,
        client_id="0b5c8f4e-1e9d-4a53-9f5d-3f2f9a3b8c11",
        title="维修队",
        kind=ResourceKind.SKILLS,
        category=ListingCategory.REPAIR,
        organisation_id=community.other.id,
        region_code=STREET,
        serves_code=COUNTY,
        quantity=6,
        unit="户",
        starts_on=date(2026, 3, 1),
    )
    assert _found(session, need) == [ours.id, theirs.id]
    clerk = make_user(session).id
    session.add(
        Rating(
            organisation_id=community.other.id, grade=5, rated_on=date(2025, 1, 1),
            expires_on=date(2029, 12, 31), authority="市民政局", recorded_by_user_id=clerk,
        )
    )  # fmt: skip
    session.flush()
    assert _found(session, need) == [theirs.id, ours.id]
    session.add(
        ListEntry(
            organisation_id=community.other.id, list=CreditList.ABNORMAL, reason="未报送年报",
            listed_on=TODAY, recorded_on=TODAY, recorded_by_user_id=clerk,
        )
    )  # fmt: skip
    session.flush()
    assert _found(session, need) == [ours.id, theirs.id]
    assert reliabilities(session, TODAY) == {community.other.id: 0.0}

    claim = community.served(community.open(), 2)
    for stars, side in ((5, EvaluationSide.NEED), (1, EvaluationSide.UNIT)):
        session.add(
            Evaluation(claim_id=claim.id, side=side, stars=stars, made_at=claim.proposed_at)
        )
    session.add(
        AnnualInspection(
            organisation_id=community.unit.id, year=2025, result=InspectionResult.PASS,
            decided_on=TODAY, recorded_by_user_id=clerk,
        )
    )  # fmt: skip
    session.flush()
    said = reliabilities(session, TODAY)[community.unit.id]
    assert said == reliability(Record(1, 5, "pass")) == pytest.approx(0.6 * 0.6 + 0.2 + 0.1)
    before = queries.matches_for_need(session, need)[0]
    session.add(
        PriorityArea(
            region_code=STREET, since=TODAY, source_url="https://example.org/a",
            recorded_by_user_id=clerk,
        )
    )  # fmt: skip
    session.flush()
    after = queries.matches_for_need(session, need)[0]
    assert after.score == before.score + 200
    assert MatchReason.PRIORITY_AREA in {one.code for one in after.reasons}
    from_there = queries.matches_for_resource(session, ours)
    assert {one.need_id: one for one in from_there}[need.id] == after


def test_a_match_asks_few_questions(session: Session, community: Community) -> None:
    need = community.open()
    for _ in range(3):
        community.offer()
    queries.matches_for_need(session, need)
    asked: list[str] = []

    def note(*arguments: Any) -> None:
        asked.append(arguments[2])

    event.listen(session.connection(), "before_cursor_execute", note)
    assert len(queries.matches_for_need(session, need)) == 3
    event.remove(session.connection(), "before_cursor_execute", note)
    assert len(asked) == 2


# ── plans ────────────────────────────────────────────────────────────────────────────────────────


def _district(session: Session, community: Community) -> tuple[list[Need], list[Resource]]:
    """Two needs and two offers for which the best pair first is not the best plan.

    The broad offer fits both needs, the near one best; the narrow offer fits the near one alone.
    """
    make_region(session, "420704001203")
    near = community.open(quantity=6)
    far = community.open(quantity=6, region_code="420704001203")
    broad = community.offer(region_code=VILLAGE, quantity=6)
    narrow = community.offer(region_code=STREET, serves_code=VILLAGE, quantity=6)
    return [near, far], [broad, narrow]


def test_a_plan_is_the_optimum_beside_the_greedy_one(
    session: Session, community: Community
) -> None:
    (near, far), (broad, narrow) = _district(session, community)
    plan = services.make_plan(session, community.dispatcher, region_code=STREET)
    assert (plan.state, plan.needs_seen, plan.resources_seen) == (DispatchPlanState.DRAFT, 2, 2)
    assert plan.optimal_score > plan.greedy_score > 0
    pairs = {(row.need_id, row.resource_id): row for row in _rows(session, plan)}
    assert set(pairs) == {(near.id, narrow.id), (far.id, broad.id)}
    assert sum(row.score * row.quantity for row in pairs.values()) == plan.optimal_score
    (greedy,) = _rows(session, plan, DispatchMethod.GREEDY)
    assert (greedy.need_id, greedy.resource_id) == (near.id, broad.id)
    told = json.loads(greedy.reasons)
    assert sum(one["points"] for one in told) == greedy.score
    assert told[0]["code"] == MatchReason.CATEGORY_SAME

    sent = services.send_plan(session, community.dispatcher, plan_id=plan.id)
    assert plan.state is DispatchPlanState.SENT
    assert sent.refused == ()
    for claim in sent.claims:
        assert (claim.origin, claim.state) == (ClaimOrigin.DISPATCH, ClaimState.PROPOSED)
        assert claim.plan_row_id in {row.id for row in pairs.values()}
    # what was offered waits for an answer: another plan would not offer it again
    again = services.make_plan(session, community.dispatcher, region_code=STREET)
    assert (_rows(session, again), again.optimal_score) == ([], 0)
    with pytest.raises(InvalidState) as refused:
        services.send_plan(session, community.dispatcher, plan_id=again.id)
    assert refused.value.reason is DispatchReason.NOTHING_TO_SEND


def test_an_unknown_quantity_takes_one_lot_and_small_parts_fall_out(
    session: Session, community: Community
) -> None:
    unknown = community.open(quantity=None, unit="")
    offer = community.offer(quantity=None, unit="")
    plan = services.make_plan(
        session, community.dispatcher, region_code=VILLAGE, lots={"skills": 7}
    )
    (row,) = _rows(session, plan)
    assert (row.need_id, row.resource_id, row.quantity) == (unknown.id, offer.id, 7)
    offer.quantity = 4
    unknown.least_part = 5
    unknown.quantity = 40
    session.flush()
    plan = services.make_plan(session, community.dispatcher, region_code=VILLAGE)
    assert _rows(session, plan) == []


def test_a_dispatcher_changes_a_plan_within_what_is_there(
    session: Session, community: Community
) -> None:
    (near, far), (broad, narrow) = _district(session, community)
    actor = community.dispatcher
    plan = services.make_plan(session, actor, region_code=STREET)
    first, second = sorted(_rows(session, plan), key=lambda row: row.need_id)

    _refused(
        Invalid(DispatchReason.NEED_HAS_LESS, left=6, unit="户"),
        lambda: services.change_plan_row(session, actor, row_id=first.id, quantity=7),
    )
    changed = services.change_plan_row(session, actor, row_id=first.id, quantity=4)
    assert (changed.quantity, changed.method) == (4, DispatchMethod.MANUAL)
    add = {"plan_id": plan.id, "need_id": near.id, "resource_id": broad.id, "quantity": 2}
    _refused(
        Invalid(DispatchReason.RESOURCE_HAS_LESS, left=0, unit="户"),
        lambda: services.add_plan_row(session, actor, **add),
    )
    services.change_plan_row(session, actor, row_id=second.id, is_removed=True)
    added = services.add_plan_row(session, actor, **add)
    assert (added.method, added.quantity) == (DispatchMethod.MANUAL, 2)
    assert added.score == sum(one["points"] for one in json.loads(added.reasons))
    _refused(
        Conflict(DispatchReason.ALREADY_PLANNED),
        lambda: services.add_plan_row(session, actor, **add),
    )
    _refused(
        Invalid(DispatchReason.DOES_NOT_FIT),
        lambda: services.add_plan_row(
            session, actor, **{**add, "need_id": far.id, "resource_id": narrow.id}
        ),
    )
    # four pieces of the broad offer are left, the row taken out had six
    _refused(
        Invalid(DispatchReason.RESOURCE_HAS_LESS, left=4, unit="户"),
        lambda: services.change_plan_row(session, actor, row_id=second.id, is_removed=False),
    )
    (greedy,) = _rows(session, plan, DispatchMethod.GREEDY)
    _refused(
        InvalidState(DispatchReason.COMPARISON_ROW),
        lambda: services.change_plan_row(session, actor, row_id=greedy.id, is_removed=True),
    )

    # somebody else is faster: that row stays behind with its reason, the other goes
    services.withdraw_resource(session, community.worker, resource_id=narrow.id)
    sent = services.send_plan(session, actor, plan_id=plan.id)
    assert [claim.plan_row_id for claim in sent.claims] == [added.id]
    ((row, error),) = sent.refused
    assert (row.id, error.reason) == (first.id, NeedsReason.RESOURCE_NOT_OPEN)
    _refused(
        InvalidState(DispatchReason.NOT_A_DRAFT),
        lambda: services.discard_plan(session, actor, plan_id=plan.id),
    )


def test_plans_are_for_the_dispatchers_of_the_place(session: Session, community: Community) -> None:
    _district(session, community)
    plan = services.make_plan(session, community.above, region_code=STREET)
    (row, *_) = _rows(session, plan)
    elsewhere = make_actor(session, Grant(Role.DISPATCHER, region_code=VILLAGE))
    for actor in (GUEST, community.stranger, community.worker, elsewhere):
        for act in (
            lambda actor=actor: services.make_plan(session, actor, region_code=STREET),
            lambda actor=actor: services.send_plan(session, actor, plan_id=plan.id),
            lambda actor=actor: services.discard_plan(session, actor, plan_id=plan.id),
            lambda actor=actor: services.change_plan_row(session, actor, row_id=row.id, quantity=1),
        ):
            with pytest.raises(Denied):
                act()
    services.discard_plan(session, community.dispatcher, plan_id=plan.id)
    assert plan.state is DispatchPlanState.DISCARDED


def _found(session: Session, need: Need, top: int = 20) -> list[int]:
    return [one.resource_id for one in queries.matches_for_need(session, need, top)]


def _rows(
    session: Session, plan: DispatchPlan, method: DispatchMethod = DispatchMethod.OPTIMAL
) -> list[DispatchRow]:
    query = select(DispatchRow).where(DispatchRow.plan_id == plan.id, DispatchRow.method == method)
    return list(session.scalars(query.order_by(DispatchRow.id)))


def _refused(expected: DomainError, act: Callable[[], object]) -> None:
    with pytest.raises(type(expected)) as caught:
        act()
    assert caught.value.reason is expected.reason
    assert caught.value.params == expected.params
