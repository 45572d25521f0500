"""The roster of an organisation, and the review of a payment that touches it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.approvals.models import Requirement, RequirementKind, RequirementState
from charity.registry.models import RelatedParty
from tests.support.site import SignIn
from tests.web.world import World
from tests.web.world_related import PAYEE
from web.security.access import Who

FORM = {
    "name": "李秀英",
    "relation": "council",
    "relative_of_id": "",
    "office": "chair",
    "employer": "",
    "identity": "110101199003072615",
    "phone": "13812345678",
    "address": "",
    "account": "",
    "since": "2026-03-01",
}


def test_an_owner_keeps_the_roster_and_no_number_is_kept(
    session: Session, world: World, sign_in: SignIn
) -> None:
    path = f"/organisations/{world.things['organisation']}/related"
    browser = sign_in(world.people[Who.STAFF])
    page = browser.get(path).text
    assert PAYEE in page
    assert "没有专职的秘书长" in page
    wrong = browser.submit(path, FORM | {"relation": "relative", "name": ""})
    assert wrong.status_code == 422
    assert 'value="13812345678"' in wrong.text
    assert browser.submit(path, FORM).status_code == 303
    party = session.scalars(select(RelatedParty).where(RelatedParty.name == "李秀英")).one()
    assert party.identity_hash
    assert party.phone_hash
    assert party.account_hash is None
    page = browser.get(path).text
    assert "李秀英" in page
    assert "110101199003072615" not in page
    ended = browser.submit(f"{path}/{party.id}/end")
    assert ended.status_code == 303
    assert "2026-03-16" in browser.get(path).text


def test_an_unconcerned_reviewer_lets_the_payment_go_on(
    session: Session, world: World, sign_in: SignIn
) -> None:
    path = f"/desk/conflicts/{world.things['conflict_expense']}"
    browser = sign_in(world.people[Who.REVIEWER])
    assert "水泥和沙子" in browser.get("/desk/conflicts").text
    page = browser.get(path).text
    assert PAYEE in page
    assert "名称" in page
    assert "6222020200009876543" not in page
    assert browser.submit(path, {"note": ""}).status_code == 422
    assert browser.submit(path, {"note": "三家比过价"}).status_code == 303
    asked = session.scalars(
        select(Requirement).where(
            Requirement.subject == f"expense:{world.things['conflict_expense']}",
            Requirement.kind == RequirementKind.CONFLICT_REVIEW,
        )
    ).one()
    assert asked.state is RequirementState.MET
    assert "三家比过价" in browser.get(path).text
    assert browser.get(f"/desk/conflicts/{world.things['expense']}").status_code == 404
