"""States and the rows that the database itself refuses."""

from collections.abc import Callable
from datetime import date
from itertools import product
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from charity.errors import CommonReason, InvalidState
from charity.registry.models import (
    CAMPAIGN_TRANSITIONS,
    ORGANISATION_TRANSITIONS,
    Campaign,
    CampaignState,
    Organisation,
    OrganisationState,
)
from tests.factories import BEGINNING, make_operator, make_organisation, make_region, make_user

ORGANISATION_STEPS = {
    (OrganisationState.PENDING, OrganisationState.VERIFIED),
    (OrganisationState.PENDING, OrganisationState.RETURNED),
    (OrganisationState.RETURNED, OrganisationState.PENDING),
}


@pytest.mark.parametrize(("before", "after"), list(product(OrganisationState, OrganisationState)))
def test_every_pair_of_states_of_an_organisation(
    before: OrganisationState, after: OrganisationState
) -> None:
    organisation = Organisation(state=before)
    if (before, after) in ORGANISATION_STEPS:
        organisation.move_to(after)
        assert organisation.state is after
        return
    with pytest.raises(InvalidState) as refusal:
        organisation.move_to(after)
    assert refusal.value.reason is CommonReason.WRONG_STATE
    assert organisation.state is before


@pytest.mark.parametrize(("before", "after"), list(product(CampaignState, CampaignState)))
def test_every_pair_of_states_of_a_campaign(before: CampaignState, after: CampaignState) -> None:
    campaign = Campaign(state=before)
    if (before, after) == (CampaignState.OPEN, CampaignState.ENDED):
        campaign.move_to(after)
        assert campaign.state is after
        return
    with pytest.raises(InvalidState):
        campaign.move_to(after)
    assert campaign.state is before


def test_every_state_has_its_line_in_the_table() -> None:
    assert set(ORGANISATION_TRANSITIONS) == set(OrganisationState)
    assert set(CAMPAIGN_TRANSITIONS) == set(CampaignState)


def insert(session: Session, table: str, **values: object) -> None:
    """One row by hand, past models and services."""
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)


def region(**more: object) -> dict[str, object]:
    return {"code": "420799", "name": "某区", "level": 3, "parent_code": "4207"} | more


@pytest.mark.parametrize(
    "row",
    [
        region(level=4),
        region(code="42079", level=3),
        region(parent_code=None),
        region(parent_code="4201"),
        region(parent_code="420799"),
        region(code="43", level=1, parent_code="42"),
    ],
)
def test_places_that_cannot_be(session: Session, row: dict[str, object]) -> None:
    make_region(session, "420704")
    make_region(session, "4201")
    insert(session, "region", **region(code="420798"))
    with pytest.raises(IntegrityError):
        insert(session, "region", **row)


def organisation(**more: object) -> dict[str, object]:
    return {
        "name": "鄂城某某服务中心",
        "kind": "social_service_org",
        "uscc": "52420704MJH000027A",
        "region_code": "420704",
        "introduction": "",
        "contact_name": "",
        "contact_phone": "",
        "is_charity": False,
        "state": "pending",
        "registered_at": "2026-01-05 02:00:00",
        "verification_note": "",
        "is_social_work_agency": False,
    } | more


GROUP = {"kind": "community_group", "uscc": None}


@pytest.mark.parametrize("more", [{}, GROUP, {"state": "returned"}])
def test_organisations_that_can_be(session: Session, more: dict[str, object]) -> None:
    make_region(session)
    insert(session, "organisation", **organisation(**more))


@pytest.mark.parametrize(
    "more",
    [
        {"uscc": None},
        {"kind": "community_group"},
        {"uscc": "52420704MJH00002A"},
        {"state": "verified"},
        {"certificate_number": "C", "certificate_from": "2026-01-01"},
        {"is_charity": True, "certificate_number": "C"},
        {"is_charity": True, "certificate_from": "2026-01-01"},
        {"is_charity": True, "certificate_until": "2026-01-01"},
        {
            "is_charity": True,
            "certificate_number": "C",
            "certificate_from": "2026-01-02",
            "certificate_until": "2026-01-01",
        },
        {"name": "已有的"},
        {"uscc": "51420704MJH000019J"},
        {"region_code": "420799"},
        {"verified_by_user_id": 10**9},
    ],
)
def test_organisations_that_cannot_be(session: Session, more: dict[str, object]) -> None:
    make_region(session)
    insert(session, "organisation", **organisation(name="已有的", uscc="51420704MJH000019J"))
    with pytest.raises(IntegrityError):
        insert(session, "organisation", **organisation(**more))


def test_one_identity_is_one_row(session: Session) -> None:
    insert(session, "person", name="甲", identity_hash=b"1" * 32)
    insert(session, "person", name="乙", identity_hash=None)
    insert(session, "person", name="丙", identity_hash=None)
    with pytest.raises(IntegrityError):
        insert(session, "person", name="丁", identity_hash=b"1" * 32)


def agreement(charity: int, partner: int, user: int, **more: object) -> dict[str, object]:
    return {
        "charity_id": charity,
        "partner_id": partner,
        "number": "A-1",
        "signed_on": "2026-01-05",
        "ends_on": None,
        "assessment_note": "",
        "supervision_note": "",
        "assessed_by_user_id": user,
    } | more


@pytest.mark.parametrize(
    "change",
    [
        lambda charity, partner: {"partner_id": charity},
        lambda charity, partner: {"ends_on": "2026-01-04"},
        lambda charity, partner: {"number": "A-0"},
        lambda charity, partner: {"partner_id": 10**9},
    ],
)
def test_agreements_that_cannot_be(
    session: Session, change: Callable[[int, int], dict[str, Any]]
) -> None:
    charity, partner = make_operator(session).id, make_organisation(session).id
    user = make_user(session).id
    insert(session, "partner_agreement", **agreement(charity, partner, user, number="A-0"))
    insert(session, "partner_agreement", **agreement(charity, partner, user))
    row = agreement(charity, partner, user, number="A-2") | change(charity, partner)
    with pytest.raises(IntegrityError):
        insert(session, "partner_agreement", **row)


@pytest.mark.parametrize("more", [{"ends_on": "2026-01-04"}, {"number": "P-0"}])
def test_plans_that_cannot_be(session: Session, more: dict[str, object]) -> None:
    row: dict[str, object] = {
        "charity_id": make_operator(session).id,
        "number": "P-0",
        "purpose": "适老化改造",
        "emergency": "",
        "awaits_filing": False,
        "filed_on": "2026-01-01",
        "starts_on": "2026-01-05",
        "ends_on": "2026-01-05",
    }
    insert(session, "fundraising_plan", **row)
    with pytest.raises(IntegrityError):
        insert(session, "fundraising_plan", **(row | {"number": "P-1"} | more))


def test_a_day_is_a_day_and_an_instant_is_aware(session: Session) -> None:
    operator = make_operator(session)
    session.refresh(operator)
    assert operator.certificate_from == date(2025, 1, 1)
    assert operator.registered_at == BEGINNING
    assert operator.registered_at.tzinfo is not None
