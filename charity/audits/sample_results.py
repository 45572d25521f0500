"""What a sample that was looked at says of the whole, as figures of a report.

Sums in fen, rates in millionths. What was picked by risk stands apart and is never projected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from charity.audits.evaluating import (
    Audited,
    Projection,
    mus_projection,
    rate_of,
    ratio_projection,
)
from charity.audits.models import AuditSample, AuditSampleItem, SampleMethod


def evaluation_of(sample: AuditSample, items: Sequence[AuditSampleItem]) -> dict[str, object]:
    """Figures of a sample's report; every item has been looked at."""
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
        borne = _number(sample, "materiality_fen")
        holds = projected.upper_limit is not None and projected.upper_limit <= borne
        said = ("holds" if holds else "exceeds") if borne else "reported"
    else:
        projected = _projected(sample, items, seen)
        rates, said = _rates(sample, items, errors, confidence)
        found |= rates
    return found | {
        "found_over_fen": projected.found_over,
        "found_under_fen": projected.found_under,
        "projected_over_fen": projected.projected_over,
        "projected_under_fen": projected.projected_under,
        "upper_limit_fen": projected.upper_limit,
        "conclusion": said,
    }


def _projected(
    sample: AuditSample, items: Sequence[AuditSampleItem], seen: Sequence[Audited]
) -> Projection:
    """Errors in proportion to the sums looked at, stratum by stratum where there are some."""
    sums = sample.parameters.get("sums_fen")
    if not isinstance(sums, dict):
        return ratio_projection(seen, sample.book_value.fen)
    parts = [
        ratio_projection(
            [one for item, one in zip(items, seen, strict=True) if item.stratum == name], fen
        )
        for name, fen in sums.items()
    ]
    return Projection(
        found_over=sum(part.found_over for part in parts),
        found_under=sum(part.found_under for part in parts),
        projected_over=sum(part.projected_over for part in parts),
        projected_under=sum(part.projected_under for part in parts),
        upper_limit=None,
    )


def _rates(
    sample: AuditSample, items: Sequence[AuditSampleItem], errors: int, confidence: Fraction
) -> tuple[dict[str, object], str]:
    """How often something is wrong, and whether that is borne.

    Strata that were looked at unevenly are weighed by their size, and no limit is told of them: the
    distribution behind it is of one frame.
    """
    strata = sample.parameters.get("strata")
    if isinstance(strata, dict):
        wrong = Counter(item.stratum for item in items if _is_wrong(item))
        share = sum(
            (Fraction(count * wrong[name], size) for name, (count, size) in strata.items()),
            Fraction(0),
        )
        return {"projected_ppm": round(share * 1_000_000 / sample.population)}, "reported"
    rate = rate_of(errors, len(items), confidence, sample.population)
    borne = _number(sample, "tolerable_percent") * 10_000
    said = "holds" if rate.upper_ppm <= borne else "exceeds"
    return {"projected_ppm": rate.projected_ppm, "upper_ppm": rate.upper_ppm}, said


def _is_wrong(item: AuditSampleItem) -> bool:
    return bool(item.deviation) or item.audited_amount != item.amount


def _number(sample: AuditSample, name: str) -> int:
    """A whole number among a sample's parameters; 0 where it is not said."""
    value = sample.parameters.get(name)
    return value if isinstance(value, int) else 0
