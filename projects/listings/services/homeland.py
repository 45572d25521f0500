"""Happy Homeland (幸福家园): a village claims its fund, the county agrees, the book opens it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, Permission, require
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.ledger import queries as ledger_queries
from charity.ledger import services as ledger
from charity.ledger.models import FundKind
from charity.registry import queries as registry
from charity.rows import insert_or, locked
from projects.listings import intake
from projects.listings.models import VillageFund, VillageFundState
from projects.listings.policy import homeland as policy
from projects.listings.reasons import HomelandReason
from projects.listings.services.telling import tell_of_fund

#: Length of a village's code, and the most characters it says of itself.
VILLAGE_LEVEL, INTRODUCTION = 5, 2000


def claim_village_fund(
    session: Session,
    actor: Actor,
    *,
    region_code: str,
    committee_id: int,
    introduction: str,
) -> VillageFund:
    """A village's committee or collective claims (认领) the fund of its place, as a partner.

    The money will stand in the charity's book (VIL-01). A claim that came back may be sent again.
    Raises `Denied`, `NotFound`, `Invalid` (a place that is no village, another's village),
    `Conflict` where the fund is claimed.
    """
    committee = registry.organisation(session, committee_id)
    require(policy.may_claim_fund(actor, committee))
    place = registry.region(session, region_code)
    if place.level != VILLAGE_LEVEL:
        raise Invalid(HomelandReason.NOT_A_VILLAGE, field="region_code")
    if committee.region_code != place.code:
        raise Invalid(HomelandReason.NOT_ITS_COMMITTEE, field="committee_id")
    words = _introduction(introduction)
    taken = Conflict(HomelandReason.ALREADY_CLAIMED)
    query = select(VillageFund).where(VillageFund.region_code == place.code)
    fund = session.scalar(query.with_for_update())
    if fund is None:
        fund = VillageFund(region_code=place.code, state=VillageFundState.ASKED)
    elif fund.state is not VillageFundState.RETURNED:
        raise taken
    else:
        fund.move_to(VillageFundState.ASKED)
        fund.decided_at = fund.decided_by_user_id = None
        fund.note = ""
    fund.committee_id, fund.introduction = committee.id, words
    fund.asked_at, fund.asked_by_user_id = clock.now(), _user(actor)
    insert_or(session, fund, taken)
    outbox.write(session, "village_fund.asked", f"village_fund:{fund.id}")
    tell_of_fund(session, fund, "asked")
    return fund


def agree_village_fund(
    session: Session, actor: Actor, *, village_fund_id: int, operator_id: int, fund_name: str
) -> VillageFund:
    """Agree to a claim: the fund is opened in the operator's book under `fund_name`.

    The name carries the charity's own, then the place's (FND-03). Raises `Denied` for anyone but
    staff of the place and for the village's own people, `InvalidState` where it was decided.
    """
    fund = _decided(session, actor, village_fund_id)
    name = texts.line(fund_name, field="fund_name", limit=120)
    book = ledger_queries.book_of(session, operator_id)
    # who keeps the register opens no funds: the row of the decision names the person
    reviews = actor.holds_anywhere(Permission.PROJECT_REVIEW)
    opener = actor if reviews else Actor.system("village fund")
    opened = ledger.open_fund(
        session, opener, book_id=book.id, name=name, kind=FundKind.VILLAGE_MUTUAL_AID
    )
    fund.move_to(VillageFundState.AGREED)
    fund.fund_id = opened.id
    return _tell(session, fund, "agreed")


def return_village_fund(
    session: Session, actor: Actor, *, village_fund_id: int, note: str
) -> VillageFund:
    """Send a claim back with what is missing; raises like `agree_village_fund`."""
    fund = _decided(session, actor, village_fund_id)
    fund.note = texts.prose(note, field="note", limit=500, required=True)
    fund.move_to(VillageFundState.RETURNED)
    return _tell(session, fund, "returned")


def describe_village(
    session: Session, actor: Actor, *, village_fund_id: int, introduction: str
) -> VillageFund:
    """Change what the village says of itself; raises `Denied`, `Invalid`, `NotFound`."""
    fund = locked(session, select(VillageFund).where(VillageFund.id == village_fund_id))
    require(policy.may_describe_village(actor, fund))
    fund.introduction = _introduction(introduction)
    session.flush()
    return fund


def _introduction(text: str) -> str:
    return intake.public_prose(text, field="introduction", limit=INTRODUCTION, required=True)


def _decided(session: Session, actor: Actor, village_fund_id: int) -> VillageFund:
    """The claim, locked, for who may decide about it now."""
    fund = locked(session, select(VillageFund).where(VillageFund.id == village_fund_id))
    require(policy.may_decide_fund(actor, fund))
    if fund.state is not VillageFundState.ASKED:
        raise InvalidState(CommonReason.WRONG_STATE, state=fund.state)
    fund.decided_at, fund.decided_by_user_id = clock.now(), _user(actor)
    return fund


def _tell(session: Session, fund: VillageFund, what: str) -> VillageFund:
    session.flush()
    outbox.write(session, f"village_fund.{what}", f"village_fund:{fund.id}")
    tell_of_fund(session, fund, what)
    return fund


def _user(actor: Actor) -> int:
    """Whose word it is; a village is nobody's job to claim."""
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    return actor.user_id
