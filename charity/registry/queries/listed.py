"""What would become of the rows of a registrar's list, beside what is known already.

A list fills in what is not known, and corrects what is known only from lists. What a person here
has seen papers for is never written over: where a list says otherwise, that is told.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from charity.registry.models import (
    AnnualInspection,
    Organisation,
    OrganisationState,
    RegistryImport,
    Verification,
)
from charity.registry.policy import HOSTS
from charity.registry.reading import Flaw, Listed, ReadRow
from charity.registry.reading.reasons import ListReason

#: What a list may fill in, and correct where only lists are known.
_FILLED = (
    "region_code", "established_on", "registrar_code", "filing_number",
    "contact_name", "contact_phone", "host_id",
)  # fmt: skip

#: The field of a list each of them comes from.
_COLUMN = {column: column.removesuffix("_code").removesuffix("_id") for column in _FILLED}


class Outcome(enum.StrEnum):
    """What becomes of a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Judged:
    """A row beside what is known: what becomes of it, and what should be looked at."""

    row: ReadRow
    outcome: Outcome
    flaws: tuple[Flaw, ...]
    organisation_id: int | None = None
    #: Columns with the values they will have.
    values: Mapping[str, Any] | None = None
    #: The inspection to be entered (ORG-12).
    inspected: bool = False
    #: Whether the list vouches for it for the first time.
    vouched: bool = False


def judge_rows(
    session: Session, rows: Sequence[ReadRow], *, hosts: Collection[str] = ()
) -> list[Judged]:
    """What would become of these rows now; nothing is written.

    `hosts` are names of organisations further up in the same file, which are not written yet.
    """
    known = _Known(session, [row.said for row in rows if row.said is not None])
    return [_judge(row, known, hosts) for row in rows]


class _Known:
    """What the database knows of the organisations some rows name, in four questions."""

    def __init__(self, session: Session, said: Sequence[Listed]) -> None:
        table = Organisation.__table__.c
        names = {each.name for each in said} | {each.host for each in said if each.host}
        codes = {each.uscc for each in said if each.uscc}
        query = select(
            table.id, table.name, table.kind, table.uscc, table.state, table.verification_note,
            *(table[column] for column in _FILLED),
        )  # fmt: skip
        # Two questions, each with its own index, cost less than one with an `or`.
        named = session.execute(query.where(table.name.in_(names))).all()
        coded = session.execute(query.where(table.uscc.in_(codes))).all()
        found = list({row.id: row for row in (*named, *coded)}.values())
        self.by_name: dict[str, Row[Any]] = {row.name: row for row in found}
        self.by_code: dict[str, Row[Any]] = {row.uscc: row for row in found if row.uscc}
        ids = [row.id for row in found]
        lists = select(RegistryImport.file_hash)
        self.listed = set(
            session.scalars(
                select(Verification.organisation_id).where(
                    Verification.organisation_id.in_(ids), Verification.file_hash.in_(lists)
                )
            )
        )
        inspections = select(
            AnnualInspection.organisation_id, AnnualInspection.year, AnnualInspection.result
        ).where(AnnualInspection.organisation_id.in_(ids))
        self.inspected = {(row[0], row[1]): row[2] for row in session.execute(inspections)}

    def only_listed(self, row: Row[Any]) -> bool:
        """Whether everything known of it came from lists: nobody here has seen its papers."""
        return row.id in self.listed and not row.verification_note


def _judge(row: ReadRow, known: _Known, hosts: Collection[str]) -> Judged:
    said = row.said
    if said is None:
        return Judged(row, Outcome.REFUSED, row.flaws)
    flaws = list(row.flaws)
    host_id = _host(row, said, known, hosts, flaws)
    mine = known.by_code.get(said.uscc or "") or known.by_name.get(said.name)
    if mine is not None:
        flaws += _contradictions(row, said, mine)
    if any(flaw.refuses for flaw in flaws):
        return Judged(row, Outcome.REFUSED, tuple(flaws))
    wanted = _wanted(said, host_id)
    if mine is None:
        values = {"name": said.name, "kind": said.kind, "uscc": said.uscc, **wanted}
        return Judged(row, Outcome.CREATED, tuple(flaws), None, values,
                      inspected=said.inspection is not None, vouched=True)  # fmt: skip
    changed = _changed(row, wanted, mine, known.only_listed(mine), flaws)
    inspected = _inspected(row, said, mine, known, flaws)
    vouched = mine.id not in known.listed
    outcome = Outcome.CHANGED if changed or inspected else Outcome.UNCHANGED
    values = {column: getattr(mine, column) for column in _FILLED} | changed
    return Judged(row, outcome, tuple(flaws), mine.id, values, inspected, vouched)


def _host(
    row: ReadRow,
    said: Listed,
    known: _Known,
    hosts: Collection[str],
    flaws: list[Flaw],
) -> int | None:
    """The id of the host a filed group names; None where it is further up and not written yet."""
    if not said.host:
        return None
    found = known.by_name.get(said.host)
    fits = found is not None and found.kind in HOSTS and found.state is OrganisationState.VERIFIED
    if found is not None and fits:
        return int(found.id)
    if found is not None or said.host not in hosts:
        flaws.append(Flaw(row.number, "host", ListReason.HOST_UNKNOWN, {"name": said.host}))
    return None


def _contradictions(row: ReadRow, said: Listed, mine: Row[Any]) -> list[Flaw]:
    """Who it is, is never changed by a list: another name, code or type is told to a person."""
    found: list[Flaw] = []
    for column, reason in (
        ("name", ListReason.NAME_DIFFERS),
        ("uscc", ListReason.CODE_DIFFERS),
        ("kind", ListReason.KIND_DIFFERS),
    ):
        is_known = getattr(mine, column)
        if is_known != getattr(said, column):
            found.append(Flaw(row.number, column, reason, {"known": is_known or "-"}))
    return found


def _wanted(said: Listed, host_id: int | None) -> dict[str, Any]:
    return {
        "region_code": said.region_code,
        "established_on": said.established_on,
        "registrar_code": said.registrar_code,
        "filing_number": said.filing_number or None,
        "contact_name": said.contact_name,
        "contact_phone": said.contact_phone,
        "host_id": host_id,
    }


def _changed(
    row: ReadRow, wanted: Mapping[str, Any], mine: Row[Any], only_listed: bool, flaws: list[Flaw]
) -> dict[str, Any]:
    """What the list fills in or, where only lists are known, corrects; the rest is told as kept."""
    changed: dict[str, Any] = {}
    for column, value in wanted.items():
        known = getattr(mine, column)
        if not value or value == known:
            continue
        if column == "region_code" and known.startswith(value):
            continue  # the list is only less exact
        if not known or only_listed:
            changed[column] = value
        else:
            flaws.append(Flaw(row.number, _COLUMN[column], ListReason.KEPT, refuses=False))
    return changed


def _inspected(
    row: ReadRow, said: Listed, mine: Row[Any], known: _Known, flaws: list[Flaw]
) -> bool:
    """Whether its year is not known yet; an outcome that is known stays."""
    if said.inspection is None:
        return False
    earlier = known.inspected.get((mine.id, said.inspection_year or 0))
    if earlier is not None and earlier is not said.inspection:
        flaws.append(Flaw(row.number, "inspection", ListReason.KEPT, refuses=False))
    return earlier is None
