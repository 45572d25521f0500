"""Pages of standing: what staff keep, what anybody reads of it, and why something is stopped."""

from __future__ import annotations

import io
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Grant, Role
from charity.registry import services
from charity.registry.models import CreditList, EligibilityDecision, ListEntry, Verification
from charity.rules import PARAMETERS
from tests.conftest import SetClock
from tests.factories import make_actor, make_user
from tests.fixtures.pictures import good_jpeg
from tests.projects.listings.village import Village, make_village
from tests.support.site import SignIn, SiteClient
from web.config import DEMO_OPERATOR
from web.labels.rules import PART_TITLES, RULE_TITLES


@pytest.fixture
def village(session: Session, clock: SetClock) -> Village:
    village = make_village(session)
    village.operator.uscc = DEMO_OPERATOR
    return village


@pytest.fixture
def staff(session: Session, village: Village, sign_in: SignIn) -> SiteClient:
    user = make_user(session)
    make_actor(session, Grant(Role.VERIFIER, region_code="420704"), user=user)
    session.commit()
    return sign_in(user)


def test_each_thing_an_authority_says_is_kept_and_shown_with_its_source(
    session: Session, village: Village, staff: SiteClient, client: SiteClient
) -> None:
    page = f"/organisations/{village.partner.id}"
    desk = f"{page}/standing"
    assert "资格检查" in staff.get(page).text
    told = {
        "inspection": {"year": "2025", "result": "pass", "decided_on": "2026-03-01"},
        "rating": {"grade": "4", "rated_on": "2026-03-02", "authority": "鄂州市民政局"},
        "certificate": {
            "number": "A4207-0099", "basis": "applied", "charity_since": "2024-03-01",
            "valid_from": "2026-03-01",
        },
        "deductible": {"deductible_from": "2026-01-01", "deductible_until": "2028-12-31"},
        "listing": {
            "which": "serious", "listed_on": "2026-03-13", "reason": "提供虚假材料",
            "source_url": "https://mzj.example/7",
        },
    }  # fmt: skip
    for what, said in told.items():
        sent = {f"{what}-{name}": value for name, value in said.items()}
        answer = staff.submit(desk, {"what": what, **sent})
        assert answer.status_code == 303, what
    shown = client.get(page).text
    for words in (
        "2025 年度检查", "4A，有效到 2031-03-02", "A4207-0099，2026-03-01 起有效",
        "有，2026-01-01 至 2028-12-31", "提供虚假材料", "https://mzj.example/7",
        "停止付款（规则 ORG-17）",
    ):  # fmt: skip
        assert words in shown, words
    assert "资格检查" not in shown
    assert "现在停止发布新项目" in staff.get(page).text
    [entry] = session.scalars(select(ListEntry)).all()
    staff.submit(
        f"/organisations/standing/entries/{entry.id}/leave",
        {"removed_on": "2026-03-16"},
    )
    assert "停止付款" not in client.get(page).text
    assert "2026-03-13 列入，2026-03-16 移出" in client.get(page).text


def test_what_is_wrong_is_said_beside_its_field(village: Village, staff: SiteClient) -> None:
    answer = staff.submit(
        f"/organisations/{village.partner.id}/standing",
        {
            "what": "certificate", "certificate-number": "A1", "certificate-basis": "applied",
            "certificate-charity_since": "2025-03-02", "certificate-valid_from": "2026-03-01",
        },
    )  # fmt: skip
    assert answer.status_code == 422
    assert "最早是 2026-03-02" in answer.text


def test_cha_120_the_paper_of_a_verification_is_for_who_records_standing(
    session: Session, village: Village, staff: SiteClient, client: SiteClient
) -> None:
    desk = f"/organisations/{village.partner.id}/standing"
    said = {"what": "verification", "verification-thing": "certificate",
            "verification-note": "看过原件"}  # fmt: skip
    refused = staff.submit(
        desk, {**said, "verification-paper": (io.BytesIO(b"MZ nothing"), "a.jpg")}
    )
    assert refused.status_code == 422
    kept = staff.submit(desk, {**said, "verification-paper": (io.BytesIO(good_jpeg()), "a.jpg")})
    assert kept.status_code == 303
    [row] = session.scalars(select(Verification)).all()
    paper = f"/organisations/standing/papers/{row.id}"
    assert staff.get(paper).mimetype == "image/jpeg"
    assert client.get(paper).status_code == 302
    assert "2026-03-16 核对过公开募捐资格证书" in client.get(desk.removesuffix("/standing")).text


def test_a_refused_publication_is_kept_and_read_by_the_reviewer(
    session: Session, village: Village, sign_in: SignIn
) -> None:
    project = village.submitted()
    keeper = make_actor(session, Grant(Role.VERIFIER, region_code="420704"))
    services.enter_list(
        session, keeper, organisation_id=village.partner.id, which=CreditList.SERIOUS,
        listed_on=date(2026, 3, 13), reason="虚假材料",
    )  # fmt: skip
    user = make_user(session)
    make_actor(session, Grant(Role.REVIEWER, region_code="420704"), user=user)
    session.commit()
    reviewer = sign_in(user)
    review = f"/projects/{project.id}/review"
    assert "现在停止发布新项目" in reviewer.get(review).text
    answer = reviewer.submit(review, {"decision": "publish"})
    assert answer.status_code == 403
    [decision] = session.scalars(select(EligibilityDecision)).all()
    assert (decision.subject, decision.allowed) == (f"project:{project.id}", False)
    assert [finding["rule"] for finding in decision.findings] == ["ORG-17"]


def test_cha_117_five_things_stand_where_money_is_asked_for(
    session: Session, village: Village, client: SiteClient
) -> None:
    """Organisation, certificate, plan, contact, and how to query: at the project and the gift."""
    project = village.published()
    session.commit()
    operator = village.operator
    for path in (f"/projects/{project.id}", f"/projects/{project.id}/donate"):
        page = client.get(path).text
        for words in (
            operator.name, f"CERT-{operator.id}", project.plan_number, operator.contact_phone,
            "慈善中国",
        ):  # fmt: skip
            assert words in page, (path, words)


def test_the_figures_in_force_are_public_with_their_sources(client: SiteClient) -> None:
    page = client.get("/rules").text
    assert "募捐方案要在活动开始前多少天备案" in page
    assert "民发〔2025〕57号" in page
    for row in PARAMETERS:
        part = row.rule_id.partition(".")[2]
        assert row.rule_id in RULE_TITLES or part in PART_TITLES, f"no words for {row.rule_id}"
