"""Who works for a community notes a death; an audit asks about what was paid after it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.audits.models import RedFlag
from charity.audits.services.flagging import raise_flags
from charity.registry.models import PersonDeparture
from charity.spending.models import Expense
from tests.support.site import SignIn
from tests.web.donors import text_of
from tests.web.world import World
from tests.web.world_departures import HELPED
from web.security.access import Who

KNOWN = "看了死亡证明。"


def test_a_death_is_noted_and_corrected_and_payments_after_it_are_asked_about(
    session: Session, world: World, sign_in: SignIn
) -> None:
    browser = sign_in(world.people[Who.DISPATCHER])
    path = f"/departures/persons/{world.things['helped_expense']}"
    page = browser.get("/departures")
    assert "周*英" in page.text
    assert HELPED not in page.text
    assert path in page.text
    died = clock.today() - timedelta(days=9)
    form = {"kind": "died", "happened_on": died.isoformat(), "source": KNOWN}
    wrong = browser.submit(path, form | {"happened_on": "2099-01-01"})
    assert wrong.status_code == 422
    assert browser.submit(path, form).status_code == 303
    row = session.scalars(select(PersonDeparture).order_by(PersonDeparture.id.desc())).first()
    assert row is not None
    assert (row.identity_hash, row.masked_name) == (b"h" * 32, "周*英")
    assert browser.get(path).location == f"/departures/{row.id}"

    asked = session.get_one(Expense, int(world.things["helped_expense"]))
    organisation_id = int(world.things["operator"])
    flags = _asked(session, organisation_id)
    assert [(flag.params["days"], flag.subjects) for flag in flags] == [(9, [asked.subject])]
    assert "周" not in str([flag.params for flag in flags])

    told = browser.get(f"/departures/{row.id}")
    assert KNOWN in text_of(told)
    again = form | {"kind": "mistaken", "source": "同名同姓，不是他。"}
    assert browser.submit(f"/departures/{row.id}", again).status_code == 303
    history = text_of(browser.get(f"/departures/{row.id}"))
    assert history.index(KNOWN) < history.index("同名同姓")


def test_somebody_nobody_listed_is_noted_by_the_number_alone(
    session: Session, world: World, sign_in: SignIn
) -> None:
    browser = sign_in(world.people[Who.DISPATCHER])
    assert 'value="420704' in browser.get("/departures/new").text
    form = {
        "name": "李秀英", "identity": "110101199003072615", "region_code": "420704",
        "kind": "moved_away", "happened_on": clock.today().isoformat(), "source": "户口已迁出",
    }  # fmt: skip
    for wrong, words in (
        ({"identity": "110101199003072616"}, "身份证"),
        ({"region_code": "42"}, "下一级"),
    ):
        answer = browser.submit("/departures/new", form | wrong)
        assert answer.status_code == 422
        assert words in answer.text
    assert browser.submit("/departures/new", form).status_code == 303
    assert "已经记过" in browser.submit("/departures/new", form).text
    page = browser.get("/departures").text
    assert "李*英" in page
    assert "110101199003072615" not in page


def _asked(session: Session, organisation_id: int) -> list[RedFlag]:
    raise_flags(session, Actor.system("test"), organisation_id=organisation_id)
    found = session.scalars(select(RedFlag).where(RedFlag.rule == "RF-11"))
    return [flag for flag in found if flag.params["reason"] == "flags.helped_after"]
