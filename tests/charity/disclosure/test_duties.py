"""Duties follow the facts of each day, remind, and pause what is late."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.disclosure import queries, services
from charity.disclosure.models import (
    DisclosureKind,
    ProjectClosing,
    ProjectClosingState,
    RatioReport,
    SurplusDisposal,
)
from charity.errors import Denied
from charity.letters import Letter
from charity.money import Money
from charity.registry import queries as registry
from charity.registry import services as registry_services
from charity.registry.models import (
    AnnualInspection,
    CharitableTrust,
    InspectionResult,
    RelatedParty,
    Relation,
    RestrictedAct,
    TrustReport,
)
from charity.spending.models import Budget
from tests.charity.disclosure.owed import SYSTEM, Owing
from tests.factories import make_agreement, make_organisation, make_region

DAY = date(2026, 3, 16)


@pytest.fixture
def owing(session: Session, clock: Any) -> Owing:
    return Owing.begin(session)


def kinds(owing: Owing, **where: Any) -> dict[str, date]:
    """Open duties by kind, with their day."""
    return {
        f"{duty.rule_id}:{duty.kind}": duty.due_on
        for duty in queries.duties_of(owing.session, **where)
        if duty.dropped_at is None and duty.fulfilled_at is None
    }


def test_a_second_run_changes_nothing(owing: Owing) -> None:
    owing.campaign(date(2026, 1, 1), date(2026, 12, 31))
    first = owing.run(DAY)
    assert first.made == 4
    again = owing.run(DAY)
    assert (again.made, again.dropped, again.again, again.done) == (0, 0, 0, 0)
    with pytest.raises(Denied):
        services.raise_duties(owing.session, owing.publisher, on=DAY)


def test_dis_203_a_campaign_that_ends_early_owes_less(owing: Owing, clock: Any) -> None:
    campaign = owing.campaign(date(2026, 1, 1), date(2026, 12, 31))
    owing.run(DAY)
    progress = owing.of(campaign, DisclosureKind.CAMPAIGN_PROGRESS)
    assert [duty.due_on.month for duty in progress] == [4, 7, 10]
    clock.set(datetime(2026, 5, 1, 2, tzinfo=UTC))
    registry_services.end_campaign(owing.session, SYSTEM, campaign_id=campaign.id)
    owing.run(date(2026, 5, 1))
    open_ = [duty for duty in queries.duties_of(owing.session, campaign_id=campaign.id)]
    standing = [duty for duty in open_ if duty.dropped_at is None]
    assert [(duty.kind, duty.due_on) for duty in standing] == [
        (DisclosureKind.CAMPAIGN_RESULT, date(2026, 8, 1))
    ]
    assert {duty.dropped_because for duty in open_ if duty.dropped_at} == {"facts_changed"}


def test_cha_113_cha_114_an_emergency_that_does_not_tell_takes_no_new_gift(owing: Owing) -> None:
    campaign = owing.campaign(
        date(2026, 3, 1), date(2026, 4, 30), emergency="洪水", filed_on=date(2026, 3, 9)
    )
    owing.run(date(2026, 3, 6))
    told = owing.of(campaign, DisclosureKind.EMERGENCY_RECEIPTS)
    assert [duty.due_on.day for duty in told] == [6, 11, 16, 21]
    [filing] = owing.of(campaign, DisclosureKind.EMERGENCY_FILING)
    assert (filing.due_on, filing.fulfilled_at) == (date(2026, 3, 11), None)

    def stopped() -> list[str]:
        found = registry.restrictions(
            owing.session, campaign_id=campaign.id, act=RestrictedAct.COLLECT
        )
        return [each.rule_id for each in found]

    assert stopped() == []
    owing.run(date(2026, 3, 7))
    assert stopped() == ["CHA-114"]
    owing.publish(told[0])
    assert stopped() == []
    owing.run(date(2026, 3, 10))
    assert filing.fulfilled_at is not None


@pytest.mark.rule("CHA-113")
def test_cha_113_an_emergency_not_filed_in_ten_days_takes_no_new_gift(owing: Owing) -> None:
    first = date(2026, 3, 1)
    campaign = owing.campaign(first, date(2026, 4, 30), emergency="洪水", filed_on=first)
    campaign.plan.awaits_filing = True

    def stopped(on: date) -> bool:
        owing.run(on)
        found = registry.restrictions(owing.session, campaign_id=campaign.id)
        return "CHA-113" in {each.rule_id for each in found}

    assert not stopped(date(2026, 3, 11))
    assert stopped(date(2026, 3, 12))
    [filing] = owing.of(campaign, DisclosureKind.EMERGENCY_FILING)
    assert filing.due_on == date(2026, 3, 11)
    campaign.plan.awaits_filing, campaign.plan.filed_on = False, date(2026, 3, 12)
    assert not stopped(date(2026, 3, 13))
    assert filing.fulfilled_at is not None


@pytest.mark.rule("DIS-203.found_late")
def test_dis_203_what_is_found_late_pauses_gifts_after_two_weeks(owing: Owing) -> None:
    campaign = owing.campaign(date(2025, 11, 1), date(2026, 10, 31))

    def stopped() -> int:
        return len(registry.restrictions(owing.session, campaign_id=campaign.id))

    owing.run(DAY)
    assert owing.of(campaign, DisclosureKind.CAMPAIGN_PROGRESS)[0].due_on == date(2026, 2, 1)
    owing.run(DAY + timedelta(days=14))
    assert stopped() == 0
    owing.run(DAY + timedelta(days=15))
    assert stopped() == 1


def test_dis_202_dis_207_dis_214_a_missing_report_of_the_year_stops_new_projects(
    owing: Owing,
) -> None:
    owing.charity.established_on = date(2020, 1, 1)
    owing.run(date(2026, 5, 31))
    mine: dict[str, Any] = {"organisation_id": owing.charity.id}
    assert kinds(owing, **mine) == {
        "DIS-202:annual_report": date(2026, 5, 31),
        "DIS-207:related_parties": date(2026, 5, 31),
        "DIS-214:pay_and_standards": date(2026, 5, 31),
        "ORG-11.registrar:annual_report": date(2026, 5, 31),
        "ORG-11.supervisor:annual_report": date(2026, 3, 31),
    }
    assert registry.restrictions(owing.session, **mine) == []
    owing.run(date(2026, 6, 1))
    [stopped] = registry.restrictions(owing.session, **mine)
    assert (stopped.act, stopped.rule_id) == (RestrictedAct.POST, "DIS-202")
    [duty] = [d for d in queries.duties_of(owing.session, **mine) if d.rule_id == "DIS-202"]
    owing.publish(duty)
    assert registry.restrictions(owing.session, **mine) == []


def test_dis_208_org_11_without_certificate_major_projects_and_the_registrar(
    owing: Owing,
) -> None:
    owing.charity.established_on = date(2020, 1, 1)
    owing.charity.certificate_from = date(2026, 1, 2)
    owing.session.add(
        AnnualInspection(
            organisation_id=owing.charity.id,
            year=2025,
            result=InspectionResult.PASS,
            decided_on=date(2026, 3, 1),
            recorded_by_user_id=owing.publisher.user_id,
        )
    )
    owing.run(DAY)
    found = kinds(owing, organisation_id=owing.charity.id)
    assert set(found) == {
        "DIS-202:annual_report",
        "DIS-207:related_parties",
        "DIS-208:major_projects",
    }


def test_cha_134_partners_are_told_of_after_the_end(owing: Owing) -> None:
    partner = make_organisation(owing.session)
    make_agreement(owing.session, owing.charity, partner)
    campaign = owing.campaign(date(2026, 1, 1), date(2026, 3, 15), partner_id=partner.id)
    owing.run(date(2026, 3, 15))
    assert owing.of(campaign, DisclosureKind.PARTNER_SUPERVISION) == []
    owing.run(date(2026, 3, 16))
    [duty] = owing.of(campaign, DisclosureKind.PARTNER_SUPERVISION)
    assert (duty.rule_id, duty.due_on) == ("CHA-134", date(2026, 6, 15))


def test_dis_204_dis_209_cha_165_a_project_and_its_surplus(owing: Owing) -> None:
    session, fund = owing.session, owing.fund()
    make_region(session)
    session.add(Budget(organisation_id=owing.charity.id, region_code="420704", fund_id=fund.id))
    session.flush()
    subject = f"fund:{fund.id}"
    owing.run(DAY)
    assert kinds(owing, subject=subject) == {}
    owing.run(DAY + timedelta(days=100))
    assert kinds(owing, subject=subject) == {"DIS-204:project_progress": date(2026, 9, 16)}
    closing = ProjectClosing(
        fund_id=fund.id,
        charity_id=owing.charity.id,
        state=ProjectClosingState.PREPARED,
        surplus=Money.yuan(3),
        disposal=SurplusDisposal.BY_PLAN,
        reason="",
        ended_on=date(2026, 6, 30),
        prepared_by_user_id=owing.publisher.user_id,
        preparer_person_id=owing.publisher.person_id,
        prepared_at=datetime(2026, 6, 30, tzinfo=UTC),
    )
    session.add(closing)
    session.flush()
    owing.run(date(2026, 7, 1))
    assert kinds(owing, subject=subject) == {"DIS-204:project_result": date(2026, 9, 30)}
    assert kinds(owing, subject=closing.subject) == {"DIS-209:surplus": date(2026, 9, 30)}


def test_tru_01_tru_02_dis_210_trusts(owing: Owing) -> None:
    session = owing.session
    make_region(session)
    trust = CharitableTrust(
        name="助学信托",
        trustee_id=owing.charity.id,
        settlor_name=owing.charity.name,
        purpose="助学",
        amount=Money.yuan(1_000_000),
        region_code="420704",
        signed_on=date(2026, 1, 10),
        recorded_by_user_id=owing.publisher.user_id,
        recorded_at=datetime(2026, 1, 10, tzinfo=UTC),
    )
    session.add(trust)
    session.flush()
    subject = f"charitable_trust:{trust.id}"
    owing.run(DAY)
    assert kinds(owing, subject=subject) == {
        "DIS-210:trust": date(2026, 2, 9),
        "TRU-01:trust_filing": date(2026, 1, 17),
        "TRU-02:trust_report": date(2027, 1, 10),
    }
    trust.filed_on = date(2026, 1, 16)
    session.add(TrustReport(trust_id=trust.id, year=2026, published_on=date(2026, 12, 1)))
    owing.run(DAY)
    assert set(kinds(owing, subject=subject)) == {"DIS-210:trust"}


def test_dis_201_who_joins_the_council_is_told(owing: Owing) -> None:
    for since in (date(2020, 1, 1), date(2026, 3, 1)):
        owing.session.add(
            RelatedParty(
                organisation_id=owing.charity.id,
                name="王某",
                relation=Relation.COUNCIL,
                since=since,
                recorded_by_user_id=owing.publisher.user_id,
                recorded_at=datetime(2026, 3, 2, tzinfo=UTC),
            )
        )
    owing.session.flush()
    owing.run(DAY)
    assert kinds(owing) == {"DIS-201:charter": date(2026, 3, 31)}


def test_rat_14_a_missed_ratio_is_published_with_the_report_of_the_year(owing: Owing) -> None:
    for hour, missed in ((1, []), (2, ["RAT-02"])):
        owing.session.add(
            RatioReport(
                organisation_id=owing.charity.id,
                year=2025,
                computed_at=datetime(2026, 2, 1, hour, tzinfo=UTC),
                content={"missed": missed},
            )
        )
    owing.session.flush()
    owing.run(DAY)
    assert kinds(owing) == {"RAT-14:ratio_missed": date(2026, 5, 31)}


def test_reminders_go_once_to_those_who_publish(owing: Owing) -> None:
    campaign = owing.campaign(date(2026, 1, 1), date(2026, 1, 31))
    owing.run(DAY)
    [duty] = owing.of(campaign, DisclosureKind.CAMPAIGN_RESULT)
    assert duty.due_on == date(2026, 4, 30)
    also = {owing.charity.id: "office@example.org"}
    sent = [
        services.remind_of_duties(
            owing.session, SYSTEM, on=duty.due_on + timedelta(days=n), also=also
        )
        for n in (-15, -14, -13, -3, 0, 1, 7, 7)
    ]
    assert sent == [0, 1, 0, 1, 1, 0, 1, 0]
    letters = owing.session.scalars(select(Letter).where(Letter.kind == "disclosure.reminder"))
    assert [letter.data["days"] for letter in letters] == [14, 3, 0, -7]


def test_late_days_are_public(owing: Owing) -> None:
    campaign = owing.campaign(date(2026, 1, 1), date(2026, 1, 31))
    owing.run(DAY)
    [owed] = queries.late_duties(owing.session, date(2026, 5, 3), campaign_id=campaign.id)
    assert queries.days_late(owed.duty, date(2026, 5, 3)) == 3
    assert owed.days_left(date(2026, 5, 3)) == -3
    assert queries.late_duties(owing.session, date(2026, 4, 30)) == []
    owing.publish(owed.duty)
    assert queries.late_duties(owing.session, date(2026, 5, 3)) == []
    assert queries.days_late(owed.duty, date(2026, 5, 3)) == 0
