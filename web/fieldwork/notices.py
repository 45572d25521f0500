"""检查通知书 in words: who looks at what, when, and what is to be laid ready (INS-05)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from charity.audits.models import Inspection, InspectionProcedure
from web.fieldwork import words
from web.filters import day
from web.labels import label
from web.labels.checklist import CHECKLIST_WORDS


def context(inspection: Inspection, back: tuple[str, str]) -> dict[str, Any]:
    """The notice of an inspection; `back` is the page it is opened from, by name and address."""
    plan = inspection.plan
    team = " · ".join(member.inspector.name for member in inspection.team)
    firms = " · ".join(
        dict.fromkeys(
            member.inspector.firm.name for member in inspection.team if member.inspector.firm
        )
    )
    delivered = inspection.notice_delivered_on
    opening = _(
        "根据“%(plan)s”，你单位在公开抽签中被抽中。我们将依法检查，请予以配合。", plan=plan.title
    )
    return {
        "crumbs": [back, (_("通知书"), None)],
        "organisation": inspection.organisation.name,
        "number": inspection.notice_number or _("送达时编号"),
        "opening": opening,
        "facts": [
            (_("查什么"), plan.scope or words.period(inspection)),
            (_("查哪一段"), f"{day(plan.period_from)} – {day(plan.period_until)}"),
            (_("检查时间"), f"{day(plan.starts_on)} – {day(plan.ends_on)}"),
            (_("怎么查"), label(inspection.procedure)),
            (_("检查人员"), team or _("另行通知")),
            (_("受委托的事务所"), firms or None),
            (_("送达日期"), day(delivered) if delivered else None),
        ],
        "ready": _ready(inspection),
        "items": [(code, str(title)) for code, (title, _question) in CHECKLIST_WORDS.items()],
    }


def _ready(inspection: Inspection) -> list[str]:
    ready = [
        _("会计账簿、凭证和财务报表"),
        _("银行对账单，全部账户"),
        _("票据存根和捐赠协议"),
        _("理事会、监事会的会议记录"),
        _("工资表、固定资产清单"),
        _("不在这个网站记账的，交一份凭证清单（CSV 或 XLSX）"),
    ]
    if inspection.procedure is InspectionProcedure.ON_SITE:
        ready.append(_("请法定代表人和财务负责人到场"))
    return [str(line) for line in ready]
