"""Drawing a sample of vouchers, writing down what was seen, and saying what it means.

Only the team does any of it, while it is at work; the organisation sees its sample when the team
asks for the papers, and can change neither frame nor items: both are frozen by hash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.audits import policy, sampling
from charity.audits.models import (
    AuditSample,
    AuditSampleItem,
    AuditSampleState,
    Inspection,
    InspectionState,
    SampleMethod,
)
from charity.audits.queries.samples import BOOK, SampleFrame, frame_of
from charity.audits.sample_reasons import SampleReason
from charity.audits.sample_results import evaluation_of
from charity.errors import CommonReason, Invalid, InvalidState
from charity.money import Money
from charity.rows import locked, present

#: Vouchers of one sample.
MOST_ITEMS = 2000
#: Sums (fen) that part a frame by amount: below 1,000, 10,000 and 50,000 yuan, and above.
BANDS = ((100_000, "1"), (1_000_000, "2"), (5_000_000, "3"))
_NOTE = 5000


@dataclass(frozen=True, slots=True)
class _Wish:
    """How a sample is drawn: rates as fractions, the rest as asked."""

    method: SampleMethod
    confidence: Fraction
    tolerable: Fraction
    materiality: Money | None
    expected: int
    size: int | None
    subjects: tuple[str, ...]
    by: str


@dataclass(slots=True)
class _Chosen:
    """The places of a sample in its frame; certainties among them are taken whatever the chance."""

    places: list[int]
    certainties: frozenset[int] = frozenset()
    strata: dict[int, str] | None = None
    parameters: dict[str, object] | None = None


def draw_sample(
    session: Session,
    actor: Actor,
    *,
    inspection_id: int,
    method: SampleMethod,
    seed: str,
    source: str = BOOK,
    confidence: int = 95,
    tolerable: int | None = None,
    materiality: Money | None = None,
    expected: int = 0,
    size: int | None = None,
    subjects: Sequence[str] = (),
    by: str = "amount",
) -> AuditSample:
    """Draw vouchers of the plan's period from a source (`book`, `voucher_list:7`) by a seed.

    `confidence` and `tolerable` are percent, `materiality` the error that would still be borne,
    `expected` the errors expected. Without `size` it is worked out: from the tolerable rate (5 %
    where none is said), for units of money from the materiality. STRATIFIED parts `by` amount or
    part (fund, month); RISK takes `subjects`. Raises `Invalid`, `InvalidState` outside fieldwork,
    `Denied`, `NotFound`.
    """
    inspection = _at_work(session, actor, inspection_id)
    seed = texts.line(seed, field="seed")
    wish = _wish(method, confidence, tolerable, materiality, expected, size, subjects, by)
    frame = frame_of(session, inspection, source)
    if not frame.subjects:
        raise Invalid(SampleReason.FRAME_EMPTY, field="source")
    chosen = _choose(frame, wish, seed)
    if len(chosen.places) > MOST_ITEMS:
        raise Invalid(SampleReason.TOO_MANY, field="size", most=MOST_ITEMS)
    sample = _kept(session, actor, inspection, frame, wish, chosen, seed)
    outbox.write(session, "audit_sample.drawn", inspection.subject, sample_id=sample.id)
    return sample


def record_check(
    session: Session,
    actor: Actor,
    *,
    sample_id: int,
    number: int,
    audited: Money,
    deviation: bool,
    note: str = "",
) -> AuditSampleItem:
    """Write down what one voucher should be, and whether it departs from the rules.

    What is written again is evaluated again. Raises `Invalid` on `note` where something is wrong
    and nobody says what, `InvalidState` outside fieldwork, `Denied`, `NotFound`.
    """
    sample = present(session.get(AuditSample, sample_id))
    _at_work(session, actor, sample.inspection_id)
    item = locked(
        session,
        select(AuditSampleItem).where(
            AuditSampleItem.sample_id == sample_id, AuditSampleItem.number == number
        ),
    )
    note = texts.prose(note, field="note", limit=_NOTE)
    is_wrong = deviation or audited != item.amount
    if is_wrong and not note:
        raise Invalid(CommonReason.REQUIRED, field="note")
    item.audited_amount, item.deviation, item.note = audited, deviation, note
    item.checked_by_user_id, item.checked_at = actor.user_id, clock.now()
    session.flush()
    return item


def evaluate_sample(session: Session, actor: Actor, *, sample_id: int) -> AuditSample:
    """Say what a sample means for the whole: rate, projected error, upper limit, conclusion.

    A sample picked by risk says nothing of the whole. Raises `InvalidState` while items are left
    or where the frame changed since, `Denied`, `NotFound`.
    """
    sample = locked(session, select(AuditSample).where(AuditSample.id == sample_id))
    inspection = _at_work(session, actor, sample.inspection_id)
    items = list(sample.items)
    left = sum(item.checked_at is None for item in items)
    if left:
        raise InvalidState(SampleReason.LEFT, left=left)
    frame = frame_of(session, inspection, sample.source)
    if frame.hash != sample.frame_hash:
        raise InvalidState(SampleReason.FRAME_CHANGED)
    strata = sample.parameters.get("strata")
    # a band of amounts is never the name of a fund or a month
    by_amount = isinstance(strata, dict) and all(name.startswith("band:") for name in strata)
    amounts = _amounts(frame, by_amount=by_amount) if strata else {}
    sample.evaluation = evaluation_of(sample, items, amounts)
    sample.evaluated_at = clock.now()
    sample.move_to(AuditSampleState.EVALUATED)
    outbox.write(session, "audit_sample.evaluated", inspection.subject, sample_id=sample.id)
    session.flush()
    return sample


def _at_work(session: Session, actor: Actor, inspection_id: int) -> Inspection:
    inspection = present(session.get(Inspection, inspection_id))
    require(policy.may_inspect(actor, inspection))
    if inspection.state is not InspectionState.FIELDWORK:
        raise InvalidState(CommonReason.WRONG_STATE, state=inspection.state)
    return inspection


def _wish(
    method: SampleMethod,
    confidence: int,
    tolerable: int | None,
    materiality: Money | None,
    expected: int,
    size: int | None,
    subjects: Sequence[str],
    by: str,
) -> _Wish:
    """What was asked, within bounds; raises `Invalid` beside its field."""
    if not 50 <= confidence <= 99:
        raise Invalid(SampleReason.CONFIDENCE_RANGE, field="confidence")
    rate = 5 if tolerable is None else tolerable
    if not 1 <= rate <= 50 or expected < 0:
        raise Invalid(SampleReason.TOLERABLE_RANGE, field="tolerable")
    if size is not None and size < 1:
        raise Invalid(CommonReason.NOT_POSITIVE, field="size")
    if materiality is not None and materiality.fen <= 0:
        raise Invalid(CommonReason.NOT_POSITIVE, field="materiality")
    return _Wish(
        method, Fraction(confidence, 100), Fraction(rate, 100), materiality, expected, size,
        tuple(subjects), by,
    )  # fmt: skip


# ── choosing ─────────────────────────────────────────────────────────────────────────────────────


def _choose(frame: SampleFrame, wish: _Wish, seed: str) -> _Chosen:
    if wish.method is SampleMethod.MUS:
        return _by_money(frame, wish, seed)
    if wish.method is SampleMethod.RISK:
        return _picked(frame, wish)
    size = wish.size or sampling.frame_size(
        wish.confidence, wish.tolerable, len(frame.subjects), wish.expected
    )
    size = min(size, len(frame.subjects))
    if wish.method is SampleMethod.SYSTEMATIC:
        return _Chosen(sampling.systematic(len(frame.subjects), size, seed))
    if wish.method is SampleMethod.STRATIFIED:
        return _by_stratum(frame, wish, seed, size)
    return _Chosen(sampling.simple_random(frame.subjects, size, seed))


def _by_money(frame: SampleFrame, wish: _Wish, seed: str) -> _Chosen:
    if frame.book_value <= 0:
        raise Invalid(SampleReason.FRAME_EMPTY, field="source")
    size = wish.size
    if size is None:
        if wish.materiality is None:
            raise Invalid(SampleReason.MATERIALITY_NEEDED, field="materiality")
        size = sampling.mus_size(
            frame.book_value, wish.materiality.fen, wish.confidence, errors=wish.expected
        )
    drawn = sampling.mus_draw(frame.amounts, size, seed)
    parameters: dict[str, object] = {
        "units": size,
        "interval": f"{drawn.interval.numerator}/{drawn.interval.denominator}",
        "unreachable": len(drawn.unreachable),
        "unreachable_fen": sum(frame.amounts[place] for place in drawn.unreachable),
    }
    places = sorted({*drawn.certainties, *drawn.drawn})
    return _Chosen(places, frozenset(drawn.certainties), parameters=parameters)


def _picked(frame: SampleFrame, wish: _Wish) -> _Chosen:
    """What somebody picked by risk, each once."""
    place = {subject: at for at, subject in enumerate(frame.subjects)}
    if not wish.subjects:
        raise Invalid(SampleReason.PICK_NEEDED, field="subjects")
    for subject in wish.subjects:
        if subject not in place:
            raise Invalid(SampleReason.NOT_IN_FRAME, field="subjects", subject=subject)
    return _Chosen(sorted({place[subject] for subject in wish.subjects}))


def _by_stratum(frame: SampleFrame, wish: _Wish, seed: str, size: int) -> _Chosen:
    """Parted by amount (Neyman: where sums differ most is looked most) or by part, evenly."""
    is_amount = wish.by == "amount"
    strata = _strata(frame, by_amount=is_amount)
    sums = _amounts(frame, by_amount=is_amount)
    counts = {name: len(amounts) for name, amounts in sums.items()}
    if size < len(counts):
        raise Invalid(SampleReason.STRATA_MORE, field="size", strata=len(counts))
    spreads = {name: _spread(amounts) for name, amounts in sums.items()} if is_amount else None
    sizes = sampling.allocation(counts, size, spreads)
    places = sampling.stratified(frame.subjects, strata, sizes, seed)
    parameters: dict[str, object] = {
        "strata": {name: [counts[name], sizes[name]] for name in sorted(counts)},
        "sums_fen": {name: sum(sums[name]) for name in sorted(sums)},
    }
    return _Chosen(places, strata={at: strata[at] for at in places}, parameters=parameters)


def _strata(frame: SampleFrame, *, by_amount: bool) -> list[str]:
    """The stratum of each item of a frame."""
    return [_band(fen) for fen in frame.amounts] if by_amount else list(frame.parts)


def _amounts(frame: SampleFrame, *, by_amount: bool) -> dict[str, list[int]]:
    """The amounts (fen) of each stratum."""
    found: dict[str, list[int]] = {}
    for stratum, fen in zip(_strata(frame, by_amount=by_amount), frame.amounts, strict=True):
        found.setdefault(stratum, []).append(fen)
    return found


def _band(fen: int) -> str:
    return next((f"band:{name}" for below, name in BANDS if fen < below), "band:4")


def _spread(amounts: Sequence[int]) -> int:
    """The standard deviation of some sums in whole fen."""
    count, whole = len(amounts), sum(amounts)
    return isqrt(max(0, count * sum(fen * fen for fen in amounts) - whole * whole)) // count


def _kept(
    session: Session,
    actor: Actor,
    inspection: Inspection,
    frame: SampleFrame,
    wish: _Wish,
    chosen: _Chosen,
    seed: str,
) -> AuditSample:
    # two who draw at once get two numbers: they wait for the inspection's row
    locked(session, select(Inspection).where(Inspection.id == inspection.id))
    before = select(func.max(AuditSample.number)).where(AuditSample.inspection_id == inspection.id)
    sample = AuditSample(
        inspection_id=inspection.id,
        number=(session.scalar(before) or 0) + 1,
        method=wish.method,
        source=frame.source,
        period_from=inspection.plan.period_from,
        period_until=inspection.plan.period_until,
        frame_hash=frame.hash,
        population=len(frame.subjects),
        book_value=Money(frame.book_value),
        seed=seed,
        parameters={
            "confidence_percent": int(wish.confidence * 100),
            "tolerable_percent": int(wish.tolerable * 100),
            "expected": wish.expected,
            "materiality_fen": wish.materiality.fen if wish.materiality else None,
        }
        | (chosen.parameters or {}),
        size=len(chosen.places),
        drawn_by_user_id=actor.user_id,
        drawn_at=clock.now(),
    )
    session.add(sample)
    session.flush()
    strata = chosen.strata or {}
    session.add_all(
        AuditSampleItem(
            sample_id=sample.id,
            number=number,
            subject=frame.subjects[place],
            stratum=strata.get(place, ""),
            amount=Money(frame.amounts[place]),
            is_certainty=place in chosen.certainties,
        )
        for number, place in enumerate(chosen.places, start=1)
    )
    session.flush()
    session.refresh(sample)
    return sample
