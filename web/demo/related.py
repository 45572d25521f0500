"""Related parties in the demo: the roster of a centre, and a payment that waits for review."""

from __future__ import annotations

from collections.abc import Iterator

from charity.registry import services as registry
from charity.registry.models import Office, Relation
from web.demo import acts
from web.demo.plans import ExpensePlan
from web.demo.stage import Stage, Step

OWNER, PROJECT, FIRM = "jiahe", "handrails", "凤凰街道便民五金店"
#: Name, relation, office, where else they work, whether full time.
ROSTER = (
    ("王芳", Relation.COUNCIL, Office.CHAIR, "", False),
    ("刘建平", Relation.COUNCIL, Office.NONE, "鄂州职业大学", False),
    ("邹敏", Relation.COUNCIL, Office.NONE, "鄂州市中心医院", False),
    ("程红", Relation.COUNCIL, Office.NONE, "", False),
    ("吕刚", Relation.SUPERVISOR, Office.NONE, "", False),
    ("田甜", Relation.MANAGER, Office.SECRETARY_GENERAL, "", True),
    (FIRM, Relation.VENDOR, Office.NONE, "", False),
)
EXPENSE = ExpensePlan(
    "related", PROJECT, OWNER, 3, 0, None, 260, "补买膨胀螺丝和防滑垫", FIRM, "WJ-0318", "submitted"
)


def steps(shown: set[str]) -> Iterator[Step]:
    """The owner writes the roster down; later a firm on it sends an invoice."""
    yield Step(200, 700, write_roster, None)
    if PROJECT in shown:
        yield Step(EXPENSE.days, 700, acts.ask, EXPENSE)


def write_roster(stage: Stage, plan: None) -> None:
    """Council, supervisor, secretary-general, and a firm of one of them."""
    for name, relation, office, employer, full_time in ROSTER:
        registry.record_related(
            stage.session,
            stage.actor(OWNER),
            organisation_id=stage.organisations[OWNER],
            name=name,
            relation=relation,
            since=stage.day(200),
            secret=stage.secret,
            office=office,
            employer=employer,
            is_full_time=full_time,
            is_paid=full_time,
        )
