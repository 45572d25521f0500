"""A consumer of the outbox (see `web.jobs`): judges and winners hear of what waits for them.

The row's id is the occasion, so that a row handed on again writes no second letter.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.outbox import Outbox
from projects.ventures.services import telling

TELLER = Actor.system("competitions")


def tell_of_competitions(session: Session, rows: Sequence[Outbox]) -> None:
    """Owe the letters that these rows ask for."""
    for row in rows:
        number, occasion = row.subject.partition(":")[2], f"outbox:{row.id}"
        if row.event == "judge.invited":
            telling.write_to_judge(session, TELLER, judge_id=int(number), occasion=occasion)
        elif row.event == "competition.assigned" and row.data.get("sheets"):
            telling.write_to_panel(session, TELLER, competition_id=int(number), occasion=occasion)
        elif row.event == "award.announced":
            telling.write_to_winner(session, TELLER, award_id=int(number), occasion=occasion)
