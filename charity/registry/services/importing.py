"""Registrars' lists of organisations: judged first, applied in portions, the same file once.

What a registrar says is verified in the name of whoever brings the list, and says so. It fills in
what is not known, and corrects what is known only from lists; what a person here has seen papers
for is never written over: where a list says otherwise, that is told and a person decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Denied
from charity.outbox import Outbox
from charity.registry import policy, queries
from charity.registry.models import (
    AnnualInspection,
    Organisation,
    OrganisationState,
    RegistryImport,
    Verification,
    VerifiedThing,
)
from charity.registry.queries.listed import Judged, Outcome
from charity.registry.reading import ReadRow
from charity.registry.reading.reasons import ListReason
from charity.rows import insert_many, insert_or, locked

#: Rows that are judged and written in one unit.
PORTION = 2000


def begin_import(
    session: Session,
    actor: Actor,
    *,
    file_hash: bytes,
    file_name: str,
    rows: int,
    gaps: Mapping[str, Sequence[int]],
) -> RegistryImport:
    """Enter a file that is going to be applied; the same file again is the import that is there.

    `gaps` are its stated numbers beside their sums, kept as they are. The actor is a person, who
    vouches for the list. Raises `Denied`.
    """
    require(policy.may_keep_register(actor))
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    query = select(RegistryImport).where(RegistryImport.file_hash == file_hash)
    earlier = session.scalar(query)
    if earlier is not None:
        return earlier
    made = RegistryImport(
        file_hash=file_hash,
        file_name=texts.line(file_name, field="file", limit=200, required=False),
        rows=rows,
        gaps={what: list(pair) for what, pair in gaps.items()},
        applied_by_user_id=actor.user_id,
        begun_at=clock.now(),
    )
    insert_or(session, made, Conflict(ListReason.OTHER_IMPORT, field="file"))
    return made


def apply_rows(
    session: Session,
    actor: Actor,
    *,
    import_id: int,
    start: int,
    rows: Sequence[ReadRow],
) -> list[Judged]:
    """Apply the rows from place `start` of the list on; what is refused is counted and left.

    Hosts come in earlier portions than the groups they carry (`RegisterList.portions`).
    Raises `Conflict` (OTHER_IMPORT) where another process has done these rows meanwhile.
    """
    query = select(RegistryImport).where(RegistryImport.id == import_id)
    entered = locked(session, query)
    require(policy.may_keep_register(actor))
    if entered.done != start:
        raise Conflict(ListReason.OTHER_IMPORT, field="file")
    now = clock.now()
    judged = queries.judge_rows(session, rows)
    _create(session, entered, judged, now)
    _change(session, judged)
    _vouch(session, entered, judged, now)
    tally = Counter(each.outcome for each in judged)
    for outcome in Outcome:
        setattr(entered, outcome.value, getattr(entered, outcome.value) + tally[outcome])
    if entered.done == entered.rows:
        entered.applied_at = now
    session.flush()
    return judged


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def _create(session: Session, entered: RegistryImport, judged: list[Judged], now: datetime) -> None:
    """Write the new ones, verified in the name of whoever brought the list; learn their ids."""
    new = [each for each in judged if each.outcome is Outcome.CREATED]
    insert_many(
        session,
        Organisation,
        [
            {
                **(each.values or {}),
                "state": OrganisationState.VERIFIED,
                "registered_at": now,
                "verified_at": now,
                "verified_by_user_id": entered.applied_by_user_id,
            }
            for each in new
        ],
    )
    names = {each.row.said.name for each in new if each.row.said is not None}
    query = select(Organisation.name, Organisation.id).where(Organisation.name.in_(names))
    ids = dict(session.execute(query).all())
    for place, each in enumerate(judged):
        if each.outcome is Outcome.CREATED and each.row.said is not None:
            judged[place] = Judged(
                each.row, each.outcome, each.flaws, ids[each.row.said.name], each.values,
                each.inspected, each.vouched,
            )  # fmt: skip
    _tell(session, sorted(ids.values()), now)


def _change(session: Session, judged: Sequence[Judged]) -> None:
    rows = [
        {"id": each.organisation_id, **(each.values or {})}
        for each in judged
        if each.outcome is Outcome.CHANGED
    ]
    if rows:
        session.execute(update(Organisation), rows)


def _vouch(
    session: Session, entered: RegistryImport, judged: Sequence[Judged], now: datetime
) -> None:
    """Say in whose name the list vouches for which rows, and what registrars found (ORG-12)."""
    insert_many(
        session,
        Verification,
        [
            {
                "organisation_id": each.organisation_id,
                "thing": VerifiedThing.REGISTRATION,
                "note": f"{entered.file_name} #{each.row.number}",
                "file_hash": entered.file_hash,
                "verified_by_user_id": entered.applied_by_user_id,
                "verified_at": now,
            }
            for each in judged
            if each.vouched
        ],
    )
    today = clock.today()
    insert_many(
        session,
        AnnualInspection,
        [
            {
                "organisation_id": each.organisation_id,
                "year": each.row.said.inspection_year,
                "result": each.row.said.inspection,
                "decided_on": each.row.said.inspected_on or today,
                "recorded_by_user_id": entered.applied_by_user_id,
            }
            for each in judged
            if each.inspected and each.row.said is not None
        ],
    )


def _tell(session: Session, ids: Sequence[int], now: datetime) -> None:
    """Let the search index hear of each that is new."""
    insert_many(
        session,
        Outbox,
        [
            {
                "event": "organisation.listed",
                "subject": f"organisation:{each}",
                "data": {},
                "created_at": now,
            }
            for each in ids
        ],
    )
