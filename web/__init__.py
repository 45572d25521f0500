"""The site: everything that knows HTTP, HTML, mail and the clock on the wall.

`create_app` is the one place that wires the ports of the house to their adapters.
"""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from sqlalchemy import Engine

from charity.donations.counter_gateway import ACCOUNTS, TRANSFER, CounterGateway
from charity.donations.gateway import PaymentGateway
from charity.donations.sandbox_gateway import SandboxGateway
from charity.donations.stripe_gateway import StripeGateway
from charity.files import LocalFileStore
from search.port import SearchIndex
from search.postgres_index import PostgresIndex
from search.whoosh_index import WhooshIndex
from web import addresses, db, errors, filters, frame, jobs, languages, letters, ports, security
from web.config import SettingError, Settings
from web.db import Database, make_engine
from web.ports import Ports

#: Every blueprint, a package whose `views` offer `bp`; its routes stand in web/security/routes.py.
BLUEPRINTS = (
    "web.system",
    "web.accounts",
    "web.desk",
    "web.home",
    "web.searches",
    "web.listings",
    "web.disclosures",
    "web.ratios",
    "web.donations",
    "web.registry",
    "web.forces",
    "web.standing",
    "web.rules",
    "web.ledger",
    "web.spending",
    "web.books",
    "web.certificates",
    "web.givers",
    "web.receipts",
    "web.statements",
    "web.refunds",
    "web.members",
    "web.monthly",
    "web.teams",
    "web.seasons",
    "web.pledges",
    "web.goods",
    "web.pools",
    "web.budgets",
    "web.payments",
    "web.related",
    "web.departures",
    "web.plans",
    "web.representatives",
    "web.complaints",
    "web.consents",
    "web.notices",
    "web.closings",
    "web.project_life",
    "web.needs",
    "web.timeliness",
    "web.listing_imports",
    "web.claims",
    "web.resources",
    "web.dispatch",
    "web.homeland",
    "web.ventures",
    "web.judging",
    "web.awards",
    "web.pairings",
    "web.audits",
    "web.fieldwork",
)


def create_app(
    settings: Settings | None = None,
    *,
    database: Database | None = None,
    adapters: Ports | None = None,
) -> Flask:
    """Build the site in named steps; a test may hand in its own database and adapters."""
    settings = (settings or Settings.from_env()).prepare()
    app = Flask(__name__)
    addresses.init_app(app)
    database = database or Database(make_engine(settings.url))
    db.init_app(app, database)
    ports.init_app(app, adapters or wire_ports(settings, database.engine))
    security.init_app(app, settings)
    languages.init_app(app, settings)
    errors.init_app(app)
    filters.init_app(app)
    frame.init_app(app)
    jobs.init_app(app, settings)
    letters.init_app(app)
    _set_templates(app)
    _register_blueprints(app)
    return app


def wire_ports(settings: Settings, engine: Engine) -> Ports:
    """Choose the adapter of each port; raises `SettingError` where the settings leave none."""
    return Ports(
        settings=settings,
        gateways={gateway.name: gateway for gateway in _gateways(settings)},
        files=LocalFileStore(settings.data / "files"),
        index=_index(settings, engine),
    )


def _index(settings: Settings, engine: Engine) -> SearchIndex:
    """Files of this machine, or the database that many hosts share."""
    if settings.search == "postgresql":
        return PostgresIndex(engine)
    return WhooshIndex(settings.data / "index")


def _gateways(settings: Settings) -> list[PaymentGateway]:
    """Stripe where there is a key; the sandbox only where no real money can be meant."""
    gateways: list[PaymentGateway] = []
    if settings.stripe_api_key and settings.stripe_webhook_secret:
        gateways.append(
            StripeGateway(
                settings.stripe_api_key,
                settings.stripe_webhook_secret,
                settings.stripe_api_base,
            )
        )
    if not settings.is_production:
        gateways.append(SandboxGateway(settings.secret_key))
    counters = _counters(settings)
    if settings.bank_account:
        gateways.append(counters.pop(TRANSFER))
    if not gateways:
        raise SettingError(
            "STRIPE_API_KEY must be set when WUSHE_ENV=production: the sandbox payments of the "
            "demonstration are refused there. (Or WUSHE_BANK_NAME and WUSHE_BANK_ACCOUNT, for "
            "bank transfers alone.)"
        )
    return [*gateways, *counters.values()]


def _counters(settings: Settings) -> dict[str, PaymentGateway]:
    """The ways to pay that staff report: transfer, cash, other platforms."""
    return {
        name: CounterGateway(name, settings.secret_key, account, livemode=settings.is_production)
        for name, account in ACCOUNTS.items()
    }


def _set_templates(app: Flask) -> None:
    """Quiet whitespace; a name a template asks for and nobody gave is an empty value."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")


def _register_blueprints(app: Flask) -> None:
    for name in BLUEPRINTS:
        app.register_blueprint(import_module(f"{name}.views").bp)
