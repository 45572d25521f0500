"""What people say of rows, and the portions in which confirmed rows become gifts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.donations import policy
from charity.donations.counter_gateway import PLATFORM, TRANSFER
from charity.donations.gateway import PaymentGateway
from charity.donations.models import (
    DONATION_TRANSITIONS,
    Donation,
    DonationState,
    GiverKind,
    RowState,
    Statement,
    StatementKind,
    StatementRow,
    StatementState,
)
from charity.donations.reasons import StatementsReason
from charity.donations.services.arriving import Arrival, NewGift, take_awaited, take_new
from charity.donations.services.statements import columns_of, lock_statement
from charity.donations.statement_reading import kind_of
from charity.errors import CommonReason, Conflict, Invalid, InvalidState, NotFound
from charity.registry.queries import campaign
from charity.rows import locked, locking, present, table_of
from charity.texts import line

#: Rows applied in one unit.
PORTION = 2000

#: Statements whose matched rows may become gifts: a person has confirmed the dry run.
_CONFIRMED = (StatementState.APPLYING, StatementState.APPLIED)


def assign_to_campaign(
    session: Session, actor: Actor, *, row_ids: Collection[int], campaign_id: int
) -> list[StatementRow]:
    """Say that rows are gifts to a campaign; they become so once their statement is confirmed.

    Raises `NotFound`, `Invalid` for a campaign of another charity, `InvalidState` for a row that is
    decided already.
    """
    rows = _lock_rows(session, actor, row_ids)
    charity_id = campaign(session, campaign_id).charity_id
    for row in rows:
        if row.organisation_id != charity_id:
            raise Invalid(StatementsReason.NOT_THIS_ORGANISATION, field="campaign_id")
        row.move_to(RowState.MATCHED)
        row.campaign_id, row.payment_id = campaign_id, None
        row.decided_by_user_id, row.problem = actor.user_id, ""
    session.flush()
    return rows


def assign_to_donation(
    session: Session, actor: Actor, *, row_id: int, donation_id: int
) -> StatementRow:
    """Say that a row pays a gift that waits; the sums must be the same.

    Raises `NotFound`, `Invalid` where the sums differ, `InvalidState` where the gift waits no more
    or the row is decided, `Conflict` where another row pays it.
    """
    (row,) = _lock_rows(session, actor, [row_id])
    gift = locked(session, select(Donation).where(Donation.id == donation_id))
    if campaign(session, gift.campaign_id).charity_id != row.organisation_id:
        raise NotFound(CommonReason.NOT_FOUND)
    if DonationState.SETTLED not in DONATION_TRANSITIONS[gift.state]:
        raise InvalidState(StatementsReason.GIFT_NOT_WAITING)
    if gift.state is DonationState.REFUNDED or not gift.payments:
        raise InvalidState(StatementsReason.GIFT_NOT_WAITING)
    if gift.amount != row.amount:
        raise Invalid(StatementsReason.AMOUNT_DIFFERS, field="donation_id", wanted=gift.amount)
    attempts = [attempt.id for attempt in gift.payments]
    other = select(StatementRow.id).where(
        StatementRow.payment_id.in_(attempts), StatementRow.state == RowState.MATCHED
    )
    if session.scalar(other) is not None:
        raise Conflict(StatementsReason.TAKEN)
    row.move_to(RowState.MATCHED)
    row.payment_id, row.campaign_id = attempts[-1], gift.campaign_id
    row.decided_by_user_id, row.problem = actor.user_id, ""
    session.flush()
    return row


def ignore_rows(
    session: Session, actor: Actor, *, row_ids: Collection[int], note: str
) -> list[StatementRow]:
    """Say that rows are no gifts of this site, and why. Raises `NotFound`, `InvalidState`."""
    said = line(note, field="note", limit=100)
    rows = _lock_rows(session, actor, row_ids)
    for row in rows:
        row.move_to(RowState.IGNORED)
        row.decided_by_user_id, row.note, row.payment_id = actor.user_id, said, None
    session.flush()
    return rows


def reconsider_row(session: Session, actor: Actor, *, row_id: int) -> StatementRow:
    """Take back what was said of a row that is not applied. Raises `NotFound`, `InvalidState`.

    A row that could not be read stays so.
    """
    (row,) = _lock_rows(session, actor, [row_id])
    if row.row_key is None:
        raise InvalidState(CommonReason.WRONG_STATE, state=row.state, wanted=RowState.UNMATCHED)
    row.move_to(RowState.UNMATCHED)
    row.payment_id = row.campaign_id = None
    row.decided_by_user_id = actor.user_id
    session.flush()
    return row


def apply_portion(
    session: Session,
    actor: Actor,
    *,
    statement_id: int,
    gateways: Mapping[str, PaymentGateway],
    operator_mode: str,
    limit: int = PORTION,
) -> int:
    """Make gifts of the next matched rows of a confirmed statement; answers how many are done.

    0 means that none is left. A row whose gift got its money meanwhile goes back to the queue.
    Where the operator takes no money a platform's rows count as reported by it, and nothing is
    posted. Raises `Denied` for anyone but the installation, `InvalidState` before it is confirmed.
    """
    require(policy.may_settle(actor))
    statement = lock_statement(session, actor, statement_id)
    if statement.state not in _CONFIRMED:
        raise InvalidState(CommonReason.WRONG_STATE, state=statement.state,
                           wanted=StatementState.APPLYING)  # fmt: skip
    query = select(StatementRow).where(
        StatementRow.statement_id == statement_id, StatementRow.state == RowState.MATCHED
    )
    rows = session.scalars(query.order_by(StatementRow.number).limit(limit)).all()
    if not rows:
        if statement.state is StatementState.APPLYING:
            statement.move_to(StatementState.APPLIED)
            statement.finished_at = clock.now()
            session.flush()
        return 0
    if operator_mode != policy.COLLECTING_MODE:
        paid: dict[int, int | None] = {row.id: None for row in rows}
    else:
        paid = _settle(session, actor, statement, rows, gateways)
    _record(session, rows, paid)
    statement.done += len(paid)
    session.flush()
    return len(rows)


def _settle(
    session: Session,
    actor: Actor,
    statement: Statement,
    rows: Sequence[StatementRow],
    gateways: Mapping[str, PaymentGateway],
) -> dict[int, int | None]:
    """The payment by row, for the rows that became gifts."""
    gateway = gateways[PLATFORM if statement.kind is StatementKind.PLATFORM else TRANSFER]
    awaited = [
        Arrival(row.payment_id, present(row.amount), present(row.booked_on), _remote(row))
        for row in rows
        if row.payment_id is not None
    ]
    columns = columns_of(session, statement)
    new = [
        NewGift(
            remote_id=_remote(row),
            campaign_id=present(row.campaign_id),
            amount=present(row.amount),
            day=present(row.booked_on),
            giver_kind=GiverKind(kind_of(row.payer_name, columns)),
            giver_name=row.payer_name[:60],
        )
        for row in rows
        if row.payment_id is None
    ]
    came = take_awaited(session, actor, gateway, awaited) if awaited else {}
    made = take_new(session, actor, gateway, new) if new else {}
    paid: dict[int, int | None] = {}
    for row in rows:
        if row.payment_id is None:
            paid[row.id] = made[_remote(row)]
        elif row.payment_id in came:
            # popped: a second row of the same attempt is money twice, and goes back to people
            paid[row.id] = came.pop(row.payment_id)
    return paid


def _record(session: Session, rows: Sequence[StatementRow], paid: Mapping[int, int | None]) -> None:
    """Write what became of the rows, many at a time."""
    for row in rows:
        session.expunge(row)
    table = table_of(StatementRow)
    change = update(table).where(table.c.id == bindparam("which"))
    other = {row.id: paid[row.id] for row in rows if paid.get(row.id, row.payment_id)
             != row.payment_id}  # fmt: skip
    if other:
        session.connection().execute(
            change.values(payment_id=bindparam("payment")),
            [{"which": row_id, "payment": payment} for row_id, payment in other.items()],
        )
    session.execute(
        update(table).where(table.c.id.in_(paid)).values(state=RowState.APPLIED, problem="")
    )
    back = [row.id for row in rows if row.id not in paid]
    if back:
        session.connection().execute(
            change.values(
                state=RowState.UNMATCHED, payment_id=None, problem=StatementsReason.TAKEN.value
            ),
            [{"which": row_id} for row_id in back],
        )


def _remote(row: StatementRow) -> str:
    return f"row:{row.id}"


def _lock_rows(session: Session, actor: Actor, row_ids: Collection[int]) -> list[StatementRow]:
    """Rows of statements the actor imports, locked; raises `NotFound` where one is not there."""
    query = select(StatementRow).where(StatementRow.id.in_(row_ids)).order_by(StatementRow.id)
    rows = list(session.scalars(locking(query)))
    if not rows or len(rows) != len(set(row_ids)):
        raise NotFound(CommonReason.NOT_FOUND)
    for organisation_id in {row.organisation_id for row in rows}:
        require(policy.may_import_statements(actor, organisation_id))
    return rows
