"""What authorities said of organisations of the demo district, and papers that were looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from charity import clock
from charity.registry import services as registry
from charity.registry.models import (
    CertificateBasis,
    CreditList,
    InspectionResult,
    VerifiedThing,
)
from web.demo.stage import SYSTEM, Stage, Step

#: Days before loading on which staff write it all down.
_RECORDED = 20
_SOURCE = "https://mzj.ezhou.example/shzz"


@dataclass(frozen=True, slots=True)
class StandingPlan:
    """One organisation: results of the last years, newest first, its grade, how long listed."""

    owner: str
    results: tuple[InspectionResult, ...] = (InspectionResult.PASS,)
    grade: int | None = None
    #: Days before loading on which it came on the abnormal list, and off it again.
    listed: int | None = None
    left: int | None = None


PLANS = (
    StandingPlan("jiahe", (InspectionResult.PASS, InspectionResult.PASS), grade=4),
    StandingPlan("foundation", grade=5),
    StandingPlan("tongxing", (InspectionResult.BASIC_PASS,), listed=200, left=60),
    StandingPlan("kangle", (InspectionResult.NOT_SUBMITTED,), listed=25),
)


def steps(owners: set[str]) -> Iterator[Step]:
    """Certificates of the operator, and what is known of those of these owners who are here."""
    yield Step(_RECORDED, 590, certify, None)
    for plan in PLANS:
        if plan.owner in owners:
            yield Step(_RECORDED, 600, record, plan)


def certify(stage: Stage, _: None) -> None:
    """The operator's certificate, since when it is a charity, and its tax status."""
    registry.record_certificate(
        stage.session, SYSTEM, organisation_id=stage.operator_id, number="A4207-0012",
        basis=CertificateBasis.APPLIED, valid_from=stage.day(800), valid_until=None,
        charity_since=stage.day(2000),
    )  # fmt: skip
    registry.record_deductible(
        stage.session, SYSTEM, organisation_id=stage.operator_id,
        first=date(clock.today().year - 1, 1, 1), last=date(clock.today().year + 1, 12, 31),
    )  # fmt: skip


def record(stage: Stage, plan: StandingPlan) -> None:
    """Staff keep what they read at the authority, with its address."""
    session, staff = stage.session, stage.actor("staff")
    organisation_id = stage.organisations[plan.owner]
    today = clock.today()
    for back, result in enumerate(plan.results, 1):
        registry.record_inspection(
            session, staff, organisation_id=organisation_id, year=today.year - back, result=result,
            decided_on=today - timedelta(days=40 + 365 * (back - 1)), source_url=f"{_SOURCE}/nj",
        )  # fmt: skip
    registry.record_verification(
        session, staff, organisation_id=organisation_id, thing=VerifiedThing.REGISTRATION,
        note="登记证书副本与登记机关网站公示的一致。",
    )  # fmt: skip
    if plan.grade is not None:
        registry.record_rating(
            session, staff, organisation_id=organisation_id, grade=plan.grade,
            rated_on=today - timedelta(days=300), authority="鄂州市民政局",
            source_url=f"{_SOURCE}/pg",
        )  # fmt: skip
    if plan.listed is None:
        return
    entry = registry.enter_list(
        session, staff, organisation_id=organisation_id, which=CreditList.ABNORMAL,
        listed_on=stage.day(plan.listed), reason="未按规定时限报送上一年度工作报告。",
        source_url=f"{_SOURCE}/yc",
    )  # fmt: skip
    if plan.left is not None:
        registry.leave_list(
            session, staff, entry_id=entry.id, removed_on=stage.day(plan.left), note="已补报"
        )
