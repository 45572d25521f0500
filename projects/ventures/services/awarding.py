"""Awards: proposed in the order of the ranking and within the pool, announced, signed for.

From the proposal on the pool's book holds every stage's money, so that nothing is promised twice.
公示 stands for its days; nobody signs while it does, nor while an objection is open (VEN-07).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor
from charity.disclosure.models import NoticeState, PublicNoticeKind
from charity.disclosure.services.noticing import put_up, withdraw_notice
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.ledger import services as ledger
from charity.money import Money
from charity.rows import insert_or, present
from projects.ventures import queries
from projects.ventures.models import (
    JUDGED_STATES,
    Application,
    ApplicationState,
    Award,
    AwardState,
    AwardTranche,
    Competition,
    CompetitionState,
    RankingRow,
    TrancheNeed,
    TrancheState,
)
from projects.ventures.reasons import AwardReason, VentureReason
from projects.ventures.services.locking import (
    lock_application,
    lock_award,
    lock_competition,
    person_of,
    refuse_related,
    require_decision,
)
from projects.ventures.terms import CompetitionTerms

#: Holding and giving free is the installation's act; who decided stands in the award.
_BOOK = Actor.system("award")
_RANKED = frozenset({CompetitionState.RANKED, CompetitionState.NOTICE})
_AFTER = frozenset({CompetitionState.NOTICE, CompetitionState.AWARDED})


@dataclass(frozen=True, slots=True)
class AwardDraft:
    """What one application is to be given."""

    application_id: int
    amount: Money
    honour: str = ""


def propose_awards(
    session: Session, actor: Actor, *, competition_id: int, drafts: Sequence[AwardDraft]
) -> list[Award]:
    """Propose awards from the top of the published ranking down, each held in the pool.

    Nobody related to any applicant of the competition proposes (CHA-167). Raises `Invalid` on
    `awards` (NOT_RANKED, OUT_OF_ORDER with `place`, TOO_MANY, BEYOND_ASKED, TOO_SMALL),
    `Conflict` where one is awarded already, `Insufficient` (`available`) beyond the pool.
    """
    found = lock_competition(session, actor, competition_id=competition_id, states=_RANKED)
    refuse_related(session, actor, queries.organisations_applying(session, found.id))
    if not drafts:
        raise Invalid(AwardReason.NOTHING_PROPOSED, field="awards")
    places = _places(session, found)
    standing = {
        each.application_id
        for each in queries.awards_of_competition(session, found.id)
        if each.state is not AwardState.DROPPED
    }
    if len(standing) + len(drafts) > found.terms.places:
        raise Invalid(AwardReason.TOO_MANY, field="awards", most=found.terms.places)
    _require_order(session, found, places, standing | {each.application_id for each in drafts})
    ordered = sorted(drafts, key=lambda each: places.get(each.application_id, 0))
    return [_propose(session, actor, found, each, places) for each in ordered]


def reallocate(session: Session, actor: Actor, *, from_award_id: int, draft: AwardDraft) -> Award:
    """Give what an award left to the next in the ranking (重新分配).

    Of an award that was given up all of it, of one that was terminated what was not paid and what
    came back. Raises `InvalidState` for an award that goes on, `Invalid` on `awards` (NOTHING_FREE
    with `most`, and like `propose_awards`).
    """
    old = lock_award(session, from_award_id)
    found = lock_competition(session, actor, competition_id=old.competition_id, states=_AFTER)
    refuse_related(session, actor, queries.organisations_applying(session, found.id))
    if old.state not in (AwardState.DROPPED, AwardState.TERMINATED):
        raise InvalidState(CommonReason.WRONG_STATE, state=old.state)
    free = old.amount - old.paid + old.recovered - _passed_on(session, old)
    if draft.amount > free:
        raise Invalid(AwardReason.NOTHING_FREE, field="awards", most=free)
    places = _places(session, found)
    standing = {each.application_id for each in queries.awards_of_competition(session, found.id)}
    _require_order(session, found, places, standing | {draft.application_id})
    return _propose(session, actor, found, draft, places, reallocated_from=old.id)


def announce(session: Session, actor: Actor, *, award_id: int, title: str, body: str) -> Award:
    """Put up the notice of an award for the days of the competition's rule (公示, VEN-07).

    The first one moves the competition to its notice. Raises `Denied`, `Invalid` on `title` or
    `body`, `InvalidState` unless it is proposed.
    """
    found = lock_award(session, award_id)
    require_decision(session, actor, found.application)
    if found.state is not AwardState.PROPOSED:
        raise InvalidState(CommonReason.WRONG_STATE, state=found.state)
    competition = found.competition
    notice = put_up(
        session,
        actor,
        kind=PublicNoticeKind.AWARD,
        subject=found.subject,
        organisation_id=competition.organiser_id,
        region_code=competition.region_code,
        title=title,
        body=body,
        rule_id=competition.terms.notice_rule,
    )
    found.notice_id = notice.id
    found.move_to(AwardState.NOTICE)
    if competition.state is CompetitionState.RANKED:
        competition.move_to(CompetitionState.NOTICE)
    session.flush()
    outbox.write(session, "award.announced", found.subject, notice_id=notice.id)
    return found


def drop_award(session: Session, actor: Actor, *, award_id: int, reason: str) -> Award:
    """Give an award up before an agreement: an objection was right, or the winner stood back.

    What was held for it is free again; a notice that stands is withdrawn. Raises `Invalid` on
    `reason`, `InvalidState` once it is signed.
    """
    found = lock_award(session, award_id)
    require_decision(session, actor, found.application)
    found.closed_because = texts.prose(reason, field="reason", limit=1000, required=True)
    found.move_to(AwardState.DROPPED)
    found.closed_at = clock.now()
    cancel_stages(session, found)
    if found.notice is not None and found.notice.state is NoticeState.STANDING:
        withdraw_notice(session, actor, notice_id=found.notice.id, reason=found.closed_because)
    session.flush()
    outbox.write(session, "award.dropped", found.subject)
    return found


def cancel_stages(session: Session, found: Award) -> None:
    """Take back the stages that are not paid, and give their money in the pool free."""
    for tranche in found.tranches:
        if tranche.state in (TrancheState.WITHHELD, TrancheState.RELEASABLE):
            tranche.move_to(TrancheState.CANCELLED)
            session.flush()
            ledger.release_hold(session, _BOOK, source=tranche.subject)


def needs_of(count: int) -> list[TrancheNeed]:
    """What each of so many stages waits for: first the agreement, last the final evaluation."""
    if count == 1:
        return [TrancheNeed.AGREEMENT]
    return [TrancheNeed.AGREEMENT, *[TrancheNeed.MIDTERM] * (count - 2), TrancheNeed.FINAL]


def _propose(
    session: Session,
    actor: Actor,
    competition: Competition,
    draft: AwardDraft,
    places: dict[int, int],
    *,
    reallocated_from: int | None = None,
) -> Award:
    application = lock_application(session, draft.application_id)
    _require_winner(application, competition, places)
    require_decision(session, actor, application)
    user_id, person_id = person_of(actor)
    stages = _stages(draft.amount, application, competition.terms)
    row = Award(
        competition_id=competition.id,
        application_id=application.id,
        place=places[application.id],
        amount=draft.amount,
        honour=texts.line(draft.honour, field="awards", limit=60, required=False),
        state=AwardState.PROPOSED,
        reallocated_from_id=reallocated_from,
        proposed_at=clock.now(),
        proposed_by_user_id=user_id,
        proposer_person_id=person_id,
    )
    insert_or(session, row, Conflict(AwardReason.ALREADY_AWARDED, field="awards"))
    needs = needs_of(len(stages))
    percents = competition.terms.tranches
    for number, (amount, need, percent) in enumerate(zip(stages, needs, percents, strict=True), 1):
        row.tranches.append(AwardTranche(number=number, percent=percent, amount=amount, needs=need))
    session.flush()
    for tranche in row.tranches:
        ledger.hold(
            session,
            _BOOK,
            fund_id=present(competition.fund_id),
            source=tranche.subject,
            amount=tranche.amount,
        )
    outbox.write(session, "award.proposed", row.subject)
    return row


def _require_winner(
    application: Application, competition: Competition, places: dict[int, int]
) -> None:
    if application.competition_id != competition.id or application.id not in places:
        raise Invalid(AwardReason.NOT_RANKED, field="awards")
    if application.state not in {*JUDGED_STATES, ApplicationState.NOT_AWARDED}:
        raise Invalid(AwardReason.ALREADY_AWARDED, field="awards")


def _stages(amount: Money, application: Application, terms: CompetitionTerms) -> list[Money]:
    """The stages of a sum, the remainder on the last (VEN-08): 10,001 fen → 5,000/3,000/2,001."""
    most = min(application.asked, terms.most_for(application.total))
    if amount > most:
        raise Invalid(AwardReason.BEYOND_ASKED, field="awards", most=most)
    least = Money(-(-100 // min(terms.tranches)))
    if amount < least:
        raise Invalid(AwardReason.TOO_SMALL, field="awards", least=least)
    return amount.tranches(terms.tranches)


def _places(session: Session, found: Competition) -> dict[int, int]:
    """The place of each application in the final ranking."""
    ranking = queries.published_ranking(session, found.id, queries.final_round(found))
    if ranking is None:
        raise InvalidState(VentureReason.RANKING_MISSING)
    rows: list[RankingRow] = ranking.rows
    return {row.application_id: row.place for row in rows}


def _require_order(
    session: Session, found: Competition, places: dict[int, int], awarded: set[int]
) -> None:
    """Nobody is passed over: all above the last one awarded are, or stood back or lost theirs."""
    ranked = [place for application, place in places.items() if application in awarded]
    if not ranked:
        raise Invalid(AwardReason.NOT_RANKED, field="awards")
    query = select(Application.id).where(
        Application.competition_id == found.id,
        Application.state.in_({*JUDGED_STATES, ApplicationState.NOT_AWARDED}),
    )
    dropped = select(Award.application_id).where(
        Award.competition_id == found.id, Award.state == AwardState.DROPPED
    )
    waiting = set(session.scalars(query)) - awarded - set(session.scalars(dropped))
    above = [places[each] for each in waiting if places.get(each, max(ranked)) < max(ranked)]
    if above:
        raise Invalid(AwardReason.OUT_OF_ORDER, field="awards", place=min(above))


def _passed_on(session: Session, old: Award) -> Money:
    """What of it was reallocated before."""
    query = select(Award).where(
        Award.reallocated_from_id == old.id, Award.state != AwardState.DROPPED
    )
    return Money.total(each.amount for each in session.scalars(query))
