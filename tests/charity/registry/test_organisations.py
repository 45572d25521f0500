"""Places are loaded, organisations come, are returned, come again and are verified."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.actor import Actor, Grant, Role
from charity.errors import (
    CommonReason,
    Conflict,
    Denied,
    DomainError,
    Invalid,
    InvalidState,
    NotFound,
    ReasonCode,
)
from charity.registry import divisions, queries, services
from charity.registry.models import (
    OrganisationKind,
    OrganisationState,
    PartnerAgreement,
    Region,
)
from charity.registry.reasons import RegistryReason as Reason
from tests.factories import (
    make_actor,
    make_administrator,
    make_agreement,
    make_operator,
    make_organisation,
    make_region,
)

SECRET = b"sixteen bytes and more"
SYSTEM = Actor.system("test")


def particulars(**more: Any) -> dict[str, Any]:
    return {
        "name": "鄂城区凤凰社会工作服务中心",
        "kind": OrganisationKind.SOCIAL_SERVICE_ORG,
        "uscc": "52420704MJH000027A",
        "region_code": "420704001",
        "introduction": "第一行\r\n第二行",
        "contact_name": "王 小明",
        "contact_phone": "0711-3351234",
    } | more


# ── places ───────────────────────────────────────────────────────────────────────────────────────


def test_places_are_loaded_once_and_renamed_in_place(session: Session) -> None:
    rows = list(divisions.rows("420704001"))
    assert services.load_regions(session, SYSTEM, rows=reversed(rows)) == len(rows)
    assert services.load_regions(session, SYSTEM, rows=rows) == 0
    renamed = [("420704001000", "新凤凰街道")]
    assert services.load_regions(session, make_administrator(session), rows=renamed) == 0
    street = session.get(Region, "420704001", populate_existing=True)
    assert street is not None
    assert (street.name, street.level, street.parent_code) == ("新凤凰街道", 4, "420704")
    assert session.scalar(select(func.count()).select_from(Region)) == len(rows)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([("420704001", "凤凰街道")], Reason.REGION_UNKNOWN),
        ([("42", "湖北省"), ("4207x4", "某区")], Reason.REGION_CODE),
    ],
)
def test_places_without_a_container_or_code_are_refused(
    session: Session, rows: list[tuple[str, str]], reason: Reason
) -> None:
    with pytest.raises(Invalid) as refusal:
        services.load_regions(session, SYSTEM, rows=rows)
    assert refusal.value.reason is reason


def test_only_who_manages_the_installation_loads_places(session: Session) -> None:
    with pytest.raises(Denied):
        services.load_regions(session, make_actor(session), rows=[("42", "湖北省")])


# ── registering ──────────────────────────────────────────────────────────────────────────────────


def test_a_registered_organisation_waits(session: Session) -> None:
    make_region(session, "420704001")
    actor = make_actor(session)
    organisation = services.register_organisation(
        session,
        actor,
        **particulars(
            name="  鄂城区\t某中心 ", uscc=" 52420704mjh000027a", region_code="420704001000"
        ),
    )
    assert organisation.state is OrganisationState.PENDING
    assert organisation.name == "鄂城区 某中心"
    assert organisation.uscc == "52420704MJH000027A"
    assert organisation.region_code == "420704001"
    assert organisation.introduction == "第一行\n第二行"
    assert not organisation.is_charity
    assert queries.pending_organisations(session) == [organisation]


def test_a_filed_group_has_no_code(session: Session) -> None:
    make_region(session, "420704001")
    group = services.register_organisation(
        session,
        make_actor(session),
        **particulars(kind=OrganisationKind.COMMUNITY_GROUP, uscc=None),
    )
    assert group.uscc is None


@pytest.mark.parametrize(
    ("more", "field", "reason"),
    [
        ({"uscc": "52420704MJH000027B"}, "uscc", Reason.USCC_CHECK),
        ({"uscc": "5242070IMJH000027A"}, "uscc", Reason.USCC_ALPHABET),
        ({"uscc": "52420704MJH00027A"}, "uscc", Reason.USCC_LENGTH),
        ({"uscc": None}, "uscc", Reason.USCC_LENGTH),
        ({"kind": OrganisationKind.COMMUNITY_GROUP}, "uscc", Reason.USCC_NEEDLESS),
        ({"name": " \u0000\t"}, "name", CommonReason.REQUIRED),
        ({"name": "长" * 101}, "name", CommonReason.TOO_LONG),
        ({"region_code": "420799"}, "region_code", Reason.REGION_UNKNOWN),
        ({"region_code": "鄂城"}, "region_code", Reason.REGION_UNKNOWN),
        ({"introduction": "长" * 5001}, "introduction", CommonReason.TOO_LONG),
        ({"contact_name": ""}, "contact_name", CommonReason.REQUIRED),
        ({"contact_phone": "找老王"}, "contact_phone", Reason.PHONE_FORM),
        ({"contact_phone": ""}, "contact_phone", CommonReason.REQUIRED),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    session: Session, more: dict[str, Any], field: str, reason: ReasonCode
) -> None:
    make_region(session, "420704001")
    with pytest.raises(Invalid) as refusal:
        services.register_organisation(session, make_actor(session), **particulars(**more))
    assert (refusal.value.field, refusal.value.reason) == (field, reason)
    assert queries.pending_organisations(session) == []


@pytest.mark.parametrize(
    ("more", "field", "reason"),
    [
        ({"name": "另一个中心"}, "uscc", Reason.USCC_TAKEN),
        ({"uscc": "51420704MJH000019J"}, "name", Reason.NAME_TAKEN),
    ],
)
def test_a_name_and_a_code_belong_to_one(
    session: Session, more: dict[str, Any], field: str, reason: Reason
) -> None:
    make_region(session, "420704001")
    services.register_organisation(session, make_actor(session), **particulars())
    with pytest.raises(Conflict) as refusal:
        services.register_organisation(session, make_actor(session), **particulars(**more))
    assert (refusal.value.field, refusal.value.reason) == (field, reason)


def test_a_visitor_signs_in_first(session: Session) -> None:
    with pytest.raises(Denied) as refusal:
        services.register_organisation(session, Actor.guest(), **particulars())
    assert refusal.value.reason is CommonReason.SIGN_IN_FIRST


def test_control_characters_are_not_stored(session: Session) -> None:
    make_region(session, "420704001")
    organisation = services.register_organisation(
        session,
        make_actor(session),
        **particulars(name="某\x00中\x1b心", introduction="一\x00\n二\x07\ud800"),
    )
    assert organisation.name == "某 中 心"
    assert organisation.introduction == "一 \n二"


# ── verifying ────────────────────────────────────────────────────────────────────────────────────


def test_verified_with_its_agreement(session: Session, clock: Any) -> None:
    operator = make_operator(session)
    partner = make_organisation(session, state=OrganisationState.PENDING)
    verifier = make_actor(session, Grant(Role.VERIFIER, operator.id))
    services.verify_organisation(
        session,
        verifier,
        organisation_id=partner.id,
        note="看过登记证书原件",
        charity_id=operator.id,
        agreement_number="HZ-2026-001",
        agreement_signed_on=date(2026, 3, 16),
        assessment_note="有专职财务",
    )
    assert partner.state is OrganisationState.VERIFIED
    assert partner.verified_at == clock.now
    assert partner.verified_by_user_id == verifier.user_id
    agreement = queries.agreement_between(session, operator.id, partner.id, date(2026, 3, 16))
    assert agreement is not None
    assert (agreement.number, agreement.assessed_by_user_id) == ("HZ-2026-001", verifier.user_id)
    assert queries.agreement_between(session, operator.id, partner.id, date(2026, 3, 15)) is None
    assert queries.agreement_between(session, partner.id, operator.id, date(2026, 3, 16)) is None


def test_verified_without_an_agreement(session: Session) -> None:
    operator = make_operator(session)
    partner = make_organisation(session, state=OrganisationState.PENDING)
    verifier = make_actor(session, Grant(Role.VERIFIER))
    services.verify_organisation(
        session, verifier, organisation_id=partner.id, note="看过", charity_id=operator.id
    )
    assert partner.state is OrganisationState.VERIFIED
    assert session.scalar(select(func.count()).select_from(PartnerAgreement)) == 0
    services.sign_agreement(
        session,
        verifier,
        charity_id=operator.id,
        partner_id=partner.id,
        number="HZ-2",
        signed_on=date(2026, 1, 2),
        ends_on=date(2026, 1, 3),
        assessment_note="合格",
    )
    days = [date(2026, 1, day) for day in (1, 2, 3, 4)]
    found = [queries.agreement_between(session, operator.id, partner.id, day) for day in days]
    assert [agreement is not None for agreement in found] == [False, True, True, False]


AGREED = {
    "agreement_number": "HZ-1",
    "agreement_signed_on": date(2026, 3, 1),
    "assessment_note": "合格",
}


@pytest.mark.parametrize(
    ("more", "error", "field"),
    [
        ({"note": " "}, Invalid, "note"),
        ({"agreement_signed_on": None}, Invalid, "agreement_signed_on"),
        ({"agreement_signed_on": date(2026, 3, 17)}, Invalid, "agreement_signed_on"),
        ({"assessment_note": None}, Invalid, "assessment_note"),
        ({"agreement_number": "HZ-0"}, Conflict, "agreement_number"),
    ],
)
def test_half_a_verification_is_none(
    session: Session, clock: Any, more: dict[str, Any], error: type[DomainError], field: str
) -> None:
    operator = make_operator(session)
    make_agreement(session, operator, make_organisation(session)).number = "HZ-0"
    partner = make_organisation(session, state=OrganisationState.PENDING)
    verifier = make_actor(session, Grant(Role.VERIFIER))
    session.commit()
    given = {"note": "看过"} | AGREED | more
    with pytest.raises(error) as refusal:
        services.verify_organisation(
            session, verifier, organisation_id=partner.id, charity_id=operator.id, **given
        )
    assert refusal.value.field == field
    session.rollback()
    assert partner.state is OrganisationState.PENDING


def test_a_returned_registration_comes_again(session: Session) -> None:
    make_region(session, "420704001")
    owner = make_actor(session)
    organisation = services.register_organisation(session, owner, **particulars())
    owner = make_actor(session, Grant(Role.OWNER, organisation.id))
    verifier = make_actor(session, Grant(Role.VERIFIER))
    services.return_organisation(
        session, verifier, organisation_id=organisation.id, note="请补住所证明"
    )
    assert organisation.state is OrganisationState.RETURNED
    assert organisation.verification_note == "请补住所证明"
    assert queries.pending_organisations(session) == []
    with pytest.raises(InvalidState):
        services.return_organisation(session, verifier, organisation_id=organisation.id, note="又")
    again = services.resubmit_organisation(
        session, owner, organisation_id=organisation.id, **particulars(contact_name="赵四")
    )
    assert again is organisation
    assert (again.state, again.contact_name) == (OrganisationState.PENDING, "赵四")
    with pytest.raises(InvalidState):
        services.resubmit_organisation(
            session, owner, organisation_id=organisation.id, **particulars()
        )


def test_coming_again_does_not_take_anothers_code(session: Session) -> None:
    other = make_organisation(session)
    returned = make_organisation(session, state=OrganisationState.RETURNED)
    make_region(session, "420704001")
    owner = make_actor(session, Grant(Role.OWNER, returned.id))
    with pytest.raises(Conflict) as refusal:
        services.resubmit_organisation(
            session, owner, organisation_id=returned.id, **particulars(uscc=other.uscc)
        )
    assert refusal.value.field == "uscc"
    assert returned.state is OrganisationState.RETURNED


def test_strangers_do_not_learn_of_a_waiting_organisation(session: Session) -> None:
    waiting = make_organisation(session, state=OrganisationState.PENDING)
    stranger = make_actor(session, Grant(Role.OWNER, make_organisation(session).id))
    with pytest.raises(NotFound):
        services.return_organisation(session, stranger, organisation_id=waiting.id, note="不")
    with pytest.raises(NotFound):
        services.verify_organisation(
            session, stranger, organisation_id=10**9, note="是", charity_id=1
        )
