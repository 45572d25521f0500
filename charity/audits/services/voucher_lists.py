"""The list of vouchers an organisation without a book here hands in, frozen by hash as a frame."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.audits import policy
from charity.audits.models import Inspection, InspectionState, VoucherList, VoucherListRow
from charity.audits.sample_reasons import VoucherReason
from charity.audits.voucher_reading import ReadVouchers, VoucherFlaw, read_vouchers, rows_hash
from charity.errors import CommonReason, Conflict, InvalidState
from charity.files import FileStore
from charity.rows import insert_many, insert_or, present

#: While these last, a list may be handed in.
_OPEN = frozenset({InspectionState.NOTIFIED, InspectionState.FIELDWORK})


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The list as it is kept; None where rows have flaws, which are named instead."""

    voucher_list: VoucherList | None
    read: ReadVouchers

    @property
    def flaws(self) -> list[VoucherFlaw]:
        """What is wrong, row by row."""
        return self.read.flaws


def hand_in(
    session: Session,
    actor: Actor,
    *,
    inspection_id: int,
    content: bytes,
    file_name: str,
    files: FileStore,
    media_type: str = "",
) -> HandedIn:
    """Take a list (CSV or XLSX) from the organisation, or from the team that got it on paper.

    One with flaws is not kept: a frame is whole or it is none. What is handed in later is another
    list; samples keep the one they were drawn from. Raises `Invalid` on `file`, `Conflict` for the
    same rows again, `InvalidState` before the notice and after fieldwork, `Denied`, `NotFound`.
    """
    inspection = present(session.get(Inspection, inspection_id))
    if not policy.may_enter_room(actor, inspection):
        require(policy.may_inspect(actor, inspection))
    if inspection.state not in _OPEN:
        raise InvalidState(CommonReason.WRONG_STATE, state=inspection.state)
    name = texts.line(file_name, field="file")
    read = read_vouchers(content, clock.today())
    if read.flaws:
        return HandedIn(None, read)
    frozen = rows_hash(read.rows)
    refusal = Conflict(VoucherReason.HANDED_IN, field="file")
    same = select(VoucherList.id).where(
        VoucherList.inspection_id == inspection.id, VoucherList.rows_hash == frozen
    )
    if session.scalar(same) is not None:
        raise refusal
    kept = VoucherList(
        inspection_id=inspection.id,
        file_name=name,
        file_hash=files.put(content),
        media_type=media_type,
        rows_hash=frozen,
        row_count=len(read.rows),
        total=read.total,
        handed_in_by_user_id=actor.user_id,
        handed_in_at=clock.now(),
    )
    insert_or(session, kept, refusal)
    _keep_rows(session, kept, read)
    outbox.write(session, "voucher_list.handed_in", inspection.subject, list_id=kept.id)
    return HandedIn(kept, read)


def _keep_rows(session: Session, kept: VoucherList, read: ReadVouchers) -> None:
    insert_many(
        session,
        VoucherListRow,
        [
            {
                "voucher_list_id": kept.id,
                "number": row.number,
                "voucher_number": row.voucher_number,
                "booked_on": row.booked_on,
                "payee": row.payee,
                "summary": row.summary,
                "amount": row.amount,
                "is_cash": row.is_cash,
            }
            for row in read.rows
        ],
    )
