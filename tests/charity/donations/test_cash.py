"""Cash counted by two, slips used once, the deposit found in the bank's statement."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.donations import checks, services
from charity.donations.models import (
    CashCount,
    CashState,
    Donation,
    DonationState,
    RowState,
)
from charity.donations.queries import statements as queries
from charity.donations.services import Slip
from charity.errors import Conflict, Denied, DomainError, Invalid, InvalidState, NotFound
from charity.ledger.models import Entry
from charity.money import Money
from tests.charity.donations.giving import SYSTEM, Giving
from tests.charity.donations.test_statements import GATEWAYS, MODE, Office, line, sheet
from tests.factories import make_actor

SLIPS = (Slip(17, Money.yuan(200), "张三"), Slip(19, Money.yuan(100)))


@pytest.fixture
def office(giving: Giving) -> Office:
    return Office(giving, _staff(giving, Role.TREASURER))


@pytest.fixture
def owner(giving: Giving) -> Actor:
    return _staff(giving, Role.OWNER)


def _staff(giving: Giving, role: Role) -> Actor:
    charity_id = giving.campaign.charity_id
    return make_actor(giving.session, Grant(role, organisation_id=charity_id))


def counted(office: Office, actor: Actor, **changed: object) -> CashCount:
    values: dict[str, object] = {
        "campaign_id": office.giving.campaign.id,
        "place": "一号募捐箱",
        "counted_on": date(2026, 3, 14),
        "amount": Money.yuan("486.50"),
        "slips": SLIPS,
        "operator_mode": MODE,
    }
    return services.count_cash(office.session, actor, **{**values, **changed})  # type: ignore[arg-type]


def confirmed(office: Office, count: CashCount, actor: Actor, yuan: str = "486.50") -> CashCount:
    return services.confirm_cash(
        office.session,
        actor,
        count_id=count.id,
        amount=Money.yuan(yuan),
        gateway=GATEWAYS["cash"],
        settler=SYSTEM,
    )


def test_two_persons_count_and_the_box_becomes_gifts(office: Office, owner: Actor) -> None:
    count = counted(office, owner)
    assert (count.state, count.unnamed) == (CashState.COUNTED, Money.yuan("186.50"))
    assert office.gifts() == 0
    confirmed(office, count, office.treasurer)
    gifts = office.session.scalars(select(Donation).order_by(Donation.id)).all()
    assert [(gift.amount, gift.giver_name, gift.state) for gift in gifts] == [
        (Money.yuan(200), "张三", DonationState.SETTLED),
        (Money.yuan(100), "", DonationState.SETTLED),
        (Money.yuan("186.50"), "", DonationState.SETTLED),
    ]
    assert {office.account_of(office.session.get_one(Entry, gift.entry_id)) for gift in gifts} == {
        "1001"
    }
    assert [slip.donation_id for slip in count.slips] == [gifts[0].id, gifts[1].id]
    assert count.second_person_id == office.treasurer.person_id
    assert checks.verify(office.session) == []


def test_a_box_without_slips_is_one_gift(office: Office, owner: Actor) -> None:
    confirmed(office, counted(office, owner, slips=()), office.treasurer)
    assert office.gifts() == 1


def test_the_same_person_is_no_second_one(office: Office, owner: Actor) -> None:
    count = counted(office, owner)
    with pytest.raises(Denied):
        confirmed(office, count, owner)


def test_another_sum_confirms_nothing(office: Office, owner: Actor) -> None:
    count = counted(office, owner)
    with pytest.raises(Invalid):
        confirmed(office, count, office.treasurer, "486.40")
    assert count.state is CashState.COUNTED
    assert office.gifts() == 0


def test_a_slips_number_is_used_once_and_missing_ones_are_shown(
    office: Office, owner: Actor
) -> None:
    count = counted(office, owner)
    with pytest.raises(Conflict):
        counted(office, owner)
    with pytest.raises(Conflict):
        counted(office, owner, slips=[Slip(3, Money(1)), Slip(3, Money(1))])
    assert queries.missing_slips(office.session, count.campaign_id) == [18]
    services.void_cash(office.session, owner, count_id=count.id)
    assert count.state is CashState.VOID
    again = counted(office, owner)
    assert [slip.number for slip in again.slips] == [17, 19]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"amount": Money.yuan(299)}, Invalid),
        ({"amount": Money(0), "slips": ()}, Invalid),
        ({"slips": [Slip(0, Money(1))]}, Invalid),
        ({"slips": [Slip(1, Money(0))]}, Invalid),
        ({"counted_on": date(2026, 3, 17)}, Invalid),
        ({"place": " "}, Invalid),
        ({"campaign_id": 10**9}, NotFound),
        ({"operator_mode": "listing"}, Denied),
    ],
)
def test_what_cannot_be_counted(
    office: Office, owner: Actor, changed: dict[str, object], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        counted(office, owner, **changed)


def test_strangers_do_not_know_of_it(office: Office, owner: Actor) -> None:
    count = counted(office, owner)
    with pytest.raises(NotFound):
        confirmed(office, count, make_actor(office.session))
    with pytest.raises(NotFound):
        counted(office, make_actor(office.session))


def test_the_deposit_moves_the_money_to_the_bank(office: Office, owner: Actor) -> None:
    count = confirmed(office, counted(office, owner), office.treasurer)
    statement = office.read(sheet(line("1", "486.50", "现金存入"), line("2", "5.00")))
    office.apply(statement)
    charity_id = office.organisation_id
    (row,) = queries.deposits_for(office.session, count, charity_id)
    services.deposit_cash(office.session, office.treasurer, count_id=count.id, row_id=row.id)
    assert (count.state, count.deposit_row_id) == (CashState.DEPOSITED, row.id)
    assert row.state is RowState.APPLIED
    query = select(Entry).where(Entry.source == f"cash:{count.id}:deposited")
    entry = office.session.scalars(query).one()
    assert (office.account_of(entry), entry.occurred_on) == ("1002", date(2026, 3, 15))
    assert office.gifts() == 3, "the deposit is no gift"
    assert queries.deposits_for(office.session, count, charity_id) == []


def test_what_is_no_deposit_of_a_count(office: Office, owner: Actor, session: Session) -> None:
    count = counted(office, owner)
    early = line("1", "486.50", day="2026-03-13")
    statement = office.read(sheet(early, line("2", "486.00"), line("3", "486.50")))
    first, second, third = office.rows(statement)
    for row in (first, second):
        with pytest.raises(Invalid):
            services.deposit_cash(session, office.treasurer, count_id=count.id, row_id=row.id)
    with pytest.raises(InvalidState):
        services.deposit_cash(session, office.treasurer, count_id=count.id, row_id=third.id)
    confirmed(office, count, office.treasurer)
    with pytest.raises(NotFound):
        services.deposit_cash(session, owner, count_id=count.id, row_id=third.id)
    with pytest.raises(InvalidState):
        services.void_cash(session, owner, count_id=count.id)


def test_who_is_asked_for_the_second_count(office: Office, owner: Actor) -> None:
    counted(office, owner)
    ids = [office.organisation_id]
    assert queries.counts_to_confirm(office.session, ids, owner.person_id) == 0
    assert queries.counts_to_confirm(office.session, ids, office.treasurer.person_id) == 1
    assert clock.today() == date(2026, 3, 16)


@pytest.mark.parametrize("old", CashState)
@pytest.mark.parametrize("new", CashState)
def test_the_steps_of_a_count(old: CashState, new: CashState) -> None:
    allowed = {
        (CashState.COUNTED, CashState.CONFIRMED),
        (CashState.COUNTED, CashState.VOID),
        (CashState.CONFIRMED, CashState.DEPOSITED),
    }
    count = CashCount(state=old)
    if (old, new) in allowed:
        count.move_to(new)
        assert count.state is new
    else:
        with pytest.raises(InvalidState):
            count.move_to(new)
