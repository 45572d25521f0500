"""Sentences of eligibility and standing: why an organisation or a project may not go on."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ELIGIBILITY_SENTENCES: dict[str, object] = {
    "registry.no_figure": _l(
        "规则 %(rule)s 在 %(day)s 还没有规定的数字，机器判断不了，请工作人员自己看过再定。"
    ),
    "registry.representative_stands": _l("%(name)s现在就是法定代表人，不用再记。"),
    "registry.representative_earlier": _l("要晚于上一位的起始日期 %(day)s。"),
    "registry.plan_change_late": _l(
        "募捐方案在 %(changed_on)s 有改变，最迟 %(latest)s 要向民政部门补充，已经过期。"
    ),
    "registry.emergency_to_file": _l("应急募捐的方案还没有备案，最迟 %(latest)s 补报。"),
    "registry.verification_missing": _l(
        "%(name)s没有核验记录：要有谁、什么时候、看过什么材料，才能在网上公开募捐。"
    ),
    "registry.restricted": _l("现在停止%(act)s（规则 %(rule)s）。原因消除以后会自动恢复。"),
    "registry.group_payee": _l(
        "%(name)s是备案的社区社会组织，不能直接收款，请付给托管它的%(host)s。"
    ),
    "registry.group_without_host": _l(
        "%(name)s是备案的社区社会组织，不能直接收款，请先登记由谁托管它。"
    ),
    "registry.idle": _l(
        "从 %(since)s 起没有看到慈善活动，已经满 %(months)s 个月；满两年要依法终止。"
    ),
    "registry.idle_too_long": _l(
        "从 %(since)s 起没有看到慈善活动，已经满 %(months)s 个月，依法应当终止。"
    ),
    "registry.certificate_revoked": _l("公开募捐资格证书已经在 %(day)s 被吊销，不能公开募捐。"),
    "registry.certificate_too_early": _l(
        "成为慈善组织满 %(years)s 年才能申请公开募捐资格，最早是 %(earliest)s。"
    ),
    "registry.certificate_barred": _l(
        "资格证书被吊销以后 %(years)s 年内不能再申请，最早是 %(earliest)s。"
    ),
    "registry.charity_since_unknown": _l("请先填写登记或者认定为慈善组织的日期。"),
    "registry.emergency_filed_late": _l(
        "应对重大突发事件的方案，最迟要在开始以后 %(days)s 天内备案，也就是 %(latest)s。"
    ),
    "registry.plan_field_empty": _l("募捐方案还缺一项：%(column)s。"),
    "registry.outside_territory": _l(
        "义卖、募捐箱等现场活动要在登记地（%(registrar)s）范围内；在别处办，要先向当地县级民政部门备案，并填写备案号。"
    ),
    "registry.registrar_unknown": _l("不知道这家慈善组织在哪里登记，请核对现场活动的地点。"),
    "registry.under_fourteen": _l("不满十四周岁的孩子要由监护人来登记和同意，请让监护人来办。"),
    "listings.named_individual": _l(
        "不能为一个指名道姓的人募捐。请帮他申请社会救助，或者加入按条件帮助多个人的慈善项目。"
    ),
    "listings.person_in_title": _l("标题里好像有个人的名字（%(name)s），请核对，并改成一类人。"),
    "registry.personal_number": _l(
        "这里写了像身份证号、手机号或者银行卡号的数字，公开以前请删去。"
    ),
    "listings.pressing_words": _l(
        "文字里有“%(word)s”：捐不捐、捐多少都由捐赠人自己定，不能摊派，请核对。"
    ),
    "registry.village_collects": _l(
        "村（居）委会和村集体不能自己公开募捐，要由有资格的慈善组织来募，村里合作执行。"
    ),
    "listings.judgement_missing": _l("有机器判断不了的问题，请写下你的判断和理由。"),
    "registry.year_taken": _l("这一年的结论已经记过了。"),
    "registry.rating_taken": _l("这一天的评级已经记过了。"),
    "registry.grade_range": _l("等级是 1A 到 5A。"),
    "registry.rating_too_early": _l("登记满 %(years)s 年才能参加评估，最早是 %(earliest)s。"),
    "registry.rated_recently": _l("上次评估满 %(years)s 年才能再评，最早是 %(earliest)s。"),
    "registry.rating_barred": _l(
        "上年度没有参检、不合格，连续两年基本合格，或者在名录里的，不能参加评估。"
    ),
    "registry.entry_taken": _l("这一天已经记过列入这份名录了。"),
    "registry.not_listed": _l("它现在不在这份名录里。"),
    "registry.listed_too_long": _l(
        "从 %(since)s 起在活动异常名录里，已经满 %(years)s 年，应当列入严重违法失信名单。"
    ),
    "registry.recorded_late": _l("%(day)s 列入名录，过了 %(days)s 个工作日才记到这里。"),
    "registry.source_address": _l("来源要写一个网址，以 http:// 或 https:// 开头。"),
    "registry.no_certificate_to_revoke": _l("它没有可以吊销的公开募捐资格证书。"),
}

ELIGIBILITY_LABELS: dict[str, object] = {
    "CertificateBasis.APPLIED": _l("申请取得"),
    "CertificateBasis.STATUTORY": _l("依法直接取得"),
    "InspectionResult.PASS": _l("合格"),
    "InspectionResult.BASIC_PASS": _l("基本合格"),
    "InspectionResult.FAIL": _l("不合格"),
    "InspectionResult.NOT_SUBMITTED": _l("未参检"),
    "InspectionResult.REPORT_ONLY": _l("已报年报，不作结论"),
    "CreditList.ABNORMAL": _l("活动异常名录"),
    "CreditList.SERIOUS": _l("严重违法失信名单"),
    "VerifiedThing.REGISTRATION": _l("登记证书"),
    "VerifiedThing.CERTIFICATE": _l("公开募捐资格证书"),
    "VerifiedThing.HOST": _l("托管关系"),
    "VerifiedThing.COLLECTIVE_ACCOUNT": _l("村集体账户"),
    "RestrictedAct.POST": _l("发布新项目"),
    "RestrictedAct.COLLECT": _l("接受新的捐款"),
    "RestrictedAct.RECEIVE_GRANT": _l("接受新的资助"),
    "RestrictedAct.PAY": _l("付款"),
    "DecidedAct.POSTING": _l("发布项目"),
    "DecidedAct.DONATING": _l("接受捐款"),
    "DecidedAct.GRANTING": _l("接受资助"),
    "DecidedAct.PAYING": _l("付款"),
    "SurplusWay.SIMILAR_PROJECT": _l("用于目的相同或者相近的项目"),
    "SurplusWay.ASK_GIVERS": _l("逐一征求捐赠人的意见"),
    "SurplusWay.REFUND": _l("退还捐赠人"),
    "PlanField.PURPOSE": _l("募捐目的"),
    "PlanField.STARTS_ON": _l("开始日期"),
    "PlanField.ENDS_ON": _l("结束日期"),
    "PlanField.TERRITORY": _l("活动地域"),
    "PlanField.RESPONSIBLE_NAME": _l("活动负责人姓名"),
    "PlanField.OFFICE_ADDRESS": _l("办公地址"),
    "PlanField.WAYS_OF_GIVING": _l("接受捐赠方式"),
    "PlanField.BANK_ACCOUNT": _l("银行账户"),
    "PlanField.BENEFICIARIES": _l("受益人"),
    "PlanField.USE_OF_MONEY": _l("募得款物用途"),
    "PlanField.COST": _l("募捐成本"),
    "PlanField.SURPLUS_WAY": _l("剩余财产怎么处理"),
    "PlanField.SURPLUS_RULE": _l("剩余财产处理的说明"),
}
