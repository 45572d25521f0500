"""Samples of related parties: one on a roster, and a payment that touches them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Grant, Role
from charity.files import LocalFileStore
from charity.money import Money
from charity.registry import services as registry
from charity.registry.models import Relation
from charity.spending import services as spending
from projects.listings.models import Project
from tests.factories import make_actor
from tests.fixtures.pictures import good_jpeg
from tests.projects.listings.village import Village

PAYEE = "洪港便民建材店"


def make_related(
    session: Session, village: Village, project: Project, folder: Path
) -> dict[str, int | str]:
    """Write a firm on the partner's roster, and ask for money for it."""
    party = registry.record_related(
        session,
        make_actor(session, Grant(Role.OWNER, village.partner.id)),
        organisation_id=village.partner.id,
        name=PAYEE,
        relation=Relation.VENDOR,
        since=clock.today(),
        secret=b"a secret of the samples",
    )
    expense = spending.submit_expense(
        session,
        village.editor,
        budget_line_id=project.budget.lines[0].id,
        deliverable_id=None,
        units=None,
        title="水泥和沙子",
        amount=Money.yuan(120),
        payee_name=PAYEE,
        payee_account="6222020200009876543",
        voucher_number="RELATED-1",
        spent_on=clock.today(),
        pictures=[good_jpeg()],
        files=LocalFileStore(folder),
    )
    return {"related_party": party.id, "conflict_expense": expense.id}
