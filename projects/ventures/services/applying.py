"""Apply: a draft that is saved as often as one likes, papers, a signed commitment, a number.

告知承诺 (FEATURES 53): the applicant signs words that say what follows from a false statement; the
very words, their version and digest stay with the application.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.evidence import Evidence, reencode
from charity.files import FileStore
from charity.money import MAXIMUM_FEN, Money
from charity.registry import queries as registry
from charity.registry.findings import blocking
from charity.rows import insert_or, locked, present
from projects.ventures import policy, queries
from projects.ventures.eligibility import cap_findings
from projects.ventures.models import (
    Application,
    ApplicationFile,
    ApplicationLine,
    ApplicationLineKind,
    ApplicationState,
    Competition,
    CompetitionState,
)
from projects.ventures.reasons import VentureReason
from projects.ventures.services.locking import lock_application, person_of

TITLE, SUMMARY, PLAN, COMMITMENT = 80, 1000, 20_000, 5000
MAX_LINES, MAX_FILES = 40, 20
_OPEN = frozenset({ApplicationState.DRAFT})
#: Before the ranking is out an applicant may stand back.
_LEAVES = frozenset(
    {
        ApplicationState.DRAFT,
        ApplicationState.SUBMITTED,
        ApplicationState.ELIGIBLE,
        ApplicationState.SHORTLISTED,
    }
)


@dataclass(frozen=True, slots=True)
class LineAsked:
    """One line of a budget: what it costs, and how much of it is asked of the pool."""

    name: str
    kind: ApplicationLineKind
    amount: Money
    asked: Money


def begin_application(
    session: Session,
    actor: Actor,
    *,
    client_id: str,
    competition_id: int,
    organisation_id: int,
) -> Application:
    """Begin an application of an organisation while the call runs; the same form again: the same.

    Raises `Denied` (the organiser applies not, VEN-01), `InvalidState` outside the call.
    """
    earlier = queries.application_by_client_id(session, client_id)
    if earlier is not None:
        require(policy.may_edit_application(actor, earlier))
        return earlier
    competition = present(session.get(Competition, competition_id))
    organisation = registry.organisation(session, organisation_id)
    require(policy.may_apply(actor, competition, organisation))
    _require_call(competition)
    user_id, _ = person_of(actor)
    found = Application(
        client_id=client_id,
        competition_id=competition.id,
        organisation_id=organisation.id,
        region_code=organisation.region_code,
        created_by_user_id=user_id,
        created_at=clock.now(),
        state=ApplicationState.DRAFT,
        findings=[],
    )
    insert_or(session, found, Conflict(CommonReason.WRONG_STATE, field="client_id"))
    return found


def save_draft(
    session: Session,
    actor: Actor,
    *,
    application_id: int,
    title: str,
    summary: str,
    plan: str,
    region_code: str,
    lines: Sequence[LineAsked],
    track_id: int | None = None,
    need_id: int | None = None,
) -> Application:
    """Save what is written so far; what is missing is asked when it is handed in.

    Raises `Invalid` beside the field, `InvalidState` once it is handed in or the call is over.
    """
    found = _draft(session, actor, application_id)
    competition = found.competition
    if track_id is not None and track_id not in {track.id for track in competition.tracks}:
        raise Invalid(VentureReason.OTHER_TRACK, field="track_id")
    if need_id is not None and need_id not in {each.need_id for each in competition.needs}:
        raise Invalid(VentureReason.OTHER_NEED, field="need_id")
    place = registry.region(session, region_code)
    if not place.code.startswith(competition.region_code):
        raise Invalid(VentureReason.PLACE_OUTSIDE, field="region_code")
    found.title = texts.line(title, field="title", limit=TITLE, required=False)
    found.summary = texts.prose(summary, field="summary", limit=SUMMARY)
    found.plan = texts.prose(plan, field="plan", limit=PLAN)
    found.region_code, found.track_id, found.need_id = place.code, track_id, need_id
    write_lines(session, found, lines)
    return found


def write_lines(session: Session, found: Application, lines: Sequence[LineAsked]) -> None:
    """Write the budget anew with its sums; raises `Invalid` on `lines`."""
    if len(lines) > MAX_LINES:
        raise Invalid(VentureReason.LINES_TOO_MANY, field="lines", most=MAX_LINES)
    found.lines.clear()
    session.flush()
    for number, line in enumerate(lines, 1):
        if not 0 < line.amount.fen <= MAXIMUM_FEN or not 0 <= line.asked.fen <= line.amount.fen:
            raise Invalid(CommonReason.NOT_POSITIVE, field="lines", row=number)
        found.lines.append(
            ApplicationLine(
                number=number,
                name=texts.line(line.name, field="lines", limit=80),
                kind=line.kind,
                amount=line.amount,
                asked=line.asked,
                self_raised=line.amount - line.asked,
            )
        )
    found.total = Money.total(line.amount for line in lines)
    found.asked = Money.total(line.asked for line in lines)
    session.flush()


def attach_file(
    session: Session,
    actor: Actor,
    *,
    application_id: int,
    name: str,
    content: bytes | Evidence,
    files: FileStore,
) -> ApplicationFile:
    """Put a paper to a draft; it is drawn anew before it is kept, the same paper is kept once.

    Raises `Invalid` on `files`, `InvalidState` once it is handed in.
    """
    found = _draft(session, actor, application_id)
    user_id, _ = person_of(actor)
    paper = content if isinstance(content, Evidence) else reencode(content, field="files")
    digest = files.put(paper.content)
    for kept in found.files:
        if kept.file_hash == digest:
            return kept
    if len(found.files) >= MAX_FILES:
        raise Invalid(VentureReason.FILES_TOO_MANY, field="files", most=MAX_FILES)
    row = ApplicationFile(
        name=texts.line(name, field="files", limit=120),
        file_hash=digest,
        media_type=paper.media_type,
        added_by_user_id=user_id,
        added_at=clock.now(),
    )
    found.files.append(row)
    session.flush()
    return row


def remove_file(session: Session, actor: Actor, *, application_id: int, file_id: int) -> None:
    """Take a paper away from a draft; raises `InvalidState` once it is handed in."""
    found = _draft(session, actor, application_id)
    row = next((each for each in found.files if each.id == file_id), None)
    found.files.remove(present(row))
    session.flush()


def sign_and_submit(
    session: Session,
    actor: Actor,
    *,
    application_id: int,
    commitment_version: str,
    commitment_text: str,
) -> Application:
    """Sign the commitment and hand the application in; it gets its number and stands still.

    Raises `Invalid` beside what is missing, beyond the caps on `lines` (VEN-02, `most`), without
    the words on `commitment`; `InvalidState` outside the call.
    """
    found = _draft(session, actor, application_id)
    user_id, person_id = person_of(actor)
    _require_whole(found)
    for finding in blocking(cap_findings(found.total, found.asked, found.competition.terms)):
        raise Invalid(finding.reason, field="lines", **finding.params)
    words = texts.prose(commitment_text, field="commitment", limit=COMMITMENT)
    if not words:
        raise Invalid(VentureReason.COMMITMENT_MISSING, field="commitment")
    now = clock.now()
    found.commitment_version = texts.line(commitment_version, field="commitment", limit=40)
    found.commitment_text = words
    found.commitment_sha256 = hashlib.sha256(words.encode()).hexdigest()
    found.signed_by_user_id, found.signer_person_id = user_id, person_id
    found.signed_at = found.submitted_at = now
    found.number = _next_number(session, found.competition_id)
    found.move_to(ApplicationState.SUBMITTED)
    session.flush()
    outbox.write(session, "application.submitted", found.subject)
    return found


def withdraw_application(
    session: Session, actor: Actor, *, application_id: int, reason: str
) -> Application:
    """Stand back before the final ranking; sheets that were filled in stay.

    Raises `Invalid` on `reason`, `InvalidState` afterwards.
    """
    found = lock_application(session, application_id)
    require(policy.may_edit_application(actor, found))
    if found.state not in _LEAVES or queries.is_ranked(found.competition):
        raise InvalidState(CommonReason.WRONG_STATE, state=found.state)
    found.decision_note = texts.prose(reason, field="reason", limit=1000, required=True)
    found.move_to(ApplicationState.WITHDRAWN)
    session.flush()
    outbox.write(session, "application.withdrawn", found.subject)
    return found


def _draft(session: Session, actor: Actor, application_id: int) -> Application:
    """The draft, locked, for whoever may write it, while the call runs."""
    found = lock_application(session, application_id)
    require(policy.may_edit_application(actor, found))
    if found.state not in _OPEN:
        raise InvalidState(CommonReason.WRONG_STATE, state=found.state)
    _require_call(found.competition)
    return found


def _require_call(competition: Competition) -> None:
    today = clock.today()
    if competition.state is not CompetitionState.CALL or today > competition.call_until:
        raise InvalidState(VentureReason.CALL_OVER, day=competition.call_until)
    if today < competition.call_from:
        raise InvalidState(VentureReason.CALL_NOT_STARTED, day=competition.call_from)


def _require_whole(found: Application) -> None:
    for field in ("title", "summary", "plan"):
        if not getattr(found, field):
            raise Invalid(CommonReason.REQUIRED, field=field)
    if found.competition.tracks and found.track_id is None:
        raise Invalid(CommonReason.REQUIRED, field="track_id")
    if not found.lines:
        raise Invalid(VentureReason.LINES_MISSING, field="lines")
    if not found.asked:
        raise Invalid(VentureReason.NOTHING_ASKED, field="lines")


def _next_number(session: Session, competition_id: int) -> int:
    """The next number, one applicant after the other: the competition's row is locked."""
    locked(session, select(Competition).where(Competition.id == competition_id))
    return queries.last_number(session, competition_id) + 1
