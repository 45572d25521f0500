"""Who is related, what that says about a council, and whom a payee touches."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.actor import Actor, Grant, Role
from charity.errors import Denied, Invalid, InvalidState
from charity.registry import identity, queries, rosters
from charity.registry import services as registry
from charity.registry.identity import ContactKind, keyed_contact
from charity.registry.models import Office, RelatedParty, Relation
from charity.registry.related_reasons import RelatedReason
from charity.spending.distribution import refuse_distribution
from tests.factories import make_actor, make_organisation, make_person

SECRET = b"a secret of sixteen bytes and more"
DAY = date(2026, 3, 16)
NUMBER = "110101199003072615"

pytestmark = pytest.mark.usefixtures("clock")


class House:
    """An organisation, its owner, and what the owner writes down."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.id = make_organisation(session).id
        self.owner = make_actor(session, Grant(Role.OWNER, self.id))

    def record(self, actor: Actor | None = None, **changes: Any) -> RelatedParty:
        said: dict[str, Any] = {
            "organisation_id": self.id, "name": "李理事", "relation": Relation.COUNCIL,
            "since": DAY, "secret": SECRET,
        } | changes  # fmt: skip
        return registry.record_related(self.session, actor or self.owner, **said)

    def touched(self, **marks: Any) -> list[tuple[str, tuple[str, ...]]]:
        marks = {"on": DAY} | marks
        found = queries.touched(self.session, organisation_ids=[self.id], **marks)
        return [(touch.party.name, touch.matched_on) for touch in found]


@pytest.fixture
def house(session: Session) -> House:
    return House(session)


def seat(name: str = "某人", relation: Relation = Relation.COUNCIL, **changes: Any) -> RelatedParty:
    """A row that is in no table."""
    said: dict[str, Any] = {
        "id": hash(name) % 10**6, "organisation_id": 1, "relative_of_id": None,
        "identity_hash": None, "office": Office.NONE, "employer": "", "is_paid": False,
        "is_full_time": False, "is_mainland": True, "since": DAY, "until": None,
    } | changes  # fmt: skip
    return RelatedParty(name=name, relation=relation, **said)


SECRETARY = seat("秘书", Relation.MANAGER, office=Office.SECRETARY_GENERAL, is_full_time=True)


def reasons(roster: list[RelatedParty], **changes: Any) -> list[str]:
    said = {"on": DAY, "provincial": False} | changes
    return [finding.reason.value for finding in rosters.governance_findings(roster, **said)]


@pytest.mark.rule("CHA-103")
def test_cha_103_a_third_of_the_council_may_come_from_one_employer_and_no_more() -> None:
    others = [seat(f"理事{n}") for n in range(4)]
    two = [seat("甲", employer="某公司"), seat("乙", employer="某公司")]
    assert reasons([SECRETARY, *two, *others]) == []
    assert reasons([SECRETARY, *two, *others[:3]]) == [RelatedReason.SAME_EMPLOYER.value]
    abroad = [seat("丙", is_mainland=False), seat("丁", is_mainland=False)]
    assert reasons([SECRETARY, *abroad, *others]) == []
    assert reasons([SECRETARY, *abroad, *others[:3]]) == [RelatedReason.NOT_MAINLAND.value]


@pytest.mark.rule("CHA-103.supervisors")
def test_cha_103_three_supervisors_at_provincial_level() -> None:
    three = [seat(f"监事{n}", Relation.SUPERVISOR) for n in range(3)]
    assert reasons([SECRETARY, *three], provincial=True) == []
    short = [SECRETARY, *three[:2]]
    assert reasons(short, provincial=True) == [RelatedReason.FEW_SUPERVISORS.value]
    assert reasons(short) == []


def test_cha_103_relatives_and_the_secretary_general() -> None:
    one, other = seat("甲", id=1), seat("乙", id=2)
    kin = seat("乙", Relation.RELATIVE, id=3, relative_of_id=1)
    assert reasons([SECRETARY, one, other, kin]) == [RelatedReason.RELATIVES_TOGETHER.value]
    elsewhere = seat("丙", Relation.RELATIVE, id=3, relative_of_id=1)
    assert reasons([SECRETARY, one, other, elsewhere]) == []
    assert reasons([one]) == [RelatedReason.SECRETARY_GENERAL.value]
    chair = seat(SECRETARY.name, office=Office.CHAIR)
    assert reasons([SECRETARY, chair]) == [RelatedReason.SECRETARY_IS_CHAIR.value]
    gone = seat("旧秘书", office=Office.SECRETARY_GENERAL, is_full_time=True, until=DAY)
    assert reasons([gone]) == []
    assert reasons([gone], on=DAY + timedelta(days=1)) == [RelatedReason.SECRETARY_GENERAL.value]


def test_cha_103_before_the_first_figure_a_person_judges() -> None:
    roster = [
        seat("秘书", office=Office.SECRETARY_GENERAL, is_full_time=True, since=date(2010, 1, 1))
    ]
    assert reasons(roster, on=date(2024, 9, 4)) == ["registry.no_figure"]


@pytest.mark.rule("AUD-03")
def test_aud_03_honorary_offices_are_not_paid_nor_more_than_a_third_of_the_council() -> None:
    def found(*roster: RelatedParty, is_foundation: bool = True) -> list[str]:
        findings = rosters.pay_findings(roster, on=DAY, is_foundation=is_foundation)
        return [finding.reason.value for finding in findings]

    paid = seat("甲", is_paid=True, is_full_time=True)
    two = [seat("乙"), seat("丙")]
    assert found(paid, *two) == []
    assert found(paid, *two[:1]) == [RelatedReason.PAID_COUNCIL.value]
    supervisor = seat("丁", Relation.SUPERVISOR, is_paid=True)
    assert found(supervisor) == [RelatedReason.PAID_OFFICE.value]
    part_time = seat("戊", is_paid=True)
    assert found(part_time, *two) == [RelatedReason.PAID_OFFICE.value]
    assert found(supervisor, is_foundation=False) == []


@pytest.mark.rule("CHA-166")
def test_cha_166_two_thirds_of_all_members() -> None:
    assert rosters.may_invest(4, 6, on=DAY)
    assert not rosters.may_invest(3, 6, on=DAY)
    assert rosters.may_invest(5, 7, on=DAY)
    assert not rosters.may_invest(4, 7, on=DAY)
    assert not rosters.may_invest(0, 0, on=DAY)


@pytest.mark.rule("CHA-161")
def test_cha_161_nothing_is_called_a_dividend() -> None:
    for words in ("一季度分红", "捐赠返还", "股东股息"):
        with pytest.raises(Invalid) as refusal:
            refuse_distribution(words, on=DAY, field="title")
        assert refusal.value.reason is RelatedReason.PRIVATE_BENEFIT
    for words in ("返还押金", "适老化扶手", ""):
        refuse_distribution(words, on=DAY, field="title")


def test_aud_02_a_payee_touches_by_any_mark(house: House) -> None:
    house.record(identity=NUMBER, phone="+86 138-1234 5678", address="鄂城区 凤凰路1号")
    house.record(name="某某建材行", relation=Relation.VENDOR, account="6222 0000 1111 2222")
    hashed = identity.keyed_hash(NUMBER, SECRET)
    assert house.touched(identity_hash=hashed) == [("李理事", ("identity",))]
    phone = keyed_contact(ContactKind.PHONE, "13812345678", SECRET)
    assert house.touched(phone_hash=phone) == [("李理事", ("phone",))]
    address = keyed_contact(ContactKind.ADDRESS, "鄂城区凤凰路１号", SECRET)
    assert house.touched(address_hash=address) == [("李理事", ("address",))]
    account = keyed_contact(ContactKind.ACCOUNT, "6222000011112222", SECRET)
    assert house.touched(name="别的店", account_hash=account) == [("某某建材行", ("account",))]
    assert house.touched(name="某某建材行", account_hash=account) == [
        ("某某建材行", ("account", "name"))
    ]
    other = identity.keyed_hash("another", SECRET)
    assert house.touched(name="李理事") == [("李理事", ("name",))]
    assert house.touched(name="李理事", identity_hash=other) == [], "two people of one name"
    assert house.touched(name="李理事", on=DAY - timedelta(days=1)) == []
    assert house.touched() == []
    assert keyed_contact(ContactKind.PHONE, " - ", SECRET) is None
    assert phone != keyed_contact(ContactKind.ACCOUNT, "13812345678", SECRET)


def test_only_its_own_owners_and_verifiers_write_it_down(house: House, session: Session) -> None:
    verifier = make_actor(session, Grant(Role.VERIFIER, make_organisation(session).id))
    house.record(verifier)
    for stranger in (
        make_actor(session, Grant(Role.OWNER, make_organisation(session).id)),
        make_actor(session, Grant(Role.EDITOR, house.id)),
    ):
        with pytest.raises(Denied):
            house.record(stranger)
    with pytest.raises(Invalid) as refusal:
        house.record(since=DAY + timedelta(days=1))
    assert refusal.value.field == "since"
    with pytest.raises(Invalid) as refusal:
        house.record(relation=Relation.RELATIVE)
    assert refusal.value.reason is RelatedReason.RELATIVE_OF_WHOM


def test_what_ended_counts_for_its_time(house: House) -> None:
    party = house.record(since=DAY - timedelta(days=9))
    with pytest.raises(Invalid):
        registry.end_related(
            house.session, house.owner, party_id=party.id, until=DAY - timedelta(days=10)
        )
    registry.end_related(
        house.session, house.owner, party_id=party.id, until=DAY - timedelta(days=1)
    )
    assert house.touched(name="李理事") == []
    assert house.touched(name="李理事", on=DAY - timedelta(days=1))
    with pytest.raises(InvalidState):
        registry.end_related(house.session, house.owner, party_id=party.id, until=DAY)


def test_cha_167_founders_and_who_belongs_to_them_are_known_as_persons(house: House) -> None:
    person = make_person(house.session)
    person.identity_hash = identity.keyed_hash(NUMBER, SECRET)
    house.session.flush()
    today = house_clock.today()

    def is_related() -> bool:
        return queries.is_related_person(
            house.session, person.id, organisation_ids=[house.id], on=today
        )

    house.record(relation=Relation.STAFF, identity=NUMBER)
    assert not is_related(), "who merely works there decides as their duty asks"
    house.record(relation=Relation.FOUNDER, identity=NUMBER)
    assert is_related()
