"""The words of what a thing needs besides agreement: minutes, notices, reviews, evidence."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

REQUIREMENT_LABELS: dict[str, object] = {
    "RequirementKind.VILLAGE_DECISION": _l("村里的决议"),
    "RequirementKind.PUBLIC_NOTICE": _l("公示"),
    "RequirementKind.COUNTY_APPROVAL": _l("区县慈善会同意"),
    "RequirementKind.CONFLICT_REVIEW": _l("利害关系审查"),
    "RequirementKind.ACCOUNT_HOLD": _l("新账户的等待期"),
    "RequirementKind.JUDGED_BY_HAND": _l("人工判断"),
    "RequirementKind.ACCEPTED_WORK": _l("先验收"),
    "RequirementKind.EVIDENCE": _l("付款后的凭据"),
    "RequirementKind.ADVANCE_SETTLED": _l("预付款报账"),
    "RequirementState.OPEN": _l("还没有"),
    "RequirementState.MET": _l("已办好"),
    "RequirementState.REFUSED": _l("没有通过"),
    "RequirementState.DROPPED": _l("不再需要"),
}

REQUIREMENT_SENTENCES: dict[str, object] = {
    "approvals.requirement_open": _l("还差一步：%(kind)s。"),
}
