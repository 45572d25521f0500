"""Draw up a competition: its terms, tracks and rubric; open it, which freezes all of them.

What may follow stands in `steps.py`; how it goes on from there in `stepping.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Invalid
from charity.money import Money
from charity.registry import queries as registry
from charity.rows import insert_or, present
from charity.rules import parameter
from projects.ventures import policy, queries
from projects.ventures.models import (
    Competition,
    CompetitionLevel,
    CompetitionState,
    CompetitionTrack,
    Criterion,
)
from projects.ventures.reasons import VentureReason
from projects.ventures.services.locking import lock_competition, person_of
from projects.ventures.terms import (
    CAP_AMOUNT,
    CAP_SHARE,
    JUDGES,
    NOTICE_RULES,
    CompetitionTerms,
    digest,
    usual_terms,
)

SUMMARY, ANCHORS = 5000, 1000
MAX_STAGES, MAX_TRACKS, MAX_CRITERIA = 6, 20, 20
#: Bounds of what an organiser chooses, by the name of the term.
RANGES: dict[str, tuple[int, int]] = {
    "judges_per_application": (1, 30),
    "trim_from": (3, 30),
    "shortlist": (0, 5000),
    "vote_permille": (0, 500),
    "rating_bonus": (0, 100),
    "places": (1, 5000),
    "conflict_years": (1, 10),
    "staff_permille": (0, 1000),
    "management_permille": (0, 1000),
}
_DRAFT = frozenset({CompetitionState.DRAFT})


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a competition in China; those of steps it does not use are left out."""

    call_from: date
    call_until: date
    review_until: date | None = None
    defence_on: date | None = None
    vote_from: date | None = None
    vote_until: date | None = None
    work_until: date | None = None

    @property
    def in_order(self) -> bool:
        """Whether the days follow each other."""
        days = [
            day
            for day in (
                self.call_from,
                self.call_until,
                self.review_until,
                self.defence_on,
                self.work_until,
            )
            if day is not None
        ]
        votes = [day for day in (self.vote_from, self.vote_until) if day is not None]
        after = all(day > self.call_until for day in votes)
        return days == sorted(days) and votes == sorted(votes) and after


@dataclass(frozen=True, slots=True)
class CriterionDraft:
    """One line of the rubric before it is kept."""

    title: str
    weight: int
    anchors: str = ""


def draft_competition(
    session: Session,
    actor: Actor,
    *,
    client_id: str,
    organiser_id: int,
    title: str,
    summary: str,
    level: CompetitionLevel,
    region_code: str,
    calendar: Calendar,
    terms: CompetitionTerms | None = None,
    parent_id: int | None = None,
) -> Competition:
    """Begin a competition of an organiser; without `terms` the usual ones of today.

    Raises `Denied`, `Invalid` beside the field, `Conflict` where the form was sent before.
    """
    organiser = registry.organisation(session, organiser_id)
    require(policy.may_organise(actor, organiser))
    user_id, _ = person_of(actor)
    found = Competition(
        client_id=client_id,
        organiser_id=organiser.id,
        state=CompetitionState.DRAFT,
        created_by_user_id=user_id,
        created_at=clock.now(),
    )
    _write(session, found, title, summary, level, region_code, calendar, terms, parent_id)
    insert_or(session, found, Conflict(CommonReason.WRONG_STATE, field="client_id"))
    return found


def change_competition(
    session: Session,
    actor: Actor,
    *,
    competition_id: int,
    title: str,
    summary: str,
    level: CompetitionLevel,
    region_code: str,
    calendar: Calendar,
    terms: CompetitionTerms | None = None,
    parent_id: int | None = None,
) -> Competition:
    """Write a draft anew; raises like `draft_competition`, and `InvalidState` once it is open."""
    found = lock_competition(session, actor, competition_id=competition_id, states=_DRAFT)
    _write(session, found, title, summary, level, region_code, calendar, terms, parent_id)
    session.flush()
    return found


def set_criteria(
    session: Session, actor: Actor, *, competition_id: int, criteria: Sequence[CriterionDraft]
) -> Competition:
    """Write the rubric of a draft; the weights must add up to 100 before it opens (VEN-06).

    Raises `Invalid` on `criteria`, `InvalidState` once it is open.
    """
    found = lock_competition(session, actor, competition_id=competition_id, states=_DRAFT)
    if len(criteria) > MAX_CRITERIA:
        raise Invalid(VentureReason.OUT_OF_RANGE, field="criteria", least=1, most=MAX_CRITERIA)
    found.criteria.clear()
    session.flush()
    for number, draft in enumerate(criteria, 1):
        if not 1 <= draft.weight <= 100:
            raise Invalid(VentureReason.OUT_OF_RANGE, field="criteria", least=1, most=100)
        found.criteria.append(
            Criterion(
                number=number,
                title=texts.line(draft.title, field="criteria", limit=60),
                weight=draft.weight,
                anchors=texts.prose(draft.anchors, field="criteria", limit=ANCHORS),
            )
        )
    session.flush()
    return found


def set_tracks(
    session: Session, actor: Actor, *, competition_id: int, names: Sequence[str]
) -> Competition:
    """Write the tracks of a draft, none where it has none; raises `Invalid` on `tracks`."""
    found = lock_competition(session, actor, competition_id=competition_id, states=_DRAFT)
    if len(names) > MAX_TRACKS:
        raise Invalid(VentureReason.OUT_OF_RANGE, field="tracks", least=0, most=MAX_TRACKS)
    found.tracks.clear()
    session.flush()
    found.tracks.extend(
        CompetitionTrack(number=number, name=texts.line(name, field="tracks", limit=60))
        for number, name in enumerate(names, 1)
    )
    session.flush()
    return found


def open_call(session: Session, actor: Actor, *, competition_id: int) -> Competition:
    """Open the call: terms, rubric, tracks and days are frozen with their digest.

    Raises `Invalid` (WEIGHTS_SUM on `criteria`, DAYS_MISSING or CALL_OVER on `calendar`,
    POOL_MISSING on `fund_id`), `InvalidState` unless it is a draft.
    """
    found = lock_competition(session, actor, competition_id=competition_id, states=_DRAFT)
    check_terms(found.terms, clock.today())
    total = sum(criterion.weight for criterion in found.criteria)
    if total != 100:
        raise Invalid(VentureReason.WEIGHTS_SUM, field="criteria", total=total)
    if found.fund_id is None:
        raise Invalid(VentureReason.POOL_MISSING, field="fund_id")
    if found.call_until < clock.today():
        raise Invalid(VentureReason.CALL_OVER, field="calendar", day=found.call_until)
    if found.review_until is None or _lacks_days(found):
        raise Invalid(VentureReason.DAYS_MISSING, field="calendar")
    found.rules_sha256 = digest(queries.frozen_content(found))
    found.opened_at = clock.now()
    found.move_to(CompetitionState.CALL)
    session.flush()
    outbox.write(session, "competition.opened", found.subject)
    return found


def check_terms(terms: CompetitionTerms, on: date) -> None:
    """Raise `Invalid` beside the term that cannot stand, or is laxer than the rules of the day.

    Rules VEN-02, VEN-05, VEN-07, VEN-08.
    """
    for name, (least, most) in RANGES.items():
        if not least <= getattr(terms, name) <= most:
            raise Invalid(VentureReason.OUT_OF_RANGE, field=name, least=least, most=most)
    stages = terms.tranches
    if not 1 <= len(stages) <= MAX_STAGES or min(stages) < 1:
        raise Invalid(VentureReason.STAGES_COUNT, field="tranches", most=MAX_STAGES)
    if sum(stages) != 100:
        raise Invalid(VentureReason.STAGES_SUM, field="tranches", total=sum(stages))
    most_share, most_sum = parameter(CAP_SHARE, on).number, parameter(CAP_AMOUNT, on).number
    if not 1 <= terms.cap_permille <= most_share:
        raise Invalid(VentureReason.SHARE_LAXER, field="cap_permille", most=most_share)
    if not 1 <= terms.cap_fen <= most_sum:
        raise Invalid(VentureReason.CAP_LAXER, field="cap_fen", most=Money(most_sum))
    least = max(parameter(JUDGES, on).number, terms.least_judges)
    if terms.judges_per_application < least:
        reason = VentureReason.TOO_FEW_JUDGES
        raise Invalid(reason, field="judges_per_application", least=least)
    if terms.notice_rule not in NOTICE_RULES:
        raise Invalid(VentureReason.NOTICE_RULE, field="notice_rule")


def _lacks_days(found: Competition) -> bool:
    defence = found.terms.has_defence and found.defence_on is None
    vote = found.terms.vote_permille > 0 and None in (found.vote_from, found.vote_until)
    return defence or vote


def _write(
    session: Session,
    found: Competition,
    title: str,
    summary: str,
    level: CompetitionLevel,
    region_code: str,
    calendar: Calendar,
    terms: CompetitionTerms | None,
    parent_id: int | None,
) -> None:
    if not calendar.in_order:
        raise Invalid(CommonReason.DATES_REVERSED, field="calendar")
    terms = terms or usual_terms(clock.today())
    check_terms(terms, clock.today())
    if parent_id is not None:
        above = present(session.get(Competition, parent_id))
        levels = list(CompetitionLevel)
        if levels.index(above.level) <= levels.index(level):
            raise Invalid(VentureReason.LEVEL_NOT_ABOVE, field="parent_id")
    found.title = texts.line(title, field="title", limit=80)
    found.summary = texts.prose(summary, field="summary", limit=SUMMARY)
    found.level = level
    found.region_code = registry.region(session, region_code).code
    found.parent_id = parent_id
    found.rules = terms.as_json()
    found.call_from, found.call_until = calendar.call_from, calendar.call_until
    found.review_until, found.defence_on = calendar.review_until, calendar.defence_on
    found.vote_from, found.vote_until = calendar.vote_from, calendar.vote_until
    found.work_until = calendar.work_until
