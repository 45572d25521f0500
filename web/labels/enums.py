"""One label for every state, role and kind, by class and member name; the book's in `ledger.py`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from web.labels.agreement import AGREEMENT_LABELS
from web.labels.audits import AUDIT_LABELS
from web.labels.budgets import BUDGET_LABELS
from web.labels.departures import DEPARTURE_LABELS
from web.labels.disclosure import DISCLOSURE_LABELS
from web.labels.eligibility import ELIGIBILITY_LABELS
from web.labels.ending import ENDING_LABELS
from web.labels.forces import FORCES_LABELS
from web.labels.giving import GIVING_LABELS
from web.labels.judging import JUDGING_LABELS
from web.labels.ledger import LEDGER_LABELS
from web.labels.listing_imports import IMPORT_LABELS
from web.labels.listings import LISTINGS_LABELS
from web.labels.project_life import PROJECT_LIFE_LABELS
from web.labels.requirements import REQUIREMENT_LABELS
from web.labels.spending import SPENDING_LABELS
from web.labels.ventures import VENTURES_LABELS

LABELS: dict[str, object] = {
    **AUDIT_LABELS,
    **AGREEMENT_LABELS,
    **ENDING_LABELS,
    **DEPARTURE_LABELS,
    **DISCLOSURE_LABELS,
    **ELIGIBILITY_LABELS,
    **LEDGER_LABELS,
    **GIVING_LABELS,
    **JUDGING_LABELS,
    **FORCES_LABELS,
    **IMPORT_LABELS,
    **LISTINGS_LABELS,
    **PROJECT_LIFE_LABELS,
    **BUDGET_LABELS,
    **REQUIREMENT_LABELS,
    **SPENDING_LABELS,
    **VENTURES_LABELS,
    # ── who may what ──
    "Role.ADMINISTRATOR": _l("系统管理员"),
    "Role.OWNER": _l("机构负责人"),
    "Role.EDITOR": _l("机构经办人"),
    "Role.VERIFIER": _l("资质核验员"),
    "Role.REVIEWER": _l("项目评审员"),
    "Role.APPROVER": _l("支出审批人"),
    "Role.TREASURER": _l("出纳"),
    "Role.ACCEPTOR": _l("村社验收人"),
    "Role.AUDITOR": _l("审计员"),
    # ── registry ──
    "RegionLevel.PROVINCE": _l("省"),
    "RegionLevel.CITY": _l("市"),
    "RegionLevel.COUNTY": _l("区县"),
    "RegionLevel.STREET": _l("乡镇街道"),
    "RegionLevel.VILLAGE": _l("村社区"),
    "OrganisationKind.ASSOCIATION": _l("社会团体"),
    "OrganisationKind.SOCIAL_SERVICE_ORG": _l("社会服务机构"),
    "OrganisationKind.FOUNDATION": _l("基金会"),
    "OrganisationKind.COMMUNITY_GROUP": _l("社区社会组织"),
    "OrganisationKind.GRASSROOTS_COMMITTEE": _l("居委会、村委会"),
    "OrganisationKind.VILLAGE_COLLECTIVE": _l("村集体经济组织"),
    "OrganisationKind.ENTERPRISE": _l("企业"),
    "OrganisationKind.GOVERNMENT": _l("机关单位"),
    "OrganisationKind.PARTY_UNIT": _l("党组织"),
    "OrganisationState.PENDING": _l("等待核验"),
    "OrganisationState.RETURNED": _l("退回补充"),
    "OrganisationState.VERIFIED": _l("已核验"),
    "FundraisingMode.PUBLIC_ONLINE": _l("互联网公开募捐"),
    "FundraisingMode.PUBLIC_OFFLINE": _l("现场公开募捐（义卖、募捐箱、公益集市）"),
    "FundraisingMode.TARGETED": _l("定向募捐"),
    "FundraisingMode.MUTUAL_AID": _l("社区或单位内部互助互济"),
    "FundraisingMode.GRANT": _l("资助、政府购买、公益创投（不募捐）"),
    "Capacity.INITIATOR": _l("发起人"),
    "Capacity.COUNCIL": _l("理事会成员"),
    "Capacity.MEMBER": _l("会员"),
    "Capacity.RESIDENT": _l("本社区居民"),
    "Capacity.STAFF": _l("本单位职工"),
    "CampaignState.OPEN": _l("募捐中"),
    "CampaignState.ENDED": _l("已结束"),
    # ── approvals ──
    "Duty.SUBMIT": _l("提交"),
    "Duty.APPROVE": _l("审批"),
    "Duty.PAY": _l("付款"),
    "ApprovalState.OPEN": _l("等待审批"),
    "ApprovalState.GRANTED": _l("已同意"),
    "ApprovalState.REFUSED": _l("已退回"),
    "ApprovalState.VOID": _l("已作废"),
    # ── donations ──
    "GiverKind.INDIVIDUAL": _l("个人"),
    "GiverKind.ENTERPRISE": _l("企业"),
    "GiverKind.UNIT": _l("单位"),
    "DonationState.PENDING": _l("处理中"),
    "DonationState.SETTLED": _l("已到账"),
    "DonationState.CANCELLED": _l("已取消"),
    "PaymentState.CREATED": _l("准备付款"),
    "PaymentState.OPEN": _l("等待付款"),
    "PaymentState.SUCCEEDED": _l("付款成功"),
    "PaymentState.FAILED": _l("付款失败"),
    "PaymentState.EXPIRED": _l("付款超时"),
    "EventOutcome.WAITING": _l("等待处理"),
    "EventOutcome.APPLIED": _l("已处理"),
    "EventOutcome.IGNORED": _l("无须处理"),
    "EventOutcome.QUARANTINED": _l("需要人工核对"),
    # ── spending ──
    "CostKind.PROGRAMME": _l("业务活动成本"),
    "CostKind.MANAGEMENT": _l("管理费用"),
    "CostKind.FUNDRAISING": _l("筹资费用"),
    "ExpenseState.SUBMITTED": _l("等待审批"),
    "ExpenseState.RETURNED": _l("退回修改"),
    "ExpenseState.APPROVED": _l("等待付款"),
    "ExpenseState.PAID": _l("已付款"),
    "DeliveryState.CLAIMED": _l("等待验收"),
    "DeliveryState.ACCEPTED": _l("已验收"),
    "DeliveryState.RETURNED": _l("退回重做"),
    # ── listings ──
    "ProjectCategory.ELDERLY_ADAPTATION": _l("适老化改造"),
    "ProjectCategory.HAPPY_CANTEEN": _l("幸福食堂"),
    "ProjectCategory.HAPPY_HOME": _l("幸福家园"),
    "ProjectCategory.CHILDREN": _l("儿童关爱"),
    "ProjectCategory.HEALTH": _l("健康医疗"),
    "ProjectCategory.ENVIRONMENT": _l("环境整治"),
    "ProjectCategory.SHARED_SPACE": _l("公共空间"),
    "ProjectCategory.GOVERNANCE": _l("社区治理"),
    "ProjectCategory.EDUCATION": _l("教育助学"),
    "ProjectCategory.RELIEF": _l("救急纾困"),
    "ProjectState.DRAFT": _l("草稿"),
    "ProjectState.SUBMITTED": _l("等待评审"),
    "ProjectState.RETURNED": _l("退回修改"),
    "ProjectState.PUBLISHED": _l("已发布"),
}

#: What the operator is, for the foot of every page.
OPERATOR_MODES: dict[str, object] = {
    "qualified_charity": _l("具有公开募捐资格的慈善组织"),
    "listing": _l("信息展示（本站不收款）"),
}
