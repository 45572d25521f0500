"""Pages of budgets: a change asked for and agreed to, households, programmes over many sites."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from charity.accounts.models import User
from charity.actor import Grant, Role
from charity.money import Money
from charity.spending import queries
from charity.spending.models import BudgetChangeState, DeliveryState, Household
from tests.factories import make_actor
from tests.support.site import SignIn, SiteClient
from tests.web.counting import counted
from tests.web.world import World
from web.security.access import Who


def beside(answer: TestResponse, field: str) -> str:
    """The sentences beside one field."""
    found = re.search(rf'id="{field}-error">(.*?)</div>', answer.text, re.DOTALL)
    return found.group(1) if found else ""


def budget_of(world: World) -> str:
    return f"/projects/{world.things['published_project']}/budget"


def test_a_large_change_waits_for_two_and_a_small_one_does_not(
    world: World, session: Session, sign_in: SignIn, client: SiteClient
) -> None:
    change_id = int(world.things["budget_change"])
    assert "等人同意的改动" in client.get(budget_of(world)).text
    own = sign_in(world.people[Who.STAFF])
    assert own.submit(f"{budget_of(world)}/{change_id}/withdraw", {}).status_code == 303
    lines = queries.budget(session, queries.budget_change(session, change_id).budget_id).lines
    fields = {f"line_{line.id}": str(line.amount) for line in lines}
    first, second, *_ = fields
    wrong = own.submit(
        budget_of(world), fields | {first: str(lines[0].amount + Money(1)), "reason": "省一点"}
    )
    assert (wrong.status_code, "加起来和总数差" in wrong.text) == (422, True)
    assert "省一点" in wrong.text, "what was typed is kept"
    moved = Money(lines[1].amount.fen // 2)
    large = {first: str(lines[0].amount + moved), second: str(lines[1].amount - moved)}
    assert own.submit(budget_of(world), fields | large | {"reason": "多做几户"}).status_code == 303
    asked = queries.changes_of_budget(session, lines[0].budget_id)[0]
    assert asked.state is BudgetChangeState.ASKED
    for _ in range(2):
        grant = Grant(Role.APPROVER, organisation_id=int(world.things["operator"]))
        approver = sign_in(login_of(session, grant))
        assert approver.submit(f"{budget_of(world)}/{asked.id}/agree", {}).status_code == 303
    session.expire_all()
    assert queries.budget_change(session, asked.id).state is BudgetChangeState.MADE
    assert "没有改过" not in client.get(budget_of(world)).text


def login_of(session: Session, grant: Grant) -> str:
    return session.get_one(User, make_actor(session, grant).user_id).login_name


def test_a_household_is_listed_masked_and_reported_once(
    world: World, session: Session, sign_in: SignIn, client: SiteClient
) -> None:
    project, deliverable = world.things["published_project"], int(world.things["deliverable"])
    address = f"/projects/{project}/households/{deliverable}"
    own = sign_in(world.people[Who.STAFF])
    place = queries.deliverable(session, deliverable).budget.region_code
    typed = {"region_code": place, "plan": "装两根", "items": "床边抓杆,2,85.00"}
    wrong = own.submit(address, typed | {"masked_name": "王小明"})
    assert wrong.status_code == 422
    assert "王**" in beside(wrong, "masked_name")
    wrong = own.submit(address, typed | {"masked_name": "王**", "items": "抓杆"})
    assert "第 1 行" in beside(wrong, "items")
    assert own.submit(address, typed | {"masked_name": "王**"}).status_code == 303
    page = client.get(address).text
    assert "第 1 户 · 王**" in page
    assert "床边抓杆" in page
    household = session.scalars(select(Household)).one()
    report = {"deliverable_id": str(deliverable), "note": "", "household_ids": str(household.id)}
    place = f"/projects/{project}/deliveries"
    assert own.submit(place, report | {"units": "2"}).status_code == 422
    assert own.submit(place, report | {"units": "1"}).status_code == 303
    assert queries.done_at(session, deliverable) == {household.id: DeliveryState.CLAIMED}
    assert "household_ids" not in own.get(place).text, "who is reported is not offered again"


def test_a_programme_names_its_sites_and_its_average(
    world: World, session: Session, sign_in: SignIn, client: SiteClient
) -> None:
    with counted(session) as questions:
        page = client.get(f"/programmes/{world.things['programme']}").text
    assert "1 个村社，0 个乡镇（街道）" in page
    assert len(questions) <= 12
    keeper = sign_in(world.people[Who.TREASURER])
    typed = {
        "funder_id": str(world.things["operator"]), "fund_id": "0",
        "name": "新的计划", "total": "100",
        "starts_on": "2026-01-01", "ends_on": "2026-12-31", "sites": "420704001,99\n420704002",
    }  # fmt: skip
    wrong = keeper.submit("/desk/programmes/new", typed | {"sites": "洪港村"})
    assert "第 1 行" in beside(wrong, "sites")
    assert keeper.submit("/desk/programmes/new", typed).status_code in (303, 422)
    assert "资助计划" in client.get("/programmes").text
