"""Charity status and certificates: recorded whole or not at all, never by the holder."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from charity.actor import Actor, Grant, Role
from charity.errors import Denied, Invalid
from charity.registry import services
from charity.registry.models import OrganisationKind
from charity.registry.reasons import RegistryReason as Reason
from tests.factories import make_actor, make_organisation


def test_a_certificate_is_recorded_and_taken_back(session: Session) -> None:
    organisation = make_organisation(session, kind=OrganisationKind.FOUNDATION)
    verifier = make_actor(session, Grant(Role.VERIFIER))
    services.record_qualification(
        session,
        verifier,
        organisation_id=organisation.id,
        is_charity=True,
        certificate_number="53420700X",
        certificate_from=date(2026, 1, 1),
        certificate_until=date(2028, 12, 31),
    )
    assert organisation.may_raise_on(date(2026, 1, 1))
    services.record_qualification(
        session, verifier, organisation_id=organisation.id, is_charity=True
    )
    assert organisation.is_charity
    assert not organisation.may_raise_on(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"is_charity": False}, "is_charity"),
        ({"certificate_number": " "}, "certificate_number"),
        ({"certificate_from": None, "certificate_until": None}, "certificate_from"),
        ({"certificate_until": date(2025, 12, 31)}, "certificate_until"),
        ({"certificate_number": None, "certificate_from": None}, "certificate_from"),
    ],
)
def test_half_a_certificate_is_none(session: Session, more: dict[str, Any], field: str) -> None:
    organisation = make_organisation(session)
    given: dict[str, Any] = {
        "is_charity": True,
        "certificate_number": "C",
        "certificate_from": date(2026, 1, 1),
        "certificate_until": date(2026, 12, 31),
    }
    with pytest.raises(Invalid) as refusal:
        services.record_qualification(
            session, Actor.system("test"), organisation_id=organisation.id, **(given | more)
        )
    assert refusal.value.field == field
    assert not organisation.is_charity


def test_nobody_certifies_their_own(session: Session) -> None:
    organisation = make_organisation(session)
    both = make_actor(session, Grant(Role.VERIFIER), Grant(Role.OWNER, organisation.id))
    with pytest.raises(Denied) as refusal:
        services.record_qualification(
            session, both, organisation_id=organisation.id, is_charity=True
        )
    assert refusal.value.reason is Reason.OWN_ORGANISATION
