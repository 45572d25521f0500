"""Needs, claims, reports and evaluations as rows that templates read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import Actor
from projects.listings import policy, queries
from projects.listings.models import (
    Claim,
    ClaimOrigin,
    ClaimState,
    Evaluation,
    Need,
    ServiceRecord,
)
from web.filters import day
from web.labels import label
from web.needs import words
from web.needs.words import Clock
from web.resources.words import in_hours

#: The colour of a claim's state.
MANNERS = {
    ClaimState.PROPOSED: "wait",
    ClaimState.ACCEPTED: "jade",
    ClaimState.SERVED: "gold",
    ClaimState.CONFIRMED: "good",
}


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A need in a list."""

    need: Need
    url: str
    place: str
    wants: str
    rest: str
    clock: Clock | None


def need_row(need: Need, now: datetime) -> NeedRow:
    """A need as a row."""
    known = need.quantity is not None
    return NeedRow(
        need,
        url_for("needs.detail", need_id=need.id),
        need.region.name,
        words.amount_of(need, need.quantity),
        words.amount_of(need, need.rest) if known else "—",
        words.clock_words(need, now),
    )


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim on the page of its need, or in the list of a unit."""

    id: int
    title: str
    place: str
    unit: str
    many: str
    origin: str
    state: str
    manner: str
    clock: Clock | None
    #: The page of both sides; None where the reader is of neither.
    url: str | None
    organisation_url: str | None
    #: Whether the reader is the one who must act.
    waits: bool


def claim_row(claim: Claim, actor: Actor, *, theirs: bool) -> ClaimRow:
    """A claim as a row; `theirs` says whether the reader may open it."""
    need = claim.need
    proposed = claim.state is ClaimState.PROPOSED
    return ClaimRow(
        claim.id,
        need.title,
        need.region.name,
        words.unit_name(claim),
        words.amount_of(need, claim.quantity),
        label(claim.origin),
        label(claim.state),
        MANNERS.get(claim.state, ""),
        words.answer_clock(claim) if proposed else None,
        url_for("claims.detail", claim_id=claim.id) if theirs else None,
        url_for("registry.organisation", organisation_id=claim.organisation_id)
        if claim.organisation_id
        else None,
        theirs and waits_for(actor, claim),
    )


def waits_for(actor: Actor, claim: Claim) -> bool:
    """Whether this reader is who must act next: answer, serve, or say that it is done."""
    of_unit = policy.stands_for_unit(actor, claim)
    of_need = policy.stands_for_need(actor, claim.need)
    if claim.state is ClaimState.PROPOSED:
        return of_need if claim.origin is ClaimOrigin.UNIT else of_unit
    if claim.state is ClaimState.ACCEPTED:
        return of_unit or (of_need and any(waits_for_need(record) for record in claim.records))
    return claim.state is ClaimState.SERVED and of_need


def waits_for_need(record: ServiceRecord) -> bool:
    """Whether a report waits for the word of the need's side."""
    return record.need_confirmed_at is None and record.refused_at is None


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One report of help that came."""

    id: int
    day: str
    unit: str
    many: str
    people: str
    times: str
    said: str
    note: str
    word: str
    waits: bool
    is_simulated: bool


def record_row(claim: Claim, record: ServiceRecord, *, asks: bool = False) -> RecordRow:
    """A report as a row; `asks` says whether the reader may confirm it."""
    many = words.amount_of(claim.need, record.quantity) if record.quantity else ""
    parts = [many, in_hours(record.minutes) if record.minutes else ""]
    if record.people:
        parts.append(_("%(people)s 人，%(times)s 人次", people=record.people, times=record.times))
    return RecordRow(
        record.id,
        day(record.delivered_on),
        words.unit_name(claim),
        many,
        f"{record.people:,}" if record.people else "",
        f"{record.times:,}" if record.times else "",
        " · ".join(dict.fromkeys(part for part in parts if part)),
        record.note,
        _word(record),
        asks and waits_for_need(record),
        record.is_simulated,
    )


def _word(record: ServiceRecord) -> str:
    if record.refused_at is not None:
        return str(_("对方说没有这一次，不算数"))
    if record.counts:
        return str(_("双方已确认"))
    return str(_("等需求方确认"))


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """What one side said of the other."""

    side: str
    stars: int
    words: str
    about: str
    url: str | None
    day: str
    is_hidden: bool
    because: str
    #: Where a dispatcher hides words that name somebody; None for everybody else.
    hide_url: str | None


def evaluation_row(
    made: Evaluation, claim: Claim, *, linked: bool = False, hides: bool = False
) -> EvaluationRow:
    """An evaluation as a row; `linked` where the page is not that of its need."""
    return EvaluationRow(
        label(made.side),
        made.stars,
        made.words,
        claim.need.title if linked else words.unit_name(claim),
        url_for("needs.detail", need_id=claim.need_id) if linked else None,
        day(made.made_at),
        made.hidden_at is not None,
        made.hidden_because,
        url_for("claims.hide", claim_id=claim.id, evaluation_id=made.id) if hides else None,
    )


def evaluations_of(session: Session, organisation_id: int) -> list[EvaluationRow]:
    """What the sides of needs said of an organisation, newest first, each with its need."""
    found = queries.evaluations_of_unit(session, organisation_id=organisation_id)
    return [evaluation_row(made, made.claim, linked=True) for made in found]
