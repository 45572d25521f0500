"""Pages of plans and representatives, of complaints and consents."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.accounts.consents import TEXT_VERSIONS
from charity.accounts.models import ConsentPurpose
from charity.accounts.services import give_consent
from charity.actor import Grant, Role
from charity.disclosure.models import Complaint, GiftRate
from charity.money import Money
from charity.registry.models import LegalRepresentative, PlanChange
from tests.conftest import SetClock
from tests.factories import make_actor, make_user
from tests.projects.listings.village import Village, make_village
from tests.support.site import SignIn, SiteClient
from web.config import DEMO_OPERATOR
from web.labels.complaints import CONSENT_TEXTS


@pytest.fixture
def village(session: Session, clock: SetClock) -> Village:
    village = make_village(session)
    village.operator.uscc = DEMO_OPERATOR
    session.commit()
    return village


def signed_in(session: Session, sign_in: SignIn, *grants: Grant) -> SiteClient:
    """A browser of somebody with these roles."""
    user = make_user(session)
    make_actor(session, *grants, user=user)
    session.commit()
    return sign_in(user)


def test_org_19_the_page_of_representatives_keeps_and_shows_who_represents(
    session: Session, village: Village, sign_in: SignIn, client: SiteClient
) -> None:
    owner = signed_in(session, sign_in, Grant(Role.OWNER, organisation_id=village.partner.id))
    page = f"/organisations/{village.partner.id}/representatives"
    assert "还没有记过" in owner.get(page).text
    assert owner.submit(page, {"name": "", "since": "2026-01-01"}).status_code == 422
    assert owner.submit(page, {"name": "李建国", "since": "2026-01-01"}).status_code == 303
    assert owner.submit(page, {"name": "王秀英", "since": "2025-12-01"}).status_code == 422
    assert session.scalars(select(LegalRepresentative.name)).all() == ["李建国"]
    seen = client.get(f"/organisations/{village.partner.id}").text
    assert "李建国" in seen
    assert page not in seen


def test_cha_115_the_page_of_a_plan_takes_changes_and_receipts(
    session: Session, village: Village, sign_in: SignIn
) -> None:
    project = village.published()
    session.commit()
    assert project.campaign is not None
    reviewer = signed_in(session, sign_in, Grant(Role.REVIEWER))
    page = f"/plans/{project.campaign.plan_id}"
    today = house_clock.today()
    assert "没有改变" in reviewer.get(page).text
    sent: dict[str, Any] = {"fields": ["use_of_money", "cost"], "reasons": "砖涨价了"}
    early = today - timedelta(days=900)
    assert reviewer.submit(page, {"changed_on": early.isoformat(), **sent}).status_code == 422
    assert reviewer.submit(page, {"changed_on": today.isoformat(), **sent}).status_code == 303
    assert "等待补充" in reviewer.get(page).text
    change = session.scalars(select(PlanChange)).one()
    receipt = {"change": str(change.id), "receipt": "回执-1"}
    where = f"{page}/supplement"
    assert reviewer.submit(where, {"supplemented_on": "", **receipt}).status_code == 422
    assert (
        reviewer.submit(where, {"supplemented_on": today.isoformat(), **receipt}).status_code == 303
    )
    assert "已补充" in reviewer.get(page).text


def test_vil_04_who_is_pressed_complains_without_a_name_and_reads_the_answer(
    session: Session, village: Village, sign_in: SignIn, client: SiteClient
) -> None:
    project = village.published()
    session.commit()
    page = client.get(f"/projects/{project.id}").text
    where = f"/complaints/new?about=project:{project.id}"
    assert where in page
    assert "/complaints/new?about=region:420704" in client.get("/regions/420704").text
    for nothing in ("", "project:0", "region:x", "fund:1", f"project:{project.id}1"):
        assert client.get(f"/complaints/new?about={nothing}").status_code == 404
    form = client.get(where).text
    token = re.findall(r'name="token"[^>]*value="([^"]+)"', form)[0]
    assert client.submit(where, {"token": token, "words": ""}).status_code == 422
    sent = client.submit(where, {"token": token, "words": "队长说每户最少捐二百\n不捐要上墙"})
    assert sent.status_code == 303
    assert client.submit(where, {"token": token, "words": "又按了一次按钮"}).status_code == 303
    [complaint] = session.scalars(select(Complaint)).all()
    assert complaint.organisation_id == village.partner.id
    mine = client.get(f"/complaints/{token}")
    assert "不捐要上墙" in mine.text
    assert mine.headers["Cache-Control"] == "no-store, private"
    assert client.get("/complaints/other").status_code == 404

    answering = f"/desk/complaints/{complaint.id}"
    both = (Grant(Role.REVIEWER), Grant(Role.EDITOR, organisation_id=village.partner.id))
    meant = signed_in(session, sign_in, *both)
    assert answering not in meant.get("/desk").text
    assert meant.submit(answering, {"answer": "没有这回事。"}).status_code == 403
    staff = signed_in(session, sign_in, Grant(Role.REVIEWER))
    assert answering in staff.get("/desk").text
    assert "队长说每户最少捐二百" in staff.get("/desk/complaints").text
    assert staff.submit(answering, {"answer": ""}).status_code == 422
    assert staff.submit(answering, {"answer": "已经要求撤下名单，捐不捐自愿。"}).status_code == 303
    assert answering not in staff.get("/desk").text
    assert "已经要求撤下名单" in client.get(f"/complaints/{token}").text


def test_pii_01_what_i_agreed_to_is_seen_and_taken_back(
    session: Session, village: Village, sign_in: SignIn
) -> None:
    user = make_user(session)
    actor = make_actor(session, user=user)
    given = give_consent(
        session, actor, subject=f"user:{user.id}", purpose=ConsentPurpose.PUBLISHING
    )
    session.commit()
    browser = sign_in(user)
    page = browser.get("/account/consents").text
    assert str(CONSENT_TEXTS[given.text_version]) in page
    where = f"/account/consents/{given.id}/withdraw"
    assert where in page
    stranger = signed_in(session, sign_in)
    stranger.submit(where)
    assert browser.submit(where).status_code == 303
    page = browser.get("/account/consents").text
    assert "已撤回" in page
    assert where not in page
    assert set(TEXT_VERSIONS.values()) <= set(CONSENT_TEXTS)


def test_rat_15_rat_18_agreed_rates_and_keys_are_kept_on_the_page_of_ratios(
    session: Session, village: Village, sign_in: SignIn
) -> None:
    gift = village.give(village.published(), Money.yuan(100))
    session.commit()
    page = f"/organisations/{village.operator.id}/ratios"
    keeper = signed_in(session, sign_in, Grant(Role.TREASURER, village.operator.id))
    assert "协议另有约定的一笔捐赠" in keeper.get(page).text
    rate = {"donation_id": str(gift.id), "permille": "120", "agreement": "协议 3"}
    assert keeper.submit(f"{page}/rate", rate).status_code == 303
    kept = session.scalars(select(GiftRate)).one()
    assert (kept.donation_id, kept.permille) == (gift.id, 120)
    key = {"since": "2026-01-01", "weights": "适老化 改造 3\n陪诊 1\n没有数", "reason": "按工时"}
    assert keeper.submit(f"{page}/key", key).status_code == 303
    seen = keeper.get(page).text
    assert "适老化 改造" in seen
    assert "按工时" in seen
