"""What a sample that was looked at says of the whole, as figures of a report.

Sums in fen, rates in millionths. What was picked by risk stands apart and is never projected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from charity.audits.evaluating import (
    Audited,
    Projection,
    mus_projection,
    rate_of,
    ratio_projection,
)
from charity.audits.models import AuditSample, AuditSampleItem, SampleMethod
from charity.audits.strata import Stratum, stratified_projection


def evaluation_of(
    sample: AuditSample, items: Sequence[AuditSampleItem], amounts: Mapping[str, Sequence[int]]
) -> dict[str, object]:
    """Figures of a sample's report; every item has been looked at.

    `amounts` are the frame's amounts (fen) by stratum, for a sample drawn by strata.
    """
    seen = [
        Audited(item.amount.fen, (item.audited_amount or item.amount).fen, item.is_certainty)
        for item in items
    ]
    errors = sum(map(_is_wrong, items))
    found: dict[str, object] = {"looked_at": len(items), "errors": errors}
    confidence = Fraction(_number(sample, "confidence_percent"), 100)
    if sample.method is SampleMethod.RISK:
        over = sum(max(0, one.error) for one in seen)
        under = sum(max(0, -one.error) for one in seen)
        return found | {"found_over_fen": over, "found_under_fen": under, "conclusion": "apart"}
    if sample.method is SampleMethod.MUS:
        interval = Fraction(str(sample.parameters["interval"]))
        projected = mus_projection(seen, interval, confidence)
        said = _borne(sample, projected)
    elif "strata" in sample.parameters:
        projected = _of_strata(items, seen, amounts, confidence)
        found |= {"projected_ppm": _weighed(sample, items), "limit_by": projected.limit_by}
        said = _borne(sample, projected)
    else:
        projected = ratio_projection(seen, sample.book_value.fen)
        rates, said = _rates(sample, len(items), errors, confidence)
        found |= rates
    return found | {
        "found_over_fen": projected.found_over,
        "found_under_fen": projected.found_under,
        "projected_over_fen": projected.projected_over,
        "projected_under_fen": projected.projected_under,
        "upper_limit_fen": projected.upper_limit,
        "conclusion": said,
    }


def _borne(sample: AuditSample, projected: Projection) -> str:
    """Whether what may be too high is below the error that would still be borne, where one is said.

    A limit without such a sum is only reported.
    """
    borne = _number(sample, "materiality_fen")
    holds = projected.upper_limit is not None and projected.upper_limit <= borne
    return ("holds" if holds else "exceeds") if borne else "reported"


def _of_strata(
    items: Sequence[AuditSampleItem],
    seen: Sequence[Audited],
    amounts: Mapping[str, Sequence[int]],
    confidence: Fraction,
) -> Projection:
    """Stratum by stratum, each from its own items."""
    looked: dict[str, list[Audited]] = {}
    for item, one in zip(items, seen, strict=True):
        looked.setdefault(item.stratum, []).append(one)
    strata = [Stratum(amounts[name], looked.get(name, [])) for name in sorted(amounts)]
    return stratified_projection(strata, confidence)


def _weighed(sample: AuditSample, items: Sequence[AuditSampleItem]) -> int:
    """How often something is wrong (ppm): strata were looked at unevenly and count by their size.

    No limit is told of that rate: the distribution behind one is of a single frame.
    """
    strata = sample.parameters["strata"]
    wrong = Counter(item.stratum for item in items if _is_wrong(item))
    parts = strata.items() if isinstance(strata, dict) else ()
    share = sum((Fraction(count * wrong[name], size) for name, (count, size) in parts), Fraction(0))
    return round(share * 1_000_000 / sample.population)


def _rates(
    sample: AuditSample, size: int, errors: int, confidence: Fraction
) -> tuple[dict[str, object], str]:
    """How often something is wrong, and whether that is borne."""
    rate = rate_of(errors, size, confidence, sample.population)
    borne = _number(sample, "tolerable_percent") * 10_000
    said = "holds" if rate.upper_ppm <= borne else "exceeds"
    return {"projected_ppm": rate.projected_ppm, "upper_ppm": rate.upper_ppm}, said


def _is_wrong(item: AuditSampleItem) -> bool:
    return bool(item.deviation) or item.audited_amount != item.amount


def _number(sample: AuditSample, name: str) -> int:
    """A whole number among a sample's parameters; 0 where it is not said."""
    value = sample.parameters.get(name)
    return value if isinstance(value, int) else 0
