"""May a campaign raise money: each rule met, and each rule broken alone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from charity.registry.eligibility import (
    Finding,
    PlanFacts,
    Severity,
    blocking,
    campaign_eligibility,
    giving_eligibility,
)
from charity.registry.models import (
    Campaign,
    CampaignState,
    FundraisingMode,
    Organisation,
    OrganisationKind,
    OrganisationState,
    PartnerAgreement,
)
from charity.registry.reasons import RegistryReason as Reason
from charity.rules import parameter
from tests.factories import BEGINNING

USCC = "51420704MJH000019J"
TODAY = date(2026, 3, 1)


def organisation(number: int, **more: Any) -> Organisation:
    values: dict[str, Any] = {
        "id": number,
        "name": f"组织{number}",
        "kind": OrganisationKind.ASSOCIATION,
        "uscc": USCC,
        "region_code": "420704",
        "is_charity": False,
        "state": OrganisationState.VERIFIED,
        "verified_at": BEGINNING,
        "verified_by_user_id": 7,
        "verification_note": "看过原件",
    }
    return Organisation(**(values | more))


def charity(**more: Any) -> Organisation:
    values: dict[str, Any] = {
        "is_charity": True,
        "certificate_number": "CERT-1",
        "certificate_from": date(2025, 1, 1),
        "certificate_until": date(2027, 12, 31),
    }
    return organisation(1, **(values | more))


def agreement(**more: Any) -> PartnerAgreement:
    values: dict[str, Any] = {
        "charity_id": 1,
        "partner_id": 2,
        "number": "A-1",
        "signed_on": date(2026, 1, 1),
        "ends_on": None,
        "assessment_note": "合格",
    }
    return PartnerAgreement(**(values | more))


PLAN = PlanFacts(USCC + "A26001", date(2026, 2, 1), date(2026, 2, 15), date(2026, 12, 31))


@dataclass
class Asked:
    """Everything the question is about; as it stands nothing is in the way."""

    charity: Organisation
    partner: Organisation | None
    agreement: PartnerAgreement | None
    plan: PlanFacts = PLAN
    starts_on: date = date(2026, 3, 10)
    ends_on: date = date(2026, 9, 30)
    operator_mode: str = "qualified_charity"
    on: date = TODAY

    def findings(self) -> list[Finding]:
        return campaign_eligibility(
            charity=self.charity,
            partner=self.partner,
            agreement=self.agreement,
            plan=self.plan,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            mode=FundraisingMode.PUBLIC_ONLINE,
            operator_mode=self.operator_mode,
            on=self.on,
        )


def asked(**more: Any) -> Asked:
    return replace(Asked(charity(), organisation(2), agreement()), **more)


def told(findings: list[Finding]) -> list[tuple[str, Severity, Reason]]:
    return [(finding.rule_id, finding.severity, finding.reason) for finding in findings]


def plan(**more: Any) -> PlanFacts:
    return replace(PLAN, **more)


@pytest.mark.parametrize(
    "question",
    [
        asked(),
        asked(partner=None, agreement=None),
        asked(partner=charity(), agreement=None),
        asked(operator_mode="designated_platform"),
        asked(charity=charity(certificate_until=None)),
        asked(charity=charity(certificate_from=date(2026, 3, 10))),
        asked(charity=charity(certificate_until=date(2026, 9, 30))),
        asked(agreement=agreement(signed_on=date(2026, 2, 1), ends_on=date(2026, 9, 30))),
    ],
)
def test_nothing_is_in_the_way(question: Asked) -> None:
    assert question.findings() == []


BLOCKED: list[tuple[Callable[[], Asked], str, Reason]] = [
    (lambda: asked(operator_mode="listing"), "CHA-105", Reason.OPERATOR_COLLECTS_NOTHING),
    (lambda: asked(operator_mode="nonsense"), "CHA-105", Reason.OPERATOR_COLLECTS_NOTHING),
    (lambda: asked(ends_on=date(2026, 3, 9)), "CHA-111", Reason.PERIOD_REVERSED),
    (lambda: asked(on=date(2026, 10, 1)), "CHA-111", Reason.PERIOD_OVER),
    (
        lambda: asked(charity=charity(state=OrganisationState.PENDING)),
        "CHA-120",
        Reason.CHARITY_NOT_VERIFIED,
    ),
    (lambda: asked(charity=charity(is_charity=False)), "CHA-101", Reason.NO_CERTIFICATE),
    (
        lambda: asked(charity=charity(certificate_number=None, certificate_from=None)),
        "CHA-101",
        Reason.NO_CERTIFICATE,
    ),
    (
        lambda: asked(charity=charity(certificate_from=date(2026, 3, 11))),
        "CHA-101",
        Reason.CERTIFICATE_NOT_IN_FORCE,
    ),
    (
        lambda: asked(charity=charity(certificate_until=date(2026, 3, 9))),
        "CHA-101",
        Reason.CERTIFICATE_NOT_IN_FORCE,
    ),
    (lambda: asked(plan=plan(number="  ")), "CHA-111", Reason.PLAN_MISSING),
    (lambda: asked(plan=plan(starts_on=date(2026, 3, 11))), "CHA-111", Reason.PLAN_PERIOD),
    (lambda: asked(plan=plan(ends_on=date(2026, 9, 29))), "CHA-111", Reason.PLAN_PERIOD),
    (lambda: asked(on=date(2026, 1, 31)), "CHA-112", Reason.PLAN_NOT_FILED_YET),
    (
        lambda: asked(partner=organisation(2, state=OrganisationState.RETURNED)),
        "CHA-131",
        Reason.PARTNER_NOT_VERIFIED,
    ),
    (lambda: asked(agreement=None), "CHA-132", Reason.AGREEMENT_MISSING),
    (lambda: asked(agreement=agreement(partner_id=3)), "CHA-132", Reason.AGREEMENT_MISSING),
    (lambda: asked(agreement=agreement(charity_id=3)), "CHA-132", Reason.AGREEMENT_MISSING),
    (
        lambda: asked(agreement=agreement(signed_on=date(2026, 2, 2))),
        "CHA-132",
        Reason.AGREEMENT_AFTER_FILING,
    ),
    (
        lambda: asked(agreement=agreement(ends_on=date(2026, 9, 29))),
        "CHA-132",
        Reason.AGREEMENT_ENDS_EARLY,
    ),
    (
        lambda: asked(agreement=agreement(assessment_note=" ")),
        "CHA-132",
        Reason.PARTNER_NOT_ASSESSED,
    ),
]


@pytest.mark.parametrize(("question", "rule_id", "reason"), BLOCKED)
def test_each_rule_alone_blocks(
    question: Callable[[], Asked], rule_id: str, reason: Reason
) -> None:
    findings = question().findings()
    assert told(findings) == [(rule_id, Severity.BLOCK, reason)]
    assert blocking(findings) == findings


@pytest.mark.parametrize(
    ("question", "rule_id", "reason"),
    [
        (
            asked(charity=charity(certificate_until=date(2026, 9, 29))),
            "CHA-101",
            Reason.CERTIFICATE_ENDS_EARLY,
        ),
        (asked(plan=plan(number="鄂慈募备2026-01")), "CHA-118", Reason.PLAN_NUMBER_FORM),
        (asked(plan=plan(number=USCC + "A2600")), "CHA-118", Reason.PLAN_NUMBER_FORM),
        (asked(plan=plan(number=USCC + "A26001\n")), "CHA-118", Reason.PLAN_NUMBER_FORM),
        (asked(plan=plan(number=USCC + "A２６００１")), "CHA-118", Reason.PLAN_NUMBER_FORM),
        (
            asked(plan=plan(number="53420704MJH0000352A26001")),
            "CHA-118",
            Reason.PLAN_NUMBER_FORM,
        ),
    ],
)
def test_what_only_warns(question: Asked, rule_id: str, reason: Reason) -> None:
    findings = question.findings()
    assert told(findings) == [(rule_id, Severity.WARN, reason)]
    assert blocking(findings) == []


@pytest.mark.parametrize(
    ("start", "passes"), [(date(2026, 3, 10), False), (date(2026, 3, 11), True)]
)
def test_ten_days_between_filing_and_start(start: date, *, passes: bool) -> None:
    """The vector of CHA-112: filed on 2026-03-01."""
    question = asked(plan=plan(filed_on=date(2026, 3, 1)), starts_on=start)
    findings = question.findings()
    if passes:
        assert findings == []
        return
    assert told(findings) == [("CHA-112", Severity.BLOCK, Reason.PLAN_FILED_LATE)]
    assert findings[0].params == {"days": 10, "earliest": date(2026, 3, 11)}
    assert findings[0].parameter == parameter("CHA-112", TODAY)


def test_a_finding_names_the_figure_in_force_when_it_was_judged() -> None:
    late = plan(filed_on=date(2025, 12, 30), starts_on=date(2026, 1, 1))
    used = []
    for day in (date(2025, 12, 31), date(2026, 1, 2)):
        question = asked(plan=late, starts_on=date(2026, 1, 5), on=day, partner=None)
        [finding] = question.findings()
        used.append(finding.parameter)
    assert used[0] is not None
    assert used[1] is not None
    assert used[0].effective_to == date(2025, 12, 31)
    assert used[1].effective_from == date(2026, 1, 1)


def test_all_that_is_wrong_is_told_at_once() -> None:
    question = asked(
        charity=charity(is_charity=False, state=OrganisationState.PENDING),
        agreement=None,
        plan=plan(number="1", filed_on=TODAY),
        operator_mode="listing",
    )
    assert {finding.rule_id for finding in question.findings()} == {
        "CHA-101", "CHA-105", "CHA-112", "CHA-118", "CHA-120", "CHA-132",
    }  # fmt: skip


def campaign(**more: Any) -> Campaign:
    values: dict[str, Any] = {
        "starts_on": date(2026, 3, 10),
        "ends_on": date(2026, 9, 30),
        "state": CampaignState.OPEN,
        "charity": charity(),
    }
    return Campaign(**({"mode": FundraisingMode.PUBLIC_ONLINE} | values | more))


@pytest.mark.parametrize("day", [date(2026, 3, 10), date(2026, 6, 1), date(2026, 9, 30)])
def test_gifts_are_taken_from_the_first_to_the_last_day(day: date) -> None:
    assert giving_eligibility(campaign(), day) == []


@pytest.mark.parametrize(
    ("given_to", "day", "rule_id", "reason"),
    [
        (campaign(), date(2026, 3, 9), "CHA-111", Reason.CAMPAIGN_NOT_STARTED),
        (campaign(), date(2026, 10, 1), "CHA-111", Reason.CAMPAIGN_ENDED),
        (
            campaign(state=CampaignState.ENDED),
            date(2026, 6, 1),
            "CHA-111",
            Reason.CAMPAIGN_ENDED,
        ),
        (
            campaign(charity=charity(certificate_until=date(2026, 5, 31))),
            date(2026, 6, 1),
            "CHA-101",
            Reason.CERTIFICATE_NOT_IN_FORCE,
        ),
        (
            campaign(charity=charity(is_charity=False)),
            date(2026, 6, 1),
            "CHA-101",
            Reason.CERTIFICATE_NOT_IN_FORCE,
        ),
    ],
)
def test_gifts_that_are_not_taken(
    given_to: Campaign, day: date, rule_id: str, reason: Reason
) -> None:
    assert told(giving_eligibility(given_to, day)) == [(rule_id, Severity.BLOCK, reason)]


def test_a_certificate_holds_on_its_first_and_last_day() -> None:
    holder = charity(certificate_from=date(2026, 1, 1), certificate_until=date(2026, 1, 2))
    days = [date(2025, 12, 31) + timedelta(days=n) for n in range(4)]
    assert [holder.may_raise_on(day) for day in days] == [False, True, True, False]
