"""What authorities said: kept once with its source, and what follows from it at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Actor, Grant, Role
from charity.errors import Conflict, Denied, Invalid, InvalidState
from charity.registry import queries, services
from charity.registry.eligibility import giving_eligibility
from charity.registry.findings import blocking
from charity.registry.models import (
    Campaign,
    CertificateBasis,
    CreditList,
    DecidedAct,
    EligibilityDecision,
    InspectionResult,
    Organisation,
    RestrictedAct,
    Verification,
    VerifiedThing,
)
from charity.registry.rating_rules import list_findings
from charity.registry.reasons import RegistryReason as Reason
from tests.charity.donations.giving import open_giving
from tests.conftest import SetClock
from tests.factories import make_actor, make_organisation
from tests.fakes import FakeGateway

SYSTEM = Actor.system("test")


@pytest.fixture
def found(session: Session, clock: SetClock) -> Organisation:
    return make_organisation(session)


@pytest.fixture
def staff(session: Session, found: Organisation) -> Actor:
    return make_actor(session, Grant(Role.VERIFIER, region_code="420704"))


def stopped(session: Session, organisation: Organisation) -> set[RestrictedAct]:
    rows = queries.restrictions(session, organisation_id=organisation.id)
    return {row.act for row in rows}


def listed(session: Session, staff: Actor, found: Organisation, **more: Any) -> Any:
    said: dict[str, Any] = {
        "which": CreditList.ABNORMAL, "listed_on": date(2026, 3, 10), "reason": "未按时报年报",
        "source_url": "https://mzj.example/1",
    }  # fmt: skip
    return services.enter_list(session, staff, organisation_id=found.id, **(said | more))


# ── lists ────────────────────────────────────────────────────────────────────────────────────────


def test_org_16_the_abnormal_list_stops_new_grants_until_it_is_left(
    session: Session, staff: Actor, found: Organisation
) -> None:
    entry = listed(session, staff, found)
    assert stopped(session, found) == {RestrictedAct.RECEIVE_GRANT}
    for act, rules in ((DecidedAct.GRANTING, ["ORG-16"]), (DecidedAct.POSTING, [])):
        findings = services.judge(
            session, staff, act=act, subject=f"organisation:{found.id}", organisation=found
        )
        assert [finding.rule_id for finding in blocking(findings)] == rules
    with pytest.raises(Conflict):
        listed(session, staff, found)
    services.leave_list(session, staff, entry_id=entry.id, removed_on=date(2026, 3, 16))
    assert stopped(session, found) == set()
    with pytest.raises(InvalidState):
        services.leave_list(session, staff, entry_id=entry.id, removed_on=date(2026, 3, 16))
    [row] = queries.restriction_history(session, found.id)
    assert row.lift is not None
    assert row.lift.lifted_by_user_id == staff.user_id


def test_org_17_the_serious_list_stops_everything_and_payments_rest(
    session: Session, staff: Actor, found: Organisation
) -> None:
    listed(session, staff, found, which=CreditList.SERIOUS)
    assert stopped(session, found) == set(RestrictedAct)
    for act in (DecidedAct.POSTING, DecidedAct.GRANTING, DecidedAct.PAYING):
        findings = services.judge(
            session, staff, act=act, subject=f"organisation:{found.id}", organisation=found
        )
        assert [finding.rule_id for finding in findings] == ["ORG-17"]
    kept = session.scalars(select(EligibilityDecision)).all()
    assert [decision.allowed for decision in kept] == [False] * 3
    assert kept[0].findings[0]["params"] == {
        "act": "post", "rule": "ORG-17", "since": "2026-03-16",
    }  # fmt: skip


@pytest.mark.rule("ORG-17")
def test_org_17_two_years_on_the_abnormal_list_lead_to_the_serious_one(
    session: Session, staff: Actor, found: Organisation
) -> None:
    entry = listed(session, staff, found)
    entry.recorded_on = entry.listed_on
    assert list_findings([entry], date(2028, 3, 9)) == []
    [finding] = list_findings([entry], date(2028, 3, 10))
    assert (finding.rule_id, finding.reason) == ("ORG-17", Reason.LISTED_TOO_LONG)


@pytest.mark.rule("ORG-18")
def test_org_18_an_entry_is_recorded_within_five_working_days(
    session: Session, staff: Actor, found: Organisation, clock: SetClock
) -> None:
    in_time = listed(session, staff, found, listed_on=date(2026, 3, 9))
    late = listed(session, staff, found, listed_on=date(2026, 3, 6))
    assert in_time.recorded_on == date(2026, 3, 16)
    assert list_findings([in_time], date(2026, 3, 16)) == []
    [finding] = list_findings([late], date(2026, 3, 16))
    assert (finding.rule_id, finding.reason) == ("ORG-18", Reason.RECORDED_LATE)


def test_restrictions_are_written_once_and_lifted_by_their_source(
    session: Session, found: Organisation
) -> None:
    said: dict[str, Any] = {
        "organisation_id": found.id, "act": RestrictedAct.COLLECT, "rule_id": "DIS-203",
        "source": "disclosure_duty:1",
    }  # fmt: skip
    first = services.restrict(session, SYSTEM, **said)
    assert services.restrict(session, SYSTEM, **said).id == first.id
    with pytest.raises(ValueError, match="one organisation or one campaign"):
        services.restrict(session, SYSTEM, **(said | {"campaign_id": 1}))
    assert services.lift_restrictions(session, SYSTEM, source="another:1") == 0
    assert services.lift_restrictions(session, SYSTEM, source="disclosure_duty:1", note="补了") == 1
    assert services.lift_restrictions(session, SYSTEM, source="disclosure_duty:1") == 0
    assert stopped(session, found) == set()


def test_a_restriction_stops_gifts_through_the_campaign_or_its_parties(
    session: Session, clock: SetClock
) -> None:
    campaign = open_giving(session, FakeGateway()).campaign
    today = clock.now.date()
    for number, concerned in enumerate(
        ({"organisation_id": campaign.charity_id}, {"campaign_id": campaign.id})
    ):
        assert giving_eligibility(fresh(session, campaign), today) == []
        services.restrict(
            session, SYSTEM, **concerned, act=RestrictedAct.COLLECT, rule_id="DIS-203",
            source=f"disclosure_duty:{number}",
        )  # fmt: skip
        [finding] = services.may_give(session, SYSTEM, campaign=fresh(session, campaign), on=today)
        assert (finding.rule_id, finding.reason) == ("DIS-203", Reason.RESTRICTED)
        services.lift_restrictions(session, SYSTEM, source=f"disclosure_duty:{number}")


def fresh(session: Session, campaign: Campaign) -> Campaign:
    session.flush()
    session.expire_all()
    return queries.campaign(session, campaign.id)


def test_an_answer_is_kept_once_a_day_with_the_rows_it_used(
    session: Session, staff: Actor, found: Organisation
) -> None:
    found.is_charity = True
    found.charity_since = date(2024, 1, 1)
    for _ in range(2):
        services.judge(
            session, staff, act=DecidedAct.POSTING, subject="organisation:7", organisation=found
        )
    [kept] = queries.decisions(session, "organisation:7")
    assert (kept.allowed, kept.decided_on) == (True, date(2026, 3, 16))
    [finding] = kept.findings
    assert finding["rule"] == "CHA-169"
    assert finding["used"] == {
        "rule": "CHA-169", "value": 24, "from": "2024-09-05", "source": "慈善法 17",
    }  # fmt: skip


# ── inspections and ratings ──────────────────────────────────────────────────────────────────────


def inspected(
    session: Session, staff: Actor, found: Organisation, year: int, result: InspectionResult
) -> None:
    services.record_inspection(
        session, staff, organisation_id=found.id, year=year, result=result,
        decided_on=date(year + 1, 1, 5) if year < 2026 else date(2026, 1, 5),
    )  # fmt: skip


def rated(session: Session, staff: Actor, found: Organisation, on: date, grade: int = 4) -> Any:
    return services.record_rating(
        session, staff, organisation_id=found.id, grade=grade, rated_on=on, authority="鄂州市民政局"
    )


@pytest.mark.rule("ORG-13")
def test_org_13_a_rating_holds_five_years(
    session: Session, staff: Actor, found: Organisation
) -> None:
    rated(session, staff, found, date(2021, 3, 1))
    held = queries.rating_on(session, found.id, date(2026, 2, 28))
    assert held is not None
    assert held.grade == 4
    assert queries.rating_on(session, found.id, date(2026, 3, 1)) is None


@pytest.mark.rule("ORG-13.open")
def test_org_13_two_whole_years_before_the_first_rating(
    session: Session, staff: Actor, found: Organisation
) -> None:
    found.established_on = date(2024, 3, 1)
    with pytest.raises(Invalid) as early:
        rated(session, staff, found, date(2026, 2, 28))
    assert (early.value.reason, early.value.field) == (Reason.RATING_TOO_EARLY, "rated_on")
    rated(session, staff, found, date(2026, 3, 1))


@pytest.mark.rule("ORG-13.again")
def test_org_13_two_years_before_the_next_rating(
    session: Session, staff: Actor, found: Organisation
) -> None:
    rated(session, staff, found, date(2024, 3, 1))
    with pytest.raises(Invalid) as early:
        rated(session, staff, found, date(2026, 2, 28))
    assert early.value.reason is Reason.RATED_RECENTLY
    rated(session, staff, found, date(2026, 3, 1), grade=5)


@pytest.mark.parametrize(
    ("results", "passes"),
    [
        ([InspectionResult.PASS], True),
        ([InspectionResult.FAIL], False),
        ([InspectionResult.NOT_SUBMITTED], False),
        ([InspectionResult.BASIC_PASS, InspectionResult.BASIC_PASS], False),
        ([InspectionResult.BASIC_PASS, InspectionResult.PASS], True),
        ([InspectionResult.PASS, InspectionResult.FAIL], True),
    ],
)
def test_org_13_the_last_years_decide_whether_it_may_be_rated(
    session: Session,
    staff: Actor,
    found: Organisation,
    results: list[InspectionResult],
    *,
    passes: bool,
) -> None:
    """The newest year is named first."""
    for back, result in enumerate(results):
        inspected(session, staff, found, 2025 - back, result)
    if passes:
        rated(session, staff, found, date(2026, 3, 1))
        return
    with pytest.raises(Invalid) as barred:
        rated(session, staff, found, date(2026, 3, 1))
    assert barred.value.reason is Reason.RATING_BARRED


def test_org_12_one_answer_a_year_and_only_for_others(
    session: Session, staff: Actor, found: Organisation
) -> None:
    inspected(session, staff, found, 2025, InspectionResult.REPORT_ONLY)
    with pytest.raises(Conflict):
        inspected(session, staff, found, 2025, InspectionResult.PASS)
    with pytest.raises(Invalid):
        inspected(session, staff, found, 2027, InspectionResult.PASS)
    own = make_actor(
        session,
        Grant(Role.VERIFIER, region_code="420704"),
        Grant(Role.OWNER, organisation_id=found.id),
    )
    for actor in (own, Actor.guest(), make_actor(session, Grant(Role.REVIEWER))):
        with pytest.raises(Denied):
            inspected(session, actor, found, 2024, InspectionResult.PASS)
    with pytest.raises(Invalid) as nowhere:
        services.record_inspection(
            session, staff, organisation_id=found.id, year=2023, result=InspectionResult.PASS,
            decided_on=date(2024, 5, 1), source_url="javascript:alert(1)",
        )  # fmt: skip
    assert nowhere.value.reason is Reason.SOURCE_ADDRESS


# ── certificates and papers ──────────────────────────────────────────────────────────────────────


def certified(session: Session, staff: Actor, found: Organisation, **more: Any) -> Organisation:
    said: dict[str, Any] = {
        "number": "A4207-9", "basis": CertificateBasis.APPLIED, "valid_from": date(2026, 3, 1),
        "valid_until": None, "charity_since": date(2025, 3, 1),
    }  # fmt: skip
    return services.record_certificate(session, staff, organisation_id=found.id, **(said | more))


def test_cha_102_a_certificate_by_law_asks_no_years(
    session: Session, staff: Actor, found: Organisation
) -> None:
    with pytest.raises(Invalid) as early:
        certified(session, staff, found, charity_since=date(2025, 3, 2))
    assert (early.value.reason, early.value.field) == (Reason.CERTIFICATE_TOO_EARLY, "valid_from")
    with pytest.raises(Invalid):
        certified(session, staff, found, charity_since=None)
    by_law = certified(session, staff, found, basis=CertificateBasis.STATUTORY, charity_since=None)
    assert by_law.may_raise_on(date(2026, 3, 1))
    assert certified(session, staff, found).certificate_basis is CertificateBasis.APPLIED


def test_cha_104_a_revocation_ends_raising_and_bars_applying(
    session: Session, staff: Actor, found: Organisation
) -> None:
    with pytest.raises(InvalidState):
        services.revoke_certificate(
            session, staff, organisation_id=found.id, revoked_on=date(2026, 3, 10)
        )
    certified(session, staff, found)
    services.revoke_certificate(
        session, staff, organisation_id=found.id, revoked_on=date(2026, 3, 10)
    )
    assert found.may_raise_on(date(2026, 3, 9))
    assert not found.may_raise_on(date(2026, 3, 10))
    with pytest.raises(Invalid) as barred:
        certified(session, staff, found, valid_from=date(2026, 3, 16))
    assert barred.value.reason is Reason.CERTIFICATE_BARRED


def test_cha_152_tax_deduction_is_a_period_that_is_shown(
    session: Session, staff: Actor, found: Organisation
) -> None:
    services.record_deductible(
        session, staff, organisation_id=found.id, first=date(2025, 1, 1), last=date(2027, 12, 31)
    )
    days = (date(2024, 12, 31), date(2025, 1, 1), date(2027, 12, 31), date(2028, 1, 1))
    assert [found.is_deductible_on(day) for day in days] == [False, True, True, False]
    with pytest.raises(Invalid):
        services.record_deductible(
            session, staff, organisation_id=found.id, first=None, last=date(2027, 12, 31)
        )


def test_cha_120_a_named_verifier_saw_the_papers(
    session: Session, staff: Actor, found: Organisation
) -> None:
    seen = services.record_verification(
        session, staff, organisation_id=found.id, thing=VerifiedThing.CERTIFICATE, note="看过原件"
    )
    assert (seen.verified_by_user_id, seen.file_hash) == (staff.user_id, None)
    assert session.scalars(select(Verification)).all() == [seen]
    with pytest.raises(Denied):
        services.record_verification(
            session, SYSTEM, organisation_id=found.id, thing=VerifiedThing.HOST, note="看过"
        )


@pytest.mark.rule("PII-02")
def test_pii_02_a_child_is_not_registered_without_a_guardian(
    session: Session, clock: SetClock
) -> None:
    """Born on 2012-03-16 it is still a child on its 14th birthday, and no more the day after."""
    said: dict[str, Any] = {"name": "小明", "secret": b"s" * 32}
    with pytest.raises(Invalid) as child:
        services.add_person(session, SYSTEM, identity="420704201203161238", **said)
    assert (child.value.reason, child.value.field) == (Reason.UNDER_FOURTEEN, "identity")
    clock.advance(days=1)
    assert services.add_person(session, SYSTEM, identity="420704201203161238", **said).id
