"""The agreement: signed by the winner after 公示, it opens the award's own fund and its budget."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.disclosure.models import NoticeState
from charity.errors import CommonReason, InvalidState
from charity.ledger import queries as ledger_queries
from charity.ledger import services as ledger
from charity.ledger.models import FundKind
from charity.money import Money
from charity.registry.findings import refuse
from charity.rows import present
from charity.spending import services as spending
from charity.spending.intake import LineDraft
from charity.spending.models import CostKind
from projects.ventures import policy, queries
from projects.ventures.eligibility import applicant_findings, receiver_of
from projects.ventures.models import (
    Application,
    ApplicationLineKind,
    ApplicationState,
    Award,
    AwardState,
)
from projects.ventures.reasons import AwardReason
from projects.ventures.services.locking import lock_award, person_of
from projects.ventures.terms import digest

AGREEMENT = 20_000
_BOOK = Actor.system("award")


def sign_agreement(session: Session, actor: Actor, *, award_id: int, words: str) -> Award:
    """Sign for an award, by the winner's people, once its notice ended without an open objection.

    `words` is the text of the agreement; it is frozen with sum, stages, budget and plan by their
    digest. The award gets its own fund in the pool's book, and its budget plans it; a filed group's
    host receives (ORG-01). Raises `Denied` (also where a list or a breach stops the winner),
    `Invalid` on `words`, `InvalidState` during the notice (NOTICE_STANDS, `until`), with an open
    objection (OBJECTION_OPEN) or after one that was right.
    """
    found = lock_award(session, award_id)
    require(policy.may_sign(actor, found))
    if found.state is not AwardState.NOTICE:
        raise InvalidState(CommonReason.WRONG_STATE, state=found.state)
    _require_undisputed(found)
    application = found.application
    refuse(applicant_findings(queries.facts_of(session, application.organisation), clock.today()))
    user_id, _ = person_of(actor)
    said = texts.prose(words, field="words", limit=AGREEMENT, required=True)
    agreement = content_of(found, said)
    fund_id, budget_id = _open_fund(session, found)
    # together: the database knows no agreement without its money
    found.agreement, found.agreement_sha256 = agreement, digest(agreement)
    found.fund_id, found.budget_id = fund_id, budget_id
    found.signed_at, found.signed_by_user_id = clock.now(), user_id
    found.work_until = found.competition.work_until
    found.move_to(AwardState.SIGNED)
    application.move_to(ApplicationState.AWARDED)
    session.flush()
    outbox.write(session, "award.signed", found.subject)
    return found


def content_of(found: Award, words: str) -> dict[str, Any]:
    """What is signed, in a form whose digest anybody can repeat; sums in fen."""
    application = found.application
    return {
        "award": found.id,
        "application": application.id,
        "organisation": application.organisation.name,
        "title": application.title,
        "amount": found.amount.fen,
        "stages": [[each.percent, each.amount.fen, each.needs.value] for each in found.tranches],
        "lines": [[name, amount.fen] for name, _kind, amount in _lines(application, found.amount)],
        "plan": application.plan,
        "words": words,
    }


def _require_undisputed(found: Award) -> None:
    """The notice is over: it ended, nobody's objection waits, none was right (VEN-07)."""
    notice = found.notice
    if notice is None:
        raise InvalidState(AwardReason.NOT_ANNOUNCED)
    if any(objection.answered_at is None for objection in notice.objections):
        raise InvalidState(AwardReason.OBJECTION_OPEN)
    if any(objection.upheld for objection in notice.objections):
        raise InvalidState(AwardReason.OBJECTION_UPHELD)
    if notice.state is NoticeState.STANDING:
        raise InvalidState(AwardReason.NOTICE_STANDS, until=notice.ends_on)
    if notice.state is not NoticeState.ENDED:
        raise InvalidState(AwardReason.NOT_ANNOUNCED)


def _open_fund(session: Session, found: Award) -> tuple[int, int]:
    """The fund of the award in the pool's book, and the budget that plans its money."""
    application = found.application
    receiver = receiver_of(application.organisation)
    if receiver is None:
        raise InvalidState(AwardReason.NO_RECEIVER)
    pool = ledger_queries.fund(session, present(found.competition.fund_id))
    fund = ledger.open_fund(
        session, _BOOK, book_id=pool.book_id, name=application.title, kind=FundKind.PROJECT
    )
    budget = spending.draft_budget(
        session,
        _BOOK,
        organisation_id=receiver.id,
        region_code=application.region_code,
        lines=[LineDraft(*line) for line in _lines(application, found.amount)],
        deliverables=[],
    )
    spending.open_for_fund(session, _BOOK, budget_id=budget.id, fund_id=fund.id)
    return fund.id, budget.id


def _lines(application: Application, amount: Money) -> list[tuple[str, CostKind, Money]]:
    """What is asked of each line, scaled to what is given; lines that get nothing are left out."""
    asked = [line for line in application.lines if line.asked]
    parts = amount.split([line.asked.fen for line in asked])
    return [
        (line.name, _kind(line.kind), part) for line, part in zip(asked, parts, strict=True) if part
    ]


def _kind(kind: ApplicationLineKind) -> CostKind:
    managing = kind is ApplicationLineKind.MANAGEMENT
    return CostKind.MANAGEMENT if managing else CostKind.PROGRAMME
