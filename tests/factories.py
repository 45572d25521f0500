"""Things that tests start from: plain functions that write rows with sensible defaults.

They write rows, not deeds: a test about how something comes to be calls the services.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from itertools import count

from sqlalchemy.orm import Session

from charity.accounts import passwords
from charity.accounts.models import Membership, User
from charity.actor import Actor, ActorKind, Grant, Role
from charity.money import Money
from charity.registry import regions, uscc
from charity.registry.models import (
    Organisation,
    OrganisationKind,
    OrganisationState,
    PartnerAgreement,
    Person,
    Region,
    SurplusWay,
)
from charity.registry.plan_drafts import SheetDraft

PASSWORD = "a calm river in Ezhou"
BEGINNING = datetime(2026, 1, 5, 2, tzinfo=UTC)

_numbers = count(1)

_CLASSES = {
    OrganisationKind.ASSOCIATION: "51",
    OrganisationKind.SOCIAL_SERVICE_ORG: "52",
    OrganisationKind.FOUNDATION: "53",
    OrganisationKind.GRASSROOTS_COMMITTEE: "54",
    OrganisationKind.VILLAGE_COLLECTIVE: "N2",
    OrganisationKind.ENTERPRISE: "91",
    OrganisationKind.GOVERNMENT: "11",
    OrganisationKind.PARTY_UNIT: "12",
}


def make_region(session: Session, code: str = "420704", name: str | None = None) -> Region:
    """A place and every place above it."""
    found: Region | None = None
    for step in regions.chain(code):
        found = session.get(Region, step)
        if found is None:
            found = Region(
                code=step,
                name=name if name is not None and step == code else f"地方{step}",
                level=regions.level(step),
                parent_code=regions.parent(step),
            )
            session.add(found)
            session.flush()
    assert found is not None
    return found


def make_person(session: Session, name: str = "张三") -> Person:
    """A person without an identity document."""
    person = Person(name=name)
    session.add(person)
    session.flush()
    return person


@cache
def _password_hash(password: str) -> str:
    return passwords.hash(password)


def make_user(
    session: Session,
    *,
    login_name: str | None = None,
    person: Person | None = None,
    password: str = PASSWORD,
) -> User:
    """An account with `PASSWORD`; of a new person unless one is given."""
    login_name = login_name or f"user{next(_numbers)}"
    user = User(
        login_name=login_name,
        display_name=f"用户{login_name}",
        password_hash=_password_hash(password),
        person_id=(person or make_person(session)).id,
        created_at=BEGINNING,
    )
    session.add(user)
    session.flush()
    return user


def make_actor(session: Session, *grants: Grant, user: User | None = None) -> Actor:
    """A signed-in person who holds these roles, as rows as well."""
    user = user or make_user(session)
    for grant in grants:
        session.add(
            Membership(
                user_id=user.id,
                role=grant.role,
                organisation_id=grant.organisation_id,
                region_code=grant.region_code,
                granted_at=BEGINNING,
            )
        )
    session.flush()
    return Actor(ActorKind.USER, user.id, user.person_id, user.display_name, tuple(grants))


def make_administrator(session: Session) -> Actor:
    """Someone who manages accounts and nothing else."""
    return make_actor(session, Grant(Role.ADMINISTRATOR))


def make_organisation(
    session: Session,
    *,
    name: str | None = None,
    kind: OrganisationKind = OrganisationKind.SOCIAL_SERVICE_ORG,
    region_code: str = "420704",
    state: OrganisationState = OrganisationState.VERIFIED,
) -> Organisation:
    """An organisation with a valid credit code, verified unless said otherwise."""
    number = next(_numbers)
    make_region(session, region_code)
    code = None
    if kind in _CLASSES:
        code = uscc.with_check_digit(f"{_CLASSES[kind]}420704MJ{number:07d}")
    organisation = Organisation(
        name=name or f"社会组织{number}",
        kind=kind,
        uscc=code,
        region_code=region_code,
        contact_name="李四",
        contact_phone="0711-1234567",
        state=state,
        registered_at=BEGINNING,
        verified_at=BEGINNING if state is OrganisationState.VERIFIED else None,
        verification_note="看过登记证书原件" if state is OrganisationState.VERIFIED else "",
    )
    session.add(organisation)
    session.flush()
    return organisation


def make_operator(session: Session) -> Organisation:
    """A charity that holds the certificate: the one that runs the installation."""
    operator = make_organisation(session, kind=OrganisationKind.ASSOCIATION)
    operator.is_charity = True
    operator.certificate_number = f"CERT-{operator.id}"
    operator.certificate_from = date(2025, 1, 1)
    session.flush()
    return operator


def plan_sheet_draft() -> SheetDraft:
    """What a fundraising plan says besides its project's own words: nothing is missing."""
    return SheetDraft(
        purpose="让独居老人在家里走得稳",
        territory="鄂州市鄂城区",
        responsible_name="李四",
        office_address="鄂城区凤凰街道 1 号",
        ways_of_giving="本站在线捐赠、银行转账",
        bank_account="鄂城区慈善总会基本户 17001",
        use_of_money="器材、安装、管理",
        cost=Money(0),
        surplus_way=SurplusWay.SIMILAR_PROJECT,
        surplus_rule="用于目的相近的项目",
    )


def make_agreement(
    session: Session,
    charity: Organisation,
    partner: Organisation,
    *,
    signed_on: date = date(2026, 1, 6),
    ends_on: date | None = None,
) -> PartnerAgreement:
    """A signed agreement of 合作募捐 with an assessed partner."""
    agreement = PartnerAgreement(
        charity_id=charity.id,
        partner_id=partner.id,
        number=f"AGR-{next(_numbers)}",
        signed_on=signed_on,
        ends_on=ends_on,
        assessment_note="证照齐全, 账目清楚",
        assessed_by_user_id=make_user(session).id,
    )
    # who assessed the partner saw its papers, too
    partner.verified_by_user_id = agreement.assessed_by_user_id
    session.add(agreement)
    session.flush()
    return agreement
