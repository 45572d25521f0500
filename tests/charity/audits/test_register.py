"""The register of annual inspections by year, and who is asked whether they sleep."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from charity.audits.queries import register
from charity.registry.models import AnnualInspection, InspectionResult, Organisation
from tests.factories import make_organisation, make_user

pytestmark = pytest.mark.usefixtures("clock")

PASS, BASIC, FAIL = InspectionResult.PASS, InspectionResult.BASIC_PASS, InspectionResult.FAIL
ABSENT, REPORT = InspectionResult.NOT_SUBMITTED, InspectionResult.REPORT_ONLY


def judge(session: Session, each: Organisation, year: int, result: InspectionResult) -> None:
    session.add(
        AnnualInspection(
            organisation_id=each.id, year=year, result=result, decided_on=date(year + 1, 6, 1),
            recorded_by_user_id=make_user(session).id,
        )
    )  # fmt: skip
    session.flush()


def test_org_12_the_pass_rate_is_passed_by_due_year_by_year(session: Session) -> None:
    """From 45 to 90 in a hundred: basic passes do not count, reports without grade are not due."""
    many = [make_organisation(session) for _ in range(20)]
    for n, each in enumerate(many):
        judge(session, each, 2023, PASS if n < 9 else (BASIC, FAIL, ABSENT)[n % 3])
        judge(session, each, 2024, PASS if n < 18 else FAIL)
    judge(session, make_organisation(session), 2024, REPORT)
    judge(session, make_organisation(session, region_code="420703"), 2024, FAIL)
    found = register.pass_rates(session, region_code="420704")
    assert [(each.year, each.due, each.passed, each.per_mille) for each in found] == [
        (2023, 20, 9, 450), (2024, 20, 18, 900)
    ]  # fmt: skip


@pytest.mark.rule("ORG-16.quiet")
@pytest.mark.rule("ORG-16.missed")
def test_org_16_the_quiet_and_the_missing_are_asked(session: Session) -> None:
    quiet, young, missing, back = (make_organisation(session) for _ in range(4))
    day = date(2026, 3, 16)
    quiet.established_on, young.established_on = date(2025, 3, 15), date(2025, 3, 16)
    for year, result in ((2022, PASS), (2023, ABSENT), (2024, ABSENT)):
        judge(session, missing, year, result)
        judge(session, back, year, (ABSENT, ABSENT, PASS)[year - 2022])
    found = {each.organisation.id: each for each in register.dormant(
        session, region_codes=["42"], on=day
    )}  # fmt: skip
    assert set(found) == {quiet.id, missing.id}
    assert (found[quiet.id].is_quiet, found[missing.id].missed) == (True, (2023, 2024))
    heard = register.dormant(session, region_codes=["42"], on=day, also={quiet.id: day})
    assert [each.organisation.id for each in heard] == [missing.id]
    assert register.dormant(session, region_codes=["11"], on=day) == []
