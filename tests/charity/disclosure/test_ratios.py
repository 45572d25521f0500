"""Annual spend and management cost: the handbook's vectors, each rule just inside and outside."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.disclosure import ratios, services
from charity.disclosure.queries import duties_of
from charity.disclosure.queries import ratios as queries
from charity.disclosure.ratios import AgreedRate, Figures, RatioKind, RatioOutcome
from charity.disclosure.reasons import DisclosureReason as Reason
from charity.donations.models import Donation, DonationState, GiverKind
from charity.errors import Conflict, Denied, Invalid, InvalidState
from charity.ledger import services as ledger
from charity.ledger.chart import AccountCode
from charity.money import Money
from charity.registry.models import OrganisationKind
from tests.charity.disclosure.owed import SYSTEM, Owing
from tests.conftest import SetClock
from tests.factories import make_actor

ON = date(2026, 12, 31)
YUAN = 100
FOUNDATION, ASSOCIATION = OrganisationKind.FOUNDATION, OrganisationKind.ASSOCIATION
MET, MISSED = RatioOutcome.MET, RatioOutcome.MISSED


def figures(**more: Any) -> Figures:
    """A foundation with a certificate that spent nothing of nothing."""
    values: dict[str, Any] = {
        "kind": FOUNDATION,
        "is_charity": True,
        "has_certificate": True,
        "charitable": 0,
        "management": 0,
        "total": 0,
        "incomes": (0,),
        "net_assets": (0,),
    }
    return Figures(**(values | more))


def outcome(found: Figures, kind: RatioKind, **more: Any) -> RatioOutcome:
    [verdict] = [each for each in ratios.judge(found, ON, **more) if each.kind is kind]
    return verdict.outcome


def spending(**more: Any) -> RatioOutcome:
    return outcome(figures(**more), RatioKind.SPENDING)


def management(**more: Any) -> RatioOutcome:
    return outcome(figures(**more), RatioKind.MANAGEMENT)


@pytest.mark.rule("RAT-01.spend")
def test_rat_01_seventy_percent_of_the_income_of_the_year_before() -> None:
    income = (10_000_000 * YUAN,)
    assert spending(incomes=income, charitable=6_999_999 * YUAN) is MISSED
    assert spending(incomes=income, charitable=7_000_000 * YUAN) is MET


@pytest.mark.rule("RAT-02.spend")
def test_rat_02_seventy_percent_for_associations() -> None:
    income, kind = (10_000_000 * YUAN,), ASSOCIATION
    assert spending(kind=kind, incomes=income, charitable=700_000_000 - 1) is MISSED
    assert spending(kind=kind, incomes=income, charitable=700_000_000) is MET


@pytest.mark.rule("RAT-11")
def test_rat_11_three_years_average_may_stand_for_the_last() -> None:
    incomes = (10_000_000 * YUAN, 9_000_000 * YUAN, 8_000_000 * YUAN)
    assert spending(incomes=incomes, charitable=6_999_999 * YUAN) is MET
    [verdict, _] = ratios.judge(figures(incomes=incomes, charitable=6_999_999 * YUAN), ON)
    assert (verdict.is_average, verdict.base) == (True, Fraction(9_000_000 * YUAN))
    assert spending(incomes=incomes, charitable=6_299_999 * YUAN) is MISSED
    assert spending(incomes=incomes[:2], charitable=6_999_999 * YUAN) is MISSED


#: Rule, kind, the lowest net assets of its band in yuan (None: none), spend and management.
BANDS = [
    ("RAT-03", FOUNDATION, 60_000_000, 6, 12),
    ("RAT-04", FOUNDATION, 8_000_000, 6, 13),
    ("RAT-05", FOUNDATION, 4_000_000, 7, 15),
    ("RAT-06", FOUNDATION, None, 8, 20),
    ("RAT-07", ASSOCIATION, 10_000_000, 6, 13),
    ("RAT-08", ASSOCIATION, 5_000_000, 7, 14),
    ("RAT-09", ASSOCIATION, 1_000_000, 8, 15),
    ("RAT-10", ASSOCIATION, None, 8, 20),
]


@pytest.mark.parametrize(
    ("rule", "kind", "least"),
    [
        pytest.param(*row[:3], marks=pytest.mark.rule(f"{row[0]}.from"), id=row[0])
        for row in BANDS
        if row[2] is not None
    ],
)
def test_a_band_begins_with_its_bound(rule: str, kind: OrganisationKind, least: int) -> None:
    found = figures(kind=kind, has_certificate=False)
    assert ratios.rule_for(found, least * YUAN, ON) == rule
    below = [row[0] for row in BANDS if row[1] is kind]
    assert ratios.rule_for(found, least * YUAN - 1, ON) == below[below.index(rule) + 1]


def test_rat_04_rat_05_the_handbook_s_vector() -> None:
    found = figures(has_certificate=False)
    assert ratios.rule_for(found, 800_000_000, ON) == "RAT-04"
    assert ratios.rule_for(found, 799_999_999, ON) == "RAT-05"


@pytest.mark.parametrize(
    ("kind", "least", "percent"),
    [
        pytest.param(*row[1:4], marks=pytest.mark.rule(f"{row[0]}.spend"), id=row[0])
        for row in BANDS
    ],
)
def test_rat_03_to_rat_10_without_certificate_a_share_of_net_assets_is_spent(
    kind: OrganisationKind, least: int | None, percent: int
) -> None:
    base = (least or 900_000) * YUAN
    just = base * percent // 100
    common: dict[str, Any] = {"kind": kind, "has_certificate": False, "net_assets": (base,)}
    assert spending(charitable=just, **common) is MET
    assert spending(charitable=just - 1, **common) is MISSED


@pytest.mark.parametrize(
    ("kind", "least", "percent"),
    [
        pytest.param(row[1], row[2], row[4], marks=pytest.mark.rule(f"{row[0]}.manage"), id=row[0])
        for row in BANDS
    ],
)
def test_rat_03_to_rat_10_management_costs_no_more_than_its_share(
    kind: OrganisationKind, least: int | None, percent: int
) -> None:
    total = 100_000_000 * YUAN
    common: dict[str, Any] = {
        "kind": kind,
        "has_certificate": False,
        "net_assets": ((least or 900_000) * YUAN,),
        "total": total,
    }
    assert management(management=total * percent // 100, **common) is MET
    assert management(management=total * percent // 100 + 1, **common) is MISSED


@pytest.mark.parametrize(
    ("kind", "percent"),
    [
        pytest.param(FOUNDATION, 10, marks=pytest.mark.rule("RAT-01.manage"), id="RAT-01"),
        pytest.param(ASSOCIATION, 13, marks=pytest.mark.rule("RAT-02.manage"), id="RAT-02"),
    ],
)
def test_management_of_those_with_a_certificate(kind: OrganisationKind, percent: int) -> None:
    total = 100_000_000 * YUAN
    assert management(kind=kind, total=total, management=total * percent // 100) is MET
    assert management(kind=kind, total=total, management=total * percent // 100 + 1) is MISSED


@pytest.mark.rule("RAT-10.income")
def test_rat_10_the_smallest_spend_half_of_their_income_too() -> None:
    common: dict[str, Any] = {
        "kind": ASSOCIATION,
        "has_certificate": False,
        "net_assets": (100,),
        "incomes": (1_000_001,),
    }
    assert spending(charitable=500_000, **common) is MISSED
    assert spending(charitable=500_001, **common) is MET


def test_rat_12_income_is_what_could_be_used() -> None:
    assert ratios.income_of_year(1_000, 300, 50) == 750


@pytest.mark.rule("RAT-13")
def test_rat_13_below_two_hundred_thousand_no_percentage_applies() -> None:
    assert management(management=19_999_999, total=20_000_000) is RatioOutcome.EXEMPT
    assert management(management=20_000_000, total=20_000_000) is MISSED


def test_rat_14_what_cannot_be_said_is_reported() -> None:
    found = ratios.judge(figures(incomes=(), charitable=1, total=1), ON)
    assert [each.outcome for each in found] == [RatioOutcome.UNKNOWN, RatioOutcome.EXEMPT]
    assert ratios.missed(found) == ["RAT-01"]


def test_rat_15_a_gift_with_its_own_rate_is_judged_by_it() -> None:
    total = 10_000_000 * YUAN
    common: dict[str, Any] = {"total": total, "management": 1_200_000 * YUAN}
    assert management(**common) is MISSED
    agreed = (AgreedRate(spent=4_000_000 * YUAN, permille=150),)
    assert management(agreed=agreed, **common) is MET
    assert management(agreed=agreed, total=total, management=120_000_001) is MISSED


def test_rat_16_who_is_no_charity_is_told_and_not_bound() -> None:
    found = ratios.judge(figures(is_charity=False, incomes=(100,)), ON)
    assert {each.outcome for each in found} == {RatioOutcome.REPORTED, RatioOutcome.EXEMPT} - {
        RatioOutcome.EXEMPT
    }
    assert ratios.missed(found) == []


@pytest.mark.rule("RAT-17")
def test_rat_17_the_draft_informs_only_where_asked() -> None:
    found = figures(fundraising_cost=4, fundraising_income=100)
    assert len(ratios.judge(found, ON)) == 2
    [*_, draft] = ratios.judge(found, ON, with_draft=True)
    assert (draft.outcome, draft.share, draft.limit) == (
        RatioOutcome.REPORTED,
        Fraction(4, 100),
        Fraction(3, 100),
    )


@given(st.integers(0, 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=8))
def test_rat_18_shared_costs_are_split_to_the_fen(shared: int, weights: list[int]) -> None:
    key = {f"activity{number}": weight for number, weight in enumerate([*weights, 1])}
    parts = ratios.split_shared(Money(shared), key)
    assert Money.total(parts.values()) == Money(shared)
    assert parts == ratios.split_shared(Money(shared), key)
    whole = sum(key.values())
    assert all(abs(parts[name].fen - Fraction(shared * key[name], whole)) < 1 for name in key)


@given(
    st.sampled_from([FOUNDATION, ASSOCIATION]),
    st.booleans(),
    st.tuples(*[st.integers(0, 10**11)] * 3),
    st.lists(st.integers(0, 10**11), max_size=4),
    st.lists(st.integers(0, 10**11), max_size=4),
)
def test_more_on_the_purpose_never_fails_and_more_management_never_passes(
    kind: OrganisationKind,
    certificate: bool,
    spent: tuple[int, int, int],
    incomes: list[int],
    assets: list[int],
) -> None:
    charitable, managed, more = spent
    found = figures(
        kind=kind, has_certificate=certificate, charitable=charitable, management=managed,
        total=charitable + managed, incomes=tuple(incomes), net_assets=tuple(assets),
    )  # fmt: skip
    if outcome(found, RatioKind.SPENDING) is MET:
        assert outcome(replace(found, charitable=charitable + more), RatioKind.SPENDING) is MET
    if outcome(found, RatioKind.MANAGEMENT) is MISSED:
        worse = replace(found, management=managed + more)
        assert outcome(worse, RatioKind.MANAGEMENT) is MISSED


def test_before_the_first_row_nothing_is_judged() -> None:
    with pytest.raises(LookupError):
        ratios.judge(figures(), date(2016, 8, 31))


def test_rat_15_an_agreed_rate_is_kept_and_judges_what_is_spent_of_the_gift(
    session: Session, clock: SetClock
) -> None:
    clock.set(datetime(2025, 3, 1, tzinfo=UTC))
    owing = Owing.begin(session)
    fund = owing.fund()
    campaign = owing.campaign(date(2025, 3, 1), date(2025, 12, 31), fund_id=fund.id)
    entry = ledger.post_gift(
        session, SYSTEM, fund_id=fund.id, amount=Money.yuan(1_000_000), source="payment:1",
        occurred_on=date(2025, 6, 1), giver=ledger.Giver("donor:1", "enterprise", ""),
    )  # fmt: skip
    gift = Donation(
        client_id="a", trail_token="b", campaign_id=campaign.id, amount=Money.yuan(1_000_000),
        state=DonationState.SETTLED, giver_kind=GiverKind.ENTERPRISE, entry_id=entry.id,
        created_at=house_clock.now(), settled_at=house_clock.now(),
    )  # fmt: skip
    session.add(gift)
    for number, (cost, yuan) in enumerate(
        ((AccountCode.PROGRAMME_COST, 750_000), (AccountCode.MANAGEMENT_COST, 250_000))
    ):
        ledger.pay(
            session, SYSTEM, fund_id=fund.id, amount=Money.yuan(yuan), source=f"paid:{number}",
            occurred_on=date(2025, 7, 1), cost=cost,
        )  # fmt: skip

    def management() -> tuple[str, int]:
        found = queries.so_far(session, owing.charity, 2025)
        assert found is not None
        [row] = [each for each in found["verdicts"] if each["kind"] == "management"]
        return row["outcome"], row["limit_millionths"]

    assert management() == ("missed", 130_000)
    said = {"donation_id": gift.id, "agreement": "协议 7 第四条"}
    with pytest.raises(Invalid):
        services.agree_rate(session, owing.publisher, permille=1001, **said)
    with pytest.raises(Denied):
        services.agree_rate(session, make_actor(session), permille=250, **said)
    services.agree_rate(session, owing.publisher, permille=250, **said)
    assert management() == ("met", 250_000)
    with pytest.raises(Conflict):
        services.agree_rate(session, owing.publisher, permille=200, **said)


def test_rat_18_the_key_of_shared_costs_is_kept_from_a_day_on(
    session: Session, clock: SetClock
) -> None:
    owing = Owing.begin(session)

    def key(since: date, **weights: int) -> None:
        services.set_allocation_key(
            session, owing.publisher, organisation_id=owing.charity.id, since=since,
            weights=weights, reason="按工时",
        )  # fmt: skip

    for wrong in ({}, {"meals": 0}, {"meals": 2, "rails": -1}):
        with pytest.raises(Invalid):
            key(date(2025, 1, 1), **wrong)
    key(date(2025, 1, 1), meals=3, rails=1)
    key(date(2026, 1, 1), meals=1, rails=1)
    with pytest.raises(Conflict):
        key(date(2026, 1, 1), meals=9, rails=1)
    found = {
        year: queries.allocation_key(session, owing.charity.id, date(year, 12, 31))
        for year in (2024, 2025, 2026)
    }
    assert found[2024] is None
    assert found[2025] is not None
    parts = ratios.split_shared(Money.yuan(100), found[2025].weights)
    assert parts == {"meals": Money.yuan(75), "rails": Money.yuan(25)}
    assert found[2026] is not None
    assert found[2026].weights == {"meals": 1, "rails": 1}


@pytest.mark.rule("RAT-17")
def test_rat_17_the_page_tells_the_draft_once_there_is_one() -> None:
    known = figures(fundraising_cost=4, fundraising_income=100)
    told = {
        day: {each.rule_id for each in queries.judged(known, day)}
        for day in (date(2025, 11, 11), date(2025, 11, 12))
    }
    assert "RAT-17" not in told[date(2025, 11, 11)]
    assert "RAT-17" in told[date(2025, 11, 12)]


def test_the_figures_are_those_of_the_book(session: Session, clock: SetClock) -> None:
    clock.set(datetime(2024, 3, 1, tzinfo=UTC))
    owing = Owing.begin(session)
    mine, fund = owing.charity, owing.fund()
    owing.charity.established_on = date(2020, 1, 1)
    for year, gift, spent in ((2024, 1_000, 0), (2025, 0, 699), (2026, 0, 1)):
        clock.set(datetime(year, 6, 1, tzinfo=UTC))
        if gift:
            ledger.post_gift(
                session, SYSTEM, fund_id=fund.id, amount=Money.yuan(gift), source="payment:1",
                occurred_on=date(year, 6, 1), giver=ledger.Giver("donor:1", "individual", ""),
            )  # fmt: skip
        if spent:
            ledger.pay(
                session, SYSTEM, fund_id=fund.id, amount=Money.yuan(spent), source=f"paid:{year}",
                occurred_on=date(year, 6, 1), cost=AccountCode.PROGRAMME_COST,
            )  # fmt: skip
    with pytest.raises(Denied):
        services.compute_missing_ratios(session, owing.publisher, on=date(2026, 6, 1))
    assert services.compute_missing_ratios(session, SYSTEM, on=date(2026, 6, 1)) == 1
    assert services.compute_missing_ratios(session, SYSTEM, on=date(2026, 6, 1)) == 0
    [report] = queries.reports(session, mine.id)
    said = report.content
    assert (said["charitable_fen"], said["incomes_fen"]) == (69_900, [100_000])
    assert said["net_assets_before_fen"] == [100_000]
    assert said["missed"] == ["RAT-02"]
    owing.run(date(2026, 6, 2))
    assert "RAT-14" in {duty.rule_id for duty in duties_of(session, organisation_id=mine.id)}
    clock.advance(minutes=1)
    with pytest.raises(Invalid) as silent:
        services.compute_ratios(
            session, owing.publisher, organisation_id=mine.id, year=2025, not_usable=Money.yuan(2)
        )
    assert silent.value.field == "because", "an adjustment says by which agreement (RAT-12)"
    again = services.compute_ratios(
        session, owing.publisher, organisation_id=mine.id, year=2025,
        not_usable=Money.yuan(2), because="协议第七条：2025 年起用",
    )  # fmt: skip
    assert again.content["missed"] == []
    assert (again.content["not_usable_fen"], again.content["lifted_fen"]) == (200, 0)
    assert again.content["incomes_fen"] == [99_800]
    assert queries.reports(session, mine.id) == [again]
    for year, reason in ((2026, Reason.YEAR_NOT_OVER), (2023, Reason.NO_BOOK_THEN)):
        with pytest.raises(InvalidState) as refusal:
            services.compute_ratios(session, SYSTEM, organisation_id=mine.id, year=year)
        assert refusal.value.reason is reason
    running = queries.so_far(session, mine, 2026)
    assert running is not None
    assert (running["total_fen"], running["incomes_fen"]) == (100, [0, 100_000])
    assert queries.outcome_of(running) is RatioOutcome.MET
