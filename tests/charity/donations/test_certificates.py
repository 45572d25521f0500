"""Certificates: one per gift, a code that is read aloud, a digest that says when it lies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from charity.donations import certificate_codes, services
from charity.donations.models import Certificate, Donation, DonationState
from charity.donations.queries.receipts import certificate_facts
from charity.donations.reasons import ReceiptsReason
from charity.errors import InvalidState, NotFound
from charity.letters import Letter
from charity.money import Money
from tests.charity.donations.giving import GUEST, Giving
from tests.conftest import SetClock

CODES = st.text(certificate_codes.ALPHABET, min_size=12, max_size=12)


def arrived(giving: Giving, **changed: object) -> Donation:
    """A gift whose money is there."""
    donation = giving.begin(**changed)  # type: ignore[arg-type]
    payment = donation.payments[0]
    giving.check_out(payment)
    giving.apply(giving.gateway.pay(payment.remote_id or ""))
    assert donation.state is DonationState.SETTLED
    return donation


# ── the code ─────────────────────────────────────────────────────────────────────────────────────


@given(CODES, st.booleans(), st.sampled_from(["-", " ", "", "　", "－"]))
def test_a_code_is_found_however_it_is_typed(code: str, lower: bool, between: str) -> None:
    typed = between.join((code[:4], code[4:8], code[8:]))
    assert certificate_codes.normalise(typed.lower() if lower else typed) == code
    assert certificate_codes.normalise(certificate_codes.spaced(code)) == code


@pytest.mark.parametrize(
    "typed", ["", "AB23", "AB23CD45EF670", "AB23CD45EF6O", "AB23CD45EF61", "'; --", "善" * 12]
)
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert certificate_codes.normalise(typed) is None


def test_new_codes_differ_and_have_no_lookalikes() -> None:
    codes = {certificate_codes.new_code() for _ in range(500)}
    assert len(codes) == 500
    assert not set("".join(codes)) & set("01IOLU")


# ── issuing ──────────────────────────────────────────────────────────────────────────────────────


def test_it_is_issued_once_for_a_gift_that_arrived(giving: Giving, clock: SetClock) -> None:
    gift = arrived(giving)
    first = services.issue_certificate(giving.session, GUEST, token=gift.trail_token)
    clock.advance(days=3)
    again = services.issue_certificate(giving.session, GUEST, token=gift.trail_token, code="X")
    assert first is again
    assert first.issued_at == clock.now - timedelta(days=3)
    assert giving.session.scalars(select(Certificate)).all() == [first]


def test_none_is_issued_before_the_money_is_there_or_after_it_went_back(giving: Giving) -> None:
    pending = giving.begin()
    with pytest.raises(InvalidState) as told:
        services.issue_certificate(giving.session, GUEST, token=pending.trail_token)
    assert told.value.reason is ReceiptsReason.NOT_ARRIVED
    gone = arrived(giving)
    gone.refunded = gone.amount
    giving.session.flush()
    with pytest.raises(InvalidState) as told:
        services.issue_certificate(giving.session, GUEST, token=gone.trail_token)
    assert told.value.reason is ReceiptsReason.GONE_BACK
    with pytest.raises(NotFound):
        services.issue_certificate(giving.session, GUEST, token="nobody")


def test_the_public_learns_money_day_and_proof(giving: Giving) -> None:
    gift = arrived(giving)
    code = services.issue_certificate(giving.session, GUEST, token=gift.trail_token).code
    facts = certificate_facts(giving.session, certificate_codes.spaced(code).lower())
    assert (facts.amount, facts.refunded, facts.is_true) == (gift.amount, Money(0), True)
    assert facts.campaign.title == "适老化改造"
    assert facts.entry_id == gift.entry_id
    gift.refunded = Money.yuan(50)
    giving.session.flush()
    facts = certificate_facts(giving.session, code)
    assert (facts.refunded, facts.is_gone, facts.is_true) == (Money.yuan(50), False, True)


@pytest.mark.parametrize("code", ["22222222222A", "nobody", "", "\0" * 12])
def test_a_code_of_nobody_finds_nothing(giving: Giving, code: str) -> None:
    with pytest.raises(NotFound):
        certificate_facts(giving.session, code)


def test_a_changed_sum_is_seen(giving: Giving) -> None:
    gift = arrived(giving)
    code = services.issue_certificate(giving.session, GUEST, token=gift.trail_token).code
    giving.session.execute(
        update(Donation).where(Donation.id == gift.id).values(amount=Money.yuan(20_000))
    )
    giving.session.expire_all()
    assert not certificate_facts(giving.session, code).is_true


# ── the thank-you letter ─────────────────────────────────────────────────────────────────────────


def test_a_giver_with_an_address_is_thanked_once(giving: Giving) -> None:
    gift = arrived(giving, contact="w@example.org")
    (letter,) = giving.session.scalars(select(Letter)).all()
    assert (letter.kind, letter.address) == ("donation.thanks", "w@example.org")
    assert letter.data["token"] == gift.trail_token
    assert letter.data["amount"] == gift.amount.fen


@pytest.mark.parametrize("contact", ["", "13800138000"])
def test_without_an_address_no_letter_is_owed(giving: Giving, contact: str) -> None:
    arrived(giving, contact=contact)
    assert giving.session.scalars(select(Letter)).all() == []
