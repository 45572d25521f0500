"""RELIABILITY P2, P3 and P4 over the site's own pages, with real commits and real threads.

`make test` tries at least fifty of each, `make soak` all; the run says at its end how many.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from charity.donations.models import (
    Donation,
    EventOutcome,
    GatewayEvent,
    Payment,
    PaymentState,
)
from tests.conftest import SetClock
from tests.fakes import FakeGateway
from tests.support.schedules import Tell, chances, size
from tests.support.site import SiteClient
from tests.web.donors import text_of
from tests.web.live_site import LiveSite, form, open_site
from web.config import Settings

#: How many runs the plan asks for of each race.
P2_RUNS, P3_RUNS, P4_RUNS = 1_000, 1_000, 500
#: The most seconds by which a giver comes back after the gateway has begun to tell.
LATEST = 0.2
Result = TypeVar("Result")


@pytest.fixture
def live(fresh_engine: Engine, settings: Settings, clock: SetClock) -> Iterator[LiveSite]:
    """A site with one project that takes gifts, by the machine's own clock."""
    clock.release()
    with open_site(settings, fresh_engine, FakeGateway()) as site:
        yield site


def at_once(acts: list[Callable[[], Result]]) -> list[Result]:
    """Start all of them at one moment; what each answered."""
    line = threading.Barrier(len(acts))

    def start(act: Callable[[], Result]) -> Result:
        line.wait(timeout=30)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(start, acts))


# ── P2: the giver's return and the gateway's message at one moment ───────────────────────────────


@pytest.mark.long
def test_p2_return_page_and_webhook_race(live: LiveSite, tell: Tell) -> None:
    number, seen = size(P2_RUNS), {"arrived": 0, "waiting": 0}
    giver = live.visitor()
    for chance in chances("P2", number):
        said = form()
        assert live.give(giver, said).status_code == 303
        gift = live.gift(said)
        remote_id = list(live.gateway.sessions)[-1]
        paid = live.gateway.pay(remote_id)
        page, later = f"/donations/{gift.trail_token}?back=1", chance.random() * LATEST
        answers = at_once(
            [
                partial(live.deliver, paid),
                partial(_come_back, live, page, later),
                partial(live.deliver, paid),
            ]
        )
        assert [answers[0].status_code, answers[2].status_code] == [200, 200]
        arrived = answers[1].status_code == 303
        assert arrived or "处理中，请勿重复支付" in text_of(answers[1])
        seen["arrived" if arrived else "waiting"] += 1
        live.sweep()
    live.judge(number)
    stored = live.count(
        select(func.count()).where(GatewayEvent.outcome == EventOutcome.APPLIED),
        select(func.count()).select_from(GatewayEvent),
    )
    assert stored == [number, number]
    tell(f"P2: {number} races of {P2_RUNS}, {seen['arrived']} seen arrived, 1 entry, 1 letter each")


def _come_back(live: LiveSite, page: str, later: float) -> TestResponse:
    """The giver's browser is a moment earlier or later than the gateway."""
    time.sleep(later)
    return live.visitor().get(page)


# ── P3: shown as not paid, and paid after all ────────────────────────────────────────────────────


def test_p3_while_a_payment_is_open_nobody_is_asked_to_pay_again(
    live: LiveSite, tell: Tell
) -> None:
    """Whatever the giver presses while the gateway's word is late: one checkout, one charge."""
    number = size(P3_RUNS)
    giver = live.visitor()
    for chance in chances("P3", number):
        said = form()
        first = live.give(giver, said).location
        gift, before = live.gift(said), len(live.gateway.sessions)
        path = f"/donations/{gift.trail_token}"
        paid = live.gateway.pay(list(live.gateway.sessions)[-1])
        for _ in range(chance.randint(1, 3)):
            _press(live, giver, chance, path, said, first)
        assert len(live.gateway.sessions) == before
        assert live.deliver(paid).status_code == 200
        live.sweep()
    live.judge(number)
    tell(f"P3: {number} late messages of {P3_RUNS}, no second checkout, none asked to pay again")


def _press(
    live: LiveSite,
    giver: SiteClient,
    chance: random.Random,
    path: str,
    said: dict[str, str],
    first: str,
) -> None:
    kind = chance.randrange(4)
    if kind == 0:
        page = giver.get(path)
        assert "处理中，请勿重复支付" in text_of(page)
        assert f'action="{path}/pay"' not in page.text
    elif kind == 1:
        assert giver.get(f"{path}?back=1").status_code == 200
    elif kind == 2:
        assert giver.submit(f"{path}/pay").location == first
    else:
        assert live.give(giver, said).location == first


def test_p3_the_database_refuses_a_second_open_payment(live: LiveSite) -> None:
    said = form()
    live.give(live.visitor(), said)
    gift = live.gift(said)
    with Session(live.engine) as session:
        known = session.scalars(select(Payment).where(Payment.donation_id == gift.id)).one()
        session.add(
            Payment(
                donation_id=gift.id,
                gateway=known.gateway,
                amount=known.amount,
                livemode=known.livemode,
                account=known.account,
                state=PaymentState.CREATED,
                created_at=known.created_at,
            )
        )
        with pytest.raises(IntegrityError):
            session.flush()


# ── P4: double click, back, reload ───────────────────────────────────────────────────────────────


def test_p4_double_click_back_and_reload_are_one_gift(live: LiveSite, tell: Tell) -> None:
    """Two clicks at one moment, then the same form again, then the same id with another sum."""
    number = size(P4_RUNS)
    browsers = [live.visitor(), live.visitor()]
    for chance in chances("P4", number):
        said = form(client_id=str(uuid.UUID(int=chance.getrandbits(128), version=4)))
        clicks = at_once([partial(live.give, each, said) for each in browsers])
        places = {answer.location for answer in clicks}
        again = live.give(browsers[0], said)
        changed = live.give(browsers[0], said | {"own_amount": "88"})
        assert [answer.status_code for answer in (*clicks, again)] == [303] * 3
        # whoever came second while the gateway was asked is sent to the gift's own page
        assert again.location in places
        assert len(places - {f"/donations/{live.gift(said).trail_token}"}) == 1
        assert changed.status_code == 409
    gifts, payments = live.count(
        select(func.count()).select_from(Donation), select(func.count()).select_from(Payment)
    )
    assert gifts == payments == len(live.gateway.sessions) == number
    tell(
        f"P4: {number} double clicks of {P4_RUNS}, one gift and one checkout each, 409 for another"
    )
