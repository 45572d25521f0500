"""Messages of a gateway at the door: stored, then answered, 200 a second for half a minute.

PostgreSQL with fsync on, `wushe serve` with 2 gunicorn workers and `wushe worker` beside it. Each
message is sent at its own moment whether or not those before it were answered, and its wait counts
from that moment. Every 100th can never be applied. Afterwards nothing may be lost, every other gift
must be settled, and staff must see the poisoned ones. `WUSHE_BENCH_SECONDS` takes another time.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session

from charity import clock
from charity.donations import checks
from charity.donations.gateway import NoticeKind
from charity.donations.models import (
    Donation,
    DonationState,
    EventOutcome,
    GatewayEvent,
    GiverKind,
    Payment,
    PaymentState,
)
from charity.donations.sandbox_gateway import SandboxGateway
from charity.money import Money
from charity.rows import table_of
from projects.listings.models import Project
from tests.bench import Row
from tests.bench.bench_gift import cpu_seconds, postmaster
from tests.bench.books import durable_databases
from tests.bench.world import World, populate
from tests.support.ports import LOOPBACK, free_port, wait_until_answers
from tests.support.source import ROOT
from web import db

RATE, SECONDS = 200, int(os.environ.get("WUSHE_BENCH_SECONDS", "30"))
MESSAGES, WARM_UP = RATE * SECONDS, 2 * RATE
#: Every so many-th message can never be applied.
POISON_EVERY = 100
SENDERS = 32
#: The milliseconds the issue allows, and the seconds in which everything must have acted.
ALLOWED, PATIENCE = 50.0, 300
AMOUNT = Money.yuan(20)
SECRET = "a secret of this bench, long enough to be one"
FIRST = 1_000_000
#: A money account that no book has: what such a payment says cannot be posted.
NOWHERE = "9999"


def is_poison(number: int) -> bool:
    """Whether this message can never be applied."""
    return number % POISON_EVERY == POISON_EVERY - 1


def open_gifts(engine: Engine, world: World, gateway: SandboxGateway) -> list[bytes]:
    """Gifts whose givers stand before the gateway's page, and the message of each."""
    numbers = range(MESSAGES + WARM_UP)
    at = clock.now()
    with Session(engine) as session:
        campaign_id = session.get_one(Project, world.project_id).campaign_id
        gifts = [
            {
                "id": FIRST + number,
                "client_id": str(uuid.UUID(int=number)),
                "trail_token": f"token-{number}",
                "campaign_id": campaign_id,
                "amount": AMOUNT,
                "giver_kind": GiverKind.INDIVIDUAL,
                "giver_name": "",
                "state": DonationState.PENDING,
                "created_at": at,
            }
            for number in numbers
        ]
        payments = [
            {
                "id": FIRST + number,
                "donation_id": FIRST + number,
                "gateway": gateway.name,
                "amount": AMOUNT,
                "livemode": False,
                "remote_id": f"sandbox_bench_{number}",
                "account": NOWHERE if is_poison(number) else gateway.account,
                "state": PaymentState.OPEN,
                "created_at": at,
            }
            for number in numbers
        ]
        for start in range(0, len(gifts), 5_000):
            session.execute(insert(table_of(Donation)), gifts[start : start + 5_000])
            session.execute(insert(table_of(Payment)), payments[start : start + 5_000])
        session.commit()
    return [
        gateway.event_for(f"sandbox_bench_{number}", NoticeKind.SUCCEEDED, amount=AMOUNT)
        for number in numbers
    ]


@contextmanager
def serving(world: World) -> Iterator[tuple[int, list[int]]]:
    """The site's port, and its processes' ids: the site's and the worker's."""
    port = free_port()
    environment = os.environ | {
        "WUSHE_DATABASE_URL": world.address.url,
        "WUSHE_DATA": str(world.folder),
        "WUSHE_SECRET_KEY": SECRET,
        "WUSHE_WORKERS": "2",
        "PORT": str(port),
        "PYTHONPATH": str(ROOT),
    }
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "web.cli", word, "--quiet"], env=environment, cwd=ROOT,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for word in ("serve", "worker")
    ]  # fmt: skip
    try:
        assert wait_until_answers(port, seconds=60)
        yield port, [child.pid for child in children]
    finally:
        for child in children:
            child.send_signal(signal.SIGINT)
        for child in children:
            child.wait(60)


class Sender:
    """The gateway's side: sends messages, each at its moment."""

    def __init__(self, port: int, gateway: SandboxGateway) -> None:
        self.port = port
        self.gateway = gateway

    def send(self, bodies: list[bytes]) -> list[float]:
        """Send them at `RATE`; the seconds each waited for its answer, from its own moment."""
        waits, errors = [0.0] * len(bodies), []
        begun = time.monotonic() + 0.2

        def one(first: int) -> None:
            connection = HTTPConnection(LOOPBACK, self.port, timeout=60)
            for number in range(first, len(bodies), SENDERS):
                moment = begun + number / RATE
                time.sleep(max(0.0, moment - time.monotonic()))
                try:
                    self._deliver(connection, bodies[number])
                except BaseException as error:
                    errors.append(error)
                    raise
                waits[number] = time.monotonic() - moment
            connection.close()

        threads = [threading.Thread(target=one, args=(first,)) for first in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not errors, errors[0]
        return sorted(waits)

    def _deliver(self, connection: HTTPConnection, body: bytes) -> None:
        headers = {"Wushe-Signature": self.gateway.sign(body, clock.now())}
        connection.request("POST", f"/webhooks/{self.gateway.name}", body, headers)
        answer = connection.getresponse()
        said = answer.read()
        assert (answer.status, said) == (200, b"ok\n"), (answer.status, said[:200])

    def remind(self, body: bytes) -> None:
        """Deliver one again: nothing changes, and the worker is woken."""
        connection = HTTPConnection(LOOPBACK, self.port, timeout=60)
        self._deliver(connection, body)
        connection.close()


def told(engine: Engine) -> dict[EventOutcome, int]:
    """How many messages came to what."""
    query = select(GatewayEvent.outcome, func.count()).where(
        GatewayEvent.remote_id.startswith("sandbox_bench_", autoescape=True)
    )
    with Session(engine) as session:
        rows = session.execute(query.group_by(GatewayEvent.outcome)).all()
        return {outcome: int(number) for outcome, number in rows}


def wait_until_done(engine: Engine, sender: Sender, again: bytes) -> float:
    """Seconds until no message that can act waits; raises where that takes too long."""
    begun = time.monotonic()
    poison = sum(map(is_poison, range(MESSAGES + WARM_UP)))
    while time.monotonic() - begun < PATIENCE:
        if told(engine).get(EventOutcome.APPLIED, 0) == MESSAGES + WARM_UP - poison:
            return time.monotonic() - begun
        time.sleep(0.5)
        sender.remind(again)
    raise AssertionError(f"still waiting: {told(engine)}")


def judge(engine: Engine, sender: Sender, again: bytes) -> int:
    """Nothing lost, nothing twice, gifts and book agree; how many poisoned ones staff see."""
    poison = sum(map(is_poison, range(MESSAGES + WARM_UP)))
    for _ in range(60):
        outcomes = told(engine)
        if outcomes.get(EventOutcome.SET_ASIDE) == poison:
            break
        sender.remind(again)
        time.sleep(1.0)
    good = MESSAGES + WARM_UP - poison
    assert outcomes == {EventOutcome.APPLIED: good, EventOutcome.SET_ASIDE: poison}, outcomes
    with Session(engine) as session:
        ours = Donation.id >= FIRST
        settled = select(func.count()).where(ours, Donation.state == DonationState.SETTLED)
        assert session.scalar(settled) == good
        assert checks.verify(session) == []
    connection = HTTPConnection(LOOPBACK, sender.port, timeout=60)
    connection.request("GET", "/readyz")
    said = json.loads(connection.getresponse().read())["gateway events"]
    connection.close()
    assert said.startswith(f"{poison} "), said
    return poison


def rows() -> Iterator[Row]:
    """How long the answer takes, what each message costs, and what became of them."""
    gateway = SandboxGateway(SECRET)
    with (
        tempfile.TemporaryDirectory(prefix="wushe-bench-") as folder,
        durable_databases() as databases,
    ):
        world = populate(databases.migrated(), Path(folder))
        engine = db.make_engine(world.address.url)
        bodies = open_gifts(engine, world, gateway)
        with serving(world) as (port, (site, worker)):
            sender = Sender(port, gateway)
            sender.send(bodies[:WARM_UP])
            server = postmaster(world)
            before = [cpu_seconds([pid]) for pid in (site, server, worker)]
            waits = sender.send(bodies[WARM_UP:])
            after = [cpu_seconds([pid]) for pid in (site, server, worker)]
            late = wait_until_done(engine, sender, bodies[0])
            poison = judge(engine, sender, bodies[0])
        engine.dispose()
    name = f"webhook at {RATE}/s for {SECONDS} s"
    yield Row(f"{name}, p95", _share(waits, 0.95), "ms", "allowed", ALLOWED)
    yield Row(f"{name}, p50", _share(waits, 0.5), "ms")
    yield Row(f"{name}, p99", _share(waits, 0.99), "ms")
    cpu = [(b - a) * 1000 / MESSAGES for a, b in zip(before, after, strict=True)]
    for who, each in zip(("site", "PostgreSQL", "worker"), cpu, strict=True):
        yield Row(f"CPU per message meanwhile, {who}", each, "ms")
    yield Row("the last one has acted, after the last answer", late, "s")
    yield Row("messages lost", 0, "of", "sent", MESSAGES + WARM_UP)
    yield Row("poisoned ones, set aside and told to staff", poison, "of")


def _share(waits: list[float], share: float) -> float:
    return waits[int(len(waits) * share) - 1] * 1000
