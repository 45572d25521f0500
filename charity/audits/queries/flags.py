"""Reading red flags: the last look over an organisation, what is asked, how much of it is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from charity import outbox
from charity.audits.models import WORKING_STATES, FlagRun, FlagState, Inspection, RedFlag
from charity.audits.queries.samples import expenses_of, joined_expenses
from charity.outbox import Outbox
from charity.paging import Page, page_of
from charity.rows import present
from charity.spending.models import Expense

#: Somebody asked for a look that the worker does; its data say how far it is (`step`).
FLAGS_ASKED = "flags.asked"


@dataclass(frozen=True, slots=True)
class AskedLook:
    """A look that somebody asked for and that is not done."""

    #: The worker does it; False where it failed too often.
    waits: bool
    #: How far it is: `looks`, `facts`, then a rule; empty before it begins.
    step: str


def last_run(session: Session, organisation_id: int) -> FlagRun | None:
    """The newest run over an organisation; None where nobody looked yet."""
    query = select(FlagRun).where(FlagRun.organisation_id == organisation_id)
    return session.scalars(query.order_by(FlagRun.id.desc()).limit(1)).first()


def red_flag(session: Session, flag_id: int) -> RedFlag:
    """One question with its organisation; raises `NotFound`."""
    query = select(RedFlag).where(RedFlag.id == flag_id).options(joinedload(RedFlag.organisation))
    return present(session.scalars(query).one_or_none())


def red_flags_page(
    session: Session,
    organisation_id: int,
    number: int = 1,
    *,
    rule: str = "",
    state: FlagState | None = None,
) -> Page[RedFlag]:
    """The questions about an organisation by rule, of one rule or state where they are named."""
    query = select(RedFlag).where(RedFlag.organisation_id == organisation_id)
    if rule:
        query = query.where(RedFlag.rule == rule)
    if state is not None:
        query = query.where(RedFlag.state == state)
    return page_of(session, query.order_by(RedFlag.rule, RedFlag.id), number)


def flag_counts(session: Session, organisation_id: int) -> dict[str, dict[FlagState, int]]:
    """How many questions there are of each rule, by state."""
    query = (
        select(RedFlag.rule, RedFlag.state, func.count())
        .where(RedFlag.organisation_id == organisation_id)
        .group_by(RedFlag.rule, RedFlag.state)
        .order_by(RedFlag.rule)
    )
    found: dict[str, dict[FlagState, int]] = {}
    for rule, state, count in session.execute(query):
        found.setdefault(rule, {})[state] = count
    return found


def inspections_about(session: Session, organisation_id: int) -> Sequence[Inspection]:
    """Every inspection of an organisation, with its plan."""
    query = (
        select(Inspection)
        .where(Inspection.organisation_id == organisation_id)
        .options(joinedload(Inspection.plan))
        .order_by(Inspection.id)
    )
    return session.scalars(query).all()


def organisations_at_work(session: Session) -> list[int]:
    """Organisations whose inspections are at work: theirs are the books that are looked through."""
    query = (
        select(Inspection.organisation_id)
        .where(Inspection.state.in_(WORKING_STATES))
        .distinct()
        .order_by(Inspection.organisation_id)
    )
    return list(session.scalars(query))


def expense_count(session: Session, organisation_id: int) -> int:
    """How many expenses a look over everything of an organisation has to do with."""
    query = joined_expenses(func.count(Expense.id)).where(expenses_of(organisation_id))
    return session.scalar(query) or 0


def asked_look(session: Session, organisation_id: int) -> AskedLook | None:
    """The look that was asked for last and is not done; None where none is."""
    query = asked_rows(organisation_id).order_by(Outbox.id.desc()).limit(1)
    row = session.scalars(query).first()
    if row is None:
        return None
    return AskedLook(row.attempts < outbox.TRIES, str(row.data.get("step", "")))


def asked_rows(organisation_id: int) -> Select[Outbox]:
    """What is owed to an organisation of looks that were asked for."""
    return select(Outbox).where(
        Outbox.handled_at.is_(None),
        Outbox.event == FLAGS_ASKED,
        Outbox.subject == f"organisation:{organisation_id}",
    )
