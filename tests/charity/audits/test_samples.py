"""Samples of a book and of a list that was handed in: drawn, looked at, evaluated; by whom."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.audits.models import (
    AuditSample,
    AuditSampleState,
    InspectionState,
    SampleMethod,
    VoucherListRow,
)
from charity.audits.queries.samples import frame_of, is_frame_unchanged, list_rows_page, list_source
from charity.audits.sample_reasons import SampleReason, VoucherReason
from charity.audits.services.sampling import draw_sample, evaluate_sample, record_check
from charity.audits.services.voucher_lists import hand_in
from charity.errors import Conflict, Denied, DomainError, Invalid, InvalidState, NotFound
from charity.money import Money
from tests.charity.audits.fieldwork import Fieldwork, make_fieldwork, pay

SUMS = (10, 500, 1_200, 1_300, 4_000)
HEAD = "凭证号,日期,收款人,摘要,金额,支付方式"


@pytest.fixture
def work(session: Session) -> Fieldwork:
    return make_fieldwork(session)


def _list(rows: int = 60) -> bytes:
    lines = [
        f"记-{n:03},2025-{n % 2 + 3:02}-{n % 28 + 1:02},甲{n},事,{n * 10}.00,"
        for n in range(1, rows + 1)
    ]
    return "\n".join([HEAD, *lines, "红-1,2025-03-02,甲1,冲回,-5.00,"]).encode()


def _hand_in(work: Fieldwork, actor: Actor | None = None, content: bytes = b"") -> str:
    handed = hand_in(
        work.session,
        actor or work.owner,
        inspection_id=work.inspection.id,
        content=content or _list(),
        file_name="凭证.csv",
        files=work.world.files,
    )
    assert handed.voucher_list is not None
    return list_source(handed.voucher_list)


def _draw(work: Fieldwork, method: SampleMethod, **asked: object) -> AuditSample:
    return draw_sample(
        work.session,
        work.inspector,
        inspection_id=work.inspection.id,
        method=method,
        seed="抽签 20260316",
        **asked,  # type: ignore[arg-type]
    )


def _look_at(work: Fieldwork, sample: AuditSample, **wrong: int) -> None:
    """Everything is right but the named numbers (`n3=500`: item 3 should be 500 yuan)."""
    for item in sample.items:
        should = wrong.get(f"n{item.number}")
        record_check(
            work.session,
            work.inspector,
            sample_id=sample.id,
            number=item.number,
            audited=item.amount if should is None else Money.yuan(should),
            deviation=should is not None,
            note="" if should is None else "多报了",
        )


def test_units_of_money_from_the_book(work: Fieldwork) -> None:
    subjects = [pay(work.world, yuan) for yuan in SUMS]
    sample = _draw(work, SampleMethod.MUS, size=5)
    assert (sample.population, sample.book_value, sample.number) == (5, Money.yuan(7_010), 1)
    assert sample.frame_hash == frame_of(work.session, work.inspection, "book").hash
    assert {item.subject for item in sample.items if item.is_certainty} == {subjects[-1]}
    again = _draw(work, SampleMethod.MUS, size=5)
    assert [item.subject for item in again.items] == [item.subject for item in sample.items]
    with pytest.raises(InvalidState) as left:
        evaluate_sample(work.session, work.inspector, sample_id=sample.id)
    assert left.value.reason is SampleReason.LEFT
    last = max(item.number for item in sample.items)
    _look_at(work, sample, **{f"n{last}": 3_000})
    done = evaluate_sample(work.session, work.inspector, sample_id=sample.id)
    assert done.state is AuditSampleState.EVALUATED
    # a certainty counts as it is: 1,000 yuan, above the 3.00 intervals that stand for no error
    assert done.evaluation["projected_over_fen"] == 100_000
    assert done.evaluation["upper_limit_fen"] == 420_600 + 100_000
    assert done.evaluation["conclusion"] == "reported"
    # a payment more is another frame: what was drawn from the old one is told so
    pay(work.world, 77)
    assert not is_frame_unchanged(work.session, sample)
    with pytest.raises(InvalidState) as changed:
        evaluate_sample(work.session, work.inspector, sample_id=sample.id)
    assert changed.value.reason is SampleReason.FRAME_CHANGED


def test_every_method_over_a_list_that_was_handed_in(work: Fieldwork) -> None:
    source = _hand_in(work)
    sizes = {}
    for method in SampleMethod:
        asked: dict[str, object] = {"source": source, "materiality": Money.yuan(2_000)}
        if method is SampleMethod.RISK:
            row = work.session.scalars(select(VoucherListRow.id)).first()
            asked["subjects"] = [f"voucher_list_row:{row}"]
        if method is SampleMethod.STRATIFIED:
            asked |= {"by": "part", "size": 9}
        sample = _draw(work, method, **asked)
        sizes[method.value] = sample.size
        _look_at(work, sample, n1=1)
        told = evaluate_sample(work.session, work.inspector, sample_id=sample.id).evaluation
        assert told["errors"] == 1
        assert ("projected_over_fen" in told) == (method is not SampleMethod.RISK)
    # of 61 vouchers four wrong ones are too many: 95 %, 5 %
    assert sizes == {
        "random": 32, "stratified": 9, "systematic": 32, "attribute": 32, "mus": 28, "risk": 1,
    }  # fmt: skip


def test_strata_by_amount_look_most_where_sums_differ_most(work: Fieldwork) -> None:
    for yuan in (*range(10, 40), 900, 2_000, 6_000):
        if yuan < 15 or yuan > 100:
            pay(work.world, yuan)
    sample = _draw(work, SampleMethod.STRATIFIED, size=5)
    strata = sample.parameters["strata"]
    assert strata == {"band:1": [6, 3], "band:2": [2, 2]}
    _look_at(work, sample)
    told = evaluate_sample(work.session, work.inspector, sample_id=sample.id).evaluation
    assert (told["projected_ppm"], told["conclusion"]) == (0, "reported")
    # 3.00 of Poisson pays for all six bills below 1,000 yuan at a half each: 960 yuan
    assert (told["projected_over_fen"], told["limit_by"]) == (0, "count")
    assert told["upper_limit_fen"] == 96_000


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"method": SampleMethod.MUS}, SampleReason.MATERIALITY_NEEDED),
        ({"confidence": 100}, SampleReason.CONFIDENCE_RANGE),
        ({"tolerable": 0}, SampleReason.TOLERABLE_RANGE),
        ({"method": SampleMethod.RISK}, SampleReason.PICK_NEEDED),
        ({"method": SampleMethod.RISK, "subjects": ["expense:0"]}, SampleReason.NOT_IN_FRAME),
        (
            {"method": SampleMethod.STRATIFIED, "size": 1, "source": "list", "by": "part"},
            SampleReason.STRATA_MORE,
        ),
    ],
)
def test_what_cannot_be_drawn_says_why(
    work: Fieldwork, asked: dict[str, object], reason: SampleReason
) -> None:
    if asked.get("source") == "list":
        asked = asked | {"source": _hand_in(work)}
    else:
        pay(work.world, 30)
    with pytest.raises(Invalid) as refused:
        _draw(work, **({"method": SampleMethod.RANDOM} | asked))  # type: ignore[arg-type]
    assert refused.value.reason is reason


def test_an_empty_frame_and_a_list_of_others_are_refused(work: Fieldwork) -> None:
    with pytest.raises(Invalid) as empty:
        _draw(work, SampleMethod.RANDOM)
    assert empty.value.reason is SampleReason.FRAME_EMPTY
    for source in ("voucher_list:0", "voucher_list:x", "elsewhere"):
        with pytest.raises(NotFound):
            _draw(work, SampleMethod.RANDOM, source=source)


def test_a_list_is_kept_whole_or_its_rows_are_named(work: Fieldwork) -> None:
    handed = hand_in(
        work.session,
        work.owner,
        inspection_id=work.inspection.id,
        content=f"{HEAD}\n1,2025-03-02,甲,事,5.00,\n2,,乙,事,6.00,".encode(),
        file_name="凭证.csv",
        files=work.world.files,
    )
    assert handed.voucher_list is None
    [flaw] = handed.flaws
    assert (flaw.number, flaw.reason) == (3, VoucherReason.EMPTY)
    source = _hand_in(work)
    with pytest.raises(Conflict) as twice:
        _hand_in(work, work.inspector)
    assert twice.value.reason is VoucherReason.HANDED_IN
    list_id = int(source.rpartition(":")[2])
    rows = list_rows_page(work.session, list_id)
    assert (rows.total, rows.items[0].number) == (61, 2)


def test_the_organisation_touches_no_sample_and_strangers_see_none(work: Fieldwork) -> None:
    """It hands in its list; drawing, looking and evaluating are the team's alone."""
    _hand_in(work)
    sample = _draw(work, SampleMethod.RANDOM, source=_hand_in(work, content=_list(9)), size=3)
    for actor in (work.owner, work.world.treasurer, work.world.stranger, work.world.auditor):
        for act in (
            lambda who: draw_sample(
                work.session, who, inspection_id=work.inspection.id,
                method=SampleMethod.RANDOM, seed="x",
            ),
            lambda who: record_check(
                work.session, who, sample_id=sample.id, number=1, audited=Money(1), deviation=True
            ),
            lambda who: evaluate_sample(work.session, who, sample_id=sample.id),
        ):  # fmt: skip
            with pytest.raises((Denied, NotFound)):
                act(actor)
    with pytest.raises(NotFound):
        _hand_in(work, work.world.stranger)


@pytest.mark.parametrize("state", [InspectionState.FINAL, InspectionState.CLOSED])
def test_after_fieldwork_nothing_is_drawn_or_handed_in(
    session: Session, state: InspectionState
) -> None:
    work = make_fieldwork(session, state=state)
    for act in (lambda: _draw(work, SampleMethod.RANDOM), lambda: _hand_in(work)):
        with pytest.raises(DomainError) as refused:
            act()
        assert isinstance(refused.value, InvalidState | Denied)


def test_what_is_wrong_says_what(work: Fieldwork) -> None:
    sample = _draw(work, SampleMethod.RANDOM, source=_hand_in(work), size=2)
    with pytest.raises(Invalid) as silent:
        record_check(
            work.session, work.inspector, sample_id=sample.id, number=1, audited=Money(1),
            deviation=False,
        )  # fmt: skip
    assert silent.value.field == "note"
