"""What is known of statements, of the queue of their rows, and of counted cash."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import ColumnElement, Select, cast, func, select
from sqlalchemy.orm import Session, selectinload

from charity import clock
from charity.donations.models import (
    CashCount,
    CashSlip,
    CashState,
    Donation,
    DonationState,
    Payment,
    RowState,
    Statement,
    StatementKind,
    StatementMapping,
    StatementRow,
    StatementState,
)
from charity.donations.statement_reading import Delivered, delivered
from charity.money import ZERO, Money
from charity.paging import Page, page_of
from charity.registry.models import Campaign
from charity.rows import present

#: A gift may have been begun so long before its money came.
_LOOK_BACK = timedelta(days=30)
#: States whose rows the queue shows.
QUEUED = (RowState.UNMATCHED,)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows there are of a state, and what they sum up to."""

    rows: int
    sum: Money


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A waiting gift that a row may pay: the sum is the same; more agrees or not."""

    donation: Donation
    same_name: bool
    days: int


@dataclass(frozen=True, slots=True)
class Reported:
    """What a platform reports of a campaign whose money does not come here."""

    gifts: int
    sum: Money


def statement(session: Session, statement_id: int) -> Statement:
    """One statement; raises `NotFound`."""
    return present(session.get(Statement, statement_id))


def statements_page(
    session: Session, organisation_ids: Collection[int], page: int
) -> Page[Statement]:
    """The statements of these organisations, the newest first."""
    query = select(Statement).where(Statement.organisation_id.in_(organisation_ids))
    return page_of(session, query.order_by(Statement.id.desc()), page, size=20)


def tallies(session: Session, statement_ids: Collection[int]) -> dict[int, dict[RowState, Tally]]:
    """Rows and sums of statements, by state."""
    query = (
        select(
            StatementRow.statement_id,
            StatementRow.state,
            func.count(),
            func.sum(_fen()),
        )
        .where(StatementRow.statement_id.in_(statement_ids))
        .group_by(StatementRow.statement_id, StatementRow.state)
    )
    found: dict[int, dict[RowState, Tally]] = {id_: {} for id_ in statement_ids}
    for statement_id, state, rows, fen in session.execute(query):
        found[statement_id][state] = Tally(rows, Money(int(fen or 0)))
    return found


def rows_page(
    session: Session, statement_id: int, states: Collection[RowState], page: int, size: int = 50
) -> Page[StatementRow]:
    """Rows of a statement in the order of the file; all of them where no state is named."""
    query = select(StatementRow).where(StatementRow.statement_id == statement_id)
    if states:
        query = query.where(StatementRow.state.in_(states))
    return page_of(session, query.order_by(StatementRow.number), page, size=size)


def row(session: Session, row_id: int) -> StatementRow:
    """One row; raises `NotFound`."""
    return present(session.get(StatementRow, row_id))


def queue_page(
    session: Session, organisation_ids: Collection[int], page: int
) -> Page[StatementRow]:
    """Rows that wait for a person to say what they are, the oldest first."""
    query = _queue(organisation_ids).order_by(StatementRow.booked_on, StatementRow.id)
    return page_of(session, query, page, size=20)


def queue_length(session: Session, organisation_ids: Collection[int]) -> int:
    """How many rows wait for a person."""
    query = _queue(organisation_ids).with_only_columns(func.count())
    return session.scalar(query) or 0


def suggestions(session: Session, rows: Sequence[StatementRow]) -> Mapping[int, list[Suggestion]]:
    """By row, the waiting gifts of the same sum begun in the month before; same names first."""
    sums = {row.amount for row in rows if row.amount is not None}
    if not sums:
        return {}
    spoken_for = select(StatementRow.payment_id).where(StatementRow.state == RowState.MATCHED)
    query = (
        select(Donation, Campaign.charity_id)
        .join(Campaign, Campaign.id == Donation.campaign_id)
        .where(
            Donation.state == DonationState.PENDING,
            Donation.amount.in_(sums),
            Campaign.charity_id.in_({row.organisation_id for row in rows}),
            ~Donation.payments.any(Payment.id.in_(spoken_for)),
        )
        .order_by(Donation.id.desc())
        .limit(500)
    )
    waiting = list(session.execute(query))
    return {row.id: _suggest(row, waiting) for row in rows}


def _suggest(row: StatementRow, waiting: Iterable[tuple[Donation, int]]) -> list[Suggestion]:
    day = present(row.booked_on)
    found = [
        Suggestion(
            gift,
            bool(gift.giver_name) and gift.giver_name == row.payer_name,
            (day - clock.day_of(gift.created_at)).days,
        )
        for gift, charity_id in waiting
        if gift.amount == row.amount
        and charity_id == row.organisation_id
        and timedelta(days=-1) <= day - clock.day_of(gift.created_at) <= _LOOK_BACK
    ]
    return sorted(found, key=lambda one: (not one.same_name, abs(one.days)))[:5]


def unfinished_statements(session: Session) -> list[Statement]:
    """Statements with work left for the worker: half read, or confirmed and not wholly applied."""
    query = select(Statement).where(
        (Statement.state == StatementState.APPLYING)
        | ((Statement.state == StatementState.READ) & Statement.summed_total.is_(None))
    )
    return list(session.scalars(query.order_by(Statement.id)))


def mappings(session: Session) -> list[StatementMapping | Delivered]:
    """Every mapping: those of staff and those delivered that nobody has touched, by kind, name."""
    own: list[StatementMapping | Delivered] = list(session.scalars(select(StatementMapping)))
    names = {mapping.name for mapping in own}
    own += [one for one in delivered() if one.name not in names]
    return sorted(own, key=lambda one: (str(one.kind), one.name))


def mapping(session: Session, mapping_id: int) -> StatementMapping:
    """One mapping; raises `NotFound`."""
    return present(session.get(StatementMapping, mapping_id))


def reported_by_platform(session: Session, campaign_id: int) -> Reported:
    """What platforms report of a campaign and nobody here has posted (mode `listing`)."""
    query = select(func.count(), func.sum(_fen())).where(
        StatementRow.campaign_id == campaign_id,
        StatementRow.kind == StatementKind.PLATFORM,
        StatementRow.state == RowState.APPLIED,
        StatementRow.payment_id.is_(None),
    )
    gifts, fen = session.execute(query).one()
    return Reported(gifts, Money(int(fen)) if fen else ZERO)


# ── cash ─────────────────────────────────────────────────────────────────────────────────────────


def cash_count(session: Session, count_id: int) -> CashCount:
    """One count with its slips; raises `NotFound`."""
    query = select(CashCount).where(CashCount.id == count_id)
    return present(session.scalar(query.options(selectinload(CashCount.slips))))


def cash_counts_page(
    session: Session, organisation_ids: Collection[int], page: int
) -> Page[CashCount]:
    """The counts of campaigns of these organisations, the newest first."""
    query = (
        select(CashCount)
        .join(Campaign, Campaign.id == CashCount.campaign_id)
        .where(
            Campaign.charity_id.in_(organisation_ids) | Campaign.partner_id.in_(organisation_ids)
        )
    )
    return page_of(session, query.order_by(CashCount.id.desc()), page, size=20)


def counts_to_confirm(
    session: Session, organisation_ids: Collection[int], person_id: int | None
) -> int:
    """How many counts wait for a second person, who is this one."""
    query = (
        select(func.count())
        .select_from(CashCount)
        .join(Campaign, Campaign.id == CashCount.campaign_id)
        .where(
            CashCount.state == CashState.COUNTED,
            CashCount.first_person_id != person_id,
            Campaign.charity_id.in_(organisation_ids) | Campaign.partner_id.in_(organisation_ids),
        )
    )
    return session.scalar(query) or 0


def missing_slips(session: Session, campaign_id: int, most: int = 100) -> list[int]:
    """Numbers that no slip of a campaign has, between the first and the last that is used."""
    query = select(CashSlip.number).where(CashSlip.campaign_id == campaign_id)
    used = list(session.scalars(query.order_by(CashSlip.number)))
    missing: list[int] = []
    for before, after in pairwise(used):
        missing.extend(range(before + 1, min(after, before + 1 + most - len(missing))))
        if len(missing) >= most:
            break
    return missing


def deposits_for(session: Session, count: CashCount, charity_id: int) -> list[StatementRow]:
    """Rows of the bank that may be the deposit of a count: the same sum, not before it."""
    query = (
        select(StatementRow)
        .where(
            StatementRow.organisation_id == charity_id,
            StatementRow.kind == StatementKind.BANK,
            StatementRow.state == RowState.UNMATCHED,
            StatementRow.amount == count.amount,
            StatementRow.booked_on >= count.counted_on,
        )
        .order_by(StatementRow.booked_on)
        .limit(20)
    )
    return list(session.scalars(query))


def _queue(organisation_ids: Collection[int]) -> Select[StatementRow]:
    """Unmatched rows of statements whose dry run was seen."""
    return (
        select(StatementRow)
        .join(Statement, Statement.id == StatementRow.statement_id)
        .where(
            StatementRow.organisation_id.in_(organisation_ids),
            StatementRow.state.in_(QUEUED),
            Statement.state.in_((StatementState.APPLYING, StatementState.APPLIED)),
        )
    )


def _fen() -> ColumnElement[int]:
    """The sum of a row as a plain number, for adding up."""
    return cast(StatementRow.amount, StatementRow.id.type)


def campaigns_of(session: Session, organisation_ids: Collection[int]) -> list[Campaign]:
    """The campaigns whose money these organisations take, the newest first."""
    query = select(Campaign).where(Campaign.charity_id.in_(organisation_ids))
    return list(session.scalars(query.order_by(Campaign.id.desc())))


def campaigns_counted_by(session: Session, organisation_ids: Collection[int]) -> list[Campaign]:
    """The campaigns these organisations take money for, or raise it for, the newest first."""
    query = select(Campaign).where(
        Campaign.charity_id.in_(organisation_ids) | Campaign.partner_id.in_(organisation_ids)
    )
    return list(session.scalars(query.order_by(Campaign.id.desc())))
