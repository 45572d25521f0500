"""A statement with every kind of row, and a box that one person has counted, for the whole site."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.donations import services
from charity.donations.models import RowState, StatementKind, StatementRow
from charity.donations.services.statements import columns_of
from charity.donations.statement_reading import Reading
from charity.files import LocalFileStore
from charity.money import Money
from projects.listings.models import Project
from tests.factories import make_actor
from tests.projects.listings.village import MODE

SHEET = """流水号,日期,贷方金额,借方金额,对方户名,附言
W1,2026-03-10,30.00,,张三,捐款
W2,2026-03-10,,5.00,某银行,手续费
W3,2026-03-11,abc,,李四,
合计,,30.00,5.00,,
"""


def make_statements(session: Session, folder: Path, project: Project) -> dict[str, int | str]:
    """The things by their names in the samples of the policy table."""
    assert project.campaign is not None
    charity_id = project.campaign.charity_id
    treasurer = make_actor(session, Grant(Role.TREASURER, organisation_id=charity_id))
    content = SHEET.encode("gb18030")
    statement = services.begin_statement(
        session,
        treasurer,
        organisation_id=charity_id,
        kind=StatementKind.BANK,
        file_name="三月流水.csv",
        digest=LocalFileStore(folder).put(content),
        mapping="通用银行流水",
        operator_mode=MODE,
    )
    reading = Reading(content, columns_of(session, statement), clock.today())
    services.store_rows(session, treasurer, statement_id=statement.id, rows=list(reading.rows()))
    services.finish_reading(session, treasurer, statement_id=statement.id, reading=reading)
    row = session.scalars(
        select(StatementRow).where(StatementRow.state == RowState.UNMATCHED)
    ).one()
    return {
        "statement": statement.id,
        "statement_row": row.id,
        "cash_count": _count(session, treasurer, project.campaign.id),
    }


def _count(session: Session, treasurer: Actor, campaign_id: int) -> int:
    return services.count_cash(
        session,
        treasurer,
        campaign_id=campaign_id,
        place="一号募捐箱",
        counted_on=clock.today(),
        amount=Money.yuan("86.50"),
        slips=[services.Slip(7, Money.yuan(50), "周大爷")],
        operator_mode=MODE,
    ).id
