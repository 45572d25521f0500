"""A site on a database of its own, where every request has a connection and commits."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from charity import clock as house_clock
from charity.donations import checks
from charity.donations.gateway import PaymentGateway
from charity.donations.models import Donation, DonationState, Payment, PaymentState
from charity.ledger.checks import verify as verify_book
from charity.letters import Letter
from charity.outbox import Outbox
from tests.fakes import FakeGateway, Message
from tests.support.site import SiteClient
from tests.web.donors import published, settle_village, typed, use_gateway
from web import create_app
from web.config import Settings
from web.donations import notices
from web.gateway_jobs import apply_events


@dataclass
class LiveSite:
    """A site on a database of its own, where each request has a connection and commits."""

    app: Flask
    engine: Engine
    gateway: FakeGateway
    project_id: int

    def visitor(self) -> SiteClient:
        """A browser of its own."""
        browser = self.app.test_client()
        assert isinstance(browser, SiteClient)
        return browser

    def give(self, browser: SiteClient, said: dict[str, str]) -> TestResponse:
        """Send the form of giving."""
        return browser.submit(f"/projects/{self.project_id}/donate", said)

    def deliver(self, message: Message) -> TestResponse:
        """A message at the door; the answer is read, so that it has acted."""
        header = self.gateway.sign(message.body, house_clock.now())
        return self.visitor().post(
            f"/webhooks/{self.gateway.name}",
            data=message.body,
            headers={notices.OUR_HEADER: header},
            buffered=True,
        )

    def sweep(self) -> None:
        """The worker comes round."""
        with self.app.app_context():
            apply_events()

    def count(self, *questions: object) -> list[int]:
        """The answers to some counts."""
        with Session(self.engine) as session:
            return [session.scalar(each) or 0 for each in questions]  # type: ignore[call-overload]  # each is a select

    def gift(self, said: dict[str, str]) -> Donation:
        """The one gift of a form."""
        with Session(self.engine, expire_on_commit=False) as session:
            query = select(Donation).where(Donation.client_id == said["client_id"])
            return session.scalars(query).one()

    def judge(self, gifts: int) -> None:
        """So many gifts, each settled once, told once, thanked once; the books in order."""
        counted = self.count(
            select(func.count()).where(Donation.state == DonationState.SETTLED),
            select(func.count()).where(Payment.state == PaymentState.SUCCEEDED),
            select(func.count()).where(Outbox.event == "donation.settled"),
            select(func.count()).where(Letter.kind == "donation.thanks"),
        )
        assert counted == [gifts] * 4
        with Session(self.engine) as session:
            assert checks.verify(session) == []
            assert list(verify_book(session)) == []


@contextmanager
def open_site(
    settings: Settings, engine: Engine, fake: FakeGateway, gateway: PaymentGateway | None = None
) -> Iterator[LiveSite]:
    """A site with one project that takes gifts through `gateway`, else through the fake itself."""
    with Session(engine, expire_on_commit=False) as session:
        project_id = published(settle_village(session)).id
    url = engine.url.render_as_string(hide_password=False)
    app = create_app(replace(settings, database_url=url))
    app.test_client_class = SiteClient
    app.testing = True
    use_gateway(app, gateway or fake)
    try:
        yield LiveSite(app, engine, fake, project_id)
    finally:
        # an answer that nobody closed acts when it is forgotten: before the connections go
        gc.collect()
        app.extensions["wushe.db"].engine.dispose()


def form(**changed: str) -> dict[str, str]:
    """A form with a way to write to the giver."""
    return typed(contact="giver@example.org", **changed)
