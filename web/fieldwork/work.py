"""What goes on around inspections by itself: letters on what happened, and reminders of orders.

`tell_of_inspections` is a consumer of the outbox (see `web.jobs`): the row's id is the occasion, so
that a row handed on again writes no second letter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.audits import services
from charity.audits.models import AuditFinding, Inspection
from charity.audits.services import telling
from charity.outbox import Outbox
from web.db import database

TELLER = Actor.system("inspections")

#: What the organisation is told of, and the letter that says it.
TO_ORGANISATION: Mapping[str, str] = {
    "inspection.notified": "notice",
    "inspection.told": "told",
    "finding.ordered": "order",
    "finding.extended": "extended",
    "finding.ask_refused": "refused",
    "finding.checked": "checked",
    "finding.closed": "closed",
}
#: What the team is told of.
TO_TEAM: Mapping[str, str] = {
    "inspection.responded": "responded",
    "finding.answered": "answered",
    "finding.asked": "asked",
}
#: What the office is told of, beside the team: it alone may answer.
TO_OFFICE: Mapping[str, str] = {"finding.asked": "asked"}


def tell_of_inspections(session: Session, rows: Sequence[Outbox]) -> None:
    """Owe the letters that these rows ask for."""
    for row in rows:
        for kinds, write in (
            (TO_ORGANISATION, telling.write_to_organisation),
            (TO_TEAM, telling.write_to_team),
            (TO_OFFICE, telling.write_to_office),
        ):
            if row.event in kinds:
                _tell(session, row, kinds[row.event], write)


def _tell(session: Session, row: Outbox, kind: str, write: Callable[..., int]) -> None:
    thing, _colon, number = row.subject.partition(":")
    data: dict[str, object] = {}
    if thing == "finding":
        finding = session.get(AuditFinding, int(number))
        inspection = finding.inspection if finding else None
        data = telling.said_of(finding) if finding else {}
    else:
        inspection = session.get(Inspection, int(number))
        due_on = inspection.response_due_on if inspection else None
        data = {"due_on": due_on.isoformat() if due_on else ""}
    if inspection is None:
        return
    write(
        session,
        TELLER,
        inspection_id=inspection.id,
        kind=kind,
        occasion=f"outbox:{row.id}",
        data=data,
    )


def remind_of_orders() -> None:
    """Write the letters that remind organisations of what they were ordered to put right."""
    with database().unit() as session:
        services.remind_of_orders(session, TELLER, on=clock.today())
