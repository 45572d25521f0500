"""The demo district: a small one has everything a large one has, and its books are true."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import factor
from charity.accounts import queries as accounts
from charity.disclosure.models import DisclosureEntry, ProjectClosing, ProjectClosingState
from charity.donations import checks as donation_checks
from charity.donations.models import Donation, DonationState
from charity.evidence import reencode
from charity.ledger import checks as ledger_checks
from charity.ledger.models import Fund, FundKind, Seal, Unsealed
from charity.money import Money
from charity.registry import eligibility, uscc
from charity.registry.models import Campaign, Organisation, OrganisationState, Region
from charity.registry.reasons import RegistryReason
from charity.spending import queries as spending
from charity.spending.models import Delivery, DeliveryState, Expense, ExpenseState
from projects.listings import queries as listings
from projects.listings.models import ProgressReport, Project, ProjectState
from tests.support.databases import Address, Databases
from tests.support.live import Installation
from web import create_app
from web.cli import demo_code
from web.config import Settings
from web.db import Database, make_engine
from web.demo import district, people, pictures, script
from web.demo import load as demo
from web.demo.stage import Step

#: One worker loads the district for all of them.
pytestmark = pytest.mark.xdist_group("demo")

SCALE = 0.02
KEY = "a key for tests alone, long enough"


@dataclass
class District:
    """A small district, loaded once for all tests of this file."""

    app: Flask
    engine: Engine
    settings: Settings
    said: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def loaded(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    address = databases.migrated()
    engine = make_engine(address.url)
    settings = Settings(
        data=tmp_path_factory.mktemp("demo"),
        secret_key=KEY,
        environment="test",
        database_url=address.url,
    )
    app = create_app(settings, database=Database(engine))
    district_ = District(app, engine, settings)
    demo.load(app, district_.said.append, scale=SCALE)
    yield district_
    engine.dispose()
    databases.drop(address)


@pytest.fixture
def base(loaded: District) -> Iterator[Session]:
    with Session(loaded.engine) as session:
        yield session


def how_many(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_its_books_are_true(base: Session) -> None:
    assert ledger_checks.verify(base) == []
    assert donation_checks.verify(base) == []


def test_every_day_is_sealed(base: Session) -> None:
    assert how_many(base, Unsealed) == 0
    assert how_many(base, Seal) > 50


def test_it_is_the_real_district(base: Session) -> None:
    regions = set(base.scalars(select(Region.code)))
    assert {"42", "4207", "420704", "420704001206"} <= regions
    assert len(district.streets()) == 15


@pytest.mark.parametrize(
    ("column", "states"),
    [
        (Organisation.state, set(OrganisationState)),
        # the surplus of the one that is over is still being agreed on
        (Project.state, set(ProjectState) - {ProjectState.CLOSED}),
        (Expense.state, set(ExpenseState)),
        (Delivery.state, {DeliveryState.CLAIMED, DeliveryState.ACCEPTED}),
        (Donation.state, {DonationState.PENDING, DonationState.SETTLED}),
        (Fund.kind, {FundKind.PROJECT, FundKind.VILLAGE_MUTUAL_AID, FundKind.STREET}),
    ],
)
def test_every_list_has_something_to_show(base: Session, column, states) -> None:  # type: ignore[no-untyped-def]
    assert states <= set(base.scalars(select(column).distinct()))


def test_each_person_of_the_story_finds_work(base: Session) -> None:
    actor = {
        login: accounts.actor_for_user(base, accounts.user_by_login(base, login).id)  # type: ignore[union-attr]
        for login, _, _ in people.accounts()
    }
    assert people.is_here(base)
    assert listings.waiting_for_review(base, actor["reviewer"])
    assert spending.waiting_for_approval(base)
    assert spending.waiting_for_payment(base)
    assert actor["jiahe"].organisation_ids
    waiting = base.scalars(select(Delivery).where(Delivery.state == DeliveryState.CLAIMED)).all()
    assert any(d.deliverable.budget.region_code.startswith("420704001") for d in waiting)


def test_whose_role_needs_one_has_a_known_second_factor(loaded: District, base: Session) -> None:
    """`make run` says how to get its code, and the code opens the account."""
    said = {line.rpartition("wushe demo code ")[2] for line in people.greeting()}
    for person in people.ACCOUNTS:
        user = accounts.user_by_login(base, person.login)
        assert user is not None
        assert accounts.has_factor(base, user.id) is people.has_device(person)
        assert (person.login in said) is people.has_device(person)
    with loaded.app.app_context():
        printed = CliRunner().invoke(demo_code, ["treasurer"])
        nobody = CliRunner().invoke(demo_code, ["jiahe"])
    now = factor.step_at(clock.now())
    secret = people.device_secret("treasurer")
    assert printed.output.strip() in {factor.code_of(secret, now), factor.code_of(secret, now - 1)}
    assert nobody.exit_code == 1


def test_campaigns_take_gifts_today(base: Session) -> None:
    campaigns = base.scalars(select(Campaign)).all()
    assert campaigns
    refused = [
        finding.reason
        for campaign in campaigns
        for finding in eligibility.giving_eligibility(campaign, clock.today())
    ]
    # one project shows what a pause looks like, one what an end does
    assert set(refused) <= {RegistryReason.CAMPAIGN_PAUSED, RegistryReason.CAMPAIGN_ENDED}
    assert len(refused) == len(set(refused))


def test_what_became_of_a_project_that_is_over_is_public(base: Session) -> None:
    project = base.scalars(select(Project).where(Project.state == ProjectState.CLOSED)).one()
    closing = base.scalars(
        select(ProjectClosing).where(ProjectClosing.campaign_id == project.campaign_id)
    ).one()
    assert closing.state is ProjectClosingState.DONE
    assert closing.surplus > Money(0)
    assert base.get_one(DisclosureEntry, closing.entry_id).is_public
    reports = base.scalars(select(ProgressReport).where(ProgressReport.project_id == project.id))
    assert [report.title for report in reports] == ["做完了，验收过了"]


def test_nothing_of_the_loading_is_left_lying_about(loaded: District) -> None:
    assert not demo.was_interrupted(loaded.settings)
    assert loaded.said[-1] == "The demo district is there."


def test_the_same_script_each_time() -> None:
    assert script.steps(SCALE) == script.steps(SCALE)


def test_the_whole_script_has_the_proportions_of_the_report() -> None:
    def done(verb: str) -> list[Step]:
        return [step for step in script.steps() if step.verb.__name__ == verb]

    homes = [step.what for step in done("publish") if step.what.key.startswith("home")]  # type: ignore[attr-defined]
    assert len(homes) == 84
    assert 18_000 < sum(plan.target for plan in homes) / 84 < 23_000
    assert len(done("open_fund")) == 55
    assert 1500 <= len(done("give")) <= 2200
    assert 110 <= len(done("ask")) <= 170


def test_credit_codes_raise_no_eyebrow() -> None:
    for plan in (*district.registered(24), *district.newcomers(), district.operator()):
        assert plan.uscc is not None
        assert uscc.problem(plan.uscc) is None
        if plan.owner not in ("foundation", "operator"):
            assert uscc.warnings(plan.uscc, plan.kind, plan.region_code[:6]) == []


def test_vouchers_are_pictures_that_spending_takes() -> None:
    made = pictures.voucher(
        number="04207001", day=date(2026, 3, 1), title="床边抓杆", amount=Money.yuan(4800),
        payee="鄂州康居器材经营部",
    )  # fmt: skip
    assert reencode(made).width > 800
    assert 15_000 < len(made) < 90_000


def test_a_second_loading_changes_nothing(loaded: District, base: Session) -> None:
    settings = loaded.settings
    installation = Installation(Address(settings.url, settings.url), settings.data)
    before = how_many(base, Donation), how_many(base, Organisation)
    assert installation.wushe("demo", "load", "--once").returncode == 0
    asked = installation.wushe("demo", "load")
    assert asked.returncode == 1
    assert "empty base" in asked.stderr
    base.rollback()
    assert (how_many(base, Donation), how_many(base, Organisation)) == before


def test_an_interrupted_loading_begins_again(fresh_database: Address, tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path,
        secret_key=KEY,
        environment="test",
        database_url=fresh_database.url,
        owner_database_url=fresh_database.owner_url,
    )
    engine = make_engine(settings.url)
    app = create_app(settings, database=Database(engine))

    def pull_the_plug(line: str) -> None:
        if "days ago" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo.load(app, pull_the_plug, scale=SCALE)
    assert demo.was_interrupted(settings)
    with Session(engine) as session:
        assert how_many(session, Organisation) > 0
    engine.dispose()
    if engine.dialect.name == "postgresql":
        # a server's database is its owner's to empty
        with pytest.raises(demo.NotOurs):
            demo.start_again(settings)
        return
    demo.start_again(settings)
    with Session(engine) as session:
        assert how_many(session, Organisation) == 0
    engine.dispose()


def test_it_is_refused_in_production(fresh_database: Address, tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path,
        secret_key=KEY,
        environment="production",
        database_url=fresh_database.url,
        base_url="https://wushe.example",
        stripe_api_key="sk_test_of_the_suite",
        stripe_webhook_secret="whsec_of_the_suite",
    )
    engine = make_engine(settings.url)
    with pytest.raises(ValueError, match="production"):
        demo.load(create_app(settings, database=Database(engine)), print, scale=SCALE)
    engine.dispose()
