"""Tiers of funders and the prize pool: who promised what, and how it came into the book.

市区街三级联动: money of city, district and street stands in one fund, each fen with its origin, so
that every funder sees the vouchers its own fen paid.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.accounts import services as accounts
from charity.actor import Actor, Permission, require
from charity.donations.models import GiverKind
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.ledger import queries as ledger_queries
from charity.ledger import services as ledger
from charity.ledger.chart import AccountCode
from charity.ledger.models import Fund, FundKind, IncomeSource
from charity.money import MAXIMUM_FEN, Money
from charity.registry import queries as registry
from charity.rows import insert_or, locked, present
from charity.spending.queries import charity_of_fund
from projects.ventures import policy
from projects.ventures.models import (
    Competition,
    CompetitionFunder,
    CompetitionState,
    FunderTier,
)
from projects.ventures.reasons import AwardReason, VentureReason
from projects.ventures.services.locking import lock_competition

#: By what name the book knows a funder's money, at most once.
RECEIVED = "competition_funder:{id}:received"
#: Until the end promises are made, corrected and kept.
FUNDED = frozenset(set(CompetitionState) - {CompetitionState.CLOSED, CompetitionState.CANCELLED})


def open_prize_pool(
    session: Session, actor: Actor, *, competition_id: int, charity_id: int, name: str
) -> Competition:
    """Open a prize pool in the book of a charity for this competition, by its treasurer.

    Raises `Denied`, `NotFound` where the charity keeps no book, `Conflict` where a pool is set.
    """
    query = select(Competition).where(Competition.id == competition_id)
    found = locked(session, query)
    require(policy.may_fund(actor, charity_id))
    if found.fund_id is not None:
        raise Conflict(VentureReason.RECEIVED_ALREADY, field="fund_id")
    book = ledger_queries.book_of(session, charity_id)
    fund = ledger.open_fund(
        session,
        actor,
        book_id=book.id,
        name=texts.line(name, field="name", limit=120),
        kind=FundKind.PRIZE_POOL,
    )
    found.fund_id = fund.id
    session.flush()
    return found


def add_funder(
    session: Session,
    actor: Actor,
    *,
    competition_id: int,
    organisation_id: int,
    tier: FunderTier,
    pledged: Money,
) -> CompetitionFunder:
    """Enter what an organisation promises for the pool.

    Raises `Invalid` on `pledged`, `Conflict` (FUNDER_TWICE) where it is named already.
    """
    found = lock_competition(session, actor, competition_id=competition_id, states=FUNDED)
    row = CompetitionFunder(
        competition_id=found.id,
        organisation_id=registry.organisation(session, organisation_id).id,
        tier=tier,
        pledged=positive(pledged, "pledged"),
    )
    insert_or(session, row, Conflict(VentureReason.FUNDER_TWICE, field="organisation_id"))
    session.refresh(found, ["funders"])
    return row


def receive_funding(
    session: Session,
    actor: Actor,
    *,
    funder_id: int,
    amount: Money,
    received_on: date,
    from_fund_id: int | None = None,
) -> CompetitionFunder:
    """Record that a funder's money is in the pool, by the treasurer of the charity that keeps it.

    Without `from_fund_id` it came by bank from outside; with it, it is granted from that fund of
    this book or of another, by the treasurer of that one, and its givers' trail goes on.
    `received_on` is a day in China, not in the future. Raises `Denied`, `Invalid`, `Insufficient`,
    `InvalidState` (RECEIVED_ALREADY, POOL_MISSING).
    """
    query = select(CompetitionFunder).where(CompetitionFunder.id == funder_id)
    row = locked(session, query)
    found = present(session.get(Competition, row.competition_id))
    if found.fund_id is None:
        raise InvalidState(VentureReason.POOL_MISSING)
    charity_id = charity_of_fund(session, from_fund_id or found.fund_id)
    require(policy.may_fund(actor, charity_id))
    if charity_id is not None:
        accounts.keep_role(
            session, actor, permission=Permission.EXPENSE_PAY, organisation_id=charity_id
        )
    if row.entry_id is not None:
        raise InvalidState(VentureReason.RECEIVED_ALREADY)
    if received_on > clock.today():
        raise Invalid(AwardReason.IN_FUTURE, field="received_on")
    row.entry_id = _entry(
        session, actor, row, found.fund_id, positive(amount, "amount"), received_on, from_fund_id
    )
    row.received, row.received_on = amount, received_on
    session.flush()
    outbox.write(session, "competition.funded", found.subject, funder_id=row.id)
    return row


def _entry(
    session: Session,
    actor: Actor,
    row: CompetitionFunder,
    fund_id: int,
    amount: Money,
    received_on: date,
    from_fund_id: int | None,
) -> int:
    """The entry by which the money stands in the pool."""
    source = RECEIVED.format(id=row.id)
    if from_fund_id is None:
        giver = ledger.Giver(f"organisation:{row.organisation_id}", GiverKind.UNIT.value)
        return ledger.post_gift(
            session,
            actor,
            fund_id=fund_id,
            amount=amount,
            source=source,
            occurred_on=received_on,
            giver=giver,
            income=IncomeSource.VENTURE,
            account=AccountCode.BANK_DEPOSITS,
        ).id
    giving = present(session.get(Fund, from_fund_id))
    pool = present(session.get(Fund, fund_id))
    if giving.book_id == pool.book_id:
        return ledger.grant(
            session,
            actor,
            fund_id=from_fund_id,
            into_fund_id=fund_id,
            amount=amount,
            source=source,
            occurred_on=received_on,
        ).id
    _, received = ledger.grant_to_book(
        session,
        actor,
        fund_id=from_fund_id,
        into_fund_id=fund_id,
        amount=amount,
        source=source,
        occurred_on=received_on,
        income=IncomeSource.VENTURE,
    )
    return received.id


def positive(amount: Money, field: str) -> Money:
    """The sum, where there is one; raises `Invalid` on `field`."""
    if not 0 < amount.fen <= MAXIMUM_FEN:
        raise Invalid(CommonReason.NOT_POSITIVE, field=field)
    return amount
