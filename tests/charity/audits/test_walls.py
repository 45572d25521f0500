"""What the database itself refuses of audits: each wall is run against by plain SQL."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts.models import User
from charity.actor import Grant, Role
from charity.audits import services
from charity.audits.models import AuditSample, AuditSampleItem, Inspection, SampleMethod
from charity.audits.reasons import AuditsReason
from charity.audits.services.teams import seat_team
from charity.errors import InvalidState
from charity.money import Money
from charity.registry.models import Person, RelatedParty, Relation
from tests.charity.audits.checking import Checking
from tests.factories import make_actor, make_user

pytestmark = pytest.mark.usefixtures("clock")

MEMBER = """INSERT INTO inspection_member
  (inspection_id, inspector_id, user_id, person_id, rank, joined_at, left_because)
  VALUES (:inspection_id, :inspector_id, :user_id, :person_id, 3, :joined_at, '')"""


def refused(session: Session, statement: str, **values: Any) -> str:
    """What the database says to a statement; empty where it lets it be."""
    try:
        with session.begin_nested():
            session.execute(text(statement), values)
    except DBAPIError as error:
        return str(error.orig)
    return ""


def related(checking: Checking, inspection: Inspection, **who: Any) -> None:
    checking.session.add(
        RelatedParty(
            organisation_id=inspection.organisation_id, name="甲", relation=Relation.STAFF,
            since=date(2020, 1, 1), until=date(2020, 12, 31),
            recorded_by_user_id=checking.office.user_id, recorded_at=clock.now(), **who,
        )
    )  # fmt: skip
    checking.session.flush()


@pytest.mark.parametrize("tie", ["roster", "identity", "role", "other_account", "none"])
def test_ins_06_a_related_inspector_is_refused_by_service_and_by_trigger(
    session: Session, tie: str
) -> None:
    checking = Checking.begin(session, organisations=1, inspectors=2)
    plan = checking.plan()
    person = Person(name="丙", identity_hash=b"i" * 32)
    session.add(person)
    session.flush()
    user = make_user(session, person=person)
    make_actor(session, Grant(Role.INSPECTOR, region_code="420704"), user=user)
    third = checking.do(services.add_inspector, plan_id=plan.id, user_id=user.id)
    checking.do(services.freeze_frame, plan_id=plan.id)
    checking.announce(plan)
    checking.open(plan)
    checking.do(services.publish_list, plan_id=plan.id)
    inspection = checking.inspection(plan)
    leaver = next(
        (member for member in inspection.team if member.user_id == user.id), inspection.team[0]
    )
    if leaver.user_id == user.id:
        checking.do(services.replace_member, member_id=leaver.id, reason="忙")
    if tie == "roster":
        related(checking, inspection, person_id=person.id)
    elif tie == "identity":
        related(checking, inspection, identity_hash=person.identity_hash)
    elif tie in ("role", "other_account"):
        account: User = user if tie == "role" else make_user(session, person=person)
        role = Grant(Role.EDITOR, organisation_id=inspection.organisation_id)
        make_actor(session, role, user=account)
    values = {
        "inspection_id": inspection.id, "inspector_id": third.id, "user_id": user.id,
        "person_id": person.id, "joined_at": "2026-03-16 02:00:00.000000",
    }  # fmt: skip
    said = refused(session, MEMBER, **values)
    assert ("related inspector" in said) is (tie != "none"), said
    if tie != "none":
        with pytest.raises(InvalidState) as no:
            seat_team(session, inspection, [third])
        assert no.value.reason is AuditsReason.RELATED_INSPECTOR
    stranger = make_user(session)
    assert refused(session, MEMBER, **values | {"user_id": stranger.id})


#: What nobody does once a frame is frozen, a draw announced or over, a sample drawn.
FORBIDDEN = (
    "UPDATE audit_plan SET coverage = 1 WHERE id = :plan_id",
    "UPDATE audit_plan SET frame_hash = '' WHERE id = :plan_id",
    "DELETE FROM audit_plan WHERE id = :plan_id",
    "UPDATE frame_row SET name = 'x' WHERE plan_id = :plan_id",
    "DELETE FROM frame_row WHERE plan_id = :plan_id",
    "INSERT INTO frame_row (plan_id, position, organisation_id, uscc, name, kind, size, risk,"
    " stratum) SELECT plan_id, 99, :other_id, 'x', 'x', kind, size, risk, ''"
    " FROM frame_row WHERE plan_id = :plan_id AND position = 1",
    "INSERT INTO recusal (plan_id, organisation_id, inspector_id, relation, note, is_late,"
    " declared_at) SELECT plan_id, :other_id, id, 'declared', '', FALSE, added_at"
    " FROM plan_inspector WHERE plan_id = :plan_id AND code = '001'",
    "INSERT INTO plan_inspector (plan_id, code, user_id, person_id, name, added_at)"
    " SELECT plan_id, '999', :user_id, :person_id, 'x', added_at"
    " FROM plan_inspector WHERE plan_id = :plan_id AND code = '001'",
    "UPDATE plan_inspector SET code = '000' WHERE plan_id = :plan_id",
    "DELETE FROM plan_inspector WHERE plan_id = :plan_id",
    "UPDATE audit_draw SET commitment = '' WHERE plan_id = :plan_id",
    "UPDATE audit_draw SET number_name = 'x' WHERE plan_id = :plan_id",
    "UPDATE audit_draw SET seed = 'x' WHERE plan_id = :plan_id",
    "DELETE FROM audit_draw WHERE plan_id = :plan_id",
    "UPDATE inspection_member SET person_id = :person_id WHERE left_at IS NULL",
    "UPDATE audit_sample SET seed = 'x'",
    "DELETE FROM audit_sample",
    "UPDATE audit_sample_item SET amount = 2",
    "DELETE FROM audit_sample_item",
)


def test_what_is_frozen_stays_whoever_asks(session: Session) -> None:
    checking = Checking.begin(session, organisations=1, inspectors=2)
    plan = checking.published()
    inspection = checking.inspection(plan)
    sample = AuditSample(
        inspection_id=inspection.id, number=1, method=SampleMethod.RANDOM, source="book",
        frame_hash="0" * 64, population=1, book_value=Money(1), seed="s", size=1,
        drawn_by_user_id=checking.office.user_id, drawn_at=clock.now(),
    )  # fmt: skip
    session.add(sample)
    session.flush()
    session.add(
        AuditSampleItem(sample_id=sample.id, number=1, subject="expense:1", amount=Money(1))
    )
    other = make_user(session)
    session.flush()
    values = {
        "plan_id": plan.id, "other_id": checking.organisations[0].id, "user_id": other.id,
        "person_id": other.person_id,
    }  # fmt: skip
    allowed = [
        statement
        for statement in FORBIDDEN
        if not _no(
            refused(session, statement, **{k: v for k, v in values.items() if f":{k}" in statement})
        )
    ]
    assert allowed == []
    assert not refused(session, "UPDATE audit_plan SET title = 'x' WHERE id = :id", id=plan.id)


def _no(said: str) -> bool:
    """A guard's word, or that of a right the site's role has not."""
    return "guard" in said or "permission denied" in said
