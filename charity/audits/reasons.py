"""Why audits refuse; the sentences stand in `web/labels/audits.py`."""

from __future__ import annotations

from charity.errors import ReasonCode


class AuditsReason(ReasonCode):
    """Plans, draws, inspections, findings and results."""

    # ── plans and frames ──
    #: (floor: int percent) a regular check draws at least so much of its frame (INS-01).
    BELOW_FLOOR = "audits.below_floor"
    COVERAGE_RANGE = "audits.coverage_range"
    #: (least: int) so many inspect together (INS-06).
    TEAM_TOO_SMALL = "audits.team_too_small"
    DAYS_RANGE = "audits.days_range"
    WRONG_PLACE = "audits.wrong_place"
    UNKNOWN_FILTER = "audits.unknown_filter"
    FRAME_FROZEN = "audits.frame_frozen"
    FRAME_EMPTY = "audits.frame_empty"
    #: (name: str) nobody is checked at their own cost (INS-08).
    PAYER_IN_FRAME = "audits.payer_in_frame"
    #: (name: str) too few inspectors may inspect this organisation.
    TOO_FEW_INSPECTORS = "audits.too_few_inspectors"
    NOT_AN_INSPECTOR = "audits.not_an_inspector"
    INSPECTOR_LISTED = "audits.inspector_listed"
    FIRM_LISTED = "audits.firm_listed"
    #: (name: str) INS-07: a firm without its engagement letter.
    FIRM_PAPER_MISSING = "audits.firm_paper_missing"
    #: (name: str) INS-07: one person alone is no commissioned firm.
    FIRM_STAFF = "audits.firm_staff"
    RECUSAL_THERE = "audits.recusal_there"
    NOT_IN_FRAME = "audits.not_in_frame"
    # ── the draw ──
    COMMITMENT_FORM = "audits.commitment_form"
    #: The first draw of a plan has a secret; after a void one the number decides alone.
    SEALED_NEEDED = "audits.sealed_needed"
    NUMBER_ALONE = "audits.number_alone"
    NUMBER_TOO_EARLY = "audits.number_too_early"
    SEALED_DUE_FIRST = "audits.sealed_due_first"
    DRAW_RUNNING = "audits.draw_running"
    #: (day: date) the number does not exist yet.
    NUMBER_NOT_YET = "audits.number_not_yet"
    NUMBER_FORM = "audits.number_form"
    SEALED_FORM = "audits.sealed_form"
    SEALED_WRONG = "audits.sealed_wrong"
    SEALED_LATE = "audits.sealed_late"
    # ── inspections ──
    #: (name: str) INS-06: somebody on the team is related to the organisation.
    RELATED_INSPECTOR = "audits.related_inspector"
    #: INS-05: the notice was not delivered.
    NOTICE_MISSING = "audits.notice_missing"
    DAY_IN_FUTURE = "audits.day_in_future"
    TEAM_INCOMPLETE = "audits.team_incomplete"
    LIST_NOT_PUBLISHED = "audits.list_not_published"
    UNKNOWN_ITEM = "audits.unknown_item"
    NOTE_NEEDED = "audits.note_needed"
    #: (left: int) items of the checklist nobody answered.
    CHECKLIST_LEFT = "audits.checklist_left"
    #: (item: str) an issue without a finding.
    ISSUE_WITHOUT_FINDING = "audits.issue_without_finding"
    #: (item: str) an issue or a finding without any paper.
    EVIDENCE_MISSING = "audits.evidence_missing"
    #: (day: date) the organisation may still answer.
    MAY_STILL_ANSWER = "audits.may_still_answer"
    # ── findings ──
    UNKNOWN_RULE = "audits.unknown_rule"
    #: (day: date) an order gives some time.
    DUE_TOO_EARLY = "audits.due_too_early"
    #: Who found it does not also see that it is right.
    FOUND_IT_THEMSELVES = "audits.found_it_themselves"
    #: (left: int) findings that are neither closed nor referred.
    FINDINGS_OPEN = "audits.findings_open"
    # ── results ──
    NOT_FINISHED = "audits.not_finished"
    ALREADY_PUBLISHED = "audits.already_published"
    NOT_PUBLISHED = "audits.not_published"
    SAYS_THE_SAME = "audits.says_the_same"
    APPEAL_OPEN = "audits.appeal_open"
    OWN_TEAM = "audits.own_team"
    #: (left: int) inspections of the plan that are not closed.
    INSPECTIONS_OPEN = "audits.inspections_open"
    FILTER_NAME_TAKEN = "audits.filter_name_taken"
