"""What came, said by both sides; gifts that keep a promise count once; both sides evaluate."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from charity.donations.models import PledgeFulfilment, PledgeState
from charity.donations.services import keeping
from charity.donations.services.pledges import lock_pledge
from charity.errors import Conflict, Denied, Invalid, InvalidState
from charity.money import Money
from projects.listings import queries, services
from projects.listings.models import (
    Claim,
    ClaimState,
    EvaluationSide,
    NeedState,
    ResourceKind,
    ServiceRecord,
)
from tests.conftest import SetClock
from tests.projects.listings.community import GUEST, SYSTEM, Community


def test_help_counts_once_both_sides_have_said_so(community: Community) -> None:
    session = community.session
    need = community.open()
    claim = community.accept(community.claim(need, 4))
    record = community.report(claim, 3, people=3, times=5)
    assert (record.counts, need.delivered) == (False, 0)
    for actor in (community.worker, community.stranger, GUEST):
        with pytest.raises(Denied):
            services.confirm_service(session, actor, record_id=record.id)
    for _ in range(2):
        services.confirm_service(session, GUEST, record_id=record.id, token=need.token)
    assert (record.counts, need.delivered) == (True, 3)
    assert need.first_delivered_at is not None
    with pytest.raises(InvalidState):
        services.refuse_service(session, community.dispatcher, record_id=record.id, note="没有来")
    services.finish_claim(session, community.worker, claim_id=claim.id)
    services.confirm_claim(session, GUEST, claim_id=claim.id, token=need.token)
    # of four promised three came: one is free again
    assert (claim.state, need.promised, need.state) == (ClaimState.CONFIRMED, 3, NeedState.OPEN)


def test_all_that_came_fulfils_the_need_and_it_may_be_opened_again(community: Community) -> None:
    need = community.open()
    claim = community.served(need, 10)
    services.confirm_claim(community.session, GUEST, claim_id=claim.id, token=need.token)
    assert (need.state, need.delivered) == (NeedState.FULFILLED, 10)
    assert all(record.counts for record in claim.records)
    services.reopen_need(community.session, community.dispatcher, need_id=need.id, note="又坏了")
    assert (need.state, need.closed_at) == (NeedState.OPEN, None)


def test_an_unknown_need_is_fulfilled_by_the_word_of_its_community(community: Community) -> None:
    session = community.session
    need = community.open(quantity=None)
    with pytest.raises(InvalidState):
        services.fulfil_need(session, community.dispatcher, need_id=need.id)
    claim = community.accept(community.claim(need))
    community.report(claim, 0, people=2)
    services.finish_claim(session, community.worker, claim_id=claim.id)
    services.confirm_claim(session, community.dispatcher, claim_id=claim.id)
    states = [need.state]
    services.fulfil_need(session, community.dispatcher, need_id=need.id)
    assert [*states, need.state] == [NeedState.OPEN, NeedState.FULFILLED]
    with pytest.raises(InvalidState):
        services.fulfil_need(session, community.dispatcher, need_id=community.open().id)


def test_what_was_not_so_never_counts_and_a_claim_needs_a_report(community: Community) -> None:
    session = community.session
    claim = community.accept(community.claim(community.open(), 4))
    with pytest.raises(InvalidState):
        services.finish_claim(session, community.worker, claim_id=claim.id)
    record = community.report(claim, 4)
    services.refuse_service(session, community.dispatcher, record_id=record.id, note="没有来")
    assert not record.counts
    community.report(claim, 4)
    with pytest.raises(InvalidState):
        services.confirm_service(session, community.dispatcher, record_id=record.id)


def test_hours_of_a_team_are_minutes_both_sides_confirm(community: Community) -> None:
    need = community.open(kind=ResourceKind.HOURS, quantity=240, title="陪读", unit="")
    claim = community.accept(community.claim(need, 240, team_id=community.team.id))
    record = community.report(claim, minutes=300, people=4)
    assert (record.quantity, record.minutes, record.people, record.times) == (300, 300, 4, 4)
    services.confirm_service(community.session, community.dispatcher, record_id=record.id)
    assert (need.delivered, need.state) == (300, NeedState.FULFILLED)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"days": 1}, "delivered_on"),
        ({"days": -1}, "delivered_on"),
        ({"quantity": 5}, "quantity"),
        ({"quantity": 0}, "quantity"),
        ({"people": 3, "times": 2}, "times"),
        ({"minutes": -1}, "minutes"),
        ({"value": Money(-1)}, "value"),
        ({"note": "打 13800138000"}, "note"),
    ],
)
def test_a_report_that_cannot_be_is_refused_beside_its_field(
    community: Community, clock: SetClock, changed: dict[str, Any], field: str
) -> None:
    claim = community.accept(community.claim(community.open(), 4))
    day = (clock.now + timedelta(days=changed.pop("days", 0))).date()
    with pytest.raises(Invalid) as refused:
        community.report(claim, **{"delivered_on": day, **changed})
    assert refused.value.field == field


def test_one_person_does_not_speak_for_both_sides(community: Community) -> None:
    need = community.open(kind=ResourceKind.HOURS, quantity=60, title="护学", unit="")
    claim = community.claim(need, 60, actor=community.volunteer, organisation_id=None)
    community.accept(claim)
    record = community.report(claim, minutes=60, actor=community.volunteer)
    with pytest.raises(Denied):
        services.confirm_service(
            community.session, community.volunteer, record_id=record.id, token=need.token
        )


# ── gifts ────────────────────────────────────────────────────────────────────────────────────────


def keep(community: Community, claim: Claim, source: str, fen: int) -> None:
    """A gift, or a refund of it, keeps the claim's promise."""
    pledge = lock_pledge(community.session, claim.pledge_id or 0)
    keeping.record_part(community.session, pledge, source=source, amount=Money(fen))


def test_gifts_that_keep_the_promise_count_once_and_refunds_take_off(
    community: Community,
) -> None:
    session = community.session
    need = community.open(kind=ResourceKind.MONEY, quantity=50_000, unit="")
    claim = community.accept(community.claim(need, 50_000))
    with pytest.raises(InvalidState):
        community.report(claim, 1)
    keep(community, claim, "donation:1", 20_000)
    assert [services.take_in_gifts(session, SYSTEM) for _ in "ab"] == [1, 0]
    assert (need.delivered, claim.state) == (20_000, ClaimState.ACCEPTED)
    keep(community, claim, "donation:2", 30_000)
    services.take_in_gifts(session, SYSTEM)
    assert (need.state, claim.state) == (NeedState.FULFILLED, ClaimState.CONFIRMED)
    keep(community, claim, "refund:1", -20_000)
    assert services.take_in_gifts(session, SYSTEM) == 1
    assert (need.state, need.delivered) == (NeedState.OPEN, 30_000)
    query = select(ServiceRecord).where(ServiceRecord.claim_id == claim.id)
    records = session.scalars(query.order_by(ServiceRecord.id)).all()
    assert sum(record.quantity for record in records if record.counts) == need.delivered
    parts = session.scalars(select(PledgeFulfilment.id).order_by(PledgeFulfilment.id))
    assert [r.client_id for r in records] == [f"pledge_fulfilment:{part}" for part in parts]
    assert records[0].value == Money(20_000)
    assert lock_pledge(session, claim.pledge_id or 0).state is PledgeState.PARTLY_KEPT


# ── 双向评价 ─────────────────────────────────────────────────────────────────────────────────────


def test_both_sides_evaluate_once_and_everybody_may_read_it(community: Community) -> None:
    session = community.session
    need = community.open()
    claim = community.served(need, 10)
    unit: dict[str, Any] = {"claim_id": claim.id, "side": EvaluationSide.UNIT, "stars": 4}
    side: dict[str, Any] = {"claim_id": claim.id, "side": EvaluationSide.NEED, "stars": 5}
    with pytest.raises(InvalidState):
        services.evaluate(session, community.worker, **unit)
    services.confirm_claim(session, community.dispatcher, claim_id=claim.id)
    wrong: list[tuple[Any, dict[str, Any]]] = [
        (community.dispatcher, unit),
        (community.worker, side),
        (GUEST, side),
    ]
    for actor, said in wrong:
        with pytest.raises(Denied):
            services.evaluate(session, actor, **said)
    with pytest.raises(Invalid):
        services.evaluate(session, community.worker, **{**unit, "stars": 6})
    with pytest.raises(Invalid):
        services.evaluate(session, community.worker, words="13800138000", **unit)
    services.evaluate(session, community.worker, **unit)
    heard = services.evaluate(session, GUEST, token=need.token, words="师傅很细心", **side)
    with pytest.raises(Conflict):
        services.evaluate(session, GUEST, token=need.token, **side)
    assert [e.stars for e in queries.evaluations_of_need(session, need.id)] == [4, 5]
    of_unit = queries.evaluations_of_unit(session, organisation_id=community.unit.id)
    assert of_unit == [heard]
    with pytest.raises(Denied):
        services.hide_evaluation(
            session, community.worker, evaluation_id=heard.id, reason="不想让人看"
        )
    services.hide_evaluation(
        session, community.dispatcher, evaluation_id=heard.id, reason="写了姓名"
    )
    assert (heard.hidden_because, heard.stars) == ("写了姓名", 5)


def test_claims_are_found_from_every_side(community: Community) -> None:
    session = community.session
    need = community.open()
    claim = community.served(need, 3)
    alone = community.claim(need, 1, actor=community.volunteer, organisation_id=None)
    assert queries.claims_of_need(session, need.id) == [claim, alone]
    assert queries.claims_of_unit(session, organisation_ids=[community.unit.id]) == [claim]
    assert queries.claims_of_unit(session, user_id=community.volunteer.user_id) == [alone]
    assert queries.claims_of_unit(session) == []
    assert queries.claim(session, claim.id).records[0].quantity == 3
