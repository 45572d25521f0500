"""Reading red flags: the last look over an organisation, what is asked, how much of it is open."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from charity.audits.models import WORKING_STATES, FlagRun, FlagState, Inspection, RedFlag
from charity.paging import Page, page_of
from charity.rows import present


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
