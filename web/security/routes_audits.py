"""The policy table's section of audits before everybody, and of the office that plans them."""

from __future__ import annotations

from charity.actor import Permission
from web.security.access import PUBLIC, Answer, Audience, Who, act, form, holders, only, page

_OFFICE = holders(Permission.AUDIT_PLAN)
_OFFICE_ONLY = only(Who.REGULATOR, otherwise=Answer.ABSENT)
#: The result of the sample is that of the staff's organisation, whose room others do not see.
_AUDITED = Audience(
    signed_in=True,
    permissions=frozenset({Permission.AUDIT_ANSWER}),
    but={Who.OTHER_STAFF: Answer.ABSENT},
)

AUDITS = (
    page("audits.index", PUBLIC),
    page("audits.plan", PUBLIC, plan_id="audit_plan"),
    page("audits.plan", _OFFICE_ONLY, plan_id="draft_audit_plan"),
    page("audits.frame", PUBLIC, plan_id="audit_plan"),
    page("audits.frame", _OFFICE_ONLY, plan_id="draft_audit_plan"),
    page("audits.draw", PUBLIC, plan_id="audit_plan"),
    page("audits.draw", _OFFICE_ONLY, plan_id="drawn_audit_plan"),
    page("audits.draw_file", PUBLIC, plan_id="audit_plan"),
    page("audits.draw_file", _OFFICE_ONLY, plan_id="drawn_audit_plan"),
    page("audits.results", PUBLIC, plan_id="audit_plan"),
    page("audits.result", PUBLIC, result_id="audit_result"),
    page("audits.organisation", PUBLIC, organisation_id="organisation"),
    page("audits.closure", PUBLIC),
    page("audits.register", PUBLIC),
    page("audits.dormant", _OFFICE),
    form("audits.new", _OFFICE),
    form("audits.edit", _OFFICE, plan_id="draft_audit_plan"),
    page("audits.manage", _OFFICE, plan_id="audit_plan"),
    page("audits.manage", _OFFICE, plan_id="draft_audit_plan"),
    page("audits.manage", _OFFICE, plan_id="drawn_audit_plan"),
    act("audits.add_firm", _OFFICE, plan_id="draft_audit_plan"),
    page("audits.firm_paper", _OFFICE, plan_id="audit_plan", firm_id="audit_firm"),
    act("audits.add_inspector", _OFFICE, plan_id="draft_audit_plan"),
    act(
        "audits.remove_inspector",
        _OFFICE,
        plan_id="draft_audit_plan",
        inspector_id="plan_inspector",
    ),
    act("audits.recuse", _OFFICE, plan_id="audit_plan"),
    act("audits.freeze", _OFFICE, plan_id="draft_audit_plan"),
    form("audits.announce", _OFFICE, plan_id="framed_audit_plan"),
    form("audits.seal", _OFFICE, plan_id="framed_audit_plan"),
    form("audits.open_draw", _OFFICE, plan_id="announced_audit_plan"),
    act("audits.publish_list", _OFFICE, plan_id="drawn_audit_plan"),
    act("audits.publish_result", _OFFICE, inspection_id="finished_inspection"),
    act("audits.close_inspection", _OFFICE, inspection_id="finished_inspection"),
    form("audits.correct", _OFFICE, result_id="audit_result"),
    act("audits.appeal", _AUDITED, result_id="audit_result"),
    act("audits.answer_appeal", _OFFICE, appeal_id="audit_appeal"),
    form("audits.extend", _OFFICE, finding_id="ordered_finding"),
    act("audits.refuse_extension", _OFFICE, finding_id="ordered_finding"),
    act("audits.close", _OFFICE, plan_id="audit_plan"),
)
