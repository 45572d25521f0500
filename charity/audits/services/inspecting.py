"""From the delivered notice to the final opinion: the way of one inspection (HANDBOOK 3.1)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts, workdays
from charity.actor import Actor, Verdict, require
from charity.audits import checklist, policy
from charity.audits.models import (
    AuditFinding,
    ChecklistAnswer,
    ChecklistVerdict,
    FindingPaper,
    FindingState,
    Inspection,
    InspectionProcedure,
    InspectionState,
    TeamNote,
    WorkPaper,
)
from charity.audits.reasons import AuditsReason
from charity.audits.services.teams import admit_team, lock_inspection, require_unrelated
from charity.errors import CommonReason, Invalid, InvalidState
from charity.evidence import Evidence
from charity.files import FileStore
from charity.rows import present
from charity.rules import parameter

LENGTHS = {"title": 120, "note": 2000, "body": 5000}
#: The rules that bind the beginning: a notice first, two of a team, nobody related.
NOTICE_FIRST, TWO_TOGETHER = "INS-05", "INS-06"


def deliver_notice(
    session: Session,
    actor: Actor,
    *,
    inspection_id: int,
    delivered_on: date,
    text: str = "",
    procedure: InspectionProcedure | None = None,
    receipt: Evidence | None = None,
    files: FileStore | None = None,
) -> Inspection:
    """检查通知书 has reached the organisation on a day in China: what is checked, and how (INS-05).

    From now on its room is open to it, and the team reads its book. Raises `Denied`, `Invalid` for
    a day that lies ahead, `InvalidState` before the list is published or for somebody related.
    """
    inspection = lock_inspection(session, inspection_id)
    require(_team_or_office(actor, inspection))
    if not inspection.plan.is_public:
        raise InvalidState(AuditsReason.LIST_NOT_PUBLISHED)
    if delivered_on > clock.today():
        raise Invalid(AuditsReason.DAY_IN_FUTURE, field="delivered_on")
    require_unrelated(session, inspection)
    inspection.notice_number = f"{inspection.plan_id:04}-{inspection.rank:03}"
    inspection.notice_delivered_on = delivered_on
    inspection.notice_text = texts.prose(text, field="text")
    if procedure is not None:
        inspection.procedure = procedure
    if receipt is not None and files is not None:
        inspection.receipt_hash = files.put(receipt.content)
        inspection.receipt_media_type = receipt.media_type
    inspection.move_to(InspectionState.NOTIFIED)
    session.flush()
    admit_team(session, inspection)
    outbox.write(session, "inspection.notified", inspection.subject)
    return inspection


def start_fieldwork(session: Session, actor: Actor, *, inspection_id: int) -> Inspection:
    """Begin, or go on after a draft or an obstruction: two together, with papers (CHA-170).

    Raises `Denied`, `InvalidState`: no delivered notice (INS-05), fewer than two of a team or
    somebody related to the organisation (INS-06).
    """
    inspection = _for_team(session, actor, inspection_id)
    if inspection.notice_delivered_on is None:
        raise InvalidState(AuditsReason.NOTICE_MISSING, rule=NOTICE_FIRST)
    if len(inspection.team) < parameter(TWO_TOGETHER, clock.today()).number:
        raise InvalidState(AuditsReason.TEAM_INCOMPLETE, rule=TWO_TOGETHER)
    require_unrelated(session, inspection)
    inspection.move_to(InspectionState.FIELDWORK)
    inspection.fieldwork_from = inspection.fieldwork_from or clock.today()
    return _moved(session, inspection, "started")


def answer_item(
    session: Session,
    actor: Actor,
    *,
    inspection_id: int,
    item: str,
    verdict: ChecklistVerdict,
    note: str = "",
) -> ChecklistAnswer:
    """Say what was seen of one item of the checklist; again, the newer answer holds.

    Raises `Denied`, `Invalid` on `item`, or on `note` where an issue is not described,
    `InvalidState` outside the fieldwork.
    """
    inspection = _for_team(session, actor, inspection_id)
    _require_state(inspection, InspectionState.FIELDWORK)
    require_item(inspection, item)
    said = texts.prose(note, field="note", limit=LENGTHS["note"])
    if verdict is ChecklistVerdict.ISSUE and not said:
        raise Invalid(AuditsReason.NOTE_NEEDED, field="note")
    found = session.scalar(
        select(ChecklistAnswer).where(
            ChecklistAnswer.inspection_id == inspection.id, ChecklistAnswer.item == item
        )
    )
    answer = found or ChecklistAnswer(inspection_id=inspection.id, item=item)
    answer.verdict, answer.note = verdict, said
    answer.answered_by_user_id, answer.answered_at = present(actor.user_id), clock.now()
    session.add(answer)
    session.flush()
    session.expire(inspection, ["answers"])
    return answer


def file_paper(
    session: Session,
    actor: Actor,
    *,
    inspection_id: int,
    title: str,
    item: str = "",
    body: str = "",
    about: str = "",
    evidence: Evidence | None = None,
    files: FileStore | None = None,
    file_name: str = "",
) -> WorkPaper:
    """File a work paper (工作底稿), with its file where there is one; it is never changed.

    Raises `Denied`, `Invalid` on `title`, `item` or `body`, `InvalidState` before the notice.
    """
    inspection = _for_team(session, actor, inspection_id)
    if inspection.state is InspectionState.DRAWN:
        raise InvalidState(AuditsReason.NOTICE_MISSING, rule=NOTICE_FIRST)
    if item:
        require_item(inspection, item)
    number = session.scalar(
        select(func.max(WorkPaper.number)).where(WorkPaper.inspection_id == inspection.id)
    )
    paper = WorkPaper(
        inspection_id=inspection.id,
        number=(number or 0) + 1,
        item=item,
        title=texts.line(title, field="title", limit=LENGTHS["title"]),
        body=texts.prose(body, field="body", limit=LENGTHS["body"], required=evidence is None),
        about=texts.line(about, field="about", limit=80, required=False),
        file_hash=files.put(evidence.content) if evidence and files else None,
        file_name=texts.line(file_name, field="file_name", required=False),
        media_type=evidence.media_type if evidence and files else "",
        filed_by_user_id=present(actor.user_id),
        filed_at=clock.now(),
    )
    session.add(paper)
    session.flush()
    return paper


def write_note(
    session: Session, actor: Actor, *, inspection_id: int, body: str, about: str = ""
) -> TeamNote:
    """Keep a note among the team; nobody else ever reads it."""
    inspection = _for_team(session, actor, inspection_id)
    note = TeamNote(
        inspection_id=inspection.id,
        body=texts.prose(body, field="body", limit=LENGTHS["body"], required=True),
        about=texts.line(about, field="about", limit=80, required=False),
        written_by_user_id=present(actor.user_id),
        written_at=clock.now(),
    )
    session.add(note)
    session.flush()
    return note


def draft_findings(session: Session, actor: Actor, *, inspection_id: int) -> Inspection:
    """The fieldwork is done: every item is answered, every issue is a finding with its evidence.

    Raises `Denied`, `InvalidState` with CHECKLIST_LEFT, ISSUE_WITHOUT_FINDING, EVIDENCE_MISSING.
    """
    inspection = _for_team(session, actor, inspection_id)
    answers = {answer.item: answer for answer in inspection.answers}
    wanted = [each.item for each in checklist.items(inspection.plan.checklist_version)]
    left = sum(item not in answers for item in wanted)
    if left:
        raise InvalidState(AuditsReason.CHECKLIST_LEFT, left=left)
    found, shown = _found(session, inspection.id)
    for item in wanted:
        if answers[item].verdict is not ChecklistVerdict.ISSUE:
            continue
        if item not in found:
            raise InvalidState(AuditsReason.ISSUE_WITHOUT_FINDING, item=item)
        if item not in shown:
            raise InvalidState(AuditsReason.EVIDENCE_MISSING, item=item)
    inspection.move_to(InspectionState.DRAFT_FINDINGS)
    return _moved(session, inspection, "drafted")


def tell_organisation(session: Session, actor: Actor, *, inspection_id: int) -> Inspection:
    """Put the draft findings before the organisation; it has so many working days (INS-09)."""
    inspection = _for_team(session, actor, inspection_id)
    inspection.move_to(InspectionState.ORG_RESPONSE)
    for finding in _findings(session, inspection.id):
        if finding.state is FindingState.DRAFT:
            finding.move_to(FindingState.TOLD)
    inspection.told_at = clock.now()
    inspection.response_due_on = workdays.add_workdays(clock.today(), inspection.plan.response_days)
    inspection.response, inspection.responded_at = "", None
    return _moved(session, inspection, "told")


def respond(session: Session, actor: Actor, *, inspection_id: int, response: str) -> Inspection:
    """The organisation answers the draft findings, once.

    Raises `NotFound` for everybody but who answers for it, `InvalidState` when it is not asked.
    """
    inspection = lock_inspection(session, inspection_id)
    require(policy.may_enter_room(actor, inspection))
    _require_state(inspection, InspectionState.ORG_RESPONSE)
    if inspection.responded_at is not None:
        raise InvalidState(CommonReason.WRONG_STATE)
    inspection.response = texts.prose(
        response, field="response", limit=LENGTHS["body"], required=True
    )
    inspection.responded_at, inspection.responded_by_user_id = clock.now(), actor.user_id
    return _moved(session, inspection, "responded")


def finish(session: Session, actor: Actor, *, inspection_id: int, conclusion: str) -> Inspection:
    """The team concludes, once the organisation has answered or its days are over.

    Without any finding there is nothing to put right: it is verified at once. Raises `Denied`,
    `InvalidState` (MAY_STILL_ANSWER), `Invalid` without a `conclusion`.
    """
    inspection = _for_team(session, actor, inspection_id)
    _require_state(inspection, InspectionState.ORG_RESPONSE)
    due = inspection.response_due_on
    if inspection.responded_at is None and due is not None and clock.today() <= due:
        raise InvalidState(AuditsReason.MAY_STILL_ANSWER, day=due)
    inspection.conclusion = texts.prose(
        conclusion, field="conclusion", limit=LENGTHS["body"], required=True
    )
    inspection.finished_at = clock.now()
    inspection.move_to(InspectionState.FINAL)
    standing = [
        each.state is not FindingState.DROPPED for each in _findings(session, inspection_id)
    ]
    if not any(standing):
        inspection.move_to(InspectionState.VERIFIED)
    return _moved(session, inspection, "finished")


def obstruct(session: Session, actor: Actor, *, inspection_id: int, note: str) -> Inspection:
    """The organisation does not let itself be checked; what happened is written down (INS-09)."""
    inspection = _for_team(session, actor, inspection_id)
    inspection.state_note = texts.prose(note, field="note", limit=LENGTHS["note"], required=True)
    inspection.move_to(InspectionState.OBSTRUCTED)
    return _moved(session, inspection, "obstructed")


def refer(session: Session, actor: Actor, *, inspection_id: int, note: str) -> Inspection:
    """Hand the whole inspection over to another department; `note` says to which, and why."""
    inspection = lock_inspection(session, inspection_id)
    require(_team_or_office(actor, inspection))
    inspection.state_note = texts.prose(note, field="note", limit=LENGTHS["note"], required=True)
    inspection.finished_at = inspection.finished_at or clock.now()
    inspection.move_to(InspectionState.REFERRED)
    return _moved(session, inspection, "referred")


def require_item(inspection: Inspection, item: str) -> None:
    """Raise `Invalid` on `item` for what the plan's checklist does not have."""
    if item not in {each.item for each in checklist.items(inspection.plan.checklist_version)}:
        raise Invalid(AuditsReason.UNKNOWN_ITEM, field="item")


def _for_team(session: Session, actor: Actor, inspection_id: int) -> Inspection:
    inspection = lock_inspection(session, inspection_id)
    require(policy.may_inspect(actor, inspection))
    return inspection


def _team_or_office(actor: Actor, inspection: Inspection) -> Verdict:
    return policy.may_order(actor, inspection) or policy.may_inspect(actor, inspection)


def _require_state(inspection: Inspection, state: InspectionState) -> None:
    if inspection.state is not state:
        raise InvalidState(CommonReason.WRONG_STATE, state=inspection.state, wanted=state)


def _moved(session: Session, inspection: Inspection, event: str) -> Inspection:
    session.flush()
    outbox.write(session, f"inspection.{event}", inspection.subject)
    return inspection


def _findings(session: Session, inspection_id: int) -> list[AuditFinding]:
    query = select(AuditFinding).where(AuditFinding.inspection_id == inspection_id)
    return list(session.scalars(query.order_by(AuditFinding.number)))


def _found(session: Session, inspection_id: int) -> tuple[set[str], set[str]]:
    """The items with a finding, and those with a paper of the item or of one of its findings."""
    findings = [
        each for each in _findings(session, inspection_id) if each.state is not FindingState.DROPPED
    ]
    papers = set(
        session.scalars(select(WorkPaper.item).where(WorkPaper.inspection_id == inspection_id))
    )
    ids = {each.id: each.item for each in findings}
    proven = session.scalars(
        select(FindingPaper.finding_id).where(FindingPaper.finding_id.in_(ids))
    )
    return set(ids.values()), papers | {ids[each] for each in proven}
