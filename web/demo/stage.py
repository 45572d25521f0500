"""The stage: who and what has come into the district so far, and the verbs of its beginning.

Every verb here and in `acts` is done by somebody through a service, at the instant to which the
clock is set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypedDict

from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import queries as accounts_queries
from charity.accounts import services as accounts
from charity.actor import Actor, Role
from charity.donations.sandbox_gateway import SandboxGateway
from charity.files import FileStore
from charity.ledger import services as ledger
from charity.money import Money
from charity.registry import divisions
from charity.registry import queries as registry_queries
from charity.registry import services as registry
from charity.registry.models import OrganisationKind
from web.config import DEMO_OPERATOR
from web.demo import district
from web.demo.people import (
    ACCOUNTS,
    HUB,
    OPERATOR,
    PASSWORD,
    Person,
    device_secret,
    has_device,
)
from web.demo.plans import OrganisationPlan
from web.security.sealing import sealer_of

SYSTEM = Actor.system("demo")
#: The operator takes money itself, or there would be no story to tell.
OPERATOR_MODE = "qualified_charity"


@dataclass(frozen=True, slots=True)
class Posted:
    """A project or fund that takes gifts, by its ids."""

    campaign_id: int
    line_ids: tuple[int, ...] = ()
    deliverable_ids: tuple[int, ...] = ()


@dataclass
class Stage:
    """What the verbs work with; `session` is that of the day."""

    session: Session
    files: FileStore
    gateway: SandboxGateway
    secret: bytes
    #: Where the site stands, for the addresses that gateways are told.
    base_url: str
    #: The day of loading, in China.
    today: date
    operator_id: int = 0
    book_id: int = 0
    users: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    projects: dict[str, int] = field(default_factory=dict)
    posted: dict[str, Posted] = field(default_factory=dict)
    expenses: dict[str, int] = field(default_factory=dict)
    deliveries: dict[str, int] = field(default_factory=dict)
    #: Books by who keeps them, funds outside of projects, entries that are spoken of again.
    books: dict[str, int] = field(default_factory=dict)
    funds: dict[str, int] = field(default_factory=dict)
    entries: dict[str, int] = field(default_factory=dict)
    #: The pool, teams, plans and promises that are spoken of again.
    giving: dict[str, int] = field(default_factory=dict)
    #: Plans of spot checks that are spoken of again.
    audits: dict[str, int] = field(default_factory=dict)
    #: What lies with the gateway and was not moved to the bank yet.
    clearing: Money = field(default=Money(0))
    _actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, login: str) -> Actor:
        """The person with this login name, with the roles held."""
        if login not in self._actors:
            user_id = self.users[login]
            self._actors[login] = accounts_queries.actor_for_user(self.session, user_id)
        return self._actors[login]

    def changed(self, login: str) -> None:
        """Forget what somebody may do: their roles have changed."""
        self._actors.pop(login, None)

    def day(self, days: int) -> date:
        """The day so many days before loading."""
        return self.today - timedelta(days=days)

    def project_fund(self, key: str) -> int:
        """The fund of a published project or of a village."""
        return registry_queries.campaign(self.session, self.posted[key].campaign_id).fund_id

    def plan_number(self, number: int, filed: int) -> str:
        """The number the registrar gave a fundraising plan filed on that day."""
        return f"{DEMO_OPERATOR}A{self.day(filed):%y}{number:03d}"

    def acceptor_of(self, region_code: str) -> str:
        """Login name of who accepts work in a place."""
        street = region_code[:9]
        known = {person.where: person.login for person in ACCOUNTS if person.role is Role.ACCEPTOR}
        return known.get(street) or f"village{street[6:]}"


@dataclass(frozen=True, slots=True)
class Step:
    """`verb` is done to `what`, `days` before loading, `minute` minutes into the day in China."""

    days: int
    minute: int
    verb: Callable[[Stage, Any], None]
    what: object


def found(stage: Stage, plan: OrganisationPlan) -> None:
    """Places, the operator with certificate and book: before anybody else comes."""
    session = stage.session
    registry.load_regions(session, SYSTEM, rows=divisions.rows(district.DISTRICT))
    charity = registry.register_organisation(session, SYSTEM, **_fields(plan))
    registry.verify_organisation(
        session, SYSTEM, organisation_id=charity.id, charity_id=charity.id,
        note="区民政局登记的慈善组织，运营本平台。",
    )  # fmt: skip
    registry.record_qualification(
        session, SYSTEM, organisation_id=charity.id, is_charity=True,
        certificate_number="A4207-0012", certificate_from=stage.day(800),
    )  # fmt: skip
    stage.operator_id = stage.organisations[OPERATOR] = charity.id
    book = ledger.open_book(session, SYSTEM, organisation_id=charity.id, name="鄂城区慈善总会总账")
    stage.book_id = stage.books[OPERATOR] = book.id


def enrol(stage: Stage, person: Person) -> None:
    """A person gets an account; roles come when their organisation is there."""
    human = registry.add_person(
        stage.session, SYSTEM, name=person.name, identity=None, secret=stage.secret
    )
    user = accounts.add_user(
        stage.session, SYSTEM, login_name=person.login, display_name=person.name,
        password=PASSWORD, person_id=human.id,
    )  # fmt: skip
    stage.users[person.login] = user.id


def appoint(stage: Stage, person: Person) -> None:
    """A person gets the role they are known for."""
    if person.role is None:
        return
    organisation_id = stage.organisations.get(person.where or "")
    for role in (person.role, person.also):
        if role is not None:
            accounts.grant_role(
                stage.session, SYSTEM, user_id=stage.users[person.login], role=role,
                organisation_id=organisation_id,
                region_code=person.where if organisation_id is None else None,
            )  # fmt: skip
    if has_device(person):
        accounts.give_device(
            stage.session, SYSTEM, user_id=stage.users[person.login],
            secret=device_secret(person.login), sealer=sealer_of(stage.secret),
        )  # fmt: skip
    stage.changed(person.login)


def register(stage: Stage, plan: OrganisationPlan) -> None:
    """An organisation comes; who brings it owns it."""
    owner = plan.owner if plan.owner in stage.users else HUB.login
    organisation = accounts.register_organisation_with_owner(
        stage.session, stage.actor(owner), **_fields(plan)
    )
    stage.organisations[_key(plan)] = organisation.id
    stage.changed(owner)


def verify(stage: Stage, plan: OrganisationPlan) -> None:
    """The operator's staff have seen the papers; with a partner they sign an agreement."""
    organisation_id = stage.organisations[_key(plan)]
    registry.verify_organisation(
        stage.session,
        stage.actor("staff"),
        organisation_id=organisation_id,
        charity_id=stage.operator_id,
        note="登记证书、章程与上一年年报原件已核对。"
        if plan.uscc
        else "镇街备案表与负责人信息已核对。",
        agreement_number=f"合募-{organisation_id:03d}" if plan.is_partner else None,
        agreement_signed_on=clock.today() if plan.is_partner else None,
        assessment_note="账目清楚，有专职人员，已约定费用与公开责任。" if plan.is_partner else None,
    )
    if plan.owner == "foundation":
        registry.record_qualification(
            stage.session, SYSTEM, organisation_id=organisation_id, is_charity=True
        )


def send_back(stage: Stage, plan: OrganisationPlan) -> None:
    """The staff miss something."""
    registry.return_organisation(
        stage.session,
        stage.actor("staff"),
        organisation_id=stage.organisations[_key(plan)],
        note="登记证书照片看不清有效期，请重新上传；另请补充联系人的固定电话。",
    )


def _key(plan: OrganisationPlan) -> str:
    return plan.name if plan.owner == HUB.login else plan.owner


class _Fields(TypedDict):
    name: str
    kind: OrganisationKind
    uscc: str | None
    region_code: str
    introduction: str
    contact_name: str
    contact_phone: str


def _fields(plan: OrganisationPlan) -> _Fields:
    return {
        "name": plan.name,
        "kind": plan.kind,
        "uscc": plan.uscc,
        "region_code": plan.region_code,
        "introduction": plan.introduction,
        "contact_name": plan.contact,
        "contact_phone": plan.phone,
    }
