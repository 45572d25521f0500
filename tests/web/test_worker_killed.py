"""RELIABILITY P9: a worker killed in its task leaves nothing undone after two sweeps.

The queue only says "look again" and may lose that; what is owed stands in the database.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.donations import checks
from charity.donations.models import (
    Donation,
    DonationState,
    EventOutcome,
    GatewayEvent,
    Match,
    MatchState,
)
from charity.ledger.checks import verify as verify_book
from charity.ledger.models import Unsealed
from charity.letters import Letter
from charity.money import Money
from charity.outbox import Outbox
from charity.registry.models import Campaign
from tests.charity.donations.giving import Giving, open_giving
from tests.charity.donations.pooling import open_pooling, without_caps
from tests.fakes import FakeGateway
from tests.support.live import Installation
from tests.support.schedules import Tell, chances, size
from tests.support.source import ROOT
from web import create_app, jobs
from web.config import Settings

KILLS = 1_000
#: Messages that wait at each kill.
GIFTS = 2
NOTHING = [0, 0, 0, 0]


class Worker:
    """The worker of an installation, and what is owed to it."""

    def __init__(self, process: subprocess.Popen[str], engine: Engine) -> None:
        self.process, self.engine = process, engine
        self.gateway = FakeGateway()
        self.gifts = 0
        with Session(engine) as session:
            giving = open_giving(session, self.gateway)
            now = clock.now()
            month = timedelta(days=30)
            for each in (giving.campaign, giving.campaign.plan):
                each.starts_on, each.ends_on = clock.today() - month, clock.today() + month
            terms = without_caps(
                total=Money.yuan(1_000_000), starts_at=now - month, ends_at=now + month
            )
            open_pooling(giving).open(terms)
            self.campaign_id = giving.campaign.id
            session.commit()

    def owe(self) -> None:
        """Messages of gifts that were paid are stored, and nobody has applied them."""
        with Session(self.engine) as session:
            campaign = session.get_one(Campaign, self.campaign_id)
            giving = Giving(session, self.gateway, campaign)
            for _ in range(GIFTS):
                gift = giving.begin(contact="giver@example.org")
                giving.hear(self.gateway.pay(giving.check_out(gift.payments[0])))
            session.commit()
        self.gifts += GIFTS

    def work(self, kill_before: int = 0) -> str:
        """Let it work; what it said."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{kill_before}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def undone(self) -> list[int]:
        """Messages, news, entries and matches of which nobody has taken care yet."""
        with Session(self.engine) as session:
            return [
                session.scalar(query) or 0
                for query in (
                    select(func.count()).where(GatewayEvent.outcome == EventOutcome.WAITING),
                    select(func.count()).where(Outbox.handled_at.is_(None)),
                    select(func.count()).select_from(Unsealed),
                    select(func.count()).where(Match.state == MatchState.ASKED),
                )
            ]

    def judge(self) -> None:
        """Each gift is settled, sealed and thanked once; the books are in order."""
        with Session(self.engine) as session:
            settled = select(func.count()).where(Donation.state == DonationState.SETTLED)
            letters = select(func.count()).where(Letter.kind == "donation.thanks")
            assert [session.scalar(settled), session.scalar(letters)] == [self.gifts] * 2
            assert checks.verify(session) == []
            assert list(verify_book(session)) == []


@contextmanager
def hired(installation: Installation, engine: Engine) -> Iterator[Worker]:
    """A worker that waits to be told to work, and when to die."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.killed_worker"],
        env=installation.environment(),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Worker(process, engine)
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(timeout=30)
        process.stdout.close()


@pytest.mark.long
def test_p9_a_killed_worker_leaves_nothing_undone_after_two_sweeps(
    installation: Installation, fresh_engine: Engine, settings: Settings, tell: Tell
) -> None:
    address = installation.address.url
    app = create_app(replace(settings, database_url=address, data=installation.folder))
    number, killed = size(KILLS), 0
    with hired(installation, fresh_engine) as worker, app.app_context():
        worker.owe()
        longest = int(worker.work())
        assert worker.undone() == NOTHING
        for chance in chances("P9", number):
            worker.owe()
            killed += worker.work(chance.randint(1, longest)) == "killed"
            for _sweep in range(2):
                jobs.catch_up()
            assert worker.undone() == NOTHING
        worker.judge()
    app.extensions["wushe.db"].engine.dispose()
    assert killed > number * 0.9
    tell(f"P9: {killed} workers of {KILLS} killed in {longest} places, 0 undone after 2 sweeps")
