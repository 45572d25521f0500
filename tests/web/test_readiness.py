"""What `/readyz` and `wushe doctor` look at, and what they say of each."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy.orm import Session

from charity.donations.gateway import NoticeKind
from charity.donations.models import EventOutcome, GatewayEvent
from charity.ledger.checks import UNSEALED_MINUTES
from charity.money import Money
from tests.conftest import SetClock
from tests.projects.listings.village import make_village
from tests.support.site import SiteClient
from web import indexing
from web.ports import ports
from web.readiness import findings


def said(app: Flask) -> dict[str, str]:
    """Each finding by name."""
    with app.app_context():
        return {finding.name: finding.sentence for finding in findings()}


def test_every_part_is_looked_at_and_no_note_stops_the_site(client: SiteClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert list(answer.get_json()) == [
        "database", "gateway events", "gateways", "guards", "index", "letters", "payments",
        "revision", "rights", "transport", "worker",
    ]  # fmt: skip


def test_an_index_that_is_not_built_is_told_until_it_is(app: Flask, session: Session) -> None:
    assert "search rebuild" in said(app)["index"]
    make_village(session).published()
    session.commit()
    with app.app_context():
        indexing.rebuild(session, ports().index)
    assert said(app)["index"] == ""


def test_entries_that_wait_too_long_tell_of_a_missing_worker(
    app: Flask, session: Session, clock: SetClock
) -> None:
    village = make_village(session)
    village.give(village.published(), Money.yuan(1))
    session.commit()
    assert said(app)["worker"] == ""
    clock.advance(minutes=UNSEALED_MINUTES + 1)
    assert "wushe worker" in said(app)["worker"]


def test_messages_set_aside_are_counted(app: Flask, session: Session, clock: SetClock) -> None:
    assert said(app)["gateway events"] == ""
    session.add(
        GatewayEvent(
            gateway="stripe", event_id="evt_1", kind=NoticeKind.SUCCEEDED, livemode=False,
            fee=Money(0), body="{}", received_at=clock.now - timedelta(days=1),
            outcome=EventOutcome.QUARANTINED,
        )
    )  # fmt: skip
    session.commit()
    assert said(app)["gateway events"].startswith("1 ")
