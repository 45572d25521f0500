"""RELIABILITY P10: the site over the real library, before a Stripe with bad days.

The connection is refused, hangs or breaks, the answer is an error or is lost after the work was
done: no request waits ten seconds, other pages are served, and after a question or two each gift
has one checkout, is settled once, and stands in the book.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from charity.donations.stripe_gateway import RETRIES, StripeGateway
from tests.charity.donations.stripe_double import Day, StripeDouble, running
from tests.conftest import SetClock
from tests.support.schedules import Tell, chances, size
from tests.web.donors import text_of
from tests.web.live_site import LiveSite, form, open_site
from web import gateway_jobs
from web.config import Settings

RUNS = 1_000
#: The most seconds a request of ours may wait for a gateway.
MOST = 10.0
BAD = (Day.RESET, Day.LOST, Day.HALF, Day.E500, Day.E503, Day.E409, Day.E429)
CHECKOUT = "https://pay.example/"


@pytest.fixture
def stripe() -> Iterator[StripeDouble]:
    """A Stripe on the loopback."""
    with running() as server:
        yield server


@pytest.fixture
def live(
    stripe: StripeDouble, fresh_engine: Engine, settings: Settings, clock: SetClock
) -> Iterator[LiveSite]:
    """A site whose gifts go through it."""
    clock.release()
    gateway = StripeGateway("sk_test_faults", "whsec_faults", stripe.address)
    with open_site(settings, fresh_engine, stripe.gateway, gateway) as site:
        yield site


@pytest.mark.long
def test_p10_whatever_the_network_does_each_gift_is_paid_once(
    live: LiveSite, stripe: StripeDouble, monkeypatch: pytest.MonkeyPatch, tell: Tell
) -> None:
    # the pauses between repeats are the library's; the test of the clock waits for them
    monkeypatch.setattr("stripe.HTTPClient.INITIAL_DELAY", 0.001)
    monkeypatch.setattr(gateway_jobs, "STUCK_AFTER", timedelta(0))
    number, faults, slowest = size(RUNS), 0, 0.0
    giver = live.visitor()
    for chance in chances("P10", number):
        said, before = form(), len(stripe.gateway.sessions)
        days = [chance.choice(BAD) for _ in range(chance.randint(0, 2 * (RETRIES + 1)))]
        stripe.days.extend(days)
        faults += len(days)
        begun = time.monotonic()
        there = live.give(giver, said).location
        slowest = max(slowest, time.monotonic() - begun)
        own_page = f"/donations/{live.gift(said).trail_token}"
        while not there.startswith(CHECKOUT):
            assert there == own_page
            assert "还没有付款" in text_of(giver.get(own_page))
            begun = time.monotonic()
            there = giver.submit(f"{own_page}/pay").location
            slowest = max(slowest, time.monotonic() - begun)
        stripe.days.clear()
        assert len(stripe.gateway.sessions) == before + 1, "one checkout, whatever was lost"
        # the giver pays, and the message never comes
        stripe.gateway.pay(there.removeprefix(CHECKOUT))
    stripe.days.extend(BAD)
    with live.app.app_context():
        for _ in range(2):
            gateway_jobs.ask_gateways()
    live.judge(number)
    assert slowest < MOST
    tell(
        f"P10: {number} gifts of {RUNS} through {faults} faults, "
        f"slowest request {slowest:.1f} s, one checkout and one entry each"
    )


@pytest.mark.long
def test_p10_while_the_gateway_hangs_other_pages_are_served(
    live: LiveSite, stripe: StripeDouble
) -> None:
    """One giver waits less than ten seconds and loses nothing; the others do not notice."""
    stripe.days.extend([Day.HANG] * (RETRIES + 1))
    said, giver = form(), live.visitor()
    with ThreadPoolExecutor(1) as other:
        begun = time.monotonic()
        waiting = other.submit(live.give, giver, said)
        time.sleep(0.5)
        page = live.visitor().get(f"/projects/{live.project_id}/donate")
        assert page.status_code == 200
        assert not waiting.done()
        own_page = waiting.result().location
        assert time.monotonic() - begun < MOST
    assert own_page == f"/donations/{live.gift(said).trail_token}"
    assert "付款页面这会儿打不开" in text_of(giver.get(own_page))
    assert giver.submit(f"{own_page}/pay").location.startswith(CHECKOUT)
    assert len(stripe.gateway.sessions) == 1


def test_p10_where_nobody_listens_the_gift_is_kept(live: LiveSite, stripe: StripeDouble) -> None:
    stripe.server_close()
    said, giver = form(), live.visitor()
    begun = time.monotonic()
    own_page = live.give(giver, said).location
    assert time.monotonic() - begun < MOST
    assert own_page == f"/donations/{live.gift(said).trail_token}"
    assert "你的捐款已经记下，没有扣款" in text_of(giver.get(own_page))
