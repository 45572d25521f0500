"""How many agree to which sum, and that one of them answers for the money."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from charity.accounts import services as accounts
from charity.accounts.models import Membership
from charity.actor import Actor, Grant, Permission, Role
from charity.approvals import services as approvals
from charity.approvals.models import ApprovalRequest, ApprovalState
from charity.approvals.tiers import tier_of
from charity.errors import Denied
from charity.money import Money
from tests.factories import make_actor, make_organisation

pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.rule("APR-01")
@pytest.mark.parametrize(
    ("fen", "persons"), [(1, 2), (4_999_999, 2), (5_000_000, 3), (100_000_000_000, 3)]
)
def test_apr_01_large_sums_need_three(fen: int, persons: int) -> None:
    assert tier_of(Money(fen), date(2026, 3, 16)).persons == persons


def test_before_the_first_row_there_is_no_tier() -> None:
    with pytest.raises(LookupError):
        tier_of(Money(1), date(2016, 8, 31))


class Charity:
    """A charity with four approvers, one of whom is its owner."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.id = make_organisation(session).id
        approver = Grant(Role.APPROVER, self.id)
        self.asker = make_actor(session)
        self.voices = [make_actor(session, approver) for _ in range(3)]
        self.owner = make_actor(session, approver, Grant(Role.OWNER, self.id))

    def ask(self, amount: Money) -> ApprovalRequest:
        assert self.asker.person_id is not None
        return approvals.open_request(
            self.session, self.asker, subject="expense:1", content={}, amount=amount,
            submitter_person_id=self.asker.person_id,
        )  # fmt: skip

    def say_yes(self, actor: Actor) -> ApprovalState:
        return approvals.decide(
            self.session, actor, subject="expense:1", agreed=True, reason="", content={},
            permission=Permission.EXPENSE_APPROVE, organisation_id=self.id,
        )  # fmt: skip


@pytest.fixture
def charity(session: Session) -> Charity:
    return Charity(session)


@pytest.mark.rule("APR-04")
def test_apr_04_an_owner_or_treasurer_is_among_those_who_agree_to_a_large_sum(
    charity: Charity,
) -> None:
    small = charity.ask(Money(4_999_999))
    assert small.tier == "APR-01@2016-09-01"
    states = [charity.say_yes(voice) for voice in charity.voices[:2]]
    assert states == [ApprovalState.OPEN, ApprovalState.GRANTED]
    large = charity.ask(Money(5_000_000))
    assert large.tier == "APR-01@2016-09-01 APR-04@2016-09-01"
    states = [charity.say_yes(voice) for voice in (*charity.voices, charity.owner)]
    assert states == [*([ApprovalState.OPEN] * 3), ApprovalState.GRANTED]
    charity.ask(Money(5_000_000))
    states = [charity.say_yes(voice) for voice in (charity.owner, *charity.voices[:2])]
    assert states[-1] is ApprovalState.GRANTED


def test_who_was_removed_since_the_page_was_opened_decides_nothing(charity: Charity) -> None:
    """The actor still carries the role it came with; the row says otherwise (A6)."""
    charity.ask(Money(1))
    voice = charity.voices[0]
    held = charity.session.query(Membership).filter_by(user_id=voice.user_id).one()
    accounts.revoke_role(charity.session, Actor.system("test"), membership_id=held.id)
    assert voice.holds(Permission.EXPENSE_APPROVE, organisation_id=charity.id)
    with pytest.raises(Denied):
        charity.say_yes(voice)
