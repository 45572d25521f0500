"""What the pages of statements show, and how a file is taken in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Response
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import ROLE_PERMISSIONS, Actor, Permission
from charity.donations import services
from charity.donations.models import (
    RowState,
    Statement,
    StatementKind,
    StatementMapping,
    StatementRow,
    StatementState,
)
from charity.donations.queries import statements as queries
from charity.donations.statement_reading import Delivered, place
from charity.errors import CommonReason, NotFound
from charity.money import ZERO, Money
from charity.registry import queries as registry
from charity.registry.models import Organisation
from web import frame
from web.db import unit_of_work
from web.labels import label
from web.ports import ports, settings
from web.security.sessions import current_actor
from web.spreadsheets import Cell, download
from web.statements import work
from web.statements.forms import UploadForm
from web.statements.words import problem, row_name

#: Sheets up to so many rows are handed back whole; of longer ones, the rows that are wrong.
_WHOLE = 5000


@dataclass(frozen=True)
class Named:
    """A mapping as the list shows it."""

    name: str
    kind: str
    is_delivered: bool
    fields: int


def held(session: Session, actor: Actor, permission: Permission) -> list[int]:
    """The organisations for which a person holds a permission; the platform's role, the operator.

    Raises `NotFound` for who holds it nowhere that has money.
    """
    found = {
        grant.organisation_id
        for grant in actor.grants
        if permission in ROLE_PERMISSIONS[grant.role] and grant.organisation_id is not None
    }
    if any(grant.is_platform and permission in ROLE_PERMISSIONS[grant.role]
           for grant in actor.grants):  # fmt: skip
        found.add(frame.operator_id())
    if not found:
        raise NotFound(CommonReason.NOT_FOUND)
    return sorted(found)


def first_held(session: Session, actor: Actor) -> int:
    """An organisation for which the person imports statements."""
    return held(session, actor, Permission.STATEMENT_IMPORT)[0]


def offer(session: Session, actor: Actor, form: UploadForm) -> None:
    """Fill the lists of the form: whose account, which format, which campaign."""
    mine = held(session, actor, Permission.STATEMENT_IMPORT)
    organisations: list[Organisation] = registry.organisations(session, mine)
    mappings = [
        (one.name, f"{one.name} · {label(StatementKind(one.kind))}")
        for one in queries.mappings(session)
    ]
    form.offer(organisations, mappings, queries.campaigns_of(session, mine))


def take_in(form: UploadForm) -> int:
    """Keep the file, begin its statement and, where it is short, read it; answers its number.

    Raises what `begin_statement` raises, and `Invalid` for a file that is no statement, of which
    then nothing is kept.
    """
    content, name = form.content, form.mapping.data
    with unit_of_work() as session:
        known = next(one for one in queries.mappings(session) if one.name == name)
        kind, columns = StatementKind(known.kind), {k: list(v) for k, v in known.columns.items()}
    work.peek(content, columns, needs_serial=kind is StatementKind.PLATFORM)
    digest = ports().files.put(content)
    with unit_of_work() as session:
        statement = services.begin_statement(
            session,
            current_actor(),
            organisation_id=form.organisation_id.data or 0,
            kind=kind,
            file_name=form.file.data.filename or "",
            digest=digest,
            mapping=name,
            operator_mode=settings().operator_mode,
            campaign_id=form.campaign_id.data,
        )
        statement_id = statement.id
    if len(content) <= work.AT_ONCE:
        work.read_statement(statement_id)
    return statement_id


def settle(statement_ids: Collection[int]) -> None:
    """Let what was decided of confirmed statements become gifts now."""
    for statement_id in statement_ids:
        with unit_of_work() as session:
            state = queries.statement(session, statement_id).state
        if state in (StatementState.APPLYING, StatementState.APPLIED):
            work.apply_statement(statement_id)


def statement_context(
    session: Session, statement: Statement, states: list[RowState], number: int
) -> dict[str, Any]:
    """A statement with its sums by state and one page of its rows."""
    found = queries.tallies(session, [statement.id])[statement.id]
    order = [state for state in RowState if state in found]
    gifts = [found[state] for state in _GIFTS if state in found]
    is_read = statement.summed_total is not None
    matched = found[RowState.MATCHED].rows if RowState.MATCHED in found else 0
    stated, summed = statement.stated_total, statement.summed_total
    return {
        "statement": statement,
        "organisation": registry.organisation(session, statement.organisation_id),
        "campaign": registry.campaign(session, statement.campaign_id)
        if statement.campaign_id
        else None,
        "tallies": [(state, found[state]) for state in order],
        "gifts": sum(tally.rows for tally in gifts),
        "gift_sum": Money.total(tally.sum for tally in gifts),
        "bad": found[RowState.BAD].rows if RowState.BAD in found else 0,
        "matched": matched,
        "gap": stated - summed if stated is not None and summed is not None else None,
        "rows": queries.rows_page(session, statement.id, states, number),
        "is_read": is_read,
        "is_working": statement.state is StatementState.APPLYING
        or (statement.state is StatementState.READ and not is_read),
        "reported_only": settings().operator_mode == "listing",
        "no_money": ZERO,
    }


_GIFTS = (RowState.MATCHED, RowState.UNMATCHED, RowState.APPLIED)


def named(one: StatementMapping | Delivered) -> Named:
    """A mapping for the list."""
    return Named(
        name=one.name,
        kind=label(StatementKind(one.kind)),
        is_delivered=isinstance(one, Delivered) or one.changed_by_user_id is None,
        fields=len(one.columns),
    )


# ── the sheet handed back ────────────────────────────────────────────────────────────────────────


def error_sheet(session: Session, statement: Statement) -> Response:
    """The rows of the file in their places, with one more column: what is wrong with the row."""
    wrong = {
        row.number: problem(row)
        for row in session.scalars(
            select(StatementRow).where(
                StatementRow.statement_id == statement.id, StatementRow.problem != ""
            )
        )
    }
    rows: list[list[Cell]] = []
    whole = statement.rows <= _WHOLE
    for number, cells in work.raw_rows(statement):
        said = wrong.get(number, "")
        if whole and place(number)[0] == 1:
            # Empty rows keep their places, so that the numbers are those of the file.
            rows.extend([] for _empty in range(len(rows) + 1, number))
        elif not said:
            continue
        rows.append([row_name(number) if said else "", said, *map(_cell, cells)])
    if not rows:
        rows.append([])
    rows[0] = [_("行"), _("错误"), *rows[0][2:]]
    name = statement.file_name.rpartition(".")[0] or statement.file_name
    return download(rows, "xlsx", name=_("%(name)s（带错误列）", name=name or "-"), head=1)


def _cell(value: object) -> Cell:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if value is None or isinstance(value, date | str | Money):
        return value
    return value if isinstance(value, int) else str(value)
