"""Annual inspections of the district's registered organisations over three years.

The pass rate rises from 45 to 90 percent, as a district told of its own three years of work.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from charity import clock
from charity.registry import queries
from charity.registry import services as registry
from charity.registry.models import InspectionResult, Organisation, OrganisationKind
from web.demo import standing
from web.demo.stage import Stage, Step

#: Percent that pass, by years back from the year of loading.
SHARES = {3: 45, 2: 70, 1: 90}
#: Kinds that a civil-affairs office registers.
REGISTERED = (
    OrganisationKind.ASSOCIATION,
    OrganisationKind.SOCIAL_SERVICE_ORG,
    OrganisationKind.FOUNDATION,
)
#: What the others got, in turn.
_OTHERS = (
    InspectionResult.BASIC_PASS,
    InspectionResult.BASIC_PASS,
    InspectionResult.NOT_SUBMITTED,
    InspectionResult.FAIL,
)
_SOURCE = "https://mzj.ezhou.example/shzz/nj"


def steps() -> Iterator[Step]:
    """All of them on one day, after those that are told one by one."""
    yield Step(19, 610, record, None)


def record(stage: Stage, _: None) -> None:
    """Staff keep what they read at the authority, of everybody who has no line of their own."""
    told = {
        (stage.organisations[plan.owner], back)
        for plan in standing.PLANS
        if plan.owner in stage.organisations
        for back, _result in enumerate(plan.results, 1)
    }
    found = sorted(_registered(stage), key=lambda each: each.id)
    today, staff = clock.today(), stage.actor("staff")
    for back, share in SHARES.items():
        passed = -(-len(found) * share // 100)
        for place, organisation in enumerate(found):
            if (organisation.id, back) in told:
                continue
            late = place - passed
            result = InspectionResult.PASS if late < 0 else _OTHERS[late % len(_OTHERS)]
            registry.record_inspection(
                stage.session, staff, organisation_id=organisation.id, year=today.year - back,
                result=result, decided_on=today - timedelta(days=40 + 365 * (back - 1)),
                source_url=_SOURCE,
            )  # fmt: skip


def _registered(stage: Stage) -> list[Organisation]:
    """All but the operator, for whom its own staff keep nothing."""
    others = set(stage.organisations.values()) - {stage.operator_id}
    found = queries.organisations(stage.session, others)
    return [each for each in found if each.kind in REGISTERED and each.verified_at is not None]
