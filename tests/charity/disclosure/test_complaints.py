"""Complaints: who makes them, who answers, and how many are taken at once."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.actor import Actor, Grant, Role
from charity.disclosure import services
from charity.disclosure.complaint_reasons import ComplaintReason as Reason
from charity.disclosure.models import Complaint, ComplaintState
from charity.errors import Conflict, Denied, Invalid, InvalidState
from tests.conftest import SetClock
from tests.factories import make_actor, make_organisation

PLACE = "region:420704001201"


def complain(session: Session, number: int, **more: object) -> Complaint:
    """One complaint about a village, by a guest."""
    said: dict[str, object] = {
        "token": f"{number:043d}", "subject": PLACE, "organisation_id": None,
        "words": f"第 {number} 次派钱", "contact": "13800000000",
    } | more  # fmt: skip
    return services.make_complaint(session, Actor.guest(), **said)  # type: ignore[arg-type]


@pytest.mark.rule("VIL-04")
def test_vil_04_a_flood_about_one_thing_waits_an_hour(session: Session, clock: SetClock) -> None:
    for number in range(20):
        complain(session, number)
    with pytest.raises(Conflict) as flood:
        complain(session, 20)
    assert (flood.value.reason, flood.value.params) == (Reason.TOO_MANY, {"limit": 20})
    assert complain(session, 3).words == "第 3 次派钱", "the same again is the one that is there"
    complain(session, 21, subject="project:7")
    with house_clock.at(house_clock.now() + timedelta(hours=1)):
        complain(session, 22)
    assert session.scalar(select(func.count(Complaint.id))) == 22


def test_vil_04_staff_answers_and_never_who_is_complained_of(
    session: Session, clock: SetClock
) -> None:
    meant = make_organisation(session)
    found = complain(session, 1, organisation_id=meant.id)
    grant = Grant(Role.VERIFIER, region_code="42")
    both = make_actor(session, grant, Grant(Role.EDITOR, organisation_id=meant.id))
    owner = make_actor(session, Grant(Role.OWNER, organisation_id=meant.id))
    for actor in (both, owner, Actor.guest(), Actor.system("test")):
        with pytest.raises(Denied):
            services.answer_complaint(session, actor, complaint_id=found.id, answer="没有")
    staff = make_actor(session, grant)
    with pytest.raises(Invalid):
        services.answer_complaint(session, staff, complaint_id=found.id, answer=" ")
    services.answer_complaint(session, staff, complaint_id=found.id, answer="已经制止")
    assert (found.state, found.answered_by_user_id) == (ComplaintState.ANSWERED, staff.user_id)
    with pytest.raises(InvalidState):
        services.answer_complaint(session, staff, complaint_id=found.id, answer="再说一次")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"subject": "expense:3"}, "subject"), ({"subject": "project:x"}, "subject"),
        ({"token": "short"}, "token"), ({"words": " "}, "words"),
    ],
)  # fmt: skip
def test_vil_04_a_complaint_says_what_it_is_about(
    session: Session, clock: SetClock, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        complain(session, 1, **changed)
    assert refused.value.field == field
