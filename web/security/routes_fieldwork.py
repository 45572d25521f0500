"""The policy table's section of fieldwork: the auditor's workspace, and the organisation's room."""

from __future__ import annotations

from charity.actor import Permission
from web.security.access import Answer, Audience, Row, act, form, holders, page

#: At the gate: who inspects, who plans, who reads books; the inspection's own rule says the rest.
_GATE = (Permission.AUDIT_INSPECT, Permission.AUDIT_PLAN, Permission.BOOK_READ)


def _workspace(**but: Answer) -> Audience:
    """Of those the gate admits, the money's people are of no team: for them there is nothing."""
    absent = {"approver": Answer.ABSENT, "treasurer": Answer.ABSENT}
    return holders(*_GATE, **(absent | but))


_READ = _workspace()
#: Only the team works.
_WORK = _workspace(auditor=Answer.REFUSED, regulator=Answer.REFUSED)
_OFFICE = _workspace(auditor=Answer.REFUSED, inspector=Answer.REFUSED)
#: The notice is delivered by either.
_DELIVER = _workspace(auditor=Answer.REFUSED)
#: Orders are the office's, checks the team's: the verb says which.
_EITHER = _workspace(auditor=Answer.REFUSED)
_ROOM = holders(Permission.AUDIT_ANSWER, other_staff=Answer.ABSENT)
_MINE = holders(*_GATE)
_I = "inspection"
_S, _F = "audit_sample", "audit_finding"

FIELDWORK: tuple[tuple[Row, ...], ...] = (
    page("fieldwork.index", _MINE),
    act("fieldwork.keep_filter", _MINE),
    act(
        "fieldwork.drop_filter",
        _workspace(auditor=Answer.ABSENT, regulator=Answer.ABSENT),
        filter_id="saved_filter",
    ),
    page("fieldwork.detail", _READ, inspection_id=_I),
    page("fieldwork.notice", _READ, inspection_id=_I),
    act("fieldwork.deliver", _DELIVER, inspection_id=_I),
    act("fieldwork.step", _WORK, inspection_id=_I, step="start"),
    act("fieldwork.replace", _OFFICE, inspection_id=_I, member_id="inspection_member"),
    page("fieldwork.checklist", _READ, inspection_id=_I),
    act("fieldwork.answer_item", _WORK, inspection_id=_I, item="AUD-05"),
    page("fieldwork.papers", _READ, inspection_id=_I),
    act("fieldwork.papers", _WORK, inspection_id=_I),
    page("fieldwork.paper", _READ, inspection_id=_I, paper_id="work_paper"),
    act("fieldwork.note", _WORK, inspection_id=_I),
    page("fieldwork.samples", _READ, inspection_id=_I),
    form("fieldwork.draw", _WORK, inspection_id=_I),
    page("fieldwork.sample", _READ, inspection_id=_I, sample_id=_S),
    act("fieldwork.evaluate", _WORK, inspection_id=_I, sample_id=_S),
    page("fieldwork.item", _READ, inspection_id=_I, sample_id=_S, number="1"),
    act("fieldwork.item", _WORK, inspection_id=_I, sample_id=_S, number="1"),
    page(
        "fieldwork.voucher_file",
        _READ,
        inspection_id=_I,
        sample_id=_S,
        number="1",
        voucher_id="sampled_voucher",
    ),
    page("fieldwork.flags", _READ, inspection_id=_I),
    act("fieldwork.raise_flags", _WORK, inspection_id=_I),
    act("fieldwork.flag", _WORK, inspection_id=_I, flag_id="red_flag", act="explain"),
    page("fieldwork.findings", _READ, inspection_id=_I),
    form("fieldwork.new_finding", _WORK, inspection_id=_I),
    page("fieldwork.finding", _READ, inspection_id=_I, finding_id=_F),
    form("fieldwork.change_finding", _WORK, inspection_id=_I, finding_id=_F),
    act("fieldwork.act_on_finding", _EITHER, inspection_id=_I, finding_id=_F, act="drop"),
    page("fieldwork.evidence", _READ, inspection_id=_I, paper_id="finding_paper"),
    page("fieldwork.archive", _READ, inspection_id=_I),
    page("fieldwork.report", _READ, inspection_id=_I),
    page("fieldwork.rooms", holders(Permission.AUDIT_ANSWER)),
    page("fieldwork.room", _ROOM, inspection_id=_I),
    page("fieldwork.room_notice", _ROOM, inspection_id=_I),
    act("fieldwork.hand_in", _ROOM, inspection_id=_I),
    act("fieldwork.respond", _ROOM, inspection_id=_I),
    act("fieldwork.answer", _ROOM, inspection_id=_I, finding_id="told_finding", act="answer"),
    page("fieldwork.room_evidence", _ROOM, inspection_id=_I, paper_id="told_paper"),
)
