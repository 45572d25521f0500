"""The desk of a dispatcher: orders by their clock, best units, plans sent as offers; desk rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.actor import Grant, Role
from projects.listings.models import (
    Claim,
    ClaimOrigin,
    ClaimState,
    DispatchPlan,
    DispatchPlanState,
    DispatchRow,
    Need,
)
from tests.conftest import SetClock
from tests.factories import make_actor
from tests.projects.listings.village import VILLAGE
from tests.support.site import SignIn, SiteClient
from tests.web.counting import counted
from tests.web.donors import text_of
from tests.web.world import World
from tests.web.world_resources import offered
from web.security.access import Who

#: Questions of one page at most.
MOST = 10


@pytest.fixture
def dispatcher(world: World, sign_in: SignIn) -> SiteClient:
    """Who takes the orders of the county."""
    return sign_in(world.people[Who.DISPATCHER])


def plan_of(session: Session, plan_id: int | str) -> DispatchPlan:
    session.expire_all()
    return session.get_one(DispatchPlan, plan_id)


def rows_of(session: Session, plan_id: int | str) -> list[DispatchRow]:
    """The rows that would be sent."""
    query = select(DispatchRow).where(DispatchRow.plan_id == plan_id)
    rows = session.scalars(query.order_by(DispatchRow.id))
    return [row for row in rows if row.method != "greedy" and not row.is_removed]


def change(client: SiteClient, plan: int | str, **said: Any) -> str:
    """One act on a plan; answers what the page says then."""
    form = {key: str(value) for key, value in said.items()}
    page = client.submit(f"/dispatch/plans/{plan}/rows", form, follow_redirects=True)
    return text_of(page)


def test_the_desk_has_orders_needs_and_proposals(
    world: World, dispatcher: SiteClient, session: Session
) -> None:
    need = session.get_one(Need, world.things["need"])
    page = text_of(dispatcher.get("/dispatch"))
    assert "请人陪着去医院" in page
    assert need.title in page
    assert "还剩" in page
    need.due_at = house_clock.now() - timedelta(days=3)
    need.escalated_to_code = "420704"
    session.commit()
    waiting = text_of(dispatcher.get("/dispatch")).partition("还没有人接的需求")[2]
    assert "吹哨" in waiting
    assert "已超 3 天" in waiting
    open_needs = [waiting.find(each.title) for each in (need,)]
    assert open_needs[0] < 200, "what is late stands on top"


def test_a_need_is_sent_to_the_best_unit(
    world: World, dispatcher: SiteClient, sign_in: SignIn, session: Session
) -> None:
    need, theirs = world.things["need"], world.things["other_resource"]
    path = f"/dispatch/needs/{need}"
    page = text_of(dispatcher.get(path))
    assert "周末维修队" in page
    assert "派给他们" in page
    assert "陈阿姨 13800002222" in page
    form = {"resource_id": str(theirs), "quantity": "2", "client_id": "send-from-a-page"}
    for wrong, words in (({"quantity": "多"}, "请写小时数"), ({"quantity": "99"}, "4 小时")):
        sent = dispatcher.submit(f"{path}/send", form | wrong, follow_redirects=True)
        assert words in text_of(sent)
    assert dispatcher.submit(f"{path}/send", form).status_code == 303
    assert dispatcher.submit(f"{path}/send", form).status_code == 303
    claim = session.scalars(select(Claim).where(Claim.resource_id == theirs)).one()
    assert (claim.origin, claim.state, claim.quantity) == (
        ClaimOrigin.DISPATCH, ClaimState.PROPOSED, 120,
    )  # fmt: skip
    assert "等单位答复" in text_of(dispatcher.get("/dispatch"))
    desk = text_of(sign_in(world.people[Who.OTHER_STAFF]).get("/desk"))
    assert "答复认领" in desk
    assert "还剩 2 天" in desk or "还剩" in desk


def test_an_unconfirmed_order_points_to_its_page(world: World, dispatcher: SiteClient) -> None:
    page = dispatcher.get(f"/dispatch/needs/{world.things['ordered_need']}")
    assert "先去核实、确认" in text_of(page)
    assert "派给他们" not in text_of(page)


def test_a_plan_is_made_changed_and_sent(
    world: World, dispatcher: SiteClient, session: Session
) -> None:
    made = dispatcher.submit("/dispatch/plans", {"region_code": "420704"})
    assert made.status_code == 303
    plan = int(made.location.rpartition("/")[2])
    page = text_of(dispatcher.get(made.location))
    assert "总体最优" in page
    assert "逐个挑最好" in page
    rows = rows_of(session, plan)
    assert rows
    row = next(each for each in rows if each.need_id == world.things["need"])
    assert "请写小时数" in change(dispatcher, plan, act="quantity", row_id=row.id, quantity="x")
    change(dispatcher, plan, act="quantity", row_id=row.id, quantity="0.5")
    assert plan_of(session, plan).state is DispatchPlanState.DRAFT
    assert session.get_one(DispatchRow, row.id).quantity == 30
    assert "已去掉" in change(dispatcher, plan, act="remove", row_id=row.id)
    assert "已去掉" not in change(dispatcher, plan, act="restore", row_id=row.id)
    sent = text_of(dispatcher.submit(f"{made.location}/send", follow_redirects=True))
    assert "派出了" in sent
    assert plan_of(session, plan).state is DispatchPlanState.SENT
    claim = session.scalars(select(Claim).where(Claim.plan_row_id == row.id)).one()
    assert claim.quantity == 30
    assert "已经派出或作废" in change(dispatcher, plan, act="remove", row_id=row.id)


def test_a_row_is_added_by_hand_and_a_plan_thrown_away(
    world: World, dispatcher: SiteClient, session: Session
) -> None:
    plan, need = world.things["dispatch_plan"], world.things["need"]
    page = text_of(dispatcher.get(f"/dispatch/plans/{plan}"))
    assert "高 11.1%" in page
    assert "数量不详的按一份算" in page
    for row in rows_of(session, plan):
        change(dispatcher, plan, act="remove", row_id=row.id)
    assert (
        "二十户老人家里的灯要换"
        in text_of(dispatcher.get(f"/dispatch/plans/{plan}")).partition("还没配上的需求")[2]
    )
    choose = text_of(dispatcher.get(f"/dispatch/needs/{need}?plan={plan}"))
    assert "加进方案" in choose
    other = int(world.things["other_organisation"])
    giver = make_actor(session, Grant(Role.OWNER, organisation_id=other))
    offer = offered(session, giver, other, VILLAGE)
    session.commit()
    assert "电工师傅" in text_of(dispatcher.get(f"/dispatch/needs/{need}?plan={plan}"))
    said = {"act": "add", "need_id": need, "resource_id": offer.id, "quantity": "1"}
    assert "方案已改" in change(dispatcher, plan, **said)
    assert [row.quantity for row in rows_of(session, plan)] == [60]
    assert "方案里已经有" in change(dispatcher, plan, **said)
    assert dispatcher.submit(f"/dispatch/plans/{plan}/discard").status_code == 303
    assert plan_of(session, plan).state is DispatchPlanState.DISCARDED


def test_a_plan_wants_a_place_of_ones_own(dispatcher: SiteClient, sign_in: SignIn) -> None:
    wrong = dispatcher.submit("/dispatch/plans", {"region_code": "没有这里"})
    assert wrong.status_code == 422
    assert "没有这里" in wrong.text
    elsewhere = dispatcher.submit("/dispatch/plans", {"region_code": "4207"})
    assert elsewhere.status_code in (403, 422)
    assert dispatcher.get("/dispatch/plans/99999999").status_code == 404


def test_the_desk_tells_each_side_what_waits(world: World, sign_in: SignIn) -> None:
    community = text_of(sign_in(world.people[Who.DISPATCHER]).get("/desk"))
    assert "确认点单" in community
    assert "确认服务" in community
    lender = text_of(sign_in(world.people[Who.STAFF]).get("/desk"))
    assert "答复借用" in lender
    unit = text_of(sign_in(world.people[Who.OTHER_STAFF]).get("/desk"))
    assert "评价" in unit


def test_pages_ask_few_questions(
    world: World, session: Session, dispatcher: SiteClient, clock: SetClock
) -> None:
    things = world.things
    for path in (
        "/dispatch",
        f"/dispatch/needs/{things['need']}",
        "/dispatch/plans",
        f"/dispatch/plans/{things['dispatch_plan']}",
    ):
        dispatcher.get(path)
        with counted(session) as sent:
            assert dispatcher.get(path).status_code == 200
        shown = "\n".join(" ".join(each.split())[:160] for each in sent)
        assert len(sent) <= MOST, f"{path}\n{shown}"
