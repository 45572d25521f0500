"""The words of the five parties: stations, teams, federations, incubation, trusts, lists."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

FORCES_LABELS: dict[str, object] = {
    "StationTier.CENTRE": _l("区级指导中心"),
    "StationTier.STATION": _l("社工站"),
    "StationTier.ROOM": _l("社工室"),
    "StationModule.PARTY_BUILDING": _l("党建引领"),
    "StationModule.LIVELIHOOD": _l("基本民生保障"),
    "StationModule.SOCIAL_SERVICE": _l("基本社会服务"),
    "StationModule.GOVERNANCE": _l("基层社区治理"),
    "StationModule.CASE_AND_GROUP": _l("个案与小组"),
    "IncubationTier.CENTRE": _l("孵化中心"),
    "IncubationTier.BASE": _l("孵化基地"),
    "IncubationTier.ROOM": _l("孵化室"),
    "IncubationState.APPLIED": _l("已申请"),
    "IncubationState.INCUBATING": _l("孵化中"),
    "IncubationState.GRADUATED": _l("已出壳"),
    "IncubationState.REGISTERED": _l("已登记"),
    "IncubationState.LEFT": _l("已退出"),
}

FORCES_SENTENCES: dict[str, object] = {
    "forces.name_taken": _l("已经有一个同名的了。"),
    "forces.in_the_future": _l("这一天还没有到。"),
    "forces.before_its_beginning": _l("不能早于开始的那一天（%(day)s）。"),
    "forces.source_address": _l("请写完整的网址，以 https:// 开头。"),
    "forces.tier": _l("社工站设在指导中心下面，社工室设在社工站下面，指导中心上面没有别的。"),
    "forces.outside_parent": _l("它所在的地方不在上级的范围里。"),
    "forces.not_an_agency": _l("请选一家核验过的社工机构。"),
    "forces.closed": _l("它已经结束了，不能再改。"),
    "forces.still_below": _l("它下面还有别的，请先处理下面的。"),
    "forces.branch_of_branch": _l("分队只能设在总队下面。"),
    "forces.not_verified": _l("要先核验这家组织。"),
    "forces.own_member": _l("不能是自己的会员。"),
    "forces.member_already": _l("已经是会员了。"),
    "forces.federation_kind": _l("联合会、总会必须是社会团体。"),
    "forces.no_group": _l("只有备案的社区社会组织才需要挂靠。"),
    "forces.host_kind": _l(
        "挂靠单位要核验过，并且自己有账户：社会团体、社会服务机构、基金会、居（村）委会或村集体。"
    ),
    "forces.incubated_already": _l("它正在孵化，先办完这一次。"),
    "forces.not_incubating": _l("孵化已经结束，不能再记辅导时间。"),
    "forces.honour_taken": _l("同一天的同一项荣誉已经记过了。"),
    "forces.managed_by_itself": _l("不能由自己或自己下面的地方代管。"),
    "forces.trustee_kind": _l("受托人要是核验过的慈善组织或信托公司。"),
    "forces.filing_taken": _l("这个备案编号已经用在别的信托上。"),
    "forces.filed_already": _l("这个信托已经备案过了。"),
    "forces.report_taken": _l("这一年的报告已经记过了。"),
    "forces.related_beneficiary": _l(
        "受益人不能是委托人，也不能是受托人的工作人员或关联方（慈善法第四十四条到第五十一条）。"
    ),
    "forces.beneficiary_taken": _l("这个人已经在受益人里了。"),
    "forces.trust_filed_late": _l("备案晚了：签订后 %(days)s 天内要备案，最晚 %(due)s。"),
    "forces.trust_not_filed": _l("还没有备案：签订后 %(days)s 天内要备案，最晚 %(due)s。"),
    "forces.trust_not_reported": _l("已到期还没有公开报告：每年至少一次，最晚 %(due)s。"),
}

#: The words of lists of organisations that come from a file.
FORCES_SENTENCES |= {
    "lists.no_head": _l(
        "找不到表头：要有一行写着名称，还有类型、信用代码、备案号或所在地中的一项。"
    ),
    "lists.column_twice": _l("“%(column)s”这一列有两个，认不出该用哪个。"),
    "lists.no_name": _l("没有写名称。"),
    "lists.kind_unknown": _l("认不出是哪一类组织。"),
    "lists.basis_unknown": _l("只认“登记”或“备案”。"),
    "lists.uscc_missing": _l("登记的组织要有统一社会信用代码。"),
    "lists.place_unknown": _l("没有“%(text)s”这个地方，请写区划代码。"),
    "lists.place_ambiguous": _l("叫“%(text)s”的地方不止一个，请连街道一起写，或写区划代码。"),
    "lists.no_day": _l("日期认不出来，请写成 2026-11-22。"),
    "lists.future": _l("这一天还没有到。"),
    "lists.too_long": _l("太长了，最多 %(limit)s 个字。"),
    "lists.formula": _l("这是公式，不是文字。请贴成数值。"),
    "lists.phone": _l("电话号码的写法不对。"),
    "lists.result_unknown": _l("认不出年检结果：合格、基本合格、不合格、未参检或年报。"),
    "lists.year_missing": _l("不知道是哪一年的年检，请在表头写上年份。"),
    "lists.host_of_registered": _l("登记的组织不需要挂靠单位。"),
    "lists.twice": _l("和第 %(row)s 行重复，只认前面那一行。"),
    "lists.host_unknown": _l("没有能挂靠的“%(name)s”。"),
    "lists.name_differs": _l("这个代码已经登记的名称是“%(known)s”，请人工核对。"),
    "lists.code_differs": _l("这家组织已经登记的代码是“%(known)s”，请人工核对。"),
    "lists.kind_differs": _l("这家组织已经登记的类型是“%(known)s”，请人工核对。"),
    "lists.kept": _l("和已经核验的不一样，没有改动。"),
    "lists.other_import": _l("这份名单正在另一处导入，请稍后再看。"),
    "lists.not_finished": _l("这份名单还没有导入完。"),
    "lists.too_many_here": _l(
        "这里最多导入 %(limit)s 行，更长的名单请用命令 wushe import organisations。"
    ),
}
FORCES_LABELS |= {
    "Outcome.CREATED": _l("新增"),
    "Outcome.CHANGED": _l("更新"),
    "Outcome.UNCHANGED": _l("没有变化"),
    "Outcome.REFUSED": _l("不导入"),
}
#: What the columns of a list mean, for those a file has no word above.
LIST_COLUMNS: dict[str, object] = {
    "name": _l("名称"),
    "basis": _l("登记/备案"),
    "kind": _l("类型"),
    "uscc": _l("统一社会信用代码"),
    "filing_number": _l("备案号"),
    "region": _l("所在地"),
    "established_on": _l("登记日期"),
    "registrar": _l("登记机关"),
    "host": _l("挂靠单位"),
    "contact_name": _l("联系人"),
    "contact_phone": _l("电话"),
    "inspection": _l("年检结果"),
    "inspection_year": _l("年检年度"),
    "inspected_on": _l("年检日期"),
}
#: What a list states a number of.
LIST_TOTALS: dict[str, object] = {"total": _l("总数"), "parts": _l("总数与各类之和")}
