"""The rules of HANDBOOK 1.1 to 1.3 and 1.8, each just inside and just outside, with its vectors."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from charity.money import Money
from charity.registry.eligibility import (
    PlaceFacts,
    PlanFacts,
    campaign_eligibility,
    filing_by,
    missing_fields,
    sheet_findings,
    supplement_by,
    territory_findings,
)
from charity.registry.eligibility_organisations import (
    idle_findings,
    organisation_eligibility,
    payee_eligibility,
)
from charity.registry.findings import Finding, blocking
from charity.registry.models import (
    DecidedAct,
    FundraisingMode,
    Organisation,
    OrganisationKind,
    OrganisationState,
    PartnerAgreement,
    PlanField,
    PlanSheet,
    RestrictedAct,
    Restriction,
    SurplusWay,
)
from charity.registry.months import add_months, add_years
from charity.registry.naming import named_person, personal_number
from charity.registry.reasons import RegistryReason as Reason
from charity.registry.services.certificates import application_findings
from tests.factories import BEGINNING

USCC = "51420704MJH000019J"
TODAY = date(2026, 3, 1)


def charity(**more: Any) -> Organisation:
    said: dict[str, Any] = {
        "id": 1,
        "name": "鄂城区慈善总会",
        "kind": OrganisationKind.ASSOCIATION,
        "uscc": USCC,
        "region_code": "420704",
        "state": OrganisationState.VERIFIED,
        "is_charity": True,
        "certificate_number": "CERT-1",
        "certificate_from": date(2025, 1, 1),
        "verified_at": BEGINNING,
        "verified_by_user_id": 7,
        "verification_note": "看过原件",
    }
    return Organisation(**(said | more))


def partner(**more: Any) -> Organisation:
    said = {"id": 2, "certificate_number": None, "certificate_from": None, "is_charity": False}
    return charity(**(said | more))


def sheet(**more: Any) -> PlanSheet:
    said: dict[str, Any] = {
        "purpose": "让老人走得稳",
        "starts_on": date(2026, 3, 11),
        "ends_on": date(2026, 9, 30),
        "territory": "鄂城区",
        "responsible_name": "李四",
        "office_address": "凤凰街道 1 号",
        "ways_of_giving": "在线",
        "bank_account": "17001",
        "beneficiaries": "独居老人",
        "use_of_money": "扶手",
        "cost": Money(0),
        "surplus_way": SurplusWay.SIMILAR_PROJECT,
        "surplus_rule": "相近项目",
    }
    return PlanSheet(**(said | more))


PLAN = PlanFacts(USCC + "A26001", date(2026, 2, 1), date(2026, 2, 15), date(2027, 12, 31))


def findings(
    *,
    plan: PlanFacts = PLAN,
    starts_on: date = date(2026, 3, 11),
    ends_on: date = date(2026, 9, 30),
    on: date = TODAY,
    mode: FundraisingMode = FundraisingMode.PUBLIC_ONLINE,
    operator_mode: str = "qualified_charity",
    **more: Any,
) -> list[Finding]:
    """The answer about a campaign in which nothing is in the way, with parts changed."""
    return campaign_eligibility(
        charity=more.pop("charity", None) or charity(),
        partner=more.pop("partner", None),
        agreement=more.pop("agreement", None),
        plan=plan,
        starts_on=starts_on,
        ends_on=ends_on,
        mode=mode,
        operator_mode=operator_mode,
        on=on,
        **more,
    )


def rules(found: list[Finding]) -> list[str]:
    return [finding.rule_id for finding in blocking(found)]


# ── 1.1 qualification ────────────────────────────────────────────────────────────────────────────


@pytest.mark.rule("CHA-101", since="2024-09-05")
def test_cha_101_one_year_as_a_charity() -> None:
    since = date(2025, 6, 1)
    assert application_findings(since, None, date(2026, 6, 1)) == []
    [early] = application_findings(since, None, date(2026, 5, 31))
    assert (early.rule_id, early.reason) == ("CHA-101", Reason.CERTIFICATE_TOO_EARLY)
    assert early.params["earliest"] == date(2026, 6, 1)


@pytest.mark.rule("CHA-101", since="2016-09-01")
def test_cha_101_two_years_under_the_law_of_2016() -> None:
    since = date(2022, 6, 1)
    assert application_findings(since, None, date(2024, 6, 1)) == []
    [early] = application_findings(since, None, date(2024, 5, 31))
    assert early.reason is Reason.CERTIFICATE_TOO_EARLY
    assert early.parameter is not None
    assert early.parameter.number == 2


def test_cha_101_without_certificate_nothing_is_published_in_public() -> None:
    bare = charity(certificate_number=None, certificate_from=None)
    assert rules(findings(charity=bare)) == ["CHA-101"]
    assert rules(findings(charity=charity(certificate_from=date(2026, 3, 12)))) == ["CHA-101"]
    assert rules(findings(charity=charity(certificate_from=date(2026, 3, 11)))) == []


@pytest.mark.rule("CHA-104")
def test_cha_104_five_years_after_a_revocation() -> None:
    gone = date(2025, 3, 31)
    assert application_findings(date(2010, 1, 1), gone, date(2030, 3, 31)) == []
    [barred] = application_findings(date(2010, 1, 1), gone, date(2030, 3, 30))
    assert (barred.rule_id, barred.reason) == ("CHA-104", Reason.CERTIFICATE_BARRED)


def test_cha_104_a_revoked_certificate_raises_nothing() -> None:
    assert rules(findings(charity=charity(certificate_revoked_on=date(2026, 3, 12)))) == []
    revoked = charity(certificate_revoked_on=date(2026, 3, 11))
    assert rules(findings(charity=revoked)) == ["CHA-104"]
    again = charity(certificate_revoked_on=date(2021, 1, 1), certificate_from=date(2026, 1, 2))
    assert rules(findings(charity=again)) == []


def test_cha_105_who_only_lists_collects_nothing() -> None:
    assert rules(findings(operator_mode="listing")) == ["CHA-105"]
    assert rules(findings(operator_mode="listing", on_platform=True)) == []


# ── 1.2 plan and filing ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("column", list(PlanField))
def test_cha_111_each_of_the_eleven_things_is_asked(column: PlanField) -> None:
    assert rules(findings(sheet=sheet())) == []
    empty = sheet(**{column.value: None if column not in _TEXTS else "  "})
    assert missing_fields(empty) == [column]
    assert rules(findings(sheet=empty)) == ["CHA-111"]
    assert sheet_findings(empty)[0].params == {"column": column}


_TEXTS = frozenset(PlanField) - {
    PlanField.STARTS_ON, PlanField.ENDS_ON, PlanField.COST, PlanField.SURPLUS_WAY,
}  # fmt: skip


@pytest.mark.rule("CHA-112", since="2026-01-01")
def test_cha_112_filed_ten_days_before_the_start() -> None:
    filed = replace(PLAN, filed_on=date(2026, 3, 1))
    assert rules(findings(plan=filed, starts_on=date(2026, 3, 10))) == ["CHA-112"]
    passed = findings(plan=filed, starts_on=date(2026, 3, 11))
    assert passed == []


@pytest.mark.rule("CHA-112", since="2024-09-05")
@pytest.mark.rule("CHA-112", since="2016-09-01")
def test_cha_112_ten_days_under_the_earlier_texts() -> None:
    for year in (2025, 2020):
        filed = PlanFacts(USCC + "A20001", date(year, 3, 1), date(year, 3, 1), date(year, 12, 31))
        said: dict[str, Any] = {
            "plan": filed, "ends_on": date(year, 12, 31), "on": date(year, 3, 2),
            "charity": charity(certificate_from=date(2018, 1, 1)),
        }  # fmt: skip
        [late] = blocking(findings(starts_on=date(year, 3, 10), **said))
        assert late.rule_id == "CHA-112"
        assert late.parameter is not None
        assert late.parameter.in_force(date(year, 3, 2))
        assert findings(starts_on=date(year, 3, 11), **said) == []


def test_cha_112_before_the_first_figure_a_person_is_asked() -> None:
    early = PlanFacts(USCC + "A15001", date(2015, 3, 1), date(2015, 3, 1), date(2015, 12, 31))
    found = findings(
        plan=early, starts_on=date(2015, 3, 5), ends_on=date(2015, 12, 31), on=date(2015, 3, 2),
        charity=charity(certificate_from=date(2014, 1, 1)),
    )  # fmt: skip
    assert blocking(found) == []
    assert {finding.reason for finding in found} == {Reason.NO_FIGURE}
    assert found[0].params == {"rule": "CHA-112", "day": date(2015, 3, 2)}


@pytest.mark.rule("CHA-113")
def test_cha_113_in_an_emergency_filing_may_follow_the_start() -> None:
    flood = replace(PLAN, emergency="七月洪灾", filed_on=date(2026, 3, 11))
    assert findings(plan=flood, starts_on=date(2026, 3, 1), on=date(2026, 3, 12)) == []
    late = replace(flood, filed_on=date(2026, 3, 12))
    [finding] = findings(plan=late, starts_on=date(2026, 3, 1), on=date(2026, 3, 12))
    assert (finding.rule_id, finding.reason) == ("CHA-113", Reason.EMERGENCY_FILED_LATE)
    ordinary = replace(flood, emergency="")
    assert rules(findings(plan=ordinary, starts_on=date(2026, 3, 1), on=date(2026, 3, 12))) == [
        "CHA-112"
    ]


@pytest.mark.rule("CHA-113")
def test_cha_113_an_emergency_without_a_number_goes_on_for_ten_days() -> None:
    flood = replace(PLAN, number="", emergency="七月洪灾")
    begun = date(2026, 3, 1)
    [waiting] = findings(plan=flood, starts_on=begun, on=date(2026, 3, 11))
    assert (waiting.severity.value, waiting.reason) == ("warn", Reason.EMERGENCY_TO_FILE)
    [late] = findings(plan=flood, starts_on=begun, on=date(2026, 3, 12))
    assert (late.severity.value, late.rule_id) == ("block", "CHA-113")
    assert filing_by(begun) == date(2026, 3, 11)
    ordinary = replace(flood, emergency="")
    assert rules(findings(plan=ordinary, starts_on=begun, on=date(2026, 3, 2))) == ["CHA-111"]


@pytest.mark.rule("CHA-115")
def test_cha_115_a_plan_found_wanting_is_mended_within_ten_days() -> None:
    assert supplement_by(date(2026, 3, 1)) == date(2026, 3, 11)
    assert supplement_by(date(2016, 8, 31)) is None


@pytest.mark.parametrize(
    ("place", "second", "passes"),
    [
        ("420704001202", "", True),
        ("420703", "", False),
        ("420703", "鄂华容备 2026-3", True),
    ],
)
def test_cha_116_events_stay_where_the_charity_is_registered(
    place: str, second: str, *, passes: bool
) -> None:
    where = PlaceFacts(place, second)
    found = findings(mode=FundraisingMode.PUBLIC_OFFLINE, place=where)
    assert rules(found) == ([] if passes else ["CHA-116"])
    # givers are not limited by area
    assert findings(place=where) == []


def test_cha_116_the_registrar_is_the_one_recorded_or_that_of_the_code() -> None:
    at_city = charity(registrar_code="420700000000")
    assert territory_findings(at_city, PlaceFacts("420703")) == []
    [unknown] = territory_findings(charity(uscc=None), PlaceFacts("420703"))
    assert (unknown.severity.value, unknown.reason) == ("warn", Reason.REGISTRAR_UNKNOWN)


@pytest.mark.rule("CHA-118")
def test_cha_118_the_number_of_a_plan_only_warns() -> None:
    good = findings()
    odd = findings(plan=replace(PLAN, number=USCC + "B26001"))
    other = findings(plan=replace(PLAN, number="53420704MJH0000352A26001"))
    assert good == []
    for found in (odd, other):
        assert blocking(found) == []
        assert [finding.reason for finding in found] == [Reason.PLAN_NUMBER_FORM]


def test_cha_120_nobody_unverified_is_listed() -> None:
    waiting = charity(state=OrganisationState.PENDING)
    assert "CHA-120" in rules(findings(charity=waiting))
    for act in DecidedAct:
        found = organisation_eligibility(waiting, act=act, on=TODAY)
        assert rules(found) == ["CHA-120"]
        assert organisation_eligibility(charity(), act=act, on=TODAY) == []


@pytest.mark.parametrize(
    ("gap", "of_charity", "of_partner"),
    [
        ({}, [], []),
        ({"verified_at": None}, ["CHA-120"], ["CHA-120"]),
        ({"verification_note": " "}, ["CHA-120"], ["CHA-120"]),
        ({"verified_by_user_id": None}, [], ["CHA-120"]),
    ],
)
def test_cha_120_who_is_listed_online_has_a_record_of_the_verification(
    gap: dict[str, Any], of_charity: list[str], of_partner: list[str]
) -> None:
    """Who, when and what was seen; the operator itself is vouched for by the installation."""
    assert rules(findings(charity=charity(**gap))) == of_charity
    together = {"partner": partner(**gap), "agreement": agreement()}
    assert rules(findings(**together)) == of_partner
    offline = FundraisingMode.PUBLIC_OFFLINE
    assert rules(findings(charity=charity(**gap), mode=offline)) == []


# ── 1.3 partners ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "kind", [OrganisationKind.GRASSROOTS_COMMITTEE, OrganisationKind.VILLAGE_COLLECTIVE]
)
def test_vil_01_a_village_never_collects(kind: OrganisationKind) -> None:
    assert rules(findings(charity=charity(kind=kind))) == ["VIL-01"]
    assert rules(findings(partner=partner(kind=kind), agreement=agreement())) == []


def agreement(**more: Any) -> PartnerAgreement:
    said: dict[str, Any] = {
        "charity_id": 1, "partner_id": 2, "number": "A-1", "signed_on": date(2026, 2, 1),
        "ends_on": None, "assessment_note": "合格",
    }  # fmt: skip
    return PartnerAgreement(**(said | more))


def test_cha_131_the_partner_must_be_known() -> None:
    found = findings(partner=partner(), agreement=agreement())
    assert found == []
    unknown = partner(state=OrganisationState.PENDING)
    assert rules(findings(partner=unknown, agreement=agreement())) == ["CHA-131"]


@pytest.mark.parametrize(
    ("change", "passes"),
    [
        ({}, True),
        ({"signed_on": date(2026, 2, 2)}, False),
        ({"assessment_note": " "}, False),
        ({"ends_on": date(2026, 9, 29)}, False),
        ({"ends_on": date(2026, 9, 30)}, True),
    ],
)
def test_cha_132_an_assessed_partner_signed_before_filing(
    change: dict[str, Any], *, passes: bool
) -> None:
    found = findings(partner=partner(), agreement=agreement(**change))
    assert rules(found) == ([] if passes else ["CHA-132"])


# ── idle charities, restrictions, payees ─────────────────────────────────────────────────────────


@pytest.mark.rule("CHA-169")
@pytest.mark.rule("CHA-169.warn")
def test_cha_169_idle_for_eighteen_and_twenty_four_months() -> None:
    last = date(2024, 9, 30)
    reasons: dict[date, list[Any]] = {
        day: [finding.reason for finding in idle_findings(charity(), last, day)]
        for day in (date(2026, 3, 29), date(2026, 3, 30), date(2026, 9, 29), date(2026, 9, 30))
    }
    assert list(reasons.values()) == [[], [Reason.IDLE], [Reason.IDLE], [Reason.IDLE_TOO_LONG]]
    founded = charity(charity_since=date(2024, 9, 30))
    assert idle_findings(founded, None, date(2026, 3, 30)) != []
    assert idle_findings(charity(), None, date(2030, 1, 1)) == []


@pytest.mark.parametrize("act", list(DecidedAct))
def test_org_17_a_restriction_stops_its_act_and_no_other(act: DecidedAct) -> None:
    stops = {
        DecidedAct.POSTING: RestrictedAct.POST,
        DecidedAct.DONATING: RestrictedAct.COLLECT,
        DecidedAct.GRANTING: RestrictedAct.RECEIVE_GRANT,
        DecidedAct.PAYING: RestrictedAct.PAY,
    }
    for stopped in RestrictedAct:
        row = Restriction(act=stopped, rule_id="ORG-17", source="list_entry:1", since=BEGINNING)
        found = organisation_eligibility(charity(), act=act, on=TODAY, restrictions=[row])
        assert rules(found) == (["ORG-17"] if stops[act] is stopped else [])


def test_org_01_a_filed_group_is_never_paid_itself() -> None:
    group = partner(kind=OrganisationKind.COMMUNITY_GROUP, uscc=None)
    assert payee_eligibility(charity()) == []
    [alone] = payee_eligibility(group)
    assert (alone.rule_id, alone.reason) == ("ORG-01", Reason.GROUP_WITHOUT_HOST)
    group.host = charity()
    [hosted] = payee_eligibility(group)
    assert hosted.reason is Reason.GROUP_PAYEE
    assert hosted.params["host"] == "鄂城区慈善总会"
    assert rules(organisation_eligibility(group, act=DecidedAct.GRANTING, on=TODAY)) == ["ORG-01"]
    assert organisation_eligibility(group, act=DecidedAct.POSTING, on=TODAY) == []


# ── names and numbers of persons ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("救救张小明", "张小明"),
        ("为李明筹集治疗费", "李明"),
        ("欧阳娜娜小朋友的新学期", "欧阳娜娜"),
        ("白血病患儿王梓涵同学", "王梓涵"),
        ("洪港村 26 户老人家里的扶手与坐便椅", None),
        ("为高龄老人送餐", None),
        ("帮助金山村的孩子上学", None),
        ("凤凰街道的幸福食堂", None),
    ],
)
def test_aid_02_a_persons_name_is_noticed(title: str, name: str | None) -> None:
    assert named_person(title) == name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("电话 13812345678", True),
        ("身份证 11010519491231002X", True),
        ("卡号 6222021234567890129", False),
        ("卡号 4111111111111111", True),
        ("固话 0711-1234567，2026 年", False),
        ("身份证 110105194912310021", False),
        ("51420704MJH000019JA26014", False),
    ],
)
def test_pii_04_numbers_of_persons_are_noticed(text: str, *, found: bool) -> None:
    assert personal_number(text) is found


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 1), 12, date(2027, 1, 1)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_clamp_to_the_last_day(day: date, months: int, then: date) -> None:
    assert add_months(day, months) == then
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
