"""Searches that somebody keeps for themselves."""

from __future__ import annotations

from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor, Verdict, require
from charity.audits.models import SavedFilter
from charity.audits.reasons import AuditsReason
from charity.errors import CommonReason, Conflict
from charity.rows import insert_or, present

LENGTHS = {"name": 40, "query": 500}


def keep_filter(session: Session, actor: Actor, *, area: str, name: str, query: str) -> SavedFilter:
    """Keep a page's query under a name; raises `Denied` for a visitor, `Conflict` on `name`."""
    if actor.user_id is None:
        require(Verdict.no(CommonReason.SIGN_IN_FIRST))
    kept = SavedFilter(
        user_id=present(actor.user_id),
        area=texts.line(area, field="area", limit=40),
        name=texts.line(name, field="name", limit=LENGTHS["name"]),
        query=texts.line(query, field="query", limit=LENGTHS["query"], required=False),
        saved_at=clock.now(),
    )
    insert_or(session, kept, Conflict(AuditsReason.FILTER_NAME_TAKEN, field="name"))
    return kept


def drop_filter(session: Session, actor: Actor, *, filter_id: int) -> None:
    """Keep it no longer; raises `NotFound` for another's."""
    kept = present(session.get(SavedFilter, filter_id))
    if kept.user_id != actor.user_id:
        require(Verdict.absent())
    session.delete(kept)
    session.flush()
