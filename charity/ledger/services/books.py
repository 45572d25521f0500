"""Opening books, accounts, funds and lines; each act is a deed in the chain.

How an account is shown under another year's chart is no fact of the book: that mapping may change.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.ledger import merkle, policy
from charity.ledger.chart import AccountCode, head_of
from charity.ledger.models import (
    Account,
    AccountMapping,
    Book,
    BookHead,
    CommitteeMember,
    Entry,
    Fund,
    FundClosing,
    FundKind,
    Line,
    LineHead,
    LineKind,
)
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.entries import record_deed
from charity.ledger.services.placing import place
from charity.money import Money
from charity.registry import queries as registry
from charity.registry.models import Organisation
from charity.rows import insert_or, present, unique_or
from charity.rules import parameter

#: Kinds whose money is never restricted: the council's own, and what belongs to somebody else.
NEVER_RESTRICTED = frozenset({FundKind.UNRESTRICTED, FundKind.AGENCY})
#: What the lines of goods are called; no earmark may look like one.
GOODS = "goods:"
#: The rule of a community fund's committee: its smallest number is the row's figure.
COMMITTEE = "FND-02"
#: A named fund says whose it is.
HOST_NAME = "FND-03"
_SUB_ACCOUNT = re.compile(r"(?P<parent>[0-9.]+)\.[0-9]+", re.ASCII)
_CODE_LENGTH = 20


def open_book(session: Session, actor: Actor, *, organisation_id: int, name: str) -> Book:
    """Open the book of an organisation with its chart of accounts.

    Raises `Conflict` when the organisation already keeps one.
    """
    require(policy.may_open_book(actor))
    if session.scalar(select(Book.id).where(Book.organisation_id == organisation_id)):
        raise Conflict(LedgerReason.BOOK_EXISTS)
    book = Book(organisation_id=organisation_id, name=name, opened_on=clock.today())
    session.add(book)
    session.flush()
    session.execute(
        insert(Account), [{"book_id": book.id, "code": code.value} for code in AccountCode]
    )
    session.add(BookHead(book_id=book.id, positions=0, seals=0, head=merkle.GENESIS))
    session.flush()
    accounts = session.scalars(select(Account).where(Account.book_id == book.id)).all()
    record_deed(
        session,
        actor,
        book_id=book.id,
        source="book:opened",
        occurred_on=book.opened_on,
        covers=[book, *accounts],
    )
    return book


def open_account(session: Session, actor: Actor, *, book_id: int, code: str, name: str) -> Account:
    """Open a sub-account (`1002.02`, the second bank account) under an account of the book.

    The same code and name again return the account that is there. Raises `Invalid` for a code
    that stands under no account, `Conflict` for one that has another name.
    """
    book = present(session.get(Book, book_id))
    require(policy.may_keep(actor, book))
    name = _named(name)
    codes = set(session.scalars(select(Account.code).where(Account.book_id == book_id)))
    match = _SUB_ACCOUNT.fullmatch(code)
    if match is None or match["parent"] not in codes or len(code) > _CODE_LENGTH:
        raise Invalid(LedgerReason.BAD_ACCOUNT_CODE, field="code", code=code)
    taken = Conflict(LedgerReason.SOURCE_DIFFERS, source=f"account:{code}")
    query = select(Account).where(Account.book_id == book_id, Account.code == code)
    earlier = session.scalars(query).one_or_none()
    if earlier is not None:
        if earlier.name != name:
            raise taken
        return earlier
    account = Account(book_id=book_id, code=code, name=name)
    with unique_or(session, taken):
        session.add(account)
    record_deed(
        session,
        actor,
        book_id=book_id,
        source=f"account:{code}",
        occurred_on=clock.today(),
        covers=[account],
    )
    return account


def map_account(
    session: Session,
    actor: Actor,
    *,
    book_id: int,
    code: str,
    in_force_from: date,
    shown_code: str,
    shown_name: str,
) -> AccountMapping:
    """Say how an account, or a whole head of the chart, is shown from a day on.

    The same day again replaces what was said of it. Raises `Invalid` for an unknown account.
    """
    book = present(session.get(Book, book_id))
    require(policy.may_keep(actor, book))
    codes = set(session.scalars(select(Account.code).where(Account.book_id == book_id)))
    if code not in codes | {head_of(each) for each in codes}:
        raise Invalid(LedgerReason.UNKNOWN_ACCOUNT, field="code", code=code)
    if not shown_code.strip():
        raise Invalid(CommonReason.REQUIRED, field="shown_code")
    mapping = session.get(AccountMapping, (book_id, code, in_force_from))
    if mapping is None:
        mapping = AccountMapping(book_id=book_id, code=code, in_force_from=in_force_from)
        session.add(mapping)
    mapping.shown_code = shown_code.strip()
    mapping.shown_name = _named(shown_name, field="shown_name")
    session.flush()
    return mapping


def open_fund(
    session: Session,
    actor: Actor,
    *,
    book_id: int,
    name: str,
    kind: FundKind,
    restricted: bool | None = None,
    committee: Sequence[str] = (),
) -> Fund:
    """Open a fund in a book, with the general line its money will stand on.

    Its kind says whether it is restricted unless `restricted` does. A community fund names its
    committee, who serve unpaid: an odd number, at least five (FND-02). It is kept in its host's
    book and has no account, campaign or seal of its own (FND-01); no fund stands below another,
    and a named one carries its host's full name (FND-03), but for what the installation carries in
    under an older name. Raises `Invalid`.
    """
    book = present(session.get(Book, book_id))
    require(policy.may_open_fund(actor, book))
    if restricted and kind in NEVER_RESTRICTED:
        raise Invalid(LedgerReason.RESTRICTION, field="restricted")
    if kind is FundKind.NAMED and not actor.is_system:
        _refuse_nameless(registry.organisation(session, book.organisation_id), name)
    members = _committee(kind, committee)
    fund = Fund(
        book_id=book_id,
        name=_named(name),
        kind=kind,
        restricted=kind not in NEVER_RESTRICTED if restricted is None else restricted,
        opened_on=clock.today(),
    )
    session.add(fund)
    session.flush()
    session.add_all(
        CommitteeMember(fund_id=fund.id, name=member, since=fund.opened_on) for member in members
    )
    line = add_line(session, fund, earmark="", kind=LineKind.GENERAL)
    outbox.write(session, "fund.opened", f"fund:{fund.id}")
    record_deed(
        session,
        actor,
        book_id=book_id,
        source=f"fund:{fund.id}:opened",
        occurred_on=fund.opened_on,
        covers=[fund, line],
    )
    return fund


def _refuse_nameless(host: Organisation, name: str) -> None:
    """Nobody mistakes the fund for a charity of its own; raises `Invalid` on `name`."""
    said, whole = (
        "".join(unicodedata.normalize("NFKC", text).split()) for text in (name, host.name)
    )
    if whole not in said or said == whole:
        raise Invalid(LedgerReason.HOST_NAME, field="name", host=host.name, rule=HOST_NAME)


def _committee(kind: FundKind, names: Sequence[str]) -> list[str]:
    """The members by name; raises `Invalid` where a committee is missing or cannot decide."""
    members = [name.strip() for name in names]
    if not members and kind is not FundKind.COMMUNITY:
        return []
    whole = len(set(members)) == len(members) and all(members)
    if not whole or len(members) < _smallest_committee() or len(members) % 2 == 0:
        raise Invalid(LedgerReason.COMMITTEE, field="committee")
    return members


def _smallest_committee() -> int:
    """The figure of today; before the first one, whoever opens the fund judges how many do."""
    try:
        return parameter(COMMITTEE, clock.today()).number
    except LookupError:
        return 1


def open_earmark(session: Session, actor: Actor, *, fund_id: int, earmark: str) -> Line:
    """Open a line for money of a fund with a narrower purpose; again: the same line.

    Raises `Invalid` without a purpose or with one that names goods, `InvalidState` for a fund
    that is closed.
    """
    fund, book = fund_in_book(session, fund_id)
    require(policy.may_keep(actor, book))
    earmark = _named(earmark, field="earmark")
    if earmark.startswith(GOODS):
        raise Invalid(LedgerReason.FOREIGN_EARMARK, field="earmark")
    query = select(Line).where(Line.fund_id == fund_id, Line.earmark == earmark)
    earlier = session.scalars(query).one_or_none()
    if earlier is not None:
        return earlier
    require_open(session, fund_id)
    with unique_or(session, Conflict(LedgerReason.SOURCE_DIFFERS, source=earmark)):
        line = add_line(session, fund, earmark=earmark, kind=LineKind.EARMARK)
    record_deed(
        session,
        actor,
        book_id=book.id,
        source=f"line:{line.id}:opened",
        occurred_on=clock.today(),
        covers=[line],
    )
    return line


def close_fund(session: Session, actor: Actor, *, fund_id: int) -> Entry:
    """End a fund; returns the deed, and the same one when it is asked for again.

    Raises `InvalidState` (`in_hand`, in fen) while any of its lines holds money or goods, promised
    or not: what is left first goes where a decision sends it (CHA-165).
    """
    _, book = fund_in_book(session, fund_id)
    require(policy.may_keep(actor, book))
    source = f"fund:{fund_id}:closed"
    query = select(Entry).where(Entry.book_id == book.id, Entry.source == source)
    lines = select(Line.id).where(Line.fund_id == fund_id)
    heads = place(session, actor, line_ids=session.scalars(lines).all())
    earlier = session.scalars(query).one_or_none()
    if earlier is not None:
        return earlier
    in_hand = Money(sum(head.placed_end - head.spent for head in heads.values()))
    if in_hand:
        raise InvalidState(LedgerReason.FUND_NOT_EMPTY, in_hand=in_hand)
    closing = FundClosing(fund_id=fund_id, closed_on=clock.today())
    # The database looks once more, after whoever is giving at this moment.
    insert_or(session, closing, Conflict(CommonReason.WRONG_STATE))
    outbox.write(session, "fund.closed", f"fund:{fund_id}")
    return record_deed(
        session,
        actor,
        book_id=book.id,
        source=source,
        occurred_on=closing.closed_on,
        covers=[closing],
    )


def fund_in_book(session: Session, fund_id: int) -> tuple[Fund, Book]:
    """A fund and the book it belongs to; raises `NotFound`."""
    query = select(Fund, Book).join(Book, Book.id == Fund.book_id).where(Fund.id == fund_id)
    fund, book = present(session.execute(query).one_or_none())
    return fund, book


def require_open(session: Session, fund_id: int) -> None:
    """Raise `InvalidState` for a fund that is closed."""
    if session.get(FundClosing, fund_id) is not None:
        raise InvalidState(LedgerReason.FUND_CLOSED)


def _named(name: str, *, field: str = "name") -> str:
    """The name without blanks around it; raises `Invalid` where nothing is left."""
    if not name.strip():
        raise Invalid(CommonReason.REQUIRED, field=field)
    return name.strip()


def add_line(session: Session, fund: Fund, *, earmark: str, kind: LineKind) -> Line:
    """Add a line to a fund, with its head; the caller's deed covers it."""
    line = Line(book_id=fund.book_id, fund_id=fund.id, earmark=earmark, kind=kind)
    session.add(line)
    session.flush()
    session.add(LineHead(line_id=line.id, placed_end=0, placed_count=0, spent=0, held=0, cursor=0))
    session.flush()
    return line
