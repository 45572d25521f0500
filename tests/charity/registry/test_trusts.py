"""Charitable trusts: filed within days, told of yearly, never for anybody related."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.errors import Conflict, Denied, Invalid, InvalidState
from charity.money import Money
from charity.registry import identity, queries, services, trusting
from charity.registry.findings import Severity
from charity.registry.forces_reasons import ForcesReason as Reason
from charity.registry.models import (
    CharitableTrust,
    Organisation,
    OrganisationKind,
    RelatedParty,
    Relation,
    TrustReport,
)
from charity.registry.reasons import RegistryReason
from tests.factories import make_actor, make_organisation

SECRET = b"sixteen bytes and more"
SIGNED = date(2026, 1, 5)
SETTLOR, STAFF, STRANGER = "420704199001010001", "420704199001010010", "E12345678"


def number(first: str) -> str:
    """The resident's number of 17 given figures."""
    return first + identity._check_digit(first)


@pytest.fixture
def keeper(session: Session) -> Actor:
    return make_actor(session, Grant(Role.VERIFIER, organisation_id=make_organisation(session).id))


@pytest.fixture
def trustee(session: Session) -> Organisation:
    found = make_organisation(session, kind=OrganisationKind.FOUNDATION)
    found.is_charity = True
    return found


def record(session: Session, keeper: Actor, trustee: Organisation, **more: Any) -> CharitableTrust:
    values: dict[str, Any] = {
        "name": "a trust", "trustee_id": trustee.id, "settlor_name": "settlor",
        "settlor_identity": number("42070419900101000"), "purpose": "for the old",
        "amount": Money.yuan(100_000), "region_code": "420704", "signed_on": SIGNED,
    }  # fmt: skip
    return services.record_trust(session, keeper, secret=SECRET, **(values | more))


def trust_of(**more: Any) -> CharitableTrust:
    return CharitableTrust(**({"signed_on": SIGNED} | more))


def told(on: date) -> TrustReport:
    return TrustReport(year=on.year, published_on=on)


@pytest.mark.rule("TRU-01")
def test_tru_01_a_trust_is_filed_within_seven_days_of_signing() -> None:
    last, late = date(2026, 1, 12), date(2026, 1, 13)
    assert trusting.filing_due(SIGNED) == last
    assert not trusting.filing_findings(trust_of(filed_on=last), late)
    assert not trusting.filing_findings(trust_of(), last)
    for trust, reason in (
        (trust_of(filed_on=late), Reason.TRUST_FILED_LATE),
        (trust_of(), Reason.TRUST_NOT_FILED),
    ):
        (found,) = trusting.filing_findings(trust, late)
        assert (found.rule_id, found.severity, found.reason) == ("TRU-01", Severity.WARN, reason)
        assert found.parameter is not None


@pytest.mark.rule("TRU-02")
def test_tru_02_the_public_is_told_at_least_once_a_year() -> None:
    trust = trust_of()
    assert trusting.report_due(trust, []) == date(2027, 1, 5)
    assert not trusting.report_findings(trust, [], date(2027, 1, 5))
    (found,) = trusting.report_findings(trust, [], date(2027, 1, 6))
    assert (found.rule_id, found.reason) == ("TRU-02", Reason.TRUST_NOT_REPORTED)
    reports = [told(date(2026, 11, 1)), told(date(2026, 3, 1))]
    assert trusting.report_due(trust, reports) == date(2027, 11, 1)
    assert not trusting.report_findings(trust, reports, date(2027, 11, 1))
    assert not trusting.report_findings(trust_of(ended_on=SIGNED), [], date(2030, 1, 1))


def test_before_the_first_figure_a_person_judges() -> None:
    old = trust_of(signed_on=date(2010, 1, 1))
    for found in (
        *trusting.filing_findings(old, SIGNED),
        *trusting.report_findings(old, [], SIGNED),
    ):
        assert (found.severity, found.reason) == (Severity.WARN, RegistryReason.NO_FIGURE)
    assert trusting.filing_due(old.signed_on) is trusting.report_due(old, []) is None


def test_tru_03_nobody_related_to_settlor_or_trustee_is_a_beneficiary(
    session: Session, keeper: Actor, trustee: Organisation
) -> None:
    trust = record(session, keeper, trustee)
    staff = number("42070419910101001")
    session.add(
        RelatedParty(
            organisation_id=trustee.id, name="staff", relation=Relation.STAFF, since=SIGNED,
            identity_hash=identity.keyed_hash(staff, SECRET), recorded_at=clock.now(),
            recorded_by_user_id=keeper.user_id or 0,
        )
    )  # fmt: skip
    name = services.name_beneficiary
    more: dict[str, Any] = {"trust_id": trust.id, "name": "王小明", "secret": SECRET}
    for related in (number("42070419900101000"), staff, staff.lower()):
        with pytest.raises(Denied) as refusal:
            name(session, keeper, identity_number=related, **more)
        assert refusal.value.reason is Reason.RELATED_BENEFICIARY
        assert refusal.value.params == {"rule": "TRU-03"}
    made = name(session, keeper, identity_number=STRANGER, **more)
    assert made.masked_name == "王**"
    with pytest.raises(Conflict):
        name(session, keeper, identity_number=f" {STRANGER.lower()} ", **more)
    with pytest.raises(Invalid) as missing:
        name(session, keeper, identity_number=" ", **more)
    assert missing.value.field == "identity_number"
    assert queries.trust_beneficiaries(session, trust.id) == [made]


def test_a_trustee_is_a_charity_or_a_trust_company(
    session: Session, keeper: Actor, trustee: Organisation
) -> None:
    company = make_organisation(session, kind=OrganisationKind.ENTERPRISE)
    record(session, keeper, company)
    with pytest.raises(Conflict):
        record(session, keeper, trustee)
    with pytest.raises(Invalid) as refusal:
        record(session, keeper, make_organisation(session), name="another")
    assert (refusal.value.reason, refusal.value.field) == (Reason.TRUSTEE_KIND, "trustee_id")


def test_a_trust_is_filed_reported_on_and_ended_once(
    session: Session, keeper: Actor, trustee: Organisation
) -> None:
    trust = record(session, keeper, trustee)
    here: dict[str, Any] = {"trust_id": trust.id}
    filing: dict[str, Any] = {"filed_on": date(2026, 1, 20), "number": "42-1"}
    services.file_trust(session, keeper, **here, **filing)
    with pytest.raises(InvalidState):
        services.file_trust(session, keeper, **here, **filing)
    second = record(session, keeper, trustee, name="second")
    with pytest.raises(Conflict):
        services.file_trust(session, keeper, trust_id=second.id, **filing)
    report: dict[str, Any] = {"year": 2026, "published_on": date(2026, 2, 1)}
    services.report_trust(session, keeper, **here, **report)
    with pytest.raises(Conflict):
        services.report_trust(session, keeper, **here, **report)
    with pytest.raises(Invalid):
        services.report_trust(session, keeper, **here, **(report | {"year": 2027}))
    services.end_trust(session, keeper, **here, ended_on=date(2026, 2, 2))
    with pytest.raises(InvalidState):
        services.report_trust(session, keeper, **here, **report)
    assert queries.trusts_in_force(session) == [second]
    assert queries.trusts_of(session, trustee.id) == [trust, second]
