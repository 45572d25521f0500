"""What facts make organisations owe to the public: each question answers with `Wanted` rows.

Nothing is written here: `services.raise_duties` compares what is wanted with the duties that are
there. A fact from before the first row of its rule makes no duty.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from charity.disclosure.owing.awards import of_awards
from charity.disclosure.owing.campaigns import of_campaigns, of_plans, of_projects
from charity.disclosure.owing.dealings import of_closings, of_dealings, of_gifts, of_trusts
from charity.disclosure.owing.organisations import of_organisations
from charity.disclosure.owing.wanted import Wanted

__all__ = ["Wanted", "everything"]


def everything(session: Session, today: date) -> Iterator[Wanted]:
    """All that is owed by the facts of this day, in China; what is long past too."""
    yield from of_campaigns(session, today)
    yield from of_plans(session)
    yield from of_projects(session, today)
    yield from of_closings(session)
    yield from of_dealings(session, today)
    yield from of_gifts(session)
    yield from of_awards(session)
    yield from of_trusts(session, today)
    yield from of_organisations(session, today)
