"""公益事业捐赠票据: who wants one, who does not, and the number once it was issued (CHA-147, 148).

The receipt itself is issued elsewhere, under the finance ministry's supervision; here stands what
became of each gift. Only donation income has one (CHA-149): money among neighbours (互助互济),
grants and goods that were sold have other papers or none.
"""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.donations import policy, queries
from charity.donations.models import Donation, DonationState, GiverKind, Receipt, ReceiptState
from charity.donations.queries.receipts import is_donation_income
from charity.donations.reasons import ReceiptsReason
from charity.donations.services.locking import lock_gift
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.registry import uscc
from charity.registry.models import FundraisingMode
from charity.registry.queries import campaign
from charity.rows import insert_new, unique_or

#: Campaigns whose gifts are donations in the sense of the receipts' rules (CHA-149).
RECEIPT_MODES = frozenset(
    {
        FundraisingMode.PUBLIC_ONLINE,
        FundraisingMode.PUBLIC_OFFLINE,
        FundraisingMode.TARGETED,
    }
)
#: How long the payer's name on a receipt may be, in characters.
LONGEST_PAYER = 100

_DIGITS = re.compile(r"[0-9]{6,20}", re.ASCII)
_CHECK_CODE = re.compile(r"[0-9A-Za-z]{1,20}", re.ASCII)


def ask_receipt(
    session: Session, actor: Actor, *, token: str, payer_name: str, payer_uscc: str = ""
) -> Receipt:
    """The giver wants a receipt in this name; asked again before it is issued, the name changes.

    An organisation's receipt carries its credit code, a person's none (identity numbers are not
    asked for). Raises `NotFound`; `Invalid` for the name (payer_name) or the code (payer_uscc);
    `InvalidState` where the money is no donation, went back, or the receipt is issued.
    """
    donation = lock_gift(session, queries.donation_by_token(session, token).id)
    _require_receipt_possible(session, donation)
    name = " ".join(payer_name.split())
    if not name:
        raise Invalid(CommonReason.REQUIRED, field="payer_name")
    if len(name) > LONGEST_PAYER:
        raise Invalid(CommonReason.TOO_LONG, field="payer_name", most=LONGEST_PAYER)
    code = _credit_code(donation.giver_kind, payer_uscc)
    receipt = _receipt(session, donation) or insert_new(
        session,
        Receipt,
        donation_id=donation.id,
        state=ReceiptState.WANTED,
        changed_at=clock.now(),
    )
    receipt = receipt or _must(session, donation)
    if receipt.state is not ReceiptState.WANTED:
        _move(receipt, ReceiptState.WANTED)
    receipt.payer_name, receipt.payer_uscc = name, code
    receipt.changed_at = clock.now()
    session.flush()
    return receipt


def waive_receipt(session: Session, actor: Actor, *, token: str) -> Receipt:
    """The giver needs no receipt, which is recorded (CHA-147); the payer's name is let go.

    Raises `NotFound`, and `InvalidState` where it is issued.
    """
    donation = lock_gift(session, queries.donation_by_token(session, token).id)
    receipt = _receipt(session, donation) or insert_new(
        session,
        Receipt,
        donation_id=donation.id,
        state=ReceiptState.WAIVED,
        changed_at=clock.now(),
    )
    receipt = receipt or _must(session, donation)
    if receipt.state is ReceiptState.WANTED:
        receipt.move_to(ReceiptState.WAIVED)
        receipt.payer_name = receipt.payer_uscc = ""
        receipt.changed_at = clock.now()
    elif receipt.state is ReceiptState.ISSUED:
        raise InvalidState(ReceiptsReason.ISSUED)
    session.flush()
    return receipt


def waive_with_gift(session: Session, actor: Actor, *, donation_id: int) -> None:
    """The form of giving was sent without asking for a receipt: recorded, unless one is asked."""
    insert_new(
        session,
        Receipt,
        donation_id=donation_id,
        state=ReceiptState.WAIVED,
        changed_at=clock.now(),
    )


def record_receipt(
    session: Session,
    actor: Actor,
    *,
    donation_id: int,
    batch_code: str,
    number: str,
    check_code: str = "",
    issued_on: date,
) -> Receipt:
    """Record the number under which the charity issued the receipt of one gift (CHA-148).

    Code and number are 6 to 20 digits each and unique together; the same again is no change. A gift
    nobody was asked about takes the giver's name as payer. Raises `Denied`, `NotFound`, `Invalid`
    beside its field, `Conflict` for a number of another gift, `InvalidState` for a receipt that was
    waived, is issued under another number, or cannot be.
    """
    donation = lock_gift(session, donation_id)
    require(policy.may_record_receipts(actor, campaign(session, donation.campaign_id)))
    batch_code, number = _digits(batch_code, "batch_code"), _digits(number, "number")
    if check_code and not _CHECK_CODE.fullmatch(check_code):
        raise Invalid(ReceiptsReason.CHECK_CODE, field="check_code")
    receipt = _receipt(session, donation)
    if receipt is not None and receipt.state is ReceiptState.ISSUED:
        if (receipt.batch_code, receipt.number) == (batch_code, number):
            return receipt
        raise InvalidState(ReceiptsReason.ISSUED)
    _require_issuable(session, donation, receipt, issued_on)
    if receipt is None:
        receipt = Receipt(
            donation_id=donation.id,
            state=ReceiptState.WANTED,
            payer_name=donation.giver_name,
            changed_at=clock.now(),
        )
        session.add(receipt)
        session.flush()
    taken = Conflict(ReceiptsReason.NUMBER_TAKEN, field="number", number=number)
    with unique_or(session, taken):
        receipt.move_to(ReceiptState.ISSUED)
        receipt.batch_code, receipt.number = batch_code, number
        receipt.check_code, receipt.issued_on = check_code, issued_on
        receipt.recorded_by_user_id = actor.user_id
        receipt.changed_at = clock.now()
    return receipt


def record_waiver(session: Session, actor: Actor, *, donation_id: int) -> Receipt:
    """The charity asked, and the giver needs no receipt: recorded by who asked (CHA-147).

    Raises `Denied`, `NotFound`, and `InvalidState` for a receipt that is wanted or issued: what the
    giver asked for only the giver takes back.
    """
    donation = lock_gift(session, donation_id)
    require(policy.may_record_receipts(actor, campaign(session, donation.campaign_id)))
    receipt = _receipt(session, donation) or insert_new(
        session,
        Receipt,
        donation_id=donation.id,
        state=ReceiptState.WAIVED,
        recorded_by_user_id=actor.user_id,
        changed_at=clock.now(),
    )
    receipt = receipt or _must(session, donation)
    if receipt.state in {ReceiptState.WANTED, ReceiptState.ISSUED}:
        raise InvalidState(CommonReason.WRONG_STATE, state=receipt.state)
    return receipt


def note_nobody_to_name(session: Session, actor: Actor, donation: Donation) -> None:
    """A gift without name, contact or account has nobody to issue a receipt to: recorded so."""
    if donation.giver_name or donation.contact or donation.person_id is not None:
        return
    insert_new(
        session,
        Receipt,
        donation_id=donation.id,
        state=ReceiptState.ANONYMOUS,
        changed_at=clock.now(),
    )


def _require_receipt_possible(session: Session, donation: Donation) -> None:
    if campaign(session, donation.campaign_id).mode not in RECEIPT_MODES:
        raise InvalidState(ReceiptsReason.NO_DONATION)
    if donation.forgotten_at is not None:
        raise InvalidState(ReceiptsReason.FORGOTTEN)
    if donation.state is DonationState.REFUNDED or not donation.kept:
        raise InvalidState(ReceiptsReason.GONE_BACK)
    if donation.entry_id is not None and not is_donation_income(session, donation.entry_id):
        raise InvalidState(ReceiptsReason.NO_DONATION)


def _require_issuable(
    session: Session, donation: Donation, receipt: Receipt | None, issued_on: date
) -> None:
    if donation.state is not DonationState.SETTLED or donation.settled_at is None:
        raise InvalidState(ReceiptsReason.NOT_ARRIVED)
    if receipt is not None and receipt.state is not ReceiptState.WANTED:
        raise InvalidState(ReceiptsReason.NOT_WANTED)
    _require_receipt_possible(session, donation)
    if receipt is None and not donation.giver_name:
        raise InvalidState(ReceiptsReason.NOBODY_TO_NAME)
    if issued_on < clock.day_of(donation.settled_at):
        raise Invalid(ReceiptsReason.ISSUED_BEFORE_GIFT, field="issued_on")
    if issued_on > clock.today():
        raise Invalid(ReceiptsReason.ISSUED_IN_FUTURE, field="issued_on")


def _credit_code(kind: GiverKind, text: str) -> str:
    code = uscc.normalise(text)
    if kind is GiverKind.INDIVIDUAL:
        if code:
            raise Invalid(ReceiptsReason.CREDIT_CODE_OF_A_PERSON, field="payer_uscc")
        return ""
    if not code:
        raise Invalid(ReceiptsReason.CREDIT_CODE_NEEDED, field="payer_uscc")
    problem = uscc.problem(code)
    if problem is not None:
        raise Invalid(problem, field="payer_uscc")
    return code


def _digits(text: str, field: str) -> str:
    text = "".join(text.split())
    if not _DIGITS.fullmatch(text):
        reason = ReceiptsReason.BATCH_CODE if field == "batch_code" else ReceiptsReason.NUMBER
        raise Invalid(reason, field=field)
    return text


def _move(receipt: Receipt, state: ReceiptState) -> None:
    if receipt.state is ReceiptState.ISSUED:
        raise InvalidState(ReceiptsReason.ISSUED)
    receipt.move_to(state)


def _receipt(session: Session, donation: Donation) -> Receipt | None:
    return session.scalar(select(Receipt).where(Receipt.donation_id == donation.id))


def _must(session: Session, donation: Donation) -> Receipt:
    return session.scalars(select(Receipt).where(Receipt.donation_id == donation.id)).one()
