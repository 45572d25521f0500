"""Samples of people who were helped: one of whom nothing is noted, and one who died."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Grant, Role
from charity.files import LocalFileStore
from charity.money import Money
from charity.registry import services as registry
from charity.registry.models import DepartureKind
from charity.spending import services as spending
from projects.listings.models import Project
from tests.factories import make_actor
from tests.fixtures.pictures import good_jpeg
from tests.projects.listings.village import VILLAGE, Village

HELPED = "周桂英"


def make_departures(
    session: Session, village: Village, project: Project, folder: Path
) -> dict[str, int | str]:
    """Ask for money for a person, and note that another one died."""
    expense = spending.submit_expense(
        session,
        village.editor,
        budget_line_id=project.budget.lines[0].id,
        deliverable_id=None,
        units=None,
        title="临时救助",
        amount=Money.yuan(30),
        payee_name=HELPED,
        payee_account="6222020200001112223",
        voucher_number="HELPED-1",
        spent_on=clock.today(),
        pictures=[good_jpeg(80, 60, mark="helped")],
        files=LocalFileStore(folder),
        payee_identity_hash=b"h" * 32,
        payee_consent=True,
    )
    noted = registry.note_departure(
        session,
        make_actor(session, Grant(Role.DISPATCHER, region_code=VILLAGE)),
        identity_hash=b"d" * 32,
        masked_name="吴*生",
        region_code=VILLAGE,
        kind=DepartureKind.DIED,
        happened_on=clock.today(),
        source="家属来社区说的，看了死亡证明。",
    )
    return {"helped_expense": expense.id, "departure": noted.id}
