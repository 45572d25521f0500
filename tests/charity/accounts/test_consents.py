"""Consents: one purpose at a time, in the words of a version, taken back as easily."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.accounts import queries, services
from charity.accounts.consents import TEXT_VERSIONS, of_payee
from charity.accounts.models import Consent, ConsentPurpose
from charity.accounts.reasons import AccountsReason
from charity.actor import Actor
from charity.errors import Denied, Invalid, InvalidState, NotFound
from charity.registry.models import Person
from tests.conftest import SetClock
from tests.factories import make_actor

PURPOSE = ConsentPurpose.PROCESSING


def test_pii_01_a_consent_is_for_one_purpose_in_the_words_of_one_version(
    session: Session, clock: SetClock
) -> None:
    actor = make_actor(session)
    subject = f"user:{actor.user_id}"
    given = services.give_consent(session, actor, subject=subject, purpose=PURPOSE)
    assert given.text_version == TEXT_VERSIONS[PURPOSE]
    again = services.give_consent(session, actor, subject=subject, purpose=PURPOSE)
    assert again.id == given.id
    assert queries.consent(session, subject, ConsentPurpose.PUBLISHING) is None, "asked apart"
    newer = services.give_consent(
        session, actor, subject=subject, purpose=PURPOSE, text_version="processing-2027-01"
    )
    assert (given.withdrawn_at is None, newer.withdrawn_at) == (False, None)
    assert queries.consent(session, subject, PURPOSE) == newer
    services.withdraw_consent(session, actor, consent_id=newer.id)
    assert queries.consent(session, subject, PURPOSE) is None
    assert queries.was_withdrawn(session, subject, PURPOSE)
    with pytest.raises(InvalidState):
        services.withdraw_consent(session, actor, consent_id=newer.id)
    assert session.scalar(select(func.count(Consent.id))) == 2, "nothing is written over"


def test_pii_01_whose_it_is_and_who_recorded_it_take_it_back(
    session: Session, clock: SetClock
) -> None:
    clerk, payee, stranger = make_actor(session), make_actor(session), make_actor(session)
    mark = b"m" * 32
    session.get_one(Person, payee.person_id).identity_hash = mark
    session.flush()
    subject = of_payee(mark)
    for actor in (Actor.guest(), stranger):
        with pytest.raises(Denied):
            services.give_consent(session, actor, subject=f"user:{payee.user_id}", purpose=PURPOSE)
    given = services.give_consent(session, clerk, subject=subject, purpose=ConsentPurpose.SENSITIVE)
    assert queries.consents_of(session, payee) == [given]
    assert queries.consents_of(session, stranger) == queries.consents_of(session, Actor.guest())
    with pytest.raises(NotFound):
        services.withdraw_consent(session, stranger, consent_id=given.id)
    services.withdraw_consent(session, payee, consent_id=given.id)
    newly = services.give_consent(session, clerk, subject=subject, purpose=ConsentPurpose.SENSITIVE)
    services.withdraw_consent(session, clerk, consent_id=newly.id)


def test_pii_02_a_child_agrees_through_a_guardian(session: Session, clock: SetClock) -> None:
    actor = make_actor(session)
    child = {"subject": "person:7", "purpose": ConsentPurpose.CHILD}
    with pytest.raises(Invalid) as refused:
        services.give_consent(session, actor, **child)  # type: ignore[arg-type]
    assert (refused.value.reason, refused.value.field) == (
        AccountsReason.GUARDIAN_NEEDED,
        "guardian_name",
    )
    given = services.give_consent(session, actor, **child, guardian_name="周父")  # type: ignore[arg-type]
    assert given.guardian_name == "周父"
    with pytest.raises(Invalid):
        services.give_consent(session, actor, subject="nobody:1", purpose=PURPOSE)
