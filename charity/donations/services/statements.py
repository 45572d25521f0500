"""Read a statement into rows, row by row decided; nothing counts before a person confirms it.

Reading and applying are done in portions, each a unit of its own. Rows are stored in the order of
the file and each is applied once, so a worker that was killed goes on where it stood.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.donations import policy
from charity.donations.models import (
    RowState,
    Statement,
    StatementKind,
    StatementMapping,
    StatementRow,
    StatementState,
)
from charity.donations.reasons import StatementsReason
from charity.donations.statement_reading import FIELDS, WORDS, delivered
from charity.errors import Conflict, Denied, Invalid, InvalidState
from charity.registry.queries import campaign
from charity.rows import insert_or, locked, present
from charity.texts import line

#: Words of one list of a mapping, and characters of a word.
_MOST_WORDS, _MOST_LETTERS = 40, 40


def begin_statement(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    kind: StatementKind,
    file_name: str,
    digest: bytes,
    mapping: str,
    operator_mode: str,
    campaign_id: int | None = None,
) -> Statement:
    """Take in a file that lies in the store under `digest`; the same file is the one that is there.

    One that was discarded is begun anew. `campaign_id` is where a platform's rows go. Raises
    `NotFound` for who does not import for this organisation, `Denied` for a bank's statement where
    the operator takes no money, `Invalid` for a platform's without its campaign, or with another
    charity's.
    """
    require(policy.may_import_statements(actor, organisation_id))
    if kind is StatementKind.BANK and operator_mode != policy.COLLECTING_MODE:
        raise Denied(StatementsReason.NOTHING_POSTED_HERE)
    _require_campaign(session, organisation_id, kind, campaign_id)
    known = session.scalar(
        select(Statement).where(
            Statement.organisation_id == organisation_id, Statement.digest == digest
        )
    )
    if known is not None and known.state is not StatementState.DISCARDED:
        return known
    statement = known or Statement(organisation_id=organisation_id, digest=digest)
    if known is not None:
        known.move_to(StatementState.READ)
        known.finished_at = known.stated_total = known.summed_total = None
        known.rows = known.done = 0
    statement.kind, statement.campaign_id = kind, campaign_id
    statement.file_name = line(file_name, field="file", limit=200, required=False)
    statement.mapping_id = _mapping(session, mapping).id
    statement.uploaded_by_user_id = present(actor.user_id)
    statement.uploaded_at = clock.now()
    session.add(statement)
    session.flush()
    return statement


def start_applying(session: Session, actor: Actor, *, statement_id: int) -> Statement:
    """A person has looked at the dry run and confirms it; `apply_portion` does the work.

    Confirmed twice is confirmed once. Raises `NotFound`, and `InvalidState` for a statement that is
    not wholly read or was discarded.
    """
    statement = lock_statement(session, actor, statement_id)
    if statement.state in (StatementState.APPLYING, StatementState.APPLIED):
        return statement
    if statement.summed_total is None:
        raise InvalidState(StatementsReason.NO_ROWS)
    statement.move_to(StatementState.APPLYING)
    session.flush()
    return statement


def discard_statement(session: Session, actor: Actor, *, statement_id: int) -> Statement:
    """Throw a dry run away: its rows go, the file stays. Raises `InvalidState` once confirmed."""
    statement = lock_statement(session, actor, statement_id)
    statement.move_to(StatementState.DISCARDED)
    statement.finished_at = clock.now()
    session.execute(delete(StatementRow).where(StatementRow.statement_id == statement_id))
    statement.rows = statement.done = 0
    session.flush()
    return statement


def save_mapping(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    name: str,
    kind: StatementKind,
    columns: Mapping[str, Sequence[str]],
    mapping_id: int | None = None,
) -> StatementMapping:
    """Add or change a mapping; statements that were read keep what was read.

    Raises `Invalid` for a mapping that names no day or no sum, or words too many or too long,
    `Conflict` for a name that is taken, `NotFound`.
    """
    require(policy.may_import_statements(actor, organisation_id))
    clean = {
        field: [line(word, field=field, limit=_MOST_LETTERS) for word in words if word.strip()]
        for field, words in columns.items()
        if field in FIELDS or field in WORDS
    }
    for field, words in clean.items():
        if len(words) > _MOST_WORDS:
            raise Invalid(StatementsReason.MAPPING_INCOMPLETE, field=field)
    if not clean.get("booked_on") or not (clean.get("amount") or clean.get("income")):
        raise Invalid(StatementsReason.MAPPING_INCOMPLETE, field="booked_on")
    mapping = StatementMapping()
    if mapping_id is not None:
        mapping = locked(session, select(StatementMapping).where(StatementMapping.id == mapping_id))
    mapping.kind, mapping.columns = kind, {name: words for name, words in clean.items() if words}
    mapping.changed_by_user_id, mapping.changed_at = actor.user_id, clock.now()
    name = line(name, field="name", limit=60)
    if mapping.name != name:
        taken = Conflict(StatementsReason.MAPPING_NAME_TAKEN, field="name")
        if session.scalar(select(StatementMapping.id).where(StatementMapping.name == name)):
            raise taken
        mapping.name = name
        if mapping_id is None:
            insert_or(session, mapping, taken)
    session.flush()
    return mapping


def lock_statement(session: Session, actor: Actor, statement_id: int) -> Statement:
    """The statement, locked until the unit ends; raises `NotFound`, also for who may not."""
    found = locked(session, select(Statement).where(Statement.id == statement_id))
    require(policy.may_import_statements(actor, found.organisation_id))
    return found


def columns_of(session: Session, statement: Statement) -> dict[str, list[str]]:
    """The words by which a statement is read."""
    return present(session.get(StatementMapping, present(statement.mapping_id))).columns


def stored_through(session: Session, statement_id: int) -> int:
    """The number of the last row that is stored; 0 before the first."""
    query = select(func.max(StatementRow.number)).where(StatementRow.statement_id == statement_id)
    return session.scalar(query) or 0


def still_to_apply(session: Session, statement_id: int) -> int:
    """How many rows of a statement are matched and not applied yet."""
    query = select(func.count()).where(
        StatementRow.statement_id == statement_id, StatementRow.state == RowState.MATCHED
    )
    return session.scalar(query) or 0


def _require_campaign(
    session: Session, organisation_id: int, kind: StatementKind, campaign_id: int | None
) -> None:
    if campaign_id is None:
        if kind is StatementKind.PLATFORM:
            raise Invalid(StatementsReason.CAMPAIGN_REQUIRED, field="campaign_id")
        return
    if campaign(session, campaign_id).charity_id != organisation_id:
        raise Invalid(StatementsReason.NOT_THIS_ORGANISATION, field="campaign_id")


def _mapping(session: Session, name: str) -> StatementMapping:
    """The mapping of this name; one delivered with the house becomes a row with its first use."""
    found = session.scalar(select(StatementMapping).where(StatementMapping.name == name))
    if found is not None:
        return found
    given = present(next((one for one in delivered() if one.name == name), None))
    mapping = StatementMapping(
        name=given.name,
        kind=StatementKind(given.kind),
        columns={field: list(words) for field, words in given.columns.items()},
        changed_at=clock.now(),
    )
    insert_or(session, mapping, Conflict(StatementsReason.MAPPING_NAME_TAKEN, field="mapping"))
    return mapping
