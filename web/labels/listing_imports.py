"""The words of lists of needs and resources, and of the figures of match and timeliness."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

IMPORT_LABELS: dict[str, object] = {
    "ListKind.NEEDS": _l("需求清单"),
    "ListKind.RESOURCES": _l("资源清单"),
    "ListingOutcome.NEW": _l("可以导入"),
    "ListingOutcome.REFERRED": _l("转介，不公开"),
    "ListingOutcome.THERE": _l("已经有了"),
    "ListingOutcome.REFUSED": _l("不导入"),
    "ServiceLevel.INSIDE": _l("按时送到"),
    "ServiceLevel.LATE": _l("超过时限"),
    "ServiceLevel.RUNNING": _l("还在时限内"),
    "NeedsAsked.ALL": _l("全部需求"),
    "NeedsAsked.KNOWN": _l("数量已知"),
    "NeedsAsked.UNKNOWN": _l("数量不详"),
    "NeedsAsked.CLAIMED": _l("有人认领"),
    "NeedsAsked.UNCLAIMED": _l("还没人认领"),
    "NeedsAsked.REACHED": _l("已有送达"),
    "NeedsAsked.UNREACHED": _l("还没有送达"),
    "NeedsAsked.INSIDE": _l("按时送到"),
    "NeedsAsked.LATE": _l("超过时限"),
    "NeedsAsked.RUNNING": _l("还在时限内"),
    "NeedsAsked.SIMULATED": _l("有模拟交付"),
}

#: What the columns of a list are called where the file itself has no such column.
LISTING_COLUMNS: dict[str, object] = {
    "reference": _l("编号"),
    "title": _l("标题"),
    "kind": _l("形式"),
    "category": _l("类别"),
    "group": _l("帮助对象"),
    "place": _l("所在地"),
    "serves": _l("服务范围"),
    "organisation": _l("提供单位"),
    "item": _l("物品"),
    "quantity": _l("数量"),
    "daily": _l("日产能"),
    "unit": _l("计量单位"),
    "starts_on": _l("开始日期"),
    "ends_on": _l("结束日期"),
    "urgency": _l("缓急"),
    "people": _l("人数"),
    "conditions": _l("条件"),
    "description": _l("说明"),
    "contact_name": _l("联系人"),
    "contact_phone": _l("电话"),
    "address": _l("地址"),
}

IMPORT_SENTENCES: dict[str, object] = {
    "listing_imports.no_head": _l(
        "没有找到表头。表头要有“标题”和“所在地”，还要有“形式”或“类别”。可以下载空表来填。"
    ),
    "listing_imports.no_rows": _l("表头下面一行也没有。"),
    "listing_imports.too_many": _l("这里一次最多导入 %(limit)s 行，更长的清单请用命令行导入。"),
    "listing_imports.other_file": _l("没有这份文件，请重新选文件。"),
    "listing_imports.kind_unknown": _l(
        "形式“%(text)s”不认识。请写资金、物资、技能、人手、场地、设备或共享借用。"
    ),
    "listing_imports.category_unknown": _l("类别“%(text)s”不认识，请照空表里的例子写。"),
    "listing_imports.group_unknown": _l("帮助对象“%(text)s”不认识，请照空表里的例子写。"),
    "listing_imports.urgency_unknown": _l("缓急“%(text)s”不认识，请写“急难”或“一般”。"),
    "listing_imports.quantity_unclear": _l("数量“%(text)s”说不准。请写一个数，不知道就写“不详”。"),
    "listing_imports.quantity_zero": _l("数量是 0，就不用列了。"),
    "listing_imports.two_quantities": _l("数量和日产能只能写一个。"),
    "listing_imports.unit_differs": _l("数量写“%(text)s”，单位写“%(unit)s”，两处不一样。"),
    "listing_imports.unit_of_kind": _l("单位“%(unit)s”用不上：资金写元或万元，人手写小时或分钟。"),
    "listing_imports.no_count": _l("人数“%(text)s”不是整数。"),
    "listing_imports.ends_before": _l("结束日期早于开始日期。"),
    "listing_imports.period_over": _l("结束日期已经过了。"),
    "listing_imports.organisation_unknown": _l(
        "没有登记过“%(text)s”这家单位。请写全称，或 18 位统一社会信用代码。"
    ),
    "listing_imports.not_your_unit": _l("你不能替“%(text)s”发布资源。"),
    "listing_imports.not_your_place": _l("这个地方的点单不归你派。"),
    "listing_imports.quantity_unknown": _l("没有写数量，按“数量不详”收下。"),
    "listing_imports.unit_odd": _l("单位“%(unit)s”不常见，照原样收下。"),
    "listing_imports.daily_capacity": _l("日产能按 %(days)s 天算。"),
    "listing_imports.there_already": _l("这一行以前导入过，不再重复。"),
}
